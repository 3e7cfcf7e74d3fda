"""Ids of the resources that we own, derived from what they are known by (Decided 8)."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field

from mappings.shape.key import Key

SHORTEST_KEY = 16


@dataclass(frozen=True, slots=True)
class Ids:
    """The ids of one region.

    The same key gives the same id, on any machine, so that what is sent twice is one resource. Without the region's
    secret nobody can turn an id back by trying every personal number, so that ids may stand in URLs and logs.
    Refuses a secret of fewer than 16 bytes.
    """

    region: str
    key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.key) < SHORTEST_KEY:
            raise ValueError(f"A key for ids has at least {SHORTEST_KEY} bytes")

    def of(self, key: Key) -> str:
        """A UUID of version 8 (RFC 9562), lower case: HMAC-SHA-256 over region, type, system and value."""
        digest = hmac.digest(self.key, _framed(self.region, *key), "sha256")
        version, variant = digest[6] & 0x0F | 0x80, digest[8] & 0x3F | 0x80
        text = (digest[:6] + bytes((version, digest[7], variant)) + digest[9:16]).hex()
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _framed(*parts: str) -> bytes:
    """Each part after its length in bytes, so that no two different lists of parts are the same bytes."""
    encoded = [part.encode("utf-8", "surrogatepass") for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)
