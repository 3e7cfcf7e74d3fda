"""The life of a booking as a table: its states, which step leads where, and who may take it.

A journal system sends whole states and may leave steps out; a door takes one step. Both are judged by this table.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mappings.region.booking import Booking, BookingStatus
from mappings.region.steps import By
from mappings.rules.rulebook import Facts, Fault, rule
from mappings.rules.steps import IN_NO_STEP, Step, Table, Taken

S = BookingStatus

CARE: Final = frozenset({By.CARE})
CLOCK: Final = frozenset({By.CARE, By.SYSTEM})
PATIENT_TOO: Final = frozenset({By.CARE, By.PATIENT})
ALL: Final = frozenset(By)

START: Final = frozenset({"start"})
WHY: Final = frozenset({"reason", "at"})


STEPS: Final[tuple[Step[BookingStatus], ...]] = (
    Step("summon", frozenset({S.WAITING}), S.OPEN_SUMMONS, CARE, passed=True),
    Step("withdraw", frozenset({S.OPEN_SUMMONS}), S.WAITING, CLOCK),
    Step("hold", frozenset({S.WAITING}), S.PRELIMINARY, CARE, START),
    Step("release", frozenset({S.PRELIMINARY}), S.WAITING, CARE),
    Step("confirm", frozenset({S.PRELIMINARY}), S.BOOKED, CARE),
    Step("book", frozenset({S.WAITING}), S.BOOKED, CARE, START, passed=True),
    Step("book", frozenset({S.OPEN_SUMMONS}), S.BOOKED, PATIENT_TOO, START, passed=True),
    Step("rebook", frozenset({S.BOOKED, S.PRELIMINARY}), None, PATIENT_TOO, START | WHY),
    Step("man", frozenset({S.BOOKED, S.ARRIVED, S.CHECKED_IN}), None, CARE, frozenset({"staff"})),
    Step("arrive", frozenset({S.BOOKED, S.CHECKED_IN}), S.ARRIVED, CARE, frozenset({"at", "payment"}), passed=True),
    Step("check-in", frozenset({S.BOOKED}), S.CHECKED_IN, frozenset({By.PATIENT}), frozenset({"at"}), passed=True),
    Step("undo-arrival", frozenset({S.ARRIVED, S.CHECKED_IN}), S.BOOKED, CARE),
    Step("check-out", frozenset({S.ARRIVED, S.CHECKED_IN}), S.COMPLETED, CLOCK),
    Step("no-show", frozenset({S.BOOKED}), S.NO_SHOW, CLOCK),
    Step(
        "cancel",
        frozenset({S.WAITING, S.OPEN_SUMMONS, S.PRELIMINARY, S.BOOKED}),
        S.CANCELLED,
        ALL,
        WHY,
    ),
    Step("wait-again", frozenset({S.CANCELLED, S.NO_SHOW}), S.WAITING, CARE, passed=True),
    Step("annul", frozenset(S) - {S.ANNULLED}, S.ANNULLED, CARE),
)

NAMES: Final[dict[BookingStatus, str]] = {
    S.WAITING: "på väntelistan",
    S.OPEN_SUMMONS: "öppen kallelse",
    S.PRELIMINARY: "preliminärbokad",
    S.BOOKED: "bokad",
    S.ARRIVED: "ankomstregistrerad",
    S.CHECKED_IN: "självincheckad",
    S.COMPLETED: "genomförd",
    S.CANCELLED: "avbokad",
    S.NO_SHOW: "utebliven",
    S.ANNULLED: "annullerad",
}


LIFE: Final = Table(STEPS, NAMES, "En bokning", "A booking", ("gör en ny bokning", "make a new booking"))


def way(before: BookingStatus, after: BookingStatus) -> tuple[Step[BookingStatus], ...] | None:
    """The row of steps between two states of which all but the last may be passed over; None where none leads there."""
    return LIFE.way(before, after, passed=lambda step: step.passed)


def taken(before: Booking | None, after: Booking) -> tuple[Taken, ...]:
    """What happened between two states of a booking; `change` where no step of the table says it."""
    if before is None:
        return (Taken("make", None, after.status),)
    moved = after.rebookings[len(before.rebookings) :]
    told = [
        Taken(
            "rebook",
            before.status,
            before.status,
            one.by,
            one.at,
            one.reason,
            one.start if one in after.moves else None,
        )
        for one in moved
    ]
    told += [_told(step, after) for step in _rows(before.status, after.status)]
    if not told and [line.staff for line in before.lines] != [line.staff for line in after.lines]:
        told.append(Taken("man", before.status, after.status))
    return tuple(told) or (Taken("change", before.status, after.status),)


def _rows(before: BookingStatus, after: BookingStatus) -> Iterator[tuple[str, BookingStatus, BookingStatus]]:
    steps = way(before, after)
    if steps is None:
        yield ("change", before, after)
        return
    for step in steps:
        target = step.after or before
        yield (step.name, before, target)
        before = target


def _told(row: tuple[str, BookingStatus, BookingStatus], booking: Booking) -> Taken:
    name, before, after = row
    if name == "cancel" and (cancelled := booking.cancellation):
        lost = booking.owner.start or cancelled.at
        return Taken(name, before, after, cancelled.by, cancelled.at, cancelled.why, lost)
    if name in ("arrive", "check-in") and (arrived := booking.arrival):
        return Taken(name, before, after, By.PATIENT if name == "check-in" else By.CARE, arrived.at)
    return Taken(name, before, after)


TOLD_ELSEWHERE: Final = frozenset(
    {(S.BOOKED, S.WAITING)}
    | {(state, S.PRELIMINARY) for state in S}
    | {(S.PRELIMINARY, state) for state in (S.ARRIVED, S.CHECKED_IN, S.COMPLETED)}
)
"""Ways that no step leads, for which a rule of the sources has words of its own (CA-1, BO-16)."""


@rule(IN_NO_STEP, on=(Booking,))
def state_is_reached_by_a_step(facts: Facts[Booking]) -> Iterator[Fault]:
    before = facts.previous
    if before is None or (before.status, facts.message.status) in TOLD_ELSEWHERE:
        return
    if way(before.status, facts.message.status) is not None:
        return
    sv, en = LIFE.words(before.status)
    yield Fault("/status", sv, en)
