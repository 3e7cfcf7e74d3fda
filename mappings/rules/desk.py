"""At the desk (domain 2): who meets the patient, how she is received, and what she pays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mappings.region.booking import HERE, TEAMS, Booking, BookingStatus
from mappings.region.care_event import CareEvent
from mappings.region.catalogue import Catalogue, Source
from mappings.rules.patient import pays_at_the_desk
from mappings.rules.rulebook import Facts, Fault, computes, rule

ON = (Booking,)
S = BookingStatus

# -- staff -------------------------------------------------------------------------------------------------------------


@rule("OR-4", on=(Booking, CareEvent))
def staff_on_a_line_is_a_person(facts: Facts[Any]) -> Iterator[Fault]:
    """An id of a unit is nobody's; those that a source keeps for nobody stand in its table."""
    for number, line in enumerate(facts.message.lines):
        nobody = line.staff in facts.catalogue.administrations or line.staff in facts.source.table("fictitious-staff")
        if line.staff is not None and nobody:
            yield Fault(
                f"/lines/{number}/staff",
                "Personal på en rad är en verklig person, ingen enhet och ingen fiktiv vårdgivare: sänd personens "
                "HSA-id, eller utelämna staff tills raden är bemannad.",
                "Staff on a line is a real person, no unit and no fictitious care giver: send the person's HSA-id, or "
                "leave staff out until the line is staffed.",
            )


@rule("BO-18", on=ON)
def arrival_with_payment_wants_staff(facts: Facts[Booking]) -> Iterator[Fault]:
    """Whatever the line stands in: room, equipment, or the schedule of a care service (TE-11)."""
    arrival = facts.message.arrival
    if arrival is None or not arrival.payment:
        return
    for number, line in enumerate(facts.message.lines):
        if line.staff is None:
            yield Fault(
                f"/lines/{number}/staff",
                "Tidboken ska vara bemannad innan ankomst med betalning registreras: sänd staff på raden, eller "
                "registrera bara ankomsten, med arrival.payment false.",
                "The time book is to be staffed before arrival with payment is registered: send staff on the line, or "
                "register only the arrival, with arrival.payment false.",
            )


@rule("TE-11", on=ON)
def team_line_is_to_be_staffed(facts: Facts[Booking]) -> Iterator[Fault]:
    booking = facts.message
    if booking.form not in TEAMS or booking.status not in (S.PRELIMINARY, S.BOOKED):
        return
    for number, line in enumerate(booking.lines):
        if line.staff is None:
            yield Fault(
                f"/lines/{number}/staff",
                "Raden är inte bemannad än: sänd vem som medverkar innan ankomst med betalning registreras.",
                "The line is not staffed yet: send who takes part before arrival with payment is registered.",
                warns=True,
            )


# -- arrival -----------------------------------------------------------------------------------------------------------


@rule("IN-9", on=ON)
def only_who_has_come_has_arrived(facts: Facts[Booking]) -> Iterator[Fault]:
    if facts.message.arrival is not None and facts.message.status not in HERE | {S.ANNULLED}:
        yield Fault(
            "/arrival",
            "Bara den som har kommit har en ankomst: sänd status arrived eller checkedIn, eller ta bort arrival.",
            "Only a patient who has come has an arrival: send status arrived or checkedIn, or take arrival away.",
        )


# -- self check-in -----------------------------------------------------------------------------------------------------


def window_opens(booking: Booking, catalogue: Catalogue, source: Source) -> bool:
    """Whether the window of self check-in opens in the basis: unit and contact type decide, and what it needs is there.

    A fee that is given all the same opens nothing (COSMIC: Bokningsunderlag och snabbokningsunderlag).
    """
    basis, owner = booking.basis, booking.owner
    return (
        catalogue.unit(booking.performing_unit).says("self_check_in")
        and source.row("contact-types", booking.contact_type).says("self_check_in")
        and basis is not None
        and None not in (basis.customer, basis.agreement)
        and (owner.profession or owner.staff) is not None
    )


@computes("BO-21")
def may_check_in(booking: Booking, catalogue: Catalogue, source: Source) -> bool:
    """Whether the patient can check in by herself."""
    said = booking.self_check_in
    paid = said is not None and said.patient_fee is not None and said.no_payment_information is not True
    return paid and booking.status is S.BOOKED and window_opens(booking, catalogue, source)


@rule("BO-21", on=ON)
def self_check_in_wants_fee_and_cost(facts: Facts[Booking]) -> Iterator[Fault]:
    """The text of the source names only the fee; its form marks the visit cost as mandatory too, and a form is not
    saved without what it marks: so both. Asked for once a time is booked, since the waiting list is searched for rows
    that lack a fee."""
    booking, said = facts.message, facts.message.self_check_in
    if booking.status not in (S.BOOKED, S.ARRIVED, S.CHECKED_IN) or (said and said.no_payment_information):
        return
    if not window_opens(booking, facts.catalogue, facts.source):
        return
    wanted = {"/selfCheckIn/patientFee": said and said.patient_fee, "/selfCheckIn/visitCost": said and said.visit_cost}
    for path, value in wanted.items():
        if value is None:
            yield Fault(
                path,
                "Enheten och kontakttypen har självincheckning, så patientavgift och besökskostnad är obligatoriska: "
                "sänd beloppet, eller noPaymentInformation true.",
                "The unit and the contact type have self check-in, so patient fee and visit cost are mandatory: send "
                "the amount, or noPaymentInformation true.",
            )


@rule("BO-21", on=ON)
def no_payment_information_means_none(facts: Facts[Booking]) -> Iterator[Fault]:
    """The box closes the window."""
    said = facts.message.self_check_in
    if said is None or not said.no_payment_information:
        return
    given = {"patientFee": said.patient_fee, "feeReduction": said.fee_reduction, "visitCost": said.visit_cost}
    for name, value in given.items():
        if value is not None:
            yield Fault(
                f"/selfCheckIn/{name}",
                "Betalinformation registreras inte när noPaymentInformation är true: ta bort det ena.",
                "Payment information is not registered when noPaymentInformation is true: take one of them away.",
            )


@rule("BO-21", on=ON)
def unit_and_contact_type_decide_on_check_in(facts: Facts[Booking]) -> Iterator[Fault]:
    booking = facts.message
    if booking.status is S.CHECKED_IN and not window_opens(booking, facts.catalogue, facts.source):
        yield Fault(
            "/status",
            "Patienten kan inte checka in själv, för enheten eller kontakttypen har inte självincheckning: sänd status "
            "arrived.",
            "The patient cannot check in by herself, since the unit or the contact type has no self check-in: send "
            "status arrived.",
        )


@rule("ID-5", on=ON)
def desk_takes_the_payment_of_who_has_no_number(facts: Facts[Booking]) -> Iterator[Fault]:
    """Of a protected patient, what was sent says that she lives abroad (PI-1)."""
    booking, said = facts.message, facts.message.self_check_in
    paying = said is not None and (said.patient_fee, said.visit_cost) != (None, None)
    elsewhere = pays_at_the_desk(booking.patient) or pays_at_the_desk(facts.sent.patient)
    if not elsewhere or (said and said.no_payment_information):
        return
    if paying or window_opens(booking, facts.catalogue, facts.source):
        yield Fault(
            "/selfCheckIn/noPaymentInformation",
            "För den som saknar svenskt personnummer tar kassan hand om avtal och kostnad: sänd noPaymentInformation "
            "true, utan belopp.",
            "For those without a Swedish number the desk takes care of agreement and cost: send noPaymentInformation "
            "true, without amounts.",
            warns=True,
        )
