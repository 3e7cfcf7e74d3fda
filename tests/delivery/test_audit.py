from __future__ import annotations

import asyncio
import sqlite3

import pytest

from adapter.delivery import Entry, Ledger

pytestmark = pytest.mark.anyio


async def noted(ledger: Ledger, many: int = 5) -> None:
    await asyncio.gather(*(ledger.note(Entry("portal", "read", "shown", f"patient-{n}")) for n in range(many)))


def change(ledger: Ledger, sql: str) -> None:
    with sqlite3.connect(ledger.path) as connection:
        connection.execute(sql)


async def test_the_chain_is_whole_as_it_was_written(ledger: Ledger) -> None:
    await noted(ledger)
    assert ledger.broken_audit() is None


@pytest.mark.parametrize(
    "column", ["caller", "patient_hash", "action", "outcome", "trace_id", "at", "hash", "previous"]
)
async def test_a_changed_row_breaks_the_chain_there(ledger: Ledger, column: str) -> None:
    await noted(ledger)
    change(ledger, f"UPDATE audit SET {column} = '0' WHERE sequence = 3")
    assert ledger.broken_audit() == 3


async def test_a_row_taken_away_breaks_the_chain_there(ledger: Ledger) -> None:
    await noted(ledger)
    change(ledger, "DELETE FROM audit WHERE sequence = 2")
    assert ledger.broken_audit() == 2


async def test_each_writer_has_a_chain_of_its_own(ledger: Ledger, url: str) -> None:
    beside = Ledger.beside(url, "testregion")
    await noted(ledger)
    await noted(beside, 3)
    await beside.close()
    assert ledger.broken_audit("gateway") is None
    assert ledger.broken_audit("operator") is None
    change(ledger, "UPDATE audit SET caller = 'x' WHERE writer = 'operator' AND sequence = 1")
    assert ledger.broken_audit("gateway") is None
    assert ledger.broken_audit("operator") == 1
