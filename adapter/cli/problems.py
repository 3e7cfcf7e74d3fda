"""Problems as lines of text, as JSON, and as an OperationOutcome."""

from __future__ import annotations

from collections.abc import Sequence

from adapter.cli.console import tell
from adapter.cli.exits import Code
from adapter.cli.items import STDIN, Item, place
from adapter.doors.answers import outcome
from mappings.problem import Json, Problem


def line_of(item: Item, problem: Problem) -> str:
    """`bookings.ndjson:17: error TE-3 /lines Appointment.participant: The visit … / Besöket …`, on one line."""
    at = " ".join(part for part in (problem.path, problem.fhirpath) if part)
    return f"{place(item)}: {problem.severity.value} {problem.rule} {at or '/'}: {problem.en} / {problem.sv}"


def worse(code: Code, hollow: Sequence[str]) -> Code:
    """Tells of files that hold nothing: whoever gave one meant something else. The exit code that is left."""
    for file in hollow:
        name = "standard input" if file == STDIN else file
        tell(f"vardbro: {name}: there is nothing in it; give a message, a list of messages, or one a line")
    return Code.USAGE if hollow else code


def outcome_of(problems: Sequence[Problem], at: str) -> Json:
    """An OperationOutcome; one that says so where all is well (https://hl7.org/fhir/R4/operationoutcome.html).

    `at` begins what it says of each problem, since nothing else in it tells one file or line from another.
    """
    if problems:
        told = outcome(422, tuple(problems))
        for issue in told["issue"]:
            issue["diagnostics"] = f"{at}: {issue['diagnostics']}"
        return told
    well = {"severity": "information", "code": "informational", "diagnostics": f"{at}: No problem / Inga fel"}
    return {"resourceType": "OperationOutcome", "issue": [well]}
