"""From definitions to checks: the walk of each type, put together once."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import Any, Final

from .checks import (
    Check,
    Checks,
    Shape,
    list_check,
    modifier_check,
    narrative_check,
    object_check,
    primitive_check,
    reference_check,
    resource_check,
)
from .definitions import Definitions, Element
from .faults import IMPLICIT_RULES, NO_RESOURCE_TYPE, NO_VALUE, NOT_BOUND, NOT_OBJECT, Fault, Faults, not_among, not_of
from .invariant import Holds
from .invariants_of_types import OUTER_EXTENSION
from .models import model_faults
from .primitives import one_of, validity
from .references import Around

TWIN: Final = "Element"
"""The type of what stands at `_birthDate`: an id and extensions."""


class Compiled:
    """The checks of one `Definitions`, made type by type as they are first needed."""

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions
        self._types: dict[tuple[str, str], Check] = {}
        self._resources: dict[str, Check] = {}
        self._making = Lock()

    def resource(self, kind: str) -> Check | None:
        """The check of a described resource type, or None."""
        if kind not in self._resources and kind in self._definitions.described:
            with self._making:  # a check is used only once it is whole
                self._resources[kind] = resource_check(self._type(kind))
        return self._resources.get(kind)

    def _nested(self, value: Any, around: Around) -> Faults | None:
        """A resource within another; one that is not described here is left to the models of fhir.resources."""
        if type(value) is not dict:
            return [("", NOT_OBJECT)]
        kind = value.get("resourceType")
        if type(kind) is not str or kind not in self._definitions.resource_types:
            return [("", NO_RESOURCE_TYPE)]
        check = self.resource(kind)
        return model_faults(value) if check is None else check(value, around)

    def _type(self, name: str, path: str = "") -> Check:
        """The check of a type, or of a part; `path` is the element that it stands at, for invariants of its own."""
        own = path if any(path in each.on for each in self._definitions.invariants) else ""
        if (name, own) not in self._types:
            table = "Extension" if name == OUTER_EXTENSION else name
            elements, checks = self._definitions.types[table], Checks({}, {})
            # kept before it is filled: a type can hold itself, as Extension does
            self._types[name, own] = object_check(checks, self._shape(elements, {name, table, own}))
            for each, row in elements.items():
                self._add(checks, f"{table}.{each}", row)
            if name in self._definitions.described:
                checks.add("resourceType", _already_read)
        return self._types[name, own]

    def _shape(self, elements: Mapping[str, Element], places: set[str]) -> Shape:
        plain = {name: row for name, row in elements.items() if not row.choice}
        primitive = {name: row for name, row in plain.items() if row.type in self._definitions.primitives}
        steps = _steps(elements)
        return Shape(
            steps=steps,
            mandatory=tuple((name, f"_{name}") for name, row in plain.items() if row.min),
            choices=tuple((_step(name), row.min > 0, _names(row)) for name, row in elements.items() if row.choice),
            twins=frozenset(name for name in steps if name.startswith("_")),
            lists=tuple(name for name, row in primitive.items() if row.many),
            coded=frozenset(name for name, row in primitive.items() if row.codes),
            invariants=tuple(self._invariants(places)),
        )

    def _invariants(self, places: set[str]) -> list[tuple[Holds, Fault]]:
        found = [(each.holds, each.fault) for each in self._definitions.invariants if not places.isdisjoint(each.on)]
        return found if TWIN in places else [(_has_more_than_id, NO_VALUE), *found]

    def _add(self, checks: Checks, path: str, row: Element) -> None:
        """Adds the checks of the element at `path`, by each JSON name that it can have."""
        for name, kind in (row.choice or {path.rpartition(".")[2]: row.type}).items():
            check, is_primitive = self._check_of(path, kind, row), kind in self._definitions.primitives
            twin = self._type(TWIN) if is_primitive else None
            if not row.many:
                checks.add(name, check)
            else:
                checks.add(name, list_check(check), list_check(check, with_nulls=is_primitive))
            if twin:
                checks.add(f"_{name}", list_check(twin, with_nulls=True) if row.many else twin)

    def _check_of(self, path: str, kind: str, row: Element) -> Check:
        resource_types = self._definitions.resource_types
        match kind:
            case "Resource":
                return self._nested
            case "Extension":
                return self._extension(path)
            case "Reference":
                return reference_check(self._type(kind), row.targets or resource_types, resource_types)
            case _ if kind in self._definitions.primitives:
                return self._primitive(path, kind, row.codes)
        return self._type(kind, path)

    def _extension(self, path: str) -> Check:
        if path.endswith(".modifierExtension"):
            return modifier_check(self._type(OUTER_EXTENSION), self._definitions.modifiers)
        return self._type("Extension" if path == "Extension.extension" else OUTER_EXTENSION)

    def _primitive(self, path: str, kind: str, value_set: str | None) -> Check:
        if path.endswith(".implicitRules"):
            return primitive_check(lambda value: False, IMPLICIT_RULES)
        if kind == "xhtml":
            return narrative_check
        if value_set is not None:
            codes = self._definitions.codes[value_set]
            return primitive_check(one_of(codes), NOT_BOUND if isinstance(codes, str) else not_among(codes))
        return primitive_check(validity(kind, self._definitions.primitives[kind] or ""), not_of(kind))


def _already_read(value: Any, around: Around) -> None:
    """Of `resourceType`: it has decided which check it is that looks at the resource."""


def _has_more_than_id(value: Any) -> bool:
    return len(value) > 1 or "id" not in value


def _step(name: str) -> str:
    return f".{name.removesuffix('[x]')}"


def _names(row: Element) -> dict[str, str]:
    """The plain name of each JSON name that a choice can have."""
    return {f"{mark}{name}": name for name in row.choice for mark in ("", "_")}


def _steps(elements: Mapping[str, Element]) -> dict[str, str]:
    """The step of the FHIRPath for each JSON name of a type's elements."""
    steps = {f"{mark}{name}": _step(name) for name, row in elements.items() if not row.choice for mark in ("", "_")}
    return steps | {each: _step(name) for name, row in elements.items() for each in _names(row)}
