"""What the clock does with a care event, the nights when Swedish clocks change too (EV-2, EV-7, EV-17)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mappings.region.care_event import CareEvent
from mappings.region.steps import By
from mappings.rules.due import Due, brought_up_to, next_due, taken
from mappings.rules.life_of_event import STEPS
from tests.rules.messages import accepted, event, parsed, planned_event


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def hidden(booked: str) -> Any:
    return parsed(planned_event() | {"eventType": "hiddenOutpatient", "bookedTime": booked})


def begun(start: str, kind: str = "primaryCare", status: str = "ongoing", **more: Any) -> Any:
    message = event() | {"status": status, "eventType": kind, "start": start} | more
    return parsed({name: value for name, value in message.items() if name != "end"})


def due(one: CareEvent) -> tuple[str, str, str] | None:
    found = next_due(one)
    return (found.step, found.at.isoformat(), found.rule) if found else None


@pytest.mark.parametrize(
    ("booked", "listed"),
    [
        ("2026-11-24T13:00:00+01:00", "2026-11-23T13:00:00+01:00"),
        # clocks go forward at 02:00 on 2026-03-29, back at 03:00 on 2026-10-25: 24 hours have passed all the same
        ("2026-03-29T13:00:00+02:00", "2026-03-28T12:00:00+01:00"),
        ("2026-03-30T02:30:00+02:00", "2026-03-29T01:30:00+01:00"),
        ("2026-10-25T13:00:00+01:00", "2026-10-24T14:00:00+02:00"),
        ("2026-10-26T02:30:00+01:00", "2026-10-25T02:30:00+01:00"),
        ("2026-10-26T01:30:00+01:00", "2026-10-25T02:30:00+02:00"),
    ],
)
def test_EV_2_a_hidden_event_is_listed_24_hours_before(booked: str, listed: str) -> None:
    assert due(hidden(booked)) == ("list", listed, "EV-2")
    step = next_due(hidden(booked))
    assert step
    assert at(booked) - step.at == timedelta(hours=24)


def test_EV_2_taking_the_step_keeps_the_type_that_it_had() -> None:
    one = hidden("2026-11-24T13:00:00+01:00")
    step = next_due(one)
    assert step
    after = taken(one, step)
    assert after.event_type == "preRegisteredOutpatient"
    assert [(former.event_type, former.until) for former in after.event_type_history] == [("hiddenOutpatient", step.at)]
    assert next_due(after) is None


def test_EV_2_the_clock_and_a_message_make_the_same_of_it() -> None:
    message, now = planned_event(), at("2026-11-24T08:00:00+01:00")
    by_clock, _ = brought_up_to(accepted(message, now=now - timedelta(days=3)), now)
    assert by_clock.event_type == accepted(message, now=now).event_type


@pytest.mark.parametrize("kind", ["preRegisteredOutpatient", "preRegisteredAdmission", "preRegisteredDiagnostics"])
def test_EV_17_a_pre_registration_is_never_ended_by_itself(kind: str) -> None:
    one = parsed(planned_event() | {"eventType": kind})
    assert next_due(one) is None
    assert brought_up_to(one, at("2199-01-01T00:00:00+01:00")) == (one, ())
    [by_hand] = [step for step in STEPS if step.rule == "EV-17"]
    assert by_hand.by == {By.CARE}


@pytest.mark.parametrize(
    ("start", "ends"),
    [
        ("2026-11-24T13:05:00+01:00", "2026-11-24T23:59:00+01:00"),
        ("2026-11-24T23:59:00+01:00", "2026-11-24T23:59:00+01:00"),
        ("2026-11-24T23:59:01+01:00", "2026-11-25T23:59:00+01:00"),
        ("2026-11-24T23:30:00+00:00", "2026-11-25T23:59:00+01:00"),
        ("2026-03-28T23:59:30+01:00", "2026-03-29T23:59:00+02:00"),
        ("2026-03-29T01:59:00+01:00", "2026-03-29T23:59:00+02:00"),
        ("2026-10-25T02:30:00+02:00", "2026-10-25T23:59:00+01:00"),
        ("2026-10-25T02:30:00+01:00", "2026-10-25T23:59:00+01:00"),
    ],
)
def test_EV_7_an_automatic_discharge_is_at_23_59_on_swedish_clocks(start: str, ends: str) -> None:
    assert due(begun(start)) == ("discharge", ends, "EV-7")


@pytest.mark.parametrize(
    ("kind", "checked_out"),
    [("primaryCare", True), ("diagnostics", True), ("specialised", False), ("withoutVisit", False)],
)
def test_EV_7_an_automatic_check_out_comes_with_it(kind: str, checked_out: bool) -> None:
    one = begun("2026-11-24T13:05:00+01:00", kind)
    after, steps = brought_up_to(one, at("2026-11-25T07:00:00+01:00"))
    assert [step.step for step in steps] == ["discharge"]
    assert (after.status, after.end) == ("finished", at("2026-11-24T23:59:00+01:00"))
    assert (after.checked_out == after.end) is checked_out
    assert next_due(after) is None


@pytest.mark.parametrize(
    "kind", ["inpatient", "acute", "observation", "specialisedPlace", "clinicalOngoing", "newborn"]
)
def test_EV_7_what_is_discharged_by_hand_is_never_due(kind: str) -> None:
    assert next_due(begun("2026-11-24T13:05:00+01:00", kind)) is None


def test_EV_7_a_missed_contact_is_closed_the_same_day() -> None:
    one = parsed(planned_event() | {"eventType": "missed", "status": "cancelled"})
    assert due(one) == ("close-missed", "2026-11-24T23:59:00+01:00", "EV-7")
    after, _ = brought_up_to(one, at("2026-11-25T00:00:00+01:00"))
    assert (after.status, after.end) == ("cancelled", at("2026-11-24T23:59:00+01:00"))
    assert next_due(after) is None


def test_EV_7_a_check_out_on_a_later_day_is_not_before_its_discharge() -> None:
    one = begun("2026-11-24T13:05:00+01:00", "specialised", checkedOut="2026-11-25T09:00:00+01:00")
    assert due(one) == ("discharge", "2026-11-25T23:59:00+01:00", "EV-7")


def test_what_is_not_yet_due_stays_as_it_is() -> None:
    one = begun("2026-11-24T13:05:00+01:00")
    assert brought_up_to(one, at("2026-11-24T23:58:59+01:00")) == (one, ())


def test_every_step_of_the_clock_is_in_the_life_and_is_the_systems() -> None:
    steps = {step.name: step for step in STEPS}
    for one in (hidden("2026-11-24T13:00:00+01:00"), begun("2026-11-24T13:05:00+01:00")):
        found = next_due(one)
        assert isinstance(found, Due)
        assert By.SYSTEM in steps[found.step].by
        assert one.status in steps[found.step].before
        assert taken(one, found).status == steps[found.step].after
        assert found.at.utcoffset() is not None
        assert found.at.astimezone(UTC)


@pytest.mark.parametrize("status", ["arrived", "ongoing", "checkedOut"])
def test_EV_7_whoever_has_come_is_discharged(status: str) -> None:
    ends = ("discharge", "2026-11-24T23:59:00+01:00", "EV-7")
    assert due(begun("2026-11-24T13:05:00+01:00", status=status)) == ends


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("primaryCare", "planned"),
        ("primaryCare", "cancelled"),
        ("primaryCare", "annulled"),
        ("missed", "planned"),
        ("missed", "annulled"),
    ],
)
def test_EV_7_what_never_began_or_was_called_off_is_not(kind: str, status: str) -> None:
    booked = {"bookedTime": "2026-11-24T13:00:00+01:00"}
    assert next_due(begun("2026-11-24T13:05:00+01:00", kind, status, **booked)) is None


def test_a_step_is_taken_at_the_very_moment_when_it_is_due() -> None:
    one = begun("2026-11-24T13:05:00+01:00")
    assert brought_up_to(one, at("2026-11-24T23:59:00+01:00"))[0].status == "finished"
    assert brought_up_to(one, at("2026-11-24T23:58:59+01:00"))[1] == ()
