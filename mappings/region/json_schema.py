"""The JSON Schema of each kind of message, derived from its model (https://json-schema.org/draft/2020-12)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mappings.problem import Json
from mappings.region.reading import KINDS

DRAFT = "https://json-schema.org/draft/2020-12/schema"
WHERE = "https://vardbro.example/schema"
"""Before a schema's own name, in its `$id`."""

DERIVED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "CareEvent": ("kva",),
        "EventLine": ("kva",),
        "NamedContact": ("missing",),
        "Need": ("planBy",),
        "DirectCase": ("scenario", "registrations", "closedBy"),
    }
)
"""Members that the gateway fills in and shows, and that are never sent."""


def message_schema(kind: str) -> Json:
    """What a source sends. It says what the form is; what the rules demand beyond that stands in no schema.

    Raises KeyError on a kind that there is none of.
    """
    model = KINDS[kind]
    whole = model.model_json_schema()
    schemas = {model.__name__: whole, **whole["$defs"]}
    for name, members in DERIVED.items():
        for member in members if name in schemas else ():
            schemas[name]["properties"][member]["readOnly"] = True
    return {"$schema": DRAFT, "$id": f"{WHERE}/{kind}", **sent(whole)}


def sent(schema: Json) -> Json:
    """A version, or the time of the change from a source that has none (Decided 6)."""
    moment = {"type": "string", "format": "date-time"}
    required = [name for name in schema["required"] if name != "version"]
    either: list[Json] = [{"required": ["version"]}, {"required": ["changedAt"]}]
    return {
        **schema,
        "properties": schema["properties"] | {"changedAt": moment},
        "required": required,
        "oneOf": either,
    }
