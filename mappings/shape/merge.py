"""Three-way merge of resources: what we last delivered, what we want, what is there.

Generic over JSON. What tells list items apart comes in as an argument: a shape knows it of its own lists.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeAlias

import orjson

from mappings.problem import Json
from mappings.shape.slices import written

Identity: TypeAlias = Callable[[str, Any], Hashable]
"""(path of the list without indices, `participant.extension`; item) -> what the item is known by.

Two items that are known by the same are the same thing, perhaps changed."""

Keyed: TypeAlias = dict[Hashable, tuple[int, Any]]
"""Each item of a list, with its index, under what it is known by."""


class _Gone:
    """Absence, apart from JSON's null."""

    def __repr__(self) -> str:
        return "GONE"


GONE: Final = _Gone()


@dataclass(frozen=True, slots=True)
class Merged:
    """The resource to send, and the paths at which both sides had changed the same thing."""

    resource: Json
    conflicts: tuple[str, ...]


class _Three(NamedTuple):
    """The same element, thrice; GONE where it is not there."""

    base: Any
    mine: Any
    theirs: Any

    def all_are(self, kind: Callable[[Any], bool]) -> bool:
        return all(kind(value) for value in self if value is not GONE)


@dataclass(frozen=True, slots=True)
class _Work:
    identity: Identity
    conflicts: list[str] = field(default_factory=list)


def merge(base: Json | None, mine: Json, theirs: Json, identity: Identity) -> Merged:
    """Theirs, with our changes since `base` brought in.

    Without a base (first contact) ours wins wherever we say something, silently. With one, ours wins where both changed
    the same element, since the journal system is the master (Decided 14), and the path is told. What they hold that we
    never wrote is kept, in their order.
    """
    work = _Work(identity)
    resource = _merge(_Three(GONE if base is None else base, mine, theirs), work, "", str(mine.get("resourceType", "")))
    return Merged({} if resource is GONE else resource, tuple(work.conflicts) if base is not None else ())


def overlay(held: Json | None, said: Json, identity: Identity) -> Json:
    """What is wanted of a shared resource: all that is held, with what is said now put over it; nothing is taken."""
    return said if held is None else merge(None, said, held, identity).resource


def equal(one: Any, other: Any) -> bool:
    """Equal as JSON: `1` is neither `true` nor `1.0`, and the order of members does not count."""
    if one is other:
        return True
    if one != other:
        return False
    try:
        return orjson.dumps(one) == orjson.dumps(other) or _same(one, other)
    except TypeError:
        return _same(one, other)


def _same(one: Any, other: Any) -> bool:
    if type(one) is not type(other):
        return False
    if type(one) is dict:
        return one.keys() == other.keys() and all(_same(value, other[key]) for key, value in one.items())
    if type(one) is list:
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other) and str(one) == str(other)


def keyed(lists: Sequence[list[Any]], identity: Identity, pattern: str) -> list[Keyed]:
    """The items of several versions of a list, each under what it is known by.

    Of those that one version holds twice, equal ones are the same thing in another version, and the rest in order.
    """
    known = [[identity(pattern, item) for item in items] for items in lists]
    doubled = {name for names in known for name, times in Counter(names).items() if times > 1}
    slots: dict[Hashable, list[set[bytes]]] = {name: [] for name in doubled}
    return [_numbered(names, items, slots) for names, items in zip(known, lists, strict=True)]


def _numbered(names: list[Hashable], items: list[Any], slots: dict[Hashable, list[set[bytes]]]) -> Keyed:
    """`slots` holds, for each doubled name, what the versions before had under each number."""
    numbers = [0] * len(items)
    for name, held in slots.items():
        doubles = [index for index, one in enumerate(names) if one == name]
        for index, slot in zip(doubles, _slots([written(items[index]) for index in doubles], held), strict=True):
            numbers[index] = slot
    return {(names[index], numbers[index]): (index, item) for index, item in enumerate(items)}


def _slots(contents: list[bytes], held: list[set[bytes]]) -> list[int]:
    """For each the number of an equal one, else the first that is free, else a new one. Adds to what is held."""
    free = list(range(len(held)))
    found: dict[int, int] = {}
    for place, content in enumerate(contents):
        if (slot := next((slot for slot in free if content in held[slot]), None)) is not None:
            found[place] = slot
            free.remove(slot)
    for place, content in enumerate(contents):
        if place not in found:
            found[place] = free.pop(0) if free else len(held)
            held += [set()] if found[place] == len(held) else []
        held[found[place]].add(content)
    return [found[place] for place in range(len(contents))]


def of_objects(value: Any) -> bool:
    """True for a list whose items have parts of their own; any other list is one value."""
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _merge(three: _Three, work: _Work, pattern: str, path: str) -> Any:
    base, mine, theirs = three
    if equal(mine, base) or equal(mine, theirs):
        return theirs
    if equal(theirs, base):
        return mine
    if GONE not in (mine, theirs):
        if three.all_are(lambda value: isinstance(value, dict)):
            return _merge_members(three, work, pattern, path)
        if three.all_are(of_objects):
            return _merge_items(three, work, pattern, path)
    work.conflicts.append(path)
    return mine


def _merge_members(three: _Three, work: _Work, pattern: str, path: str) -> Any:
    base, mine, theirs = _Three(*({} if value is GONE else value for value in three))
    out = {}
    for key in {**theirs, **mine}:
        inner = _Three(base.get(key, GONE), mine.get(key, GONE), theirs.get(key, GONE))
        value = _merge(inner, work, f"{pattern}.{key}".lstrip("."), f"{path}.{key}")
        if value is not GONE:
            out[key] = value
    return out or GONE


def _merge_items(three: _Three, work: _Work, pattern: str, path: str) -> Any:
    versions = _Three(*keyed([[] if value is GONE else value for value in three], work.identity, pattern))
    out = []
    for known in _order(versions, first=three.base is GONE):
        inner = _Three(*(version[known][1] if known in version else GONE for version in versions))
        index, _ = versions.theirs.get(known) or versions.mine[known]
        value = _merge(inner, work, pattern, f"{path}[{index}]")
        if value is not GONE:
            out.append(value)
    return out or GONE


def _order(versions: _Three, *, first: bool) -> list[Hashable]:
    """Their order, unless we moved ours among each other: then ours take each other's places.

    What only we have stands before what follows it with us, else last.
    """
    base, mine, theirs = versions
    both = {known: None for known in mine if known in theirs}
    order = list(theirs)
    if first or [known for known in both if known in base] != [known for known in base if known in both]:
        ours = iter(both)
        order = [next(ours) if known in mine else known for known in order]
    place = len(order)
    for known in reversed(mine):
        if known in theirs:
            place = order.index(known)
        else:
            order.insert(place, known)
    return order
