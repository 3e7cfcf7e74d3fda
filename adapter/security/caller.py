"""Who is asking. Every door gets a `Caller` from one function; what a request says of itself may only narrow it."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mappings.region.field import Audience
from mappings.region.people import Identity
from mappings.rules.visibility import PATIENTS

ANY = "any"
"""For a portal: the patient stands in each search."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A system or person that was recognised."""

    name: str
    audience: Audience
    sources: frozenset[str] | None = None
    """Source systems that it may write for and read; None for all."""
    patient: Identity | None = None
    """For a patient: herself. None where she stands in the search, or for others than patients."""

    def may_write(self, source: str) -> bool:
        """Source systems write only their own; operators for all; nobody else writes."""
        if self.audience is Audience.OPERATOR:
            return True
        return self.audience is Audience.SOURCE and self.sources is not None and source in self.sources

    def may_read_of(self, source: str) -> bool:
        """A source system reads what it sent itself."""
        return self.audience is not Audience.SOURCE or (self.sources is not None and source in self.sources)

    @property
    def may_use_fhir(self) -> bool:
        """`/fhir` shows what no field hides: not for patients yet."""
        return self.audience not in PATIENTS


OPERATOR = Caller("operator", Audience.OPERATOR)


class TokensUnreadable(Exception):
    """The token file cannot be used. Its text says why and where."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """Hashed bearer tokens; an empty list lets nobody in but, where there is no file at all, loopback as operator."""

    callers: tuple[tuple[str, Caller], ...]
    open_to_loopback: bool = False

    def caller(self, authorization: str | None, client: str | None) -> Caller | None:
        """Who sends this `Authorization` header from this address; None for nobody."""
        if self.open_to_loopback:
            return OPERATOR if _loopback(client) else None
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            return None
        digest = hashlib.sha256(token.strip().encode("utf-8", "surrogatepass")).hexdigest()
        found = None
        for known, caller in self.callers:
            if hmac.compare_digest(known, digest):
                found = caller
        return found


LOOPBACK_ONLY = Tokens((), open_to_loopback=True)


def _loopback(client: str | None) -> bool:
    try:
        return client is not None and ipaddress.ip_address(client).is_loopback
    except ValueError:
        return False


def tokens(path: Path | None) -> Tokens:
    """The tokens in a TOML file; loopback as operator where there is none. Raises `TokensUnreadable`."""
    if path is None:
        return LOOPBACK_ONLY
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8")).get("token", [])
    except (OSError, ValueError) as error:
        raise TokensUnreadable(f"{path}: {type(error).__name__}: give a TOML file with [[token]] tables") from error
    return Tokens(tuple(_entry(path, number, entry) for number, entry in enumerate(entries, 1)))


def _entry(path: Path, number: int, entry: Any) -> tuple[str, Caller]:
    try:
        digest, audience = str(entry["sha256"]).lower(), Audience(entry["audience"])
        patient = entry.get("patient")
        identity = None if patient in (None, ANY) else Identity.model_validate(patient)
        if len(digest) != 64 or (audience in PATIENTS) != (patient is not None):
            raise ValueError
        return digest, Caller(str(entry["name"]), audience, _sources(entry.get("sources")), identity)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise TokensUnreadable(
            f"{path}: [[token]] number {number}: needs name, sha256 (64 hexadecimal digits), audience "
            f"({', '.join(one.value for one in Audience)}); a patient's needs patient, others have none"
        ) from error


def _sources(listed: Iterable[str] | None) -> frozenset[str] | None:
    return None if listed is None else frozenset(listed)
