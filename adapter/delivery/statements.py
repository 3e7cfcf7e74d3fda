"""Every statement that delivery runs, in SQLAlchemy Core and in what SQLite and PostgreSQL share.

Nothing else in this package writes SQL, so that a test can compile each one here for PostgreSQL. No upserts: whoever
writes has read first, in the same transaction; where two gateways race, a key decides, and the loser's work is done
again from the reading.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from sqlalchemy import bindparam as value

from adapter.delivery.schema import (
    aggregate,
    audit,
    change,
    due,
    exclusive,
    message,
    meta,
    parcel,
    parcel_body,
    parcel_lane,
    parcel_need,
    patient,
    patient_word,
    request,
    resource,
    step,
    tie,
)

_PENDING = parcel.c.state == sa.literal_column("'pending'")
_READY = sa.and_(_PENDING, parcel.c.waits == sa.literal_column("0"))
_LEASED = parcel.c.state == sa.literal_column("'leased'")
"""Written out, not bound: a planner takes a partial index only where it sees its condition."""


def _any(name: str) -> sa.BindParameter[list[str]]:
    return value(name, expanding=True)


def _insert(table: sa.Table, *without: str) -> sa.Insert:
    """Every column but these, by its name."""
    names = [column.name for column in table.c if column.name not in without]
    return sa.insert(table).values({name: value(name) for name in names})


# Accepting ------------------------------------------------------------------------------------------------------------

_AGGREGATE = sa.and_(
    aggregate.c.kind == value("kind"), aggregate.c.source == value("source"), aggregate.c.number == value("number")
)
_PLACES = ("kind", "source", "number")

MESSAGE_OF_VERSION: Final = sa.select(message).where(
    message.c.kind == value("kind"),
    message.c.source == value("source"),
    message.c.number == value("number"),
    message.c.version == value("version"),
)
AGGREGATE_STAMP: Final = sa.select(aggregate.c.version, aggregate.c.revision).where(_AGGREGATE)
AGGREGATE_HELD: Final = sa.select(aggregate.c.revision).where(_AGGREGATE).with_for_update()
"""Nobody moves it meanwhile."""
AGGREGATE: Final = sa.select(aggregate).where(_AGGREGATE)
AGGREGATES_OF_PATIENT: Final = (
    sa.select(aggregate)
    .where(aggregate.c.patient_hash == value("patient_hash"), aggregate.c.kind == value("kind"))
    .order_by(aggregate.c.source, aggregate.c.number)
)
INSERT_MESSAGE: Final = _insert(message, "sequence").returning(message.c.sequence)
INSERT_AGGREGATE: Final = _insert(aggregate)
UPDATE_AGGREGATE: Final = (
    sa.update(aggregate)
    .where(
        aggregate.c.kind == value("of_kind"),
        aggregate.c.source == value("of_source"),
        aggregate.c.number == value("of_number"),
    )
    .values({column.name: value(column.name) for column in aggregate.c if column.name not in _PLACES})
)
INSERT_PARCEL: Final = _insert(parcel, "id", "lease", "lease_until", "reason").returning(parcel.c.id)
INSERT_BODIES: Final = _insert(parcel_body)
INSERT_LANES: Final = _insert(parcel_lane)
INSERT_NEEDS: Final = _insert(parcel_need)
LANES_TAKEN: Final = sa.select(parcel_lane.c.lane).where(parcel_lane.c.lane.in_(_any("lanes"))).distinct()
DELIVERED_AMONG: Final = sa.select(resource.c.id).where(resource.c.id.in_(_any("ids")))

# Patients -------------------------------------------------------------------------------------------------------------

PATIENT: Final = sa.select(patient.c.revision, patient.c.marked).where(patient.c.hash == value("hash"))
INSERT_PATIENT: Final = _insert(patient)
UPDATE_PATIENT: Final = (
    sa.update(patient)
    .where(patient.c.hash == value("of"))
    .values(revision=patient.c.revision + 1, marked=value("marked"))
)
WORDS: Final = sa.select(patient_word).where(patient_word.c.hash == value("hash")).order_by(patient_word.c.source)
WORD_STAMP: Final = sa.select(patient_word.c.word_hash, patient_word.c.marked).where(
    patient_word.c.hash == value("hash"), patient_word.c.source == value("source")
)
ANY_MARKED: Final = sa.select(sa.func.count()).where(
    patient_word.c.hash == value("hash"), patient_word.c.marked.is_(sa.true())
)
INSERT_WORD: Final = _insert(patient_word)
FORGET_WORDS: Final = sa.delete(patient_word).where(patient_word.c.hash == value("of_hash"))
UPDATE_WORD: Final = (
    sa.update(patient_word)
    .where(patient_word.c.hash == value("of_hash"), patient_word.c.source == value("of_source"))
    .values(
        marked=value("marked"), word_hash=value("word_hash"), word_key=value("word_key"), word_body=value("word_body")
    )
)
STATES_OF_PATIENT: Final = sa.select(
    aggregate.c.kind, aggregate.c.source, aggregate.c.number, aggregate.c.state_key, aggregate.c.state_body
).where(aggregate.c.patient_hash == value("patient_hash"))
STRIP_STATE: Final = (
    sa.update(aggregate)
    .where(
        aggregate.c.kind == value("of_kind"),
        aggregate.c.source == value("of_source"),
        aggregate.c.number == value("of_number"),
    )
    .values(state_key=value("state_key"), state_body=value("state_body"), revision=aggregate.c.revision + 1)
)
BODIES_OF_PATIENT: Final = (
    sa.select(parcel_body, parcel.c.unsure)
    .join(parcel, parcel.c.id == parcel_body.c.parcel)
    .join(message, message.c.sequence == parcel.c.message)
    .where(message.c.patient_hash == value("patient_hash"), message.c.waiting > sa.literal_column("0"))
    .order_by(parcel.c.id)
)
LANES_OF: Final = (
    sa.select(parcel_lane.c.lane).where(parcel_lane.c.parcel == value("parcel")).order_by(parcel_lane.c.lane)
)
STRIP_BODY: Final = (
    sa.update(parcel_body)
    .where(parcel_body.c.parcel == value("of_parcel"))
    .values(body_key=value("body_key"), body_body=value("body_body"))
)

# Exclusive claims -----------------------------------------------------------------------------------------------------

GENERATION: Final = sa.select(sa.func.coalesce(sa.func.max(exclusive.c.generation), 0)).where(
    exclusive.c.scope == value("scope")
)
CLAIMS_IN_SCOPE: Final = (
    sa.select(exclusive)
    .where(exclusive.c.scope == value("scope"), exclusive.c.held.is_(sa.true()))
    .order_by(exclusive.c.generation)
)
CLAIMS_OF_HOLDER: Final = sa.select(exclusive).where(
    exclusive.c.kind == value("kind"),
    exclusive.c.source == value("source"),
    exclusive.c.number == value("number"),
    exclusive.c.held.is_(sa.true()),
)
TAKE_CLAIM: Final = _insert(exclusive)
RELEASE_CLAIM: Final = (
    sa.update(exclusive)
    .where(exclusive.c.scope == value("of_scope"), exclusive.c.generation == value("of_generation"))
    .values(held=False)
)

# Audit ----------------------------------------------------------------------------------------------------------------

AUDIT_TAIL: Final = (
    sa.select(audit.c.sequence, audit.c.hash)
    .where(audit.c.writer == value("writer"))
    .order_by(audit.c.sequence.desc())
    .limit(1)
)
AUDIT_CHAIN: Final = sa.select(audit).where(audit.c.writer == value("writer")).order_by(audit.c.sequence)
INSERT_AUDIT: Final = _insert(audit)

# Leasing and finishing ------------------------------------------------------------------------------------------------

RELEASE_EXPIRED: Final = (
    sa.update(parcel)
    .where(_LEASED, parcel.c.lease_until < value("now"))
    .values(state="pending", due=value("now"), lease=None, lease_until=None)
)
RELEASE_ALL: Final = (
    sa.update(parcel).where(_LEASED).values(state="pending", due=value("now"), lease=None, lease_until=None)
)
READY: Final = (
    sa.select(
        parcel.c.id,
        parcel.c.message,
        parcel.c.attempts,
        parcel.c.failures,
        parcel.c.conflicts,
        parcel.c.unsure,
        parcel.c.bare,
        parcel.c.due,
        parcel.c.reason,
        parcel_body.c.body_key,
        parcel_body.c.body_body,
        message.c.id.label("message_id"),
        message.c.patient_hash,
        message.c.trace_id,
        message.c.strips,
        message.c.accepted_at,
    )
    .join(parcel_body, parcel_body.c.parcel == parcel.c.id)
    .join(message, message.c.sequence == parcel.c.message)
    .where(_READY, parcel.c.priority == value("priority"), parcel.c.due <= value("now"))
    .order_by(parcel.c.due, parcel.c.id)
    .limit(value("most"))
    .with_for_update(skip_locked=True, of=parcel)
)
"""Walks the index `parcel_ready` alone, which holds only what may go: what waits behind others costs nothing."""
LEASE: Final = (
    sa.update(parcel)
    .where(parcel.c.id == value("of"))
    .values(
        state="leased", lease=value("lease"), lease_until=value("until"), attempts=parcel.c.attempts + 1, unsure=True
    )
)
MESSAGE_ATTEMPTED: Final = (
    sa.update(message)
    .where(message.c.sequence == value("of"))
    .values(
        attempts=message.c.attempts + 1,
        changed_at=value("now"),
        state=sa.case((message.c.state == "accepted", "delivering"), else_=message.c.state),
    )
)
NEXT_DUE: Final = sa.select(sa.func.min(parcel.c.due)).where(_READY, parcel.c.priority == value("priority"))
HASTEN: Final = (
    sa.update(parcel)
    .where(_READY, parcel.c.due > value("now"), parcel.c.reason.in_(_any("reasons")))
    .values(due=value("now"))
)
STILL_LEASED: Final = (
    sa.select(parcel.c.id, parcel.c.message, parcel.c.lease)
    .where(parcel.c.id.in_(_any("parcels")), _LEASED)
    .with_for_update()
)
FINISH: Final = (
    sa.update(parcel)
    .where(parcel.c.id.in_(_any("parcels")))
    .values(state="done", lease=None, lease_until=None, unsure=False, reason=None)
)
AGAIN: Final = (
    sa.update(parcel)
    .where(parcel.c.id == value("of"))
    .values(
        state="pending",
        due=value("due"),
        lease=None,
        lease_until=None,
        unsure=value("unsure"),
        reason=value("why"),
        attempts=parcel.c.attempts - value("unmade"),
        failures=parcel.c.failures + value("failed"),
        conflicts=parcel.c.conflicts + value("conflicted"),
    )
)
PARK: Final = (
    sa.update(parcel)
    .where(parcel.c.id == value("of"))
    .values(state="parked", lease=None, lease_until=None, unsure=value("unsure"), reason=value("why"))
)
_mine = parcel_lane.alias("mine")
_next = parcel_lane.alias("next")
_follower = (
    sa.select(_next.c.parcel)
    .where(_next.c.lane == _mine.c.lane, _next.c.parcel > _mine.c.parcel)
    .order_by(_next.c.parcel)
    .limit(1)
    .correlate(_mine)
    .scalar_subquery()
)
FOLLOWERS: Final = sa.select(_follower.label("parcel")).where(_mine.c.parcel.in_(_any("parcels")))
"""Who is first in a lane once these are gone; one row a lane, null where nobody waits. Holds for parcels that are
first."""
LEAVE_LANES: Final = sa.delete(parcel_lane).where(parcel_lane.c.parcel.in_(_any("parcels")))
FORGET_BODIES: Final = sa.delete(parcel_body).where(parcel_body.c.parcel.in_(_any("parcels")))
IN_NEED: Final = sa.select(parcel_need.c.parcel).where(parcel_need.c.resource.in_(_any("ids")))
MEET_NEEDS: Final = sa.delete(parcel_need).where(parcel_need.c.resource.in_(_any("ids")))
WAIT_LESS: Final = sa.update(parcel).where(parcel.c.id == value("of")).values(waits=parcel.c.waits - value("fewer"))
INSERT_RESOURCES: Final = _insert(resource)
_UNMOVED = ("id", "kind", "node", "name_key", "name_body")
UPDATE_RESOURCES: Final = (
    sa.update(resource)
    .where(resource.c.id == value("of"))
    .values({column.name: value(column.name) for column in resource.c if column.name not in _UNMOVED})
)
_WAITING = message.c.waiting + value("more_waiting")
_PARKED = message.c.parked + value("more_parked")
_ATTEMPTS = message.c.attempts - value("unmade")
MOVE_MESSAGE: Final = (
    sa.update(message)
    .where(message.c.sequence == value("of"))
    .values(
        waiting=_WAITING,
        parked=_PARKED,
        attempts=_ATTEMPTS,
        state=sa.case(
            (_PARKED > 0, "parked"), (_WAITING == 0, "delivered"), (_ATTEMPTS == 0, "accepted"), else_="delivering"
        ),
        reason=sa.case((_PARKED > 0, sa.func.coalesce(value("why"), message.c.reason)), else_=value("why")),
        server_said=sa.func.coalesce(value("said"), message.c.server_said),
        changed_at=value("now"),
    )
)
TOLD: Final = sa.select(message.c.sequence, message.c.conflicts, message.c.kept).where(
    message.c.sequence.in_(_any("sequences"))
)
TELL: Final = (
    sa.update(message)
    .where(message.c.sequence == value("of"))
    .values(conflicts=value("conflicts_told"), kept=value("kept_told"))
)
SETTLED_AMONG: Final = sa.select(
    message.c.id, message.c.state, message.c.kind, message.c.source, message.c.number, message.c.version
).where(message.c.sequence.in_(_any("sequences")), message.c.state.in_(("delivered", "parked")))

# Reading --------------------------------------------------------------------------------------------------------------

KNOWN: Final = sa.select(resource).where(resource.c.id.in_(_any("ids")))
NAMES: Final = sa.select(resource.c.kind, resource.c.server_id, resource.c.name_key, resource.c.name_body).where(
    resource.c.server_id.in_(_any("ids"))
)
RECEIPT: Final = sa.select(message).where(message.c.id == value("id"))
RECEIPTS: Final = (
    sa.select(message).where(message.c.sequence > value("after")).order_by(message.c.sequence).limit(value("most"))
)
RECEIPTS_IN_STATE: Final = (
    sa.select(message)
    .where(message.c.state == value("state"), message.c.sequence > value("after"))
    .order_by(message.c.sequence)
    .limit(value("most"))
)
PARCELS_OF_MESSAGE: Final = sa.select(parcel).where(parcel.c.message == value("sequence")).order_by(parcel.c.id)
LANES_OF_MESSAGE: Final = (
    sa.select(parcel_lane.c.parcel, parcel_lane.c.lane)
    .join(parcel, parcel.c.id == parcel_lane.c.parcel)
    .where(parcel.c.message == value("sequence"))
    .order_by(parcel_lane.c.parcel, parcel_lane.c.lane)
)
NEEDS_OF_MESSAGE: Final = (
    sa.select(parcel_need.c.parcel, parcel_need.c.resource)
    .join(parcel, parcel.c.id == parcel_need.c.parcel)
    .where(parcel.c.message == value("sequence"))
    .order_by(parcel_need.c.parcel, parcel_need.c.resource)
)
RETRY_PARCELS: Final = (
    sa.update(parcel)
    .where(parcel.c.message == value("sequence"), parcel.c.state == "parked")
    .values(state="pending", due=value("now"), attempts=0, failures=0, conflicts=0, reason=None)
)
HASTEN_PARCELS: Final = (
    sa.update(parcel)
    .where(parcel.c.message == value("sequence"), _PENDING, parcel.c.due > value("now"))
    .values(due=value("now"))
)
PARK_PARCELS: Final = (
    sa.update(parcel).where(parcel.c.message == value("sequence"), _PENDING).values(state="parked", reason=value("why"))
)
OPEN_MESSAGES: Final = (
    sa.select(message.c.state, sa.func.count().label("many"), sa.func.min(message.c.accepted_at).label("oldest"))
    .where(message.c.state.in_(("accepted", "delivering", "parked")))
    .group_by(message.c.state)
)
ALL_MESSAGES: Final = sa.select(sa.func.coalesce(sa.func.max(message.c.sequence), 0))
OPEN_PARCELS: Final = (
    sa.select(parcel.c.state, sa.func.count().label("many"))
    .where(parcel.c.state.in_(("pending", "leased", "parked")))
    .group_by(parcel.c.state)
)
META: Final = sa.select(meta.c.value).where(meta.c.name == value("name"))
INSERT_META: Final = _insert(meta)

# What ties aggregates, what happened to them, what the clock is to do, the feed ---------------------------------------

_PLACE_OF = ("kind", "source", "number")


def _of(table: sa.Table) -> sa.ColumnElement[bool]:
    return sa.and_(*(table.c[name] == value(name) for name in _PLACE_OF))


TIES: Final = sa.select(tie.c.relation, tie.c.value, tie.c.starts).where(_of(tie))
DELETE_TIES: Final = sa.delete(tie).where(
    *(tie.c[name] == value(f"of_{name}") for name in (*_PLACE_OF, "relation", "value"))
)
INSERT_TIES: Final = _insert(tie)

_TIED = (
    sa.select(aggregate)
    .join(tie, sa.and_(*(tie.c[name] == aggregate.c[name] for name in _PLACE_OF)))
    .where(
        tie.c.relation == value("relation"),
        tie.c.value == value("value"),
        tie.c.kind == value("kind"),
        sa.not_(sa.and_(tie.c.source == value("source"), tie.c.number == value("number"))),
    )
)
TIED: Final = _TIED.order_by(tie.c.starts, tie.c.source, tie.c.number).limit(value("most"))
TIED_BEFORE: Final = _TIED.where(tie.c.starts <= value("starts")).order_by(tie.c.starts.desc()).limit(value("most"))
TIED_AFTER: Final = _TIED.where(tie.c.starts > value("starts")).order_by(tie.c.starts).limit(value("most"))
TIED_AT: Final = _TIED.where(tie.c.starts == value("starts")).order_by(tie.c.source, tie.c.number)

INSERT_STEPS: Final = _insert(step, "sequence")
STEPS_OF: Final = sa.select(step).where(_of(step)).order_by(step.c.sequence)

DUES: Final = sa.select(due.c.name, due.c.at).where(_of(due))
INSERT_DUES: Final = _insert(due)
DELETE_DUE: Final = sa.delete(due).where(*(due.c[name] == value(f"of_{name}") for name in (*_PLACE_OF, "name")))
TAKE_DUE: Final = sa.delete(due).where(
    *(due.c[name] == value(f"of_{name}") for name in (*_PLACE_OF, "name")), due.c.at == value("of_at")
)
PUT_OFF_DUE: Final = (
    sa.update(due)
    .where(*(due.c[name] == value(f"of_{name}") for name in (*_PLACE_OF, "name")), due.c.at == value("of_at"))
    .values(at=value("until"))
)
DUE_NOW: Final = sa.select(due).where(due.c.at <= value("now")).order_by(due.c.at).limit(value("most"))
DUE_NEXT: Final = sa.select(due.c.at).order_by(due.c.at).limit(1)

INSERT_CHANGE: Final = _insert(change, "sequence").returning(change.c.sequence)
ALL_CHANGES_AFTER: Final = (
    sa.select(change).where(change.c.sequence > value("after")).order_by(change.c.sequence).limit(value("most"))
)
CHANGES_AFTER: Final = ALL_CHANGES_AFTER.where(change.c.source.in_(_any("sources")))

# What patients ask for ------------------------------------------------------------------------------------------------

REQUESTS: Final = sa.select(request).where(_of(request)).order_by(request.c.place)
REQUESTS_OF_PATIENT: Final = (
    sa.select(request)
    .join(aggregate, sa.and_(*(request.c[name] == aggregate.c[name] for name in _PLACE_OF)))
    .where(aggregate.c.patient_hash == value("patient_hash"), aggregate.c.kind == value("kind"))
    .order_by(request.c.source, request.c.number, request.c.place)
)
INSERT_REQUEST: Final = _insert(request)
UPDATE_REQUEST: Final = (
    sa.update(request)
    .where(request.c.id == value("of"))
    .values(body_key=value("body_key"), body_body=value("body_body"), changed_at=value("now"))
)

ALL: Final = {name: found for name, found in globals().items() if name.isupper() and isinstance(found, sa.Executable)}
"""For the test that compiles them all."""
