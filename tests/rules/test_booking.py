"""What is booked, from its care service to its time (domain 2)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from mappings.problem import Json
from mappings.region.field import Audience
from mappings.resources.outline import outline
from mappings.rules.visibility import seen
from tests.region.sample import sample
from tests.rules.messages import (
    CLINIC,
    GONE,
    NOW,
    accepted,
    booking,
    cancelled,
    changed,
    derived,
    event,
    judging,
    lawful,
    parsed,
    planned_event,
    preliminary,
    refusals,
    team,
    waiting,
    warnings,
)

SURGERY = "SE2321000115-E000000000110"
"""A unit without a web time book."""


def stated(status: str) -> Json:
    return changed(booking(), "/status", status)


# -- BO-3 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "place",
    [
        "/contactType",
        "/visitType",
        "/performingUnit",
        "/responsibleUnit",
        "/basis/targetDate",
        "/basis/customer",
        "/basis/agreement",
        "/lines/0/profession",
        "/lines/0/duration",
    ],
)
def test_BO_3_a_mandatory_field_may_come_from_a_derivation(place: str) -> None:
    message = changed(booking(), "/patient/regionOfRegistration", "13")
    assert lawful(changed(message, place, GONE))
    assert [path for _, path in derived(changed(message, place, GONE))] == [place]


def test_BO_3_a_care_service_cannot_be_derived() -> None:
    assert refusals(changed(booking(), "/lines/0/careService", GONE)) == [("BO-3", "/lines/0/careService")]


def test_BO_3_the_customer_cannot_be_derived_from_nothing() -> None:
    assert refusals(changed(booking(), "/basis/customer", GONE)) == [("BO-3", "/basis/customer")]


def test_BO_3_without_a_care_service_nothing_follows_from_it_and_all_of_it_is_told_at_once() -> None:
    bare = booking()
    for place in ("contactType", "visitType", "lines/0/careService", "lines/0/profession", "lines/0/staff"):
        bare = changed(bare, f"/{place}", GONE)
    assert refusals(changed(bare, "/lines/0/duration", GONE)) == [
        ("BO-3", "/contactType"),
        ("BO-3", "/visitType"),
        ("BO-3", "/lines/0/careService"),
        ("BO-3", "/lines/0/profession"),
        ("BO-3", "/lines/0/duration"),
    ]


def test_BO_3_staff_will_do_where_no_profession_is_said() -> None:
    unprofessional = changed(changed(booking(), "/lines/0/careService", GONE), "/lines/0/profession", GONE)
    assert refusals(unprofessional) == [("BO-3", "/lines/0/careService")]


@pytest.mark.parametrize("status", ["booked", "arrived", "completed", "noShow"])
def test_BO_3_a_booked_visit_has_a_time(status: str) -> None:
    assert refusals(changed(stated(status), "/lines/0/start", GONE)) == [("BO-3", "/lines/0/start")]


@pytest.mark.parametrize("message", [waiting(), cancelled(), stated("annulled")], ids=lambda m: str(m["status"]))
def test_BO_3_what_waits_or_was_called_off_needs_no_time(message: Json) -> None:
    untimed = changed(message, "/lines/0/start", "2026-11-24T13:00:00+01:00")
    assert lawful(changed(untimed, "/lines/0/start", GONE))


# -- BO-8 ------------------------------------------------------------------------------------------------------------

FIXED = changed(changed(booking(), "/lines/0/careService", "aterbesok-lakare"), "/visitType", "aterbesok")
"""A care service that may not be changed: a return visit of twenty minutes."""


@pytest.mark.parametrize(
    ("place", "value"),
    [("/contactType", "telefonkontakt"), ("/visitType", "nybesok"), ("/lines/0/duration", "PT30M")],
)
def test_BO_8_what_the_care_service_says_cannot_be_changed_where_it_is_not_configured_for_it(
    place: str, value: str
) -> None:
    fitting = changed(FIXED, "/lines/0/duration", "PT20M")
    assert lawful(fitting)
    assert refusals(changed(fitting, place, value)) == [("BO-8", place)]


@pytest.mark.parametrize(("place", "value"), [("/contactType", "telefonkontakt"), ("/lines/0/duration", "PT45M")])
def test_BO_8_an_allowed_change_of_contact_type_or_duration_is_warned_about(place: str, value: str) -> None:
    assert warnings(changed(booking(), place, value)) == [("BO-8", place)]


def test_BO_8_an_allowed_change_of_visit_type_changes_nothing_on_1177() -> None:
    assert lawful(changed(booking(), "/visitType", "aterbesok"))


def test_BO_8_every_line_keeps_the_duration_of_its_own_care_service() -> None:
    shorter = team()
    for line in shorter["lines"]:
        line["duration"] = "PT45M"
    assert [(one.rule, one.path, one.refuses) for one in judging(shorter).problems] == [
        ("BO-8", "/lines/0/duration", True),
        ("BO-8", "/lines/1/duration", False),
    ]


# -- BO-9 ------------------------------------------------------------------------------------------------------------


def moved(message: Json, service: str = "dietistbesok") -> Json:
    """The same visit on another care service, and otherwise as that one wants it."""
    message = changed(message, "/lines/0/careService", service)
    for place in ("/contactType", "/visitType", "/lines/0/duration", "/lines/0/profession"):
        message = changed(message, place, GONE)
    return message


@pytest.mark.parametrize("before", ["booked", "arrived", "completed", "noShow"])
def test_BO_9_the_care_service_of_a_booked_visit_cannot_be_changed(before: str) -> None:
    assert lawful(moved(booking()))
    assert refusals(moved(stated(before)), previous=stated(before)) == [("BO-9", "/lines/0/careService")]


def test_BO_9_a_preliminary_booking_has_its_care_service_too() -> None:
    assert refusals(moved(preliminary()), previous=preliminary()) == [("BO-9", "/lines/0/careService")]


def test_BO_9_it_cannot_be_changed_by_cancelling_either() -> None:
    assert refusals(moved(cancelled()), previous=booking()) == [("BO-9", "/lines/0/careService")]


def test_BO_9_it_can_be_changed_while_the_visit_waits() -> None:
    assert lawful(moved(waiting()), previous=waiting())
    assert lawful(moved(booking()), previous=waiting())


def test_BO_9_a_booked_visit_may_change_all_else() -> None:
    moved_on = changed(booking(), "/lines/0/start", "2026-11-25T13:00:00+01:00")
    told = {"start": "2026-11-24T13:00:00+01:00", "reason": "enheten-ombokar", "at": "2026-11-20T08:00:00+01:00"}
    assert lawful(changed(moved_on, "/rebookings", [told]), previous=booking())
    assert lawful(changed(booking(), "/lines/0/staff", "SE2321000115-P0009"), previous=booking())


def test_BO_9_the_owners_line_under_another_number_is_still_the_visit() -> None:
    renumbered = changed(booking(), "/lines/0/number", "2")
    assert lawful(renumbered, previous=booking())
    assert refusals(moved(renumbered), previous=booking()) == [("BO-9", "/lines/0/careService")]


def test_BO_9_a_team_may_gain_and_lose_members() -> None:
    assert lawful(changed(team(), "/lines/1/number", "3"), previous=team())
    another = changed(changed(team(), "/lines/1/careService", "medverkande-kurator"), "/lines/1/profession", "kurator")
    assert refusals(another, previous=team()) == [("BO-9", "/lines/1/careService")]
    assert lawful(changed(another, "/lines/1/number", "3"), previous=team())


# -- BO-10 -----------------------------------------------------------------------------------------------------------


def test_BO_10_acute_is_said_with_yes_or_no() -> None:
    assert refusals(changed(booking(), "/acute", GONE)) == [("BO-10", "/acute")]
    assert lawful(changed(booking(), "/acute", True))


@pytest.mark.parametrize("said", [GONE, False])
def test_BO_10_a_new_visit_is_attested_to_have_no_medical_connection(said: object) -> None:
    assert refusals(changed(booking(), "/noMedicalConnection", said)) == [("BO-10", "/noMedicalConnection")]


@pytest.mark.parametrize("visit", ["aterbesok", "administrativ-atgard"])
def test_BO_10_only_a_new_visit_is_attested(visit: str) -> None:
    assert lawful(changed(changed(booking(), "/visitType", visit), "/noMedicalConnection", GONE))


def test_BO_10_a_visit_that_is_new_by_derivation_is_attested_too() -> None:
    message = changed(changed(booking(), "/visitType", GONE), "/noMedicalConnection", GONE)
    assert refusals(message) == [("BO-10", "/noMedicalConnection")]


# -- BO-16 -----------------------------------------------------------------------------------------------------------


def test_BO_16_a_preliminary_booking_comes_from_the_waiting_list() -> None:
    assert lawful(preliminary(), previous=waiting())
    assert lawful(preliminary(), previous=preliminary())


@pytest.mark.parametrize("previous", [None, booking(), cancelled()], ids=["new", "booked", "cancelled"])
def test_BO_16_a_preliminary_booking_from_anywhere_else_is_refused(previous: Json | None) -> None:
    assert refusals(preliminary(), previous=previous) == [("BO-16", "/status")]


@pytest.mark.parametrize("status", ["arrived", "completed"])
def test_BO_16_a_preliminary_booking_is_confirmed_before_arrival(status: str) -> None:
    assert refusals(stated(status), previous=preliminary()) == [("BO-16", "/status")]
    assert lawful(stated(status), previous=booking())


def test_BO_16_a_preliminary_booking_is_confirmed_before_check_in() -> None:
    told = refusals(stated("checkedIn"), previous=preliminary())
    assert ("BO-16", "/status") in told
    assert "IN-19" not in [rule for rule, _ in told]


@pytest.mark.parametrize("status", ["booked", "annulled"])
def test_BO_16_a_preliminary_booking_can_be_confirmed_or_taken_back(status: str) -> None:
    assert lawful(stated(status), previous=preliminary())


def test_BO_16_nobody_arrives_to_a_preliminary_booking() -> None:
    assert refusals(event(), visit=preliminary()) == [("BO-16", "/booking")]
    assert lawful(event(), visit=booking())


def test_BO_16_what_arrives_to_no_preliminary_booking_is_not_stopped_by_one() -> None:
    """An event that is planned or called off, and one that began before the booking was made anew."""
    assert lawful(planned_event(), visit=preliminary())
    off = changed(planned_event(), "/status", "cancelled") | {"eventType": "missed"}
    assert lawful(off, visit=preliminary())
    assert lawful(event(), previous=event(), visit=preliminary())


# -- BO-25, BO-29 ----------------------------------------------------------------------------------------------------


def test_BO_25_a_single_visit_is_of_one_action() -> None:
    line = booking()["lines"][0]
    second = line | {"number": "2", "owner": False}
    assert refusals(changed(booking(), "/lines", [line, second])) == [("BO-25", "/lines")]


def test_BO_29_the_care_service_fills_in_what_is_not_given() -> None:
    bare = booking()
    for place in ("/contactType", "/visitType", "/lines/0/profession", "/lines/0/duration"):
        bare = changed(bare, place, GONE)
    assert derived(bare) == [
        ("BO-29", "/lines/0/profession"),
        ("BO-29", "/lines/0/duration"),
        ("BO-29", "/contactType"),
        ("BO-29", "/visitType"),
    ]
    kept = accepted(bare)
    assert (kept.contact_type, kept.visit_type) == ("mottagningsbesok", "nybesok")
    assert (kept.owner.profession, kept.owner.duration) == ("lakare", timedelta(minutes=30))


def test_BO_29_each_member_gets_what_their_own_care_service_says() -> None:
    bare = team()
    for number in (0, 1):
        bare = changed(changed(bare, f"/lines/{number}/profession", GONE), f"/lines/{number}/duration", GONE)
    assert [line.profession for line in accepted(bare).lines] == ["lakare", "dietist"]
    assert lawful(bare)


def test_BO_29_what_the_sender_says_stands() -> None:
    assert derived(booking()) == []
    assert accepted(changed(booking(), "/visitType", "aterbesok")).visit_type == "aterbesok"
    assert accepted(booking()).performing_unit == CLINIC


# -- BO-17, BO-32 ----------------------------------------------------------------------------------------------------


def free() -> Json:
    return changed(changed(booking(), "/free", True) | {"performingUnit": SURGERY}, "/summons/way", GONE)


def test_BO_17_a_free_booking_is_told_to_block_the_time() -> None:
    assert warnings(free()) == [("BO-17", "/free")]
    assert lawful(changed(free(), "/free", False))


def test_BO_17_it_is_told_once_for_each_time() -> None:
    assert lawful(free(), previous=free())
    assert lawful(changed(free(), "/status", "arrived"), previous=free())
    elsewhere = changed(free(), "/lines/0/start", "2026-11-25T13:00:00+01:00")
    assert ("BO-17", "/free") in [(one.rule, one.path) for one in judging(elsewhere, previous=free()).problems]
    assert warnings(free(), previous=changed(free(), "/free", False)) == [("BO-17", "/free")]


def test_BO_17_a_free_time_that_is_preliminary_takes_no_schedule_either() -> None:
    assert warnings(changed(free(), "/status", "preliminary"), previous=waiting()) == [("BO-17", "/free")]
    assert lawful(changed(changed(free(), "/lines/0/start", GONE), "/status", "waiting"))


def test_BO_17_a_free_booking_is_shown_to_the_patient() -> None:
    assert seen(parsed(free()), Audience.PATIENT, NOW, sample()) is not None


def test_BO_32_a_free_booking_where_patients_book_is_warned_about() -> None:
    assert warnings(changed(free(), "/performingUnit", CLINIC)) == [("BO-17", "/free"), ("BO-32", "/free")]


# -- times that clocks make hard -------------------------------------------------------------------------------------


def test_a_time_in_the_hour_that_swedish_clocks_skip_is_the_instant_that_it_names() -> None:
    skipped = accepted(changed(booking(), "/lines/0/start", "2027-03-28T02:30:00+01:00"))
    assert skipped.owner.start.isoformat() == "2027-03-28T03:30:00+02:00"


def test_a_visit_may_go_on_past_midnight_and_is_of_the_day_on_which_it_begins() -> None:
    late = accepted(changed(booking(), "/lines/0/start", "2026-11-24T23:30:00+01:00"))
    assert late.owner.end.date() == date(2026, 11, 25)
    assert ("day", "2026-11-24") in outline(late).ties
    assert ("day", "2026-11-25") not in outline(late).ties
