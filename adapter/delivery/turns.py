"""What a courier does to the outbox, in one transaction: what became of the parcels it held, and which it holds now.

A parcel is ready when it is first in all its lanes, its needs are delivered and its time has come. `waits` counts
what is missing and is kept by whoever puts a parcel in and whoever takes one out, so that finding the next ones never
walks over those that may not go.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeAlias
from uuid import uuid4

import orjson

from adapter.delivery import life, statements
from adapter.delivery.bodies import Bodies
from adapter.delivery.sealed import Sealed
from adapter.delivery.session import Session
from adapter.delivery.values import Counted, Priority, instant, micros
from mappings.problem import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Leased:
    """A parcel held for one attempt. Only who holds this very lease may say what became of it."""

    parcel: int
    lease: str
    message: int
    message_id: str
    patient_hash: str | None
    trace_id: str
    strips: bool
    """A marking came with the message."""
    attempts: int
    """This one included."""
    failures: int
    conflicts: int
    """Attempts before this one that ended so."""
    unsure: bool
    """An earlier attempt may have reached the server."""
    bare: bool
    """What is there and not said goes, whoever wrote it."""
    accepted_at: datetime
    due: datetime
    until: datetime
    """When the lease runs out."""
    reason: str | None
    """Why it was put off before."""
    body: Sealed = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One resource as the server holds it now."""

    id: str
    kind: str
    node: str
    name: str = field(repr=False)
    """The key's text."""
    server_id: str
    etag: str | None
    said_hash: str
    said: bytes = field(repr=False)
    """What we said, references as keys: the base of the next merge."""
    held: bytes | None = field(default=None, repr=False)
    """What was sent, where a merge made that something else."""
    new: bool
    """Neither the ledger nor a parcel that is being recorded knew it."""
    owned: bool = True


@dataclass(frozen=True, slots=True)
class Delivered:
    leased: Leased
    sent: tuple[Sent, ...]
    conflicts: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    """Labels that we took away and the server kept."""


@dataclass(frozen=True, slots=True)
class Again:
    leased: Leased
    at: datetime
    reason: str | None
    unsure: bool
    said: Json | None = None
    unmade: bool = False
    """Nothing was tried: the attempt does not count."""
    counted: Counted | None = None


@dataclass(frozen=True, slots=True)
class Stopped:
    """Parked: it cannot succeed as things are."""

    leased: Leased
    reason: str
    unsure: bool
    said: Json | None = None


Result: TypeAlias = Delivered | Again | Stopped


@dataclass(frozen=True, slots=True)
class Asked:
    results: Sequence[Result]
    want: int
    now: datetime
    until: datetime
    """How long a lease holds."""


@dataclass(frozen=True, slots=True)
class Turn:
    leased: tuple[Leased, ...]
    settled: tuple[str, ...] = ()
    """Ids of messages that became delivered or parked."""
    stripped: bool = False
    """What a marking left was recorded in place of what was delivered before."""


def turn(session: Session, bodies: Bodies, asked: Asked) -> Turn:
    """Records the results, then leases at most `want` parcels."""
    recorded = _record(session, bodies, asked.results, asked.now) if asked.results else Turn(())
    session.run(statements.RELEASE_EXPIRED, {"now": micros(asked.now)})
    return replace(recorded, leased=_lease(session, asked))


def _lease(session: Session, asked: Asked) -> tuple[Leased, ...]:
    rows: list[Any] = []
    now, until = micros(asked.now), micros(asked.until)
    for priority in Priority:
        if len(rows) < asked.want:
            at = {"priority": int(priority), "now": now, "most": asked.want - len(rows)}
            rows += session.rows(statements.READY, at)
    if not rows:
        return ()
    lease = uuid4().hex
    session.many(statements.LEASE, [{"of": row.id, "lease": lease, "until": until} for row in rows])
    session.many(statements.MESSAGE_ATTEMPTED, [{"of": row.message, "now": now} for row in rows])
    return tuple(_leased(row, lease, asked.until) for row in rows)


def _leased(row: Any, lease: str, until: datetime) -> Leased:
    return Leased(
        parcel=row.id,
        lease=lease,
        message=row.message,
        message_id=row.message_id,
        patient_hash=row.patient_hash,
        trace_id=row.trace_id,
        strips=bool(row.strips),
        attempts=row.attempts + 1,
        failures=row.failures,
        conflicts=row.conflicts,
        unsure=bool(row.unsure),
        bare=bool(row.bare),
        accepted_at=instant(row.accepted_at),
        due=instant(row.due),
        until=until,
        reason=row.reason,
        body=Sealed(row.body_key, row.body_body),
    )


def _record(session: Session, bodies: Bodies, results: Sequence[Result], now: datetime) -> Turn:
    """Results of leases that were lost in the meantime are dropped: another holder has the parcel."""
    found = session.rows(statements.STILL_LEASED, {"parcels": [one.leased.parcel for one in results]})
    held = {(row.id, row.lease) for row in found}
    ours = [one for one in results if (one.leased.parcel, one.leased.lease) in held]
    delivered = [one for one in ours if isinstance(one, Delivered)]
    again = [one for one in ours if isinstance(one, Again)]
    stopped = [one for one in ours if isinstance(one, Stopped)]
    if delivered:
        _finish(session, [one.leased.parcel for one in delivered])
        _keep_sent(session, bodies, delivered, now)
        _tell(session, delivered)
    session.many(statements.AGAIN, [_again(one) for one in again])
    session.many(
        statements.PARK,
        [{"of": one.leased.parcel, "unsure": one.unsure, "why": one.reason} for one in stopped],
    )
    session.many(statements.MOVE_MESSAGE, [_moved(one, now) for one in ours])
    sequences = sorted({one.leased.message for one in ours})
    settled = session.rows(statements.SETTLED_AMONG, {"sequences": sequences}) if sequences else []
    for row in settled:
        life.tell_settled(session, bodies, row, micros(now))
    return Turn((), tuple(row.id for row in settled), stripped=any(one.leased.strips for one in delivered))


def _again(one: Again) -> dict[str, Any]:
    return {
        "of": one.leased.parcel,
        "due": micros(one.at),
        "unsure": one.unsure,
        "why": one.reason,
        "unmade": int(one.unmade),
        "failed": int(one.counted is Counted.FAILURE),
        "conflicted": int(one.counted is Counted.CONFLICT),
    }


def _moved(one: Result, now: datetime) -> dict[str, Any]:
    said = None if isinstance(one, Delivered) or one.said is None else orjson.dumps(one.said).decode()
    return {
        "of": one.leased.message,
        "more_waiting": -1 if isinstance(one, Delivered) else 0,
        "more_parked": 1 if isinstance(one, Stopped) else 0,
        "why": None if isinstance(one, Delivered) else one.reason,
        "said": said,
        "unmade": int(isinstance(one, Again) and one.unmade),
        "now": micros(now),
    }


def _finish(session: Session, parcels: list[int]) -> None:
    """Out of the lanes, body forgotten; who is first now waits for one thing less."""
    these = {"parcels": parcels}
    followers = session.column(statements.FOLLOWERS, these)
    fewer = Counter(one for one in followers if one is not None)
    session.run(statements.LEAVE_LANES, these)
    session.run(statements.FORGET_BODIES, these)
    session.run(statements.FINISH, these)
    _wait_less(session, fewer)


def _wait_less(session: Session, fewer: Counter[int]) -> None:
    session.many(statements.WAIT_LESS, [{"of": parcel, "fewer": many} for parcel, many in fewer.items()])


def _keep_sent(session: Session, bodies: Bodies, delivered: Iterable[Delivered], now: datetime) -> None:
    """What the server holds now. A later result of the same turn has the last word on a shared resource."""
    last = {sent.id: (sent, one.leased.message) for one in delivered for sent in one.sent}
    new = {sent.id for one in delivered for sent in one.sent if sent.new}
    rows = {id_: _resource(bodies, sent, message, now) for id_, (sent, message) in last.items()}
    session.many(
        statements.INSERT_RESOURCES,
        [{"id": id_, **_named(bodies, last[id_][0]), **row} for id_, row in rows.items() if id_ in new],
    )
    session.many(statements.UPDATE_RESOURCES, [{"of": id_, **row} for id_, row in rows.items() if id_ not in new])
    if new:
        met = {"ids": sorted(new)}
        _wait_less(session, Counter(session.column(statements.IN_NEED, met)))
        session.run(statements.MEET_NEEDS, met)


def _named(bodies: Bodies, sent: Sent) -> dict[str, Any]:
    return {"kind": sent.kind, "node": sent.node, **bodies.columns("name", sent.name.encode())}


def _resource(bodies: Bodies, sent: Sent, message: int, now: datetime) -> dict[str, Any]:
    held = bodies.columns("held", sent.held) if sent.held is not None else {"held_key": None, "held_body": None}
    return {
        "server_id": sent.server_id,
        "etag": sent.etag,
        "said_hash": sent.said_hash,
        **bodies.columns("said", sent.said),
        **held,
        "message": message,
        "delivered_at": micros(now),
    }


def _tell(session: Session, delivered: Iterable[Delivered]) -> None:
    """What the delivery found, for the receipts."""
    found = {one.leased.message: (set[str](), set[str]()) for one in delivered if one.conflicts or one.kept}
    for one in delivered:
        if one.leased.message in found:
            found[one.leased.message][0].update(one.conflicts)
            found[one.leased.message][1].update(one.kept)
    told = session.rows(statements.TOLD, {"sequences": sorted(found)}) if found else []
    session.many(statements.TELL, [_told(row, *found[row.sequence]) for row in told])


def _told(row: Any, conflicts: set[str], kept: set[str]) -> dict[str, Any]:
    both = {
        "conflicts_told": conflicts.union(orjson.loads(row.conflicts)),
        "kept_told": kept.union(orjson.loads(row.kept)),
    }
    return {"of": row.sequence, **{name: orjson.dumps(sorted(told)).decode() for name, told in both.items()}}
