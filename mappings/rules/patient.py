"""The patient: without a Swedish number, on a reserve number, her addresses and those close to her (domain 1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from personnummer.personnummer import valid

from mappings.codes.tables import EMIGRATED, TOGETHER
from mappings.region.booking import Booking, BookingStatus
from mappings.region.care_event import CareEvent, EventStatus
from mappings.region.patient_card import PatientCard
from mappings.region.people import (
    AddressKind,
    Identity,
    IdentityKind,
    Interpreter,
    Membership,
    MembershipKind,
    Patient,
    PhoneUse,
    Relation,
    RelationKind,
)
from mappings.region.values import later
from mappings.rules.rulebook import Facts, Fault, derives, rule, shows, updated
from mappings.rules.who import ALL, CHECKED, VISITS

ARRIVED = frozenset({BookingStatus.ARRIVED, BookingStatus.COMPLETED})
"""States of a booking in which the patient has come."""


def on_reserve_number(patient: Patient) -> bool:
    """*Reservnummerpatient*: known by a reserve identity and nothing better."""
    return patient.identity.kind is IdentityKind.RESERVIDENTITET


def lives_abroad(patient: Patient) -> bool:
    """*Utlandssvensk*: emigrated, and keeps the personnummer (ID-7)."""
    return patient.deregistration is not None and patient.deregistration.code in EMIGRATED


def pays_at_the_desk(patient: Patient) -> bool:
    """ID-5: whose payment is not registered at booking (*registrera ej betalinformation*)."""
    return on_reserve_number(patient) or lives_abroad(patient)


def seeks_asylum(patient: Patient) -> bool:
    """*Asylsökande*, by her membership (ID-4)."""
    return any(one.kind is MembershipKind.ASYLUM_SEEKER for one in patient.memberships)


# -- memberships -----------------------------------------------------------------------------------------------------


@derives("ID-7", on=(Booking,))
def swede_abroad_pays_herself(facts: Facts[Booking]) -> tuple[Booking, Iterable[str]]:
    patient = facts.message.patient
    if patient.memberships or not lives_abroad(patient):
        return facts.message, ()
    paying = (Membership(kind=MembershipKind.SELF_PAYING),)
    return updated(facts.message, patient=updated(patient, memberships=paying)), ("/patient/memberships",)


@rule("ID-4", on=(Booking,))
def patient_without_a_swedish_number_has_a_membership(facts: Facts[Booking]) -> Iterator[Fault]:
    """Of a protected patient none is kept (PI-1): then what was sent counts."""
    patient = facts.message.patient
    if on_reserve_number(patient) and not (patient.memberships or facts.sent.patient.memberships):
        yield Fault(
            "/patient/memberships",
            "En patient som bokas på reservnummer behöver ett medlemskap: sänd asylumSeeker, undocumented, "
            "unDirective, euEeaConvention eller selfPaying; för utländska personer i övrigt selfPaying.",
            "A patient who is booked on a reserve number needs a membership: send asylumSeeker, undocumented, "
            "unDirective, euEeaConvention or selfPaying; selfPaying for other foreigners.",
        )


@rule("ID-7", on=ALL)
def memberships_are_a_set(facts: Facts[Any]) -> Iterator[Fault]:
    patient = facts.message.patient
    kinds = [one.kind for one in patient.memberships]
    for number, kind in enumerate(kinds):
        if kind in kinds[:number]:
            yield Fault(
                f"/patient/memberships/{number}/kind",
                "Samma medlemskap står två gånger: ta bort det ena.",
                "The same membership stands twice: take one of them away.",
            )
        elif number and not {kind, *kinds[:number]} <= TOGETHER:
            yield Fault(
                f"/patient/memberships/{number}/kind",
                "Bara euEeaConvention och selfPaying kan stå tillsammans: sänd bara det medlemskap som gäller.",
                "Only euEeaConvention and selfPaying may stand together: send only the membership that holds.",
            )
    if lives_abroad(patient) and patient.identity.kind is not IdentityKind.PERSONNUMMER:
        yield Fault(
            "/patient/identity/kind",
            "En utlandssvensk behåller sitt personnummer, som används i vården: sänd det som identity.",
            "A Swede living abroad keeps the personnummer, which care uses: send it as identity.",
        )


@rule("ID-10", on=VISITS)
def lma_number_is_asked_for_at_arrival(facts: Facts[Any]) -> Iterator[Fault]:
    patient = facts.message.patient
    if seeks_asylum(patient) and patient.lma_number is None and _has_come(facts.message):
        yield Fault(
            "/patient/lmaNumber",
            "Patienten är asylsökande och har kommit: läs LMA-kortet och sänd lmaNumber.",
            "The patient is an asylum seeker and has come: read the LMA card and send lmaNumber.",
            warns=True,
        )


def _has_come(visit: Booking | CareEvent) -> bool:
    return visit.status in ARRIVED if isinstance(visit, Booking) else visit.status is not EventStatus.ANNULLED


# -- reserve numbers -------------------------------------------------------------------------------------------------


def _number_among(identities: Iterable[Identity]) -> bool:
    return any(one.kind is IdentityKind.PERSONNUMMER for one in identities)


@rule("ID-8", on=ALL)
def reserve_number_beside_a_personnummer_is_decided(facts: Facts[Any]) -> Iterator[Fault]:
    patient = facts.message.patient
    if on_reserve_number(patient) and _number_among(patient.identities) and patient.reserve_number_decision is None:
        yield Fault(
            "/patient/reserveNumberDecision",
            "Patienten har personnummer: sänd det som identity, eller verksamhetschefens beslut om undantag som "
            "reserveNumberDecision.",
            "The patient has a personnummer: send it as identity, or the decision of the head of the unit on an "
            "exception as reserveNumberDecision.",
            warns=True,
        )


@rule("PI-4", on=ALL)
def nobody_is_hidden_on_a_reserve_number(facts: Facts[Any]) -> Iterator[Fault]:
    patient = facts.sent.patient
    if facts.message.patient.protection is None:
        return
    if patient.reserve_number_decision is not None:
        yield Fault(
            "/patient/reserveNumberDecision",
            "Patienter med skyddade personuppgifter läggs inte på reservnummer: ta bort beslutet och sänd "
            "personnumret; markeringen skyddar.",
            "Patients with protected identity are not put on a reserve number: take the decision away and send the "
            "personnummer; the marking protects.",
        )
    elif on_reserve_number(patient) and _number_among(patient.identities):
        yield Fault(
            "/patient/identity",
            "Patienter med skyddade personuppgifter läggs inte på reservnummer: sänd personnumret som identity, och "
            "reservnumret bland identities.",
            "Patients with protected identity are not put on a reserve number: send the personnummer as identity, "
            "and the reserve number among identities.",
        )


# -- addresses -------------------------------------------------------------------------------------------------------


@rule("ID-11", on=ALL)
def each_address_is_of_its_kind(facts: Facts[Any]) -> Iterator[Fault]:
    kinds = [one.kind for one in facts.message.patient.addresses]
    for number, address in enumerate(facts.message.patient.addresses):
        at = f"/patient/addresses/{number}"
        if address.kind in kinds[:number]:
            yield Fault(
                f"{at}/kind",
                "En patient har en adress av varje slag: sänd bara den som gäller.",
                "A patient has one address of each kind: send only the one that holds.",
            )
        for field in ("start", "end"):
            if address.kind is AddressKind.TEMPORARY and getattr(address, field) is None:
                yield Fault(
                    f"{at}/{field}",
                    f"En tillfällig adress gäller mellan två datum: sänd {field}.",
                    f"A temporary address holds between two dates: send {field}.",
                )
        if address.start and address.end and address.end < address.start:
            yield Fault(
                f"{at}/end",
                "Adressen slutar gälla innan den börjar: rätta datumen.",
                "The address ends before it begins: mend the dates.",
            )


# -- those close to her ----------------------------------------------------------------------------------------------


def born(patient: Patient) -> date | None:
    """From the number where it says so, else as sent. In a samordningsnummer the day is raised by 60 (ID-2)."""
    value = patient.identity.value
    if patient.identity.kind in CHECKED:
        try:
            return date(int(value[:4]), int(value[4:6]), int(value[6:8]) % 60)
        except ValueError:
            return patient.birth_date
    return patient.birth_date


def of_age(patient: Patient, today: date) -> bool:
    """From the day on which she turns 18. Born on a leap day: on 28 February (lag 1930:173)."""
    day = born(patient)
    turns = later(day, "P18Y") if day else None
    return turns is not None and turns <= today


@shows("RE-1")
def with_guardians_of_minors(message: Any, today: date) -> Any:
    """Guardians fall away on the day when the patient turns 18, for every reader, those of a care event too."""
    if not of_age(message.patient, today):
        return message
    left = {"patient": updated(message.patient, relations=_contact_persons(message.patient.relations))}
    copied = {"relations": _contact_persons(message.relations)} if isinstance(message, CareEvent) else {}
    return updated(message, **left, **copied)


def _contact_persons(relations: tuple[Relation, ...]) -> tuple[Relation, ...]:
    return tuple(one for one in relations if one.kind is not RelationKind.GUARDIAN)


@derives("RE-2", on=(CareEvent,))
def relations_are_copied_when_the_event_is_created(facts: Facts[CareEvent]) -> tuple[CareEvent, Iterable[str]]:
    """Once created it has its own: what it does not say of them is as it was, whatever is said of the patient."""
    event, before = facts.message, facts.previous
    if "relations" in facts.sent.model_fields_set or event.patient.protection is not None:
        return event, ()
    found = before.relations if before else with_guardians_of_minors(event, facts.today).patient.relations
    return (updated(event, relations=found), ("/relations",)) if found else (event, ())


@shows("RE-5")
def with_consent(patient: Patient) -> Patient:
    """What she gave on 1177 only where she agreed; leave to send SMS only of a mobile number in the care record."""
    data = patient.consented_contact_data
    phones = tuple(
        one if one.kind is PhoneUse.MOBILE or one.sms_allowed is None else updated(one, sms_allowed=None)
        for one in patient.phones
    )
    return updated(patient, phones=phones, consented_contact_data=data if data and data.consented else None)


@rule("RE-3", on=ALL)
def guardians_are_the_registers(facts: Facts[Any]) -> Iterator[Fault]:
    """Only phone, interpreter and copy of summons are changed where the register has not been asked anew."""
    patient, known = facts.sent.patient, facts.known
    guardians = [(at, one) for at, one in enumerate(patient.relations) if one.kind is RelationKind.GUARDIAN]
    if guardians and patient.register_asked is None:
        yield Fault(
            "/patient/registerAsked",
            "Vårdnadshavare kommer från folkbokföringen: sänd när den senast tillfrågades, eller sänd personen som "
            "contactPerson.",
            "Guardians come from the population register: send when it was last asked, or send the person as "
            "contactPerson.",
        )
        return
    before = {one.number: _of_the_register(one) for one in known.relations} if known else {}
    held = [one for one in (known.relations if known else ()) if one.kind is RelationKind.GUARDIAN]
    asked_anew = known is None or known.register_asked is None or patient.register_asked != known.register_asked
    if not held or asked_anew:
        return
    for at, guardian in guardians:
        if before.get(guardian.number) != _of_the_register(guardian):
            yield Fault(
                f"/patient/relations/{at}",
                "För en vårdnadshavare ändras bara telefon, tolkbehov och kopia på kallelse; övrigt kommer från "
                "folkbokföringen: sänd en senare registerAsked om den har svarat.",
                "Of a guardian only phone, interpreter need and copy of summons are changed; the rest comes from the "
                "population register: send a later registerAsked if it has answered.",
            )


def _of_the_register(relation: Relation) -> Relation:
    return updated(relation, phone=None, interpreter=None, copy_of_summons=None)


@rule("RE-4", on=ALL)
def interpreter_need_names_a_language(facts: Facts[Any]) -> Iterator[Fault]:
    for path, need in _interpreters(facts.message):
        if need is not None and need.needed and need.language is None:
            yield Fault(
                f"{path}/language",
                "Ett tolkbehov anger språk, eller variant av teckenspråk: sänd language (till exempel ar eller swl).",
                "An interpreter need names a language, or a variant of sign language: send language (ar or swl, say).",
            )


def _interpreters(message: Any) -> Iterator[tuple[str, Interpreter | None]]:
    yield "/patient/interpreter", message.patient.interpreter
    for path, relations in _related(message):
        yield from ((f"{path}/{at}/interpreter", one.interpreter) for at, one in enumerate(relations))


def _related(message: Any) -> Iterator[tuple[str, tuple[Relation, ...]]]:
    """Those of the patient, and of a care event its own."""
    yield "/patient/relations", message.patient.relations
    if isinstance(message, CareEvent):
        yield "/relations", message.relations


@rule("IN-9", on=(PatientCard,))
def card_is_not_named_by_a_number(facts: Facts[PatientCard]) -> Iterator[Fault]:
    if valid(facts.message.id):
        yield Fault(
            "/id",
            "Kortets id står i adresser och får inte vara ett personnummer: sänd källans eget id.",
            "The id of the card stands in URLs and must not be a personnummer: send the source's own id.",
        )


@rule("IN-9", on=ALL)
def each_relation_has_a_number_of_its_own(facts: Facts[Any]) -> Iterator[Fault]:
    for path, relations in _related(facts.message):
        numbers = [one.number for one in relations]
        for at, number in enumerate(numbers):
            if number in numbers[:at]:
                yield Fault(
                    f"{path}/{at}/number",
                    "Två relationer har samma nummer: ge varje relation sitt eget.",
                    "Two relations have the same number: give each its own.",
                )
