"""Team visits (domain 3)."""

from __future__ import annotations

import pytest

from mappings.problem import Json
from tests.rules.messages import GONE, booking, changed, event, judging, lawful, refusals, team, team_event, warnings

BOTH = pytest.mark.parametrize("message", [team(), team_event()], ids=["booking", "care event"])
"""A team visit booked, and carried out."""
DONE = {"documented": True}


def owned_by_the_physiotherapist() -> Json:
    """A return visit to a team without a physician."""
    message = team()
    message["visitType"] = "aterbesok"
    message["lines"][0] |= {"profession": "fysioterapeut", "careService": "smartteam-aterbesok"}
    return message


# -- TE-1, TE-2 ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("said", [GONE, False])
def test_TE_1_every_member_is_attested_to_answer_for_treatments_of_their_own(number: int, said: object) -> None:
    place = f"/lines/{number}/ownTreatmentResponsibility"
    assert refusals(changed(team(), place, said)) == [("TE-1", place)]


def test_TE_1_nobody_attests_that_of_a_single_visit() -> None:
    assert lawful(changed(booking(), "/lines/0/ownTreatmentResponsibility", False))


@BOTH
def test_TE_1_a_team_is_two_or_more(message: Json) -> None:
    assert lawful(message)
    assert refusals(changed(message, "/lines/1", GONE)) == [("TE-1", "/lines")]


@BOTH
def test_TE_1_whoever_stands_on_two_lines_is_no_team(message: Json) -> None:
    assert refusals(changed(message, "/lines/1/staff", message["lines"][0]["staff"])) == [("TE-1", "/lines")]


@BOTH
def test_TE_1_members_who_are_not_named_yet_are_counted(message: Json) -> None:
    unnamed = changed(changed(message, "/lines/0/staff", GONE), "/lines/1/staff", GONE)
    assert {problem.rule for problem in judging(unnamed).problems} <= {"TE-11"}


@BOTH
def test_TE_1_a_team_is_of_different_professions(message: Json) -> None:
    assert refusals(changed(message, "/lines/1/profession", "lakare")) == [("TE-1", "/lines")]


def test_TE_1_professions_that_nobody_says_are_not_different() -> None:
    assert refusals(changed(team_event(), "/lines/1/profession", GONE)) == [("TE-1", "/lines")]


@BOTH
@pytest.mark.parametrize("said", [GONE, False])
def test_TE_2_a_team_visit_is_attested_to_end_in_one_assessment(message: Json, said: object) -> None:
    assert refusals(changed(message, "/jointAssessment", said)) == [("TE-2", "/jointAssessment")]


@pytest.mark.parametrize("message", [booking(), event()], ids=["booking", "care event"])
def test_TE_2_a_single_visit_needs_no_joint_assessment(message: Json) -> None:
    assert lawful(message)


# -- TE-3 ------------------------------------------------------------------------------------------------------------


@BOTH
def test_TE_3_the_physician_owns_the_visit(message: Json) -> None:
    swapped = changed(changed(message, "/lines/0/owner", False), "/lines/1/owner", True)
    assert ("TE-3", "/lines/1/owner") in refusals_of(swapped)


def refusals_of(message: Json) -> list[tuple[str, str]]:
    return [(problem.rule, problem.path) for problem in judging(message).problems if problem.refuses]


@BOTH
@pytest.mark.parametrize("owners", [(False, False), (True, True)])
def test_TE_3_a_visit_has_one_owner(message: Json, owners: tuple[bool, bool]) -> None:
    for number, owner in enumerate(owners):
        message = changed(message, f"/lines/{number}/owner", owner)
    assert ("TE-3", "/lines") in refusals_of(message)


def test_TE_3_a_single_visit_is_owned_too() -> None:
    assert refusals(changed(booking(), "/lines/0/owner", False)) == [("TE-3", "/lines")]


def test_TE_3_without_a_physician_they_agree_on_one_of_them() -> None:
    assert lawful(owned_by_the_physiotherapist())
    swapped = changed(changed(team_event(), "/lines/0/profession", "kurator"), "/lines/0/owner", False)
    assert lawful(changed(swapped, "/lines/1/owner", True))


def test_TE_3_of_two_physicians_either_owns_the_visit() -> None:
    message = team_event()
    message["lines"].append(
        {"number": "3", "owner": False, "profession": "lakare", "staff": "SE2321000115-P0009"} | DONE
    )
    assert lawful(message)
    assert lawful(changed(changed(message, "/lines/0/owner", False), "/lines/2/owner", True))


def test_TE_3_a_physician_may_be_known_by_the_staff_category_alone() -> None:
    message = team_event()
    message["lines"][0] = {"number": "1", "owner": False, "staffCategory": "10"} | DONE
    message["lines"][1] |= {"owner": True}
    message["lines"].append({"number": "3", "owner": False, "profession": "kurator"} | DONE)
    assert refusals(message) == [("TE-3", "/lines/1/owner")]


# -- TE-4, TE-5 ------------------------------------------------------------------------------------------------------


def test_TE_4_members_book_a_care_service_with_the_owners_contact_type() -> None:
    assert refusals(changed(team(), "/lines/1/careService", "medverkande-dietist-video")) == [
        ("TE-4", "/lines/1/careService")
    ]


def test_TE_4_the_owners_contact_type_is_the_visits_own() -> None:
    video = changed(owned_by_the_physiotherapist(), "/contactType", "videobesok")
    assert [rule for rule, _ in refusals(video)] == ["BO-8", "TE-4"]


def test_TE_4_the_owners_care_service_is_one_for_teams() -> None:
    message = changed(changed(team(), "/lines/0/careService", "mottagningsbesok-lakare"), "/lines/0/duration", "PT30M")
    message = changed(message, "/lines/1/duration", "PT30M")
    assert warnings(message) == [("BO-8", "/lines/1/duration"), ("TE-4", "/lines/0/careService")]


def test_TE_4_the_others_book_a_care_service_for_taking_part() -> None:
    message = changed(team(), "/lines/1/careService", "dietistbesok")
    message = changed(changed(message, "/lines/0/duration", "PT45M"), "/lines/1/duration", "PT45M")
    message = changed(message, "/lines/0/careService", "diabetesteam-aterbesok")
    assert warnings(changed(message, "/visitType", "aterbesok")) == [("TE-4", "/lines/1/careService")]


def test_TE_4_says_nothing_of_a_single_visit() -> None:
    single = changed(booking(), "/lines/0/careService", "medverkande-dietist")
    assert lawful(changed(changed(single, "/summons", GONE), "/lines/0/duration", "PT60M"))


def test_TE_5_a_new_visit_is_one_for_every_member() -> None:
    service = "medverkande-sjukskoterska-aterbesok"
    message = changed(changed(team(), "/lines/1/careService", service), "/lines/1/profession", "sjukskoterska")
    assert refusals(message) == [("TE-5", "/lines/1/careService")]


def test_TE_5_a_member_booked_for_a_new_visit_fits_a_new_visit() -> None:
    message = changed(team(), "/lines/1/careService", "dietistbesok")
    assert "TE-5" not in [problem.rule for problem in judging(message).problems]


def test_TE_5_a_return_visit_takes_members_for_return_visits_and_for_any() -> None:
    message = owned_by_the_physiotherapist()
    assert lawful(message)
    assert lawful(changed(message, "/lines/1/careService", "medverkande-sjukskoterska-aterbesok"))


def test_TE_5_says_nothing_of_a_new_member_at_a_return_visit() -> None:
    message = changed(owned_by_the_physiotherapist(), "/lines/1/careService", "dietistbesok")
    assert [problem.rule for problem in judging(message).problems] == ["BO-8", "TE-4"]


# -- TE-6 ------------------------------------------------------------------------------------------------------------


def test_TE_6_members_start_together() -> None:
    assert refusals(changed(team(), "/lines/1/start", "2026-11-24T13:15:00+01:00")) == [("TE-6", "/lines/1/start")]


def test_TE_6_the_same_moment_in_another_zone_is_together() -> None:
    assert lawful(changed(team(), "/lines/1/start", "2026-11-24T12:00:00Z"))


def test_TE_6_an_hour_later_on_the_night_when_clocks_go_back_is_not_together() -> None:
    message = changed(team(), "/lines/0/start", "2026-10-25T02:30:00+02:00")
    assert refusals(changed(message, "/lines/1/start", "2026-10-25T02:30:00+01:00")) == [("TE-6", "/lines/1/start")]


def test_TE_6_members_take_as_long() -> None:
    assert refusals_of(changed(team(), "/lines/1/duration", "PT30M")) == [("TE-6", "/lines/1/duration")]


def test_TE_6_is_judged_after_the_durations_are_filled_in() -> None:
    assert lawful(changed(team(), "/lines/1/duration", GONE))


def test_TE_6_a_team_on_the_waiting_list_has_no_times_yet() -> None:
    message = changed(changed(team(), "/lines/0/start", GONE), "/lines/1/start", GONE)
    assert lawful(changed(message, "/status", "waiting"))


# -- TE-6, TE-12: booked straight, or by co-planning -----------------------------------------------------------------


def co_planned_team() -> Json:
    """A team whose members take different times: the others are tied to the main action."""
    return changed(changed(team(), "/lines/1/joins", True), "/lines/1/duration", "PT30M")


def test_TE_6_members_who_take_different_times_are_co_planned() -> None:
    assert warnings(co_planned_team()) == [("BO-8", "/lines/1/duration")]
    straight = changed(co_planned_team(), "/lines/1/joins", GONE)
    assert refusals_of(straight) == [("TE-6", "/lines/1/duration")]


def test_TE_6_each_member_stands_in_a_time_book_of_its_own() -> None:
    third = team()["lines"][1] | {"number": "3", "profession": "kurator", "careService": "medverkande-kurator"}
    message = team()
    message["lines"].append(third | {"staff": "SE2321000115-P0005"})
    assert lawful(message)
    assert refusals(changed(message, "/lines/2/staff", "SE2321000115-P0002")) == [("TE-6", "/lines/2")]


@pytest.mark.parametrize("place", ["room", "equipment"])
def test_TE_6_a_room_or_equipment_that_nobody_mans_is_one_time_book(place: str) -> None:
    code = {"room": "rum-3", "equipment": "ekg-1"}[place]
    manned = changed(changed(team(), f"/lines/0/{place}", code), f"/lines/1/{place}", code)
    assert "TE-6" not in [rule for rule, _ in refusals_of(manned)]
    unmanned = changed(changed(manned, "/lines/0/staff", GONE), "/lines/1/staff", GONE)
    assert ("TE-6", "/lines/1") in refusals_of(unmanned)


def test_TE_12_co_planned_members_share_the_main_start() -> None:
    apart = changed(co_planned_team(), "/lines/1/start", "2026-11-24T13:15:00+01:00")
    assert refusals_of(apart) == [("TE-12", "/lines/1/start")]
    assert refusals_of(changed(apart, "/lines/1/start", "2026-11-24T12:00:00Z")) == []


def test_TE_12_co_planned_actions_that_are_no_team_have_times_of_their_own() -> None:
    apart = changed(co_planned_team(), "/lines/1/start", "2026-11-24T14:15:00+01:00") | {"form": "coPlanned"}
    assert refusals_of(apart) == []


# -- TE-8, TE-10 -----------------------------------------------------------------------------------------------------

SURGERY, WARD = "SE2321000115-E000000000110", "SE2321000115-E000000000111"


def test_TE_8_another_units_part_is_a_consultation() -> None:
    assert lawful(changed(team(), "/lines/1/unit", SURGERY))


def test_TE_8_the_visit_is_registered_where_the_patient_went() -> None:
    assert refusals(changed(team(), "/lines/0/unit", SURGERY)) == [("TE-8", "/lines/0/unit")]
    assert lawful(changed(team(), "/lines/0/unit", team()["performingUnit"]))


@pytest.mark.parametrize("unit", ["ekg-lab", "SE2321000115-E000000000999"])
def test_OR_1_the_consulted_unit_is_one_of_the_regions(unit: str) -> None:
    assert refusals(changed(team(), "/lines/1/unit", unit)) == [("OR-1", "/lines/1/unit")]


@BOTH
def test_TE_10_a_team_visit_is_no_inpatient_care(message: Json) -> None:
    at_the_ward = changed(message, "/performingUnit", WARD)
    assert ("TE-10", "/performingUnit") in refusals_of(at_the_ward)
    at_home = changed(message, "/performingUnit", "SE2321000115-E000000000130")
    assert ("TE-10", "/performingUnit") not in refusals_of(at_home)


def test_TE_10_other_visits_may_be_at_a_ward() -> None:
    assert lawful(changed(event(), "/performingUnit", WARD))
