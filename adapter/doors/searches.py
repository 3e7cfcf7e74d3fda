"""What portals and staff pull: a patient's bookings, care events and named contacts, from the FHIR server, hidden as
rules say.

A read is never more permissive than the last accepted message (Decided 10): what the ledger has accepted and the
server does not yet hold is laid over what the server says. A server that cannot be asked is 503, never a partial list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import Response

from adapter.delivery.values import Aggregate, Entry
from adapter.doors import contracts, paging
from adapter.doors.answers import answer, not_kept, refusal
from adapter.doors.gateway import Forbidden, Gateway, caller_of, gateway, json_of
from adapter.doors.openapi import SEARCH
from adapter.doors.openapi import found as told_of
from adapter.doors.regional import trace
from adapter.doors.steps import object_of
from adapter.outcomes import Refused
from adapter.security.caller import Caller
from adapter.server.records import Fetched, Found, fetch
from adapter.server.references import resolved
from mappings.codes.systems import BOOKING, CARE_EVENT, CARE_TEAM_KIND, NAMED_CONTACT
from mappings.problem import Json, Problem
from mappings.region.people import Identity
from mappings.region.reading import told
from mappings.region.request import Request as AskedFor
from mappings.resources.keys import patient_key
from mappings.resources.outline import GRAPHS, outline
from mappings.rules.cancelling import cancellation_first
from mappings.rules.lives import LIVES
from mappings.rules.patients import under
from mappings.rules.visibility import PATIENTS, each_once, listed, seen
from mappings.rules.who import normal_identity
from mappings.shape.key import Key

router = APIRouter(default_response_class=Response)

PAGE, LONGEST_PAGE = 50, 200
MEMBERS = frozenset({"patient", "count", "page"})
WITHOUT_PAGES = frozenset({"patient"})
"""Other contracts are answered whole: they know no pages."""


@dataclass(frozen=True, slots=True)
class Search:
    """How one kind of message is found on a FHIR server."""

    kind: str
    resource: str
    parameters: tuple[tuple[str, str], ...]
    sid: str
    """System of the identifier that the root resource is known by, before the source's id."""


SEARCHES: Mapping[str, Search] = {
    "bookings": Search(
        "booking",
        "Appointment",
        (
            ("_include", "Appointment:actor"),
            ("_include", "Appointment:based-on"),
            ("_include", "Appointment:supporting-info"),
        ),
        BOOKING,
    ),
    "care-events": Search(
        "care-event",
        "Encounter",
        (
            ("_include", "Encounter:patient"),
            ("_include", "Encounter:participant"),
            ("_include", "Encounter:diagnosis"),
            ("_include", "Encounter:episode-of-care"),
        ),
        CARE_EVENT,
    ),
    "named-contacts": Search(
        "named-contact",
        "CareTeam",
        (
            ("category", f"{CARE_TEAM_KIND}|fast-kontakt"),
            ("_include", "CareTeam:patient"),
            ("_include", "CareTeam:participant"),
            ("_include:iterate", "PractitionerRole:practitioner"),
            ("_include:iterate", "PractitionerRole:organization"),
            ("_include:iterate", "PractitionerRole:location"),
            ("_include:iterate", "PractitionerRole:service"),
        ),
        NAMED_CONTACT,
    ),
}


NO_NATIONAL_IDENTITY = Problem(
    "ID-1",
    "/patient/kind",
    "Ett lokalt reservnummer identifierar ingen patient: sök på en nationell identitet.",
    "A local number does not identify a patient: search by a national identity.",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A search, read."""

    identity: Identity
    count: int = PAGE
    page: str | None = None


def _searching(plural: str, search: Search) -> None:
    async def found(request: Request) -> Response:
        return await _searched(request, search)

    router.add_api_route(
        f"/v1/{plural}/search",
        found,
        methods=["POST"],
        summary=f"A patient's {plural.replace('-', ' ')}",
        name=plural.replace("-", "_"),
        openapi_extra=SEARCH,
        responses=told_of(search.kind),
    )


for _plural, _search in SEARCHES.items():
    _searching(_plural, _search)


async def _searched(request: Request, search: Search) -> Response:
    at, caller = gateway(request), caller_of(request)
    answered = contracts.asked(request, search.kind, caller)
    asked = _asked(await json_of(request), caller, at, MEMBERS if answered.contract is None else WITHOUT_PAGES)
    if isinstance(asked, Refused):
        return not_kept(request, asked)
    keys, now = at.intake.keys, at.clock()
    patient_hash = keys.patient(asked.identity)
    searched = paging.Searched(caller.name, search.kind, patient_hash)
    after = paging.BEGINNING if asked.page is None else paging.unsealed(keys, searched, asked.page, now)
    if after is None:
        return refusal(request, 400, (paging.NOT_OF_THIS_SEARCH,))
    fetched = await _fetched(at, search, asked.identity)
    if fetched.failed is not None:
        wait = fetched.failed.retry_after or 5
        return refusal(request, 503, Retry_After=str(int(wait)))
    held = {(one.source, one.number): one for one in at.ledger.of_patient(patient_hash, search.kind)}
    both, warnings = _matched(at, search, fetched, held)
    now = at.clock()
    audience = answered.audience
    told_of = audience in PATIENTS and answered.contract is None
    requests = _asked_of(at, search.kind, patient_hash) if told_of else {}
    found = [
        (one, contracts.Shown(one, body, audience, _registered(one, held) if answered.contract else None))
        for one, last in both
        if caller.may_read_of(one.source)
        and (last is None or (listed(last, audience) and seen(last, audience, now, at.catalogue)))
        and listed(one, audience)
        and (body := seen(one, audience, now, at.catalogue, _of(one, requests)))
    ]
    shown = each_once(found) if audience in PATIENTS else [one for _, one in found]
    await at.ledger.note(Entry(caller.name, f"{search.kind}.search", "shown", patient_hash, trace(request)))
    at.counting.reads.labels(search.kind, caller.audience.value).inc()
    if answered.contract is not None:
        unread = {} if caller.audience in PATIENTS else {contracts.UNREAD: str(len(warnings))}
        return contracts.answered(answered.contract, at, shown, trace(request), whole=True, **unread)
    items, last = paging.page([one.told for one in shown], after, asked.count)
    page: Json = {"total": len(shown), "items": cancellation_first(items)}
    if last is not None:
        page["next"] = paging.sealed(keys, searched, last, now)
    if warnings and caller.audience not in PATIENTS:
        page["warnings"] = warnings
    return answer(page)


AskedOf: TypeAlias = dict[tuple[str, str], list[AskedFor]]
"""By source and number of what it was asked with, the oldest first."""


def _asked_of(at: Gateway, kind: str, patient_hash: str) -> AskedOf:
    found: AskedOf = {}
    for one in at.ledger.requests_of_patient(patient_hash, kind):
        found.setdefault((one.source, one.number), []).append(AskedFor.model_validate(one.body))
    return found


def _of(one: Any, asked: AskedOf) -> list[AskedFor]:
    return asked.get((one.source, outline(one).number), []) if asked else []


def _registered(message: Any, held: Mapping[tuple[str, str], Aggregate]) -> datetime | None:
    """When the last state of it was taken in."""
    known = held.get((message.source, outline(message).number))
    return known.accepted_at if known else None


def _asked(body: bytes, caller: Caller, at: Gateway, members: frozenset[str]) -> Asked | Refused:
    """What is searched for; else what is wrong with it. Raises `Forbidden`."""
    said = object_of(body or b"{}", members)
    if isinstance(said, Refused):
        return said
    count, page = said.get("count", PAGE), said.get("page")
    if type(count) is not int or not 1 <= count <= LONGEST_PAGE:
        return _wrong("IN-9", "/count")
    if page is not None and not isinstance(page, str):
        return _wrong("IN-2", "/page")
    return _patient(said.get("patient"), caller, at, count, page)


def _wrong(rule: str, path: str) -> Refused:
    return Refused((told(rule, path),))


def _patient(said: Any, caller: Caller, at: Gateway, count: int, page: str | None) -> Asked | Refused:
    identity = patient_asked_for(said, caller, at)
    return identity if isinstance(identity, Refused) else Asked(at.intake.current(identity), count, page)


def patient_asked_for(said: Any, caller: Caller, at: Gateway) -> Identity | Refused:
    """The patient who is named in a body, or the caller herself; else what is wrong. Raises `Forbidden` where a patient
    names another."""
    own = normal_identity(caller.patient, at.clock()) if caller.patient else None
    if said is None:
        return own or _wrong("IN-8", "/patient")
    try:
        identity = identified(Identity.model_validate(said), at)
    except ValidationError:
        return _wrong("IN-9", "/patient")
    if isinstance(identity, Refused):
        return identity
    if own is not None and identity != own:
        raise Forbidden
    return identity


def identified(said: Identity, at: Gateway) -> Identity | Refused:
    """The identity as the ledger has it, before any merge; a local number identifies nobody (ID-1)."""
    identity = normal_identity(said, at.clock())
    try:
        patient_key(identity)
    except ValueError:
        return Refused((NO_NATIONAL_IDENTITY,))
    return identity


async def _fetched(at: Gateway, search: Search, identity: Identity) -> Fetched:
    key = patient_key(identity)
    subject = "patient.identifier"
    parameters = [
        (subject, f"{_token_text(key.system)}|{_token_text(key.value)}"),
        *search.parameters,
        ("_count", "100"),
    ]
    fetched = await fetch(at.client, search.resource, parameters, key_of=_unknown)
    return await _with_the_rest(at, fetched)


def _token_text(text: str) -> str:
    """A part of a token parameter, with FHIR's own escapes (https://hl7.org/fhir/R4/search.html#escaping)."""
    return text.replace("\\", "\\\\").replace("|", "\\|").replace(",", "\\,").replace("$", "\\$")


def _unknown(kind: str, resource_id: str) -> Key | None:
    del kind, resource_id
    return None


async def _with_the_rest(at: Gateway, fetched: Fetched) -> Fetched:
    """What extensions refer to is not included by any search: known by the ledger, or read by id."""
    if fetched.failed is not None:
        return fetched
    named = at.ledger.keys(place[1] for place in _literal(fetched.found))
    missing = sorted({place for place in _literal(fetched.found) if place not in named or _is_read(place, fetched)})
    more: list[Found] = []
    for kind in sorted({kind for kind, _ in missing}):
        ids = ",".join(resource_id for one, resource_id in missing if one == kind)
        extra = await fetch(at.client, kind, [("_id", ids)], key_of=_unknown)
        if extra.failed is not None:
            return extra
        more += extra.found
    here = (one for one in (*fetched.found, *more) if one.keys)
    keys = dict(named) | {(one.resource["resourceType"], one.resource["id"]): one.keys[0] for one in here}
    found = (*fetched.found, *(Found(one.resource, one.keys, False) for one in more))
    return Fetched(tuple(_named(one, keys) for one in found), fetched.bad, None)


READ = frozenset({"CareTeam", "RelatedPerson", "Coverage"})


def _is_read(place: tuple[str, str], fetched: Fetched) -> bool:
    """A contact's team is read, not only named: it says how the team is reached; so are those close to a patient."""
    here = {(one.resource["resourceType"], one.resource["id"]) for one in fetched.found}
    return place[0] in READ and place not in here


def _literal(found: Iterable[Found]) -> list[tuple[str, str]]:
    places: list[tuple[str, str]] = []
    for one in found:
        _collect(one.resource, places)
    return places


def _collect(node: Any, places: list[tuple[str, str]]) -> None:
    if isinstance(node, dict):
        text = node.get("reference")
        if isinstance(text, str) and "?" not in text and text.count("/") == 1:
            kind, _, resource_id = text.partition("/")
            places.append((kind, resource_id))
        for child in node.values():
            _collect(child, places)
    elif isinstance(node, list):
        for child in node:
            _collect(child, places)


def _named(found: Found, keys: Mapping[tuple[str, str], Key]) -> Found:
    return Found(resolved(found.resource, lambda kind, id_: keys.get((kind, id_))), found.keys, found.matched)


def _matched(
    at: Gateway, search: Search, fetched: Fetched, held: dict[tuple[str, str], Aggregate]
) -> tuple[list[tuple[Any, Any]], list[Json]]:
    """Every value, the ledger's laid over the server's, each with what was last accepted, if that is something else;
    and what the server holds that could not be read. What was last accepted is shown in its place where it is later, or
    the gateway has gone further with it."""
    others = {key: one.resource for one in fetched.found for key in one.keys}
    values: list[tuple[Any, Any]] = []
    warnings: list[Json] = []
    waiting, further = dict(held), LIVES[search.kind].further
    for one in fetched.found:
        source = _source(one, search) if one.matched else None
        vocabulary = at.catalogue.sources.get(source or "")
        if not one.matched or vocabulary is None:
            if one.matched:
                warnings.append({"rule": "IN-17", "path": one.resource.get("resourceType", "")})
            continue
        reading = GRAPHS[search.kind].read(one.resource, others, vocabulary)
        warnings += [
            {"rule": "IN-17", "path": finding.path, "kind": finding.kind.value} for finding in reading.findings
        ]
        number = next(key.value for key in one.keys if key.system == f"{search.sid}{source}")
        aggregate = waiting.pop((str(source), number), None)
        last = at.intake.held(aggregate) if aggregate else None
        value = reading.value
        if value is None or (last is not None and (value.version < last.version or further(last, value))):
            values += [(last, None)] if last is not None else []
        else:
            values.append((_protected(at, value), last))
    values += [(at.intake.held(one), None) for one in waiting.values()]
    return values, warnings


def _source(found: Found, search: Search) -> str | None:
    for key in found.keys:
        if key.system.startswith(search.sid):
            return key.system.removeprefix(search.sid)
    return None


def _protected(at: Gateway, value: Any) -> Any:
    """A marking that any source has sent protects in every answer, delivered or not; so does one on the server."""
    return under(value, at.intake.marking(at.intake.patient_hash(value.patient)) or value.patient.protection)
