"""Cancelling (domain 2, CA)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from mappings.region.booking import GROUPS, Booking, BookingStatus, By
from mappings.region.catalogue import Source
from mappings.rules.rebooking import is_for_others
from mappings.rules.rulebook import Facts, Fault, derives, rule, shows, updated

ON = (Booking,)
S = BookingStatus


def _goes_back(booking: Booking, source: Source) -> bool | None:
    """Whether the care service puts it back on the waiting list; None where that is somebody's choice.

    A member of a group never goes back by herself (COSMIC: Ombokning och avbokning av grupp och gruppmedlem).
    """
    if booking.cancellation is None or booking.cancellation.by is not By.PATIENT or booking.form in GROUPS:
        return None
    return service_puts_back(booking, source)


def service_puts_back(booking: Booking, source: Source) -> bool | None:
    """Whether a booking goes back on the waiting list when its patient cancels over the e-service; None where the care
    service is unknown. A member of a group does not."""
    service = source.row("care-services", booking.owner.care_service)
    return service.says("back_to_waiting_list") and booking.form not in GROUPS if service.code else None


@derives("CA-1", on=ON)
def e_service_puts_back_what_the_care_service_says(facts: Facts[Booking]) -> tuple[Booking, Iterable[str]]:
    booking, cancellation = facts.message, facts.message.cancellation
    if cancellation is None or cancellation.back_to_waiting_list or not _goes_back(booking, facts.source):
        return booking, ()
    back = updated(cancellation, back_to_waiting_list=True)
    return updated(booking, cancellation=back), ("/cancellation/backToWaitingList",)


@rule("CA-1", on=ON)
def e_service_puts_back_nothing_else(facts: Facts[Booking]) -> Iterator[Fault]:
    cancellation = facts.message.cancellation
    if cancellation and cancellation.back_to_waiting_list and _goes_back(facts.message, facts.source) is False:
        yield Fault(
            "/cancellation/backToWaitingList",
            "Vid avbokning via e-tjänsten avgör vårdtjänsten om kontakten går åter till väntelistan, och den här gör "
            "inte det: utelämna backToWaitingList, eller be regionen ställa in vårdtjänsten för det.",
            "When cancelled over the e-service the care service decides whether the contact goes back to the waiting "
            "list, and this one does not: leave backToWaitingList out, or ask the region to configure it.",
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
    if cancellation.system_reason is not None and cancellation.by is not By.SYSTEM:
        yield Fault(
            "/cancellation/by",
            "Systemets egen orsak (systemReason) sätts bara när systemet avbokar: sänd by system, eller reason i "
            "stället för systemReason.",
            "The system's own reason (systemReason) is set only when the system cancels: send by system, or reason "
            "in place of systemReason.",
        )
    elif (cancellation.reason is None) == (cancellation.system_reason is None):
        yield Fault(
            "/cancellation/reason",
            "En avbokning har en orsak: sänd reason.",
            "A cancellation has one reason: send reason.",
        )
    elif is_for_others(facts.source.row("cancel-reasons", cancellation.reason), cancellation.by):
        yield _not_theirs(cancellation.by)


def _not_theirs(by: By) -> Fault:
    path = "/cancellation/reason"
    if by is By.PATIENT:
        return Fault(
            path,
            "När patienten avbokar via e-tjänsten är orsaken e-tjänstens egen: sänd den i reason, eller by care om "
            "vården har avbokat.",
            "When the patient cancels over the e-service, the reason is the e-service's own: send that in reason, or "
            "by care if care has cancelled.",
        )
    return Fault(
        path,
        "Den här orsaken sätts av e-tjänsten när patienten själv avbokar, eller av systemet: sänd en annan i reason, "
        "eller by patient om patienten har avbokat.",
        "This reason is set by the e-service when the patient cancels herself, or by the system: send another in "
        "reason, or by patient if the patient has cancelled.",
    )


@rule("CA-1", on=ON)
def what_the_e_service_cancelled_stands(facts: Facts[Booking]) -> Iterator[Fault]:
    before, cancellation = facts.previous, facts.message.cancellation
    if before is None or before.cancellation is None or cancellation is None:
        return
    if before.cancellation.by is By.PATIENT and cancellation.by is not By.PATIENT:
        yield Fault(
            "/cancellation/by",
            "Patienten har avbokat via e-tjänsten, och den orsaken går inte att ändra: sänd by patient, och samma "
            "reason som förut.",
            "The patient has cancelled over the e-service, and that reason cannot be changed: send by patient, and "
            "the same reason as before.",
        )


@rule("CA-1", on=ON)
def booked_visit_goes_back_to_the_waiting_list_by_cancelling(facts: Facts[Booking]) -> Iterator[Fault]:
    before = facts.previous.status if facts.previous else None
    if before is S.BOOKED and facts.message.status is S.WAITING:
        yield Fault(
            "/status",
            "Ett bokat besök går åter till väntelistan genom att det avbokas, med orsak: sänd först status cancelled "
            "med cancellation, där backToWaitingList är true.",
            "A booked visit goes back to the waiting list by being cancelled, with a reason: send status cancelled "
            "first, with cancellation, where backToWaitingList is true.",
        )


# -- a change of care service ------------------------------------------------------------------------------------------


@rule("IN-15", on=ON)
def what_is_replaced_is_known(facts: Facts[Booking]) -> Iterator[Fault]:
    booking, replaced = facts.message, facts.replaced
    if booking.replaces is None:
        return
    if replaced is None or replaced.patient.identity != booking.patient.identity:
        yield Fault(
            "/replaces",
            "Bokningen som ersätts är inte mottagen för den här patienten: sänd den först, avbokad, eller ta bort "
            "replaces.",
            "The booking that is replaced has not been taken in for this patient: send it first, cancelled, or take "
            "replaces away.",
        )


@rule("BO-9", on=ON)
def what_is_replaced_was_cancelled(facts: Facts[Booking]) -> Iterator[Fault]:
    replaced = facts.replaced
    if facts.message.replaces is not None and replaced and replaced.status is not S.CANCELLED:
        yield Fault(
            "/replaces",
            "Ett byte av vårdtjänst är en avbokning och sedan en ny bokning: sänd först den gamla med status "
            "cancelled.",
            "A change of care service is a cancellation and then a new booking: send the old one with status "
            "cancelled first.",
        )


@shows("CA-3")
def cancellation_first(shown: Iterable[Any]) -> list[Any]:
    """What a patient is shown, JSON of bookings in their order, with a booking that replaces a cancelled one of the
    same time right after it: first the cancellation, then the new booking, whose `replaces` links them."""
    ordered = list(shown)
    places = {(one.get("source"), one.get("number")): one for one in ordered}
    for new in [one for one in ordered if one.get("replaces")]:
        old = places.get((new.get("source"), new["replaces"]))
        if old is not None and old is not new and _start(old) == _start(new) and old.get("status") == S.CANCELLED:
            ordered.remove(new)
            ordered.insert(ordered.index(old) + 1, new)
    return ordered


def _start(booking: Any) -> str | None:
    return next((line.get("start") for line in booking.get("lines", ()) if line.get("owner")), None)
