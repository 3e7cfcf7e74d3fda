"""What of a care event's coding is on the FHIR server, and who is answerable for it."""

from __future__ import annotations

import httpx

from mappings.problem import Json
from tests.doors.conftest import Region, pushed
from tests.rules.messages import GONE, changed, event


def coded(number: str, version: int, *codes: str) -> Json:
    """A visit with diagnoses, each with its place as its number."""
    listed = [{"number": str(at), "code": code} for at, code in enumerate(codes, 1)]
    return changed(event(), "/booking", GONE) | {"number": number, "version": version, "diagnoses": listed}


def verified(region: Region, number: str) -> dict[str, str]:
    """Diagnosis by diagnosis, how far each is held to be true."""
    found = {}
    for at in ("1", "2"):
        known = f"https://vardbro.example/fhir/sid/diagnosis|SE2321000115-COSMIC/{number}/{at}"
        entries = httpx.get(f"{region.fhir}/Condition", params={"identifier": known}).json().get("entry", [])
        for entry in entries:
            found[at] = entry["resource"]["verificationStatus"]["coding"][0]["code"]
    return found


def test_a_diagnosis_that_is_left_out_is_entered_in_error_until_it_is_said_again(region: Region, number: str) -> None:
    pushed(region.cosmic, "care-events", coded(number, 1, "E11.9", "I10.9"))
    assert verified(region, number) == {"1": "confirmed", "2": "confirmed"}
    pushed(region.cosmic, "care-events", coded(number, 2, "E11.9"))
    assert verified(region, number) == {"1": "confirmed", "2": "entered-in-error"}
    pushed(region.cosmic, "care-events", coded(number, 3, "E11.9", "I48.9"))
    assert verified(region, number) == {"1": "confirmed", "2": "confirmed"}
    shown = region.nurse.get(f"/v1/care-events/SE2321000115-COSMIC/{number}").json()["careEvent"]
    assert [one["code"] for one in shown["diagnoses"]] == ["E11.9", "I48.9"]


def test_who_is_answerable_for_a_visit_and_its_coding_is_told(region: Region, number: str) -> None:
    pushed(region.cosmic, "care-events", coded(number, 1, "E11.9"))
    known = f"https://vardbro.example/fhir/sid/care-event/SE2321000115-COSMIC|{number}"
    target = f"Encounter/{_id(region, known)}"
    answer = httpx.get(f"{region.fhir}/Provenance", params={"target": target}).json()
    [provenance] = [entry["resource"] for entry in answer["entry"]]
    assert [agent["type"]["coding"][0]["code"] for agent in provenance["agent"]] == ["author", "custodian"]
    assert len(provenance["target"]) == 2


def _id(region: Region, known: str) -> str:
    [entry] = httpx.get(f"{region.fhir}/Encounter", params={"identifier": known}).json()["entry"]
    return str(entry["resource"]["id"])
