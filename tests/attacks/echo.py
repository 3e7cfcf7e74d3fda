"""A FHIR server that writes down how it is asked, and can be told to answer with all that it was sent."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import orjson
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapter.sandbox import SandboxSettings
from adapter.sandbox.running import create_app

OF_WRITES = ("409", "412")
"""What a server says of writes only."""


@dataclass
class Echo:
    """The embedded server behind a wire-tap. `fails` is what it answers instead: a status, or `html`."""

    app: ASGIApp
    fails: str = ""
    lines: list[str] = field(default_factory=list)
    """Request lines and headers as they came."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["raw_path"].decode("latin-1")
        self.lines.append(f"{scope['method']} {path}?{scope['query_string'].decode('latin-1')}")
        self.lines += [f"{name.decode('latin-1')}: {value.decode('latin-1')}" for name, value in scope["headers"]]
        if not self.fails or (self.fails in OF_WRITES and scope["method"] == "GET"):
            await self.app(scope, receive, send)
            return
        await self._told_back(f"{path} {await _body(receive)}", send)

    async def _told_back(self, said: str, send: Send) -> None:
        """As servers do: what was sent stands in texts, paths and headers of the answer."""
        if self.fails == "html":
            status, media, content = 200, b"text/html", f"<html><body>{said}</body></html>".encode()
        else:
            issue = {
                "severity": "error",
                "code": "processing",
                "diagnostics": f"HAPI-9999: {said}",
                "details": {"text": said, "coding": [{"system": said, "code": said}]},
                "expression": [said, f"Bundle.entry[0].resource.where(name = '{said}')"],
                "location": [said],
            }
            body = {"resourceType": "OperationOutcome", "text": {"status": "generated", "div": said}, "issue": [issue]}
            status, media, content = int(self.fails), b"application/fhir+json", orjson.dumps(body)
        word = "".join(one for one in said if one.isascii() and one.isalnum())[:4000].encode()
        headers = [
            (b"content-type", media),
            (b"content-length", str(len(content)).encode()),
            (b"etag", b'W/"' + word + b'"'),
            (b"location", b"/fhir/Patient/" + word),
            (b"retry-after", word),
            (b"warning", word),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})


async def _body(receive: Receive) -> str:
    parts: list[bytes] = []
    more = True
    while more:
        message: Message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts).decode()


@contextmanager
def echoing() -> Iterator[tuple[str, Echo]]:
    """Its base URL and itself, for as long as the block lasts."""
    echo = Echo(create_app(SandboxSettings()))
    tick = threading.Event()
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{bound.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(echo, access_log=False, log_level="critical", ws="none", lifespan="on"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, name="echo")
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive()
                tick.wait(0.02)
            yield f"{base}/fhir", echo
        finally:
            server.should_exit = True
            thread.join()
