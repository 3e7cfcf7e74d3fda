"""What is wrong with a message or a resource, in a form that people and programs can both use."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
"""A JSON object as `orjson.loads` gives it."""


class Severity(StrEnum):
    """How much a problem weighs; the words are FHIR's (OperationOutcome.issue.severity)."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and where. No text ever holds a value of the message (Decided 17)."""

    rule: str
    """A rule id (`TE-3`), or one of the project's own for errors of form (`IN-5`)."""
    path: str
    """JSON Pointer (RFC 6901) into the regional message; empty for the whole of it."""
    sv: str
    en: str
    severity: Severity = Severity.ERROR
    fhirpath: str = ""
    """The element in FHIR terms, `Appointment.participant[1].period`; empty where there is none."""

    @property
    def refuses(self) -> bool:
        return self.severity is Severity.ERROR


def below(problem: Problem, place: str) -> Problem:
    """The problem of a message that is itself a part of what was sent."""
    return replace(problem, path=f"{place}{problem.path}")
