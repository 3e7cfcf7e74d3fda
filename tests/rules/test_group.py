"""Group visits, and group team visits (domain 3, GR): a booking for each patient, known by the group's number."""

from __future__ import annotations

from typing import Any

import pytest

from mappings.problem import Json
from mappings.rules.group import not_moved, not_whole
from mappings.rules.stepping import OF_GROUP
from tests.rules.messages import GONE, accepted, booking, changed, event, judging, lawful, parsed, refusals, team

OTHER_PATIENT = {"identity": {"kind": "personnummer", "value": "198112189876"}}


def group(**said: Any) -> Json:
    """COSMIC, Gruppbesök: the artrosis school, eight patients and one physiotherapist."""
    line = {"number": "1", "owner": True, "profession": "fysioterapeut", "staff": "SE2321000115-P0006"}
    line |= {"careService": "artrosskola", "start": "2026-11-24T13:00:00+01:00", "duration": "PT90M"}
    message = booking() | {"form": "group", "visitType": "aterbesok", "lines": [line]}
    return message | {"group": {"id": "G-1", "patients": 8}} | said


def another(**said: Any) -> Json:
    """The same visit of another patient."""
    return group(number="4711-0999", patient=OTHER_PATIENT) | said


def group_team() -> Json:
    """COSMIC, Gruppteambesök: the pain school, led by a physiotherapist and a counsellor."""
    message = team() | {"form": "groupTeam", "visitType": "aterbesok", "group": {"id": "G-2", "patients": 6}}
    for number, (profession, service) in enumerate([("fysioterapeut", "smartskola-team"), ("kurator", "x")]):
        message["lines"][number] |= {"profession": profession, "careService": service, "duration": "PT90M"}
    message["lines"][1] |= {"careService": "medverkande-kurator", "duration": "PT90M"}
    return message


def cancelled(message: Json, **said: Any) -> Json:
    told = {"reason": "patienten-avbokar", "at": "2026-11-20T08:00:00+01:00"}
    return message | {"status": "cancelled", "cancellation": told | said}


def moved(message: Json, **said: Any) -> Json:
    told = {"start": "2026-11-24T13:00:00+01:00", "reason": "enheten-ombokar", "at": "2026-11-20T08:00:00+01:00"}
    message = changed(message, "/lines/0/start", "2026-11-24T14:00:00+01:00")
    return message | {"version": message["version"] + 1, "rebookings": [told | said]}


def refused(message: Json, **facts: Any) -> list[tuple[str, str]]:
    return [(problem.rule, problem.path) for problem in judging(message, **facts).problems if problem.refuses]


# -- GR-1 ------------------------------------------------------------------------------------------------------------


def test_GR_1_a_group_visit_names_its_group() -> None:
    assert lawful(group())
    assert refusals(changed(group(), "/group", GONE)) == [("GR-1", "/group")]


def test_GR_1_a_group_visit_that_was_carried_out_names_its_group_too() -> None:
    carried_out = event() | {"form": "group"}
    assert ("GR-1", "/group") in refused(carried_out)
    assert ("GR-1", "/group") not in refused(carried_out | {"group": {"id": "G-1", "patients": 8}})


def test_GR_1_a_group_is_more_than_one_patient() -> None:
    assert refusals(changed(group(), "/group/patients", 1)) == [("GR-1", "/group/patients")]
    assert lawful(changed(group(), "/group/patients", 2))


def test_GR_1_other_visits_have_no_group() -> None:
    assert refusals(booking() | {"group": {"id": "G-1", "patients": 8}}) == [("GR-1", "/group")]


def test_GR_1_the_patients_meet_the_staff_at_the_same_time() -> None:
    assert lawful(group(), others=(another(),))
    late = changed(another(), "/lines/0/start", "2026-11-24T13:30:00+01:00")
    assert refusals(group(), others=(late,)) == [("GR-1", "/lines/0/start")]


@pytest.mark.parametrize(
    "other",
    [
        changed(another(), "/lines/0/start", "2026-11-24T14:30:00+01:00"),
        changed(another(), "/lines/0/start", "2026-11-24T11:30:00+01:00"),
        changed(another(), "/lines/0/start", "2026-12-01T13:00:00+01:00"),
        changed(another(group={"id": "G-9", "patients": 8}), "/lines/0/start", "2026-11-24T13:30:00+01:00"),
        cancelled(changed(another(), "/lines/0/start", "2026-11-24T13:30:00+01:00")),
        changed(group(number="4711-0998"), "/lines/0/start", "2026-11-24T13:30:00+01:00"),
    ],
    ids=["later that day", "earlier that day", "another day", "another group", "cancelled", "the patient herself"],
)
def test_GR_1_a_group_may_meet_often(other: Json) -> None:
    assert lawful(group(), others=(other,))


def test_GR_1_who_has_been_called_off_meets_nobody() -> None:
    assert lawful(cancelled(changed(group(), "/lines/0/start", "2026-11-24T13:30:00+01:00")), others=(another(),))


def test_GR_1_a_visit_of_unknown_length_is_beside_none() -> None:
    late = changed(another(), "/lines/0/start", "2026-11-24T13:30:00+01:00")
    for place in ("start", "duration"):
        assert lawful(group(), others=(changed(late, f"/lines/0/{place}", GONE),))
        unknown = judging(
            changed(changed(group(), "/lines/0/careService", GONE), f"/lines/0/{place}", GONE), others=(late,)
        )
        assert "GR-1" not in [one.rule for one in unknown.problems]


def test_GR_1_while_a_group_is_being_moved_some_have_the_old_time() -> None:
    ahead = moved(group(), wholeGroup=True)
    assert lawful(ahead, previous=group(), others=(another(),))
    assert lawful(group(), others=(moved(another(), wholeGroup=True),))


@pytest.mark.parametrize("message", [group(), group_team()], ids=["group", "group team"])
def test_GR_1_a_cancelled_member_is_not_put_back_on_the_waiting_list(message: Json) -> None:
    assert refused(cancelled(message)) == []
    assert refused(cancelled(message, backToWaitingList=True)) == [("GR-1", "/cancellation/backToWaitingList")]


# -- GR-2 ------------------------------------------------------------------------------------------------------------


def test_GR_2_a_group_team_visit_keeps_both_sets_of_rules() -> None:
    assert refused(group_team()) == []
    assert refused(changed(group_team(), "/group", GONE)) == [("GR-1", "/group")]
    assert refused(changed(group_team(), "/jointAssessment", GONE)) == [("TE-2", "/jointAssessment")]
    assert refused(changed(group_team(), "/lines/1", GONE)) == [("TE-1", "/lines")]
    assert refused(changed(group_team(), "/lines/1/start", "2026-11-24T13:15:00+01:00")) == [("TE-6", "/lines/1/start")]
    assert refused(changed(group_team(), "/lines/1/ownTreatmentResponsibility", False)) == [
        ("TE-1", "/lines/1/ownTreatmentResponsibility")
    ]


def test_GR_2_a_group_visit_alone_needs_no_team() -> None:
    assert lawful(group())


# -- GR-3 ------------------------------------------------------------------------------------------------------------


def test_GR_3_the_whole_group_is_cancelled_as_one_booking() -> None:
    assert lawful(cancelled(group(), backToWaitingList=True, wholeGroup=True))
    assert lawful(cancelled(booking(), backToWaitingList=True))


@pytest.mark.parametrize("said", [{}, {"wholeGroup": False}])
def test_GR_3_a_member_alone_is_only_cancelled(said: Json) -> None:
    assert lawful(moved(group(), wholeGroup=True), previous=group())
    assert refusals(moved(group(), **said), previous=group()) == [("GR-3", "/rebookings/0/wholeGroup")]


def test_GR_3_a_member_is_not_moved_in_silence() -> None:
    silent = changed(group(version=4), "/lines/0/start", "2026-11-24T14:00:00+01:00")
    assert refusals(silent, previous=group()) == [("GR-3", "/lines/0/start")]
    assert lawful(group(version=4), previous=group())


def test_GR_3_the_old_time_of_the_group_is_kept() -> None:
    other = moved(group(), wholeGroup=True, start="2026-11-23T13:00:00+01:00")
    assert refusals(other, previous=group()) == [("RB-1", "/rebookings/0/start")]


def test_GR_3_no_patient_rebooks_herself() -> None:
    by_herself = moved(group(), by="patient", reason="ombokad-via-e-tjanst", wholeGroup=True)
    assert refusals(by_herself, previous=group()) == [("GR-3", "/rebookings/0/by")]


def test_GR_3_says_nothing_of_other_visits() -> None:
    assert lawful(moved(booking()), previous=booking())


def test_CO_1_the_code_of_a_group_visit_is_that_of_its_form() -> None:
    assert accepted(event() | {"form": "group", "group": {"id": "G-1", "patients": 8}}).kva == "XS903"


# -- a group, or a member of it, at the doors ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("standing", "named", "told"),
    [
        ({"A", "B"}, {"A", "B"}, []),
        ({"A", "B"}, {"A"}, ["/members"]),
        ({"A"}, {"A", "b~1"}, ["/members/b~01"]),
        ({"A"}, {"C", "B"}, ["/members", "/members/B", "/members/C"]),
    ],
)
def test_GR_3_a_group_goes_whole(standing: set[str], named: set[str], told: list[str]) -> None:
    problems = list(not_whole(standing, named))
    assert [one.path for one in problems] == told
    assert {one.rule for one in problems} <= {"GR-3"}


def test_GR_3_the_whole_group_takes_a_step_in_every_booking() -> None:
    said = {"start": "2026-11-25T13:00:00+01:00", "reason": "enheten-ombokar", "at": "2026-11-20T08:00:00+01:00"}
    after = OF_GROUP["rebook"].make(group(rebookings=[{"start": "x"}]), said)
    assert after["lines"][0]["start"] == said["start"]
    assert [one.get("wholeGroup") for one in after["rebookings"]] == [None, True]
    assert after["rebookings"][1]["start"] == group()["lines"][0]["start"]
    ended = OF_GROUP["cancel"].make(group(), {**said, "backToWaitingList": True})
    assert (ended["status"], ended["cancellation"]["wholeGroup"]) == ("cancelled", True)
    assert ended["cancellation"]["backToWaitingList"] is True
    assert "by" not in OF_GROUP["rebook"].members
    assert "by" not in OF_GROUP["cancel"].members


@pytest.mark.parametrize(
    ("new", "told"),
    [
        (group(number="N"), []),
        (group_team() | {"number": "N"}, []),
        (group(), ["/booking"]),
        (another(), ["/booking"]),
        (group(number="N", source="SE2321000115-PASIS"), ["/booking"]),
        (booking() | {"number": "N"}, ["/booking/form"]),
        (changed(group(number="N"), "/status", "waiting"), ["/booking/form"]),
        (cancelled(group(number="N")), ["/booking/form"]),
    ],
    ids=["group", "group team", "the same", "another's", "another source", "single", "waiting", "cancelled"],
)
def test_GR_3_a_member_is_moved_to_a_group_visit_of_her_own(new: Json, told: list[str]) -> None:
    assert [one.path for one in not_moved(parsed(group()), parsed(new))] == told
