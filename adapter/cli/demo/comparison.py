"""Where two JSON values are not the same: named by path, never by value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

_ABSENT = object()


def unlike(expected: Any, actual: Any) -> list[str]:
    """JSON Pointers of every single value that is not the same, or stands on one side only."""
    return list(_unlike(expected, actual, ""))


def _unlike(expected: Any, actual: Any, path: str) -> Iterator[str]:
    if isinstance(expected, dict | list) or isinstance(actual, dict | list):
        mine, theirs = _parts(expected), _parts(actual)
        if mine is None or theirs is None:
            yield path
            return
        for name in {**mine, **theirs}:
            yield from _unlike(mine.get(name, _ABSENT), theirs.get(name, _ABSENT), f"{path}/{name}")
    elif expected is not actual and (expected != actual or type(expected) is not type(actual)):
        yield path


def _parts(value: Any) -> dict[Any, Any] | None:
    """Members or items by name; of what is absent none; None of a single value."""
    if value is _ABSENT:
        return {}
    if isinstance(value, list):
        return dict(enumerate(value))
    return value if isinstance(value, dict) else None


def but(paths: Iterable[str], allowed: Iterable[str]) -> list[str]:
    """The paths that are none of the allowed ones, and not within one."""
    known = tuple(allowed)
    return [path for path in paths if not any(path == one or path.startswith(f"{one}/") for one in known)]
