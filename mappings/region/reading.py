"""From bytes to the regional model: every error of form at once, each with its place, none holding a value."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeAlias, TypeVar

import orjson
from pydantic import BaseModel, TypeAdapter, ValidationError

from mappings.problem import Problem
from mappings.region.booking import Booking
from mappings.region.care_event import CareEvent
from mappings.region.catalogue import Catalogue
from mappings.region.direct_case import DirectCase
from mappings.region.form import FORMS
from mappings.region.later import NEVER, Later, later_field, later_value
from mappings.region.named_contact import NamedContact
from mappings.region.patient_card import PatientCard
from mappings.region.values import Instant
from mappings.region.waiting_list import WaitingListSearch

Message: TypeAlias = Booking | CareEvent | NamedContact | PatientCard
M = TypeVar("M", bound=BaseModel)

KINDS: Mapping[str, type[Booking] | type[CareEvent] | type[NamedContact] | type[PatientCard]] = {
    "booking": Booking,
    "care-event": CareEvent,
    "named-contact": NamedContact,
    "patient": PatientCard,
}
"""Kinds of message, by the name that they have in URLs and in the ledger."""

ANSWERED: Mapping[str, type[DirectCase] | type[WaitingListSearch]] = {
    "direct-case": DirectCase,
    "waiting-list": WaitingListSearch,
}
"""Kinds that are answered and not kept: no version, nothing in FHIR."""

DEEPEST = 50
"""Levels of nesting; the model itself has seven."""

MOST = 5_000
"""Values in one message, lists and objects too: more would keep the process busy with telling what is wrong."""

_INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)

_RULES = {"missing": "IN-8", "extra_forbidden": "IN-3"}
"""Faults that pydantic names; others are of type (IN-2) or of value (IN-9)."""


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
    model = ANSWERED[kind] if kind in ANSWERED else KINDS[kind]
    try:
        raw, doubled = _parsed(body)
    except RecursionError:
        return Read(None, (told("IN-7", ""),))
    except ValueError as error:
        return Read(None, (_no_json(error),))
    if not isinstance(raw, dict):
        return Read(None, (told("IN-2", ""),))
    problems = _unknown_source(raw, catalogue) + ([] if kind in ANSWERED else _versioned(raw, catalogue))
    text = _written(raw)
    if text is None or doubled or body.count(b"{") + body.count(b"[") > DEEPEST or body.count(b",") >= MOST:
        problems += _oddities(raw, doubled)
        if beyond := [problem for problem in problems if problem.rule in ("IN-6", "IN-7")]:
            return Read(None, tuple(beyond))
        text = orjson.dumps(raw)
    message = None
    try:
        message = model.model_validate_json(text, strict=True)
    except ValidationError as error:
        places = {problem.path for problem in problems}
        problems += [problem for problem in _form(kind, raw, error) if problem.path not in places]
    return Read(None if problems else message, tuple(dict.fromkeys(problems)))


# -- JSON ------------------------------------------------------------------------------------------------------------

_BEYOND, _CONSTANT = object(), object()
"""A number beyond 64 bits, and NaN or Infinity, which are no JSON, until it has been told where they stand."""


Doubled: TypeAlias = dict[int, tuple[dict[str, Any], list[str]]]
"""By `id` of an object: the object, held so that the id stays its own, and the members that stand twice in it."""


def _parsed(body: bytes) -> tuple[Any, Doubled]:
    """The JSON value, and what stands twice in it. Raises ValueError on what is no JSON."""
    doubled: Doubled = {}

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) < len(pairs):
            times = Counter(name for name, _ in pairs)
            doubled[id(value)] = (value, [name for name in times if times[name] > 1])
        return value

    text = body.decode("utf-8")
    raw = json.loads(
        text, object_pairs_hook=members, parse_int=_whole, parse_float=_broken, parse_constant=lambda _: _CONSTANT
    )
    return raw, doubled


def _whole(text: str) -> Any:
    number = int(text) if len(text) < 21 else 2**64
    return number if -(2**63) <= number < 2**63 else _BEYOND


def _broken(text: str) -> Any:
    number = float(text)
    return number if math.isfinite(number) else _BEYOND


def _no_json(error: ValueError) -> Problem:
    problem = told("IN-1", "")
    if isinstance(error, UnicodeDecodeError):
        before = error.object[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
    elif isinstance(error, json.JSONDecodeError):
        line, column = error.lineno, error.colno
    else:
        return problem
    return replace(
        problem,
        sv=f"{problem.sv[:-1]} (rad {line}, tecken {column}).",
        en=f"{problem.en[:-1]} (line {line}, character {column}).",
    )


def _written(raw: Any) -> bytes | None:
    """The JSON text; None where something in it cannot be written."""
    try:
        return orjson.dumps(raw)
    except orjson.JSONEncodeError:
        return None


def _oddities(raw: dict[str, Any], doubled: Doubled) -> Iterator[Problem]:
    """What JSON allows and a message does not: twice the same member, deep nesting, more than can be, numbers and
    characters that no other system could read. What was told is taken out, so that the rest can be read on.
    """
    waiting: list[tuple[str, int, Any]] = [("", 1, raw)]
    values = 1
    while waiting:
        path, level, node = waiting.pop()
        values += len(node)
        if level > DEEPEST or values > MOST:
            yield told("IN-7" if level > DEEPEST else "IN-6", "/".join(path.split("/")[:2]))
            return
        _, twice = doubled.get(id(node), (node, []))
        yield from (told("IN-4", f"{path}/{_safe(name)}") for name in twice)
        for key, child in list(node.items() if isinstance(node, dict) else enumerate(node)):
            at = f"{path}/{_safe(key) if isinstance(key, str) else key}"
            if isinstance(key, str) and not _unicode(key):
                yield told("IN-3", at)
                del node[key]
            elif child is _BEYOND or (isinstance(child, str) and not _unicode(child)):
                yield told("IN-9", at)
                node[key] = None
            elif child is _CONSTANT:
                yield told("IN-1", at)
                node[key] = None
            elif isinstance(child, dict | list):
                waiting.append((at, level + 1, child))


def _unicode(text: str) -> bool:
    """False for half of a surrogate pair, which no encoding can write."""
    return text.isascii() or not re.search("[\ud800-\udfff]", text)


def _safe(name: str) -> str:
    """A member's name in a pointer; one that is no name of a field is not repeated, since it may hold anything."""
    return name if re.fullmatch(r"[a-z][A-Za-z]{0,39}[0-9]?", name) else "?"


# -- the model -------------------------------------------------------------------------------------------------------


def _unknown_source(raw: dict[str, Any], catalogue: Catalogue) -> list[Problem]:
    said = raw.get("source")
    return [told("IN-14", "/source")] if isinstance(said, str) and said not in catalogue.sources else []


def _versioned(raw: dict[str, Any], catalogue: Catalogue) -> list[Problem]:
    """A source without version numbers sends `changedAt`: its microseconds since 1970 are the version (Decided 21)."""
    said = raw.get("source")
    source = catalogue.sources.get(said) if isinstance(said, str) else None
    problems: list[Problem] = []
    if source and not source.changed_at:
        return problems
    if "changedAt" not in raw:
        if source and "version" not in raw:
            raw["version"] = 0
            problems.append(told("IN-8", "/changedAt"))
        return problems
    if "version" in raw:
        problems.append(_TWO_VERSIONS)
    raw["version"], faults = _microseconds(raw.pop("changedAt"))
    return problems + faults


_TWO_VERSIONS = Problem(
    "IN-3",
    "/version",
    "Källan har inga versionsnummer: sänd changedAt, utan version.",
    "The source has no version numbers: send changedAt, without version.",
)


def _microseconds(changed_at: Any) -> tuple[int, list[Problem]]:
    try:
        moment = _INSTANT.validate_python(changed_at)
    except ValidationError as error:
        return 0, [fault_of(error, "/changedAt")]
    version = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    return (version, []) if version >= 0 else (0, [told("IN-9", "/changedAt")])


def fault_of(error: ValidationError, path: str) -> Problem:
    """What is wrong with a single value."""
    return _problem(error.errors(include_input=False)[0]["type"], path)


def _problem(fault: str, path: str) -> Problem:
    if fault in FORMS:
        return told(fault, path)
    return told(_RULES.get(fault, "IN-2" if fault.endswith("_type") else "IN-9"), path)


def _form(kind: str, raw: Any, error: ValidationError) -> list[Problem]:
    return [
        _told(kind, raw, one["type"], one["loc"])
        for one in error.errors(include_input=False, include_url=False)
        if not (one["type"] == "too_short" and _value_at(raw, one["loc"]))  # said of a list with nothing but faults
    ]


def _told(kind: str, raw: Any, fault: str, location: tuple[int | str, ...]) -> Problem:
    path = "".join(f"/{step if isinstance(step, int) else _safe(step)}" for step in location)
    bare = "".join(f"/{step}" for step in location if isinstance(step, str))
    if fault == "extra_forbidden":
        coming = later_field(kind, bare)
    elif fault == "enum":
        value = _value_at(raw, location)
        if not isinstance(value, str):
            return told("IN-2", path)
        coming = later_value(kind, bare, value)
    else:
        coming = None
    return _coming(coming, path) if coming else _problem(fault, path)


def _coming(later: Later, path: str) -> Problem:
    field, rule = later.path.rpartition("/")[2], later.rule
    if later.becomes == NEVER:
        sv = f"Det som står i fältet {field} förs aldrig över (regel {rule}): sänd inte meddelandet."
        en = f"What the field {field} says is never carried (rule {rule}): do not send the message."
    elif later.instead:
        sv = f"Det här är ingen form (regel {rule}): ange det i fältet {later.instead}, bredvid den form som kontakten "
        sv += "har."
        en = (
            f"This is no form (rule {rule}): say it in the field {later.instead}, beside the form that the contact has."
        )
    elif later.value:
        sv = f"Värdet i fältet {field} är ännu inte byggt (regel {rule}): sänd ett av schemats värden om något av dem "
        sv += "är sant; vänta annars med meddelandet till dess."
        en = f"The value of the field {field} is not yet built (rule {rule}): send one of the schema's values if any "
        en += "of them is true; else hold the message back until then."
    else:
        sv = f"Fältet {field} är ännu inte byggt (regel {rule}): utelämna fältet till dess."
        en = f"The field {field} is not yet built (rule {rule}): leave the field out until then."
    return Problem(rule, path, sv, en)


def _value_at(raw: Any, location: tuple[int | str, ...]) -> Any:
    for step in location:
        try:
            raw = raw[step]
        except (KeyError, IndexError, TypeError):
            return None
    return raw
