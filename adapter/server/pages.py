"""Page links as opaque tokens (Decided 8): what a link holds stays here, and only a random word goes out."""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from adapter.server.links import Link


@dataclass(slots=True)
class Pages:
    """Links that were handed out, for a while and in memory: a restart forgets them, and so may a gateway beside this
    one never have known them. Whoever comes with a forgotten one searches again; servers forget their pages too."""

    lifetime: float = 600.0
    limit: int = 20_000
    """Past this the oldest are forgotten first."""
    clock: Callable[[], float] = time.monotonic
    _kept: OrderedDict[str, tuple[float, str, Link]] = field(default_factory=OrderedDict, repr=False)

    def seal(self, link: Link, holder: str) -> str:
        """A token of 32 letters for this link, good for the one who got it (`holder`, as the door names callers)."""
        now = self.clock()
        while self._kept and (len(self._kept) >= self.limit or self._first() <= now):
            self._kept.popitem(last=False)
        token = secrets.token_urlsafe(24)
        self._kept[token] = now + self.lifetime, holder, link
        return token

    def unseal(self, token: str, holder: str) -> Link | None:
        """The link, or None for a token that is unknown, too old, or another's. A page may be asked for again."""
        until, owner, link = self._kept.get(token, (0.0, "", None))
        return link if owner == holder and until > self.clock() else None

    def _first(self) -> float:
        return next(iter(self._kept.values()))[0]
