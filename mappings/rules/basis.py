"""The booking basis and its fields (domain 2): what a booking rests on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from types import MappingProxyType
from typing import Any, Final

from personnummer import personnummer

from mappings.region.booking import CALLED_OFF, UNTIMED, BasisKind, Booking, Form, MedicalPriority
from mappings.region.catalogue import Source
from mappings.region.values import later
from mappings.rules.rulebook import Facts, Fault, derives, named, rule, updated
from mappings.shape.codec import day_of

ON = (Booking,)

WITHIN: Final = MappingProxyType(
    {MedicalPriority.HIGH: "P2W", MedicalPriority.MEDIUM: "P4W", MedicalPriority.LOW: "P12W"}
)
"""COSMIC: Medicinsk prioritet (BO-5)."""


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
                f"Fältet {named(path)} hör till ett bokningsunderlag: ta bort det, eller sänd basis med kind full.",
                f"The field {named(path)} belongs to a full basis: take it away, or send basis with kind full.",
            )
    if booking.form is not Form.SINGLE:
        yield Fault(
            "/form",
            "Ett snabbokningsunderlag är för en enskild kontakt: sänd kind full för annat (team, grupp, samplanering, "
            "vårdtillfälle).",
            "A quick basis is for one single contact: send kind full for anything else (team, group, co-planning, "
            "admission).",
        )
    if booking.status in UNTIMED:
        yield Fault(
            "/status",
            "Ett snabbokningsunderlag läggs inte obokat på väntelistan: sänd basis med kind full.",
            "A quick basis is not put on the waiting list unbooked: send basis with kind full.",
        )


@rule("BO-5", on=ON)
def target_date_is_within_the_priority(facts: Facts[Booking]) -> Iterator[Fault]:
    """Counted from the registration date. The priority sets no date: both stand, and the sender is told."""
    basis = facts.message.basis
    if basis is None or basis.medical_priority is None or basis.registered is None or basis.target_date is None:
        return
    last = later(basis.registered, WITHIN[basis.medical_priority])
    if last and basis.target_date > last:
        yield Fault(
            "/basis/targetDate",
            "Bev/bok datum ligger bortom den medicinska prioritetens tid (hög 2 veckor, medel 4, låg 12): sänd ett "
            "tidigare targetDate, eller ändra prioriteten.",
            "The target date lies beyond the time of the medical priority (high 2 weeks, medium 4, low 12): send an "
            "earlier targetDate, or change the priority.",
            warns=True,
        )


@rule("BO-11", on=ON)
def team_is_one_term(facts: Facts[Booking]) -> Iterator[Fault]:
    """Categories hold one code by their type; the team is free text, which might list several."""
    basis = facts.message.basis
    if basis and basis.team and re.search(r"[,;\n]", basis.team):
        yield Fault(
            "/basis/team",
            "Högst ett team anges: sänd ett enda, utan komma, semikolon eller radbrytning.",
            "At most one team is given: send a single one, without comma, semicolon or line break.",
        )


SWITCHED_OFF: Final = MappingProxyType(
    {
        "order": (
            "/basis/order",
            ", och samplanera åtgärder som ska följa på varandra",
            ", and co-plan actions that are to follow each other",
        ),
        "mediaExamination": ("/basis/mediaExamination", "", ""),
        "specialInformation": (
            "/basis/specialInformation",
            ", och skriv texten i fritexten till kallelsen, summons.freeText",
            ", and write the text in the free text to the summons, summons.freeText",
        ),
        "attachment": (
            "/summons/attachment",
            ", och skriv ut dokumentet eller sänd det som ett omvänt ärende i 1177",
            ", and print the document or send it as a case from care in 1177",
        ),
    }
)
"""Fields that a region may switch off: where they stand, and what to use instead (BO-12)."""


@rule("BO-12", on=ON)
def switched_off_fields_are_not_used(facts: Facts[Booking]) -> Iterator[Fault]:
    """A box that is not ticked is no use of it."""
    basis, summons = facts.message.basis, facts.message.summons
    said: dict[str, Any] = {
        "order": basis and basis.order,
        "mediaExamination": basis and basis.media_examination,
        "specialInformation": basis and basis.special_information,
        "attachment": summons and summons.attachment,
    }
    for field, (path, sv, en) in SWITCHED_OFF.items():
        if said[field] and field in facts.catalogue.off:
            yield Fault(
                path,
                f"Regionen har stängt av fältet {named(path)}, som sparas men inte används: utelämna det{sv}.",
                f"The region has switched the field {named(path)} off, and keeps it unused: leave it out{en}.",
                warns=True,
            )


@rule("BO-13", on=ON)
def texts_that_many_read_hold_nothing_sensitive(facts: Facts[Booking]) -> Iterator[Fault]:
    """Booking information, and what an admission says to the ward (COSMIC: Bokningsinformation, Övrigt)."""
    basis, stay = facts.message.basis, facts.message.admission
    texts = {"/basis/information": basis and basis.information, "/admission/other": stay and stay.other}
    for path, text in texts.items():
        if text and _holds_a_number(text):
            yield Fault(
                path,
                "Texten tycks innehålla ett personnummer: ta bort känsliga uppgifter, fältet syns på flera ställen.",
                "The text seems to hold a personnummer: take sensitive data away, the field is seen in many places.",
                warns=True,
            )


def _holds_a_number(text: str) -> bool:
    """True of ten or twelve digits with a check digit and a date, however they are set apart."""
    found = re.findall(r"(?<![0-9])((?:[0-9]{2})?[0-9]{6})[-+\s\u2010-\u2014]{0,3}([0-9]{4})(?![0-9])", text)
    return any(personnummer.valid(date + rest) for date, rest in found)


@rule("BO-22", on=ON)
def admission_has_an_estimated_length(facts: Facts[Booking]) -> Iterator[Fault]:
    """The planned start is the owner's, which BO-3 demands of what is booked; the reason is optional."""
    booking, stay = facts.message, facts.message.admission
    if booking.form is not Form.ADMISSION:
        if stay is not None:
            yield Fault(
                "/admission",
                "Bara ett planerat vårdtillfälle har inskrivningsuppgifter: sänd form admission, eller ta bort "
                "admission.",
                "Only a planned admission has data of one: send form admission, or take admission away.",
            )
        return
    lengths = 0 if stay is None else (stay.estimated_length is not None) + (stay.days is not None)
    if lengths > 1 or (lengths == 0 and booking.status not in UNTIMED | CALLED_OFF):
        yield Fault(
            "/admission",
            "Ett vårdtillfälle har en uppskattad vårdtid: sänd antingen admission.estimatedLength eller "
            "admission.days.",
            "A planned admission has an estimated length: send either admission.estimatedLength or admission.days.",
        )


@rule("BO-23", on=ON)
def referral_where_the_unit_demands_one(facts: Facts[Booking]) -> Iterator[Fault]:
    booking, basis = facts.message, facts.message.basis
    if basis is None or booking.status in CALLED_OFF:
        return
    demanded = facts.catalogue.unit(booking.performing_unit).says("referral_demanded")
    if demanded and not (basis.referral or basis.private_request or basis.search_reason):
        yield Fault(
            "/basis/referral",
            "Enheten kräver remiss: sänd referral, privateRequest om remiss saknas, eller searchReason vid en mer "
            "tillfällig kontakt.",
            "The unit demands a referral: send referral, privateRequest where there is none, or searchReason for a "
            "more temporary contact.",
        )


@rule("BO-24", on=ON)
def registration_date_is_that_of_the_decision(facts: Facts[Booking]) -> Iterator[Fault]:
    """The decision comes first, then the basis, then the message: by days, since the clocks of systems differ."""
    basis = facts.message.basis
    if basis is None:
        return
    today = facts.today
    made = day_of(basis.created) if basis.created else today
    if made > today:
        yield Fault(
            "/basis/created",
            "Underlaget kan inte ha skapats i framtiden: sänd tiden då det skapades.",
            "The basis cannot have been created in the future: send the time when it was created.",
        )
    if basis.registered and basis.registered > min(made, today):
        yield Fault(
            "/basis/registered",
            "Registreringsdatum är dagen för beslutet att planera, som fattas innan underlaget skapas: sänd beslutets "
            "dag, och tiden då underlaget skapades i created.",
            "The registration date is the day of the decision to plan, which comes before the basis is made: send the "
            "day of the decision, and the time when the basis was made in created.",
        )
