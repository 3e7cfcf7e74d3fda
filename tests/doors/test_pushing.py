"""What a journal system is told of its messages."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from mappings.problem import Json
from tests.doors.conftest import Region, patient, physician, pushed, single


def test_a_message_is_kept_with_a_receipt_that_can_be_read(region: Region, number: str) -> None:
    answer = region.cosmic.post("/v1/bookings", json=single(number))
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"/v1/messages/{answer.json()['id']}"
    receipt = region.cosmic.get(answer.headers["Location"]).json()
    assert (receipt["number"], receipt["version"], receipt["revision"]) == (number, 1, 1)


def test_whoever_waits_is_told_that_it_is_delivered(region: Region, number: str) -> None:
    first = region.cosmic.post("/v1/bookings", json=single(number), headers={"Prefer": "wait=20"})
    assert (first.status_code, first.json()["state"]) == (201, "delivered")
    second = region.cosmic.post("/v1/bookings", json=single(number, 2), headers={"Prefer": "wait=20"})
    assert (second.status_code, second.json()["state"]) == (200, "delivered")


def test_the_receipt_lists_what_was_derived_by_rule(region: Region, number: str) -> None:
    derived = {(one["rule"], one["path"]) for one in pushed(region.cosmic, "bookings", single(number))["derived"]}
    assert {("BO-29", "/contactType"), ("BO-29", "/lines/0/duration"), ("OR-3", "/performingUnit")} <= derived


def test_the_same_message_twice_gets_the_same_receipt(region: Region, number: str) -> None:
    first = region.cosmic.post("/v1/bookings", json=single(number)).json()
    assert region.cosmic.post("/v1/bookings", json=single(number)).json()["id"] == first["id"]


def test_the_same_message_at_once_from_many_senders_is_one(region: Region, number: str) -> None:
    with ThreadPoolExecutor(8) as senders:
        answers = list(senders.map(lambda _: region.cosmic.post("/v1/bookings", json=single(number)), range(8)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["id"] for answer in answers}) == 1


def test_the_same_version_with_other_content_is_refused(region: Region, number: str) -> None:
    region.cosmic.post("/v1/bookings", json=single(number))
    answer = region.cosmic.post("/v1/bookings", json=single(number, acute=True))
    assert answer.status_code == 409
    assert [problem["rule"] for problem in answer.json()["problems"]] == ["IN-10"]


def test_an_older_version_is_refused_with_the_one_that_is_known(region: Region, number: str) -> None:
    region.cosmic.post("/v1/bookings", json=single(number, 7))
    answer = region.cosmic.post("/v1/bookings", json=single(number, 3))
    assert answer.status_code == 409
    assert answer.json()["problems"][0]["rule"] == "IN-11"
    assert answer.headers["Vardbro-Known-Version"] == "7"


def test_checking_judges_and_maps_and_keeps_nothing(region: Region, number: str) -> None:
    answer = region.cosmic.post("/v1/bookings/check", json=single(number))
    assert answer.status_code == 200
    assert "Appointment" in {resource["resourceType"] for resource in answer.json()["resources"]}
    assert region.cosmic.get(f"/v1/bookings/SE2321000115-COSMIC/{number}").status_code == 404


def test_a_refused_message_leaves_nothing_and_no_version(region: Region, number: str) -> None:
    assert region.cosmic.post("/v1/bookings", json=single(number, basis=None)).status_code == 422
    assert region.cosmic.get(f"/v1/bookings/SE2321000115-COSMIC/{number}").status_code == 404
    assert region.cosmic.post("/v1/bookings", json=single(number)).status_code == 202


def test_every_problem_is_told_at_once_in_both_languages(region: Region, number: str) -> None:
    answer = region.cosmic.post("/v1/bookings", json=single(number, basis=None, acute=None))
    told = {problem["rule"]: problem for problem in answer.json()["problems"]}
    assert {"BO-1", "BO-10"} <= set(told)
    assert all(problem["sv"] and problem["en"] and problem["path"].startswith("/") for problem in told.values())


def test_whoever_accepts_fhir_is_refused_with_an_operation_outcome(region: Region, number: str) -> None:
    headers = {"Accept": "application/fhir+json"}
    answer = region.cosmic.post("/v1/bookings", json=single(number, basis=None), headers=headers)
    assert answer.headers["Content-Type"] == "application/fhir+json"
    issue = answer.json()["issue"][0]
    assert issue["details"]["coding"][0]["code"] == "BO-1"


def test_cancelling_is_a_step_with_a_reason_and_a_new_version(region: Region, number: str) -> None:
    pushed(region.cosmic, "bookings", single(number))
    step = {"version": 2, "reason": "patienten-avbokar", "at": "2026-11-20T09:00:00+01:00"}
    answer = region.cosmic.post(
        f"/v1/bookings/SE2321000115-COSMIC/{number}/cancel", json=step, headers={"Prefer": "wait=20"}
    )
    assert answer.status_code == 200, answer.text
    held = region.cosmic.get(f"/v1/bookings/SE2321000115-COSMIC/{number}").json()
    assert held["booking"]["status"] == "cancelled"
    assert held["booking"]["cancellation"]["reason"] == "patienten-avbokar"


def test_the_same_step_twice_gets_the_same_receipt(region: Region, number: str) -> None:
    region.cosmic.post("/v1/bookings", json=single(number))
    step = {"version": 2, "reason": "patienten-avbokar", "at": "2026-11-20T09:00:00+01:00"}
    path = f"/v1/bookings/SE2321000115-COSMIC/{number}/cancel"
    answers = [region.cosmic.post(path, json=step) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    other = region.cosmic.post(path, json=step | {"reason": "enheten-avbokar"})
    assert (other.status_code, other.json()["problems"][0]["rule"]) == (409, "IN-10")


@pytest.mark.parametrize(
    ("step", "rules"),
    [
        ({"version": 2, "at": "2026-11-20T09:00:00+01:00"}, {"IN-8"}),
        ({"reason": "patienten-avbokar", "at": "2026-11-20T09:00:00+01:00"}, {"IN-8"}),
        ({"version": 2, "reason": "vet-ej", "at": "2026-11-20T09:00:00+01:00"}, {"IN-13"}),
        ({"version": 2, "reason": "patienten-avbokar", "at": "2026-11-20T09:00:00+01:00", "x": 1}, {"IN-3"}),
        ({"version": 2, "reason": "avbokas-via-e-tjanst", "at": "2026-11-20T09:00:00+01:00"}, {"CA-1"}),
        ([], {"IN-2"}),
    ],
)
def test_a_cancelling_without_what_it_needs_is_refused(
    region: Region, number: str, step: Json, rules: set[str]
) -> None:
    region.cosmic.post("/v1/bookings", json=single(number))
    answer = region.cosmic.post(f"/v1/bookings/SE2321000115-COSMIC/{number}/cancel", json=step)
    assert answer.status_code == 422
    assert {problem["rule"] for problem in answer.json()["problems"] if problem["severity"] == "error"} == rules


def test_cancelling_on_a_revision_that_has_moved_is_refused(region: Region, number: str) -> None:
    region.cosmic.post("/v1/bookings", json=single(number))
    region.cosmic.post("/v1/bookings", json=single(number, 2))
    step = {"version": 3, "reason": "patienten-avbokar", "at": "2026-11-20T09:00:00+01:00"}
    path = f"/v1/bookings/SE2321000115-COSMIC/{number}/cancel"
    assert region.cosmic.post(path, json=step, headers={"If-Match": 'W/"1"'}).status_code == 412
    assert region.cosmic.post(path, json=step, headers={"If-Match": 'W/"2"'}).status_code == 202


def test_FK_2_a_second_physician_from_any_source_is_refused_even_in_a_race(region: Region, number: str) -> None:
    person = patient("198112189876")
    with ThreadPoolExecutor(8) as senders:
        messages = [physician(f"{number}-{index}", person) for index in range(8)]
        answers = list(senders.map(lambda message: region.cosmic.post("/v1/named-contacts", json=message), messages))
    assert sorted(answer.status_code for answer in answers) == [202] + [422] * 7
    other = physician(f"{number}-p", person, source="SE2321000115-PASIS", changedAt="2026-11-20T09:00:00+01:00")
    del other["version"]
    refused = region.pasis.post("/v1/named-contacts", json=other)
    assert {problem["rule"] for problem in refused.json()["problems"]} == {"FK-2"}


def test_a_care_event_waits_for_its_booking(region: Region, number: str) -> None:
    event = {
        "source": "SE2321000115-COSMIC",
        "number": f"E-{number}",
        "version": 1,
        "patient": single(number)["patient"],
        "booking": number,
        "form": "single",
        "status": "finished",
        "eventType": "specialised",
        "contactType": "mottagningsbesok",
        "start": "2026-12-01T08:00:00+01:00",
        "end": "2026-12-01T08:20:00+01:00",
        "lines": [{"number": "1", "owner": True, "profession": "lakare", "staff": "SE2321000115-P0001"}],
    }
    refused = region.cosmic.post("/v1/care-events", json=event)
    told = refused.json()["problems"]
    assert [problem["rule"] for problem in told if problem["severity"] == "error"] == ["IN-15"]
    region.cosmic.post("/v1/bookings", json=single(number))
    pushed(region.cosmic, "care-events", event)
