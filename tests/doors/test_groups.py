"""A group as one booking, and one member of it, moved by doors: all or nothing (COSMIC: Ombokning och avbokning av
grupp och gruppmedlem)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from mappings.problem import Json
from tests.benchmarks.people import SOURCE, numbers
from tests.doors.conftest import Region, patient, pushed, single

AT = "2026-11-20T09:00:00+01:00"
WAS, THEN = "2026-12-15T13:00:00+01:00", "2026-12-16T10:00:00+01:00"
PEOPLE = numbers(40)[20:]


def member(number: str, index: int, group: str, start: str = WAS, **said: Any) -> Json:
    """One patient's part of the artrosis school."""
    line = {"number": "1", "owner": True, "staff": "SE2321000115-P0006", "careService": "artrosskola", "start": start}
    message = single(f"{number}-{index}", patient=patient(PEOPLE[index]), form="group", lines=[line])
    message["basis"] |= {"kind": "full", "number": f"BU-{number}-{index}"}
    return message | {"group": {"id": group, "patients": 3}} | said


def booked(region: Region, number: str, many: int = 3) -> Json:
    """The members' numbers, each with the version that comes next."""
    for index in range(many):
        pushed(region.cosmic, "bookings", member(number, index, f"G{number}"))
    return {f"{number}-{index}": 2 for index in range(many)}


def url(number: str, step: str) -> str:
    return f"/v1/groups/{SOURCE}/G{number}/{step}"


def taken(region: Region, number: str, step: str, members: Any, **said: Any) -> httpx.Response:
    usual = {"from": WAS, "at": AT, "reason": "enheten-ombokar" if step == "rebook" else "enheten-avbokar"}
    usual |= {"start": THEN} if step == "rebook" else {}
    body = {name: value for name, value in (usual | {"members": members} | said).items() if value is not None}
    return region.cosmic.post(url(number, step), json=body)


def held(region: Region, number: str) -> Json:
    booking: Json = region.cosmic.get(f"/v1/bookings/{SOURCE}/{number}").json()["booking"]
    return booking


def starts(region: Region, members: Json) -> list[tuple[str, int, str]]:
    every = [held(region, one) for one in members]
    return [(one["lines"][0]["start"], one["version"], one["status"]) for one in every]


def problems(answer: httpx.Response) -> list[tuple[str, str]]:
    return [(one["rule"], one["path"]) for one in answer.json()["problems"] if one["severity"] == "error"]


# -- the whole group -------------------------------------------------------------------------------------------------


def test_GR_3_a_group_is_rebooked_as_one_booking(region: Region, number: str) -> None:
    members = booked(region, number)
    answer = taken(region, number, "rebook", members)
    assert answer.status_code == 202, answer.text
    assert {one["number"]: one["version"] for one in answer.json()["receipts"]} == members
    assert starts(region, members) == [(THEN, 2, "booked")] * 3
    for one in members:
        (move,) = held(region, one)["rebookings"]
        assert (move["start"], move["reason"], move["wholeGroup"]) == (WAS, "enheten-ombokar", True)


def test_GR_3_a_group_is_cancelled_as_one_booking_and_may_go_back_to_the_waiting_list(
    region: Region, number: str
) -> None:
    members = booked(region, number)
    answer = taken(region, number, "cancel", members, backToWaitingList=True)
    assert answer.status_code == 202, answer.text
    for one in members:
        cancelled = held(region, one)["cancellation"]
        assert (cancelled["wholeGroup"], cancelled["backToWaitingList"]) == (True, True)


@pytest.mark.parametrize("step", ["rebook", "cancel"])
def test_a_step_of_a_group_that_is_told_twice_is_taken_once(region: Region, number: str, step: str) -> None:
    members = booked(region, number)
    first, second = (taken(region, number, step, members) for _ in range(2))
    assert (first.status_code, second.status_code) == (202, 202), second.text
    assert [one["id"] for one in first.json()["receipts"]] == [one["id"] for one in second.json()["receipts"]]
    assert {region.cosmic.get(f"/v1/bookings/{SOURCE}/{one}").json()["revision"] for one in members} == {2}


def test_GR_3_no_member_stays_behind(region: Region, number: str) -> None:
    members = booked(region, number)
    some = {one: members[one] for one in list(members)[:2]}
    answer = taken(region, number, "rebook", some)
    assert (answer.status_code, problems(answer)) == (422, [("GR-3", "/members")])
    assert starts(region, members) == [(WAS, 1, "booked")] * 3


def test_GR_3_who_is_cancelled_is_of_the_group_no_more(region: Region, number: str) -> None:
    members = booked(region, number)
    gone, *rest = members
    pushed(region.cosmic, f"bookings/{SOURCE}/{gone}/cancel", {"version": 2, "reason": "patienten-avbokar", "at": AT})
    answer = taken(region, number, "rebook", members | {"none": 1})
    assert (answer.status_code, problems(answer)) == (422, [("GR-3", f"/members/{gone}"), ("GR-3", "/members/none")])
    assert taken(region, number, "rebook", dict.fromkeys(rest, 2)).status_code == 202
    assert starts(region, {gone: 2})[0][2] == "cancelled"


def test_where_one_members_version_is_old_none_is_moved(region: Region, number: str) -> None:
    members = booked(region, number)
    last = list(members)[-1]
    answer = taken(region, number, "rebook", members | {last: 1})
    assert (answer.status_code, problems(answer)) == (409, [("IN-10", "/version")])
    assert starts(region, members) == [(WAS, 1, "booked")] * 3


def test_where_one_member_has_come_none_is_moved(region: Region, number: str) -> None:
    members = booked(region, number)
    here = next(iter(members))
    pushed(region.cosmic, f"bookings/{SOURCE}/{here}/arrive", {"version": 2, "at": WAS, "payment": True})
    answer = taken(region, number, "rebook", members | {here: 3})
    assert (answer.status_code, problems(answer)) == (409, [("IN-19", "/status")])
    assert [version for _, version, _ in starts(region, members)] == [2, 1, 1]


def test_a_group_meets_often_and_only_the_named_time_is_moved(region: Region, number: str) -> None:
    members = booked(region, number, 2)
    later = "2026-12-22T13:00:00+01:00"
    other = member(number, 7, f"G{number}", later)
    pushed(region.cosmic, "bookings", other)
    assert taken(region, number, "rebook", members).status_code == 202
    assert held(region, other["number"])["lines"][0]["start"] == later
    elsewhere = {"from": "2026-12-23T13:00:00+01:00"}
    assert taken(region, number, "rebook", {other["number"]: 2}, **elsewhere).status_code == 404


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"reason": "no-such"}, [("IN-13", "/reason")]),
        ({"reason": None, "from": None}, [("IN-8", "/from"), ("IN-8", "/reason")]),
        ({"from": "2026-12-15T13:00:00"}, [("IN-5", "/from")]),
        ({"start": "then"}, [("IN-9", "/start")]),
        ({"members": []}, [("IN-2", "/members")]),
        ({"members": {}}, [("IN-9", "/members")]),
        ({"by": "patient"}, [("IN-3", "/by")]),
    ],
)
def test_what_is_wrong_with_a_groups_step_is_told_once_at_its_place(
    region: Region, number: str, said: Json, told: list[tuple[str, str]]
) -> None:
    members = booked(region, number, 2)
    answer = taken(region, number, "rebook", **({"members": members} | said))
    assert (answer.status_code, problems(answer)) == (422, told)
    assert starts(region, members) == [(WAS, 1, "booked")] * 2


def test_what_is_wrong_with_one_member_is_told_below_her(region: Region, number: str) -> None:
    members = booked(region, number, 2)
    answer = taken(region, number, "rebook", dict.fromkeys(members, "two"))
    assert answer.status_code == 422
    assert {rule for rule, _ in problems(answer)} == {"IN-2"}


def test_only_the_groups_source_moves_it(region: Region, number: str) -> None:
    members = booked(region, number, 2)
    body = {"from": WAS, "start": THEN, "reason": "enheten-ombokar", "at": AT, "members": members}
    for client in (region.pasis, region.nurse, region.portal, region.tolvan):
        assert client.post(url(number, "rebook"), json=body).status_code == 403
        assert client.post(url(number, "move"), json={}).status_code == 403
    assert region.cosmic.post(url("none", "rebook"), json=body).status_code == 404


# -- one member ------------------------------------------------------------------------------------------------------


def moving(number: str, **said: Any) -> Json:
    """The first member, to another group."""
    new = member(number, 0, f"H{number}", THEN) | {"number": f"{number}-new", "replaces": f"{number}-0"}
    return {"number": f"{number}-0", "version": 2, "reason": "enheten-avbokar", "at": AT, "booking": new} | said


def test_GR_3_a_member_is_moved_by_being_cancelled_and_booked_in_another_group(region: Region, number: str) -> None:
    booked(region, number)
    first, second = (region.cosmic.post(url(number, "move"), json=moving(number)) for _ in range(2))
    assert (first.status_code, second.status_code) == (202, 202), first.text + second.text
    assert [one["id"] for one in first.json()["receipts"]] == [one["id"] for one in second.json()["receipts"]]
    old, new = held(region, f"{number}-0"), held(region, f"{number}-new")
    assert (old["status"], old["cancellation"]["backToWaitingList"]) == ("cancelled", False)
    assert (new["status"], new["group"]["id"], new["replaces"]) == ("booked", f"H{number}", f"{number}-0")
    assert held(region, f"{number}-1")["status"] == "booked"


def test_GR_3_a_member_who_cannot_be_booked_anew_is_not_cancelled(region: Region, number: str) -> None:
    booked(region, number)
    body = moving(number)
    body["booking"]["group"]["patients"] = 1
    answer = region.cosmic.post(url(number, "move"), json=body)
    assert (answer.status_code, problems(answer)) == (422, [("GR-1", "/booking/group/patients")])
    assert held(region, f"{number}-0")["status"] == "booked"
    answer = region.cosmic.post(url(number, "move"), json=moving(number, reason="avbokas-via-e-tjanst"))
    assert (answer.status_code, problems(answer)) == (422, [("CA-1", "/reason")])
    assert region.cosmic.get(f"/v1/bookings/{SOURCE}/{number}-new").status_code == 404


def test_GR_3_a_member_is_moved_as_herself_and_to_a_group(region: Region, number: str) -> None:
    booked(region, number)
    body = moving(number)
    body["booking"]["patient"] = patient(PEOPLE[9])
    answer = region.cosmic.post(url(number, "move"), json=body)
    assert (answer.status_code, problems(answer)) == (422, [("GR-3", "/booking")])
    body = moving(number)
    body["booking"] |= {"form": "single"}
    del body["booking"]["group"]
    answer = region.cosmic.post(url(number, "move"), json=body)
    assert (answer.status_code, problems(answer)) == (422, [("GR-3", "/booking/form")])
    assert region.cosmic.post(url("none", "move"), json=moving(number)).status_code == 404
    answer = region.cosmic.post(url(number, "move"), json={"number": 1, "booking": []})
    assert problems(answer) == [("IN-8", "/at"), ("IN-8", "/reason"), ("IN-2", "/number"), ("IN-2", "/booking")]


def test_IN_19_a_member_who_has_come_is_not_moved(region: Region, number: str) -> None:
    booked(region, number)
    pushed(region.cosmic, f"bookings/{SOURCE}/{number}-0/arrive", {"version": 2, "at": WAS, "payment": True})
    answer = region.cosmic.post(url(number, "move"), json=moving(number, version=3))
    assert (answer.status_code, problems(answer)) == (409, [("IN-19", "/status")])
