"""What the demo pushes: the messages of a sample region, which travel with the package, in the order of their index."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson

from adapter.cli.exits import Stop
from adapter.region import SAMPLE, SAMPLES, catalogue, fixtures
from mappings.problem import Json
from mappings.region.catalogue import Catalogue

TAKEN_IN_AT = datetime.fromisoformat("2026-11-20T09:00:00+01:00")
"""When the messages are taken in, as the head of the index says: rules about dates are judged by it."""


@dataclass(frozen=True, slots=True)
class Example:
    """A message of the index. A refused one says by which rule, and where."""

    folder: Path
    """Of the messages, and of their golden files beside."""
    file: str
    kind: str
    warns: frozenset[str]
    derived: frozenset[str]
    rule: str
    path: str

    @property
    def name(self) -> str:
        return self.file.removesuffix(".json").removeprefix("refused/")

    @property
    def body(self) -> bytes:
        return (self.folder / "messages" / self.file).read_bytes()

    @property
    def golden(self) -> Json | None:
        """The Bundle that the sample region makes of it; None where nobody has written it down."""
        path = self.folder / "golden" / self.file
        return orjson.loads(path.read_bytes()) if path.exists() else None


@dataclass(frozen=True, slots=True)
class Examples:
    """The messages of a sample region."""

    accepted: tuple[Example, ...]
    refused: tuple[Example, ...]
    """Sent once the others are taken in."""
    own: bool
    """They are of the very region that they are sent to, so that the golden files hold."""


def examples(region: Catalogue) -> Examples:
    """The messages that can be sent to a region: those of the sample region whose source systems it has."""
    for name in SAMPLES:
        sample = catalogue(fixtures() / "region" / name)
        if sample.sources.keys() <= region.sources.keys():
            return _of(fixtures() if name == SAMPLE else fixtures() / name, own=sample.version == region.version)
    raise Stop(
        "the demo has no messages of this region's source systems: choose a sample region by its name "
        f"({', '.join(SAMPLES)}), or send messages of your own to vardbro serve"
    )


def _of(folder: Path, *, own: bool) -> Examples:
    index = tomllib.loads((folder / "messages" / "index.toml").read_text(encoding="utf-8"))
    accepted, refused = (tuple(_example(folder, row) for row in index[part]) for part in ("accepted", "refused"))
    return Examples(accepted, refused, own)


def running_clock() -> datetime:
    """The time now, as if the demo had begun when its messages are taken in."""
    return TAKEN_IN_AT.astimezone(UTC) + (datetime.now(UTC) - _BEGUN)


_BEGUN = datetime.now(UTC)


def _example(folder: Path, row: Json) -> Example:
    warns, derived = (frozenset(row.get(name, ())) for name in ("warns", "derived"))
    return Example(folder, row["file"], row["kind"], warns, derived, row.get("rule", ""), row.get("path", ""))
