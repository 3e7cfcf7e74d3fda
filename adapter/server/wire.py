"""JSON in and out, with every digit of a decimal: FHIR says that 1.10 is not 1.1
(https://hl7.org/fhir/R4/datatypes.html#decimal), and what others wrote goes back to them as they wrote it."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

import orjson

from mappings.problem import Json

_LONG_NUMBERS = tuple(re.compile(rb"%s\s*-?[0-9]+(?:[.eE]|[0-9]{18})" % before) for before in (b'":', rb"\[", b","))
"""One expression each, since only one that begins with fixed text is searched for quickly."""
_SAFE_INTEGER = 18


def parsed(raw: bytes) -> Json:
    """The JSON object in `raw`. A number that a float would round is a `Decimal`; `written` writes it back.

    Raises ValueError, without a value in its text, for what is no JSON, no object, or nested deeper than can be
    written again (254).
    """
    try:
        value = orjson.loads(raw)
        # What comes out as it went in has lost nothing: many servers write as orjson does, and the search is spared.
        if isinstance(value, dict) and (written(value) == raw or not _may_lose_digits(raw)):
            return value
        value = json.loads(raw, parse_float=_decimal, parse_int=_integer)
        if isinstance(value, dict):
            return value
    except (ValueError, TypeError, RecursionError):
        pass  # the text of these holds the place, and some of them the value
    raise ValueError("Not a JSON object that can be read and written")


def written(resource: Json) -> bytes:
    return orjson.dumps(resource, default=_digits)


def _may_lose_digits(raw: bytes) -> bool:
    return any(number.search(raw) for number in _LONG_NUMBERS)


def _decimal(text: str) -> float | Decimal:
    number = float(text)
    return number if repr(number) == text else Decimal(text)


def _integer(text: str) -> int | Decimal:
    return int(text) if len(text) <= _SAFE_INTEGER else Decimal(text)


def _digits(value: Any) -> orjson.Fragment:
    if isinstance(value, Decimal):
        exponent = value.as_tuple().exponent
        # 0.0000000100 is not to become 1.00E-8; 1E+5 has one digit, and 100000 would have six
        return orjson.Fragment(f"{value:f}" if isinstance(exponent, int) and exponent <= 0 else str(value))
    raise TypeError(type(value).__name__)
