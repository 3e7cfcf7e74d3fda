"""The extensions that the shapes write: where, with which parts, how often, and of which type."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from mappings.codes.systems import BASE
from mappings.guide.fields import Said, kind_of, said, summary
from mappings.shape.graph import Graph
from mappings.shape.template import Coding, Context, Each, Echo, Hole, Item, When

OURS = f"{BASE}/StructureDefinition/"


@dataclass(frozen=True, slots=True)
class Part:
    """An extension, or a part of one."""

    url: str
    """The canonical of an extension, the bare name of a part."""
    text: str
    value: str = ""
    """FHIR type of its value, `Coding`; empty where it has parts."""
    parts: tuple[Part, ...] = ()
    contexts: tuple[str, ...] = ()
    """Of an extension: the elements it stands on."""
    always: bool = False
    many: bool = False
    codes: tuple[str, ...] = ()
    """Of a code: all that it can be."""
    terms: str = ""
    """Name of the code system or table that a code or Coding is from."""
    targets: tuple[str, ...] = ()
    """Of a reference: the types it can point at."""

    @property
    def name(self) -> str:
        return self.url.removeprefix(OURS)


def extensions(graphs: Iterable[Graph[Any]]) -> tuple[Part, ...]:
    """Every extension of ours once, by name; one that stands in several places has the parts of all of them."""
    graphs = tuple(graphs)
    kinds = tuple(sorted({node.shape.kind for graph in graphs for node in graph.nodes}))
    found: dict[str, Part] = {}
    for graph in graphs:
        for node in graph.nodes:
            scope = said(graph.model, node.part).kind
            for part in _Reader(kinds).extensions(node.shape.template, scope, node.shape.kind):
                found[part.url] = _together(found[part.url], part) if part.url in found else part
    return tuple(found[url] for url in sorted(found))


def _together(one: Part, other: Part) -> Part:
    """The same extension in two places: a part that only one of them has may be absent."""
    ours, theirs = ({part.url: part for part in parts} for parts in (one.parts, other.parts))
    return replace(
        one,
        parts=tuple(
            _together(ours[url], theirs[url])
            if url in ours and url in theirs
            else replace(ours.get(url) or theirs[url], always=False)
            for url in {**ours, **theirs}
        ),
        contexts=tuple(sorted({*one.contexts, *other.contexts})),
        always=one.always and other.always,
        many=one.many or other.many,
        codes=tuple(dict.fromkeys((*one.codes, *other.codes))),
        targets=tuple(sorted({*one.targets, *other.targets})),
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    kinds: tuple[str, ...]
    """Types that a reference may point at."""

    def extensions(self, template: Any, scope: type[Any] | None, path: str) -> Iterator[Part]:
        """Those below a template whose fields are looked up in a scope."""
        match template:
            case Each(field=field, part={"url": str(url)} as part) if url.startswith(OURS):
                item = replace(self.part(part, said(scope, field).kind), many=True)
                yield replace(item, contexts=(path.removesuffix(".extension"),))
            case Each(field=field, part=part):
                yield from self.extensions(part, said(scope, field).kind, path)
            case When(part=part) | Item(part=part):
                yield from self.extensions(part, scope, path)
            case {"url": str(url)} if url.startswith(OURS):
                element = path.removesuffix(".extension")
                yield replace(self.part(template, scope), contexts=(element,))
            case dict():
                for name, child in template.items():
                    yield from self.extensions(child, scope, f"{path}.{name}")
            case list():
                for child in template:
                    yield from self.extensions(child, scope, path)

    def part(self, template: Any, scope: type[Any] | None) -> Part:
        """One extension or part of one, with whatever condition or repetition stands around it."""
        match template:
            case When(part=inner):
                return replace(self.part(inner, scope), always=False)
            case Item(part=inner):
                return self.part(inner, scope)
            case Each(field=field, part=inner):
                each = said(scope, field)
                return replace(self.part(inner, each.kind), many=True, always=each.always)
            case {"url": url, "extension": list(inside)}:
                parts = tuple(self.part(child, scope) for child in inside)
                return Part(url, _of_all(inside, scope), parts=parts)
        [(key, child)] = [(key, child) for key, child in template.items() if key != "url"]
        return self._valued(template["url"], key.removeprefix("value"), child, scope)

    def _valued(self, url: str, value: str, child: Any, scope: type[Any] | None) -> Part:
        plain = Part(url, "", value[0].lower() + value[1:] if value not in _COMPLEX else value)
        match child:
            case When(part=inner):
                return replace(self._valued(url, value, inner, scope), always=False)
            case Coding(field=field, table=table):
                of = said(scope, field)
                return replace(plain, text=of.text, always=of.always, terms=table)
            case Hole(field=field, codec=codec):
                return replace(plain, **_coded(said(scope, field), codec))
            case str(code):
                return replace(plain, codes=(code,), terms=url.removeprefix(OURS), always=True)
            case {"reference": Hole(field=field, codec=codec)}:
                of, marks = said(scope, field), codec.marks or (lambda _: True)
                targets = tuple(kind for kind in self.kinds if marks(f"{kind}/1"))
                return replace(plain, text=of.text, always=of.always, targets=targets)
            case {"reference": Echo(kind=kind)}:
                return replace(plain, targets=(kind,))
        return plain


_COMPLEX = frozenset(
    {"CodeableConcept", "Coding", "ContactPoint", "Duration", "HumanName", "Identifier", "Money", "Period", "Quantity"}
    | {"Reference"}
)
"""Data types that extensions of ours have as values and that are not primitives (https://hl7.org/fhir/R4/datatypes.html)."""


def _coded(of: Said, codec: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"text": of.text, "always": of.always}
    if of.kind is None or not issubclass(of.kind, Enum):
        return told
    codes = tuple(codec.encode(member, _NOWHERE) for member in of.kind)
    return told | {"codes": codes, "terms": kebab(of.kind.__name__)}


_NOWHERE: Any = Context(None, None)  # type: ignore[arg-type]  # an enum's codec looks at no vocabulary


def kebab(name: str) -> str:
    """`BookingStatus` as `booking-status`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def _of_all(inside: list[Any], scope: type[Any] | None) -> str:
    """What the parts are parts of: the field that all their paths begin with, else the scope itself."""
    fields = {path.partition(".")[0] if "." in path else "" for path in _paths(inside)}
    if len(fields) == 1 and (name := fields.pop()) and scope is not None:
        field = scope.model_fields[name]
        kind = kind_of(field.annotation)
        return summary(field.description) or summary(kind.__doc__ if kind else "")
    return summary(scope.__doc__) if scope else ""


def _paths(template: Any) -> Iterator[str]:
    match template:
        case Hole(field=path) | Coding(field=path):
            yield path
        case Each(field=path):
            yield path
        case When(part=part) | Item(part=part):
            yield from _paths(part)
        case dict():
            for child in template.values():
                yield from _paths(child)
        case list():
            for child in template:
                yield from _paths(child)
