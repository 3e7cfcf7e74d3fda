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
    reason = facts.source.row("cancel-reasons", cancellation.reason if cancellation else None)
    if cancellation and reason.code and (reason["by"] == "patient") != (cancellation.by is By.PATIENT):
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
        "Den här orsaken är e-tjänstens egen, för den som själv avbokar där: sänd en annan i reason, eller by patient "
        "om patienten har avbokat.",
        "This reason is the e-service's own, for those who cancel there themselves: send another in reason, or by "
        "patient if the patient has cancelled.",
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
