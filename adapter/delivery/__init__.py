"""Durable delivery: the ledger of what was accepted, and the courier that carries it to the FHIR server.

A door judges a message on `Ledger.previous`, accepts it with `Ledger.accept` (one commit: state, outbox, receipt, audit),
and may wait with `Ledger.delivered`. `Courier.running` carries beside it. Nothing here knows a field of a booking.

values      what goes in and comes out · accepting, claims, patients, audit  one acceptance
ledger      the one class that the rest of the gateway holds · writer, session, statements, schema, database  how it is kept
courier     many parcels at once · attempt  one of them · plan, retry  what is decided, without I/O
messages    what operators see and do · events  what is logged
"""

from adapter.delivery.attempt import Content, Parcel
from adapter.delivery.courier import Courier, CourierSettings
from adapter.delivery.database import DatabaseError
from adapter.delivery.ledger import Ledger
from adapter.delivery.messages import Counts, Shown, ShownParcel
from adapter.delivery.retry import Waits
from adapter.delivery.sealed import Seal, Sealed
from adapter.delivery.values import (
    Accepted,
    Aggregate,
    Claim,
    Columns,
    Entry,
    MessageState,
    Outcome,
    Overlap,
    Packed,
    ParcelState,
    Previous,
    Priority,
    Receipt,
    Seen,
    Stale,
    Strip,
    Taken,
    VersionOld,
    VersionReused,
    Word,
)

__all__ = [
    "Accepted",
    "Aggregate",
    "Claim",
    "Columns",
    "Content",
    "Counts",
    "Courier",
    "CourierSettings",
    "DatabaseError",
    "Entry",
    "Ledger",
    "MessageState",
    "Outcome",
    "Overlap",
    "Packed",
    "Parcel",
    "ParcelState",
    "Previous",
    "Priority",
    "Receipt",
    "Seal",
    "Sealed",
    "Seen",
    "Shown",
    "ShownParcel",
    "Stale",
    "Strip",
    "Taken",
    "VersionOld",
    "VersionReused",
    "Waits",
    "Word",
]
