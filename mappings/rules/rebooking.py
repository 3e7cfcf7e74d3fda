"""Moving a booked visit to another time (domain 2, RB)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from mappings.region.booking import GROUPS, HERE, UNTIMED, Booking, BookingStatus, Form, Line
from mappings.region.catalogue import Row
from mappings.region.steps import By, Rebooking
from mappings.rules.rulebook import Facts, Fault, rule

ON = (Booking,)
S = BookingStatus

HELD = HERE | {S.BOOKED, S.PRELIMINARY}
"""States that have a time to be moved from; one that was cancelled or missed is booked anew."""


def is_for_others(reason: Row, by: By) -> bool:
    """True of a reason that somebody else than who took the step may give: the e-service's own, the system's own."""
    return bool(reason.code) and (reason["by"] or By.CARE.value) != by.value


def told_now(facts: Facts[Booking]) -> tuple[tuple[int, Rebooking], ...]:
    """The rebookings that the version before did not hold, with their number in the message."""
    known = len(facts.previous.rebookings) if facts.previous else 0
    return tuple(enumerate(facts.message.rebookings))[known:]


def _kept(facts: Facts[Booking]) -> Booking | None:
    """The version before, where the visit was and is booked, so that its time can only have been moved."""
    before = facts.previous
    held = before is not None and before.status in HELD and facts.message.status not in UNTIMED
    return before if held else None


@dataclass(frozen=True, slots=True)
class Moved:
    """An action whose time can only have been moved: which, from when, and what this version tells of it."""

    number: int
    """Its place among the lines of the message."""
    was: datetime
    now: datetime | None
    told: tuple[tuple[int, Rebooking], ...]

    @property
    def silently(self) -> bool:
        return self.now is not None and self.now != self.was and not self.told


def moved(facts: Facts[Booking]) -> Iterator[Moved]:
    """The visit, by its owner's line; in co-planning the further actions too, which have times of their own."""
    booking, before = facts.message, _kept(facts)
    if before is None:
        return
    further = {line.number: line for line in before.lines if booking.form is Form.CO_PLANNED and not line.owner}
    for number, line in enumerate(booking.lines):
        main = line is booking.owner
        was: Line | None = before.owner if main else further.get(line.number)
        own = (None, line.number) if main else (line.number,)
        if was is not None and was.start is not None:
            told = tuple((place, move) for place, move in told_now(facts) if move.line in own)
            yield Moved(number, was.start, line.start, told)


@rule("RB-1", on=ON)
def rebooking_has_a_reason(facts: Facts[Booking]) -> Iterator[Fault]:
    """Of a group visit GR-3 tells what is lacking."""
    for one in moved(facts):
        if one.silently and facts.message.form not in GROUPS:
            yield Fault(
                "/rebookings",
                "Tiden har ändrats utan ombokning: sänd en ny post sist i rebookings, med den gamla tiden i start, "
                "reason och at, och i en samplanering radens nummer i line.",
                "The time has changed without a rebooking: send a new entry last in rebookings, with the old time in "
                "start, reason and at, and in co-planning the number of the line in line.",
            )
        if one.told and one.told[0][1].start != one.was:
            yield Fault(
                f"/rebookings/{one.told[0][0]}/start",
                "En ombokning behåller den gamla tiden: sänd den tid som bokningen hade senast.",
                "A rebooking keeps the old time: send the time that the booking had last.",
            )


@rule("RB-1", on=ON)
def reason_of_the_e_service_is_the_systems(facts: Facts[Booking]) -> Iterator[Fault]:
    for number, move in enumerate(facts.message.rebookings):
        if is_for_others(facts.source.row("rebook-reasons", move.reason), move.by):
            yield Fault(
                f"/rebookings/{number}/reason",
                "Orsaken för ombokning via e-tjänst sätts av systemet, när patienten själv bokar om och bara då: "
                "ändra reason eller by.",
                "The reason for rebooking over the e-service is set by the system, when the patient rebooks and only "
                "then: change reason or by.",
            )


@rule("RB-1", on=ON)
def what_was_rebooked_stands(facts: Facts[Booking]) -> Iterator[Fault]:
    """Old times stay, oldest first; only care's own reason may be mended."""
    moves = facts.message.rebookings
    for number, (one, after) in enumerate(pairwise(moves), 1):
        if after.at < one.at:
            yield Fault(
                f"/rebookings/{number}/at",
                "Ombokningarna står i ordning, den äldsta först: sänd dem så.",
                "Rebookings stand in order, the oldest first: send them so.",
            )
    earlier = before.rebookings if (before := _kept(facts)) else ()
    for number, was in enumerate(earlier):
        if number >= len(moves) or not _same(was, moves[number]):
            yield Fault(
                f"/rebookings/{number}" if number < len(moves) else "/rebookings",
                "En ombokning som är gjord står kvar med tid, tidpunkt och vem som bokade om, och e-tjänstens orsak "
                "går inte att ändra: sänd den som den var.",
                "A rebooking that has been made stays, with its time, when and by whom, and the reason of the "
                "e-service cannot be changed: send it as it was.",
            )


def _same(was: Rebooking, now: Rebooking) -> bool:
    fixed = was.by is not By.PATIENT or was.reason == now.reason
    return fixed and (was.start, was.at, was.by, was.line) == (now.start, now.at, now.by, now.line)


@rule("IN-19", on=ON)
def who_has_come_is_not_moved(facts: Facts[Booking]) -> Iterator[Fault]:
    before = facts.previous
    if before and before.status in HERE and facts.message.status in HERE and told_now(facts):
        yield Fault(
            "/rebookings",
            "Ett besök som patienten har kommit till bokas inte om: sänd det först utan ankomst, med status booked.",
            "A visit that the patient has come to is not rebooked: send it without the arrival first, with status "
            "booked.",
        )
