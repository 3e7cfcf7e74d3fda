"""What the official validator says of resources that are right all the same: a short list, each row with its reason.

Everything else that it says as warning or error is a defect. Before a row is added: can the validator be told
instead, by a CodeSystem, NamingSystem or StructureDefinition (`national.py`, or our own)? Then it goes on checking.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .validator import Issue


@dataclass(frozen=True, slots=True)
class Noise:
    """One thing to leave out: `location` and `text` are regular expressions, searched for."""

    reason: str
    message_id: str
    location: str
    text: str

    def covers(self, issue: Issue) -> bool:
        return (
            issue.message_id == self.message_id
            and re.search(self.location, issue.location) is not None
            and re.search(self.text, issue.text) is not None
        )


NOISE = (
    Noise(
        reason="the Swedish base profiles mark protected identity with labels of their own beside HL7's, as the "
        "extensible binding allows",
        message_id="Terminology_TX_NoValid_13",
        location=r"\.meta\.security\[\d+\]$",
        text=r"/SecurityLabel#(sekretessmarkering|skyddadFolkbokforing)\) was not found",
    ),
)


def unexpected(issues: Iterable[Issue], known: Sequence[Noise] = NOISE) -> list[Issue]:
    """The issues that count: all but information, and all that no row covers."""
    return [i for i in issues if i.severity != "information" and not any(row.covers(i) for row in known)]


def unused(issues: Iterable[Issue], known: Sequence[Noise] = NOISE) -> list[Noise]:
    """The rows that cover none of the issues. Given all that was said of all golden files: rows to take away."""
    said = list(issues)
    return [row for row in known if not any(row.covers(issue) for issue in said)]
