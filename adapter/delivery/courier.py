"""Carries parcels from the ledger to a FHIR server: many at once, in order in each lane, until each is there or parked."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

import orjson

from adapter.delivery.attempt import Content, Ended, Way, attempt
from adapter.delivery.events import Event, tell
from adapter.delivery.ledger import Ledger
from adapter.delivery.retry import Chance, Circuit, Park, Tried, Waits, decide, in_trouble
from adapter.delivery.turns import Again, Delivered, Leased, Result, Stopped
from adapter.server.client import FhirClient
from adapter.server.ids import Ids
from adapter.server.outcome import Outcome, Verdict

SERVER_TROUBLE: Final = ("unreachable", "no-whole-answer", "not-fhir", "down", "busy", "not-let-in", "wrong-server")
"""Rows of the error table: what was put off for one of these goes at once when the server is back."""
BROKEN: Final = "gateway-error"
"""Why a parcel is tried again or parked at which the gateway itself failed."""
_EMPTY: Final = "kinds-empty-when-begun"


@dataclass(frozen=True, slots=True)
class CourierSettings:
    parallel: int = 16
    """Parcels on their way at once."""
    lease: float = 600.0
    """Seconds for which a parcel is held. An attempt that takes four fifths of it is broken off."""
    poll: float = 5.0
    """Seconds after which the outbox is looked at though nobody said that there is anything: another process may have
    moved a message."""
    waits: Waits = field(default_factory=Waits)


@dataclass(frozen=True, slots=True)
class _Carried:
    ended: Ended
    shared: frozenset[str]
    """What it carried alone; free for others once this is on the disk."""


class Courier:
    """One for a ledger. `run` works until `stop`; `pause` and `resume` in between."""

    def __init__(
        self, ledger: Ledger, client: FhirClient, ids: Ids, content: Content, settings: CourierSettings | None = None
    ) -> None:
        self._settings = settings or CourierSettings()
        self._ledger = ledger
        self._chance: Chance = random.random
        self._way = Way(ledger, client, ids, content, self._settings.waits, self._chance)
        self._circuit = Circuit()
        self._slots = asyncio.Semaphore(self._settings.parallel)
        self._wake, self._freed = asyncio.Event(), asyncio.Condition()
        self._stopping = self._held = False
        self._carrying: set[asyncio.Task[None]] = set()
        self._carried: list[_Carried] = []
        self._shared: set[str] = set()
        ledger.on_work = self._wake.set
