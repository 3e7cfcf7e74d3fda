"""The life of a care event as a table, and messages held against it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from pydantic.alias_generators import to_snake

from mappings.problem import Json
from mappings.region.care_event import CareEvent, EventStatus
from mappings.region.steps import By
from mappings.rules.life_of_event import LIFE, STEPS, is_behind, taken
from mappings.rules.statements import STATEMENTS
from mappings.rules.stepping_of_event import DOORS
from tests.rules.messages import accepted, changed, event, judging, lawful, parsed, planned_event, refusals

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
    assert LIFE.reached(status) == REACHED[status]


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
    assert "annul (annullerad" in problem.sv
    assert "annul (annulled" in problem.en
    annulled = changed(event(), "/status", "annulled")
    [problem] = [one for one in judging(event(), previous=annulled).problems if one.rule == "IN-19"]
    assert "make a new one" in problem.en


def test_a_discharged_event_may_still_be_changed() -> None:
    assert lawful(changed(event(), "/diagnoses/0/code", "E11.8"), previous=event())


def test_a_step_speaks_of_fields_and_rules_that_there_are() -> None:
    for step in STEPS:
        for pointer in (*step.fields, *step.follows):
            assert to_snake(pointer.strip("/")) in CareEvent.model_fields
        assert step.rule in STATEMENTS or not step.rule
        assert step.by
        assert step.before


def test_each_step_has_a_name_of_its_own() -> None:
    assert len({step.name for step in STEPS}) == len(STEPS)


# -- what has happened -----------------------------------------------------------------------------------------------

HIDDEN = {"eventType": "hiddenOutpatient"}
WAS = [{"eventType": "hiddenOutpatient", "until": "2026-11-23T13:00:00+01:00"}]
LISTED = {"eventType": "preRegisteredOutpatient", "eventTypeHistory": WAS}
MISSED = {"status": "cancelled", "eventType": "missed"}
BEGUN = {"status": "ongoing", "eventType": "primaryCare", "start": "2026-11-24T13:05:00+01:00"}
ENDED = {"status": "finished", "end": "2026-11-24T23:59:00+01:00"}


def state(**said: Any) -> Any:
    return parsed(planned_event() | said)


def told(before: Any, after: Any) -> list[tuple[str, str | None, str | None]]:
    return [
        (one.step, one.at.isoformat() if one.at else None, one.by.value if one.by else None)
        for one in taken(before, after)
    ]


AT = "2026-11-24T13:05:00+01:00"
LAST = "2026-11-24T23:59:00+01:00"


def test_what_is_told_first_is_that_it_was_made() -> None:
    assert told(None, state(**HIDDEN)) == [("make", None, None)]


@pytest.mark.parametrize(
    ("before", "after", "steps"),
    [
        (HIDDEN, LISTED, [("list", "2026-11-23T13:00:00+01:00", "system")]),
        (HIDDEN, HIDDEN, [("change", None, None)]),
        (LISTED, LISTED, [("change", None, None)]),
        (HIDDEN, BEGUN, [("arrive", AT, None), ("begin", None, None)]),
        (
            HIDDEN,
            BEGUN
            | {"eventTypeHistory": [*LISTED["eventTypeHistory"], {"eventType": LISTED["eventType"], "until": AT}]},
            [("list", "2026-11-23T13:00:00+01:00", "system"), ("arrive", AT, None), ("begin", None, None)],
        ),
        (BEGUN, BEGUN | {"status": "checkedOut", "checkedOut": AT}, [("check-out", AT, None)]),
        (BEGUN, BEGUN | ENDED, [("discharge", LAST, "system")]),
        (BEGUN, BEGUN | ENDED | {"end": AT}, [("discharge", AT, None)]),
        (BEGUN | {"eventType": "inpatient"}, BEGUN | ENDED | {"eventType": "inpatient"}, [("discharge", LAST, None)]),
        (HIDDEN, MISSED, [("miss", None, None)]),
        (HIDDEN, HIDDEN | {"status": "cancelled"}, [("end-pre-registration", None, None)]),
        (MISSED, MISSED | {"end": LAST}, [("close-missed", LAST, "system")]),
        (MISSED | {"end": LAST}, MISSED | {"end": LAST}, [("change", None, None)]),
        (BEGUN, {"status": "annulled", "eventType": "annulled"}, [("annul", None, None)]),
        (BEGUN, HIDDEN, [("change", None, None)]),
    ],
)
def test_what_happened_is_read_off_two_states(before: Json, after: Json, steps: list[Any]) -> None:
    assert told(state(**before), state(**after)) == steps


def test_a_steps_states_are_told_one_after_the_other() -> None:
    rows = [(one.before, one.after) for one in taken(state(**HIDDEN), state(**BEGUN))]
    assert rows == [(S.PLANNED, S.ARRIVED), (S.ARRIVED, S.ONGOING)]


@pytest.mark.parametrize(
    ("event_", "later", "behind"),
    [
        (HIDDEN, LISTED, True),
        (LISTED, HIDDEN, False),
        (HIDDEN, MISSED, True),
        (MISSED, HIDDEN, False),
        (MISSED, MISSED | {"end": LAST}, True),
        (MISSED | {"end": LAST}, MISSED, False),
        (BEGUN, BEGUN, False),
    ],
)
def test_a_state_is_behind_where_steps_lead_on_from_it(event_: Json, later: Json, behind: bool) -> None:
    assert is_behind(state(**event_), state(**later)) is behind


# -- at the doors ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", S)
def test_IN_19_a_door_takes_just_what_care_may_and_names_it_else(status: EventStatus) -> None:
    may = {step.name for step in STEPS if status in step.before and By.CARE in step.by}
    for step in {step.name for step in STEPS}:
        problem = LIFE.unlawful(step, status)
        assert (problem is None) == (step in may), step
        if problem is not None:
            assert (problem.rule, problem.path) == ("IN-19", "/status")
            assert all(f"{one} (" in text for one in may for text in (problem.sv, problem.en))
            assert not [one for one in ("list", "close-missed") if f"{one} (" in problem.en]


def test_a_door_leaves_out_what_is_derived_and_keeps_the_rest() -> None:
    held = accepted(event() | {"outcome": {"kind": "noFurtherPlanning", "plannedAs": "B-9"}}).model_dump(
        mode="json", by_alias=True, exclude_none=True
    )
    assert held["kva"]
    assert held["outcome"]["follows"]
    after = DOORS["discharge"].make(held, {"at": LAST})
    assert (after["status"], after["end"], after["outcome"]["plannedAs"]) == ("finished", LAST, "B-9")
    assert "follows" not in after["outcome"]
    assert "kva" not in after
    assert not [line for line in after["lines"] if "kva" in line]
    assert (after["start"], after["diagnoses"]) == (held["start"], held["diagnoses"])


TABLE = """
list                planned                     planned     system               - eventType eventTypeHistory
arrive              planned                     arrived     care                 start eventType - eventTypeHistory
begin               arrived                     ongoing     care                 -
check-out           arrived ongoing             checkedOut  care system          outcome -
discharge           arrived checkedOut ongoing  finished    care system          end -
miss                planned                     cancelled   care patient system  - eventType
close-missed        cancelled                   cancelled   system               - end
end-pre-registration  planned                     cancelled   care                 -
"""
"""Step, from, to, by whom, what it demands, what it fills in (SDV 3.1.2, 3.1.3; EV-2, EV-3, EV-6, EV-7, EV-17)."""


def test_the_life_of_a_care_event_is_this_table_and_annulling_from_anywhere() -> None:
    rows = [re.split(r" {2,}", line.strip()) for line in TABLE.strip().splitlines()]
    told = {step.name: step for step in STEPS}
    for name, before, after, by, fields in rows:
        step = told.pop(name)
        assert (" ".join(sorted(step.before)), step.after, " ".join(sorted(step.by))) == (before, after, by), name
        assert " ".join((*step.fields, "-", *step.follows)).replace("/", "") == fields, name
    annul = told.pop("annul")
    assert (annul.before, annul.after, annul.by) == (frozenset(S) - {S.ANNULLED}, S.ANNULLED, frozenset({By.CARE}))
    assert annul.fields == ("/noNotesOrTransactions",)
    assert not told


def test_IN_19_tells_in_swedish_too_that_no_step_is_left() -> None:
    annulled = changed(event(), "/status", "annulled")
    [problem] = [one for one in judging(event(), previous=annulled).problems if one.rule == "IN-19"]
    assert "gör en ny" in problem.sv
