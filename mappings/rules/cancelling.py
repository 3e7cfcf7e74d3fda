"""Cancelling (domain 2, CA)."""

from __future__ import annotations

from collections.abc import Iterator

from mappings.region.booking import Booking, BookingStatus, By
from mappings.rules.rulebook import Facts, Fault, rule

ON = (Booking,)
S = BookingStatus


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
    if cancellation is not None and (cancellation.by is By.SYSTEM) != (cancellation.system_reason is not None):
        yield Fault(
            "/cancellation/by",
            "Systemets egen orsak (systemReason) sätts när systemet avbokar, och bara då: sänd by system tillsammans "
            "med systemReason, annars reason.",
            "The system's own reason (systemReason) is set when the system cancels, and only then: send by system "
            "together with systemReason, else reason.",
        )
    elif cancellation is not None and (cancellation.reason is None) == (cancellation.system_reason is None):
        yield Fault(
            "/cancellation/reason",
            "En avbokning har en orsak: sänd reason.",
            "A cancellation has one reason: send reason.",
        )
    reason = facts.source.row("cancel-reasons", cancellation.reason if cancellation else None)
    if cancellation and reason.code and (reason["by"] == "patient") != (cancellation.by is By.PATIENT):
        yield Fault(
            "/cancellation/reason",
            "Orsaken för avbokning via e-tjänst sätts av systemet, när patienten själv avbokar och bara då: ändra "
            "reason eller by.",
            "The reason for cancelling over the e-service is set by the system, when the patient cancels and only "
            "then: change reason or by.",
        )


@rule("CA-1", on=ON)
def what_the_e_service_cancelled_stands(facts: Facts[Booking]) -> Iterator[Fault]:
    before, cancellation = facts.previous, facts.message.cancellation
    if before is None or before.cancellation is None or cancellation is None:
        return
    if before.cancellation.by is By.PATIENT and cancellation.by is not By.PATIENT:
        yield Fault(
            "/cancellation/by",
            "Patienten har avbokat via e-tjänsten, och den orsaken går inte att ändra: sänd samma reason och by.",
            "The patient has cancelled over the e-service, and that reason cannot be changed: send the same reason "
            "and by.",
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
