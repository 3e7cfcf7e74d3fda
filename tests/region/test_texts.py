"""What a refusal says: whole sentences in both languages, what to do, and the field where the rule has many."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from adapter.cli import convert, offline
from adapter.doors import requests, searches
from adapter.doors.answers import WORDS
from adapter.outcomes import SECOND_PHYSICIAN
from mappings.problem import Problem
from mappings.region import later, reading
from mappings.region.form import FORMS
from mappings.region.later import LATER, NEVER
from mappings.region.reading import KINDS, read
from tests.golden.corpus import Entry, index, problems
from tests.region.sample import sample

ROOT = Path(__file__).parents[2]

DO = re.compile(
    r"[:;] (add|ask|attest|book|cancel|change|check|choose|divide|do not|else|end|fetch|give|hold|leave|let|make|man"
    r"|mend|move|read|report|redo|say|search|see|send|set|take|try)\b"
)
GOR = re.compile(
    r"[:;] (ange|annars|avboka|avsluta|be|begär|bemanna|boka|byt|dela|flytta|försök|ge|gör|hämta|intyga|kontrollera"
    r"|lägg till|läs|låt|rätta|se|sänd|sätt|sök|ta|utelämna|vänta|välj|ändra)\b"
)


def is_well_told(sv: str, en: str) -> None:
    for text in (sv, en):
        assert text[0].isupper(), text
        assert text.endswith("."), text
        assert "  " not in text
    assert sv != en
    assert GOR.search(sv), sv
    assert DO.search(en), en


def _texts(node: ast.expr) -> Iterator[str]:
    """The texts that an argument can come to, with X for what is filled in."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in parts)
        case ast.IfExp(body=body, orelse=other):
            yield from _texts(body)
            yield from _texts(other)


def _said(call: ast.Call) -> list[ast.expr]:
    """Both languages: after the path of a fault, after the rule and the numbers or path of others."""
    at = 1 if isinstance(call.func, ast.Name) and call.func.id == "Fault" else 2
    return call.args[at : at + 2]


ANSWERS = ("Fault", "Breach", "Problem")


def _faults() -> Iterator[tuple[str, str, str]]:
    """(where, sv, en) of every text that the rules can give."""
    for file in sorted((ROOT / "mappings" / "rules").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ANSWERS:
                for sv, en in zip(*map(_texts, _said(node)), strict=True):
                    yield f"{file.name}:{node.lineno}", sv, en


FAULTS = list(_faults())


def test_every_rule_speaks_in_this_test() -> None:
    assert len(FAULTS) > 60


@pytest.mark.parametrize(("where", "sv", "en"), FAULTS, ids=[where for where, _, _ in FAULTS])
def test_every_text_of_a_rule_says_what_to_do(where: str, sv: str, en: str) -> None:
    is_well_told(sv, en)


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.id)
def test_every_error_of_form_says_what_to_do(form: Any) -> None:
    is_well_told(form.sv, form.en)


@pytest.mark.parametrize("status", WORDS)
def test_every_status_says_what_to_do(status: int) -> None:
    is_well_told(*WORDS[status])


OTHERS = (
    *(offline.NO_KIND, convert.NO_BUNDLE, convert.NOTHING_OF_OURS, searches.NO_NATIONAL_IDENTITY, SECOND_PHYSICIAN),
    *(reading._TWO_VERSIONS, requests.ANSWERED),
)


@pytest.mark.parametrize("problem", OTHERS, ids=lambda problem: problem.en[:40])
def test_every_other_refusal_says_what_to_do(problem: Problem) -> None:
    is_well_told(problem.sv, problem.en)


@pytest.mark.parametrize("entry", index()[1], ids=lambda entry: entry.file)
def test_every_refused_fixture_is_told_what_to_do(entry: Entry) -> None:
    refusing = [problem for problem in problems(entry) if problem.refuses]
    assert refusing
    for problem in refusing:
        is_well_told(re.sub(r" \([^)]*\)\.$", ".", problem.sv), re.sub(r" \([^)]*\)\.$", ".", problem.en))


# -- what is not yet built -------------------------------------------------------------------------------------------

BUILT_LATER = [later for later in LATER if later.message in (*KINDS, "*")]


@pytest.mark.parametrize("later", BUILT_LATER, ids=lambda later: f"{later.message}{later.path}={later.value}")
def test_what_is_not_yet_built_is_named_with_its_rule_and_what_to_do(later: Any) -> None:
    told = reading._coming(later, later.path)
    field = later.path.rpartition("/")[2]
    is_well_told(told.sv, told.en)
    assert (told.rule, told.path) == (later.rule, later.path)
    assert f"fältet {field} " in told.sv.lower().replace(field.lower(), field)
    assert f"field {field} " in told.en
    assert f"(regel {later.rule})" in told.sv
    assert f"(rule {later.rule})" in told.en
    assert ("leave the field out until then" in told.en) == ("utelämna fältet till dess" in told.sv)
    assert ("leave the field out" in told.en) == (not later.value and later.becomes != NEVER)


def test_a_field_that_is_to_come_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(later, "_FIELDS", {("care-event", "/seen"): later.Later("care-event", "/seen", "EV-19")})
    fixture = sorted((ROOT / "fixtures/messages/care-event").glob("*.json"))[0]
    message = orjson.loads(fixture.read_bytes())
    message["seen"] = []
    [told] = read("care-event", orjson.dumps(message), sample()).problems
    assert (told.rule, told.path) == ("EV-19", "/seen")
    assert told.sv == "Fältet seen är ännu inte byggt (regel EV-19): utelämna fältet till dess."
    assert told.en == "The field seen is not yet built (rule EV-19): leave the field out until then."


def test_a_mandatory_field_that_could_not_be_derived_is_told_by_its_name() -> None:
    entry = next(entry for entry in index()[1] if entry.rule == "BO-3")
    told = next(problem for problem in problems(entry) if problem.rule == "BO-3")
    assert "Fältet careService är obligatoriskt" in told.sv
    assert "The field careService is mandatory" in told.en
