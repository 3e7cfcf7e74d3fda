"""What would make a broken chain whole again: the moves, computed. Each repair, carried out, leaves no breach.

Free times are the journal system's own business (Decided 26): a repair says when a contact must begin so that the
sequence holds, and between which times it may.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from mappings.region.booking import BookingStatus
from mappings.rules.chain import HAPPENED, Part, breaches, follows

MOST = 3
"""Repairs that are proposed: the fewest changes first, the primary left where it is before it is moved."""

_GAP = timedelta(minutes=5)
"""Between two contacts of which one is moved: never the same clock time (PS-2)."""


class Act(StrEnum):
    """What is done to a contact."""

    MOVE = "move"
    """It is rebooked."""
    BOOK_AGAIN = "bookAgain"
    """It was cancelled or missed, and is booked anew in its place of the chain."""


@dataclass(frozen=True, slots=True)
class Move:
    """One contact, and when it would begin."""

    number: str
    act: Act
    start: datetime
    earliest: datetime | None
    """It may begin from here, after the contact before it; None where nothing is before it that day."""
    latest: datetime | None
    """And until here, before the contact after it."""


@dataclass(frozen=True, slots=True)
class Repair:
    """Moves that together make the chain whole."""

    day: date
    moves: tuple[Move, ...]


def repairs(parts: Iterable[Part]) -> tuple[Repair, ...]:
    """The ways to make a chain whole by moving, fewest moves first; none where it is whole, or where moving does not
    help (two primaries, two administrations: then the breaches say what to do)."""
    there = sorted((one for one in parts if one.status is not BookingStatus.ANNULLED), key=lambda one: one.order)
    if not breaches(there):
        return ()
    found = {one.moves: one for one in _proposed(there)}
    primary = {one.number for one in there if one.primary}

    def rank(repair: Repair) -> tuple[int, bool, date]:
        return len(repair.moves), any(move.number in primary for move in repair.moves), repair.day

    return tuple(sorted(found.values(), key=rank)[:MOST])


def _proposed(parts: list[Part]) -> Iterator[Repair]:
    """For each day on which a contact stands, the sequence that keeps as many as it can where they are."""
    for day in dict.fromkeys(one.day for one in parts if one.day):
        for kept in _that_stand(parts, day):
            times = _placed(parts, kept)
            whole = [_at(one, times[one.number]) for one in parts]
            changed = [one for one in parts if one.number not in kept]
            if not breaches(whole) and all(one.status not in HAPPENED for one in changed):
                yield Repair(day, tuple(_move(one, whole) for one in changed))


def _that_stand(parts: list[Part], day: date) -> Iterator[frozenset[str]]:
    """The largest sets of contacts that may stay where they are, each one that it is in order with those before it."""
    here = [one for one in parts if one.day == day and not one.over]
    rows: list[list[Part]] = []
    for one in here:
        before = [row for row in rows if follows(row[-1], one)]
        longest = max((len(row) for row in before), default=0)
        rows += [[*row, one] for row in before if len(row) == longest][:MOST] or [[one]]
    happened = {one.number for one in here if one.status in HAPPENED}
    sets = [frozenset(one.number for one in row) for row in rows]
    lawful = [one for one in sets if happened <= one]
    best = max(map(len, lawful), default=0)
    yield from (one for one in lawful if len(one) == best)


def _placed(parts: list[Part], kept: frozenset[str]) -> dict[str, datetime]:
    """When each would begin: those that stand where they are, the others right after what comes before them, and
    those before the first that stands right before it."""
    first = next(number for number, one in enumerate(parts) if one.number in kept)
    times: dict[str, datetime] = {}
    begins = _start(parts[first])
    for one in reversed(parts[:first]):
        begins = begins - max(one.length, _GAP)
        times[one.number] = begins
    ends = _start(parts[first])
    for one in parts[first:]:
        times[one.number] = _start(one) if one.number in kept else ends
        ends = times[one.number] + max(one.length, _GAP)
    return times


def _start(part: Part) -> datetime:
    if part.start is None:
        raise ValueError("no time")
    return part.start


def _at(part: Part, start: datetime) -> Part:
    """The contact as it would be: one that is over is booked anew."""
    return replace(part, start=start, status=BookingStatus.BOOKED if part.over else part.status)


def _move(part: Part, whole: list[Part]) -> Move:
    place = next(number for number, one in enumerate(whole) if one.number == part.number)
    before = whole[place - 1] if place else None
    after = whole[place + 1] if place + 1 < len(whole) else None
    return Move(
        part.number,
        Act.BOOK_AGAIN if part.over else Act.MOVE,
        _start(whole[place]),
        _start(before) + max(before.length, _GAP) if before else None,
        _start(after) - max(part.length, _GAP) if after else None,
    )
