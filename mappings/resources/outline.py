"""What delivery must know of a message without knowing its fields: what it is called, searched on, ordered by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from mappings.region.booking import Booking
from mappings.region.care_event import CareEvent
from mappings.region.named_contact import ContactKind, NamedContact
from mappings.region.patient_card import PatientCard
from mappings.region.reading import Message
from mappings.resources.booking import BOOKING
from mappings.resources.care_event import CARE_EVENT
from mappings.resources.keys import booking_key, care_event_key
from mappings.resources.named_contact import NAMED_CONTACT, named_contact_key
from mappings.resources.patient import PATIENT_CARD
from mappings.shape.codec import day_of
from mappings.shape.graph import Graph
from mappings.shape.key import Key

GRAPHS: dict[str, Graph[Any]] = {
    "booking": BOOKING,
    "care-event": CARE_EVENT,
    "named-contact": NAMED_CONTACT,
    "patient": PATIENT_CARD,
}
"""The graph of each kind of message."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A message from outside."""

    kind: str
    number: str
    """The source's own key of it."""
    lanes: tuple[str, ...]
    """What it must be delivered in order with."""
    refers: tuple[Key, ...]
    """What must be on the server before it."""
    status: str
    unit: str | None = None
    service: str | None = None
    starts: datetime | None = None
    ends: datetime | None = None
    alone: tuple[str, date, date | None] | None = None
    """(scope, first day, last day) of what a patient can have only one of at a time (FK-2)."""
    ties: tuple[tuple[str, str], ...] = ()
    """(kind, value) of what it shares with other bookings: `series`, `group`, `chain`, `basis` of the same source, and
    `day`, which ties only the bookings of one patient, whatever their source (`Facts.others`). Of a care event: its
    `booking`."""


def outline(message: Message) -> Outline:
    """What is asked of a message, whatever it is."""
    match message:
        case Booking():
            return _booking(message)
        case CareEvent():
            return _care_event(message)
        case NamedContact():
            return _named_contact(message)
        case PatientCard():
            return _patient_card(message)


def root_key(kind: str, source: str, number: str) -> Key:
    """What the resource is known by that a message becomes first of all. Raises KeyError for a patient."""
    keys = {"booking": booking_key, "care-event": care_event_key, "named-contact": named_contact_key}
    return keys[kind](source, number)


def booking_lane(source: str, number: str) -> str:
    return f"booking:{source}/{number}"


def _booking(booking: Booking) -> Outline:
    owner = booking.owner
    return Outline(
        kind="booking",
        number=booking.number,
        lanes=tuple(_lanes(booking)),
        refers=(),
        status=booking.status.value,
        unit=booking.performing_unit,
        service=owner.care_service,
        starts=owner.start,
        ends=owner.end,
        ties=tuple(_ties(booking)),
    )


def _lanes(booking: Booking) -> Iterator[str]:
    """The parts of a chain are delivered in the order in which they were taken in (Decided 5)."""
    yield booking_lane(booking.source, booking.number)
    if booking.chain:
        yield f"chain:{booking.source}/{booking.chain.id}"


def _ties(booking: Booking) -> Iterator[tuple[str, str]]:
    """Each with its source before it, but the day. A booking without a time has no day."""
    basis = booking.basis.number if booking.basis else None
    tied = {"series": booking.series, "group": booking.group, "chain": booking.chain}
    numbers = {"basis": basis} | {kind: one.id if one else None for kind, one in tied.items()}
    yield from ((kind, f"{booking.source}/{number}") for kind, number in numbers.items() if number)
    days = {day_of(line.start) for line in booking.lines if line.start}
    yield from (("day", day.isoformat()) for day in sorted(days))


def _care_event(event: CareEvent) -> Outline:
    """A care event goes in its booking's lane (Decided 5)."""
    own = f"care-event:{event.source}/{event.number}"
    lanes = (own, booking_lane(event.source, event.booking)) if event.booking else (own,)
    return Outline(
        kind="care-event",
        number=event.number,
        lanes=lanes,
        refers=(booking_key(event.source, event.booking),) if event.booking else (),
        status=event.status.value,
        unit=event.performing_unit,
        starts=event.start or event.booked_time,
        ends=event.end,
        ties=(("booking", f"{event.source}/{event.booking}"),) if event.booking else (),
    )


def _patient_card(card: PatientCard) -> Outline:
    return Outline(
        kind="patient",
        number=card.id,
        lanes=(f"patient-card:{card.source}/{card.id}",),
        refers=(),
        status="deceased" if card.patient.deceased else "living",
    )


def _named_contact(contact: NamedContact) -> Outline:
    physician = contact.kind is ContactKind.PHYSICIAN and contact.appointed
    return Outline(
        kind="named-contact",
        number=contact.id,
        lanes=(f"named-contact:{contact.source}/{contact.id}",),
        refers=(),
        status=contact.status.value,
        unit=contact.unit.hsa_id if contact.unit else None,
        alone=("physician", contact.start or date.min, contact.end) if physician else None,
    )
