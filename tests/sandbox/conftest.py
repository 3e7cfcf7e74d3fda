"""One sandbox for the whole run, and for each test an isolated space of it: the way test suites are meant to use it."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest

from adapter.sandbox import SandboxSettings, running_sandbox
from tests.sandbox.resources import connected


@pytest.fixture(scope="session")
def sandbox() -> Iterator[str]:
    """The address of the server, without a path."""
    with running_sandbox(SandboxSettings()) as base:
        yield base.removesuffix("/fhir")


@pytest.fixture
def base(sandbox: str) -> Iterator[str]:
    name = str(uuid4())
    yield f"{sandbox}/spaces/{name}/fhir"
    with connected(sandbox) as client:
        client.delete(f"/spaces/{name}").raise_for_status()


@pytest.fixture
def client(base: str) -> Iterator[httpx.Client]:
    with connected(base) as client:
        yield client
