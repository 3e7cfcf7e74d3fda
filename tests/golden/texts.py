"""How golden files are written and told apart."""

from __future__ import annotations

import json
from difflib import unified_diff
from pathlib import Path

from adapter.server.bundle import collection
from mappings.problem import Json

from .corpus import Taken, folder_of, ids_of

AGAIN = "python -m tests.golden.regenerate writes it anew; then read what has changed"


def pretty(resource: Json) -> str:
    """The one way in which a golden file is written: a change of order in the code changes nothing here."""
    return json.dumps(resource, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def golden(taken: Taken) -> tuple[Path, str]:
    """Where a message's golden file stands, and what it should hold."""
    region = taken.entry.region
    return folder_of(region) / "golden" / taken.entry.file, pretty(collection(taken.filled, ids_of(region)))


def difference(path: Path, wanted: str) -> str:
    """What a file holds otherwise, line by line; empty where it holds just that."""
    held = path.read_text("utf-8") if path.exists() else ""
    if held == wanted:
        return ""
    lines = unified_diff(held.splitlines(), wanted.splitlines(), "the file", "what the code makes", lineterm="", n=6)
    return "\n".join((f"{path.name}: {AGAIN}", *lines))
