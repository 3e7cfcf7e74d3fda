"""A real HAPI FHIR JPA server (8.8.0, R4, H2 in memory) as a child process, from the recipe in `hapi/`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .recipe import Program, built, running


def build() -> Program:
    """HAPI, built where it was not."""
    return built("hapi")


@contextmanager
def running_hapi(**properties: str | int | bool) -> Iterator[str]:
    """Its base URL, `http://127.0.0.1:PORT/fhir`, as long as the block lasts. Every start is an empty server.

    `properties` are those that the head of `hapi/src/main/java/hapi/Main.java` names, such as `validate=True`. The
    first build downloads some 260 MB; a start takes 10 to 25 seconds.
    """
    with running(build(), "hapi.Main", **properties) as base:
        yield base
