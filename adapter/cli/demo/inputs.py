"""What the demo pushes: the messages that travel with the package, in the order of their index."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson

from adapter.region import fixtures
from mappings.problem import Json

TAKEN_IN_AT = datetime.fromisoformat("2026-11-20T09:00:00+01:00")
"""When the messages are taken in, as the head of the index says: rules about dates are judged by it."""


@dataclass(frozen=True, slots=True)
class Example:
    """A message of the index. A refused one says by which rule, and where."""

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
        return (_messages() / self.file).read_bytes()

    @property
    def golden(self) -> Json:
        """The Bundle that the sample region makes of it."""
        bundle: Json = orjson.loads((fixtures() / "golden" / self.file).read_bytes())
        return bundle


def examples() -> tuple[tuple[Example, ...], tuple[Example, ...]]:
    """(those that are accepted, those that are refused once the others are taken in)."""
    index = tomllib.loads((_messages() / "index.toml").read_text(encoding="utf-8"))
    accepted, refused = (tuple(map(_example, index[part])) for part in ("accepted", "refused"))
    return accepted, refused


def running_clock() -> datetime:
    """The time now, as if the demo had begun when its messages are taken in."""
    return TAKEN_IN_AT.astimezone(UTC) + (datetime.now(UTC) - _BEGUN)


_BEGUN = datetime.now(UTC)


def _messages() -> Path:
    return fixtures() / "messages"


def _example(row: Json) -> Example:
    warns, derived = (frozenset(row.get(name, ())) for name in ("warns", "derived"))
    return Example(row["file"], row["kind"], warns, derived, row.get("rule", ""), row.get("path", ""))
