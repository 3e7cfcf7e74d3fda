"""R4's primitive types: one check each, from the published regular expressions and what their descriptions add.

https://hl7.org/fhir/R4/datatypes.html#primitive
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any, Final, TypeAlias

IsValid: TypeAlias = Callable[[Any], bool]

LONGEST_STRING: Final = 1024 * 1024
LARGEST_INTEGER: Final = 2**31 - 1
DATES: Final = frozenset(("date", "dateTime", "instant"))
URIS: Final = frozenset(("uri", "url", "oid", "uuid"))
ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:\S+")
"""An absolute URI: a scheme, and something in it."""
BASE64: Final = re.compile(r"([0-9A-Za-z+/]{4})*([0-9A-Za-z+/]{2}==|[0-9A-Za-z+/]{3}=)?")
URN_FORMS: Final = (
    ("urn:oid:", re.compile(r"urn:oid:[0-2](\.(0|[1-9][0-9]*))+")),
    ("urn:uuid:", re.compile(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")),
)


def validity(kind: str, pattern: str) -> IsValid:
    """Whether a value is a sound primitive of the type `kind`; `pattern` is the published regular expression."""
    if kind in BY_VALUE:
        return BY_VALUE[kind]
    matches = re.compile(pattern, re.ASCII).fullmatch  # ASCII: to R4 a no-break space is no white space
    if kind in DATES:
        return lambda value: type(value) is str and bool(matches(value)) and (value[8:10] < "29" or _is_real(value))
    if kind == "canonical":
        return lambda value: type(value) is str and (value[:1] == "#" or bool(ABSOLUTE.fullmatch(value)))
    if kind in URIS:
        return lambda value: (
            type(value) is str and value != "" and bool(matches(value)) and (value[:4] != "urn:" or _is_real_urn(value))
        )
    return lambda value: type(value) is str and bool(matches(value))


def one_of(codes: Collection[str] | str) -> IsValid:
    """Whether a code is in a closed table, or, of an open one, is written as its codes are."""
    if isinstance(codes, str):
        matches = re.compile(codes, re.ASCII).fullmatch
        return lambda value: type(value) is str and bool(matches(value))
    table = frozenset(codes)
    return lambda value: type(value) is str and value in table


def _is_text(value: Any) -> bool:
    # the published [ \r\n\t\S]+ said shorter: of what R4 calls white space, only these two are not in it
    return type(value) is str and 0 < len(value) <= LONGEST_STRING and "\v" not in value and "\f" not in value


def _is_real(value: str) -> bool:
    """False for a day that its month does not have; the regular expression lets 31 through everywhere."""
    try:
        date.fromisoformat(value[:10])
    except ValueError:
        return False
    return True


def _is_real_urn(value: str) -> bool:
    """False for a `urn:oid:` or `urn:uuid:` that is none."""
    return all(form.fullmatch(value) for start, form in URN_FORMS if value.startswith(start))


def _is_base64(value: Any) -> bool:
    # not the published expression: it lets through what no one can decode, and is very slow on long white space
    return type(value) is str and value != "" and BASE64.fullmatch("".join(value.split())) is not None


def _from(low: int) -> IsValid:
    return lambda value: type(value) is int and low <= value <= LARGEST_INTEGER


BY_VALUE: Final[Mapping[str, IsValid]] = {
    "boolean": lambda value: value is True or value is False,
    "decimal": lambda value: type(value) is int or type(value) is float,
    "integer": _from(-LARGEST_INTEGER - 1),
    "unsignedInt": _from(0),
    "positiveInt": _from(1),
    "base64Binary": _is_base64,
    "string": _is_text,
    "markdown": _is_text,
}
"""The types that are told by more, or by other means, than their published expression."""
