"""Carries parcels from the ledger to a FHIR server: many at once, in order in each lane, until each is there or
parked."""

from __future__ import annotations

import asyncio
import random
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import lru_cache
from typing import Final

import orjson

from adapter.delivery.alone import Alone
from adapter.delivery.attempt import Content, Ended, Way, attempt, broken_off, fresh
from adapter.delivery.events import Event, tell
from adapter.delivery.ledger import Ledger
from adapter.delivery.retry import Chance, Circuit, Retry, Tried, Waits, decide, in_trouble
from adapter.delivery.turns import Again, Delivered, Leased, Stopped
from adapter.delivery.values import Standstill
from adapter.delivery.working import working
from adapter.server.answer import Answer
from adapter.server.client import FhirClient
from adapter.server.ids import Ids
from adapter.server.outcome import Outcome, Verdict, verdict
from adapter.server.references import literal

SERVER_TROUBLE: Final = ("unreachable", "no-whole-answer", "not-fhir", "down", "busy", "not-let-in", "wrong-server")
"""Rows of the error table: what was put off for one of these goes at once when the server is back."""
BROKEN: Final = "gateway-error"
"""Why a parcel is tried again or parked at which the gateway itself failed."""
_FAULT: Final = Verdict(Outcome.RETRY_FEW, BROKEN, "Gatewayen felade.", "The gateway failed.", None, ())
HELD: Final = 4
"""Parcels that are held for each that is on its way."""
REMEMBERED: Final = 4096
"""Ids that are not derived again: units and staff stand in every message."""
_EMPTY: Final = "kinds-empty-when-begun"
_SHORTEST_REST: Final = 0.01


@dataclass(frozen=True, slots=True)
class CourierSettings:
    parallel: int = 16
    """Parcels on their way at once."""
    lease: float = 900.0
    """Seconds for which a parcel is held. An attempt begins in the first half of it and is broken off after two fifths,
    so that it has ended before another may take the parcel over."""
    poll: float = 5.0
    """Seconds after which the outbox is looked at though nobody said that there is anything: another process may have
    moved a message."""
    grace: float = 10.0
    """Seconds that a stop waits for what is on its way."""
    waits: Waits = field(default_factory=Waits)


class Courier:
    """One for a ledger. `run` works until `stop`; `hold` and `resume` in between."""

    def __init__(
        self,
        ledger: Ledger,
        client: FhirClient,
        ids: Ids,
        content: Content,
        settings: CourierSettings | None = None,
    ) -> None:
        self._settings = settings or CourierSettings()
        self._ledger = ledger
        self._chance: Chance = random.random
        remembered = lru_cache(REMEMBERED)
        id_of, to = remembered(ids.of), remembered(literal(ids))
        self._way = Way(ledger, client, id_of, to, content, self._settings.waits, self._chance, Alone())
        self._circuit = Circuit()
        self._slots = asyncio.Semaphore(self._settings.parallel)
        self._wake = asyncio.Event()
        self._stopping = self._held = self._back = False
        self._carrying: set[asyncio.Task[None]] = set()
        self._ended: list[Ended] = []
        ledger.on_work = self._wake.set

    @property
    def server_in_trouble(self) -> bool:
        """Nothing is sent for now: what cannot wait is better refused (Decided 11)."""
        return not self._circuit.room(self._ledger.clock(), 1)

    @property
    def standstill(self) -> Standstill | None:
        """Why nothing that waits is delivered, from the first pause until the server is heard to be well again."""
        return self._circuit.standstill

    def hold(self) -> None:
        """Sends nothing more until `resume`. What is on its way goes on."""
        self._held = True

    def resume(self) -> None:
        self._held = False
        self._wake.set()

    def stop(self) -> None:
        """`run` comes back once what is on its way has ended and is recorded."""
        self._stopping = True
        self._wake.set()

    def running(self) -> AbstractAsyncContextManager[None]:
        """`run` beside the block, stopped at its end."""
        return working(self.run, self.stop)

    async def run(self) -> None:
        """Cancelled, it drops what is on its way; the next start finds it again, and looks before it sends."""
        tell(Event.STARTED, parallel=self._settings.parallel)
        try:
            await self._begin()
            while not self._stopping:
                self._wake.clear()
                if not await self._turn(self._room()):
                    await self._rest()
            await self._finish()
        finally:
            for task in self._carrying:
                task.cancel()

    # Turns

    def _room(self) -> int:
        """More than go at once are held, so that the next are at hand while the last are written down."""
        most = 0 if self._held else self._circuit.room(self._ledger.clock(), HELD * self._settings.parallel)
        return max(0, most - len(self._carrying))

    async def _turn(self, want: int) -> int:
        """Records what has ended, sends the next on their way; how many."""
        ended, self._ended = self._ended, []
        if not ended and not want:
            return 0
        try:
            if self._back:
                await self._ledger.hasten(SERVER_TROUBLE)
                self._back = False
            turn = await self._ledger.turn([one.result for one in ended], want, timedelta(seconds=self._settings.lease))
        except Exception as error:
            tell(Event.LEDGER_FAILED, error=type(error).__name__)
            self._ended = ended + self._ended
            await asyncio.sleep(self._settings.waits.first)
            return 0
        for one in ended:
            self._way.alone.recorded(one.result.leased.parcel)
        for leased in turn.leased:
            task = asyncio.create_task(self._carry(leased))
            self._carrying.add(task)
            task.add_done_callback(self._carrying.discard)
        return len(turn.leased)

    async def _rest(self) -> None:
        """Until something was accepted, has ended or is due."""
        now = self._ledger.clock()
        times = [now + timedelta(seconds=self._settings.poll)]
        if self._circuit.until is not None and self._circuit.until > now:
            times.append(self._circuit.until)
        elif self._room():
            times += [due for due in (self._ledger.next_due(),) if due is not None]
        try:
            async with asyncio.timeout(max(_SHORTEST_REST, (min(times) - now).total_seconds())):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _finish(self) -> None:
        if self._carrying:
            await asyncio.wait(self._carrying, timeout=self._settings.grace)
        await self._turn(0)
        tell(Event.STOPPED, unfinished=len(self._carrying))

    # Parcels

    async def _carry(self, leased: Leased) -> None:
        async with self._slots:
            if not self._may_go(leased):
                ended = Ended(Again(leased, leased.due, leased.reason, leased.unsure, unmade=True))
            else:
                ended = await self._attempted(leased)
        if ended.answer is not None and ended.verdict is not None:
            self._hear(ended.answer, ended.verdict)
        self._way.alone.end(leased.parcel, fresh(self._way, ended))
        self._tell(ended)
        self._ended.append(ended)
        self._wake.set()

    def _may_go(self, leased: Leased) -> bool:
        now = self._ledger.clock()
        late = (leased.until - now).total_seconds() < 0.5 * self._settings.lease
        return not (self._stopping or self._held or late) and self._circuit.room(now, 1) > 0

    async def _attempted(self, leased: Leased) -> Ended:
        try:
            async with asyncio.timeout(0.4 * self._settings.lease):
                return await attempt(self._way, leased)
        except TimeoutError:
            return broken_off(self._way, leased)
        except Exception as error:
            tell(Event.BROKEN, **_named(leased), error=type(error).__name__)
            return Ended(self._broken(leased))

    def _broken(self, leased: Leased) -> Again | Stopped:
        tried = Tried(leased.attempts, leased.failures, leased.conflicts)
        decision = decide(_FAULT, tried, self._ledger.clock(), self._chance, self._settings.waits)
        if isinstance(decision, Retry):
            return Again(leased, decision.at, BROKEN, unsure=True, counted=decision.counted)
        return Stopped(leased, BROKEN, unsure=True)

    def _hear(self, answer: Answer, found: Verdict) -> None:
        """Whether the server is in trouble, by what it answers; when it no longer is, what waited for it goes at
        once."""
        now, before = self._ledger.clock(), self._circuit
        if in_trouble(found, answer):
            self._circuit = before.after_trouble(found, now, self._chance, self._settings.waits)
            if self._circuit.until is not None and self._circuit is not before:
                tell(Event.PAUSED, reason=found.row, wait=(self._circuit.until - now).total_seconds())
        else:
            self._well()

    def _well(self) -> None:
        before, self._circuit = self._circuit, Circuit()
        if before.until is not None:
            tell(Event.BACK)
            self._back = True

    def _tell(self, ended: Ended) -> None:
        match ended.result:
            case Delivered(leased, _, conflicts):
                took = (self._ledger.clock() - leased.accepted_at).total_seconds()
                tell(Event.DELIVERED, **_named(leased), writes=ended.writes, seconds=took)
                if conflicts:
                    tell(Event.MERGED, **_named(leased), conflicts=conflicts)
            case Again(leased, at, reason, unmade=False):
                wait = (at - self._ledger.clock()).total_seconds()
                tell(Event.PUT_OFF, **_named(leased), reason=reason, wait=wait)
            case Stopped(leased, reason):
                status = ended.answer.status if ended.answer else None
                tell(Event.PARKED, **_named(leased), reason=reason, status=status)

    # The beginning

    async def _begin(self) -> None:
        """Once for a ledger: which types the server holds none of. Of those nothing can be there that is not known."""
        kept = self._ledger.fact(_EMPTY)
        if kept is None:
            kept = await self._asked_for_empty()
        self._way = replace(self._way, empty=frozenset(orjson.loads(kept)))

    async def _asked_for_empty(self) -> str:
        """Nothing can be sent before this is known, so that one trouble is enough for a pause."""
        self._circuit = Circuit(troubles=self._settings.waits.troubles)
        while not self._stopping:
            empty = await self._empty_kinds()
            if empty is not None:
                self._well()
                kept = await self._ledger.keep_fact(_EMPTY, orjson.dumps(empty).decode())
                tell(Event.BEGUN, empty=empty)
                return kept
            await self._pause()
        return "[]"

    async def _pause(self) -> None:
        until, now = self._circuit.until or self._ledger.clock(), self._ledger.clock()
        self._wake.clear()
        try:
            async with asyncio.timeout((until - now).total_seconds()):
                while not self._stopping:
                    await self._wake.wait()
                    self._wake.clear()
        except TimeoutError:
            return

    async def _empty_kinds(self) -> list[str] | None:
        """None while the server is in trouble. A type that it refuses to count counts as held."""
        empty = []
        for kind in self._way.content.kinds:
            async for page in self._way.client.search(kind, [("_summary", "count")]):
                found = verdict(page)
                if in_trouble(found, page):
                    self._hear(page, found)
                    return None
                body = page.body or {}
                if page.ok and body.get("total") == 0 and not body.get("entry"):
                    empty.append(kind)
                break
        return empty


def _named(leased: Leased) -> dict[str, object]:
    return {
        "message": leased.message_id,
        "parcel": leased.parcel,
        "trace_id": leased.trace_id,
        "attempts": leased.attempts,
    }
