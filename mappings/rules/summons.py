"""Summons and open summons (domain 2, SU and OC)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mappings.region.booking import UNTIMED, Booking, BookingStatus
from mappings.region.catalogue import Row
from mappings.region.summons import Summons, SummonsStatus, SummonsTemplate, SummonsWay
from mappings.rules.patient import born
from mappings.rules.portal import PERMITS
from mappings.rules.rulebook import Facts, Fault, derives, rule, updated

ON = (Booking,)
TO_COME = UNTIMED | {BookingStatus.PRELIMINARY, BookingStatus.BOOKED}
"""States in which a summons may still be chosen."""
S = BookingStatus

FAILED = frozenset({SummonsStatus.DIGITAL_FAILED, SummonsStatus.DIGITAL_TOO_LATE})
"""A digital summons that will not be sent again (SU-6)."""


def _says(row: Row, column: str) -> bool | None:
    """Yes, no, or nothing said."""
    return {"yes": True, "no": False}.get(row[column])


def digital_possible(facts: Facts[Booking]) -> bool | None:
    """Account, web time book and web configuration; None where nobody says one of them, and none is lacking."""
    booking, summons = facts.message, facts.message.summons
    account = None if summons is None else summons.has_account
    chosen_on_1177 = summons is not None and summons.wants_no_letters
    said = (
        True if account is None and chosen_on_1177 else account,
        _says(facts.catalogue.unit(booking.performing_unit), "web_time_book"),
        _says(facts.source.row("care-services", booking.owner.care_service), "web"),
    )
    return False if False in said else None if None in said else True


def letter_goes(summons: Summons) -> bool:
    return summons.way is SummonsWay.LETTER or summons.letter_too is True


@derives("OC-1", on=ON)
def planned_action_whose_care_service_demands_a_basis_is_an_open_summons(
    facts: Facts[Booking],
) -> tuple[Booking, Iterable[str]]:
    """When it is put on the list; one that has been withdrawn since stays withdrawn."""
    booking, before = facts.message, facts.previous
    on_the_list = before is not None and before.status not in (S.CANCELLED, S.NO_SHOW)
    demanded = facts.source.row("care-services", booking.owner.care_service).says("demands_basis")
    if booking.status is not S.WAITING or on_the_list or not demanded or digital_possible(facts) is False:
        return booking, ()
    return updated(booking, status=S.OPEN_SUMMONS), ("/status",)


@rule("OC-1", on=ON)
def open_summons_is_for_a_time_that_the_patient_may_book(facts: Facts[Booking]) -> Iterator[Fault]:
    booking = facts.message
    if booking.status is not S.OPEN_SUMMONS:
        return
    booked = next(permit for permit in PERMITS if permit.action == "book")
    if booking.form not in booked.forms or booking.series is not None:
        yield Fault(
            "/status",
            "Med en öppen kallelse bokar patienten själv, och det går inte för den här formen eller i en serie: sänd "
            "status waiting.",
            "With an open summons the patient books herself, which cannot be done for this form or in a series: send "
            "status waiting.",
        )
    elif _says(facts.source.row("care-services", booking.owner.care_service), "demands_basis") is False:
        yield Fault(
            "/status",
            "En öppen kallelse skapas bara för en vårdtjänst som kräver koppling till bokningsunderlag: välj en sådan, "
            "eller sänd status waiting.",
            "An open summons is made only for a care service that demands a booking basis: choose such a one, or send "
            "status waiting.",
        )


@derives("SU-1", on=ON)
def digital_is_the_default(facts: Facts[Booking]) -> tuple[Booking, Iterable[str]]:
    """Where it can be chosen; else a letter. Patients of 13–17 years get a letter beside it."""
    summons = facts.message.summons
    if summons is None:
        return facts.message, ()
    said: dict[str, object] = {}
    way = summons.way
    if way is None:
        way = SummonsWay.DIGITAL if digital_possible(facts) else SummonsWay.LETTER
        said["way"] = way
    if way is SummonsWay.DIGITAL and summons.letter_too is None and _half_grown(facts):
        said["letter_too"] = True
    if not said:
        return facts.message, ()
    pointers = {"way": "/summons/way", "letter_too": "/summons/letterToo"}
    return updated(facts.message, summons=updated(summons, **said)), [pointers[name] for name in said]


def _half_grown(facts: Facts[Booking]) -> bool:
    birthday = born(facts.message.patient)
    if birthday is None:
        return False
    today = facts.today
    return 13 <= today.year - birthday.year - ((today.month, today.day) < (birthday.month, birthday.day)) <= 17


@rule("SU-1", on=ON)
def digital_summons_goes_where_it_can(facts: Facts[Booking]) -> Iterator[Fault]:
    """Asked while the visit is to come: what has been sent, or was called off, calls nobody."""
    summons, possible = facts.message.summons, digital_possible(facts)
    if summons is None or facts.message.status not in TO_COME:
        return
    if summons.way is SummonsWay.DIGITAL and possible is False:
        yield Fault(
            "/summons/way",
            "Digital kallelse kräver att patienten har konto på 1177, att enheten har webbtidbok och att vårdtjänsten "
            "är konfigurerad för den: sänd way letter.",
            "A digital summons needs an account of the patient on 1177, a web time book of the unit, and a care "
            "service that is configured for it: send way letter.",
        )
    if summons.way is SummonsWay.LETTER and possible is True:
        yield Fault(
            "/summons/way",
            "Digital kallelse skickas alltid när den är möjlig: sänd way digital, och letterToo true om ett brev ska "
            "skickas också.",
            "A digital summons is always sent where it is possible: send way digital, and letterToo true if a letter "
            "is to be sent too.",
        )
    if not letter_goes(summons) and _half_grown(facts):
        yield Fault(
            "/summons/letterToo",
            "Patienter mellan 13 och 17 år får alltid ett kallelsebrev: sänd letterToo true, eller utelämna fältet.",
            "Patients of 13 to 17 years always get a letter: send letterToo true, or leave the field out.",
        )


@rule("SU-2", on=ON)
def letter_without_address_is_for_distance_visits(facts: Facts[Booking]) -> Iterator[Fault]:
    booking = facts.message
    distance = _says(facts.source.row("contact-types", booking.contact_type), "distance")
    if booking.summons and booking.summons.template is SummonsTemplate.WITHOUT_ADDRESS and distance is False:
        yield Fault(
            "/summons/template",
            "Brevmallen utan besöksadress är för distansbesök: sänd template standard, guardian eller rebooking.",
            "The letter without a visiting address is for distance visits: send template standard, guardian or "
            "rebooking.",
        )


@rule("SU-5", on=ON)
def letter_says_how_or_where_to_meet(facts: Facts[Booking]) -> Iterator[Fault]:
    booking, summons = facts.message, facts.message.summons
    needs = facts.source.row("contact-types", booking.contact_type)["letter_needs"]
    if summons and needs and letter_goes(summons) and summons.free_text is None:
        yield Fault(
            "/summons/freeText",
            "Brevet behöver en text om hur distansbesöket går till: ange frasen i freeText."
            if needs == "phrase"
            else "Brevet behöver säga var besöket blir: ange platsen i freeText.",
            "The letter needs a text on how the distance visit is made: give the phrase in freeText."
            if needs == "phrase"
            else "The letter needs to say where the visit will be: give the place in freeText.",
            warns=True,
        )


@derives("SU-6", on=ON)
def what_will_not_be_sent_again_goes_by_letter(facts: Facts[Booking]) -> tuple[Booking, Iterable[str]]:
    """Where that still matters: not for a visit that has begun, nor against the sender's word."""
    booking, summons = facts.message, facts.message.summons
    if summons is None or summons.status not in FAILED or summons.letter_too is not None or letter_goes(summons):
        return booking, ()
    if booking.owner.start is not None and booking.owner.start <= facts.now:
        return booking, ()
    return updated(booking, summons=updated(summons, letter_too=True)), ("/summons/letterToo",)


@derives("SU-8", on=ON)
def text_is_made_of_the_contact_reason_and_the_add_ons(facts: Facts[Booking]) -> tuple[Booking, Iterable[str]]:
    booking, summons = facts.message, facts.message.summons
    if summons is None or summons.text is not None:
        return booking, ()
    reason = facts.source.row("contact-reasons", booking.reason)
    texts = [reason[column] for column in ("text", "preparation", "information")]
    texts += [facts.source.row("add-ons", code)["text"] for code in booking.add_ons]
    if not any(texts):
        return booking, ()
    text = "\n".join(filter(None, texts))
    return updated(booking, summons=updated(summons, text=text)), ("/summons/text",)
