"""The life of a care event as a table, and messages held against it."""

from __future__ import annotations

import re

import pytest
from pydantic.alias_generators import to_snake

from mappings.region.care_event import CareEvent, EventStatus
from mappings.region.steps import By
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


TABLE = """
list                planned                     planned     system               - eventType eventTypeHistory
arrive              planned                     arrived     care                 start eventType - eventTypeHistory
begin               arrived                     ongoing     care                 -
checkOut            arrived ongoing             checkedOut  care system          outcome -
discharge           arrived checkedOut ongoing  finished    care system          end -
miss                planned                     cancelled   care patient system  - eventType
closeMissed         cancelled                   cancelled   system               - end
endPreRegistration  planned                     cancelled   care                 -
"""
"""Step, from, to, by whom, what it demands, what it fills in (SDV 3.1.2, 3.1.3; EV-2, EV-3, EV-6, EV-7, EV-17)."""


def test_the_life_of_a_care_event_is_this_table_and_annulling_from_anywhere() -> None:
    rows = [re.split(r" {2,}", line.strip()) for line in TABLE.strip().splitlines()]
    told = {step.name: step for step in LIFE}
    for name, before, after, by, fields in rows:
        step = told.pop(name)
        assert (" ".join(sorted(step.before)), step.after, " ".join(sorted(step.by))) == (before, after, by), name
        assert " ".join((*step.demands, "-", *step.follows)).replace("/", "") == fields, name
    annul = told.pop("annul")
    assert (annul.before, annul.after, annul.by) == (frozenset(S) - {S.ANNULLED}, S.ANNULLED, frozenset({By.CARE}))
    assert annul.demands == ("/noNotesOrTransactions",)
    assert not told


def test_IN_19_tells_in_swedish_too_that_no_step_is_left() -> None:
    annulled = changed(event(), "/status", "annulled")
    [problem] = [one for one in judging(event(), previous=annulled).problems if one.rule == "IN-19"]
    assert "(inga)" in problem.sv
