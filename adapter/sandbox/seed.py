"""What a space starts with: resources and Bundles from files, put in like any other write.

A file holds a resource or a Bundle; a file by lines (`.ndjson`, `.jsonl`) holds one a line. So what `vardbro convert`
writes, and the golden files, are seeds as they are.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapter.sandbox.changes import Change
from adapter.sandbox.json_text import read_json
from adapter.sandbox.outcome import Refusal, refusal
from adapter.sandbox.references import links
from adapter.sandbox.resource_types import SEARCH_PARAMS
from adapter.sandbox.space import Space
from adapter.sandbox.transaction import process
from adapter.sandbox.writes import make
from mappings.problem import Json

BASE = "http://localhost/fhir"
"""The base of a space that has no address yet."""

BY_LINES = (".ndjson", ".jsonl")

_NAMED = re.compile(r"urn:uuid:(?P<uuid>\S+)|https?://\S+/(?P<type>[A-Z][A-Za-z]+)/(?P<id>[A-Za-z0-9\-.]{1,64})")
"""A fullUrl that says what the resource is called: https://hl7.org/fhir/R4/bundle.html#bundle-unique."""

Names = Mapping[str, str]
"""By the fullUrl of an entry, `Type/id` of what stands in it."""


def plant(space: Space, paths: Iterable[Path]) -> None:
    """Puts in every resource under its own id, whatever file it is in, and then runs the transactions.

    What entries call each other by (`urn:uuid:`) becomes `Type/id`, in their own Bundle and in any other. A resource
    that comes again with other content is a new version of it. Refuses, naming the file and of a file by lines the
    line, what cannot be read and what the server would not take.
    """
    seed = _Seed()
    for path in paths:
        for file in _files(path):
            for place, resource in _resources(file):
                seed.add(place, resource)
    for changes in seed.rounds():
        with space.writing(BASE) as session:
            make(session, changes)
    for place, bundle in seed.transactions:
        try:
            with space.writing(BASE) as session:
                process(session, bundle, shows=False)
        except Refusal as refused:
            raise refused.at(place) from None


@dataclass(frozen=True, slots=True)
class _Seed:
    """All that is to be put in, and what is called what."""

    transactions: list[tuple[str, Json]] = field(default_factory=list)
    versions: dict[tuple[str, str], list[Change]] = field(default_factory=dict)
    """Of each resource, in order."""
    names: dict[str, str] = field(default_factory=dict)

    def add(self, place: str, resource: Json) -> None:
        if resource.get("resourceType") == "Bundle" and resource.get("type") == "transaction":
            self.transactions.append((place, resource))
            return
        changes = [_put(place, one, full_url) for full_url, one in _opened(resource)]
        own = {change.full_url: f"{change.type}/{change.id}" for change in changes if change.full_url}
        self.names.update(own)
        for change in changes:
            _point(change.content, own)
            versions = self.versions.setdefault((change.type, change.id), [])
            if not versions or versions[-1].content != change.content:
                versions.append(change)

    def rounds(self) -> Iterator[list[Change]]:
        """The first of every resource, then the second of those that have one: what refers always finds its target."""
        waiting, number = list(self.versions.values()), 0
        while waiting:
            changes = [versions[number] for versions in waiting]
            for change in changes:
                _point(change.content, self.names)
            yield changes
            number += 1
            waiting = [versions for versions in waiting if len(versions) > number]


def _point(content: Json, names: Names) -> None:
    """Puts `Type/id` where a resource is called by the fullUrl of its entry."""
    for link in links(content) if names else ():
        if link.text in names:
            link.point_at(names[link.text])


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(file for file in path.rglob("*") if file.suffix in (".json", *BY_LINES))
    if not path.exists():
        raise FileNotFoundError(errno.ENOENT, "no such seed", str(path))
    return [path]


def _resources(file: Path) -> Iterator[tuple[str, Json]]:
    """Each resource of a file, and where it stands."""
    if file.suffix not in BY_LINES:
        yield file.name, _read(file.name, file.read_bytes())
        return
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if text := line.strip():
                place = f"{file.name}:{number}"
                yield place, _read(place, text)


def _read(place: str, text: bytes) -> Json:
    try:
        return read_json(text.removeprefix(b"\xef\xbb\xbf"))
    except Refusal as refused:
        raise refused.at(place) from None


def _opened(resource: Json) -> list[tuple[str, Any]]:
    """(fullUrl, resource) of what is in a Bundle of another type than transaction; or the resource itself."""
    if resource.get("resourceType") != "Bundle":
        return [("", resource)]
    entries = resource.get("entry")
    return [
        (str(entry.get("fullUrl", "")), entry.get("resource")) if isinstance(entry, dict) else ("", entry)
        for entry in (entries if isinstance(entries, list) else ())
    ]


def _put(place: str, resource: Any, full_url: str) -> Change:
    type_ = resource.get("resourceType") if isinstance(resource, dict) else None
    id_ = (resource.get("id") or _id(full_url, type_)) if isinstance(type_, str) else None
    if not isinstance(type_, str) or type_ not in SEARCH_PARAMS or not isinstance(id_, str):
        text = (
            "A seed is a resource of a hosted type with an id, or a Bundle of such; in a Bundle the entry's fullUrl "
            "(urn:uuid:…) may stand for the id"
        )
        raise refusal(400, "invalid", text, place)
    return Change(
        method="PUT", type=type_, id=id_, content=resource | {"id": id_}, full_url=full_url, place=f"{place}: {type_}"
    )


def _id(full_url: str, type_: str) -> str | None:
    """The id that an entry's fullUrl gives a resource that has none."""
    found = _NAMED.fullmatch(full_url)
    return (found["uuid"] or (found["id"] if found["type"] == type_ else None)) if found else None
