"""Who did what to whom, chained per writer: a row that was changed or taken away breaks the chain after it (Decided
18)."""

from __future__ import annotations

import hashlib
from typing import Any, Final

import orjson

from adapter.delivery import statements
from adapter.delivery.session import Session
from adapter.delivery.values import Entry

FIRST: Final = "0" * 64
"""What the first row of a writer says of the one before it."""

_HASHED: Final = ("writer", "sequence", "previous", "caller", "patient_hash", "action", "outcome", "trace_id", "at")


def write(session: Session, writer: str, entry: Entry, at: int) -> None:
    tail = session.row(statements.AUDIT_TAIL, {"writer": writer})
    sequence, previous = (tail.sequence + 1, tail.hash) if tail else (1, FIRST)
    row: dict[str, Any] = {
        "writer": writer,
        "sequence": sequence,
        "previous": previous,
        "caller": entry.caller,
        "patient_hash": entry.patient_hash,
        "action": entry.action,
        "outcome": entry.outcome,
        "trace_id": entry.trace_id,
        "at": at,
    }
    session.run(statements.INSERT_AUDIT, {**row, "hash": _hash(row)})


def broken(session: Session, writer: str) -> int | None:
    """The sequence of the first row that is not as it was written or does not follow the one before it; None when all
    is whole.

    Rows taken from the end are not seen here: compare the last sequence with one kept elsewhere.
    """
    previous, expected = FIRST, 1
    for found in session.rows(statements.AUDIT_CHAIN, {"writer": writer}):
        row = found._asdict()
        if row["sequence"] != expected or row["previous"] != previous or row["hash"] != _hash(row):
            return expected
        previous, expected = row["hash"], expected + 1
    return None


def _hash(row: Any) -> str:
    return hashlib.sha256(orjson.dumps([row[name] for name in _HASHED])).hexdigest()
