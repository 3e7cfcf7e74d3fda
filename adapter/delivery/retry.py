"""What to do after an answer, decided in pure functions: of the verdict, of what was tried before, of the clock and
of chance."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from adapter.delivery.values import Counted, Standstill
from adapter.server.answer import Answer, Trouble
from adapter.server.outcome import Outcome, Verdict

Chance: TypeAlias = Callable[[], float]
"""A number from 0 up to 1, as `random.random` gives it."""

_FACTOR_AT_MOST: Final = 30
"""2 to this power: by then every cap has been reached."""


@dataclass(frozen=True, slots=True)
class Waits:
    """How long and how often. Seconds."""

    first: float = 1.0
    longest: float = 300.0
    few: int = 6
    """Attempts that ended in what may never pass; then it is parked."""
    rereads: int = 3
    """Rounds of reading and merging in one attempt."""
    conflicts: int = 8
    """Attempts that ended in a conflict; then it is parked."""
    troubles: int = 3
    """Answers in a row that say the server is in trouble, before nothing more is sent for a while. Fewer may be one
    parcel's own."""
    longest_pause: float = 30.0


@dataclass(frozen=True, slots=True)
class Done:
    """The server holds it."""


@dataclass(frozen=True, slots=True)
class Reread:
    """Read what is there, merge and send again, now."""


@dataclass(frozen=True, slots=True)
class Retry:
    at: datetime
    counted: Counted | None = None


@dataclass(frozen=True, slots=True)
class Park:
    reason: str


Decision: TypeAlias = Done | Reread | Retry | Park


@dataclass(frozen=True, slots=True)
class Tried:
    """What this parcel has behind it."""

    attempts: int
    """This one included."""
    failures: int = 0
    """Attempts before this one that may pass or may never."""
    conflicts: int = 0
    """Attempts before this one that ended in a conflict."""
    rereads: int = 0
    """In this attempt."""


def decide(verdict: Verdict, tried: Tried, now: datetime, chance: Chance, waits: Waits) -> Decision:
    """A server in trouble is waited for without end; a refusal parks at once; what may pass or may not gets a few
    tries, of which those that met a server in trouble are none."""
    match verdict.outcome:
        case Outcome.DONE | Outcome.UNCHANGED:
            return Done()
        case Outcome.REFUSED:
            return Park(verdict.row)
        case Outcome.REREAD if tried.rereads < waits.rereads:
            return Reread()
    counted, times, most = _tries(verdict.outcome, tried, waits)
    if times >= most:
        return Park(verdict.row)
    wait = backoff(times, chance, waits.first, waits.longest)
    return Retry(now + timedelta(seconds=max(wait, verdict.wait or 0.0)), counted)


def _tries(outcome: Outcome, tried: Tried, waits: Waits) -> tuple[Counted | None, int, float]:
    """What the attempt is counted as, the how manyth of those it is, and how many there may be."""
    match outcome:
        case Outcome.REREAD:
            return Counted.CONFLICT, tried.conflicts + 1, waits.conflicts
        case Outcome.RETRY_FEW:
            return Counted.FAILURE, tried.failures + 1, waits.few
    return None, tried.attempts, math.inf


def backoff(times: int, chance: Chance, first: float, longest: float) -> float:
    """Seconds: doubled each time up to the longest, of which half is left to chance, so that many do not come back at
    once."""
    whole: float = min(longest, first * 2 ** min(max(times - 1, 0), _FACTOR_AT_MOST))
    return whole * (0.5 + 0.5 * chance())


_NOTHING_SENT: Final = frozenset({Trouble.UNREACHABLE, Trouble.UNTRUSTED})


def may_be_kept(answer: Answer) -> bool:
    """Whether the server may have kept what was sent, though it did not say so: then the next attempt looks first."""
    if answer.trouble is not None:
        return answer.trouble not in _NOTHING_SENT
    return answer.status is None or answer.status >= 500


def in_trouble(verdict: Verdict, answer: Answer) -> bool:
    """Whether the answer speaks of the server as a whole. A lost race (409) does not."""
    whole = verdict.outcome in (Outcome.RETRY_SOON, Outcome.RETRY_AFTER, Outcome.UNAUTHORISED)
    return whole and answer.status != 409


@dataclass(frozen=True, slots=True)
class Circuit:
    """Whether the server is sent to. After some troubles in a row nothing is, for a growing while; then one parcel
    asks."""

    troubles: int = 0
    pauses: int = 0
    until: datetime | None = None
    since: datetime | None = None
    """When the first of the troubles was told."""
    told: Verdict | None = None
    """What began the last pause."""

    @property
    def standstill(self) -> Standstill | None:
        """Until the server is heard to be well again, also while one parcel asks."""
        if self.until is None or self.since is None or self.told is None:
            return None
        return Standstill(self.told.row, self.told.sv, self.told.en, self.since)

    def room(self, now: datetime, most: int) -> int:
        """How many parcels may be on their way."""
        if self.until is None:
            return most
        return 0 if now < self.until else 1

    def after_trouble(self, told: Verdict, now: datetime, chance: Chance, waits: Waits) -> Circuit:
        """Trouble told by parcels that were on their way when the pause began changes nothing."""
        if self.until is not None and now < self.until:
            return self
        troubles, since = self.troubles + 1, self.since or now
        if troubles < waits.troubles:
            return Circuit(troubles, since=since)
        seconds = max(backoff(self.pauses + 1, chance, waits.first, waits.longest_pause), told.wait or 0.0)
        return Circuit(troubles, self.pauses + 1, now + timedelta(seconds=seconds), since, told)
