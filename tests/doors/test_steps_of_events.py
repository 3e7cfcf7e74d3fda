"""Steps with a care event, and its timeline."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from mappings.problem import Json
from mappings.region.steps import By
from mappings.rules.life_of_event import STEPS
from mappings.rules.lives import LIVES
from tests.doors.conftest import TOLVAN, Region, found, pushed

COSMIC = "SE2321000115-COSMIC"
CLINIC = "SE2321000115-E000000000101"
COMMITMENT = {"number": "VA-7"}
OUTCOME = {"kind": "noFurtherPlanning", "plannedAs": "B-9"}
BOOKED = "2126-11-24T13:00:00+01:00"
"""Far from any clock that tests run by: nothing comes by itself."""
CAME, LEFT, ENDED = (f"2126-11-24T{time}:00+01:00" for time in ("12:55", "13:40", "14:00"))


def url(number: str, last: str = "") -> str:
    return f"/v1/care-events/{COSMIC}/{number}" + (f"/{last}" if last else "")


def step(region: Region, number: str, name: str, version: int, **said: Any) -> httpx.Response:
    return region.cosmic.post(url(number, name), json={"version": version, **said}, headers={"Prefer": "wait=20"})


def held(region: Region, number: str) -> Json:
    found: Json = region.cosmic.get(url(number)).json()["careEvent"]
    return found


def timeline(region: Region, number: str) -> Json:
    told: Json = region.cosmic.get(url(number, "timeline"), params={"server": "true"}).json()
    return told


def rules(answer: httpx.Response) -> list[str]:
    return [problem["rule"] for problem in answer.json()["problems"]]


def planned(number: str, **changes: Any) -> Json:
    """A booked visit that has not come about; its booking is not told of."""
    return {
        "source": COSMIC,
        "number": number,
        "version": 1,
        "patient": TOLVAN,
        "origin": "booking",
        "form": "single",
        "status": "planned",
        "contactType": "mottagningsbesok",
        "performingUnit": CLINIC,
        "responsibleUnit": CLINIC,
        "bookedTime": BOOKED,
        "lines": [{"number": "1", "owner": True, "profession": "lakare", "staff": "SE2321000115-P0001"}],
    } | changes


def arrived(region: Region, number: str, **more: Any) -> httpx.Response:
    pushed(region.cosmic, "care-events", planned(number))
    said = {"at": CAME, "eventType": "specialised", "careCommitment": COMMITMENT} | more
    return step(region, number, "arrive", 2, **said)


def test_there_is_a_door_for_every_step_that_care_takes() -> None:
    assert set(LIVES["care-event"].doors) == {one.name for one in STEPS if By.CARE in one.by}


def test_an_event_goes_through_its_life_step_by_step(region: Region, number: str) -> None:
    told = [
        arrived(region, number),
        step(region, number, "begin", 3),
        step(region, number, "check-out", 4, at=LEFT, outcome=OUTCOME),
        step(region, number, "discharge", 5, at=ENDED),
    ]
    assert [one.status_code for one in told] == [200] * 4, [one.text for one in told]
    event = held(region, number)
    assert (event["status"], event["eventType"]) == ("finished", "specialised")
    assert (event["start"], event["checkedOut"], event["end"]) == (CAME, LEFT, ENDED)
    assert event["outcome"] == OUTCOME | {"follows": "alreadyPlanned"}
    assert [one["eventType"] for one in event["eventTypeHistory"]] == ["hiddenOutpatient"]


def test_ledger_and_server_tell_the_same_life_of_an_event(region: Region, number: str) -> None:
    arrived(region, number)
    step(region, number, "begin", 3)
    step(region, number, "check-out", 4, at=LEFT, outcome=OUTCOME)
    step(region, number, "discharge", 5, at=ENDED)
    told = timeline(region, number)
    steps = ["make", "arrive", "begin", "check-out", "discharge"]
    assert [one["step"] for one in told["steps"]] == steps
    assert [one["step"] for one in told["server"]] == steps
    assert [one.get("at") for one in told["server"]] == [None, CAME, None, LEFT, ENDED]
    assert told["agrees"] is True
    assert {one["caller"] for one in told["steps"]} == {"cosmic"}


def test_a_change_of_an_event_made_on_the_server_by_others_is_seen(region: Region, number: str) -> None:
    arrived(region, number)
    there = region.operator.get("/fhir/Encounter", params={"identifier": number}).json()["entry"][0]["resource"]
    for one in there["extension"]:
        if one["url"].endswith("care-event-status"):
            one["valueCode"] = "ongoing"
    httpx.put(f"{region.fhir}/Encounter/{there['id']}", json=there | {"status": "in-progress"}).raise_for_status()
    told = timeline(region, number)
    assert [one["step"] for one in told["server"]] == ["make", "arrive", "begin"]
    assert told["agrees"] is False


@pytest.mark.parametrize(
    ("name", "said", "status"),
    [
        ("miss", {}, "cancelled"),
        ("end-pre-registration", {}, "cancelled"),
        ("annul", {"noNotesOrTransactions": True}, "annulled"),
    ],
)
def test_what_never_came_about_is_missed_ended_or_annulled(
    region: Region, number: str, name: str, said: Json, status: str
) -> None:
    pushed(region.cosmic, "care-events", planned(number))
    first, second = (step(region, number, name, 2, **said) for _ in range(2))
    assert first.status_code == 200, first.text
    assert first.json()["id"] == second.json()["id"], second.text
    told = timeline(region, number)
    assert [one["step"] for one in told["steps"]] == ["make", name]
    assert told["agrees"] is True
    assert held(region, number)["status"] == status


def test_IN_19_a_step_that_is_not_in_the_events_table_is_refused_with_those_that_are(
    region: Region, number: str
) -> None:
    arrived(region, number)
    answer = step(region, number, "miss", 3)
    assert (answer.status_code, rules(answer)) == (409, ["IN-19"])
    (problem,) = answer.json()["problems"]
    for name in ("begin", "check-out", "discharge", "annul"):
        assert name in problem["sv"]
        assert name in problem["en"]
    assert "end-pre-registration" not in problem["en"]
    assert held(region, number)["status"] == "arrived"


def test_IN_19_a_step_of_the_clock_has_no_door(region: Region, number: str) -> None:
    pushed(region.cosmic, "care-events", planned(number))
    assert {step(region, number, name, 2).status_code for name in ("list", "close-missed")} == {404}


def test_EV_4_only_what_is_attested_is_annulled(region: Region, number: str) -> None:
    pushed(region.cosmic, "care-events", planned(number))
    assert rules(step(region, number, "annul", 2)) == ["IN-8"]
    assert rules(step(region, number, "annul", 2, noNotesOrTransactions=False)) == ["EV-4"]


def test_EV_6_a_manual_check_out_demands_an_outcome_at_the_door_too(region: Region, number: str) -> None:
    arrived(region, number)
    assert rules(step(region, number, "check-out", 3, at=LEFT)) == ["EV-6"]
    assert step(region, number, "check-out", 3, at=LEFT, outcome=OUTCOME).status_code == 200


def test_EV_1_an_arrival_whose_type_nobody_knows_is_refused_until_it_is_said(region: Region, number: str) -> None:
    pushed(region.cosmic, "care-events", planned(number))
    assert "EV-1" in rules(step(region, number, "arrive", 2, at=CAME))
    assert step(region, number, "arrive", 2, at=CAME, eventType="primaryCare").status_code == 200


def test_a_step_with_an_event_is_for_its_source_and_on_the_revision_that_was_seen(region: Region, number: str) -> None:
    pushed(region.cosmic, "care-events", planned(number))
    assert region.pasis.post(url(number, "miss"), json={"version": 2}).status_code == 403
    assert region.cosmic.post(url("none", "miss"), json={"version": 2}).status_code == 404
    late = region.cosmic.post(url(number, "miss"), json={"version": 2}, headers={"If-Match": 'W/"7"'})
    assert late.status_code == 412
    assert region.pasis.get(url(number, "timeline")).status_code == 404
    assert region.tolvan.get(url(number, "timeline")).status_code == 404


# -- overviews -------------------------------------------------------------------------------------------------------


def listed(client: httpx.Client, number: str) -> bool:
    return number in {one["number"] for one in found(client, "care-events", TOLVAN)}


def test_EV_11_a_hidden_event_stands_in_no_overview_of_staff(region: Region, number: str) -> None:
    pushed(region.cosmic, "care-events", planned(number))
    assert not listed(region.nurse, number)
    assert listed(region.cosmic, number)
    assert region.nurse.get(url(number)).json()["careEvent"]["eventType"] == "hiddenOutpatient"
    shown = planned(number, version=2, eventType="preRegisteredOutpatient")
    pushed(region.cosmic, "care-events", shown)
    assert listed(region.nurse, number)


def test_EV_11_what_the_ledger_has_listed_is_listed_before_the_server_knows(paused: Region, number: str) -> None:
    assert paused.cosmic.post("/v1/care-events", json=planned(number)).status_code == 202
    assert not listed(paused.nurse, number)
    said = {"version": 2, "at": CAME, "eventType": "primaryCare"}
    assert paused.cosmic.post(url(number, "arrive"), json=said).status_code == 202
    assert listed(paused.nurse, number)


def test_EV_7_a_patient_finds_her_event_once_it_is_discharged(region: Region, number: str) -> None:
    arrived(region, number, eventType="primaryCare")
    assert not listed(region.portal, number)
    step(region, number, "discharge", 3, at=ENDED)
    assert listed(region.portal, number)
    assert not listed(region.pasis, number)


def test_an_event_comes_back_equal_to_what_is_held(region: Region, number: str) -> None:
    arrived(region, number)
    step(region, number, "check-out", 3, at=LEFT, outcome=OUTCOME)
    held_now = region.nurse.get(url(number)).json()["careEvent"]
    (shown,) = [one for one in found(region.nurse, "care-events", TOLVAN) if one["number"] == number]
    assert shown == held_now
