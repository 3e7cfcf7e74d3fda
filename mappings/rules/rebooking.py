"""Moving a booked visit to another time (domain 2, RB)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from mappings.region.booking import UNTIMED, Booking, BookingStatus
from mappings.region.catalogue import Row
from mappings.region.steps import By, Rebooking
from mappings.rules.rulebook import Facts, Fault, rule

ON = (Booking,)
S = BookingStatus

HERE = frozenset({S.ARRIVED, S.CHECKED_IN, S.COMPLETED})
"""The patient has come."""
HELD = HERE | {S.BOOKED, S.PRELIMINARY}
"""States that have a time to be moved from; one that was cancelled or missed is booked anew."""


def is_for_others(reason: Row, by: By) -> bool:
    """True of a reason that somebody else than who took the step may give: the e-service's own, the system's own."""
    return bool(reason.code) and (reason["by"] or By.CARE.value) != by.value


def told_now(facts: Facts[Booking]) -> tuple[tuple[int, Rebooking], ...]:
    """The rebookings that the version before did not hold, with their number in the message."""
    known = len(facts.previous.rebookings) if facts.previous else 0
    return tuple(enumerate(facts.message.rebookings))[known:]


def _kept(facts: Facts[Booking]) -> bool:
    """Whether the visit was and is booked, so that its time can only have been moved."""
    before = facts.previous
    return before is not None and before.status in HELD and facts.message.status not in UNTIMED


@rule("RB-1", on=ON)
def rebooking_has_a_reason(facts: Facts[Booking]) -> Iterator[Fault]:
    before, told = facts.previous, told_now(facts)
    was = before.owner.start if before and _kept(facts) else None
    now = facts.message.owner.start
    if was and now and was != now and not told:
        yield Fault(
            "/rebookings",
            "Tiden har ändrats utan ombokning: lägg en ny post sist i rebookings med den gamla tiden i start, reason "
            "och at.",
            "The time has changed without a rebooking: put a new entry last in rebookings, with the old time in "
            "start, reason and at.",
        )
    if was and told and told[0][1].start != was:
        yield Fault(
            f"/rebookings/{told[0][0]}/start",
            "En ombokning behåller den gamla tiden: sänd den tid som bokningen hade senast.",
            "A rebooking keeps the old time: send the time that the booking had last.",
        )
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
    earlier = facts.previous.rebookings if facts.previous and _kept(facts) else ()
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
    return fixed and (was.start, was.at, was.by) == (now.start, now.at, now.by)


@rule("IN-19", on=ON)
def who_has_come_is_not_moved(facts: Facts[Booking]) -> Iterator[Fault]:
    before = facts.previous
    if before and before.status in HERE and facts.message.status in HERE and told_now(facts):
        yield Fault(
            "/rebookings",
            "Ett besök som patienten har kommit till bokas inte om: ångra först ankomsten, med status booked.",
            "A visit that the patient has come to is not rebooked: undo the arrival first, with status booked.",
        )
