"""What sources say of a patient, and what a new marking takes away from all that is stored (Decided 22)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from adapter.delivery import statements
from adapter.delivery.bodies import Bodies, content_hash, packed
from adapter.delivery.values import Strip, Word
from adapter.server.wire import written


def words(connection: sa.Connection, bodies: Bodies, patient_hash: str) -> tuple[Word, ...]:
    rows = connection.execute(statements.WORDS, {"hash": patient_hash})
    return tuple(Word(row.source, bodies.opened(row.word_key, row.word_body), row.marked) for row in rows)


def revision(connection: sa.Connection, patient_hash: str | None) -> int:
    found = connection.execute(statements.PATIENT, {"hash": patient_hash}).first() if patient_hash else None
    return found.revision if found else 0


def keep(connection: sa.Connection, bodies: Bodies, patient_hash: str, word: Word) -> bool:
    """Stores the source's word; True where the patient is marked by it and was not before. An unchanged word moves nothing."""
    at = {"hash": patient_hash, "source": word.source}
    new = content_hash(word.body)
    before = connection.execute(statements.WORD_STAMP, at).first()
    if before and (before.word_hash, before.marked) == (new, word.marked):
        return False
    said = {"marked": word.marked, "word_hash": new, **bodies.columns("word", written(word.body))}
    if before:
        connection.execute(statements.UPDATE_WORD, {"of_hash": patient_hash, "of_source": word.source, **said})
    else:
        connection.execute(statements.INSERT_WORD, {**at, **said})
    return _move(connection, patient_hash)


def _move(connection: sa.Connection, patient_hash: str) -> bool:
    marked = connection.execute(statements.ANY_MARKED, {"hash": patient_hash}).scalar_one() > 0
    held = connection.execute(statements.PATIENT, {"hash": patient_hash}).first()
    if held:
        connection.execute(statements.UPDATE_PATIENT, {"of": patient_hash, "marked": marked})
    else:
        connection.execute(statements.INSERT_PATIENT, {"hash": patient_hash, "revision": 1, "marked": marked})
    return marked and not (held and held.marked)


def strip(connection: sa.Connection, bodies: Bodies, patient_hash: str, strip: Strip) -> None:
    """Every stored state, every source's word and the body of every open parcel of the patient, as `strip` makes them.

    What was last delivered stays until the stripped resources have been: a merge takes away only what it finds there.
    """
    states = connection.execute(statements.STATES_OF_PATIENT, {"patient_hash": patient_hash}).all()
    _many(connection, statements.STRIP_STATE, [_state(bodies, row, strip) for row in states])
    said = connection.execute(statements.WORDS, {"hash": patient_hash}).all()
    _many(connection, statements.UPDATE_WORD, [_word(bodies, row, strip) for row in said])
    waiting = connection.execute(statements.BODIES_OF_PATIENT, {"patient_hash": patient_hash}).all()
    _many(connection, statements.STRIP_BODY, [_body(bodies, row, strip) for row in waiting])


def _state(bodies: Bodies, row: sa.Row[Any], strip: Strip) -> dict[str, Any]:
    state = strip.state(row.kind, bodies.opened(row.state_key, row.state_body))
    return {"of_kind": row.kind, "of_source": row.source, "of_number": row.number, **bodies.columns("state", written(state))}


def _word(bodies: Bodies, row: sa.Row[Any], strip: Strip) -> dict[str, Any]:
    word = strip.word(bodies.opened(row.word_key, row.word_body))
    said = {"marked": row.marked, "word_hash": row.word_hash, **bodies.columns("word", written(word))}
    return {"of_hash": row.hash, "of_source": row.source, **said}


def _body(bodies: Bodies, row: sa.Row[Any], strip: Strip) -> dict[str, Any]:
    resources = strip.resources(bodies.resources(row.body_key, row.body_body))
    return {"of_parcel": row.parcel, **bodies.columns("body", packed(resources))}


def _many(connection: sa.Connection, statement: sa.Executable, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(statement, rows)
