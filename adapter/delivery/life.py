"""What is kept beside an aggregate's state: what ties it to others, what happened to it, what the clock is to do."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, NamedTuple

from adapter.delivery import statements
from adapter.delivery.bodies import Bodies
from adapter.delivery.claims import Holder
from adapter.delivery.receipts import aggregate_of
from adapter.delivery.session import Session
from adapter.delivery.values import (
    Accepted,
    Aggregate,
    Change,
    Due,
    Happened,
    Recorded,
    Waiting,
    instant,
    micros,
)
from adapter.server.wire import written
from mappings.problem import Json

FEW: Final = frozenset({"chain", "day", "booking"})
"""Relations of which all are looked at; of the others, which may be large, only the neighbours."""
MOST_OF_FEW: Final = 50


def take(session: Session, holder: Holder, due: Due) -> bool:
    """The due time is taken away; False where another has taken it, or it has moved."""
    return session.run(statements.TAKE_DUE, {**_of(holder), "of_name": due.name, "of_at": micros(due.at)}) == 1


def put_off(session: Session, waiting: Waiting, until: datetime) -> None:
    """It is looked at again then; nothing where it has been taken or has moved."""
    holder, due = Holder(waiting.kind, waiting.source, waiting.number), waiting.due
    at = {**_of(holder), "of_name": due.name, "of_at": micros(due.at), "until": micros(until)}
    session.run(statements.PUT_OFF_DUE, at)


def refile(session: Session, holder: Holder, revision: int, dues: Iterable[Due]) -> None:
    """These due times in place of those that there are; nothing where the aggregate has moved."""
    place = holder._asdict()
    held = session.row(statements.AGGREGATE_STAMP, place)
    if (held.revision if held else 0) == revision:
        _dues(session, holder, dues, session.rows(statements.DUES, place))


def _of(holder: Holder) -> dict[str, Any]:
    """Whose rows are meant, where the same names stand for what is written."""
    return {f"of_{name}": part for name, part in holder._asdict().items()}


def keep(session: Session, holder: Holder, accepted: Accepted, revision: int, at: int) -> None:
    """Ties, steps and due times as an acceptance tells them. Before the first revision there were none."""
    place = holder._asdict()
    _ties(session, holder, accepted, session.rows(statements.TIES, place) if revision > 1 else ())
    _dues(session, holder, accepted.dues, session.rows(statements.DUES, place) if revision > 1 else ())
    rows = [_step(holder, one, revision, accepted.audit.caller, at) for one in accepted.steps]
    session.many(statements.INSERT_STEPS, rows)


def _ties(session: Session, holder: Holder, accepted: Accepted, before: Iterable[Any]) -> None:
    starts = micros(accepted.columns.starts) if accepted.columns.starts else None
    wanted = {(relation, value, starts) for relation, value in accepted.ties}
    held = {tuple(row) for row in before}
    gone = [{**_of(holder), "of_relation": relation, "of_value": value} for relation, value, _ in held - wanted]
    session.many(statements.DELETE_TIES, gone)
    new = [
        {**holder._asdict(), "relation": relation, "value": value, "starts": at}
        for relation, value, at in wanted - held
    ]
    session.many(statements.INSERT_TIES, new)


def _dues(session: Session, holder: Holder, dues: Iterable[Due], before: Iterable[Any]) -> None:
    wanted = {(one.name, micros(one.at)) for one in dues}
    held = {(row.name, row.at) for row in before}
    session.many(statements.DELETE_DUE, [{**_of(holder), "of_name": name} for name, _ in held - wanted])
    new = [{**holder._asdict(), "name": name, "at": at} for name, at in wanted - held]
    session.many(statements.INSERT_DUES, new)


def _step(holder: Holder, one: Happened, revision: int, caller: str, at: int) -> dict[str, Any]:
    return {
        **holder._asdict(),
        "revision": revision,
        "name": one.name,
        "before": one.before,
        "after": one.after,
        "taken_by": one.by,
        "taken_at": micros(one.at) if one.at else None,
        "reason": one.reason,
        "lost": micros(one.lost) if one.lost else None,
        "caller": caller,
        "recorded_at": at,
    }


def steps(session: Session, holder: Holder) -> list[Recorded]:
    return [_recorded(row) for row in session.rows(statements.STEPS_OF, holder._asdict())]


def _recorded(row: Any) -> Recorded:
    taken_at = instant(row.taken_at) if row.taken_at is not None else None
    lost = instant(row.lost) if row.lost is not None else None
    happened = Happened(row.name, row.before, row.after, row.taken_by, taken_at, row.reason, lost)
    return Recorded(happened, row.revision, row.caller, instant(row.recorded_at))


def tied(
    session: Session, bodies: Bodies, holder: Holder, ties: Iterable[tuple[str, str]], starts: datetime | None
) -> list[Aggregate]:
    """Others of the same kind that share a tie, each once. Of a relation that may be large: the one before, the one
    after and the first."""
    found: dict[tuple[str, str], Aggregate] = {}
    for relation, value in ties:
        at = {**holder._asdict(), "relation": relation, "value": value}
        for row in _rows(session, at, starts, few=relation in FEW):
            found.setdefault((row.source, row.number), aggregate_of(row, bodies))
    return list(found.values())


def _rows(session: Session, at: dict[str, Any], starts: datetime | None, *, few: bool) -> list[Any]:
    if few:
        return list(session.rows(statements.TIED, {**at, "most": MOST_OF_FEW}))
    rows = list(session.rows(statements.TIED, {**at, "most": 1}))
    if starts is not None:
        near = {**at, "starts": micros(starts), "most": 1}
        rows += session.rows(statements.TIED_BEFORE, near)
        rows += session.rows(statements.TIED_AFTER, near)
    return rows


def tied_at(session: Session, bodies: Bodies, kind: str, tie: tuple[str, str], starts: datetime) -> list[Aggregate]:
    """All of a kind that share a tie and begin then."""
    at = {"kind": kind, "source": "", "number": "", "relation": tie[0], "value": tie[1], "starts": micros(starts)}
    return [aggregate_of(row, bodies) for row in session.rows(statements.TIED_AT, at)]


def waiting(session: Session, now: datetime, most: int) -> list[Waiting]:
    """What is due, the longest due first."""
    rows = session.rows(statements.DUE_NOW, {"now": micros(now), "most": most})
    return [Waiting(row.kind, row.source, row.number, Due(row.name, instant(row.at))) for row in rows]


def next_due(session: Session) -> datetime | None:
    found = session.value(statements.DUE_NEXT, {})
    return instant(found) if found is not None else None


class Line(NamedTuple):
    """A line for the feed."""

    what: str
    holder: Holder
    body: Json


def tell(session: Session, bodies: Bodies, line: Line, at: int) -> int:
    """Comes back with its place in the feed."""
    row = {**line.holder._asdict(), "what": line.what, **bodies.columns("body", written(line.body)), "at": at}
    return int(session.value(statements.INSERT_CHANGE, row))


def tell_settled(session: Session, bodies: Bodies, message: Any, at: int) -> None:
    """That a message is delivered or parked, as its row has it."""
    version = message.version if message.version >= 0 else None
    body: Json = {"message": message.id, "state": message.state, "version": version}
    tell(session, bodies, Line("receipt", Holder(message.kind, message.source, message.number), body), at)


def changes(session: Session, bodies: Bodies, after: int, sources: list[str] | None, most: int) -> list[Change]:
    """Lines after a place, of some sources; of all for None."""
    at: dict[str, Any] = {"after": after, "most": most}
    if sources is None:
        rows = session.rows(statements.ALL_CHANGES_AFTER, at)
    else:
        rows = session.rows(statements.CHANGES_AFTER, {**at, "sources": sources}) if sources else []
    return [
        Change(
            row.sequence,
            row.what,
            row.kind,
            row.source,
            row.number,
            bodies.opened(row.body_key, row.body_body),
            instant(row.at),
        )
        for row in rows
    ]
