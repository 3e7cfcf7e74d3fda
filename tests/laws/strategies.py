"""Whole aggregates, made from the models' own field types: a new field is generated without being asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from mappings.region.booking import Booking, BookingStatus, Cancellation, Line
from mappings.region.care_event import CareEvent, EventLine
from mappings.region.coding import Diagnosis, ExternalCause, Procedure
from mappings.region.named_contact import NamedContact
from mappings.region.patient_card import PatientCard
from mappings.region.people import Identity, IdentityKind, Membership, Patient, Relation
from mappings.region.unit import Unit
from mappings.region.values import (
    EARLIEST,
    LATEST,
    Clock,
    Code,
    Day,
    Duration,
    HsaId,
    Instant,
    Interval,
    SourceKey,
    Text,
)
from mappings.resources import BOOKING, CARE_EVENT, NAMED_CONTACT
from mappings.resources.patient import PATIENT_CARD
from mappings.shape.codec import STOCKHOLM
from mappings.shape.graph import Graph
from tests.laws.lists import LISTS, Item, Whole, unlike_items

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Tables:
    """A source's code tables: systems of its own, a term for about every other code, no HL7 code for some."""

    source: str = "SE2321000115-COSMIC"

    def system(self, table: str) -> str:
        return f"https://tables.example/{self.source}/{table}"

    def display(self, table: str, code: str) -> str | None:
        return f"{code.title()} ({table})" if len(code) % 2 else None

    def column(self, table: str, code: str, column: str) -> str | None:
        return f"{column}-{len(code)}" if len(code) % 3 else None


TABLES = Tables()


# -- single values ----------------------------------------------------------------------------------------------------


def accepted(alias: Any, values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Those of the values that a field of this type takes, as it takes them."""
    adapter = TypeAdapter[Any](alias)

    def takes(value: Any) -> bool:
        try:
            adapter.validate_python(value)
        except ValidationError:
            return False
        return True

    return values.filter(takes)


ODD_TEXTS = (
    "0",
    'Ring "Anna" | säg\n\\hej/ på\t\u2028sig',
    "2026-11-24T13:00:00+01:00",
    "Patient?identifier=urn:oid:1.2|191212121212",
    "#p1",
    "%7C%25 &amp; <b>é\u0301</b> \U0001f600",
    " spaced ",
    "null",
)
TEXTS = st.sampled_from(ODD_TEXTS) | st.text(min_size=1, max_size=20)
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=12)
UNITS = st.integers(0, 999).map(lambda number: f"SE2321000115-E{number:012}")
INSTANTS = st.datetimes(
    (EARLIEST + timedelta(days=1)).replace(tzinfo=None),
    (LATEST - timedelta(days=1)).replace(tzinfo=None),
    allow_imaginary=False,
    timezones=st.sampled_from([UTC, STOCKHOLM, timezone(timedelta(hours=5.5))]),
) | st.sampled_from([datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in range(3)])

VALUES: list[tuple[Any, st.SearchStrategy[Any]]] = [
    (SourceKey, st.text("AZaz09._~-", min_size=1, max_size=8) | st.just("~" * 64)),
    (Code, accepted(Code, st.lists(WORDS, min_size=1, max_size=3).map(" ".join))),
    (HsaId, UNITS | accepted(HsaId, WORDS)),
    (Text, accepted(Text, TEXTS)),
    (Instant, INSTANTS),
    (Day, st.dates(date(1900, 1, 1), date(2199, 12, 31))),
    (Clock, st.builds(time, st.integers(0, 23), st.integers(0, 59), st.integers(0, 59))),
    (Duration, st.integers(1, 999 * 60).map(lambda minutes: timedelta(minutes=minutes))),
    (Interval, st.builds("P{}{}".format, st.integers(1, 9999), st.sampled_from("DWMY"))),
]
"""What the model's own types are generated from; a type that is not here comes from its annotations."""


def of(hint: Any, limits: tuple[Any, ...] = ()) -> st.SearchStrategy[Any]:
    """Values for a field with this type annotation."""
    for known, values in VALUES:
        if hint == known:
            return values
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return of(arguments[0], (*limits, *arguments[1:]))
    if origin in (Union, UnionType):
        return st.one_of(*(of(argument, limits) for argument in reversed(arguments)))
    if origin is tuple:
        return several(of(arguments[0]), _limit(limits, "min_length") or 0)
    if hint is int:
        return st.integers(_limit(limits, "ge"), _limit(limits, "le"))
    if hint is str:
        pattern = _limit(limits, "pattern")
        return accepted(Annotated[str, *limits], st.from_regex(pattern, fullmatch=True) if pattern else TEXTS)
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return models(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    return st.none() if hint is NoneType else st.from_type(hint)


def several(items: st.SearchStrategy[M], least: int = 0) -> st.SearchStrategy[tuple[M, ...]]:
    """Few or none, each number as often as the others."""
    return st.integers(least, max(least, 2)).flatmap(lambda count: st.tuples(*[items] * count))


def _limit(limits: tuple[Any, ...], name: str) -> Any:
    return next((found for limit in limits if (found := getattr(limit, name, None)) is not None), None)


def models(model: type[M], /, **given: st.SearchStrategy[Any]) -> st.SearchStrategy[M]:
    """Any instance of the model; `given` stands for the fields that must be something narrower."""
    parts = st.fixed_dictionaries({**_fields(model), **given})
    return parts.map(lambda values: _made(model, values)).filter(bool).map(lambda made: made[0])


@cache
def _fields(model: type[BaseModel]) -> dict[str, st.SearchStrategy[Any]]:
    hints = get_type_hints(model, include_extras=True)
    return {name: of(hints[name], tuple(field.metadata)) for name, field in model.model_fields.items()}


def _made(model: type[M], values: dict[str, Any]) -> list[M]:
    """Nothing where the model refuses a combination; what it refuses of one field is a mistake here."""
    try:
        return [model.model_validate(values)]
    except ValidationError as error:
        if all(one["loc"] == () for one in error.errors()):
            return []
        raise


# -- whole aggregates -------------------------------------------------------------------------------------------------

NATIONAL = st.sampled_from([kind for kind in IdentityKind if kind is not IdentityKind.RESERVNUMMER])
PATIENTS = models(
    Patient,
    identity=models(Identity, kind=NATIONAL),
    memberships=several(models(Membership)).filter(lambda found: len({one.kind for one in found}) == len(found)),
    relations=several(models(Relation)).filter(lambda found: len({one.number for one in found}) == len(found)),
)
"""A local number never identifies a patient alone (ID-1); memberships are a set (ID-7), relations have numbers."""


def bookings() -> st.SearchStrategy[Booking]:
    """Of every form and status; times and a cancellation as the status allows."""
    return st.one_of(*(_bookings(status, timed) for status in BookingStatus for timed in TIMED.get(status, (True,))))


TIMED = {BookingStatus.WAITING: (False,), BookingStatus.OPEN_SUMMONS: (False,), BookingStatus.ANNULLED: (True, False)}


def _bookings(status: BookingStatus, timed: bool) -> st.SearchStrategy[Booking]:
    no_time = {} if timed else {"start": st.none(), "duration": st.none()}
    return models(
        Booking,
        status=st.just(status),
        patient=PATIENTS,
        lines=unlike(models(Line, **no_time)),
        cancellation=models(Cancellation) if status is BookingStatus.CANCELLED else st.none(),
    )


def unlike(lines: st.SearchStrategy[Any], least: int = 1) -> st.SearchStrategy[tuple[Any, ...]]:
    """Lines or codes of one visit, each with a number of its own."""
    return several(lines, least).filter(lambda found: len({line.number for line in found}) == len(found))


def care_events() -> st.SearchStrategy[CareEvent]:
    return models(
        CareEvent,
        patient=PATIENTS,
        lines=unlike(models(EventLine)),
        diagnoses=unlike(models(Diagnosis), least=0),
        external_causes=unlike(models(ExternalCause), least=0),
        procedures=unlike(models(Procedure), least=0),
    )


def named_contacts() -> st.SearchStrategy[NamedContact]:
    return models(NamedContact, patient=PATIENTS).map(_of_somebody)


def _of_somebody(contact: NamedContact) -> NamedContact:
    """Role, unit and team are a named person's (FK-20): a contact of nobody has no place for them."""
    nobodys = {"role": None, "unit": None, "team": None}
    return contact if contact.person else contact.model_copy(update=nobodys)


def lists() -> st.SearchStrategy[Whole]:
    return models(Whole, patient=PATIENTS, left=unlike_items(models(Item)), right=unlike_items(models(Item)))


@dataclass(frozen=True, slots=True)
class Sent(Generic[M]):
    """An aggregate, and what is known beside it."""

    value: M
    known: Mapping[str, Unit]


@st.composite
def units_of(draw: st.DrawFn, value: Any) -> dict[str, Unit]:
    """What the catalogue knows of some of the units of a booking or care event."""
    named = {getattr(value, field, None) for field in ("performing_unit", "responsible_unit")}
    return {
        unit: draw(models(Unit, hsa_id=st.just(unit))) for unit in sorted(filter(None, named)) if draw(st.booleans())
    }


def sent(values: st.SearchStrategy[M]) -> st.SearchStrategy[Sent[M]]:
    return values.flatmap(lambda value: st.builds(Sent, st.just(value), units_of(value)))


GRAPHS: dict[str, tuple[Graph[Any], st.SearchStrategy[Any]]] = {
    "booking": (BOOKING, bookings()),
    "care-event": (CARE_EVENT, care_events()),
    "named-contact": (NAMED_CONTACT, named_contacts()),
    "lists": (LISTS, lists()),
    "patient": (PATIENT_CARD, models(PatientCard, patient=PATIENTS)),
}


# -- any JSON ---------------------------------------------------------------------------------------------------------

NAMES = st.sampled_from(
    ["resourceType", "extension", "url", "identifier", "system", "value", "coding", "code", "participant", "actor",
     "reference", "status", "meta", "security", "start", "period", "valueCode", "subject", "basedOn", "contained"]
)  # fmt: skip
SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text() | NAMES
ANY_JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | NAMES, inner, max_size=4),
    max_leaves=12,
)
ANY_OBJECT = st.dictionaries(NAMES | st.text(), ANY_JSON, max_size=5)
