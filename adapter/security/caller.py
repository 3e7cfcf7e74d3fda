"""Who is asking. Every door gets a `Caller` from one function; what a request says of itself may only narrow it."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from mappings.region.field import Audience
from mappings.region.people import Identity
from mappings.region.values import SourceKey
from mappings.rules.visibility import PATIENTS


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
    """The token file cannot be used. Its text says why, where, and what is allowed there."""


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


# -- the file of tokens ----------------------------------------------------------------------------------------------


class _Entry(BaseModel):
    """A `[[token]]`. Nothing else may stand in one: a misspelt restriction would restrict nothing."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    name: Annotated[str, StringConstraints(min_length=1, strict=True)]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9A-Fa-f]{64}$", strict=True, to_lower=True)]
    audience: Audience
    sources: Annotated[list[SourceKey], Field(min_length=1)] | None = None
    patient: Literal["any"] | Identity | None = None
    """`any` for a portal: the patient stands in each search."""


_HELP = {
    "name": "name is to be a text, by which the audit knows the caller",
    "sha256": "sha256 is to be 64 hexadecimal digits: printf %s TOKEN | sha256sum",
    "audience": f"audience is to be one of {', '.join(one.value for one in Audience)}",
    "sources": "sources is to be a list of source ids, as the region's catalogue has them",
    "patient": 'patient is to be "any", or { kind = "personnummer", value = "…" } with her own number',
}


@dataclass(frozen=True, slots=True)
class _File:
    """The text of the file, and what has been found wrong in it so far."""

    path: Path
    text: str
    faults: list[tuple[int, str]]

    def fault(self, line: int, told: str) -> None:
        self.faults.append((line, f"{self.path}:{line}: {told}"))

    def line(self, key: str, number: int = 0) -> int:
        """The line of a key before the first `[[token]]`, or in that of a number; else the line where that begins."""
        seen, begins = 0, 1
        for line, content in enumerate(self.text.splitlines(), 1):
            if re.match(r"\s*\[\[\s*token\s*\]\]", content):
                seen += 1
                begins = line if seen == number else begins
            elif number in (0, seen) and re.match(rf"[\s\[]*[\"']?{re.escape(key)}[\"']?\s*[.=\]]", content):
                return line
        return begins


def tokens(path: Path | None) -> Tokens:
    """The tokens in a TOML file; loopback as operator where there is none.

    Raises `TokensUnreadable` with every fault, each with its line and what is allowed there; none holds what stands in
    the file.
    """
    if path is None:
        return LOOPBACK_ONLY
    file = _File(path, _text(path), [])
    entries = [entry for number, raw in enumerate(_tables(file), 1) if (entry := _entry(file, number, raw))]
    if file.faults:
        raise TokensUnreadable("\n".join(told for _, told in sorted(file.faults)))
    return Tokens(tuple((entry.sha256, _caller(entry)) for entry in entries))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise TokensUnreadable(f"{path}: the file is not UTF-8: {_WHOLE}") from None
    except OSError as error:
        raise TokensUnreadable(f"{path}: {(error.strerror or 'it cannot be read').lower()}: {_WHOLE}") from None


_WHOLE = "give a TOML file with [[token]] tables"


def _tables(file: _File) -> list[Any]:
    """Every `[[token]]`. The parser's own words may repeat a token: only the place that it gives is told."""
    try:
        raw = tomllib.loads(file.text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+), column (\d+)", str(error))
        at = f"{place[1]}:{place[2]}" if place else f"{len(file.text.splitlines())}"
        raise TokensUnreadable(f"{file.path}:{at}: this is no TOML: {_WHOLE}") from None
    listed = raw.pop("token", [])
    for key in raw:
        file.fault(file.line(key), "only [[token]] may stand here: take it away, or mend its name")
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        file.fault(file.line("token"), "write each token as a table of its own, under [[token]]")
        return []
    if not listed and not raw:
        file.fault(1, "there is no [[token]] in this file: give one for each caller")
    digests = [one.get("sha256") for one in listed]
    for number, digest in enumerate(digests, 1):
        if isinstance(digest, str) and digest.lower() in [str(one).lower() for one in digests[: number - 1]]:
            told = f"[[token]] number {number}: the same token stands further up: give each caller its own"
            file.fault(file.line("sha256", number), told)
    return listed


def _entry(file: _File, number: int, raw: Any) -> _Entry | None:
    """The `[[token]]` of this number, 1 the first; None where something is wrong with it, which is then told."""
    try:
        entry = _Entry.model_validate(raw)
    except ValidationError as error:
        told = list(dict.fromkeys(map(_misfit, error.errors(include_input=False, include_url=False))))
    else:
        told = list(_disagreements(entry))
    for key, fault in told:
        file.fault(file.line(key, number), f"[[token]] number {number}: {fault}")
    return None if told else entry


def _misfit(error: Any) -> tuple[str, str]:
    """(key, what is wrong). An unknown key is not told: where names and values were mixed up it may be a token."""
    key = str(error["loc"][0])
    if key not in _HELP:
        return key, f"a key here means nothing: mend its name or take it away; the keys are {', '.join(_HELP)}"
    missing = error["type"] == "missing" and len(error["loc"]) == 1
    return key, f"{key} is missing: {_HELP[key]}" if missing else _HELP[key]


def _disagreements(entry: _Entry) -> Iterator[tuple[str, str]]:
    of_patient, of_source = entry.audience in PATIENTS, entry.audience is Audience.SOURCE
    if of_patient and entry.patient is None:
        yield "audience", f"a {entry.audience.value}'s token needs patient: {_HELP['patient']}"
    if entry.patient is not None and not of_patient:
        yield "patient", "only a patient's or guardian's token has patient: take it away, or mend audience"
    if of_source and entry.sources is None:
        yield "audience", f"a source system's token needs sources: {_HELP['sources']}"
    if entry.sources is not None and not of_source:
        yield "sources", "only a source system's token has sources: take it away, or mend audience"


def _caller(entry: _Entry) -> Caller:
    patient = entry.patient if isinstance(entry.patient, Identity) else None
    sources = None if entry.sources is None else frozenset(entry.sources)
    return Caller(entry.name, entry.audience, sources, patient)
