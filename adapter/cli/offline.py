"""A message without a gateway around it: what it is, what it becomes, and back. Nothing here is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from adapter.cli.items import Fault, Item, fault_of
from adapter.keys import DEMO_SECRET, Keys, read
from adapter.server.bundle import opened
from adapter.server.ids import Ids
from adapter.server.records import identifier_keys
from mappings.codes import systems
from mappings.problem import Json, Problem
from mappings.region.catalogue import Catalogue
from mappings.region.reading import KINDS, Message, told
from mappings.region.reading import read as read_message
from mappings.resources.outline import GRAPHS
from mappings.rules.rulebook import Facts
from mappings.shape.graph import Reading, Unmappable, pointer_of

SIDS: Mapping[str, str] = {
    "booking": systems.BOOKING,
    "care-event": systems.CARE_EVENT,
    "named-contact": systems.NAMED_CONTACT,
}
"""System of the identifier that each kind's root resource is known by, before the source's id."""


def kind_of(raw: Any) -> str | None:
    """The kind whose fields a message has, by the fewest that are unknown or missing; None where two are as near, or
    none is."""
    if not isinstance(raw, dict):
        return None
    strange = {kind: len(set(raw) - fields) + len(needed - set(raw)) for kind, (fields, needed) in _fields().items()}
    fewest = min(strange.values())
    found = [kind for kind, count in strange.items() if count == fewest]
    told = len(found) == 1 and len(raw.keys() & _fields()[found[0]][0]) > fewest
    return found[0] if told else None


@cache
def _fields() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """Of each kind: every field, and those that must be there."""
    return {
        kind: (
            frozenset(field.alias or name for name, field in model.model_fields.items()),
            frozenset(field.alias or name for name, field in model.model_fields.items() if field.is_required()),
        )
        for kind, model in KINDS.items()
    }


@dataclass(frozen=True, slots=True)
class Unread:
    """What stands in a file instead of JSON."""

    item: Item
    """With its fault."""
    problem: Problem


def parsed(item: Item) -> Any:
    """The item's JSON, loosely; `Unread` where it is none.

    None where only reading it as a message tells what is wrong: NaN, half a surrogate pair.
    """
    try:
        return orjson.loads(item.raw)
    except orjson.JSONDecodeError:
        fault = fault_of(item)
        return Unread(replace(item, fault=fault), _told_of(fault)) if fault else None


def _told_of(fault: Fault) -> Problem:
    plain = told(fault.rule, "")
    sv, en = f"rad {fault.line}, tecken {fault.column}", f"line {fault.line}, character {fault.column}"
    if fault.last:
        sv, en = f"{sv}; resten av filen lästes inte", f"{en}; the rest of the file was not read"
    return replace(plain, sv=f"{plain.sv[:-1]} ({sv}).", en=f"{plain.en[:-1]} ({en}).")


def message_of(item: Item, raw: Any, kind: str | None, catalogue: Catalogue) -> tuple[str, Message] | list[Problem]:
    """The kind and the message, or every error of form."""
    if isinstance(raw, Unread):
        return [raw.problem]
    kind = kind or kind_of(raw)
    if kind is None and isinstance(raw, dict):
        return [NO_KIND]
    # what is no object is told in the same words whatever it should have been
    got = read_message(kind or "booking", item.raw, catalogue)
    return list(got.problems) if got.message is None else (kind or "booking", got.message)


NO_KIND = Problem(
    "IN-3",
    "",
    "Det framgår inte av fälten vilket slags meddelande det är: ange det med --kind.",
    "The fields do not tell what kind of message it is: say so with --kind.",
)


def facts_of(message: Message, catalogue: Catalogue) -> Facts[Any]:
    """What is known without a gateway: the message, the catalogue and the time."""
    source = catalogue.sources[message.source]
    return Facts(message=message, sent=message, catalogue=catalogue, source=source, now=datetime.now(UTC))


def unmappable(lost: Unmappable) -> list[Problem]:
    """The fields that FHIR has no room for."""
    return [told("IN-16", pointer_of(field)) for field in lost.fields]


def ids_of(catalogue: Catalogue, keys: Path | None) -> Ids:
    """Ids by the region's own keys, or by the demo's public ones."""
    return Ids(catalogue.region, (read(keys) if keys else Keys(DEMO_SECRET)).of("ids"))


@dataclass(frozen=True, slots=True)
class Root:
    """A resource that carries a message of ours, read."""

    kind: str
    source: str
    reading: Reading[Any]


def roots(bundle: Json, catalogue: Catalogue) -> Iterator[Root]:
    """The messages in a Bundle that `convert` made, or in a searchset; what a search only brought along is none.

    Raises KeyError, TypeError or AttributeError on what is no such Bundle.
    """
    resources = opened(bundle)
    along = {
        key
        for entry in bundle["entry"]
        if entry.get("search", {}).get("mode", "match") != "match"
        for key in identifier_keys(entry["resource"])
    }
    for key, resource in resources.items():
        if key not in along and (found := _root(resource)) and found[1] in catalogue.sources:
            kind, source = found
            yield Root(kind, source, GRAPHS[kind].read(resource, resources, catalogue.sources[source]))


def _root(resource: Json) -> tuple[str, str] | None:
    """(kind, source) that a resource's own identifier tells."""
    for key in identifier_keys(resource):
        for kind, sid in SIDS.items():
            if key.kind == GRAPHS[kind].root.shape.kind and key.system.startswith(sid):
                return kind, key.system.removeprefix(sid)
    return None
