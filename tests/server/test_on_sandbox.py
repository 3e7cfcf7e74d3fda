"""The whole client against the embedded server: written, read back, found, refused."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from itertools import count
from urllib.parse import urlencode

import orjson
import pytest

from adapter.sandbox import running_sandbox
from adapter.server.client import FhirClient
from adapter.server.ids import Ids
from adapter.server.outcome import Outcome, verdict
from adapter.server.passthrough import Asked, Door, forward
from adapter.server.records import fetch
from adapter.server.references import literal, rendered
from adapter.server.settings import ServerSettings
from mappings.problem import Json
from mappings.shape.key import Key

pytestmark = pytest.mark.anyio

IDS = Ids("SE2321000115", b"k" * 32)
TO = literal(IDS)
PERSONNUMMER = "http://electronichealth.se/identifier/personnummer"
NUMBERS = count(1)
OURS = "https://gateway.example/fhir"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[str]:
    with running_sandbox() as base:
        yield base


@pytest.fixture
async def client(sandbox: str) -> AsyncIterator[FhirClient]:
    async with FhirClient(ServerSettings(base=sandbox)) as opened:
        yield opened


def someone() -> Key:
    """A patient of one test alone. Such numbers (month 13) are nobody's."""
    return Key("Patient", PERSONNUMMER, f"1990139{next(NUMBERS):05d}")


def patient(key: Key, **more: object) -> Json:
    return {
        "resourceType": "Patient",
        "id": IDS.of(key),
        "identifier": [{"system": key.system, "value": key.value}],
        **more,
    }


def booking(number: str, who: Key) -> Json:
    key = Key("Appointment", "urn:bookings", number)
    return {
        "resourceType": "Appointment",
        "id": IDS.of(key),
        "identifier": [{"system": key.system, "value": key.value}],
        "status": "booked",
        "start": "2026-11-24T13:00:00+01:00",
        "end": "2026-11-24T14:00:00+01:00",
        "participant": [{"actor": {"reference": who.text}, "status": "accepted"}],
    }


def transaction(*resources: Json) -> Json:
    entries = [
        {
            "fullUrl": f"urn:uuid:{one['id']}",
            "resource": rendered(one, TO),
            "request": {"method": "PUT", "url": f"{one['resourceType']}/{one['id']}"},
        }
        for one in resources
    ]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


async def test_the_server_is_one_of_r4(client: FhirClient) -> None:
    assert (await client.metadata()).ok


async def test_a_version_is_written_kept_overtaken_and_found_again_in_the_history(client: FhirClient) -> None:
    key = someone()
    place = ("Patient", IDS.of(key))

    created = await client.put(*place, patient(key))
    kept = await client.put(*place, patient(key), created.etag)
    changed = await client.put(*place, patient(key, active=True), created.etag)
    stale = await client.put(*place, patient(key, active=False), created.etag)
    history = [page async for page in client.history(*place)]

    assert [verdict(one, known_etag=created.etag, guarded=True).outcome for one in (created, kept, changed, stale)] == [
        Outcome.DONE,
        Outcome.UNCHANGED,
        Outcome.DONE,
        Outcome.REREAD,
    ]
    assert created.status == 201
    assert [page.ok for page in history] == [True]
    assert history[0].body is not None
    assert [entry["resource"]["meta"]["versionId"] for entry in history[0].body["entry"]] == ["2", "1"]
    assert (await client.vread(*place, "1")).ok


async def test_what_was_sent_with_keys_is_fetched_with_keys(client: FhirClient) -> None:
    who = someone()
    sent = [booking(f"{who.value}-{number}", who) for number in range(5)]

    answer = await client.post_transaction(transaction(patient(who), *sent))
    params = [("patient.identifier", f"{who.system}|{who.value}"), ("_include", "Appointment:patient"), ("_count", "2")]
    read = await fetch(client, "Appointment", params)

    assert verdict(answer).outcome is Outcome.DONE
    assert (read.failed, read.bad) == (None, ())
    values = [found.keys[0].value for found in read.found if found.matched]
    assert sorted(values) == [one["identifier"][0]["value"] for one in sent]
    assert [found.keys for found in read.found if not found.matched] == [(who,)]
    assert all(
        found.resource["participant"][0]["actor"] == {"reference": who.text} for found in read.found if found.matched
    )


async def test_a_reference_to_what_is_not_there_yet_is_tried_again_before_it_is_parked(client: FhirClient) -> None:
    answer = await client.post_transaction(transaction(booking("dangling", someone())))

    assert verdict(answer).row == "missing-target"


async def test_a_resource_that_the_server_does_not_take_is_refused_with_its_place(client: FhirClient) -> None:
    key = someone()

    told = verdict(await client.put("Patient", IDS.of(key), patient(key, gender="x")))

    assert told.outcome is Outcome.REFUSED
    assert [path for issue in told.issues for path in issue.expression] == ["Patient.gender"]


async def test_what_was_deleted_is_gone(client: FhirClient) -> None:
    key = someone()
    await client.put("Patient", IDS.of(key), patient(key))

    assert (await client.delete("Patient", IDS.of(key))).ok
    assert (await client.read("Patient", IDS.of(key))).status == 410


async def test_a_portal_pages_through_the_gateway_to_the_end(client: FhirClient) -> None:
    who = someone()
    sent = [booking(f"{who.value}-p{one}", who) for one in range(5)]
    await client.post_transaction(transaction(patient(who), *sent))
    door = Door(client, OURS)
    asked = Asked(
        method="POST",
        path="Appointment/_search",
        headers={"content-type": "application/x-www-form-urlencoded"},
        body=urlencode({"patient.identifier": f"{PERSONNUMMER}|{who.value}", "_count": 2}).encode(),
    )

    seen: list[str] = []
    while True:
        answer = await forward(door, asked)
        assert answer.status == 200
        page = orjson.loads(answer.raw)
        links = {one["relation"]: one["url"] for one in page["link"]}
        assert all(url.startswith(OURS) and who.value not in url for url in links.values())
        assert all(entry["fullUrl"].startswith(f"{OURS}/Appointment/") for entry in page["entry"])
        seen += [entry["resource"]["id"] for entry in page["entry"]]
        if "next" not in links:
            break
        asked = Asked(method="GET", path="", query=links["next"].partition("?")[2])

    assert len(set(seen)) == len(seen) == 5


async def test_a_read_through_the_gateway_is_what_the_server_wrote(client: FhirClient) -> None:
    key = someone()
    await client.put("Patient", IDS.of(key), patient(key))
    direct = await client.read("Patient", IDS.of(key))

    through = await forward(Door(client, OURS), Asked(method="GET", path=f"Patient/{IDS.of(key)}"))
    missing = await forward(Door(client, OURS), Asked(method="GET", path="Patient/nobody"))

    assert (through.raw, through.etag) == (direct.raw, direct.etag)
    assert missing.status == 404
