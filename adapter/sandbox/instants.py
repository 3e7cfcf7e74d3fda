"""FHIR's partial dates as ranges on one time line: microseconds since 1970 UTC, the first and that after the last."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

FOREVER = 2**62
"""The open end of a period; its negative is the open beginning."""

_SHAPE = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)?)?)?)?", re.ASCII
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Span:
    low: int
    high: int
    """The first microsecond after it."""


def span(text: str, zone: tzinfo) -> Span | None:
    """The time that a FHIR date, dateTime or instant covers, or `None` where `text` is none.

    Without a zone it is read in `zone` (https://hl7.org/fhir/R4/search.html#date: the server's local time).
    """
    match = _SHAPE.fullmatch(text)
    if not match:
        return None
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    try:
        date = (int(year), int(month or 1), int(day or 1))
        clock = (int(hour or 0), int(minute or 0), int(second or 0), int((fraction or "").ljust(6, "0")[:6]))
        start = datetime(*date, *clock, tzinfo=_zone(offset, zone))
        return Span(_micros(start), _micros(_end(start, match)))
    except (ValueError, OverflowError):
        return None


def moment(text: str, zone: tzinfo) -> datetime | None:
    """When the time that `text` covers begins."""
    found = span(text, zone)
    return _EPOCH + found.low * _MICROSECOND if found else None


def _end(start: datetime, match: re.Match[str]) -> datetime:
    """Just after `start`'s last moment, at the precision that was written."""
    _, month, day, hour, _, second, fraction, _ = match.groups()
    if fraction:
        return start + timedelta(microseconds=10 ** max(0, 6 - len(fraction)))
    if second:
        return start + timedelta(seconds=1)
    if hour:
        return start + timedelta(minutes=1)
    if day:
        return start + timedelta(days=1)  # wall clock: 23 or 25 hours when summer time begins or ends
    if month and month != "12":
        return start.replace(month=start.month + 1)
    return start.replace(year=start.year + 1, month=1)


def _zone(offset: str | None, zone: tzinfo) -> tzinfo:
    if offset is None:
        return zone
    return UTC if offset == "Z" else datetime.strptime(offset, "%z").tzinfo or zone


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def instant_text(moment: datetime) -> str:
    """As FHIR writes an instant, in UTC, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
