"""The server's bytes, with the addresses in them made the gateway's own.

It is done in the bytes, so that all else goes through as the server wrote it. Only `fullUrl`, `reference` and page
links are addresses; a canonical URL that happens to lie under the server's base is a name, and stays.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from adapter.server.answer import Answer
from adapter.server.links import Link, Server, urls
from adapter.server.pages import Pages
from adapter.server.wire import written
from mappings.problem import Json

_ADDRESS = re.compile(rb'"(?:fullUrl|reference)"\s{0,9}:\s{0,9}"\Z')
_LONGEST_BEFORE = 40
_SPELLINGS = (b'"url":', b'"url": ')
"""As compact and as readable JSON is written."""


@dataclass(frozen=True, slots=True)
class Rewriter:
    """One for the process: from the server's addresses to those below `base`."""

    server: Server
    base: str
    """Where the gateway's own `/fhir` is, as its callers see it, without a slash at its end."""
    pages: Pages
    _theirs: re.Pattern[bytes] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        bases = b"|".join(re.escape(base.encode()) for base in self.server.bases)
        object.__setattr__(self, "_theirs", re.compile(rb"(?:" + bases + rb")(?=/)"))

    def rewritten(self, answer: Answer, link: Link | None, holder: str) -> bytes | None:
        """The bytes to hand on; the very same where they hold no address. `link` is what was followed to this page.

        None where a page link leads away from the server: without the pages behind it, the list would look whole.
        """
        if answer.body is None:
            return answer.raw
        # A writer that escapes slashes hides its addresses from a search in the bytes.
        raw = written(answer.body) if b"\\/" in answer.raw else answer.raw
        if link is not None:
            new = self._links(answer.body, link, holder)
            if new is None:
                return None
            raw = _relinked(raw, answer.body, new)
        return self._theirs.sub(self._ours, raw)

    def moved(self, location: str | None) -> str | None:
        """A `Location` of the server's, below the gateway's base; None where it is not the server's."""
        for base in self.server.bases:
            if location is not None and location.startswith(f"{base}/"):
                return self.base + location.removeprefix(base)
        return None

    def _ours(self, found: re.Match[bytes]) -> bytes:
        """What begins with the server's base is quick to find; what stands before it tells whether it is an address."""
        start = found.start()
        before = found.string[max(0, start - _LONGEST_BEFORE) : start]
        return self.base.encode() if _ADDRESS.search(before) else found[0]

    def _links(self, body: Json, link: Link, holder: str) -> dict[str, str] | None:
        new: dict[str, str] = {}
        for relation, url in urls(body):
            target = link if relation == "self" else self.server.link(url)
            if target is None:
                return None
            if relation == "self" and target.form is not None:
                # What was searched for would stand in it, and whoever follows a link puts it into a URL.
                new[url] = self.base + target.url.removeprefix(self.server.base)
            else:
                new[url] = f"{self.base}/?_page={self.pages.seal(target, holder)}"
        return new


def _relinked(raw: bytes, body: Json, new: dict[str, str]) -> bytes:
    old = [url for _, url in urls(body)]
    for url, token in new.items():
        written_as = [(spelling, spelling + orjson.dumps(url)) for spelling in _SPELLINGS]
        found = next(((how, text) for how, text in written_as if raw.count(text) == old.count(url)), None)
        if found is None:
            # Spelt in another way, or an extension has the very same URL: put right in the body itself.
            return written({**body, "link": _links_replaced(body["link"], new)})
        raw = raw.replace(found[1], found[0] + orjson.dumps(token))
    return raw


def _links_replaced(links: Sequence[Any], new: dict[str, str]) -> list[Any]:
    return [
        {**one, "url": new[one["url"]]} if isinstance(one, dict) and one.get("url") in new else one for one in links
    ]
