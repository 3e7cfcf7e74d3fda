"""What others may do to a resource: every edit of one element, named by the place that it touches."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from mappings.problem import Json

Way: TypeAlias = tuple[str | int, ...]

FOREIGN = "https://others.example"
EVERY_TYPE: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2**63, 1.5, "", "x", "2026-11-24", "2026-11-24T13:00:00Z",
    [], [""], [None], ["booked"], [[]], [{}], {}, {"x": 1}, {"url": ""}, {"reference": "Patient/1"},
)  # fmt: skip
"""Every JSON type, and what may be taken for something that it is not."""

STRANGERS: tuple[Json, ...] = (
    {"url": f"{FOREIGN}/extension", "valueString": "theirs"},
    {"system": f"{FOREIGN}/system", "value": "theirs"},
    {"system": f"{FOREIGN}/codes", "code": "theirs", "display": "Theirs"},
    {"actor": {"reference": "Device/1"}, "status": "tentative"},
    {"member": {"reference": "Practitioner/1"}, "individual": {"reference": "Practitioner/1"}},
    {"reference": "Observation/1"},
    {"coding": [{"system": f"{FOREIGN}/codes", "code": "theirs"}]},
)
"""List items that no shape of ours speaks of: an extension, an identifier, a coding, participants, and so on."""


@dataclass(frozen=True, slots=True)
class Edit:
    what: str
    way: Way
    resource: Any
    stranger: Any = None

    def __repr__(self) -> str:
        return f"{self.what} at {'.'.join(map(str, self.way))}"


def ways(node: Any, way: Way = ()) -> Iterator[Way]:
    """Every path in the resource but the resource itself."""
    below = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for step, child in below:
        yield (*way, step)
        yield from ways(child, (*way, step))


def at(node: Any, way: Way) -> Any:
    for step in way:
        node = node[step]
    return node


def put(node: Any, way: Way, value: Any) -> Any:
    """A copy with another value at a path; all that is not on the path is shared."""
    if not way:
        return value
    copy: Any = list(node) if isinstance(node, list) else dict(node)
    copy[way[0]] = put(copy[way[0]], way[1:], value) if len(way) > 1 else value
    return copy


def without(resource: Json, way: Way) -> Json:
    around = at(resource, way[:-1])
    if isinstance(around, list):
        kept: Any = [item for index, item in enumerate(around) if index != way[-1]]
    else:
        kept = {key: value for key, value in around.items() if key != way[-1]}
    changed: Json = put(resource, way[:-1], kept)
    return changed


def others_of_its_type(leaf: Any) -> tuple[Any, ...]:
    match leaf:
        case bool():
            return (not leaf,)
        case int():
            return (leaf + 1, -leaf)
        case str():
            return (leaf + "x", "x" + leaf, leaf.swapcase(), leaf[:-1], f" {leaf}")
    return ()


def edits(resource: Json) -> Iterator[Edit]:
    """Every edit of one element; none leaves the resource as it was."""
    for way in ways(resource):
        held = at(resource, way)
        yield Edit("delete", way, without(resource, way))
        for value in (*others_of_its_type(held), *EVERY_TYPE):
            if type(value) is not type(held) or value != held:
                yield Edit("replace", way, put(resource, way, value))
        if isinstance(held, dict):
            yield Edit("unknown member", way, put(resource, way, {**held, "foreign": "theirs"}))
        if isinstance(held, dict) and "extension" not in held:
            yield Edit("first extension", way, put(resource, way, {"extension": [STRANGERS[0]], **held}))
        if isinstance(held, list):
            yield from (
                Edit("double", (*way, i), put(resource, way, [*held[: i + 1], *held[i:]])) for i in range(len(held))
            )
    for member in ("foreign", "modifierExtension", "implicitRules", "text", "contained", "_status", "language"):
        yield Edit("unknown member", (member,), {**resource, member: STRANGERS[0]})
    yield from additions(resource)


def additions(resource: Json) -> Iterator[Edit]:
    """Every edit that only adds a list item of others', before ours and after."""
    for way in ways(resource):
        held = at(resource, way)
        if isinstance(held, list) and all(isinstance(item, dict) for item in held):
            for stranger in STRANGERS:
                yield Edit("put before", way, put(resource, way, [stranger, *held]), stranger)
                yield Edit("put after", way, put(resource, way, [*held, stranger]), stranger)
    for member, stranger in (("extension", STRANGERS[0]), ("identifier", STRANGERS[1])):
        if member not in resource:
            yield Edit("add", (member,), {**resource, member: [stranger]}, stranger)


def named(finding: str, kind: str, way: Way) -> bool:
    """True for a finding at the edited place, above it, within it or right beside it."""
    found = re.sub(r"\('[^']*'\)|\[\d+\]", "", finding).split(".")
    edited = [kind, *(re.sub(r"^value[A-Z].*", "value", step) for step in way if isinstance(step, str))]
    found = [re.sub(r"^value[A-Z].*", "value", step) for step in found]
    shared = min(len(found), len(edited))
    return found[:shared] == edited[:shared] or (len(found) > 2 and found[:-1] == edited[:-1])
