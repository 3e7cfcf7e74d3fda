"""The definitions compiled to functions, one for each type: a resource is walked once, and only faults cost anything.

A check gives None where all is well; where not, what is wrong with the rest of the path to it. A path is put
together on the way back up, so that a sound resource is walked without one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final, TypeAlias

from mappings.problem import Json

from .contained import contained_faults, kinds_of_contained
from .definitions import Definitions, Element
from .faults import (
    EMPTY,
    IMPLICIT_RULES,
    MANDATORY,
    NO_CODE,
    NO_RESOURCE_TYPE,
    NO_VALUE,
    NOT_BOUND,
    NOT_LIST,
    NOT_OBJECT,
    NOT_REPEATING,
    ONE_TYPE_ONLY,
    UNKNOWN,
    UNKNOWN_MODIFIER,
    UNPAIRED,
    Fault,
    Faults,
    did_you_mean,
    not_among,
    not_of,
)
from .invariant import Holds
from .invariants_of_types import OUTER_EXTENSION
from .narrative import narrative_fault
from .primitives import IsValid, one_of, validity
from .references import Around, target_fault

Check: TypeAlias = Callable[[Any, Around], Faults | None]

ENOUGH: Final = 100
"""How many faults are gathered of one list or object before the walk goes on: a body of junk must not fill the memory."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What the walk asks of an object beyond the checks of its elements."""

    steps: Mapping[str, str]
    """By JSON name, the step of the FHIRPath: `.value` for `valueString`, `.birthDate` for `_birthDate`."""
    mandatory: tuple[tuple[str, str], ...]
    """JSON names of mandatory elements, each with that of its primitive's extension."""
    choices: tuple[tuple[str, bool, Mapping[str, str]], ...]
    """For each `value[x]`: its step, whether it is mandatory, and the plain name of each JSON name that it can have."""
    twins: frozenset[str]
    """The names of extensions of primitives: `_birthDate`."""
    lists: tuple[str, ...]
    """Primitives that repeat."""
    may_be_empty: bool
    """Whether an `id` alone is enough: so it is beside the value of a primitive."""
    coded: frozenset[str]
    """Codes from a required value set."""
    invariants: tuple[tuple[Holds, Fault], ...]


class Compiled:
    """The checks of one `Definitions`, made type by type as they are first needed."""

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions
        self._types: dict[str, Check] = {}
        self._resources: dict[str, Check] = {}
        self.steps = {name: step for rows in definitions.types.values() for name, step in steps_of(rows).items()}
        """The step of the FHIRPath for every JSON name of every described type."""

    def resource(self, kind: str) -> Check | None:
        """The check of a described resource type, or None."""
        if kind not in self._resources and kind in self._definitions.described:
            self._resources[kind] = resource_check(self._type(kind))
        return self._resources.get(kind)

    def _nested(self, value: Any, around: Around) -> Faults | None:
        """A resource within another: one that is not described here is left to the models of fhir.resources."""
        if type(value) is not dict:
            return [("", _no_object(value))]
        kind = value.get("resourceType")
        if type(kind) is not str or kind not in self._definitions.resource_types:
            return [("", NO_RESOURCE_TYPE)]
        check = self.resource(kind)
        return None if check is None else check(value, around)

    def _type(self, name: str, element: str = "") -> Check:
        """The check of a FHIR type or part; `element` is the path of an element with invariants of its own."""
        key = f"{name} {element}"
        if key not in self._types:
            table = "Extension" if name == OUTER_EXTENSION else name
            elements, checks = self._definitions.types[table], Checks({}, {})
            self._types[key] = object_check(checks, self._shape(elements, {name, table, element}))
            for each, row in elements.items():
                self._add(checks, table, each, row)
            if name in self._definitions.described:
                checks.add("resourceType", _anything)
        return self._types[key]

    def _shape(self, elements: Mapping[str, Element], places: set[str]) -> Shape:
        plain = {name: row for name, row in elements.items() if not row.choice}
        primitive = [name for name, row in plain.items() if row.type in self._definitions.primitives]
        steps = steps_of(elements)
        return Shape(
            steps=steps,
            mandatory=tuple((name, f"_{name}") for name, row in plain.items() if row.min),
            choices=tuple(
                (
                    f".{name.removesuffix('[x]')}",
                    row.min > 0,
                    {f"{mark}{each}": each for each in row.choice for mark in ("", "_")},
                )
                for name, row in elements.items()
                if row.choice
            ),
            twins=frozenset(name for name in steps if name.startswith("_")),
            lists=tuple(name for name in primitive if plain[name].many),
            may_be_empty="Element" in places,
            coded=frozenset(name for name in primitive if plain[name].codes),
            invariants=tuple(
                (each.holds, each.fault) for each in self._definitions.invariants if not places.isdisjoint(each.on)
            ),
        )

    def _add(self, checks: Checks, owner: str, name: str, row: Element) -> None:
        """Adds the checks of one element, by each JSON name that it can have."""
        for json_name, kind in (row.choice or {name: row.type}).items():
            check = self._check_of(f"{owner}.{name}", kind, row)
            is_primitive = kind in self._definitions.primitives
            if not row.many:
                checks.add(json_name, check)
            else:
                checks.add(json_name, list_check(check), list_check(check, with_nulls=is_primitive))
            if is_primitive:
                twin = self._type("Element")
                checks.add(f"_{json_name}", list_check(twin, with_nulls=True) if row.many else twin)

    def _check_of(self, path: str, kind: str, row: Element) -> Check:
        if path.endswith(".implicitRules"):
            return lambda value, around: [("", IMPLICIT_RULES)]
        if path.endswith(".modifierExtension"):
            return modifier_check(self._type(OUTER_EXTENSION), self._definitions.modifiers)
        if kind == "Resource":
            return self._nested
        if kind == "Extension":
            return self._type("Extension" if path == "Extension.extension" else OUTER_EXTENSION)
        if kind == "Reference":
            types = self._definitions.resource_types
            return reference_check(self._type("Reference"), row.targets or types, types)
        if kind in self._definitions.primitives:
            return self._primitive(kind, row.codes)
        has_own = any(path in each.on for each in self._definitions.invariants)
        return self._type(kind, path if has_own and kind != path else "")

    def _primitive(self, kind: str, value_set: str | None) -> Check:
        if value_set is not None:
            codes = self._definitions.codes[value_set]
            return primitive_check(one_of(codes), NOT_BOUND if isinstance(codes, str) else not_among(codes))
        if kind == "xhtml":
            return narrative_check
        return primitive_check(validity(kind, self._definitions.primitives[kind] or ""), not_of(kind))


@dataclass(frozen=True, slots=True)
class Checks:
    """The checks of a type's elements by their JSON names."""

    strict: dict[str, Check]
    beside_extensions: dict[str, Check]
    """The same, for an object in which primitives have extensions: there a list may have nulls to make room for them."""

    def add(self, name: str, check: Check, beside_extensions: Check | None = None) -> None:
        self.strict[name] = check
        self.beside_extensions[name] = beside_extensions or check


def steps_of(elements: Mapping[str, Element]) -> dict[str, str]:
    """The step of the FHIRPath for each JSON name of a type's elements."""
    steps = {}
    for name, row in elements.items():
        for json_name in row.choice or (name,):
            steps[json_name] = steps[f"_{json_name}"] = f".{name.removesuffix('[x]')}"
    return steps


def object_check(checks: Checks, shape: Shape) -> Check:
    """The check of an object: every element known and sound, what is mandatory there, every invariant kept."""
    steps, twins, invariants = shape.steps, shape.twins, shape.invariants
    mandatory, choices, may_be_empty = shape.mandatory, shape.choices, shape.may_be_empty
    strict, beside_extensions = checks.strict, checks.beside_extensions

    def check(value: Any, around: Around) -> Faults | None:
        if type(value) is not dict or not value:
            return [("", _no_object(value))]
        found: Faults = []
        has_twins = not twins.isdisjoint(value)
        known = beside_extensions if has_twins else strict
        for name, item in value.items():
            if name not in known:
                found.append(("", UNKNOWN if found else _unknown(name, known)))
            elif (bad := known[name](item, around)) is not None:
                found += _under(steps[name], bad)
            else:
                continue
            if len(found) >= ENOUGH:
                break
        for name, twin in mandatory:
            if name not in value and twin not in value:
                found.append((steps[name], MANDATORY))
        for choice in choices:
            found += _faults_of_choice(value, *choice)
        if has_twins:
            found += _faults_of_pairs(value, shape)
        if len(value) == 1 and "id" in value and not may_be_empty:
            found.append(("", NO_VALUE))
        for holds, fault in invariants:
            if not (_holds(holds, value) if found else holds(value)):
                found.append(("", fault))
        return found[:ENOUGH] or None

    return check


def list_check(check: Check, *, with_nulls: bool = False) -> Check:
    """The check of an element that repeats; nulls are for primitives only, whose extensions they make room for."""

    def check_list(value: Any, around: Around) -> Faults | None:
        if type(value) is not list:
            return [("", NOT_LIST)]
        if not value:
            return [("", EMPTY)]
        found: Faults = []
        for index, item in enumerate(value):
            if item is None and with_nulls:
                continue
            bad = check(item, around)
            if bad is not None:
                found += _under(f"[{index}]", bad)
                if len(found) >= ENOUGH:
                    break
        return found or None

    return check_list


def primitive_check(is_valid: IsValid, fault: Fault) -> Check:
    """The check of a primitive value."""

    def check(value: Any, around: Around) -> Faults | None:
        if is_valid(value):
            return None
        return [("", NOT_REPEATING if type(value) is list else EMPTY if value in (None, "") else fault)]

    return check


def narrative_check(value: Any, around: Around) -> Faults | None:
    """The check of the XHTML in a narrative."""
    fault = narrative_fault(value)
    return None if fault is None else [("", fault)]


def reference_check(check: Check, allowed: Collection[str], resource_types: Collection[str]) -> Check:
    """The check of a Reference, and of the type that it points to."""
    fault_of = target_fault(allowed, resource_types)

    def check_reference(value: Any, around: Around) -> Faults | None:
        found = check(value, around)
        if found is not None:
            return found
        fault = fault_of(value, around)
        return None if fault is None else [("", fault)]

    return check_reference


def modifier_check(check: Check, understood: Collection[str]) -> Check:
    """The check of an extension that can turn the meaning round."""

    def check_modifier(value: Any, around: Around) -> Faults | None:
        if type(value) is dict and value.get("url") in understood:
            return check(value, around)
        return [("", UNKNOWN_MODIFIER)]

    return check_modifier


def resource_check(check: Check) -> Check:
    """The check of a resource with what is contained in it, or, of a Bundle, with what its entries are called."""

    def check_resource(value: Any, around: Around) -> Faults | None:
        if "contained" in value:
            found = check(value, Around({**around.kinds, **kinds_of_contained(value)}, around.in_transaction))
            return [*(found or ()), *contained_faults(value)] or None
        if "entry" in value:
            around = Around(_kinds_of_entries(value["entry"]), value.get("type") == "transaction")
        return check(value, around)

    return check_resource


def _kinds_of_entries(entries: object) -> dict[str, str]:
    """The type of each resource in a Bundle by the address that its entry gives it."""
    kinds = {}
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("fullUrl"), str):
            resource = entry.get("resource")
            kind = resource.get("resourceType") if isinstance(resource, dict) else None
            if isinstance(kind, str):
                kinds[entry["fullUrl"]] = kind
    return kinds


def _anything(value: Any, around: Around) -> None:
    """Where the value has already decided which check it is that looks at it."""


def _no_object(value: Any) -> Fault:
    if type(value) is list:
        return NOT_REPEATING
    return EMPTY if value is None or value == {} else NOT_OBJECT


def _under(step: str, found: Faults) -> Faults:
    return [(step + rest, fault) for rest, fault in found]


def _unknown(name: str, known: Iterable[str]) -> Fault:
    """An unknown name may be anything, so it is not told; one that is known and much like it is."""
    likely = [each for each in known if each[0] == name[:1].lower() and abs(len(each) - len(name)) < 3]
    near = get_close_matches(name, likely, n=1, cutoff=0.75)
    return did_you_mean(near[0]) if near else UNKNOWN


def _faults_of_choice(value: Json, step: str, is_mandatory: bool, names: Mapping[str, str]) -> Faults:
    given = value.keys() & names.keys()
    if len(given) > 1 and len({names[name] for name in given}) > 1:
        return [(step, ONE_TYPE_ONLY)]
    return [(step, MANDATORY)] if is_mandatory and not given else []


def _faults_of_pairs(value: Json, shape: Shape) -> Faults:
    """What is wrong between primitives and the extensions of primitives that belong to them."""
    found: Faults = [
        (shape.steps[name], UNPAIRED)
        for name in shape.lists
        if not _is_paired(value.get(name, ()), value.get(f"_{name}", ()))
    ]
    for twin in shape.twins.intersection(value):
        name, extension = twin[1:], value[twin]
        if name not in value and type(extension) is dict:
            if name in shape.coded:
                found.append((shape.steps[twin], NO_CODE))
            elif "extension" not in extension:
                found.append((shape.steps[twin], NO_VALUE))
    return found


def _is_paired(values: Any, extensions: Any) -> bool:
    """Whether every place of the two lists has a value or an extension."""
    if type(extensions) is not list:
        return type(values) is not list or None not in values
    if type(values) is not list:
        values = []
    longest = range(max(len(values), len(extensions)))
    return all(values[i : i + 1] not in ([], [None]) or extensions[i : i + 1] not in ([], [None]) for i in longest)


def _holds(holds: Holds, value: Json) -> bool:
    """Whether an invariant holds of an element that has other faults: to stumble over those is no answer."""
    try:
        return holds(value)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return True
