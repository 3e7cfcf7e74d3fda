"""What every door is given: one object for the process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request

from adapter.clockwork import Clockwork
from adapter.delivery.courier import Courier
from adapter.delivery.ledger import Ledger
from adapter.doors.counting import Counting
from adapter.intake import Intake
from adapter.security.caller import Caller, Unrecognised
from adapter.security.recognition import Recognition
from adapter.server.client import FhirClient
from adapter.server.passthrough import Door
from adapter.settings import Settings
from mappings.region.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Gateway:
    """The parts of a running gateway."""

    settings: Settings
    catalogue: Catalogue
    ledger: Ledger
    client: FhirClient
    courier: Courier
    clockwork: Clockwork
    intake: Intake
    recognition: Recognition
    fhir: Door
    clock: Callable[[], datetime]
    counting: Counting


def gateway(request: Request) -> Gateway:
    found: Gateway = request.app.state.gateway
    return found


class Forbidden(Exception):
    """Whoever is asking may not do this."""


class NotInScope(Forbidden):
    """The access token does not allow this."""

    def __init__(self, wanted: str) -> None:
        super().__init__()
        self.wanted = wanted
        """The scope that would."""


class TooLarge(Exception):
    """The body is larger than a message may be."""


class TooSlow(Exception):
    """The body takes longer to come than anybody waits."""


class NotAcceptable(Exception):
    """What is asked for in `Accept` is nothing that this door can give."""


class NotJson(Exception):
    """The body says of itself that it is something else."""


def caller_of(request: Request) -> Caller:
    """Who is asking, as it was settled before the door was opened (`asking`). Raises `Unrecognised`."""
    found = request.scope.get(ASKING)
    if not isinstance(found, Caller):
        raise Unrecognised
    return found


ASKING = "vardbro.caller"
"""In a request's scope: who is asking."""

BODY_WITHIN = 60.0
"""Seconds in which a whole body has come, however large."""

JSON_TYPES = frozenset({"", "application/json", "application/fhir+json"})


async def json_of(request: Request) -> bytes:
    """The whole body of a request that is JSON in UTF-8, or says nothing of what it is.

    Raises `NotJson`, and what `body_of` raises.
    """
    media, _, parameters = request.headers.get("content-type", "").lower().partition(";")
    charset = parameters.strip().removeprefix("charset=").strip('"')
    plain = request.headers.get("content-encoding", "identity") == "identity"
    if media.strip() not in JSON_TYPES or charset not in ("", "utf-8", "utf8") or not plain:
        raise NotJson
    return await body_of(request)


async def body_of(request: Request) -> bytes:
    """The whole body. Raises `TooLarge` as soon as it is, `TooSlow`."""
    limit = gateway(request).settings.max_body
    if int(request.headers.get("content-length") or 0) > limit:
        raise TooLarge
    try:
        async with asyncio.timeout(BODY_WITHIN):
            return await _whole(request, limit)
    except TimeoutError:
        raise TooSlow from None


async def _whole(request: Request, limit: int) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise TooLarge
        parts.append(part)
    return b"".join(parts)
