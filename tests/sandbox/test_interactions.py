"""read, vread, history, create, update, delete and their conditional kinds: https://hl7.org/fhir/R4/http.html."""

from __future__ import annotations

import httpx
import pytest

from tests.sandbox.resources import (
    PERSON,
    TOLVAN,
    appointment,
    care_team,
    found,
    patient,
    practitioner,
    put,
    told,
    transaction,
)

BY_NUMBER = {"If-None-Exist": f"identifier={PERSON}|{TOLVAN}"}


def test_a_created_resource_has_an_id_of_the_server_and_is_where_location_says(client: httpx.Client, base: str) -> None:
    answer = client.post("/Patient", json=patient(id="mine"))
    assert answer.status_code == 201
    id_ = answer.json()["id"]
    assert id_ != "mine"
    assert answer.headers["location"] == f"{base}/Patient/{id_}/_history/1"
    assert answer.headers["etag"] == 'W/"1"'
    assert client.get(answer.headers["location"]).content == answer.content == client.get(f"/Patient/{id_}").content


def test_meta_holds_version_and_time_and_whatever_else_was_sent(client: httpx.Client) -> None:
    sent = {"versionId": "77", "lastUpdated": "1999-01-01T00:00:00Z", "profile": ["http://hl7.se/fhir/ig/base"]}
    meta = client.post("/Patient", json=patient(meta=sent)).json()["meta"]
    assert meta["versionId"] == "1"
    assert meta["lastUpdated"] > "2026"
    assert meta["profile"] == sent["profile"]


def test_last_modified_is_the_time_of_the_version(client: httpx.Client) -> None:
    client.post("/$clock", params={"at": "2026-11-24T12:00:00Z"})
    answer = client.put("/Patient/a", json=patient(id="a"))
    assert answer.headers["last-modified"] == "Tue, 24 Nov 2026 12:00:00 GMT"
    assert answer.json()["meta"]["lastUpdated"] == "2026-11-24T12:00:00.000Z"


def test_an_update_of_a_new_id_creates_and_of_a_known_one_makes_a_version(client: httpx.Client) -> None:
    first = client.put("/Patient/a", json=patient(id="a", active=True))
    second = client.put("/Patient/a", json=patient(id="a", active=False))
    assert (first.status_code, first.headers["etag"]) == (201, 'W/"1"')
    assert (second.status_code, second.headers["etag"]) == (200, 'W/"2"')
    assert client.get("/Patient/a/_history/1").json()["active"] is True
    assert client.get("/Patient/a").json()["active"] is False


@pytest.mark.parametrize("order", [("identifier", "active"), ("active", "identifier")])
def test_an_unchanged_put_keeps_its_version_whatever_the_order_of_keys(
    client: httpx.Client, order: tuple[str, str]
) -> None:
    client.put("/Patient/a", json=patient(id="a", active=True)).raise_for_status()
    whole = patient(active=True)
    again = client.put("/Patient/a", json={"id": "a", "resourceType": "Patient", **{key: whole[key] for key in order}})
    assert (again.status_code, again.headers["etag"]) == (200, 'W/"1"')
    assert client.get("/Patient/a/_history").json()["total"] == 1


def test_a_put_of_what_was_read_changes_nothing(client: httpx.Client) -> None:
    client.put("/Patient/a", json=patient(id="a", meta={"tag": [{"code": "x"}]}))
    read = client.get("/Patient/a")
    assert client.put("/Patient/a", json=read.json()).content == read.content


@pytest.mark.parametrize("change", [{"meta": {"tag": [{"code": "x"}]}}, {"active": False}, {"name": [{"text": "T"}]}])
def test_any_change_of_content_is_a_version(client: httpx.Client, change: dict[str, object]) -> None:
    client.put("/Patient/a", json=patient(id="a"))
    assert client.put("/Patient/a", json=patient(id="a") | change).headers["etag"] == 'W/"2"'


def test_a_number_with_more_digits_is_a_change(client: httpx.Client) -> None:
    for digits, version in (("1.0", 1), ("1.00", 2), ("1.00", 2)):
        extension = f'{{"url":"http://x.y","valueDecimal":{digits}}}'
        sent = f'{{"resourceType":"Patient","id":"a","extension":[{extension}]}}'
        answer = client.put("/Patient/a", content=sent, headers={"Content-Type": "application/fhir+json"})
        assert answer.headers["etag"] == f'W/"{version}"'
        assert extension in client.get("/Patient/a").text


@pytest.mark.parametrize("tag", ['W/"1"', '"1"', 'W/"7", W/"1"'])
def test_if_match_of_the_current_version_lets_through(client: httpx.Client, tag: str) -> None:
    client.put("/Patient/a", json=patient(id="a"))
    assert client.put("/Patient/a", json=patient(id="a", active=True), headers={"If-Match": tag}).status_code == 200


@pytest.mark.parametrize("tag", ['W/"2"', 'W/"11"', "nonsense"])
def test_if_match_of_another_version_is_412_and_changes_nothing(client: httpx.Client, tag: str) -> None:
    client.put("/Patient/a", json=patient(id="a"))
    answer = client.put("/Patient/a", json=patient(id="a", active=True), headers={"If-Match": tag})
    assert told(answer) == "412 conflict"
    assert client.get("/Patient/a").headers["etag"] == 'W/"1"'


def test_a_deleted_resource_is_gone_and_its_history_stays(client: httpx.Client) -> None:
    put(client, patient(id="a"))
    deleted = client.delete("/Patient/a")
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert told(client.get("/Patient/a")) == "410 deleted"
    assert told(client.get("/Patient/a/_history/2")) == "410 deleted"
    assert client.get("/Patient/a/_history/1").status_code == 200
    assert found(client, "Patient") == found(client, f"Patient?identifier={PERSON}|{TOLVAN}") == []
    assert client.delete("/Patient/a").status_code == 204
    assert [one["request"]["method"] for one in client.get("/Patient/a/_history").json()["entry"]] == ["DELETE", "PUT"]


def test_a_deleted_id_can_be_written_again(client: httpx.Client) -> None:
    put(client, patient(id="a"))
    client.delete("/Patient/a")
    assert client.put("/Patient/a", json=patient(id="a")).headers["etag"] == 'W/"3"'
    assert found(client, f"Patient?identifier={PERSON}|{TOLVAN}") == ["a"]


def test_what_is_referred_to_is_not_deleted_until_nothing_refers_to_it(client: httpx.Client) -> None:
    put(client, patient(id="a"), appointment("Patient/a", id="b"))
    refused = client.delete("/Patient/a")
    assert told(refused) == "409 conflict"
    assert "Appointment" in refused.json()["issue"][0]["diagnostics"]
    client.delete("/Appointment/b")
    assert client.delete("/Patient/a").status_code == 204


def test_history_is_newest_first_and_says_how_each_version_came(client: httpx.Client, base: str) -> None:
    id_ = client.post("/Patient", json=patient()).json()["id"]
    client.put(f"/Patient/{id_}", json=patient(id=id_, active=True))
    history = client.get(f"/Patient/{id_}/_history").json()
    assert (history["type"], history["total"]) == ("history", 2)
    assert [one["response"]["etag"] for one in history["entry"]] == ['W/"2"', 'W/"1"']
    assert [one["request"]["method"] for one in history["entry"]] == ["PUT", "POST"]
    assert {one["fullUrl"] for one in history["entry"]} == {f"{base}/Patient/{id_}"}


def test_history_since_leaves_out_the_earlier(client: httpx.Client) -> None:
    for day in (1, 2, 3):
        client.post("/$clock", params={"at": f"2026-11-0{day}T12:00:00Z"})
        client.put("/Patient/a", json=patient(id="a", multipleBirthInteger=day))
    history = client.get("/Patient/a/_history", params={"_since": "2026-11-02T00:00:00+01:00"}).json()
    assert [one["resource"]["multipleBirthInteger"] for one in history["entry"]] == [3, 2]


def test_what_never_was_is_404(client: httpx.Client) -> None:
    put(client, patient(id="a"))
    for path in ("/Patient/b", "/Patient/a/_history/2", "/Patient/a/_history/x", "/Patient/b/_history"):
        assert told(client.get(path)) == "404 not-found"


@pytest.mark.parametrize(
    "path", ["/Nonsense", "/Observation/1", "/Patient/a/b", "/Patient/a/_history/1/2", "/Patient/a_b"]
)
def test_a_path_that_there_is_not_is_404(client: httpx.Client, path: str) -> None:
    assert told(client.get(path)) == "404 not-supported"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", "/Patient/a"),
        ("DELETE", "/Patient"),
        ("PUT", "/Patient"),
        ("POST", "/Patient/a"),
        ("POST", "/metadata/x"),
        ("DELETE", f"/Patient?identifier={PERSON}|{TOLVAN}"),
        ("POST", "/Patient/a/_history"),
        ("PUT", "/"),
    ],
)
def test_an_interaction_that_there_is_not_is_refused(client: httpx.Client, method: str, path: str) -> None:
    answer = client.request(method, path, json=patient(id="a"))
    assert told(answer) in ("405 not-supported", "404 not-supported")
    assert found(client, "Patient") == []


@pytest.mark.parametrize(
    ("prefer", "holds"),
    [
        ("return=minimal", ""),
        ("return=representation", "Patient"),
        ("return=OperationOutcome", "OperationOutcome"),
        ("respond-async; return=minimal", ""),
    ],
)
def test_prefer_return_decides_what_a_write_answers(client: httpx.Client, prefer: str, holds: str) -> None:
    answer = client.post("/Patient", json=patient(), headers={"Prefer": prefer})
    assert answer.status_code == 201
    assert answer.headers["etag"]
    assert answer.headers["location"]
    assert (answer.json()["resourceType"] if answer.content else "") == holds


def test_a_read_of_what_the_client_has_is_304(client: httpx.Client) -> None:
    client.post("/$clock", params={"at": "2026-11-24T12:00:00Z"})
    put(client, patient(id="a"))
    for header, value, status in (
        ("If-None-Match", 'W/"1"', 304),
        ("If-None-Match", 'W/"2"', 200),
        ("If-Modified-Since", "Tue, 24 Nov 2026 12:00:00 GMT", 304),
        ("If-Modified-Since", "Tue, 24 Nov 2026 11:59:59 GMT", 200),
        ("If-Modified-Since", "nonsense", 200),
    ):
        answer = client.get("/Patient/a", headers={header: value})
        assert (answer.status_code, bool(answer.content)) == (status, status == 200)


def test_head_is_get_without_the_body(client: httpx.Client) -> None:
    put(client, patient(id="a"))
    head, get = client.head("/Patient/a"), client.get("/Patient/a")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == get.headers["etag"]


def test_if_none_exist_creates_once(client: httpx.Client) -> None:
    first = client.post("/Patient", json=patient(), headers=BY_NUMBER)
    again = client.post("/Patient", json=patient(active=True), headers=BY_NUMBER)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.content == first.content
    assert client.get("/Patient").json()["total"] == 1


@pytest.mark.parametrize("condition", [f"Patient?identifier={PERSON}|{TOLVAN}", f"?identifier={PERSON}%7C{TOLVAN}"])
def test_if_none_exist_may_look_like_a_url(client: httpx.Client, condition: str) -> None:
    put(client, patient(id="a"))
    assert client.post("/Patient", json=patient(), headers={"If-None-Exist": condition}).status_code == 200


@pytest.mark.parametrize("condition", ["", "nonsense=1", "_sort=_id", "_count=1", "identifier="])
def test_a_condition_that_is_none_is_refused(client: httpx.Client, condition: str) -> None:
    assert client.post("/Patient", json=patient(), headers={"If-None-Exist": condition}).status_code == 400
    assert found(client, "Patient") == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/Patient/a?active=true"),
        ("DELETE", "/Patient/a?active=true"),
        ("POST", "/?active=true"),
        ("GET", "/metadata?nonsense=1"),
        ("GET", "/Patient/a?active=true"),
        ("GET", "/Patient/a/_history?active=true"),
    ],
)
def test_parameters_where_there_are_none_are_refused(client: httpx.Client, method: str, path: str) -> None:
    put(client, patient(id="a"))
    body = transaction() if path.startswith("/?") else patient(id="a", active=True)
    assert told(client.request(method, path, json=body)) == "400 not-supported"


def test_a_create_does_not_take_its_condition_from_the_url(client: httpx.Client) -> None:
    assert told(client.post(f"/Patient?identifier={TOLVAN}", json=patient())) == "400 not-supported"


def test_a_conditional_update_creates_updates_or_refuses(client: httpx.Client) -> None:
    url = f"/Patient?identifier={PERSON}|{TOLVAN}"
    created = client.put(url, json=patient())
    updated = client.put(url, json=patient(active=True))
    assert (created.status_code, updated.status_code, updated.json()["id"]) == (201, 200, created.json()["id"])
    client.post("/Patient", json=patient())
    assert told(client.put(url, json=patient())) == "412 multiple-matches"


def test_a_conditional_update_heeds_the_id_in_the_body(client: httpx.Client) -> None:
    url = f"/Patient?identifier={PERSON}|{TOLVAN}"
    assert client.put(url, json=patient(id="chosen")).json()["id"] == "chosen"
    assert client.put(url, json=patient(id="chosen", active=True)).headers["etag"] == 'W/"2"'
    assert told(client.put(url, json=patient(id="other"))) == "400 value"
    put(client, patient("other", id="taken"))
    assert told(client.put("/Patient?identifier=nobody", json=patient(id="taken"))) == "409 conflict"


def test_a_conditional_update_heeds_if_match(client: httpx.Client) -> None:
    url = f"/Patient?identifier={PERSON}|{TOLVAN}"
    assert told(client.put(url, json=patient(), headers={"If-Match": 'W/"1"'})) == "412 conflict"
    client.put(url, json=patient())
    assert told(client.put(url, json=patient(active=True), headers={"If-Match": 'W/"2"'})) == "412 conflict"
    assert client.put(url, json=patient(active=True), headers={"If-Match": 'W/"1"'}).status_code == 200


@pytest.mark.parametrize(
    ("reference", "status"),
    [
        ("Practitioner/a", 201),
        ("Practitioner/a/_history/1", 201),
        ("@base/Practitioner/a", 201),
        ("http://elsewhere.example/fhir/Practitioner/b", 201),
        ("urn:oid:1.2.3", 201),
        ("#inside", 201),
        ("Practitioner/b", 400),
        ("#outside", 400),
        ("nonsense", 400),
        ("urn:uuid:00000000-0000-4000-8000-000000000000", 400),
        ("Practitioner?identifier=x", 400),
        ("Observation/1", 422),
        ("Organization/a", 201),
        ("Location/a", 422),
    ],
)
def test_a_reference_leads_somewhere_or_is_refused(
    client: httpx.Client, base: str, reference: str, status: int
) -> None:
    put(client, practitioner(id="a"), {"resourceType": "Organization", "id": "a", "name": "A"})
    put(client, {"resourceType": "Location", "id": "a"})
    member = {"member": {"reference": reference.replace("@base", base)}}
    inside = [{"resourceType": "Practitioner", "id": "inside"}]
    answer = client.post("/CareTeam", json=care_team(participant=[member], contained=inside))
    assert answer.status_code == status, answer.text
    if status >= 400:
        assert answer.json()["issue"][0]["expression"][0].startswith("CareTeam.participant[0].member")


@pytest.mark.parametrize(
    "holder",
    [
        {"extension": [{"url": "http://x.y", "valueReference": {"reference": "Patient/no"}}]},
        {
            "extension": [
                {"url": "http://x.y", "extension": [{"url": "z", "valueReference": {"reference": "Patient/no"}}]}
            ]
        },
        {
            "contained": [
                {"resourceType": "PractitionerRole", "id": "r", "practitioner": {"reference": "Practitioner/no"}}
            ]
        },
        {"_status": {"extension": [{"url": "http://x.y", "valueReference": {"reference": "Patient/no"}}]}},
        {"managingOrganization": [{"reference": "Organization/no"}]},
    ],
)
def test_references_are_checked_wherever_they_stand(client: httpx.Client, holder: dict[str, object]) -> None:
    assert told(client.post("/CareTeam", json=care_team() | holder)) == "400 not-found"


def test_a_resource_may_refer_to_itself(client: httpx.Client) -> None:
    put(client, {"resourceType": "Organization", "id": "a", "name": "A", "partOf": {"reference": "Organization/a"}})
    assert client.delete("/Organization/a").status_code == 204
