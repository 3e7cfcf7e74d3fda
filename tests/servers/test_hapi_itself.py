"""How HAPI 8.8.0 answers where servers differ: what our delivery relies on, and the traps that it must avoid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx
import pytest

from mappings.problem import Json

SYSTEM = "https://vardbro.example/fhir/sid/hapi-itself"
LABEL = {"system": "https://vardbro.example/fhir/CodeSystem/label", "code": "not-for-patient"}


@pytest.fixture(scope="module")
def hapi(hapi_base: str) -> Iterator[httpx.Client]:
    headers = {"Content-Type": "application/fhir+json", "Cache-Control": "no-cache"}
    with httpx.Client(base_url=hapi_base, headers=headers, timeout=120) as client:
        yield client


def unit(number: str, **more: object) -> Json:
    return {"resourceType": "Organization", "identifier": [{"system": SYSTEM, "value": number}], "name": "A", **more}


def put(hapi: httpx.Client, resource: Json, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return hapi.put(f"/{resource['resourceType']}/{resource['id']}", json=resource, headers=named)


def transaction(hapi: httpx.Client, *writes: tuple[Json, Json]) -> httpx.Response:
    """One transaction of (resource, request) pairs."""
    entries = [{"fullUrl": f"urn:uuid:{uuid4()}", "resource": resource, "request": ask} for resource, ask in writes]
    return hapi.post("/", json={"resourceType": "Bundle", "type": "transaction", "entry": entries})


def how_many(hapi: httpx.Client, number: str) -> int:
    """The organisations with this number, counted by the server."""
    answer = hapi.get("/Organization", params={"identifier": f"{SYSTEM}|{number}", "_total": "accurate"})
    return int(answer.json()["total"])


def version(answer: httpx.Response) -> str:
    return str(answer.json()["meta"]["versionId"])


def code_of(answer: httpx.Response) -> str:
    """HAPI's own number of the error, such as HAPI-1094."""
    diagnostics = answer.json()["issue"][0]["diagnostics"]
    return str(diagnostics.split(":")[0])


def at_once(act: Callable[[int], httpx.Response]) -> list[httpx.Response]:
    """Sixteen requests at the same time."""
    with ThreadPoolExecutor(16) as pool:
        return list(pool.map(act, range(16)))


def test_a_put_with_our_id_creates_then_updates_and_unchanged_keeps_its_version(hapi: httpx.Client) -> None:
    ours = unit("put", id=str(uuid4()))
    new, changed, same = put(hapi, ours), put(hapi, {**ours, "name": "B"}), put(hapi, {**ours, "name": "B"})
    assert [new.status_code, changed.status_code, same.status_code] == [201, 200, 200]
    assert [version(new), version(changed), version(same)] == ["1", "2", "2"]


def test_a_purely_numeric_id_is_refused(hapi: httpx.Client) -> None:
    refused = put(hapi, unit("numeric", id="4711"))
    assert (refused.status_code, code_of(refused)) == (400, "HAPI-0960")


def test_a_stale_if_match_on_put_is_409_and_not_412(hapi: httpx.Client) -> None:
    ours = unit("stale", id=str(uuid4()))
    put(hapi, ours)
    put(hapi, {**ours, "name": "B"})
    stale = put(hapi, {**ours, "name": "C"}, If_Match='W/"1"')
    assert (stale.status_code, code_of(stale)) == (409, "HAPI-0550")
    assert hapi.get(f"/Organization/{ours['id']}").json()["name"] == "B"


def test_a_stale_if_match_in_a_transaction_is_409_and_undoes_all_of_it(hapi: httpx.Client) -> None:
    ours = unit("stale-entry", id=str(uuid4()))
    put(hapi, ours)
    put(hapi, {**ours, "name": "B"})
    stale = transaction(
        hapi,
        (unit("beside-stale"), {"method": "POST", "url": "Organization"}),
        ({**ours, "name": "C"}, {"method": "PUT", "url": f"Organization/{ours['id']}", "ifMatch": 'W/"1"'}),
    )
    assert stale.status_code == 409
    assert how_many(hapi, "beside-stale") == 0


def test_a_fresh_if_match_in_a_transaction_updates(hapi: httpx.Client) -> None:
    ours = unit("fresh-entry", id=str(uuid4()))
    put(hapi, ours)
    request = {"method": "PUT", "url": f"Organization/{ours['id']}", "ifMatch": 'W/"1"'}
    done = transaction(hapi, ({**ours, "name": "B"}, request))
    assert done.status_code == 200
    assert done.json()["entry"][0]["response"]["etag"] == "2"


def test_an_if_match_on_what_is_not_there_creates_it(hapi: httpx.Client) -> None:
    assert put(hapi, unit("match-nothing", id=str(uuid4())), If_Match='W/"7"').status_code == 201


def test_a_stale_if_match_on_delete_and_an_if_none_match_on_put_are_ignored(hapi: httpx.Client) -> None:
    ours = unit("ignored", id=str(uuid4()))
    put(hapi, ours)
    assert put(hapi, {**ours, "name": "B"}, If_None_Match="*").status_code == 200
    assert hapi.delete(f"/Organization/{ours['id']}", headers={"If-Match": 'W/"1"'}).status_code == 200


def test_sixteen_puts_of_one_id_at_once_make_one_resource_and_losers_get_409(hapi: httpx.Client) -> None:
    ours = unit("race-put", id=str(uuid4()))
    answers = at_once(lambda n: put(hapi, {**ours, "name": f"name {n}"}))
    outcomes = Counter(answer.status_code for answer in answers)
    assert outcomes[201] == 1
    assert set(outcomes) <= {200, 201, 409}
    assert how_many(hapi, "race-put") == 1


def test_sixteen_creates_with_if_none_exist_at_once_make_one_resource(hapi: httpx.Client) -> None:
    only_once = {"If-None-Exist": f"identifier={SYSTEM}%7Crace-create"}
    answers = at_once(lambda _: hapi.post("/Organization", json=unit("race-create"), headers=only_once))
    assert {answer.status_code for answer in answers} <= {200, 201, 409}
    assert how_many(hapi, "race-create") == 1


def test_a_reference_to_what_is_not_there_is_400(hapi: httpx.Client) -> None:
    dangling = unit("dangling", id=str(uuid4()), partOf={"reference": f"Organization/{uuid4()}"})
    refused = put(hapi, dangling)
    assert (refused.status_code, code_of(refused)) == (400, "HAPI-1094")
    assert how_many(hapi, "dangling") == 0


def test_a_reference_inside_an_unknown_extension_is_not_looked_up(hapi: httpx.Client) -> None:
    url = "https://vardbro.example/fhir/StructureDefinition/any"
    inside = [{"url": url, "valueReference": {"reference": f"Organization/{uuid4()}"}}]
    assert put(hapi, unit("inside", id=str(uuid4()), extension=inside)).status_code == 201


def test_references_between_the_entries_of_a_transaction_are_resolved(hapi: httpx.Client) -> None:
    whole, part = f"urn:uuid:{uuid4()}", f"urn:uuid:{uuid4()}"
    ident = str(uuid4())
    entries = [
        {
            "fullUrl": part,
            "resource": unit("part", partOf={"reference": whole}),
            "request": {"method": "POST", "url": "Organization"},
        },
        {
            "fullUrl": whole,
            "resource": unit("whole", id=ident),
            "request": {"method": "PUT", "url": f"Organization/{ident}"},
        },
    ]
    done = hapi.post("/", json={"resourceType": "Bundle", "type": "transaction", "entry": entries}).json()
    kept = hapi.get(f"/{done['entry'][0]['response']['location']}").json()
    assert kept["partOf"]["reference"] == f"Organization/{ident}"


def test_a_conditional_reference_that_finds_one_is_resolved(hapi: httpx.Client) -> None:
    ident = str(uuid4())
    put(hapi, unit("found", id=ident))
    part = unit("finds", partOf={"reference": f"Organization?identifier={SYSTEM}|found"})
    done = transaction(hapi, (part, {"method": "POST", "url": "Organization"})).json()
    kept = hapi.get(f"/{done['entry'][0]['response']['location']}").json()
    assert kept["partOf"]["reference"] == f"Organization/{ident}"


def test_a_conditional_reference_that_finds_none_is_404_and_undoes_all_of_it(hapi: httpx.Client) -> None:
    lost = unit("lost", partOf={"reference": f"Organization?identifier={SYSTEM}|none"})
    create = {"method": "POST", "url": "Organization"}
    refused = transaction(hapi, (unit("beside-lost"), create), (lost, create))
    assert (refused.status_code, code_of(refused)) == (404, "HAPI-1091")
    assert how_many(hapi, "beside-lost") == 0


def test_a_conditional_reference_that_finds_several_is_412_and_undoes_all_of_it(hapi: httpx.Client) -> None:
    for _ in range(2):
        put(hapi, unit("twin", id=str(uuid4())))
    torn = unit("torn", partOf={"reference": f"Organization?identifier={SYSTEM}|twin"})
    create = {"method": "POST", "url": "Organization"}
    refused = transaction(hapi, (unit("beside-torn"), create), (torn, create))
    assert (refused.status_code, code_of(refused)) == (412, "HAPI-2207")
    assert how_many(hapi, "beside-torn") == 0


def test_an_absolute_reference_to_elsewhere_is_400_and_one_by_identifier_is_taken(hapi: httpx.Client) -> None:
    elsewhere = put(
        hapi, unit("abs", id=str(uuid4()), partOf={"reference": "https://elsewhere.example/Organization/1"})
    )
    logical = put(hapi, unit("logical", id=str(uuid4()), partOf={"identifier": {"system": SYSTEM, "value": "any"}}))
    assert (elsewhere.status_code, code_of(elsewhere)) == (400, "HAPI-0507")
    assert logical.status_code == 201


def test_what_is_referred_to_cannot_be_deleted(hapi: httpx.Client) -> None:
    whole = unit("kept-whole", id=str(uuid4()))
    put(hapi, whole)
    put(hapi, unit("its-part", id=str(uuid4()), partOf={"reference": f"Organization/{whole['id']}"}))
    assert hapi.delete(f"/Organization/{whole['id']}").status_code == 409


def test_what_was_deleted_is_gone_and_a_put_brings_it_back(hapi: httpx.Client) -> None:
    ours = unit("gone", id=str(uuid4()))
    put(hapi, ours)
    hapi.delete(f"/Organization/{ours['id']}")
    assert hapi.get(f"/Organization/{ours['id']}").status_code == 410
    assert put(hapi, ours).status_code == 201
    assert version(hapi.get(f"/Organization/{ours['id']}")) == "3"


def test_a_search_without_cache_control_may_be_stale_and_no_cache_is_not(hapi: httpx.Client) -> None:
    ask = {"identifier": f"{SYSTEM}|cached"}
    plain = {"Cache-Control": ""}
    assert "entry" not in hapi.get("/Organization", params=ask, headers=plain).json()
    put(hapi, unit("cached", id=str(uuid4())))
    assert "entry" not in hapi.get("/Organization", params=ask, headers=plain).json()
    assert len(hapi.get("/Organization", params=ask).json()["entry"]) == 1


def test_a_search_by_post_finds_the_same_as_by_get(hapi: httpx.Client) -> None:
    put(hapi, unit("posted", id=str(uuid4())))
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    found = hapi.post("/Organization/_search", data={"identifier": f"{SYSTEM}|posted"}, headers=form)
    assert len(found.json()["entry"]) == 1


def test_an_unknown_search_parameter_is_400(hapi: httpx.Client) -> None:
    assert hapi.get("/Organization", params={"colour": "red"}).status_code == 400


@pytest.mark.parametrize("name", ["patient.identifier", "patient:Patient.identifier"])
def test_bookings_are_found_by_the_identifier_of_their_patient(hapi: httpx.Client, name: str) -> None:
    patient, booking = _booked(hapi, number=name.replace(":", "-"))
    found = hapi.get("/Appointment", params={name: f"{SYSTEM}|{patient}"}).json()
    assert [entry["resource"]["id"] for entry in found["entry"]] == [booking]


def test_the_identifier_modifier_of_a_reference_is_400(hapi: httpx.Client) -> None:
    assert hapi.get("/Appointment", params={"patient:identifier": f"{SYSTEM}|any"}).status_code == 400


def _booked(hapi: httpx.Client, number: str) -> tuple[str, str]:
    """A patient with this number and a booking: gives the number and the booking's id."""
    patient, booking = str(uuid4()), str(uuid4())
    identifier = [{"system": SYSTEM, "value": number}]
    put(hapi, {"resourceType": "Patient", "id": patient, "identifier": identifier})
    actor = {"reference": f"Patient/{patient}"}
    appointment = {
        "resourceType": "Appointment",
        "id": booking,
        "status": "booked",
        "start": "2026-11-24T13:00:00+01:00",
        "end": "2026-11-24T14:00:00+01:00",
        "participant": [{"actor": actor, "status": "accepted"}],
    }
    assert put(hapi, appointment).status_code == 201
    return number, booking


def test_a_label_that_a_put_leaves_out_stays_until_meta_delete(hapi: httpx.Client) -> None:
    ours = unit("labelled", id=str(uuid4()))
    put(hapi, {**ours, "meta": {"security": [LABEL]}})
    kept = put(hapi, {**ours, "name": "B"})
    assert kept.json()["meta"]["security"] == [LABEL]
    parameters = {"resourceType": "Parameters", "parameter": [{"name": "meta", "valueMeta": {"security": [LABEL]}}]}
    hapi.post(f"/Organization/{ours['id']}/$meta-delete", json=parameters)
    assert "security" not in hapi.get(f"/Organization/{ours['id']}").json()["meta"]


@pytest.mark.parametrize("wrong", [{"status": "bookedd"}, {"start": "2026-13-24T13:00:00+01:00"}])
def test_an_unknown_status_and_an_impossible_date_are_400(hapi: httpx.Client, wrong: Json) -> None:
    booking = {"resourceType": "Appointment", "id": str(uuid4()), "status": "proposed", **wrong}
    assert put(hapi, booking).status_code == 400


def test_an_unknown_element_is_dropped_and_a_missing_required_one_is_stored(hapi: httpx.Client) -> None:
    kept = put(hapi, {"resourceType": "Appointment", "id": str(uuid4()), "colour": "red"})
    assert kept.status_code == 201
    assert "colour" not in kept.json()


def test_it_keeps_every_element_of_a_booking_as_it_was_sent(hapi: httpx.Client) -> None:
    _, booking = _booked(hapi, number="kept-whole-booking")
    sent = hapi.get(f"/Appointment/{booking}").json()
    sent.pop("meta")
    assert sent["start"] == "2026-11-24T13:00:00+01:00"
    put(hapi, {**sent, "comment": "Ta med blodsockerdagbok.\nKom tio minuter före."})
    read = hapi.get(f"/Appointment/{booking}").json()
    read.pop("meta")
    assert read == {**sent, "comment": "Ta med blodsockerdagbok.\nKom tio minuter före."}
