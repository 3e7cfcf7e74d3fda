"""What an operator sees of messages and does to them, and the numbers for `/metrics`."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from adapter.delivery import statements
from adapter.delivery.receipts import receipt_of
from adapter.delivery.session import Session
from adapter.delivery.values import MessageState, ParcelState, Receipt, instant, micros

PARKED_BY_HAND: Final = "parked-by-hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownParcel:
    """One parcel of a message. Lanes and needs say what it may be waiting for."""

    id: int
    state: ParcelState
    attempts: int
    due: datetime
    reason: str | None
    waits: int
    """How many lanes have another first, and how many needs are not delivered."""
    lanes: tuple[str, ...]
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    receipt: Receipt
    parcels: tuple[ShownParcel, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """Plain numbers. `oldest_waiting` is the age in seconds of the oldest message that is neither delivered nor
    parked."""

    messages: dict[MessageState, int]
    parcels: dict[ParcelState, int]
    oldest_waiting: float


def receipt(session: Session, id_: str) -> Receipt | None:
    row = session.row(statements.RECEIPT, {"id": id_})
    return receipt_of(row) if row else None


def listed(session: Session, state: MessageState | None, after: int, most: int) -> list[Receipt]:
    """In the order of acceptance, those behind the sequence `after`."""
    at: dict[str, Any] = {"after": after, "most": most}
    rows = (
        session.rows(statements.RECEIPTS, at)
        if state is None
        else session.rows(statements.RECEIPTS_IN_STATE, {**at, "state": state})
    )
    return [receipt_of(row) for row in rows]


def shown(session: Session, id_: str) -> Shown | None:
    found = receipt(session, id_)
    if found is None:
        return None
    of = {"sequence": found.sequence}
    lanes, needs = defaultdict(list), defaultdict(list)
    for row in session.rows(statements.LANES_OF_MESSAGE, of):
        lanes[row.parcel].append(row.lane)
    for row in session.rows(statements.NEEDS_OF_MESSAGE, of):
        needs[row.parcel].append(row.resource)
    rows = session.rows(statements.PARCELS_OF_MESSAGE, of)
    return Shown(found, tuple(_parcel(row, tuple(lanes[row.id]), tuple(needs[row.id])) for row in rows))


def _parcel(row: Any, lanes: tuple[str, ...], needs: tuple[str, ...]) -> ShownParcel:
    return ShownParcel(
        id=row.id,
        state=ParcelState(row.state),
        attempts=row.attempts,
        due=instant(row.due),
        reason=row.reason,
        waits=row.waits,
        lanes=lanes,
        needs=needs,
    )


def retry(session: Session, id_: str, now: datetime) -> Receipt | None:
    """What is parked goes again, what waits for its time goes now."""
    found = receipt(session, id_)
    if found is None:
        return None
    of = {"sequence": found.sequence, "now": micros(now)}
    freed = session.run(statements.RETRY_PARCELS, of)
    session.run(statements.HASTEN_PARCELS, of)
    if freed:
        _move(session, found, -freed, None, now)
    return receipt(session, id_)


def park(session: Session, id_: str, now: datetime) -> Receipt | None:
    """What has not been sent waits for `retry`, and holds its lanes. A parcel on its way is not stopped."""
    found = receipt(session, id_)
    if found is None:
        return None
    stopped = session.run(statements.PARK_PARCELS, {"sequence": found.sequence, "why": PARKED_BY_HAND})
    if stopped:
        _move(session, found, stopped, PARKED_BY_HAND, now)
    return receipt(session, id_)


def _move(session: Session, found: Receipt, parked: int, why: str | None, now: datetime) -> None:
    moved = {
        "of": found.sequence,
        "more_waiting": 0,
        "more_parked": parked,
        "why": why,
        "said": None,
        "unmade": 0,
        "now": micros(now),
    }
    session.run(statements.MOVE_MESSAGE, moved)


def counts(session: Session, now: datetime) -> Counts:
    waiting = session.rows(statements.OPEN_MESSAGES)
    total = session.value(statements.ALL_MESSAGES)
    messages = dict.fromkeys(MessageState, 0) | {MessageState(row.state): row.many for row in waiting}
    messages[MessageState.DELIVERED] = total - sum(row.many for row in waiting)
    oldest = min((row.oldest for row in waiting if row.state != MessageState.PARKED), default=micros(now))
    found = session.rows(statements.OPEN_PARCELS)
    parcels = {state: 0 for state in ParcelState if state is not ParcelState.DONE} | {
        ParcelState(row.state): row.many for row in found
    }
    return Counts(messages, parcels, max(0.0, (micros(now) - oldest) / 1_000_000))
