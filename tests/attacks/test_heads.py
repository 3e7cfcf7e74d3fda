"""Heads of requests that are too large or never come whole: told so and closed, whoever else is being answered."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from adapter.listening import Heads, Line, bound, in_thread

SIZE = 2_000
SMALL = Heads(size=SIZE)
QUICK = Heads(within=0.3)
GET = b"GET /%s HTTP/1.1\r\nHost: here\r\n"
POST = b"POST /%s HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n"
LONGER = 2 * QUICK.within
"""A while in which a head would have been given up."""


async def answered(request: Request) -> Response:
    """`whole`: when the body has come; `late`: after a while; else at once, the body unread."""
    if request.url.path == "/whole":
        await request.body()
    if request.url.path == "/late":
        await asyncio.sleep(LONGER)
    return PlainTextResponse("here")


@contextmanager
def talking(heads: Heads) -> Iterator[socket.socket]:
    """A connection to a server with such bounds."""
    app = Starlette(routes=[Route("/{place}", answered, methods=["GET", "POST"])])
    with (
        bound("127.0.0.1", 0) as place,
        in_thread(app, place, "bounded", 5, Line(heads)),
        closing(socket.create_connection(place.getsockname(), timeout=30)) as line,
    ):
        yield line


def to_the_end(line: socket.socket) -> bytes:
    """All that still comes until the connection is closed."""
    parts = []
    try:
        while part := line.recv(65536):
            parts.append(part)
    except ConnectionResetError:
        pass  # closed with bytes unread, which is closed too
    return b"".join(parts)


def one_answer(line: socket.socket) -> bytes:
    said = b""
    while not said.endswith(b"here"):
        part = line.recv(65536)
        assert part, said
        said += part
    return said


def without_end(line: socket.socket, begin: bytes, more: bytes, pause: float = 0) -> bytes:
    """Sends for as long as anybody listens."""
    deadline = time.monotonic() + 60
    try:
        line.sendall(begin)
        while time.monotonic() < deadline:
            line.sendall(more)
            time.sleep(pause)
    except OSError:
        return to_the_end(line)
    raise AssertionError("it is still listened to")


LARGE = {
    "one long header": GET % b"now" + b"X: " + b"a" * SIZE,
    "many headers": GET % b"now" + b"X: a\r\n" * (SIZE // 6),
    "a long name": GET % b"now" + b"X" * SIZE,
    "a long path": b"GET /" + b"a" * SIZE,
    "a long query": b"GET /now?" + b"a" * SIZE,
    "empty lines": b"\r\n" * SIZE,
}


@pytest.mark.parametrize("begin", LARGE.values(), ids=LARGE)
def test_a_head_that_is_too_large_is_told_so_and_the_connection_closed(begin: bytes) -> None:
    with talking(SMALL) as line:
        line.sendall(begin + b" HTTP/1.1\r\n\r\n")
        said = to_the_end(line)
    assert said.startswith(b"HTTP/1.1 431 ")
    assert b"\r\nConnection: close\r\n" in said
    assert said.endswith("för stort. / The request head is too large.\n".encode())


def test_the_bound_is_sharp() -> None:
    for size, status in ((SIZE, b"200"), (SIZE + 1, b"431")):
        begin = GET % b"now" + b"Connection: close\r\nX: "
        with talking(SMALL) as line:
            line.sendall(begin + b"a" * (size - len(begin) - 4) + b"\r\n\r\n")
            assert to_the_end(line)[9:12] == status


def test_a_large_head_in_pieces_is_no_smaller() -> None:
    with talking(SMALL) as line:
        line.sendall(GET % b"now")
        for _ in range(SIZE // 50):
            line.sendall(b"X: %s\r\n" % (b"a" * 45))
            time.sleep(0.001)
        assert to_the_end(line).startswith(b"HTTP/1.1 431 ")


def test_what_is_large_and_no_request_at_all_is_answered_once() -> None:
    with talking(SMALL) as line:
        line.sendall(GET % b"now" + b"\0" * 10 * SIZE)
        assert to_the_end(line).count(b"HTTP/1.1 400 ") == 1


def test_whoever_is_told_may_go_on_sending_and_still_hears_it() -> None:
    with talking(SMALL) as line:
        line.sendall(GET % b"now" + b"X: " + b"a" * 30_000_000)
        assert to_the_end(line).startswith(b"HTTP/1.1 431 ")


def test_what_is_whole_is_counted_no_more() -> None:
    padding = b"X: " + b"a" * (SIZE * 3 // 4) + b"\r\n"
    body = b"%x\r\n%s\r\n" % (20 * SIZE, b"a" * 20 * SIZE)
    with talking(SMALL) as line:
        for _ in range(2):
            for chunks in (body, b""):
                line.sendall((POST % b"whole")[:-2] + padding + b"\r\n" + chunks + b"0\r\n" + padding + b"\r\n")
                assert one_answer(line).startswith(b"HTTP/1.1 200 ")
            line.sendall(GET % b"now" + padding + b"\r\n")
            assert one_answer(line).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    ("begin", "more"),
    [
        (GET % b"now", b"X: a\r\n" * 100),
        (GET % b"now" + b"X: ", b"a" * 1000),
        (POST % b"whole" + b"1\r\na\r\n0\r\n", b"X: a\r\n" * 100),
        (POST % b"whole" + b"1\r\na\r\n0\r\nX: ", b"a" * 1000),
        (POST % b"whole" + b"1;x=", b"a" * 1000),
    ],
    ids=["headers", "header", "trailers", "trailer", "chunk-extension"],
)
def test_nobody_is_listened_to_without_end(begin: bytes, more: bytes) -> None:
    with talking(Heads(size=SIZE, within=1)) as line:
        assert b" 200 " not in without_end(line, begin, more)


# -- heads that never come whole -------------------------------------------------------------------------------------


@pytest.mark.parametrize("begin", [b"", b"\r\n", b"G", GET % b"now", GET % b"now" + b"X: a"])
def test_a_head_that_does_not_come_whole_is_given_up(begin: bytes) -> None:
    with talking(QUICK) as line:
        line.sendall(begin)
        assert to_the_end(line) == b""


@pytest.mark.parametrize("begin", [b"\r\n", b"G", GET % b"now"])
def test_so_is_one_after_another_that_was_answered(begin: bytes) -> None:
    with talking(QUICK) as line:
        line.sendall(GET % b"now" + b"\r\n")
        one_answer(line)
        line.sendall(begin)
        assert to_the_end(line) == b""


def test_every_byte_does_not_begin_the_time_anew() -> None:
    with talking(QUICK) as line:
        assert without_end(line, GET % b"now" + b"X: ", b"a", 0.02) == b""


def test_a_kept_connection_may_rest_for_longer() -> None:
    with talking(QUICK) as line:
        for _ in range(2):
            line.sendall(POST % b"whole")
            time.sleep(QUICK.within / 10)
            line.sendall(b"1\r\na\r\n")
            time.sleep(QUICK.within / 10)
            line.sendall(b"0\r\n\r\n")
            one_answer(line)
            time.sleep(LONGER)


def test_what_takes_long_to_come_or_to_answer_is_no_slow_head() -> None:
    with talking(QUICK) as line:
        line.sendall(GET % b"late" + b"\r\n")
        one_answer(line)
        line.sendall(POST % b"whole" + b"1\r\na\r\n")
        time.sleep(LONGER)
        line.sendall(b"0\r\n\r\n")
        one_answer(line)


def test_half_a_head_sent_ahead_waits_for_the_answer_before_it() -> None:
    with talking(QUICK) as line:
        line.sendall(GET % b"late" + b"\r\n")
        time.sleep(QUICK.within / 3)
        line.sendall(GET % b"now")
        one_answer(line)
        assert to_the_end(line) == b""


def test_a_body_that_comes_after_its_answer_is_not_waited_for_without_end() -> None:
    with talking(QUICK) as line:
        line.sendall(POST % b"now" + b"1\r\na\r\n")
        one_answer(line)
        line.sendall(b"1\r\na\r\n")
        assert to_the_end(line) == b""
