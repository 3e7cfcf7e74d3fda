"""The same messages in other contracts, asked for by `Accept`; whoever asks for none has regional JSON."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import httpx
import orjson
import pytest
from fhir.resources.bundle import Bundle

from mappings.contracts import CONTRACTS, Contract
from mappings.contracts.care_contacts import CARE_CONTACTS, EVENTS
from mappings.contracts.care_managers import CARE_MANAGERS
from mappings.contracts.care_team import CARE_TEAM
from mappings.contracts.scheduling import SCHEDULING
from mappings.problem import Json
from tests.benchmarks.people import SOURCE
from tests.doors.conftest import Region, patient, physician, pushed, single, starting
from tests.golden.corpus import MESSAGES

DOORS = {"booking": "bookings", "named-contact": "named-contacts", "care-event": "care-events"}
SEARCHED = [contract for contract in CONTRACTS if contract.kind in ("booking", "named-contact")]

HIDDEN, SHOWN = "035-66 66 66", "035-77 77 77"
"""Numbers that the patient may not see, and may."""

WAYS = {
    "name": {"given": ["Anna"], "family": "Läkarsson"},
    "hsaId": "SE2321000115-P0009",
    "position": "201011",
    "contactWays": [{"way": "phone", "value": HIDDEN}, {"way": "phone", "value": SHOWN, "shownToPatient": True}],
}


def asked(client: httpx.Client, contract: Contract | str, person: Json, door: str = "") -> httpx.Response:
    accept = contract if isinstance(contract, str) else contract.media
    door = door or (DOORS[contract.kind] if isinstance(contract, Contract) else "")
    return client.post(f"/v1/{door}/search", json={"patient": person["identity"]}, headers={"Accept": accept})


@pytest.fixture(scope="module")
def person(region: Region) -> Json:
    """A patient with a physician and a booking."""
    somebody = patient("189001019802", name={"given": ["Beda"], "family": "Exempelsson"})
    pushed(region.cosmic, "named-contacts", physician("K-1", somebody, person=WAYS))
    pushed(region.cosmic, "bookings", single("K-1", patient=somebody))
    return somebody


@pytest.mark.parametrize("contract", SEARCHED, ids=lambda one: one.name)
def test_a_search_is_answered_in_the_contract_that_is_asked_for(
    region: Region, person: Json, contract: Contract
) -> None:
    answer = asked(region.nurse, contract, person)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == contract.media
    assert answer.headers["vary"] == "Accept"
    assert answer.headers["vardbro-left-out"] == "0"
    if contract.namespaces is None:
        found = Bundle.model_validate(answer.json())
        assert (found.type, found.total) == ("searchset", 1)
    else:
        root = ElementTree.fromstring(answer.content)
        assert root.tag == f"{{{contract.namespaces[0]}}}{contract.name}Response"
        assert len(root.findall(f"{{{contract.namespaces[0]}}}{contract.item}")) == 1


@pytest.mark.parametrize("contract", SEARCHED, ids=lambda one: one.name)
def test_one_is_read_in_it_too_by_the_sources_own_key(region: Region, person: Json, contract: Contract) -> None:
    del person
    path = f"/v1/{DOORS[contract.kind]}/{SOURCE}/K-1"
    answer = region.nurse.get(path, headers={"Accept": contract.media})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == contract.media
    assert answer.headers["etag"] == region.nurse.get(path).headers["etag"]
    if contract is CARE_TEAM:
        assert Bundle.model_validate(answer.json()).type == "collection"


def test_a_care_event_is_read_as_a_care_contact_by_its_own_key(region: Region) -> None:
    event = orjson.loads((MESSAGES / "care-event" / "telephone-contact-with-a-nurse.json").read_bytes())
    pushed(region.operator, "care-events", event)
    path = f"/v1/care-events/{event['source']}/{event['number']}"
    answer = region.nurse.get(path, headers={"Accept": EVENTS.media})
    assert answer.status_code == 200
    [document] = ElementTree.fromstring(answer.content).iterfind(".//{*}documentId")
    assert document.text == f"care-event/{event['number']}"
    assert region.nurse.get(path, headers={"Accept": CARE_TEAM.media}).status_code == 406


@pytest.mark.parametrize(
    "accept",
    [
        *("*/*", "application/json", "application/*;q=0.5", "text/html", "application/fhir+json", ""),
        f"application/json, {CARE_TEAM.media};q=0.5",
        f"{CARE_TEAM.media};q=0, */*",
        f"{SCHEDULING.media}, */*;q=0.1",
        "application/fhir+json; fhirVersion=4.0, */*;q=0.1",
    ],
)
def test_who_asks_for_no_contract_of_this_door_has_regional_json(region: Region, person: Json, accept: str) -> None:
    answer = asked(region.nurse, accept, person, "named-contacts")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["total"] == 1


@pytest.mark.parametrize(
    "accept",
    [
        "application/fhir+json;fhirversion=5.0",
        'application/FHIR+json; fhirVersion="5.0"; charset=utf-8',
        "application/json;q=0.5, application/fhir+json; fhirVersion=5.0",
        "text/html, application/fhir+json; fhirVersion=5.0;q=0.2",
    ],
)
def test_a_contract_is_known_by_its_type_and_parameter_however_they_are_written(
    region: Region, person: Json, accept: str
) -> None:
    assert asked(region.nurse, accept, person, "named-contacts").headers["content-type"] == CARE_TEAM.media


@pytest.mark.parametrize(
    "accept", ["application/fhir+json; fhirVersion=4.3", SCHEDULING.media, 'application/xml; profile="urn:riv:other"']
)
def test_a_contract_that_the_door_has_not_is_406_and_says_what_to_ask_for(
    region: Region, person: Json, accept: str
) -> None:
    answer = asked(region.nurse, accept, person, "named-contacts")
    assert answer.status_code == 406
    assert "JSON" in answer.text


def test_one_that_the_contract_cannot_say_is_406_and_is_left_out_of_a_search_and_counted(region: Region) -> None:
    somebody = patient("189002019801")
    nurse = physician("K-2", somebody, kind="other", role="diabetessjukskoterska", about="Insulin")
    pushed(region.cosmic, "named-contacts", nurse)
    answer = asked(region.nurse, CARE_TEAM, somebody)
    assert answer.json() == {"resourceType": "Bundle", "type": "searchset", "total": 0}
    assert answer.headers["vardbro-left-out"] == "1"
    read = region.nurse.get(f"/v1/named-contacts/{SOURCE}/K-2", headers={"Accept": CARE_TEAM.media})
    assert read.status_code == 406


def test_what_the_server_holds_and_nobody_can_read_is_counted_for_staff(region: Region) -> None:
    somebody = patient("189006019807")
    pushed(region.cosmic, "bookings", single("K-6", patient=somebody))
    [found] = httpx.get(f"{region.fhir}/Appointment", params={"identifier": "K-6"}).json()["entry"]
    assert asked(region.nurse, SCHEDULING, somebody).headers["vardbro-unread"] == "0"
    url = f"{region.fhir}/Appointment/{found['resource']['id']}"
    assert httpx.put(url, json=found["resource"] | {"description": "annans"}).status_code == 200
    assert asked(region.nurse, SCHEDULING, somebody).headers["vardbro-unread"] == "1"
    assert "vardbro-unread" not in asked(region.portal, SCHEDULING, somebody).headers


def test_a_contract_knows_no_pages(region: Region, person: Json) -> None:
    body = {"patient": person["identity"], "count": 1}
    answer = region.nurse.post("/v1/bookings/search", json=body, headers={"Accept": SCHEDULING.media})
    assert answer.status_code == 422
    assert [(one["rule"], one["path"]) for one in answer.json()["problems"]] == [("IN-3", "/count")]


def test_FK_8_what_the_patient_may_not_see_is_in_no_contract_that_she_is_told(region: Region, person: Json) -> None:
    for contract in SEARCHED:
        text = asked(region.portal, contract, person).text
        assert HIDDEN not in text, contract.name
        assert (SHOWN in text) == (contract.kind == "named-contact"), contract.name


def test_FK_8_care_staff_are_told_the_direct_number_where_the_contract_has_room_for_it(
    region: Region, person: Json
) -> None:
    assert HIDDEN in asked(region.nurse, CARE_MANAGERS, person).text
    assert HIDDEN not in asked(region.nurse, CARE_TEAM, person).text


@pytest.mark.parametrize("contract", SEARCHED, ids=lambda one: one.name)
def test_a_patient_asks_for_nobody_else_and_another_source_sees_nothing(
    region: Region, person: Json, contract: Contract
) -> None:
    assert asked(region.tolvan, contract, person).status_code == 403
    answer = asked(region.pasis, contract, person)
    assert answer.status_code == 200
    assert "K-1" not in answer.text
    assert "Läkarsson" not in answer.text
    read = region.pasis.get(f"/v1/{DOORS[contract.kind]}/{SOURCE}/K-1", headers={"Accept": contract.media})
    assert read.status_code == 404


def test_what_the_patient_is_not_shown_does_not_become_visible_to_staff_in_what_1177_shows(region: Region) -> None:
    somebody = patient("189003019800")
    pushed(region.cosmic, "bookings", single("K-3", patient=somebody, status="annulled"))
    answer = asked(region.nurse, SCHEDULING, somebody)
    assert "K-3" not in answer.text
    assert answer.headers["vardbro-left-out"] == "0"


SECRETS = ("Hemligsson", "070-666 66 66", "Hemliga gatan 1", "Hemlighult", "Hemliga boendet")


@pytest.fixture
def protected(region: Region) -> Json:
    somebody = patient(
        "189004019809",
        name={"given": ["Hemliga"], "family": SECRETS[0]},
        protection={"kind": "sekretessmarkering"},
        phones=[{"kind": "mobile", "value": SECRETS[1]}],
        addresses=[{"kind": "home", "street": SECRETS[2], "town": SECRETS[3]}],
        housing=SECRETS[4],
    )
    pushed(region.cosmic, "named-contacts", physician("K-4", somebody, person=WAYS))
    pushed(region.cosmic, "bookings", single("K-4", patient=somebody))
    return somebody


@pytest.mark.parametrize("contract", SEARCHED, ids=lambda one: one.name)
def test_PI_1_nothing_of_a_protected_patient_but_her_number_is_in_any_contract(
    region: Region, protected: Json, contract: Contract
) -> None:
    for client in (region.portal, region.nurse, region.operator, region.cosmic):
        text = asked(client, contract, protected).text
        assert "189004019809" in text
        assert [secret for secret in (*SECRETS, "Hemliga") if secret in text] == []


@pytest.mark.parametrize("contract", SEARCHED, ids=lambda one: one.name)
def test_a_server_that_cannot_be_asked_is_503_in_every_contract(
    tmp_path: Path, person: Json, contract: Contract
) -> None:
    with starting(tmp_path, "http://127.0.0.1:9/fhir") as base:
        at = Region(base, "")
        assert asked(at.portal, contract, person).status_code == 503
        at.close()


def test_FK_12_an_ended_contact_is_in_no_contract_before_the_server_knows(tmp_path: Path, fhir: str) -> None:
    somebody = patient("189005019808")
    with starting(tmp_path, fhir) as base:
        at = Region(base, fhir)
        pushed(at.cosmic, "named-contacts", physician("K-5", somebody))
        assert "Läkarsson" in asked(at.portal, CARE_TEAM, somebody).text
        at.close()
    with starting(tmp_path, fhir, deliver=False) as base:
        at = Region(base, fhir)
        at.cosmic.post("/v1/named-contacts", json=physician("K-5", somebody, 2, status="ended", end="2026-11-19"))
        for contract in (CARE_TEAM, CARE_MANAGERS):
            assert "Läkarsson" not in asked(at.portal, contract, somebody).text
        at.close()


def test_the_answer_carries_the_callers_trace(region: Region, person: Json) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    headers = {"Accept": CARE_CONTACTS.media, "traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
    body = {"patient": person["identity"]}
    answer = region.nurse.post("/v1/bookings/search", json=body, headers=headers)
    assert "4bf92f35-77b3-4da6-a3ce-929d0e0e4736" in answer.text


def test_the_published_contract_names_every_media_type_at_the_doors_that_have_it(region: Region) -> None:
    paths = region.operator.get("/openapi.json").json()["paths"]
    for contract in CONTRACTS:
        read = paths[f"/v1/{DOORS[contract.kind]}/{{source}}/{{number}}"]["get"]
        assert contract.media in read["responses"]["200"]["content"]
        assert "406" in read["responses"]
        if contract in SEARCHED:
            search = paths[f"/v1/{DOORS[contract.kind]}/search"]["post"]
            assert contract.media in search["responses"]["200"]["content"]
            assert "406" in search["responses"]
