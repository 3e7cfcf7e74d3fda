"""Single values of the regional model: how each is written in JSON, and what it refuses."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, LiteralString, TypeAlias, TypeVar

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from mappings.shape.codec import in_stockholm

T = TypeVar("T")

SourceKey: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._~-]{1,64}$")]
"""A source system's own key; it stands in URLs (Decided 24)."""

IdentityValue: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 +-]{0,39}$")]
"""A number of a patient, as written; national ones are normalised to twelve characters (ID-2)."""

Code: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[^\s\x00-\x1f]+( [^\s\x00-\x1f]+)*$", max_length=64)]
"""A code of a regional table: a FHIR code (https://hl7.org/fhir/R4/datatypes.html#code)."""

Language: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}$")]
"""A language, sign languages among them, as BCP 47 writes it: `ar`, `swl`."""

HsaId: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=r"^[^\s|@:]{1,64}$"),
    WithJsonSchema({"type": "string", "pattern": "^SE[0-9]{10}-[A-Za-z0-9]{1,18}$", "maxLength": 31}),
]
"""An HSA-id of a person or a unit. Rule OR-1 checks how it is made, so that it is told with the other rules."""


def _sayable(text: str) -> str:
    if not text.strip() or re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text):
        raise PydanticCustomError("IN-9", "text without letters or with control characters")
    return text


Text: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=10_000), AfterValidator(_sayable)]
"""Text that a person reads; line breaks are kept (COSMIC: Fritext till vald kallelse)."""

EARLIEST, LATEST = datetime(1900, 1, 2, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


_MOMENT = r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?$"


def _moment(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    return _parsed(value, _MOMENT, datetime.fromisoformat, "not an ISO 8601 time")


def _parsed(value: Any, pattern: str, parse: Callable[[str], T], otherwise: LiteralString) -> T:
    if not isinstance(value, str):
        raise PydanticCustomError("IN-2", "not a string")
    try:
        if re.match(pattern, value):
            return parse(value)
    except ValueError:
        pass
    raise PydanticCustomError("IN-9", otherwise)


def _in_stockholm(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise PydanticCustomError("IN-5", "a time without zone")
    if not EARLIEST <= moment < LATEST:
        raise PydanticCustomError("IN-9", "outside 1900-2199")
    return in_stockholm(moment)


Instant: TypeAlias = Annotated[
    datetime,
    BeforeValidator(_moment),
    AfterValidator(_in_stockholm),
    PlainSerializer(datetime.isoformat, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A moment with its zone, kept in Stockholm's time; one without a zone is refused (Decided 15)."""


def _day(value: Any) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    return _parsed(value, r"^(19|20|21)\d\d-\d\d-\d\d$", date.fromisoformat, "not a date YYYY-MM-DD")


Day: TypeAlias = Annotated[date, BeforeValidator(_day)]
"""A calendar date in Stockholm."""


def _clock(value: Any) -> time:
    if isinstance(value, time):
        return value
    return _parsed(value, r"^\d\d:\d\d(:\d\d)?$", time.fromisoformat, "not a time HH:MM")


Clock: TypeAlias = Annotated[
    time,
    BeforeValidator(_clock),
    PlainSerializer(time.isoformat, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^\d\d:\d\d(:\d\d)?$"}),
]
"""A time of day on Swedish clocks."""

_DURATION = re.compile(r"^PT(?=[0-9])(?:([0-9]{1,3})H)?(?:([0-9]{1,4})M)?$")


def _duration(value: Any) -> timedelta:
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("IN-2", "not a string")
    found = _DURATION.fullmatch(value)
    if not found:
        raise PydanticCustomError("IN-9", "not an ISO 8601 duration in hours and minutes")
    span = timedelta(hours=int(found[1] or 0), minutes=int(found[2] or 0))
    if not span:
        raise PydanticCustomError("IN-9", "no duration at all")
    return span


Duration: TypeAlias = Annotated[
    timedelta,
    BeforeValidator(_duration),
    PlainSerializer(lambda span: f"PT{span // timedelta(minutes=1)}M", return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": _DURATION.pattern}),
]
"""How long something lasts (*tidsåtgång*), in whole minutes: `PT60M`."""

Interval: TypeAlias = Annotated[str, StringConstraints(pattern=r"^P[1-9]\d{0,3}[DWMY]$")]
"""A period of the calendar (*bevakningsintervall*): `P84D`, `P12W`, `P6M`."""


def later(day: date, interval: str) -> date | None:
    """The date an interval after a day; the last day of the month where the same day does not exist.

    None where that is past every date that a message may hold.
    """
    count, unit = int(interval[1:-1]), interval[-1]
    if unit in "DW":
        found = day + timedelta(days=count * (7 if unit == "W" else 1))
        return found if found.year < LATEST.year else None
    months = day.month - 1 + count * (12 if unit == "Y" else 1)
    year, month = day.year + months // 12, months % 12 + 1
    if year >= LATEST.year:
        return None
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
