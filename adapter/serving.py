"""Running the gateway: in this process until it is told to stop, or in a thread for as long as a block lasts."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime

from adapter.app import base_of, create_app, keys_of, now
from adapter.keys import Keys
from adapter.listening import Line, Server, Tls, bound, in_thread, is_here
from adapter.settings import Settings

GRACE = 20
"""Seconds that requests and deliveries on their way are given when the gateway is stopped."""


class TlsUnusable(Exception):
    """The certificates cannot be used. Its text says which options to mend."""


class OpenToAll(Exception):
    """Without tokens whoever reaches the gateway is its operator, so that it serves this machine alone."""

    def __init__(self) -> None:
        super().__init__("without --tokens FILE the gateway listens on loopback only: leave --host out, or give tokens")


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
    if settings.tokens is None and not is_here(settings.host):
        raise OpenToAll
    with ExitStack() as stack:
        place = stack.enter_context(bound(settings.host, settings.port))
        settings = _at(place, settings)
        keys = keys_of(settings)
        behind = stack.enter_context(fhir_base(settings))
        app = create_app(settings, behind, keys)
        server = Server(app, lambda: ready(base_of(settings), behind), GRACE, Line(tls=tls_of(settings)))
        server.run(sockets=[place])
        if not server.started:
            raise RuntimeError("the gateway did not start")


def tls_of(settings: Settings) -> Tls | None:
    """How connections are encrypted; None for not. Raises `TlsUnusable`."""
    if settings.tls_cert is None:
        if settings.tls_key or settings.client_ca:
            raise TlsUnusable("--tls-key and --client-ca go with --tls-cert FILE: give that too")
        return None
    if settings.tls_key is None:
        raise TlsUnusable("--tls-cert goes with --tls-key FILE: give that too")
    for file in (settings.tls_cert, settings.tls_key, settings.client_ca):
        if file is not None:
            file.read_bytes()
    try:
        return Tls.of(settings.tls_cert, settings.tls_key, settings.client_ca)
    except (ssl.SSLError, ValueError):
        raise TlsUnusable(
            "--tls-cert, --tls-key, --client-ca: give PEM files, without a passphrase, and the key of that certificate"
        ) from None


def _at(place: socket.socket, settings: Settings) -> Settings:
    """The settings with the port that was taken."""
    return settings.model_copy(update={"port": place.getsockname()[1]})


@contextmanager
def running_gateway(settings: Settings, behind: str, keys: Keys, clock: Callable[[], datetime] = now) -> Iterator[str]:
    """The base URL of a gateway that runs in a thread of this process for as long as the block lasts."""
    with bound(settings.host, settings.port) as place:
        settings = _at(place, settings)
        with in_thread(
            create_app(settings, behind, keys, clock), place, "vardbro-gateway", GRACE, Line(tls=tls_of(settings))
        ):
            yield base_of(settings)
