"""Durable delivery: the ledger of what was accepted, and the courier that carries it to the FHIR server.

A door judges a message on `Ledger.previous`, accepts it with `Ledger.accept` (one commit: state, outbox, receipt,
audit) and may wait with `Ledger.delivered`; `Courier.running` carries beside it. No field of a booking is known here.

values      what goes in and comes out
ledger      the one class that the rest of the gateway holds
accepting   one acceptance, with `claims`, `patients` and `audit`
turns       what a courier does to the outbox
writer      one commit for many; `session`, `statements`, `schema`, `database`, `migrations`: how it is kept
courier     many parcels at once; `attempt` is one of them, with `alone`; `plan` and `retry` decide and do no I/O
listings    the list that is searched, with `list_statements`
messages    what operators see and do
events      what is logged
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
    Own,
    Packed,
    ParcelState,
    Previous,
    Priority,
    Receipt,
    Seen,
    Stale,
    Standstill,
    Strip,
    Taken,
    Told,
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
    "Own",
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
    "Standstill",
    "Strip",
    "Taken",
    "Told",
    "VersionOld",
    "VersionReused",
    "Waits",
    "Word",
]
