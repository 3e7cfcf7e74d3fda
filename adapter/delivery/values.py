"""What goes into the ledger and what comes out of it. Nothing here knows a field of a booking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Final, NamedTuple, TypeAlias

from mappings.listing import Listing
from mappings.problem import Json
from mappings.shape.filled import Filled

Clock: TypeAlias = Callable[[], datetime]
"""The time now, with a zone."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def micros(at: datetime) -> int:
    """Microseconds since 1970 UTC, as the tables keep time."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def instant(at: int) -> datetime:
    return _EPOCH + timedelta(microseconds=at)


class Priority(IntEnum):
    LIVE = 0
    BACKFILL = 1


class MessageState(StrEnum):
    ACCEPTED = "accepted"
    DELIVERING = "delivering"
    DELIVERED = "delivered"
    PARKED = "parked"


class ParcelState(StrEnum):
    PENDING = "pending"
    LEASED = "leased"
    PARKED = "parked"
    DONE = "done"


class Counted(StrEnum):
    """What an attempt that did not succeed is counted as, beside being an attempt. One that met a server in trouble is
    counted as nothing."""

    FAILURE = "failure"
    """An answer that may pass or may never."""
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Standstill:
    """Nothing is delivered for now: the row of the error table that says why, its words, and since when."""

    reason: str
    sv: str
    en: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Columns:
    """What an aggregate is searched on. The caller says what each means for its kind."""

    status: str | None = None
    unit: str | None = None
    service: str | None = None
    starts: datetime | None = None
    ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class Packed:
    """One parcel: resources that go together, the lanes it lies in, and what must have been delivered before."""

    lanes: tuple[str, ...]
    resources: tuple[Filled, ...] = field(repr=False)
    needs: tuple[str, ...] = ()
    """Derived ids; a need that this or an earlier message delivers is waited for."""
    priority: Priority = Priority.LIVE
    bare: bool = False
    """Exactly this is left of these resources on the server, whoever wrote what is there: what a marking leaves."""


@dataclass(frozen=True, slots=True)
class Word:
    """What one source last said of a patient, and whether it says that the identity is protected."""

    source: str
    body: Json = field(repr=False)
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Strip:
    """What a new marking makes of all that is stored and delivered of the patient (Decided 22). Pure functions of the
    caller."""

    state: Callable[[str, Json], Json]
    """(kind of aggregate, its state) -> the state without what PI-1 takes away."""
    word: Callable[[Json], Json]
    resources: Callable[[tuple[Filled, ...]], tuple[Filled, ...]]
    """Resources that go together -> the same, in their order; one that holds nothing that must go comes back equal."""
    own: Callable[[str, Json], Own]
    """(kind of aggregate, its state) -> what only this aggregate speaks of on the server."""


class Own(NamedTuple):
    """Where an aggregate lies, and those of its resources that a marking may strip; the patient is none of them."""

    lanes: tuple[str, ...]
    ids: tuple[str, ...]
    """Derived ids."""


@dataclass(frozen=True, slots=True)
class Claim:
    """To be alone in a scope for a time: a patient's physician contact. Both days belong to it; no end means for
    good."""

    scope: str
    starts: date
    ends: date | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """All that sources say of a patient from now on, where identities are merged or parted."""

    patient_hash: str
    seen: int
    """The revision on which the caller judged."""
    holds: frozenset[tuple[str, str, str]]
    """(kind, source, number) of all that the patient had then."""
    words: tuple[Word, ...] = field(repr=False)
    strip: Strip | None = None
    """Where one of two that become one is protected, and this one was not."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the audit."""

    caller: str
    action: str
    outcome: str
    patient_hash: str | None = None
    trace_id: str = ""


@dataclass(frozen=True, slots=True)
class Happened:
    """A step that an acceptance tells of: names and codes, no value of a person."""

    name: str
    before: str | None
    after: str
    by: str | None = None
    at: datetime | None = None
    reason: str | None = None
    lost: datetime | None = None
    """The time that it was to begin, and lost by the step."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A step as the ledger keeps it."""

    happened: Happened
    revision: int
    caller: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Due:
    """What the clock is to do with an aggregate."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """A due time, and whose."""

    kind: str
    source: str
    number: str
    due: Due


@dataclass(frozen=True, slots=True)
class Change:
    """A line of the feed."""

    sequence: int
    what: str
    """`receipt`, or what a patient asks for: `request`."""
    kind: str
    source: str
    number: str
    body: Json = field(repr=False)
    at: datetime


Settle: TypeAlias = Callable[[Json], str | None]
"""(a request, whole) -> the state that it comes to; None where it stays as it is. A pure function of the caller."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a patient asks for with an aggregate, as its place in the ledger holds it. The caller says what it means."""

    kind: str
    source: str
    number: str
    body: Json = field(repr=False)
    """Whole, with its `id` and `state`."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A request that is made now."""

    request: Request
    settle: Settle
    """What it makes of those that were made with the same aggregate before."""
    audit: Entry
    revision: int
    """Of the aggregate when the caller looked."""
    seen: int
    """How many requests there were then."""


@dataclass(frozen=True, slots=True)
class Answering:
    """What the source says to a request."""

    request: Request
    """As the caller saw it."""
    body: Json = field(repr=False)
    """As it is from now on."""
    audit: Entry


@dataclass(frozen=True, slots=True)
class Seen:
    """On what the caller judged: revisions, 0 where there was nothing. If one has moved at the commit, it judges
    again."""

    aggregate: int = 0
    patient: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A message that was judged good, and all that its acceptance writes."""

    kind: str
    source: str
    number: str
    version: int
    content_hash: str
    """Of the message as sent, normalised, before derivation (Decided 21)."""
    state: Json = field(repr=False)
    """After derivation: what `GET` and the rules read."""
    parcels: tuple[Packed, ...]
    audit: Entry
    seen: Seen = Seen()
    patient_hash: str | None = None
    word: Word | None = None
    strip: Strip | None = None
    columns: Columns = Columns()
    told: tuple[Told, ...] = ()
    claims: tuple[Claim, ...] = ()
    """All that this aggregate claims from now on; what it claimed before and is not here is let go."""
    ties: tuple[tuple[str, str], ...] = ()
    """(relation, value) of what it shares with others, from now on."""
    listing: Listing | None = None
    """Where it stands from now on, on the list that is kept for its kind; None where it does not."""
    steps: tuple[Happened, ...] = ()
    dues: tuple[Due, ...] = ()
    """All that the clock is to do with it from now on."""
    took: Due | None = None
    """The due time that this carries out: where it is no longer there, another has done it (`Stale`)."""
    settles: tuple[tuple[str, Settle], ...] = ()
    """What this makes of the requests with aggregates of the same kind and source, by their number."""
    asked: Asking | None = None
    """The request that is taken at once by this."""
    own: bool = False
    """Made by the gateway itself, at the source's last version: the revision grows alone (Decided 6)."""
    warnings: tuple[Json, ...] = ()
    derived: tuple[Json, ...] = ()
    catalogue_version: str = ""
    trace_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of a message so far. Holds no value of it."""

    sequence: int
    id: str
    kind: str
    source: str
    number: str
    version: int
    """Of the source; below zero for what the gateway itself has done."""
    revision: int
    state: MessageState
    attempts: int
    warnings: tuple[Json, ...]
    derived: tuple[Json, ...]
    conflicts: tuple[str, ...]
    """Elements that others had changed and that the delivery replaced."""
    kept_by_server: tuple[str, ...]
    """Labels that the delivery took away and the server kept: `Patient.meta.security SYSTEM#CODE`."""
    reason: str | None
    """Why it is parked or tried again: a code of `retry`, or a rule of the validation."""
    server_said: Json | None
    """Status and issue codes of the last answer that was not a success; never a text of the server."""
    trace_id: str
    catalogue_version: str
    mapping_version: str
    accepted_at: datetime
    changed_at: datetime

    @property
    def settled(self) -> bool:
        return self.state in (MessageState.DELIVERED, MessageState.PARKED)


@dataclass(frozen=True, slots=True)
class Taken:
    """Committed, now or before."""

    receipt: Receipt
    repeated: bool = False
    """The same version with the same content had been taken already; nothing was written."""
    told: bool = False
    """The feed has a new line."""


@dataclass(frozen=True, slots=True)
class VersionReused:
    """This version was accepted with other content."""


@dataclass(frozen=True, slots=True)
class VersionOld:
    """A later version was accepted."""

    known: int


@dataclass(frozen=True, slots=True)
class Overlap:
    """Another holder has the scope for some of the time."""

    source: str
    scope: str


@dataclass(frozen=True, slots=True)
class Stale:
    """The aggregate or the patient moved since the caller looked: read `seen` again, judge again, come again."""


NotTaken: TypeAlias = VersionReused | VersionOld | Overlap | Stale
"""Nothing is left behind."""
Outcome: TypeAlias = Taken | NotTaken
"""What an acceptance ends in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate:
    """The last accepted state of one booking, contact …"""

    kind: str
    source: str
    number: str
    version: int
    revision: int
    state: Json = field(repr=False)
    columns: Columns
    patient_hash: str | None
    catalogue_version: str
    mapping_version: str
    accepted_at: datetime


@dataclass(frozen=True, slots=True)
class Previous:
    """What a message is judged against: the state before it and the words about its patient, with the stamp for
    `Accepted.seen`."""

    seen: Seen
    aggregate: Aggregate | None
    words: tuple[Word, ...]

    @property
    def marked(self) -> bool:
        return any(word.marked for word in self.words)
