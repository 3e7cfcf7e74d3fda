"""What becomes of every message of `fixtures/messages`: judged, mapped, and read back from the FHIR that it became."""

from __future__ import annotations

import json

import pytest

from adapter.server.bundle import opened
from adapter.server.references import literal, rendered
from adapter.validation import validate
from mappings.resources.outline import GRAPHS

from .corpus import GOLDEN, IDS, MESSAGES, Entry, Taken, accepted, index, problems
from .texts import difference, golden

ACCEPTED, REFUSED = index()

SOURCES = {"VGR", "COSMIC", "SDV", "FK", "DIREKT"}

THAT_REFUSE = (
    *("ID-1", "ID-2", "ID-3", "ID-4", "ID-7", "ID-11", "PI-4", "RE-3", "RE-4"),
    *("OR-1", "BO-1", "BO-3", "BO-8", "BO-9", "BO-10", "BO-16", "CA-1"),
    *("TE-1", "TE-2", "TE-3", "TE-4", "TE-5", "TE-6", "TE-7", "TE-8", "TE-10", "CO-3", "CO-4"),
    *("EV-1", "EV-4", "EV-6", "EV-8", "EV-10", "EV-14", "EV-15", "EV-16", "GR-1", "IN-19"),
    *("OR-4", "BO-7", "BO-11", "BO-18", "BO-21", "BO-22", "BO-23", "BO-24", "RB-1", "RB-2"),
    *("FK-1", "FK-2", "FK-3", "FK-4", "FK-5", "FK-13", "FK-20", "IN-3", "IN-4", "IN-5"),
)
"""Rules of which each has at least one message that it refuses."""


def named(entry: Entry) -> str:
    return entry.file


@pytest.fixture(params=range(len(ACCEPTED)), ids=[entry.file for entry in ACCEPTED])
def taken(request: pytest.FixtureRequest) -> Taken:
    """Each accepted message in turn."""
    number: int = request.param
    return accepted()[number]


def test_what_a_message_becomes_is_its_golden_file_byte_for_byte(taken: Taken) -> None:
    path, wanted = golden(taken)
    if said := difference(path, wanted):
        pytest.fail(said, pytrace=False)


def test_a_golden_file_read_back_is_the_message_and_nothing_is_left_over(taken: Taken) -> None:
    resources = opened(json.loads(golden(taken)[0].read_text("utf-8")))
    root = next(iter(resources.values()))
    graph = GRAPHS[taken.entry.kind]
    apart = {name: getattr(taken.judged.message, name) for name in graph.apart}
    reading = graph.read(root, resources, taken.source, apart)
    assert reading.findings == ()
    assert reading.value == taken.judged.message


def test_our_own_validation_has_nothing_to_say_of_what_it_becomes(taken: Taken) -> None:
    resources = [rendered(filled.resource, literal(IDS)) for filled in taken.filled]
    assert [problem for resource in resources for problem in validate(resource)] == []


def test_the_index_says_which_rules_warn_and_which_derive(taken: Taken) -> None:
    assert {problem.rule for problem in taken.judged.warnings} == set(taken.entry.warns)
    assert {derived.rule for derived in taken.judged.derived} == set(taken.entry.derived)


@pytest.mark.parametrize("entry", REFUSED, ids=named)
def test_a_refused_message_breaks_just_the_rule_it_is_named_for(entry: Entry) -> None:
    assert [(problem.rule, problem.path) for problem in problems(entry) if problem.refuses] == [
        (entry.rule, entry.path)
    ]
    assert entry.file.startswith(f"refused/{entry.rule}-")


def test_every_rule_that_can_refuse_has_a_message_that_it_refuses() -> None:
    assert [rule for rule in THAT_REFUSE if rule not in {entry.rule for entry in REFUSED}] == []


def test_the_index_holds_every_message_once() -> None:
    files = [entry.file for entry in (*ACCEPTED, *REFUSED)]
    assert sorted(files) == sorted(path.relative_to(MESSAGES).as_posix() for path in MESSAGES.rglob("*.json"))


def test_no_golden_file_is_left_without_its_message() -> None:
    held = {path.relative_to(GOLDEN).as_posix() for path in GOLDEN.rglob("*.json")}
    assert held == {entry.file for entry in ACCEPTED}


def test_every_message_names_the_document_and_heading_that_it_follows() -> None:
    assert [e.file for e in (*ACCEPTED, *REFUSED) if e.document not in SOURCES or not e.heading or not e.odd] == []


def test_there_are_enough_of_them_to_mean_something() -> None:
    assert len(ACCEPTED) >= 24
    assert len(REFUSED) >= 25
