"""Basis and booking (domain 2)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from personnummer import personnummer

from mappings.region.booking import UNTIMED, Basis, BasisKind, Booking, BookingStatus, Form, Line
from mappings.region.care_event import CareEvent
from mappings.region.catalogue import Row, Source
from mappings.region.values import later
from mappings.rules.rulebook import Facts, Fault, derives, rule, updated

ON = (Booking,)
S = BookingStatus


def lines(booking: Booking, source: Source) -> Iterator[tuple[int, Line, Row]]:
    """Each line with its number in the message and its care service; an empty row where that is unknown."""
    for number, line in enumerate(booking.lines):
        yield number, line, source.row("care-services", line.care_service)


@derives("BO-29", on=ON)
def care_service_fills_in_what_is_not_given(facts: Facts[Booking]) -> tuple[Booking, Iterable[str]]:
    booking, paths = facts.message, []
    filled = []
    for number, line, service in lines(booking, facts.source):
        said: dict[str, Any] = {}
        if line.profession is None and service["profession"]:
            said["profession"] = service["profession"]
        if line.duration is None and service["minutes"]:
            said["duration"] = timedelta(minutes=int(service["minutes"]))
        paths += [f"/lines/{number}/{name}" for name in said]
        filled.append(updated(line, **said) if said else line)
    owner = facts.source.row("care-services", booking.owner.care_service)
    whole: dict[str, Any] = {}
    for field, pointer in (("contact_type", "/contactType"), ("visit_type", "/visitType")):
        if getattr(booking, field) is None and owner[field]:
            whole[field] = owner[field]
            paths.append(pointer)
    return (updated(booking, lines=tuple(filled), **whole), paths) if paths else (booking, ())


@derives("BO-4", on=ON)
def target_date_follows_the_watch_interval(facts: Facts[Booking]) -> tuple[Booking, Iterable[str]]:
    """Registration date plus interval; today where neither was given, once and for all."""
    booking, basis = facts.message, facts.message.basis
    if basis is None or basis.target_date is not None:
        return booking, ()
    if basis.watch_interval is None:
        before = facts.previous.basis if facts.previous else None
        target = before.target_date if before and before.target_date else facts.today
    elif basis.registered is None:
        return booking, ()
    else:
        found = later(basis.registered, basis.watch_interval)
        if found is None:
            return booking, ()
        target = found
    return updated(booking, basis=updated(basis, target_date=target)), ("/basis/targetDate",)


@derives("ID-6", on=ON)
def customer_and_agreement_follow(facts: Facts[Booking]) -> tuple[Booking, Iterable[str]]:
    """Customer from the patient's region of registration, agreement from the unit's administration, unless given.

    Only where the source's table leaves no choice: none is guessed.
    """
    booking, basis = facts.message, facts.message.basis
    if basis is None:
        return booking, ()
    said: dict[str, Any] = {}
    home = facts.sent.patient.region_of_registration
    if basis.customer is None and home and (customer := _only(facts.source, "customers", "region", home)):
        said["customer"] = customer
    ours = facts.catalogue.administrations.get(booking.performing_unit or "")
    if basis.agreement is None and ours and (agreement := _only(facts.source, "agreements", "administration", ours)):
        said["agreement"] = agreement
    if not said:
        return booking, ()
    return updated(booking, basis=updated(basis, **said)), [f"/basis/{name}" for name in said]


def _only(source: Source, table: str, column: str, value: str) -> str | None:
    """The one code whose row says this; None where several do, or none."""
    found = [row.code for row in source.table(table).values() if row[column] == value]
    return found[0] if len(found) == 1 else None


@rule("BO-1", on=ON)
def booking_rests_on_a_basis(facts: Facts[Booking]) -> Iterator[Fault]:
    basis = facts.message.basis
    if basis is None:
        yield Fault(
            "/basis",
            "Varje bokning vilar på ett bokningsunderlag eller snabbokningsunderlag: sänd basis.",
            "Every booking rests on a full or a quick basis: send basis.",
        )
    elif basis.kind is BasisKind.FULL and basis.number is None:
        yield Fault(
            "/basis/number",
            "Ett bokningsunderlag har ett nummer: sänd number, eller kind quick om det är ett snabbokningsunderlag.",
            "A full basis has a number: send number, or kind quick if it is a quick basis.",
        )


@rule("BO-2", on=ON)
def quick_basis_is_for_one_single_contact(facts: Facts[Booking]) -> Iterator[Fault]:
    booking, basis = facts.message, facts.message.basis
    if basis is None or basis.kind is not BasisKind.QUICK:
        return
    full_only = {
        "/basis/medicalPriority": basis.medical_priority,
        "/basis/team": basis.team,
        "/basis/shortNotice": basis.short_notice,
        "/series": booking.series,
    }
    for path, said in full_only.items():
        if said is not None:
            yield Fault(
                path,
                "Fältet finns bara på ett bokningsunderlag: ta bort det, eller sänd kind full.",
                "The field stands on a full basis only: take it away, or send kind full.",
            )
    if booking.form is not Form.SINGLE:
        yield Fault(
            "/form",
            "Ett snabbokningsunderlag är för en enskild kontakt: sänd kind full för ett teambesök.",
            "A quick basis is for one single contact: send kind full for a team visit.",
        )
    if booking.status in UNTIMED:
        yield Fault(
            "/status",
            "Ett snabbokningsunderlag läggs inte obokat på väntelistan: sänd kind full.",
            "A quick basis is not put on the waiting list unbooked: send kind full.",
        )


@rule("BO-3", on=ON)
def mandatory_fields_are_there(facts: Facts[Booking]) -> Iterator[Fault]:
    booking, basis = facts.message, facts.message.basis or Basis(kind=BasisKind.QUICK)
    required: dict[str, Any] = {
        "/contactType": booking.contact_type,
        "/visitType": booking.visit_type,
        "/performingUnit": booking.performing_unit,
        "/responsibleUnit": booking.responsible_unit,
        "/basis/targetDate": basis.target_date,
        "/basis/customer": basis.customer,
        "/basis/agreement": basis.agreement,
    }
    if booking.basis is None:
        required = {path: value for path, value in required.items() if not path.startswith("/basis")}
    for number, line in enumerate(booking.lines):
        required[f"/lines/{number}/careService"] = line.care_service
        required[f"/lines/{number}/profession"] = line.profession or line.staff
        if booking.status not in UNTIMED | {S.CANCELLED, S.ANNULLED}:
            required |= {f"/lines/{number}/start": line.start, f"/lines/{number}/duration": line.duration}
    for path, value in required.items():
        if value is None:
            yield Fault(
                path,
                "Fältet är obligatoriskt och gick inte att härleda: sänd det.",
                "The field is mandatory and could not be derived: send it.",
            )


@rule("BO-8", on=ON)
def care_service_decides_type_and_duration(facts: Facts[Booking]) -> Iterator[Fault]:
    booking = facts.message
    owner = facts.source.row("care-services", booking.owner.care_service)
    for field, path in (("contact_type", "/contactType"), ("visit_type", "/visitType")):
        said = getattr(booking, field)
        if owner[field] and said and said != owner[field]:
            yield from _departure(owner, path, warns_patient=field == "contact_type")
    for number, line, service in lines(booking, facts.source):
        if service["minutes"] and line.duration and line.duration != timedelta(minutes=int(service["minutes"])):
            yield from _departure(service, f"/lines/{number}/duration", warns_patient=True)


def _departure(service: Row, path: str, *, warns_patient: bool) -> Iterator[Fault]:
    if not service.says("adjustable"):
        yield Fault(
            path,
            "Värdet kommer från vårdtjänsten, som inte är inställd för att ändras: utelämna det, eller välj en "
            "vårdtjänst som stämmer.",
            "The value comes from the care service, which is not configured for changes: leave it out, or choose a "
            "care service that fits.",
        )
    elif warns_patient:
        yield Fault(
            path,
            "Värdet skiljer sig från vårdtjänstens: det ändrar vad 1177 visar, och hur tiden kan bokas om.",
            "The value differs from the care service's: that changes what 1177 shows, and how the time can be "
            "rebooked.",
            warns=True,
        )


@rule("BO-9", on=ON)
def care_service_of_a_booked_visit_stands(facts: Facts[Booking]) -> Iterator[Fault]:
    """Line by line; of the owner's line also under another number, since it decides for the visit (Decided 16)."""
    before = facts.previous
    if before is None or before.status in UNTIMED or facts.message.status in UNTIMED:
        return
    was = {line.number: line.care_service for line in before.lines}
    for number, line in enumerate(facts.message.lines):
        owned = before.owner.care_service if line is facts.message.owner else None
        if line.care_service != was.get(line.number, owned or line.care_service):
            yield Fault(
                f"/lines/{number}/careService",
                "Vårdtjänsten kan inte ändras på ett bokat besök: avboka, och boka på nytt på ett underlag med rätt "
                "vårdtjänst.",
                "The care service of a booked visit cannot be changed: cancel, and book anew on a basis with the "
                "right care service.",
            )


@rule("BO-10", on=ON, attested=True)
def new_visit_has_no_medical_connection(facts: Facts[Booking]) -> Iterator[Fault]:
    booking = facts.message
    if booking.acute is None:
        yield Fault(
            "/acute",
            "Akut anges med ja eller nej: sänd acute true eller false.",
            "Acute is said with yes or no: send acute true or false.",
        )
    new = facts.source.row("visit-types", booking.visit_type).says("new")
    if new and booking.no_medical_connection is not True:
        yield Fault(
            "/noMedicalConnection",
            "Ett nybesök saknar medicinskt samband med tidigare besök: intyga det med noMedicalConnection true, eller "
            "välj återbesök.",
            "A new visit has no medical connection with an earlier one: attest it with noMedicalConnection true, or "
            "choose a return visit.",
        )


@rule("BO-13", on=ON)
def booking_information_holds_nothing_sensitive(facts: Facts[Booking]) -> Iterator[Fault]:
    basis = facts.message.basis
    if basis and basis.information and _holds_a_number(basis.information):
        yield Fault(
            "/basis/information",
            "Bokningsinformationen tycks innehålla ett personnummer: ta bort känsliga uppgifter, fältet syns på flera "
            "ställen.",
            "The booking information seems to hold a personnummer: take sensitive data away, the field is seen in "
            "many places.",
            warns=True,
        )


def _holds_a_number(text: str) -> bool:
    """True of ten or twelve digits with a check digit and a date, however they are set apart."""
    found = re.findall(r"(?<![0-9])((?:[0-9]{2})?[0-9]{6})[-+\s\u2010-\u2014]{0,3}([0-9]{4})(?![0-9])", text)
    return any(personnummer.valid(date + rest) for date, rest in found)


@rule("BO-16", on=ON)
def preliminary_comes_from_the_waiting_list(facts: Facts[Booking]) -> Iterator[Fault]:
    before = facts.previous.status if facts.previous else None
    if facts.message.status is S.PRELIMINARY and before not in (S.WAITING, S.PRELIMINARY):
        yield Fault(
            "/status",
            "En preliminärbokning görs bara från väntelistan: sänd först bokningen med status waiting.",
            "A preliminary booking is made only from the waiting list: send the booking with status waiting first.",
        )
    if before is S.PRELIMINARY and facts.message.status in (S.ARRIVED, S.CHECKED_IN, S.COMPLETED):
        yield Fault(
            "/status",
            "En preliminärbokning bekräftas innan ankomst registreras: sänd först status booked.",
            "A preliminary booking is confirmed before arrival is registered: send status booked first.",
        )


@rule("BO-16", on=(CareEvent,))
def preliminary_is_confirmed_before_the_visit(facts: Facts[CareEvent]) -> Iterator[Fault]:
    if facts.booking_status is S.PRELIMINARY:
        yield Fault(
            "/booking",
            "En preliminärbokning bekräftas innan ankomst registreras: sänd först bokningen med status booked.",
            "A preliminary booking is confirmed before arrival is registered: send the booking with status booked "
            "first.",
        )


@rule("BO-25", on=ON)
def one_action_to_a_single_visit(facts: Facts[Booking]) -> Iterator[Fault]:
    booking = facts.message
    if booking.form is Form.SINGLE and len(booking.lines) > 1:
        yield Fault(
            "/lines",
            "Flera vårdåtgärder under en enskild kontakt är samplanering, som ännu inte är byggd: sänd en enda rad, "
            "eller form team.",
            "Several actions under one single contact are co-planning, which is not yet built: send just one line, "
            "or form team.",
        )
