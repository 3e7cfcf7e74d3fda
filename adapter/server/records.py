"""What a door reads: the whole of a search, with references as keys, ready to be matched by `mappings`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from adapter.server.answer import Answer
from adapter.server.client import FhirClient
from adapter.server.issues import Issue, issues
from adapter.server.references import KeyOf, identifier_keys, resolved
from mappings.problem import Json
from mappings.shape.key import Key

__all__ = ["BadEntry", "Fetched", "Flaw", "Found", "fetch", "identifier_keys"]


class Flaw(StrEnum):
    """Why an entry is left out."""

    NO_RESOURCE = "no-resource"
    NO_ID = "no-id"
    OUTCOME = "outcome"
    """No record but what the server says of the search."""


@dataclass(frozen=True, slots=True)
class BadEntry:
    page: int
    entry: int
    """Both from 0."""
    flaw: Flaw
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A resource as it is on the server, but with its references to what is known as keys."""

    resource: Json
    keys: tuple[Key, ...]
    """What it is known by; the first is the one that references to it hold."""
    matched: bool
    """It was searched for, not only brought along (`_include`)."""


@dataclass(frozen=True, slots=True)
class Fetched:
    found: tuple[Found, ...]
    bad: tuple[BadEntry, ...]
    failed: Answer | None
    """The answer at which it broke off. Then `found` is a part, and must not be shown as the whole (Decided 10)."""


async def fetch(
    client: FhirClient,
    kind: str,
    params: Sequence[tuple[str, str]],
    keys_of: Callable[[Json], Iterable[Key]] = identifier_keys,
    key_of: KeyOf | None = None,
) -> Fetched:
    """All that a search finds, page by page. What appears twice, since pages moved under us, counts once, as last seen.

    References among what was found become keys by `keys_of`; those to elsewhere by `key_of`, where it is given and
    knows them. Entries that are none are named and left out.
    """
    records: dict[tuple[str, str], tuple[Json, bool]] = {}
    bad: list[BadEntry] = []
    failed: Answer | None = None
    number = 0
    async for page in client.search(kind, params):
        if not page.ok:
            failed = page
        for index, entry in enumerate(_entries(page)):
            read = _read(entry)
            if isinstance(read, dict):
                records[read["resourceType"], read["id"]] = read, _mode(entry) != "include"
            else:
                bad.append(BadEntry(number, index, *read))
        number += 1
    return Fetched(tuple(_keyed(records, keys_of, key_of, client.server.bases)), tuple(bad), failed)


def _keyed(
    records: dict[tuple[str, str], tuple[Json, bool]],
    keys_of: Callable[[Json], Iterable[Key]],
    key_of: KeyOf | None,
    bases: Sequence[str],
) -> Iterator[Found]:
    keys = {place: tuple(keys_of(resource)) for place, (resource, _) in records.items()}

    def known(kind: str, resource_id: str) -> Key | None:
        here = keys.get((kind, resource_id))
        return here[0] if here else key_of(kind, resource_id) if key_of else None

    for place, (resource, matched) in records.items():
        yield Found(resolved(resource, known, bases), keys[place], matched)


def _entries(page: Answer) -> list[Any]:
    entries = page.body.get("entry") if page.ok and page.body else None
    return entries if isinstance(entries, list) else []


def _mode(entry: Json) -> Any:
    search = entry.get("search")
    return search.get("mode") if isinstance(search, dict) else None


def _read(entry: Any) -> Json | tuple[Flaw, tuple[Issue, ...]]:
    resource = entry.get("resource") if isinstance(entry, dict) else None
    if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
        return Flaw.NO_RESOURCE, ()
    if resource["resourceType"] == "OperationOutcome":
        return Flaw.OUTCOME, issues(Answer(body=resource))
    return resource if isinstance(resource.get("id"), str) else (Flaw.NO_ID, ())
