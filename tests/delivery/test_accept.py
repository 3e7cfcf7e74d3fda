from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from adapter.delivery import (
    Columns,
    Entry,
    Ledger,
    MessageState,
    Packed,
    Seen,
    Stale,
    Taken,
    VersionOld,
    VersionReused,
    Word,
)
from tests.delivery.material import accept, message, taken, visit

pytestmark = pytest.mark.anyio


def rows(ledger: Ledger) -> dict[str, int]:
    """How many rows each table has."""
    with sqlite3.connect(ledger.path) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names}


async def test_an_acceptance_is_state_outbox_receipt_and_audit(ledger: Ledger) -> None:
    receipt = await taken(ledger, message(warnings=({"rule": "BO-9"},), derived=({"rule": "CO-1"},)))
    assert (receipt.state, receipt.revision, receipt.version) == (MessageState.ACCEPTED, 1, 1)
    assert (receipt.warnings, receipt.derived, receipt.mapping_version) == (
        ({"rule": "BO-9"},),
        ({"rule": "CO-1"},),
        "7",
    )
    held = ledger.aggregate("booking", "S", "B-1")
    assert held is not None
    assert held.state == {"number": "B-1", "version": 1}
    counted = rows(ledger)
    assert [counted[name] for name in ("message", "aggregate", "parcel", "parcel_body", "audit")] == [1, 1, 1, 1, 1]


async def test_the_same_message_again_gets_the_same_receipt(ledger: Ledger) -> None:
    first = await taken(ledger, message())
    before = rows(ledger)
    again = await accept(ledger, message())
    assert again == Taken(first, repeated=True)
    assert rows(ledger) == before


async def test_the_same_message_from_two_senders_at_once_is_one(ledger: Ledger) -> None:
    outcomes = await asyncio.gather(*(accept(ledger, message()) for _ in range(16)))
    assert all(isinstance(one, Taken) for one in outcomes)
    assert len({one.receipt.id for one in outcomes if isinstance(one, Taken)}) == 1
    assert sum(not one.repeated for one in outcomes if isinstance(one, Taken)) == 1


async def test_an_earlier_version_that_was_accepted_still_gets_its_receipt(ledger: Ledger) -> None:
    first = await taken(ledger, message(version=1))
    await taken(ledger, message(version=2))
    assert await accept(ledger, message(version=1)) == Taken(first, repeated=True)


async def test_a_version_used_for_other_content_is_refused(ledger: Ledger) -> None:
    await taken(ledger, message())
    before = rows(ledger)
    assert await accept(ledger, message(content_hash="other")) == VersionReused()
    assert rows(ledger) == before


async def test_a_version_below_the_known_one_is_refused_with_that(ledger: Ledger) -> None:
    await taken(ledger, message(version=5))
    before = rows(ledger)
    assert await accept(ledger, message(version=4)) == VersionOld(5)
    assert rows(ledger) == before


async def test_versions_may_have_gaps_and_be_as_large_as_microseconds(ledger: Ledger) -> None:
    await taken(ledger, message(version=3))
    receipt = await taken(ledger, message(version=1_800_000_000_000_000))
    assert (receipt.version, receipt.revision) == (1_800_000_000_000_000, 2)


async def test_the_same_number_of_another_source_or_kind_is_another_thing(ledger: Ledger) -> None:
    await taken(ledger, message(version=5))
    assert (await taken(ledger, replace(message(version=1), source="T"))).revision == 1
    assert (await taken(ledger, replace(message(version=1), kind="named-contact"))).revision == 1


async def test_a_message_judged_on_an_older_state_is_judged_again(ledger: Ledger) -> None:
    seen = ledger.previous("booking", "S", "B-1").seen
    await taken(ledger, message(version=1))
    before = rows(ledger)
    assert await ledger.accept(replace(message(version=2), seen=seen)) == Stale()
    assert rows(ledger) == before


async def test_a_message_judged_on_older_words_of_its_patient_is_judged_again(ledger: Ledger) -> None:
    seen = ledger.previous("booking", "S", "B-1", "patient").seen
    await taken(ledger, message("B-2", patient_hash="patient", word=Word("T", {"name": "Tolvan"}, marked=True)))
    assert await ledger.accept(replace(message(patient_hash="patient"), seen=seen)) == Stale()


async def test_an_unchanged_word_makes_nobody_judge_again(ledger: Ledger) -> None:
    word = Word("S", {"name": "Tolvan"})
    await taken(ledger, message("B-1", patient_hash="patient", word=word))
    seen = ledger.previous("booking", "S", "B-2", "patient").seen
    assert seen == Seen(0, 1)
    await taken(ledger, message("B-3", patient_hash="patient", word=word))
    assert isinstance(await ledger.accept(replace(message("B-2", patient_hash="patient"), seen=seen)), Taken)


async def test_what_an_aggregate_is_searched_on_comes_back(ledger: Ledger) -> None:
    columns = Columns("booked", "UNIT", "SERVICE", datetime(2026, 11, 24, 12, 0, tzinfo=UTC), None)
    await taken(ledger, message(columns=columns, patient_hash="patient", catalogue_version="c3"))
    (found,) = ledger.of_patient("patient", "booking")
    assert (found.columns, found.catalogue_version, found.mapping_version) == (columns, "c3", "7")
    assert ledger.of_patient("patient", "named-contact") == []
    assert ledger.of_patient("another", "booking") == []


async def test_a_message_without_parcels_is_delivered_when_accepted(ledger: Ledger) -> None:
    receipt = await taken(ledger, replace(message(), parcels=()))
    assert receipt.state is MessageState.DELIVERED


async def test_a_failing_acceptance_leaves_nothing_and_harms_no_other(ledger: Ledger) -> None:
    twice_in_a_lane = Packed(("lane",), (visit("B-1", "x"),), needs=("n",))
    broken = replace(message("B-1"), parcels=(twice_in_a_lane,), kind=None)  # type: ignore[arg-type]  # what must not be
    outcomes = await asyncio.gather(
        ledger.accept(broken), *(ledger.accept(message(f"B-{n}")) for n in range(2, 6)), return_exceptions=True
    )
    assert isinstance(outcomes[0], sqlite3.IntegrityError)
    assert all(isinstance(one, Taken) for one in outcomes[1:])
    assert rows(ledger)["message"] == 4
    assert rows(ledger)["parcel"] == 4


async def test_a_sender_that_goes_away_does_not_undo_the_acceptance(ledger: Ledger) -> None:
    task = asyncio.create_task(ledger.accept(message()))
    await asyncio.sleep(0)
    task.cancel()
    again = await accept(ledger, message())
    assert isinstance(again, Taken)
    assert again.repeated


async def test_a_read_that_is_no_acceptance_can_be_audited(ledger: Ledger) -> None:
    await ledger.note(Entry("portal", "read", "shown", "patient", "trace"))
    assert rows(ledger)["audit"] == 1
    assert ledger.broken_audit() is None
