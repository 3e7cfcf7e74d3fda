"""How a named contact comes about and is followed (FK-9, FK-14 to FK-19, FK-22): why, who was told, who comes after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from mappings.region.named_contact import (
    ContactKind,
    ContactStatus,
    Ground,
    NamedContact,
    Need,
    TellingWay,
)
from mappings.rules.life_of_contact import WITHOUT
from mappings.rules.named_contact import CARE_CONTACTS, ended_before, same
from mappings.rules.rulebook import Facts, Fault, Message, derives, rule, updated

ON = (NamedContact,)
K, S = ContactKind, ContactStatus

ONE_AT_MOST = (K.PHYSICIAN, K.COORDINATING)

CALLS_WITHIN = timedelta(days=3)
"""FK-18: from the notice that the patient is ready for discharge to the call to a co-ordinated plan (SIP)."""


# -- why -------------------------------------------------------------------------------------------------------------


@derives("FK-18", on=ON)
def plan_is_called_within_three_days(facts: Facts[NamedContact]) -> tuple[NamedContact, Iterable[str]]:
    """Where she needs both municipality and region, and the contact is the region's; what is sent of it is refused."""
    need = facts.message.need
    if need is None or (last := _last_day(facts.message, need)) == need.plan_by:
        return facts.message, ()
    return updated(facts.message, need=updated(need, plan_by=last)), ("/need/planBy",)


def _last_day(contact: NamedContact, need: Need) -> date | None:
    both = contact.kind in CARE_CONTACTS and need.municipality_too
    return need.ready_for_discharge + CALLS_WITHIN if both and need.ready_for_discharge else None


@rule("IN-18", on=ON)
def deadline_is_not_sent(facts: Facts[NamedContact]) -> Iterator[Fault]:
    if facts.sent.need and facts.sent.need.plan_by:
        yield Fault(
            "/need/planBy",
            "Sista dagen att kalla till samordnad planering härleds: ta bort planBy.",
            "The last day to call a co-ordinated plan is derived: take planBy away.",
        )


@rule("FK-9", on=ON)
def request_is_the_patients(facts: Facts[NamedContact]) -> Iterator[Fault]:
    contact = facts.message
    if contact.status is S.REQUESTED and (contact.need is None or contact.need.ground is not Ground.PATIENT):
        yield Fault(
            "/need/ground",
            "En begärd kontakt har patienten bett om: sänd need med ground patientRequest, eller status needed.",
            "A requested contact was asked for by the patient: send need with ground patientRequest, or status needed.",
        )
    if contact.status is S.NEEDED and contact.need is None:
        yield Fault(
            "/need",
            "Det ska framgå varför patienten behöver en fast kontakt: sänd need med ground.",
            "It is to be seen why the patient needs a named contact: send need with ground.",
        )


@rule("FK-9", on=ON)
def contact_is_appointed_before_discharge(facts: Facts[NamedContact]) -> Iterator[Fault]:
    """By the unit that took in the admission message, where the discharge law applies (2 kap. 5 § lag 2017:612)."""
    contact, need = facts.message, facts.message.need
    if need is None or need.ground is not Ground.DISCHARGE or not contact.appointed:
        return
    if need.discharged and (contact.start is None or contact.start > need.discharged):
        yield Fault(
            "/start",
            "Enligt lagen om samverkan vid utskrivning utses den fasta vårdkontakten innan patienten skrivs ut: sänd "
            "en start som inte ligger efter need.discharged, eller rätta need.ground.",
            "By the law on co-operation at discharge the care contact is appointed before the patient is discharged: "
            "send a start not after need.discharged, or mend need.ground.",
        )
    unit = contact.unit.hsa_id if contact.unit else None
    if need.receiving_unit and need.receiving_unit != unit:
        yield Fault(
            "/unit/hsaId",
            "Enheten som tog emot inskrivningsmeddelandet utser den fasta vårdkontakten: sänd den i unit, eller rätta "
            "need.receivingUnit.",
            "The unit that took in the admission message appoints the care contact: send it in unit, or mend "
            "need.receivingUnit.",
        )


# -- declined, or obviously unneeded ---------------------------------------------------------------------------------


@rule("FK-9", "FK-22", on=ON)
def no_contact_is_documented(facts: Facts[NamedContact]) -> Iterator[Fault]:
    contact = facts.message
    if contact.status in WITHOUT and contact.not_appointed is None:
        yield Fault(
            "/notAppointed",
            "Att patienten avböjt, eller inte behöver någon fast kontakt, dokumenteras: sänd notAppointed med day och "
            "documentedBy.",
            "That the patient declined, or needs no named contact, is documented: send notAppointed with day and "
            "documentedBy.",
        )
    if contact.not_appointed is None:
        return
    if contact.status not in WITHOUT and contact.status is not S.ANNULLED:
        yield Fault(
            "/notAppointed",
            "Bara den som är utan fast kontakt har notAppointed: ta bort det, eller sänd status declined eller "
            "unneeded.",
            "Only who is without a named contact has notAppointed: take it away, or send status declined or unneeded.",
        )
    if contact.status is S.DECLINED and contact.not_appointed.by is None:
        yield Fault(
            "/notAppointed/by",
            "Det ska framgå vem som avböjde: sänd by patient eller nextOfKin.",
            "It is to be seen who declined: send by patient or nextOfKin.",
        )


@rule("FK-22", on=ON)
def only_home_care_may_be_obviously_unneeded(facts: Facts[NamedContact]) -> Iterator[Fault]:
    """*Om det inte bedöms vara uppenbart obehövt* (FK 4.1): the law says so of home care alone."""
    if facts.message.status is S.UNNEEDED and facts.message.kind is not K.HOME_CARE:
        yield Fault(
            "/status",
            "Bara i hemtjänsten dokumenteras att en fast kontakt uppenbart inte behövs: sänd status declined om "
            "patienten avböjt, eller annulled.",
            "Only in home care is it documented that a contact is obviously unneeded: send status declined if the "
            "patient declined, or annulled.",
        )


# -- a successor -----------------------------------------------------------------------------------------------------


@rule("FK-9", on=ON)
def successor_follows_somebody(facts: Facts[NamedContact]) -> Iterator[Fault]:
    """The one before is of the same source, patient and kind; it ends on the day before, in the same commit."""
    contact = facts.message
    if contact.replaces is None:
        return
    before = predecessor(contact, facts.contacts)
    if before is None or not before.appointed or before.kind is not contact.kind:
        yield Fault(
            "/replaces",
            "Det finns ingen sådan fast kontakt för patienten från samma källa och med samma kind: rätta replaces, "
            "eller ta bort det.",
            "There is no such contact of the patient from the same source and of the same kind: mend replaces, or take "
            "it away.",
        )
    elif contact.appointed and contact.start is None:
        yield Fault(
            "/start",
            "En efterträdare börjar en dag, och den förra slutar dagen innan: sänd start.",
            "A successor begins on a day, and the one before ends the day before: send start.",
        )


def predecessor(contact: NamedContact, others: Iterable[NamedContact]) -> NamedContact | None:
    """Whom a contact says that it replaces, among the patient's others."""
    named = (contact.source, contact.replaces)
    return next((one for one in others if (one.source, one.id) == named and one.id != contact.id), None)


def succeeded(before: NamedContact, contact: NamedContact, today: date) -> NamedContact:
    """What becomes of the one before: ended, once its last day has passed."""
    if contact.start is None or not contact.appointed:
        return before
    ended = ended_before(before, contact.start)
    over = ended.end is not None and ended.end < today and ended.status is S.ACTIVE
    return updated(ended, status=S.ENDED) if over else ended


def ends_before(contact: Message, other: Message) -> bool:
    """Whether a contact ends earlier than the same contact does elsewhere."""
    if not (isinstance(contact, NamedContact) and isinstance(other, NamedContact)):
        return False
    return contact.appointed and (contact.end or date.max) < (other.end or date.max)


# -- several ---------------------------------------------------------------------------------------------------------


@rule("FK-14", on=ON)
def coordinator_works_where_the_main_care_is_given(facts: Facts[NamedContact]) -> Iterator[Fault]:
    contact = facts.message
    said = contact.attested.main_care_given_here if contact.attested else None
    if contact.kind is K.COORDINATING and contact.appointed and said is not True:
        yield Fault(
            "/attested/mainCareGivenHere",
            "Fast vårdkontakt med övergripande samordningsansvar finns där den huvudsakliga vården ges: intyga det med "
            "mainCareGivenHere true, eller sänd kind careContact.",
            "The care contact with the overall co-ordination works where the main care is given: attest it with "
            "mainCareGivenHere true, or send kind careContact.",
            warns=True,
        )


@rule("FK-16", on=ON)
def who_is_medically_responsible_is_named(facts: Facts[NamedContact]) -> Iterator[Fault]:
    contact = facts.message
    responsible = contact.attested.medically_responsible if contact.attested else None
    named = contact.coordination and contact.coordination.medically_responsible
    if contact.kind in CARE_CONTACTS and responsible is False and not named:
        yield Fault(
            "/coordination/medicallyResponsible",
            "Den fasta vårdkontakten är inte medicinskt ansvarig, och då bör det framgå vem som är det: sänd "
            "medicallyResponsible.",
            "The care contact is not medically responsible, and then who is should be named: send "
            "medicallyResponsible.",
            warns=True,
        )


@rule("FK-17", on=ON)
def physician_of_the_service_bears_the_main_responsibility(facts: Facts[NamedContact]) -> Iterator[Fault]:
    contact, word = facts.message, facts.message.attested
    physician = word is not None and word.life_threatening is True and word.licensed_physician is True
    if word is None or not physician or contact.status is not S.ACTIVE:
        return
    if word.in_service_with_care is not True:
        yield Fault(
            "/attested/inServiceWithCare",
            "Vid livshotande tillstånd utses en läkare i den verksamhet som har vården: intyga det med "
            "inServiceWithCare true, eller utse en läkare där.",
            "In a life-threatening condition a physician of the service that has the care is appointed: attest it with "
            "inServiceWithCare true, or appoint one there.",
            warns=True,
        )
    if word.main_responsibility is not True:
        yield Fault(
            "/attested/mainResponsibility",
            "Vid livshotande tillstånd bär läkaren huvudansvaret för patientens vård: intyga det med "
            "mainResponsibility true.",
            "In a life-threatening condition the physician bears the main responsibility for the care: attest it with "
            "mainResponsibility true.",
            warns=True,
        )
    if not any(one.way is TellingWay.PERSONALLY for one in contact.told):
        yield Fault(
            "/told",
            "Vid livshotande tillstånd får patienten, och i förekommande fall närstående, personlig information om vem "
            "kontakten är: sänd told med way personally och whom patient eller nextOfKin.",
            "In a life-threatening condition the patient, and next of kin where relevant, are told personally who the "
            "contact is: send told with way personally and whom patient or nextOfKin.",
            warns=True,
        )


@rule("FK-19", on=ON)
def contact_from_two_places_is_one(facts: Facts[NamedContact]) -> Iterator[Fault]:
    """Of physicians and co-ordinators there is one at most, and those rules refuse the other."""
    if facts.message.kind not in ONE_AT_MOST and next(_copies(facts.message, facts.contacts), None) is not None:
        yield Fault(
            "/id",
            "Samma kontakt har redan sänts med ett annat id, från en anteckning, patientkortet eller listningen, och "
            "visas en gång: sänd den bara från det ena stället, och annullera den andra.",
            "The same contact has been sent with another id already, from a note, the patient card or the listing, and "
            "is shown once: send it from one of them only, and annul the other.",
            warns=True,
        )


def _copies(contact: NamedContact, others: Iterable[NamedContact]) -> Iterator[NamedContact]:
    for other in others:
        if (other.source, other.id) != (contact.source, contact.id) and same(contact, other):
            yield other
