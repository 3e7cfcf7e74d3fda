"""Whether a resource is built as R4 says: elements, cardinality, values, required codes, targets of references.

Invariants, slices, profiles and terminology outside required bindings are not looked at. It walks the parsed JSON once
along `definitions`: a tenth of the time of building the models that these were taken from, and it does not accept
unknown codes, wrong targets and empty values, as they do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from adapter.sandbox.definitions import Element, elements, required_choices
from adapter.sandbox.outcome import Issue
from mappings.problem import Json

Test = Callable[[Any], bool]


@dataclass(slots=True)
class Findings:
    """What is wrong, by how servers differ about it."""

    malformed: list[Issue] = field(default_factory=list)
    missing: list[Issue] = field(default_factory=list)
    misdirected: list[Issue] = field(default_factory=list)
    """References to types that may not stand there."""
    unknown: list[tuple[Issue, Json, str]] = field(default_factory=list)
    """Elements that R4 does not have, with the object they are in and their name there."""

    def all(self) -> tuple[Issue, ...]:
        return (*self.malformed, *(issue for issue, _, _ in self.unknown), *self.missing, *self.misdirected)


def findings(resource: Json, place: str, names: Mapping[str, str]) -> Findings:
    """`place` begins each path; `names` are the types of what a transaction's fullUrls stand for."""
    found = Findings()
    _Walk(found, names).resource(resource, place)
    return found


@dataclass(frozen=True, slots=True)
class _Shape:
    elements: Mapping[str, Element]
    required: frozenset[str]
    choices: Mapping[str, frozenset[str]]


@cache
def _shape(kind: str) -> _Shape | None:
    """`None` where R4 has no such type."""
    try:
        known = elements(kind)
    except ValueError:
        return None
    return _Shape(known, frozenset(e.name for e in known.values() if e.required), required_choices(kind))


@dataclass(frozen=True, slots=True)
class _Walk:
    found: Findings
    names: Mapping[str, str]

    def resource(self, value: Json, path: str) -> None:
        type_ = value.get("resourceType")
        shape = _shape(type_) if isinstance(type_, str) else None
        if shape is None or "implicitRules" not in shape.elements:
            self._malformed(path, "structure", "This is no resource of R4")
        else:
            self._fields(value, shape, path, root=True)

    def _fields(self, value: Json, shape: _Shape, path: str, *, root: bool = False) -> None:
        if not value:
            self._malformed(path, "structure", "An object is never empty")
        chosen: set[str] = set()
        for name, inner in value.items():
            element = shape.elements.get(name)
            if element is None:
                if not (root and name == "resourceType"):
                    self._no_element(value, name, shape, path)
                continue
            if element.choice:
                if element.choice in chosen:
                    self._malformed(path, "structure", f"Only one of {element.choice}[x] may be there")
                chosen.add(element.choice)
            self._values(element, inner, value, f"{path}.{name}")
        for name in shape.required:
            if name not in value and f"_{name}" not in value:
                self.found.missing.append(Issue("required", "This must be there", f"{path}.{name}"))
        for choice, names in shape.choices.items():
            if choice not in chosen and not any(f"_{name}" in value for name in names):
                self.found.missing.append(Issue("required", "One of these must be there", f"{path}.{choice}[x]"))

    def _no_element(self, value: Json, name: str, shape: _Shape, path: str) -> None:
        """The id and extensions of a primitive, or unknown."""
        element = shape.elements.get(name[1:]) if name.startswith("_") else None
        if element and element.primitive:
            beside = replace(element, name=name, kind="Element", primitive=False, codes=frozenset())
            self._values(beside, value[name], value, f"{path}.{name}")
        else:
            issue = Issue("structure", "R4 does not have this element", f"{path}.{name}")
            self.found.unknown.append((issue, value, name))

    def _values(self, element: Element, inner: Any, holder: Json, path: str) -> None:
        if element.many != (type(inner) is list):
            self._malformed(
                path, "structure", "This is a list" if element.many else "There is only one of this, not a list"
            )
        elif not element.many:
            self._value(element, inner, path)
        elif not inner:
            self._malformed(path, "structure", "A list is never empty")
        else:
            for n, item in enumerate(inner):
                if item is None and _has_twin(holder, element.name, n):
                    continue
                self._value(element, item, f"{path}[{n}]")

    def _value(self, element: Element, value: Any, path: str) -> None:
        if element.primitive:
            if not _TESTS[element.kind](value):
                self._malformed(path, "value", f"This is no {element.kind.removesuffix('Version').lower()}")
            elif element.codes and value not in element.codes:
                self._malformed(path, "code-invalid", "The code is none of the required ones")
        elif type(value) is not dict:
            self._malformed(path, "structure", "This is an object")
        elif element.kind == "Resource":
            self.resource(value, path)
        elif shape := _shape(element.kind):
            self._fields(value, shape, path)
            if element.targets and not self._may_stand_here(value, element.targets):
                issue = Issue("business-rule", "A reference to this type may not stand here", path)
                self.found.misdirected.append(issue)

    def _may_stand_here(self, reference: Json, targets: frozenset[str]) -> bool:
        """Also where the type cannot be told."""
        text = reference.get("reference")
        if not isinstance(text, str):
            return True
        match = _TYPED.search(text)
        type_ = self.names.get(text) or (match[1] if match else "")
        return not type_ or type_ in targets

    def _malformed(self, path: str, code: str, text: str) -> None:
        self.found.malformed.append(Issue(code, text, path))


_TYPED = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)(?:/[A-Za-z0-9\-.]{1,64}(?:/_history/[^/]+)?$|\?)", re.ASCII)


def _has_twin(holder: Json, name: str, n: int) -> bool:
    """Whether a null in a list of primitives has its extensions in the list `_name`, or the other way round."""
    twin = holder.get(name[1:] if name.startswith("_") else f"_{name}")
    return isinstance(twin, list) and n < len(twin) and twin[n] is not None


def _matching(pattern: str) -> Test:
    compiled = re.compile(pattern, re.ASCII)
    return lambda value: type(value) is str and compiled.fullmatch(value) is not None


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_DAY = r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?"
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?"
_ZONE = r"(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))"


def _text(value: Any) -> bool:
    return type(value) is str and bool(value.strip()) and not _CONTROL.search(value)


def _dated(pattern: str) -> Test:
    shaped = _matching(pattern)
    return lambda value: shaped(value) and _exists(value[:10])


def _exists(day: str) -> bool:
    """Whether the calendar has it; a year or month always."""
    try:
        return len(day) < 10 or bool(date.fromisoformat(day))
    except ValueError:
        return False


def _whole(low: int, high: int = 2_147_483_647) -> Test:
    return lambda value: type(value) is int and low <= value <= high


# https://hl7.org/fhir/R4/datatypes.html#primitive
_TESTS: Mapping[str, Test] = {
    "Boolean": lambda value: type(value) is bool,
    "Integer": _whole(-2_147_483_648),
    "UnsignedInt": _whole(0),
    "PositiveInt": _whole(1),
    "Decimal": lambda value: type(value) in (int, float, Decimal),
    "String": _text,
    "Markdown": _text,
    "Xhtml": lambda value: type(value) is str and value.lstrip().startswith("<div"),
    "Code": _matching(r"[^\s]+(\s[^\s]+)*"),
    "Id": _matching(r"[A-Za-z0-9\-.]{1,64}"),
    "Uri": _matching(r"\S+"),
    "Url": _matching(r"\S+"),
    "Canonical": _matching(r"\S+"),
    "Oid": _matching(r"urn:oid:[0-2](\.(0|[1-9][0-9]*))+"),
    "UuidVersion": _matching(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
    "Base64Binary": _matching(r"[0-9a-zA-Z+/=\s]+"),
    "Date": _dated(_DAY),
    "DateTime": _dated(rf"{_DAY}|[0-9]{{4}}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T{_CLOCK}{_ZONE}"),
    "Instant": _dated(rf"[0-9]{{4}}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T{_CLOCK}{_ZONE}"),
    "Time": _matching(_CLOCK),
}
