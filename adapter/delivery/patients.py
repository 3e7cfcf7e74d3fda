"""What sources say of a patient, and what a new marking takes away from all that is stored (Decided 22)."""

from __future__ import annotations

from typing import Any

from adapter.delivery import statements
from adapter.delivery.bodies import Bodies, content_hash, packed
from adapter.delivery.session import Session
from adapter.delivery.values import Strip, Told, Word
from adapter.server.wire import written


def words(session: Session, bodies: Bodies, patient_hash: str) -> tuple[Word, ...]:
    rows = session.rows(statements.WORDS, {"hash": patient_hash})
    return tuple(Word(row.source, bodies.opened(row.word_key, row.word_body), bool(row.marked)) for row in rows)


def revision(session: Session, patient_hash: str | None) -> int:
    found = session.row(statements.PATIENT, {"hash": patient_hash}) if patient_hash else None
    return found.revision if found else 0


def keep(session: Session, bodies: Bodies, patient_hash: str, word: Word) -> bool:
    """Stores the source's word; True where the patient is marked by it and was not before. An unchanged word moves
    nothing."""
    at = {"hash": patient_hash, "source": word.source}
    new = content_hash(word.body)
    before = session.row(statements.WORD_STAMP, at)
    if before and (before.word_hash, before.marked) == (new, word.marked):
        return False
    said = {"marked": word.marked, "word_hash": new, **bodies.columns("word", written(word.body))}
    if before:
        session.run(statements.UPDATE_WORD, {"of_hash": patient_hash, "of_source": word.source, **said})
    else:
        session.run(statements.INSERT_WORD, {**at, **said})
    return _move(session, patient_hash)


def told(session: Session, bodies: Bodies, told: Told) -> None:
    """Every word about the patient anew."""
    session.run(statements.FORGET_WORDS, {"of_hash": told.patient_hash})
    for word in told.words:
        said = {
            "marked": word.marked,
            "word_hash": content_hash(word.body),
            **bodies.columns("word", written(word.body)),
        }
        session.run(statements.INSERT_WORD, {"hash": told.patient_hash, "source": word.source, **said})
    _move(session, told.patient_hash)


def _move(session: Session, patient_hash: str) -> bool:
    marked = session.value(statements.ANY_MARKED, {"hash": patient_hash}) > 0
    held = session.row(statements.PATIENT, {"hash": patient_hash})
    if held:
        session.run(statements.UPDATE_PATIENT, {"of": patient_hash, "marked": marked})
    else:
        session.run(statements.INSERT_PATIENT, {"hash": patient_hash, "revision": 1, "marked": marked})
    return bool(marked and not (held and held.marked))


def strip(session: Session, bodies: Bodies, patient_hash: str, strip: Strip) -> None:
    """Every stored state, every source's word and the body of every open parcel of the patient, as `strip` makes them.

    What was last delivered stays until the stripped resources have been: a merge takes away only what it finds there.
    """
    states = session.rows(statements.STATES_OF_PATIENT, {"patient_hash": patient_hash})
    session.many(statements.STRIP_STATE, [_state(bodies, row, strip) for row in states])
    said = session.rows(statements.WORDS, {"hash": patient_hash})
    session.many(statements.UPDATE_WORD, [_word(bodies, row, strip) for row in said])
    waiting = session.rows(statements.BODIES_OF_PATIENT, {"patient_hash": patient_hash})
    session.many(statements.STRIP_BODY, [_body(bodies, row, strip) for row in waiting])


def _state(bodies: Bodies, row: Any, strip: Strip) -> dict[str, Any]:
    state = strip.state(row.kind, bodies.opened(row.state_key, row.state_body))
    return {
        "of_kind": row.kind,
        "of_source": row.source,
        "of_number": row.number,
        **bodies.columns("state", written(state)),
    }


def _word(bodies: Bodies, row: Any, strip: Strip) -> dict[str, Any]:
    word = strip.word(bodies.opened(row.word_key, row.word_body))
    said = {"marked": row.marked, "word_hash": row.word_hash, **bodies.columns("word", written(word))}
    return {"of_hash": row.hash, "of_source": row.source, **said}


def _body(bodies: Bodies, row: Any, strip: Strip) -> dict[str, Any]:
    resources = strip.resources(bodies.resources(row.body_key, row.body_body))
    return {"of_parcel": row.parcel, **bodies.columns("body", packed(resources))}
