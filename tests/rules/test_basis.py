"""The booking basis and its fields (domain 2)."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from mappings.problem import Json
from mappings.region.catalogue_files import load
from mappings.region.field import Audience
from mappings.rules.visibility import seen
from tests.region.sample import replaced, sample
from tests.rules.messages import (
    GONE,
    NOW,
    accepted,
    booking,
    cancelled,
    changed,
    derived,
    judging,
    lawful,
    parsed,
    refusals,
    waiting,
    warnings,
)

EYE_CLINIC = "SE2321000115-E000000000112"
"""A unit that demands a referral."""


def with_basis(**said: object) -> Json:
    """The booking with some fields of its basis said."""
    message = booking()
    for name, value in said.items():
        message = changed(message, f"/basis/{name}", value)
    return message


# -- BO-1 ------------------------------------------------------------------------------------------------------------


def test_BO_1_a_booking_rests_on_a_basis() -> None:
    assert refusals(changed(booking(), "/basis", GONE)) == [("BO-1", "/basis")]


def test_BO_1_a_full_basis_has_a_number_and_a_quick_one_needs_none() -> None:
    unnumbered = changed(booking(), "/basis/number", GONE)
    assert refusals(unnumbered) == [("BO-1", "/basis/number")]
    assert lawful(changed(unnumbered, "/basis/kind", "quick"))


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


# -- BO-5 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("priority", "last", "after"),
    [
        ("high", "2026-10-19", "2026-10-20"),
        ("medium", "2026-11-02", "2026-11-03"),
        ("low", "2026-12-28", "2026-12-29"),
    ],
)
def test_BO_5_a_target_date_beyond_the_time_of_the_priority_is_told(priority: str, last: str, after: str) -> None:
    assert lawful(with_basis(medicalPriority=priority, targetDate=last))
    assert warnings(with_basis(medicalPriority=priority, targetDate=after)) == [("BO-5", "/basis/targetDate")]


def test_BO_5_the_priority_sets_no_target_date() -> None:
    message = with_basis(medicalPriority="high", targetDate=GONE)
    assert accepted(message).basis.target_date == date(2026, 12, 28)


def test_BO_5_nothing_is_counted_from_a_date_that_is_not_there() -> None:
    assert lawful(with_basis(medicalPriority="high", registered=GONE))
    assert lawful(booking())


# -- BO-11, BO-12 ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("team", ["Team 1, Team 2", "Team 1; Team 2", "Team 1\nTeam 2"])
def test_BO_11_at_most_one_team_is_given(team: str) -> None:
    assert refusals(with_basis(team=team)) == [("BO-11", "/basis/team")]
    assert lawful(with_basis(team="Astma/KOL-team"))


@pytest.mark.parametrize("code", ["Spirometri", "HV", "HVNY", "HVOP", "HVUT", "HVÅB"])
def test_BO_11_the_action_is_one_of_the_sources_terms_or_a_code_of_the_care_guarantee(code: str) -> None:
    assert lawful(with_basis(category1="Astma", category2=code))


OFF = {
    "/basis/order": True,
    "/basis/mediaExamination": True,
    "/basis/specialInformation": "Ring på klockan",
    "/summons/attachment": "Karta",
}


@pytest.mark.parametrize(("place", "value"), OFF.items())
def test_BO_12_a_field_that_the_region_has_switched_off_is_kept_and_told(place: str, value: object) -> None:
    assert warnings(changed(booking(), place, value)) == [("BO-12", place)]
    [told] = judging(changed(booking(), place, value)).problems
    if place == "/basis/mediaExamination":  # for which there is nothing to use instead
        assert told.sv.endswith("utelämna det.")
        assert told.en.endswith("leave it out.")
    assert place.rpartition("/")[2] in str(accepted(changed(booking(), place, value)).model_dump(by_alias=True))


@pytest.mark.parametrize("place", ["/basis/order", "/basis/mediaExamination"])
def test_BO_12_a_box_that_is_not_ticked_is_no_use_of_it(place: str) -> None:
    assert lawful(changed(booking(), place, False))


def test_BO_12_what_a_region_has_not_switched_off_may_be_used() -> None:
    region = load(replaced("region.toml", '"order", "mediaExamination", "specialInformation", "attachment"', '"order"'))
    assert lawful(changed(booking(), "/summons/attachment", "Karta"), catalogue=region)
    assert warnings(changed(booking(), "/basis/order", True), catalogue=region) == [("BO-12", "/basis/order")]


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
    assert warnings(with_basis(information=text)) == [("BO-13", "/basis/information")]


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


def admission(**said: object) -> Json:
    """A planned admission: a return visit to the surgeon, as its care service has it."""
    message = changed(booking(), "/summons/way", GONE) | {
        "form": "admission",
        "contactType": "vardtillfalle",
        "visitType": "aterbesok",
    }
    message = changed(changed(message, "/lines/0/careService", "inskrivning-kirurgi"), "/lines/0/duration", "PT60M")
    return message | {"admission": {"estimatedLength": "1-3"} | said}


def test_BO_13_what_an_admission_says_to_the_ward_holds_nothing_sensitive_either() -> None:
    assert warnings(admission(other="Ring mamma, 19121212-1212")) == [("BO-13", "/admission/other")]
    assert lawful(admission(other="Eget rum"))


@pytest.mark.parametrize("audience", [Audience.PATIENT, Audience.GUARDIAN])
def test_BO_13_it_is_never_shown_on_1177(audience: Audience) -> None:
    message = parsed(changed(admission(other="Eget rum"), "/basis/information", "Hämtas i entrén"))
    assert "Eget rum" not in str(seen(message, audience, NOW, sample()))
    assert "Hämtas" not in str(seen(message, audience, NOW, sample()))


# -- BO-22 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", ["1-3", "3-5", "5-10", "10+"])
def test_BO_22_a_planned_admission_has_an_estimated_length(length: str) -> None:
    assert lawful(admission(estimatedLength=length, reason="Operation", activitiesBefore="Provtagning"))
    assert refusals(changed(admission(reason="Operation"), "/admission/estimatedLength", GONE)) == [
        ("BO-22", "/admission")
    ]
    assert refusals(changed(admission(), "/admission", GONE)) == [("BO-22", "/admission")]


def test_BO_22_the_length_is_one_of_those_or_a_number_of_days_not_both() -> None:
    assert lawful(changed(admission(days=4), "/admission/estimatedLength", GONE))
    assert refusals(admission(days=4)) == [("BO-22", "/admission")]


def test_BO_22_while_it_waits_the_length_may_be_unknown() -> None:
    waits = changed(changed(admission(), "/status", "waiting"), "/lines/0/start", GONE)
    assert lawful(changed(waits, "/admission", GONE))
    assert lawful(changed(waits, "/admission", {"reason": "Utredning"}))
    assert refusals(changed(waits, "/admission/days", 4)) == [("BO-22", "/admission")]


def test_BO_22_it_has_a_planned_start() -> None:
    assert refusals(changed(admission(), "/lines/0/start", GONE)) == [("BO-3", "/lines/0/start")]


def test_BO_22_nothing_else_is_an_admission() -> None:
    assert refusals(booking() | {"admission": {"estimatedLength": "1-3"}}) == [("BO-22", "/admission")]


# -- BO-23, BO-24 ----------------------------------------------------------------------------------------------------


def at_the_eye_clinic(message: Json) -> Json:
    return changed(changed(message, "/performingUnit", EYE_CLINIC), "/summons/way", GONE)


@pytest.mark.parametrize("field", ["referral", "privateRequest", "searchReason"])
def test_BO_23_a_unit_that_demands_a_referral_gets_one_or_what_stands_for_it(field: str) -> None:
    assert refusals(at_the_eye_clinic(booking())) == [("BO-23", "/basis/referral")]
    assert lawful(at_the_eye_clinic(with_basis(**{field: "R-17"})))


def test_BO_23_what_was_called_off_needs_none_any_more() -> None:
    assert lawful(at_the_eye_clinic(cancelled()))
    assert lawful(at_the_eye_clinic(changed(booking(), "/status", "annulled")))


def test_BO_23_others_demand_none() -> None:
    assert lawful(booking())


@pytest.mark.parametrize(
    ("registered", "created"),
    [
        ("2026-10-05", "2026-10-05T08:00:00+02:00"),
        ("2026-10-05", "2026-10-07T08:00:00+02:00"),
        ("2026-10-06", "2026-10-05T22:30:00+00:00"),  # past midnight in Sweden
        ("2026-11-20", None),
    ],
)
def test_BO_24_the_decision_is_taken_before_the_basis_is_made(registered: str, created: str | None) -> None:
    message = with_basis(registered=registered, watchInterval="P84D")
    assert lawful(changed(message, "/basis/created", created) if created else message)


@pytest.mark.parametrize(
    ("registered", "created"),
    [("2026-10-05", "2026-10-04T08:00:00+02:00"), ("2026-11-21", None)],
)
def test_BO_24_a_decision_after_the_basis_or_to_come_is_refused(registered: str, created: str | None) -> None:
    message = with_basis(registered=registered)
    message = changed(message, "/basis/created", created) if created else message
    assert refusals(message) == [("BO-24", "/basis/registered")]


def test_BO_24_a_basis_is_not_made_in_the_future() -> None:
    assert refusals(with_basis(created="2026-11-21T00:00:00+01:00")) == [("BO-24", "/basis/created")]
    assert lawful(with_basis(created="2026-11-20T09:00:05+01:00"))


def test_BO_24_both_dates_are_carried_apart() -> None:
    kept = accepted(with_basis(created="2026-10-07T08:00:00+02:00")).basis
    assert (kept.registered, kept.created.date()) == (date(2026, 10, 5), date(2026, 10, 7))
    assert accepted(waiting()).basis.created is None
