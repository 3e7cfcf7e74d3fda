"""What is kept beside an aggregate: ties, steps, due times; the feed; several acceptances in one commit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adapter.delivery import Columns, Ledger, Stale, Taken, VersionOld
from adapter.delivery.claims import Holder
from adapter.delivery.life import Line
from adapter.delivery.values import Accepted, Due, Happened, Outcome, Word
from tests.delivery.material import REGION, accept, message, taken

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def at(hours: float, number: str, *ties: tuple[str, str]) -> Accepted:
    """A booking so many hours after noon."""
    return message(number, columns=Columns(starts=NOON + timedelta(hours=hours)), ties=ties)


def tied(ledger: Ledger, number: str, *ties: tuple[str, str]) -> list[str]:
    return [one.number for one in ledger.tied("booking", "S", number, ties, NOON)]


# -- ties ------------------------------------------------------------------------------------------------------------


async def test_all_of_a_chain_are_found_in_the_order_of_their_times(ledger: Ledger) -> None:
    for hours, number in ((2, "B-3"), (0, "B-1"), (1, "B-2")):
        await taken(ledger, at(hours, number, ("chain", "S/K-1")))
    await taken(ledger, at(0, "B-9", ("chain", "S/K-2")))
    assert tied(ledger, "B-1", ("chain", "S/K-1")) == ["B-2", "B-3"]


async def test_of_a_large_series_the_first_and_the_neighbours_are_found(ledger: Ledger) -> None:
    for number in range(-9, 10):
        await taken(ledger, at(number, f"B{number:+03}", ("series", "S/1")))
    assert tied(ledger, "B+00", ("series", "S/1")) == ["B-09", "B-01", "B+01"]


async def test_what_is_no_longer_tied_is_not_found(ledger: Ledger) -> None:
    await taken(ledger, at(0, "B-1", ("chain", "S/K-1")))
    await taken(ledger, at(1, "B-2", ("chain", "S/K-1")))
    await taken(ledger, replace(at(1, "B-2"), version=2, content_hash="later"))
    assert tied(ledger, "B-1", ("chain", "S/K-1")) == []


# -- steps -----------------------------------------------------------------------------------------------------------


async def test_steps_are_kept_in_their_order_with_time_reason_and_who(ledger: Ledger) -> None:
    await taken(ledger, message(steps=(Happened("make", None, "booked"),)))
    cancel = Happened("cancel", "booked", "cancelled", "patient", NOON, "for-late")
    await taken(ledger, message(version=2, steps=(cancel,)))
    first, second = ledger.steps("booking", "S", "B-1")
    assert (first.happened.name, first.revision, second.happened, second.revision) == ("make", 1, cancel, 2)
    assert second.caller == "system/s"
    assert ledger.steps("booking", "S", "B-2") == []


# -- the clock -------------------------------------------------------------------------------------------------------


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def timed(url: str, clock: Clock) -> AsyncIterator[Ledger]:
    opened = Ledger.open(url, REGION, clock=clock)
    yield opened
    await opened.close()


def later(minutes: float) -> Due:
    return Due("appear", NOON + timedelta(minutes=minutes))


async def test_what_is_due_is_found_when_its_time_has_come(timed: Ledger, clock: Clock) -> None:
    await taken(timed, message("B-1", dues=(later(5),)))
    await taken(timed, message("B-2", dues=(later(1), Due("end", NOON + timedelta(days=1)))))
    assert timed.due() == []
    assert timed.next_step_due() == NOON + timedelta(minutes=1)
    clock.now = NOON + timedelta(minutes=5)
    assert [(one.number, one.due) for one in timed.due()] == [("B-2", later(1)), ("B-1", later(5))]


async def test_a_due_time_that_has_moved_or_gone_is_not_taken(timed: Ledger, clock: Clock) -> None:
    await taken(timed, message("B-1", dues=(later(1),)))
    await taken(timed, message("B-1", version=2, dues=(later(9),)))
    clock.now = NOON + timedelta(minutes=10)
    assert isinstance(await by_clock(timed, "B-1", later(1)), Stale)
    assert isinstance(await by_clock(timed, "B-1", later(9)), Taken)
    assert timed.due() == []
    assert isinstance(await by_clock(timed, "B-1", later(9)), Stale)


async def by_clock(ledger: Ledger, number: str, took: Due) -> Outcome:
    """What a gateway does when a time has come."""
    seen = ledger.previous("booking", "S", number).seen
    held = ledger.aggregate("booking", "S", number)
    version = held.version if held else 0
    return await ledger.accept(replace(message(number, version), took=took, own=True, seen=seen))


async def test_two_gateways_on_one_file_take_a_due_time_once(timed: Ledger, url: str, clock: Clock) -> None:
    numbers = [f"B-{number}" for number in range(20)]
    for number in numbers:
        await taken(timed, message(number, dues=(later(1),)))
    clock.now = NOON + timedelta(minutes=2)
    beside = Ledger.beside(url, REGION, clock=clock)
    try:
        outcomes = await asyncio.gather(
            *(by_clock(ledger, one, later(1)) for one in numbers for ledger in (timed, beside))
        )
    finally:
        await beside.close()
    assert sum(isinstance(one, Taken) for one in outcomes) == len(numbers)
    assert {ledger_of.revision for number in numbers if (ledger_of := timed.aggregate("booking", "S", number))} == {2}


async def test_due_times_outlive_the_process(timed: Ledger, url: str, clock: Clock) -> None:
    await taken(timed, message("B-1", dues=(later(1),)))
    await timed.close()
    clock.now = NOON + timedelta(days=3)
    again = Ledger.open(url, REGION, clock=clock)
    try:
        assert [one.number for one in again.due()] == ["B-1"]
    finally:
        await again.close()


async def test_what_the_gateway_does_itself_keeps_the_sources_version(timed: Ledger, clock: Clock) -> None:
    await taken(timed, message("B-1", version=4, dues=(later(1),)))
    clock.now = NOON + timedelta(minutes=2)
    outcome = await by_clock(timed, "B-1", later(1))
    assert isinstance(outcome, Taken)
    assert (outcome.receipt.version, outcome.receipt.revision) == (-2, 2)
    held = timed.aggregate("booking", "S", "B-1")
    assert held is not None
    assert (held.version, held.revision) == (4, 2)
    assert isinstance(await accept(timed, message("B-1", version=3)), VersionOld)
    assert isinstance(await accept(timed, message("B-1", version=5)), Taken)


# -- several in one commit -------------------------------------------------------------------------------------------


async def test_several_are_taken_together_though_they_are_of_one_patient(ledger: Ledger) -> None:
    word = Word("S", {"name": "x"})
    every = [message(f"B-{number}", patient_hash="p", word=word) for number in range(3)]
    assert all(isinstance(one, Taken) for one in await ledger.accept_all(every))
    assert [one.number for one in ledger.of_patient("p", "booking")] == ["B-0", "B-1", "B-2"]


async def test_where_one_is_not_taken_none_is(ledger: Ledger) -> None:
    await taken(ledger, message("B-2", version=7))
    outcomes = await ledger.accept_all([message("B-1"), seen(ledger, message("B-2")), message("B-3")])
    assert outcomes[-1] == VersionOld(7)
    assert ledger.aggregate("booking", "S", "B-1") is None
    assert ledger.aggregate("booking", "S", "B-3") is None


def seen(ledger: Ledger, accepted: Accepted) -> Accepted:
    return replace(accepted, seen=ledger.previous("booking", "S", accepted.number).seen)


# -- the feed --------------------------------------------------------------------------------------------------------


async def test_the_feed_gives_what_came_after_a_place_to_those_it_concerns(ledger: Ledger) -> None:
    first = await ledger.tell(Line("request", Holder("booking", "S", "B-1"), {"step": "cancel"}))
    second = await ledger.tell(Line("request", Holder("booking", "T", "B-2"), {"step": "rebook"}))
    assert [one.number for one in ledger.changes(0, None)] == ["B-1", "B-2"]
    assert [(one.number, one.body) for one in ledger.changes(0, ["T"])] == [("B-2", {"step": "rebook"})]
    assert [one.sequence for one in ledger.changes(first, ["S", "T"])] == [second]
    assert ledger.changes(0, []) == []


async def test_whoever_waits_for_the_feed_is_told_when_something_comes(ledger: Ledger) -> None:
    waiting = asyncio.create_task(ledger.change_after(0, ["S"], 30))
    await asyncio.sleep(0)
    await ledger.tell(Line("request", Holder("booking", "T", "B-1"), {}))
    await ledger.tell(Line("request", Holder("booking", "S", "B-2"), {}))
    assert [one.number for one in await waiting] == ["B-2"]
    assert await ledger.change_after(99, None, 0.01) == []


async def test_the_feed_tells_of_a_message_that_needs_no_parcel(ledger: Ledger) -> None:
    waiting = asyncio.create_task(ledger.change_after(0, ["S"], 30))
    await asyncio.sleep(0)
    empty = replace(message("B-1"), parcels=())
    outcome = await accept(ledger, empty)
    assert isinstance(outcome, Taken)
    told = {"message": outcome.receipt.id, "state": "delivered", "version": 1}
    assert [(one.what, one.number, one.body) for one in await waiting] == [("receipt", "B-1", told)]
    assert isinstance(await accept(ledger, empty), Taken)
    assert len(ledger.changes(0, None)) == 1, "sent again, it is told no more"


async def test_the_feed_tells_of_what_an_operator_has_parked(ledger: Ledger) -> None:
    outcome = await accept(ledger, message("B-1"))
    assert isinstance(outcome, Taken)
    assert ledger.changes(0, None) == []
    for _ in range(2):
        await ledger.park(outcome.receipt.id)
    assert [one.body["state"] for one in ledger.changes(0, None)] == ["parked"]
