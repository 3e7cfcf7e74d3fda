"""What care events and named contacts become by the clock alone: when they are due next, and what they then are.
Nothing here reads a clock.

A pre-registration that never became anything is never due: it is ended by hand (EV-17).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TypeVar

from mappings.codes.care_events import KIND, Ending
from mappings.region.care_event import CareEvent, EventStatus, EventType, FormerType
from mappings.region.named_contact import ContactStatus, NamedContact
from mappings.rules.rulebook import timed, updated
from mappings.shape.codec import STOCKHOLM, at_clock, in_stockholm

M = TypeVar("M", CareEvent, NamedContact)

SHOWN_BEFORE = timedelta(hours=24)
"""Hours that pass, whatever the clocks do: a booked visit is listed from then on (EV-2)."""
LAST = time(23, 59)
"""*Automatiskt avslutas får alltid klockslag 23:59* (EV-7), on Stockholm's clocks."""

HERE = frozenset({EventStatus.ARRIVED, EventStatus.ONGOING, EventStatus.CHECKED_OUT})
"""The patient has come, and the event has no end."""


@dataclass(frozen=True, slots=True)
class Due:
    """A step that the clock takes."""

    at: datetime
    """When it is lawful, and the time that it is written with, however late it is taken."""
    step: str
    """Its name in `rules.life_of_event` or `rules.life_of_contact`."""
    rule: str


def next_due(message: object) -> Due | None:
    """The first step that comes by itself; None where none does. It may lie in the past: then it is due at once."""
    match message:
        case CareEvent():
            return min((*_listed(message), *_ended(message)), key=lambda due: due.at, default=None)
        case NamedContact():
            return next(_over(message), None)
    return None


def _over(contact: NamedContact) -> Iterator[Due]:
    """A contact is ended when its last day has passed."""
    if contact.status is ContactStatus.ACTIVE and contact.end is not None:
        yield Due(at_clock(contact.end + timedelta(days=1)), "end", "FK-9")


def taken(message: M, due: Due) -> M:
    """The event or contact after the step."""
    if isinstance(message, NamedContact):
        return updated(message, status=ContactStatus.ENDED)
    return _after(message, due)


def _after(event: CareEvent, due: Due) -> CareEvent:
    match due.step:
        case "list":
            return retyped(event, EventType.PRE_REGISTERED_OUTPATIENT, due.at)
        case "close-missed":
            return updated(event, end=due.at)
    automatic = event.event_type is not None and KIND[event.event_type].check_out is Ending.AUTOMATIC
    checked_out = due.at if automatic and event.checked_out is None else event.checked_out
    return updated(event, status=EventStatus.FINISHED, checked_out=checked_out, end=due.at)


def brought_up_to(event: CareEvent, now: datetime) -> tuple[CareEvent, tuple[Due, ...]]:
    """The event as it stands at an instant, and the steps that were due until then, in order."""
    steps: list[Due] = []
    while (due := next_due(event)) and due.at <= now:
        event = taken(event, due)
        steps.append(due)
    return event, tuple(steps)


@timed("EV-2", "EV-17")
def _listed(event: CareEvent) -> Iterator[Due]:
    """Hidden until 24 hours before the booked time; after that nothing more happens to it by itself."""
    hidden = event.status is EventStatus.PLANNED and event.event_type is EventType.HIDDEN_OUTPATIENT
    if hidden and event.booked_time:
        yield Due(listed_from(event.booked_time), "list", "EV-2")


def listed_from(booked: datetime) -> datetime:
    """When a booked visit is no longer hidden."""
    return in_stockholm(booked - SHOWN_BEFORE)


@timed("EV-7")
def _ended(event: CareEvent) -> Iterator[Due]:
    """Types that are discharged automatically, at 23:59 of the day; missed ones too, which never began."""
    if event.end is not None or event.event_type is None or KIND[event.event_type].discharge is not Ending.AUTOMATIC:
        return
    began = event.start or event.booked_time
    if event.status in HERE and event.start:
        yield Due(last_minute(max(event.start, event.checked_out or event.start)), "discharge", "EV-7")
    elif event.status is EventStatus.CANCELLED and event.event_type is EventType.MISSED and began:
        yield Due(last_minute(began), "close-missed", "EV-7")


def ended_by_the_clock(event: CareEvent) -> bool:
    """Whether it was discharged as events of its type are by themselves."""
    if event.start is None or event.event_type is None or KIND[event.event_type].discharge is not Ending.AUTOMATIC:
        return False
    return event.end == last_minute(max(event.start, event.checked_out or event.start))


def last_minute(moment: datetime) -> datetime:
    """The first 23:59 in Stockholm that is not before a moment."""
    day = moment.astimezone(STOCKHOLM).date()
    last = at_clock(day, LAST)
    return last if last >= moment else at_clock(day + timedelta(days=1), LAST)


def retyped(event: CareEvent, event_type: EventType, at: datetime) -> CareEvent:
    """The event with another type, the one that it had kept as history (EV-2)."""
    before = (FormerType(event_type=event.event_type, until=at),) if event.event_type else ()
    return updated(event, event_type=event_type, event_type_history=(*event.event_type_history, *before))
