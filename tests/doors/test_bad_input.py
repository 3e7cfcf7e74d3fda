"""Whatever is thrown at the doors: a clear answer with the place, nothing stored, the process unharmed."""

from __future__ import annotations

import orjson
import pytest

from mappings.problem import Json
from tests.doors.conftest import Region, single

DEEP = 10_000


def _raw(message: Json) -> bytes:
    return orjson.dumps(message)


@pytest.mark.parametrize("door", ["bookings", "care-events", "named-contacts"])
@pytest.mark.parametrize(
    ("body", "status", "rule"),
    [
        (b"", 400, "IN-1"),
        (b"{", 400, "IN-1"),
        (b"\xff\xfe", 400, "IN-1"),
        (b'{"a":NaN}', 400, "IN-1"),
        (b"[]", 422, "IN-2"),
        (b"null", 422, "IN-2"),
        (b"17", 422, "IN-2"),
        (b"{}", 422, "IN-8"),
        (b'{"source":"nobody"}', 422, "IN-14"),
        (b'{"a":' * DEEP + b"1" + b"}" * DEEP, 400, "IN-7"),
        (b"[" * DEEP + b"]" * DEEP, 400, "IN-7"),
        (b" " * 5_000_000, 413, "IN-6"),
    ],
    ids=[
        "empty",
        "broken",
        "no-utf-8",
        "nan",
        "list",
        "null",
        "number",
        "nothing-in-it",
        "unknown-source",
        "deep-objects",
        "deep-lists",
        "5-MB",
    ],
)
def test_what_is_no_message_is_refused(region: Region, door: str, body: bytes, status: int, rule: str) -> None:
    answer = region.cosmic.post(f"/v1/{door}", content=body)
    assert answer.status_code == status, answer.text
    assert rule in {problem["rule"] for problem in answer.json()["problems"]}
    assert region.cosmic.get("/health/live").status_code == 200


def test_a_body_without_length_is_cut_off_when_it_is_too_large(region: Region) -> None:
    answer = region.cosmic.post("/v1/bookings", content=(b" " * 100_000 for _ in range(50)))
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("changes", "rule", "path"),
    [
        ({"acute": "ja"}, "IN-2", "/acute"),
        ({"version": "1"}, "IN-2", "/version"),
        ({"version": True}, "IN-2", "/version"),
        ({"version": 2**63}, "IN-9", "/version"),
        ({"colour": "red"}, "IN-3", "/colour"),
        ({"form": "series"}, "BO-14", "/form"),
        ({"form": "carnival"}, "IN-9", "/form"),
        ({"rebookings": "none"}, "IN-2", "/rebookings"),
        ({"waitingTime": 3}, "IN-3", "/waitingTime"),
        ({"number": "a/b"}, "IN-9", "/number"),
        ({"lines": []}, "IN-9", "/lines"),
    ],
)
def test_an_error_of_form_is_told_with_its_place(
    region: Region, number: str, changes: Json, rule: str, path: str
) -> None:
    answer = region.cosmic.post("/v1/bookings", json=single(number) | changes)
    assert answer.status_code == 422
    assert (rule, path) in {(problem["rule"], problem["path"]) for problem in answer.json()["problems"]}


def test_IN_5_a_time_without_zone_is_refused(region: Region, number: str) -> None:
    body = _raw(single(number)).replace(b"T08:00:00+01:00", b"T08:00:00")
    answer = region.cosmic.post("/v1/bookings", content=body)
    assert [(problem["rule"], problem["path"]) for problem in answer.json()["problems"]] == [("IN-5", "/lines/0/start")]


def test_IN_4_a_doubled_key_is_refused_with_its_place(region: Region, number: str) -> None:
    body = _raw(single(number)).replace(b'"kind":"quick"', b'"kind":"quick","kind":"full"')
    answer = region.cosmic.post("/v1/bookings", content=body)
    assert ("IN-4", "/basis/kind") in {(problem["rule"], problem["path"]) for problem in answer.json()["problems"]}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/nothing", 404),
        ("DELETE", "/v1/bookings", 405),
        ("GET", "/", 404),
        ("GET", "/v1/bookings/a/b/c/d", 404),
        ("GET", "/v1/bookings/%2e%2e/x", 404),
    ],
)
def test_a_place_that_there_is_none_of_is_answered_in_the_doors_own_words(
    region: Region, method: str, path: str, status: int
) -> None:
    answer = region.cosmic.request(method, path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
