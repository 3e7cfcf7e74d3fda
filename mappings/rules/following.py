"""What becomes of the care event of a booking when the booking moves (EV-2, EV-3)."""

from __future__ import annotations

from datetime import datetime

from mappings.region.booking import Booking, BookingStatus
from mappings.region.care_event import CareEvent, EventStatus, EventType
from mappings.rules.event_types import OUTPATIENT_TO_COME
from mappings.rules.patients import dumped
from mappings.rules.rulebook import updated
from mappings.rules.stepping_of_event import as_sent

S = BookingStatus

HERE = frozenset({S.ARRIVED, S.CHECKED_IN, S.COMPLETED})
ENDED = frozenset({S.NO_SHOW, S.CANCELLED})


def follows(event: CareEvent, before: Booking, after: Booking) -> CareEvent | None:
    """The event of a booked visit as it is to be judged now that its booking stands so; None where nothing follows.

    Whoever registers the arrival has the event begin, and it becomes its outpatient type (EV-2); a booking that is
    moved takes the booked time along that was its own; one that is missed is judged anew (EV-3). What the patient has
    begun, or somebody has ended, is left as it is. The derivations do the rest.
    """
    if event.status is not EventStatus.PLANNED or event.event_type not in OUTPATIENT_TO_COME:
        return None
    anew = CareEvent.model_validate(as_sent(dumped(event)))
    if after.status in HERE and after.arrival is not None:
        return updated(anew, status=EventStatus.ARRIVED, start=after.arrival.at)
    if (moved := _moved(event, before, after)) is not None:
        return updated(anew, booked_time=moved)
    return anew if after.status in ENDED and before.status not in ENDED else None


def because(after: CareEvent) -> str:
    """The rule by which it followed."""
    return "EV-3" if after.event_type is EventType.MISSED else "EV-2"


def _moved(event: CareEvent, before: Booking, after: Booking) -> datetime | None:
    """The new time, where the event had the old one."""
    was, now = before.owner.start, after.owner.start
    return now if was is not None and event.booked_time == was and now is not None and now != was else None
