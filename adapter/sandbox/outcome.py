"""Errors as FHIR says them: https://hl7.org/fhir/R4/operationoutcome.html."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that is wrong. `text` holds no value of the resource or the search: whoever reads it may log it."""

    code: str
    """Of https://hl7.org/fhir/R4/valueset-issue-type.html."""
    text: str
    expression: str = ""
    severity: str = "error"


@dataclass(eq=False)
class Refusal(Exception):
    """The request is not done, and nothing of it is kept."""

    status: int
    issues: tuple[Issue, ...]
    headers: Mapping[str, str] = field(default_factory=dict)

    def at(self, place: str) -> Refusal:
        """The same, told of an element of the request."""
        return replace(self, issues=tuple(replace(issue, expression=place) for issue in self.issues))

    def __str__(self) -> str:
        return f"{self.status}: " + "; ".join(issue.text for issue in self.issues)


def refusal(status: int, code: str, text: str, expression: str = "", **headers: str) -> Refusal:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Refusal(HTTPStatus(status), (Issue(code, text, expression),), named)


def outcome(*issues: Issue) -> bytes:
    return orjson.dumps({"resourceType": "OperationOutcome", "issue": [_issue(issue) for issue in issues]})


def _issue(issue: Issue) -> dict[str, Any]:
    told: dict[str, Any] = {"severity": issue.severity, "code": issue.code, "diagnostics": issue.text}
    if issue.expression:
        told["expression"] = [issue.expression]
    return told
