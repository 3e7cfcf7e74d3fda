"""What is looked at and kept beside a message: what ties it to others, and what it tells of what happened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from adapter.delivery import bodies
from adapter.delivery.values import Happened, Recorded, Word
from mappings.listing import Listing
from mappings.problem import Json
from mappings.region.booking import Booking, BookingStatus
from mappings.region.people import Protection
from mappings.region.reading import KINDS, Message
from mappings.region.steps import By
from mappings.resources.outline import Outline
from mappings.rules.life import taken
from mappings.rules.patients import dumped
from mappings.rules.waiting import Lost
from mappings.rules.waiting_list import listing


def joined(others: Iterable[Booking], beside: Iterable[Message]) -> tuple[Booking, ...]:
    """Those that come along instead of what was taken in of them before."""
    new = {(one.source, one.number): one for one in beside if isinstance(one, Booking)}
    return (*(one for one in others if (one.source, one.number) not in new), *new.values())


def ties_of(at: Outline, patient_hash: str) -> tuple[tuple[str, str], ...]:
    """A day ties the bookings of one patient only."""
    return tuple((relation, f"{patient_hash}/{value}" if relation == "day" else value) for relation, value in at.ties)


def steps_of(message: Message, before: Message | None) -> Iterable[Happened]:
    """What a booking's new state tells of what happened to it."""
    if not isinstance(message, Booking) or not isinstance(before, Booking | None):
        return
    for one in taken(before, message):
        by = one.by.value if one.by else None
        yield Happened(one.step, one.before and one.before.value, one.after.value, by, one.at, one.reason, one.lost)


def lost_by(steps: Iterable[Recorded]) -> Iterator[Lost]:
    """The times that a booking has lost, as its steps tell them."""
    for one in (recorded.happened for recorded in steps):
        if one.lost and one.at and one.by:
            yield Lost(one.lost, one.at, By(one.by), one.reason, cancelled=one.after == BookingStatus.CANCELLED)


def listing_of(message: Message) -> Listing | None:
    """Where it stands on the list that is kept for its kind."""
    return listing(message) if isinstance(message, Booking) else None


def listing_of_state(kind: str, state: Json) -> Listing | None:
    """As `listing_of`, for what is held."""
    return listing_of(KINDS[kind].model_validate(state)) if kind in KINDS else None


def content_hash(message: Message) -> str:
    """Equal for the same message as sent, however it was written (Decided 21)."""
    return bodies.content_hash(dumped(message))


def word_of(words: Iterable[Word], source: str) -> Word | None:
    """What this source last said of the patient."""
    return next((word for word in words if word.source == source), None)


def marking_of(words: Iterable[Word]) -> Protection | None:
    return next((Protection.model_validate(word.body["protection"]) for word in words if word.marked), None)
