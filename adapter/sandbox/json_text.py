"""JSON in and out, losing nothing: a number is answered with the digits that were sent, a doubled key is refused."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import orjson

from adapter.sandbox.outcome import refusal
from mappings.problem import Json

MAX_DEPTH = 100
"""Objects and lists inside one another. R4's own resources stay below 20."""


def read_json(body: bytes) -> Json:
    """The JSON object that `body` is.

    Refuses with 400 what is no JSON, not UTF-8, no object, has a key twice in an object, or is deeper than `MAX_DEPTH`.
    """
    try:
        value: Json = orjson.loads(body)
        if type(value) is not dict:
            raise refusal(400, "structure", "The body is not a JSON object")
        if _too_deep(value):
            raise refusal(400, "structure", f"The body is nested more than {MAX_DEPTH} deep")
        # A text that comes out as it went in has no doubled key, and no number that a float would round.
        if orjson.dumps(value) != body:
            value = json.loads(body, object_pairs_hook=_object, parse_float=Decimal, parse_int=_integer)
    except ValueError as error:
        raise refusal(400, "structure", _told(error)) from None
    return value


def write_json(value: Any, *, pretty: bool = False, sort: bool = False) -> bytes:
    option = (orjson.OPT_INDENT_2 if pretty else 0) | (orjson.OPT_SORT_KEYS if sort else 0)
    return orjson.dumps(value, default=_number, option=option)


class _DoubledKeyError(ValueError):
    """A JSON object has one key twice; which value is meant cannot be known."""


def _object(pairs: list[tuple[str, Any]]) -> Json:
    built = dict(pairs)
    if len(built) != len(pairs):
        raise _DoubledKeyError
    return built


def _integer(digits: str) -> int | Decimal:
    """`orjson` writes integers of 64 bits; what is longer, or is a negative zero, is kept as it was sent."""
    return Decimal(digits) if len(digits) > 18 or digits == "-0" else int(digits)


def _number(value: object) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value))
    raise TypeError(type(value).__name__)


def _told(error: Exception) -> str:
    match error:
        case _DoubledKeyError():
            return "An object of the body has the same key twice"
        case json.JSONDecodeError():
            return f"The body is not JSON: line {error.lineno}, column {error.colno}"
        case _:
            return "The body is not JSON"


def _too_deep(value: Any) -> bool:
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True
