"""The checks that a resource is walked with: small functions, made once from the definitions by `compiled`.

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
from .faults import (
    EMPTY,
    MANDATORY,
    NO_CODE,
    NO_VALUE,
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
)
from .invariant import Holds
from .narrative import narrative_fault
from .primitives import IsValid
from .references import Around, target_fault

Check: TypeAlias = Callable[[Any, Around], Faults | None]

ENOUGH: Final = 100
"""How many faults are gathered of one list or object before it is left: a body of junk must not fill the memory."""
GUESSES: Final = 3
"""After so many faults of an object, unknown names are no longer compared with the known ones: that is slow."""
STUMBLES: Final = (AttributeError, IndexError, KeyError, TypeError, ValueError)
"""What a predicate may raise over an element that has other faults."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What is asked of an object beyond the checks of its elements."""

    steps: Mapping[str, str]
    """By JSON name, the step of the FHIRPath: `.value` for `valueString`, `.birthDate` for `_birthDate`."""
    mandatory: tuple[tuple[str, str], ...]
    """JSON names of mandatory elements, each with that of its extensions if it is a primitive."""
    choices: tuple[tuple[str, bool, Mapping[str, str]], ...]
    """For each `value[x]`: its step, whether it is mandatory, and the plain name of each JSON name that it can have."""
    twins: frozenset[str]
    """The names of extensions of primitives: `_birthDate`."""
    lists: tuple[str, ...]
    """Primitives that repeat."""
    coded: frozenset[str]
    """Codes from a required value set."""
    invariants: tuple[tuple[Holds, Fault], ...]


@dataclass(frozen=True, slots=True)
class Checks:
    """The checks of a type's elements by their JSON names."""

    strict: dict[str, Check]
    beside_extensions: dict[str, Check]
    """The same for an object in which primitives have extensions: nulls in its lists make room for those."""

    def add(self, name: str, check: Check, beside_extensions: Check | None = None) -> None:
        self.strict[name] = check
        self.beside_extensions[name] = beside_extensions or check


def object_check(checks: Checks, shape: Shape) -> Check:
    """The check of an object: every element known and sound, what is mandatory there, every invariant kept."""
    steps, twins, invariants = shape.steps, shape.twins, shape.invariants  # a local name is found faster
    mandatory, choices = shape.mandatory, shape.choices

    def check(value: Any, around: Around) -> Faults | None:
        if type(value) is not dict or not value:
            return [("", _no_object(value))]
        has_twins = not twins.isdisjoint(value)
        found = _faults_of_elements(value, around, checks.beside_extensions if has_twins else checks.strict, steps)
        for name, twin in mandatory:
            if name not in value and twin not in value:
                found.append((steps[name], MANDATORY))
        for choice in choices:
            found += _faults_of_choice(value, *choice)
        if has_twins:
            found += _faults_of_pairs(value, shape)
        for holds, fault in invariants:
            try:
                is_kept = holds(value)
            except STUMBLES:
                is_kept = bool(found)  # to stumble over a fault that is told already is no answer
            if not is_kept:
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
    """The check of an extension that can turn the meaning round: only those that are understood are looked into."""

    def check_modifier(value: Any, around: Around) -> Faults | None:
        url = value.get("url") if type(value) is dict else None
        return check(value, around) if type(url) is str and url in understood else [("", UNKNOWN_MODIFIER)]

    return check_modifier


def resource_check(check: Check) -> Check:
    """The check of a resource with what it contains; of a Bundle, with what its entries are called."""

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
        match entry:
            case {"fullUrl": str(address), "resource": {"resourceType": str(kind)}}:
                kinds[address] = kind
    return kinds


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


def _faults_of_elements(value: Json, around: Around, checks: Mapping[str, Check], steps: Mapping[str, str]) -> Faults:
    found: Faults = []
    for name, item in value.items():
        if name not in checks:
            found.append(("", _unknown(name, checks) if len(found) < GUESSES else UNKNOWN))
        elif (bad := checks[name](item, around)) is not None:
            found += _under(steps[name], bad)
        else:
            continue
        if len(found) >= ENOUGH:
            break
    return found


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
    places = [each if type(each) is list else [] for each in (values, extensions)]
    longest = range(max(map(len, places)))
    return all(any(each[i : i + 1] not in ([], [None]) for each in places) for i in longest)
