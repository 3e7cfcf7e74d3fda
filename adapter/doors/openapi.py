"""The contract that is published: derived from the regional model."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from adapter.region import fixtures
from mappings.problem import Json
from mappings.region.reading import KINDS

_REF = "#/components/schemas/{model}"

EXAMPLES = {
    "booking": "booking/team-of-physician-and-dietitian.json",
    "care-event": "care-event/team-visit.json",
    "named-contact": "named-contact/physician.json",
}
"""Fixtures that stand as examples in the contract."""


def message_body(kind: str) -> Json:
    """The body of a push: the model's own JSON Schema, with a fixture as example."""
    content: Json = {"schema": {"$ref": f"#/components/schemas/{KINDS[kind].__name__}"}}
    if (example := _example(kind)) is not None:
        content["example"] = example
    return {"requestBody": {"required": True, "content": {"application/json": content}}}


def _example(kind: str) -> Any:
    path = fixtures() / "messages" / EXAMPLES[kind]
    return orjson.loads(path.read_bytes()) if path.is_file() else None


_PROBLEM = {"$ref": "#/components/schemas/Refusal"}
_RECEIPT = {"application/json": {"schema": {"$ref": "#/components/schemas/Receipt"}}}


def _refused(text: str) -> Json:
    return {
        "description": text,
        "content": {
            "application/problem+json": {"schema": _PROBLEM},
            "application/fhir+json": {"schema": {"type": "object"}},
        },
    }


REFUSED: dict[int | str, Json] = {
    400: _refused("Not JSON, or nested too deep"),
    401: _refused("Unknown caller"),
    403: _refused("Not this caller's source"),
    409: _refused("The version was used for other content (IN-10), or a later one is known (IN-11)"),
    413: _refused("Too large"),
    422: _refused("Every problem of the message, by rule"),
}
ACCEPTED: dict[int | str, Json] = {
    200: {"description": "Delivered while the sender waited", "content": _RECEIPT},
    201: {"description": "Delivered while the sender waited, for the first time", "content": _RECEIPT},
    202: {"description": "Kept; the receipt says what becomes of it", "content": _RECEIPT},
    **REFUSED,
}
CHECKED: dict[int | str, Json] = {200: {"description": "It would be accepted"}, **REFUSED}
STATE: dict[int | str, Json] = {
    200: {"description": "The last accepted state, as this caller may see it"},
    404: _refused("Nothing here, or nothing that this caller may see"),
}
RECEIPT: dict[int | str, Json] = {
    200: {"description": "The receipt", "content": _RECEIPT},
    404: _refused("No such message"),
}
FOUND: dict[int | str, Json] = {
    200: {
        "description": "What this caller may see, page by page",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["total", "items"],
                    "properties": {
                        "total": {"type": "integer"},
                        "items": {"type": "array", "items": {"type": "object"}},
                        "next": {"type": "string"},
                    },
                }
            }
        },
    },
    422: _refused("No patient to search for"),
    503: _refused("The FHIR server cannot be asked; `Retry-After` says when to come back"),
}

SEARCH: Json = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "patient": {"$ref": _REF.format(model="Identity")},
                        "count": {"type": "integer", "minimum": 1, "maximum": 200, "default": 50},
                        "page": {"type": "string", "description": "`next` of the page before"},
                    },
                },
                "example": {"patient": {"kind": "personnummer", "value": "191212121212"}},
            }
        },
    }
}

CANCEL: Json = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["version", "reason", "at"],
                    "properties": {
                        "version": {"type": "integer"},
                        "reason": {"type": "string"},
                        "at": {"type": "string", "format": "date-time"},
                        "by": {"enum": ["care", "patient"]},
                        "backToWaitingList": {"type": "boolean"},
                    },
                },
                "example": {"version": 4, "reason": "patienten-avbokar", "at": "2026-11-20T09:00:00+01:00"},
            }
        },
    }
}

_TEXT = {"type": "string"}
_OWN: Json = {
    "Problem": {
        "type": "object",
        "required": ["rule", "severity", "path", "fhirpath", "sv", "en"],
        "properties": {
            "rule": _TEXT,
            "severity": {"enum": ["error", "warning", "information"]},
            "path": _TEXT,
            "fhirpath": _TEXT,
            "sv": _TEXT,
            "en": _TEXT,
        },
    },
    "Refusal": {
        "type": "object",
        "properties": {
            "type": _TEXT,
            "status": {"type": "integer"},
            "title": _TEXT,
            "detail": _TEXT,
            "problems": {"type": "array", "items": {"$ref": "#/components/schemas/Problem"}},
        },
    },
    "Receipt": {
        "type": "object",
        "required": ["id", "state", "kind", "source", "number", "version", "revision"],
        "properties": {
            "id": _TEXT,
            "state": {"enum": ["accepted", "delivering", "delivered", "parked"]},
            "kind": _TEXT,
            "source": _TEXT,
            "number": _TEXT,
            "version": {"type": "integer"},
            "revision": {"type": "integer"},
            "attempts": {"type": "integer"},
            "warnings": {"type": "array", "items": {"$ref": "#/components/schemas/Problem"}},
            "derived": {"type": "array", "items": {"type": "object"}},
            "conflicts": {"type": "array", "items": _TEXT},
            "reason": {"type": ["string", "null"]},
            "serverSaid": {"type": ["object", "null"]},
        },
    },
}


def published(app: FastAPI) -> Json:
    """The OpenAPI document of the gateway, made once."""
    if app.openapi_schema:
        return app.openapi_schema
    document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    _, models = models_json_schema([(model, "validation") for model in KINDS.values()], ref_template=_REF)
    document.setdefault("components", {}).setdefault("schemas", {}).update(models["$defs"] | _OWN)
    document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    document["security"] = [{"token": []}, {}]
    app.openapi_schema = document
    return document
