"""Why a value stands in a resource: the trace behind `vardbro explain`.

One walk over the same template that fills (no second mapping): what it finds are just the leaves of what is filled.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import BaseModel
from pydantic.alias_generators import to_camel

from mappings.shape.compiled import filler, getter, many
from mappings.shape.graph import Graph
from mappings.shape.template import Coding, Context, Each, Echo, Hole, Item, Usually, Vocabulary, When, speaks

M = TypeVar("M", bound=BaseModel)


class How(StrEnum):
    """What put a value there."""

    FIELD = "field"
    """The regional field, as it is or in FHIR's notation."""
    CODING = "coding"
    """The regional field, with the system and the term of its table."""
    ECHO = "echo"
    """Said again, from what stands elsewhere."""
    FIXED = "fixed"
    """The same in every resource of this shape."""
    USUAL = "usual"
    """The same in every one that we write; others may put something else there."""
    KNOWN = "known"
    """No part of the message: what is known of units and staff beside it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One value of a resource, and where it comes from."""

    node: str
    """Of which graph and node, `booking.visit`."""
    path: str
    """FHIRPath with indices, `Appointment.participant[1].period.start`."""
    field: str
    """JSON Pointer into the regional message; empty where no one field says it."""
    how: How
    table: str
    """The source's code table, for a coding."""
    looked_at: tuple[str, ...]
    """For an echo: JSON Pointers of all fields that it was made from, or that decided it."""
    value: Any = dataclasses.field(repr=False)


def trace(graph: Graph[M], value: M, vocabulary: Vocabulary, known: Any = None) -> list[Step]:
    """A step for every leaf of every resource that `graph.fill` writes, in its order.

    Raises `Unmappable` just as filling does.
    """
    steps: list[Step] = []
    written = {resource.key: resource.node for resource in graph.fill(value, vocabulary, known)}
    for node in graph.nodes:
        for index, scope in enumerate(graph.scopes(node, value)):
            at = _pointer("", node.part) + (f"/{index}" if node.each else "")
            tree = _walk_all(node.shape.template, scope, Context(value, vocabulary), at)
            steps += _steps(tree, written.pop(node.key_of(value, scope)), node.shape.kind)
    for other in graph.beside:
        for scope in other.values(value, known):
            if name := written.pop(other.key(scope), ""):
                tree = _walk_all(other.shape.template, getter(other.part)(scope), Context(scope, vocabulary), "")
                steps += (_beside(step) for step in _steps(tree, name, other.shape.kind))
    return steps


@dataclass(frozen=True, slots=True)
class _Leaf:
    value: Any
    how: How
    field: str = ""
    table: str = ""
    looked_at: tuple[str, ...] = ()


def _walk_all(template: dict[str, Any], scope: Any, context: Context, at: str) -> Any:
    return _walk_dict(template, lambda child: _walk(child, scope, context, at), needed=False)


def _walk(template: Any, scope: Any, context: Context, at: str) -> Any:
    """What the template writes, with a leaf in place of each value; None where it writes nothing."""
    match template:
        case Hole(field=name):
            return _leaves(template, scope, context, lambda value: _Leaf(value, How.FIELD, _pointer(at, name)))
        case Coding(field=name, table=table):
            return _leaves(template, scope, context, lambda value: _Leaf(value, How.CODING, _pointer(at, name), table))
        case Echo(of=name):
            looked_at, view = _looked_at(template, scope, context, at), _pointer(at, name) if name else ""
            return _leaves(template, scope, context, lambda value: _Leaf(value, How.ECHO, view, "", looked_at))
        case Usually():
            return _leaves(template, scope, context, lambda value: _Leaf(value, How.USUAL))
        case When(field=name, values=values, part=part):
            return _walk(part, scope, context, at) if getter(name)(scope) in values else None
        case Item(part=part):
            return _walk(part, scope, context, at)
        case Each(field=name, part=part):
            items = enumerate(getter(name)(scope) or ())
            return [_walk(part, item, context, f"{_pointer(at, name)}/{index}") for index, item in items]
        case dict():
            return _walk_dict(template, lambda child: _walk(child, scope, context, at))
        case list():
            return _walk_list(template, lambda child: _walk(child, scope, context, at))
        case _:
            return _Leaf(template, How.FIXED)


def _walk_dict(template: dict[str, Any], walk: Callable[[Any], Any], *, needed: bool = True) -> Any:
    walked = {key: walk(child) for key, child in template.items()}
    out = {key: found for key, found in walked.items() if found is not None and found != []}
    return out if not (needed and speaks(template)) or any(speaks(template[key]) for key in out) else None


def _walk_list(template: list[Any], walk: Callable[[Any], Any]) -> Any:
    walked = [(walk(child), many(child)) for child in template]
    out = [one for found, several in walked if found is not None for one in (found if several else [found])]
    return out or None


def _leaves(template: Any, scope: Any, context: Context, leaf: Callable[[Any], _Leaf]) -> Any:
    """What the template's own function writes, with a leaf for each value in it."""

    def spread(value: Any) -> Any:
        match value:
            case None:
                return None
            case dict():
                return {key: spread(inner) for key, inner in value.items()}
            case list():
                return [spread(inner) for inner in value]
        return leaf(value)

    return spread(filler(template)(scope, context))


class _Watched:
    """A model or a part of one that notes which of its values are asked for."""

    def __init__(self, value: Any, at: str, asked: dict[str, None]) -> None:
        self._value, self._at, self._asked = value, at, asked

    def __getattr__(self, name: str) -> Any:
        own = getattr(type(self._value), name, None)
        if isinstance(own, property) and own.fget:
            return own.fget(self)
        return _watched(getattr(self._value, name), _pointer(self._at, name), self._asked)


def _watched(value: Any, at: str, asked: dict[str, None]) -> Any:
    if isinstance(value, BaseModel):
        return _Watched(value, at, asked)
    if isinstance(value, tuple) and any(isinstance(item, BaseModel) for item in value):
        return tuple(_watched(item, f"{at}/{index}", asked) for index, item in enumerate(value))
    if value is not None:
        asked[at] = None
    return value


def _looked_at(echo: Echo, scope: Any, context: Context, at: str) -> tuple[str, ...]:
    """What the echo asks the scope and the aggregate for while it writes."""
    asked: dict[str, None] = {}
    echo.write(_watched(scope, at, asked), Context(_watched(context.root, "", asked), context.vocabulary))
    return tuple(asked)


def _pointer(at: str, name: str) -> str:
    return "".join((at, *(f"/{to_camel(step)}" for step in name.split(".") if step)))


def _steps(tree: Any, node: str, path: str) -> Iterator[Step]:
    match tree:
        case dict():
            for key, inner in tree.items():
                yield from _steps(inner, node, f"{path}.{key}")
        case list():
            for index, inner in enumerate(tree):
                yield from _steps(inner, node, f"{path}[{index}]")
        case _Leaf():
            yield Step(node, path, tree.field, tree.how, tree.table, tree.looked_at, tree.value)


def _beside(step: Step) -> Step:
    """A unit or a person stands in no field of the message: the fields that the walk found are the catalogue's."""
    return replace(step, field="", how=How.KNOWN if step.field else step.how, looked_at=())


def found_at(steps: Iterable[Step], pointer: str) -> list[Step]:
    """The other way: every place that a field of the message, or any part of it, stands in or decided."""
    return [
        step
        for step in steps
        if any(name == pointer or name.startswith(f"{pointer}/") for name in (step.field, *step.looked_at))
    ]
