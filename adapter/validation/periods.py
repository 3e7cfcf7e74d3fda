"""Comparing FHIR dates and times of different precision as FHIRPath does, for per-1.

https://hl7.org/fhirpath/N1/#comparison: with a time, both are taken to UTC; where they agree as far as the less
precise one goes, the comparison has no answer, and a constraint without an answer does not hold.
"""

from __future__ import annotations

from datetime import UTC, datetime

ZONE = 19
"""Where `2026-11-24T13:00:00+01:00` goes on after the seconds."""


def in_order(start: str, end: str) -> bool:
    """Whether `start` is surely not after `end`; both are valid FHIR `date`, `dateTime` or `instant`."""
    if len(start) == len(end) and start[ZONE:] == end[ZONE:]:
        return start <= end  # as precise as each other and in the same zone: the text decides
    first, second = _parts(start), _parts(end)
    for mine, other in zip(first, second, strict=False):
        if mine != other:
            return mine < other
    return len(first) == len(second)


def _parts(value: str) -> list[str]:
    """Year, month, day, minute, second with its fraction: as many as are given, in UTC, comparable as text."""
    if "T" not in value:
        return value.split("-")
    zone = max(value.rfind(sign) for sign in "Z+-")
    second, _, fraction = value[17:zone].partition(".")
    day, _, minute = _in_utc(value[:16] + value[zone:]).partition("T")
    return [*day.split("-"), minute, f"{second}.{fraction.rstrip('0')}"]


def _in_utc(minute: str) -> str:
    """A minute with its zone as text in UTC; at the very ends of the calendar, where UTC has no year, as it stands."""
    try:
        return datetime.fromisoformat(minute).astimezone(UTC).isoformat()[:16]
    except OverflowError:
        return minute[:16]
