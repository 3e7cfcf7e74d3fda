"""Single values, both ways. A codec refuses (ValueError) what it cannot carry: it never rounds, guesses or drops."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta, timezone
from enum import Enum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from mappings.shape.key import Key
from mappings.shape.template import Codec, Context

E = TypeVar("E", bound=Enum)

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def in_stockholm(moment: datetime) -> datetime:
    """The moment with the offset that Swedish clocks have then (Decided 15).

    The offset is fixed, so that adding, comparing and subtracting are right in the hours when the clocks change.
    """
    local = moment.astimezone(STOCKHOLM)
    return local.replace(tzinfo=timezone(local.utcoffset() or timedelta(0)), fold=0)


def at_clock(day: date, clock: time = time()) -> datetime:
    """When Stockholm's clocks show that, midnight where nothing is said."""
    return in_stockholm(datetime.combine(day, clock, STOCKHOLM))


def day_of(moment: datetime) -> date:
    """The date in Stockholm then (Decided 15)."""
    return moment.astimezone(STOCKHOLM).date()


# https://hl7.org/fhir/R4/datatypes.html; Python's own readers take more. Finer than microseconds would be rounded.
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(r"\d\d:\d\d:\d\d", re.ASCII)


def plain(
    encode: Callable[[Any], Any], decode: Callable[[Any], Any], marks: Callable[[Any], bool] | None = None
) -> Codec:
    """A codec that needs nothing beyond the value."""
    return Codec(lambda value, _: encode(value), lambda value, _: decode(value), marks)


def typed(kind: type) -> Codec:
    """A JSON value carried as it is, if it is of just this type."""

    def decode(value: Any, _: Context) -> Any:
        if type(value) is not kind:
            raise ValueError(kind.__name__)
        return value

    return Codec(lambda value, _: value, decode)


TEXT = typed(str)
FLAG = typed(bool)
WHOLE = typed(int)


def _text(value: Any, form: re.Pattern[str] | None = None) -> str:
    if type(value) is not str or (form and not form.fullmatch(value)):
        raise ValueError("text")
    return value


def instant(value: Any) -> datetime:
    """A FHIR instant or dateTime with a zone, in Stockholm's time; without one it is refused (Decided 15)."""
    moment = datetime.fromisoformat(_text(value, _INSTANT))
    try:
        return in_stockholm(moment)
    except OverflowError as error:
        raise ValueError("range") from error


INSTANT = plain(lambda value: in_stockholm(value).isoformat(), instant)


def _day(value: Any) -> date:
    return date.fromisoformat(_text(value, _DATE))


def _clock(value: Any) -> time:
    return time.fromisoformat(_text(value, _TIME))


def _minutes(span: timedelta) -> int:
    whole, rest = divmod(span, timedelta(minutes=1))
    if rest:
        raise ValueError("minutes")
    return whole


def _span(minutes: Any) -> timedelta:
    if type(minutes) is not int or not 0 < minutes <= 2**31 - 1:
        raise ValueError("minutes")
    return timedelta(minutes=minutes)


DAY = plain(date.isoformat, _day)
CLOCK = plain(time.isoformat, _clock)
MINUTES = plain(_minutes, _span)
DIGITS = plain(str, lambda value: _digits(_text(value)))
"""A 64-bit integer as a string: R4 has no integer64."""


def _digits(value: str) -> int:
    if not value.isascii() or not value.lstrip("-").isdigit() or str(int(value)) != value:
        raise ValueError("digits")
    return int(value)


def codes(table: Mapping[E, str]) -> Codec:
    """A one-to-one table between an enum and codes; what stands in neither is refused.

    Raises TypeError when the table does not cover its enum, or when two members share a code.
    """
    back = {code: member for member, code in table.items()}
    if len(back) != len(table) or set(table) != set(type(next(iter(table)))):
        raise TypeError(f"the table of {type(next(iter(table))).__name__} is not one-to-one over it")

    def decode(code: Any) -> E:
        if type(code) is not str or code not in back:
            raise ValueError("code")
        return back[code]

    return plain(lambda member: table[member], decode, lambda code: type(code) is str and code in back)


def exact(enum: type[E]) -> Codec:
    """An enum's own values as codes."""
    return codes({member: str(member.value) for member in enum})


def prefixed(prefix: str) -> Codec:
    """A key that stands at the end of a URI of ours: `<prefix>KEY`."""

    def decode(uri: Any) -> str:
        if not _text(uri).startswith(prefix) or uri == prefix:
            raise ValueError("prefix")
        return str(uri[len(prefix) :])

    return plain(lambda value: prefix + value, decode, lambda uri: type(uri) is str and uri.startswith(prefix))


def reference(kind: str, encode: Callable[[Any, Any], Key], decode: Callable[[Key], Any]) -> Codec:
    """A reference to a resource of one type, for a field that says which.

    `encode` gets the field's value and the aggregate, since a key may need more than the field; `decode` raises
    ValueError on a key of another system.
    """

    def read(text: Any, _: Context) -> Any:
        key = Key.parse(text)
        if key is None or key.kind != kind:
            raise ValueError("reference")
        return decode(key)

    return Codec(lambda value, context: encode(value, context.root).text, read, lambda text: refers_to(text, kind))


def refers_to(text: Any, kind: str) -> bool:
    """True for a reference to a resource of this type, as a key or as a server writes it."""
    return isinstance(text, str) and (text.startswith((kind + "?", kind + "/")) or f"/{kind}/" in text)
