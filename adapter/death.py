"""DE-1 at the intake: a patient who is set to deceased, or no longer is, and her bookings of every source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from adapter.delivery.values import Aggregate, Previous, Word
from mappings.problem import Json
from mappings.region.booking import Booking
from mappings.region.people import Protection
from mappings.rules.deceased import cancelled_by_death, is_coming, was_cancelled_by_death
from mappings.rules.patients import under


def moves(previous: Previous, word: Word) -> tuple[bool, bool]:
    """Whether any source held her to be dead before, and whether any does with this word."""
    others = any(_dead(one) for one in previous.words if one.source != word.source)
    return any(map(_dead, previous.words)), others or _dead(word)


def _dead(word: Word) -> bool:
    return word.body.get("deceased") is not None


def cancelled(
    held: Iterable[Aggregate], now: datetime, protection: Protection | None
) -> Iterator[tuple[Aggregate, Booking]]:
    """Her coming bookings, as the system cancels them."""
    for one in held:
        booking = Booking.model_validate(one.state)
        if is_coming(booking, now):
            yield one, under(cancelled_by_death(booking, now), protection)


def undone(held: Iterable[Aggregate]) -> list[Aggregate]:
    """What the death cancelled, for whoever undoes it: nothing is restored but by a new version of each."""
    return [one for one in held if was_cancelled_by_death(Booking.model_validate(one.state))]


def told(bookings: Iterable[Aggregate]) -> tuple[Json, ...]:
    """As a receipt has it."""
    return tuple({"rule": "DE-1", "path": f"/bookings/{one.source}/{one.number}"} for one in bookings)
