"""Chains as one unit: taken in together or not at all, read as one, and what mends them."""

from __future__ import annotations

from typing import Any

import httpx

from mappings.problem import Json
from tests.doors.conftest import Region, single

DAY = "2026-12-14T{}:00+01:00"
AT = "2026-11-20T09:00:00+01:00"


def part(number: str, order: int, clock: str, primary: str | None = None, **more: Any) -> Json:
    message = single(number, **more)
    message["lines"][0]["start"] = DAY.format(clock)
    chain: Json = {"id": f"K{number.rstrip('abc')}", "order": order, "depends": True}
    return message | {"chain": chain | ({"primary": primary} if primary else {})}


def chain(number: str) -> list[Json]:
    """A contact, the primary after it, and one more."""
    first, primary, last = (f"{number}{letter}" for letter in "abc")
    return [
        part(first, 1, "08:00", primary),
        part(primary, 2, "10:00"),
        part(last, 3, "13:00", primary),
    ]


def url(number: str) -> str:
    return f"/v1/chains/SE2321000115-COSMIC/K{number}"


def put(region: Region, number: str, bookings: list[Any]) -> httpx.Response:
    return region.cosmic.put(url(number), json={"bookings": bookings})


def shown(region: Region, number: str) -> Json:
    answer = region.cosmic.get(url(number))
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def problems(answer: httpx.Response) -> set[tuple[str, str]]:
    return {(one["rule"], one["path"]) for one in answer.json()["problems"] if one["severity"] == "error"}


def test_a_chain_is_taken_in_whole_and_read_as_one(region: Region, number: str) -> None:
    answer = put(region, number, chain(number))
    assert answer.status_code == 202, answer.text
    assert [one["number"] for one in answer.json()["receipts"]] == [f"{number}{letter}" for letter in "abc"]
    assert [warning["rule"] for one in answer.json()["receipts"] for warning in one["warnings"]] == []
    found = shown(region, number)
    assert [one["number"] for one in found["bookings"]] == [f"{number}{letter}" for letter in "abc"]
    assert (found["whole"], found["breaches"], found["repairs"]) == (True, [], [])


def test_of_a_chain_in_which_one_is_refused_none_is_kept(region: Region, number: str) -> None:
    bookings = chain(number)
    bookings[2]["acute"] = None
    answer = put(region, number, bookings)
    assert (answer.status_code, problems(answer)) == (422, {("BO-10", "/bookings/2/acute")})
    assert region.cosmic.get(url(number)).status_code == 404


def test_PS_2_PS_6_what_they_break_together_refuses_them_all(region: Region, number: str) -> None:
    bookings = chain(number)
    bookings[0]["lines"][0]["start"] = DAY.format("11:00")
    del bookings[2]["chain"]["primary"]
    told = problems(put(region, number, bookings))
    assert {rule for rule, _ in told} == {"PS-2", "PS-6"}
    assert region.cosmic.get(url(number)).status_code == 404


def test_the_same_chain_twice_gets_the_same_receipts(region: Region, number: str) -> None:
    first, second = (put(region, number, chain(number)).json()["receipts"] for _ in range(2))
    assert [one["id"] for one in first] == [one["id"] for one in second]


def test_a_chain_may_be_replaced_by_later_versions_that_fit_each_other(region: Region, number: str) -> None:
    put(region, number, chain(number))
    moved = [one | {"version": 2} for one in chain(number)]
    for one, clock in zip(moved, ("09:00", "11:00", "15:00"), strict=True):
        was = one["lines"][0]["start"]
        one["lines"][0]["start"] = DAY.format(clock).replace("12-14", "12-15")
        one["rebookings"] = [{"start": was, "reason": "enheten-ombokar", "at": AT}]
    answer = put(region, number, moved)
    assert answer.status_code == 202, answer.text
    assert shown(region, number)["whole"] is True


def test_PS_1_PS_6_a_part_that_is_cancelled_is_told_with_what_would_mend_it(region: Region, number: str) -> None:
    put(region, number, chain(number))
    said = {"version": 2, "reason": "patienten-avbokar", "at": AT}
    receipt = region.cosmic.post(f"/v1/bookings/SE2321000115-COSMIC/{number}a/cancel", json=said).json()
    assert "PS-1" in {one["rule"] for one in receipt["warnings"]}

    found = shown(region, number)
    assert [(one["rule"], one["numbers"]) for one in found["breaches"]] == [("PS-1", [f"{number}a"])]
    (move,) = found["repairs"][0]["moves"]
    assert (move["number"], move["act"], move["latest"]) == (f"{number}a", "bookAgain", move["start"])
    beside = region.cosmic.get(f"/v1/bookings/SE2321000115-COSMIC/{number}b").json()["chain"]
    assert (beside["whole"], beside["breaches"]) == (False, found["breaches"])


def test_a_chain_is_for_its_source_and_not_for_patients(region: Region, number: str) -> None:
    put(region, number, chain(number))
    assert region.pasis.get(url(number)).status_code == 404
    assert region.tolvan.get(url(number)).status_code == 404
    assert region.pasis.put(url(number), json={"bookings": chain(number)}).status_code == 403


def test_bad_chains_are_told_with_their_places(region: Region, number: str) -> None:
    assert put(region, number, []).status_code == 422
    assert problems(region.cosmic.put(url(number), json={})) == {("IN-8", "/bookings")}
    twice = [chain(number)[1], chain(number)[1]]
    assert ("IN-4", "/bookings/1/number") in problems(put(region, number, twice))
    elsewhere = [one | {"chain": one["chain"] | {"id": "other"}} for one in chain(number)]
    assert ("PS-1", "/bookings/0/chain") in problems(put(region, number, elsewhere))
    broken: list[Any] = [chain(number)[0] | {"form": "x"}, 7]
    assert {path for _, path in problems(put(region, number, broken))} >= {"/bookings/0/form", "/bookings/1"}
