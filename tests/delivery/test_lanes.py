"""The outbox alone, without a courier: which parcels are ready, and what finishing one does."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from adapter.delivery import Ledger, MessageState, Packed, Priority
from adapter.delivery.turns import Again, Delivered, Leased, Sent, Stopped, Turn
from tests.delivery.material import REGION, id_of, message, taken, visit

pytestmark = pytest.mark.anyio

LEASE = timedelta(minutes=1)


def parcel(number: str, *lanes: str, needs: tuple[str, ...] = (), priority: Priority = Priority.LIVE) -> Packed:
    return Packed(lanes, (visit(number, number),), needs, priority)


async def put(ledger: Ledger, *parcels: tuple[str, Packed]) -> dict[str, str]:
    """Each parcel as a message of its own; number -> id of the message."""
    return {number: (await taken(ledger, message(number, 1, one))).id for number, one in parcels}


async def lease(ledger: Ledger, want: int = 100) -> dict[str, Leased]:
    """By number."""
    turn = await ledger.turn([], want, LEASE)
    return named(ledger, turn.leased)


def named(ledger: Ledger, leased: Iterable[Leased]) -> dict[str, Leased]:
    receipts = {one: ledger.receipt(one.message_id) for one in leased}
    return {receipt.number: one for one, receipt in receipts.items() if receipt}


async def finish(ledger: Ledger, *leased: Leased, sent: tuple[Sent, ...] = ()) -> dict[str, Leased]:
    turn = await ledger.turn([Delivered(one, sent) for one in leased], 100, LEASE)
    return named(ledger, turn.leased)


async def test_a_parcel_goes_when_it_is_first_in_all_its_lanes(ledger: Ledger) -> None:
    await put(
        ledger, ("1", parcel("1", "a")), ("2", parcel("2", "b")), ("3", parcel("3", "a", "b")), ("4", parcel("4", "c"))
    )
    first = await lease(ledger)
    assert set(first) == {"1", "2", "4"}
    assert set(await finish(ledger, first["1"])) == set()
    assert set(await finish(ledger, first["2"])) == {"3"}


async def test_a_lane_gives_its_parcels_in_the_order_of_acceptance(ledger: Ledger) -> None:
    await put(ledger, *((str(n), parcel(str(n), "a")) for n in range(4)))
    held = await lease(ledger)
    for n in range(4):
        assert list(held) == [str(n)]
        held = await finish(ledger, held[str(n)])
    assert held == {}


async def test_parcels_of_one_message_go_in_their_order_where_they_share_a_lane(ledger: Ledger) -> None:
    receipt = await taken(ledger, message("1", 1, parcel("x", "a"), parcel("y", "a", "b")))
    held = (await ledger.turn([], 9, LEASE)).leased
    assert len(held) == 1
    after = (await ledger.turn([Delivered(held[0], ())], 9, LEASE)).leased
    assert len(after) == 1
    turn = await ledger.turn([Delivered(after[0], ())], 9, LEASE)
    assert turn == Turn((), (receipt.id,))


async def test_live_goes_before_backfill(ledger: Ledger) -> None:
    await put(
        ledger,
        ("old", parcel("old", "a", priority=Priority.BACKFILL)),
        ("new", parcel("new", "b")),
        ("newer", parcel("newer", "c")),
    )
    assert list(await lease(ledger, 2)) == ["new", "newer"]
    assert list(await lease(ledger, 2)) == ["old"]


async def test_a_parcel_waits_for_the_resources_that_it_needs(ledger: Ledger) -> None:
    need = id_of("Patient", "p")
    await put(ledger, ("patient", parcel("patient", "p")), ("visit", parcel("visit", "a", needs=(need,))))
    held = await lease(ledger)
    assert set(held) == {"patient"}
    assert set(await finish(ledger, held["patient"])) == set()
    await put(ledger, ("again", parcel("again", "p")))
    (again,) = (await lease(ledger)).values()
    assert set(await finish(ledger, again, sent=(sent(need),))) == {"visit"}


async def test_a_need_that_was_delivered_before_is_not_waited_for(ledger: Ledger) -> None:
    need = id_of("Patient", "p")
    await put(ledger, ("patient", parcel("patient", "p")))
    (held,) = (await lease(ledger)).values()
    await finish(ledger, held, sent=(sent(need),))
    await put(ledger, ("visit", parcel("visit", "a", needs=(need,))))
    assert set(await lease(ledger)) == {"visit"}


async def test_a_parked_parcel_holds_its_lanes_and_no_other(ledger: Ledger) -> None:
    ids = await put(ledger, *((n, parcel(n, n[0])) for n in ("a1", "a2", "b1", "b2")))
    held = await lease(ledger)
    turn = await ledger.turn([Stopped(held["a1"], "refused", unsure=False), Delivered(held["b1"], ())], 9, LEASE)
    assert set(named(ledger, turn.leased)) == {"b2"}
    assert set(turn.settled) == {ids["a1"], ids["b1"]}
    await ledger.retry(ids["a1"])
    assert set(await lease(ledger)) == {"a1"}


async def test_a_parcel_that_is_put_off_holds_its_lane_until_its_time(ledger: Ledger) -> None:
    await put(ledger, ("1", parcel("1", "a")), ("2", parcel("2", "a")))
    held = (await lease(ledger))["1"]
    later = datetime.now(UTC) + timedelta(hours=1)
    await ledger.turn([Again(held, later, "down", unsure=False)], 0, LEASE)
    assert await lease(ledger) == {}
    assert ledger.next_due() == later
    await ledger.hasten(["busy"])
    assert await lease(ledger) == {}
    await ledger.hasten(["down"])
    (again,) = (await lease(ledger)).values()
    assert (again.attempts, again.unsure, again.reason) == (2, False, "down")


async def test_an_attempt_that_was_not_made_does_not_count(ledger: Ledger) -> None:
    await put(ledger, ("1", parcel("1", "a")))
    held = (await lease(ledger))["1"]
    await ledger.turn([Again(held, held.due, None, unsure=False, unmade=True)], 0, LEASE)
    again = (await lease(ledger))["1"]
    assert (again.attempts, again.unsure) == (1, False)


async def test_a_lease_that_ran_out_is_taken_over_and_its_holder_can_no_longer_say_anything(ledger: Ledger) -> None:
    await put(ledger, ("1", parcel("1", "a")), ("2", parcel("2", "a")))
    late = (await ledger.turn([], 9, timedelta(0))).leased[0]
    (over,) = (await lease(ledger)).values()
    assert (over.parcel, over.attempts, over.unsure) == (late.parcel, 2, True)
    assert await finish(ledger, late) == {}
    receipt = ledger.receipt(late.message_id)
    assert receipt is not None
    assert receipt.state is MessageState.DELIVERING
    assert set(await finish(ledger, over)) == {"2"}


async def test_what_a_dead_gateway_held_is_released_at_the_next_start(ledger: Ledger, url: str) -> None:
    await put(ledger, ("1", parcel("1", "a")))
    assert set(await lease(ledger)) == {"1"}
    await ledger.close()
    again = Ledger.open(url, REGION)
    (held,) = (await lease(again)).values()
    await again.close()
    assert (held.attempts, held.unsure) == (2, True)


async def test_the_outbox_forgets_the_body_of_what_was_delivered(ledger: Ledger) -> None:
    await put(ledger, ("1", parcel("1", "a")))
    (held,) = (await lease(ledger)).values()
    assert b"resources" in held.body.body
    await finish(ledger, held)
    shown = ledger.show(held.message_id)
    assert shown is not None
    assert [(one.state, one.lanes) for one in shown.parcels] == [("done", ())]
    with sqlite3.connect(ledger.path) as connection:
        for table in ("parcel_body", "parcel_lane", "parcel_need"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def sent(id_: str, *, new: bool = True) -> Sent:
    return Sent(
        id=id_,
        kind="Patient",
        node="test.patient",
        name="Patient?identifier=a|b",
        server_id=id_,
        etag='W/"1"',
        said_hash="h",
        said=b"{}",
        new=new,
    )
