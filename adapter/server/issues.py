"""What a server said was wrong, without a word of its own: diagnostics repeat identifiers and SQL (`fhir.md` 5), so
only codes of closed tables and names of elements are taken from them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from adapter.server.answer import Answer

MOST = 20
"""Issues taken from one answer."""

SEVERITIES: Final = frozenset({"fatal", "error", "warning", "information"})
# fmt: off
CODES: Final = frozenset({
    "invalid", "structure", "required", "value", "invariant", "security", "login", "unknown", "expired", "forbidden",
    "suppressed", "processing", "not-supported", "duplicate", "multiple-matches", "not-found", "deleted", "too-long",
    "code-invalid", "extension", "too-costly", "business-rule", "conflict", "transient", "lock-error", "no-store",
    "exception", "timeout", "incomplete", "throttled", "informational",
})
# fmt: on
"""https://hl7.org/fhir/R4/valueset-issue-type.html"""

_HAPI = re.compile(r"HAPI-[0-9]{4}(?![0-9])")
_ENTRY_STATUS = re.compile(r"\bentry\b.{0,40}?\bstatus:? ([1-5][0-9]{2})\b", re.IGNORECASE | re.DOTALL)
"""helios tells the status of the entry that failed a transaction only in words."""
_EXPRESSION = re.compile(r"[A-Z][A-Za-z]{1,40}(?:\.(?:[a-z][A-Za-z]{0,40}|valueBase64Binary)(?:\[[0-9]{1,4}\])?){1,20}")
"""Names and indices alone; no filter, no function, nothing that could be a value."""
_COMMENT = re.compile(r"/\*.*?\*/")
"""HAPI writes the id of a Bundle's entry into its paths."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue of an OperationOutcome. Holds no text of the server: safe to log, to store and to hand on."""

    severity: str
    code: str
    token: str
    """`HAPI-0550 HAPI-0989`, `entry-status-412`, or empty."""
    expression: tuple[str, ...] = ()


def issues(answer: Answer) -> tuple[Issue, ...]:
    """The issues of an OperationOutcome, at most `MOST`; none where the body is something else."""
    body = answer.body or {}
    listed = body.get("issue") if body.get("resourceType") == "OperationOutcome" else None
    return tuple(_issue(one) for one in _dicts(listed)[:MOST])


def _issue(said: dict[str, Any]) -> Issue:
    return Issue(
        severity=_one_of(SEVERITIES, said.get("severity"), "error"),
        code=_one_of(CODES, said.get("code"), "processing"),
        token=_token(said),
        expression=tuple(_paths(said.get("expression")) or _paths(said.get("location"))),
    )


def _one_of(table: frozenset[str], said: Any, otherwise: str) -> str:
    return said if isinstance(said, str) and said in table else otherwise


def _token(said: dict[str, Any]) -> str:
    details = said.get("details")
    words = [said.get("diagnostics"), details.get("text") if isinstance(details, dict) else None]
    text = "\n".join(word for word in words if isinstance(word, str))
    entry = _ENTRY_STATUS.search(text)
    return " ".join([*dict.fromkeys(_HAPI.findall(text)), *([f"entry-status-{entry[1]}"] if entry else [])][:MOST])


def _paths(said: Any) -> list[str]:
    paths = [_COMMENT.sub("", path) for path in said[:MOST] if isinstance(path, str)] if isinstance(said, list) else []
    return [path for path in paths if _EXPRESSION.fullmatch(path)]


def _dicts(said: Any) -> list[dict[str, Any]]:
    return [one for one in said if isinstance(one, dict)] if isinstance(said, list) else []
