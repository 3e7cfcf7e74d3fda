"""What the clock does: every step that is due is taken once, however many gateways run on a database.

A step is an acceptance of the gateway's own. Its commit takes the due time away, so that a second gateway finds it
gone. It is written with the time at which it was due, however late it is taken.
"""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from adapter import own
from adapter.beside import dues_of
from adapter.delivery.events import Event, tell
from adapter.delivery.values import Accepted, Aggregate, Entry, Seen, Taken, Waiting
from adapter.delivery.working import working
from adapter.doors.counting import Counting
from adapter.intake import Intake
from mappings.region.reading import KINDS
from mappings.rules.due import next_due, taken

CALLER: Final = "clock"
"""Who has taken a step, as timeline and audit tell it."""


@dataclass(frozen=True, slots=True)
class ClockSettings:
    together: int = 32
    """Steps that are taken side by side, in one commit: a millisecond each, for which whoever else asks the gateway
    waits."""
    poll: float = 5.0
    """Seconds after which the due times are looked at though nobody said that there is one: another process may have
    filed it, or the machine's clock was set."""
    again: timedelta = timedelta(minutes=10)
    """After which a step is tried again that could not be taken."""
    pause: float = 1.0
    """Seconds that a ledger which cannot be written is left alone."""


class Did(StrEnum):
    """What became of a due time."""

    TAKEN = "taken"
    ELSEWHERE = "elsewhere"
    """Another gateway has done it, or a message has moved what it was due for."""
    REFILED = "refiled"
    """It was not due as it stood: the due times are put right."""
    FAILED = "failed"
    """It is tried again later."""


class Clockwork:
    """One for a gateway. `run` works until `stop`."""

    def __init__(self, intake: Intake, counting: Counting, settings: ClockSettings | None = None) -> None:
        self._intake, self._ledger, self._counting = intake, intake.ledger, counting
        self._settings = settings or ClockSettings()
        self._wake = asyncio.Event()
        self._stopping = False
        self._ledger.on_due = self._wake.set

    def look(self) -> None:
        """Looks now at what is due."""
        self._wake.set()

    def stop(self) -> None:
        """`run` comes back once what has begun is written."""
        self._stopping = True
        self._wake.set()

    def running(self) -> AbstractAsyncContextManager[None]:
        """`run` beside the block, stopped at its end."""
        return working(self.run, self.stop)

    async def run(self) -> None:
        while not self._stopping:
            self._wake.clear()
            try:
                await self._turn()
                await self._rest()
            except Exception as error:
                tell(Event.LEDGER_FAILED, error=type(error).__name__)
                await asyncio.sleep(self._settings.pause)

    async def _turn(self) -> None:
        """Takes what is due; raises what kept the ledger from being written."""
        while not self._stopping and (waiting := self._ledger.due(self._settings.together)):
            found = await asyncio.gather(*map(self._take, waiting), return_exceptions=True)
            for error in found:
                if isinstance(error, BaseException):
                    raise error
            if not set(found) - {Did.ELSEWHERE}:
                return

    async def _rest(self) -> None:
        """Until something is due, or was filed."""
        due, now = self._ledger.next_step_due(), self._ledger.clock()
        wait = self._settings.poll if due is None else min(self._settings.poll, (due - now).total_seconds())
        try:
            async with asyncio.timeout(max(0.01, wait)):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _take(self, waiting: Waiting) -> Did:
        """One that fails stops no other."""
        try:
            did = await self._taken(waiting)
        except Exception as error:
            self._tell(waiting, error)
            await self._ledger.put_off(waiting, self._ledger.clock() + self._settings.again)
            did = Did.FAILED
        self._counting.steps.labels(waiting.kind, waiting.due.name, did.value).inc()
        return did

    async def _taken(self, waiting: Waiting) -> Did:
        held = self._ledger.aggregate(waiting.kind, waiting.source, waiting.number)
        if held is None:
            raise LookupError("a due time of nothing")
        seen = Seen(held.revision, self._ledger.patient_revision(held.patient_hash))
        accepted = self._accepted(held, waiting)
        if accepted is None:
            await self._ledger.refile(held, dues_of(KINDS[held.kind].model_validate(held.state)))
            return Did.REFILED
        outcome = await self._ledger.accept(replace(accepted, seen=seen, took=waiting.due))
        return Did.TAKEN if isinstance(outcome, Taken) else Did.ELSEWHERE

    def _accepted(self, held: Aggregate, waiting: Waiting) -> Accepted | None:
        """What the step makes of it; None where, as it stands, that step is not due."""
        message: Any = KINDS[held.kind].model_validate(held.state)
        due = next_due(message)
        if due is None or due.step != waiting.due.name or due.at > self._ledger.clock():
            return None
        audit = Entry(CALLER, f"{held.kind}.{due.step}", "accepted", held.patient_hash)
        change = own.Change(held, taken(message, due), held.patient_hash or "", message)
        return own.accepted(change, self._intake.catalogue, self._intake.ids, audit)

    def _tell(self, waiting: Waiting, error: Exception) -> None:
        held = self._ledger.aggregate(waiting.kind, waiting.source, waiting.number)
        sent = held and self._ledger.sent_as(held.kind, held.source, held.number, held.version)
        tell(
            Event.CLOCK_FAILED,
            kind=waiting.kind,
            source=waiting.source,
            step=waiting.due.name,
            message=sent[0].id if sent else None,
            error=type(error).__name__,
        )
