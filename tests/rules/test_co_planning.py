"""Co-planning: several actions under one contact (BO-25), and the order in which they are handled (CA-2)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from mappings.problem import Json
from mappings.rules.waiting import waiting_time
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
    refusals,
    team,
    waiting,
    warnings,
)

ECG = {
    "number": "2",
    "owner": False,
    "profession": "sjukskoterska",
    "staff": "SE2321000115-P0004",
    "careService": "ekg",
    "start": "2026-11-24T12:30:00+01:00",
    "duration": "PT15M",
    "joins": True,
}


def co_planned() -> Json:
    """COSMIC, Samplanering: an ECG before the visit to the physician."""
    message = booking()
    return message | {"form": "coPlanned", "lines": [*message["lines"], ECG]}


def moved(message: Json, *moves: Json) -> Json:
    """The next version, in which the actions that the moves name are a day later; the main one where none is named."""
    lines, told = [dict(line) for line in message["lines"]], list(message.get("rebookings", ()))
    for move in moves:
        line = next(line for line in lines if line["number"] == move.get("line", "1"))
        told.append({"start": line["start"], "reason": "enheten-ombokar", "at": "2026-11-12T10:00:00+01:00"} | move)
        later = datetime.fromisoformat(line["start"]) + timedelta(days=1)
        line["start"] = later.isoformat()
    return message | {"version": message["version"] + 1, "lines": lines, "rebookings": told}


# -- BO-25 -----------------------------------------------------------------------------------------------------------


def test_BO_25_several_actions_under_one_contact_are_co_planned() -> None:
    assert lawful(co_planned())
    assert refusals(changed(changed(co_planned(), "/form", "single"), "/lines/1/joins", GONE)) == [("BO-25", "/lines")]


@pytest.mark.parametrize("joins", [GONE, False])
def test_BO_25_each_further_action_says_that_it_joins_the_contact(joins: object) -> None:
    assert refusals(changed(co_planned(), "/lines/1/joins", joins)) == [("BO-25", "/lines/1/joins")]


@pytest.mark.parametrize("owners", [(False, False), (True, True)])
def test_BO_25_one_of_them_is_the_main_action(owners: tuple[bool, bool]) -> None:
    message = co_planned()
    for number, owner in enumerate(owners):
        message = changed(message, f"/lines/{number}/owner", owner)
    assert ("BO-25", "/lines") in refusals(message)


def test_BO_25_the_main_action_need_not_be_the_physicians() -> None:
    swapped = changed(changed(co_planned(), "/lines/0/owner", False), "/lines/1/owner", True)
    swapped = changed(changed(swapped, "/lines/0/joins", True), "/lines/1/joins", GONE)
    assert lawful(changed(changed(swapped, "/visitType", "aterbesok"), "/summons", GONE))


def test_BO_25_the_main_action_joins_nothing() -> None:
    assert refusals(changed(co_planned(), "/lines/0/joins", True)) == [("BO-25", "/lines/0/joins")]
    main, ecg = co_planned()["lines"]
    assert refusals(co_planned() | {"lines": [ecg, main | {"joins": True}]}) == [("BO-25", "/lines/1/joins")]


def test_BO_25_an_action_that_makes_a_new_contact_is_a_booking_of_its_own() -> None:
    alone = changed(co_planned(), "/lines/1", GONE)
    assert refusals(alone) == [("BO-25", "/lines")]
    assert lawful(changed(alone, "/lines/0/joins", False))


@pytest.mark.parametrize("joins", [True, False])
def test_BO_25_a_single_contact_has_nothing_that_joins(joins: bool) -> None:
    assert refusals(changed(booking(), "/lines/0/joins", joins)) == [("BO-25", "/lines/0/joins")]


def test_BO_25_in_a_team_visit_all_of_the_others_join_or_none() -> None:
    third = team()["lines"][1] | {"number": "3", "profession": "kurator", "staff": "SE2321000115-P0005"}
    message = team()
    message["lines"].append(third | {"careService": "medverkande-kurator"})
    assert lawful(message)
    assert refusals(changed(message, "/lines/1/joins", True)) == [("BO-25", "/lines/2/joins")]


# -- CA-2 ------------------------------------------------------------------------------------------------------------


def test_CA_2_the_main_action_is_booked_first() -> None:
    assert lawful(changed(co_planned(), "/lines/1/start", GONE))
    assert refusals(changed(co_planned(), "/lines/0/start", GONE)) == [
        ("BO-3", "/lines/0/start"),
        ("CA-2", "/lines/1/start"),
    ]


def test_CA_2_on_the_waiting_list_nothing_is_booked_yet() -> None:
    message = waiting() | {"form": "coPlanned", "lines": [*waiting()["lines"], {**ECG}]}
    assert refusals(message) == [("CA-2", "/lines/1/start")]
    assert lawful(changed(message, "/lines/1/start", GONE))


def test_CA_2_the_main_action_is_rebooked_last() -> None:
    ecg, main = {"line": "2", "at": "2026-11-12T10:00:00+01:00"}, {"at": "2026-11-12T10:01:00+01:00"}
    assert lawful(moved(co_planned(), ecg, main), previous=co_planned())
    early = main | {"at": "2026-11-12T09:59:00+01:00"}
    assert refusals(moved(co_planned(), early, ecg), previous=co_planned()) == [("CA-2", "/rebookings/0/at")]
    named = early | {"line": "1"}
    assert refusals(moved(co_planned(), named, ecg), previous=co_planned()) == [("CA-2", "/rebookings/0/at")]


def test_CA_2_actions_that_were_rebooked_at_once_are_in_order() -> None:
    assert lawful(moved(co_planned(), {"line": "2"}, {"line": "1"}), previous=co_planned())


def test_CA_2_what_was_rebooked_before_is_not_judged_again() -> None:
    before = moved(co_planned(), {"line": "1", "at": "2026-11-10T10:00:00+01:00"})
    after = moved(before, {"line": "2", "at": "2026-11-12T10:00:00+01:00"})
    assert lawful(after, previous=before)


def test_RB_1_each_action_has_a_time_of_its_own_to_be_moved_from() -> None:
    assert lawful(moved(co_planned(), {"line": "2"}), previous=co_planned())
    silent = moved(co_planned(), {"line": "2"}) | {"rebookings": []}
    assert refusals(silent, previous=co_planned()) == [("RB-1", "/rebookings")]
    of_the_main = changed(moved(co_planned(), {"line": "2"}), "/rebookings/0/line", GONE)
    assert refusals(of_the_main, previous=co_planned()) == [("RB-1", "/rebookings/0/start"), ("RB-1", "/rebookings")]
    other_time = moved(co_planned(), {"line": "2", "start": co_planned()["lines"][0]["start"]})
    assert refusals(other_time, previous=co_planned()) == [("RB-1", "/rebookings/0/start")]


def test_RB_1_which_action_was_moved_stands() -> None:
    before = moved(co_planned(), {"line": "2"})
    assert lawful(before | {"version": 5}, previous=before)
    assert refusals(changed(before, "/rebookings/0/line", "1"), previous=before) == [("RB-1", "/rebookings/0")]


def test_RB_1_a_further_action_that_is_booked_at_last_has_not_been_moved() -> None:
    unbooked = changed(co_planned(), "/lines/1/start", GONE)
    assert lawful(co_planned() | {"version": 4}, previous=unbooked)


def test_BO_20_only_the_move_of_the_main_action_makes_the_patient_wait() -> None:
    created = changed(co_planned(), "/basis/created", "2026-10-05T09:00:00+02:00")
    cosmic = sample().sources[COSMIC]
    as_booked, ecg_moved, main_moved = (
        waiting_time(parsed(message), cosmic, NOW)
        for message in (created, moved(created, {"line": "2"}), moved(created, {"line": "1"}))
    )
    assert as_booked is not None
    assert ecg_moved == as_booked
    assert main_moved is not None
    assert [leg.days for leg in main_moved.legs] == [as_booked.days, 1]


def test_RB_2_a_further_action_that_is_moved_does_not_move_the_visit() -> None:
    late = changed(co_planned(), "/lines/0/start", "2026-12-29T13:00:00+01:00")
    assert warnings(moved(late, {"line": "2"}), previous=late) == [("BO-6", "/basis/deviationReason")]
    assert refusals(moved(late, {"line": "1"}), previous=late) == [("RB-2", "/basis/deviationReason")]


def test_RB_2_a_visit_that_is_first_heard_of_when_it_has_been_moved_is_judged_by_the_main_actions_move() -> None:
    late = changed(co_planned(), "/lines/0/start", "2026-12-29T13:00:00+01:00")
    twice = moved(late, {"line": "1"}, {"line": "2", "at": "2026-11-12T10:01:00+01:00"})
    assert ("RB-2", "/basis/deviationReason") in refusals(twice)


def test_CA_2_the_main_action_is_cancelled_last() -> None:
    without_ecg = changed(changed(co_planned(), "/lines/1", GONE), "/lines/0/joins", False)
    assert lawful(without_ecg | {"version": 4}, previous=co_planned())
    alone = co_planned() | {"version": 4, "visitType": "aterbesok", "lines": [ECG | {"owner": True, "joins": False}]}
    assert ("CA-2", "/lines") in [(one.rule, one.path) for one in judging(alone, previous=co_planned()).problems]


def test_CA_2_the_whole_contact_is_cancelled_at_once() -> None:
    whole = cancelled() | {"version": 4, "form": "coPlanned", "lines": co_planned()["lines"]}
    assert lawful(whole, previous=co_planned())


def test_CA_2_a_team_visit_that_is_not_co_planned_has_no_such_order() -> None:
    swapped = team() | {"version": 4, "lines": [team()["lines"][1] | {"owner": True}]}
    assert "CA-2" not in [one.rule for one in judging(swapped, previous=team()).problems]
    early = {"line": "1", "at": "2026-11-12T09:59:00+01:00"}
    apart = moved(team(), early, {"line": "2", "at": "2026-11-12T10:00:00+01:00"})
    assert "CA-2" not in [one.rule for one in judging(apart, previous=team()).problems]


@pytest.mark.parametrize("status", ["waiting", "cancelled"])
def test_CA_2_what_is_not_booked_is_left_in_any_order(status: str) -> None:
    before = {"waiting": waiting(), "cancelled": cancelled()}[status]
    before = before | {"form": "coPlanned", "lines": co_planned()["lines"]}
    alone = co_planned() | {"version": 4, "visitType": "aterbesok", "lines": [ECG | {"owner": True, "joins": False}]}
    assert "CA-2" not in [one.rule for one in judging(alone, previous=before).problems]
