"""A socket that answers: what the gateway and the embedded server share of running under uvicorn."""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import socket
import ssl
import threading
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Self

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

KEEP_ALIVE_SECONDS = 75
"""Longer than clients keep an idle connection, so that none is closed under a request."""


@dataclass(frozen=True, slots=True)
class Heads:
    """How much of a request is read before it is known what it asks; uvicorn has no bounds of its own."""

    size: int = 32_768
    """Bytes of request line and headers. The trailers of a body in chunks, and what stands beside a chunk's length, may
    be as large again."""
    within: float = 20.0
    """Seconds in which a head comes whole, from its first byte or from the opening of the connection."""


_WORDS = "Huvudet är för stort. / The request head is too large.\n".encode()
_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Content-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(_WORDS), _WORDS)
)


CERTIFICATE = "vardbro.certificate"
"""In a request's scope: the SHA-256 of the certificate that its connection was opened with, as RFC 8705 writes it."""


@dataclass(frozen=True, slots=True)
class Tls:
    """How connections are encrypted."""

    context: ssl.SSLContext

    @classmethod
    def of(cls, certificate: Path, key: Path, client_ca: Path | None) -> Self:
        """From PEM files. Who shows a certificate that is not of these roots gets no connection; nobody must show one.

        Raises `ssl.SSLError`, `OSError`.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.options |= ssl.OP_NO_RENEGOTIATION
        context.load_cert_chain(certificate, key, password=str)
        if client_ca is not None:
            context.load_verify_locations(client_ca)
            context.verify_mode = ssl.CERT_OPTIONAL
        return cls(context)


@dataclass(frozen=True, slots=True)
class Line:
    """How connections are taken."""

    heads: Heads = Heads()
    tls: Tls | None = None
    """Plain without."""


PLAIN = Line()


def _thumbprint(transport: asyncio.BaseTransport) -> str | None:
    connection = transport.get_extra_info("ssl_object")
    shown = connection.getpeercert(binary_form=True) if connection is not None else None
    return urlsafe_b64encode(hashlib.sha256(shown).digest()).rstrip(b"=").decode() if shown else None


class _Protocol(HttpToolsProtocol):
    """A connection: uvicorn's, with bounded heads, the certificate of whoever opened it, and no access log, which would
    hold identifiers of people.

    uvicorn's own switch for that log is the state of a logger that any other uvicorn in the process turns on again.
    """

    def __init__(self, heads: Heads, **given: Any) -> None:
        super().__init__(**given)
        self.access_log = False
        self._heads = heads
        self._late: asyncio.TimerHandle | None = None
        self._between = True
        """No head has come since the last message ended."""
        self._unfinished = 0
        """Bytes that were read since a head, a piece of a body or a message was last whole."""
        self._refused = False
        self._certificate: str | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._certificate = _thumbprint(transport)
        self._give_time()

    def connection_lost(self, exc: Exception | None) -> None:
        self._take_time()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._between:
            self._give_time()
        while data and not self._refused and not self.transport.is_closing():
            room = self._heads.size - self._unfinished
            if room == 0:
                self._refuse()
                return
            self._unfinished += len(data[:room])
            super().data_received(data[:room])
            data = data[room:]

    def on_headers_complete(self) -> None:
        self.scope[CERTIFICATE] = self._certificate  # type: ignore[literal-required]  # a key of our own
        self._take_time()
        self._between, self._unfinished = False, 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._unfinished = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._between, self._unfinished = True, 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.cycle.response_complete and self.cycle.more_body:
            self._give_time()  # a body that nobody waits for any more: uvicorn would read it for ever

    def _refuse(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            self.transport.close()  # no word of ours may stand in the middle of an answer
            return
        self._refused = True
        self.transport.write(_TOO_LARGE)
        # Closed at once, with bytes of the head unread, the caller's system would throw the answer away.
        self.transport.write_eof()

    def _give_time(self) -> None:
        if self._late is None:
            self._late = self.loop.call_later(self._heads.within, self._give_up)

    def _take_time(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _give_up(self) -> None:
        self._late = None
        if self.cycle is None or self.cycle.response_complete:
            self.transport.close()
        else:
            self._give_time()  # sent ahead, while an earlier request is still being answered


def _factory(tls: Tls) -> Callable[[uvicorn.Config, Callable[[], ssl.SSLContext]], ssl.SSLContext]:
    return lambda config, usual: tls.context


class Server(uvicorn.Server):
    """Says when it answers. Logging belongs to whoever started the process."""

    def __init__(self, app: ASGIApp, ready: Callable[[], None], grace: int, line: Line = PLAIN) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=partial(_Protocol, line.heads),  # type: ignore[arg-type]  # it is called, and never asked for its class
                log_config=None,
                ws="none",
                lifespan="on",
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=grace,
                server_header=False,
                ssl_context_factory=None if line.tls is None else _factory(line.tls),
            )
        )
        self._ready = ready

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """To stop when told to is no failure: uvicorn would raise the signal again, and the process would die of it."""
        with super().capture_signals():
            yield
            self._captured_signals.clear()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


@contextmanager
def bound(host: str, port: int) -> Iterator[socket.socket]:
    """A listening place; port 0 takes any free one. Raises `OSError` where it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as place:
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        place.bind((host, port))
        place.set_inheritable(False)
        yield place


def origin(host: str, port: int, scheme: str = "http") -> str:
    """`http://127.0.0.1:8080`."""
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def is_here(host: str | None) -> bool:
    """Whether a host's name or address is this machine's own, which nobody else reaches."""
    try:
        return host == "localhost" or (host is not None and ipaddress.ip_address(host).is_loopback)
    except ValueError:
        return False


@contextmanager
def in_thread(app: ASGIApp, place: socket.socket, name: str, grace: int, line: Line = PLAIN) -> Iterator[None]:
    """The application answers at the place, from a thread of this process, for as long as the block lasts."""
    answers = threading.Event()
    server = Server(app, answers.set, grace, line)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [place]}, name=name)
    thread.start()
    try:
        while not answers.wait(0.05):
            if not thread.is_alive():
                raise RuntimeError(f"{name} did not start")
        yield
    finally:
        server.should_exit = True
        thread.join()
