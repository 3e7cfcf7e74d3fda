"""The trace behind `vardbro explain`: one step for every value of every resource, and what put it there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from mappings.resources import BOOKING
from mappings.shape.graph import Unmappable
from mappings.shape.trace import How, Step, found_at, trace
from tests.laws.strategies import GRAPHS, TABLES, Sent, sent
from tests.laws.test_laws import LAW, every_graph
from tests.shape.examples import TEAM_VISIT, UNITS


def leaves(node: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(node, dict):
        for key, inner in node.items():
            yield from leaves(inner, f"{path}.{key}")
    elif isinstance(node, list):
        for index, inner in enumerate(node):
            yield from leaves(inner, f"{path}[{index}]")
    else:
        yield path, node


def at(value: Any, pointer: str) -> Any:
    """What a JSON Pointer into the message leads to."""
    message: Any = value.model_dump(mode="python", by_alias=True) if isinstance(value, BaseModel) else value
    for step in pointer.split("/")[1:]:
        message = message[int(step) if isinstance(message, tuple) else step]
    return message


@every_graph
@LAW
@given(data=st.data())
def test_the_traced_values_are_just_those_that_are_filled(name: str, data: st.DataObject) -> None:
    graph, values = GRAPHS[name]
    example: Sent[Any] = data.draw(sent(values))
    filled = graph.fill(example.value, TABLES, example.known)
    steps = trace(graph, example.value, TABLES, example.known)
    wanted = [(one.node, *leaf) for one in filled for leaf in leaves(one.resource, one.resource["resourceType"])]

    assert [(step.node, step.path, step.value) for step in steps] == wanted


@every_graph
@LAW
@given(data=st.data())
def test_every_field_that_a_step_names_has_a_value_in_the_message(name: str, data: st.DataObject) -> None:
    graph, values = GRAPHS[name]
    example: Sent[Any] = data.draw(sent(values))
    for step in trace(graph, example.value, TABLES, example.known):
        for pointer in filter(None, (step.field, *step.looked_at)):
            assert at(example.value, pointer) is not None
        if step.how in (How.FIELD, How.CODING):
            assert step.field
        if step.how in (How.FIXED, How.USUAL, How.KNOWN):
            assert not step.field
        assert (step.table != "") == (step.how is How.CODING)


def step(path: str) -> Step:
    [found] = [one for one in trace(BOOKING, TEAM_VISIT, TABLES, UNITS) if one.path == path]
    return found


@pytest.mark.parametrize(
    ("path", "how", "field", "table"),
    [
        ("Appointment.identifier[0].value", How.FIELD, "/number", ""),
        ("Appointment.participant[3].period.start", How.FIELD, "/lines/1/start", ""),
        ("Appointment.appointmentType.coding[0].display", How.CODING, "/visitType", "visit-types"),
        ("Appointment.status", How.ECHO, "/status", ""),
        ("Appointment.end", How.ECHO, "", ""),
        ("Appointment.participant[0].status", How.USUAL, "", ""),
        ("ServiceRequest.intent", How.FIXED, "", ""),
        ("Patient.name[0].family", How.FIELD, "/patient/name/family", ""),
        ("Location.address.city", How.KNOWN, "", ""),
    ],
)
def test_what_put_a_value_there(path: str, how: How, field: str, table: str) -> None:
    found = step(path)

    assert (found.how, found.field, found.table) == (how, field, table)


def test_an_echo_names_all_that_it_was_made_from() -> None:
    assert step("Appointment.end").looked_at == ("/lines/0/owner", "/lines/0/start", "/lines/0/duration")
    assert step("Appointment.participant[3].period.end").looked_at == ("/lines/1/start", "/lines/1/duration")
    assert step("ServiceRequest.subject.reference").looked_at == ("/patient/identity/kind", "/patient/identity/value")


def test_the_other_way_every_place_that_a_field_decides_is_found() -> None:
    steps = trace(BOOKING, TEAM_VISIT, TABLES, UNITS)

    assert [one.path for one in found_at(steps, "/basis/targetDate")] == ["ServiceRequest.occurrenceDateTime"]
    assert {one.path for one in found_at(steps, "/lines/1/start")} == {
        "Appointment.participant[3].period.start",
        "Appointment.participant[3].period.end",
    }
    assert found_at(steps, "/lines/9/start") == []


def test_a_step_does_not_show_its_value_where_it_is_logged() -> None:
    assert "Tolvansson" not in repr(step("Patient.name[0].family"))


def test_what_cannot_be_filled_cannot_be_traced() -> None:
    cancellation = {"reason": "patienten", "at": "2026-11-20T08:00:00+01:00"}
    booked = type(TEAM_VISIT).model_validate({**TEAM_VISIT.model_dump(), "cancellation": cancellation})

    with pytest.raises(Unmappable, match=r"cancellation\.reason"):
        trace(BOOKING, booked, TABLES, UNITS)
