"""From bytes to the regional model: every error of form at once, each with its place, none holding a value."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeAlias, TypeVar

import orjson
from pydantic import BaseModel, TypeAdapter, ValidationError

from mappings.problem import Problem
from mappings.region.booking import Booking
from mappings.region.care_event import CareEvent
from mappings.region.catalogue import Catalogue
from mappings.region.form import FORMS
from mappings.region.later import later_field, later_value
from mappings.region.named_contact import NamedContact
from mappings.region.values import Instant

Message: TypeAlias = Booking | CareEvent | NamedContact
M = TypeVar("M", bound=BaseModel)

KINDS: Mapping[str, type[Booking] | type[CareEvent] | type[NamedContact]] = {
    "booking": Booking,
    "care-event": CareEvent,
    "named-contact": NamedContact,
}
"""Kinds of message, by the name that they have in URLs and in the ledger."""

DEEPEST = 50
"""Levels of nesting; the model itself has seven."""

_INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)

_TYPES = {
    "missing": "IN-8",
    "extra_forbidden": "IN-3",
    "enum": "IN-9",
    "string_pattern_mismatch": "IN-9",
    "json_invalid": "IN-1",
}


@dataclass(frozen=True, slots=True)
class Read(Generic[M]):
    """What was read, or why not."""

    message: M | None
    problems: tuple[Problem, ...] = ()


def told(rule: str, path: str) -> Problem:
    """An error of form at a place."""
    return Problem(rule, path, FORMS[rule].sv, FORMS[rule].en)


def read(kind: str, body: bytes, catalogue: Catalogue) -> Read[Any]:
    """A message of a kind, or every error of form in it. Raises KeyError on a kind that there is none of."""
    model = KINDS[kind]
    try:
        raw, doubled = _parsed(body)
    except RecursionError:
        return Read(None, (told("IN-7", ""),))
    except ValueError:
        return Read(None, (told("IN-1", ""),))
    if not isinstance(raw, dict):
        return Read(None, (told("IN-2", ""),))
    if _depth(raw) > DEEPEST:
        return Read(None, (told("IN-7", ""),))
    problems = [told("IN-4", path) for path in doubled]
    problems += _versioned(raw, catalogue)
    try:
        message = model.model_validate_json(orjson.dumps(raw), strict=True)
    except ValidationError as error:
        return Read(None, (*problems, *_form(kind, raw, error)))
    except orjson.JSONEncodeError:
        return Read(None, (*problems, told("IN-1", "")))
    return Read(None, tuple(problems)) if problems else Read(message)


def _parsed(body: bytes) -> tuple[Any, list[str]]:
    """The JSON value, and the pointers of members that stand twice."""
    doubled: list[tuple[dict[str, Any], str]] = []

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) < len(pairs):
            names = [name for name, _ in pairs]
            doubled.append((value, next(name for name in names if names.count(name) > 1)))
        return value

    raw = json.loads(body.decode("utf-8"), object_pairs_hook=members, parse_constant=_no_constant)
    places = [(path, name) for owner, name in doubled for path in _paths_to(raw, owner, "")]
    return raw, [f"{path}/{_safe(name)}" for path, name in places]


def _no_constant(_: str) -> Any:
    raise ValueError("NaN and Infinity are not JSON")


def _paths_to(node: Any, target: Any, path: str) -> Iterable[str]:
    if node is target:
        yield path
    elif isinstance(node, dict):
        for key, child in node.items():
            yield from _paths_to(child, target, f"{path}/{_safe(key)}")
    elif isinstance(node, list):
        for index, child in enumerate(node):
            yield from _paths_to(child, target, f"{path}/{index}")


def _depth(node: Any) -> int:
    level, nodes = 0, [node]
    while nodes and level <= DEEPEST:
        level += 1
        nodes = [child for one in nodes for child in _children(one) if isinstance(child, dict | list)]
    return level


def _children(node: Any) -> Iterable[Any]:
    return node.values() if isinstance(node, dict) else node


def _safe(name: str) -> str:
    """A member's name in a pointer; one that is no name of a field is not repeated, since it may hold anything."""
    return name if re.match(r"^[A-Za-z][A-Za-z0-9]{0,40}$", name) else "?"


def _versioned(raw: dict[str, Any], catalogue: Catalogue) -> list[Problem]:
    """A source without version numbers sends `changedAt`: its microseconds since 1970 are the version (Decided 21)."""
    source = catalogue.sources.get(raw["source"]) if isinstance(raw.get("source"), str) else None
    if source is None:
        return [told("IN-14", "/source")] if "source" in raw else []
    if not source.changed_at or "changedAt" not in raw:
        return []
    try:
        moment = _INSTANT.validate_python(raw.pop("changedAt"))
    except ValidationError as error:
        raw["version"] = 0
        return [_problem(error.errors(include_input=False)[0]["type"], "/changedAt")]
    raw["version"] = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    return []


def _problem(kind: str, path: str) -> Problem:
    if kind in FORMS:
        return told(kind, path)
    if kind.startswith("json_"):
        return told("IN-1", path)
    return told(_TYPES.get(kind, "IN-2" if kind.endswith(("_type", "_parsing")) else "IN-9"), path)


def _form(kind: str, raw: Any, error: ValidationError) -> list[Problem]:
    return [_told(kind, raw, one["type"], one["loc"]) for one in error.errors(include_input=False, include_url=False)]


def _told(kind: str, raw: Any, fault: str, location: tuple[int | str, ...]) -> Problem:
    path = "".join(f"/{step if isinstance(step, int) else _safe(step)}" for step in location)
    bare = "".join(f"/{step}" for step in location if isinstance(step, str))
    coming = later_field(kind, bare) if fault == "extra_forbidden" else None
    if fault in ("enum", "literal_error"):
        coming = later_value(kind, bare, _value_at(raw, location))
    if coming:
        return Problem(
            coming.rule,
            path,
            f"Det här är ännu inte byggt (regel {coming.rule}); meddelandet tas inte emot utan att regeln prövas.",
            f"This is not yet built (rule {coming.rule}); a message is not taken in without judging it by the rule.",
        )
    return _problem(fault, path)


def _value_at(raw: Any, location: tuple[int | str, ...]) -> Any:
    for step in location:
        try:
            raw = raw[step]
        except (KeyError, IndexError, TypeError):
            return None
    return raw
