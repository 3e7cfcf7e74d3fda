"""What is booked, from its care service to its time (domain 2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from mappings.region.booking import CALLED_OFF, UNTIMED, Basis, BasisKind, Booking, BookingStatus, Line
from mappings.region.care_event import CareEvent
from mappings.region.catalogue import Row, Source
from mappings.rules.event_types import BEGUN
from mappings.rules.rulebook import Facts, Fault, derives, named, rule, updated

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
        if booking.status not in UNTIMED | CALLED_OFF:
            required[f"/lines/{number}/duration"] = line.duration
            # in co-planning they are booked one at a time, the main action first (CA-2)
            if line is booking.owner or not booking.co_planned:
                required[f"/lines/{number}/start"] = line.start
    for path, value in required.items():
        if value is None:
            yield Fault(
                path,
                f"Fältet {named(path)} är obligatoriskt och gick inte att härleda: sänd det.",
                f"The field {named(path)} is mandatory and could not be derived: send it.",
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
            f"Vårdtjänsten bestämmer {named(path)} och är inte inställd för att ändras: utelämna {named(path)}, eller "
            "byt careService till en vårdtjänst som stämmer.",
            f"The care service decides {named(path)} and is not configured for changes: leave {named(path)} out, or "
            "change careService to a care service that fits.",
        )
    elif warns_patient:
        yield Fault(
            path,
            f"Värdet i {named(path)} skiljer sig från vårdtjänstens, vilket ändrar vad 1177 visar och hur tiden kan "
            "bokas om: utelämna det om det inte är avsikten.",
            f"The value of {named(path)} differs from the care service's, which changes what 1177 shows and how the "
            "time can be rebooked: leave it out if that is not meant.",
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
            "sänd ett återbesök i visitType.",
            "A new visit has no medical connection with an earlier one: attest it with noMedicalConnection true, or "
            "send a return visit in visitType.",
        )


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
    """Whoever has arrived once may have the booking made anew since; what has begun is ended all the same."""
    before = facts.previous.status if facts.previous else None
    arrives = facts.message.status in BEGUN and before not in BEGUN
    if arrives and facts.booking is not None and facts.booking.status is S.PRELIMINARY:
        yield Fault(
            "/booking",
            "En preliminärbokning bekräftas innan ankomst registreras: sänd först bokningen med status booked.",
            "A preliminary booking is confirmed before arrival is registered: send the booking with status booked "
            "first.",
        )


@rule("BO-17", on=ON)
def free_booking_is_blocked_in_other_schedules(facts: Facts[Booking]) -> Iterator[Fault]:
    """Told when the time is new: whether a schedule lies under it only the time book knows."""
    if _newly_free(facts):
        yield Fault(
            "/free",
            "En fribokning tar ingen tid i schemat och kan dubbelbokas: kontrollera om tidboken har andra vårdtjänster "
            "då, och spärra i så fall tiden.",
            "A free booking takes no time of the schedule, and can be booked twice: check whether the time book has "
            "other care services then, and block the time if so.",
            warns=True,
        )


@rule("BO-32", on=ON)
def free_booking_where_patients_book(facts: Facts[Booking]) -> Iterator[Fault]:
    if _newly_free(facts) and facts.catalogue.unit(facts.message.performing_unit).says("web_time_book"):
        yield Fault(
            "/free",
            "Enhetens tidbok erbjuder tider på webben, och där bör ingen friboka: välj hellre en tid i schemat.",
            "The unit's time book offers times on the web, and nobody should book freely there: choose a time of the "
            "schedule rather.",
            warns=True,
        )


def _newly_free(facts: Facts[Booking]) -> bool:
    """True of a free booking that is made or moved now."""
    booking, before = facts.message, facts.previous
    if not booking.free or booking.status not in (S.BOOKED, S.PRELIMINARY):
        return False
    return before is None or not before.free or before.owner.start != booking.owner.start
