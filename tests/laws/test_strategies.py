"""The laws are worth what their examples are worth: every field of every model is generated, and filled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from pydantic import BaseModel

from mappings.shape.graph import leaves
from mappings.shape.shape import Shape
from mappings.shape.template import Coding, Echo, Hole
from mappings.shape.trace import trace
from tests.laws.strategies import GRAPHS, TABLES, Sent, sent

MANY = settings(
    max_examples=200,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def held(value: Any, prefix: str = "") -> Iterator[str]:
    """The path of every field that is not empty."""
    if isinstance(value, BaseModel):
        for name, inner in value:
            yield from held(inner, f"{prefix}.{name}".lstrip("."))
    elif isinstance(value, tuple):
        for item in value:
            yield from held(item, prefix)
    elif value is not None:
        yield prefix


def examples(name: str) -> list[Sent[Any]]:
    found: list[Sent[Any]] = []

    @MANY
    @given(sent(GRAPHS[name][1]))
    def collect(example: Sent[Any]) -> None:
        found.append(example)

    collect()
    return found


@pytest.fixture(scope="module", params=GRAPHS)
def generated(request: pytest.FixtureRequest) -> tuple[Any, list[Sent[Any]]]:
    return GRAPHS[request.param][0], examples(request.param)


def test_every_field_of_the_model_is_generated_with_a_value(generated: tuple[Any, list[Sent[Any]]]) -> None:
    graph, found = generated

    assert set(leaves(graph.model)) == {path for example in found for path in held(example.value)}


def test_every_enumerated_value_is_generated(generated: tuple[Any, list[Sent[Any]]]) -> None:
    _, found = generated
    seen = {value for example in found for value in enumerated(example.value)}

    for kind in {type(value) for value in seen}:
        assert set(kind) <= seen | NOT_OF_A_PATIENT.get(kind.__name__, set()), kind


NOT_OF_A_PATIENT: dict[str, set[Any]] = {}


def enumerated(value: Any) -> Iterator[Any]:
    if isinstance(value, BaseModel):
        for _, inner in value:
            yield from enumerated(inner)
    elif isinstance(value, tuple):
        for item in value:
            yield from enumerated(item)
    elif hasattr(type(value), "__members__"):
        yield value


def test_every_hole_and_every_echo_of_every_resource_is_filled(generated: tuple[Any, list[Sent[Any]]]) -> None:
    graph, found = generated
    seen: dict[str, set[str]] = {name: set() for name in graph.shapes}
    for example in found:
        for step in trace(graph, example.value, TABLES, example.known):
            seen[step.node].add(without_indices(step.path))

    for name, shape in graph.shapes.items():
        unused = {place for place in element_paths(shape) if not any(path.startswith(place) for path in seen[name])}
        assert unused == set(), name
