"""Running the gateway: in this process until it is told to stop, or in a thread for as long as a block lasts."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime

from adapter.app import create_app, keys_of, now
from adapter.keys import Keys
from adapter.listening import Server, bound, in_thread, origin
from adapter.settings import Settings

GRACE = 20
"""Seconds that requests and deliveries on their way are given when the gateway is stopped."""


class OpenToAll(Exception):
    """Without tokens whoever reaches the gateway is its operator, so that it serves this machine alone."""

    def __init__(self) -> None:
        super().__init__("without --tokens FILE the gateway listens on loopback only: leave --host out, or give tokens")


def base_of(settings: Settings) -> str:
    """The gateway's own URL, as its callers see it."""
    return settings.public_base or origin(settings.host, settings.port)


@contextmanager
def fhir_base(settings: Settings) -> Iterator[str]:
    """The FHIR server's base: the given one, or the embedded one's for as long as the block lasts."""
    if settings.fhir_server:
        yield settings.fhir_server
        return
    from adapter.sandbox import SandboxSettings, running_sandbox  # noqa: PLC0415  half a second that others are spared

    with running_sandbox(SandboxSettings(database=settings.folder() / "fhir.db")) as base:
        yield base


def serve(settings: Settings, ready: Callable[[str, str], None]) -> None:
    """Runs until SIGINT or SIGTERM; `ready` gets the gateway's base and the FHIR server's once messages are taken in.

    Raises `OpenToAll`, `OSError` where the port is taken, and what `create_app` and `keys_of` raise.
    """
    if settings.tokens is None and not _loopback(settings.host):
        raise OpenToAll
    with ExitStack() as stack:
        place = stack.enter_context(bound(settings.host, settings.port))
        settings = _at(place, settings)
        keys = keys_of(settings)
        behind = stack.enter_context(fhir_base(settings))
        server = Server(create_app(settings, behind, keys), lambda: ready(base_of(settings), behind), GRACE)
        server.run(sockets=[place])
        if not server.started:
            raise RuntimeError("the gateway did not start")


def _at(place: socket.socket, settings: Settings) -> Settings:
    """The settings with the port that was taken."""
    return settings.model_copy(update={"port": place.getsockname()[1]})


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@contextmanager
def running_gateway(settings: Settings, behind: str, keys: Keys, clock: Callable[[], datetime] = now) -> Iterator[str]:
    """The base URL of a gateway that runs in a thread of this process for as long as the block lasts."""
    with bound(settings.host, settings.port) as place:
        settings = _at(place, settings)
        with in_thread(create_app(settings, behind, keys, clock), place, "vardbro-gateway", GRACE):
            yield base_of(settings)
