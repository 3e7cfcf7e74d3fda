"""The life of a care event, as `rules.life` has that of a booking: which step leads where, by whom, with what.

A message is the whole state, and a source may skip versions (Decided 6): so a message is lawful where the steps lead
from the state that was to the state that is, in however many of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from mappings.region.care_event import CareEvent, EventType
from mappings.region.care_event import EventStatus as S
from mappings.region.steps import By
from mappings.rules.due import ended_by_the_clock
from mappings.rules.rulebook import Facts, Fault, rule
from mappings.rules.steps import IN_NO_STEP, Step, Table, Taken

CARE, CLOCK = frozenset({By.CARE}), frozenset({By.SYSTEM})
AT: Final = frozenset({"at"})
OPEN = frozenset({S.ARRIVED, S.ONGOING, S.CHECKED_OUT})

STEPS: Final[tuple[Step[S], ...]] = (
    Step("list", frozenset({S.PLANNED}), S.PLANNED, CLOCK, follows=("/eventType", "/eventTypeHistory"), rule="EV-2"),
    Step(
        "arrive",
        frozenset({S.PLANNED}),
        S.ARRIVED,
        CARE,
        AT,
        fields=("/start", "/eventType"),
        follows=("/eventTypeHistory",),
        rule="EV-2",
    ),
    Step("begin", frozenset({S.ARRIVED}), S.ONGOING, CARE),
    Step(
        "check-out",
        frozenset({S.ARRIVED, S.ONGOING}),
        S.CHECKED_OUT,
        CARE | CLOCK,
        AT,
        fields=("/outcome",),
        rule="EV-6",
    ),
    Step("discharge", OPEN, S.FINISHED, CARE | CLOCK, fields=("/end",), rule="EV-7"),
    Step("miss", frozenset({S.PLANNED}), S.CANCELLED, frozenset(By), follows=("/eventType",), rule="EV-3"),
    Step("close-missed", frozenset({S.CANCELLED}), S.CANCELLED, CLOCK, follows=("/end",), rule="EV-7"),
    Step("end-pre-registration", frozenset({S.PLANNED}), S.CANCELLED, CARE, rule="EV-17"),
    Step(
        "annul",
        frozenset(S) - {S.ANNULLED},
        S.ANNULLED,
        CARE,
        frozenset({"noNotesOrTransactions"}),
        fields=("/noNotesOrTransactions",),
        rule="EV-4",
    ),
)
"""Beside these the care service may change what an event says in any state, a discharged one too (EV-7)."""


NAMES: Final[dict[S, str]] = {
    S.PLANNED: "förhandsregistrerad",
    S.ARRIVED: "ankommen",
    S.ONGOING: "pågående",
    S.CHECKED_OUT: "utcheckad",
    S.FINISHED: "utskriven",
    S.CANCELLED: "avslutad utan att ha blivit av",
    S.ANNULLED: "annullerad",
}


LIFE: Final = Table(STEPS, NAMES, "En vårdhändelse", "A care event", ("gör en ny", "make a new one"), told_by=By.CARE)


def is_behind(event: CareEvent, later: CareEvent) -> bool:
    """Whether steps lead from the one to the other, and have not been taken."""
    if event.status is not later.status:
        return later.status in LIFE.reached(event.status)
    hidden = EventType.HIDDEN_OUTPATIENT
    return (event.event_type is hidden and later.event_type is not hidden) or (
        event.end is None and later.end is not None
    )


def taken(before: CareEvent | None, after: CareEvent) -> tuple[Taken, ...]:
    """What happened between two states of a care event; `change` where no step of the table says it."""
    if before is None:
        return (Taken("make", None, after.status),)
    steps = (*_by_itself(before, after), *_way(before.status, after))
    told, state = [], before.status
    for step in steps:
        told.append(_told(step, state, after))
        state = step.after or state
    return tuple(told) or (Taken("change", before.status, after.status),)


def _by_itself(before: CareEvent, after: CareEvent) -> Iterator[Step[S]]:
    """Steps of the clock that leave the state as it is."""
    types = (*(one.event_type for one in after.event_type_history), after.event_type)
    hidden = before.event_type is EventType.HIDDEN_OUTPATIENT
    if hidden and EventType.PRE_REGISTERED_OUTPATIENT in types[len(before.event_type_history) :]:
        yield _STEP["list"]
    if before.status is S.CANCELLED is after.status and before.end is None and after.end is not None:
        yield _STEP["close-missed"]


def _way(before: S, after: CareEvent) -> tuple[Step[S], ...]:
    """The shortest row of steps between two states; none where none leads there."""
    missed = after.event_type is EventType.MISSED
    ends = {"miss": missed, "end-pre-registration": not missed}
    return LIFE.way(before, after.status, counts=lambda step: ends.get(step.name, True)) or ()


def _told(step: Step[S], before: S, event: CareEvent) -> Taken:
    at, by = _moment(step, event), By.SYSTEM if step.by == CLOCK else None
    if step.name == "discharge" and ended_by_the_clock(event):
        by = By.SYSTEM
    return Taken(step.name, before, step.after or before, by, at)


def _moment(step: Step[S], event: CareEvent) -> datetime | None:
    match step.name:
        case "list":
            return next(
                (one.until for one in event.event_type_history if one.event_type is EventType.HIDDEN_OUTPATIENT), None
            )
        case "arrive":
            return event.start
        case "check-out":
            return event.checked_out
        case "discharge" | "close-missed":
            return event.end
    return None


_STEP: Final = {step.name: step for step in STEPS}


@rule(IN_NO_STEP, on=(CareEvent,))
def state_is_reached_by_steps(facts: Facts[CareEvent]) -> Iterator[Fault]:
    before = facts.previous
    if before is not None and facts.message.status not in LIFE.reached(before.status):
        yield Fault("/status", *LIFE.words(before.status))
