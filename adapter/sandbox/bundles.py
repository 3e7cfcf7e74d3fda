"""Bundles, put together from stored bytes: a resource in a Bundle is the same to the byte as when it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from typing import Any

import orjson

from adapter.sandbox.answer import Answer
from adapter.sandbox.paging import PAGE, Page
from adapter.sandbox.stored import Stored

Trim = Callable[[bytes], bytes]
"""What becomes of a match before it is shown: whole, or cut to its `_elements` or `_summary`."""


def searchset(base: str, page: Page, matched: Sequence[Stored], included: Sequence[Stored], trim: Trim | None) -> bytes:
    entries = [_entry(base, one, b"match", trim) for one in matched] + [
        _entry(base, one, b"include") for one in included
    ]
    return _bundle("searchset", entries, total=len(page.snapshot.hits), links=_links(base, page))


def count_only(base: str, total: int, path: str, query: str) -> bytes:
    return _bundle("searchset", [], total=total, links={"self": _url(base, path, query)})


def history_of(base: str, page: Page, versions: Iterable[Stored]) -> bytes:
    entries = [_version_entry(base, version) for version in versions]
    return _bundle("history", entries, total=len(page.snapshot.hits), links=_links(base, page))


def transaction_response(base: str, answers: Iterable[tuple[Answer, bool]], *, weak_tags: bool) -> bytes:
    """Each answer, and whether its content is shown."""
    entries = [_response_entry(base, answer, shown, weak_tags) for answer, shown in answers]
    return _bundle("transaction-response", entries)


def _bundle(
    type_: str, entries: list[bytes], *, total: int | None = None, links: dict[str, str] | None = None
) -> bytes:
    head: dict[str, Any] = {"resourceType": "Bundle", "type": type_}
    if total is not None:
        head["total"] = total
    if links:
        head["link"] = [{"relation": relation, "url": url} for relation, url in links.items()]
    opening = orjson.dumps(head)[:-1]
    return opening + (b',"entry":[' + b",".join(entries) + b"]}" if entries else b"}")


def _links(base: str, page: Page) -> dict[str, str]:
    path = page.snapshot.path
    links = {"self": _url(base, path, f"{PAGE}={page.own_token}" if page.offset else page.snapshot.query)}
    if page.previous_token:
        links["previous"] = _url(base, path, f"{PAGE}={page.previous_token}")
    if page.next_token:
        links["next"] = _url(base, path, f"{PAGE}={page.next_token}")
    return links


def _url(base: str, path: str, query: str) -> str:
    return f"{base}/{path}?{query}" if query else f"{base}/{path}"


def _entry(base: str, stored: Stored, mode: bytes, trim: Trim | None = None) -> bytes:
    url = f"{base}/{stored.type}/{stored.id}".encode()
    content = trim(stored.content) if trim else stored.content
    return b'{"fullUrl":"%b","resource":%b,"search":{"mode":"%b"}}' % (url, content, mode)


def _version_entry(base: str, stored: Stored) -> bytes:
    at = f"{stored.type}/{stored.id}"
    status = "204" if stored.deleted else "201" if stored.method == "POST" or stored.number == 1 else "200"
    request = {"method": stored.method, "url": stored.type if stored.method == "POST" else at}
    response = {"status": status, "etag": stored.etag, "lastModified": stored.updated}
    resource = b"" if stored.deleted else b'"resource":%b,' % stored.content
    told = (f"{base}/{at}".encode(), resource, orjson.dumps(request), orjson.dumps(response))
    return b'{"fullUrl":"%b",%b"request":%b,"response":%b}' % told


def _response_entry(base: str, answer: Answer, show: bool, weak_tags: bool) -> bytes:
    response = {"status": f"{answer.status} {HTTPStatus(answer.status).phrase}"}
    if "Location" in answer.headers:
        response["location"] = answer.headers["Location"]
    if answer.stored:
        response["etag"] = answer.stored.etag if weak_tags else str(answer.stored.number)
        response["lastModified"] = answer.stored.updated
    resource = b'"resource":%b,' % answer.content if show and answer.content else b""
    url = (
        b'"fullUrl":"%b",' % f"{base}/{answer.stored.type}/{answer.stored.id}".encode()
        if resource and answer.stored
        else b""
    )
    return b'{%b%b"response":%b}' % (url, resource, orjson.dumps(response))
