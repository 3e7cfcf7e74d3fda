"""`vardbro serve` and `vardbro sandbox`: servers that run until they are told to stop."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ValidationError

from adapter import sandbox as embedded
from adapter import serving
from adapter.cli import logs
from adapter.cli.exits import Code, Stop
from adapter.delivery.database import file_of
from adapter.sandbox import SandboxSettings
from adapter.server.settings import ServerSettings
from adapter.settings import Settings


def serve(given: Mapping[str, Any], level: str) -> Code:
    """The gateway, until SIGTERM or SIGINT. Refuses settings that cannot be, before anything is opened."""
    settings = settings_of(given)
    logs.start(level)
    with told_to_stop():
        serving.serve(settings, lambda base, behind: _say(f"READY {base} FHIR {behind}"))
    return Code.GOOD


def settings_of(given: Mapping[str, Any]) -> Settings:
    """The settings, from options and the environment. Stops with every one that cannot be."""
    try:
        settings = Settings(**given)
    except ValidationError as error:
        raise Stop("\n".join(map(_wrong, error.errors(include_input=False)))) from None
    plain(settings.fhir_server)
    if settings.database:
        file_of(settings.database)
    return settings


def plain(fhir_server: str | None) -> None:
    """Stops where a FHIR server's base is no plain URL."""
    try:
        if fhir_server:
            ServerSettings(base=fhir_server)
    except ValueError:
        raise Stop("--fhir-server: give an http or https URL, without user name, query and fragment") from None


def _wrong(fault: Any) -> str:
    name = "_".join(str(step) for step in fault["loc"])
    return f"--{name.replace('_', '-')} or VARDBRO_{name.upper()}: {fault['msg']}"


def sandbox(given: Mapping[str, Any], parent: int | None, level: str) -> Code:
    """The embedded FHIR server, until SIGTERM, SIGINT or the end of `parent`."""
    try:
        ZoneInfo(given.get("zone", "UTC"))
    except (ZoneInfoNotFoundError, ValueError):
        raise Stop("--zone: there is no such time zone; give one like Europe/Stockholm") from None
    settings = SandboxSettings(**{**given, "seed": tuple(given.get("seed", ()))})
    logs.start(level)
    with told_to_stop():
        embedded.serve(settings, ready=lambda base: _say(f"READY {base}"), parent=parent)
    return Code.GOOD


@contextmanager
def told_to_stop() -> Iterator[None]:
    """SIGTERM and SIGINT end the block, and with it the process, in good order."""

    def stop(*_: object) -> None:
        raise SystemExit(Code.GOOD)

    before = {one: signal.signal(one, stop) for one in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
