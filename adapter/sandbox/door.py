"""The HTTP side: JSON only, every error an OperationOutcome, nothing of a request in any log."""

from __future__ import annotations

import asyncio
import logging
import re

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketClose

from adapter.sandbox.answer import Answer
from adapter.sandbox.content import pretty
from adapter.sandbox.controls import control, listing
from adapter.sandbox.interactions import Asked, answer
from adapter.sandbox.negotiation import FHIR_JSON, FORM, Wishes, check_content_type, check_format, wishes
from adapter.sandbox.outcome import Refusal, outcome, refusal
from adapter.sandbox.search import Pairs, pairs
from adapter.sandbox.spaces import Spaces
from adapter.sandbox.trigger import Effect, effect, page

_log = logging.getLogger("vardbro.sandbox")

_SPACE = re.compile(r"(?:/spaces/([A-Za-z0-9-]{1,64}))?/fhir(?:/(.*))?", re.ASCII)
_SPACES = re.compile(r"/spaces(?:/([A-Za-z0-9-]{1,64}))?/?", re.ASCII)
_EVERYWHERE = ("_format", "_pretty")
_JSON = f"{FHIR_JSON}; charset=utf-8"
_DISCARDED = 64_000_000
"""Of a body that is too large, so much is read and thrown away, so that the client gets to hear the answer."""


class Door:
    """The ASGI application over all spaces."""

    def __init__(self, spaces: Spaces) -> None:
        self.spaces = spaces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await WebSocketClose()(scope, receive, send)
            return
        try:
            response = await self._respond(Request(scope, receive))
        except Refusal as refused:
            response = _refused(refused)
        except ClientDisconnect:
            return
        except Exception as error:
            # Only the kind of error is told: its text may hold what was sent.
            _log.error("sandbox.failed %s", type(error).__name__)
            response = _refused(refusal(500, "exception", "The server failed on this request"))
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        path = request.scope["path"]
        body = await _body(request, self.spaces.settings.body_limit)
        query = pairs(request.scope["query_string"].decode("latin-1")) + _form(request, body)
        check_format(request.headers.get("accept", ""), query)
        preferences = wishes(request.headers.get("prefer", ""), query)
        if found := _SPACES.fullmatch(path):
            return _response(listing(self.spaces, request.method, found[1] or ""), preferences)
        found = _SPACE.fullmatch(path)
        if not found:
            raise refusal(404, "not-found", "There is nothing here: the base is /fhir or /spaces/{name}/fhir")
        name, below = found[1] or "", found[2] or ""
        asked = Asked(
            method=request.method,
            path=tuple(below.rstrip("/").split("/")),
            query=[pair for pair in query if pair[0] not in _EVERYWHERE],
            headers=request.headers,
            body=body,
            base=_origin(request) + path.removesuffix(below).rstrip("/"),
            wishes=preferences,
        )
        return await self._answer(name, asked)

    async def _answer(self, name: str, asked: Asked) -> Response:
        if done := control(self.spaces, name, asked):
            return _response(done, asked.wishes)
        space = self.spaces.get(name)
        changed = effect(space.fired, asked.query, (asked.header("if-none-exist"),), asked.body)
        if changed is None:
            return _response(answer(space, asked), asked.wishes)
        await asyncio.sleep(changed.delay)
        if changed.refusal:
            raise changed.refusal
        if changed.page in ("html", "empty"):
            return _page(changed)
        done = answer(self.spaces.get(name), asked)
        return _page(changed) if changed.page else _response(done, asked.wishes)


def _origin(request: Request) -> str:
    """As the client wrote it: links lead back the way that it came."""
    host, port = request.scope["server"]
    return f"{request.scope['scheme']}://{request.headers.get('host') or f'{host}:{port}'}"


async def _body(request: Request, limit: int) -> bytes:
    """Refuses with 413 a body of `limit` bytes or more."""
    if request.headers.get("content-encoding", "identity") != "identity":
        raise refusal(415, "not-supported", "Compressed bodies are not taken")
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size < limit:
            parts.append(part)
        elif size > _DISCARDED:
            break
    if size >= limit:
        raise refusal(413, "too-long", f"A body is smaller than {limit} bytes", Connection="close")
    return b"".join(parts)


def _form(request: Request, body: bytes) -> Pairs:
    """The parameters of a search that is posted."""
    if request.method != "POST" or not request.scope["path"].rstrip("/").endswith("/_search"):
        return []
    check_content_type(request.headers.get("content-type", ""), FORM)
    try:
        return pairs(body.decode())
    except UnicodeDecodeError:
        raise refusal(400, "structure", "The form is not UTF-8") from None


def _response(done: Answer, wishes: Wishes) -> Response:
    content = pretty(done.content) if wishes.pretty and done.content else done.content
    if done.status in (204, 304) or not content:
        return Response(status_code=done.status, headers=done.headers)
    return Response(content, done.status, done.headers, _JSON)


def _refused(refused: Refusal) -> Response:
    return Response(outcome(*refused.issues), refused.status, dict(refused.headers), _JSON)


def _page(changed: Effect) -> Response:
    """An answer that is no FHIR."""
    if changed.page == "empty":
        return Response()
    status = 504 if changed.page == "lost" else 200
    return Response(page(status), status, media_type="text/html")
