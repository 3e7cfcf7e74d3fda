"""What an acceptance changes beside its own aggregate, in the same commit: other aggregates whose sources sent no new
version (DE-1), and whose they are, where the identities of a patient are merged or parted (PI-4)."""

from __future__ import annotations

from collections.abc import Iterable

from adapter.delivery import claims, patients, statements
from adapter.delivery.bodies import Bodies
from adapter.delivery.claims import Holder, Wanted
from adapter.delivery.session import Session
from adapter.delivery.values import Accepted, Follow, Overlap, Told
from adapter.server.wire import written


def moved(session: Session, accepted: Accepted) -> bool:
    """Whether something of it is no longer as the caller saw it."""
    return any(_revision(session, one) != one.seen for one in accepted.follows) or any(
        _other(session, one) for one in accepted.told
    )


def _revision(session: Session, one: Follow) -> int:
    held = session.row(statements.AGGREGATE_STAMP, {"kind": one.kind, "source": one.source, "number": one.number})
    return held.revision if held else 0


def _other(session: Session, told: Told) -> bool:
    rows = session.rows(statements.STATES_OF_PATIENT, {"patient_hash": told.patient_hash})
    holds = {(row.kind, row.source, row.number) for row in rows}
    return holds != told.holds or patients.revision(session, told.patient_hash) != told.seen


def look(session: Session, follows: Iterable[Follow]) -> list[tuple[Holder, list[Wanted]]] | Overlap:
    """The claims that move along, or the first that stands in their way. Those that move let go of each other."""
    wanted: list[tuple[Holder, list[Wanted]]] = []
    for one in follows:
        if one.claims is not None:
            holder = Holder(one.kind, one.source, one.number)
            found = claims.look(session, holder, one.claims)
            if isinstance(found, Overlap):
                return found
            before = [each for _, several in wanted for each in several]
            later = [Wanted(each.claim, each.generation + _of(each.claim.scope, before)) for each in found]
            wanted.append((holder, later))
    return wanted


def _of(scope: str, wanted: Iterable[Wanted]) -> int:
    return sum(one.claim.scope == scope for one in wanted)


def keep(
    session: Session, bodies: Bodies, accepted: Accepted, wanted: Iterable[tuple[Holder, list[Wanted]]], at: int
) -> None:
    """Each is one revision on, at the version that its source last sent (Decided 6)."""
    for holder, claimed in wanted:
        claims.settle(session, holder, claimed)
    for told in accepted.told:
        if accepted.strip:
            patients.strip(session, bodies, told.patient_hash, accepted.strip)
        patients.told(session, bodies, told)
    for one in accepted.follows:
        named = {"of_kind": one.kind, "of_source": one.source, "of_number": one.number}
        state = bodies.columns("state", written(one.state))
        session.run(
            statements.FOLLOW, {**named, **state, "whose": one.patient_hash, "now_status": one.status, "at": at}
        )
