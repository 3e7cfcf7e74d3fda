"""The life of a care event, as `rules.life` has that of a booking: which step leads where, by whom, with what.

A message is the whole state, and a source may skip versions (Decided 6): so a message is lawful where the steps lead
from the state that was to the state that is, in however many of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from mappings.region.care_event import CareEvent, EventType
from mappings.region.care_event import EventStatus as S
from mappings.region.steps import By
from mappings.rules.due import ended_by_the_clock
from mappings.rules.life import Taken
from mappings.rules.rulebook import Facts, Fault, rule


@dataclass(frozen=True, slots=True)
class Step:
    """One step."""

    name: str
    """As in the URL of its door."""
    before: frozenset[S]
    after: S
    by: frozenset[By]
    demands: tuple[str, ...] = ()
    """Fields that must be said once it is taken, as JSON Pointers; rules say where they may be left out."""
    follows: tuple[str, ...] = ()
    """Fields that it fills in."""
    rule: str = ""


CARE, CLOCK = frozenset({By.CARE}), frozenset({By.SYSTEM})
OPEN = frozenset({S.ARRIVED, S.ONGOING, S.CHECKED_OUT})

LIFE: Final[tuple[Step, ...]] = (
    Step("list", frozenset({S.PLANNED}), S.PLANNED, CLOCK, follows=("/eventType", "/eventTypeHistory"), rule="EV-2"),
    Step("arrive", frozenset({S.PLANNED}), S.ARRIVED, CARE, ("/start", "/eventType"), ("/eventTypeHistory",), "EV-2"),
    Step("begin", frozenset({S.ARRIVED}), S.ONGOING, CARE),
    Step("check-out", frozenset({S.ARRIVED, S.ONGOING}), S.CHECKED_OUT, CARE | CLOCK, ("/outcome",), (), "EV-6"),
    Step("discharge", OPEN, S.FINISHED, CARE | CLOCK, ("/end",), (), "EV-7"),
    Step("miss", frozenset({S.PLANNED}), S.CANCELLED, frozenset(By), (), ("/eventType",), "EV-3"),
    Step("close-missed", frozenset({S.CANCELLED}), S.CANCELLED, CLOCK, (), ("/end",), "EV-7"),
    Step("end-pre-registration", frozenset({S.PLANNED}), S.CANCELLED, CARE, rule="EV-17"),
    Step("annul", frozenset(S) - {S.ANNULLED}, S.ANNULLED, CARE, ("/noNotesOrTransactions",), (), "EV-4"),
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


def steps_from(state: S, by: By | None = None) -> tuple[Step, ...]:
    """The steps that may be taken, by anybody or by one."""
    return tuple(step for step in LIFE if state in step.before and (by is None or by in step.by))


def reached(frm: S) -> frozenset[S]:
    """Every state that steps lead to from one, itself too."""
    found = {frm}
    while more := {step.after for step in LIFE if step.before & found} - found:
        found |= more
    return frozenset(found)


def is_behind(event: CareEvent, later: CareEvent) -> bool:
    """Whether steps lead from the one to the other, and have not been taken."""
    if event.status is not later.status:
        return later.status in reached(event.status)
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
        state = step.after
    return tuple(told) or (Taken("change", before.status, after.status),)


def _by_itself(before: CareEvent, after: CareEvent) -> Iterator[Step]:
    """Steps of the clock that leave the state as it is."""
    types = (*(one.event_type for one in after.event_type_history), after.event_type)
    hidden = before.event_type is EventType.HIDDEN_OUTPATIENT
    if hidden and EventType.PRE_REGISTERED_OUTPATIENT in types[len(before.event_type_history) :]:
        yield _STEP["list"]
    if before.status is S.CANCELLED is after.status and before.end is None and after.end is not None:
        yield _STEP["close-missed"]


def _way(before: S, after: CareEvent) -> tuple[Step, ...]:
    """The shortest row of steps between two states; none where none leads there."""
    ways: dict[S, tuple[Step, ...]] = {before: ()}
    while after.status not in ways:
        wider = {step.after: (*way, step) for state, way in ways.items() for step in _leading(state, after)}
        if wider.keys() <= ways.keys():
            return ()
        ways = wider | ways
    return ways[after.status]


def _leading(state: S, after: CareEvent) -> Iterator[Step]:
    missed = after.event_type is EventType.MISSED
    ends = {"miss": missed, "end-pre-registration": not missed}
    yield from (step for step in LIFE if state in step.before and step.after is not state and ends.get(step.name, True))


def _told(step: Step, before: S, event: CareEvent) -> Taken:
    at, by = _moment(step, event), By.SYSTEM if step.by == CLOCK else None
    if step.name == "discharge" and ended_by_the_clock(event):
        by = By.SYSTEM
    return Taken(step.name, before, step.after, by, at)


def _moment(step: Step, event: CareEvent) -> datetime | None:
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


_STEP: Final = {step.name: step for step in LIFE}


def words(state: S) -> tuple[str, str]:
    """Which steps care may take from this state, in both languages."""
    steps = steps_from(state, By.CARE)
    if not steps:
        return (
            f"En vårdhändelse som är {NAMES[state]} ändras inte mer: gör en ny.",
            f"A care event that is {state.value} is changed no more: make a new one.",
        )
    sv = ", ".join(f"{step.name} ({NAMES[step.after]})" for step in steps)
    en = ", ".join(f"{step.name} ({step.after.value})" for step in steps)
    return (
        f"Inget sådant steg leder från {NAMES[state]}: ta ett av stegen {sv}.",
        f"No such step leads from {state.value}: take one of {en}.",
    )


@rule("IN-19", on=(CareEvent,))
def state_is_reached_by_steps(facts: Facts[CareEvent]) -> Iterator[Fault]:
    if facts.previous is None or facts.message.status in reached(facts.previous.status):
        return
    steps = ", ".join(sorted({step.name for step in LIFE if facts.previous.status in step.before}))
    yield Fault(
        "/status",
        f"Inget steg leder hit från vårdhändelsens förra läge: välj ett av dem som finns därifrån ({steps or 'inga'}).",
        f"No step leads here from the event's last state: take one of those that there are ({steps or 'none'}).",
    )
