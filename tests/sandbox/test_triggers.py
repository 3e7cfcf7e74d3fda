"""Identifiers by which a test has the server fail."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import httpx
import pytest

from adapter.sandbox.trigger import TRIGGER
from tests.sandbox.on_its_way import answered, sent
from tests.sandbox.resources import Json, care_team, connected, entry, found, patient, told, transaction


def marked(value: str, **more: Any) -> Json:
    return patient(**more) | {"identifier": [{"system": TRIGGER, "value": value}]}


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        ("404", "404 not-found"),
        ("409", "409 conflict"),
        ("412", "412 conflict"),
        ("422", "422 processing"),
        ("429", "429 throttled"),
        ("500", "500 exception"),
        ("503", "503 transient"),
        ("504", "504 timeout"),
    ],
)
def test_a_status_is_answered_wherever_the_identifier_is_and_nothing_is_done(
    client: httpx.Client, value: str, answer: str
) -> None:
    term = f"{TRIGGER}|{value}"
    inside = care_team(subject={"identifier": {"system": TRIGGER, "value": value}})
    conditional = care_team(subject={"reference": f"Patient?identifier={term}"})
    for refused in (
        client.post("/Patient", json=marked(value)),
        client.put("/Patient/a", json=marked(value, id="a")),
        client.post("/CareTeam", json=inside),
        client.post(
            "/", json=transaction(entry("POST", "Patient", patient()), entry("POST", "Patient", marked(value)))
        ),
        client.post("/", json=transaction(entry("POST", "CareTeam", conditional))),
        client.get("/Patient", params={"identifier": term}),
        client.get("/CareTeam", params={"patient.identifier": term}),
        client.post("/Patient/_search", data={"identifier": term}),
        client.post("/Patient", json=patient(), headers={"If-None-Exist": f"identifier={term}"}),
        client.put(f"/Patient?identifier={term}", json=patient()),
    ):
        assert told(refused) == answer
        assert ("retry-after" in refused.headers) == (value in ("429", "503"))
    assert found(client, "Patient") == found(client, "CareTeam") == []


def test_once_is_the_first_time_in_a_space_only(client: httpx.Client, base: str) -> None:
    for value in ("503-once", "503-once-b"):
        answers = [client.post("/Patient", json=marked(value)).status_code for _ in range(3)]
        assert answers == [503, 201, 201]
    with connected(base.replace("/fhir", "-b/fhir")) as other:
        assert other.post("/Patient", json=marked("503-once")).status_code == 503
    httpx.delete(f"{base.removesuffix('/fhir')}-b")
    client.post("/$reset")
    assert client.post("/Patient", json=marked("503-once")).status_code == 503


def test_html_is_a_page_that_looks_well(client: httpx.Client) -> None:
    answer = client.post("/Patient", json=marked("html"))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.text.startswith("<!DOCTYPE html>")
    assert found(client, "Patient") == []


def test_empty_is_nothing_at_all(client: httpx.Client) -> None:
    answer = client.post("/Patient", json=marked("empty"))
    assert (answer.status_code, answer.content) == (200, b"")


def test_lost_is_done_but_nobody_is_told(client: httpx.Client) -> None:
    answer = client.put("/Patient/a", json=marked("lost", id="a"))
    assert (answer.status_code, answer.headers["content-type"]) == (504, "text/html; charset=utf-8")
    assert found(client, "Patient") == ["a"]


def test_slow_is_done_after_that_time(client: httpx.Client, base: str) -> None:
    """Of two, the one that is slower by far is sent first and done last."""
    with sent(base, "PUT", "/Patient/a", marked("slow-2500", id="a")) as slower:
        assert client.put("/Patient/b", json=marked("slow-50", id="b")).status_code == 201
        assert found(client, "Patient") == ["b"]
        assert not answered(slower)
        assert slower.getresponse().status == 201
    assert sorted(found(client, "Patient")) == ["a", "b"]


def test_several_act_together(client: httpx.Client, base: str) -> None:
    both = patient() | {"identifier": [{"system": TRIGGER, "value": value} for value in ("slow-2500", "429")]}
    with sent(base, "POST", "/Patient", both) as slow:
        assert client.post("/Patient", json=marked("429")).status_code == 429
        assert not answered(slow)
        assert slow.getresponse().status == 429


@pytest.mark.parametrize("value", ["nonsense", "429-twice", "200", "slow", "slow-x", "", "slow-1000000"])
def test_a_trigger_that_means_nothing_is_refused(client: httpx.Client, value: str) -> None:
    assert told(client.get("/Patient", params={"identifier": f"{TRIGGER}|{value}"})) == "400 value"


def test_other_identifiers_trigger_nothing(client: httpx.Client) -> None:
    for one, other in pairwise(["429", "html", "slow-5000"]):
        assert client.post("/Patient", json=patient(one, name=[{"text": other}])).status_code == 201
