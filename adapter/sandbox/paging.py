"""Pages of what was found once: a next link goes on in the list as it was when the first page was asked for."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from secrets import token_urlsafe

from adapter.sandbox.outcome import refusal

PAGE = "_page"
"""The parameter of a page link."""

KEPT = 500
"""Lists that are kept at once; the one longest unused goes first."""
KEPT_HITS = 500_000


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`hits` are pk of the resource and of the version that was found; writes since then do not move them."""

    path: str
    """What was searched: `Appointment`, `Patient/1/_history`."""
    hits: list[tuple[int, int]]
    count: int
    query: str = ""
    """The query as it was understood."""


@dataclass(frozen=True, slots=True)
class Page:
    snapshot: Snapshot
    offset: int
    token: str
    """Empty while everything fits on one page."""

    @property
    def hits(self) -> list[tuple[int, int]]:
        return self.snapshot.hits[self.offset : self.offset + self.snapshot.count]

    @property
    def own_token(self) -> str:
        return f"{self.token}.{self.offset}"

    @property
    def next_token(self) -> str:
        """What the next page is asked for by, or nothing after the last."""
        after = self.offset + self.snapshot.count
        return f"{self.token}.{after}" if self.token and after < len(self.snapshot.hits) else ""

    @property
    def previous_token(self) -> str:
        return f"{self.token}.{max(0, self.offset - self.snapshot.count)}" if self.offset else ""


class Pages:
    """The lists that some client may still be paging through."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Snapshot] = OrderedDict()

    def first(self, snapshot: Snapshot) -> Page:
        if len(snapshot.hits) <= snapshot.count or not snapshot.count:
            return Page(snapshot, 0, "")
        token = token_urlsafe(12)
        self._kept[token] = snapshot
        while len(self._kept) > KEPT or (len(self._kept) > 1 and self._hits() > KEPT_HITS):
            self._kept.popitem(last=False)
        return Page(snapshot, 0, token)

    def page(self, text: str, path: str) -> Page:
        """Refuses with 410 what is kept no longer, or never was."""
        token, _, offset = text.partition(".")
        snapshot = self._kept.get(token)
        if snapshot is None or snapshot.path != path or not (offset.isascii() and offset.isdigit()):
            raise refusal(410, "expired", "This page is no longer kept: search again")
        self._kept.move_to_end(token)
        return Page(snapshot, int(offset[:9]), token)

    def clear(self) -> None:
        self._kept.clear()

    def _hits(self) -> int:
        return sum(len(snapshot.hits) for snapshot in self._kept.values())
