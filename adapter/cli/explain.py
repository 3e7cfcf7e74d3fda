"""`vardbro explain`: where each value in the FHIR comes from, and what each field became."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import orjson
from rich.text import Text

from adapter.cli import offline
from adapter.cli.console import console, write_json
from adapter.cli.exits import Code, Stop
from adapter.cli.items import Item, items
from adapter.cli.problems import line_of, worse
from adapter.region import catalogue
from mappings.problem import Json
from mappings.region.catalogue import Catalogue, Source
from mappings.resources.outline import GRAPHS
from mappings.rules.rulebook import Derived, derive
from mappings.shape.graph import Unmappable
from mappings.shape.trace import Step, found_at, trace


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be explained, and of what kind the messages are."""

    field: str | None = None
    fhir: str | None = None
    kind: str | None = None
    region: Path | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """A value, and the rule that derived the field behind it."""

    step: Step
    rule: str


def explain(file: str, asked: Asked, *, as_json: bool) -> Code:
    """Explains every message in the file. Stops where it holds none, or no value that was asked for."""
    region = catalogue(asked.region)
    hollow: list[str] = []
    found = [
        one
        for item in items([file], hollow=hollow)
        for kind, message, source in _messages(item, asked, region)
        for one in _wanted(list(_explained(kind, message, source, region)), asked)
    ]
    if hollow:
        return worse(Code.GOOD, hollow)
    if not found:
        raise Stop("nothing in the FHIR comes from or stands at that; without --field and --fhir all of it is shown")
    if as_json:
        write_json([_json(one) for one in found])
    else:
        _print(found)
    return Code.GOOD


def _messages(item: Item, asked: Asked, region: Catalogue) -> Iterator[tuple[str, Any, Source]]:
    raw = offline.parsed(item)
    if isinstance(raw, offline.Unread):
        raise Stop(line_of(raw.item, raw.problem), Code.REFUSED)
    if isinstance(raw, dict) and raw.get("resourceType") == "Bundle":
        yield from _of_bundle(raw, region)
        return
    found = offline.message_of(item, raw, asked.kind, region)
    if isinstance(found, list):
        raise Stop("\n".join(line_of(item, problem) for problem in found), Code.REFUSED)
    kind, message = found
    yield kind, message, region.sources[message.source]


def _of_bundle(bundle: Json, region: Catalogue) -> Iterator[tuple[str, Any, Source]]:
    try:
        for root in offline.roots(bundle, region):
            if root.reading.value is not None:
                yield root.kind, root.reading.value, region.sources[root.source]
    except (KeyError, TypeError, AttributeError):
        raise Stop("this is no Bundle that convert --to fhir gave, and no searchset") from None


def _explained(kind: str, message: Any, source: Source, region: Catalogue) -> Iterator[Explained]:
    facts, derived = derive(offline.facts_of(message, region))
    try:
        steps = trace(GRAPHS[kind], facts.message, source, region.units)
    except Unmappable as lost:
        raise Stop("; ".join(problem.en for problem in offline.unmappable(lost)), Code.REFUSED) from None
    for step in steps:
        yield Explained(step, _rule(step, derived))


def _rule(step: Step, derived: Iterable[Derived]) -> str:
    """The rule that filled in what the value was made from; empty where the sender said it."""
    pointers = (step.field, *step.looked_at)
    return next((one.rule for one in derived if any(_under(pointer, one.path) for pointer in pointers)), "")


def _under(pointer: str, path: str) -> bool:
    return pointer == path or pointer.startswith(f"{path}/")


def _wanted(explained: Sequence[Explained], asked: Asked) -> list[Explained]:
    steps = [one.step for one in explained]
    wanted = {id(step) for step in (found_at(steps, _pointer(asked.field)) if asked.field else steps)}
    return [
        one
        for one in explained
        if id(one.step) in wanted and (asked.fhir is None or _stands_at(one.step.path, asked.fhir))
    ]


def _pointer(field: str) -> str:
    """A JSON Pointer, also from `lines.0.start` or `lines[0].start`."""
    if field.startswith("/"):
        return field.rstrip("/")
    return "/" + "/".join(step for step in re.split(r"[.\[\]/]+", field) if step)


def _stands_at(path: str, asked: str) -> bool:
    """At the element or within it; indices that were not given mean any."""
    for told in (path, re.sub(r"\[\d+\]", "", path)):
        if told == asked or told.startswith((f"{asked}.", f"{asked}[")):
            return True
    return False


def _json(one: Explained) -> Json:
    step = one.step
    return {
        "node": step.node,
        "path": step.path,
        "value": step.value,
        "how": step.how.value,
        "field": step.field,
        "table": step.table,
        "rule": one.rule,
        "lookedAt": list(step.looked_at),
    }


def _print(explained: Sequence[Explained]) -> None:
    out = console()
    for node, group in groupby(explained, lambda one: one.step.node):
        out.print(Text(node, "bold"))
        for one in group:
            value = orjson.dumps(one.step.value).decode()
            out.print(Text.assemble(f"  {one.step.path} = ", (value, "green")), soft_wrap=True)
            out.print(Text(f"      {_origin(one)}", "dim"), soft_wrap=True)
        out.print()


def _origin(one: Explained) -> str:
    step, told = one.step, []
    if step.field:
        told.append(f"from {step.field}")
    if others := [pointer for pointer in step.looked_at if pointer != step.field]:
        told.append(f"by {', '.join(others)}" if step.field else f"from {', '.join(others)}")
    if step.table:
        told.append(f"table {step.table}")
    if one.rule:
        told.append(f"derived by {one.rule}")
    return "; ".join(told) or _WORDS.get(step.how.value, step.how.value)


_WORDS = {
    "fixed": "the same in every such resource",
    "usual": "what we write; others may put something else",
    "known": "from the region's catalogue, or from the person and unit beside the message",
    "echo": "follows from what stands elsewhere",
}
