"""The pages made from the code say what the code says, and everything in the domain has its place there."""

from __future__ import annotations

from pathlib import Path

import pytest

from mappings.region.later import LATER, WITHOUT_FIELD
from mappings.region.reading import KINDS
from mappings.rules import State, rules
from mappings.rules.statements import STATEMENTS
from mappings.shape.graph import leaves

from .pages import pages
from .texts import difference

PAGES = pages()
OPEN = {one.id for one in rules() if one.state in (State.NOT_YET, State.NOT_A_CHECK)}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_page_is_as_the_code_makes_it(path: Path) -> None:
    if said := difference(path, PAGES[path]):
        pytest.fail(said, pytrace=False)


def test_every_rule_that_is_not_yet_kept_has_a_field_to_come_or_says_why_it_needs_none() -> None:
    assert sorted(OPEN - {later.rule for later in LATER} - set(WITHOUT_FIELD)) == []


def test_no_rule_is_said_to_need_no_field_that_is_kept_or_has_one() -> None:
    assert sorted(set(WITHOUT_FIELD) - OPEN) == []
    assert sorted(set(WITHOUT_FIELD) & {later.rule for later in LATER}) == []


def test_what_is_to_come_is_named_once_by_a_rule_that_there_is_and_is_not_there_yet() -> None:
    places = [(later.message, later.path, later.value) for later in LATER]
    assert len(set(places)) == len(places)
    assert {later.rule for later in LATER} <= set(STATEMENTS)
    built = {(kind, f"/{leaf.replace('.', '/')}") for kind, model in KINDS.items() for leaf in leaves(model)}
    assert {(later.message, later.path) for later in LATER if not later.value} & built == set()
