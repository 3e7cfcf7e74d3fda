"""What the shapes really drop, found by filling: one value of a message is changed, and the resources compared."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from copy import deepcopy
from enum import Enum
from typing import Any, TypeAlias, get_args

from pydantic import BaseModel, ValidationError
from pydantic.alias_generators import to_snake

from mappings.codes.systems import BASE
from mappings.problem import Json
from mappings.region.reading import KINDS
from mappings.resources.outline import GRAPHS
from mappings.shape.graph import Unmappable
from mappings.shape.key import Key
from tests.laws.strategies import TABLES
from tests.rules.full import IN_FULL

Written: TypeAlias = dict[Key, Json]

OURS = ("https://tables.example", BASE)
"""Code systems, extensions and identifiers that only we and the source know."""

ODD = ("2020-02-29", "2020-02-29T12:30:00+01:00", "12:34:56", "PT55M", "P55D", "DT016")


def filled(kind: str, message: Any) -> Written | None:
    """What a message becomes; None where FHIR has no room for it."""
    try:
        return {one.key: one.resource for one in GRAPHS[kind].fill(message, TABLES, {}) if one.key.kind != "Provenance"}
    except Unmappable:
        return None


def read(kind: str, message: Json) -> Any | None:
    try:
        return KINDS[kind].model_validate_json(json.dumps(message))
    except ValidationError:
        return None


def bases(kind: str) -> tuple[Json, ...]:
    """Whole messages of a kind; a booking that is cancelled, one that is not, and one without times and basis."""
    whole = {name: value for name, value in IN_FULL[kind].items() if name != "changedAt"}
    if kind != "booking":
        return (whole,)
    booked = {name: value for name, value in whole.items() if name != "cancellation"}
    lines = [{name: value for name, value in line.items() if name != "start"} for line in whole["lines"]]
    bare = {name: value for name, value in booked.items() if name != "basis"} | {"lines": lines}
    return whole | {"status": "cancelled"}, booked, bare


def leaves(node: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(node, dict):
        for name, inner in node.items():
            yield from leaves(inner, (*at, name))
    elif isinstance(node, list) and node:
        yield from leaves(node[0], (*at, 0))
    else:
        yield at


def path(at: tuple[str | int, ...]) -> str:
    """`lines.start`, as the model names it."""
    return ".".join(to_snake(step) for step in at if isinstance(step, str))


def put(message: Json, at: tuple[str | int, ...], value: Any) -> Json:
    whole = deepcopy(message)
    node: Any = whole
    for step in at[:-1]:
        node = node[step]
    if value is None:
        del node[at[-1]]
    else:
        node[at[-1]] = value
    return whole


def field(kind: str, at: tuple[str | int, ...]) -> Any:
    """The annotation at a place."""
    found: Any = KINDS[kind]
    for step in at:
        if isinstance(step, str):
            [model] = [one for one in parts(found) if issubclass(one, BaseModel)]
            found = next(info.annotation for name, info in model.model_fields.items() if (info.alias or name) == step)
    return found


def parts(annotation: Any) -> Iterator[type]:
    if isinstance(annotation, type):
        yield annotation
    for argument in get_args(annotation):
        yield from parts(argument)


def values(kind: str, at: tuple[str | int, ...], now: Any) -> Iterator[Any]:
    """Other values that may be lawful there, the place emptied last."""
    enum = next((one for one in parts(field(kind, at)) if issubclass(one, Enum)), None)
    if enum is not None:
        yield from (one.value for one in enum if one.value != now)
    elif isinstance(now, bool):
        yield not now
    elif isinstance(now, int):
        yield now + 1
    elif isinstance(now, str):
        yield from (*ODD, f"{now}1", now[:-1] + "7")
    yield None


def without_ours(node: Any) -> Any:
    """What is left for who knows neither our extensions nor the source's tables."""
    if isinstance(node, dict):
        kept = {name: without_ours(value) for name, value in node.items()}
        return {name: value for name, value in kept.items() if value not in ({}, [])}
    if isinstance(node, list):
        return [without_ours(one) for one in node if not _ours(one)]
    return node


def _ours(item: Any) -> bool:
    said = item.get("url") or item.get("system") if isinstance(item, dict) else ""
    return isinstance(said, str) and said.startswith(OURS)


def alike(kind: str, whole: Json, at: tuple[str | int, ...]) -> tuple[frozenset[str], ...]:
    """Values of an enumerated field that R4's own elements do not tell apart."""
    groups: dict[str, set[str]] = defaultdict(set)
    [enum] = [one for one in parts(field(kind, at)) if issubclass(one, Enum)]
    for one in enum:
        message = read(kind, put(whole, at, one.value))
        written = filled(kind, message) if message is not None else None
        if written is not None:
            groups[json.dumps([without_ours(one) for one in written.values()], sort_keys=True)].add(one.value)
    return tuple(frozenset(group) for group in groups.values())
