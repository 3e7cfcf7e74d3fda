"""What is looked at and kept beside a message: what ties it to others, and what it tells of what happened."""

from __future__ import annotations

from collections.abc import Iterable

from adapter.delivery import bodies
from adapter.delivery.values import Due, Happened, Word
from mappings.region.booking import Booking
from mappings.region.people import Protection
from mappings.region.reading import Message
from mappings.resources.outline import Outline
from mappings.rules.due import next_due
from mappings.rules.lives import happened
from mappings.rules.patients import dumped


def joined(others: Iterable[Booking], beside: Iterable[Message]) -> tuple[Booking, ...]:
    """Those that come along instead of what was taken in of them before."""
    new = {(one.source, one.number): one for one in beside if isinstance(one, Booking)}
    return (*(one for one in others if (one.source, one.number) not in new), *new.values())


def ties_of(at: Outline, patient_hash: str) -> tuple[tuple[str, str], ...]:
    """A day ties the bookings of one patient only."""
    return tuple((relation, f"{patient_hash}/{value}" if relation == "day" else value) for relation, value in at.ties)


def steps_of(message: Message, before: Message | None) -> Iterable[Happened]:
    """What a new state tells of what happened."""
    for one in happened(before, message):
        by = one.by.value if one.by else None
        yield Happened(one.step, one.before and one.before.value, one.after.value, by, one.at, one.reason)


def dues_of(message: Message) -> tuple[Due, ...]:
    """What the clock is to do with it."""
    due = next_due(message)
    return (Due(due.step, due.at),) if due else ()


def content_hash(message: Message) -> str:
    """Equal for the same message as sent, however it was written (Decided 21)."""
    return bodies.content_hash(dumped(message))


def word_of(words: Iterable[Word], source: str) -> Word | None:
    """What this source last said of the patient."""
    return next((word for word in words if word.source == source), None)


def marking_of(words: Iterable[Word]) -> Protection | None:
    return next((Protection.model_validate(word.body["protection"]) for word in words if word.marked), None)
