"""The bodies of the steps' doors, as the contract publishes them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from adapter.doors.openapi_schemas import DAY, MOMENT, TEXT, body, schema
from mappings.problem import Json
from mappings.region.named_contact import ContactKind, Side, TellingWay
from mappings.region.steps import By
from mappings.rules.lives import LIVES

_MEMBERS: Mapping[str, Json] = MappingProxyType(
    {
        "reason": TEXT,
        "at": MOMENT,
        "start": MOMENT,
        "by": {"enum": [by.value for by in By]},
        "backToWaitingList": {"type": "boolean"},
        "payment": {"type": "boolean"},
        "staff": {"type": "object", "additionalProperties": TEXT, "description": "Line number -> HSA-id"},
        "eventType": schema("EventType"),
        "careCommitment": schema("CareCommitment"),
        "outcome": schema("Outcome"),
        "noNotesOrTransactions": {"type": "boolean"},
        "need": schema("Need"),
        "day": DAY,
        "end": DAY,
        "documentedBy": TEXT,
        "whom": {"enum": [one.value for one in Side]},
        "way": {"enum": [one.value for one in TellingWay]},
        "kind": {"enum": [one.value for one in ContactKind]},
        "role": TEXT,
        "about": TEXT,
        "person": schema("Person"),
        "unit": schema("Unit"),
        "team": schema("Team"),
        "attested": schema("Attestation"),
        "replaces": TEXT,
    }
)
_OF_KIND: Mapping[str, Mapping[str, Json]] = MappingProxyType(
    {"named-contact": {"start": DAY, "by": {"enum": [one.value for one in Side]}}}
)
"""Where the same name says something else."""
_SAID: Mapping[str, Any] = MappingProxyType(
    {
        "version": 4,
        "reason": "patienten-avbokar",
        "at": "2026-11-20T09:00:00+01:00",
        "start": "2026-11-25T09:00:00+01:00",
        "payment": True,
        "staff": {"1": "SE2321000115-P0001"},
        "noNotesOrTransactions": True,
        "day": "2026-11-20",
        "end": "2026-11-30",
        "documentedBy": "SE2321000115-P0001",
        "whom": "patient",
        "way": "portal",
    }
)
_SAID_OF_KIND: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {"named-contact": {"start": "2026-11-25", "by": "patient"}}
)


def step_body(kind: str, step: str) -> Json:
    """The body of a step's door, as the table of steps has it."""
    door, members = LIVES[kind].doors[step], {**_MEMBERS, **_OF_KIND.get(kind, {})}
    version = {
        "version": {"type": "integer", "minimum": 0, "maximum": 2**63 - 1},
        "changedAt": MOMENT | {"description": "In place of `version`, from a source that has none"},
    }
    schema: Json = {
        "type": "object",
        "additionalProperties": False,
        "properties": version | {name: members[name] for name in door.members},
    }
    if door.demanded:
        schema["required"] = sorted(door.demanded)
    said = {
        name: value
        for name, value in {**_SAID, **_SAID_OF_KIND.get(kind, {})}.items()
        if name == "version" or name in door.demanded
    }
    return body(schema, said | ({"reason": "patienten-ombokar"} if step == "rebook" else {}))
