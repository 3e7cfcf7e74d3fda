"""The messages of the sample regions, judged as a gateway of each would that takes them in in the order of their index.

Those of the made-up region stand in `fixtures/messages`, with their FHIR in `fixtures/golden`; those of another in
`fixtures/REGION`, in folders of the same names.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

from adapter.keys import DEMO_SECRET, Keys
from adapter.region import SAMPLE, SAMPLES, catalogue
from adapter.server.ids import Ids
from mappings.problem import Json, Problem
from mappings.region.booking import Booking
from mappings.region.catalogue import Catalogue, Source
from mappings.region.named_contact import NamedContact
from mappings.region.people import Protection
from mappings.region.reading import read
from mappings.resources.outline import GRAPHS, outline
from mappings.rules.rulebook import Facts, Judged, judge
from mappings.rules.who import normal_identity
from mappings.shape.filled import Filled

FIXTURES = Path(__file__).parents[2] / "fixtures"
MESSAGES, GOLDEN = FIXTURES / "messages", FIXTURES / "golden"

CLOCK = datetime.fromisoformat("2026-11-20T09:00:00+01:00")
"""When all of them are taken in."""

CATALOGUE = catalogue(FIXTURES / "region" / "exempel")
IDS = Ids(CATALOGUE.region, Keys(DEMO_SECRET).of("ids"))


@cache
def catalogue_of(region: str) -> Catalogue:
    return catalogue(FIXTURES / "region" / region)


def of_all_regions() -> Catalogue:
    """The made-up region's catalogue with the source systems of every sample region."""
    return replace(CATALOGUE, sources={id_: one for name in SAMPLES for id_, one in catalogue_of(name).sources.items()})


def ids_of(region: str) -> Ids:
    return Ids(region, Keys(DEMO_SECRET).of("ids"))


def folder_of(region: str) -> Path:
    """Where the messages of a region and their golden files lie."""
    return FIXTURES if region == SAMPLE else FIXTURES / region


@dataclass(frozen=True, slots=True)
class Entry:
    """A message as the index describes it."""

    file: str
    kind: str
    document: str
    """Short name of the source document, as `docs/domain.md` has it."""
    heading: str
    odd: str
    """What there is to see in it."""
    warns: tuple[str, ...] = ()
    derived: tuple[str, ...] = ()
    rule: str = ""
    """Of a refused one: the rule that refuses it, and the place that is told."""
    path: str = ""
    golden: bool = True
    """Whether its FHIR stands in a golden file."""
    region: str = SAMPLE

    @property
    def body(self) -> bytes:
        return (folder_of(self.region) / "messages" / self.file).read_bytes()

    @property
    def catalogue(self) -> Catalogue:
        return catalogue_of(self.region)


@dataclass(frozen=True, slots=True)
class Taken:
    """An accepted message, as it is stored and mapped."""

    entry: Entry
    sent: Any
    judged: Judged[Any]
    source: Source

    @property
    def filled(self) -> tuple[Filled, ...]:
        return GRAPHS[self.entry.kind].fill(self.judged.message, self.source, self.entry.catalogue.units)


@cache
def index(region: str = SAMPLE) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """(accepted in the order to send them in, refused whatever the order once those are taken in)."""
    read_index = tomllib.loads((folder_of(region) / "messages" / "index.toml").read_text("utf-8"))
    of_region = partial(_entry, region)
    accepted, refused = (tuple(map(of_region, read_index[part])) for part in ("accepted", "refused"))
    return accepted, refused


def _entry(region: str, row: Json) -> Entry:
    told: Json = {"golden": region == SAMPLE, "region": region}
    told |= {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
    return Entry(**told)


@cache
def accepted(region: str = SAMPLE) -> tuple[Taken, ...]:
    """Every accepted message of a region. Raises AssertionError on one that is refused."""
    taken: list[Taken] = []
    for entry in index(region)[0]:
        taken.append(_take(entry, taken))
    return tuple(taken)


def problems(entry: Entry) -> tuple[Problem, ...]:
    """What is said of a refused message, once all the accepted ones are taken in."""
    got = read(entry.kind, entry.body, entry.catalogue)
    if got.message is None:
        return got.problems
    return judge(_facts(got.message, entry.catalogue, accepted(entry.region)), GRAPHS[entry.kind].fhirpath).problems


def _take(entry: Entry, before: list[Taken]) -> Taken:
    got = read(entry.kind, entry.body, entry.catalogue)
    assert got.message is not None, f"{entry.file}: {got.problems}"
    judged = judge(_facts(got.message, entry.catalogue, before), GRAPHS[entry.kind].fhirpath)
    refusing = [problem for problem in judged.problems if problem.refuses]
    assert not refusing, f"{entry.file}: {refusing}"
    return Taken(entry, got.message, judged, entry.catalogue.sources[got.message.source])


def _facts(message: Any, known: Catalogue, before: tuple[Taken, ...] | list[Taken]) -> Facts[Any]:
    """What the ledger of that gateway would say; the last version of each."""
    latest = {_name(one.judged.message): one.judged.message for one in before}
    patient = normal_identity(message.patient.identity, CLOCK)
    hers = [one for one in latest.values() if one.patient.identity == patient]
    booking = getattr(message, "booking", None)
    visit = latest.get(("booking", message.source, booking)) if booking else None
    replaces = getattr(message, "replaces", None)
    return Facts(
        message=message,
        sent=message,
        catalogue=known,
        source=known.sources[message.source],
        now=CLOCK,
        previous=latest.get(_name(message)),
        known=next((one.patient for one in reversed(hers) if one.source == message.source), None),
        contacts=tuple(one for one in hers if isinstance(one, NamedContact)),
        protection=next(_protections(message, hers), None),
        booking_known=booking is None or visit is not None,
        booking=visit,
        others=tuple(_tied(message, latest.values())),
        replaced=latest.get(("booking", message.source, replaces)) if replaces else None,
    )


def _tied(message: Any, others: Iterable[Any]) -> Iterator[Booking]:
    """Bookings that share a tie with this one; a day ties those of one patient."""
    ties = set(outline(message).ties)
    for other in others:
        shared = ties & set(outline(other).ties)
        hers = normal_identity(other.patient.identity, CLOCK) == normal_identity(message.patient.identity, CLOCK)
        if _name(other) != _name(message) and any(kind != "day" or hers for kind, _ in shared):
            yield other


def _name(message: Any) -> tuple[str, str, str]:
    at = outline(message)
    return at.kind, message.source, at.number


def _protections(message: Any, hers: list[Any]) -> Iterator[Protection]:
    yield from (one.patient.protection for one in hers if one.source != message.source and one.patient.protection)
