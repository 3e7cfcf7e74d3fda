from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from adapter.delivery import Accepted, Ledger, Own, Packed, Stale, Strip, Taken, Word
from adapter.server.client import FhirClient
from mappings.problem import Json
from mappings.shape.filled import Filled
from tests.delivery.material import (
    carried,
    comments,
    content,
    message,
    settled,
    taken,
    versions,
    visit,
)

pytestmark = pytest.mark.anyio

SECRET = "Storgatan 1, 070-1740605"
PATIENT = "hash-of-tolvan"


def without(state: Json) -> Json:
    return {name: value for name, value in state.items() if name != "address"}


def stripped(resources: tuple[Filled, ...]) -> tuple[Filled, ...]:
    return tuple(replace(one, resource=without(one.resource)) for one in resources)


STRIP = Strip(lambda _, state: without(state), without, stripped, lambda *_: Own((), ()))


def booking(number: str, version: int = 1, *, source: str = "S", marked: bool = False) -> Accepted:
    """A marked one comes without the address already, as the door takes care of."""
    said = {} if marked else {"address": SECRET}
    parcel = Packed((f"booking/{number}",), (visit(number, f"version {version}", **said),))
    word = Word(source, {"name": "Tolvan", **said}, marked)
    state = {"number": number, **said}
    accepted = message(number, version, parcel, patient_hash=PATIENT, word=word, state=state, strip=STRIP)
    return replace(accepted, source=source)


async def test_each_sources_last_word_is_kept(ledger: Ledger) -> None:
    await taken(ledger, booking("B-1"))
    await taken(ledger, booking("B-2", source="T"))
    assert ledger.words(PATIENT) == (
        Word("S", {"name": "Tolvan", "address": SECRET}),
        Word("T", {"name": "Tolvan", "address": SECRET}),
    )
    assert ledger.previous("booking", "S", "B-1", PATIENT).words == ledger.words(PATIENT)


async def test_a_patient_is_marked_while_any_sources_last_word_says_so(ledger: Ledger) -> None:
    await taken(ledger, booking("B-1"))
    assert not ledger.marked(PATIENT)
    await taken(ledger, booking("B-2", source="T", marked=True))
    assert ledger.marked(PATIENT)
    await taken(ledger, booking("B-1", 2))
    assert ledger.marked(PATIENT)
    await taken(ledger, booking("B-2", 2, source="T"))
    assert not ledger.marked(PATIENT)


async def test_others_of_the_commit_that_marks_a_patient_are_judged_on_what_was_before_it(ledger: Ledger) -> None:
    for number in ("B-1", "B-2"):
        await taken(ledger, booking(number))
    both = [booking(number, 2, marked=True) for number in ("B-1", "B-2")]
    both = [replace(one, seen=ledger.previous("booking", "S", one.number, PATIENT).seen) for one in both]
    assert all(isinstance(one, Taken) for one in await ledger.accept_all(both))
    held = {one.number: (one.version, one.state) for one in ledger.of_patient(PATIENT, "booking")}
    assert held == {number: (2, {"number": number}) for number in ("B-1", "B-2")}


async def test_one_that_moved_before_the_commit_that_marks_a_patient_is_stale(ledger: Ledger) -> None:
    for number in ("B-1", "B-2"):
        await taken(ledger, booking(number))
    both = [booking(number, 3, marked=True) for number in ("B-1", "B-2")]
    both = [replace(one, seen=ledger.previous("booking", "S", one.number, PATIENT).seen) for one in both]
    await taken(ledger, booking("B-2", 2))
    assert (await ledger.accept_all(both))[-1] == Stale()
    assert not ledger.marked(PATIENT)


async def test_a_new_marking_strips_all_that_is_stored_of_the_patient_in_the_same_commit(ledger: Ledger) -> None:
    for number in ("B-1", "B-2"):
        await taken(ledger, booking(number))
    before = ledger.previous("booking", "S", "B-1", PATIENT)
    await taken(ledger, booking("B-3", source="T", marked=True))
    assert [one.state for one in ledger.of_patient(PATIENT, "booking")] == [{"number": f"B-{n}"} for n in (1, 2, 3)]
    assert [one.body for one in ledger.words(PATIENT)] == [{"name": "Tolvan"}] * 2
    assert all(b"Storgatan" not in body for body in open_bodies(ledger))
    assert ledger.previous("booking", "S", "B-1", PATIENT).seen.aggregate == before.seen.aggregate + 1


async def test_what_was_waiting_when_the_marking_came_is_delivered_stripped(ledger: Ledger, client: FhirClient) -> None:
    receipts = [await taken(ledger, booking("B-1", version)) for version in (1, 2)]
    receipts.append(await taken(ledger, booking("B-2", source="T", marked=True)))
    async with carried(ledger, client):
        await settled(ledger, receipts)
    assert await comments(client, "B-1") == ["version 1", "version 2"]
    assert await addresses(client, "B-1") == [None, None]


async def test_other_patients_are_left_alone(ledger: Ledger) -> None:
    other = replace(booking("B-1"), patient_hash="another")
    await taken(ledger, other)
    await taken(ledger, booking("B-2", source="T", marked=True))
    (found,) = ledger.of_patient("another", "booking")
    assert found.state["address"] == SECRET


async def test_a_marking_that_came_after_the_parcel_was_taken_up_is_seen_before_it_is_sent(
    ledger: Ledger, client: FhirClient
) -> None:
    """The courier holds the body already; what it is asked right before it sends reads the marking."""
    asked: list[bool] = []

    def before_send(parcel: Any) -> tuple[Filled, ...]:
        asked.append(ledger.marked(parcel.patient_hash))
        return stripped(parcel.resources) if asked[-1] else parcel.resources

    receipt = await taken(ledger, booking("B-1"))
    held = (await ledger.turn([], 1, timedelta(0))).leased
    assert SECRET.encode() in held[0].body.body
    await taken(ledger, booking("B-2", source="T", marked=True))
    async with carried(ledger, client, content(before_send=before_send)):
        await settled(ledger, [receipt])
    assert asked
    assert all(asked)
    assert await addresses(client, "B-1") == [None]


async def test_a_word_that_moves_a_marked_patient_strips_no_second_time(ledger: Ledger) -> None:
    times: list[str] = []

    def counting(kind: str, state: Json) -> Json:
        times.append(kind)
        return state

    counted = replace(STRIP, state=counting)
    await taken(ledger, replace(booking("B-1", marked=True), strip=counted))
    await taken(ledger, replace(booking("B-2", source="T", marked=True), strip=counted))
    assert times == []


async def addresses(client: FhirClient, number: str) -> list[Any]:
    return [one.get("address") for one in await versions(client, "Appointment", number)]


def open_bodies(ledger: Ledger) -> list[bytes]:
    with sqlite3.connect(Path(ledger.path)) as connection:
        return [body for (body,) in connection.execute("SELECT body_body FROM parcel_body")]
