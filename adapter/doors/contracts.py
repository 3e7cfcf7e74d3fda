"""Other contracts than regional JSON: which an answer is to be given in, as `Accept` asks, and the answer itself.

A table decides: `mappings.contracts.CONTRACTS`, each under its media type. Whoever asks for none is answered in
regional JSON, as always.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid4

import orjson
from starlette.requests import Request
from starlette.responses import Response

from adapter.doors.gateway import Gateway, NotAcceptable
from adapter.security.caller import Caller
from adapter.server.bundle import collection, searchset
from adapter.server.ids import Ids
from mappings.contracts import Around, Contract, Said, told_in
from mappings.contracts.riv import document
from mappings.problem import Json
from mappings.region.field import Audience
from mappings.rules.visibility import seen
from mappings.shape.filled import Filled

LEFT_OUT = "Vardbro-Left-Out"
"""How many of the messages that the reader may see the contract cannot say."""
UNREAD = "Vardbro-Unread"
"""How much of what the FHIR server holds could not be read: the `warnings` of regional JSON."""

Ranges = tuple[tuple[str, Mapping[str, str], float], ...]

_RANGE = re.compile(r'(?:[^,"]|"[^"]*")+')
"""One of a list of media ranges; commas within quotes part nothing."""
_JSON = frozenset({"application/json", "application/*", "*/*"})
_TELLING = frozenset({"profile", "fhirversion"})
"""Parameters by which a contract is asked for."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How a caller is to be answered."""

    contract: Contract | None
    """None for regional JSON."""
    audience: Audience
    """Through whose eyes: never more than the caller's own."""


def asked(request: Request, kind: str, caller: Caller) -> Asked:
    """How messages of a kind are to be told.

    Raises `NotAcceptable` where only contracts are asked for, and none that such messages have.
    """
    contract = _contract(request, kind)
    return Asked(contract, contract.viewer(caller.audience) if contract else caller.audience)


def _contract(request: Request, kind: str) -> Contract | None:
    ranges = _ranges(request.headers.get("accept", ""))
    for media, parameters, _ in sorted(ranges, key=lambda one: -one[2]):
        if found := next((one for one in told_in(kind) if _is(one.media, media, parameters)), None):
            return found
        if media in _JSON:
            return None
    if any(_TELLING & parameters.keys() for _, parameters, _ in ranges):
        raise NotAcceptable
    return None


def _is(contract: str, media: str, parameters: Mapping[str, str]) -> bool:
    [(own, named, _)] = _ranges(contract)
    return own == media and named.items() <= parameters.items()


@lru_cache(maxsize=256)
def _ranges(accept: str) -> Ranges:
    """Media ranges with their parameters, but those that the asker will not have."""
    return tuple(_read(accept[:4096]))


def _read(accept: str) -> Iterator[tuple[str, Mapping[str, str], float]]:
    for one in _RANGE.findall(accept):
        media, *told = one.split(";")
        named = (parameter.partition("=") for parameter in told)
        parameters = {name.strip().lower(): value.strip().strip('"') for name, _, value in named}
        weight = parameters.pop("q", "1")
        quality = float(weight) if re.fullmatch(r"[01](\.[0-9]{0,3})?", weight) else 1.0
        if quality:
            yield media.strip().lower(), parameters, quality


@dataclass(frozen=True, slots=True)
class Shown:
    """A message, and what its reader sees of it."""

    message: Any
    told: Json
    audience: Audience
    registered: datetime | None
    """When this state of it was taken in; None where the ledger does not know."""


def answered(
    contract: Contract, at: Gateway, shown: Iterable[Shown], trace: str, *, whole: bool, **headers: str
) -> Response:
    """The answer to a search for all of a patient's messages (`whole`), or to a read of one.

    It is told how many of them the contract cannot say. Raises `NotAcceptable` where that is the one.
    """
    every = contract.all_said([(one.told, _around(one, at)) for one in shown])
    said = [parts for parts in every if parts is not None]
    if not whole and not said:
        raise NotAcceptable
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    named |= {"Cache-Control": "no-store", "Vary": "Accept", LEFT_OUT: str(len(every) - len(said))}
    body = _xml(contract, said, trace) if contract.namespaces else _bundle(said, at.intake.ids, whole=whole)
    return Response(body, headers=named, media_type=contract.media)


def _around(one: Shown, at: Gateway) -> Around:
    now = at.clock()
    return Around(
        source=at.catalogue.sources[one.message.source],
        units=at.catalogue.units,
        now=now,
        audience=one.audience,
        registered=one.registered,
        approved=seen(one.message, Audience.PATIENT, now, at.catalogue) is not None,
        actions=tuple(one.told.get("actions", ())),
    )


def _xml(contract: Contract, said: Iterable[tuple[Said, ...]], trace: str) -> bytes:
    """The answer carries the caller's trace, where one was sent, by which the audit knows the read too."""
    log_id = str(UUID(hex=trace) if trace else uuid4())
    return document(contract, [parts[0].content for parts in said], log_id)


def _bundle(said: Iterable[tuple[Said, ...]], ids: Ids, *, whole: bool) -> bytes:
    listed = [[Filled("", one.key, one.content, owned=False) for one in parts] for parts in said]
    every = [one for parts in listed for one in parts]
    roots = {parts[0].key for parts in listed}
    return orjson.dumps(searchset(every, roots, ids) if whole else collection(every, ids))
