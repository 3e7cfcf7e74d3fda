"""What follows when a patient is set to deceased (DE-1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from mappings.region.booking import Booking, BookingStatus
from mappings.region.steps import By, Cancellation, SystemReason
from mappings.rules.rulebook import Facts, derives, updated
from mappings.shape.codec import in_stockholm

COMING = frozenset({BookingStatus.WAITING, BookingStatus.OPEN_SUMMONS, BookingStatus.PRELIMINARY, BookingStatus.BOOKED})


def is_coming(booking: Booking, now: datetime) -> bool:
    """Planned, and not at a time that has passed."""
    start = booking.owner.start
    return booking.status in COMING and (start is None or start > now)


def cancelled_by_death(booking: Booking, now: datetime) -> Booking:
    """No reason of the region's fits: the system has one of its own."""
    cancellation = Cancellation(system_reason=SystemReason.DECEASED, at=in_stockholm(now), by=By.SYSTEM)
    return updated(booking, status=BookingStatus.CANCELLED, cancellation=cancellation)


def was_cancelled_by_death(booking: Booking) -> bool:
    return booking.cancellation is not None and booking.cancellation.system_reason is SystemReason.DECEASED


@derives("DE-1", on=(Booking,))
def coming_booking_of_the_deceased_is_cancelled(facts: Facts[Booking]) -> tuple[Booking, Iterable[str]]:
    booking = facts.message
    dead = booking.patient.deceased is not None or facts.deceased
    if not (dead and is_coming(booking, facts.now)):
        return booking, ()
    return cancelled_by_death(booking, facts.now), ("/status", "/cancellation")
