from __future__ import annotations

import sqlite3
import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from adapter.delivery import Claim, Ledger, Overlap, Taken, claims
from adapter.delivery.claims import Holder
from adapter.delivery.database import engine_of, migrate
from adapter.delivery.session import Session
from tests.delivery.material import accept, message, taken

AUTUMN = Claim("physician/patient", date(2026, 9, 1), date(2026, 11, 30))
WINTER = Claim("physician/patient", date(2026, 12, 1))


@pytest.mark.anyio
async def test_a_second_holder_for_an_overlapping_time_is_refused(ledger: Ledger) -> None:
    await taken(ledger, message("C-1", claims=(AUTUMN,)))
    late = Claim(AUTUMN.scope, date(2026, 11, 30))
    assert await accept(ledger, message("C-2", claims=(late,))) == Overlap("S", AUTUMN.scope)
    assert ledger.aggregate("booking", "S", "C-2") is None


@pytest.mark.anyio
async def test_times_that_do_not_meet_and_other_scopes_stand_side_by_side(ledger: Ledger) -> None:
    await taken(ledger, message("C-1", claims=(AUTUMN,)))
    await taken(ledger, message("C-2", claims=(WINTER,)))
    await taken(ledger, message("C-3", claims=(Claim("physician/another", AUTUMN.starts),)))


@pytest.mark.anyio
async def test_a_holder_may_move_its_own_claim(ledger: Ledger) -> None:
    await taken(ledger, message("C-1", 1, claims=(WINTER,)))
    await taken(ledger, message("C-1", 2, claims=(Claim(WINTER.scope, date(2026, 10, 1)),)))
    assert isinstance(await accept(ledger, message("C-2", claims=(AUTUMN,))), Overlap)


@pytest.mark.anyio
async def test_a_claim_that_ends_makes_way(ledger: Ledger) -> None:
    await taken(ledger, message("C-1", 1, claims=(Claim(AUTUMN.scope, AUTUMN.starts),)))
    assert isinstance(await accept(ledger, message("C-2", claims=(WINTER,))), Overlap)
    await taken(ledger, message("C-1", 2, claims=(AUTUMN,)))
    await taken(ledger, message("C-2", claims=(WINTER,)))


@pytest.mark.anyio
async def test_a_claim_that_a_new_version_does_not_name_is_let_go(ledger: Ledger) -> None:
    await taken(ledger, message("C-1", 1, claims=(AUTUMN,)))
    await taken(ledger, message("C-1", 2))
    await taken(ledger, message("C-2", claims=(AUTUMN,)))


@pytest.mark.anyio
async def test_two_claims_of_one_message_may_lie_in_one_scope(ledger: Ledger) -> None:
    await taken(ledger, message("C-1", claims=(AUTUMN, WINTER)))
    assert isinstance(await accept(ledger, message("C-2", claims=(WINTER,))), Overlap)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    engine = engine_of(tmp_path / "ledger.db", writes=True)
    migrate(engine)
    engine.dispose()
    return tmp_path / "ledger.db"


@pytest.mark.parametrize("round_", range(5))
def test_of_two_that_looked_at_once_the_key_lets_one_through(path: Path, round_: int) -> None:
    """No transaction holds the other off here: each has looked before either writes, as on any database."""
    together = threading.Barrier(2)
    ended: dict[str, Any] = {}

    def race(source: str) -> None:
        engine = engine_of(path, writes=True)
        session = Session(engine)
        holder = Holder("named-contact", source, f"{round_}")
        wanted = claims.look(session, holder, [AUTUMN])
        assert not isinstance(wanted, Overlap)
        together.wait()
        try:
            claims.settle(session, holder, wanted)
            ended[source] = "taken"
        except sqlite3.IntegrityError:
            ended[source] = claims.look(session, holder, [AUTUMN])
        session.close()
        engine.dispose()

    threads = [threading.Thread(target=race, args=(source,)) for source in ("COSMIC", "PASIS")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winner = next(source for source, end in ended.items() if end == "taken")
    loser = next(end for source, end in ended.items() if source != winner)
    assert loser == Overlap(winner, AUTUMN.scope)


@pytest.mark.anyio
async def test_of_two_gateways_that_accept_at_once_one_is_refused(ledger: Ledger, url: str) -> None:
    """Two connections of two ledgers, each with its own writer."""
    beside = Ledger.beside(url, "testregion")
    ended: list[Any] = [
        one
        for n in range(10)
        for one in [
            await accept(ledger, message(f"A-{n}", claims=(Claim(f"scope-{n}", AUTUMN.starts),))),
            await accept(beside, message(f"B-{n}", claims=(Claim(f"scope-{n}", AUTUMN.starts),))),
        ]
    ]
    await beside.close()
    assert [type(one) for one in ended] == [Taken, Overlap] * 10
