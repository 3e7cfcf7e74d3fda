"""`vardbro check`: every problem of messages and resources, without a gateway."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console
from rich.text import Text

from adapter.cli import offline
from adapter.cli.console import console, progress, tell, write_line
from adapter.cli.exits import Code
from adapter.cli.items import Item, items, place, size
from adapter.cli.problems import outcome_of, worse
from adapter.keys import DEMO_SECRET, Keys
from adapter.outcomes import problem_json
from adapter.region import catalogue
from adapter.server.ids import Ids
from adapter.server.references import literal, rendered
from adapter.validation import validate
from mappings.problem import Problem
from mappings.region.catalogue import Catalogue
from mappings.resources.outline import GRAPHS
from mappings.rules.rulebook import judge
from mappings.shape.filled import Filled
from mappings.shape.graph import Unmappable

UNKNOWN = (
    "note: without a gateway, earlier versions, the patient's other contacts and markings by other sources are "
    "unknown, and what a message refers to is taken to be there"
)


@dataclass(frozen=True, slots=True)
class Checked:
    """One message or resource, and what is wrong with it."""

    item: Item
    kind: str | None
    """Of a message; the resource type of a resource; None where neither can be told."""
    problems: tuple[Problem, ...]

    @property
    def refused(self) -> bool:
        return any(problem.refuses for problem in self.problems)


def check(files: Sequence[str], form: str, kind: str | None, region: Path | None) -> Code:
    """Tells of every item what is wrong with it, one after the other."""
    known = catalogue(region)
    total = refused = messages = 0
    hollow: list[str] = []
    with progress(size(files), "checked") as passed:
        for item in items(files, passed, hollow):
            one = checked(item, kind, known)
            total, refused, messages = total + 1, refused + one.refused, messages + (one.kind in GRAPHS)
            _WRITE[form](one)
    sys.stdout.flush()
    if form == "text":
        tell(f"{total} checked, {refused} refused")
        if messages:
            tell(UNKNOWN)
    return worse(Code.REFUSED if refused else Code.GOOD, hollow)


def checked(item: Item, kind: str | None, region: Catalogue) -> Checked:
    """What is wrong with an item; a FHIR resource is known by its `resourceType`."""
    raw = offline.parsed(item)
    if isinstance(raw, offline.Unread):
        return Checked(raw.item, kind, (raw.problem,))
    if isinstance(raw, dict) and "resourceType" in raw:
        return Checked(item, _type(raw), tuple(validate(raw)))
    found = offline.message_of(item, raw, kind, region)
    if isinstance(found, list):
        return Checked(item, kind or offline.kind_of(raw), tuple(found))
    name, message = found
    return Checked(item, name, tuple(_judged(name, message, region)))


def _type(resource: Any) -> str | None:
    named = resource["resourceType"]
    return named if isinstance(named, str) and named.isalpha() else None


def _judged(kind: str, message: Any, region: Catalogue) -> Iterator[Problem]:
    graph = GRAPHS[kind]
    facts = offline.facts_of(message, region)
    judged = judge(facts, graph.fhirpath)
    yield from judged.problems
    if judged.refused:
        return
    try:
        yield from _invalid(graph.fill(judged.message, facts.source, region.units), region)
    except Unmappable as lost:
        yield from offline.unmappable(lost)


def _invalid(filled: Iterable[Filled], region: Catalogue) -> Iterator[Problem]:
    to = literal(Ids(region.region, Keys(DEMO_SECRET).of("ids")))
    for one in filled:
        yield from validate(rendered(one.resource, to))


def _text(one: Checked) -> None:
    out = console()
    word, colour = ("refused", "red") if one.refused else ("good", "green")
    out.print(Text.assemble(f"{place(one.item)}  ", (word, colour)), soft_wrap=True)
    print_problems(out, one.problems)


def print_problems(out: Console, problems: Iterable[Problem]) -> None:
    """Each with its rule, its place and both languages."""
    for problem in problems:
        out.print(Text.assemble("  ", (problem.rule, "bold"), f"  {problem.severity.value}  {problem.path or '/'}"))
        for text in filter(None, (problem.fhirpath, problem.en, problem.sv)):
            out.print(Text(f"      {text}"), soft_wrap=True)


def _json(one: Checked) -> None:
    at = one.item.fault or one.item
    told_of = {"file": one.item.file, "line": at.line, "column": at.column}
    told_of |= {"kind": one.kind, "accepted": not one.refused}
    write_line(orjson.dumps(told_of | {"problems": [problem_json(problem) for problem in one.problems]}))


def _fhir(one: Checked) -> None:
    write_line(orjson.dumps(outcome_of(one.problems, place(one.item))))


_WRITE = {"text": _text, "json": _json, "fhir": _fhir}
