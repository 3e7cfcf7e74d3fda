"""The sandbox as a process of its own, or as a thread of another."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager

from starlette.applications import Starlette
from starlette.routing import Mount

from adapter.listening import Server, bound, in_thread, origin
from adapter.sandbox.door import Door
from adapter.sandbox.settings import SandboxSettings
from adapter.sandbox.spaces import Spaces

GRACE = 5
"""Seconds that requests on their way are given when the server is stopped."""


def create_app(settings: SandboxSettings) -> Starlette:
    """The ASGI application. Its spaces are closed when its lifespan ends."""
    spaces = Spaces(settings)
    spaces.get("")  # a seed that does not fit is told before the first request

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        spaces.close()

    return Starlette(routes=[Mount("/", app=Door(spaces))], lifespan=lifespan)


def serve(settings: SandboxSettings, *, ready: Callable[[str], None], parent: int | None = None) -> None:
    """Runs until it is told to stop (SIGINT, SIGTERM) or `parent` is gone; `ready` gets the base URL once it answers.

    Raises `OSError` where the port is taken, `Refusal` where the seed does not fit.
    """
    with bound(settings.host, settings.port) as place:
        server = Server(create_app(settings), lambda: ready(_base(place)), GRACE)
        if parent:
            threading.Thread(target=_follow, args=(parent, server), daemon=True).start()
        server.run(sockets=[place])


@contextmanager
def running_sandbox(settings: SandboxSettings | None = None) -> Iterator[str]:
    """The base URL of a sandbox that runs in a thread of this process for as long as the block lasts."""
    settings = settings or SandboxSettings()
    with bound(settings.host, settings.port) as place, _running(settings, place):
        yield _base(place)


def _running(settings: SandboxSettings, place: socket.socket) -> AbstractContextManager[None]:
    return in_thread(create_app(settings), place, "vardbro-sandbox", GRACE)


def _base(place: socket.socket) -> str:
    host, port = place.getsockname()[:2]
    return f"{origin(host, port)}/fhir"


def _follow(parent: int, server: Server) -> None:
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
