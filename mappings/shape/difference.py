"""Where two resources differ: named by path, never by value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mappings.problem import Json
from mappings.shape.codec import instant
from mappings.shape.merge import GONE, Identity, equal, keyed, of_objects


class Kind(StrEnum):
    """What a reader of a resource is told of one element."""

    EXTRA = "extra"
    """Stands there, and no shape of ours speaks of it."""
    CHANGED = "changed"
    """Says something else than the rest of the resource does."""
    MISSING = "missing"
    """Is not there, though the rest of the resource says that it should be."""
    UNFIT = "unfit"
    """Holds what cannot be read, where something must be."""


@dataclass(frozen=True, slots=True)
class Finding:
    """An element that the regional model does not account for."""

    kind: Kind
    path: str
    """FHIRPath with indices, `Appointment.participant[1].status`."""


def differences(expected: Json, actual: Json, identity: Identity) -> list[Finding]:
    """Every element in which `actual` is not what we would have written."""
    return list(_differ(expected, actual, identity, "", expected.get("resourceType", "")))


def _differ(expected: Any, actual: Any, identity: Identity, pattern: str, path: str) -> Iterator[Finding]:
    if equal(expected, actual):
        return
    if expected is GONE:
        yield Finding(Kind.EXTRA, path)
    elif actual is GONE:
        yield Finding(Kind.MISSING, path)
    elif isinstance(expected, dict) and isinstance(actual, dict):
        for key in {**expected, **actual}:
            inner = f"{pattern}.{key}".lstrip(".")
            yield from _differ(expected.get(key, GONE), actual.get(key, GONE), identity, inner, f"{path}.{key}")
    elif of_objects(expected) and of_objects(actual) and actual:
        ours, theirs = keyed((expected, actual), identity, pattern)
        for known in {**theirs, **ours}:
            _, mine = ours.get(known, (0, GONE))
            index, found = theirs.get(known, (len(theirs), GONE))
            yield from _differ(mine, found, identity, pattern, f"{path}[{index}]")
    elif not _same_moment(expected, actual):
        yield Finding(Kind.CHANGED, path)


def _same_moment(one: Any, other: Any) -> bool:
    """The same instant in two zones is no difference (Decided 15)."""
    try:
        return instant(one) == instant(other)
    except ValueError:
        return False
