"""The life of a named contact (FK-9), as `rules.life` has that of a booking: which step leads where, by whom."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from mappings.region.named_contact import ContactStatus, NamedContact
from mappings.region.steps import By
from mappings.rules.rulebook import Facts, Fault, rule
from mappings.rules.steps import IN_NO_STEP, Step, Table, Taken
from mappings.shape.codec import at_clock

S = ContactStatus

CARE: Final = frozenset({By.CARE})
CLOCK_TOO: Final = frozenset({By.CARE, By.SYSTEM})
BEFORE: Final = frozenset({S.REQUESTED, S.NEEDED, S.OFFERED})
"""Nobody is appointed yet."""
WITHOUT: Final = frozenset({S.DECLINED, S.UNNEEDED})


DOCUMENTED: Final = frozenset({"day", "documentedBy"})

STEPS: Final[tuple[Step[S], ...]] = (
    Step("assess", frozenset({S.REQUESTED}), S.NEEDED, CARE),
    Step("offer", frozenset({S.REQUESTED, S.NEEDED}) | WITHOUT, S.OFFERED, CARE),
    Step("appoint", BEFORE | WITHOUT, S.ACTIVE, CARE, frozenset({"start"})),
    Step("decline", BEFORE, S.DECLINED, CARE, DOCUMENTED | {"by"}),
    Step("leave-out", BEFORE, S.UNNEEDED, CARE, DOCUMENTED),
    Step("end", frozenset({S.ACTIVE}), S.ENDED, CLOCK_TOO, frozenset({"end"})),
    Step("resume", frozenset({S.ENDED}), S.ACTIVE, CARE),
    Step("tell", frozenset({S.ACTIVE, S.ENDED}) | WITHOUT, None, CARE, frozenset({"day", "whom", "way"})),
    Step("annul", frozenset(S) - {S.ANNULLED}, S.ANNULLED, CARE),
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


LIFE: Final = Table(
    STEPS,
    NAMES,
    "En fast kontakt",
    "A named contact",
    ("sänd en ny, med eget id", "send a new one, with an id of its own"),
    told_by=By.CARE,
)


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
    name = next((step.name for step in LIFE.leading(before.status) if step.after is after.status), "change")
    days = {"end": after.end, "appoint": after.start}
    if after.not_appointed:
        days |= dict.fromkeys(("decline", "leave-out"), after.not_appointed.day)
    return Taken(name, before.status, after.status, None, _at(days.get(name)))


def _at(day: date | None) -> datetime | None:
    """A day of the documents as the instant at which it begins."""
    return at_clock(day) if day else None


@rule(IN_NO_STEP, on=(NamedContact,))
def state_is_reached_by_a_step(facts: Facts[NamedContact]) -> Iterator[Fault]:
    """Several at once too: a source may leave versions out (Decided 6)."""
    before = facts.previous
    if before is not None and facts.message.status not in LIFE.reached(before.status):
        yield Fault("/status", *LIFE.words(before.status))
