"""The life of a care event as a table, and messages held against it."""

from __future__ import annotations

import pytest
from pydantic.alias_generators import to_snake

from mappings.region.care_event import CareEvent, EventStatus
from mappings.rules.life_of_event import LIFE, reached
from mappings.rules.statements import STATEMENTS
from tests.rules.messages import changed, event, judging, lawful, refusals

S = EventStatus

REACHED = {
    S.PLANNED: set(S),
    S.ARRIVED: {S.ARRIVED, S.ONGOING, S.CHECKED_OUT, S.FINISHED, S.ANNULLED},
    S.ONGOING: {S.ONGOING, S.CHECKED_OUT, S.FINISHED, S.ANNULLED},
    S.CHECKED_OUT: {S.CHECKED_OUT, S.FINISHED, S.ANNULLED},
    S.FINISHED: {S.FINISHED, S.ANNULLED},
    S.CANCELLED: {S.CANCELLED, S.ANNULLED},
    S.ANNULLED: {S.ANNULLED},
}
"""Written by hand: a state that becomes reachable, or no longer is, is seen here."""


@pytest.mark.parametrize("status", S)
def test_IN_19_what_is_reached_from_a_state(status: EventStatus) -> None:
    assert reached(status) == REACHED[status]


@pytest.mark.parametrize("before", S)
@pytest.mark.parametrize("after", S)
def test_IN_19_a_message_is_taken_where_steps_lead_to_its_state(before: EventStatus, after: EventStatus) -> None:
    told = judging(
        changed(event(), "/status", after.value), previous=changed(event(), "/status", before.value)
    ).problems
    assert ("IN-19" in {one.rule for one in told}) == (after not in REACHED[before])


def test_IN_19_names_the_steps_that_there_are() -> None:
    message, before = changed(event(), "/status", "ongoing"), event()
    assert refusals(message, previous=before) == [("IN-19", "/status")]
    [problem] = judging(message, previous=before).problems
    assert "(annul)" in problem.sv
    assert "(annul)" in problem.en
    annulled = changed(event(), "/status", "annulled")
    [problem] = [one for one in judging(event(), previous=annulled).problems if one.rule == "IN-19"]
    assert "(none)" in problem.en


def test_a_discharged_event_may_still_be_changed() -> None:
    assert lawful(changed(event(), "/diagnoses/0/code", "E11.8"), previous=event())


def test_a_step_speaks_of_fields_and_rules_that_there_are() -> None:
    for step in LIFE:
        for pointer in (*step.demands, *step.follows):
            assert to_snake(pointer.strip("/")) in CareEvent.model_fields
        assert step.rule in STATEMENTS or not step.rule
        assert step.by
        assert step.before


def test_each_step_has_a_name_of_its_own() -> None:
    assert len({step.name for step in LIFE}) == len(LIFE)
