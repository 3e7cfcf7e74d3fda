"""From what a request shows to who is asking: a token of the region's own file, an issuer's access token, loopback."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

import aiohttp
import orjson
from joserfc.errors import JoseError
from joserfc.jwk import Key as PublicKey
from joserfc.jws import CompactSignature, JWSRegistry, extract_compact, validate_compact

from adapter.security.caller import Caller, NotProven, Unrecognised
from adapter.security.issuer import Whose, bound_to, caller_of, within_its_time
from adapter.security.jwks import KeyRing, fetched
from adapter.security.token_file import Tokens

LONGEST: Final = 8192
"""Characters of an access token."""
MOST: Final = 4096
"""Tokens that are remembered as good."""
_NEVER = frozenset({"jku", "jwk", "x5u", "x5c", "crit", "b64", "zip", "enc"})
"""Header parameters by which a token would choose its own key, or be read otherwise than it stands."""


class _Signatures(JWSRegistry):
    """The library's own algorithms, by whichever of their names the issuer uses."""

    def get_alg(self, name: str) -> Any:
        return self.algorithms[name]


_SIGNATURES = _Signatures(strict_check_header=False)


@dataclass(frozen=True, slots=True)
class _Good:
    """What a token was found to say, for as long as that holds."""

    caller: Caller
    certificate: str | None
    until: float
    ring: KeyRing
    edition: int

    def holds(self, now: float) -> bool:
        return now < self.until and self.ring.trusted and self.ring.edition == self.edition


class Recognition:
    """Who is asking; one for the process, since it keeps the issuers' keys and which tokens are good."""

    def __init__(
        self,
        tokens: Tokens,
        whose: Whose,
        clock: Callable[[], datetime],
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tokens, self._whose, self._clock, self._ticks = tokens, whose, clock, ticks
        self._issuers = {issuer.url: issuer for issuer in tokens.issuers}
        self._clients = {(client.issuer, client.id): client for client in tokens.clients}
        self._rings: Mapping[str, KeyRing] = {}
        self._good: OrderedDict[bytes, _Good] = OrderedDict()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        session = await self._stack.enter_async_context(
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), trust_env=False)
        )
        self._rings = {
            url: KeyRing(issuer.jwks, lambda place: fetched(session, place), self._ticks)
            for url, issuer in self._issuers.items()
        }
        for ring in self._rings.values():
            self._stack.push_async_callback(ring.close)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    @property
    def open_to_loopback(self) -> bool:
        """Whoever is on this machine is the operator."""
        return self._tokens.open_to_loopback

    async def caller(self, authorization: Sequence[str], client: str | None, certificate: str | None) -> Caller:
        """Who sends these `Authorization` headers from this address, over a connection with this certificate.

        Raises `Unrecognised` for nobody, `NotProven` for a token that is not good (which of all it fails, nobody is
        told), `Unprovable`.
        """
        known = self._tokens.caller(authorization[0] if authorization else None, client)
        if known is not None and (len(authorization) == 1 or self._tokens.open_to_loopback):
            return known
        scheme, _, token = (authorization[0] if authorization else "").partition(" ")
        if self._tokens.open_to_loopback or scheme.lower() != "bearer":
            raise Unrecognised
        if len(authorization) > 1 or not 0 < len(token) <= LONGEST or not self._rings:
            raise NotProven
        good = await self._good_of(token)
        if good.certificate is not None and not hmac.compare_digest(good.certificate, certificate or ""):
            raise NotProven
        return good.caller

    async def _good_of(self, token: str) -> _Good:
        """What the token says: remembered under its hash, or proven now."""
        mark = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        known = self._good.get(mark)
        if known is not None and known.holds(self._clock().timestamp()):
            self._good.move_to_end(mark)
            return known
        self._good.pop(mark, None)
        good = await self._proven(token)
        self._good[mark] = good
        if len(self._good) > MOST:
            self._good.popitem(last=False)
        return good

    async def _proven(self, token: str) -> _Good:
        unproven = _read(token)
        header, claims = unproven.headers(), _claims(unproven)
        issuer = self._issuers.get(_text(claims.get("iss")))
        algorithm, kid = _text(header.get("alg")), _text(header.get("kid"))
        typ = _text(header.get("typ")).lower().removeprefix("application/")
        allowed = () if issuer is None else _names(issuer.algorithms)
        if issuer is None or header.keys() & _NEVER or algorithm not in allowed or not kid:
            raise NotProven
        if typ not in {one.lower() for one in issuer.typ}:
            raise NotProven
        within_its_time(claims, issuer, self._clock())
        client = self._clients.get((issuer.url, _text(claims.get(issuer.client_from))))
        if client is None:
            raise NotProven
        ring = self._rings[issuer.url]
        key = await ring.key(kid, algorithm)
        edition = ring.edition
        if key is None or not _signed(unproven, key):
            raise NotProven
        return _Good(
            caller_of(claims, client, self._whose), bound_to(claims, client), claims["exp"] + issuer.skew, ring, edition
        )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _names(algorithms: Sequence[str]) -> set[str]:
    return {*algorithms, *(("Ed25519",) if "EdDSA" in algorithms else ())}


def _read(token: str) -> CompactSignature:
    """A token as it stands, to find whose signature would prove it. Raises `NotProven`."""
    try:
        return extract_compact(token.encode("ascii"), registry=_SIGNATURES)
    except (JoseError, ValueError, TypeError, RecursionError):
        raise NotProven from None


def _claims(unproven: CompactSignature) -> dict[str, Any]:
    try:
        claims = orjson.loads(unproven.payload or b"")
    except orjson.JSONDecodeError:
        raise NotProven from None
    if not isinstance(claims, dict):
        raise NotProven
    return claims


def _signed(unproven: CompactSignature, key: PublicKey) -> bool:
    try:
        return validate_compact(unproven, key, registry=_SIGNATURES)
    except (JoseError, ValueError, TypeError):
        return False
