"""What is looked at and kept beside a message: what ties it to others, and what it tells of what happened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from adapter.delivery import bodies
from adapter.delivery.values import Aggregate, Due, Happened, Recorded, Settle, Word
from mappings.listing import Listing
from mappings.problem import Json
from mappings.region.booking import Booking, BookingStatus
from mappings.region.people import Identity, Protection
from mappings.region.reading import KINDS, Message
from mappings.region.steps import By
from mappings.resources.outline import Outline, outline
from mappings.rules.due import next_due
from mappings.rules.lives import happened
from mappings.rules.patients import dumped
from mappings.rules.requests import settled, settled_by_another
from mappings.rules.rulebook import Facts, updated
from mappings.rules.waiting import Lost
from mappings.rules.waiting_list import listing


@dataclass(frozen=True, slots=True)
class Beside:
    """Bookings that go together, as derived: all, by source and number, and those of each patient, by her hash."""

    every: Mapping[tuple[str, str], Booking]
    of: Mapping[str, tuple[Booking, ...]]


def beside(messages: Iterable[tuple[str, Message]]) -> Beside:
    """Messages that go together, each with its patient's hash."""
    bookings = [(patient, one) for patient, one in messages if isinstance(one, Booking)]
    of: dict[str, tuple[Booking, ...]] = {}
    for patient, one in bookings:
        of[patient] = (*of.get(patient, ()), one)
    return Beside({(one.source, one.number): one for _, one in bookings}, of)


def among(facts: Facts[Any], together: Beside, patient: str) -> Facts[Any]:
    """What one of them is judged on: the patient's others that come along, and of all the new state in place of what
    was taken in before. Of a large group that is no more than of one."""
    message = facts.message
    replaced = together.every.get((message.source, getattr(message, "replaces", None) or ""), facts.replaced)
    own = {(one.source, one.number): one for one in together.of.get(patient, ())}
    rest = {(one.source, one.number): one for one in facts.others}
    kept = (together.every.get(place, one) for place, one in rest.items() if place not in own)
    return replace(facts, others=(*kept, *own.values()), replaced=replaced)


def ties_of(at: Outline, patient_hash: str) -> tuple[tuple[str, str], ...]:
    """A day ties the bookings of one patient only."""
    return tuple((relation, f"{patient_hash}/{value}" if relation == "day" else value) for relation, value in at.ties)


def steps_of(message: Message, before: Message | None) -> Iterable[Happened]:
    """What a new state tells of what happened."""
    for one in happened(before, message):
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


def settles_of(message: Message) -> tuple[tuple[str, Settle], ...]:
    """What a booking's new state answers of what patients asked for, of it and of the one that it replaces."""
    if not isinstance(message, Booking):
        return ()
    own = (message.number, partial(settled, after=message))
    return (own, (message.replaces, partial(settled_by_another, after=message))) if message.replaces else (own,)


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


def is_state_of(held: Aggregate, message: Message) -> bool:
    at = outline(message)
    return (held.kind, held.source, held.number) == (at.kind, message.source, at.number)


def filed(message: Message, identity: Identity) -> Message:
    """Under the identity that its patient's has been merged into; the one that was sent is linked."""
    sent, patient = message.patient.identity, message.patient
    if identity == sent:
        return message
    linked = (*(one for one in patient.identities if one != identity), sent)
    filed: Message = updated(message, patient=updated(patient, identity=identity, identities=linked))
    return filed
