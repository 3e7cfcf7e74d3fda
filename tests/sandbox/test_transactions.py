"""Transactions: all or nothing. https://hl7.org/fhir/R4/http.html#transaction"""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.sandbox.resources import (
    PERSON,
    TOLVAN,
    Json,
    appointment,
    care_team,
    entry,
    found,
    patient,
    practitioner,
    put,
    told,
    transaction,
)

URN = "urn:uuid:6ba7b810-9dad-41d1-80b4-00c04fd430c8"
BY_NUMBER = f"identifier={PERSON}|{TOLVAN}"


def send(client: httpx.Client, *entries: Json, **headers: str) -> httpx.Response:
    return client.post("/", json=transaction(*entries), headers=headers)


def statuses(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [one["response"]["status"][:3] for one in answer.json()["entry"]]


def test_the_response_has_an_entry_for_each_in_order(client: httpx.Client) -> None:
    put(client, practitioner(id="old"), patient("other", id="there"))
    answer = send(
        client,
        entry("PUT", "Patient/new", patient(id="new")),
        entry("GET", "Patient/new"),
        entry("DELETE", "Practitioner/old"),
        entry("POST", "CareTeam", care_team()),
        entry("PUT", "Patient/there", patient("other", id="there")),
    )
    assert answer.json()["type"] == "transaction-response"
    assert statuses(answer) == ["201", "200", "204", "201", "200"]
    created, read, deleted, posted, unchanged = answer.json()["entry"]
    assert created["response"]["location"] == "Patient/new/_history/1"
    assert created["response"]["etag"] == unchanged["response"]["etag"] == 'W/"1"'
    assert created["response"]["lastModified"] == read["resource"]["meta"]["lastUpdated"]
    assert posted["response"]["location"].startswith("CareTeam/")
    assert "location" not in deleted["response"]


def test_the_order_of_the_entries_does_not_matter(client: httpx.Client) -> None:
    """DELETE before POST before PUT before GET, whatever the Bundle's order."""
    put(client, patient(id="old"))
    answer = send(
        client,
        entry("GET", f"Patient?{BY_NUMBER}"),
        entry("PUT", f"Patient?{BY_NUMBER}", patient(id="new")),
        entry("DELETE", "Patient/old"),
    )
    assert statuses(answer) == ["200", "201", "204"]
    assert [one["resource"]["id"] for one in answer.json()["entry"][0]["resource"]["entry"]] == ["new"]


def test_urns_are_resolved_wherever_they_stand(client: httpx.Client) -> None:
    nested = {"url": "http://x.y", "extension": [{"url": "z", "valueReference": {"reference": URN}}]}
    text = {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml"><a href="{URN}">T</a></div>'}
    team = care_team(
        id="team",
        subject={"reference": URN, "display": URN},
        extension=[
            nested,
            {"url": "http://x.y/uri", "valueUri": URN},
            {"url": "http://x.y/string", "valueString": URN},
        ],
        contained=[{"resourceType": "CareTeam", "id": "c", "subject": {"reference": URN}}],
        text=text,
    )
    answer = send(client, entry("PUT", "CareTeam/team", team), entry("POST", "Patient", patient(), URN))
    literal = answer.json()["entry"][1]["response"]["location"].removesuffix("/_history/1")
    stored = client.get("/CareTeam/team").json()
    assert stored["subject"] == {"reference": literal, "display": URN}
    assert stored["extension"][0]["extension"][0]["valueReference"]["reference"] == literal
    assert stored["contained"][0]["subject"]["reference"] == literal
    assert stored["extension"][1]["valueUri"] == literal
    assert stored["extension"][2]["valueString"] == URN
    assert f'href="{literal}"' in stored["text"]["div"]
    assert found(client, f"CareTeam?subject={literal}") == ["team"]


def test_absolute_full_urls_are_resolved_too_and_relative_references_beside_them(client: httpx.Client) -> None:
    there = "http://elsewhere.example/fhir"
    answer = send(
        client,
        entry("POST", "Patient", patient(), f"{there}/Patient/1"),
        entry("POST", "Appointment", appointment(f"{there}/Patient/1"), f"{there}/Appointment/1"),
        entry("POST", "Appointment", appointment("Patient/1"), f"{there}/Appointment/2"),
    )
    assert statuses(answer) == ["201", "201", "201"]
    patient_id = found(client, "Patient")[0]
    assert client.get(f"/Appointment?patient={patient_id}").json()["total"] == 2


def test_entries_may_refer_to_each_other_in_a_ring(client: httpx.Client) -> None:
    one, other = "urn:uuid:00000000-0000-4000-8000-000000000001", "urn:uuid:00000000-0000-4000-8000-000000000002"
    link = {"type": "seealso"}
    first = patient("1", link=[link | {"other": {"reference": other}}])
    second = patient("2", link=[link | {"other": {"reference": one}}])
    assert (
        statuses(send(client, entry("POST", "Patient", first, one), entry("POST", "Patient", second, other)))
        == ["201"] * 2
    )


@pytest.mark.parametrize("twins", [0, 2])
def test_a_conditional_reference_that_does_not_find_one_rolls_all_back(client: httpx.Client, twins: int) -> None:
    for _ in range(twins):
        client.post("/Patient", json=patient())
    answer = send(
        client,
        entry("PUT", "Practitioner/a", practitioner(id="a")),
        entry("POST", "CareTeam", care_team(subject={"reference": f"Patient?{BY_NUMBER}"})),
    )
    assert told(answer) == ("412 multiple-matches" if twins else "400 not-found")
    assert answer.json()["issue"][0]["expression"] == ["Bundle.entry[1].resource.subject.reference"]
    assert found(client, "Practitioner") == found(client, "CareTeam") == []


def test_a_conditional_reference_finds_what_the_same_transaction_writes(client: httpx.Client) -> None:
    answer = send(
        client,
        entry("POST", "Appointment", appointment(f"Patient?{BY_NUMBER}"), URN),
        entry("PUT", "Patient/a", patient(id="a")),
    )
    assert statuses(answer) == ["201", "201"]
    assert client.get("/Appointment?patient=a").json()["total"] == 1


def test_if_none_exist_matches_what_is_there_and_what_the_transaction_wrote(client: httpx.Client) -> None:
    creating = entry("POST", "Patient", patient(), URN, ifNoneExist=BY_NUMBER)
    other = entry("POST", "Patient", patient(), ifNoneExist=BY_NUMBER)
    booking = entry("POST", "Appointment", appointment(URN))
    assert statuses(send(client, creating, other, booking)) == ["201", "200", "201"]
    assert statuses(send(client, creating, other, booking)) == ["200", "200", "201"]
    assert client.get("/Patient").json()["total"] == 1
    assert client.get(f"/Appointment?patient={found(client, 'Patient')[0]}").json()["total"] == 2


def test_an_unchanged_resource_beside_a_conditional_one_is_still_found_by_its_references(client: httpx.Client) -> None:
    booking = appointment("Patient/a", id="b")
    put(client, patient("other", id="a"), booking)
    answer = send(
        client,
        entry("PUT", "Appointment/b", booking),
        entry("PUT", f"Patient?{BY_NUMBER}", patient()),
    )
    assert statuses(answer) == ["200", "201"]
    assert client.get("/Appointment/b").headers["etag"] == 'W/"1"'
    assert found(client, "Appointment?patient=a") == ["b"]
    assert told(client.delete("/Patient/a")) == "409 conflict"


def test_if_none_exist_that_finds_many_rolls_all_back(client: httpx.Client) -> None:
    put(client, patient(id="a"), patient(id="b"))
    answer = send(
        client,
        entry("PUT", "Practitioner/a", practitioner(id="a")),
        entry("POST", "Patient", patient(), ifNoneExist=BY_NUMBER),
    )
    assert told(answer) == "412 multiple-matches"
    assert found(client, "Practitioner") == []


def test_a_stale_if_match_rolls_all_back(client: httpx.Client) -> None:
    put(client, patient(id="a"))
    answer = send(
        client,
        entry("PUT", "Practitioner/a", practitioner(id="a")),
        entry("PUT", "Patient/a", patient(id="a", active=True), ifMatch='W/"2"'),
    )
    assert told(answer) == "412 conflict"
    assert answer.json()["issue"][0]["expression"][0].startswith("Bundle.entry[1]")
    assert found(client, "Practitioner") == []
    assert client.get("/Patient/a").headers["etag"] == 'W/"1"'


def test_what_refers_and_what_is_referred_to_can_be_deleted_together(client: httpx.Client) -> None:
    put(client, patient(id="a"), appointment("Patient/a", id="b"))
    assert statuses(send(client, entry("DELETE", "Patient/a"), entry("DELETE", "Appointment/b"))) == ["204", "204"]


def test_a_deletion_that_leaves_a_reference_behind_rolls_all_back(client: httpx.Client) -> None:
    put(client, patient(id="a"), appointment("Patient/a", id="b"), patient("other", id="c"))
    assert told(send(client, entry("DELETE", "Patient/c"), entry("DELETE", "Patient/a"))) == "409 conflict"
    assert client.get("/Patient/c").status_code == 200


def test_a_reference_to_what_the_same_transaction_deletes_is_refused(client: httpx.Client) -> None:
    put(client, patient(id="a"))
    answer = send(client, entry("DELETE", "Patient/a"), entry("POST", "Appointment", appointment("Patient/a")))
    assert told(answer) == "400 not-found"
    assert client.get("/Patient/a").status_code == 200


@pytest.mark.parametrize(
    "entries",
    [
        (entry("PUT", "Patient/a", patient(id="a")), entry("PUT", "Patient/a", patient(id="a", active=True))),
        (entry("DELETE", "Patient/a"), entry("PUT", "Patient/a", patient(id="a"))),
        (entry("POST", "Patient", patient()), entry("PUT", f"Patient?{BY_NUMBER}", patient(active=True))),
        (entry("PUT", "Patient/b", patient(id="b")), entry("PUT", f"Patient?{BY_NUMBER}", patient())),
    ],
)
def test_two_entries_for_one_resource_are_refused(client: httpx.Client, entries: tuple[Json, ...]) -> None:
    put(client, patient("other", id="a"))
    assert send(client, *entries).status_code in (400, 412)
    assert client.get("/Patient/a").headers["etag"] == 'W/"1"'
    assert client.get("/Patient").json()["total"] == 1


def test_all_that_is_wrong_is_told_at_once_and_where(client: httpx.Client) -> None:
    answer = send(
        client,
        entry("POST", "Patient", patient(gender="nonsense")),
        entry("POST", "Appointment", {"resourceType": "Appointment", "status": "booked"}),
    )
    assert answer.status_code == 422
    assert [issue["expression"][0] for issue in answer.json()["issue"]] == [
        "Bundle.entry[0].resource.gender",
        "Bundle.entry[1].resource.participant",
    ]


def test_prefer_representation_shows_what_was_written(client: httpx.Client) -> None:
    shown = send(client, entry("PUT", "Patient/a", patient(id="a")), Prefer="return=representation").json()["entry"][0]
    assert shown["resource"] == client.get("/Patient/a").json()
    assert "resource" not in send(client, entry("PUT", "Patient/b", patient("b", id="b"))).json()["entry"][0]


def test_a_failed_read_rolls_all_back(client: httpx.Client) -> None:
    answer = send(client, entry("PUT", "Patient/a", patient(id="a")), entry("GET", "Patient/missing"))
    assert told(answer) == "404 not-found"
    assert found(client, "Patient") == []


def test_an_empty_transaction_is_a_transaction(client: httpx.Client) -> None:
    assert client.post("/", json=transaction()).json() == {"resourceType": "Bundle", "type": "transaction-response"}


def test_a_transaction_may_be_posted_to_the_base_with_or_without_a_slash(base: str) -> None:
    for url in (base, f"{base}/"):
        assert httpx.post(url, json=transaction()).status_code == 200


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ({"resourceType": "Bundle", "type": "batch", "entry": []}, "400 not-supported"),
        ({"resourceType": "Bundle", "type": "collection"}, "400 not-supported"),
        ({"resourceType": "Bundle"}, "400 not-supported"),
        ({"resourceType": "Patient"}, "400 invalid"),
        (transaction({"resource": patient()}), "400 required"),
        (transaction(entry("PATCH", "Patient/a")), "400 not-supported"),
        (transaction(entry("NONSENSE", "Patient/a")), "400 value"),
        (transaction(entry("POST", "Nonsense", patient())), "400 not-supported"),
        (transaction(entry("POST", "Patient")), "400 invalid"),
        (transaction(entry("POST", "Patient/a", patient())), "400 not-supported"),
        (transaction(entry("PUT", "Patient", patient())), "400 not-supported"),
        (transaction(entry("PUT", "Patient/a", patient(id="b"))), "400 invalid"),
        (transaction(entry("DELETE", "Patient?active=true")), "400 not-supported"),
        (
            transaction(entry("POST", "Patient", patient(), URN), entry("POST", "Patient", patient(), URN)),
            "400 invalid",
        ),
        ({"resourceType": "Bundle", "type": "transaction", "entry": {}}, "400 structure"),
        ({"resourceType": "Bundle", "type": "transaction", "entry": [1]}, "400 required"),
    ],
)
def test_what_is_no_transaction_is_refused(client: httpx.Client, body: Any, answer: str) -> None:
    assert told(client.post("/", json=body)) == answer
    assert found(client, "Patient") == []
