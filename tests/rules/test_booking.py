"""Basis and booking (domain 2)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from mappings.problem import Json
from mappings.region.booking import BookingStatus
from tests.rules.messages import (
    CLINIC,
    GONE,
    accepted,
    booking,
    cancelled,
    changed,
    derived,
    event,
    judging,
    lawful,
    preliminary,
    refusals,
    team,
    waiting,
    warnings,
)


def stated(status: str) -> Json:
    return changed(booking(), "/status", status)


# -- BO-1, BO-3 ------------------------------------------------------------------------------------------------------


def test_BO_1_a_booking_rests_on_a_basis() -> None:
    assert refusals(changed(booking(), "/basis", GONE)) == [("BO-1", "/basis")]


def test_BO_1_a_full_basis_has_a_number_and_a_quick_one_needs_none() -> None:
    unnumbered = changed(booking(), "/basis/number", GONE)
    assert refusals(unnumbered) == [("BO-1", "/basis/number")]
    assert lawful(changed(unnumbered, "/basis/kind", "quick"))


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


# -- BO-4 ------------------------------------------------------------------------------------------------------------


def targeted(message: Json, previous: Json | None = None) -> date | None:
    found: date | None = accepted(message, previous=previous).basis.target_date
    return found


def undated() -> Json:
    """Neither target date nor interval."""
    return changed(changed(booking(), "/basis/targetDate", GONE), "/basis/watchInterval", GONE)


@pytest.mark.parametrize(
    ("interval", "target"),
    [
        ("P84D", "2026-12-28"),
        ("P12W", "2026-12-28"),
        ("P6M", "2027-04-05"),
        ("P1Y", "2027-10-05"),
    ],
)
def test_BO_4_the_target_date_is_the_registration_date_plus_the_interval(interval: str, target: str) -> None:
    message = changed(changed(booking(), "/basis/targetDate", GONE), "/basis/watchInterval", interval)
    assert targeted(message) == date.fromisoformat(target)
    assert derived(message) == [("BO-4", "/basis/targetDate")]


def test_BO_4_a_month_that_is_too_short_ends_on_its_last_day() -> None:
    message = changed(changed(booking(), "/basis/targetDate", GONE), "/basis/registered", "2026-08-31")
    assert targeted(changed(message, "/basis/watchInterval", "P6M")) == date(2027, 2, 28)
    assert targeted(changed(message, "/basis/watchInterval", "P18M")) == date(2028, 2, 29)


def test_BO_4_a_date_given_by_hand_stands() -> None:
    assert targeted(changed(booking(), "/basis/targetDate", "2026-12-01")) == date(2026, 12, 1)


def test_BO_4_it_is_today_in_sweden_where_neither_is_given() -> None:
    late = datetime.fromisoformat("2026-11-20T23:30:00+00:00")
    assert accepted(undated(), now=late).basis.target_date == date(2026, 11, 21)


def test_BO_4_today_is_said_once_and_for_all() -> None:
    assert targeted(undated(), previous=booking()) == date(2026, 12, 28)
    assert targeted(undated(), previous=undated()) == date(2026, 11, 20)


def test_BO_4_an_interval_without_a_registration_date_leads_nowhere() -> None:
    message = changed(changed(booking(), "/basis/targetDate", GONE), "/basis/registered", GONE)
    assert refusals(message) == [("BO-3", "/basis/targetDate")]


@pytest.mark.parametrize("interval", ["P9999Y", "P9999M", "P200Y"])
def test_BO_4_an_interval_beyond_every_date_is_told_and_breaks_nothing(interval: str) -> None:
    message = changed(changed(booking(), "/basis/targetDate", GONE), "/basis/watchInterval", interval)
    assert refusals(message) == [("BO-3", "/basis/targetDate")]


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
    assert lawful(changed(booking(), "/lines/0/start", "2026-11-25T13:00:00+01:00"), previous=booking())
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


# -- BO-13 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Ring mamma, 19121212-1212",
        "191212121212",
        "(121212+1212)",
        "pat. 811218 9876 har tolk",
        "811218\u20139876",
        "19 811218-9876",
        "samordningsnummer 701063-2391",
    ],
)
def test_BO_13_a_personnummer_in_the_booking_information_is_warned_about(text: str) -> None:
    assert warnings(changed(booking(), "/basis/information", text)) == [("BO-13", "/basis/information")]


@pytest.mark.parametrize(
    "text",
    [
        "Kom fastande.",
        "Ring 035-12 34 56",
        "191212121213",  # no check digit
        "Ärende 8112189876123",  # a longer number
        "Boka om från 2026-11-24 13:00",
        "1234567890",
    ],
)
def test_BO_13_other_texts_are_not(text: str) -> None:
    assert lawful(changed(booking(), "/basis/information", text))


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


@pytest.mark.parametrize("status", ["booked", "annulled"])
def test_BO_16_a_preliminary_booking_can_be_confirmed_or_taken_back(status: str) -> None:
    assert lawful(stated(status), previous=preliminary())


def test_BO_16_nobody_arrives_to_a_preliminary_booking() -> None:
    assert refusals(event(), booking_status=BookingStatus.PRELIMINARY) == [("BO-16", "/booking")]
    assert lawful(event(), booking_status=BookingStatus.BOOKED)


# -- BO-25, BO-29 ----------------------------------------------------------------------------------------------------


def test_BO_25_several_actions_at_one_single_visit_are_not_yet_built() -> None:
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
