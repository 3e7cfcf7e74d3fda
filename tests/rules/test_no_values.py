"""What is told of a message never holds anything of it (Decided 17): planted values, searched for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mappings.problem import Json, Problem
from mappings.region.reading import KINDS, read
from mappings.resources.outline import GRAPHS
from mappings.rules.rulebook import Facts, derive, judge
from tests.region.sample import sample
from tests.rules.cases import case, nurse, received
from tests.rules.full import IN_FULL
from tests.rules.messages import (
    COSMIC,
    NOW,
    booking,
    care_contact,
    changed,
    event,
    home_care,
    other,
    physician,
    team,
    team_event,
)

MESSAGES: dict[str, list[Json]] = {
    "booking": [booking(), team(), IN_FULL["booking"]],
    "care-event": [event(), team_event(), IN_FULL["care-event"]],
    "named-contact": [physician(), care_contact(), home_care(), other(), IN_FULL["named-contact"]],
    "patient": [IN_FULL["patient"]],
}

KEPT = frozenset({"/source", "/form"})
"""Left as they are in most messages, so that the rules are reached."""

PLANTS = st.sampled_from(["Zq{}X7w", "zq{}x7w", "Zq {} å", "SE2321000115-Zq{}", "2026-11-24Zq{}", "19121212Zq{}"])


def strings(value: Any, path: str = "") -> Iterator[str]:
    """The pointer of every text in a JSON value."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in entries:
        if isinstance(child, str):
            yield f"{path}/{key}"
        else:
            yield from strings(child, f"{path}/{key}")


@st.composite
def planted(draw: st.DrawFn) -> tuple[str, Json, list[str]]:
    """(kind, message, what was planted): some of its texts are ours, and perhaps a member is."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    message = draw(st.sampled_from(MESSAGES[kind]))
    places = sorted(set(strings(message)) - KEPT)
    chosen = draw(st.lists(st.sampled_from(places), unique=True, min_size=1, max_size=12))
    plants = []
    for number, place in enumerate(chosen):
        plant = draw(PLANTS).format(f"{number:03}")
        plants.append(plant)
        message = changed(message, place, plant)
    if draw(st.booleans()):
        plants.append(f"Zq{len(plants):03} Membersson")
        message = changed(message, draw(st.sampled_from(["", "/patient"])) + f"/{plants[-1]}", 1)
    return kind, message, plants


def told(kind: str, message: Json) -> tuple[Problem, ...]:
    """All that is said of a message, as far as it comes."""
    got = read(kind, json.dumps(message).encode(), sample())
    if got.message is None:
        return got.problems
    return judge(facts(got.message), GRAPHS[kind].fhirpath).problems


def facts(message: Any) -> Facts[Any]:
    return Facts(
        message=message,
        sent=message,
        catalogue=sample(),
        source=sample().sources[message.source],
        now=NOW,
        previous=message,
        booking_known=False,
    )


def said(problem: Problem) -> str:
    return " ".join((problem.rule, problem.path, problem.fhirpath, problem.sv, problem.en)).lower()


@given(planted())
def test_no_problem_holds_a_value_of_the_message(drawn: tuple[str, Json, list[str]]) -> None:
    kind, message, plants = drawn
    for problem in told(kind, message):
        for plant in plants:
            assert plant.lower() not in said(problem)
        assert "zq" not in said(problem)


@given(planted())
def test_what_was_derived_is_told_without_values(drawn: tuple[str, Json, list[str]]) -> None:
    kind, message, _ = drawn
    got = read(kind, json.dumps(message).encode(), sample())
    if got.message is not None:
        for one in judge(facts(got.message), GRAPHS[kind].fhirpath).derived:
            assert "zq" not in f"{one.rule} {one.path}".lower()


@given(planted())
def test_what_was_derived_is_not_derived_again(drawn: tuple[str, Json, list[str]]) -> None:
    kind, message, _ = drawn
    got = read(kind, json.dumps(message).encode(), sample())
    if got.message is not None:
        once, _ = derive(facts(got.message))
        again, done = derive(facts(once.message))
        assert again.message == once.message
        assert done == ()


@given(st.data())
def test_no_problem_holds_a_value_of_a_case(data: st.DataObject) -> None:
    message = case(nurse(action="treatment"), received("lakare", staff=COSMIC), physicalVisit=received("lakare"))
    message["referredTo"] = {"unit": COSMIC, "hasDirect": True}
    for place in data.draw(st.lists(st.sampled_from(sorted(strings(message))), unique=True, min_size=1)):
        message = changed(message, place, data.draw(PLANTS).format("001"))
    got = read("direct-case", json.dumps(message).encode(), sample())
    problems = got.problems if got.message is None else judge(facts(got.message), lambda _: "").problems
    assert problems
    for problem in problems:
        assert "zq" not in said(problem)


def test_every_text_of_every_message_is_planted_once() -> None:
    """One at a time, so that none hides behind the fault of another."""
    for kind, messages in MESSAGES.items():
        for message in messages:
            for place in strings(message):
                for plant in ("Zq001X7w", "Zq 001 Testsson", "19121212Zq01"):
                    for problem in told(kind, changed(message, place, plant)):
                        assert "zq" not in said(problem), (place, problem)


def test_a_problem_may_name_a_table_of_the_source_and_its_columns() -> None:
    """Names that the region has given, and no sender."""
    problem = next(one for one in told("booking", changed(booking(), "/contactType", "Zq001")) if one.rule == "IN-13")
    assert "contact-types" in problem.en
    assert booking()["source"] == COSMIC


def test_the_place_of_a_body_that_is_no_json_holds_nothing_of_it() -> None:
    for body in (b'{"Zq001": Zq002}', b"Zq003", b'{"Zq004', b'{"a": "Zq\xff"}'):
        [problem] = read("booking", body, sample()).problems
        assert "zq" not in said(problem)
