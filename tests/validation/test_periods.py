"""Dates and times of any precision and zone are compared as FHIRPath does (per-1)."""

from __future__ import annotations

import pytest

from adapter.validation.periods import in_order

SURELY = [
    ("2021", "2021"),
    ("2020", "2021-05"),
    ("2021-05-01", "2021-05-01"),
    ("2021-04", "2021-05-01T10:00:00Z"),
    ("2020-05-01T10:00:00Z", "2021"),
    ("2021-05-01T07:00:00Z", "2021-05-02"),
    ("2021-05-01T10:00:00+02:00", "2021-05-01T10:00:00+02:00"),
    ("2021-05-01T10:00:00+02:00", "2021-05-01T09:00:00+00:00"),
    ("2021-05-01T23:30:00-02:00", "2021-05-02T01:30:00Z"),
    ("2021-05-01T10:00:00.0Z", "2021-05-01T10:00:00Z"),
    ("2021-05-01T10:00:00Z", "2021-05-01T10:00:00.000Z"),
    ("2021-05-01T10:00:10Z", "2021-05-01T10:00:10.5Z"),
    ("2016-12-31T23:59:59Z", "2016-12-31T23:59:60Z"),
]
NOT_SURELY = [
    ("2021", "2020"),
    ("2021", "2021-05"),
    ("2021-05", "2021"),
    ("2021-05-01T10:00:00Z", "2021-05-01"),
    ("2021-05-01", "2021-05-01T07:00:00Z"),
    ("2021-05-02", "2021-05-02T00:30:00+02:00"),
    ("2021-05-01T23:30:00-02:00", "2021-05-02"),
    ("2021-05-01T10:00:00+02:00", "2021-05-01T07:00:00Z"),
    ("2021-05-01T10:00:00.5Z", "2021-05-01T10:00:00Z"),
    ("2021-05-01T10:00:00.10Z", "2021-05-01T10:00:00.09Z"),
    ("0001-01-01T00:00:00+14:00", "0001-01-01"),
]


@pytest.mark.parametrize(("start", "end"), SURELY)
def test_a_start_that_is_surely_not_after_the_end(start: str, end: str) -> None:
    assert in_order(start, end)


@pytest.mark.parametrize(("start", "end"), NOT_SURELY)
def test_a_start_that_is_or_may_be_after_the_end(start: str, end: str) -> None:
    assert not in_order(start, end)
