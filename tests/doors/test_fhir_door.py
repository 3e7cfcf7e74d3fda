"""`/fhir`: passed on, links rewritten, nothing invented."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import httpx
import pytest
from opentelemetry import trace

from adapter.doors import fhir as fhir_door
from adapter.keys import DEMO_SECRET, Keys
from adapter.server.ids import Ids
from mappings.resources.keys import booking_key
from tests.benchmarks.people import SOURCE
from tests.doors.conftest import Region, patient, pushed, single, starting

SUBJECT = "http://electronichealth.se/identifier/personnummer"
PERSON = "198112189876"


def _id(number: str) -> str:
    return Ids("exempel", Keys(DEMO_SECRET).of("ids")).of(booking_key(SOURCE, number))


def test_a_read_is_the_servers_bytes_unchanged(region: Region, number: str) -> None:
    pushed(region.cosmic, "bookings", single(number))
    through = region.nurse.get(f"/fhir/Appointment/{_id(number)}")
    direct = httpx.get(f"{region.fhir}/Appointment/{_id(number)}")
    assert through.content == direct.content
    assert through.headers["ETag"] == direct.headers["ETag"]


def test_a_search_by_personal_number_finds_and_its_links_lead_back_here(region: Region, number: str) -> None:
    person = patient("189008019805")
    for index in range(3):
        pushed(region.cosmic, "bookings", single(f"{number}-{index}", patient=person))
    query = {"patient.identifier": f"{SUBJECT}|189008019805", "_count": "2"}
    page = region.nurse.get("/fhir/Appointment", params=query).json()
    following = next(link["url"] for link in page["link"] if link["relation"] == "next")
    assert following.startswith(region.base)
    assert "189008019805" not in following
    rest = region.nurse.get(following).json()
    assert len(page["entry"]) + len(rest["entry"]) == 3
    assert region.cosmic.get(following).status_code == 410


def test_what_is_not_there_is_an_operation_outcome(region: Region) -> None:
    for path in ("Appointment/nothing", "Observation/1", "Nonsense"):
        answer = region.nurse.get(f"/fhir/{path}")
        assert answer.status_code == 404
        assert answer.json()["resourceType"] == "OperationOutcome"


def test_writes_are_not_taken_here_yet_and_metadata_does_not_say_that_they_are(region: Region) -> None:
    assert region.nurse.put("/fhir/Appointment/1", json={}).status_code == 405
    told = region.nurse.get("/fhir/metadata").json()
    codes = {one["code"] for row in told["rest"][0]["resource"] for one in row["interaction"]}
    assert codes == {"read", "vread", "search-type"}


def test_what_is_wrong_with_a_request_is_told_here_as_at_every_door(region: Region) -> None:
    place, form = "/fhir/Appointment/_search", {"Content-Type": "application/x-www-form-urlencoded"}
    large = region.nurse.post(place, content=b"a" * 5_000_000, headers=form)
    assert (large.status_code, large.json()["resourceType"]) == (413, "OperationOutcome")
    assert region.nurse.request("TRACE", place).status_code == 405


def test_an_error_of_ours_is_told_here_without_what_it_says(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise ValueError(f"no {PERSON}")

    monkeypatch.setattr(fhir_door, "forward", broken)
    answer = region.nurse.get("/fhir/Appointment/1")
    assert (answer.status_code, answer.json()["resourceType"]) == (500, "OperationOutcome")
    assert PERSON not in answer.text


def test_nobody_who_instruments_the_process_is_told_of_a_query(
    tmp_path: Path, fhir: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OpenTelemetry's own spans have the whole URL in them."""
    asked: list[str] = []

    class Listener(trace.TracerProvider):
        def get_tracer(self, *who: object, **how: object) -> trace.Tracer:
            asked.append(f"{who} {how}")
            return trace.NoOpTracer()

    monkeypatch.setattr(trace, "get_tracer_provider", Listener)
    with starting(tmp_path, fhir) as base, closing(Region(base, fhir)) as told:
        assert told.nurse.get("/fhir/Patient", params={"identifier": f"{SUBJECT}|{PERSON}"}).status_code == 200
    assert asked == []


def test_health_metrics_and_contract_are_there_for_operators(region: Region) -> None:
    with httpx.Client(base_url=region.base) as anybody:
        assert anybody.get("/health/live").json() == {"status": "live"}
        assert anybody.get("/health/ready").json()["status"] == "ready"
        assert "vardbro_messages_total" in anybody.get("/metrics").text
        contract = anybody.get("/openapi.json").json()
    assert "Booking" in contract["components"]["schemas"]
    assert "/v1/bookings/search" in contract["paths"]
