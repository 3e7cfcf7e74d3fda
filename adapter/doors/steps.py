"""Small bodies of the doors' own: a step with a booking, a search."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import orjson

from adapter.delivery.values import Aggregate
from adapter.outcomes import Refused
from mappings.problem import Json, Problem
from mappings.region.booking import Booking
from mappings.region.catalogue import Catalogue, Source
from mappings.region.reading import read, told
from mappings.rules.stepping import DOORS, Door, demanded

VERSIONS = frozenset({"version", "changedAt"})

_NAME = re.compile(r"[a-z][A-Za-z]{0,39}")
"""A member's name that may be repeated; anything else may hold a value."""


def object_of(body: bytes, members: frozenset[str]) -> Json | Refused:
    """The JSON object with no other members than these; else what is wrong with its form."""
    doubled: list[str] = []

    def once(pairs: list[tuple[str, Any]]) -> None:
        names = [name for name, _ in pairs]
        doubled.extend(name for name in dict.fromkeys(names) if names.count(name) > 1)

    try:
        said = orjson.loads(body)
        json.loads(body, object_pairs_hook=once, parse_int=len, parse_float=len)
    except ValueError:
        return Refused((told("IN-1", ""),))
    except RecursionError:
        return Refused((told("IN-7", ""),))
    if not isinstance(said, dict):
        return Refused((told("IN-2", ""),))
    faults = [told("IN-4", _at(name)) for name in doubled]
    faults += [told("IN-3", _at(name)) for name in sorted(said.keys() - members)]
    return Refused(tuple(faults)) if faults else said


def _at(name: str) -> str:
    return f"/{name if _NAME.fullmatch(name) else '?'}"


def said_of(step: str, body: bytes, source: Source) -> Json | Refused:
    """What a step's door was told; else what is wrong with its form."""
    door = DOORS[step]
    said = object_of(body or b"{}", VERSIONS | door.members.keys())
    if isinstance(said, Refused):
        return said
    version = "changedAt" if source.changed_at else "version"
    lacking = sorted((demanded(step) | {version}) - said.keys())
    return Refused(tuple(told("IN-8", f"/{name}") for name in lacking)) if lacking else said


def after_step(step: str, said: Json, held: Aggregate, patient: Json, catalogue: Catalogue) -> Booking | Refused:
    """The last accepted booking as it becomes by a step. `patient` is what its source said of her itself."""
    state = {name: value for name, value in held.state.items() if name != "version"} | {"patient": patient}
    whole = DOORS[step].make(state, said) | {name: said[name] for name in VERSIONS & said.keys()}
    got = read("booking", orjson.dumps(whole), catalogue)
    return got.message or Refused(tuple(_of_the_step(DOORS[step], problem) for problem in got.problems))


def _of_the_step(door: Door, problem: Problem) -> Problem:
    """Where the step has it."""
    for member, place in door.members.items():
        last = problem.path.rsplit("/", 1)[-1]
        if problem.path.endswith(f"/{place}") or last == member:
            return replace(problem, path=f"/{member}")
    return problem
