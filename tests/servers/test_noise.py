"""The list of known noise hides what it says and nothing else."""

from __future__ import annotations

import pytest

from .noise import NOISE, Noise, unexpected, unused
from .validator import Issue

ROW = Noise(reason="because", message_id="X", location=r"\.code$", text="own")
SAID = Issue(severity="warning", code="invalid", message_id="X", location="Patient.code", text="an own code")


def test_what_a_row_covers_is_expected() -> None:
    assert unexpected([SAID], [ROW]) == []


@pytest.mark.parametrize(
    "other",
    [
        Issue("warning", "invalid", "Y", "Patient.code", "an own code"),
        Issue("warning", "invalid", "X", "Patient.code.system", "an own code"),
        Issue("warning", "invalid", "X", "Patient.code", "another code"),
    ],
    ids=["another message", "another place", "another text"],
)
def test_what_differs_from_the_row_in_one_thing_counts(other: Issue) -> None:
    assert unexpected([SAID, other], [ROW]) == [other]


@pytest.mark.parametrize(("severity", "counts"), [("fatal", 1), ("error", 1), ("warning", 1), ("information", 0)])
def test_all_but_information_counts(severity: str, counts: int) -> None:
    assert len(unexpected([Issue(severity, "", "", "", "")], [])) == counts


def test_a_row_that_nothing_needs_is_named() -> None:
    idle = Noise(reason="because", message_id="Z", location="", text="")
    assert unused([SAID], [ROW, idle]) == [idle]


def test_every_row_has_a_reason() -> None:
    assert all(len(row.reason.split()) > 3 for row in NOISE)
