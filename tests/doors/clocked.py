"""A gateway in this process, with a clock that is set by hand, in front of an embedded server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx

from adapter import app as application
from adapter.doors.gateway import Gateway
from adapter.keys import DEMO_SECRET, Keys
from adapter.settings import Settings
from mappings.problem import Json
from mappings.shape.codec import in_stockholm

WITHIN = 60.0
"""Seconds after which a test gives up waiting for what should have come about."""


class Clock:
    """Stands until it is set. A time says its zone."""

    def __init__(self, text: str) -> None:
        self.now = datetime.fromisoformat(text)

    def __call__(self) -> datetime:
        return self.now

    def set(self, text: str) -> None:
        self.now = datetime.fromisoformat(text)


@dataclass
class Clocked:
    """A gateway, and what is asked of it over HTTP."""

    client: httpx.AsyncClient
    gateway: Gateway

    async def push(self, door: str, message: Json) -> Json:
        """The receipt."""
        answer = await self.client.post(f"/v1/{door}", json=message)
        assert answer.status_code == 202, answer.text
        receipt: Json = answer.json()
        return receipt

    async def step(self, door: str, source: str, number: str, name: str, **said: object) -> httpx.Response:
        return await self.client.post(f"/v1/{door}/{source}/{number}/{name}", json=said)

    async def shown(self, door: str, source: str, number: str) -> Json:
        answer = await self.client.get(f"/v1/{door}/{source}/{number}")
        assert answer.status_code == 200, answer.text
        body: Json = answer.json()
        return body

    async def event(self, source: str, number: str) -> Json:
        event: Json = (await self.shown("care-events", source, number))["careEvent"]
        return event

    async def timeline(self, door: str, source: str, number: str) -> Json:
        answer = await self.client.get(f"/v1/{door}/{source}/{number}/timeline", params={"server": "true"})
        assert answer.status_code == 200, answer.text
        body: Json = answer.json()
        return body

    async def nothing_due(self) -> None:
        """Looks at what is due, and comes back when all of it has been taken or put off."""
        self.gateway.clockwork.look()
        await until(lambda: not self.gateway.ledger.due())

    async def all_delivered(self) -> None:
        await until(lambda: not any(self.gateway.ledger.counts().parcels.values()))


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(WITHIN):
        while not true():
            await asyncio.sleep(0.005)


@asynccontextmanager
async def clocked(folder: Path, fhir: str, clock: Clock, region: Path | None = None) -> AsyncIterator[Clocked]:
    settings = Settings(data=folder, port=0, region=region)
    app = application.create_app(settings, fhir, Keys(DEMO_SECRET), clock)
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 1))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=WITHIN) as client,
    ):
        yield Clocked(client, app.state.gateway)


def same_moment(text: str, other: str) -> bool:
    return in_stockholm(datetime.fromisoformat(text)) == in_stockholm(datetime.fromisoformat(other))
