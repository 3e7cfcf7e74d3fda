"""One acceptance, in the writer's transaction: ledger, outbox, receipt and audit, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import orjson
import sqlalchemy as sa

from adapter.delivery import audit, claims, life, listings, patients, requests, statements
from adapter.delivery.bodies import Bodies, packed
from adapter.delivery.claims import Holder
from adapter.delivery.receipts import receipt_of
from adapter.delivery.session import Session
from adapter.delivery.values import (
    Accepted,
    MessageState,
    Outcome,
    Overlap,
    Packed,
    ParcelState,
    Receipt,
    Stale,
    Taken,
    VersionOld,
    VersionReused,
    micros,
)
from adapter.server.wire import written


@dataclass(frozen=True, slots=True)
class Desk:
    """What every acceptance of one gateway shares."""

    bodies: Bodies
    writer: str
    mapping_version: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """An acceptance with its bodies written, so that no other waits for that."""

    accepted: Accepted
    at: int
    id: str = field(default_factory=lambda: str(uuid4()))
    state: bytes = field(default=b"", repr=False)
    parcels: tuple[bytes, ...] = field(default=(), repr=False)

    @staticmethod
    def of(accepted: Accepted, at: int) -> Prepared:
        return Prepared(
            accepted,
            at,
            state=written(accepted.state),
            parcels=tuple(packed(one.resources) for one in accepted.parcels),
        )


class NotAll(Exception):
    """One of several that go together was not taken: none is. Holds the outcome of each that was tried."""

    def __init__(self, outcomes: list[Outcome]) -> None:
        self.outcomes = outcomes
        super().__init__()


def accept_all(session: Session, desk: Desk, every: Sequence[Prepared]) -> list[Outcome]:
    """Several in one commit, or none: raises `NotAll`. All were judged on what was there before the first."""
    outcomes: list[Outcome] = []
    moved: set[str | None] = set()
    before = {_named(prepared.accepted): _revision(session, prepared.accepted) for prepared in every}
    for prepared in every:
        patient_moved = prepared.accepted.patient_hash in moved
        revision = before.pop(_named(prepared.accepted), None)
        outcomes.append(accept(session, desk, prepared, patient_moved=patient_moved, before=revision))
        if not isinstance(outcomes[-1], Taken):
            raise NotAll(outcomes)
        moved |= {prepared.accepted.patient_hash, *(told.patient_hash for told in prepared.accepted.told)}
    return outcomes


def _named(accepted: Accepted) -> Holder:
    return Holder(accepted.kind, accepted.source, accepted.number)


def _revision(session: Session, accepted: Accepted) -> int:
    held = session.row(statements.AGGREGATE_STAMP, _named(accepted)._asdict())
    return held.revision if held else 0


def accept(
    session: Session, desk: Desk, prepared: Prepared, *, patient_moved: bool = False, before: int | None = None
) -> Outcome:
    """Decides on what is committed now, then writes. Everything but `Taken` has written nothing.

    `patient_moved`: by another of the same commit, which was judged beside this one. `before`: the revision before the
    first of them, which may have stripped this one.
    """
    accepted = prepared.accepted
    holder = _named(accepted)
    named = holder._asdict()
    if accepted.took and not life.take(session, holder, accepted.took):
        return Stale()
    same = None if accepted.own else session.row(statements.MESSAGE_OF_VERSION, {**named, "version": accepted.version})
    if same:
        return Taken(receipt_of(same), repeated=True) if same.content_hash == accepted.content_hash else VersionReused()
    held = session.row(statements.AGGREGATE_STAMP, named)
    if held and accepted.version < held.version:
        return VersionOld(held.version)
    revision = held.revision if held else 0
    if (revision if before is None else before) != accepted.seen.aggregate:
        return Stale()
    if not patient_moved and patients.revision(session, accepted.patient_hash) != accepted.seen.patient:
        return Stale()
    if any(patients.moved(session, told) for told in accepted.told):
        return Stale()
    if accepted.asked and requests.moved(session, desk.bodies, accepted.asked):
        return Stale()
    wanted = claims.look(session, holder, accepted.claims)
    if isinstance(wanted, Overlap):
        return wanted
    if held or wanted:
        claims.settle(session, holder, wanted)
    receipt = _write(session, desk, prepared, revision + 1)
    return Taken(receipt, told=_tell(session, desk, prepared, receipt))


def _tell(session: Session, desk: Desk, prepared: Prepared, receipt: Receipt) -> bool:
    """What the feed has to say of it, after the aggregate's row was written, so that no request comes between."""
    accepted = prepared.accepted
    settled = requests.settle_all(session, desk.bodies, _named(accepted), accepted.settles, prepared.at)
    if accepted.asked:
        requests.put(session, desk.bodies, desk.writer, accepted.asked, prepared.at)
    if receipt.settled:
        life.tell_settled(session, desk.bodies, receipt, prepared.at)
    return receipt.settled or settled > 0 or accepted.asked is not None


def _write(session: Session, desk: Desk, prepared: Prepared, revision: int) -> Receipt:
    accepted = prepared.accepted
    anew = _marked(session, desk, accepted)
    parcels = [(one, packed(one.resources)) for one in anew or ()]
    parcels += zip(accepted.parcels, prepared.parcels, strict=True)
    message = _message(desk, prepared, revision) | {
        "state": MessageState.ACCEPTED if parcels else MessageState.DELIVERED,
        "waiting": len(parcels),
        "strips": anew is not None,
    }
    sequence = session.value(statements.INSERT_MESSAGE, message)
    _keep_state(session, desk, prepared, revision, sequence)
    life.keep(session, _named(accepted), accepted, revision, prepared.at)
    listings.keep(session, _named(accepted), accepted.listing, new=revision == 1)
    _put_parcels(session, desk, parcels, sequence, prepared.at)
    audit.write(session, desk.writer, accepted.audit, prepared.at)
    return receipt_of({"sequence": sequence, **message})


def _marked(session: Session, desk: Desk, accepted: Accepted) -> list[Packed] | None:
    """Keeps what sources say of the patient. What is to be told anew where that is a new marking; else None."""
    anew = [(told.strip, patients.tell(session, desk.bodies, told)) for told in accepted.told]
    if accepted.patient_hash and accepted.word:
        marked_now = patients.keep(session, desk.bodies, accepted.patient_hash, accepted.word)
        if marked_now and accepted.strip:
            anew.append((accepted.strip, patients.strip(session, desk.bodies, accepted.patient_hash, accepted.strip)))
    found = [packed for strip, packed in anew if strip]
    return [one for packed in found for one in packed] if found else None


def _message(desk: Desk, prepared: Prepared, revision: int) -> dict[str, Any]:
    accepted = prepared.accepted
    return {
        "id": prepared.id,
        "kind": accepted.kind,
        "source": accepted.source,
        "number": accepted.number,
        "version": -revision if accepted.own else accepted.version,
        "content_hash": accepted.content_hash,
        "revision": revision,
        "patient_hash": accepted.patient_hash,
        "parked": 0,
        "attempts": 0,
        "warnings": orjson.dumps(accepted.warnings).decode(),
        "derived": orjson.dumps(accepted.derived).decode(),
        "conflicts": "[]",
        "kept": "[]",
        "reason": None,
        "server_said": None,
        "trace_id": accepted.trace_id,
        "catalogue_version": accepted.catalogue_version,
        "mapping_version": desk.mapping_version,
        "accepted_at": prepared.at,
        "changed_at": prepared.at,
    }


def _keep_state(session: Session, desk: Desk, prepared: Prepared, revision: int, sequence: int) -> None:
    accepted, columns = prepared.accepted, prepared.accepted.columns
    row = {
        "version": accepted.version,
        "revision": revision,
        "message": sequence,
        "patient_hash": accepted.patient_hash,
        **desk.bodies.columns("state", prepared.state),
        "status": columns.status,
        "unit": columns.unit,
        "service": columns.service,
        "starts": micros(columns.starts) if columns.starts else None,
        "ends": micros(columns.ends) if columns.ends else None,
        "catalogue_version": accepted.catalogue_version,
        "mapping_version": desk.mapping_version,
        "accepted_at": prepared.at,
    }
    if revision == 1:
        session.run(
            statements.INSERT_AGGREGATE,
            {"kind": accepted.kind, "source": accepted.source, "number": accepted.number, **row},
        )
    else:
        named = {"of_kind": accepted.kind, "of_source": accepted.source, "of_number": accepted.number}
        session.run(statements.UPDATE_AGGREGATE, {**named, **row})


def _put_parcels(session: Session, desk: Desk, parcels: list[tuple[Packed, bytes]], sequence: int, at: int) -> None:
    """Each parcel behind those that lie in its lanes already, and behind what it needs."""
    taken = _found(session, statements.LANES_TAKEN, "lanes", {lane for one, _ in parcels for lane in one.lanes})
    needs = {need for one, _ in parcels for need in one.needs}
    unmet = needs - _found(session, statements.DELIVERED_AMONG, "ids", needs)
    lanes, bodies, unmet_rows = [], [], []
    for one, body in parcels:
        own_lanes, own_needs = set(one.lanes), unmet.intersection(one.needs)
        row = {
            "message": sequence,
            "priority": int(one.priority),
            "state": ParcelState.PENDING,
            "waits": len(own_lanes & taken) + len(own_needs),
            "attempts": 0,
            "failures": 0,
            "conflicts": 0,
            "unsure": False,
            "bare": one.bare,
            "due": at,
        }
        parcel = session.value(statements.INSERT_PARCEL, row)
        taken |= own_lanes
        bodies.append({"parcel": parcel, **desk.bodies.columns("body", body)})
        lanes += [{"lane": lane, "parcel": parcel} for lane in own_lanes]
        unmet_rows += [{"resource": need, "parcel": parcel} for need in own_needs]
    for statement, rows in (
        (statements.INSERT_BODIES, bodies),
        (statements.INSERT_LANES, lanes),
        (statements.INSERT_NEEDS, unmet_rows),
    ):
        session.many(statement, rows)


def _found(session: Session, statement: sa.Executable, name: str, among: set[str]) -> set[str]:
    return set(session.column(statement, {name: sorted(among)})) if among else set()
