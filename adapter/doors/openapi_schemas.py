"""The schemas of the contract that stand for nothing in the regional model: problems, receipts, outcomes, merges."""

from __future__ import annotations

from typing import Any

from mappings.contracts import told_in
from mappings.problem import Json, Severity
from mappings.region.reading import KINDS
from mappings.region.waiting_list import Listed
from mappings.rules.waiting_list import CLOCKS

TEXT: Json = {"type": "string"}
COUNT: Json = {"type": "integer", "minimum": 0}
MOMENT: Json = {"type": "string", "format": "date-time"}
DAY: Json = {"type": "string", "format": "date"}
STEP: Json = {
    "type": "object",
    "required": ["step", "after"],
    "properties": dict.fromkeys(("step", "before", "after", "by", "at", "reason"), TEXT),
}


def schema(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def told(kind: str, regional: Json) -> Json:
    """The content of an answer: regional JSON, and the contracts that messages of a kind are told in beside it."""
    others = {one.media: {"schema": {"type": "string" if one.namespaces else "object"}} for one in told_in(kind)}
    return {"application/json": {"schema": regional}} | others


def body(schema: Json, example: Any, *, required: bool = True) -> Json:
    content = {"application/json": {"schema": schema, "example": example}}
    return {"requestBody": {"required": required, "content": content}}


OWN: Json = {
    "Problem": {
        "type": "object",
        "required": ["rule", "severity", "path", "fhirpath", "sv", "en"],
        "properties": {
            "rule": TEXT,
            "severity": {"enum": [severity.value for severity in Severity]},
            "path": {"type": "string", "description": "JSON Pointer into the message"},
            "fhirpath": TEXT,
            "sv": TEXT,
            "en": TEXT,
        },
    },
    "Refusal": {
        "type": "object",
        "description": "Problem details (RFC 9457). `title` is English and short; `detail` says it in English and "
        "Swedish, `en` and `sv` each in one language, as in each problem.",
        "required": ["type", "status", "title", "detail", "sv", "en", "problems"],
        "properties": {
            "type": TEXT,
            "status": {"type": "integer"},
            "title": TEXT,
            "detail": TEXT,
            "sv": TEXT,
            "en": TEXT,
            "problems": {"type": "array", "items": schema("Problem")},
        },
    },
    "OperationOutcome": {
        "type": "object",
        "description": "For whoever accepts FHIR (https://hl7.org/fhir/R4/operationoutcome.html)",
        "required": ["resourceType", "issue"],
        "properties": {
            "resourceType": {"const": "OperationOutcome"},
            "issue": {"type": "array", "minItems": 1, "items": {"type": "object"}},
        },
    },
    "Derived": {
        "type": "object",
        "required": ["rule", "path"],
        "properties": {"rule": TEXT, "path": TEXT},
    },
    "Checked": {
        "type": "object",
        "required": ["accepted", "warnings", "derived", "resources"],
        "properties": {
            "accepted": {"const": True},
            "warnings": {"type": "array", "items": schema("Problem")},
            "derived": {"type": "array", "items": schema("Derived")},
            "resources": {"type": "array", "items": {"type": "object"}},
        },
    },
    "Standstill": {
        "type": "object",
        "description": "Why nothing is delivered for now: the FHIR server is in trouble",
        "required": ["reason", "sv", "en", "since"],
        "properties": {"reason": TEXT, "sv": TEXT, "en": TEXT, "since": MOMENT},
    },
    "Receipt": {
        "type": "object",
        "required": ["id", "state", "kind", "source", "number", "version", "revision", "warnings", "derived"],
        "properties": {
            "id": TEXT,
            "state": {"enum": ["accepted", "delivering", "delivered", "parked"]},
            "kind": {"enum": [*KINDS, "patient-merge"]},
            "source": TEXT,
            "number": TEXT,
            "version": {
                "type": ["integer", "null"],
                "minimum": 0,
                "description": "Of the source; null for what the gateway itself has done",
            },
            "revision": COUNT,
            "attempts": COUNT,
            "warnings": {"type": "array", "items": schema("Problem")},
            "derived": {"type": "array", "items": schema("Derived")},
            "conflicts": {"type": "array", "items": TEXT},
            "reason": {"type": ["string", "null"]},
            "serverSaid": {"type": ["object", "null"]},
            "waitingBecause": {"anyOf": [schema("Standstill"), {"type": "null"}]},
            "catalogueVersion": TEXT,
            "acceptedAt": MOMENT,
            "changedAt": MOMENT,
        },
    },
    "WaitingListPage": {
        "type": "object",
        "required": ["items"],
        "properties": {
            "total": COUNT | {"description": "Left out where there are more than are counted at once"},
            "items": {"type": "array", "items": schema("WaitingListRow")},
            "next": TEXT,
        },
    },
    "WaitingListRow": {
        "type": "object",
        "description": "A booking on the waiting list, and what the list shows beside it (BO-19, BO-31)",
        "required": ["listed", "summonsChanged", "missingFee", "waiting", "booking"],
        "properties": {
            "listed": {"enum": [one.value for one in Listed]},
            "summonsChanged": {"type": "boolean"},
            "missingFee": {"type": "boolean"},
            "cancelReason": {"type": "string", "description": "The last one"},
            "rebookReason": {"type": "string", "description": "The last one"},
            "waiting": schema("WaitingTime"),
            "booking": schema("BookingShown"),
        },
    },
    "WaitingTime": {
        "type": "object",
        "description": "The time waited, and what stops its clock (BO-20); no more than that where the basis does not "
        "say when it was made (BO-24)",
        "required": ["clock"],
        "properties": {
            "days": COUNT | {"description": "Those that count"},
            "since": MOMENT,
            "guarantee": {"type": "boolean", "description": "Whether the care guarantee counts it: a new visit"},
            "running": {"type": "boolean"},
            "clock": {
                "type": "object",
                "required": ["state", "rule", "sv", "en"],
                "properties": {"state": {"enum": list(CLOCKS.values())}, "rule": TEXT, "sv": TEXT, "en": TEXT},
            },
            "legs": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["start", "end", "days", "counts", "rule", "sv", "en"],
                    "properties": {
                        "start": MOMENT,
                        "end": MOMENT,
                        "days": COUNT,
                        "counts": {"type": "boolean"},
                        "rule": TEXT,
                        "sv": TEXT,
                        "en": TEXT,
                    },
                },
            },
        },
    },
}

_OF_SOURCE: Json = {"source": TEXT, "id": TEXT, "version": {"type": "integer", "minimum": 0, "maximum": 2**63 - 1}}
MERGE: Json = body(
    {
        "type": "object",
        "additionalProperties": False,
        "required": ["source", "id", "version", "from", "to"],
        "properties": {**_OF_SOURCE, "from": schema("Identity"), "to": schema("Identity")},
    },
    {
        "source": "SE2321000115-COSMIC",
        "id": "M-1",
        "version": 1,
        "from": {"kind": "reservidentitet", "value": "98240301AA06"},
        "to": {"kind": "personnummer", "value": "201701102384"},
    },
)
UNMERGE: Json = body(
    {
        "type": "object",
        "additionalProperties": False,
        "required": ["source", "id", "version"],
        "properties": _OF_SOURCE,
    },
    {"source": "SE2321000115-COSMIC", "id": "M-1", "version": 2},
)
