"""A change of the catalogue that makes waiting bookings unlawful: they are listed, and none is lost."""

from __future__ import annotations

import shutil
import sqlite3
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from adapter.keys import DEMO_SECRET, Keys
from adapter.region import SAMPLE, fixtures
from adapter.sandbox import running_sandbox
from adapter.serving import running_gateway
from adapter.settings import Settings
from mappings.problem import Json
from tests.rules.messages import COSMIC, booking, changed, waiting

from .conftest import MESSAGES, Vardbro

SERVICES = Path("COSMIC") / "care-services.csv"


@pytest.fixture(scope="module")
def fhir() -> Iterator[str]:
    with running_sandbox() as base:
        yield base


@contextmanager
def gateway(folder: Path, fhir: str, region: Path | None = None) -> Iterator[httpx.Client]:
    """One that sends nothing, with its keys beside its ledger."""
    (folder / "keys").write_text(DEMO_SECRET.hex())
    settings = Settings(data=folder, port=0, deliver=False, region=region)
    with running_gateway(settings, fhir, Keys(DEMO_SECRET)) as base, httpx.Client(base_url=base, timeout=60) as client:
        yield client


def push(client: httpx.Client, *messages: Json) -> None:
    for message in messages:
        answer = client.post("/v1/bookings", json=message)
        assert answer.status_code == 202, answer.text


def visits() -> list[Json]:
    """A booked visit of one patient and a waiting one of another, on two care services."""
    other = changed(waiting(), "/patient", {"identity": {"kind": "personnummer", "value": "198112189876"}})
    other = changed(changed(other, "/number", "W-1"), "/lines/0/careService", "aterbesok-lakare")
    return [booking(), changed(other | {"visitType": "aterbesok"}, "/lines/0/duration", "PT20M")]


def edited(folder: Path, before: str, after: str) -> Path:
    """The sample region's folder with one change in its care services."""
    region = folder / "region"
    shutil.copytree(fixtures() / "region" / SAMPLE, region)
    text = (region / SERVICES).read_text("utf-8")
    assert before in text
    (region / SERVICES).write_text(text.replace(before, after), "utf-8")
    return region


AS_IT_WAS = "aterbesok-lakare;Återbesök läkare;lakare;mottagningsbesok;aterbesok;20"
LONGER = "aterbesok-lakare;Återbesök läkare;lakare;mottagningsbesok;aterbesok;30"


def test_what_is_lawful_today_is_not_listed(tmp_path: Path, fhir: str, vardbro: Vardbro) -> None:
    index = tomllib.loads((MESSAGES / "index.toml").read_text("utf-8"))
    with gateway(tmp_path, fhir) as client:
        for row in index["accepted"]:
            if row["kind"] == "booking":
                client.post("/v1/bookings", content=(MESSAGES / row["file"]).read_bytes())
        everything = [
            client.post("/v1/waiting-list/search", json=said).json() for said in ({"count": 200}, {"missed": True})
        ]
        many = sum(len(found["items"]) for found in everything)
        assert many > 10
        ended = vardbro("waiting", "--data", tmp_path)
    assert (ended.code, ended.out) == (0, "")
    assert ended.err == f"{many} on the waiting list, 0 of them would be refused today; none was changed\n"


def test_what_a_change_of_the_catalogue_makes_unlawful_is_listed_before_it_takes_effect(
    tmp_path: Path, fhir: str, vardbro: Vardbro
) -> None:
    with gateway(tmp_path, fhir) as client:
        push(client, *visits())
        region = edited(tmp_path, AS_IT_WAS, LONGER)
        ended = vardbro("waiting", "--data", tmp_path, "--region", region, "--json")
        assert ended.code == 1
        [line] = ended.lines
        assert (line["source"], line["number"], line["status"]) == (COSMIC, "W-1", "waiting")
        assert [(one["rule"], one["path"]) for one in line["problems"]] == [("BO-8", "/lines/0/duration")]
        text = vardbro("waiting", "--data", tmp_path, "--region", region)
    assert f"{COSMIC}/W-1  would be refused" in text.out
    assert all(one["rule"] in text.out and one["sv"] in text.out for one in line["problems"])
    assert "2 on the waiting list, 1 of them would be refused today; none was changed" in text.err
    assert not [word for word in ("198112189876", "191212121212", "Tolvan") if word in text.out + text.err]


def test_no_waiting_booking_is_lost_when_the_catalogue_changes(tmp_path: Path, fhir: str, vardbro: Vardbro) -> None:
    """They are found, shown and still as they were accepted; what is sent anew is judged by the new catalogue."""
    with gateway(tmp_path, fhir) as client:
        push(client, *visits())
        before = client.post("/v1/waiting-list/search", json={}).json()
    region = edited(tmp_path, AS_IT_WAS, LONGER)
    with gateway(tmp_path, fhir, region) as client:
        after = client.post("/v1/waiting-list/search", json={}).json()
        assert [item["booking"] for item in after["items"]] == [item["booking"] for item in before["items"]]
        assert len(after["items"]) == 2
        assert client.get(f"/v1/bookings/{COSMIC}/W-1").status_code == 200
        assert client.post("/v1/bookings", json=visits()[1] | {"version": 9}).status_code == 422
        assert vardbro("waiting", "--data", tmp_path, "--region", region).code == 1
        mended = changed(visits()[1] | {"version": 10}, "/lines/0/duration", "PT30M")
        push(client, mended)
        assert vardbro("waiting", "--data", tmp_path, "--region", region).code == 0


def test_a_source_that_the_catalogue_no_longer_has_is_listed_and_still_searched(
    tmp_path: Path, fhir: str, vardbro: Vardbro
) -> None:
    with gateway(tmp_path, fhir) as client:
        push(client, *visits())
    with sqlite3.connect(tmp_path / "ledger.db") as database:  # as if accepted while the catalogue had the source
        for table in ("aggregate", "listing"):
            database.execute(f"UPDATE {table} SET source = 'GONE' WHERE number = 'W-1'")
        database.execute(
            "UPDATE aggregate SET state_body = CAST(replace(state_body, ?, 'GONE') AS BLOB) WHERE number = 'W-1'",
            (COSMIC,),
        )
    database.close()
    ended = vardbro("waiting", "--data", tmp_path, "--json")
    assert [(line["source"], line["problems"][0]["rule"]) for line in ended.lines] == [("GONE", "IN-14")]
    with gateway(tmp_path, fhir) as client:
        found = client.post("/v1/waiting-list/search", json={}).json()["items"]
        assert {item["booking"]["source"] for item in found} == {COSMIC, "GONE"}


def test_a_ledger_that_is_not_there_is_told(tmp_path: Path, vardbro: Vardbro) -> None:
    ended = vardbro("waiting", "--data", tmp_path / "nowhere")
    assert (ended.code, ended.out) == (2, "")
    assert "there is no ledger here" in ended.err
    assert not (tmp_path / "nowhere").exists()
