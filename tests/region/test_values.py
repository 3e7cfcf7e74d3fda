"""Single values: how they are written, and that writing and reading agree."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from mappings.region.values import EARLIEST, LATEST, Clock, Code, Day, Duration, Instant, Interval, SourceKey, later

DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
INTERVALS = st.builds("P{}{}".format, st.integers(1, 9999), st.sampled_from("DWMY"))


def adapter(alias: Any) -> TypeAdapter[Any]:
    return TypeAdapter(alias)


def takes(alias: Any, value: Any) -> bool:
    try:
        adapter(alias).validate_python(value)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(
    ("day", "interval", "then"),
    [
        ("2026-10-05", "P1D", "2026-10-06"),
        ("2026-10-05", "P60D", "2026-12-04"),
        ("2026-10-05", "P12W", "2026-12-28"),
        ("2026-10-31", "P1M", "2026-11-30"),
        ("2024-02-29", "P1Y", "2025-02-28"),
        ("2024-02-29", "P4Y", "2028-02-29"),
        ("2026-12-31", "P2M", "2027-02-28"),
        ("2199-12-31", "P1D", None),
        ("2199-12-31", "P1M", None),
        ("2026-01-01", "P9999Y", None),
        ("1900-01-01", "P299Y", "2199-01-01"),
    ],
)
def test_an_interval_after_a_day_is_a_day_or_beyond_every_date(day: str, interval: str, then: str | None) -> None:
    assert later(date.fromisoformat(day), interval) == (date.fromisoformat(then) if then else None)


@given(DAYS, INTERVALS)
def test_a_later_day_is_later_and_can_be_written(day: date, interval: str) -> None:
    then = later(day, interval)
    assert then is None or (then > day and takes(Day, then.isoformat()))


@given(DAYS, st.integers(1, 500))
def test_twelve_months_are_a_year_and_seven_days_a_week(day: date, count: int) -> None:
    assert later(day, f"P{count * 12}M") == later(day, f"P{count}Y")
    assert later(day, f"P{count * 7}D") == later(day, f"P{count}W")


@given(st.datetimes(EARLIEST.replace(tzinfo=None), LATEST.replace(tzinfo=None) - timedelta(days=1)))
def test_a_moment_is_kept_in_stockholms_time_and_written_with_its_offset(naive: datetime) -> None:
    moment = naive.replace(tzinfo=UTC)
    kept = adapter(Instant).validate_python(moment.isoformat())
    assert kept.timestamp() == moment.timestamp()
    written = adapter(Instant).dump_python(kept, mode="json")
    assert datetime.fromisoformat(written) == moment
    assert adapter(Instant).validate_python(written).timestamp() == moment.timestamp()


@given(st.integers(1, 999 * 60))
def test_a_duration_is_written_in_whole_minutes(minutes: int) -> None:
    written = adapter(Duration).dump_python(timedelta(minutes=minutes), mode="json")
    assert written == f"PT{minutes}M"


@pytest.mark.parametrize(("text", "minutes"), [("PT60M", 60), ("PT1H", 60), ("PT1H30M", 90), ("PT999H", 59_940)])
def test_hours_and_minutes_are_a_duration(text: str, minutes: int) -> None:
    assert adapter(Duration).validate_python(text) == timedelta(minutes=minutes)


@given(st.text(max_size=12), st.sampled_from([Instant, Day, Clock, Duration, Interval, Code, SourceKey]))
def test_any_text_is_taken_or_refused(text: str, alias: Any) -> None:
    takes(alias, text)


@pytest.mark.parametrize("key", ["A", "a.b_c~d-1", "~" * 64])
def test_a_source_key_can_stand_in_a_url(key: str) -> None:
    assert takes(SourceKey, key)


@pytest.mark.parametrize("key", ["", "a b", "a/b", "a%2Fb", "å", "a\n", "~" * 65, "?", "#"])
def test_what_cannot_stand_in_a_url_is_no_source_key(key: str) -> None:
    assert not takes(SourceKey, key)
