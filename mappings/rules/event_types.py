"""The type of a care event: what it follows from, and what a type demands (domain 4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from mappings.codes.care_events import NEED_COMMITMENT, EventClass, class_of
from mappings.region.booking import Booking, BookingStatus
from mappings.region.care_event import CareEvent, EventStatus, EventType, Origin
from mappings.region.catalogue import Source
from mappings.rules.due import listed_from, retyped
from mappings.rules.rulebook import Facts, Fault, derives, rule, updated
from mappings.rules.visit_types import VisitType, parsed, written

ON = (CareEvent,)
S, T = EventStatus, EventType

BEGUN: Final = frozenset({S.ARRIVED, S.ONGOING, S.CHECKED_OUT, S.FINISHED})
"""The patient has come, or the contact has been made."""
OUTPATIENT_TO_COME: Final = frozenset({T.HIDDEN_OUTPATIENT, T.PRE_REGISTERED_OUTPATIENT})
BEGINS_BY_ITSELF: Final = frozenset({T.FOETUS, T.ADMIN})
"""Types that are there before anybody arrives, and are no pre-registration."""

TYPE_OF: Final = MappingProxyType(
    {
        (Origin.BOOKING, False): T.HIDDEN_OUTPATIENT,
        (Origin.REFERRAL, False): T.HIDDEN_OUTPATIENT,
        (Origin.PLANNED_ADMISSION, False): T.PRE_REGISTERED_ADMISSION,
        (Origin.PLANNED_ADMISSION, True): T.INPATIENT,
        (Origin.ACUTE_ARRIVAL, True): T.ACUTE,
        (Origin.WITHOUT_VISIT, True): T.WITHOUT_VISIT,
    }
)
"""SDV 3.1.1.2, 3.1.2: by how it came about, and whether it has begun. A visit that has begun, booked or not, is of its
care area's outpatient type."""
ON_ARRIVAL: Final = frozenset({Origin.BOOKING, Origin.REFERRAL, Origin.DROP_IN})
ACTIVATED: Final = MappingProxyType(
    {T.PRE_REGISTERED_ADMISSION: T.INPATIENT, T.PRE_REGISTERED_DIAGNOSTICS: T.DIAGNOSTICS}
)
"""What other pre-registrations become."""


@derives("EV-10", on=ON)
def planned_event_has_its_bookings_time(facts: Facts[CareEvent]) -> tuple[CareEvent, Iterable[str]]:
    event, booking = facts.message, facts.booking
    start = booking.owner.start if booking else None
    if event.booked_time or start is None or event.status is not S.PLANNED:
        return event, ()
    return updated(event, booked_time=start), ("/bookedTime",)


@derives("EV-9", on=ON)
def visit_type_and_its_parts_follow_from_each_other(facts: Facts[CareEvent]) -> tuple[CareEvent, Iterable[str]]:
    """Only what is not said is filled in; an unknown combination gives nothing."""
    event = facts.message
    if event.visit_type is None:
        if not (event.care_area and event.owner.profession and event.visit_kind):
            return event, ()
        found = written(facts.source, VisitType(event.care_area, event.owner.profession, event.visit_kind))
        return (updated(event, visit_type=found), ("/visitType",)) if found else (event, ())
    parts = parsed(facts.source, event.visit_type)
    if parts is None:
        return event, ()
    absent = {"care_area": parts.care_area} if event.care_area is None else {}
    absent |= {"visit_kind": parts.kind} if event.visit_kind is None else {}
    paths = ["/careArea"] * ("care_area" in absent) + ["/visitKind"] * ("visit_kind" in absent)
    if event.owner.profession is None:
        at = event.lines.index(event.owner)
        line = updated(event.owner, profession=parts.profession)
        event = updated(event, lines=(*event.lines[:at], line, *event.lines[at + 1 :]))
        paths.append(f"/lines/{at}/profession")
    return updated(event, **absent), paths


@derives("EV-12", on=ON)
def type_follows_from_how_it_came_about(facts: Facts[CareEvent]) -> tuple[CareEvent, Iterable[str]]:
    """Where the table says nothing there is no type, and EV-1 asks for one."""
    event, begun = facts.message, facts.message.status in BEGUN
    if begun and event.event_type and (activated := ACTIVATED.get(event.event_type)):
        return updated(event, event_type=activated), ("/eventType",)
    origin = event.origin or (Origin.BOOKING if event.booking else None)
    if event.event_type is not None or origin is None or not (begun or event.status is S.PLANNED):
        return event, ()
    found = outpatient_type(facts.source, event) if begun and origin in ON_ARRIVAL else TYPE_OF.get((origin, begun))
    return (updated(event, event_type=found), ("/eventType",)) if found else (event, ())


def outpatient_type(source: Source, event: CareEvent) -> EventType | None:
    """What a visit in the event's care area is; None where the source's table does not say."""
    said = source.row("care-areas", event.care_area)["event_type"]
    return EventType(said) if said else None


@derives("EV-3", on=ON)
def event_of_a_missed_booking_is_missed(facts: Facts[CareEvent]) -> tuple[CareEvent, Iterable[str]]:
    event, booking = facts.message, facts.booking
    if not facts.catalogue.switches.get("EV-3", False) or booking is None or not missed(booking, facts.source):
        return event, ()
    if event.status not in (S.PLANNED, S.CANCELLED) or event.event_type not in OUTPATIENT_TO_COME:
        return event, ()
    paths = ["/eventType"] + ["/status"] * (event.status is S.PLANNED)
    return updated(event, event_type=T.MISSED, status=S.CANCELLED), paths


def missed(booking: Booking, source: Source) -> bool:
    """The patient did not come, or cancelled with less than 24 hours left."""
    if booking.status is BookingStatus.NO_SHOW:
        return True
    cancelled, start = booking.cancellation, booking.owner.start
    if booking.status is not BookingStatus.CANCELLED or cancelled is None or start is None:
        return False
    by_patient = source.row("cancel-reasons", cancelled.reason)["hl7"].startswith("pat")
    return by_patient and start - cancelled.at < timedelta(hours=24)


@derives("EV-13", on=ON)
def foetus_is_newborn_once_born(facts: Facts[CareEvent]) -> tuple[CareEvent, Iterable[str]]:
    event = facts.message
    if event.event_type is not T.FOETUS or event.status not in BEGUN:
        return event, ()
    return updated(event, event_type=T.NEWBORN), ("/eventType",)


@derives("EV-2", on=ON)
def booked_visit_is_hidden_then_pre_registered_then_itself(facts: Facts[CareEvent]) -> tuple[CareEvent, Iterable[str]]:
    """As the clock would have it (`rules.due`); the type that it had is kept as history."""
    event = facts.message
    if event.event_type in OUTPATIENT_TO_COME:
        event = updated(event, event_type=_by_now(event, facts.source, facts.now))
    paths = ["/eventType"] * (event.event_type is not facts.message.event_type)
    before = facts.previous
    if before is not None and not event.event_type_history:
        changed = before.event_type is not event.event_type
        until = event.start if event.start and event.start <= facts.now else facts.now
        history = retyped(before, T.ADMIN, until).event_type_history if changed else before.event_type_history
        paths += ["/eventTypeHistory"] * bool(history)
        event = updated(event, event_type_history=history)
    return event, paths


def _by_now(event: CareEvent, source: Source, now: datetime) -> EventType | None:
    if event.status in BEGUN:
        return outpatient_type(source, event) or event.event_type
    due = event.status is S.PLANNED and event.booked_time is not None and listed_from(event.booked_time) <= now
    return T.PRE_REGISTERED_OUTPATIENT if due else event.event_type


@rule("EV-1", on=ON)
def event_has_one_type(facts: Facts[CareEvent]) -> Iterator[Fault]:
    event = facts.message
    to_come = class_of(event.event_type) is EventClass.PRE_REGISTRATION
    if event.event_type is None:
        yield Fault(
            "/eventType",
            "Varje kontakt är en vårdhändelse av en typ, och den går inte att härleda här: sänd den i eventType.",
            "Every contact is a care event of one type, and it cannot be derived here: send it in eventType.",
        )
    elif to_come and event.status in BEGUN:
        yield Fault(
            "/eventType",
            "Kontakten har börjat och är inte längre en förhandsregistrering: sänd den typ som den har blivit.",
            "The contact has begun and is no longer a pre-registration: send the type that it has become.",
        )
    elif event.status is S.PLANNED and not to_come and event.event_type not in BEGINS_BY_ITSELF:
        yield Fault(
            "/eventType",
            "En planerad kontakt är en förhandsregistrering tills patienten kommer: sänd en sådan typ, eller utelämna "
            "eventType så härleds den.",
            "A planned contact is a pre-registration until the patient comes: send such a type, or leave eventType "
            "out and it is derived.",
        )


@rule("EV-4", on=ON, attested=True)
def only_what_has_no_notes_and_no_transactions_is_annulled(facts: Facts[CareEvent]) -> Iterator[Fault]:
    event = facts.message
    annulled = event.status is S.ANNULLED or event.event_type is T.ANNULLED
    if annulled and event.no_notes_or_transactions is not True:
        yield Fault(
            "/noNotesOrTransactions",
            "Bara en vårdhändelse utan journaldokumentation och kassatransaktioner annulleras: intyga det med "
            "noNotesOrTransactions true, annars ändras den i stället.",
            "Only a care event without journal notes and cash transactions is annulled: attest it with "
            "noNotesOrTransactions true, else change the event instead.",
        )


@rule("EV-5", on=ON)
def specialised_care_is_under_a_commitment(facts: Facts[CareEvent]) -> Iterator[Fault]:
    event = facts.message
    if event.event_type not in NEED_COMMITMENT or event.care_commitment is not None or event.status not in BEGUN:
        return
    sv = "Specialiserad öppenvård kräver ett vårdåtagande: sänd careCommitment med dess nummer."
    en = "Specialised outpatient care needs a care commitment: send careCommitment with its number."
    if facts.catalogue.switches.get("EV-5", False):
        yield Fault("/careCommitment", sv, en)
    else:
        yield Fault("/careCommitment", sv, en, warns=True)


@rule("EV-10", on=ON)
def admission_is_of_inpatients(facts: Facts[CareEvent]) -> Iterator[Fault]:
    event, of = facts.message, class_of(facts.message.event_type)
    if event.admission is not None and of in (EventClass.OUTPATIENT, EventClass.OTHER):
        yield Fault(
            "/admission",
            "Bara den som skrivs in har varifrån och vart: ta bort admission, eller sänd typen för inskrivningen.",
            "Only those who are admitted have from where and to where: take admission away, or send the admission's "
            "type.",
        )
    if event.event_type is T.PRE_REGISTERED_ADMISSION and event.booked_time is None and event.status is S.PLANNED:
        yield Fault(
            "/bookedTime",
            "En förhandsregistrerad inskrivning bevakas på sitt förväntade datum: sänd bookedTime.",
            "A pre-registered admission is watched by its expected date: send bookedTime.",
        )


@rule("EV-13", on=ON)
def newborn_is_not_admitted(facts: Facts[CareEvent]) -> Iterator[Fault]:
    if facts.message.event_type is T.NEWBORN and facts.message.admission is not None:
        yield Fault(
            "/admission",
            "Ett nyfött barn registreras utan att vara inskrivet i vanlig mening: ta bort admission om barnet är "
            "friskt.",
            "A newborn is registered without being admitted in the usual sense: take admission away if the child is "
            "well.",
            warns=True,
        )


@rule("EV-14", on=ON, attested=True)
def historical_events_come_by_migration(facts: Facts[CareEvent]) -> Iterator[Fault]:
    if facts.message.event_type is T.HISTORICAL and facts.message.origin is not Origin.MIGRATION:
        yield Fault(
            "/eventType",
            "Historiska vårdhändelser uppstår bara när data migreras från ett tidigare system: sänd origin migration, "
            "eller kontaktens egen typ.",
            "Historical care events arise only by migration from an earlier system: send origin migration, or the "
            "contact's own type.",
        )


@rule("EV-15", on=ON)
def contact_without_visit_has_no_booking_and_no_visit(facts: Facts[CareEvent]) -> Iterator[Fault]:
    event = facts.message
    if event.event_type is not T.WITHOUT_VISIT:
        return
    if event.booking is not None:
        yield Fault(
            "/booking",
            "En kontakt utan besök är obokad: ta bort booking, eller sänd det bokade besökets typ.",
            "A contact without visit is unbooked: take booking away, or send the booked visit's type.",
        )
    if facts.source.row("contact-types", event.contact_type)["kva"] == "visit":
        yield Fault(
            "/contactType",
            "Vid en kontakt utan besök träffas man inte: välj en kontakttyp för till exempel telefon, video eller "
            "brev, eller sänd besökets typ.",
            "In a contact without visit nobody meets: choose a contact type for, say, telephone, video or letter, or "
            "send the visit's type.",
        )


@rule("EV-16", on=ON, attested=True)
def consult_is_made_during_care_elsewhere(facts: Facts[CareEvent]) -> Iterator[Fault]:
    event = facts.message
    if event.event_type is not T.OUTPATIENT_CONSULT:
        return
    if event.consulted_from is None or event.consulted_from == event.number:
        yield Fault(
            "/consultedFrom",
            "En öppenvårdskonsult görs under pågående akut- eller slutenvård: sänd den vårdhändelsens nummer i "
            "consultedFrom.",
            "An outpatient consult is made during acute or inpatient care: send that event's number in consultedFrom.",
        )
    if event.patient_moves is not True:
        yield Fault(
            "/patientMoves",
            "Öppenvårdskonsult används när patienten behöver flytta fysiskt till konsulten: intyga det med "
            "patientMoves true.",
            "An outpatient consult is used when the patient has to move to the consultant: attest it with "
            "patientMoves true.",
        )
