"""Where a page link may lead, and how it is followed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qsl, urlencode, urljoin

import httpx

from mappings.problem import Json

# fmt: off
_HARMLESS: Final = frozenset({
    "_getpages", "_getpagesoffset", "_offset", "_cursor", "_count", "_sort", "_total", "_include", "_include:iterate",
    "_revinclude", "_revinclude:iterate", "_elements", "_summary", "_format", "_pretty", "_bundletype",
    "_lastUpdated", "_since", "_at", "_id", "_page", "page",
})
# fmt: on
"""Parameters that hold no value of a patient's: state of the server, derived ids, names of elements."""


Origin: TypeAlias = tuple[str, str, int | None]
"""Scheme, host, port."""


@dataclass(frozen=True, slots=True)
class Link:
    """A GET of `url`, or a POST of the `form` to it: what a patient is searched by stands in no URL (Decided 8)."""

    url: str
    form: bytes | None = None


@dataclass(frozen=True)
class Server:
    """Where the server is, and the other base URLs that it may call itself by (behind a proxy that rewrites paths)."""

    base: str
    aliases: tuple[str, ...] = ()

    @cached_property
    def bases(self) -> tuple[str, ...]:
        return (self.base, *self.aliases)

    @cached_property
    def origin(self) -> Origin:
        return _origin(httpx.URL(self.base))

    def link(self, url: str) -> Link | None:
        """How to follow a link of this server's answers, or None where it leads away from it.

        A link is followed as given, but for an alias put right, and for a search that the server wrote out in the URL:
        that goes as POST `_search` with the very same parameters.
        """
        here = read_url(url, f"{self.base}/")
        if here is None:
            return None
        text = str(here)
        for alias in self.aliases:
            if text.startswith((f"{alias}/", f"{alias}?")):
                here = read_url(self.base + text.removeprefix(alias))
        if here is None or _origin(here) != self.origin:
            return None
        query = here.query
        if not _may_tell(query):
            return Link(str(here))
        return Link(_search_url(str(here.copy_with(query=None))), query)


def search_link(url: str, params: Sequence[tuple[str, str]]) -> Link:
    """A search of the type (or of everything) at `url`, as POST `_search`."""
    return Link(_search_url(url), urlencode(params).encode())


def next_url(bundle: Json) -> str | None:
    """The `next` link of a page, where it has one."""
    return next((url for relation, url in urls(bundle) if relation == "next"), None)


def urls(bundle: Json) -> list[tuple[str, str]]:
    """(relation, url) of each link of the Bundle that is in order."""
    listed: Any = bundle.get("link")
    links = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    named = [(one.get("relation"), one.get("url")) for one in links]
    return [(relation, url) for relation, url in named if isinstance(relation, str) and isinstance(url, str)]


def _search_url(url: str) -> str:
    return url if url.endswith("/_search") else f"{url.rstrip('/')}/_search"


def _may_tell(query: bytes) -> bool:
    named = parse_qsl(query.decode("ascii", "replace"), keep_blank_values=True)
    return any(name not in _HARMLESS for name, _ in named)


def read_url(url: str, base: str = "") -> httpx.URL | None:
    """None for what one reader of URLs could take for another host than the next one does."""
    if not url or not url.isprintable() or "\\" in url or " " in url:
        return None
    try:
        read = httpx.URL(urljoin(base, url))
    except (httpx.InvalidURL, ValueError):
        return None
    return None if read.userinfo else read


def _origin(url: httpx.URL) -> Origin:
    return url.scheme, url.host, url.port or {"http": 80, "https": 443}.get(url.scheme)
