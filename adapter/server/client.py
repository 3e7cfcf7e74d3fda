"""The one FHIR client of a process, on aiohttp itself: httpx around it took longer than the request did."""

from __future__ import annotations

import re
import ssl
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Self

import aiohttp
import httpx
from aiohttp.http_exceptions import ContentEncodingError
from yarl import URL

from adapter.server.answer import FHIR_JSON, Answer, Trouble, expecting, judged
from adapter.server.links import Link, Server, next_url, search_link
from adapter.server.settings import ServerSettings
from adapter.server.wire import written
from mappings.problem import Json

__all__ = ["FhirClient", "ServerSettings"]

_USER_AGENT = f"vardbro/{version('vardbro')}"
_KEPT_OPEN = 4.0
"""Seconds that an idle connection is used again: less than servers commonly keep it."""
_KIND = re.compile(r"[A-Z][A-Za-z]{1,63}")
_ID = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9.\-]{1,64}")
_JSON = ("Content-Type", f"{FHIR_JSON}; charset=utf-8")
_FORM = ("Content-Type", "application/x-www-form-urlencoded")
_FRESH = ("Cache-Control", "no-cache")
"""HAPI answers a search again from memory for a minute, without what was written since."""

_TROUBLE: tuple[tuple[type[Exception], Trouble], ...] = (
    (aiohttp.ClientConnectorCertificateError, Trouble.UNTRUSTED),
    (aiohttp.ClientSSLError, Trouble.UNTRUSTED),
    (aiohttp.ClientConnectorError, Trouble.UNREACHABLE),
    (aiohttp.ConnectionTimeoutError, Trouble.UNREACHABLE),
    (TimeoutError, Trouble.TIMED_OUT),
    (aiohttp.ClientResponseError, Trouble.NOT_FHIR),
    (ContentEncodingError, Trouble.NOT_FHIR),
    (ValueError, Trouble.NOT_FHIR),
)
"""The first that fits; all else broke on the way."""


class FhirClient:
    """Asks one server, over connections that are kept and bounded. Open it with `async with`, once in a process.

    Nothing that a network or a server does raises: the `Answer` says what happened. What raises is what the caller did:
    ValueError for a type or an id that is none.
    """

    def __init__(self, settings: ServerSettings) -> None:
        self.settings = settings
        self.server: Server = settings.server
        self._session: aiohttp.ClientSession | None = None
        self._headers = {"Accept": FHIR_JSON, "Accept-Encoding": "gzip", "User-Agent": _USER_AGENT}
        if settings.authorization:
            self._headers["Authorization"] = settings.authorization

    async def __aenter__(self) -> Self:
        at = self.settings
        connector = aiohttp.TCPConnector(limit=at.connections, keepalive_timeout=_KEPT_OPEN, ssl=_trust(at))
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),  # one session for all callers
            headers=self._headers,
            timeout=aiohttp.ClientTimeout(at.total_timeout, sock_connect=at.connect_timeout, sock_read=at.read_timeout),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def read(self, kind: str, resource_id: str, *headers: tuple[str, str]) -> Answer:
        """`headers`: `If-None-Match` and the like; then 304 with no body is an answer too."""
        return expecting(await self.ask("GET", self._url(kind, resource_id), *headers), kind, resource_id)

    async def vread(self, kind: str, resource_id: str, version: str, *headers: tuple[str, str]) -> Answer:
        return expecting(
            await self.ask("GET", self._url(kind, resource_id, "_history", version), *headers), kind, resource_id
        )

    async def put(
        self,
        kind: str,
        resource_id: str,
        resource: Json,
        if_match: str | None = None,
        *,
        returning: str = "representation",
    ) -> Answer:
        """Update or create at this id. `if_match` is an ETag as it came. The body tells what the server kept of it,
        which on HAPI is more than what was sent (`meta.security`); `returning="minimal"` spares it."""
        guard = () if if_match is None else (("If-Match", if_match),)
        headers = (_JSON, ("Prefer", f"return={returning}"), *guard)
        answer = await self.ask("PUT", self._url(kind, resource_id), *headers, content=written(resource))
        told_otherwise = answer.body is None or answer.body["resourceType"] == "OperationOutcome"
        return answer if told_otherwise else expecting(answer, kind, resource_id)

    async def delete(self, kind: str, resource_id: str) -> Answer:
        """No `If-Match`: HAPI ignores it here (`fhir.md` 5), so that it would promise what is not kept."""
        return await self.ask("DELETE", self._url(kind, resource_id))

    async def post_transaction(self, bundle: Json, *, returning: str = "minimal") -> Answer:
        """A `transaction` or `batch` Bundle, to the base."""
        headers = (_JSON, ("Prefer", f"return={returning}"))
        return expecting(await self.ask("POST", self.settings.base, *headers, content=written(bundle)), "Bundle")

    async def metadata(self) -> Answer:
        """The CapabilityStatement; `wrong-version` where it is not one of R4."""
        answer = expecting(await self.ask("GET", f"{self.settings.base}/metadata"), "CapabilityStatement")
        told = str(answer.body.get("fhirVersion")) if answer.ok and answer.body else ""
        return answer if not answer.ok or told.startswith("4.0") else replace(answer, trouble=Trouble.WRONG_VERSION)

    def search(self, kind: str, params: Sequence[tuple[str, str]]) -> AsyncIterator[Answer]:
        """The pages of a search. One that is not `ok` is the last, and what came before is then not the whole."""
        return self._pages(search_link(self._url(kind), params))

    def history(self, kind: str, resource_id: str) -> AsyncIterator[Answer]:
        """The pages of one resource's history, newest version first."""
        return self._pages(Link(self._url(kind, resource_id, "_history")))

    async def follow(self, link: Link, *headers: tuple[str, str]) -> Answer:
        """One page. A search leaves no trace on a server, so it is asked once more where a kept connection broke."""
        for _ in range(2):
            if link.form is None:
                answer = await self.ask("GET", link.url, _FRESH, *headers)
            else:
                answer = await self.ask("POST", link.url, _FORM, _FRESH, *headers, content=link.form)
            if not (answer.trouble is Trouble.INTERRUPTED and answer.status is None):
                break
        return expecting(answer, "Bundle")

    async def ask(self, method: str, url: str, *headers: tuple[str, str], content: bytes | None = None) -> Answer:
        """One request to a URL of this server, and its whole answer."""
        if self._session is None:
            raise RuntimeError("Open the client first: async with FhirClient(settings) as client")
        status: int | None = None
        try:
            async with self._session.request(
                method, URL(url, encoded=True), headers=headers, data=content, allow_redirects=False
            ) as response:
                status = response.status
                raw = await _within(response, self.settings.body_limit)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            # A TimeoutError is an OSError.
            return Answer(status=status, trouble=_trouble(error))
        if raw is None:
            return Answer(status=status, trouble=Trouble.TOO_LARGE)
        return judged(status, _headers(response), raw, datetime.now(UTC))

    async def _pages(self, link: Link | None) -> AsyncIterator[Answer]:
        followed: set[Link] = set()
        entries = 0
        while link is not None:
            followed.add(link)
            answer = await self.follow(link)
            yield answer
            url = next_url(answer.body) if answer.ok and answer.body else None
            if url is None or answer.body is None:
                return
            link = self.server.link(url)
            entries += _count(answer.body)
            if link is None:
                yield Answer(trouble=Trouble.ELSEWHERE)
            elif link in followed or len(followed) >= self.settings.page_limit or entries >= self.settings.entry_limit:
                yield Answer(trouble=Trouble.ENDLESS)
                return

    def _url(self, kind: str, *parts: str) -> str:
        if not _KIND.fullmatch(kind) or not all(part == "_history" or _ID.fullmatch(part) for part in parts):
            raise ValueError("A resource type and an id as FHIR writes them")
        return "/".join((self.settings.base, kind, *parts))


def _trust(settings: ServerSettings) -> ssl.SSLContext | bool:
    """Reading the public certificates takes 20 ms and 2 MB, which plain http is spared."""
    if not settings.base.startswith("https:"):
        return True
    return ssl.create_default_context(cafile=settings.ca_file) if settings.ca_file else httpx.create_ssl_context()


def _headers(response: aiohttp.ClientResponse) -> dict[str, str]:
    """By name in lower case; bytes that are no text are kept as they came."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.raw_headers}


async def _within(response: aiohttp.ClientResponse, limit: int) -> bytes | None:
    """The body, decompressed, or None as soon as it is longer than the limit."""
    chunks: list[bytes] = []
    length = 0
    async for chunk in response.content.iter_any():
        length += len(chunk)
        if length > limit:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


def _trouble(error: Exception) -> Trouble:
    """A body that broke off and one that is not packed as it says are one error to aiohttp, with two causes."""
    both = error, error.__cause__
    fitting = (trouble for kind, trouble in _TROUBLE if any(isinstance(one, kind) for one in both))
    return next(fitting, Trouble.INTERRUPTED)


def _count(bundle: Json) -> int:
    entries = bundle.get("entry")
    return len(entries) if isinstance(entries, list) else 0
