"""Synthetic people and messages for benchmarks and load: numbers of the 1890s, whose bearers are gone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from personnummer.personnummer import valid

from mappings.problem import Json
from mappings.region.booking import Booking
from mappings.region.catalogue import Catalogue
from mappings.region.reading import read

SOURCE = "SE2321000115-COSMIC"


def numbers(count: int) -> list[str]:
    """Personal numbers with a right check digit."""
    found: list[str] = []
    day = date(1890, 1, 1)
    while len(found) < count:
        stem = f"{day:%Y%m%d}980"
        found += [stem + str(digit) for digit in range(10) if valid(stem + str(digit))]
        day += timedelta(days=1)
    return found[:count]


def team_booking(number: str, version: int, person: str, start: datetime) -> Json:
    """A team visit of physician and dietitian, as a journal system sends it."""
    line: dict[str, Any] = {"start": start.isoformat(), "duration": "PT60M", "ownTreatmentResponsibility": True}
    return {
        "source": SOURCE,
        "number": number,
        "version": version,
        "patient": {
            "identity": {"kind": "personnummer", "value": person},
            "name": {"given": ["Tolvan"], "family": "Tolvansson"},
        },
        "form": "team",
        "status": "booked",
        "contactType": "mottagningsbesok",
        "visitType": "nybesok",
        "acute": False,
        "noMedicalConnection": True,
        "jointAssessment": True,
        "performingUnit": "SE2321000115-E000000000101",
        "responsibleUnit": "SE2321000115-E000000000100",
        "basis": {
            "kind": "full",
            "number": f"BU-{number}",
            "registered": "2026-10-05",
            "watchInterval": "P84D",
            "medicalPriority": "low",
            "category1": "Diabetes",
            "team": "Team 1",
            "customer": "region-halland",
            "agreement": "oppenvard",
        },
        "lines": [
            {
                "number": "1",
                "owner": True,
                "profession": "lakare",
                "staff": "SE2321000115-P0001",
                "careService": "diabetesteam-nybesok",
                **line,
            },
            {
                "number": "2",
                "owner": False,
                "profession": "dietist",
                "staff": "SE2321000115-P0002",
                "careService": "medverkande-dietist",
                **line,
            },
        ],
        "summons": {"way": "digital", "freeText": "Ta med blodsockerdagbok.\nKom tio minuter före."},
    }


def understood(body: bytes, region: Catalogue) -> Booking:
    """A booking as the reader gives it."""
    message = read("booking", body, region).message
    if not isinstance(message, Booking):
        raise SystemExit("the message of the benchmark cannot be read")
    return message


def team_bookings(count: int, prefix: str = "B", people: int = 1000) -> Iterator[Json]:
    """Bookings of many patients, one after the other in time."""
    persons = numbers(min(people, count))
    first = datetime(2026, 12, 1, 8, tzinfo=UTC)
    for index in range(count):
        yield team_booking(f"{prefix}{index}", 1, persons[index % len(persons)], first + timedelta(minutes=15 * index))
