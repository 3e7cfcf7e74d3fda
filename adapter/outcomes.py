"""What a message that was sent in is answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from adapter.delivery.values import (
    NotTaken,
    Outcome,
    Overlap,
    Previous,
    Receipt,
    Stale,
    Taken,
    VersionOld,
    VersionReused,
)
from mappings.problem import Json, Problem
from mappings.region.people import Patient
from mappings.region.reading import told
from mappings.rules.rulebook import Facts, Judged
from mappings.shape.filled import Filled


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was kept; why."""

    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class NotTheirs:
    """The caller may not write for this source."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class Conflict:
    """The version was used for something else, or is older than what is known."""

    problem: Problem
    known: int | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """Committed, now or before."""

    receipt: Receipt
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Looked:
    """A message as it was found, and what it is judged on."""

    patient_hash: str
    card: Patient | None
    """The patient as this source's own card has her."""
    previous: Previous
    facts: Facts[Any]


@dataclass(frozen=True, slots=True)
class Checked:
    """What would be accepted, and the resources that it would become."""

    judged: Judged[Any]
    filled: tuple[Filled, ...]


@dataclass(frozen=True, slots=True)
class Busy:
    """Others kept moving what it was judged on; nothing was kept, and the same may be sent again."""


Whole: TypeAlias = Callable[[Sequence[Any]], Iterable[Problem]]
"""What is wrong with messages that go together, as derived; paths begin with `/bookings/N`."""

NotKept: TypeAlias = Refused | NotTheirs | Conflict | Busy
Answer: TypeAlias = Kept | NotKept


SECOND_PHYSICIAN = Problem(
    "FK-2",
    "/kind",
    "Patienten har redan en fast läkarkontakt under perioden: avsluta den först, med en ny version.",
    "The patient has a fixed physician already in the period: end that one first, by a new version.",
)


def answered(outcome: Outcome) -> Answer:
    """What became of an acceptance, as its sender is answered."""
    return Kept(outcome.receipt, outcome.repeated) if isinstance(outcome, Taken) else why_not(outcome)


def why_not(outcome: NotTaken) -> NotKept:
    match outcome:
        case Stale():
            return Busy()
        case VersionReused():
            return Conflict(told("IN-10", "/version"))
        case VersionOld(known=known):
            return Conflict(told("IN-11", "/version"), known)
        case Overlap():
            return Refused((SECOND_PHYSICIAN,))


def problem_json(problem: Problem) -> Json:
    """A problem as receipts and refusals tell it."""
    return {
        "rule": problem.rule,
        "severity": problem.severity.value,
        "path": problem.path,
        "fhirpath": problem.fhirpath,
        "sv": problem.sv,
        "en": problem.en,
    }
