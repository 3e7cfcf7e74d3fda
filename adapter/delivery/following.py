"""What an acceptance changes in other aggregates, in the same commit (DE-1): their sources sent no new version."""

from __future__ import annotations

from collections.abc import Iterable

from adapter.delivery import statements
from adapter.delivery.bodies import Bodies
from adapter.delivery.session import Session
from adapter.delivery.values import Follow
from adapter.server.wire import written


def moved(session: Session, follows: Iterable[Follow]) -> bool:
    """Whether one of them is no longer as the caller saw it."""
    return any(_revision(session, one) != one.seen for one in follows)


def _revision(session: Session, one: Follow) -> int:
    held = session.row(statements.AGGREGATE_STAMP, {"kind": one.kind, "source": one.source, "number": one.number})
    return held.revision if held else 0


def keep(session: Session, bodies: Bodies, follows: Iterable[Follow], at: int) -> None:
    """Each is one revision on, at the version that its source last sent (Decided 6)."""
    for one in follows:
        named = {"of_kind": one.kind, "of_source": one.source, "of_number": one.number}
        state = bodies.columns("state", written(one.state))
        session.run(statements.FOLLOW, {**named, **state, "now_status": one.status, "at": at})
