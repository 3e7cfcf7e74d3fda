"""The table of all rules says each rule of docs/domain.md once, in both languages, and nothing else."""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain
from pathlib import Path

import pytest

from mappings.rules.statements import SECTIONS, STATEMENTS, Statement

RULES_PER_PREFIX = {
    "ID": 11,
    "PI": 4,
    "DE": 1,
    "RE": 5,
    "OR": 4,
    "BO": 34,
    "SU": 8,
    "OC": 2,
    "RB": 3,
    "CA": 3,
    "PO": 1,
    "TE": 12,
    "GR": 3,
    "PS": 7,
    "EV": 19,
    "CO": 5,
    "FK": 23,
    "DK": 11,
}
"""Counted in docs/domain.md and written here by hand, so that a rule lost from both places is still missed."""

LONGEST = 290
"""Characters that can still be read aloud as one sentence."""

CITATION = re.compile(
    r"""national
    | (VGR|COSMIC|SDV|FK|DIREKT) (
        :\ \w[^;]*                                   # headings
      | \ \d+(\.\d+)*(,\ \d+(\.\d+)*)*(,\ Bilaga\ \d)?  # numbered sections
    )""",
    re.VERBOSE,
)

DOMAIN = Path(__file__).parents[2] / "docs" / "domain.md"
ROW = re.compile(r"^\| (?P<id>[A-Z]{2}-\d+) \| .+ \| (?P<kind>[^|]+) \| (?P<source>[^|]+) \|$", re.MULTILINE)

ALL = tuple(chain.from_iterable(SECTIONS))


def prefix(statement: Statement) -> str:
    return statement.id.partition("-")[0]


def is_one_sentence(text: str) -> bool:
    return text[0].isupper() and text.endswith(".") and not re.search(r"[.!?]\s|\s\s|\n", text)


def test_no_rule_is_lost_and_none_is_added() -> None:
    assert Counter(prefix(s) for s in ALL) == RULES_PER_PREFIX


def test_a_rule_stands_in_the_table_once_under_its_own_id() -> None:
    assert [s.id for s in ALL] == list(STATEMENTS)
    assert [s.id for s in STATEMENTS.values()] == list(STATEMENTS)


@pytest.mark.parametrize("letters", RULES_PER_PREFIX)
def test_the_numbers_of_a_prefix_run_from_one_without_gaps(letters: str) -> None:
    ids = [s.id for s in ALL if prefix(s) == letters]
    assert ids == [f"{letters}-{number}" for number in range(1, RULES_PER_PREFIX[letters] + 1)]


def test_the_table_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        STATEMENTS["TE-3"] = STATEMENTS["TE-1"]  # type: ignore[index]  # the refusal is what is tested


def test_a_severity_is_a_set_of_the_four_letters() -> None:
    wrong = [s.id for s in ALL if not set(s.severity) <= set("EWDV") or len(set(s.severity)) != len(s.severity)]
    assert wrong == []


@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_rule_is_one_sentence_that_can_be_read_aloud(language: str) -> None:
    texts = {s.id: getattr(s, language) for s in ALL}
    assert [rule for rule, text in texts.items() if not is_one_sentence(text)] == []
    assert [rule for rule, text in texts.items() if len(text) > LONGEST] == []


def test_no_sentence_is_used_twice_nor_left_untranslated() -> None:
    counted = Counter(chain.from_iterable((s.sv, s.en) for s in ALL))
    assert [text for text, times in counted.items() if times > 1] == []


def test_no_sentence_holds_anything_like_a_personal_number() -> None:
    assert [s.id for s in ALL if re.search(r"\d{6}[-+]?\d{4}", s.sv + s.en)] == []


def test_a_source_is_a_known_document_or_national() -> None:
    wrong = [s.id for s in ALL if not all(CITATION.fullmatch(part) for part in s.source.split("; "))]
    assert wrong == []


def test_the_table_and_the_page_agree_on_order_severity_and_source() -> None:
    page = [
        (row["id"], tuple(re.findall(r"\b[EWDV]\b", row["kind"])), row["source"])
        for row in ROW.finditer(DOMAIN.read_text("utf-8"))
    ]
    assert [(s.id, s.severity, s.source) for s in ALL] == page
