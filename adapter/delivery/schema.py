"""The tables of ledger, outbox, receipts and audit.

Times are microseconds since 1970 UTC. Lists of codes are JSON texts. Patients, ids and lanes are opaque texts from
the caller: keyed hashes and source keys, never a person's number. Every body is two columns, `Sealed`. A change here
is a new file in `migrations/versions` and a new `HEAD`; a test holds the two together.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from mappings.region.waiting_list import COLUMNS, DATES

HEAD: Final = "0004"
"""The newest revision in `migrations/versions`: a database that has it opens without alembic."""

metadata = sa.MetaData()

_SEQUENCE = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


def _sealed(name: str) -> tuple[sa.Column[str], sa.Column[bytes]]:
    return _text(f"{name}_key"), sa.Column(f"{name}_body", sa.LargeBinary, nullable=False)


def _sealed_or_none(name: str) -> tuple[sa.Column[str | None], sa.Column[bytes | None]]:
    return sa.Column(f"{name}_key", sa.Text), sa.Column(f"{name}_body", sa.LargeBinary)


message = sa.Table(
    "message",
    metadata,
    sa.Column("sequence", _SEQUENCE, primary_key=True, autoincrement=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    _text("kind"),
    _text("source"),
    _text("number"),
    _number("version"),
    _text("content_hash"),
    _number("revision"),
    sa.Column("patient_hash", sa.Text),
    _text("state"),
    sa.Column("waiting", sa.Integer, nullable=False),
    sa.Column("parked", sa.Integer, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    _text("warnings"),
    _text("derived"),
    _text("conflicts"),
    _text("kept"),
    sa.Column("reason", sa.Text),
    sa.Column("server_said", sa.Text),
    _text("trace_id"),
    _text("catalogue_version"),
    _text("mapping_version"),
    sa.Column("strips", sa.Boolean, nullable=False),
    _number("accepted_at"),
    _number("changed_at"),
    sa.UniqueConstraint("kind", "source", "number", "version", name="message_version"),
    sa.Index("message_state", "state", "sequence"),
)
"""A receipt. `waiting` and `parked` count its parcels; `state` follows from them. `strips`: with it came a marking, and
what it delivers takes away what was delivered before."""

_OPEN = message.c.waiting > 0
sa.Index("message_patient", message.c.patient_hash, sqlite_where=_OPEN, postgresql_where=_OPEN)

aggregate = sa.Table(
    "aggregate",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("number", sa.Text, primary_key=True),
    _number("version"),
    _number("revision"),
    _number("message"),
    sa.Column("patient_hash", sa.Text),
    *_sealed("state"),
    sa.Column("status", sa.Text),
    sa.Column("unit", sa.Text),
    sa.Column("service", sa.Text),
    sa.Column("starts", sa.BigInteger),
    sa.Column("ends", sa.BigInteger),
    _text("catalogue_version"),
    _text("mapping_version"),
    _number("accepted_at"),
    sa.Index("aggregate_patient", "patient_hash", "kind"),
    sa.Index("aggregate_unit", "unit", "kind", "starts"),
)
"""The last accepted state of a booking, a contact …; what is searched on beside it."""

resource = sa.Table(
    "resource",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    _text("kind"),
    _text("node"),
    _text("server_id"),
    sa.Column("etag", sa.Text),
    *_sealed("name"),
    _text("said_hash"),
    *_sealed("said"),
    *_sealed_or_none("held"),
    _number("message"),
    _number("delivered_at"),
)
"""What the server holds of ours. `name` is the key's text, `said` what we last said of it, `held` what we last sent
where a merge made that something else."""

parcel = sa.Table(
    "parcel",
    metadata,
    sa.Column("id", _SEQUENCE, primary_key=True, autoincrement=True),
    _number("message"),
    sa.Column("priority", sa.Integer, nullable=False),
    _text("state"),
    sa.Column("waits", sa.Integer, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("conflicts", sa.Integer, nullable=False),
    sa.Column("unsure", sa.Boolean, nullable=False),
    sa.Column("bare", sa.Boolean, nullable=False),
    _number("due"),
    sa.Column("lease", sa.Text),
    sa.Column("lease_until", sa.BigInteger),
    sa.Column("reason", sa.Text),
    sa.Index("parcel_message", "message"),
    sqlite_autoincrement=True,
)
"""One thing to deliver. `waits` counts the lanes in which another is first and the needs not yet delivered: 0 and
pending is ready. `failures` and `conflicts` count the attempts that ended so (`values.Counted`). `unsure`: an attempt
may have reached the server without our knowing. `bare`: what is there and not said goes, whoever wrote it."""

_READY = sa.and_(parcel.c.state == "pending", parcel.c.waits == 0)
_LEASED = parcel.c.state == "leased"
sa.Index("parcel_ready", parcel.c.priority, parcel.c.due, parcel.c.id, sqlite_where=_READY, postgresql_where=_READY)
sa.Index("parcel_leased", parcel.c.lease_until, sqlite_where=_LEASED, postgresql_where=_LEASED)

parcel_body = sa.Table(
    "parcel_body", metadata, sa.Column("parcel", sa.BigInteger, primary_key=True, autoincrement=False), *_sealed("body")
)
"""Apart from the parcel, so that a lease writes no body and a delivered one is forgotten by taking the row away."""

parcel_lane = sa.Table(
    "parcel_lane",
    metadata,
    sa.Column("lane", sa.Text, primary_key=True),
    sa.Column("parcel", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Index("parcel_lane_parcel", "parcel"),
)

parcel_need = sa.Table(
    "parcel_need",
    metadata,
    sa.Column("resource", sa.Text, primary_key=True),
    sa.Column("parcel", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Index("parcel_need_parcel", "parcel"),
)
"""A resource that must have been delivered first; the row goes when it was."""

patient = sa.Table(
    "patient",
    metadata,
    sa.Column("hash", sa.Text, primary_key=True),
    _number("revision"),
    sa.Column("marked", sa.Boolean, nullable=False),
)

patient_word = sa.Table(
    "patient_word",
    metadata,
    sa.Column("hash", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("marked", sa.Boolean, nullable=False),
    _text("word_hash"),
    *_sealed("word"),
)
"""What each source last said of a patient (Decided 22)."""

exclusive = sa.Table(
    "exclusive",
    metadata,
    sa.Column("scope", sa.Text, primary_key=True),
    sa.Column("generation", sa.BigInteger, primary_key=True, autoincrement=False),
    _text("kind"),
    _text("source"),
    _text("number"),
    _text("starts"),
    sa.Column("ends", sa.Text),
    sa.Column("held", sa.Boolean, nullable=False),
    sa.Index("exclusive_holder", "kind", "source", "number"),
)
"""Who holds what alone, and when. Rows are never taken away: the primary key on the generation is what two racers
collide on."""

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("writer", sa.Text, primary_key=True),
    sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
    _text("previous"),
    _text("hash"),
    _text("caller"),
    sa.Column("patient_hash", sa.Text),
    _text("action"),
    _text("outcome"),
    _text("trace_id"),
    _number("at"),
)
"""Chained per writer (Decided 18)."""

meta = sa.Table("meta", metadata, sa.Column("name", sa.Text, primary_key=True), _text("value"))
"""Whose database it is: region, and whether it was begun on an empty server."""

tie = sa.Table(
    "tie",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("number", sa.Text, primary_key=True),
    sa.Column("relation", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, primary_key=True),
    sa.Column("starts", sa.BigInteger),
    sa.Index("tie_value", "relation", "value", "kind", "starts"),
)
"""What an aggregate shares with others: a series, a group, a chain, a patient's day. `starts` is the aggregate's, so
that a neighbour is found without looking at all."""

step = sa.Table(
    "step",
    metadata,
    sa.Column("sequence", _SEQUENCE, primary_key=True, autoincrement=True),
    _text("kind"),
    _text("source"),
    _text("number"),
    _number("revision"),
    _text("name"),
    sa.Column("before", sa.Text),
    _text("after"),
    sa.Column("taken_by", sa.Text),
    sa.Column("taken_at", sa.BigInteger),
    sa.Column("reason", sa.Text),
    sa.Column("lost", sa.BigInteger),
    _text("caller"),
    _number("recorded_at"),
    sa.Index("step_of", "kind", "source", "number", "sequence"),
)
"""What happened to an aggregate, as its accepted states tell it. Codes, times and names of systems only."""

due = sa.Table(
    "due",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("number", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    _number("at"),
    sa.Index("due_at", "at"),
)
"""What the clock is to do, and when. Whoever takes a row away in its own commit has done it: another finds none."""

change = sa.Table(
    "change",
    metadata,
    sa.Column("sequence", _SEQUENCE, primary_key=True, autoincrement=True),
    _text("what"),
    _text("kind"),
    _text("source"),
    _text("number"),
    *_sealed("body"),
    _number("at"),
    sa.Index("change_of_source", "source", "sequence"),
    sqlite_autoincrement=True,
)
"""The feed: what became of messages, and what patients ask for, in the order in which it was committed."""

request = sa.Table(
    "request",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("number", sa.Text, primary_key=True),
    sa.Column("place", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    *_sealed("body"),
    _number("asked_at"),
    _number("changed_at"),
)
"""What patients ask for, 1 the first of each aggregate: the primary key on the place is what two racers collide on."""


listing = sa.Table(
    "listing",
    metadata,
    sa.Column("id", _SEQUENCE, primary_key=True, autoincrement=True),
    _text("kind"),
    _text("source"),
    _text("number"),
    _text("standing"),
    _number("rank"),
    sa.Column("together", sa.Text),
    *(sa.Column(name, sa.Text if kind is str else sa.Integer) for name, kind in COLUMNS.items()),
    *(sa.Column(name, sa.Integer) for name in DATES),
    sa.UniqueConstraint("kind", "source", "number", name="listing_of"),
    sa.Index("listing_in_order", "standing", "rank", "id", *DATES, "source"),
    *(sa.Index(f"listing_{name}", "standing", name, "rank") for name in DATES),
)
"""The waiting list as it is searched: `rank` is the order within a `standing`, `id` the order in which places were
taken. Each column has an index in the order of the list, which holds only those that say something there (decision 13).
"""


def _index(name: str, *columns: str) -> None:
    said = listing.c[name].is_not(None)
    sa.Index(f"listing_{name}", *(listing.c[one] for one in columns), sqlite_where=said, postgresql_where=said)


for _name in COLUMNS:
    _index(_name, "standing", _name, "rank")
_index("together", "source", "together")
