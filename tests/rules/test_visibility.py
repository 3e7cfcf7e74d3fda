"""What each audience sees of each kind of message (kind V of the rules)."""

# ruff: noqa: N802  # a test's name carries the id of its rule

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from mappings.problem import Json
from mappings.region.field import Audience, audiences
from mappings.rules.visibility import PATIENTS, seen
from tests.rules.messages import (
    GONE,
    accepted,
    booking,
    cancelled,
    care_contact,
    changed,
    event,
    home_care,
    parsed,
    patient,
    physician,
    team,
    team_event,
)

TODAY = date(2026, 11, 20)

PATIENT_IN_FULL = {
    **patient(),
    "identities": [{"kind": "reservnummer", "value": "R900118A"}],
    "protection": {"kind": "sekretessmarkering", "setBy": "hand"},
    "phone": "070-111 22 33",
    "address": {"street": "Lönngatan 1", "postalCode": "302 33", "town": "Halmstad"},
    "regionOfRegistration": "13",
}
PATIENT_IN_FULL["name"] = {"given": ["Tolvan"], "family": "Tolvansson", "text": "Tolvan Tolvansson"}

WAY = {
    "way": "phone",
    "value": "035-99 88 77",
    "shownToPatient": True,
    "hours": [{"days": ["mon"], "opens": "08:00", "closes": "16:30"}],
}


def booking_in_full() -> Json:
    message = team() | {"patient": PATIENT_IN_FULL, "cancellation": cancelled()["cancellation"]}
    message["cancellation"] |= {"by": "care", "backToWaitingList": True}
    message["basis"] |= {
        "medicalPriority": "low",
        "category1": "Diabetes",
        "team": "Team 1",
        "information": "Hämtas i entrén",
        "deskInformation": "Frikort",
    }
    return message


def event_in_full() -> Json:
    message = team_event() | {"patient": PATIENT_IN_FULL, "kva": "XS902"}
    message["lines"][0] |= {"staffCategory": "10", "kva": "XS915"}
    return message


def contact_in_full() -> Json:
    message = care_contact() | {"patient": PATIENT_IN_FULL, "role": "kontaktperson", "about": "Allt"}
    message |= {"end": "2027-12-31", "missing": ["person.id"]}
    message["person"] |= {"localId": "p-3", "contactWays": [WAY]}
    message["person"]["name"] = {"given": ["Frida"], "family": "Testsson", "text": "Frida Testsson"}
    message["unit"] |= {"localId": "u-1", "contactWays": [WAY]}
    message["team"] |= {"comment": "Ring före tio", "contactWays": [WAY]}
    message["attested"] = {
        "competence": "equalCompetence",
        "listedAtUnit": True,
        "regionallyFunded": True,
        "lifeThreatening": True,
        "licensedPhysician": True,
        "assistantNurse": "protectedTitle",
        "partOfUnit": True,
    }
    return message


IN_FULL = {"booking": booking_in_full(), "care-event": event_in_full(), "named-contact": contact_in_full()}
"""Every field of every kind of message filled in. No rule is asked here."""

PATIENT_SEES = {
    "patient": {"identity.kind", "identity.value", "name.given", "name.family", "name.text", "protection.kind"},
}
BY_HAND = {
    "booking": {
        "source",
        "number",
        "form",
        "status",
        "contactType",
        "visitType",
        "acute",
        "performingUnit",
        "lines.number",
        "lines.owner",
        "lines.profession",
        "lines.staff",
        "lines.careService",
        "lines.start",
        "lines.duration",
        "summons.way",
        "summons.freeText",
        "cancellation.reason",
        "cancellation.at",
        "cancellation.by",
    },
    "care-event": {
        "source",
        "number",
        "booking",
        "form",
        "status",
        "eventType",
        "contactType",
        "performingUnit",
        "start",
        "end",
        "lines.number",
        "lines.owner",
        "lines.profession",
        "lines.staff",
    },
    "named-contact": set(),
}


def leaves(value: Any, prefix: str = "") -> Iterator[str]:
    """The dotted path of every value in a JSON object, lists gone through."""
    if isinstance(value, dict):
        for name, child in value.items():
            yield from leaves(child, f"{prefix}.{name}".strip("."))
    elif isinstance(value, list):
        for child in value:
            yield from leaves(child, prefix)
    else:
        yield prefix
