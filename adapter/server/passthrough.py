"""The gateway's `/fhir` for reads and searches: handed to the server, and its bytes handed back (`rewriting`).

What a server says of an error is never handed on, since it repeats identifiers and SQL (`fhir.md` 5): only the codes
that `issues` takes from it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import parse_qsl

import orjson

from adapter.server.answer import FHIR_JSON, Answer, Trouble, expecting
from adapter.server.client import FhirClient
from adapter.server.issues import Issue, issues
from adapter.server.links import Link
from adapter.server.pages import Pages
from adapter.server.rewriting import Rewriter
from mappings.problem import Json

_ID = r"(?!\.{1,2}(?:/|$))[A-Za-z0-9.\-]{1,64}"
_READ = re.compile(rf"([A-Z][A-Za-z]{{1,63}})/({_ID})(/_history/{_ID})?")
_SEARCH = re.compile(r"([A-Z][A-Za-z]{1,63})(?:/_search)?")
_ON_A_READ = frozenset({"_format", "_pretty", "_summary", "_elements"})
_WORDS = re.compile(r"[A-Za-z,.:+/\-]*")
"""No digits: a value on a read cannot be anyone's number."""
_JSON_FORMATS = frozenset({"json", "application/json", "application/fhir+json", "application/fhir json", "text/json"})
_MOST_PARAMETERS = 200
_COME_BACK = 5.0

_INSTEAD: Final = {
    Trouble.UNREACHABLE: (503, "transient", "The FHIR server cannot be reached."),
    Trouble.TIMED_OUT: (504, "timeout", "The FHIR server did not answer in time."),
    Trouble.INTERRUPTED: (502, "incomplete", "The FHIR server's answer broke off."),
    Trouble.TOO_LARGE: (502, "too-costly", "The FHIR server's answer is larger than the gateway takes."),
    Trouble.ELSEWHERE: (502, "incomplete", "The FHIR server's next page lies on another server."),
}
_OTHERWISE: Final = (502, "transient", "The FHIR server's answer is not what was asked for.")
_NO_SUCH_PLACE: Final = (404, "not-supported", "The gateway has no such place: it reads, and searches by type.")
_NOT_THIS_WAY: Final = (405, "not-supported", "Here the gateway reads and searches.")
_JSON_ONLY: Final = (406, "not-supported", "The gateway answers in application/fhir+json.")


class Door:
    """The gateway's side of the pass-through; one for the process. `base` is its `/fhir` as callers see it."""

    def __init__(self, client: FhirClient, base: str, pages: Pages | None = None) -> None:
        self.client = client
        self.rewriter = Rewriter(client.server, base.rstrip("/"), pages or Pages())

    def page(self, token: str, holder: str) -> Link | None:
        return self.rewriter.pages.unseal(token, holder)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request at the gateway's `/fhir`."""

    method: str
    path: str
    """Below the base, `Patient/ID`; empty for the base."""
    query: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Names in lower case."""
    body: bytes = field(default=b"", repr=False)
    holder: str = ""
    """Who asks, in the door's own words; page links that it gets are good for it alone."""


class _RefusedError(Exception):
    """The gateway's own answer, before any server is asked: status, issue code, text."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(text)
        self.answer = Answer(status=status, raw=_told(code, text), content_type=FHIR_JSON)


async def forward(door: Door, asked: Asked) -> Answer:
    """A read, a version read, a search (GET, POST `_search`) or a further page (`?_page=`), as the caller gets it.

    A search goes on as POST `_search`, whatever it came as (Decided 8). Everything else is refused here: 404, 405, 406,
    415, 400; 410 for a page that is no longer known. Trouble with the server becomes 502, 503 or 504, and stays named
    in `trouble`.
    """
    try:
        _check(asked)
        if read := _READ.fullmatch(asked.path):
            return _handed_on(door, asked, await _read(door, asked, read[1], read[2], read[3] or ""), None)
        link = _link(door, asked)
    except _RefusedError as refused:
        return refused.answer
    return _handed_on(door, asked, await door.client.follow(link, *_headers(asked, "prefer")), link)


def _check(asked: Asked) -> None:
    accept = asked.headers.get("accept", "*/*")
    if not any(word in accept for word in ("json", "*/*", "application/*")):
        raise _RefusedError(*_JSON_ONLY)
    if asked.method not in {"GET", "POST"}:
        raise _RefusedError(*_NOT_THIS_WAY)


async def _read(door: Door, asked: Asked, kind: str, resource_id: str, version: str) -> Answer:
    if asked.method != "GET":
        raise _RefusedError(*_NOT_THIS_WAY)
    for name, value in _parameters(asked.query):
        if name not in _ON_A_READ or not _WORDS.fullmatch(value):
            raise _RefusedError(400, "not-supported", "A read takes _format, _pretty, _summary and _elements.")
    url = f"{door.client.server.base}/{kind}/{resource_id}{version}" + (f"?{asked.query}" if asked.query else "")
    headers = _headers(asked, "if-none-match", "if-modified-since")
    return expecting(await door.client.ask("GET", url, *headers), kind, resource_id)


def _link(door: Door, asked: Asked) -> Link:
    if not asked.path and asked.method == "GET":
        return _page(door, asked)
    search = _SEARCH.fullmatch(asked.path)
    if search is None:
        raise _RefusedError(*_NO_SUCH_PLACE)
    if asked.method == "POST" and not asked.path.endswith("/_search"):
        raise _RefusedError(*_NOT_THIS_WAY)
    form = "&".join(part for part in (asked.query, _form(asked)) if part)
    _parameters(form)
    return Link(f"{door.client.server.base}/{search[1]}/_search", form.encode())


def _page(door: Door, asked: Asked) -> Link:
    token = dict(_parameters(asked.query)).get("_page")
    if token is None:
        raise _RefusedError(*_NO_SUCH_PLACE)
    link = door.page(token, asked.holder)
    if link is None:
        raise _RefusedError(410, "expired", "This page is no longer kept. Search again.")
    return link


def _form(asked: Asked) -> str:
    if asked.method != "POST" or not asked.body:
        return ""
    if not asked.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise _RefusedError(415, "not-supported", "A search is posted as application/x-www-form-urlencoded.")
    try:
        return asked.body.decode("ascii")
    except UnicodeDecodeError:
        raise _RefusedError(400, "structure", "The form of a search is percent-encoded.") from None


def _parameters(query: str) -> list[tuple[str, str]]:
    """What is asked; refused where there is no end of it, or an answer in something else than JSON is wanted."""
    try:
        parameters = parse_qsl(query, keep_blank_values=True, max_num_fields=_MOST_PARAMETERS)
    except ValueError:
        raise _RefusedError(400, "too-costly", f"At most {_MOST_PARAMETERS} parameters.") from None
    if any(name == "_format" and value not in _JSON_FORMATS for name, value in parameters):
        raise _RefusedError(*_JSON_ONLY)
    return parameters


def _headers(asked: Asked, *names: str) -> list[tuple[str, str]]:
    told = [(name, asked.headers[name]) for name in names if name in asked.headers]
    return [(name, value) for name, value in told if value.isascii() and value.isprintable()]


def _handed_on(door: Door, asked: Asked, answer: Answer, link: Link | None) -> Answer:
    if answer.trouble is not None or answer.status is None or answer.status in {401, 403, 407}:
        return _instead(answer)
    if answer.status >= 400:
        raw = _outcome(*(issues(answer) or (Issue("error", "processing", ""),)))
        return replace(answer, raw=raw, body=None, content_type=FHIR_JSON, location=None)
    rewritten = door.rewriter.rewritten(answer, link, asked.holder)
    if rewritten is None:
        return _instead(replace(answer, trouble=Trouble.ELSEWHERE))
    return replace(answer, raw=rewritten, location=door.rewriter.moved(answer.location))


def _instead(answer: Answer) -> Answer:
    """The gateway's own words for an answer that is not handed on; `trouble` stays for whoever counts."""
    status, code, text = _INSTEAD.get(answer.trouble, _OTHERWISE) if answer.trouble else _OTHERWISE
    if answer.status in {429, 503}:
        status = answer.status
    wait = answer.retry_after if answer.retry_after is not None else _COME_BACK if status == 503 else None
    return Answer(
        status=status, raw=_told(code, text), content_type=FHIR_JSON, retry_after=wait, trouble=answer.trouble
    )


def _told(code: str, text: str) -> bytes:
    return _outcome(Issue("error", code, text))


def _outcome(*told: Issue) -> bytes:
    return orjson.dumps({"resourceType": "OperationOutcome", "issue": [_issue(issue) for issue in told]})


def _issue(issue: Issue) -> Json:
    said: Json = {"severity": issue.severity, "code": issue.code}
    if issue.token:
        said["diagnostics"] = issue.token
    if issue.expression:
        said["expression"] = list(issue.expression)
    return said
