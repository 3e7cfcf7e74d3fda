"""Isolated spaces, seeds, reset and the clock: what test suites steer the sandbox by."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from adapter.sandbox import SandboxSettings, running_sandbox
from adapter.sandbox.outcome import Refusal
from tests.sandbox.resources import appointment, connected, entry, found, patient, practitioner, put, told, transaction


def seeded(folder: Path) -> SandboxSettings:
    """A folder as a test suite may have it: references lead across files, in any order."""
    (folder / "a-bookings.ndjson").write_bytes(
        b"\n".join(orjson.dumps(appointment("Patient/p", id=f"a{n}")) for n in range(3)) + b"\n\n"
    )
    (folder / "b-patient.json").write_bytes(orjson.dumps(patient(id="p"), option=orjson.OPT_INDENT_2))
    collection = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": practitioner(id="d")}]}
    (folder / "c-collection.json").write_bytes(orjson.dumps(collection))
    booking = transaction(entry("POST", "Appointment", appointment("Patient/p", "Practitioner/d")))
    (folder / "deeper").mkdir()
    (folder / "deeper" / "d-transaction.json").write_bytes(orjson.dumps(booking))
    (folder / "readme.txt").write_text("not a seed")
    return SandboxSettings(seed=(folder,))


def test_a_space_knows_nothing_of_another(sandbox: str, client: httpx.Client, base: str) -> None:
    put(client, patient(id="a"))
    with connected(base.replace("/fhir", "-b/fhir")) as other:
        assert other.get("/Patient/a").status_code == 404
        assert found(other, "Patient") == []
        put(other, patient(id="a", active=True))
    assert httpx.get(f"{sandbox}/fhir/Patient/a").status_code == 404
    assert client.get("/Patient/a").headers["etag"] == 'W/"1"'
    httpx.delete(f"{base.removesuffix('/fhir')}-b")


def test_a_deleted_space_begins_anew(client: httpx.Client, base: str, sandbox: str) -> None:
    put(client, patient(id="a"))
    name = base.split("/")[-2]
    assert name in httpx.get(f"{sandbox}/spaces").json()["spaces"]
    assert httpx.delete(f"{sandbox}/spaces/{name}").status_code == 204
    assert name not in httpx.get(f"{sandbox}/spaces").json()["spaces"]
    assert found(client, "Patient") == []


def test_links_and_references_stay_in_the_space(client: httpx.Client, base: str) -> None:
    put(client, patient(id="a"))
    put(client, appointment(f"{base}/Patient/a", id="b"))
    assert found(client, "Appointment?patient=a") == ["b"]
    assert client.get("/Patient").json()["entry"][0]["fullUrl"] == f"{base}/Patient/a"


@pytest.mark.parametrize(
    "path", ["/spaces/a_b/fhir/metadata", "/spaces//fhir/metadata", "/spaces/a/b/fhir", "/nonsense", "/"]
)
def test_an_address_outside_of_any_space_is_404(sandbox: str, path: str) -> None:
    assert told(httpx.get(sandbox + path)) == "404 not-found"


def test_there_is_a_bound_to_the_spaces() -> None:
    with running_sandbox(SandboxSettings(space_limit=2)) as base:
        root = base.removesuffix("/fhir")
        for name, status in (("a", 200), ("b", 200), ("c", 400), ("a", 200)):
            assert httpx.get(f"{root}/spaces/{name}/fhir/Patient").status_code == status
        httpx.delete(f"{root}/spaces/a")
        assert httpx.get(f"{root}/spaces/c/fhir/Patient").status_code == 200


def test_every_space_starts_with_the_seed_and_comes_back_to_it(tmp_path: Path) -> None:
    with running_sandbox(seeded(tmp_path)) as base:
        for address in (base, base.replace("/fhir", "/spaces/a/fhir")):
            with connected(address) as client:
                assert client.get("/Appointment?patient=p").json()["total"] == 4
                client.post("/Patient", json=patient("2"))
                client.delete("/Appointment/a0")
                assert client.post("/$reset").status_code == 204
                assert client.get("/Appointment").json()["total"] == 4
                assert found(client, "Patient") == ["p"]
                assert client.get("/Appointment/a0").headers["etag"] == 'W/"1"'


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"nonsense", "not JSON"),
        (b'{"resourceType":"Nonsense","id":"a"}', "hosted type"),
        (orjson.dumps(patient()), "with an id"),
        (orjson.dumps(patient(id="a", gender="nonsense")), "none of the required"),
        (orjson.dumps(appointment("Patient/missing", id="a")), "not here"),
        (orjson.dumps(transaction(entry("POST", "Appointment", appointment("Patient/missing")))), "not here"),
        (orjson.dumps({"resourceType": "Bundle", "type": "collection", "entry": [1]}), "hosted type"),
    ],
)
def test_a_seed_that_does_not_fit_is_told_with_its_file_before_anything_is_served(
    tmp_path: Path, content: bytes, problem: str
) -> None:
    (tmp_path / "odd.json").write_bytes(content)
    with pytest.raises(Refusal, match=problem) as refused, running_sandbox(SandboxSettings(seed=(tmp_path,))):
        pass
    assert "odd.json" in refused.value.issues[0].expression


def test_a_seed_that_is_not_there_is_told() -> None:
    with pytest.raises(FileNotFoundError), running_sandbox(SandboxSettings(seed=(Path("nowhere"),))):
        pass


def test_a_file_keeps_what_was_written_and_is_not_seeded_twice(tmp_path: Path) -> None:
    (tmp_path / "seed").mkdir()
    settings = SandboxSettings(seed=seeded(tmp_path / "seed").seed, database=tmp_path / "sandbox.sqlite")
    for round_ in (1, 2):
        with running_sandbox(settings) as base, connected(base) as client:
            assert client.get("/Appointment").json()["total"] == 3 + round_
            put(client, appointment("Patient/p", id=f"new-{round_}"))
            put(client, patient(id="p", multipleBirthInteger=round_))
            assert client.get("/Patient/p/_history").json()["total"] == round_ + 1
            in_space = base.replace("/fhir", "/spaces/run/fhir")
            assert httpx.get(f"{in_space}/Appointment").json()["total"] == 4
    assert {path.name for path in tmp_path.glob("*.sqlite")} == {"sandbox.sqlite", "sandbox.run.sqlite"}


def test_a_deleted_space_leaves_no_file(tmp_path: Path) -> None:
    with running_sandbox(SandboxSettings(database=tmp_path / "sandbox.sqlite")) as base:
        root = base.removesuffix("/fhir")
        httpx.post(f"{root}/spaces/run/fhir/Patient", json=patient()).raise_for_status()
        httpx.delete(f"{root}/spaces/run")
        assert list(tmp_path.glob("*run*")) == []


def test_the_clock_stands_where_it_is_set_until_it_is_let_go(client: httpx.Client) -> None:
    told_back = client.post("/$clock", params={"at": "2030-01-01T00:00:00+01:00"}).json()
    assert told_back["parameter"][0]["valueInstant"] == "2029-12-31T23:00:00.000Z"
    for id_ in ("a", "b"):
        put(client, patient(id=id_, identifier=[]) | {"identifier": [{"value": id_}]})
    assert sorted(found(client, "Patient?_lastUpdated=2029-12-31T23:00:00Z")) == ["a", "b"]
    client.post("/$clock")
    put(client, patient("c", id="c"))
    assert found(client, "Patient?_lastUpdated=lt2029-12-31") == ["c"]


@pytest.mark.parametrize("query", [{"at": "nonsense"}, {"at": ""}, {"nonsense": "1"}])
def test_a_clock_cannot_be_set_to_nonsense(client: httpx.Client, query: dict[str, Any]) -> None:
    assert told(client.post("/$clock", params=query)) == "400 value"


def test_the_clock_of_a_space_is_its_own(client: httpx.Client, base: str) -> None:
    client.post("/$clock", params={"at": "2030-01-01T00:00:00Z"})
    other = httpx.post(f"{base.replace('/fhir', '-b/fhir')}/Patient", json=patient()).json()
    assert other["meta"]["lastUpdated"] < "2030"
    httpx.delete(f"{base.removesuffix('/fhir')}-b")


def test_a_reset_sets_the_clock_back(client: httpx.Client) -> None:
    client.post("/$clock", params={"at": "2030-01-01T00:00:00Z"})
    client.post("/$reset")
    assert client.post("/Patient", json=patient()).json()["meta"]["lastUpdated"] < "2030"
