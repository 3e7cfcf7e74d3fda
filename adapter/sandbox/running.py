"""The sandbox as a process of its own, or as a thread of another."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from adapter.sandbox.door import Door
from adapter.sandbox.settings import SandboxSettings
from adapter.sandbox.spaces import Spaces

KEEP_ALIVE_SECONDS = 75
"""Longer than clients keep an idle connection, so that none is closed under a request."""


def create_app(settings: SandboxSettings) -> Starlette:
    """The ASGI application. Its spaces are closed when its lifespan ends."""
    spaces = Spaces(settings)
    spaces.get("")  # a seed that does not fit is told before the first request

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        spaces.close()

    return Starlette(routes=[Mount("/", app=Door(spaces))], lifespan=lifespan)


def say_ready(base: str) -> None:
    """The one line on standard output, by which whoever started the process learns where it answers."""
    sys.stdout.write(f"READY {base}\n")
    sys.stdout.flush()


def serve(settings: SandboxSettings, *, ready: Callable[[str], None] = say_ready, parent: int | None = None) -> None:
    """Runs until it is told to stop (SIGINT, SIGTERM) or `parent` is gone; `ready` gets the base URL once it answers.

    Raises `OSError` where the port is taken, `Refusal` where the seed does not fit.
    """
    with _bound(settings) as listening:
        server = _Server(settings, lambda: ready(_base(listening)))
        if parent:
            threading.Thread(target=_follow, args=(parent, server), daemon=True).start()
        server.run(sockets=[listening])


@contextmanager
def running_sandbox(settings: SandboxSettings | None = None) -> Iterator[str]:
    """The base URL of a sandbox that runs in a thread of this process for as long as the block lasts."""
    settings = settings or SandboxSettings()
    answers = threading.Event()
    with _bound(settings) as listening:
        server = _Server(settings, answers.set)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="vardbro-sandbox")
        thread.start()
        try:
            while not answers.wait(0.05):
                if not thread.is_alive():
                    raise RuntimeError("The sandbox did not start")
            yield _base(listening)
        finally:
            server.should_exit = True
            thread.join()


class _SilentProtocol(AutoHTTPProtocol):  # type: ignore[misc, valid-type]  # uvicorn chooses the class when imported
    """Has no access log, which would hold identifiers of people.

    uvicorn's own switch is the state of a logger that any other uvicorn in the process turns on again.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.access_log = False


class _Server(uvicorn.Server):
    """Says when it answers."""

    def __init__(self, settings: SandboxSettings, ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                create_app(settings),
                http=_SilentProtocol,
                log_config=None,  # logging belongs to whoever started the process
                ws="none",
                lifespan="on",
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=5,
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
def _bound(settings: SandboxSettings) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((settings.host, settings.port))
        listening.set_inheritable(False)
        yield listening


def _base(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/fhir"


def _follow(parent: int, server: uvicorn.Server) -> None:
    """Stops the server once the process `parent` is gone."""
    while _alive(parent):
        time.sleep(0.5)
    server.should_exit = True


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
