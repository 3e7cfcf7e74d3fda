"""`metadata`: what this server does, said from the very tables that it works by."""

from __future__ import annotations

from typing import Any

from adapter.sandbox.criteria import MOST_LINKS, MOST_RANGES, MOST_VALUES
from adapter.sandbox.instants import instant_text
from adapter.sandbox.json_text import write_json
from adapter.sandbox.negotiation import FHIR_JSON
from adapter.sandbox.resource_types import SEARCH_PARAMS, SearchParam
from adapter.sandbox.space import Space

INTERACTIONS = ("read", "vread", "update", "delete", "history-instance", "create", "search-type")


def capability_statement(space: Space, base: str) -> bytes:
    return write_json(
        {
            "resourceType": "CapabilityStatement",
            "status": "active",
            "date": instant_text(space.now()),
            "kind": "instance",
            "software": {"name": "vardbro sandbox"},
            "implementation": {"description": "A FHIR R4 server for integration tests", "url": base},
            "fhirVersion": "4.0.1",
            "format": [FHIR_JSON, "json"],
            "rest": [
                {
                    "mode": "server",
                    "documentation": documentation(space),
                    "resource": [_resource(type_) for type_ in SEARCH_PARAMS],
                    "interaction": [{"code": "transaction"}],
                }
            ],
        }
    )


def documentation(space: Space) -> str:
    """What R4 has no element for in a CapabilityStatement, in Markdown."""
    modifiers = [
        ":missing on every parameter",
        ":not on tokens",
        ":exact and :contains on strings",
        ":Type on references",
    ]
    if space.dialect.logical_search:
        modifiers.append(":identifier on references")
    lines = [
        f"Search modifiers: {'; '.join(modifiers)}.",
        f"Chains of up to {MOST_LINKS} links, with or without types. Date prefixes: eq ne gt ge lt le sa eb.",
        f"{MOST_VALUES} values of a parameter at most, {MOST_RANGES} of a date or string.",
        "Search results: _sort, _count, _include and _revinclude (both also :iterate), _elements, _summary, _total.",
        "A total is always there and exact. Pages show what was found when the first was asked for.",
        "Every request takes _format (JSON only) and _pretty; a history takes _count and _since.",
        "What is not understood is refused; unknown search parameters are left out with Prefer: handling=lenient."
        if space.dialect.heeds_lenient
        else "What is not understood is refused.",
        "Not supported: batch, PATCH, conditional deletion, XML, history of a type or of all, searches across types.",
    ]
    return "\n".join(f"* {line}" for line in lines)


def _resource(type_: str) -> dict[str, Any]:
    params = SEARCH_PARAMS[type_].values()
    return {
        "type": type_,
        "interaction": [{"code": code} for code in INTERACTIONS],
        "versioning": "versioned",
        "readHistory": True,
        "updateCreate": True,
        "conditionalCreate": True,
        "conditionalRead": "full-support",
        "conditionalUpdate": True,
        "conditionalDelete": "not-supported",
        "referencePolicy": ["literal", "logical", "enforced"],
        "searchInclude": [f"{type_}:{param.name}" for param in params if param.kind == "reference"],
        "searchRevInclude": [f"{param.type}:{param.name}" for param in _leading_to(type_)],
        "searchParam": [{"name": "_id", "type": "token"}] + [{"name": p.name, "type": p.kind} for p in params],
    }


def _leading_to(type_: str) -> list[SearchParam]:
    return [param for params in SEARCH_PARAMS.values() for param in params.values() if type_ in param.targets]
