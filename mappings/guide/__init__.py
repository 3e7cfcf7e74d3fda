"""The project's own FHIR definitions, derived from the shapes and the catalogue: nothing in here is kept by hand.

What a shape writes is described as it writes it, so that the official validator holds every resource against it, and a
receiver can load it: StructureDefinitions of the extensions, CodeSystems and ValueSets of our codes and of the region's
tables, NamingSystems of our identifiers.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mappings.guide.extensions import extensions
from mappings.guide.structure import structure_definition
from mappings.guide.terms import code_systems, naming_systems, value_sets
from mappings.problem import Json
from mappings.region.catalogue import Catalogue
from mappings.shape.graph import Graph

__all__ = ["guide"]


def guide(graphs: Iterable[Graph[Any]], catalogue: Catalogue) -> list[Json]:
    """Every definition, in an order that stays, each with an id that no other of its type has."""
    graphs = tuple(graphs)
    found = extensions(graphs)
    return [
        *map(structure_definition, found),
        *code_systems(graphs, found, catalogue),
        *value_sets(found, catalogue),
        *naming_systems(catalogue),
    ]
