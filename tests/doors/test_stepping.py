"""Steps with a booking, its timeline, and the feed."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from mappings.problem import Json
from mappings.rules.life import STEPS
from mappings.rules.stepping import DOORS
from tests.doors.conftest import Region, pushed, single

AT = "2026-11-20T09:00:00+01:00"
LATER = "2026-11-26T10:00:00+01:00"


def url(number: str, step: str) -> str:
    return f"/v1/bookings/SE2321000115-COSMIC/{number}/{step}"


def step(region: Region, number: str, name: str, version: int, **said: Any) -> httpx.Response:
    return region.cosmic.post(url(number, name), json={"version": version, **said}, headers={"Prefer": "wait=20"})


def held(region: Region, number: str) -> Json:
    booking: Json = region.cosmic.get(f"/v1/bookings/SE2321000115-COSMIC/{number}").json()["booking"]
    return booking


def rules(answer: httpx.Response) -> list[str]:
    return [problem["rule"] for problem in answer.json()["problems"]]


def waiting(number: str) -> Json:
    message = single(number, status="waiting")
    message["basis"] |= {"kind": "full", "number": f"BU-{number}"}
    return message | {"lines": [{name: value for name, value in message["lines"][0].items() if name != "start"}]}


def test_there_is_a_door_for_every_step_of_the_table() -> None:
    assert set(DOORS) == {one.name for one in STEPS}


def test_a_booking_goes_through_its_life_step_by_step(region: Region, number: str) -> None:
    pushed(region.cosmic, "bookings", waiting(number))
    start = "2026-11-24T13:00:00+01:00"
    told = [
        step(region, number, "hold", 2, start=start),
        step(region, number, "confirm", 3),
        step(region, number, "rebook", 4, start=LATER, reason="patienten-ombokar", at=AT),
        step(region, number, "arrive", 5, at=LATER, payment=True),
        step(region, number, "check-out", 6),
    ]
    assert [one.status_code for one in told] == [200] * 5, [one.text for one in told]
    booking = held(region, number)
    assert (booking["status"], booking["lines"][0]["start"]) == ("completed", LATER)
    assert [one["start"] for one in booking["rebookings"]] == [start]
    assert booking["arrival"]["payment"] is True


def test_IN_19_a_step_that_is_not_in_the_table_is_refused_with_those_that_are(region: Region, number: str) -> None:
    pushed(region.cosmic, "bookings", single(number))
    answer = step(region, number, "confirm", 2)
    assert (answer.status_code, rules(answer)) == (409, ["IN-19"])
    (problem,) = answer.json()["problems"]
    for name in ("rebook", "arrive", "cancel", "no-show", "annul"):
        assert name in problem["sv"]
        assert name in problem["en"]
    assert held(region, number)["status"] == "booked"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("rebook", {"start": LATER, "reason": "patienten-ombokar", "at": AT}),
        ("arrive", {"at": AT, "payment": True}),
        ("cancel", {"reason": "patienten-avbokar", "at": AT}),
        ("no-show", {}),
    ],
)
def test_the_same_step_told_twice_is_taken_once(region: Region, number: str, name: str, said: Json) -> None:
    pushed(region.cosmic, "bookings", single(number))
    first, second = (step(region, number, name, 2, **said) for _ in range(2))
    assert first.json()["id"] == second.json()["id"], second.text
    assert region.cosmic.get(url(number, "timeline")).json()["steps"][-1]["step"] == name
    assert len(region.cosmic.get(url(number, "timeline")).json()["steps"]) == 2


def test_another_step_with_a_version_that_was_used_is_refused(region: Region, number: str) -> None:
    pushed(region.cosmic, "bookings", single(number))
    step(region, number, "rebook", 2, start=LATER, reason="patienten-ombokar", at=AT)
    answer = step(region, number, "rebook", 2, start=LATER, reason="enheten-ombokar", at=AT)
    assert (answer.status_code, rules(answer)) == (409, ["IN-10"])


def test_staff_are_put_on_a_line_by_its_number(region: Region, number: str) -> None:
    message = single(number)
    del message["lines"][0]["staff"]
    pushed(region.cosmic, "bookings", message)
    answer = step(region, number, "man", 2, staff={message["lines"][0]["number"]: "SE2321000115-P0007"})
    assert answer.status_code == 200, answer.text
    assert held(region, number)["lines"][0]["staff"] == "SE2321000115-P0007"


# -- the timeline ----------------------------------------------------------------------------------------------------


def test_ledger_and_server_tell_the_same_life(region: Region, number: str) -> None:
    pushed(region.cosmic, "bookings", single(number))
    step(region, number, "rebook", 2, start=LATER, reason="patienten-ombokar", at=AT)
    step(region, number, "cancel", 3, reason="enheten-avbokar", at=AT)
    told = region.cosmic.get(url(number, "timeline"), params={"server": "true"}).json()
    assert [one["step"] for one in told["steps"]] == ["make", "rebook", "cancel"]
    assert [(one["by"], one["reason"]) for one in told["steps"][1:]] == [
        ("care", "patienten-ombokar"),
        ("care", "enheten-avbokar"),
    ]
    assert [one["step"] for one in told["server"]] == ["make", "rebook", "cancel"]
    assert told["agrees"] is True


def test_a_change_made_on_the_server_by_others_is_seen_in_the_timeline(region: Region, number: str) -> None:
    pushed(region.cosmic, "bookings", single(number))
    found = region.operator.get("/fhir/Appointment", params={"identifier": number}).json()["entry"][0]["resource"]
    httpx.put(f"{region.fhir}/Appointment/{found['id']}", json=found | {"status": "noshow"}).raise_for_status()
    told = region.cosmic.get(url(number, "timeline"), params={"server": "true"}).json()
    assert [one["step"] for one in told["server"]] == ["make", "no-show"]
    assert told["agrees"] is False


def test_a_timeline_is_for_those_who_may_read_the_source(region: Region, number: str) -> None:
    pushed(region.cosmic, "bookings", single(number))
    assert region.pasis.get(url(number, "timeline")).status_code == 404
    assert region.tolvan.get(url(number, "timeline")).status_code == 404
    assert region.nurse.get(url(number, "timeline")).status_code == 200
    assert region.cosmic.get(url("none", "timeline")).status_code == 404


# -- the feed --------------------------------------------------------------------------------------------------------


def test_the_feed_tells_a_source_what_became_of_its_messages(region: Region, number: str) -> None:
    before = region.cosmic.get("/v1/changes").json()["after"]
    while (more := region.cosmic.get("/v1/changes", params={"after": before}).json())["changes"]:
        before = more["after"]
    receipt = pushed(region.cosmic, "bookings", single(number))
    lines = region.cosmic.get("/v1/changes", params={"after": before}, headers={"Prefer": "wait=10"}).json()
    (line,) = [one for one in lines["changes"] if one["message"] == receipt["id"]]
    assert (line["what"], line["state"], line["number"], line["version"]) == ("receipt", "delivered", number, 1)
    assert lines["after"] >= line["sequence"]
    others = region.pasis.get("/v1/changes", params={"after": before}).json()
    assert receipt["id"] not in {one.get("message") for one in others["changes"]}


@pytest.mark.parametrize("caller", ["nurse", "portal", "tolvan"])
def test_the_feed_is_for_source_systems_and_operators(region: Region, caller: str) -> None:
    client: httpx.Client = getattr(region, caller)
    assert client.get("/v1/changes").status_code == 403
    assert region.operator.get("/v1/changes").status_code == 200
