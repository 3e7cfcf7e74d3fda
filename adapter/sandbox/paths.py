"""The path expressions of `resource_types`: `participant.actor`, `telecom[system=email].value`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from mappings.problem import Json

_STEP = re.compile(r"(\w+)(?:\[(\w+)=(\w+)\])?")

Walk = Callable[[Json], list[Any]]


def walk(path: str) -> Walk:
    """The function that gives every value at `path` in a resource, lists opened; nothing where there is none."""
    steps = [_step(part) for part in path.split(".")]

    def values(resource: Json) -> list[Any]:
        found: list[Any] = [resource]
        for step in steps:
            found = [inner for outer in found if isinstance(outer, dict) for inner in step(outer)]
            if not found:
                break
        return found

    return values


def _step(part: str) -> Callable[[Json], Iterator[Any]]:
    match = _STEP.fullmatch(part)
    if not match:
        raise ValueError(part)
    name, key, wanted = match.groups()

    def inside(outer: Json) -> Iterator[Any]:
        value = outer.get(name)
        if value is None:
            return
        for item in value if isinstance(value, list) else (value,):
            if key is None or (isinstance(item, dict) and item.get(key) == wanted):
                yield item

    return inside
