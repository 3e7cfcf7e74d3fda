"""A patient who is set to deceased (DE-1, SDV 4.8): coming bookings are cancelled, for a reason of the system's own."""

from __future__ import annotations

import pytest

from mappings.problem import Json
from mappings.rules.deceased import was_cancelled_by_death
from tests.rules.messages import (
    accepted,
    booking,
    cancelled,
    changed,
    derived,
    lawful,
    parsed,
    preliminary,
    refusals,
    waiting,
)

DEAD: Json = {"on": "2026-11-19"}
BY_DEATH: Json = {"systemReason": "deceased", "at": "2026-11-20T09:00:00+01:00", "by": "system"}


def of_the_dead(message: Json) -> Json:
    return changed(message, "/patient/deceased", DEAD)


PLANNED = [booking(), waiting(), changed(waiting(), "/status", "openSummons")]
"""Preliminary bookings beside these: they are held for nobody else either."""


@pytest.mark.parametrize("message", PLANNED, ids=lambda message: str(message["status"]))
def test_DE_1_a_coming_booking_of_the_deceased_is_cancelled_by_the_system(message: Json) -> None:
    told = derived(of_the_dead(message))
    assert told[-2:] == [("DE-1", "/status"), ("DE-1", "/cancellation")]
    kept = accepted(of_the_dead(message))
    assert kept.status.value == "cancelled"
    assert (kept.cancellation.system_reason.value, kept.cancellation.by.value) == ("deceased", "system")
    assert kept.cancellation.reason is None


def test_DE_1_so_it_is_where_another_source_knows_of_the_death() -> None:
    assert accepted(booking(), deceased=True).status.value == "cancelled"
    assert accepted(booking()).status.value == "booked"


def test_DE_1_a_time_that_is_held_is_given_back_too() -> None:
    assert accepted(of_the_dead(preliminary()), previous=waiting()).status.value == "cancelled"


def test_DE_1_what_was_cancelled_by_a_death_is_known_from_what_others_cancelled() -> None:
    assert was_cancelled_by_death(accepted(of_the_dead(booking())))
    assert not was_cancelled_by_death(parsed(cancelled()))
    assert not was_cancelled_by_death(parsed(booking()))


def test_DE_1_what_begins_now_is_not_to_come() -> None:
    now = changed(booking(), "/lines/0/start", "2026-11-20T09:00:00+01:00")
    assert accepted(of_the_dead(now)).status.value == "booked"


def test_DE_1_what_has_been_is_left_as_it_is() -> None:
    past = changed(booking(), "/lines/0/start", "2026-11-20T08:59:00+01:00")
    assert accepted(of_the_dead(past)).status.value == "booked"
    done = of_the_dead(
        changed(changed(booking(), "/status", "completed"), "/lines/0/start", "2026-11-19T08:00:00+01:00")
    )
    assert accepted(done).status.value == "completed"


def cancelled_with(**cancellation: object) -> Json:
    return changed(changed(booking(), "/status", "cancelled"), "/cancellation", cancellation)


def test_CA_1_the_systems_reason_is_the_systems() -> None:
    assert lawful(cancelled_with(**BY_DEATH))
    assert refusals(cancelled_with(**BY_DEATH | {"by": "care"})) == [("CA-1", "/cancellation/by")]
    no_reason = cancelled_with(at=BY_DEATH["at"], by="system", reason="enheten-avbokar")
    assert refusals(no_reason) == [("CA-1", "/cancellation/reason")]


def test_CA_1_a_cancellation_has_one_reason() -> None:
    assert refusals(cancelled_with(at=BY_DEATH["at"])) == [("CA-1", "/cancellation/reason")]
    assert refusals(cancelled_with(**BY_DEATH, reason="enheten-avbokar")) == [("CA-1", "/cancellation/reason")]
