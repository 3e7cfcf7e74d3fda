"""Several resources of one regional aggregate, written and read as one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, reduce
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
from mappings.shape.reading import moved, snake, validated
from mappings.shape.shape import Place, Shape, content, fhirpaths
from mappings.shape.template import Context, Seen, Vocabulary

M = TypeVar("M", bound=BaseModel)


def _always(_: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Node:
    """One resource of the graph, and what of the aggregate it speaks of."""

    name: str
    shape: Shape
    key: Callable[..., Key]
    """From the aggregate (and the item, of a repeated one); asked only where `when` holds."""
    part: str = ""
    """The field of the aggregate that is the shape's scope; empty for the whole."""
    via: tuple[str, str] = ("", "")
    """When reading: the node whose reference leads here, and the element that holds it (`participant.actor`)."""
    owned: bool = True
    when: Callable[[Any], bool] = _always
    each: bool = False
    """The part is a field of many values: one resource for each, referred to in their order, each with a key of its
    own."""

    def key_of(self, whole: Any, scope: Any) -> Key:
        return self.key(whole, scope) if self.each else self.key(whole)

    @property
    def places(self) -> tuple[Place, ...]:
        """Where the aggregate's fields stand, as fields of the whole aggregate."""
        return tuple(self._whole(place) for place in self.shape.places)

    def _whole(self, place: Place) -> Place:
        """A part is a name before every field; a repeated one is a repetition around them, too."""
        field = _of(self.part, place.field) if _has_field(place) else ""
        if self.each:
            deeper = tuple(replace(one, depth=one.depth + 1) for one in place.conditions)
            return replace(place, field=field, within=(self.part, *place.within), conditions=deeper)
        outer = tuple(
            replace(one, field=_of(self.part, one.field)) if not one.depth else one for one in place.conditions
        )
        within = (_of(self.part, place.within[0]), *place.within[1:]) if place.within else ()
        return replace(place, field=field, within=within, conditions=outer)


def _of(part: str, field: str) -> str:
    return f"{part}.{field}".strip(".")


@dataclass(frozen=True, slots=True)
class Beside:
    """Resources that go along so that references find something: written, never read into the aggregate."""

    name: str
    shape: Shape
    values: Callable[[Any, Any], Iterable[Any]]
    """(aggregate, what the caller knows of units and staff) -> the scopes to fill, frozen: the same units and people
    come again and again, and what was filled last is kept."""
    key: Callable[[Any], Key]
    part: str = ""
    owned: bool = False


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
            for place in filter(_has_field, node.places):
                self.fhirpaths.setdefault(place.field, place.path)
        if strange := sorted(set(_spoken_of(nodes)) - set(_fields(model))):
            raise TypeError(f"{model.__name__} has no {', '.join(strange)}")
        if forgotten := sorted(set(leaves(model)) - set(self.fhirpaths) - set(apart)):
            raise TypeError(f"{model.__name__}: no resource carries {', '.join(forgotten)}")
        parts = {node.name: node.part for node in nodes} | {other.name: other.part for other in self.beside}
        self._parts = {name: getter(part) for name, part in parts.items()}
        self._filled_beside = lru_cache(maxsize=1024)(self._fill_beside)
        self._guards = guards(("" if n.when is _always else n.name, n.places) for n in nodes)

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
        for node in nodes:
            try:
                filled += self._fill(node, value, context)
            except NoPlace as error:
                lost.append(_lost(node.part, error))
            except ValueError:
                vague.append(node.part or node.name)
        if lost or vague:
            raise Unmappable(dict.fromkeys(lost or vague))
        return tuple(filled)

    def _fill(self, node: Node, value: M, context: Context) -> list[Filled]:
        """Raises ValueError where two of a repeated node would be the same resource."""
        name = f"{self.name}.{node.name}"
        filled = [
            Filled(name, node.key_of(value, scope), node.shape.fill(scope, context), node.owned)
            for scope in self.scopes(node, value)
        ]
        if len({one.key for one in filled}) < len(filled):
            raise ValueError("doubled")
        return filled

    def scopes(self, node: Node, value: M) -> tuple[Any, ...]:
        """What of the aggregate the node writes a resource for."""
        if not node.when(value):
            return ()
        part = self._parts[node.name](value)
        return tuple(part or ()) if node.each else (part,)

    def _beside(self, value: M, vocabulary: Vocabulary, known: Any, seen: set[Key]) -> Iterator[Filled]:
        tables = _Same(vocabulary)
        for number, other in enumerate(self.beside):
            for scope in other.values(value, known):
                key, resource = self._filled_beside(number, scope, tables)
                if key not in seen:
                    seen.add(key)
                    yield Filled(f"{self.name}.{other.name}", key, orjson.loads(resource), other.owned)

    def _fill_beside(self, number: int, scope: Any, tables: _Same) -> tuple[Key, bytes]:
        """As bytes, so that each message gets resources of its own."""
        other = self.beside[number]
        try:
            resource = other.shape.fill(self._parts[other.name](scope), Context(scope, tables.vocabulary))
            return other.key(scope), orjson.dumps(resource)
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
            self._pull(node, found[node.name], out, Context(None, vocabulary, (), seen))
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

    def _pull(self, node: Node, found: Sequence[Json], out: Out, context: Context) -> None:
        at = tuple(node.part.split(".")) if node.part else ()
        if not node.each:
            for resource in found:
                scope = out.setdefault(node.part, {}) if node.part else out
                pull_into(scope, node.shape.pull, resource, replace(context, at=at))
        elif reduce(lambda part, step: part.get(step) or {}, at[:-1], out):
            items: list[Out] = [{} for _ in found]
            for number, (item, resource) in enumerate(zip(items, found, strict=True)):
                pull_into(item, node.shape.pull, resource, replace(context, at=(*at, number)))
            setter(node.part)(out, items)

    def _follow(self, root: Json, others: Mapping[Key, Json]) -> dict[str, list[Json]]:
        """The resources of each node: one, but for a repeated one in the order in which they are referred to."""
        found = {self.root.name: [root]}
        for node in self.nodes[1:]:
            there = dict.fromkeys(self._led_to(node, found))
            resources = [one for key in there if (one := others.get(key)) and one.get("resourceType") == key.kind]
            found[node.name] = resources if node.each else resources[:1]
        return found

    def _led_to(self, node: Node, found: Mapping[str, list[Json]]) -> Iterator[Key]:
        """The keys by which the resource that holds them refers to those of a node."""
        parent, path = node.via
        for resource in found[parent]:
            for text in _texts(resource, path.split(".")):
                if (key := Key.parse(text)) and key.kind == node.shape.kind:
                    yield key

    def _compared(self, value: M, found: Mapping[str, list[Json]], vocabulary: Vocabulary) -> Iterable[Finding]:
        context = Context(value, vocabulary)
        for node in self.nodes:
            scopes, resources = self.scopes(node, value), found[node.name]
            if len(resources) < len(set(self._led_to(node, found)) if node.each else scopes):
                yield self._missing(node)
            for scope, resource in zip(scopes, resources, strict=False):
                try:
                    again = node.shape.fill(scope, context)
                except ValueError as error:
                    yield Finding(Kind.UNFIT, fhirpaths(self.fhirpaths, _lost(node.part, error)) or node.shape.kind)
                    continue
                identity = node.shape.identity_with(vocabulary)
                yield from differences(again, content(resource), identity)

    def _not_there(self, found: Mapping[str, list[Json]]) -> Iterator[Finding]:
        """Resources that there are for every aggregate, and that nothing leads to."""
        for node in self.nodes[1:]:
            if node.when is _always and not node.each and not found[node.name] and found[node.via[0]]:
                yield self._missing(node)

    def _missing(self, node: Node) -> Finding:
        """Named where the reference to it stands."""
        parent, element = node.via
        return Finding(Kind.MISSING, f"{self.shapes[f'{self.name}.{parent}'].kind}.{element}")

    def _at(self, location: tuple[int | str, ...]) -> str:
        names = [str(step) for step in location if isinstance(step, str)]
        return fhirpaths(self.fhirpaths, ".".join(snake(name) for name in names)) or self.root.shape.kind


def _has_field(place: Place) -> bool:
    return bool(place.field)


def _lost(part: str, error: ValueError) -> str:
    """The field that could not be written; the part as a whole where it is not one field of it."""
    return f"{part}.{error.args[0]}".strip(".") if isinstance(error, NoPlace) else part


def _texts(node: Any, steps: list[str]) -> Iterable[Any]:
    """Every `reference` at a path of elements, lists gone through."""
    if isinstance(node, list):
        for item in node:
            yield from _texts(item, steps)
    elif isinstance(node, dict):
        if steps:
            yield from _texts(node.get(steps[0]), steps[1:])
        else:
            yield node.get("reference")


def pointer_of(field: str) -> str:
    """The JSON Pointer, without indices, of a field's path: `/basis/targetDate` of `basis.target_date`."""
    return "".join(f"/{to_camel(step)}" for step in field.split("."))


def _spoken_of(nodes: Iterable[Node]) -> Iterator[str]:
    """Every field that a shape names: in a hole, as a list, or as a condition."""
    for place in (place for node in nodes for place in node.places):
        if _has_field(place):
            yield place.field
        for condition in place.conditions:
            yield ".".join((*place.within[: condition.depth], condition.field))


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
