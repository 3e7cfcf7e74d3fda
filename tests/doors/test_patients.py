"""`POST /v1/patients`: the patient alone, and what follows when she is set to deceased (DE-1)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from mappings.problem import Json
from tests.benchmarks.people import SOURCE
from tests.doors.conftest import Region, found, patient, pushed, single

AGDA, HUGO, KIM, LO, UNO = "198112189876", "201701102384", "189001019802", "189102279800", "189912299816"
PASIS = "SE2321000115-PASIS"


def card(identifier: str, number: str, version: int = 1, **fields: Any) -> Json:
    return {"source": SOURCE, "id": identifier, "version": version, "patient": patient(number, **fields)}


def resources(region: Region, kind: str, number: str) -> list[Json]:
    asked = httpx.post(
        f"{region.fhir}/Patient/_search",
        data={"identifier": f"http://electronichealth.se/identifier/personnummer|{number}"},
    ).json()
    hers = asked["entry"][0]["resource"]
    if kind == "Patient":
        return [hers]
    element = "beneficiary" if kind == "Coverage" else "patient"
    listed = httpx.get(f"{region.fhir}/{kind}?_count=500").json().get("entry", [])
    return [
        one["resource"] for one in listed if one["resource"][element]["reference"].endswith(f"Patient/{hers['id']}")
    ]


def test_a_patient_is_taken_in_alone_and_read_back(region: Region, number: str) -> None:
    told: Json = {"name": {"given": ["Agda"], "family": "Andersson"}, "sex": "female"}
    receipt = pushed(region.cosmic, "patients", card(number, AGDA, **told))
    assert (receipt["kind"], receipt["number"], receipt["state"]) == ("patient", number, "delivered")
    shown = region.nurse.get(f"/v1/patients/{SOURCE}/{number}").json()
    assert shown["card"]["patient"] == patient(AGDA, **told)
    assert [one["family"] for one in resources(region, "Patient", AGDA)[0]["name"]] == ["Andersson"]


def test_those_close_to_her_and_her_memberships_are_resources_and_what_is_left_out_is_emptied(
    region: Region, number: str
) -> None:
    near = {"number": "1", "kind": "contactPerson", "name": {"text": "Bea Lind"}, "phone": "070-174 06 55"}
    paying = [{"kind": "selfPaying"}]
    pushed(region.cosmic, "patients", card(number, HUGO, relations=[near], memberships=paying))
    [relation], [coverage] = resources(region, "RelatedPerson", HUGO), resources(region, "Coverage", HUGO)
    assert (relation["name"][0]["text"], coverage["status"]) == ("Bea Lind", "active")
    pushed(region.cosmic, "patients", card(number, HUGO, 2))
    [relation], [coverage] = resources(region, "RelatedPerson", HUGO), resources(region, "Coverage", HUGO)
    assert (relation["active"], coverage["status"]) == (False, "cancelled")
    assert not {"name", "telecom"} & relation.keys()


def test_PI_1_a_marking_empties_those_close_to_her(region: Region, number: str) -> None:
    near = {"number": "1", "kind": "contactPerson", "name": {"text": "Gömd Släkting"}}
    pushed(region.cosmic, "patients", card(number, KIM, relations=[near]))
    marked = single(f"{number}-M", patient=patient(KIM, protection={"kind": "sekretessmarkering"}))
    pushed(region.cosmic, "bookings", marked)
    assert "Gömd Släkting" not in str(resources(region, "RelatedPerson", KIM))
    shown = region.nurse.get(f"/v1/patients/{SOURCE}/{number}").json()["card"]
    assert shown["patient"].keys() == {"identity", "protection"}


def test_what_a_booking_leaves_out_is_as_the_card_has_it_and_the_card_is_not_moved_by_it(
    region: Region, number: str
) -> None:
    named: Json = {"name": {"given": ["Lo"], "family": "Kortsson"}}
    pushed(region.cosmic, "patients", card(number, LO, **named, sex="female"))
    pushed(region.cosmic, "bookings", single(number, patient=patient(LO)))
    [item] = found(region.nurse, "bookings", patient(LO))
    assert item["patient"] == patient(LO, **named, sex="female")
    assert resources(region, "Patient", LO)[0]["gender"] == "female"


def test_PI_1_a_locked_field_is_not_changed_by_whoever_knows_of_no_marking(region: Region, number: str) -> None:
    number_of = "190212149819"
    marked = {
        "source": PASIS,
        "id": number,
        "changedAt": "2026-11-20T08:00:00+01:00",
        "patient": patient(number_of, protection={"kind": "skyddadFolkbokforing"}),
    }
    pushed(region.pasis, "patients", marked)
    answer = region.cosmic.post("/v1/patients", json=card(number, number_of, name={"text": "Röjd"}))
    assert answer.status_code == 422
    assert [(one["rule"], one["path"]) for one in answer.json()["problems"]] == [("PI-1", "/patient/name")]
    assert region.cosmic.post("/v1/patients", json=card(number, number_of)).status_code == 202


@pytest.mark.parametrize("identifier", ["191212121212", "19121212-1212"])
def test_a_card_is_not_named_by_a_personnummer(region: Region, identifier: str) -> None:
    answer = region.cosmic.post("/v1/patients", json=card(identifier, AGDA))
    assert answer.status_code == 422
    assert [(one["rule"], one["path"]) for one in answer.json()["problems"]] == [("IN-9", "/id")]


def test_DE_1_her_coming_bookings_are_cancelled_by_the_system_in_the_same_commit(region: Region, number: str) -> None:
    past = single(f"{number}-past", patient=patient(UNO))
    past["lines"][0]["start"] = "2026-01-05T08:00:00+01:00"
    past["basis"]["targetDate"] = "2026-01-05"
    coming = single(f"{number}-coming", patient=patient(UNO))
    for booking in (past, coming):
        pushed(region.cosmic, "bookings", booking)
    receipt = pushed(region.cosmic, "patients", card(number, UNO, deceased={"on": "2026-11-19"}))
    assert receipt["derived"] == [{"rule": "DE-1", "path": f"/bookings/{SOURCE}/{number}-coming"}]
    shown = {one["number"]: one for one in found(region.nurse, "bookings", patient(UNO))}
    assert shown[f"{number}-past"]["status"] == "booked"
    cancelled = shown[f"{number}-coming"]
    assert cancelled["status"] == "cancelled"
    assert (cancelled["cancellation"]["systemReason"], cancelled["cancellation"]["by"]) == ("deceased", "system")
    at = region.cosmic.get(f"/v1/bookings/{SOURCE}/{number}-coming").json()
    assert (at["booking"]["version"], at["revision"]) == (1, 2)

    told = region.cosmic.get(f"/v1/bookings/{SOURCE}/{number}-coming/timeline").json()["steps"][-1]
    assert (told["step"], told["by"], told["reason"]) == ("cancel", "system", "deceased")

    undone = pushed(region.cosmic, "patients", card(number, UNO, 2))
    assert undone["derived"] == [{"rule": "DE-1", "path": f"/bookings/{SOURCE}/{number}-coming"}]
    assert region.cosmic.get(f"/v1/bookings/{SOURCE}/{number}-coming").json()["booking"]["status"] == "cancelled"
    pushed(region.cosmic, "bookings", coming | {"version": 2})
    assert region.cosmic.get(f"/v1/bookings/{SOURCE}/{number}-coming").json()["booking"]["status"] == "booked"


def test_DE_1_is_shown_at_once_before_the_server_knows(paused: Region, number: str) -> None:
    coming = single(number, patient=patient("190910199827"))
    assert paused.cosmic.post("/v1/bookings", json=coming).status_code == 202
    dead = card(number, "190910199827", deceased={})
    assert paused.cosmic.post("/v1/patients", json=dead).status_code == 202
    assert [one["status"] for one in found(paused.nurse, "bookings", coming["patient"])] == ["cancelled"]
