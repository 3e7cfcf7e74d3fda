"""Three-way merge of resources: what we last delivered, what we want, what is there.

Generic over JSON. What tells list items apart comes in as an argument: a shape knows it of its own lists.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from mappings.problem import Json

Identity: TypeAlias = Callable[[str, Any], Hashable]
"""(path of the list without indices, `participant.extension`; item) -> what the item is known by.

Two items that are known by the same are the same thing, perhaps changed."""


class _Gone:
    """Absence, apart from JSON's null."""

    def __repr__(self) -> str:
        return "GONE"


GONE: Final = _Gone()


@dataclass(frozen=True, slots=True)
class Merged:
    """The resource to send, and the paths at which both sides had changed the same thing."""

    resource: Json
    conflicts: tuple[str, ...]


def merge(base: Json | None, mine: Json, theirs: Json, identity: Identity) -> Merged:
    """Theirs, with our changes since `base` brought in.

    Without a base (first contact) ours wins wherever we say something, silently. With one, ours wins where both changed
    the same element, since the journal system is the master (Decided 14), and the path is told. What they hold that we
    never wrote is kept, in their order.
    """
    conflicts: list[str] = []
    at = mine.get("resourceType", "")
    resource = _merge(GONE if base is None else base, mine, theirs, identity, "", at, conflicts)
    return Merged(resource, tuple(conflicts) if base is not None else ())


def overlay(held: Json | None, said: Json, identity: Identity) -> Json:
    """What is wanted of a shared resource: all that is held, with what is said now put over it; nothing is taken away."""
    return said if held is None else merge(None, said, held, identity).resource


def keyed(items: list[Any], identity: Identity, pattern: str) -> dict[Hashable, tuple[int, Any]]:
    """Each item under what it is known by, with its index; doubles are told apart by their order."""
    seen: Counter[Hashable] = Counter()
    out: dict[Hashable, tuple[int, Any]] = {}
    for index, item in enumerate(items):
        known = identity(pattern, item)
        out[known, seen[known]] = (index, item)
        seen[known] += 1
    return out


def of_objects(value: Any) -> bool:
    """True for a list whose items have parts of their own; any other list is one value."""
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _merge(base: Any, mine: Any, theirs: Any, identity: Identity, pattern: str, path: str, told: list[str]) -> Any:  # noqa: PLR0913, PLR0911
    if mine == base or mine == theirs:
        return theirs
    if theirs == base:
        return mine
    present = [value for value in (base, mine, theirs) if value is not GONE]
    if mine is GONE or theirs is GONE:
        told.append(path)
        return mine
    if all(isinstance(value, dict) for value in present):
        b, m, t = ({} if value is GONE else value for value in (base, mine, theirs))
        out = {
            key: _merge(
                b.get(key, GONE),
                m.get(key, GONE),
                t.get(key, GONE),
                identity,
                f"{pattern}.{key}".lstrip("."),
                f"{path}.{key}",
                told,
            )
            for key in {**t, **m}
        }
        return {key: value for key, value in out.items() if value is not GONE}
    if all(of_objects(value) for value in present):
        b, m, t = ({} if value is GONE else keyed(value, identity, pattern) for value in (base, mine, theirs))
        items = [
            _merge(_item(b, known), _item(m, known), _item(t, known), identity, pattern, f"{path}[{index}]", told)
            for index, known in enumerate({**t, **m})
        ]
        return [item for item in items if item is not GONE] or GONE
    told.append(path)
    return mine


def _item(items: dict[Hashable, tuple[int, Any]], known: Hashable) -> Any:
    return items[known][1] if known in items else GONE
