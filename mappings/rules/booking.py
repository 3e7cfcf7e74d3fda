"""Basis and booking (domain 2). `Booking` facts only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from personnummer.personnummer import Personnummer

from mappings.region.booking import UNTIMED, Basis, BasisKind, Booking, BookingStatus, By, Form, Line
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
        target = later(basis.registered, basis.watch_interval)
    return updated(booking, basis=updated(basis, target_date=target)), ("/basis/targetDate",)


@derives("ID-6", on=ON)
def customer_and_agreement_follow(facts: Facts[Booking]) -> tuple[Booking, Iterable[str]]:
    """Customer from the patient's region of registration, agreement from the unit's administration, unless given."""
    booking, basis = facts.message, facts.message.basis
    if basis is None:
        return booking, ()
    said: dict[str, Any] = {}
    home = facts.sent.patient.region_of_registration
    if basis.customer is None and home and (customer := _having(facts.source, "customers", "region", home)):
        said["customer"] = customer
    administration = facts.catalogue.administrations.get(booking.performing_unit or "")
    if basis.agreement is None and administration and (agreement := _agreement(facts.source, administration)):
        said["agreement"] = agreement
    if not said:
        return booking, ()
    return updated(booking, basis=updated(basis, **said)), [f"/basis/{name}" for name in said]


def _agreement(source: Source, administration: str) -> str | None:
    return _having(source, "agreements", "administration", administration)


def _having(source: Source, table: str, column: str, value: str) -> str | None:
    return next((row.code for row in source.table(table).values() if row[column] == value), None)


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
            "Ett bokningsunderlag har ett nummer: sänd det, eller kind quick.",
            "A full basis has a number: send it, or kind quick.",
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
            "Värdet kommer från vårdtjänsten, som inte får ändras här: välj en vårdtjänst som stämmer.",
            "The value comes from the care service, which is not configured to be changed here: choose a care service that fits.",
        )
    elif warns_patient:
        yield Fault(
            path,
            "Värdet skiljer sig från vårdtjänstens: det ändrar vad 1177 visar och hur tiden kan bokas om.",
            "The value differs from the care service's: that changes what 1177 shows and how the time can be rebooked.",
            warns=True,
        )


@rule("BO-9", on=ON)
def care_service_of_a_booked_visit_stands(facts: Facts[Booking]) -> Iterator[Fault]:
    before = facts.previous
    if before is None or before.status in UNTIMED or facts.message.status in UNTIMED:
        return
    was = {line.number: line.care_service for line in before.lines}
    for number, line in enumerate(facts.message.lines):
        if line.number in was and was[line.number] != line.care_service:
            yield Fault(
                f"/lines/{number}/careService",
                "Vårdtjänsten kan inte ändras på ett bokat besök: avboka, och boka på nytt på ett underlag med rätt vårdtjänst.",
                "The care service of a booked visit cannot be changed: cancel, and book anew on a basis with the right care service.",
            )


@rule("BO-10", on=ON, attested=True)
def new_visit_has_no_medical_connection(facts: Facts[Booking]) -> Iterator[Fault]:
    booking = facts.message
    if booking.acute is None:
        yield Fault("/acute", "Akut anges med ja eller nej: sänd acute.", "Acute is said with yes or no: send acute.")
    new = facts.source.row("visit-types", booking.visit_type).says("new")
    if new and booking.no_medical_connection is not True:
        yield Fault(
            "/noMedicalConnection",
            "Ett nybesök saknar medicinskt samband med tidigare besök: intyga det med noMedicalConnection true, eller välj återbesök.",
            "A new visit has no medical connection with an earlier one: attest it with noMedicalConnection true, or choose a return visit.",
        )


@rule("BO-13", on=ON)
def booking_information_holds_nothing_sensitive(facts: Facts[Booking]) -> Iterator[Fault]:
    basis = facts.message.basis
    if basis and basis.information and _holds_a_number(basis.information, facts.now):
        yield Fault(
            "/basis/information",
            "Bokningsinformationen tycks innehålla ett personnummer: ta bort känsliga uppgifter, de syns på flera ställen.",
            "The booking information seems to hold a personal number: take sensitive data away, it is seen in many places.",
            warns=True,
        )


def _holds_a_number(text: str, now: datetime) -> bool:
    found = re.findall(r"(?<!\d)(?:\d{2})?\d{6}[-+ ]?\d{4}(?!\d)", text)
    return any(Personnummer.valid(number.replace(" ", "")) for number in found)


@rule("BO-16", on=ON)
def preliminary_comes_from_the_waiting_list(facts: Facts[Booking]) -> Iterator[Fault]:
    before = facts.previous.status if facts.previous else None
    if facts.message.status is S.PRELIMINARY and before not in (S.WAITING, S.PRELIMINARY):
        yield Fault(
            "/status",
            "En preliminärbokning görs bara från väntelistan: sänd först bokningen med status waiting.",
            "A preliminary booking is made only from the waiting list: send the booking with status waiting first.",
        )
    if before is S.PRELIMINARY and facts.message.status in (S.ARRIVED, S.COMPLETED):
        yield Fault(
            "/status",
            "En preliminärbokning bekräftas innan ankomst registreras: sänd först status booked.",
            "A preliminary booking is confirmed before arrival is registered: send status booked first.",
        )


@rule("BO-25", on=ON)
def one_action_to_a_single_visit(facts: Facts[Booking]) -> Iterator[Fault]:
    booking = facts.message
    if booking.form is Form.SINGLE and len(booking.lines) > 1:
        yield Fault(
            "/lines",
            "Flera vårdåtgärder under en kontakt är samplanering, som ännu inte är byggd: sänd en rad, eller form team.",
            "Several actions under one contact are co-planning, which is not yet built: send one line, or form team.",
        )


@rule("CA-1", on=ON)
def cancelling_has_a_reason(facts: Facts[Booking]) -> Iterator[Fault]:
    booking, cancellation = facts.message, facts.message.cancellation
    if booking.status is S.CANCELLED and cancellation is None:
        yield Fault(
            "/cancellation",
            "Avbokning kräver en orsak: sänd cancellation med reason och at.",
            "Cancelling needs a reason: send cancellation with reason and at.",
        )
    if booking.status is not S.CANCELLED and cancellation is not None:
        yield Fault(
            "/cancellation",
            "Bara en avbokad bokning har en avbokningsorsak: sänd status cancelled, eller ta bort cancellation.",
            "Only a cancelled booking has a cancellation reason: send status cancelled, or take cancellation away.",
        )
    if cancellation is None:
        return
    by_patient = facts.source.row("cancel-reasons", cancellation.reason)["by"] == "patient"
    if by_patient != (cancellation.by is By.PATIENT):
        yield Fault(
            "/cancellation/reason",
            "Orsaken för avbokning via e-tjänst sätts av systemet, och bara då.",
            "The reason for cancelling over the e-service is set by the system, and only then.",
        )
