"""FHIR's definitions as data: what `validate` holds a resource against. `R4` is 4.0.1 as HL7 published it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any, Final

from .invariant import Invariant
from .invariants_of_bundles import OF_BUNDLES
from .invariants_of_resources import OF_RESOURCES
from .invariants_of_types import OF_TYPES


@dataclass(frozen=True, slots=True)
class Element:
    """What may stand at one element of a type."""

    type: str = ""
    """A FHIR type, or the path of a part with elements of its own (`Appointment.participant`); empty for a choice."""
    choice: Mapping[str, str] = field(default_factory=dict)
    """For `value[x]`: the FHIR type by the name that the element then has in JSON (`valueString`)."""
    min: int = 0
    many: bool = False
    targets: frozenset[str] | None = None
    """The resource types that a Reference may point to; None for any."""
    codes: str | None = None
    """The name of the value set that the code must be from, where the binding is required."""


@dataclass(frozen=True, eq=False)
class Definitions:
    """Tables, derived from StructureDefinitions and ValueSets; compared by identity, since the walk is compiled once
    for each.
    """

    described: frozenset[str]
    """The resource types that can be validated."""
    resource_types: frozenset[str]
    """All resource types that there are: a reference may point to one that is not described."""
    types: Mapping[str, Mapping[str, Element]]
    """The elements of each type, and of each part by its path."""
    codes: Mapping[str, tuple[str, ...] | str]
    """The codes of each value set; a regular expression for an open one (media types, currencies, languages)."""
    primitives: Mapping[str, str | None]
    """The published regular expression of each primitive type."""
    invariants: tuple[Invariant, ...]
    modifiers: frozenset[str] = frozenset()
    """The modifier extensions that are understood, by url; all others are refused."""


def read(tables: Mapping[str, Any], invariants: tuple[Invariant, ...]) -> Definitions:
    """The definitions from tables of the form of `r4.json`."""
    return Definitions(
        described=frozenset(tables["described"]),
        resource_types=frozenset(tables["resources"]),
        types={
            name: {element: _element(row) for element, row in rows.items()} for name, rows in tables["types"].items()
        },
        codes={name: tuple(codes) if isinstance(codes, list) else codes for name, codes in tables["codes"].items()},
        primitives=tables["primitives"],
        invariants=invariants,
    )


def _element(row: Mapping[str, Any]) -> Element:
    targets = row.get("targets")
    return Element(**{**row, "targets": None if targets is None else frozenset(targets)})


R4: Final = read(json.loads((files(__package__) / "r4.json").read_bytes()), (*OF_RESOURCES, *OF_TYPES, *OF_BUNDLES))
"""FHIR R4 (4.0.1), for the resource types that this project writes."""
