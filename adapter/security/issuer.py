"""What an issuer's access token says of its bearer, once its signature holds: RFC 9068, as far as issuers keep it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from joserfc.errors import JoseError
from joserfc.jwt import JWTClaimsRegistry
from personnummer import personnummer
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)

from adapter.listening import is_here
from adapter.security.caller import Caller, NotProven
from adapter.security.scopes import granted
from mappings.region.field import Audience
from mappings.region.people import Identity, IdentityKind
from mappings.region.values import SourceKey
from mappings.rules.visibility import PATIENTS, STAFF

Text = Annotated[str, StringConstraints(min_length=1, strict=True)]
Claim = Text
"""The name of a claim."""
Algorithm = Literal["RS256", "PS256", "ES256", "EdDSA"]
Seconds = Annotated[int, Field(strict=True, ge=0)]


def _reachable(url: str) -> str:
    """https, or http on this machine; nothing in it that would be a secret or be cut off."""
    parts = urlsplit(url)
    plain = parts.hostname and not parts.username and not parts.password and not parts.fragment
    if not plain or (parts.scheme != "https" and not (parts.scheme == "http" and is_here(parts.hostname))):
        raise ValueError
    return url


class Issuer(BaseModel):
    """An `[[issuer]]`: who may say who is asking."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    url: Text
    """Its name, as `iss` has it."""
    jwks: Annotated[Text, AfterValidator(_reachable)]
    aud: Annotated[list[Text], Field(min_length=1)]
    """What it calls this gateway: one of them stands in every token."""
    algorithms: Annotated[list[Algorithm], Field(min_length=1)] = ["RS256", "PS256", "ES256", "EdDSA"]
    typ: Annotated[list[Literal["at+jwt", "JWT"]], Field(min_length=1)] = ["at+jwt"]
    """What its tokens call themselves. `JWT` is what its tokens for other uses are called too: `aud` alone tells."""
    skew: Annotated[Seconds, Field(le=300)] = 30
    """Seconds that its clock and ours may differ."""
    longest_life: Annotated[Seconds, Field(ge=1, le=86_400)] = 3600
    """Seconds from `iat` to `exp`."""
    client_from: Claim = "client_id"


class Client(BaseModel):
    """A `[[client]]`: what an issuer's client may be here."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    issuer: Text
    id: Text
    """As the issuer knows it."""
    name: Text
    """As the audit knows it."""
    audience: Audience
    sources: Annotated[list[SourceKey], Field(min_length=1)] | None = None
    sources_from: Claim | None = None
    """Names the sources of this token; of `sources`, where both are given."""
    patient: Literal["any"] | None = None
    """A portal that has identified its patient: she stands in each search."""
    patient_from: Claim | None = None
    """Names the only patient that the token is for."""
    child_from: Claim | None = None
    """Where the token has it, its patient is this child, and the bearer a guardian."""
    relation_from: Claim | None = None
    """Where the token has it: the patient that staff has a relation with, and the only one that is asked about."""
    named_by: Literal["number", "id"] = "number"
    """What these three claims name a patient by: a number, or the id of a Patient, as SMART's `patient` does."""
    person_from: Claim | None = None
    """The HSA-id of whoever of the staff is asking, for the audit."""
    bound: StrictBool = False
    """Only tokens that are bound to a certificate are taken (RFC 8705)."""


THUMBPRINT: Final = "x5t#S256"
_THUMB = re.compile(r"[A-Za-z0-9_-]{43}")
_ID = re.compile(r"[A-Za-z0-9.\-]{1,64}")
_HSA_ID = re.compile(r"[A-Za-z0-9-]{1,31}")
_SOURCES: TypeAdapter[list[str]] = TypeAdapter(list[SourceKey])

Claims = Mapping[str, Any]


def within_its_time(claims: dict[str, Any], issuer: Issuer, now: datetime) -> None:
    """Whether a token of this issuer is for us, and its time is now. Raises `NotProven`."""
    at = int(now.timestamp())
    demanded = JWTClaimsRegistry(
        at,
        issuer.skew,
        iss={"essential": True, "value": issuer.url},
        aud={"essential": True, "values": list(issuer.aud)},
        exp={"essential": True},
        iat={"essential": True},
    )
    try:
        demanded.validate(claims)
    except JoseError:
        raise NotProven from None
    if not 0 < claims["exp"] - claims["iat"] <= issuer.longest_life:
        raise NotProven


def bound_to(claims: Claims, client: Client) -> str | None:
    """The certificate that must be shown with the token (RFC 8705); None for any, or none.

    Raises `NotProven` where it is to be bound and is not, and where it is bound to something that is not seen here.
    """
    confirmation = claims.get("cnf")
    if confirmation is None:
        if client.bound:
            raise NotProven
        return None
    match confirmation:
        case {"x5t#S256": str(thumb)} if len(confirmation) == 1 and _THUMB.fullmatch(thumb):
            return thumb
    raise NotProven


Whose = Callable[[str], Identity | None]
"""The patient that has this id on the FHIR server; None where it was never one of ours."""


def caller_of(claims: Claims, client: Client, whose: Whose) -> Caller:
    """Who a token of this client speaks for. Raises `NotProven` where it does not say what it must."""
    audience, patient = _whom(claims, client, whose)
    scope = claims.get("scope", "")
    if not isinstance(scope, str):
        raise NotProven
    return Caller(
        _name(claims, client),
        audience,
        _sources(claims, client) if audience is Audience.SOURCE else None,
        patient,
        granted(scope, _levels(client)),
    )


def _whom(claims: Claims, client: Client, whose: Whose) -> tuple[Audience, Identity | None]:
    identity = _by_number if client.named_by == "number" else partial(_by_id, whose=whose)
    if client.child_from and claims.get(client.child_from) is not None:
        return Audience.GUARDIAN, identity(claims[client.child_from])
    if client.patient_from:
        return client.audience, identity(claims.get(client.patient_from))
    if client.relation_from and claims.get(client.relation_from) is not None:
        return Audience.STAFF_WITH_RELATION, identity(claims[client.relation_from])
    return client.audience, None


def _levels(client: Client) -> frozenset[str]:
    """Of scopes: a patient's are hers alone; whoever speaks for nobody is a system."""
    if client.audience in PATIENTS and client.patient is None:
        return frozenset({"patient"})
    return frozenset({"user", "system"} if client.audience in STAFF else {"system"})


def _name(claims: Claims, client: Client) -> str:
    if client.person_from is None:
        return client.name
    person = claims.get(client.person_from)
    if not isinstance(person, str) or not _HSA_ID.fullmatch(person):
        raise NotProven
    return f"{client.name} {person}"


def _sources(claims: Claims, client: Client) -> frozenset[str]:
    own = frozenset(client.sources or ())
    if client.sources_from is None:
        return own
    said = claims.get(client.sources_from)
    try:
        named = frozenset(_SOURCES.validate_python([said] if isinstance(said, str) else said, strict=True))
    except ValidationError:
        raise NotProven from None
    return named & own if client.sources else named


def _by_id(said: Any, whose: Whose) -> Identity:
    found = whose(said) if isinstance(said, str) and _ID.fullmatch(said) else None
    if found is None:
        raise NotProven
    return found


def _by_number(said: Any) -> Identity:
    """A national number with its check digit, or `{kind, value}`."""
    if isinstance(said, str):
        if not re.fullmatch(r"[0-9]{8}-?[0-9]{4}", said) or not personnummer.valid(said):
            raise NotProven
        coordination = personnummer.parse(said).is_coordination_number()
        kind = IdentityKind.SAMORDNINGSNUMMER if coordination else IdentityKind.PERSONNUMMER
        said = {"kind": kind, "value": said.replace("-", "")}
    try:
        return Identity.model_validate(said)
    except ValidationError:
        raise NotProven from None
