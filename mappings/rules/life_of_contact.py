"""The life of a named contact (FK-9), as `rules.life` has that of a booking: which step leads where, by whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from mappings.region.named_contact import ContactStatus, NamedContact
from mappings.region.steps import By
from mappings.rules.life import IN_NO_STEP, Taken
from mappings.rules.rulebook import Facts, Fault, rule
from mappings.shape.codec import STOCKHOLM, in_stockholm

S = ContactStatus

CARE: Final = frozenset({By.CARE})
CLOCK_TOO: Final = frozenset({By.CARE, By.SYSTEM})
BEFORE: Final = frozenset({S.REQUESTED, S.NEEDED, S.OFFERED})
"""Nobody is appointed yet."""
WITHOUT: Final = frozenset({S.DECLINED, S.UNNEEDED})


@dataclass(frozen=True, slots=True)
class Step:
    """One step."""

    name: str
    """As in the URL of its door."""
    before: frozenset[S]
    after: S | None
    """None where the state stays."""
    by: frozenset[By] = CARE


STEPS: Final[tuple[Step, ...]] = (
    Step("assess", frozenset({S.REQUESTED}), S.NEEDED),
    Step("offer", frozenset({S.REQUESTED, S.NEEDED}) | WITHOUT, S.OFFERED),
    Step("appoint", BEFORE | WITHOUT, S.ACTIVE),
    Step("decline", BEFORE, S.DECLINED),
    Step("leave-out", BEFORE, S.UNNEEDED),
    Step("end", frozenset({S.ACTIVE}), S.ENDED, CLOCK_TOO),
    Step("resume", frozenset({S.ENDED}), S.ACTIVE),
    Step("tell", frozenset({S.ACTIVE, S.ENDED}) | WITHOUT, None),
    Step("annul", frozenset(S) - {S.ANNULLED}, S.ANNULLED),
)

NAMES: Final[dict[S, str]] = {
    S.REQUESTED: "begärd",
    S.NEEDED: "behövd",
    S.OFFERED: "erbjuden",
    S.ACTIVE: "utsedd",
    S.DECLINED: "avböjd",
    S.UNNEEDED: "uppenbart obehövd",
    S.ENDED: "avslutad",
    S.ANNULLED: "annullerad",
}


def steps_from(state: S, by: By | None = None) -> tuple[Step, ...]:
    """The steps that may be taken, by anybody or by one."""
    return tuple(step for step in STEPS if state in step.before and (by is None or by in step.by))


def taken(before: NamedContact | None, after: NamedContact) -> tuple[Taken, ...]:
    """What happened between two states; `change` where no step of the table says it."""
    if before is None:
        return (Taken("make", None, after.status),)
    told = [step for step in (_stated(before, after),) if step]
    told += [Taken("tell", after.status, after.status, By.CARE, _at(one.day)) for one in after.told[len(before.told) :]]
    return tuple(told) or (Taken("change", before.status, after.status),)


def _stated(before: NamedContact, after: NamedContact) -> Taken | None:
    if before.status is after.status:
        return None
    name = next((step.name for step in steps_from(before.status) if step.after is after.status), "change")
    days = {"end": after.end, "appoint": after.start}
    if after.not_appointed:
        days |= dict.fromkeys(("decline", "leave-out"), after.not_appointed.day)
    return Taken(name, before.status, after.status, None, _at(days.get(name)))


def _at(day: date | None) -> datetime | None:
    """A day of the documents as the instant at which it begins."""
    return in_stockholm(datetime.combine(day, time(), STOCKHOLM)) if day else None


@rule(IN_NO_STEP, on=(NamedContact,))
def state_is_reached_by_a_step(facts: Facts[NamedContact]) -> Iterator[Fault]:
    """Several at once too: a source may leave versions out (Decided 6)."""
    before = facts.previous
    if before is None or facts.message.status in reached(before.status):
        return
    sv, en = words(before.status)
    yield Fault("/status", sv, en)


def reached(frm: S) -> frozenset[S]:
    """Every state that steps lead to from one, itself too."""
    found = {frm}
    while more := {step.after for step in STEPS if step.before & found and step.after} - found:
        found |= more
    return frozenset(found)


def words(state: S) -> tuple[str, str]:
    """That a step leads nowhere from this state, and which steps do, in both languages."""
    steps = steps_from(state, By.CARE)
    if not steps:
        return (
            f"En fast kontakt som är {NAMES[state]} ändras inte mer: sänd en ny, med eget id.",
            f"A named contact that is {state.value} is changed no more: send a new one, with an id of its own.",
        )
    sv = ", ".join(f"{step.name} ({NAMES[step.after or state]})" for step in steps)
    en = ", ".join(f"{step.name} ({(step.after or state).value})" for step in steps)
    return (
        f"Inget sådant steg leder från {NAMES[state]}: ta ett av stegen {sv}.",
        f"No such step leads from {state.value}: take one of the steps {en}.",
    )
