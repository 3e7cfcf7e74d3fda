"""`vardbro convert`: the mapping alone, item by item, so that a large file takes no more memory than a small one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from adapter.cli import offline
from adapter.cli.console import progress, tell, write_json, write_line
from adapter.cli.exits import Code
from adapter.cli.items import Item, items, size
from adapter.cli.problems import line_of, worse
from adapter.region import catalogue
from adapter.server.bundle import collection
from adapter.server.ids import Ids
from mappings.problem import Json, Problem, Severity
from mappings.region.catalogue import Catalogue
from mappings.region.field import Audience
from mappings.region.reading import told
from mappings.resources.outline import GRAPHS
from mappings.rules.rulebook import derive
from mappings.rules.visibility import projected
from mappings.shape.graph import Reading, Unmappable


@dataclass(frozen=True, slots=True)
class Converting:
    """How to convert."""

    region: Path | None = None
    kind: str | None = None
    keys: Path | None = None
    pretty: bool = False


def to_fhir(files: Sequence[str], how: Converting) -> Code:
    """One collection Bundle per message on standard output, derived and not judged (Decided 25)."""
    region = catalogue(how.region)
    ids = offline.ids_of(region, how.keys)
    return _each(files, how, lambda item, raw: bundled(item, raw, how.kind, region, ids))


def to_region(files: Sequence[str], how: Converting) -> Code:
    """Every message in such Bundles, or in searchsets. What a message cannot say of its resources is named."""
    region = catalogue(how.region)
    return _each(files, how, lambda _, bundle: regional(bundle, region))


def bundled(item: Item, raw: Any, kind: str | None, region: Catalogue, ids: Ids) -> Iterator[Json | Problem]:
    """The Bundle of a message, or why there is none."""
    found = offline.message_of(item, raw, kind, region)
    if isinstance(found, list):
        yield from found
        return
    name, message = found
    facts, _ = derive(offline.facts_of(message, region))
    try:
        yield collection(GRAPHS[name].fill(facts.message, facts.source, region.units), ids)
    except Unmappable as lost:
        yield from offline.unmappable(lost)


def regional(bundle: Any, region: Catalogue) -> Iterator[Json | Problem]:
    """The messages of a Bundle, and every element of it that they do not account for."""
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        yield NO_BUNDLE
        return
    try:
        found = list(offline.roots(bundle, region))
    except (KeyError, TypeError, AttributeError):
        yield NO_BUNDLE
        return
    if not found:
        yield NOTHING_OF_OURS
    for root in found:
        yield from _said(root.reading)


def _said(reading: Reading[Any]) -> Iterator[Json | Problem]:
    severity = Severity.ERROR if reading.value is None else Severity.WARNING
    for finding in reading.findings:
        unread = told("IN-17", "")
        yield Problem("IN-17", "", unread.sv, unread.en, severity, f"{finding.path} ({finding.kind.value})")
    if reading.value is not None:
        yield projected(reading.value, Audience.OPERATOR)


NO_BUNDLE = Problem(
    "IN-2",
    "",
    "Här ska en Bundle stå: ge en som convert --to fhir har skrivit, eller en searchset.",
    "A Bundle must stand here: give one that convert --to fhir has written, or a searchset.",
)
NOTHING_OF_OURS = Problem(
    "IN-14",
    "",
    "Ingen resurs har en identifierare från en källa i katalogen: ge rätt regions mapp med --region.",
    "No resource has an identifier of a source in the catalogue: give the right region's folder with --region.",
)


Made = Callable[[Item, Any], Iterable[Json | Problem]]


def _each(files: Sequence[str], how: Converting, made: Made) -> Code:
    code, hollow = Code.GOOD, list[str]()
    with progress(size(files), "converted") as passed:
        for item in items(files, passed, hollow):
            for at, one in _outcomes(item, made):
                if isinstance(one, Problem):
                    code = Code.REFUSED
                    tell(line_of(at, one))
                elif how.pretty:
                    write_json(one)
                else:
                    write_line(orjson.dumps(one))
    sys.stdout.flush()
    return worse(code, hollow)


def _outcomes(item: Item, made: Made) -> Iterator[tuple[Item, Json | Problem]]:
    raw = offline.parsed(item)
    if isinstance(raw, offline.Unread):
        yield raw.item, raw.problem
    else:
        yield from ((item, one) for one in made(item, raw))
