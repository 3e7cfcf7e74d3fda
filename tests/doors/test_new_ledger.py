"""A gateway whose ledger is new, in front of a server that an earlier one of the region has written to."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from mappings.problem import Json
from tests.benchmarks.people import team_booking
from tests.doors.conftest import Region, pushed, starting


def booking(number: str, version: int, **more: Any) -> Json:
    return team_booking(number, version, "191212121212", datetime(2126, 11, 25, 12, tzinfo=UTC)) | more


CANCELLED = {"status": "cancelled", "cancellation": {"reason": "patienten-avbokar", "at": "2026-11-20T08:00:00+01:00"}}


def of_server(region: Region, number: str) -> Json:
    [entry] = region.operator.get("/fhir/Appointment", params={"identifier": number}).json()["entry"]
    found: Json = entry["resource"]
    return found


def replayed(folder: Path, fhir: str, messages: list[Json]) -> None:
    """Sent to a gateway that knows nothing yet; each is delivered, or the test fails."""
    with starting(folder, fhir) as base:
        at = Region(base, fhir)
        for message in messages:
            answer = at.cosmic.post("/v1/bookings", json=message, headers={"Prefer": "wait=20"})
            assert answer.status_code == 201, answer.text
        at.close()


def test_what_an_earlier_ledger_wrote_and_is_no_longer_said_is_taken_away(
    region: Region, tmp_path: Path, fhir: str, number: str
) -> None:
    pushed(region.cosmic, "bookings", booking(number, 1))
    pushed(region.cosmic, "bookings", booking(number, 2, **CANCELLED))
    assert of_server(region, number)["status"] == "cancelled"
    replayed(tmp_path, fhir, [booking(number, 1)])
    again = of_server(region, number)
    assert again["status"] == "booked"
    assert "cancelationReason" not in again


def test_what_others_added_meanwhile_stays(region: Region, tmp_path: Path, fhir: str, number: str) -> None:
    pushed(region.cosmic, "bookings", booking(number, 1, **CANCELLED))
    found = of_server(region, number)
    place = f"{fhir}/Appointment/{found['id']}"
    theirs = httpx.get(place).json()
    theirs["participant"].append({"actor": {"display": "Tolk"}, "status": "accepted"})
    assert httpx.put(place, json=theirs).status_code == 200
    replayed(tmp_path, fhir, [booking(number, 1)])
    again = of_server(region, number)
    assert "cancelationReason" not in again
    assert {"actor": {"display": "Tolk"}, "status": "accepted"} in again["participant"]
