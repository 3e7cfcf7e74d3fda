"""A team visit as in the COSMIC document, and its resources as a server has them."""

from __future__ import annotations

from typing import Any

import orjson

from mappings.problem import Json
from mappings.region.booking import Booking
from mappings.region.unit import Unit
from mappings.resources import BOOKING
from mappings.shape.filled import Filled
from mappings.shape.graph import Reading
from mappings.shape.merge import Merged, merge
from tests.laws.strategies import TABLES

UNIT = "SE2321000115-E000000000101"
TEAM_VISIT: Booking = Booking.model_validate(
    {
        "source": "SE2321000115-COSMIC",
        "number": "4711-0142",
        "version": 3,
        "patient": {
            "identity": {"kind": "personnummer", "value": "191212121212"},
            "name": {"given": ["Tolvan"], "family": "Tolvansson"},
        },
        "form": "team",
        "status": "booked",
        "contactType": "mottagningsbesok",
        "visitType": "nybesok",
        "acute": False,
        "performingUnit": UNIT,
        "responsibleUnit": "SE2321000115-E000000000100",
        "basis": {
            "kind": "full",
            "number": "BU-88",
            "registered": "2026-10-05",
            "watchInterval": "P84D",
            "targetDate": "2026-12-28",
            "medicalPriority": "low",
            "category1": "Diabetes",
            "information": "Patienten kommer med tolk.",
        },
        "lines": [
            {
                "number": "1",
                "owner": True,
                "profession": "lakare",
                "staff": "SE2321000115-P0001",
                "careService": "diabetesteam-nybesok",
                "start": "2026-11-24T13:00:00+01:00",
                "duration": "PT60M",
            },
            {
                "number": "2",
                "owner": False,
                "profession": "dietist",
                "staff": "SE2321000115-P0002",
                "careService": "medverkande-dietist",
                "start": "2026-11-24T13:00:00+01:00",
                "duration": "PT60M",
            },
        ],
        "summons": {"way": "digital", "freeText": "Ta med blodsockerdagbok.\nKom tio minuter före."},
    }
)
UNITS = {UNIT: Unit(hsa_id=UNIT, name="Diabetesmottagningen", street="Gatan 1", town="Halmstad", public_phone="035-1")}
APPOINTMENT = BOOKING.root.shape


def filled(booking: Booking = TEAM_VISIT) -> tuple[Filled, ...]:
    return BOOKING.fill(booking, TABLES, UNITS)


def appointment(booking: Booking = TEAM_VISIT, /, **changed: Any) -> Json:
    """The booking's Appointment through bytes, as a server has it, with some members as others left them."""
    resource: Json = orjson.loads(orjson.dumps(filled(booking)[0].resource))
    return resource | changed


def read(resource: Json, booking: Booking = TEAM_VISIT) -> Reading[Booking]:
    """What is read of an Appointment beside all else that was written."""
    return BOOKING.read(resource, {one.key: one.resource for one in filled(booking)[1:]}, TABLES)


def told(reading: Reading[Booking]) -> list[str]:
    return [f"{finding.kind.value} {finding.path}" for finding in reading.findings]


def merged(theirs: Json, now: Booking = TEAM_VISIT, before: Booking = TEAM_VISIT) -> Merged:
    """An update from one version of the booking to another, onto what others made of the first."""
    return merge(appointment(before), appointment(now), theirs, APPOINTMENT.identity)
