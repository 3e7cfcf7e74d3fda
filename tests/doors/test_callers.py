"""Who may do what: default is nothing."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from adapter.security.token_file import TokensUnreadable, tokens
from tests.doors.conftest import Region, found, physician, pushed, single

DOORS = [
    ("POST", "/v1/bookings"),
    ("POST", "/v1/bookings/check"),
    ("POST", "/v1/care-events"),
    ("POST", "/v1/named-contacts"),
    ("POST", "/v1/bookings/search"),
    ("POST", "/v1/named-contacts/search"),
    ("GET", "/v1/bookings/SE2321000115-COSMIC/1"),
    ("POST", "/v1/bookings/SE2321000115-COSMIC/1/cancel"),
    ("GET", "/v1/messages/1"),
    ("GET", "/fhir/metadata"),
    ("GET", "/fhir/Appointment"),
]


@pytest.mark.parametrize(("method", "path"), DOORS)
@pytest.mark.parametrize("header", [None, "Bearer wrong", "Basic Y29zbWljOmNvc21pYw==", "Bearer", "Bearer å"])
def test_nobody_gets_in_without_a_token_that_is_known(
    region: Region, method: str, path: str, header: str | None
) -> None:
    headers = [] if header is None else [(b"Authorization", header.encode("latin-1"))]
    with httpx.Client(base_url=region.base) as stranger:
        answer = stranger.request(method, path, headers=headers)
    assert answer.status_code == 401
    said = 'Bearer error="invalid_token"' if (header or "").startswith("Bearer") else "Bearer"
    assert answer.headers["WWW-Authenticate"] == said


def test_a_source_system_writes_only_its_own(region: Region, number: str) -> None:
    answer = region.pasis.post("/v1/bookings", json=single(number))
    assert (answer.status_code, answer.json()["problems"][0]["rule"]) == (403, "IN-14")
    assert region.cosmic.get(f"/v1/bookings/SE2321000115-COSMIC/{number}").status_code == 404


@pytest.mark.parametrize("caller", ["nurse", "portal", "tolvan"])
def test_readers_write_nothing(region: Region, number: str, caller: str) -> None:
    client: httpx.Client = getattr(region, caller)
    assert client.post("/v1/bookings", json=single(number)).status_code == 403
    assert client.post(f"/v1/bookings/SE2321000115-COSMIC/{number}/decline", json={}).status_code == 403


def test_a_source_system_reads_only_its_own(region: Region, number: str) -> None:
    receipt = pushed(region.cosmic, "bookings", single(number))
    assert region.pasis.get(f"/v1/bookings/SE2321000115-COSMIC/{number}").status_code == 404
    assert region.pasis.get(f"/v1/messages/{receipt['id']}").status_code == 404
    assert number not in {item["number"] for item in found(region.pasis, "bookings", single(number)["patient"])}


def test_a_patient_sees_only_her_own(region: Region, number: str) -> None:
    pushed(region.cosmic, "bookings", single(number))
    other = {"identity": {"kind": "personnummer", "value": "198112189876"}}
    pushed(region.cosmic, "bookings", single(f"{number}-other", patient=other))
    assert number in {item["number"] for item in found(region.tolvan, "bookings")}
    assert region.tolvan.post("/v1/bookings/search", json={"patient": other["identity"]}).status_code == 403
    assert region.tolvan.get(f"/v1/bookings/SE2321000115-COSMIC/{number}").status_code == 200
    assert region.tolvan.get(f"/v1/bookings/SE2321000115-COSMIC/{number}-other").status_code == 404


def test_patients_are_not_let_in_at_fhir(region: Region) -> None:
    assert region.tolvan.get("/fhir/Appointment").status_code == 403
    assert region.portal.get("/fhir/Patient/1").status_code == 403


def test_a_portal_names_its_patient_in_the_body(region: Region) -> None:
    answer = region.portal.post("/v1/bookings/search", json={})
    assert (answer.status_code, answer.json()["problems"][0]["rule"]) == (422, "IN-8")


def test_without_a_token_file_only_loopback_is_served() -> None:
    open_door = tokens(None)
    assert open_door.caller(None, "127.0.0.1") is not None
    assert open_door.caller(None, "::1") is not None
    assert open_door.caller(None, "192.0.2.7") is None
    assert open_door.caller(None, None) is None


@pytest.mark.parametrize(
    "text",
    [
        "[[token]]\nname='x'",
        "[[token]]\nname='x'\nsha256='00'\naudience='staff'",
        f"[[token]]\nname='x'\nsha256='{'0' * 64}'\naudience='king'",
        f"[[token]]\nname='x'\nsha256='{'0' * 64}'\naudience='patient'",
        f"[[token]]\nname='x'\nsha256='{'0' * 64}'\naudience='staff'\npatient='any'",
        "not toml",
    ],
)
def test_a_token_file_that_cannot_be_used_is_refused_at_start(tmp_path: Path, text: str) -> None:
    path = tmp_path / "tokens.toml"
    path.write_text(text)
    with pytest.raises(TokensUnreadable, match=r"tokens\.toml"):
        tokens(path)


def test_a_patient_never_sees_what_is_for_staff(region: Region, number: str) -> None:
    person = {"identity": {"kind": "personnummer", "value": "189001019802"}}
    basis = {
        "kind": "quick",
        "targetDate": "2026-12-01",
        "customer": "region-halland",
        "information": "hemligt",
        "deskInformation": "kassan",
    }
    pushed(
        region.cosmic,
        "bookings",
        single(number, patient=person, basis=basis, summons={"way": "digital", "freeText": "Välkommen"}),
    )
    pushed(region.cosmic, "named-contacts", physician(number, person))
    booking = next(item for item in found(region.portal, "bookings", person) if item["number"] == number)
    assert "basis" not in booking
    assert "responsibleUnit" not in booking
    assert booking["summons"]["freeText"] == "Välkommen"
    contact = next(item for item in found(region.portal, "named-contacts", person) if item["id"] == number)
    assert "careToCarePhone" not in contact["unit"]
    assert contact["unit"]["publicPhone"] == "035-12 35 00"
    assert "contactWays" not in contact["person"]
    assert found(region.nurse, "named-contacts", person)[0]["person"]["contactWays"][0]["value"] == "035-11 11 11"
