"""Messages, resources and couriers for the tests: small, made up, of no real person."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from adapter.delivery import (
    Accepted,
    Content,
    Courier,
    CourierSettings,
    Entry,
    Ledger,
    MessageState,
    Outcome,
    Packed,
    Receipt,
    Stale,
    Taken,
    Waits,
)
from adapter.server.client import FhirClient
from adapter.server.ids import Ids
from mappings.problem import Json
from mappings.shape.filled import Filled
from mappings.shape.key import Key

REGION = "testregion"
SYSTEM = "urn:example:test"
IDS = Ids(REGION, b"a key of the tests, 32 bytes long")
KINDS = ("Appointment", "CareTeam", "Organization", "Patient", "Practitioner", "ServiceRequest")
QUICK = CourierSettings(poll=0.2, waits=Waits(first=0.01, longest=0.05, longest_pause=0.05))
"""Waits so short that a test does not notice them, and as many tries as in earnest."""


def key(kind: str, value: str) -> Key:
    return Key(kind, SYSTEM, value)


def id_of(kind: str, value: str) -> str:
    return IDS.of(key(kind, value))


def reference(kind: str, value: str) -> Json:
    return {"reference": key(kind, value).text}


def filled(kind: str, value: str, *, owned: bool = True, **said: Any) -> Filled:
    resource = {"resourceType": kind, "identifier": [{"system": SYSTEM, "value": value}], **said}
    return Filled(f"test.{kind.lower()}", key(kind, value), resource, owned)


def visit(number: str, comment: str, **said: Any) -> Filled:
    return filled("Appointment", number, status="booked", comment=comment, **said)


def message(number: str = "B-1", version: int = 1, *parcels: Packed, **said: Any) -> Accepted:
    """A booking with one parcel in its own lane, unless it is given others."""
    usual = Packed((f"booking/{number}",), (visit(number, f"version {version}"),))
    told = {"content_hash": f"{number}/{version}", "state": {"number": number, "version": version}, **said}
    return Accepted(
        kind="booking",
        source="S",
        number=number,
        version=version,
        parcels=parcels or (usual,),
        audit=Entry("system/s", "accept", "accepted", trace_id="trace"),
        **told,
    )


async def accept(ledger: Ledger, accepted: Accepted) -> Outcome:
    """As a door does it: looks, judges, comes again when what it saw has moved."""
    while True:
        seen = ledger.previous(accepted.kind, accepted.source, accepted.number, accepted.patient_hash).seen
        outcome = await ledger.accept(replace(accepted, seen=seen))
        if not isinstance(outcome, Stale):
            return outcome


async def taken(ledger: Ledger, accepted: Accepted) -> Receipt:
    outcome = await accept(ledger, accepted)
    assert isinstance(outcome, Taken)
    return outcome.receipt


def same_url(_: str, item: Any) -> Hashable:
    """What tells list items apart in these tests: a url, an identifier's value, or all of the item."""
    return str(item.get("url") or item.get("value") or item) if isinstance(item, dict) else str(item)


def content(**other: Any) -> Content:
    usual: dict[str, Any] = {"identity_of": lambda _: same_url, "validate": lambda _: [], "kinds": KINDS}
    return Content(**{**usual, **other})


@asynccontextmanager
async def carried(
    ledger: Ledger, client: FhirClient, told: Content | None = None, settings: CourierSettings = QUICK
) -> AsyncIterator[Courier]:
    """A courier at work for as long as the block lasts."""
    courier = Courier(ledger, client, IDS, told or content(), settings)
    async with courier.running():
        yield courier


async def settled(ledger: Ledger, receipts: Iterable[Receipt]) -> list[Receipt]:
    """The receipts once each is delivered or parked."""
    found = [await ledger.delivered(one.id, 20) for one in receipts]
    assert all(one is not None and one.settled for one in found), [one and (one.state, one.reason) for one in found]
    return [one for one in found if one is not None]


async def delivered(
    ledger: Ledger, client: FhirClient, *accepted: Accepted, told: Content | None = None
) -> list[Receipt]:
    """Accepts, carries until all is settled, and checks that all of it was delivered."""
    receipts = [await taken(ledger, one) for one in accepted]
    async with carried(ledger, client, told):
        found = await settled(ledger, receipts)
    assert {one.state for one in found} == {MessageState.DELIVERED}, found
    return found


async def versions(client: FhirClient, kind: str, value: str) -> list[Json]:
    """Every version of a resource, oldest first."""
    found: list[Json] = []
    async for page in client.history(kind, id_of(kind, value)):
        if page.status == 404:
            return []
        assert page.ok, page
        found += [entry["resource"] for entry in (page.body or {}).get("entry", []) if "resource" in entry]
    return found[::-1]


async def comments(client: FhirClient, number: str) -> list[str]:
    return [one["comment"] for one in await versions(client, "Appointment", number)]


async def there(client: FhirClient, kind: str, value: str) -> Json:
    answer = await client.read(kind, id_of(kind, value))
    assert answer.ok, answer
    assert answer.body is not None
    return answer.body


async def until(true: Callable[[], bool]) -> None:
    """Waits for it, at most ten seconds."""
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.005)
