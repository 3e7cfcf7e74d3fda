"""What a door reads: whole or known not to be, with keys for references, bad entries named."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from adapter.server.answer import Trouble
from adapter.server.client import FhirClient
from adapter.server.issues import Issue
from adapter.server.records import BadEntry, Fetched, Flaw, fetch, identifier_keys
from adapter.server.settings import ServerSettings
from mappings.problem import Json
from mappings.shape.key import Key

from .sockets import Answering, Request, http, listening, resource, says, searchset, told

pytestmark = pytest.mark.anyio

PERSON = Key("Patient", "http://electronichealth.se/identifier/personnummer", "191212121212")
UNIT = Key("Organization", "urn:oid:1.2.752.29.4.19", "SE2321000115-E1")


def patient(**more: Any) -> Json:
    named = [{"system": PERSON.system, "value": PERSON.value}, {"system": "other", "value": "2"}]
    return {"resourceType": "Patient", "id": "p-1", "identifier": named, **more}


def booking(*references: str) -> Json:
    actors = [{"actor": {"reference": text}} for text in references]
    return {"resourceType": "Appointment", "id": "a-1", "participant": actors}


async def fetched(answering: Answering, **more: Any) -> Fetched:
    async with listening(answering) as server, FhirClient(ServerSettings(base=server.base)) as client:
        return await fetch(client, "Appointment", [("patient.identifier", "s|191212121212")], **more)


async def test_references_among_what_was_found_are_keys_whatever_page_it_stood_on() -> None:
    def answers(request: Request) -> bytes:
        base = f"http://{request.headers['host']}/fhir"
        if "_page" in request.target:
            return resource(200, searchset(patient()))
        refers = booking(
            "Patient/p-1", f"{base}/Patient/p-1", "Patient/p-1/_history/4", "Patient/p-2", "http://x/Patient/p-1"
        )
        return resource(200, searchset(refers, next_url=f"{base}?_page=2"))

    read = await fetched(told(answers))

    assert read.failed is None
    assert [found.resource["id"] for found in read.found] == ["a-1", "p-1"]
    assert read.found[0].resource == booking(*[PERSON.text] * 3, "Patient/p-2", "http://x/Patient/p-1")
    assert read.found[1].keys == (PERSON, Key("Patient", "other", "2"))


async def test_what_was_not_found_is_asked_of_whoever_knows_it() -> None:
    refers = booking("Organization/o-1", "Organization/o-2")

    read = await fetched(
        says(resource(200, searchset(refers))),
        key_of=lambda kind, place: UNIT if (kind, place) == (UNIT.kind, "o-1") else None,
    )

    assert read.found[0].resource == booking(UNIT.text, "Organization/o-2")


async def test_bad_entries_are_named_and_the_rest_is_delivered() -> None:
    outcome = {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "warning", "code": "processing", "diagnostics": "1912"}],
    }
    nested: Any = "x"
    for _ in range(150):
        nested = [nested]
    bundle = searchset(patient(), patient(id="p-2", identifier="none", nested=nested))
    bundle["entry"] += [
        None,
        7,
        {},
        {"resource": []},
        {"resource": {"id": "1"}},
        {"resource": {"resourceType": "Patient"}},
    ]
    bundle["entry"] += [{"resource": outcome, "search": {"mode": "outcome"}}, {"resource": booking(), "search": "x"}]

    read = await fetched(says(resource(200, bundle)))

    assert [found.resource["id"] for found in read.found] == ["p-1", "p-2", "a-1"]
    assert read.bad == (
        BadEntry(0, 2, Flaw.NO_RESOURCE),
        BadEntry(0, 3, Flaw.NO_RESOURCE),
        BadEntry(0, 4, Flaw.NO_RESOURCE),
        BadEntry(0, 5, Flaw.NO_RESOURCE),
        BadEntry(0, 6, Flaw.NO_RESOURCE),
        BadEntry(0, 7, Flaw.NO_ID),
        BadEntry(0, 8, Flaw.OUTCOME, (Issue("warning", "processing", ""),)),
    )


async def test_what_a_page_repeats_counts_once_as_last_seen() -> None:
    def answers(request: Request) -> bytes:
        if "_page" in request.target:
            return resource(200, searchset(patient(active=True)))
        return resource(200, searchset(patient(), next_url="?_page=2"))

    read = await fetched(told(answers))

    assert [found.resource.get("active") for found in read.found] == [True]


async def test_what_was_only_brought_along_is_told_apart() -> None:
    bundle = searchset(booking(), patient())
    bundle["entry"][1]["search"]["mode"] = "include"

    read = await fetched(says(resource(200, bundle)))

    assert [found.matched for found in read.found] == [True, False]


async def test_a_part_is_known_to_be_a_part() -> None:
    def answers(request: Request) -> bytes:
        if "_page" in request.target:
            return http(502, b"<html>", "text/html")
        return resource(200, searchset(patient(), next_url="?_page=2"))

    read = await fetched(told(answers))

    assert len(read.found) == 1
    assert read.failed is not None
    assert (read.failed.status, read.failed.trouble) == (502, Trouble.NOT_FHIR)


async def test_nothing_found_is_nothing_wrong() -> None:
    read = await fetched(says(resource(200, {"resourceType": "Bundle", "type": "searchset", "total": 0})))

    assert read == Fetched((), (), None)


async def test_an_entry_list_that_is_none_is_nothing_found() -> None:
    read = await fetched(says(http(200, orjson.dumps({"resourceType": "Bundle", "entry": {"a": 1}, "link": 3}))))

    assert read == Fetched((), (), None)


def test_an_identifier_that_is_none_is_no_key() -> None:
    listed = [{"system": "s", "value": "1"}, {"system": "s"}, {"value": "1"}, {"system": 1, "value": 2}, None]

    assert identifier_keys({"resourceType": "Patient", "identifier": listed}) == [Key("Patient", "s", "1")]
    assert identifier_keys({"resourceType": "Patient"}) == []
    assert identifier_keys({"resourceType": "Patient", "identifier": {"system": "s", "value": "1"}}) == []
