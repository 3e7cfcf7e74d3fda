"""What a reader may see: what the fields declare, and the rules of visibility (kind V)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeVar

from pydantic import BaseModel

from mappings.problem import Json
from mappings.region.booking import PUBLIC, Booking
from mappings.region.care_event import CareEvent, EventStatus, EventType
from mappings.region.catalogue import Catalogue
from mappings.region.field import Audience, audiences
from mappings.region.named_contact import ContactKind, ContactStatus, NamedContact
from mappings.region.patient_card import PatientCard
from mappings.region.people import ContactWay
from mappings.region.reading import Message
from mappings.region.request import Request
from mappings.rules.named_contact import same
from mappings.rules.patient import of_age, with_consent, with_guardians_of_minors
from mappings.rules.portal import actions, for_patient
from mappings.rules.rulebook import Facts, shows, updated
from mappings.rules.who import without_listed_unit
from mappings.shape.codec import day_of

T = TypeVar("T")

PATIENTS = frozenset({Audience.PATIENT, Audience.GUARDIAN})
STAFF = frozenset({Audience.STAFF, Audience.STAFF_WITH_RELATION})


def seen(
    message: Message, audience: Audience, now: datetime, catalogue: Catalogue, asked: Sequence[Request] = ()
) -> Json | None:
    """What this audience sees of a message; None where it sees nothing of it. A patient's bookings say which `actions`
    she may take, and what became of the last `request` of those that were made with it, the oldest first."""
    today = day_of(now)
    if audience is Audience.GUARDIAN and of_age(message.patient, today):
        return None
    message = with_guardians_of_minors(without_listed_unit(message), today)
    message = updated(message, patient=with_consent(message.patient))
    if audience in STAFF and isinstance(message, NamedContact):
        message = with_shared_coordination(message)
    if audience not in PATIENTS:
        return projected(message, audience)
    if not shown_to_patient(message, today):
        return None
    if isinstance(message, NamedContact):
        return projected(with_allowed_ways(message), audience) if on_1177(message, catalogue) else None
    if not isinstance(message, Booking):
        return projected(message, audience)
    source = catalogue.sources[message.source]
    may = actions(message, Facts(message, message, catalogue, source, now), asked)
    if "see" not in may:
        return None
    shown = projected(for_patient(message, source), audience) | {"actions": list(may)}
    return shown | {"request": projected(asked[-1], audience)} if asked else shown


@shows("EV-11")
def listed(message: Message, audience: Audience) -> bool:
    """Whether it stands in overviews; read by its number it is there all the same."""
    hidden = isinstance(message, CareEvent) and message.event_type is EventType.HIDDEN_OUTPATIENT
    return not (hidden and audience in STAFF)


@shows("BO-16", "FK-12", "FK-11", "FK-9")
def shown_to_patient(message: Message, today: date) -> bool:
    """Booked or later (BO-16); discharged (EV-7); active, of today, complete (FK-11, FK-12)."""
    match message:
        case Booking():
            return message.status in PUBLIC
        case CareEvent():
            return message.status is EventStatus.FINISHED and message.event_type is not EventType.ANNULLED
        case NamedContact():
            current = (message.start or date.min) <= today <= (message.end or date.max)
            return message.status is ContactStatus.ACTIVE and current and not message.missing
        case PatientCard():
            return True


@shows("FK-23")
def on_1177(contact: NamedContact, catalogue: Catalogue) -> bool:
    """Whether the region shows its fixed physicians there."""
    return contact.kind is not ContactKind.PHYSICIAN or catalogue.switches.get("FK-23", True)


@shows("FK-15")
def with_shared_coordination(contact: NamedContact) -> NamedContact:
    """How contacts work together is shared between them only with the patient's consent."""
    shared = contact.coordination is not None and contact.coordination.consent is True
    return contact if shared else updated(contact, coordination=None)


def each_once(found: Iterable[tuple[Message, T]]) -> list[T]:
    """A contact that came from two places is shown once: the one that lacks least (FK-19)."""
    listed = list(found)
    kept: list[NamedContact] = []
    copies: set[int] = set()
    for at, (message, _) in sorted(enumerate(listed), key=lambda one: _lacking(one[1][0])):
        if isinstance(message, NamedContact):
            if any(same(message, one) for one in kept):
                copies.add(at)
            kept.append(message)
    return [body for at, (_, body) in enumerate(listed) if at not in copies]


def _lacking(message: Message) -> int:
    return len(message.missing) if isinstance(message, NamedContact) else 0


@shows("FK-8")
def with_allowed_ways(contact: NamedContact) -> NamedContact:
    """Without direct ways that staff have not allowed the patient to see, and others that they have hidden."""
    person = contact.person
    direct = tuple(way for way in person.contact_ways if way.shown_to_patient) if person else ()
    return updated(
        contact,
        person=person and updated(person, contact_ways=direct),
        team=contact.team and updated(contact.team, contact_ways=_not_hidden(contact.team.contact_ways)),
        unit=contact.unit and updated(contact.unit, contact_ways=_not_hidden(contact.unit.contact_ways)),
    )


def _not_hidden(ways: tuple[ContactWay, ...]) -> tuple[ContactWay, ...]:
    return tuple(way for way in ways if way.shown_to_patient is not False)


@shows("BO-13", "BO-28", "CO-4", "CO-5", "FK-8", "PI-1")
def projected(value: BaseModel, audience: Audience) -> Json:
    """The fields that declare this audience, absent ones left out."""
    dumped = value.model_dump(mode="json", by_alias=True, exclude_none=True)
    return _kept(type(value), dumped, audience)


def _kept(model: type[BaseModel], dumped: Json, audience: Audience) -> Json:
    out: Json = {}
    for name, alias, inner in _fields(model, audience):
        del name
        if alias in dumped and dumped[alias] != []:
            out[alias] = _inside(inner, dumped[alias], audience)
    return out


def _inside(inner: type[BaseModel] | None, value: Any, audience: Audience) -> Any:
    if inner is None:
        return value
    if isinstance(value, list):
        return [_kept(inner, item, audience) for item in value]
    return _kept(inner, value, audience)


@lru_cache(maxsize=256)
def _fields(model: type[BaseModel], audience: Audience) -> tuple[tuple[str, str, type[BaseModel] | None], ...]:
    return tuple(
        (name, field.alias or name, next(iter(_models(field.annotation)), None))
        for name, field in model.model_fields.items()
        if audience in audiences(model, name)
    )


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type):
        return [annotation] if issubclass(annotation, BaseModel) else []
    return [model for argument in getattr(annotation, "__args__", ()) for model in _models(argument)]
