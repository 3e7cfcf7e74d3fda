"""One resource of a graph, filled: what delivery carries."""

from __future__ import annotations

from dataclasses import dataclass

from mappings.problem import Json
from mappings.shape.key import Key


@dataclass(frozen=True, slots=True)
class Filled:
    """A resource that an aggregate says something of, with references still as keys."""

    node: str
    """Which node of which graph, `booking.visit`; `mappings.resources.SHAPES` knows its shape."""
    key: Key
    resource: Json
    owned: bool
    """Ours to replace; a shared one (a unit, a person) is added to, never taken from."""
