"""Who is asking. Every door gets a `Caller` from one function; what a request says of itself may only narrow it."""

from __future__ import annotations

from dataclasses import dataclass

from adapter.security.scopes import TYPES, Granted
from mappings.region.field import Audience
from mappings.region.people import Identity
from mappings.rules.visibility import PATIENTS, STAFF


class Unrecognised(Exception):
    """Nobody we know is asking."""


class NotProven(Unrecognised):
    """What was sent to say who is asking says nothing that we trust."""


class Unprovable(Exception):
    """Who is asking cannot be told just now, since an issuer's keys cannot be had: nobody is let in."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A system or person that was recognised."""

    name: str
    audience: Audience
    sources: frozenset[str] | None = None
    """Source systems that it may write for and read; None for all."""
    patient: Identity | None = None
    """The only one that it may ask about; for a patient: herself. None where she stands in the search."""
    scopes: Granted | None = None
    """What its access token allows; None for a token of the region's own file, which its audience alone limits."""

    def deals_in(self, kind: str) -> bool:
        """Whether any of its scopes names this kind of message."""
        kinds = {TYPES.get(kind, "*"), "*"}
        return self.scopes is None or any(named in kinds for named, _ in self.scopes)

    def may_write(self, source: str) -> bool:
        """Source systems write only their own; operators for all; nobody else writes."""
        if self.audience is Audience.OPERATOR:
            return True
        return self.audience is Audience.SOURCE and self.sources is not None and source in self.sources

    def may_read_of(self, source: str) -> bool:
        """A source system reads what it sent itself."""
        return self.audience is not Audience.SOURCE or (self.sources is not None and source in self.sources)

    @property
    def level(self) -> str:
        """How the scopes begin that such a caller has."""
        if self.audience in STAFF:
            return "user"
        return "patient" if self.audience in PATIENTS and self.patient is not None else "system"

    @property
    def may_use_fhir(self) -> bool:
        """`/fhir` shows what no field hides, of whomever is asked for: not for patients yet, nor for one patient."""
        return self.audience not in PATIENTS and self.patient is None

    @property
    def holder(self) -> str:
        """For whom a link to a further page is good: nobody else, and nobody with other scopes."""
        return " ".join((self.name, *sorted(f"{kind}.{letter}" for kind, letter in self.scopes or ())))


OPERATOR = Caller("operator", Audience.OPERATOR)
