"""The catalogue of what delivery logs. Fields identify messages and parcels, never people, and hold no payload and no
text of the server."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

import structlog

_logger = structlog.stdlib.get_logger("vardbro.delivery")


class Event(StrEnum):
    """Name, then level and fields in `FIELDS`."""

    STARTED = "courier.started"
    STOPPED = "courier.stopped"
    BEGUN = "ledger.begun"
    """The first start against a server: which types it held none of."""
    DELIVERED = "parcel.delivered"
    PUT_OFF = "parcel.put-off"
    """It is tried again, when and why."""
    PARKED = "parcel.parked"
    MERGED = "parcel.merged"
    """Others had changed the same elements; ours were taken."""
    BROKEN = "parcel.broken"
    """The gateway itself failed at it; the type of the error only, since its text may hold a value."""
    PAUSED = "server.paused"
    BACK = "server.back"
    CLOCK_FAILED = "clock.failed"
    """A step that was due could not be taken; it is tried again. `message`: the last one that its source sent."""
    LEDGER_FAILED = "ledger.failed"
    """A commit did not go through: disk full, database locked."""


_PARCEL: Final = ("message", "parcel", "trace_id", "attempts")
FIELDS: Final[dict[Event, tuple[str, tuple[str, ...]]]] = {
    Event.STARTED: ("info", ("parallel",)),
    Event.STOPPED: ("info", ("unfinished",)),
    Event.BEGUN: ("info", ("empty",)),
    Event.DELIVERED: ("debug", (*_PARCEL, "writes", "seconds")),
    Event.PUT_OFF: ("info", (*_PARCEL, "reason", "wait")),
    Event.PARKED: ("warning", (*_PARCEL, "reason", "status")),
    Event.MERGED: ("info", (*_PARCEL, "conflicts")),
    Event.BROKEN: ("error", (*_PARCEL, "error")),
    Event.PAUSED: ("warning", ("reason", "wait")),
    Event.BACK: ("info", ()),
    Event.CLOCK_FAILED: ("error", ("kind", "source", "step", "message", "error")),
    Event.LEDGER_FAILED: ("error", ("error",)),
}


def tell(event: Event, **fields: Any) -> None:
    """Logs the event; a field that the catalogue does not name is an error of the programmer."""
    level, known = FIELDS[event]
    if not fields.keys() <= set(known):
        raise TypeError(f"{event} is told without {sorted(fields.keys() - set(known))}")
    getattr(_logger, level)(event.value, **fields)
