"""Formats: https://hl7.org/fhir/R4/http.html#mime-type. JSON only, and it says so."""

from __future__ import annotations

import httpx
import orjson
import pytest

from tests.sandbox.resources import found, patient, put, told

FHIR = "application/fhir+json"


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        (FHIR, 200),
        ("application/json", 200),
        ("application/fhir+json; fhirVersion=4.0", 200),
        ("application/fhir+json;charset=utf-8", 200),
        ("application/fhir+xml, application/fhir+json;q=0.5", 200),
        ("text/html,application/xhtml+xml,*/*;q=0.8", 200),
        ("", 200),
        ("application/fhir+xml", 406),
        ("text/html", 406),
        ("application/fhir+json; fhirVersion=5.0", 406),
        ("application/fhir+json;q=0", 406),
        ("application/fhir+xml, application/json; q=0.0", 406),
    ],
)
def test_accept(client: httpx.Client, accept: str, status: int) -> None:
    put(client, patient(id="a"))
    answer = client.get("/Patient/a", headers={"Accept": accept})
    assert answer.status_code == status
    assert answer.headers["content-type"] == f"{FHIR}; charset=utf-8"
    if status == 406:
        assert told(answer) == "406 not-supported"


@pytest.mark.parametrize(
    ("chosen", "status"),
    [("json", 200), (FHIR, 200), ("application/json", 200), ("text/json", 200), ("xml", 406), ("ttl", 406), ("", 406)],
)
def test_format_goes_before_accept(client: httpx.Client, chosen: str, status: int) -> None:
    put(client, patient(id="a"))
    answer = client.get("/Patient/a", params={"_format": chosen}, headers={"Accept": "application/fhir+xml"})
    assert answer.status_code == status


def test_format_is_taken_everywhere(client: httpx.Client) -> None:
    assert client.post("/Patient?_format=json", json=patient()).status_code == 201
    assert client.get("/Patient?_format=json&_pretty=false").json()["total"] == 1
    assert client.get("/metadata?_format=json").status_code == 200
    assert client.post("/Patient/_search", data={"_format": "json"}).status_code == 200


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        (FHIR, 201),
        ("application/json", 201),
        ("text/json", 201),
        ("application/fhir+json; charset=UTF-8", 201),
        ("application/fhir+json; fhirVersion=4.0", 201),
        ("application/fhir+json; fhirVersion=3.0", 415),
        ("application/fhir+json; charset=iso-8859-1", 415),
        ("application/fhir+xml", 415),
        ("text/plain", 415),
        ("", 415),
    ],
)
def test_content_type(client: httpx.Client, content_type: str, status: int) -> None:
    body = orjson.dumps(patient())
    answer = client.post("/Patient", content=body, headers={"Content-Type": content_type})
    assert answer.status_code == status
    assert len(found(client, "Patient")) == (status == 201)


def test_a_search_that_is_posted_is_a_form(client: httpx.Client) -> None:
    assert told(client.post("/Patient/_search", json={"gender": "male"})) == "415 not-supported"


def test_a_transaction_has_a_content_type_too(client: httpx.Client) -> None:
    assert told(client.post("/", content=b"{}", headers={"Content-Type": "text/plain"})) == "415 not-supported"


def test_a_compressed_body_is_refused(client: httpx.Client) -> None:
    answer = client.post("/Patient", content=b"x", headers={"Content-Type": FHIR, "Content-Encoding": "gzip"})
    assert told(answer) == "415 not-supported"


def test_pretty_changes_only_white_space_outside_of_strings(client: httpx.Client) -> None:
    sent = '{"resourceType":"Patient","id":"a","extension":[{"url":"http://x.y","valueDecimal":1.00}]}'
    client.put("/Patient/a", content=sent, headers={"Content-Type": FHIR})
    pretty = client.get("/Patient/a?_pretty=true").text
    assert pretty.splitlines()[1].startswith("  ")
    assert '"valueDecimal": 1.00' in pretty
    assert "".join(pretty.split()) == client.get("/Patient/a").text
