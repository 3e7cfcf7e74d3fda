"""Small changes to a resource, each of which knows the place that a problem about it names."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mappings.problem import Json

from .resources import extension


@dataclass(frozen=True, slots=True)
class Change:
    """A change, made in place."""

    make: Callable[[Json], None]
    place: str
    """The FHIRPath that a problem about it names, after the resource type."""

    def __call__(self, resource: Json) -> None:
        self.make(resource)


def put(path: str, value: Any) -> Change:
    """Writes a value at a path such as `participant.1.status`, whatever stood there."""

    def make(resource: Json) -> None:
        place, last = _parent(resource, path)
        place[last] = value

    return Change(make, _fhirpath(path))


def drop(*paths: str) -> Change:
    """Takes elements away; what is missing is told."""

    def make(resource: Json) -> None:
        for path in paths:
            place, last = _parent(resource, path)
            del place[last]

    return Change(make, _fhirpath(paths[0]))


def add(path: str, value: Any) -> Change:
    """As `put`, where what it stands in is told: an unknown element, or one that breaks an invariant."""
    return Change(put(path, value).make, _fhirpath(path.rpartition(".")[0]))


def lose(*paths: str) -> Change:
    """As `drop`, where what they stood in is told."""
    return Change(drop(*paths).make, _fhirpath(paths[0].rpartition(".")[0]))


def refer(path: str, reference: str) -> Change:
    """Points the Reference at the path elsewhere."""
    return Change(put(f"{path}.reference", reference).make, _fhirpath(path))


def extend(**value: Any) -> Change:
    """Puts an own extension with this value first."""
    return Change(put("extension.0", extension("test", **value)).make, "extension[0].value")


def div(inner: str) -> Change:
    """A narrative with this in it."""
    return put("text.div", f'<div xmlns="http://www.w3.org/1999/xhtml">{inner}</div>')


def both(first: Change, second: Change) -> Change:
    """Two changes that make one defect; the first is the one that is told."""

    def make(resource: Json) -> None:
        first(resource)
        second(resource)

    return Change(make, first.place)


def _parent(resource: Json, path: str) -> tuple[Any, Any]:
    node: Any = resource
    *way, last = path.split(".")
    for step in way:
        node = node[int(step) if isinstance(node, list) else step]
    return node, int(last) if isinstance(node, list) else last


def _fhirpath(path: str) -> str:
    indexed = re.sub(r"\.(\d+)", r"[\1]", path)
    plain = re.sub(r"(^|\.)_", r"\1", indexed)
    return re.sub(r"\b(value|occurrence|quantity|deceased)[A-Z]\w*", r"\1", plain)
