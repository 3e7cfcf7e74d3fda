"""A ledger in a temporary folder, and the sandbox to deliver to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from adapter.delivery import Ledger
from adapter.sandbox import SandboxSettings, running_sandbox
from adapter.server.client import FhirClient
from adapter.server.settings import ServerSettings
from tests.delivery.material import REGION


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'ledger.db'}"


@pytest.fixture
async def ledger(url: str) -> AsyncIterator[Ledger]:
    opened = Ledger.open(url, REGION, mapping_version="7")
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with running_sandbox(SandboxSettings(validate="off")) as base:
        yield base


@pytest.fixture
def base(server: str, request: pytest.FixtureRequest) -> str:
    """A space of the sandbox that is the test's own."""
    name = f"t{abs(hash(request.node.nodeid))}"
    return server.replace("/fhir", f"/spaces/{name}/fhir")


@pytest.fixture
async def client(base: str) -> AsyncIterator[FhirClient]:
    async with FhirClient(ServerSettings(base=base, total_timeout=5)) as opened:
        yield opened
