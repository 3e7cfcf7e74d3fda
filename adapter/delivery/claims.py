"""To be alone in a scope: a patient has one physician contact at a time, whichever source says so (FK-2).

A claim is a row (scope, generation), and generations only grow. Whoever takes one has read the newest generation
first and the claims after it, and writes the next: of two who read the same, the primary key lets one through, on any
database and without extensions.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from adapter.delivery import statements
from adapter.delivery.session import Session
from adapter.delivery.values import Claim, Overlap


class Holder(NamedTuple):
    kind: str
    source: str
    number: str


class Wanted(NamedTuple):
    """A claim that may be taken, and the generation that it takes."""

    claim: Claim
    generation: int


def look(session: Session, holder: Holder, claims: Iterable[Claim]) -> list[Wanted] | Overlap:
    """The claims with the generation to take them at, or the first who stands in the way."""
    wanted: list[Wanted] = []
    for claim in claims:
        generation = session.value(statements.GENERATION, {"scope": claim.scope})
        for row in session.rows(statements.CLAIMS_IN_SCOPE, {"scope": claim.scope}):
            if Holder(row.kind, row.source, row.number) != holder and _overlap(claim, row.starts, row.ends):
                return Overlap(row.source, claim.scope)
        wanted.append(Wanted(claim, generation + 1 + sum(one.claim.scope == claim.scope for one in wanted)))
    return wanted


def settle(session: Session, holder: Holder, wanted: list[Wanted]) -> None:
    """The holder has exactly these from now on. IntegrityError when another took a scope since `look`."""
    before = session.rows(statements.CLAIMS_OF_HOLDER, holder._asdict())
    keep = {(row.scope, row.starts, row.ends) for row in before}
    new = [one for one in wanted if _columns(one.claim) not in keep]
    still = {_columns(one.claim) for one in wanted}
    let_go = [
        {"of_scope": row.scope, "of_generation": row.generation}
        for row in before
        if (row.scope, row.starts, row.ends) not in still
    ]
    session.many(statements.TAKE_CLAIM, [_row(holder, one) for one in new])
    session.many(statements.RELEASE_CLAIM, let_go)


def _overlap(claim: Claim, starts: str, ends: str | None) -> bool:
    before = ends is not None and date.fromisoformat(ends) < claim.starts
    after = claim.ends is not None and claim.ends < date.fromisoformat(starts)
    return not (before or after)


def _columns(claim: Claim) -> tuple[str, str, str | None]:
    return claim.scope, claim.starts.isoformat(), claim.ends.isoformat() if claim.ends else None


def _row(holder: Holder, wanted: Wanted) -> dict[str, object]:
    scope, starts, ends = _columns(wanted.claim)
    return {
        "scope": scope,
        "generation": wanted.generation,
        **holder._asdict(),
        "starts": starts,
        "ends": ends,
        "held": True,
    }
