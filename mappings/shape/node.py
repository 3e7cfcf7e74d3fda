"""What a graph is made of: the resources that carry an aggregate, and those that go along beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from mappings.shape.key import Key
from mappings.shape.shape import Place, Shape


def always(_: Any) -> bool:
    """Of a node that is there for every aggregate."""
    return True


@dataclass(frozen=True, slots=True)
class Node:
    """One resource of the graph, and what of the aggregate it speaks of."""

    name: str
    shape: Shape
    key: Callable[..., Key]
    """From the aggregate, and with `each` from the item too; asked only where `when` holds."""
    part: str = ""
    """The field of the aggregate that is the shape's scope; empty for the whole."""
    via: tuple[str, str] = ("", "")
    """When reading: the node whose reference leads here, and the element that holds it (`participant.actor`)."""
    owned: bool = True
    when: Callable[[Any], bool] = always
    each: str = ""
    """For a list: `part` is one, and each of its items is a resource of its own, in the order of the references.

    The system of their keys, which tells them from others that the same element refers to. The parent's template
    writes the references with an `Each` over the same field; what is read comes from the resources alone. Two items
    that are known by the same are refused.
    """

    def key_of(self, value: Any, scope: Any) -> Key:
        """Of the resource that speaks of this scope."""
        return self.key(value, scope) if self.each else self.key(value)


@dataclass(frozen=True, slots=True)
class Beside:
    """Resources that go along so that references find something: written, never read into the aggregate."""

    name: str
    shape: Shape
    values: Callable[[Any, Any], Iterable[Any]]
    """(aggregate, what the caller knows of units and staff) -> the scopes to fill, frozen: the same units and people
    come again and again, and what was filled last is kept, unless it is `owned`."""
    key: Callable[[Any], Key]
    part: str = ""
    owned: bool = False


def has_field(place: Place) -> bool:
    """False for what only says again what stands elsewhere."""
    return bool(place.field)


def places(node: Node) -> tuple[str, tuple[Place, ...]]:
    """The part that a node's places are looked up in, and the places; those of a list say so themselves."""
    if not node.each:
        return node.part, node.shape.places
    return "", tuple(
        replace(
            place,
            field=place.field and f"{node.part}.{place.field}",
            within=(node.part, *place.within),
            conditions=tuple(replace(condition, depth=condition.depth + 1) for condition in place.conditions),
        )
        for place in node.shape.places
    )


def unread(nodes: Iterable[Node]) -> Iterator[str]:
    """Fields of a list's items that only another resource than the item's own holds: they would not be read."""
    for node in filter(lambda node: node.each, nodes):
        own = {f"{node.part}.{place.field}" for place in node.shape.places}
        for other in nodes:
            fields = {f"{other.part}.{place.field}".strip(".") for place in other.shape.places if place.field}
            yield from {name for name in fields if name.startswith(f"{node.part}.")} - own


def spoken_of(nodes: Iterable[Node]) -> Iterator[str]:
    """Every field that a shape names: in a hole, as a list, or as a condition."""
    for node in nodes:
        for place in node.shape.places:
            if has_field(place):
                yield f"{node.part}.{place.field}".strip(".")
            for condition in place.conditions:
                yield ".".join(filter(None, (node.part, *place.within[: condition.depth], condition.field)))
