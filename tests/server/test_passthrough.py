"""The gateway's `/fhir`: what the server wrote, unchanged but for addresses, and nothing of a patient in a URL."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest

from adapter.server.answer import Answer, Trouble
from adapter.server.client import FhirClient
from adapter.server.passthrough import Asked, Door, forward
from adapter.server.settings import ServerSettings
from mappings.problem import Json

from .sockets import Answering, Listening, Request, http, listening, resource, says, searchset, told

pytestmark = pytest.mark.anyio

OURS = "https://gateway.example/fhir"
ALIAS = "http://inside:8080/fhir"
NUMBER = "191212121212"
PATIENT: Json = {"resourceType": "Patient", "id": "p-1", "identifier": [{"value": NUMBER}]}


@asynccontextmanager
async def door(answering: Answering) -> AsyncIterator[tuple[Door, Listening]]:
    async with listening(answering) as server:
        settings = ServerSettings(base=server.base, aliases=(ALIAS,), read_timeout=0.3)
        async with FhirClient(settings) as client:
            yield Door(client, OURS + "/"), server


async def ask(answering: Answering, **asked: Any) -> Answer:
    async with door(answering) as (opened, _):
        return await forward(opened, Asked(**{"method": "GET", "path": "Patient/p-1", **asked}))


async def test_a_read_is_handed_on_byte_by_byte() -> None:
    raw = b'{ "resourceType" : "Patient",\n "id":"p-1", "x": 1.10, "y": "\\u00e5", "link": [], "z": [] }'

    answer = await ask(says(http(200, raw, ETag='W/"3"', Last_Modified="Fri, 20 Nov 2026 12:00:00 GMT")))

    assert (answer.status, answer.raw, answer.etag) == (200, raw, 'W/"3"')
    assert answer.last_modified == "Fri, 20 Nov 2026 12:00:00 GMT"


async def test_only_addresses_under_the_servers_base_are_rewritten() -> None:
    def answers(request: Request) -> bytes:
        base = f"http://{request.headers['host']}/fhir"
        raw = f"""{{"resourceType": "Patient", "id": "p-1",
            "managingOrganization" : {{ "reference" :  "{base}/Organization/1" , "display": "{base}/Organization/1"}},
            "generalPractitioner": [{{"reference":"{ALIAS}/Practitioner/1"}}, {{"reference":"Practitioner/2"}},
                {{"reference":"{base}x/Practitioner/1"}}],
            "extension": [{{"url": "{base}/StructureDefinition/x",
                "valueString": "\\"reference\\":\\"{base}/Patient/1"}}]}}"""
        return http(200, raw.encode(), Location=f"{base}/Patient/p-1/_history/1")

    async with door(told(answers)) as (opened, server):
        answer = await forward(opened, Asked(method="GET", path="Patient/p-1"))

    read = orjson.loads(answer.raw)
    assert read["managingOrganization"] == {
        "reference": f"{OURS}/Organization/1",
        "display": f"{server.base}/Organization/1",
    }
    assert [one["reference"] for one in read["generalPractitioner"]] == [
        f"{OURS}/Practitioner/1",
        "Practitioner/2",
        f"{server.base}x/Practitioner/1",
    ]
    assert read["extension"][0]["url"] == f"{server.base}/StructureDefinition/x"
    assert server.base in read["extension"][0]["valueString"]
    assert answer.location == f"{OURS}/Patient/p-1/_history/1"


async def test_a_search_by_get_is_asked_by_post_with_nothing_in_the_url() -> None:
    async with door(says(resource(200, searchset(PATIENT)))) as (opened, server):
        query = f"identifier=http%3A%2F%2Fx%7C{NUMBER}&_count=2"
        got = await forward(
            opened, Asked(method="GET", path="Patient", query=query, headers={"prefer": "handling=lenient"})
        )
        form = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
        posted = await forward(
            opened, Asked(method="POST", path="Patient/_search", query="_count=2", body=b"name=T%C3%A5", headers=form)
        )

    assert (got.status, posted.status) == (200, 200)
    assert [(one.method, one.target) for one in server.requests] == [("POST", "/fhir/Patient/_search")] * 2
    assert [one.body for one in server.requests] == [query.encode(), b"_count=2&name=T%C3%A5"]
    assert server.requests[0].headers["prefer"] == "handling=lenient"


def bundle(request: Request, write: Callable[[Json], bytes] = orjson.dumps, **links: str) -> bytes:
    base = f"http://{request.headers['host']}/fhir"
    page = searchset(PATIENT, base=base)
    page["link"] = [{"relation": name, "url": url.replace("BASE", base)} for name, url in links.items()]
    return http(200, write(page))


async def test_page_links_are_tokens_that_lead_on_for_whoever_got_them() -> None:
    def answers(request: Request) -> bytes:
        this = f"BASE/Patient?identifier=x%7C{NUMBER}"
        if "_getpages" in request.target:
            return bundle(request, self="BASE?_getpages=s&_getpagesoffset=1")
        return bundle(request, self=this, first=this + "&_offset=0", next="BASE?_getpages=s&_getpagesoffset=1")

    async with door(told(answers)) as (opened, server):
        first = await forward(opened, Asked(method="GET", path="Patient", query=f"identifier=x%7C{NUMBER}", holder="a"))
        links = {one["relation"]: one["url"] for one in orjson.loads(first.raw)["link"]}
        query = links["next"].partition("?")[2]
        others = await forward(opened, Asked(method="GET", path="", query=query, holder="b"))
        second = await forward(opened, Asked(method="GET", path="", query=query, holder="a"))
        again = orjson.loads(second.raw)["link"][0]["url"]
        third = await forward(opened, Asked(method="GET", path="", query=again.partition("?")[2], holder="a"))
        start = await forward(opened, Asked(method="GET", path="", query=links["first"].partition("?")[2], holder="a"))

    assert links["self"] == f"{OURS}/Patient/_search"
    assert links["next"].startswith(f"{OURS}/?_page=")
    assert NUMBER.encode() not in first.raw.replace(orjson.dumps(PATIENT), b"")
    assert (others.status, b'"expired"' in others.raw) == (410, True)
    assert (second.status, third.status, start.status) == (200, 200, 200)
    assert [one.target for one in server.requests] == [
        "/fhir/Patient/_search",
        "/fhir?_getpages=s&_getpagesoffset=1",
        "/fhir?_getpages=s&_getpagesoffset=1",
        "/fhir/Patient/_search",
    ]
    assert orjson.loads(first.raw)["entry"][0]["fullUrl"] == f"{OURS}/Patient/p-1"


def escaped(value: Json) -> bytes:
    return orjson.dumps(value).replace(b"/", b"\\/")


def in_unicode(value: Json) -> bytes:
    return orjson.dumps(value).replace(b"=", b"\\u003d")


def spread_out(value: Json) -> bytes:
    return json.dumps(value, indent=4, separators=(" , ", " : ")).encode()


def twice(value: Json) -> bytes:
    entry = {**value["entry"][0], "resource": {**PATIENT, "extension": [{"url": value["link"][0]["url"]}]}}
    return orjson.dumps({**value, "entry": [entry]})


@pytest.mark.parametrize("write", [orjson.dumps, escaped, in_unicode, spread_out, twice])
async def test_links_are_found_however_the_server_writes_json(write: Callable[[Json], bytes]) -> None:
    answer = await ask(told(lambda request: bundle(request, write, next="BASE?_page=2")), path="Patient")

    read = orjson.loads(answer.raw)
    assert read["link"][0]["url"].startswith(f"{OURS}/?_page=")
    assert read["link"][0]["url"] != f"{OURS}/?_page=2"
    assert read["entry"][0]["fullUrl"] == f"{OURS}/Patient/p-1"
    if write is twice:
        assert read["entry"][0]["resource"]["extension"][0]["url"].endswith("/fhir?_page=2")
    else:
        assert read["entry"][0]["resource"] == PATIENT


async def test_two_links_to_the_same_place_are_both_rewritten() -> None:
    answer = await ask(
        told(lambda request: bundle(request, self="BASE/Patient?_page=1", first="BASE/Patient?_page=1")), path="Patient"
    )

    assert [one["url"].startswith(f"{OURS}/?_page=") for one in orjson.loads(answer.raw)["link"]] == [True, True]


async def test_a_page_that_would_go_on_elsewhere_is_not_shown_as_the_whole() -> None:
    answer = await ask(told(lambda request: bundle(request, next="http://elsewhere/fhir?_page=2")), path="Patient")

    assert (answer.status, answer.trouble) == (502, Trouble.ELSEWHERE)
    assert NUMBER.encode() not in answer.raw


async def hangs(*_: object) -> None:
    await asyncio.sleep(60)


async def closes(_: Request, writer: Any) -> None:
    writer.close()


@pytest.mark.parametrize(
    ("answering", "status", "trouble"),
    [
        (says(http(200, b"<html>", "text/html")), 502, Trouble.NOT_FHIR),
        (says(http(404, b"<html>", "text/html")), 502, Trouble.NOT_FHIR),
        (says(http(503, b"<html>", "text/html", Retry_After="9")), 503, Trouble.NOT_FHIR),
        (says(http(302, Location="/login")), 502, Trouble.REDIRECTED),
        (says(resource(200, {**PATIENT, "id": "p-2"})), 502, Trouble.OTHER_THAN_ASKED),
        (closes, 502, Trouble.INTERRUPTED),
        (hangs, 504, Trouble.TIMED_OUT),
        (says(resource(401, {"resourceType": "OperationOutcome"})), 502, None),
    ],
    ids=["html", "html-404", "maintenance", "redirect", "another", "closes", "hangs", "our-own-token"],
)
async def test_trouble_with_the_server_is_the_gateways_to_tell(
    answering: Answering, status: int, trouble: Trouble | None
) -> None:
    answer = await ask(answering)

    read = orjson.loads(answer.raw)
    assert (answer.status, answer.trouble, read["resourceType"]) == (status, trouble, "OperationOutcome")
    assert (answer.retry_after is not None) == (status == 503)


async def test_a_server_that_is_down_is_503_with_a_time_to_come_back() -> None:
    async with door(closes) as (opened, _):
        pass
    async with FhirClient(opened.client.settings) as client:
        answer = await forward(Door(client, OURS), Asked(method="GET", path="Patient/p-1"))

    assert (answer.status, answer.trouble, answer.retry_after) == (503, Trouble.UNREACHABLE, 5.0)


async def test_what_the_server_says_of_an_error_is_not_handed_on() -> None:
    issue = {
        "severity": "error",
        "code": "not-found",
        "diagnostics": f"HAPI-2001: Resource Patient/{NUMBER} is not known [select * from HFJ_RESOURCE]",
        "expression": ["Patient.identifier[0]", f"Patient.where(value='{NUMBER}')"],
    }
    said = {"resourceType": "OperationOutcome", "text": {"div": NUMBER}, "issue": [issue]}

    answer = await ask(says(resource(404, said, Location=f"/x?{NUMBER}")))

    assert answer.status == 404
    assert orjson.loads(answer.raw) == {
        "resourceType": "OperationOutcome",
        "issue": [
            {
                "severity": "error",
                "code": "not-found",
                "diagnostics": "HAPI-2001",
                "expression": ["Patient.identifier[0]"],
            }
        ],
    }
    assert (answer.body, answer.location) == (None, None)


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"path": "Patient/p-1/_history"}, 404),
        ({"path": "Patient/../metadata"}, 404),
        ({"path": "Patient/.."}, 404),
        ({"path": "../secret"}, 404),
        ({"path": ""}, 404),
        ({"path": "", "query": "_page=unknown"}, 410),
        ({"path": "Patient/p-1/Appointment"}, 404),
        ({"path": "$export"}, 404),
        ({"path": "Patient/$everything"}, 404),
        ({"path": "patient"}, 404),
        ({"path": "Patient/p-1", "method": "DELETE"}, 405),
        ({"path": "Patient/p-1", "method": "POST"}, 405),
        ({"path": "Patient", "method": "POST"}, 405),
        ({"path": "Patient", "method": "PUT"}, 405),
        ({"path": "Patient/p-1", "headers": {"accept": "application/fhir+xml"}}, 406),
        ({"path": "Patient/p-1", "query": "_format=xml"}, 406),
        ({"path": "Patient", "query": "_format=application/fhir%2Bxml"}, 406),
        ({"path": "Patient/p-1", "query": f"_elements={NUMBER}"}, 400),
        ({"path": "Patient/p-1", "query": "identifier=a"}, 400),
        ({"path": "Patient", "query": "&".join(["a=1"] * 300)}, 400),
        (
            {
                "path": "Patient/_search",
                "method": "POST",
                "body": b"{}",
                "headers": {"content-type": "application/json"},
            },
            415,
        ),
        (
            {
                "path": "Patient/_search",
                "method": "POST",
                "body": b"\xff",
                "headers": {"content-type": "application/x-www-form-urlencoded"},
            },
            400,
        ),
    ],
)
async def test_what_the_gateway_does_not_do_is_refused_before_the_server_is_asked(asked: Json, status: int) -> None:
    async with door(says(resource(200, PATIENT))) as (opened, server):
        answer = await forward(opened, Asked(**{"method": "GET", **asked}))

    assert (answer.status, server.requests) == (status, [])
    assert orjson.loads(answer.raw)["resourceType"] == "OperationOutcome"
    assert NUMBER.encode() not in answer.raw


async def test_a_read_takes_its_own_parameters_and_conditions() -> None:
    async with door(says(http(304, b"", ETag='W/"3"'))) as (opened, server):
        headers = {
            "if-none-match": 'W/"3"',
            "authorization": "Bearer caller",
            "accept": "application/fhir+json, */*;q=0.1",
        }
        answer = await forward(
            opened,
            Asked(method="GET", path="Patient/p-1/_history/3", query="_pretty=true&_format=json", headers=headers),
        )

    assert (answer.status, answer.raw, answer.etag) == (304, b"", 'W/"3"')
    assert server.requests[0].target == "/fhir/Patient/p-1/_history/3?_pretty=true&_format=json"
    assert server.requests[0].headers["if-none-match"] == 'W/"3"'
    assert "authorization" not in server.requests[0].headers


async def test_no_patient_is_in_the_repr_of_a_request() -> None:
    asked = Asked(
        method="POST", path="Patient/_search", query=f"a={NUMBER}", body=NUMBER.encode(), headers={"x": NUMBER}
    )

    assert NUMBER not in repr(asked)
