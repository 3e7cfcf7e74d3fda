"""What every door is given: one object for the process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from starlette.requests import Request

from adapter.delivery.courier import Courier
from adapter.delivery.ledger import Ledger
from adapter.doors.counting import Counting
from adapter.intake import Intake
from adapter.security.caller import Caller, Tokens
from adapter.server.client import FhirClient
from adapter.server.passthrough import Door
from adapter.settings import Settings
from mappings.region.catalogue import Catalogue
from mappings.shape.codec import STOCKHOLM


@dataclass(frozen=True, slots=True)
class Gateway:
    """The parts of a running gateway."""

    settings: Settings
    catalogue: Catalogue
    ledger: Ledger
    client: FhirClient
    courier: Courier
    intake: Intake
    tokens: Tokens
    fhir: Door
    clock: Callable[[], datetime]
    counting: Counting = field(default_factory=Counting)

    @property
    def today(self) -> date:
        return self.clock().astimezone(STOCKHOLM).date()


def gateway(request: Request) -> Gateway:
    found: Gateway = request.app.state.gateway
    return found


class Unrecognised(Exception):
    """Nobody we know is asking."""


class Forbidden(Exception):
    """Whoever is asking may not do this."""


class TooLarge(Exception):
    """The body is larger than a message may be."""


def caller_of(request: Request) -> Caller:
    """Who is asking. Raises `Unrecognised`."""
    client = request.client.host if request.client else None
    caller = gateway(request).tokens.caller(request.headers.get("authorization"), client)
    if caller is None:
        raise Unrecognised
    return caller


async def body_of(request: Request) -> bytes:
    """The whole body. Raises `TooLarge` as soon as it is."""
    limit = gateway(request).settings.max_body
    if int(request.headers.get("content-length") or 0) > limit:
        raise TooLarge
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise TooLarge
        parts.append(part)
    return b"".join(parts)
