"""Waiting time and the care guarantee (domain 2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from mappings.problem import Json
from mappings.rules.waiting import Clock, WaitingTime, Why, lost_times, waiting_time
from tests.region.sample import sample
from tests.rules.messages import (
    COSMIC,
    GONE,
    NOW,
    booking,
    cancelled,
    changed,
    judging,
    lawful,
    parsed,
    preliminary,
    refusals,
    waiting,
    warnings,
)

LATE = "2026-12-29T13:00:00+01:00"
"""Later than the watch interval allows (2026-12-28)."""
YOUTH_CLINIC = "SE2321000115-E000000000113"
"""A unit for children and young people with mental ill-health."""


def late(**said: object) -> Json:
    message = changed(booking(), "/lines/0/start", LATE)
    for name, value in said.items():
        message = changed(message, f"/basis/{name}", value)
    return message


# -- BO-6 ------------------------------------------------------------------------------------------------------------


def test_BO_6_a_time_later_than_the_watch_interval_allows_wants_a_deviation_reason() -> None:
    assert warnings(late()) == [("BO-6", "/basis/deviationReason")]
    assert lawful(changed(booking(), "/lines/0/start", "2026-12-28T23:30:00+01:00"))
    assert lawful(late(deviationReason="verksamhetsorsakad-vantan"))


def test_BO_6_the_interval_runs_from_the_decision_and_else_to_the_target_date() -> None:
    assert lawful(late(watchInterval="P85D"))
    undated = late(registered=GONE, targetDate="2026-12-28")
    assert warnings(undated) == [("BO-6", "/basis/deviationReason")]
    assert lawful(changed(undated, "/basis/targetDate", "2026-12-29"))


def test_BO_6_without_an_interval_nothing_is_late() -> None:
    assert lawful(late(watchInterval=GONE, targetDate="2026-12-01"))


@pytest.mark.parametrize("status", ["waiting", "annulled"])
def test_BO_6_what_has_no_time_to_come_is_not_late(status: str) -> None:
    assert lawful(changed(late(), "/status", status))


def test_BO_6_the_patients_own_rebooking_is_always_her_choice() -> None:
    move = {"start": "2026-11-24T13:00:00+01:00", "at": "2026-11-12T10:00:00+01:00"}
    hers = move | {"reason": "ombokad-via-e-tjanst", "by": "patient"}
    assert lawful(late() | {"rebookings": [hers]})
    cares = move | {"reason": "enheten-ombokar", "at": "2026-11-13T10:00:00+01:00"}
    again = late() | {"rebookings": [hers, cares], "visitType": "aterbesok"}
    assert warnings(again) == [("BO-6", "/basis/deviationReason")]


# -- BO-7, BO-34 -----------------------------------------------------------------------------------------------------


def test_BO_7_special_wait_is_for_units_for_young_people_with_mental_ill_health() -> None:
    special = late(deviationReason="sarskild-orsakad-vantan")
    assert refusals(special) == [("BO-7", "/basis/deviationReason")]
    assert lawful(changed(changed(special, "/performingUnit", YOUTH_CLINIC), "/summons/way", GONE))


@pytest.mark.parametrize("reason", ["medicinsk-orsakad-vantan", "patientvald-vantan", "verksamhetsorsakad-vantan"])
def test_BO_7_the_other_reasons_are_for_all(reason: str) -> None:
    assert lawful(late(deviationReason=reason, offered="2026-12-01", decidedBy="SE2321000115-P0001"))


def test_BO_34_patients_choice_presupposes_an_offer_within_the_guarantee() -> None:
    chosen = late(deviationReason="patientvald-vantan")
    assert warnings(chosen) == [("BO-34", "/basis/offered")]
    assert lawful(changed(chosen, "/basis/offered", "2026-12-28"))
    assert warnings(changed(chosen, "/basis/offered", "2026-12-29")) == [("BO-34", "/basis/offered")]


def test_BO_34_a_medical_wait_is_somebodys_decision() -> None:
    medical = late(deviationReason="medicinsk-orsakad-vantan")
    assert warnings(medical) == [("BO-34", "/basis/decidedBy")]
    assert lawful(changed(medical, "/basis/decidedBy", "SE2321000115-P0001"))


def test_OR_1_who_decided_is_known_by_hsa_id() -> None:
    medical = late(deviationReason="medicinsk-orsakad-vantan", decidedBy="doktorn")
    assert refusals(medical) == [("OR-1", "/basis/decidedBy")]


# -- BO-20 -----------------------------------------------------------------------------------------------------------

CREATED = "2026-10-05T08:00:00+02:00"
FIRST, SECOND, THIRD = "2026-11-24T13:00:00+01:00", "2026-12-04T13:00:00+01:00", "2026-12-24T13:00:00+01:00"
"""50, 60 and 80 days after the basis was made."""
AFTER = datetime.fromisoformat("2026-12-01T09:00:00+01:00")


def created(message: Json) -> Json:
    return changed(message, "/basis/created", CREATED)


def waited(message: Json, *earlier: Json, now: datetime = NOW) -> WaitingTime:
    lost = [lost for one in earlier for lost in lost_times(parsed(one))]
    got = waiting_time(parsed(message), sample().sources[COSMIC], now, lost)
    assert got is not None
    return got


def move(start: str, at: str, by: str = "care") -> Json:
    reason = "ombokad-via-e-tjanst" if by == "patient" else "enheten-ombokar"
    return {"start": start, "at": at, "by": by, "reason": reason}


def to(start: str, *moves: Json) -> Json:
    return changed(created(booking()), "/lines/0/start", start) | {"rebookings": list(moves)}


def told(found: WaitingTime) -> list[tuple[Why, int]]:
    return [(leg.why, leg.days) for leg in found.legs]


def test_BO_20_it_runs_from_the_creation_of_the_basis_to_the_booked_time() -> None:
    found = waited(to(FIRST))
    assert (found.days, found.running) == (50, False)
    assert told(found) == [(Why.FIRST, 50)]
    assert (found.legs[0].start.isoformat(), found.legs[0].end.isoformat()) == (CREATED, FIRST)


def test_BO_20_while_no_time_is_booked_it_runs_until_now() -> None:
    found = waited(created(waiting()))
    assert (found.days, found.running) == (46, True)
    assert told(found) == [(Why.WAITING, 46)]


def test_BO_20_a_time_that_is_only_held_stops_no_clock() -> None:
    found = waited(created(preliminary()))
    assert (found.days, found.running) == (46, True)


@pytest.mark.parametrize("status", ["arrived", "completed", "noShow"])
def test_BO_20_what_followed_the_booked_time_is_no_wait(status: str) -> None:
    assert waited(changed(to(FIRST), "/status", status)).days == 50


def test_BO_20_rebooking_by_the_patient_over_the_e_service_does_not_count() -> None:
    found = waited(to(SECOND, move(FIRST, "2026-11-12T10:00:00+01:00", "patient")))
    assert found.days == 50
    assert told(found) == [(Why.FIRST, 50), (Why.MOVED_BY_PATIENT, 10)]


def test_BO_20_rebooking_by_care_counts() -> None:
    found = waited(to(SECOND, move(FIRST, "2026-11-12T10:00:00+01:00")))
    assert found.days == 60
    assert told(found) == [(Why.FIRST, 50), (Why.MOVED_BY_CARE, 10)]


def test_BO_20_each_move_is_who_moved_its() -> None:
    hers = move(FIRST, "2026-11-12T10:00:00+01:00", "patient")
    found = waited(to(THIRD, hers, move(SECOND, "2026-11-13T10:00:00+01:00")))
    assert told(found) == [(Why.FIRST, 50), (Why.MOVED_BY_PATIENT, 10), (Why.MOVED_BY_CARE, 20)]
    assert found.days == 70


def test_BO_20_an_earlier_time_shortens_the_wait_whoever_moved_it() -> None:
    for by in ("patient", "care"):
        found = waited(to(FIRST, move(SECOND, "2026-11-12T10:00:00+01:00", by)))
        assert told(found) == [(Why.FIRST, 50)]


def test_BO_20_a_time_before_the_basis_was_made_is_no_wait() -> None:
    assert told(waited(to("2026-10-01T13:00:00+02:00"))) == []


def test_BO_20_cancelling_by_the_patient_over_the_e_service_does_not_count() -> None:
    off = created(cancelled())
    off["cancellation"] |= {"reason": "avbokas-via-e-tjanst", "by": "patient", "backToWaitingList": True}
    again = to(SECOND)
    assert told(waited(again, off)) == [(Why.FIRST, 50), (Why.MOVED_BY_PATIENT, 10)]
    off["cancellation"] |= {"reason": "enheten-avbokar", "by": "care"}
    assert told(waited(again, off)) == [(Why.FIRST, 50), (Why.MOVED_BY_CARE, 10)]


def test_BO_20_back_on_the_list_it_runs_on() -> None:
    off = created(cancelled())
    off["cancellation"] |= {"reason": "avbokas-via-e-tjanst", "by": "patient", "backToWaitingList": True}
    found = waited(off, now=datetime.fromisoformat("2026-12-01T09:00:00+01:00"))
    assert (found.days, found.running) == (50, True)
    assert told(found) == [(Why.FIRST, 50), (Why.MOVED_BY_PATIENT, 7)]
    assert waited(off).days == 46


def test_BO_20_cancelled_for_good_it_ends() -> None:
    found = waited(created(cancelled()))
    assert (found.days, found.running) == (46, False)


def test_BO_20_what_was_cancelled_on_the_waiting_list_ends_then() -> None:
    off = changed(created(cancelled()), "/lines/0/start", GONE)
    assert (waited(off).days, waited(off).running) == (46, False)


@pytest.mark.parametrize(("visit", "counted"), [("nybesok", True), ("aterbesok", False)])
def test_BO_20_the_guarantee_is_that_of_new_visits(visit: str, counted: bool) -> None:
    assert waited(changed(to(FIRST), "/visitType", visit)).guarantee is counted


def test_BO_20_days_are_those_of_the_calendar_whatever_the_clocks_do() -> None:
    """Summer time ended on 25 October: midnight to midnight is still one day."""
    message = changed(to("2026-10-26T00:00:00+01:00"), "/basis/created", "2026-10-25T00:00:00+02:00")
    assert waited(message).days == 1


def test_BO_20_nothing_is_guessed_of_when_the_basis_was_made() -> None:
    source = sample().sources[COSMIC]
    assert waiting_time(parsed(booking()), source, NOW) is None
    assert waiting_time(parsed(changed(to(FIRST), "/status", "annulled")), source, NOW) is None


@pytest.mark.parametrize(
    ("found", "clock"),
    [
        (lambda: waited(created(waiting())), Clock.RUNS),
        (lambda: waited(created(preliminary())), Clock.RUNS_WHILE_HELD),
        (lambda: waited(to(FIRST)), Clock.BOOKED),
        (lambda: waited(created(cancelled())), Clock.CANCELLED),
        (lambda: waited(created(waiting()), hers_cancelled(), now=AFTER), Clock.PATIENTS_CHOICE),
        (lambda: waited(created(waiting()), hers_cancelled()), Clock.RUNS),
    ],
    ids=["waiting", "held", "booked", "cancelled", "her choice", "her choice, before the time that she lost"],
)
def test_BO_20_it_is_told_what_stops_the_clock(found: Callable[[], WaitingTime], clock: Clock) -> None:
    assert found().clock is clock
    assert found().running is clock.running


def hers_cancelled() -> Json:
    """The first time, which the patient cancelled over the e-service, before it came."""
    off = created(cancelled())
    off["cancellation"] |= {"reason": "avbokas-via-e-tjanst", "by": "patient", "backToWaitingList": True}
    return off


def test_BO_20_a_source_that_the_catalogue_no_longer_has_still_has_its_wait() -> None:
    found = waiting_time(parsed(to(FIRST)), None, NOW)
    assert found is not None
    assert (found.days, found.guarantee) == (50, False)


def test_BO_20_every_row_of_the_explanation_says_why_in_both_languages() -> None:
    assert {why.counts for why in Why} == {True, False}
    assert [why for why in Why if not why.counts] == [Why.MOVED_BY_PATIENT]
    for why in (*Why, *Clock):
        assert why.sv.endswith(".")
        assert why.en.endswith(".")
        assert why.sv != why.en


def test_BO_20_who_has_checked_in_waits_no_more_and_is_late_if_she_was() -> None:
    assert waited(changed(to(FIRST), "/status", "checkedIn")).days == 50
    assert ("BO-6", "/basis/deviationReason") in [
        (one.rule, one.path) for one in judging(changed(late(), "/status", "checkedIn")).problems
    ]


def test_BO_20_a_move_to_the_same_time_adds_no_row() -> None:
    found = waited(to(FIRST, move(FIRST, "2026-11-12T10:00:00+01:00")))
    assert told(found) == [(Why.FIRST, 50)]
    there_and_back = waited(
        to(FIRST, move(FIRST, "2026-11-12T10:00:00+01:00"), move(SECOND, "2026-11-13T10:00:00+01:00"))
    )
    assert told(there_and_back) == [(Why.FIRST, 50)]


def test_BO_20_two_times_may_be_lost_at_the_same_moment() -> None:
    at = "2026-11-20T08:00:00+01:00"
    both = cancelled() | {"rebookings": [move(SECOND, at)]}
    assert [(one.cancelled, one.start.isoformat()) for one in lost_times(parsed(both))] == [
        (False, SECOND),
        (True, FIRST),
    ]


def test_BO_6_a_time_that_is_held_may_be_late_too() -> None:
    held = judging(changed(late(), "/status", "preliminary"), previous=waiting())
    assert ("BO-6", "/basis/deviationReason") in [(one.rule, one.path) for one in held.problems]


@pytest.mark.parametrize(("last", "refused"), [("care", True), ("patient", False)])
def test_RB_2_of_several_moves_told_at_once_the_last_decides(last: str, refused: bool) -> None:
    other = {"care": "patient", "patient": "care"}[last]
    moves = [move(FIRST, "2026-11-12T10:00:00+01:00", other), move(SECOND, "2026-11-13T10:00:00+01:00", last)]
    told = judging(late() | {"rebookings": moves}, previous=booking()).problems
    assert ("RB-2" in [one.rule for one in told]) is refused
