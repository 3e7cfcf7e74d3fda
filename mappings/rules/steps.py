"""A life as a table: its states, which step leads where, who may take it, and what it wants to be told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Generic, TypeVar

from mappings.problem import Problem
from mappings.region.steps import By

S = TypeVar("S", bound=StrEnum)

IN_NO_STEP: Final = "IN-19"


@dataclass(frozen=True, slots=True)
class Step(Generic[S]):
    """One step: from which states, to which, by whom."""

    name: str
    """As in the URL of its door."""
    before: frozenset[S]
    after: S | None
    """None where the state stays."""
    by: frozenset[By]
    demands: frozenset[str] = frozenset()
    """What its door must be told, by the names in its body."""
    passed: bool = False
    """Whether a whole state may be sent from beyond it, as if it had been told."""
    fields: tuple[str, ...] = ()
    """Fields that must be said once it is taken, as JSON Pointers; rules say where they may be left out."""
    follows: tuple[str, ...] = ()
    """Fields that it fills in."""
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that has been taken, as two states tell it."""

    step: str
    before: StrEnum | None
    after: StrEnum
    by: By | None = None
    """None where the state does not say."""
    at: datetime | None = None
    reason: str | None = None
    """A code of the source's table."""
    lost: datetime | None = None
    """The time that the visit had and lost by it; where it had none, when it was taken."""


@dataclass(frozen=True, slots=True)
class Table(Generic[S]):
    """The steps of one kind of message, with the words in which a refusal tells of them."""

    steps: tuple[Step[S], ...]
    names: Mapping[S, str]
    """Each state in Swedish."""
    sv: str
    """`En bokning`."""
    en: str
    anew: tuple[str, str]
    """What is left to do where no step leads on, in both languages."""
    told_by: By | None = None
    """Whose steps a refusal lists; everybody's for None."""

    def leading(self, state: S, by: By | None = None) -> tuple[Step[S], ...]:
        """The steps that may be taken from a state, by anybody or by one."""
        return tuple(step for step in self.steps if state in step.before and (by is None or by in step.by))

    def reached(self, frm: S) -> frozenset[S]:
        """Every state that steps lead to from one, itself too."""
        found = {frm}
        while more := {step.after for step in self.steps if step.before & found and step.after} - found:
            found |= more
        return frozenset(found)

    def way(
        self,
        frm: S,
        to: S,
        *,
        counts: Callable[[Step[S]], bool] = lambda step: True,
        passed: Callable[[Step[S]], bool] = lambda step: True,
    ) -> tuple[Step[S], ...] | None:
        """The shortest row of steps between two states, of those that count, all but the last such as may be passed
        over; None where none leads there. Empty for the same state."""
        if frm is to:
            return ()
        ways: dict[S, tuple[Step[S], ...]] = {frm: ()}
        waiting = [frm]
        for state in waiting:
            for step in filter(counts, self.leading(state)):
                if step.after is to:
                    return (*ways[state], step)
                if step.after is not None and step.after not in ways and passed(step):
                    ways[step.after] = (*ways[state], step)
                    waiting.append(step.after)
        return None

    def demanded(self, name: str) -> frozenset[str]:
        """What the door of a step must be told."""
        return frozenset[str]().union(*(step.demands for step in self.steps if step.name == name))

    def words(self, state: S) -> tuple[str, str]:
        """That a step leads nowhere from this state, and which steps do and with what, in both languages."""
        steps = self.leading(state, self.told_by)
        if not steps:
            sv, en = self.anew
            return (
                f"{self.sv} som är {self.names[state]} ändras inte mer: {sv}.",
                f"{self.en} that is {state.value} is changed no more: {en}.",
            )
        sv = ", ".join(dict.fromkeys(_told(step, self.names[step.after or state], "med", "och") for step in steps))
        en = ", ".join(dict.fromkeys(_told(step, (step.after or state).value, "with", "and") for step in steps))
        return (
            f"Inget sådant steg leder från {self.names[state]}: ta ett av stegen {sv}, ett i taget.",
            f"No such step leads from {state.value}: take one of the steps {en}, one at a time.",
        )

    def unlawful(self, step: str, state: S) -> Problem | None:
        """Why a step may not be taken from a state, with those that may; None where it may."""
        if any(one.name == step for one in self.leading(state, self.told_by)):
            return None
        return Problem(IN_NO_STEP, "/status", *self.words(state))


def _told(step: Step[S], leads_to: str, with_: str, and_: str) -> str:
    """`cancel (avbokad, med at och reason)`."""
    *most, last = sorted(step.demands) or [""]
    told = f", {with_} {f' {and_} '.join(filter(None, (', '.join(most), last)))}" if last else ""
    return f"{step.name} ({leads_to}{told})"
