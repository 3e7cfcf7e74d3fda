"""The client and its table against a real HAPI, where it differs from what R4 says (`fhir.md` 5).

Needs the fixtures of `tests.servers`.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from uuid import uuid4

import orjson
import pytest

from adapter.server.client import FhirClient
from adapter.server.ids import Ids
from adapter.server.outcome import verdict
from adapter.server.passthrough import Asked, Door, forward
from adapter.server.records import fetch
from adapter.server.settings import ServerSettings
from mappings.problem import Json
from mappings.shape.key import Key

pytestmark = pytest.mark.anyio

IDS = Ids("SE2321000115", uuid4().bytes)
"""Of this run alone: the server may be shared."""
UNIT = "urn:oid:1.2.752.29.4.19"


@pytest.fixture
async def client(hapi_base: str) -> AsyncIterator[FhirClient]:
    async with FhirClient(ServerSettings(base=hapi_base, read_timeout=100)) as opened:
        yield opened


def unit(**more: object) -> Json:
    key = Key("Organization", UNIT, f"unit-{uuid4()}")
    return {
        "resourceType": "Organization",
        "id": IDS.of(key),
        "identifier": [{"system": key.system, "value": key.value}],
        "name": "A",
        **more,
    }


async def test_a_stale_version_is_told_from_a_race(client: FhirClient) -> None:
    one = unit()
    first = await client.put("Organization", one["id"], one)
    kept = await client.put("Organization", one["id"], one, first.etag)
    await client.put("Organization", one["id"], {**one, "name": "B"}, first.etag)
    stale = await client.put("Organization", one["id"], {**one, "name": "C"}, first.etag)
    request = {"method": "PUT", "url": f"Organization/{one['id']}", "ifMatch": first.etag}
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [{"resource": one, "request": request}]}
    at_once = [client.put("Organization", one["id"], {**one, "name": f"D{number}"}) for number in range(16)]

    rows = Counter(verdict(answer).row for answer in await asyncio.gather(*at_once))

    assert verdict(kept, known_etag=first.etag).row == "unchanged"
    assert verdict(stale, guarded=True).row == "changed-meanwhile"
    assert verdict(await client.post_transaction(bundle), guarded=True).row == "changed-meanwhile"
    assert set(rows) <= {"done", "race"}
    assert rows["done"] >= 1


async def test_a_missing_target_is_told_from_what_is_never_taken(client: FhirClient) -> None:
    dangling = unit(partOf={"reference": f"Organization/{uuid4()}"})
    wrong = unit(contact=[{"address": {"use": "no-such-use"}}])
    whole, part = unit(), unit()
    await client.put("Organization", whole["id"], whole)
    await client.put("Organization", part["id"], {**part, "partOf": {"reference": f"Organization/{whole['id']}"}})

    assert verdict(await client.put("Organization", dangling["id"], dangling)).row == "missing-target"
    assert verdict(await client.put("Organization", wrong["id"], wrong)).row == "refused"
    assert verdict(await client.delete("Organization", whole["id"]), deleting=True).row == "still-referred-to"


async def test_what_was_just_written_is_found_with_its_references_as_keys(client: FhirClient) -> None:
    whole = unit()
    parts = [unit(partOf={"reference": f"Organization/{whole['id']}"}) for _ in range(3)]
    params = [("partof", f"Organization/{whole['id']}"), ("_include", "Organization:partof"), ("_count", "2")]
    await client.put("Organization", whole["id"], whole)
    before = await fetch(client, "Organization", params)
    for part in parts:
        await client.put("Organization", part["id"], part)

    after = await fetch(client, "Organization", params)

    assert (before.found, before.failed, after.failed) == ((), None, None)
    found = {one.resource["id"]: one for one in after.found}
    assert found.keys() == {whole["id"], *(part["id"] for part in parts)}
    key = found[whole["id"]].keys[0]
    assert {found[part["id"]].resource["partOf"]["reference"] for part in parts} == {key.text}


async def test_pages_through_the_gateway_hold_no_address_of_the_server(client: FhirClient) -> None:
    whole = unit()
    await client.put("Organization", whole["id"], whole)
    for part in [unit(partOf={"reference": f"Organization/{whole['id']}"}) for _ in range(3)]:
        await client.put("Organization", part["id"], part)
    door = Door(client, "https://gateway.example/fhir")
    asked = Asked(method="GET", path="Organization", query=f"partof=Organization/{whole['id']}&_count=2")

    first = await forward(door, asked)
    links = {one["relation"]: one["url"] for one in orjson.loads(first.raw)["link"]}
    second = await forward(door, Asked(method="GET", path="", query=links["next"].partition("?")[2]))

    assert [len(orjson.loads(page.raw)["entry"]) for page in (first, second)] == [2, 1]
    assert client.settings.base.encode() not in first.raw + second.raw


async def test_what_hapi_says_of_an_error_is_not_handed_on(client: FhirClient) -> None:
    answer = await forward(
        Door(client, "https://gateway.example/fhir"), Asked(method="GET", path="Organization/nobody")
    )

    assert answer.status == 404
    assert orjson.loads(answer.raw)["issue"] == [
        {"severity": "error", "code": "processing", "diagnostics": "HAPI-2001"}
    ]
