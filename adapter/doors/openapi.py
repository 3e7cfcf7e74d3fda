"""The contract that is published: derived from the regional model."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from types import MappingProxyType

import orjson
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from adapter.doors.openapi_schemas import COUNT, MOMENT, OWN, TEXT, body, schema, told
from adapter.region import fixtures
from mappings.problem import Json
from mappings.region.field import Audience, audiences
from mappings.region.json_schema import DERIVED, sent
from mappings.region.reading import ANSWERED, KINDS
from mappings.region.request import Request
from mappings.rules.portal import PERMITS

EXAMPLES: Mapping[str, str] = MappingProxyType(
    {
        "booking": "booking/team-of-physician-and-dietitian.json",
        "care-event": "care-event/team-visit-carried-out.json",
        "named-contact": "named-contact/physician-whose-direct-number-the-patient-may-see.json",
        "patient": "patient/child-with-guardians.json",
    }
)
"""Fixtures that stand as examples in the contract."""


def shown(kind: str) -> str:
    """The schema of a message as readers are shown it: each sees the members that are for them."""
    return f"{KINDS[kind].__name__}Shown"


# -- bodies ----------------------------------------------------------------------------------------------------------


def message_body(kind: str) -> Json:
    """The body of a push: the model's own JSON Schema, with a fixture as example."""
    example = orjson.loads((fixtures() / "messages" / EXAMPLES[kind]).read_bytes())
    return body(schema(KINDS[kind].__name__), example)


SEARCH: Json = body(
    {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "patient": schema("Identity"),
            "count": {"type": "integer", "minimum": 1, "maximum": 200, "default": 50},
            "page": {"type": "string", "description": "`next` of the page before"},
        },
    },
    {"patient": {"kind": "personnummer", "value": "191212121212"}},
    required=False,
)

DIRECT_CASE: Json = body(
    schema("DirectCase"),
    orjson.loads((fixtures() / "direct-cases" / "handed-over-to-a-physician-the-same-day.json").read_bytes()),
)


# -- headers ---------------------------------------------------------------------------------------------------------


def _header(name: str, text: str, example: str) -> Json:
    return {"name": name, "in": "header", "description": text, "schema": TEXT, "example": example}


WAITING: Json = {
    "parameters": [_header("Prefer", "Seconds to wait for the delivery before the answer is given", "wait=5")]
}


def _says(**headers: str) -> Json:
    named = {name.replace("_", "-"): {"schema": TEXT, "description": text} for name, text in headers.items()}
    return {"headers": named} if named else {}


# -- answers ---------------------------------------------------------------------------------------------------------


def _json(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}


def _refused(text: str, **headers: str) -> Json:
    content = {
        "application/problem+json": {"schema": schema("Refusal")},
        "application/fhir+json": {"schema": schema("OperationOutcome")},
    }
    return {"description": text, "content": content, **_says(**headers)}


Responses = dict[int | str, Json]

STRANGER: Responses = {
    401: _refused("Unknown caller", WWW_Authenticate="`Bearer`, and `invalid_token` where one was sent (RFC 6750)"),
    403: _refused("The token's scopes do not allow it", WWW_Authenticate="The scope that would"),
    503: _refused("The token's issuer cannot be asked for its keys", Retry_After="Seconds until it may be tried again"),
}
UNREADABLE: Responses = {
    400: _refused("Not JSON (IN-1), or nested too deep (IN-7)"),
    408: _refused("The body took too long to come"),
    413: _refused("The body is too large (IN-6)"),
    415: _refused("The body is said to be something else than JSON in UTF-8"),
}
NO_SUCH_CONTRACT: Responses = {406: _refused("`Accept` names only contracts that this cannot be told in")}
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
        "content": _json(schema("Receipt")),
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
CHECKED: Responses = {
    200: {"description": "It would be accepted, and become this", "content": _json(schema("Checked"))},
    **REFUSED,
}
REGISTERED: Responses = {
    200: {
        "description": "The registrations that arise, and who closes the case; nothing is kept",
        "content": _json(
            {
                "type": "object",
                "required": ["scenario", "registrations", "closedBy", "derived", "warnings"],
                "properties": {
                    "scenario": schema("DirectScenario"),
                    "registrations": {"type": "array", "minItems": 1, "items": schema("DirectRegistration")},
                    "closedBy": {"type": "string", "description": "JSON Pointer into the case"},
                    "derived": {"type": "array", "items": schema("Derived")},
                    "warnings": {"type": "array", "items": schema("Problem")},
                },
            }
        ),
    },
    **REFUSED,
}
RECEIPT: Responses = {
    200: {"description": "The receipt", "content": _json(schema("Receipt")), **_says(ETag="The revision")},
    **STRANGER,
    404: _refused("No such message"),
}


def state(kind: str, member: str) -> Responses:
    """The answers to a read by the source's own key."""
    whole = {
        "type": "object",
        "required": [member, "revision"],
        "properties": {member: schema(shown(kind)), "revision": COUNT, "receipt": schema("Receipt")},
    }
    return {
        200: {
            "description": "The last accepted state, as this caller may see it",
            "content": told(kind, whole),
            **_says(ETag="The revision"),
        },
        **STRANGER,
        404: _refused("Nothing here, or nothing that this caller may see"),
        **NO_SUCH_CONTRACT,
    }


def found(kind: str) -> Responses:
    """The answers to a search."""
    page = {
        "type": "object",
        "required": ["total", "items"],
        "properties": {
            "total": COUNT,
            "items": {"type": "array", "items": schema(shown(kind))},
            "next": TEXT,
            "warnings": {"type": "array", "items": {"type": "object"}},
        },
    }
    return {
        200: {
            "description": "What this caller may see, page by page; in other contracts than JSON all at once",
            "content": told(kind, page),
            **_says(Vardbro_Left_Out="How many another contract cannot say", Vardbro_Unread="Number of `warnings`"),
        },
        **STRANGER,
        **UNREADABLE,
        400: _refused("Not JSON (IN-1), nested too deep (IN-7), or a page of another search or too old (IN-9)"),
        403: _refused("Another patient than the caller"),
        **NO_SUCH_CONTRACT,
        422: _refused("No patient to search for"),
        503: _refused("The FHIR server cannot be asked", Retry_After="Seconds until it may be tried again"),
    }


_PLACE: Json = {"type": "integer", "minimum": 0, "maximum": 10**18 - 1, "default": 0}
AFTER: Json = {
    "parameters": [
        {"name": "after", "in": "query", "description": "A place that an earlier answer gave", "schema": _PLACE},
        *WAITING["parameters"],
    ]
}
_LINE: Json = {
    "type": "object",
    "required": ["sequence", "what", "kind", "source", "number", "at"],
    "properties": {
        "sequence": COUNT,
        "what": {"enum": ["receipt", "request"]},
        **dict.fromkeys(("kind", "source", "number"), TEXT),
        "at": MOMENT,
        "message": TEXT | {"description": "Of a receipt: its id"},
        "state": {"enum": ["delivered", "parked"]},
        "version": {"type": ["integer", "null"], "description": "Null for what the gateway itself has done"},
        "request": schema("Request") | {"description": "What a patient asks for, or what has become of that"},
    },
}
CHANGES: Responses = {
    200: {
        "description": "What came after that place, and where to go on",
        "content": _json(
            {
                "type": "object",
                "required": ["changes", "after"],
                "properties": {"changes": {"type": "array", "items": _LINE}, "after": COUNT},
            }
        ),
    },
    **STRANGER,
    **UNTRUE,
    403: _refused("The feed is for source systems and operators"),
}
CHAIN: Json = body(
    {
        "type": "object",
        "additionalProperties": False,
        "required": ["bookings"],
        "properties": {"bookings": {"type": "array", "minItems": 1, "maxItems": 50, "items": schema("Booking")}},
    },
    {"bookings": [orjson.loads((fixtures() / "messages" / "booking/chain-primary.json").read_bytes())]},
)
CHAIN_KEPT: Responses = {
    202: {
        "description": "All were kept",
        "content": _json(
            {
                "type": "object",
                "required": ["source", "id", "receipts"],
                "properties": {
                    "source": TEXT,
                    "id": TEXT,
                    "receipts": {"type": "array", "items": schema("Receipt")},
                },
            }
        ),
    },
    **REFUSED,
    **CONFLICT,
    503: ACCEPTED[503],
}
CHAIN_SHOWN: Responses = {
    200: {
        "description": "The contacts, which rules they break together, and the moves that would make the chain whole",
        "content": _json(
            {
                "type": "object",
                "required": ["source", "id", "bookings", "whole", "breaches", "repairs"],
                "properties": {
                    "source": TEXT,
                    "id": TEXT,
                    "bookings": {"type": "array", "items": schema(shown("booking"))},
                    "whole": {"type": "boolean"},
                    "breaches": {"type": "array", "items": {"type": "object"}},
                    "repairs": {"type": "array", "items": {"type": "object"}},
                },
            }
        ),
    },
    **STRANGER,
    404: _refused("No such chain, or none that this caller may see"),
}
METADATA: Responses = {
    200: {"description": "A CapabilityStatement", "content": {"application/fhir+json": {"schema": {"type": "object"}}}},
    **STRANGER,
}
LIVE: Responses = {200: {"description": "The process answers", "content": _json({"type": "object"})}}
READY: Responses = {
    200: {
        "description": "Messages are taken in; degraded: and wait, because the FHIR server is in trouble",
        "content": _json(
            {
                "type": "object",
                "required": ["status", "waiting"],
                "properties": {
                    "status": {"enum": ["ready", "degraded"]},
                    "because": schema("Standstill"),
                    "waiting": {"type": "object", "additionalProperties": COUNT},
                },
            }
        ),
    }
}


# -- the whole -------------------------------------------------------------------------------------------------------


def published(app: FastAPI) -> Json:
    """The OpenAPI document of the gateway, made once."""
    if app.openapi_schema:
        return app.openapi_schema
    document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    document["components"] = {
        "schemas": _models() | OWN,
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


BESIDE: Mapping[str, Json] = {
    "booking": {
        "actions": {
            "type": "array",
            "items": {"enum": list(dict.fromkeys(permit.action for permit in PERMITS))},
            "readOnly": True,
            "description": "What the patient may do with it on 1177 (PO-1); told to patients and guardians only.",
        },
        "request": schema("Request")
        | {
            "readOnly": True,
            "description": "The last thing that the patient asked for with it, and what became of that; told to "
            "patients and guardians only.",
        },
    }
}
"""Members that readers are shown and that are no fields."""


def _models() -> Json:
    _, models = models_json_schema(
        [(model, "validation") for model in (*KINDS.values(), *ANSWERED.values(), Request)],
        ref_template="#/components/schemas/{model}",
    )
    schemas: Json = copy.deepcopy(models["$defs"])
    for name, members in DERIVED.items():
        for member in members:
            schemas[name]["properties"][member]["readOnly"] = True
    for kind, model in KINDS.items():
        schemas[shown(kind)] = _shown(schemas[model.__name__], model, BESIDE.get(kind, {}))
        schemas[model.__name__] = sent(schemas[model.__name__])
    return schemas


def _shown(schema: Json, model: type[BaseModel], beside: Json) -> Json:
    """What nobody may be without is what everybody may see."""
    names = {field.alias or name: name for name, field in model.model_fields.items()}
    always = [one for one in schema["required"] if audiences(model, names[one]) == frozenset(Audience)]
    properties = schema["properties"] | beside
    return {**schema, "title": f"{schema['title']}Shown", "properties": properties, "required": always}
