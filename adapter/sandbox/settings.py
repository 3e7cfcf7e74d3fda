"""What a sandbox is started with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

Like = Literal["r4", "hapi"]
Validation = Literal["structure", "off"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxSettings:
    """All of it has a default; `SandboxSettings()` is a server in memory that does what R4 says."""

    database: Path | None = None
    """A SQLite file, made if absent; or memory. A file is in WAL with `synchronous=NORMAL`: what was committed outlives
    a crash of the process; the last commits may be lost when the machine goes down."""
    host: str = "127.0.0.1"
    port: int = 0
    """0 takes any free port."""
    like: Like = "r4"
    """Where servers differ, whose answer is given (`dialect.py`)."""
    validate: Validation = "structure"
    """`structure`: elements, cardinality, types, required codes and reference targets are checked at every write."""
    seed: tuple[Path, ...] = ()
    """Files or folders of JSON and NDJSON that every space starts with, and that a reset brings back."""
    clock: datetime | None = None
    """Where time stands still from the start, in every space; `None` is the machine's clock."""
    zone: str = "Europe/Stockholm"
    """The server's local time zone: that of dates, and of times without a zone, in searches."""
    body_limit: int = 5_000_000
    """Bytes of a request body; one of this size or more is refused with 413."""
    page_size: int = 50
    """Matches on a page of a search that names no `_count`."""
    page_limit: int = 1_000
    """The most matches on one page, whatever `_count` says."""
    space_limit: int = 1_000
    """How many isolated spaces may exist at once."""
