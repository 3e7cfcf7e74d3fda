"""A FHIR resource written once, for both directions."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from typing import Any, TypeAlias, cast

from mappings.problem import Json
from mappings.shape.compiled import Out, pull_into, puller, resource_filler
from mappings.shape.merge import Identity
from mappings.shape.slices import Fits, fitting, known_as, refuse_ambiguity
from mappings.shape.spoken import speaker
from mappings.shape.template import Coding, Context, Each, Echo, Hole, Item, Vocabulary, When, speaks, within

SERVERS_OWN = frozenset({"versionId", "lastUpdated", "source"})
"""What a server writes into `meta` (https://hl7.org/fhir/R4/resource.html#Meta)."""

Known: TypeAlias = Callable[[Any], Hashable]


@dataclass(frozen=True, slots=True)
class Condition:
    """A state in which a place exists."""

    depth: int
    """0 for a field of the shape's scope, 1 for one of a repeated part's item, and so on."""
    field: str
    """Path of names in that scope."""
    values: frozenset[Any]

    def __str__(self) -> str:
        return f"{self.field} in ({', '.join(sorted(str(value) for value in self.values))})"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a regional field stands in a resource."""

    field: str
    """Path of names in the scope; `lines.start` for a field of every line."""
    path: str
    """FHIRPath without indices."""
    source: Hole | Coding | Echo | Each
    within: tuple[str, ...] = ()
    """The repeated parts around it, each a path of names in the scope of the one before."""
    conditions: tuple[Condition, ...] = ()
    """The place exists only where all of them hold."""


class Shape:
    """One resource type's literal, compiled.

    `fill` writes a resource, `pull` collects fields, `identity` tells list items apart for merging and comparing. A
    template whose list items cannot be told apart does not load: TypeError.
    """

    def __init__(self, template: Json) -> None:
        self.template = template
        self.kind = str(template["resourceType"])
        refuse_ambiguity(template, self.kind)
        self.places = places_of(template, self.kind)
        self.pull = puller(template)
        self._fill = resource_filler(template)
        self._spoken = speaker(template)
        self._slices: dict[str, list[tuple[Fits, Known]]] = {}
        for pattern, child in _slices(template, ""):
            self._slices.setdefault(pattern, []).append((fitting(child), _key(child)))

    def fill(self, scope: Any, context: Context) -> Json:
        """The resource for a scope. Raises `NoPlace` for a field that has a value which no place can carry."""
        return cast("Json", self._fill(scope, context))

    def spoken(self, resource: Json, vocabulary: Vocabulary) -> Json:
        """What of a resource the shape speaks of; what others added to it is left out."""
        return self._spoken(resource, Context(None, vocabulary)) or {}

    def identity(self, pattern: str, item: Any) -> Hashable:
        """What an item of a list is known by: our fixed values and key, or what FHIR itself tells such items by."""
        return self._identity(_NO_CONTEXT, pattern, item)

    def identity_with(self, vocabulary: Vocabulary) -> Identity:
        """As `identity`, for whoever knows the source's tables: then its codings too tell items apart."""
        return partial(self._identity, Context(None, vocabulary))

    def _identity(self, context: Context, pattern: str, item: Any) -> Hashable:
        for number, (fits, key) in enumerate(self._slices.get(pattern, ())):
            if fits(item, context):
                return ("ours", number, key(item))
        return known_as(item)


class _NoVocabulary:
    """Knows no table: items that are told apart by a source's own tables fall back to what FHIR tells them by."""

    def system(self, table: str) -> str:
        return ""

    def display(self, table: str, code: str) -> None:
        return None

    def column(self, table: str, code: str, column: str) -> None:
        return None


_NO_CONTEXT = Context(None, _NoVocabulary())


def content(resource: Json) -> Json:
    """The resource without what its server wrote into it: id, version, time."""
    kept = {key: value for key, value in resource.items() if key != "id"}
    meta = kept.get("meta")
    if type(meta) is dict:
        kept["meta"] = {key: value for key, value in meta.items() if key not in SERVERS_OWN}
        if not kept["meta"]:
            del kept["meta"]
    return kept


# -- what items are known by ----------------------------------------------------------------------------------------


def _slices(template: Any, pattern: str) -> Iterator[tuple[str, Any]]:
    """Every list item that a template speaks of, with the path of its list."""
    template = within(template)
    match template:
        case dict():
            for key, child in template.items():
                yield from _slices(child, f"{pattern}.{key}".lstrip("."))
        case list():
            for child in template:
                if isinstance(within(child), dict) and speaks(child):
                    yield pattern, child
                yield from _slices(child, pattern)


def _key(template: Any) -> Known:
    """The key of a repeated part's item; of any other there is one at most."""
    match template:
        case When(part=part) | Item(part=part):
            return _key(part)
        case Each(part=part, key=names):
            pull = puller(part)
            return lambda item: _pulled_key(_pulled(pull, item), names)
        case _:
            return lambda item: None


def _pulled(pull: Any, item: Any) -> Out:
    out: Out = {}
    pull_into(out, pull, item, Context(None, _NO_CONTEXT.vocabulary))
    return out


def _pulled_key(out: Out, names: tuple[str, ...]) -> Hashable:
    values = (out.get(name) for name in names)
    return tuple(value if isinstance(value, Hashable) else repr(value) for value in values)


# -- places ---------------------------------------------------------------------------------------------------------


def places_of(template: Json, kind: str) -> tuple[Place, ...]:
    """Where the fields that a template names stand in what it becomes.

    Raises TypeError for a repeated part that is known by what it does not hold.
    """
    return tuple(_places(template, _Around(kind)))


@dataclass(frozen=True, slots=True)
class _Around:
    """What a part of the template stands in."""

    path: str
    prefix: str = ""
    within: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()

    def element(self, key: str, template: Json) -> _Around:
        path = self.path
        if path.endswith(".extension") and "url" in template:
            path = f"{path}('{template['url']}')"
        return _Around(f"{path}.{_fhirpath_name(key)}", self.prefix, self.within, self.conditions)

    def item(self, each: Each) -> _Around:
        return _Around(self.path, _joined(self.prefix, each.field), (*self.within, each.field), self.conditions)

    def when(self, when: When) -> _Around:
        condition = Condition(len(self.within), when.field, when.values)
        return _Around(self.path, self.prefix, self.within, (*self.conditions, condition))

    def place(self, name: str, source: Hole | Coding | Echo | Each) -> Place:
        return Place(_joined(self.prefix, name), self.path, source, self.within, self.conditions)


def _places(template: Any, around: _Around) -> Iterator[Place]:
    match template:
        case Hole(field=name) | Coding(field=name):
            yield around.place(name, template)
        case Echo():
            yield Place("", around.path, template, around.within, around.conditions)
        case Each(field=name, part=part, key=key):
            yield around.place(name, template)
            inner = list(_places(part, around.item(template)))
            if not {_joined(around.prefix, _joined(name, one)) for one in key} <= {place.field for place in inner}:
                raise TypeError(f"{around.path}: {name} are known by what they do not hold")
            yield from inner
        case Item(part=part):
            yield from _places(part, around)
        case When(part=part):
            yield from _places(part, around.when(template))
        case dict():
            for key, child in template.items():
                yield from _places(child, around.element(key, template))
        case list():
            for child in template:
                yield from _places(child, around)


def _joined(prefix: str, name: str) -> str:
    return f"{prefix}.{name}".strip(".")


def _fhirpath_name(key: str) -> str:
    return re.sub(r"^value[A-Z].*", "value", key).lstrip("_")


def fhirpaths(places: Mapping[str, str], field: str) -> str:
    """The FHIRPath of a field; of what its parts have in common, or of the nearest part around it, where it has none of
    its own. Empty where nothing of it stands in a resource."""
    if field in places:
        return places[field]
    within = [path for name, path in places.items() if name.startswith(f"{field}.")]
    if within:
        return _common(within)
    around = field.rpartition(".")[0]
    return fhirpaths(places, around) if around else ""


def _common(paths: list[str]) -> str:
    """What the first of the paths shares with those of the same resource."""
    first, *others = (re.split(r"\.(?![^(]*\))", path) for path in paths)
    same = [steps for steps in others if steps[0] == first[0]]
    shared = takewhile(lambda steps: len(set(steps)) == 1, zip(first, *same, strict=False))
    return ".".join(steps[0] for steps in shared)
