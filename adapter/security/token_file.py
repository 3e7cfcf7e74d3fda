"""The file of who may call: hashed tokens of the region's own, issuers of access tokens, and their clients."""

from __future__ import annotations

import hashlib
import hmac
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from adapter.listening import is_here
from adapter.security.caller import OPERATOR, Caller
from adapter.security.issuer import Client, Issuer
from mappings.region.field import Audience
from mappings.region.people import Identity
from mappings.region.values import SourceKey
from mappings.rules.visibility import PATIENTS, STAFF


class TokensUnreadable(Exception):
    """The token file cannot be used. Its text says why, where, and what is allowed there."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """Hashed bearer tokens, and who else may say who is asking.

    An empty list lets nobody in but, where there is no file at all, loopback as operator.
    """

    callers: tuple[tuple[str, Caller], ...]
    open_to_loopback: bool = False
    issuers: tuple[Issuer, ...] = ()
    clients: tuple[Client, ...] = ()

    def caller(self, authorization: str | None, client: str | None) -> Caller | None:
        """Who sends this `Authorization` header from this address; None for nobody of this list."""
        if self.open_to_loopback:
            return OPERATOR if is_here(client) else None
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


class _Entry(BaseModel):
    """A `[[token]]`. Nothing else may stand in one: a misspelt restriction would restrict nothing."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    name: Annotated[str, StringConstraints(min_length=1, strict=True)]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9A-Fa-f]{64}$", strict=True, to_lower=True)]
    audience: Audience
    sources: Annotated[list[SourceKey], Field(min_length=1)] | None = None
    patient: Literal["any"] | Identity | None = None
    """`any` for a portal: the patient stands in each search."""


# -- what may stand in each table --------------------------------------------------------------------------------------

_HELP: Mapping[str, str] = MappingProxyType(
    {
        "name": "name is to be a text, by which the audit knows the caller",
        "sha256": "sha256 is to be 64 hexadecimal digits: printf %s TOKEN | sha256sum",
        "audience": f"audience is to be one of {', '.join(one.value for one in Audience)}",
        "sources": "sources is to be a list of source ids, as the region's catalogue has them",
        "patient": 'patient is to be "any", or { kind = "personnummer", value = "…" } with her own number',
    }
)
_OF_ISSUERS: Mapping[str, str] = MappingProxyType(
    {
        "url": "url is to be the issuer's name, letter for letter as its tokens have it in iss",
        "jwks": "jwks is to be the https URL of its keys, without user name and fragment; http on this machine only",
        "aud": "aud is to be a list of what the issuer calls this gateway, as its tokens have it in aud",
        "algorithms": "algorithms is to be a list of some of RS256, PS256, ES256, EdDSA",
        "typ": "typ is to be a list of at+jwt or JWT, or both",
        "skew": "skew is to be 0 to 300 whole seconds",
        "longest_life": "longest_life is to be 1 to 86400 whole seconds",
        "client_from": "client_from is to be the claim that names the client, such as client_id or azp",
    }
)
_OF_CLIENTS: Mapping[str, str] = MappingProxyType(
    {
        "issuer": "issuer is to be the url of an [[issuer]] in this file",
        "id": "id is to be the client's id at its issuer",
        "name": _HELP["name"],
        "audience": _HELP["audience"],
        "sources": _HELP["sources"],
        "sources_from": "sources_from is to be the claim that lists the source ids of a token",
        "patient": 'patient is to be "any": a portal that names its patient in each search',
        "patient_from": "patient_from is to be the claim with the patient's number",
        "child_from": "child_from is to be the claim with the number of the child whose guardian is asking",
        "relation_from": "relation_from is to be the claim with the number of the patient that staff has to do with",
        "named_by": "named_by is to be number, or id where those claims name a Patient of the FHIR server",
        "person_from": "person_from is to be the claim with the HSA-id of whoever is asking",
        "bound": "bound is to be true or false",
    }
)


def _of_tokens(entry: _Entry) -> Iterator[tuple[str, str]]:
    of_patient, of_source = entry.audience in PATIENTS, entry.audience is Audience.SOURCE
    if of_patient and entry.patient is None:
        yield "audience", f"a {entry.audience.value}'s token needs patient: {_HELP['patient']}"
    if entry.patient is not None and not of_patient:
        yield "patient", "only a patient's or guardian's token has patient: take it away, or mend audience"
    if of_source and entry.sources is None:
        yield "audience", f"a source system's token needs sources: {_HELP['sources']}"
    if entry.sources is not None and not of_source:
        yield "sources", "only a source system's token has sources: take it away, or mend audience"


_ONLY: tuple[tuple[str, frozenset[Audience], str], ...] = (
    ("sources", frozenset({Audience.SOURCE}), "a source system"),
    ("sources_from", frozenset({Audience.SOURCE}), "a source system"),
    ("patient", PATIENTS, "a portal of patients or guardians"),
    ("patient_from", PATIENTS, "a portal of patients or guardians"),
    ("child_from", frozenset({Audience.PATIENT}), "a portal of patients"),
    ("relation_from", frozenset({Audience.STAFF}), "staff"),
    ("person_from", STAFF, "staff"),
)
"""Keys of a client, the audiences that may have them, and these in words."""


def _of_client(client: Client) -> Iterator[tuple[str, str]]:
    for key, may, words in _ONLY:
        if getattr(client, key) is not None and client.audience not in may:
            yield key, f"only {words} has {key}: take it away, or mend audience"
    if client.audience is Audience.SOURCE and client.sources is None and client.sources_from is None:
        yield "audience", "a source system needs sources, or sources_from, or both"
    if client.audience in PATIENTS and (client.patient is None) is (client.patient_from is None):
        yield "audience", f"a {client.audience.value}'s portal needs either patient or patient_from"
    if client.child_from and client.patient_from is None:
        yield "child_from", "child_from stands beside patient_from: give both"
    if client.audience is Audience.STAFF_WITH_RELATION:
        yield "audience", "a relation is said by each token: give audience staff, and relation_from"


def _nothing(issuer: Issuer) -> Iterator[tuple[str, str]]:
    del issuer
    yield from ()


@dataclass(frozen=True, slots=True)
class _Table:
    """What may stand under a `[[heading]]`."""

    heading: str
    model: type[BaseModel]
    help: Mapping[str, str]
    disagreements: Callable[[Any], Iterator[tuple[str, str]]]


_TABLES = (
    _Table("token", _Entry, _HELP, _of_tokens),
    _Table("issuer", Issuer, _OF_ISSUERS, _nothing),
    _Table("client", Client, _OF_CLIENTS, _of_client),
)
_HEADINGS = ", ".join(f"[[{one.heading}]]" for one in _TABLES)


# -- the file ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _File:
    """The text of the file, and what has been found wrong in it so far."""

    path: Path
    text: str
    faults: list[tuple[int, str]]

    def fault(self, line: int, told: str) -> None:
        self.faults.append((line, f"{self.path}:{line}: {told}"))

    def line(self, key: str, heading: str = "", number: int = 0) -> int:
        """The line of a key before the first table, or in that of a number; else the line where that begins."""
        seen: Counter[str] = Counter()
        now, begins = ("", 0), 1
        for line, content in enumerate(self.text.splitlines(), 1):
            table = re.match(r"\s*\[\[\s*(token|issuer|client)\s*\]\]", content)
            if table and (number or table[1] != key):
                seen[table[1]] += 1
                now = (table[1], seen[table[1]])
                begins = line if now == (heading, number) else begins
            elif number == 0 or now == (heading, number):
                begun = re.match(rf"[\s\[]*[\"']?{re.escape(key)}[\"']?\s*[.=\]]", content)
                if begun:
                    return line
        return begins


def tokens(path: Path | None) -> Tokens:
    """Who may call, as a TOML file says; loopback as operator where there is none.

    Raises `TokensUnreadable` with every fault, each with its line and what is allowed there; none holds what stands in
    the file.
    """
    if path is None:
        return LOOPBACK_ONLY
    file = _File(path, _text(path), [])
    found = _tables(file)
    own = {table.heading: list(_entries(file, table, found[table.heading])) for table in _TABLES}
    _see_to_tokens(file, found["token"])
    _see_to_issuers(file, own["issuer"], own["client"])
    if file.faults:
        raise TokensUnreadable("\n".join(told for _, told in sorted(file.faults)))
    callers = tuple((entry.sha256, _caller(entry)) for entry in own["token"])
    return Tokens(callers, issuers=tuple(own["issuer"]), clients=tuple(own["client"]))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise TokensUnreadable(f"{path}: the file is not UTF-8: {_WHOLE}") from None
    except OSError as error:
        raise TokensUnreadable(f"{path}: {(error.strerror or 'it cannot be read').lower()}: {_WHOLE}") from None


_WHOLE = f"give a TOML file with {_HEADINGS} tables"


def _tables(file: _File) -> dict[str, list[Any]]:
    """Every table, by its heading. The parser's own words may repeat a token: only the place that it gives is told."""
    try:
        raw = tomllib.loads(file.text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+), column (\d+)", str(error))
        at = f"{place[1]}:{place[2]}" if place else f"{len(file.text.splitlines())}"
        raise TokensUnreadable(f"{file.path}:{at}: this is no TOML: {_WHOLE}") from None
    found = {table.heading: raw.pop(table.heading, []) for table in _TABLES}
    for key in raw:
        file.fault(file.line(key), f"only {_HEADINGS} may stand here: take it away, or mend its name")
    if not any(found.values()) and not raw:
        file.fault(1, "there is no [[token]] and no [[client]] in this file: give one for each caller")
    for heading, listed in found.items():
        if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
            told = f"write each {heading} as a table of its own, under [[{heading}]]"
            file.fault(file.line(heading), told)
            found[heading] = []
    return found


def _entries(file: _File, table: _Table, listed: list[Any]) -> Iterator[Any]:
    """Those that are right; what is wrong with the others is told."""
    for number, raw in enumerate(listed, 1):
        try:
            entry = table.model.model_validate(raw)
        except ValidationError as error:
            told = list(dict.fromkeys(_misfit(one, table) for one in error.errors(include_input=False)))
        else:
            told = list(table.disagreements(entry))
        for key, fault in told:
            file.fault(file.line(key, table.heading, number), f"[[{table.heading}]] number {number}: {fault}")
        if not told:
            yield entry


def _misfit(error: Any, table: _Table) -> tuple[str, str]:
    """(key, what is wrong). An unknown key is not told: where names and values were mixed up it may be a token."""
    key = str(error["loc"][0])
    if key not in table.help:
        return key, f"a key here means nothing: mend its name or take it away; the keys are {', '.join(table.help)}"
    missing = error["type"] == "missing" and len(error["loc"]) == 1
    return key, f"{key} is missing: {table.help[key]}" if missing else table.help[key]


def _see_to_tokens(file: _File, listed: list[Any]) -> None:
    digests = [str(one.get("sha256")).lower() if isinstance(one.get("sha256"), str) else None for one in listed]
    for number, digest in enumerate(digests, 1):
        if digest is not None and digest in digests[: number - 1]:
            told = f"[[token]] number {number}: the same token stands further up: give each caller its own"
            file.fault(file.line("sha256", "token", number), told)


def _see_to_issuers(file: _File, issuers: list[Issuer], clients: list[Client]) -> None:
    """Each issuer once and with a client; each client once and with its issuer. Asked only where all can be read."""
    if file.faults:
        return
    urls, known = [one.url for one in issuers], [(one.issuer, one.id) for one in clients]
    for number, url in enumerate(urls, 1):
        if url in urls[: number - 1]:
            told = f"[[issuer]] number {number}: the same issuer stands further up: keep one of them"
            file.fault(file.line("url", "issuer", number), told)
        elif url not in {issuer for issuer, _ in known}:
            told = f"[[issuer]] number {number}: it has no [[client]]: give one for each caller, or take it away"
            file.fault(file.line("url", "issuer", number), told)
    for number, one in enumerate(known, 1):
        if one[0] not in urls:
            told = f"[[client]] number {number}: {_OF_CLIENTS['issuer']}"
            file.fault(file.line("issuer", "client", number), told)
        if one in known[: number - 1]:
            told = f"[[client]] number {number}: the same client stands further up: keep one of them"
            file.fault(file.line("id", "client", number), told)


def _caller(entry: _Entry) -> Caller:
    patient = entry.patient if isinstance(entry.patient, Identity) else None
    sources = None if entry.sources is None else frozenset(entry.sources)
    return Caller(entry.name, entry.audience, sources, patient)
