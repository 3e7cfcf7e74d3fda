"""The contract of the steps: what a source sends, what a patient asks for, what happened."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import orjson

from adapter.doors.openapi import ACCEPTED, REFUSED, STRANGER, WAITING, Responses, _header, _json, _refused
from adapter.doors.openapi_schemas import DAY, MOMENT, STEP, TEXT, body, schema
from adapter.region import fixtures
from mappings.problem import Json
from mappings.region.named_contact import ContactKind, Side, TellingWay
from mappings.region.steps import By
from mappings.rules.lives import LIVES
from mappings.rules.requests import MEMBERS
from mappings.rules.stepping import OF_GROUP

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
    said |= {"reason": "patienten-ombokar"} if step == "rebook" else {}
    return _of_both(step, schema, said) if asked_by_patients(kind, step) else body(schema, said)


def asked_by_patients(kind: str, step: str) -> bool:
    return kind == "booking" and step in MEMBERS


def _of_both(step: str, sent: Json, said: Json) -> Json:
    """Of a step that a patient may ask for: what a source sends, and what a patient does."""
    members = sorted(MEMBERS[step] | {"at"})
    patient = {"patient": schema("Identity") | {"description": "From a portal that acts for many"}}
    asked = {
        "type": "object",
        "title": "Asked by a patient",
        "additionalProperties": False,
        "required": members,
        "properties": patient | {name: _MEMBERS[name] for name in members},
    }
    wish = {"patient": {"kind": "personnummer", "value": "191212121212"}} | {name: _SAID[name] for name in members}
    examples = {"sent by its source": {"value": said}, "asked by a patient": {"value": wish}}
    sent = sent | {"title": "Sent by its source"}
    content = {"application/json": {"schema": {"anyOf": [sent, asked]}, "examples": examples}}
    return {"requestBody": {"required": True, "content": content}}


STEPPING: Json = {
    "parameters": [
        *WAITING["parameters"],
        _header("If-Match", "The step is taken only on this revision, as an `ETag` told it", 'W/"3"'),
    ]
}
STEPPED: Responses = {
    **ACCEPTED,
    404: _refused("No such booking, care event or named contact"),
    412: _refused("`If-Match` names another revision (IN-11)"),
}
_REQUEST: Json = {
    "type": "object",
    "required": ["source", "number", "request"],
    "properties": {"source": TEXT, "number": TEXT, "request": schema("Request")},
}


def stepped(kind: str, step: str) -> Responses:
    """The answers of a step's door: a patient's, where she may ask for it, are requests."""
    if not asked_by_patients(kind, step):
        return STEPPED
    either = {"application/json": {"schema": {"anyOf": [schema("Receipt"), _REQUEST]}}}
    no = _refused("The version (IN-10, IN-11), or a step that the booking does not allow now (IN-19, PO-1)")
    told = {
        200: STEPPED[200] | {"description": "Delivered while the sender waited; or a request that has an answer"},
        202: STEPPED[202] | {"description": "Kept; of a patient: a request, which the booking's source answers"},
    }
    return STEPPED | {status: one | {"content": either} for status, one in told.items()} | {409: STEPPED[409] | no}


DECLINE: Json = body(
    {
        "type": "object",
        "additionalProperties": False,
        "required": ["request"],
        "properties": {
            "request": TEXT | {"description": "The request's `id`, as the feed tells it"},
            "text": TEXT | {"minLength": 1, "description": "What the patient is told"},
        },
    },
    {"request": "0b0cf2f5-6f0b-4f0a-8d0e-4b7a3a0d9f11", "text": "Tiden är inte ledig längre. Ring oss."},
)
DECLINED: Responses = {
    200: {"description": "The request, declined", "content": _json(_REQUEST)},
    **REFUSED,
    404: _refused("No such booking"),
    409: _refused("The request has been answered (IN-19)"),
}
TIMELINE: Responses = {
    200: {
        "description": "Every step, the oldest first; with `?server=true` also as the FHIR server's history tells it",
        "content": _json(
            {
                "type": "object",
                "required": ["source", "number", "steps"],
                "properties": {
                    "source": TEXT,
                    "number": TEXT,
                    "steps": {"type": "array", "items": STEP},
                    "requests": {"type": "array", "items": schema("Request")},
                    "server": {"type": "array", "items": STEP},
                    "agrees": {"type": "boolean"},
                },
            }
        ),
    },
    **STRANGER,
    404: _refused("No such booking, care event or named contact"),
    503: _refused("The FHIR server cannot be asked", Retry_After="Seconds until it may be tried again"),
}

GROUP_KEPT: Responses = {
    202: {
        "description": "All were kept",
        "content": _json(
            {
                "type": "object",
                "required": ["source", "id", "receipts"],
                "properties": {"source": TEXT, "id": TEXT, "receipts": {"type": "array", "items": schema("Receipt")}},
            }
        ),
    },
    **REFUSED,
    404: _refused("The group has no such booking"),
    409: _refused("The version of one (IN-10, IN-11), or a step that one does not allow now (IN-19)"),
    503: ACCEPTED[503],
}
_NUMBERED: Json = {"type": "integer", "minimum": 0, "maximum": 2**63 - 1}


def group_body(step: str) -> Json:
    """The body of a step that a whole group takes."""
    door = OF_GROUP[step]
    demanded = sorted(door.demanded | {"from", "members"})
    members: Json = {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1000,
        "additionalProperties": {"anyOf": [_NUMBERED, MOMENT]},
        "description": "Every booking that the group has at that time -> its new version, or `changedAt` from a source "
        "that has none",
    }
    own = {"from": MOMENT | {"description": "When the group meets now"}, "members": members}
    said = {name: value for name, value in _SAID.items() if name in demanded}
    said |= {"from": "2026-11-24T13:00:00+01:00", "members": {"4711-0301": 2, "4711-0302": 2}}
    return body(
        {
            "type": "object",
            "additionalProperties": False,
            "required": demanded,
            "properties": own | {name: _MEMBERS[name] for name in door.members},
        },
        said | ({"reason": "enheten-ombokar"} if step == "rebook" else {"reason": "enheten-avbokar"}),
    )


MEMBER: Json = body(
    {
        "type": "object",
        "additionalProperties": False,
        "required": ["number", "reason", "at", "booking"],
        "properties": {
            "number": TEXT | {"description": "Her booking in the group"},
            "version": _NUMBERED,
            "changedAt": MOMENT,
            "reason": TEXT | {"description": "Why that is cancelled"},
            "at": MOMENT,
            "booking": schema("Booking"),
        },
    },
    {
        "number": "4711-0301",
        "version": 2,
        "reason": "enheten-avbokar",
        "at": "2026-11-20T09:00:00+01:00",
        "booking": orjson.loads((fixtures() / "messages" / "booking/group-visit.json").read_bytes()),
    },
)
