from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from adapter.delivery import Entry, Ledger, MessageState, Packed, ParcelState
from adapter.sandbox.trigger import TRIGGER
from adapter.server.client import FhirClient
from tests.delivery.material import REGION, carried, comments, message, settled, taken, visit

pytestmark = pytest.mark.anyio

REFUSED = Packed(("lane",), (visit("X", "1", identifier=[{"system": TRIGGER, "value": "422-once"}]),))


async def test_messages_are_listed_in_the_order_of_acceptance_page_by_page(ledger: Ledger) -> None:
    receipts = [await taken(ledger, message(f"B-{n}")) for n in range(5)]
    assert ledger.list() == receipts
    assert ledger.list(most=2) == receipts[:2]
    assert ledger.list(after=receipts[1].sequence) == receipts[2:]
    assert ledger.list(MessageState.ACCEPTED, after=receipts[3].sequence) == receipts[4:]
    assert ledger.list(MessageState.PARKED) == []


async def test_a_message_shows_what_each_parcel_waits_for(ledger: Ledger) -> None:
    await taken(ledger, message("B-1"))
    receipt = await taken(ledger, message("B-1", 2, Packed(("booking/B-1", "chain"), (), needs=("a-need",))))
    shown = ledger.show(receipt.id)
    assert shown is not None
    (parcel,) = shown.parcels
    assert (parcel.state, parcel.waits) == (ParcelState.PENDING, 2)
    assert (parcel.lanes, parcel.needs) == (("booking/B-1", "chain"), ("a-need",))


async def test_a_message_that_is_none_is_not_shown_nor_moved(ledger: Ledger) -> None:
    assert ledger.show("none") is None
    assert ledger.receipt("none") is None
    assert await ledger.retry("none") is None
    assert await ledger.park("none") is None
    assert await ledger.delivered("none", 0) is None


async def test_a_parked_message_goes_again_when_told_to(ledger: Ledger, client: FhirClient) -> None:
    receipt = await taken(ledger, message("X", 1, REFUSED))
    async with carried(ledger, client):
        (parked,) = await settled(ledger, [receipt])
        assert parked.state is MessageState.PARKED
        moved = await ledger.retry(receipt.id, Entry("operator", "retry", "done"))
        assert moved is not None
        assert (moved.state, moved.reason) == (MessageState.DELIVERING, None)
        (found,) = await settled(ledger, [receipt])
    assert (found.state, found.reason, found.attempts) == (MessageState.DELIVERED, None, 2)
    assert ledger.broken_audit() is None


async def test_a_message_that_is_parked_by_hand_waits_until_told(ledger: Ledger, client: FhirClient) -> None:
    receipts = [await taken(ledger, message("B-1", version)) for version in (1, 2)]
    parked = await ledger.park(receipts[0].id)
    assert parked is not None
    assert (parked.state, parked.reason) == (MessageState.PARKED, "parked-by-hand")
    async with carried(ledger, client):
        await settled(ledger, [await taken(ledger, message("B-2"))])
        assert await comments(client, "B-1") == []
        await ledger.retry(receipts[0].id)
        await settled(ledger, receipts)
    assert await comments(client, "B-1") == ["version 1", "version 2"]


async def test_an_operator_beside_the_gateway_moves_a_message(ledger: Ledger, url: str, client: FhirClient) -> None:
    receipt = await taken(ledger, message("X", 1, REFUSED))
    beside = Ledger.beside(url, REGION)
    async with carried(ledger, client):
        await settled(ledger, [receipt])
        await beside.retry(receipt.id)
        (found,) = await settled(ledger, [receipt])
    await beside.close()
    assert found.state is MessageState.DELIVERED


async def test_who_waits_hears_when_it_is_delivered_and_when_the_time_is_up(ledger: Ledger, client: FhirClient) -> None:
    receipt = await taken(ledger, message())
    assert await ledger.delivered(receipt.id, 0.05) == receipt
    waiting = [asyncio.create_task(ledger.delivered(receipt.id, 10)) for _ in range(3)]
    async with carried(ledger, client):
        found = await asyncio.gather(*waiting)
    assert [one and one.state for one in found] == [MessageState.DELIVERED] * 3
    assert await ledger.delivered(receipt.id, 0) == found[0]


async def test_counts_are_plain_numbers(url: str, client: FhirClient) -> None:
    times = [datetime(2026, 11, 24, 12, tzinfo=UTC)]
    ledger = Ledger.open(url, REGION, clock=lambda: times[0])
    assert ledger.counts().oldest_waiting == 0
    await taken(ledger, message("B-1"))
    await taken(ledger, message("B-1", 2))
    parked = await taken(ledger, message("B-2"))
    await ledger.park(parked.id)
    times[0] += timedelta(minutes=2)
    counts = ledger.counts()
    assert counts.messages == {"accepted": 2, "delivering": 0, "delivered": 0, "parked": 1}
    assert counts.parcels == {"pending": 2, "leased": 0, "parked": 1}
    assert counts.oldest_waiting == 120
    await ledger.close()


async def test_counts_follow_what_is_delivered(ledger: Ledger, client: FhirClient) -> None:
    receipts = [await taken(ledger, message(f"B-{n}")) for n in range(3)]
    async with carried(ledger, client):
        await settled(ledger, receipts)
    assert ledger.counts().messages == {"accepted": 0, "delivering": 0, "delivered": 3, "parked": 0}
    assert ledger.counts().oldest_waiting == 0
