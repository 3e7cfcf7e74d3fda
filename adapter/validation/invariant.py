"""What an invariant is: a predicate over one element, with its FHIR key and what is said when it does not hold.

`r4.json` holds every invariant of the described types as published; a test holds the tables `invariants_of_…`
against it. Not in them: ele-1 and sqty-1 (the walk), ref-1 (`references`), txt-1 and txt-2 (`narrative`), dom-2 to
dom-5 (`contained`), and dom-6, a mere warning that every resource without narrative gets.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from mappings.problem import Json

from .faults import STRUCTURE, Fault, broken

Holds: TypeAlias = Callable[[Any], bool]
"""A predicate over an element. Where the element has other faults, it may stumble over them: that is no answer."""


@dataclass(frozen=True, slots=True)
class Invariant:
    """A rule about one element; `on` names the types, or the elements by their path, that it is asked of."""

    key: str
    on: tuple[str, ...]
    holds: Holds
    sv: str
    en: str

    @property
    def fault(self) -> Fault:
        """What is said when it is broken; a rule that R4 states in its text and gives no key is one of structure."""
        return broken(self.key, self.sv, self.en) if self.key else Fault(STRUCTURE, self.sv, self.en)


def has(value: Json, element: str) -> bool:
    """FHIRPath's `exists()`: the element, or an extension in place of a primitive's value."""
    return element in value or f"_{element}" in value


def has_choice(value: Json, element: str) -> bool:
    """`exists()` for an element of several types: `timing[x]` as `timingDate`, `timingTiming` …"""
    return any(key.startswith((element, f"_{element}")) for key in value)


def needs(element: str, other: str) -> Holds:
    """Where `element` stands, `other` does too."""
    return lambda value: not has(value, element) or has(value, other)


def excludes(element: str, other: str) -> Holds:
    """Where `element` stands, `other` does not."""
    return lambda value: not (has(value, element) and has(value, other))
