"""The life of a care event, as `rules.life` has that of a booking: which step leads where, by whom, with what.

A message is the whole state, and a source may skip versions (Decided 6): so a message is lawful where the steps lead
from the state that was to the state that is, in however many of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from mappings.region.care_event import CareEvent
from mappings.region.care_event import EventStatus as S
from mappings.region.steps import By
from mappings.rules.rulebook import Facts, Fault, rule


@dataclass(frozen=True, slots=True)
class Step:
    """One step."""

    name: str
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
    Step("checkOut", frozenset({S.ARRIVED, S.ONGOING}), S.CHECKED_OUT, CARE | CLOCK, ("/outcome",), (), "EV-6"),
    Step("discharge", OPEN, S.FINISHED, CARE | CLOCK, ("/end",), (), "EV-7"),
    Step("miss", frozenset({S.PLANNED}), S.CANCELLED, frozenset(By), (), ("/eventType",), "EV-3"),
    Step("closeMissed", frozenset({S.CANCELLED}), S.CANCELLED, CLOCK, (), ("/end",), "EV-7"),
    Step("endPreRegistration", frozenset({S.PLANNED}), S.CANCELLED, CARE, rule="EV-17"),
    Step("annul", frozenset(S) - {S.ANNULLED}, S.ANNULLED, CARE, ("/noNotesOrTransactions",), (), "EV-4"),
)
"""Beside these the care service may change what an event says in any state, a discharged one too (EV-7)."""


def reached(frm: S) -> frozenset[S]:
    """Every state that steps lead to from one, itself too."""
    found = {frm}
    while more := {step.after for step in LIFE if step.before & found} - found:
        found |= more
    return frozenset(found)


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
