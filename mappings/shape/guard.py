"""Fields that only some states can carry, found at load, so that none is left out in silence when filling."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from mappings.shape.compiled import Get, getter
from mappings.shape.shape import Condition, Place
from mappings.shape.template import Each

Open: TypeAlias = tuple[str, frozenset[Condition]]
"""A place: the node that holds it, empty for one that is always there, and the states in which it exists."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Fields of one scope whose places all exist under the same conditions."""

    within: tuple[Get, ...]
    """The repeated parts around the fields, from the aggregate inwards."""
    fields: tuple[tuple[str, Get], ...]
    places: tuple[tuple[str, tuple[tuple[int, Get, frozenset[Any]], ...]], ...]

    def lost(self, value: Any, there: frozenset[str]) -> Iterator[str]:
        """Each field that has a value and no place, given the nodes that are there."""
        for scopes in _scopes((value,), self.within):
            if not self._open(scopes, there):
                for name, get in self.fields:
                    held = get(scopes[-1])
                    if held is not None and held != ():
                        yield name

    def _open(self, scopes: tuple[Any, ...], there: frozenset[str]) -> bool:
        for node, conditions in self.places:
            if not node or node in there:
                for depth, get, values in conditions:
                    if get(scopes[depth]) not in values:
                        break
                else:
                    return True
        return False


def _scopes(scopes: tuple[Any, ...], within: tuple[Get, ...]) -> Iterator[tuple[Any, ...]]:
    if not within:
        yield scopes
    else:
        for item in within[0](scopes[-1]) or ():
            yield from _scopes((*scopes, item), within[1:])


def guards(nodes: Iterable[tuple[str, Iterable[Place]]]) -> tuple[Guard, ...]:
    """One guard for all fields that stand under the same conditions; none for those that always have a place.

    Each node comes as (name, empty where it is always there; its places, said of the whole aggregate).
    """
    fields: dict[tuple[tuple[str, ...], str], set[Open]] = {}
    for node, places in nodes:
        for place in places:
            if place.field and not isinstance(place.source, Each):
                name = place.field.removeprefix(".".join(place.within)).lstrip(".")
                fields.setdefault((place.within, name), set()).add((node, frozenset(place.conditions)))
    together: dict[tuple[tuple[str, ...], frozenset[Open]], list[str]] = {}
    for (within, name), places_of in fields.items():
        if ("", frozenset()) not in places_of:
            together.setdefault((within, frozenset(places_of)), []).append(name)
    return tuple(_guard(within, names, places_of) for (within, places_of), names in together.items())


def _guard(within: tuple[str, ...], names: list[str], places: Iterable[Open]) -> Guard:
    return Guard(
        tuple(getter(one) for one in within),
        tuple((".".join((*within, name)).rstrip("."), getter(name)) for name in names),
        tuple(
            (node, tuple((one.depth, getter(one.field), one.values) for one in conditions))
            for node, conditions in sorted(places, key=lambda one: one[0])
        ),
    )
