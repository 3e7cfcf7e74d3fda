"""`vardbro serve` and `vardbro sandbox`: servers that run until they are told to stop."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ValidationError

from adapter import keys, serving
from adapter import sandbox as embedded
from adapter.cli import logs
from adapter.cli.exits import Code, Stop
from adapter.delivery.database import file_of
from adapter.region import catalogue
from adapter.sandbox import SandboxSettings
from adapter.security.token_file import tokens
from adapter.server.settings import ServerSettings
from adapter.settings import Settings

SQLITE = b"SQLite format 3\x00"
"""How such a file begins (https://www.sqlite.org/fileformat.html)."""


def serve(given: Mapping[str, Any], level: str) -> Code:
    """The gateway, until SIGTERM or SIGINT. Refuses settings that cannot be, before anything is opened or made."""
    settings = settings_of(given)
    see_to(settings)
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


def see_to(settings: Settings) -> None:
    """Reads every file that the settings name, so that one that cannot be used is told before a folder, keys or a
    database is made. Raises what the gateway would raise."""
    catalogue(settings.region)
    tokens(settings.tokens)
    serving.tls_of(settings)
    if settings.keys:
        keys.read(settings.keys)
    if settings.fhir_token_file:
        settings.fhir_token_file.read_bytes()
    if settings.database:
        _see_to_database(file_of(settings.database))


def _see_to_database(file: Path) -> None:
    if not file.parent.is_dir():
        raise Stop(f"--database: {file.parent}: there is no such folder")
    if file.is_file() and file.stat().st_size:
        with file.open("rb") as stream:
            if stream.read(len(SQLITE)) != SQLITE:
                raise Stop(f"--database: {file}: this is no SQLite database")


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
