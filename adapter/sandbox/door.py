"""The HTTP side: https://hl7.org/fhir/R4/http.html. JSON only, every error an OperationOutcome."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from adapter.sandbox.answer import Answer, answer_with
from adapter.sandbox.capability import capability_statement
from adapter.sandbox.changes import Change, Done, asked
from adapter.sandbox.content import pretty
from adapter.sandbox.json_text import read_json
from adapter.sandbox.negotiation import FHIR_JSON, FORM, Wishes, check_content_type, check_format, wishes
from adapter.sandbox.outcome import Issue, Refusal, outcome, refusal
from adapter.sandbox.reading import get
from adapter.sandbox.resource_types import SEARCH_PARAMS
from adapter.sandbox.search import Pairs, pairs
from adapter.sandbox.space import Space
from adapter.sandbox.spaces import Spaces
from adapter.sandbox.transaction import process
from adapter.sandbox.writes import make

_log = logging.getLogger("vardbro.sandbox")

_BASE = re.compile(r"(?:/spaces/([A-Za-z0-9-]{1,64}))?/fhir(?:/(.*))?", re.ASCII)
_SEARCH_ONLY = ("_format", "_pretty")
_DISCARDED = 64_000_000
"""Of a body that is too large, so much is read and thrown away, so that the client gets to hear the answer."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, once its body is here."""

    method: str
    path: list[str]
    """Below the base."""
    query: Pairs
    """Without `_format` and `_pretty`, which every request takes."""
    body: bytes
    base: str
    wishes: Wishes
    header: Request

    def told(self, name: str) -> str:
        return self.header.headers.get(name, "")


class Door:
    """The ASGI application."""

    def __init__(self, spaces: Spaces) -> None:
        self.spaces = spaces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
        except Refusal as refused:
            response = _refused(refused)
        except Exception as error:
            # Only the kind of error is told: its text may hold what was sent.
            _log.error("sandbox.failed", extra={"error": type(error).__name__})
            response = _refused(refusal(500, "exception", "The server failed on this request"))
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        found = _BASE.fullmatch(request.url.path)
        if not found:
            raise refusal(404, "not-found", "There is nothing here: the base is /fhir or /spaces/{name}/fhir")
        name, path = found[1] or "", found[2] or ""
        body = await _body(request, self.spaces.settings.body_limit)
        query = pairs(request.url.query)
        check_format(request.headers.get("accept", ""), query)
        base = f"{request.url.scheme}://{request.url.netloc}{request.url.path.removesuffix(path).rstrip('/')}"
        asked = Asked(
            method=request.method,
            path=path.strip("/").split("/"),
            query=[pair for pair in query if pair[0] not in _SEARCH_ONLY],
            body=body,
            base=base,
            wishes=wishes(request.headers.get("prefer", ""), query),
            header=request,
        )
        return _response(_answer(self.spaces.get(name), asked), asked.wishes)


def _answer(space: Space, asked: Asked) -> Answer:
    match asked.method, asked.path:
        case "GET" | "HEAD", ["metadata"]:
            return Answer(content=capability_statement(space, asked.base))
        case "GET" | "HEAD", path:
            return _get(space, asked, path, asked.query)
        case "POST", [""]:
            check_content_type(asked.told("content-type"))
            shows = asked.wishes.returns == "representation"
            return Answer(content=process(space, read_json(asked.body), asked.base, shows=shows))
        case "POST", ["$reset"]:
            space.empty()
            return Answer(status=204)
        case "POST", [type_, "_search"]:
            check_content_type(asked.told("content-type"), FORM)
            return _get(space, asked, [type_], asked.query + pairs(asked.body.decode("utf-8", "replace")))
        case "POST" | "PUT" | "DELETE", [type_, *_] if type_ in SEARCH_PARAMS:
            return _write(space, asked)
        case "POST" | "PUT" | "DELETE", [type_, *_] if type_:
            raise refusal(404, "not-supported", "There is nothing here: the type is not hosted")
    raise refusal(405, "not-supported", "The method is not supported here")


def _get(space: Space, asked: Asked, path: list[str], query: Pairs) -> Answer:
    with space.reading() as connection:
        return get(
            space,
            connection,
            asked.base,
            path,
            query,
            lenient=asked.wishes.lenient,
            if_none_match=asked.told("if-none-match"),
            if_modified_since=asked.told("if-modified-since"),
        )


def _write(space: Space, asked: Asked) -> Answer:
    with space.writing() as connection:
        change = _change(asked)
        (done,) = make(space, connection, asked.base, [change])
    return _written(done, asked)


def _change(asked_for: Asked) -> Change:
    type_, id_ = (asked_for.path + [""])[:2]
    if len(asked_for.path) > 2:
        raise refusal(405, "not-supported", "The method is not supported here")
    content = {}
    if asked_for.method != "DELETE":
        check_content_type(asked_for.told("content-type"))
        content = read_json(asked_for.body)
    exists = asked_for.told("if-none-exist")
    criteria = asked_for.query or None
    if asked_for.method == "POST":
        criteria = pairs(exists.rpartition("?")[2]) if exists else None
    return asked(
        Change(
            method=asked_for.method,  # type: ignore[arg-type]  # the caller matched it
            type=type_,
            id=id_,
            content=content,
            criteria=criteria,
            if_match=asked_for.told("if-match"),
            if_none_match=asked_for.told("if-none-match"),
        )
    )


def _written(done: Done, asked: Asked) -> Answer:
    if done.stored is None:
        return Answer(status=done.status)
    location = f"{asked.base}/{done.stored.type}/{done.stored.id}/_history/{done.stored.number}"
    answer = answer_with(done.stored, done.status, **({"Location": location} if done.status == 201 else {}))
    match asked.wishes.returns:
        case "minimal":
            return Answer(status=answer.status, headers=answer.headers, stored=answer.stored)
        case "OperationOutcome":
            content = outcome(Issue("informational", "Done", severity="information"))
            return Answer(status=answer.status, headers=answer.headers, stored=answer.stored, content=content)
    return answer


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


def _response(answer: Answer, wishes: Wishes) -> Response:
    content = pretty(answer.content) if wishes.pretty and answer.content else answer.content
    if answer.status in (204, 304) or not content:
        return Response(status_code=answer.status, headers=answer.headers)
    return Response(content, answer.status, answer.headers, f"{FHIR_JSON}; charset=utf-8")


def _refused(refused: Refusal) -> Response:
    return Response(
        outcome(*refused.issues), refused.status, dict(refused.headers), f"{FHIR_JSON}; charset=utf-8"
    )
