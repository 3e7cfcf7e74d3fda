"""Problems as lines of text, as JSON, and as an OperationOutcome."""

from __future__ import annotations

from collections.abc import Sequence

from adapter.cli.items import Item
from adapter.doors.answers import outcome
from mappings.problem import Json, Problem


def line_of(item: Item, problem: Problem) -> str:
    """`bookings.ndjson:17: error TE-3 /lines Appointment.participant: The visit … / Besöket …`"""
    at = " ".join(part for part in (problem.path, problem.fhirpath) if part)
    return f"{item.file}:{item.line}: {problem.severity.value} {problem.rule} {at or '/'}: {problem.en} / {problem.sv}"


def outcome_of(problems: Sequence[Problem]) -> Json:
    """An OperationOutcome; one that says so where all is well (https://hl7.org/fhir/R4/operationoutcome.html)."""
    if problems:
        return outcome(422, tuple(problems))
    well = {"severity": "information", "code": "informational", "diagnostics": "No problem / Inga fel"}
    return {"resourceType": "OperationOutcome", "issue": [well]}
