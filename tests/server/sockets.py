"""A server of bytes on a real socket: it answers what a test says, right or wrong, and remembers what came."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import orjson

from mappings.problem import Json


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Listening:
    base: str = ""
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    open: int = 0
    most_open: int = 0
    """Connections at once."""


Answering = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]
"""Writes the answer; closing the writer ends the connection."""


@asynccontextmanager
async def listening(answering: Answering) -> AsyncIterator[Listening]:
    seen = Listening()
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.current_task())  # type: ignore[arg-type]  # there is one: this coroutine runs in it
        seen.connections += 1
        seen.open += 1
        seen.most_open = max(seen.most_open, seen.open)
        try:
            while not writer.is_closing() and (request := await _read(reader)):
                seen.requests.append(request)
                await answering(request, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass  # the client went away, or the test is over
        finally:
            seen.open -= 1
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    seen.base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/fhir"
    try:
        yield seen
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _read(reader: asyncio.StreamReader) -> Request | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    except asyncio.IncompleteReadError:
        return None
    method, target, _ = head[0].split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, target, headers, body)


def http(status: int, body: bytes = b"", content_type: str = "application/fhir+json", **headers: str) -> bytes:
    """A whole answer, in order."""
    named = {
        "Content-Type": content_type,
        "Content-Length": str(len(body)),
        **{k.replace("_", "-"): v for k, v in headers.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"HTTP/1.1 {status} Said\r\n{head}\r\n".encode() + body


def says(raw: bytes) -> Answering:
    """The same bytes to every request."""

    async def answering(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        await writer.drain()

    return answering


def told(say: Callable[[Request], bytes]) -> Answering:
    async def answering(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(say(request))
        await writer.drain()

    return answering


def resource(status: int, body: Json, **headers: str) -> bytes:
    return http(status, orjson.dumps(body), **headers)


def searchset(*resources: Json, next_url: str | None = None, base: str = "") -> Json:
    entries = [
        {"fullUrl": f"{base}/{one['resourceType']}/{one['id']}", "resource": one, "search": {"mode": "match"}}
        for one in resources
    ]
    links = [{"relation": "next", "url": next_url}] if next_url else []
    return {"resourceType": "Bundle", "type": "searchset", "link": links, "entry": entries}
