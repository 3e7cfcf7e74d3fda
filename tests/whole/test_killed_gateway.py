"""`kill -9` at any moment loses and doubles nothing: a real gateway, killed under load, in front of a real server."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from adapter.keys import read
from adapter.server.ids import Ids
from mappings.problem import Json
from mappings.resources.keys import booking_key
from mappings.resources.parts import VERSION
from tests.benchmarks.people import SOURCE, numbers, team_booking
from tests.whole.processes import Process, running

KILLS = 20
BOOKINGS, VERSIONS = 24, 6


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    path = tmp_path / "keys"
    path.write_text(secrets.token_hex(32))
    return path


def _serve(folder: Path, fhir: str, keys: Path) -> Process:
    return Process(
        "serve", "--fhir-server", fhir, "--keys", str(keys), "--data", str(folder), "--port", "0", cwd=folder
    )


class _Gateway:
    """The gateway that runs just now; whoever sends waits for the next one when it is gone."""

    def __init__(self, start: Process) -> None:
        self.process = start
        self.accepted: dict[str, set[int]] = {}

    async def push(self, client: httpx.AsyncClient, number: str, version: int, person: str) -> None:
        """Sends one version until the gateway says that it has it, as a journal system must."""
        body = team_booking(number, version, person, _start(version)) | {"rebookings": _moves(version)}
        while True:
            try:
                answer = await client.post(f"{self.process.base}/v1/bookings", json=body)
            except httpx.HTTPError:
                await asyncio.sleep(0.1)
                continue
            assert answer.status_code in (200, 201, 202), answer.text
            self.accepted.setdefault(number, set()).add(version)
            return


def _start(version: int) -> datetime:
    return datetime(2026, 12, 1, 8, tzinfo=UTC) + timedelta(hours=version)


def _moves(version: int) -> list[Json]:
    """Every time that it had before (RB-1)."""
    why = {"reason": "enheten-ombokar", "at": "2026-11-20T09:00:00+01:00"}
    return [{"start": _start(earlier).isoformat(), **why} for earlier in range(1, version)]


async def _load(gateway: _Gateway, restart: Callable[[], Process]) -> None:
    people = numbers(BOOKINGS)
    async with httpx.AsyncClient(timeout=30) as client:

        async def journal(index: int) -> None:
            for version in range(1, VERSIONS + 1):
                await gateway.push(client, f"K-{index}", version, people[index])
                await asyncio.sleep(random.random())

        await asyncio.gather(*(journal(index) for index in range(BOOKINGS)), _killing(gateway, restart))


async def _killing(gateway: _Gateway, restart: Callable[[], Process]) -> None:
    for _ in range(KILLS):
        await asyncio.sleep(random.uniform(0.05, 0.6))
        gateway.process.kill()
        gateway.process = await asyncio.to_thread(restart)


async def _settled(base: str) -> None:
    async with httpx.AsyncClient(timeout=30) as client:
        while True:
            waiting = (await client.get(f"{base}/health/ready")).json()["waiting"]
            assert waiting["parked"] == 0
            if waiting["accepted"] + waiting["delivering"] == 0:
                return
            await asyncio.sleep(0.2)


def _versions(history: Json) -> list[int]:
    """The source's versions that a server's history shows, oldest first."""
    shown = [entry["resource"] for entry in history["entry"]]
    shown.sort(key=lambda resource: int(resource["meta"]["versionId"]))
    url = VERSION["url"]
    return [int(next(one["valueString"] for one in resource["extension"] if one["url"] == url)) for resource in shown]


def test_every_accepted_version_is_there_once_in_order_after_twenty_kills(tmp_path: Path, keys: Path) -> None:
    with running("sandbox", "--port", "0", "--database", str(tmp_path / "fhir.db"), cwd=tmp_path) as server:
        gateway = _Gateway(_serve(tmp_path, server.base, keys))
        try:
            asyncio.run(_load(gateway, lambda: _serve(tmp_path, server.base, keys)))
            asyncio.run(_settled(gateway.process.base))
        finally:
            gateway.process.kill()
        ids = Ids("exempel", read(keys).of("ids"))
        for number, versions in gateway.accepted.items():
            resource = ids.of(booking_key(SOURCE, number))
            history = httpx.get(f"{server.base}/Appointment/{resource}/_history", params={"_count": 200}).json()
            assert _versions(history) == sorted(versions)
        assert len(gateway.accepted) == BOOKINGS
        total = httpx.get(f"{server.base}/Appointment", params={"_count": 0}).json()["total"]
        assert total == BOOKINGS
