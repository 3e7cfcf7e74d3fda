"""References as keys, turned into what a server wants, and back (Decided 3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeAlias

from adapter.server.ids import Ids
from mappings.problem import Json
from mappings.shape.key import Key

KeyOf: TypeAlias = Callable[[str, str], Key | None]
"""(resource type, id on the server) -> the key that we know it by, or None."""

KeysOf: TypeAlias = Callable[[list[str]], Mapping[tuple[str, str], Key]]
"""Ids on the server -> (resource type, id) -> the key of each that is known."""

_LITERAL = re.compile(r"([A-Z][A-Za-z]{1,63})/([A-Za-z0-9.\-]{1,64})(?:/_history/[A-Za-z0-9.\-]{1,64})?")


class ReferenceStyle(StrEnum):
    """How a server is referred to: part of its profile. A server that owns Patient or Organization itself will want
    another style than this one, and it gets its place here."""

    LITERAL = "literal"
    """`Patient/ID`, with the id that we derived."""


def literal(ids: Ids) -> Callable[[Key], Json]:
    """The `to` of `rendered` for `ReferenceStyle.LITERAL`."""
    return lambda key: {"reference": f"{key.kind}/{ids.of(key)}"}


def rendered(resource: Json, to: Callable[[Key], Json]) -> Json:
    """The resource with every reference that holds a key replaced by what `to` says of it.

    What else a Reference holds (`display`, `type`, `identifier`) stays. The input is never changed; where it holds no
    key it is handed back itself.
    """

    def replace(text: str) -> Json | None:
        key = Key.parse(text) if "?identifier=" in text else None
        return None if key is None else to(key)

    new: Json = _replaced(resource, replace)
    return new


def resolved(resource: Json, key_of: KeyOf, bases: Sequence[str] = ()) -> Json:
    """The resource with every literal reference that `key_of` knows replaced by its key.

    `Patient/ID`, with or without `/_history/N`, relative or under one of the server's `bases`. A key has no version:
    the reference then means the current one. All else stays as it is; the input is never changed.
    """
    prefixes = tuple(f"{base.rstrip('/')}/" for base in bases)

    def replace(text: str) -> Json | None:
        under = next((prefix for prefix in prefixes if text.startswith(prefix)), "")
        found = _LITERAL.fullmatch(text, len(under))
        key = found and key_of(found[1], found[2])
        return {"reference": key.text} if key else None

    new: Json = _replaced(resource, replace)
    return new


def with_keys(resource: Json, keys_of: KeysOf, bases: Sequence[str]) -> Json:
    """As `resolved`, by whoever knows many ids at once."""
    ids: list[str] = []
    resolved(resource, lambda _, id_: ids.append(id_), bases)
    keys = keys_of(ids)
    return resolved(resource, lambda kind, id_: keys.get((kind, id_)), bases)


def identifier_keys(resource: Json) -> list[Key]:
    """One key for each business identifier in order that has a system and a value."""
    listed: Any = resource.get("identifier")
    pairs = (
        [(one.get("system"), one.get("value")) for one in listed or () if isinstance(one, dict)]
        if isinstance(listed, list)
        else []
    )
    kind = resource["resourceType"]
    return [Key(kind, system, value) for system, value in pairs if isinstance(system, str) and isinstance(value, str)]


def _replaced(node: Any, replace: Callable[[str], Json | None]) -> Any:
    """The node itself where nothing in it is replaced, else a copy that shares all that is not."""
    if type(node) is list:
        changed_items: list[Any] | None = None
        for index, item in enumerate(node):
            if type(item) is dict or type(item) is list:
                new = _replaced(item, replace)
                if new is not item:
                    changed_items = list(node) if changed_items is None else changed_items
                    changed_items[index] = new
        return node if changed_items is None else changed_items
    changed: Json | None = None
    for name, value in node.items():
        if type(value) is dict or type(value) is list:
            new = _replaced(value, replace)
            if new is not value:
                changed = dict(node) if changed is None else changed
                changed[name] = new
    text = node.get("reference")
    said = replace(text) if type(text) is str else None
    if said is None:
        return node if changed is None else changed
    return _restated(node if changed is None else changed, said)


def _restated(reference: Json, said: Json) -> Json:
    if "reference" in said:
        return {**reference, **said}
    return {name: value for name, value in reference.items() if name != "reference"} | said
