"""What a patient may do on 1177, and which texts she is shown there (PO-1, SU-3, OC-2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from mappings.region.booking import PUBLIC, Booking, BookingStatus, Form, Line
from mappings.region.catalogue import Source
from mappings.region.request import Request, RequestState, Wish
from mappings.rules.rulebook import Facts, shows, updated

S, F = BookingStatus, Form


@dataclass(frozen=True, slots=True)
class Permit:
    """One thing that a patient may do: for which forms, in which states, and who decides."""

    action: str
    """A word of the column `patient_may`: `see`, `cancel`, `rebook`, `book`."""
    forms: frozenset[Form]
    states: frozenset[BookingStatus]
    by_service: bool
    """Whether the owner's care service must say so; else the form itself allows it."""
    in_series: bool = False
    """Whether it holds for a visit of a series too, copied or not (BO-14, BO-15)."""


ONE: Final = frozenset({F.SINGLE, F.ADMISSION})
"""Free-booked too: the care service decides."""
MANY: Final = frozenset({F.TEAM, F.GROUP, F.GROUP_TEAM})
"""A team visit by co-planning counts as a team visit."""
TIMED: Final = frozenset({S.BOOKED})
OPEN: Final = frozenset({S.OPEN_SUMMONS})

PERMITS: Final[tuple[Permit, ...]] = (
    Permit("see", ONE, PUBLIC, by_service=True, in_series=True),
    Permit("see", MANY | {F.CO_PLANNED}, PUBLIC, by_service=False, in_series=True),
    Permit("cancel", ONE, TIMED, by_service=True),
    Permit("cancel", MANY, TIMED, by_service=False),
    Permit("rebook", ONE, TIMED, by_service=True),
    Permit("book", frozenset({F.SINGLE, F.GROUP}), OPEN, by_service=True),
)
"""PO-1, whole: what is not here may not be done. Not before they are confirmed: preliminary bookings (BO-16)."""

BARS: Final[Mapping[Wish, frozenset[str]]] = MappingProxyType(
    {
        Wish.CANCEL: frozenset({"cancel", "rebook", "book"}),
        Wish.REBOOK: frozenset({"rebook"}),
        Wish.BOOK: frozenset({"book"}),
    }
)
"""What may not be done while something is asked for: whoever wished another time may still cancel."""


def actions(booking: Booking, facts: Facts[Any], asked: Iterable[Request] = ()) -> tuple[str, ...]:
    """What the patient may do with this booking on 1177 now. A visit that has begun is only seen."""
    if only_blocks(booking, facts.source):
        return ()
    service = facts.source.row("care-services", booking.owner.care_service)
    may = service.columns.get("patient_may", "see").split()
    barred = {action for one in asked if one.state is RequestState.REQUESTED for action in BARS[one.step]}
    begun = booking.owner.start is not None and booking.owner.start <= facts.now
    return tuple(
        permit.action
        for permit in PERMITS
        if booking.form in permit.forms
        and booking.status in permit.states
        and (permit.in_series or booking.series is None)
        and (permit.action in may or not permit.by_service)
        and (permit.action == "see" or not begun)
        and permit.action not in barred
    )


@shows("DK-8")
def only_blocks(booking: Booking, source: Source) -> bool:
    """Whether it lies in a time book of the type *1177 direkt*, which keeps the time of staff free for cases: the
    e-services neither show nor book what stands there."""
    services = (source.row("care-services", line.care_service) for line in booking.lines)
    return any(service["time_book"] == "direct" for service in services)


@shows("PO-1", "SU-3", "OC-2")
def for_patient(booking: Booking, source: Source) -> Booking:
    """The booking with only the texts and people that the patient is shown."""
    return updated(
        booking,
        lines=tuple(map(_no_person, booking.lines)),
        summons=booking.summons and updated(booking.summons, **_texts(booking, source)),
    )


def _texts(booking: Booking, source: Source) -> dict[str, str | None]:
    """Free text with its line breaks; for distance visits the care service's own text stands for it (SU-3), and that
    of an open summons is read only once booked (OC-2)."""
    if source.row("contact-types", booking.contact_type).says("distance"):
        return {"free_text": source.row("care-services", booking.owner.care_service)["web_text"] or None}
    return {"free_text": None} if booking.status is S.OPEN_SUMMONS else {}


def _no_person(line: Line) -> Line:
    """A line on a room or equipment that nobody mans yet is not shown as a person."""
    unmanned = line.staff is None and (line.room or line.equipment)
    return updated(line, profession=None) if unmanned else line
