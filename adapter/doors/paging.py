"""Where a search goes on: after the last item that was shown, whatever has come or gone since.

What is handed out is a token that tells nothing and that nobody else can make: the place, signed and then masked by
its own signature (SIV, RFC 5297, on the hashes of the standard library), with keys of the region's. It is good for the
caller who got it, for the same kind of search of the same patient, for a while, and over a restart.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

import orjson

from adapter.keys import Keys
from mappings.problem import Json, Problem

Place: TypeAlias = tuple[str, str, str]
"""Of an item among those found: when it starts, its source, its number there."""

BEGINNING: Place = ("", "", "")
LIFETIME = timedelta(hours=12)
"""How long a search can be gone on with."""
_SIGNATURE = 16
_LONGEST = 1_000
"""Letters of a token: more than any of ours has."""

NOT_OF_THIS_SEARCH = Problem(
    "IN-9",
    "/page",
    "Sidan hör inte till den här sökningen, eller är för gammal: sök igen från början, utan page.",
    "The page is not one of this search, or is too old: search again from the beginning, without page.",
)


@dataclass(frozen=True, slots=True)
class Searched:
    """What a token is good for."""

    caller: str
    kind: str
    about: str
    """The hash of the patient, or of all that is asked for."""


def place_of(item: Json) -> Place:
    """By this items are sorted: those without a start first, then by time."""
    lines = item.get("lines") or [{}]
    start = next((line.get("start") for line in lines if line.get("start")), None)
    return (
        str(start or item.get("start") or ""),
        str(item.get("source", "")),
        str(item.get("number") or item.get("id") or ""),
    )


def page(items: Sequence[Json], after: Place, count: int) -> tuple[list[Json], Place | None]:
    """The next so many in order, and where the page after them begins, if there is one.

    What a server holds twice has one place, and is shown on one page.
    """
    rest = sorted(items, key=place_of)
    rest = rest[bisect_right(rest, after, key=place_of) :]
    if len(rest) <= count:
        return rest, None
    last = place_of(rest[count - 1])
    end = bisect_right(rest, last, key=place_of)
    return rest[:end], last if end < len(rest) else None


def sealed(keys: Keys, searched: Searched, place: Place, now: datetime) -> str:
    """The token of the page after this place."""
    told = orjson.dumps([(now + LIFETIME).timestamp(), *place])
    signature = _signature(keys, searched, told)
    return base64.urlsafe_b64encode(signature + _masked(keys, signature, told)).decode().rstrip("=")


def unsealed(keys: Keys, searched: Searched, token: str, now: datetime) -> Place | None:
    """The place, or None for a token that is not ours, not of this search, or too old."""
    if len(token) > _LONGEST:
        return None
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), b"-_", validate=True)
    except ValueError:
        return None
    told = _masked(keys, raw[:_SIGNATURE], raw[_SIGNATURE:])
    if not hmac.compare_digest(raw[:_SIGNATURE], _signature(keys, searched, told)):
        return None
    until, start, source, number = orjson.loads(told)
    return (start, source, number) if now.timestamp() < until else None


def _signature(keys: Keys, searched: Searched, told: bytes) -> bytes:
    of = orjson.dumps([searched.caller, searched.kind, searched.about])
    return hmac.digest(keys.of("page-signature"), of + told, "sha256")[:_SIGNATURE]


def _masked(keys: Keys, signature: bytes, told: bytes) -> bytes:
    """And the other way."""
    mask = hashlib.shake_256(keys.of("page-mask") + signature).digest(len(told))
    return bytes(one ^ other for one, other in zip(told, mask, strict=True))
