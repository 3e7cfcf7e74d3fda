"""Whatever is thrown at the doors is answered clearly, and what is refused leaves nothing behind."""

from __future__ import annotations

import base64
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.doors import gateway
from mappings.problem import Json
from mappings.region.reading import DEEPEST
from tests.attacks.echo import Echo, echoing
from tests.attacks.planting import changed, leaves
from tests.benchmarks.people import SOURCE
from tests.doors.conftest import TOLVAN, Region, physician, single, starting

DOORS = ("bookings", "care-events", "named-contacts")
PUSHING = [f"/v1/{door}{check}" for door in DOORS for check in ("", "/check")]
KEPT = ("message", "aggregate", "parcel", "parcel_body", "patient", "patient_word", "exclusive", "resource")
"""Tables that a refused message leaves as they were; that somebody was refused may stand in the audit."""

EVENT: Json = {
    "source": SOURCE,
    "number": "E-1",
    "version": 1,
    "patient": TOLVAN,
    "form": "single",
    "status": "finished",
    "eventType": "specialised",
    "contactType": "mottagningsbesok",
    "start": "2026-11-20T08:00:00+01:00",
    "end": "2026-11-20T08:20:00+01:00",
    "lines": [{"number": "1", "owner": True, "profession": "lakare", "staff": "SE2321000115-P0001"}],
}
LAWFUL: dict[str, Json] = {
    "bookings": single("B-1"),
    "care-events": EVENT,
    "named-contacts": physician("F-1", TOLVAN, unit={"hsaId": "SE2321000115-E000000000120", "name": "Vårdcentralen"}),
}
OF_EVERY_TYPE: tuple[Any, ...] = (None, True, 0, -1, 2**63, 1.5, 1e300, "", "x", "\ud7ff\x00", [], [[]], {}, {"": {}})

FUZZ = settings(max_examples=60, deadline=None, database=None)


@dataclass(frozen=True)
class Target:
    """A gateway that keeps and does not deliver, and the server behind it."""

    region: Region
    echo: Echo
    ledger: Path

    @property
    def kept(self) -> tuple[int, ...]:
        """How many rows each table has."""
        with closing(sqlite3.connect(f"file:{self.ledger}?mode=ro", uri=True)) as ledger:
            return tuple(ledger.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in KEPT)

    def throws(self, path: str, content: bytes, **headers: str) -> httpx.Response:
        """The answer, which is clear, and has left nothing behind where it is a refusal."""
        before = self.kept
        answer = self.region.operator.post(path, content=content, headers=headers)
        assert_clear(answer)
        if answer.status_code >= 400 or path.endswith("/check"):
            assert self.kept == before
        return answer


def assert_clear(answer: httpx.Response) -> None:
    """A success, or a refusal in the doors' own words."""
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        told = answer.json()
        if answer.headers["Content-Type"] == "application/fhir+json":
            assert told["resourceType"] == "OperationOutcome"
            assert all(issue["severity"] and issue["code"] for issue in told["issue"])
            return
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert told["status"] == answer.status_code
        assert told["title"]
        assert told["detail"]
        assert all(set(one) == {"rule", "severity", "path", "fhirpath", "sv", "en"} for one in told["problems"])
        assert all(one["path"] == "" or one["path"].startswith("/") for one in told["problems"])


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    folder = tmp_path_factory.mktemp("attacked")
    with (
        echoing() as (behind, echo),
        starting(folder, behind, deliver=False) as base,
        closing(Region(base, behind)) as region,
    ):
        yield Target(region, echo, folder / "ledger.db")
        assert region.operator.get("/health/live").status_code == 200


# -- messages --------------------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


def _written(value: Any) -> bytes:
    """As Python's writer has it: `NaN` and lone surrogates too."""
    import json  # noqa: PLC0415  the one place that wants what orjson rightly refuses

    return json.dumps(value).encode()


@FUZZ
@given(path=st.sampled_from(PUSHING), body=st.binary(max_size=200))
def test_arbitrary_bytes_are_refused(target: Target, path: str, body: bytes) -> None:
    assert target.throws(path, body).status_code in (400, 422)


@FUZZ
@given(path=st.sampled_from(PUSHING), body=JSON)
def test_arbitrary_json_is_refused(target: Target, path: str, body: Any) -> None:
    assert target.throws(path, _written(body)).status_code in (400, 422)


@FUZZ
@given(door=st.sampled_from(DOORS), data=st.data())
def test_a_lawful_message_with_anything_anywhere_is_answered_clearly(
    target: Target, door: str, data: st.DataObject
) -> None:
    message = LAWFUL[door]
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.sampled_from([at for at, _ in leaves(message)]))
        message = changed(message, at, data.draw(JSON))
    target.throws(f"/v1/{door}", _written(message))


@pytest.mark.parametrize("door", DOORS)
def test_every_leaf_with_a_value_of_every_type_is_answered_clearly(target: Target, door: str) -> None:
    for at, _ in leaves(LAWFUL[door]):
        for value in OF_EVERY_TYPE:
            target.throws(f"/v1/{door}/check", _written(changed(LAWFUL[door], at, value)))


@pytest.mark.parametrize("door", DOORS)
def test_every_part_with_a_value_of_every_type_or_none_is_answered_clearly(target: Target, door: str) -> None:
    for name in LAWFUL[door]:
        for value in OF_EVERY_TYPE:
            target.throws(f"/v1/{door}", _written(LAWFUL[door] | {name: value}))
        without = {other: value for other, value in LAWFUL[door].items() if other != name}
        target.throws(f"/v1/{door}/check", _written(without))


@pytest.mark.parametrize("door", DOORS)
def test_a_message_cut_off_anywhere_is_no_json(target: Target, door: str) -> None:
    whole = _written(LAWFUL[door])
    for length in range(1, len(whole), 7):
        assert target.throws(f"/v1/{door}", whole[:length]).status_code == 400


@pytest.mark.parametrize("depth", [DEEPEST - 3, DEEPEST, DEEPEST + 1, 900, 1100, 100_000])
@pytest.mark.parametrize("brackets", [b"[]", b"{}"])
def test_any_depth_is_answered_clearly(target: Target, depth: int, brackets: bytes) -> None:
    opening, closing_ = (b"[", b"]") if brackets == b"[]" else (b'{"a":', b"}")
    inside = opening * depth + b"1" + closing_ * depth
    assert target.throws("/v1/bookings", b'{"source":' + inside + b"}").status_code in (400, 422)
    assert target.throws("/v1/bookings/search", b'{"patient":' + inside + b"}").status_code in (400, 422)
    assert target.throws(f"/v1/bookings/{SOURCE}/B-0/cancel", inside).status_code in (400, 404, 422)


# -- steps and searches ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def booked(target: Target) -> str:
    """The path of a step on a booking that is there."""
    target.throws("/v1/bookings", orjson.dumps(single("S-1")))
    return f"/v1/bookings/{SOURCE}/S-1/cancel"


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b'{"version":2,"version":3,"reason":"x","at":"2026-11-20T09:00:00+01:00"}', ("IN-4", "/version")),
        (b'{"version":2,"reason":"x","at":"2026-11-20T09:00:00"}', ("IN-5", "/at")),
        (b'{"version":2,"reason":"x","at":7}', ("IN-2", "/at")),
        (b'{"version":2,"reason":"x"}', ("IN-8", "/at")),
        (b'{"changedAt":"2026-11-20T09:00:00+01:00","reason":"x"}', ("IN-8", "/version")),
        (b'{"version":2,"reason":"x","at":"2026-11-20T09:00:00+01:00","19121212":1}', ("IN-3", "/?")),
        (b'{"patient":{"kind":"personnummer","kind":"reservnummer","value":"1"}}', ("IN-4", "/kind")),
    ],
)
def test_a_small_body_is_read_as_strictly_as_a_message(
    target: Target, booked: str, body: bytes, place: tuple[str, str]
) -> None:
    path = "/v1/bookings/search" if body.startswith(b'{"patient"') else booked
    told = target.throws(path, body).json()["problems"]
    assert place in [(one["rule"], one["path"]) for one in told]


STEP: Json = {"version": 2, "reason": "patienten-avbokar", "at": "2026-11-20T09:00:00+01:00", "by": "care"}


@FUZZ
@given(body=JSON, name=st.sampled_from([*STEP, "backToWaitingList"]))
def test_a_step_with_anything_in_it_is_answered_clearly(target: Target, booked: str, body: Any, name: str) -> None:
    target.throws(booked, _written(body))
    target.throws(booked, _written({**STEP, "version": "x", name: body}))


@pytest.mark.parametrize("tag", ["", "1", '"1', 'W/"x"', '"99999999999999999999"', "*,", '"2", "3"', "å", '"1"' * 900])
def test_an_odd_if_match_matches_nothing(target: Target, booked: str, tag: str) -> None:
    answer = target.region.operator.post(booked, json=STEP, headers={b"If-Match": tag.encode("latin-1")})
    assert answer.status_code == 412 or '"1"' in tag
    assert_clear(answer)


@FUZZ
@given(door=st.sampled_from(["bookings", "named-contacts", "waiting-list"]), body=JSON, page=JSON, count=JSON)
def test_a_search_for_anything_is_answered_clearly(target: Target, door: str, body: Any, page: Any, count: Any) -> None:
    for said in (body, {"patient": body}, {"patient": TOLVAN["identity"] | {"value": body}}):
        target.throws(f"/v1/{door}/search", _written(said))
    for more in ({"page": page}, {"count": count}, {"page": page, "count": count}):
        target.throws(f"/v1/{door}/search", _written({"patient": TOLVAN["identity"]} | more))


@pytest.mark.parametrize("told", [b"", b"v1:0", b"v1:-1", b"0" * 16, b"\0" * 99, b'[9e9,"","",""]', b"\xff" * 500_000])
def test_a_page_token_that_we_did_not_give_leads_nowhere(target: Target, told: bytes) -> None:
    token = base64.urlsafe_b64encode(told).decode()
    for page in (token, token.rstrip("="), f"{token}=", f" {token}", f"{token}å"):
        body = {"patient": {"kind": "personnummer", "value": "189009019804"}, "page": page}
        assert target.throws("/v1/bookings/search", orjson.dumps(body)).status_code == 400


@pytest.mark.parametrize(
    "value", ["191212121212|x", "191212121212,189001019802", "x\\", "$", "a&name=b", "a=b", "%7C", "189001019802 "]
)
def test_a_number_that_is_none_asks_the_server_for_nobody_else(target: Target, value: str) -> None:
    answer = target.throws("/v1/bookings/search", orjson.dumps({"patient": {"kind": "personnummer", "value": value}}))
    assert answer.status_code == 422 or answer.json() == {"total": 0, "items": []}


# -- places ----------------------------------------------------------------------------------------------------------

# fmt: off
SEGMENTS = st.sampled_from([
    "fhir", "v1", "bookings", SOURCE, "Patient", "Appointment", "_search", "_history", "metadata", "..", ".", "",
    "%2e", "%2e%2e", "%2F", "%5c", "%00", "%0d%0aX:1", "%ff", "a" * 70, "$everything", "Patient?x", "http:", "*",
    "1;v=1", "191212121212",
])
QUERIES = st.sampled_from([
    "", "_page=x", "_format=xml", "_format=json%0d%0a", "_id=1&" * 300, "name=%ff", "&&=&", "_summary=count",
    "patient.identifier=|", "_include=*", "_sort=" + "a" * 5000, "a[]=1", "_getpages=1", "_count=-1", "_count=0",
])
# fmt: on


@settings(FUZZ, max_examples=150)
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"]),
    first=st.sampled_from(
        ["/fhir", "/fhir/Patient", "/v1", "//fhir", "/fhir//Patient", "http://elsewhere.example/fhir"]
    ),
    segments=st.lists(SEGMENTS, max_size=4),
    query=QUERIES,
)
def test_no_place_leads_astray(target: Target, method: str, first: str, segments: list[str], query: str) -> None:
    place = "/".join([first, *segments]) + (f"?{query}" if query else "")
    asked = len(target.echo.lines)
    status = _status(_raw(target.region, f"{method} {place} HTTP/1.1", *_AS_NURSE, "Content-Length: 0"))
    assert status < 500, place
    for line in (line for line in target.echo.lines[asked:] if " /" in line):
        _, _, behind = line.partition(" ")
        path, _, told = behind.partition("?")
        assert line.startswith(("GET /fhir/", "POST /fhir/"))
        assert not {"..", ".", ""} & set(path.split("/")[1:]), line
        assert path.split("/")[2][:1].isupper(), line
        assert set(told) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_=&+/.%,:-"), line


_AS_NURSE = ("Host: gateway", "Authorization: Bearer nursenurse")


def _raw(region: Region, *head: str, body: bytes = b"", encoding: str = "latin-1") -> bytes:
    """What comes back for bytes that no client would send."""
    host, _, port = region.base.removeprefix("http://").partition(":")
    with closing(socket.create_connection((host, int(port)), timeout=30)) as line:
        line.sendall("\r\n".join([*head, "Connection: close", "", ""]).encode(encoding) + body)
        parts = []
        while part := line.recv(65536):
            parts.append(part)
    return b"".join(parts)


def _status(answer: bytes) -> int:
    assert answer.startswith(b"HTTP/1.1 "), answer[:80]
    return int(answer.split(b" ")[1])


# -- headers ---------------------------------------------------------------------------------------------------------

BODY = orjson.dumps(single("H-1"))
POST = ("POST /v1/bookings HTTP/1.1", "Host: gateway", "Authorization: Bearer operatoroperator")


@pytest.mark.parametrize(
    "head",
    [
        ("Content-Length: 2", "Content-Length: 2"),
        ("Content-Length: 2", "Content-Length: 3"),
        ("Content-Length: -2",),
        ("Content-Length: +2",),
        ("Content-Length: 0x2",),
        ("Content-Length: 99999999999999999999999",),
        ("Content-Length: 2", "Transfer-Encoding: chunked"),
        ("Content-Length : 2",),
        ("no colon", "Content-Length: 2"),
    ],
)
def test_a_body_whose_length_is_not_clear_is_refused(target: Target, head: tuple[str, ...]) -> None:
    before = target.kept
    assert _status(_raw(target.region, *POST, *head, body=b"{}")) == 400
    assert target.kept == before


def test_a_body_in_pieces_is_one_body(target: Target) -> None:
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(BODY[at : at + 7]), BODY[at : at + 7]) for at in range(0, len(BODY), 7))
    answer = _raw(target.region, *POST, "Transfer-Encoding: chunked", body=chunks + b"0\r\n\r\n")
    assert _status(answer) == 202


@pytest.mark.parametrize(
    ("media", "status"),
    [
        (None, 422),
        ("application/json", 422),
        ("application/json; charset=utf-8", 422),
        ("Application/JSON;charset=UTF-8", 422),
        ("application/fhir+json", 422),
        ("application/json; charset=iso-8859-1", 415),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("application/xml", 415),
        ("application/jsonp", 415),
        ("json", 415),
        (";", 422),
    ],
)
def test_a_body_is_json_or_says_nothing_of_itself(target: Target, media: str | None, status: int) -> None:
    headers = {} if media is None else {"Content-Type": media}
    for path in ("/v1/bookings", "/v1/bookings/check", "/v1/bookings/search"):
        assert target.throws(path, b"{}", **headers).status_code == status, path


def test_a_compressed_body_is_refused(target: Target) -> None:
    assert target.throws("/v1/bookings", BODY, **{"Content-Encoding": "gzip"}).status_code == 415


@pytest.mark.parametrize(
    "prefer", ["wait", "wait=", "wait=-1", "wait=x", "wait=0", "wait=00", "wait=1.5", "respond-async", "wait=0,wait=0"]
)
def test_an_odd_wish_to_wait_is_no_error(target: Target, prefer: str) -> None:
    assert target.throws("/v1/bookings", orjson.dumps(single("P-1")), Prefer=prefer).status_code == 202


def test_nobody_waits_longer_than_the_gateway_lets_them(tmp_path: Path, target: Target) -> None:
    for deliver, told in ((False, (202, "accepted")), (True, (201, "delivered"))):
        longest = 20.0 if deliver else 0.1
        (folder := tmp_path / told[1]).mkdir()
        with (
            starting(folder, target.region.fhir, deliver=deliver, longest_wait=longest) as base,
            closing(Region(base, "")) as region,
        ):
            wait = {"Prefer": f"wait={'9' * 500}"}
            answer = region.operator.post("/v1/bookings", json=single("W-1"), headers=wait)
            assert (answer.status_code, answer.json()["state"]) == told


ANYWHERE = ["Accept", "Prefer", "Traceparent", "If-Match", "If-None-Match", "X-Anything", "Cookie"]


@pytest.mark.parametrize("name", ANYWHERE)
def test_a_long_header_is_no_error_of_ours(target: Target, name: str) -> None:
    for path in ("/v1/bookings/search", "/fhir/Patient/_search"):
        head = (f"POST {path} HTTP/1.1", *_AS_NURSE, "Content-Length: 0")
        assert _status(_raw(target.region, *head, f"{name}: {'a, ' * 10_000}")) not in (431, *range(500, 600))
        assert _status(_raw(target.region, *head, f"{name}: {'a, ' * 20_000}")) == 431


# -- slow senders ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/v1/bookings", "/fhir/Patient/_search"])
def test_a_slow_body_holds_nobody_up_and_is_cut_off(target: Target, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "BODY_WITHIN", 1.0)
    host, _, port = target.region.base.removeprefix("http://").partition(":")
    before = target.kept
    slow = [socket.create_connection((host, int(port)), timeout=30) for _ in range(50)]
    for line in slow:
        line.sendall("\r\n".join([f"POST {path} HTTP/1.1", *_AS_NURSE, "Content-Length: 100", "", "{"]).encode())
    assert target.region.operator.get("/v1/messages/none").status_code == 404
    for line in slow:
        with closing(line):
            answer = line.recv(65536)
            assert _status(answer) == 408
            assert b"connection: close" in answer.lower()
            assert line.recv(65536) == b""
    assert target.kept == before


def test_a_sender_who_goes_away_in_the_middle_leaves_nothing(target: Target) -> None:
    host, _, port = target.region.base.removeprefix("http://").partition(":")
    before = target.kept
    for _ in range(20):
        with closing(socket.create_connection((host, int(port)), timeout=30)) as line:
            line.sendall("\r\n".join([*POST, f"Content-Length: {len(BODY)}", "", ""]).encode() + BODY[:-1])
    assert target.region.operator.get("/health/live").status_code == 200
    assert target.kept == before
