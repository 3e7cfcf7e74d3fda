"""What a space starts with: resources and Bundles from files, put in like any other write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from adapter.sandbox.changes import Change
from adapter.sandbox.json_text import read_json
from adapter.sandbox.outcome import Refusal, refusal
from adapter.sandbox.resource_types import SEARCH_PARAMS
from adapter.sandbox.space import Space
from adapter.sandbox.transaction import process
from adapter.sandbox.writes import make
from mappings.problem import Json

BASE = "http://localhost/fhir"
"""The base of a space that has no address yet."""


def plant(space: Space, paths: Iterable[Path]) -> None:
    """Puts in every resource under its own id, all at once, whatever file it is in; then runs the transactions.

    Refuses, naming the file, what cannot be read and what the server would not take.
    """
    transactions: list[tuple[Path, Json]] = []
    changes: list[Change] = []
    for file in (file for path in paths for file in _files(path)):
        for resource in _told_of(file, _resources(file)):
            if resource.get("resourceType") == "Bundle" and resource.get("type") == "transaction":
                transactions.append((file, resource))
            else:
                changes += [_put(file, one) for one in _opened(resource)]
    with space.writing(BASE) as session:
        make(session, changes)
    for file, bundle in transactions:
        try:
            with space.writing(BASE) as session:
                process(session, bundle, shows=False)
        except Refusal as refused:
            raise refused.at(file.name) from None


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(file for file in path.rglob("*") if file.suffix in (".json", ".ndjson"))
    if not path.exists():
        raise FileNotFoundError(f"No such seed: {path}")
    return [path]


def _resources(file: Path) -> Iterator[Json]:
    if file.suffix != ".ndjson":
        yield read_json(file.read_bytes())
        return
    with file.open("rb") as lines:
        for line in lines:
            if line.strip():
                yield read_json(line.strip())


def _told_of(file: Path, resources: Iterator[Json]) -> Iterator[Json]:
    try:
        yield from resources
    except Refusal as refused:
        raise refused.at(file.name) from None


def _opened(resource: Json) -> list[Any]:
    """What is in a Bundle of another type than transaction, or the resource itself."""
    if resource.get("resourceType") != "Bundle":
        return [resource]
    entries = resource.get("entry")
    return [entry.get("resource") if isinstance(entry, dict) else entry for entry in entries or ()]


def _put(file: Path, resource: Any) -> Change:
    type_, id_ = (resource.get("resourceType"), resource.get("id")) if isinstance(resource, dict) else (None, None)
    if not isinstance(type_, str) or type_ not in SEARCH_PARAMS or not isinstance(id_, str):
        raise refusal(
            400, "invalid", "A seed is a resource of a hosted type with an id, or a Bundle of such", file.name
        )
    return Change(method="PUT", type=type_, id=id_, content=resource, place=f"{file.name}: {type_}")
