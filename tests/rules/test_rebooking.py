"""Moving a booked visit to another time (domain 2, RB)."""

from __future__ import annotations

from datetime import datetime

import pytest

from mappings.problem import Json
from mappings.region.catalogue_files import load
from tests.region.sample import replaced
from tests.rules.messages import (
    GONE,
    accepted,
    booking,
    cancelled,
    changed,
    derived,
    lawful,
    preliminary,
    refusals,
    team,
    waiting,
    warnings,
)

OLD, NEW, LATE = (f"2026-{day}T13:00:00+01:00" for day in ("11-24", "11-26", "12-29"))
"""The booked time, another, and one that is later than the watch interval allows (2026-12-28)."""
YOUTH_CLINIC = "SE2321000115-E000000000113"
"""A unit for children and young people with mental ill-health."""


def entry(**said: object) -> Json:
    return {"start": OLD, "reason": "enheten-ombokar", "at": "2026-11-12T10:00:00+01:00"} | said


def moved(*entries: Json, to: str = NEW) -> Json:
    return changed(booking(), "/lines/0/start", to) | {"rebookings": list(entries)}


def by_patient(**said: object) -> Json:
    return entry(reason="ombokad-via-e-tjanst", by="patient", **said)


# -- RB-1 ------------------------------------------------------------------------------------------------------------


def test_RB_1_another_time_needs_a_rebooking_with_its_reason() -> None:
    assert refusals(moved(), previous=booking()) == [("RB-1", "/rebookings")]
    assert lawful(moved(entry()), previous=booking())


@pytest.mark.parametrize(
    "reason",
    [
        "patienten-ombokar",
        "enheten-ombokar",
        "felaktig-registrering",
        "medicinska-skal",
        "extern-faktor",
        "foretradare-ombokar",
        "sen-ombokning",
    ],
)
def test_RB_1_care_rebooks_for_any_reason_but_the_e_services(reason: str) -> None:
    assert lawful(moved(entry(reason=reason)), previous=booking())


def test_RB_1_the_reason_of_the_e_service_is_set_when_the_patient_rebooks_and_only_then() -> None:
    assert lawful(moved(by_patient()), previous=booking())
    assert refusals(moved(entry(reason="ombokad-via-e-tjanst")), previous=booking()) == [
        ("RB-1", "/rebookings/0/reason")
    ]
    assert refusals(moved(entry(by="patient")), previous=booking()) == [("RB-1", "/rebookings/0/reason")]


def test_RB_1_the_old_time_is_kept() -> None:
    assert refusals(moved(entry(start=NEW)), previous=booking()) == [("RB-1", "/rebookings/0/start")]


def test_RB_1_two_moves_may_be_told_at_once() -> None:
    second = entry(start="2026-11-25T13:00:00+01:00", at="2026-11-13T10:00:00+01:00")
    assert lawful(moved(entry(), second), previous=booking())
    assert refusals(moved(second, entry(start=OLD)), previous=booking()) == [
        ("RB-1", "/rebookings/0/start"),
        ("RB-1", "/rebookings/1/at"),
    ]


@pytest.mark.parametrize("before", [preliminary(), changed(booking(), "/status", "arrived")], ids=lambda m: m["status"])
def test_RB_1_whatever_has_a_time_is_moved_so(before: Json) -> None:
    assert refusals(moved(), previous=before) == [("RB-1", "/rebookings")]
    assert lawful(moved(entry()), previous=before)


@pytest.mark.parametrize(
    "before", [waiting(), cancelled(), changed(booking(), "/status", "noShow")], ids=lambda m: m["status"]
)
def test_RB_1_what_had_no_time_any_more_is_booked_anew(before: Json) -> None:
    assert lawful(moved(), previous=before)


def test_RB_1_other_staff_at_the_same_time_may_be_a_rebooking_and_need_not() -> None:
    other = changed(booking(), "/lines/0/staff", "SE2321000115-P0009")
    assert lawful(other, previous=booking())
    assert lawful(other | {"rebookings": [entry()]}, previous=booking())


def test_RB_1_what_was_rebooked_stands() -> None:
    assert lawful(moved(entry()), previous=moved(entry()))
    assert refusals(moved(), previous=moved(entry())) == [("RB-1", "/rebookings")]
    for name, value in {"start": NEW, "at": "2026-11-12T11:00:00+01:00"}.items():
        assert refusals(moved(entry(**{name: value})), previous=moved(entry())) == [("RB-1", "/rebookings/0")]


def test_RB_1_care_may_mend_its_own_reason_and_not_the_e_services() -> None:
    assert lawful(moved(entry(reason="sen-ombokning")), previous=moved(entry()))
    assert refusals(moved(entry()), previous=moved(by_patient())) == [("RB-1", "/rebookings/0")]
    assert lawful(moved(by_patient()), previous=moved(by_patient()))


def test_RB_1_a_team_is_moved_as_one() -> None:
    together = changed(changed(team(), "/lines/0/start", NEW), "/lines/1/start", NEW)
    assert lawful(together | {"rebookings": [entry()]}, previous=team())
    assert refusals(together, previous=team()) == [("RB-1", "/rebookings")]


def test_RB_1_a_reason_that_nobody_is_named_for_is_cares() -> None:
    unsaid = load(replaced("COSMIC/rebook-reasons.csv", "Enheten ombokar;care", "Enheten ombokar;"))
    assert lawful(moved(entry()), previous=booking(), catalogue=unsaid)
    assert refusals(moved(entry(by="patient")), previous=booking(), catalogue=unsaid) == [
        ("RB-1", "/rebookings/0/reason")
    ]


def test_IN_19_who_has_come_is_not_moved() -> None:
    here = changed(moved(entry()), "/status", "arrived")
    assert refusals(here, previous=changed(booking(), "/status", "arrived")) == [("IN-19", "/rebookings")]
    assert lawful(here, previous=booking())


# -- BO-7 ------------------------------------------------------------------------------------------------------------


def test_BO_7_special_wait_is_for_units_for_young_people_with_mental_ill_health() -> None:
    special = moved(entry(reason="sarskild-orsakad-vantan"))
    assert refusals(special, previous=booking()) == [("BO-7", "/rebookings/0/reason")]
    there = changed(special, "/performingUnit", YOUTH_CLINIC)
    assert lawful(changed(there, "/summons/way", GONE), previous=booking())


# -- RB-2 ------------------------------------------------------------------------------------------------------------


def test_RB_2_a_new_visit_moved_beyond_the_guarantee_has_a_deviation_reason_first() -> None:
    late = moved(entry(), to=LATE)
    assert refusals(late, previous=booking()) == [("RB-2", "/basis/deviationReason")]
    assert refusals(late) == [("RB-2", "/basis/deviationReason")]
    assert lawful(changed(late, "/basis/deviationReason", "verksamhetsorsakad-vantan"), previous=booking())
    assert lawful(moved(entry(), to="2026-12-28T13:00:00+01:00"), previous=booking())


def test_RB_2_not_where_the_patient_rebooks_over_the_e_service() -> None:
    assert lawful(moved(by_patient(), to=LATE), previous=booking())


def test_RB_2_the_guarantee_is_that_of_new_visits() -> None:
    back = changed(moved(entry(), to=LATE), "/visitType", "aterbesok")
    assert warnings(back, previous=booking()) == [("BO-6", "/basis/deviationReason")]


# -- RB-3 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "invoiced"), [("sen-ombokning", True), ("patienten-ombokar", False), ("enheten-ombokar", False)]
)
def test_RB_3_a_late_rebooking_is_invoiced_and_the_patients_own_reason_is_not(reason: str, invoiced: bool) -> None:
    (one,) = accepted(moved(entry(reason=reason)), previous=booking()).rebookings
    assert one.to_be_invoiced is invoiced
    assert derived(moved(entry(reason=reason)), previous=booking()) == [("RB-3", "/rebookings/0/toBeInvoiced")]


@pytest.mark.parametrize(
    ("reason", "invoiced"), [("sen-avbokning", True), ("patienten-avbokar", False), ("foretradare-avbokar", False)]
)
def test_RB_3_so_is_a_late_cancelling(reason: str, invoiced: bool) -> None:
    message = changed(cancelled(), "/cancellation/reason", reason)
    assert accepted(message).cancellation.to_be_invoiced is invoiced
    assert derived(message) == [("RB-3", "/cancellation/toBeInvoiced")]


def test_RB_3_the_time_when_the_patient_rebooked_or_cancelled_is_kept() -> None:
    (one,) = accepted(moved(by_patient()), previous=booking()).rebookings
    assert one.at == datetime.fromisoformat("2026-11-12T10:00:00+01:00")
    assert accepted(cancelled()).cancellation.at == datetime.fromisoformat("2026-11-20T08:00:00+01:00")


def test_RB_3_each_move_follows_its_own_reason() -> None:
    second = entry(start=NEW, at="2026-11-13T10:00:00+01:00", reason="sen-ombokning")
    twice = accepted(moved(entry(), second), previous=booking())
    assert [one.to_be_invoiced for one in twice.rebookings] == [False, True]


def test_IN_18_what_follows_from_the_reason_may_be_said_but_not_otherwise() -> None:
    assert lawful(moved(entry(toBeInvoiced=False)), previous=booking())
    assert derived(moved(entry(toBeInvoiced=False)), previous=booking()) == []
    assert refusals(moved(entry(toBeInvoiced=True)), previous=booking()) == [("IN-18", "/rebookings/0/toBeInvoiced")]
    late = changed(cancelled(), "/cancellation/reason", "sen-avbokning")
    assert refusals(changed(late, "/cancellation/toBeInvoiced", False)) == [("IN-18", "/cancellation/toBeInvoiced")]


def test_RB_3_nothing_follows_from_a_reason_that_nobody_knows() -> None:
    unknown = changed(cancelled(), "/cancellation/reason", "fel")
    assert refusals(unknown) == [("IN-13", "/cancellation/reason")]
    assert refusals(changed(unknown, "/cancellation/toBeInvoiced", True)) == [("IN-13", "/cancellation/reason")]
