"""Running the gateway: in this process until it is told to stop, or in a thread for as long as a block lasts."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime

import uvicorn
from fastapi import FastAPI

from adapter.app import create_app, keys_of, now
from adapter.keys import Keys
from adapter.sandbox import SandboxSettings, running_sandbox
from adapter.settings import Settings

GRACE = 20
"""Seconds that requests and deliveries on their way are given when the gateway is stopped."""


class OpenToAll(Exception):
    """Without tokens whoever reaches the gateway is its operator, so that it serves this machine alone."""

    def __init__(self) -> None:
        super().__init__("without --tokens FILE the gateway listens on loopback only: leave --host out, or give tokens")


class _Server(uvicorn.Server):
    """Says when it answers."""

    def __init__(self, app: FastAPI, ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                access_log=False,
                log_level="warning",
                ws="none",
                lifespan="on",
                server_header=False,
                timeout_graceful_shutdown=GRACE,
                timeout_keep_alive=75,
            )
        )
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


@contextmanager
def _listening(settings: Settings) -> Iterator[tuple[socket.socket, Settings]]:
    """A bound socket, and the settings with the port it got."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((settings.host, settings.port))
        listening.set_inheritable(False)
        yield listening, settings.model_copy(update={"port": listening.getsockname()[1]})


def base_of(settings: Settings) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return settings.public_base or f"http://{host}:{settings.port}"


@contextmanager
def fhir_base(settings: Settings) -> Iterator[str]:
    """The FHIR server's base: the given one, or the embedded one's for as long as the block lasts."""
    if settings.fhir_server:
        yield settings.fhir_server
        return
    settings.data.mkdir(parents=True, exist_ok=True)
    with running_sandbox(SandboxSettings(database=settings.data / "fhir.db")) as base:
        yield base


def serve(settings: Settings, ready: Callable[[str, str], None]) -> None:
    """Runs until SIGINT or SIGTERM; `ready` gets the gateway's base and the FHIR server's once messages are taken in.

    Raises `OpenToAll`, `OSError` where the port is taken, and what `create_app` and `keys_of` raise.
    """
    if settings.tokens is None and not _loopback(settings.host):
        raise OpenToAll
    with ExitStack() as stack:
        listening, settings = stack.enter_context(_listening(settings))
        keys = keys_of(settings)
        behind = stack.enter_context(fhir_base(settings))
        server = _Server(create_app(settings, behind, keys), lambda: ready(base_of(settings), behind))
        server.run(sockets=[listening])
        if not server.started:
            raise RuntimeError("the gateway did not start")


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@contextmanager
def running_gateway(settings: Settings, behind: str, keys: Keys, clock: Callable[[], datetime] = now) -> Iterator[str]:
    """The base URL of a gateway that runs in a thread of this process for as long as the block lasts."""
    answers = threading.Event()
    with _listening(settings) as (listening, bound):
        server = _Server(create_app(bound, behind, keys, clock), answers.set)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="vardbro-gateway")
        thread.start()
        try:
            while not answers.wait(0.05):
                if not thread.is_alive():
                    raise RuntimeError("the gateway did not start")
            yield base_of(bound)
        finally:
            server.should_exit = True
            thread.join()
