"""The contract that is published: derived from the regional model."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from adapter.region import fixtures
from mappings.problem import Json, Severity
from mappings.region.field import Audience, audiences
from mappings.region.reading import KINDS

EXAMPLES: Mapping[str, str] = MappingProxyType(
    {
        "booking": "booking/team-of-physician-and-dietitian.json",
        "care-event": "care-event/team-visit-carried-out.json",
        "named-contact": "named-contact/physician-whose-direct-number-the-patient-may-see.json",
        "patient": "patient/child-with-guardians.json",
    }
)
"""Fixtures that stand as examples in the contract."""

DERIVED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"CareEvent": ("kva",), "EventLine": ("kva",), "NamedContact": ("missing",)}
)
"""Members that the gateway fills in and shows, and that are never sent."""


def _schema(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def shown(kind: str) -> str:
    """The schema of a message as readers are shown it: each sees the members that are for them."""
    return f"{KINDS[kind].__name__}Shown"


# -- bodies ----------------------------------------------------------------------------------------------------------


def message_body(kind: str) -> Json:
    """The body of a push: the model's own JSON Schema, with a fixture as example."""
    example = orjson.loads((fixtures() / "messages" / EXAMPLES[kind]).read_bytes())
    return _body(_schema(KINDS[kind].__name__), example)


def _body(schema: Json, example: Any, *, required: bool = True) -> Json:
    content = {"application/json": {"schema": schema, "example": example}}
    return {"requestBody": {"required": required, "content": content}}


_TEXT: Json = {"type": "string"}
_COUNT: Json = {"type": "integer", "minimum": 0}
_MOMENT: Json = {"type": "string", "format": "date-time"}

SEARCH: Json = _body(
    {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "patient": _schema("Identity"),
            "count": {"type": "integer", "minimum": 1, "maximum": 200, "default": 50},
            "page": {"type": "string", "description": "`next` of the page before"},
        },
    },
    {"patient": {"kind": "personnummer", "value": "191212121212"}},
    required=False,
)

CANCEL: Json = _body(
    {
        "type": "object",
        "additionalProperties": False,
        "required": ["reason", "at"],
        "properties": {
            "version": {"type": "integer", "minimum": 0, "maximum": 2**63 - 1},
            "changedAt": _MOMENT | {"description": "In place of `version`, from a source that has none"},
            "reason": _TEXT,
            "at": _MOMENT,
            "by": {"enum": ["care", "patient"]},
            "backToWaitingList": {"type": "boolean"},
        },
    },
    {"version": 4, "reason": "patienten-avbokar", "at": "2026-11-20T09:00:00+01:00"},
)


_OF_SOURCE: Json = {"source": _TEXT, "id": _TEXT, "version": {"type": "integer", "minimum": 0, "maximum": 2**63 - 1}}
MERGE: Json = _body(
    {
        "type": "object",
        "additionalProperties": False,
        "required": ["source", "id", "version", "from", "to"],
        "properties": {**_OF_SOURCE, "from": _schema("Identity"), "to": _schema("Identity")},
    },
    {
        "source": "SE2321000115-COSMIC",
        "id": "M-1",
        "version": 1,
        "from": {"kind": "reservidentitet", "value": "98240301AA06"},
        "to": {"kind": "personnummer", "value": "201701102384"},
    },
)
UNMERGE: Json = _body(
    {
        "type": "object",
        "additionalProperties": False,
        "required": ["source", "id", "version"],
        "properties": _OF_SOURCE,
    },
    {"source": "SE2321000115-COSMIC", "id": "M-1", "version": 2},
)


# -- headers ---------------------------------------------------------------------------------------------------------


def _header(name: str, text: str, example: str) -> Json:
    return {"name": name, "in": "header", "description": text, "schema": _TEXT, "example": example}


WAITING: Json = {
    "parameters": [_header("Prefer", "Seconds to wait for the delivery before the answer is given", "wait=5")]
}
STEPPING: Json = {
    "parameters": [
        *WAITING["parameters"],
        _header("If-Match", "The step is taken only on this revision, as an `ETag` told it", 'W/"3"'),
    ]
}


def _says(**headers: str) -> Json:
    named = {name.replace("_", "-"): {"schema": _TEXT, "description": text} for name, text in headers.items()}
    return {"headers": named} if named else {}


# -- answers ---------------------------------------------------------------------------------------------------------


def _json(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}


def _refused(text: str, **headers: str) -> Json:
    content = {
        "application/problem+json": {"schema": _schema("Refusal")},
        "application/fhir+json": {"schema": _schema("OperationOutcome")},
    }
    return {"description": text, "content": content, **_says(**headers)}


Responses = dict[int | str, Json]

STRANGER: Responses = {401: _refused("Unknown caller", WWW_Authenticate="`Bearer`")}
UNREADABLE: Responses = {
    400: _refused("Not JSON (IN-1), or nested too deep (IN-7)"),
    408: _refused("The body took too long to come"),
    413: _refused("The body is too large (IN-6)"),
    415: _refused("The body is said to be something else than JSON in UTF-8"),
}
UNTRUE: Responses = {422: _refused("Every problem of the message, by rule")}
REFUSED: Responses = {
    **STRANGER,
    **UNREADABLE,
    **UNTRUE,
    403: _refused("The caller may not write for this source (IN-14)"),
}
CONFLICT: Responses = {
    409: _refused(
        "The version was used for other content (IN-10), or a later one is known (IN-11)",
        Vardbro_Known_Version="The version that is known",
    )
}


def _kept(text: str) -> Json:
    return {
        "description": text,
        "content": _json(_schema("Receipt")),
        **_says(Location="Where the receipt is read", ETag="The revision"),
    }


ACCEPTED: Responses = {
    200: _kept("Delivered while the sender waited"),
    201: _kept("Delivered while the sender waited, for the first time"),
    202: _kept("Kept; the receipt says what becomes of it"),
    **REFUSED,
    **CONFLICT,
    503: _refused("Others kept changing the same; nothing was kept", Retry_After="Seconds until it may be sent again"),
}
STEPPED: Responses = {
    **ACCEPTED,
    404: _refused("No such booking"),
    412: _refused("`If-Match` names another revision (IN-11)"),
}
CHECKED: Responses = {
    200: {"description": "It would be accepted, and become this", "content": _json(_schema("Checked"))},
    **REFUSED,
}
RECEIPT: Responses = {
    200: {
        "description": "The receipt",
        "content": _json(_schema("Receipt")),
        **_says(ETag="The revision"),
    },
    **STRANGER,
    404: _refused("No such message"),
}


def state(kind: str, member: str) -> Responses:
    """The answers to a read by the source's own key."""
    whole = {
        "type": "object",
        "required": [member, "revision"],
        "properties": {member: _schema(shown(kind)), "revision": _COUNT, "receipt": _schema("Receipt")},
    }
    return {
        200: {
            "description": "The last accepted state, as this caller may see it",
            "content": _json(whole),
            **_says(ETag="The revision"),
        },
        **STRANGER,
        404: _refused("Nothing here, or nothing that this caller may see"),
    }


def found(kind: str) -> Responses:
    """The answers to a search."""
    page = {
        "type": "object",
        "required": ["total", "items"],
        "properties": {
            "total": _COUNT,
            "items": {"type": "array", "items": _schema(shown(kind))},
            "next": _TEXT,
            "warnings": {"type": "array", "items": {"type": "object"}},
        },
    }
    return {
        200: {"description": "What this caller may see, page by page", "content": _json(page)},
        **STRANGER,
        **UNREADABLE,
        403: _refused("Another patient than the caller"),
        422: _refused("No patient to search for"),
        503: _refused("The FHIR server cannot be asked", Retry_After="Seconds until it may be tried again"),
    }


METADATA: Responses = {
    200: {"description": "A CapabilityStatement", "content": {"application/fhir+json": {"schema": {"type": "object"}}}},
    **STRANGER,
}
LIVE: Responses = {200: {"description": "The process answers", "content": _json({"type": "object"})}}
READY: Responses = {200: {"description": "Messages are taken in", "content": _json({"type": "object"})}}


# -- the whole -------------------------------------------------------------------------------------------------------

_OWN: Json = {
    "Problem": {
        "type": "object",
        "required": ["rule", "severity", "path", "fhirpath", "sv", "en"],
        "properties": {
            "rule": _TEXT,
            "severity": {"enum": [severity.value for severity in Severity]},
            "path": {"type": "string", "description": "JSON Pointer into the message"},
            "fhirpath": _TEXT,
            "sv": _TEXT,
            "en": _TEXT,
        },
    },
    "Refusal": {
        "type": "object",
        "description": "Problem details (RFC 9457)",
        "required": ["type", "status", "title", "detail", "problems"],
        "properties": {
            "type": _TEXT,
            "status": {"type": "integer"},
            "title": _TEXT,
            "detail": _TEXT,
            "problems": {"type": "array", "items": _schema("Problem")},
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
        "properties": {"rule": _TEXT, "path": _TEXT},
    },
    "Checked": {
        "type": "object",
        "required": ["accepted", "warnings", "derived", "resources"],
        "properties": {
            "accepted": {"const": True},
            "warnings": {"type": "array", "items": _schema("Problem")},
            "derived": {"type": "array", "items": _schema("Derived")},
            "resources": {"type": "array", "items": {"type": "object"}},
        },
    },
    "Receipt": {
        "type": "object",
        "required": ["id", "state", "kind", "source", "number", "version", "revision", "warnings", "derived"],
        "properties": {
            "id": _TEXT,
            "state": {"enum": ["accepted", "delivering", "delivered", "parked"]},
            "kind": {"enum": [*KINDS, "patient-merge"]},
            "source": _TEXT,
            "number": _TEXT,
            "version": _COUNT,
            "revision": _COUNT,
            "attempts": _COUNT,
            "warnings": {"type": "array", "items": _schema("Problem")},
            "derived": {"type": "array", "items": _schema("Derived")},
            "conflicts": {"type": "array", "items": _TEXT},
            "reason": {"type": ["string", "null"]},
            "serverSaid": {"type": ["object", "null"]},
            "catalogueVersion": _TEXT,
            "acceptedAt": _MOMENT,
            "changedAt": _MOMENT,
        },
    },
}


def published(app: FastAPI) -> Json:
    """The OpenAPI document of the gateway, made once."""
    if app.openapi_schema:
        return app.openapi_schema
    document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    document["components"] = {
        "schemas": _models() | _OWN,
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
    }
    document["security"] = [{"token": []}, {}]
    for operation in (one for path in document["paths"].values() for one in path.values()):
        _without_fastapis_refusal(operation["responses"])
    app.openapi_schema = document
    return document


def _without_fastapis_refusal(responses: Json) -> None:
    """FastAPI tells of a 422 of its own for every path with a parameter; the doors answer 404 there."""
    if responses.get("422", {}).get("description") == "Validation Error":
        del responses["422"]


def _models() -> Json:
    _, models = models_json_schema(
        [(model, "validation") for model in KINDS.values()], ref_template="#/components/schemas/{model}"
    )
    schemas: Json = copy.deepcopy(models["$defs"])
    for name, members in DERIVED.items():
        for member in members:
            schemas[name]["properties"][member]["readOnly"] = True
    for kind, model in KINDS.items():
        schemas[shown(kind)] = _shown(schemas[model.__name__], model)
        schemas[model.__name__] = _sent(schemas[model.__name__])
    return schemas


def _shown(schema: Json, model: type[BaseModel]) -> Json:
    """What nobody may be without is what everybody may see."""
    names = {field.alias or name: name for name, field in model.model_fields.items()}
    always = [one for one in schema["required"] if audiences(model, names[one]) == frozenset(Audience)]
    return {**schema, "title": f"{schema['title']}Shown", "required": always}


def _sent(schema: Json) -> Json:
    """A version, or the time of the change from a source that has none (Decided 6)."""
    properties = schema["properties"] | {"changedAt": _MOMENT}
    rest = [name for name in schema["required"] if name != "version"]
    either: list[Json] = [{"required": ["version"]}, {"required": ["changedAt"]}]
    return {**schema, "properties": properties, "required": rest, "oneOf": either}
