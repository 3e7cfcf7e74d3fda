"""Several resources of one regional aggregate, written and read as one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError

from mappings.problem import Json
from mappings.shape.compiled import NoPlace, Out, getter, pull_into
from mappings.shape.difference import Finding, Kind, differences
from mappings.shape.filled import Filled
from mappings.shape.key import Key
from mappings.shape.shape import Shape, content, fhirpaths
from mappings.shape.template import Context, Vocabulary

M = TypeVar("M", bound=BaseModel)


def _always(_: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Node:
    """One resource of the graph, and what of the aggregate it speaks of."""

    name: str
    shape: Shape
    key: Callable[[Any], Key]
    """From the aggregate; asked only where `when` holds."""
    part: str = ""
    """The field of the aggregate that is the shape's scope; empty for the whole."""
    via: tuple[str, str] = ("", "")
    """When reading: the node whose reference leads here, and the element that holds it (`participant.actor`)."""
    owned: bool = True
    when: Callable[[Any], bool] = _always


@dataclass(frozen=True, slots=True)
class Beside:
    """Resources that go along so that references find something: written, never read into the aggregate."""

    name: str
    shape: Shape
    values: Callable[[Any, Any], Iterable[Any]]
    """(aggregate, what the caller knows of units and staff) -> the scopes to fill."""
    key: Callable[[Any], Key]
    part: str = ""
    owned: bool = False


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

    Raises TypeError when a field of the model stands in no resource.
    """

    def __init__(
        self, model: type[M], name: str, *nodes: Node, beside: Iterable[Beside] = (), apart: Iterable[str] = ()
    ) -> None:
        self.model, self.name, self.nodes, self.beside = model, name, nodes, tuple(beside)
        self.root = nodes[0]
        self.shapes: dict[str, Shape] = {f"{name}.{node.name}": node.shape for node in (*nodes, *self.beside)}
        self.fhirpaths: dict[str, str] = {}
        for node in nodes:
            for place in node.shape.places:
                self.fhirpaths.setdefault(f"{node.part}.{place.field}".strip("."), place.path)
        if forgotten := sorted(set(leaves(model)) - set(self.fhirpaths) - set(apart)):
            raise TypeError(f"{model.__name__}: no resource carries {', '.join(forgotten)}")

    def fill(self, value: M, vocabulary: Vocabulary, known: Any = None) -> tuple[Filled, ...]:
        """The resources of an aggregate, references as keys. Raises `Unmappable`, with every field at once."""
        context = Context(value, vocabulary)
        filled, lost = [], []
        for node in self.nodes:
            if node.when(value):
                try:
                    resource = node.shape.fill(_part(node, value), context)
                    filled.append(Filled(f"{self.name}.{node.name}", node.key(value), resource, node.owned))
                except NoPlace as error:
                    lost.append(f"{node.part}.{error.args[0]}".strip("."))
        if lost:
            raise Unmappable(lost)
        seen = {item.key for item in filled}
        for other in self.beside:
            for scope in other.values(value, known):
                key = other.key(scope)
                if key not in seen:
                    seen.add(key)
                    filled.append(
                        Filled(
                            f"{self.name}.{other.name}",
                            key,
                            other.shape.fill(getter(other.part)(scope), Context(scope, vocabulary)),
                            other.owned,
                        )
                    )
        return tuple(filled)

    def read(self, root: Json, others: Mapping[Key, Json], vocabulary: Vocabulary) -> Reading[M]:
        """The aggregate that a root resource and those it refers to carry. References are keys. Never raises.

        What was read is filled again and compared with what is there: each element in which they differ is a finding,
        so that nothing which others wrote is lost in silence.
        """
        if root.get("resourceType") != self.root.shape.kind:
            return Reading(None, (Finding(Kind.UNFIT, "resourceType"),))
        found = self._follow(root, others)
        out: Out = {}
        contexts = {}
        for node in self.nodes:
            if node.name in found:
                contexts[node.name] = context = Context(None, vocabulary)
                scope = out.setdefault(node.part, {}) if node.part else out
                pull_into(scope, node.shape.pull, found[node.name], context)
        try:
            value = self.model.model_validate(out)
        except ValidationError as error:
            return Reading(
                None,
                tuple(
                    Finding(Kind.UNFIT, self._at(e["loc"]))
                    for e in error.errors(include_input=False, include_url=False)
                ),
            )
        value = self._moved(value, contexts, vocabulary)
        return Reading(value, tuple(self._compared(value, found, vocabulary)))

    def fhirpath(self, pointer: str) -> str:
        """The FHIRPath of what a JSON Pointer into the regional message names; empty where it stands in no resource."""
        names = [_snake(step) for step in pointer.strip("/").split("/") if not step.isdigit()]
        return fhirpaths(self.fhirpaths, ".".join(names))

    def _follow(self, root: Json, others: Mapping[Key, Json]) -> dict[str, Json]:
        found = {self.root.name: root}
        for node in self.nodes[1:]:
            parent, path = node.via
            for text in _texts(found.get(parent), path.split(".")):
                key = Key.parse(text)
                if (
                    key
                    and key.kind == node.shape.kind
                    and (resource := others.get(key))
                    and resource.get("resourceType") == key.kind
                ):
                    found[node.name] = resource
                    break
        return found

    def _moved(self, value: M, contexts: Mapping[str, Context], vocabulary: Vocabulary) -> M:
        for echo, seen in contexts[self.root.name].echoes:
            if echo.moved and echo.write(value, Context(value, vocabulary)) != seen:
                try:
                    value = echo.moved(value, seen) or value
                except ValueError:
                    continue
        return value

    def _compared(self, value: M, found: Mapping[str, Json], vocabulary: Vocabulary) -> Iterable[Finding]:
        context = Context(value, vocabulary)
        for node in self.nodes:
            wanted = node.when(value)
            if wanted != (node.name in found):
                if wanted and node.owned:
                    yield Finding(Kind.MISSING, node.shape.kind)
                continue
            if wanted:
                try:
                    again = node.shape.fill(_part(node, value), context)
                except NoPlace as error:
                    yield Finding(Kind.UNFIT, fhirpaths(self.fhirpaths, str(error.args[0])))
                    continue
                yield from differences(again, content(found[node.name]), node.shape.identity)

    def _at(self, location: tuple[int | str, ...]) -> str:
        names = [str(step) for step in location if isinstance(step, str)]
        return fhirpaths(self.fhirpaths, ".".join(_snake(name) for name in names)) or self.root.shape.kind


def _part(node: Node, value: Any) -> Any:
    return getter(node.part)(value)


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


def _snake(name: str) -> str:
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name)


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
