"""What of a resource can be searched for: its rows in the index tables, found along the paths of its type."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import tzinfo
from functools import cache
from typing import Any, TypeAlias

from adapter.sandbox.instants import FOREVER, Span, span
from adapter.sandbox.paths import Walk, walk
from adapter.sandbox.resource_types import SEARCH_PARAMS, SearchParam
from mappings.problem import Json

Row: TypeAlias = tuple[Any, ...]

ANY = "*"
"""The `param` under which every reference is kept, whether it can be searched by or not."""


@dataclass(slots=True)
class Rows:
    """Rows to be put into the index tables, in the order of their columns."""

    token: set[Row] = field(default_factory=set)
    string: set[Row] = field(default_factory=set)
    date: set[Row] = field(default_factory=set)
    reference: set[Row] = field(default_factory=set)


Locate: TypeAlias = Callable[[str], "tuple[str, int] | None"]
"""From a literal reference to the type and pk of its target; `None` for what lies elsewhere."""


def add_values(rows: Rows, pk: int, resource: Json, zone: tzinfo) -> None:
    """All that can be searched for but where references lead to."""
    for param, walks in _plan(resource["resourceType"]):
        values = [value for find in walks for value in find(resource)]
        if not values:
            continue
        match param.kind:
            case "token":
                for value in values:
                    rows.token.update((param.key, code, system, pk) for system, code in tokens(value, param.system))
            case "string":
                for value in values:
                    rows.string.update((param.key, fold(text), text, pk) for text in _texts(value))
            case "date":
                for value in values:
                    rows.date.update((param.key, s.low, s.high, pk) for s in _spans(value, zone))
            case "uri":
                rows.token.update((param.key, value, "", pk) for value in values if isinstance(value, str))
            case "reference":
                for value in values:
                    rows.token.update(_logical(param, value, pk))


def add_references(rows: Rows, pk: int, resource: Json, locate: Locate) -> None:
    """Where the references lead to that can be searched by; one to elsewhere is found by its URL only."""
    for param, walks in _reference_plan(resource["resourceType"]):
        for find in walks:
            for value in find(resource):
                literal = value.get("reference") if isinstance(value, dict) else None
                if not isinstance(literal, str):
                    continue
                target = locate(literal)
                if target is None:
                    rows.token.add((param.key, literal, "", pk))
                elif target[0] in param.targets:
                    rows.reference.add((param.key, target[1], pk))


def searchable(resource: Json) -> set[int]:
    """The identities of its references that can be searched by."""
    return {
        id(value)
        for _, walks in _reference_plan(resource["resourceType"])
        for find in walks
        for value in find(resource)
    }


def fold(text: str) -> str:
    """Without case and accents: https://hl7.org/fhir/R4/search.html#string."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))


def tokens(value: Any, system: str = "") -> Iterator[tuple[str, str]]:
    """System and code of each token in a value of any type that has tokens; `system` is a plain code's."""
    match value:
        case bool():
            yield "", "true" if value else "false"
        case str():
            yield system, value
        case {"coding": [*codings]}:
            for coding in codings:
                yield from tokens(coding)
        case {"code": str(code)} | {"value": str(code)}:
            yield str(value.get("system", "")), code


def _logical(param: SearchParam, value: Any, pk: int) -> Iterator[Row]:
    """A reference's identifier, found by the modifier `:identifier`."""
    if isinstance(value, dict) and isinstance(identifier := value.get("identifier"), dict):
        for system, code in tokens(identifier):
            yield f"{param.key}:identifier", code, system, pk


_NAME_PARTS = ("text", "family", "given", "prefix", "suffix")
_ADDRESS_PARTS = ("text", "line", "city", "district", "state", "postalCode", "country")
_PARTS = tuple(dict.fromkeys(_NAME_PARTS + _ADDRESS_PARTS))


def _texts(value: Any) -> Iterator[str]:
    """A string, or every part of a HumanName or an Address."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in _PARTS:
            inner = value.get(part)
            yield from (text for text in (inner if isinstance(inner, list) else [inner]) if isinstance(text, str))


def _spans(value: Any, zone: tzinfo) -> Iterator[Span]:
    """A date, dateTime or instant; a Period with its open ends; a Timing as its events and its bounds."""
    match value:
        case str():
            found = span(value, zone)
            if found:
                yield found
        case {"event": _} | {"repeat": _}:
            for event in value.get("event") or ():
                yield from _spans(event, zone)
            match value.get("repeat"):
                case {"boundsPeriod": bounds}:
                    yield from _spans(bounds, zone)
        case {"start": _} | {"end": _}:
            start, end = (span(str(value.get(edge, "")), zone) for edge in ("start", "end"))
            yield Span(start.low if start else -FOREVER, end.high if end else FOREVER)


@cache
def _plan(type_: str) -> tuple[tuple[SearchParam, tuple[Walk, ...]], ...]:
    return tuple((param, tuple(map(walk, param.paths))) for param in SEARCH_PARAMS[type_].values())


@cache
def _reference_plan(type_: str) -> tuple[tuple[SearchParam, tuple[Walk, ...]], ...]:
    return tuple((param, walks) for param, walks in _plan(type_) if param.kind == "reference")
