"""Several resources of one regional aggregate, written and read as one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Generic, TypeVar, get_args, get_origin

import orjson
from pydantic import BaseModel
from pydantic.alias_generators import to_camel

from mappings.problem import Json
from mappings.shape.compiled import NoPlace, Out, getter, pull_into, setter
from mappings.shape.difference import Finding, Kind, differences
from mappings.shape.filled import Filled
from mappings.shape.guard import guards
from mappings.shape.key import Key
from mappings.shape.node import Beside, Node, always, has_field, places, spoken_of, unread
from mappings.shape.reading import moved, snake, validated
from mappings.shape.shape import Shape, content, fhirpaths
from mappings.shape.template import Context, Seen, Vocabulary

__all__ = ["Beside", "Graph", "Node", "Reading", "Unmappable", "leaves", "pointer_of"]

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class _Found:
    """What references lead to, by node."""

    one: dict[str, Json]
    each: dict[str, dict[Key, Json | None]]
    """In the order of the references; None for what is not there."""


class _Same:
    """A vocabulary that is equal to itself alone, whatever its class says of that."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary

    def __hash__(self) -> int:
        return id(self.vocabulary)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.vocabulary is self.vocabulary


class Unmappable(Exception):
    """A regional value that FHIR, as shaped here, has no room for. Holds field paths, never values."""

    def __init__(self, fields: Iterable[str]) -> None:
        self.fields = tuple(fields)
        super().__init__(f"no place for {', '.join(self.fields)}")


@dataclass(frozen=True, slots=True)
class Reading(Generic[M]):
    """What resources say in regional terms."""

    value: M | None
    """None where what must be there is not, or cannot be read: then the findings say why."""
    findings: tuple[Finding, ...]
    """Every element that the value does not account for."""


class Graph(Generic[M]):
    """A regional model and the resources that carry it; the first node is the root.

    Raises TypeError when a field of the model stands in no resource and is not said to stand `apart`, or a shape names
    a field that the model lacks.
    """

    def __init__(
        self, model: type[M], name: str, *nodes: Node, beside: Iterable[Beside] = (), apart: Iterable[str] = ()
    ) -> None:
        self.model, self.name, self.nodes, self.beside = model, name, nodes, tuple(beside)
        self.root, self.apart = nodes[0], tuple(apart)
        self.shapes: dict[str, Shape] = {
            **{f"{name}.{node.name}": node.shape for node in nodes},
            **{f"{name}.{other.name}": other.shape for other in self.beside},
        }
        self.fhirpaths: dict[str, str] = {}
        for node in nodes:
            for place in filter(has_field, node.shape.places):
                self.fhirpaths.setdefault(f"{node.part}.{place.field}".strip("."), place.path)
        if strange := sorted(set(spoken_of(nodes)) - set(_fields(model))):
            raise TypeError(f"{model.__name__} has no {', '.join(strange)}")
        if forgotten := sorted(set(leaves(model)) - set(self.fhirpaths) - set(self.apart)):
            raise TypeError(f"{model.__name__}: no resource carries {', '.join(forgotten)}")
        if apart_only := sorted(unread(nodes)):
            raise TypeError(f"{model.__name__}: each has a resource of its own, which lacks {', '.join(apart_only)}")
        parts = {node.name: node.part for node in nodes} | {other.name: other.part for other in self.beside}
        self._parts = {name: getter(part) for name, part in parts.items()}
        self._filled_beside = lru_cache(maxsize=1024)(self._fill_beside)
        self._guards = guards(("" if n.when is always else n.name, *places(n)) for n in nodes)

    def fill(self, value: M, vocabulary: Vocabulary, known: Any = None) -> tuple[Filled, ...]:
        """The resources of an aggregate, references as keys. Raises `Unmappable`, with every field at once."""
        filled = self.fill_some(value, vocabulary, self.nodes)
        return (*filled, *self._beside(value, vocabulary, known, {item.key for item in filled}))

    def fill_some(self, value: M, vocabulary: Vocabulary, nodes: Iterable[Node]) -> tuple[Filled, ...]:
        """As `fill`, those of some nodes only, and nothing beside them."""
        context = Context(value, vocabulary)
        filled: list[Filled] = []
        lost: list[str] = []
        vague: list[str] = []
        there = frozenset(node.name for node in self.nodes if node.when(value))
        for guard in self._guards:
            lost += guard.lost(value, there)
        for node in (node for node in nodes if node.name in there):
            try:
                resources: dict[Key, Json] = {}
                for _, scope in self.scopes(node, value):
                    resource = node.shape.fill(scope, context)
                    if resources.setdefault(node.key_of(value, scope), resource) is not resource:
                        raise ValueError("two are known by the same")
                name = f"{self.name}.{node.name}"
                filled += (Filled(name, key, resource, node.owned) for key, resource in resources.items())
            except NoPlace as error:
                lost.append(_lost(node.part, error))
            except ValueError:
                vague.append(node.part or node.name)
        if lost or vague:
            raise Unmappable(dict.fromkeys(lost or vague))
        return tuple(filled)

    def scopes(self, node: Node, value: M) -> Iterator[tuple[str, Any]]:
        """What a node speaks of in an aggregate, one resource for each; with the field, and the index in a list."""
        scope = self._parts[node.name](value)
        if node.each:
            yield from ((f"{node.part}.{index}", item) for index, item in enumerate(scope or ()))
        else:
            yield node.part, scope

    def _beside(self, value: M, vocabulary: Vocabulary, known: Any, seen: set[Key]) -> Iterator[Filled]:
        tables = _Same(vocabulary)
        for number, other in enumerate(self.beside):
            for scope in other.values(value, known):
                own = other.owned  # of this message alone: not kept for the next
                key, resource = self._written(other, scope, vocabulary) if own else self._kept(number, scope, tables)
                if key not in seen:
                    seen.add(key)
                    yield Filled(f"{self.name}.{other.name}", key, resource, other.owned)

    def _kept(self, number: int, scope: Any, tables: _Same) -> tuple[Key, Json]:
        """Kept as bytes, so that each message gets resources of its own."""
        key, resource = self._filled_beside(number, scope, tables)
        return key, orjson.loads(resource)

    def _fill_beside(self, number: int, scope: Any, tables: _Same) -> tuple[Key, bytes]:
        key, resource = self._written(self.beside[number], scope, tables.vocabulary)
        return key, orjson.dumps(resource)

    def _written(self, other: Beside, scope: Any, vocabulary: Vocabulary) -> tuple[Key, Json]:
        try:
            return other.key(scope), other.shape.fill(self._parts[other.name](scope), Context(scope, vocabulary))
        except ValueError as error:
            raise Unmappable([_lost(other.part, error) or other.name]) from error

    def read(
        self,
        root: Json,
        others: Mapping[Key, Json],
        vocabulary: Vocabulary,
        apart: Mapping[str, Any] = MappingProxyType({}),
    ) -> Reading[M]:
        """The aggregate that a root resource and those it refers to carry; `apart` brings the fields that stand in no
        resource. References are keys. Never raises.

        What was read is filled again and compared with what is there: each element in which they differ is a finding,
        so that nothing which others wrote is lost in silence.
        """
        if root.get("resourceType") != self.root.shape.kind:
            return Reading(None, (Finding(Kind.UNFIT, f"{self.root.shape.kind}.resourceType"),))
        found = self._follow(root, others)
        out: Out = dict(apart)
        seen: list[Seen] = []
        for node in self.nodes:
            if node.name in found.one:
                scope = out.setdefault(node.part, {}) if node.part else out
                at = (node.part,) if node.part else ()
                pull_into(scope, node.shape.pull, found.one[node.name], Context(None, vocabulary, at, seen))
            elif node.name in found.each:
                setter(node.part)(out, list(_items(node, found.each[node.name], vocabulary, seen)))
        value, told = validated(self.model, out)
        if value is None:
            unfit = dict.fromkeys(Finding(Kind.UNFIT, self._at(where)) for where in told)
            return Reading(None, (*unfit, *self._not_there(found)))
        steady = [one for one in seen if not told or not any(isinstance(step, int) for step in one.at)]
        value = moved(value, steady, vocabulary)
        return Reading(value, tuple(self._compared(value, found, vocabulary)))

    def fhirpath(self, pointer: str) -> str:
        """The FHIRPath of what a JSON Pointer into the regional message names; empty where it stands in no resource."""
        names = [snake(step) for step in pointer.strip("/").split("/") if not step.isdigit()]
        return fhirpaths(self.fhirpaths, ".".join(names))

    def _follow(self, root: Json, others: Mapping[Key, Json]) -> _Found:
        found = _Found({self.root.name: root}, {})
        for node in self.nodes[1:]:
            parent, path = node.via
            texts = _texts(found.one.get(parent), path)
            keys = [key for text in texts if (key := Key.parse(text)) and key.kind == node.shape.kind]
            there = {key: _of_kind(others.get(key), key.kind) for key in keys}
            if node.each and parent in found.one:
                found.each[node.name] = {key: one for key, one in there.items() if key.system == node.each}
            elif first := next(filter(None, there.values()), None):
                found.one[node.name] = first
        return found

    def _compared(self, value: M, found: _Found, vocabulary: Vocabulary) -> Iterator[Finding]:
        context = Context(value, vocabulary)
        for node in self.nodes:
            if node.when(value) and node.each:
                yield from self._compared_each(node, value, found.each.get(node.name, {}), context)
            elif node.when(value) and node.name not in found.one:
                yield self._missing(node)
            elif node.when(value):
                yield from self._differences(node, self._parts[node.name](value), found.one[node.name], context)

    def _compared_each(
        self, node: Node, value: M, there: Mapping[Key, Json | None], context: Context
    ) -> Iterator[Finding]:
        left = {key: resource for key, resource in there.items() if resource is not None}
        for _, scope in self.scopes(node, value):
            if resource := left.pop(node.key_of(value, scope), None):
                yield from self._differences(node, scope, resource, context)
        yield from (Finding(Kind.UNFIT, node.shape.kind) for _ in left)
        if None in there.values():
            yield self._missing(node)

    def _differences(self, node: Node, scope: Any, resource: Json, context: Context) -> Iterator[Finding]:
        try:
            again = node.shape.fill(scope, context)
        except ValueError as error:
            yield Finding(Kind.UNFIT, fhirpaths(self.fhirpaths, _lost(node.part, error)) or node.shape.kind)
            return
        yield from differences(again, content(resource), node.shape.identity_with(context.vocabulary))

    def _not_there(self, found: _Found) -> Iterator[Finding]:
        """Resources that there are for every aggregate, and that nothing leads to."""
        for node in self.nodes[1:]:
            there = node.name in found.one or node.each
            if node.when is always and not there and node.via[0] in found.one:
                yield self._missing(node)

    def _missing(self, node: Node) -> Finding:
        """Named where the reference to it stands."""
        parent, element = node.via
        return Finding(Kind.MISSING, f"{self.shapes[f'{self.name}.{parent}'].kind}.{element}")

    def _at(self, location: tuple[int | str, ...]) -> str:
        names = [str(step) for step in location if isinstance(step, str)]
        return fhirpaths(self.fhirpaths, ".".join(snake(name) for name in names)) or self.root.shape.kind


def _of_kind(resource: Json | None, kind: str) -> Json | None:
    return resource if resource and resource.get("resourceType") == kind else None


def _items(node: Node, there: Mapping[Key, Json | None], vocabulary: Vocabulary, seen: list[Seen]) -> Iterator[Out]:
    """What each resource of a list says."""
    for index, resource in enumerate(filter(None, there.values())):
        item: Out = {}
        at: tuple[str | int, ...] = (*node.part.split("."), index)
        pull_into(item, node.shape.pull, resource, Context(None, vocabulary, at, seen))
        yield item


def _lost(part: str, error: ValueError) -> str:
    """The field that could not be written; the part as a whole where it is not one field of it."""
    return f"{part}.{error.args[0]}".strip(".") if isinstance(error, NoPlace) else part


def _texts(node: Any, path: str) -> list[Any]:
    """Every `reference` at a path of elements, lists gone through."""
    nodes = [node]
    for step in path.split("."):
        nodes = [one[step] for one in _flat(nodes) if type(one) is dict and step in one]
    return [one.get("reference") for one in _flat(nodes) if type(one) is dict]


def _flat(nodes: list[Any]) -> list[Any]:
    """With the items of lists in their place."""
    while list in map(type, nodes):
        nodes = [one for node in nodes for one in (node if type(node) is list else (node,))]
    return nodes


def pointer_of(field: str) -> str:
    """The JSON Pointer, without indices, of a field's path: `/basis/targetDate` of `basis.target_date`."""
    return "".join(f"/{to_camel(step)}" for step in field.split("."))


def _fields(model: type[BaseModel]) -> Iterator[str]:
    """Every field, and every part that holds some."""
    for leaf in leaves(model):
        steps = leaf.split(".")
        yield from (".".join(steps[:length]) for length in range(1, len(steps) + 1))


def leaves(model: type[BaseModel], prefix: str = "") -> Iterable[str]:
    """The path of every field that holds a value of its own, `lines.start`."""
    for name, field in model.model_fields.items():
        inner = next(iter(_models(field.annotation)), None)
        if inner is None:
            yield prefix + name
        else:
            yield from leaves(inner, f"{prefix}{name}.")


def _models(annotation: Any) -> Iterable[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) is not None:
        for argument in get_args(annotation):
            yield from _models(argument)
