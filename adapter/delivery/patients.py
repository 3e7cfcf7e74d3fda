"""What sources say of a patient, and what a new marking takes away from all that is stored (Decided 22)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from adapter.delivery import statements
from adapter.delivery.bodies import Bodies, content_hash, packed
from adapter.delivery.session import Session
from adapter.delivery.values import Packed, Strip, Told, Word
from adapter.server.wire import written
from mappings.problem import Json
from mappings.shape.filled import Filled
from mappings.shape.key import Key


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


def moved(session: Session, told: Told) -> bool:
    """Whether she has something else, or more is said of her, than the caller saw."""
    rows = session.rows(statements.STATES_OF_PATIENT, {"patient_hash": told.patient_hash})
    holds = {(row.kind, row.source, row.number) for row in rows}
    return holds != told.holds or revision(session, told.patient_hash) != told.seen


def tell(session: Session, bodies: Bodies, told: Told) -> list[Packed]:
    """Every word about the patient anew. What is to be delivered bare, where one of two that become one is marked."""
    anew = strip(session, bodies, told.patient_hash, told.strip) if told.strip else []
    session.run(statements.FORGET_WORDS, {"of_hash": told.patient_hash})
    for word in told.words:
        said = {
            "marked": word.marked,
            "word_hash": content_hash(word.body),
            **bodies.columns("word", written(word.body)),
        }
        session.run(statements.INSERT_WORD, {"hash": told.patient_hash, "source": word.source, **said})
    _move(session, told.patient_hash)
    return anew


def _move(session: Session, patient_hash: str) -> bool:
    marked = session.value(statements.ANY_MARKED, {"hash": patient_hash}) > 0
    held = session.row(statements.PATIENT, {"hash": patient_hash})
    if held:
        session.run(statements.UPDATE_PATIENT, {"of": patient_hash, "marked": marked})
    else:
        session.run(statements.INSERT_PATIENT, {"hash": patient_hash, "revision": 1, "marked": marked})
    return bool(marked and not (held and held.marked))


Anew: TypeAlias = dict[tuple[str, ...], dict[Key, Filled]]
"""Lanes -> what lies in them."""


def strip(session: Session, bodies: Bodies, patient_hash: str, strip: Strip) -> list[Packed]:
    """Every stored state, every source's word and the body of every open parcel of the patient, as `strip` makes them.
    Comes back with what the server holds, or may be holding, and must not: to be delivered bare.

    What was last delivered stays until that has been. The patient's own resource is told anew by the message that marks
    her, and comes back only where an attempt may have reached the server without our knowing what is there.
    """
    anew: Anew = {}
    for row in session.rows(statements.STATES_OF_PATIENT, {"patient_hash": patient_hash}):
        state = bodies.opened(row.state_key, row.state_body)
        lanes, ids = strip.own(row.kind, state)
        known = [_delivered(bodies, one) for one in session.rows(statements.KNOWN, {"ids": ids})] if ids else []
        _add(anew.setdefault(tuple(sorted(lanes)), {}), known, strip.resources(tuple(known)))
        session.run(statements.STRIP_STATE, _state(bodies, row, strip.state(row.kind, state)))
    for row in session.rows(statements.BODIES_OF_PATIENT, {"patient_hash": patient_hash}):
        before = bodies.resources(row.body_key, row.body_body)
        after = strip.resources(before)
        lanes = tuple(session.column(statements.LANES_OF, {"parcel": row.parcel}))
        _add(anew.setdefault(lanes, {}), before, after, sent=bool(row.unsure))
        session.run(statements.STRIP_BODY, {"of_parcel": row.parcel, **bodies.columns("body", packed(after))})
    said = session.rows(statements.WORDS, {"hash": patient_hash})
    session.many(statements.UPDATE_WORD, [_word(bodies, row, strip) for row in said])
    return [Packed(lanes, tuple(found.values()), bare=True) for lanes, found in anew.items() if found]


def _delivered(bodies: Bodies, row: Any) -> Filled:
    """All that the server held after our last write, with what earlier versions said and others brought."""
    key = Key.parse(bodies.text(row.name_key, row.name_body))
    if key is None:
        raise ValueError("no key")
    merged = row.held_body is not None
    sealed = (row.held_key, row.held_body) if merged else (row.said_key, row.said_body)
    return Filled(row.node, key, bodies.opened(*sealed), owned=True)


def _add(found: dict[Key, Filled], before: Sequence[Filled], after: Sequence[Filled], *, sent: bool = True) -> None:
    """What was sent, or may have been, and has been stripped; of that, the last that is said."""
    for old, new in zip(before, after, strict=True):
        if new.key in found or (sent and new.resource != old.resource):
            found[new.key] = replace(new, owned=True)


def _state(bodies: Bodies, row: Any, state: Json) -> dict[str, Any]:
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
