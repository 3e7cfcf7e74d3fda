"""From what was collected of resources to a valid aggregate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Any, TypeAlias, TypeVar

from pydantic import BaseModel, ValidationError

from mappings.shape.compiled import Out
from mappings.shape.merge import equal
from mappings.shape.template import Context, Seen, Vocabulary

M = TypeVar("M", bound=BaseModel)
Location: TypeAlias = tuple[int | str, ...]

_LEFT_OUT = object()


def validated(model: type[M], out: Out) -> tuple[M | None, list[Location]]:
    """The aggregate without what its model refuses, and where that stood; None where it cannot be without it.

    What the model refuses is left, just as what a codec refuses: all that stands around it is read all the same.
    """
    told: list[Location] = []
    while True:
        try:
            return model.model_validate(out), told
        except ValidationError as error:
            found = [one["loc"] for one in error.errors(include_input=False, include_url=False, include_context=False)]
            told += found
            entries = [_entry(out, location) for location in found]
            if not all(entries):
                return None, told
            _leave_out(entry for entry in entries if entry)


def _entry(out: Out, location: Location) -> tuple[Any, Any] | None:
    """The container and key of what is refused, or of the nearest thing around it that is there; None for the whole."""
    entry: tuple[Any, Any] | None = None
    node: Any = out
    for step in location:
        key: Any = snake(step) if isinstance(step, str) else step
        if not _holds(node, key):
            break
        entry, node = (node, key), node[key]
    return entry


def _holds(node: Any, key: str | int) -> bool:
    if type(node) is list:
        return isinstance(key, int) and key < len(node)
    return type(node) is dict and key in node


def _leave_out(entries: Iterable[tuple[Any, Any]]) -> None:
    lists = []
    for container, key in entries:
        if type(container) is list:
            container[key] = _LEFT_OUT
            lists.append(container)
        else:
            container.pop(key, None)
    for items in lists:
        items[:] = [item for item in items if item is not _LEFT_OUT]


def moved(value: M, seen: Iterable[Seen], vocabulary: Vocabulary) -> M:
    """The aggregate with what others changed in one place only; as it is where that would make nothing valid of it."""
    for one in seen:
        if one.echo.moved:
            try:
                scope = reduce(_step, one.at, value)
                if scope is None or equal(one.echo.write(scope, Context(value, vocabulary)), one.value):
                    continue
                part = one.echo.moved(scope, one.value)
                if part is not None:
                    whole = _with(value, one.at, part)
                    value = type(value).model_validate(whole.model_dump(warnings=False))
            except (ValueError, OverflowError):
                continue
    return value


def _step(scope: Any, key: str | int) -> Any:
    if scope is None:
        return None
    return scope[key] if isinstance(key, int) else getattr(scope, key)


def _with(scope: Any, at: Sequence[str | int], part: Any) -> Any:
    """The scope with another part at a place in it."""
    if not at:
        return part
    inner = _with(_step(scope, at[0]), at[1:], part)
    if isinstance(at[0], int):
        return (*scope[: at[0]], inner, *scope[at[0] + 1 :])
    return scope.model_copy(update={at[0]: inner})


def snake(name: str) -> str:
    """The field of a name in JSON."""
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name)
