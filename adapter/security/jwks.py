"""The public keys of an issuer, fetched when they are needed and kept: never once a request."""

from __future__ import annotations

import asyncio
from base64 import urlsafe_b64decode
from collections.abc import Awaitable, Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import aiohttp
import orjson
import structlog
from cryptography.exceptions import UnsupportedAlgorithm
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jwk import Key as PublicKey

from adapter.security.caller import Unprovable

FRESH: Final = 600.0
"""Seconds until keys are looked at again: as long a withdrawn key is trusted at most, where the issuer answers."""
AT_MOST: Final = 3600.0
"""Seconds that keys are trusted where the issuer does not answer."""
BETWEEN: Final = 30.0
"""Seconds between two fetches at least, whatever tokens come."""
LARGEST, WITHIN = 262_144, 5.0
"""Bytes of a key set; seconds in which it comes."""
SHORTEST_RSA = 2048

ALGORITHMS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "RS256": ("RSA", ""),
        "PS256": ("RSA", ""),
        "ES256": ("EC", "P-256"),
        "EdDSA": ("OKP", "Ed25519"),
        "Ed25519": ("OKP", "Ed25519"),
    }
)
"""What may sign a token, and with which keys: (`kty`, `crv`). The last two are one algorithm (RFC 8037, RFC 9864)."""

_KINDS: Mapping[str, Any] = MappingProxyType({"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey})
_PUBLIC = ("kty", "n", "e", "crv", "x", "y")

Keys: TypeAlias = Mapping[str, Mapping[str, PublicKey]]
"""By name, and by what each may sign with."""

Fetch = Callable[[str], Awaitable[bytes]]

log = structlog.get_logger("vardbro")


class KeySetUnusable(Exception):
    """What the issuer answered is no set of keys."""


class KeyRing:
    """The keys of one issuer."""

    def __init__(self, url: str, fetch: Fetch, ticks: Callable[[], float]) -> None:
        self._url, self._fetch, self._ticks = url, fetch, ticks
        self._keys: Keys = {}
        self._read: bytes | None = None
        self._fetched = self._tried = float("-inf")
        self._flight: asyncio.Task[None] | None = None
        self._failed = False
        self.edition = 0
        """Grows with every change of the keys."""

    async def key(self, kid: str, algorithm: str) -> PublicKey | None:
        """The key of this name if it is one of this algorithm; None where the issuer has none.

        A name that is not known is looked for once at the issuer, though not more often than `BETWEEN`; those who ask
        meanwhile wait for the same answer. Raises `Unprovable` where the issuer cannot be asked and what is known does
        not settle it.
        """
        if self._age > FRESH or kid not in self._keys:
            self.look_again()
        if self._flight is not None and (self._age > AT_MOST or kid not in self._keys):
            await asyncio.shield(self._flight)
        if self._age > AT_MOST or (self._failed and kid not in self._keys):
            raise Unprovable
        return self._keys.get(kid, {}).get(algorithm)

    @property
    def trusted(self) -> bool:
        """The keys are young enough to stand by what they have proven. Has them fetched again in time."""
        if self._age > FRESH:
            self.look_again()
        return self._age <= AT_MOST

    def look_again(self) -> None:
        """Begins a fetch, unless one is under way or has just been."""
        if self._flight is None and self._ticks() - self._tried >= BETWEEN:
            self._tried = self._ticks()
            self._flight = asyncio.get_running_loop().create_task(self._refetch())

    async def close(self) -> None:
        if self._flight is not None:
            self._flight.cancel()
            await asyncio.gather(self._flight, return_exceptions=True)

    @property
    def _age(self) -> float:
        return self._ticks() - self._fetched

    async def _refetch(self) -> None:
        try:
            read = await self._fetch(self._url)
            keys = key_set(read)
        except (aiohttp.ClientError, TimeoutError, OSError, KeySetUnusable) as error:
            self._failed = True
            log.warning("issuer.silent", error=type(error).__name__)
        else:
            self._failed, self._fetched = False, self._ticks()
            if read != self._read:
                self._read, self._keys, self.edition = read, keys, self.edition + 1
        finally:
            self._flight = None


def key_set(read: bytes) -> Keys:
    """The keys of a JWK Set (RFC 7517) that may sign tokens; the rest is passed over.

    Raises `KeySetUnusable` where it is none.
    """
    try:
        listed = orjson.loads(read)["keys"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise KeySetUnusable from None
    if not isinstance(listed, list):
        raise KeySetUnusable
    found: dict[str, dict[str, PublicKey]] = {}
    for one in listed:
        if isinstance(one, dict) and isinstance(kid := one.get("kid"), str) and (key := _key(one)) is not None:
            found[kid] = dict.fromkeys(_signs(one), key) | found.get(kid, {})
    return MappingProxyType(found)


def _signs(one: Mapping[str, Any]) -> Iterator[str]:
    """What a key may sign with: what its type can, and no other algorithm than it names itself."""
    named = ("EdDSA", "Ed25519") if one.get("alg") in ("EdDSA", "Ed25519") else (one.get("alg"),)
    for algorithm, (kty, curve) in ALGORITHMS.items():
        if one["kty"] == kty and (not curve or one.get("crv") == curve) and ("alg" not in one or algorithm in named):
            yield algorithm


def _key(one: Mapping[str, Any]) -> PublicKey | None:
    """The public half, if it is a key for signatures; a shared secret is none, whatever it is listed as."""
    if one.get("use", "sig") != "sig" or one.get("kty") not in tuple(_KINDS) or not _long_enough(one):
        return None
    try:
        key: PublicKey = _KINDS[one["kty"]].import_key({name: one[name] for name in _PUBLIC if name in one})
    except (JoseError, UnsupportedAlgorithm, ValueError, TypeError, KeyError):
        return None
    return key


def _long_enough(one: Mapping[str, Any]) -> bool:
    if one["kty"] != "RSA":
        return True
    try:
        return int.from_bytes(urlsafe_b64decode(f"{one.get('n')}==")).bit_length() >= SHORTEST_RSA
    except ValueError:
        return False


async def fetched(session: aiohttp.ClientSession, url: str) -> bytes:
    """A key set as its issuer answers it: from exactly this address, and no larger than one is.

    Raises `aiohttp.ClientError`, `TimeoutError`, `KeySetUnusable`.
    """
    within = aiohttp.ClientTimeout(total=WITHIN)
    async with session.get(url, allow_redirects=False, timeout=within, headers={"Accept": "application/json"}) as got:
        if got.status != 200:
            raise KeySetUnusable
        read = await got.content.read(LARGEST + 1)
        while not got.content.at_eof() and len(read) <= LARGEST:
            read += await got.content.read(LARGEST + 1 - len(read))
    if len(read) > LARGEST:
        raise KeySetUnusable
    return read
