"""The life of a booking: which step leads where."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from mappings.region.booking import BookingStatus
from mappings.region.steps import By
from mappings.rules.life import LIFE, NAMES, STEPS, taken, way
from mappings.rules.stepping import DOORS
from mappings.rules.steps import Step, Taken
from tests.rules.messages import GONE, booking, cancelled, changed, judging, lawful, parsed, refusals, waiting

S = BookingStatus


def names(before: BookingStatus, after: BookingStatus) -> list[str] | None:
    found = way(before, after)
    return None if found is None else [step.name for step in found]


def test_every_state_has_a_name_and_a_step_that_leads_there_or_on() -> None:
    assert set(NAMES) == set(S)
    assert {step.after for step in STEPS} | {S.WAITING} == set(S) | {None}


def test_nothing_follows_an_annulled_booking() -> None:
    assert LIFE.leading(S.ANNULLED) == ()


@pytest.mark.parametrize(
    ("before", "after", "steps"),
    [
        (S.WAITING, S.BOOKED, ["book"]),
        (S.WAITING, S.ARRIVED, ["book", "arrive"]),
        (S.BOOKED, S.COMPLETED, ["arrive", "check-out"]),
        (S.OPEN_SUMMONS, S.NO_SHOW, ["book", "no-show"]),
        (S.NO_SHOW, S.BOOKED, ["wait-again", "book"]),
        (S.CANCELLED, S.OPEN_SUMMONS, ["wait-again", "summon"]),
        (S.BOOKED, S.BOOKED, []),
        (S.COMPLETED, S.BOOKED, None),
        (S.COMPLETED, S.CANCELLED, None),
        (S.BOOKED, S.WAITING, None),
        (S.ANNULLED, S.BOOKED, None),
    ],
)
def test_a_whole_state_may_pass_over_steps_that_need_no_telling(
    before: BookingStatus, after: BookingStatus, steps: list[str] | None
) -> None:
    assert names(before, after) == steps


TABLE = """
summon        waiting                                   openSummons  care
withdraw      openSummons                               waiting      care system
hold          waiting                                   preliminary  care                 start
release       preliminary                               waiting      care
confirm       preliminary                               booked       care
book          waiting                                   booked       care                 start
book          openSummons                               booked       care patient         start
rebook        booked preliminary                        -            care patient         at reason start
man           arrived booked checkedIn                  -            care                 staff
arrive        booked checkedIn                          arrived      care                 at payment
check-in      booked                                    checkedIn    patient              at
undo-arrival  arrived checkedIn                         booked       care
check-out     arrived checkedIn                         completed    care system
no-show       booked                                    noShow       care system
cancel        booked openSummons preliminary waiting    cancelled    care patient system  at reason
wait-again    cancelled noShow                          waiting      care
"""
"""Which step leads where, by whom, and what it demands. COSMIC: Öppen kallelse, Preliminärbokning (BO-16), Ombokning
(RB-1, RB-3), Avbokning (CA-1), Bemanning av tidbok (BO-33), Självincheckning (BO-21), Planerade vårdåtgärder."""


def _demands(step: Step[BookingStatus]) -> list[str]:
    return [" ".join(sorted(step.demands))] if step.demands else []


def test_the_life_of_a_booking_is_this_table_and_annulling_from_anywhere() -> None:
    rows = [re.split(r" {2,}", line.strip()) for line in TABLE.strip().splitlines()]
    *others, annul = STEPS
    assert [
        [step.name, " ".join(sorted(step.before)), step.after or "-", " ".join(sorted(step.by)), *_demands(step)]
        for step in others
    ] == rows
    assert (annul.name, annul.before, annul.after, annul.by) == (
        "annul",
        frozenset(S) - {S.ANNULLED},
        S.ANNULLED,
        frozenset({By.CARE}),
    )


def test_only_steps_that_need_no_explaining_are_passed_over() -> None:
    assert {step.name for step in STEPS if step.passed} == {"summon", "book", "arrive", "check-in", "wait-again"}
    assert all(step.passed for step in STEPS if step.name in ("summon", "book", "arrive", "check-in", "wait-again"))


def test_each_state_is_told_in_swedish() -> None:
    assert {state.value: name for state, name in NAMES.items()} == {
        "waiting": "på väntelistan",
        "openSummons": "öppen kallelse",
        "preliminary": "preliminärbokad",
        "booked": "bokad",
        "arrived": "ankomstregistrerad",
        "checkedIn": "självincheckad",
        "completed": "genomförd",
        "cancelled": "avbokad",
        "noShow": "utebliven",
        "annulled": "annullerad",
    }


def test_what_no_step_says_is_told_as_a_change() -> None:
    done = parsed(changed(booking(), "/status", "completed"))
    assert taken(done, parsed(booking())) == (Taken("change", S.COMPLETED, S.BOOKED),)


def test_a_patient_takes_only_the_steps_of_the_e_service() -> None:
    assert {step.name for step in STEPS if By.PATIENT in step.by} == {"book", "rebook", "check-in", "cancel"}
    assert {step.name for step in LIFE.leading(S.PRELIMINARY, By.PATIENT)} == {"rebook", "cancel"}


@pytest.mark.parametrize(("before", "after"), [("completed", "booked"), ("annulled", "booked")])
def test_IN_19_a_step_that_is_not_in_the_table_is_refused(before: str, after: str) -> None:
    message = changed(booking(), "/status", after)
    assert refusals(message, previous=changed(booking(), "/status", before)) == [("IN-19", "/status")]


def test_IN_19_the_refusal_tells_the_steps_that_there_are_and_what_each_demands() -> None:
    [problem] = judging(booking(), previous=changed(booking(), "/status", "completed")).problems
    assert "annul (annulled)" in problem.en
    sv, en = LIFE.words(S.BOOKED)
    assert "cancel (avbokad, med at och reason)" in sv
    assert "rebook (booked, with at, reason and start)" in en


@pytest.mark.parametrize("step", DOORS)
def test_a_door_takes_what_its_step_demands(step: str) -> None:
    assert DOORS[step].demanded <= DOORS[step].members.keys()


def test_IN_19_steps_in_the_table_are_taken() -> None:
    assert lawful(booking(), previous=waiting())
    assert lawful(cancelled(), previous=booking())
    assert lawful(changed(booking(), "/status", "arrived"), previous=booking())


def test_IN_19_a_refused_step_is_told_with_those_that_there_are() -> None:
    [told] = judging(booking(), previous=changed(booking(), "/status", "completed")).problems
    assert "annul (annullerad)" in told.sv
    assert "annul (annulled)" in told.en
    [over] = judging(booking(), previous=changed(booking(), "/status", "annulled")).problems
    assert "gör en ny bokning" in over.sv
    assert "make a new booking" in over.en


@pytest.mark.parametrize(
    ("status", "step", "by"), [("arrived", "arrive", By.CARE), ("checkedIn", "check-in", By.PATIENT)]
)
def test_an_arrival_is_told_by_whom_and_when(status: str, step: str, by: By) -> None:
    come = changed(booking(), "/status", status) | {"arrival": {"at": "2026-11-24T12:50:00+01:00", "payment": False}}
    (one,) = taken(parsed(booking()), parsed(come))
    assert (one.step, one.by, one.at) == (step, by, datetime.fromisoformat("2026-11-24T12:50:00+01:00"))
    on_the_way = taken(parsed(booking()), parsed(come | {"status": "completed"}))
    assert [(one.step, one.by) for one in on_the_way] == [("arrive", By.CARE), ("check-out", None)]


def test_what_happened_is_read_off_two_states() -> None:
    assert taken(None, parsed(booking())) == (Taken("make", None, S.BOOKED),)
    (one,) = taken(parsed(booking()), parsed(cancelled()))
    assert (one.step, one.before, one.after, one.by) == ("cancel", S.BOOKED, S.CANCELLED, By.CARE)
    assert one.reason == "patienten-avbokar"
    assert one.at == datetime.fromisoformat("2026-11-20T08:00:00+01:00")
    assert one.lost == datetime.fromisoformat("2026-11-24T13:00:00+01:00")


def test_a_step_tells_the_time_that_it_took_away() -> None:
    """What was cancelled without a time lost none: it was given up then. A part that was moved moved no visit."""
    off = changed(cancelled(), "/lines/0/start", GONE)
    (one,) = taken(parsed(waiting()), parsed(off))
    assert one.lost == one.at == datetime.fromisoformat("2026-11-20T08:00:00+01:00")
    move = {"start": "2026-11-24T13:00:00+01:00", "reason": "enheten-ombokar", "at": "2026-11-12T10:00:00+01:00"}
    for line, lost in (({}, move["start"]), ({"line": "1"}, move["start"]), ({"line": "2"}, None)):
        (one,) = taken(parsed(booking()), parsed(changed(booking(), "/rebookings", [move | line])))
        assert one.lost == (datetime.fromisoformat(lost) if lost else None)


def test_staffing_and_other_changes_are_told_apart() -> None:
    other = parsed(changed(booking(), "/lines/0/staff", "SE2321000115-P0009"))
    assert [one.step for one in taken(parsed(booking()), other)] == ["man"]
    assert [one.step for one in taken(other, other)] == ["change"]


def test_a_rebooking_tells_when_by_whom_and_why() -> None:
    move = {"start": "2026-11-24T13:00:00+01:00", "reason": "enheten-ombokar", "at": "2026-11-12T10:00:00+01:00"}
    moved = changed(changed(booking(), "/lines/0/start", "2026-11-26T13:00:00+01:00"), "/rebookings", [move])
    (one,) = taken(parsed(booking()), parsed(moved))
    assert (one.step, one.before, one.after, one.by, one.reason) == (
        "rebook",
        S.BOOKED,
        S.BOOKED,
        By.CARE,
        "enheten-ombokar",
    )
