"""What becomes of a care event when its booking moves (EV-2, EV-3; SDV 3.1.1.2, 3.1.1.6)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from mappings.problem import Json
from mappings.rules.following import because, follows
from tests.rules.messages import accepted, booking, cancelled, changed, event, parsed, planned_event

LATER = "2026-12-01T13:00:00+01:00"


def planned(**more: Any) -> Any:
    return accepted(planned_event() | more)


def moved(message: Json, before: Json | None = None) -> Any:
    """The event of the booking, as it is to be judged."""
    return follows(planned(), parsed(before or booking()), parsed(message))


def arrived(status: str = "arrived") -> Json:
    return booking() | {"status": status, "arrival": {"at": "2026-11-24T12:55:00+01:00", "payment": True}}


@pytest.mark.parametrize("status", ["arrived", "checkedIn", "completed"])
def test_EV_2_an_arrival_at_the_booking_is_the_events_start(status: str) -> None:
    after = moved(arrived(status))
    assert (after.status, after.start) == ("arrived", datetime.fromisoformat("2026-11-24T12:55:00+01:00"))


def test_EV_2_what_is_derived_anew_is_left_out() -> None:
    sent = moved(arrived())
    assert planned().lines[0].staff_category
    assert {line.kva for line in sent.lines} == {None}
    assert (sent.kva, sent.event_type_history) == (None, ())


def test_EV_2_an_arrival_that_is_undone_starts_nothing() -> None:
    assert moved(arrived("booked")) is None


def test_EV_2_a_booking_that_is_moved_takes_the_events_time_along() -> None:
    assert moved(changed(booking(), "/lines/0/start", LATER)).booked_time == datetime.fromisoformat(LATER)


def test_EV_2_a_time_that_was_not_the_bookings_stays() -> None:
    own = planned(bookedTime="2026-11-24T13:10:00+01:00")
    after = parsed(changed(booking(), "/lines/0/start", LATER))
    assert follows(own, parsed(booking()), after) is None


@pytest.mark.parametrize("status", ["noShow", "cancelled"])
def test_EV_3_a_booking_that_ends_has_its_event_judged_anew(status: str) -> None:
    after = booking() | {"status": status}
    if status == "cancelled":
        after = cancelled()
    assert moved(after) is not None
    assert moved(after, before=after) is None, "it had ended before"


def test_nothing_follows_from_another_change() -> None:
    assert moved(changed(booking(), "/summons/freeText", "Kom fastande.")) is None


@pytest.mark.parametrize(
    "held",
    [
        event(),
        planned_event() | {"eventType": "preRegisteredAdmission"},
        planned_event() | {"status": "cancelled", "eventType": "hiddenOutpatient"},
    ],
)
def test_what_has_begun_or_ended_or_is_no_booked_visit_follows_nothing(held: Json) -> None:
    for after in (arrived(), booking() | {"status": "noShow"}, changed(booking(), "/lines/0/start", LATER)):
        assert follows(parsed(held), parsed(booking()), parsed(after)) is None


def test_a_receipt_names_the_rule_by_which_it_followed() -> None:
    missed = parsed(planned_event() | {"status": "cancelled", "eventType": "missed"})
    assert (because(missed), because(planned())) == ("EV-3", "EV-2")
