"""The laws are worth what their examples are worth: every field of every model is generated, every hole filled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from pydantic import BaseModel

from mappings.resources.answerable import PROVENANCE
from mappings.resources.places import PLACES
from mappings.shape.graph import Graph, leaves
from mappings.shape.template import Coding, Hole
from mappings.shape.trace import Step, trace
from tests.laws.strategies import GRAPHS, TABLES, Sent, sent

Generated = tuple[Graph[Any], list[Sent[Any]]]

MANY = settings(
    max_examples=800,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module", params=GRAPHS)
def generated(request: pytest.FixtureRequest) -> Generated:
    graph, values = GRAPHS[request.param]
    found: list[Sent[Any]] = []

    @MANY
    @given(sent(values))
    def collect(example: Sent[Any]) -> None:
        found.append(example)

    collect()
    return graph, found


@pytest.fixture(scope="module")
def steps(generated: Generated) -> list[Step]:
    graph, found = generated
    return [step for example in found for step in trace(graph, example.value, TABLES, example.known)]


def values(part: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of an aggregate that is not empty, with the path of its field."""
    if isinstance(part, BaseModel):
        for name, inner in part:
            yield from values(inner, f"{path}.{name}".lstrip("."))
    elif isinstance(part, tuple):
        for item in part:
            yield from values(item, path)
    elif part is not None:
        yield path, part


def bare(path: str) -> str:
    """A FHIRPath, or a path of JSON, as names only."""
    names = re.sub(r"\('[^']*'\)|\[\d+\]", "", path).split(".")
    return ".".join(re.sub(r"^value[A-Z].*", "value", name).lstrip("_") for name in names)


def test_every_field_of_the_model_is_generated_with_a_value(generated: Generated) -> None:
    graph, found = generated

    assert {path for example in found for path, _ in values(example.value)} == set(leaves(graph.model))


def test_every_member_of_every_enumeration_is_generated(generated: Generated) -> None:
    _, found = generated
    seen = {value for example in found for _, value in values(example.value) if isinstance(value, Enum)}

    assert {member for kind in {type(value) for value in seen} for member in kind} == seen


def test_every_hole_of_every_resource_is_filled(generated: Generated, steps: list[Step]) -> None:
    graph, _ = generated
    filled = {(step.node, re.sub(r"/\d+", "", step.field)) for step in steps}

    for node in graph.nodes:
        for place in node.shape.places:
            if isinstance(place.source, Hole | Coding):
                field = f"{node.part}.{place.field}".strip(".")
                pointer = "".join(f"/{re.sub('_(.)', lambda m: m[1].upper(), name)}" for name in field.split("."))
                assert (f"{graph.name}.{node.name}", pointer) in filled


def test_every_place_of_every_resource_is_written(generated: Generated, steps: list[Step]) -> None:
    graph, _ = generated
    written = {(step.node, bare(step.path)) for step in steps}

    for node in graph.nodes:
        paths = {path for name, path in written if name == f"{graph.name}.{node.name}"}
        for place in node.shape.places:
            assert any(path.startswith(bare(place.path)) for path in paths), place.path


def test_what_goes_along_beside_an_aggregate_has_the_shapes_of_another(generated: Generated) -> None:
    """Rooms, equipment and who is answerable apart: they are only written, since no message is about them."""
    graph, _ = generated
    read = {id(node.shape) for other, _ in GRAPHS.values() for node in other.nodes}

    assert {id(other.shape) for other in graph.beside if other not in PLACES} - {id(PROVENANCE)} <= read
