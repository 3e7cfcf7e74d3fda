"""A socket that answers: what the gateway and the embedded server share of running under uvicorn."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.auto import AutoHTTPProtocol

KEEP_ALIVE_SECONDS = 75
"""Longer than clients keep an idle connection, so that none is closed under a request."""


class _SilentProtocol(AutoHTTPProtocol):  # type: ignore[misc, valid-type]  # uvicorn chooses the class when imported
    """Has no access log, which would hold identifiers of people.

    uvicorn's own switch is the state of a logger that any other uvicorn in the process turns on again.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.access_log = False


class Server(uvicorn.Server):
    """Says when it answers. Logging belongs to whoever started the process."""

    def __init__(self, app: ASGIApp, ready: Callable[[], None], grace: int) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=_SilentProtocol,
                log_config=None,
                ws="none",
                lifespan="on",
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=grace,
                server_header=False,
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


def origin(host: str, port: int) -> str:
    """`http://127.0.0.1:8080`."""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


@contextmanager
def in_thread(app: ASGIApp, place: socket.socket, name: str, grace: int) -> Iterator[None]:
    """The application answers at the place, from a thread of this process, for as long as the block lasts."""
    answers = threading.Event()
    server = Server(app, answers.set, grace)
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
