"""Who and where: identities, protection, units (domain 1)."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from datetime import date, datetime
from typing import Any

from personnummer.personnummer import Personnummer, PersonnummerException
from pydantic.alias_generators import to_camel

from mappings.region.booking import Booking
from mappings.region.care_event import CareEvent
from mappings.region.catalogue import HSA_ID
from mappings.region.direct_case import DirectCase, took_part
from mappings.region.named_contact import ContactKind, NamedContact
from mappings.region.patient_card import PatientCard
from mappings.region.people import Identity, IdentityKind, Patient, SetBy
from mappings.region.unit import Unit
from mappings.rules.rulebook import Facts, Fault, derives, named, rule, updated
from mappings.shape.codec import STOCKHOLM

ALL = (Booking, CareEvent, NamedContact, PatientCard)
VISITS = (Booking, CareEvent)

CHECKED = {IdentityKind.PERSONNUMMER, IdentityKind.SAMORDNINGSNUMMER}

STAYS = frozenset({"identity", "protection", "deceased"})
GIVES_AWAY = tuple(name for name in Patient.model_fields if name not in STAYS)
"""What is taken from a protected patient: all but the number that identifies, and that she is dead (SDV 4.4)."""

PLACES = ("street", "postal_code", "town", "public_phone", "care_to_care_phone", "contact_ways")
"""What is taken from the unit where a protected patient is listed: it says where she lives (Decided 22)."""


@derives("ID-2", on=ALL)
def number_without_separator(facts: Facts[Any]) -> tuple[Any, Iterable[str]]:
    """Ten digits get their century, separators go."""
    patient = facts.message.patient
    identity = normal_identity(patient.identity, facts.now)
    others = tuple(normal_identity(one, facts.now) for one in patient.identities)
    paths = ["/patient/identity/value"] if identity != patient.identity else []
    paths += [
        f"/patient/identities/{n}/value"
        for n, (new, old) in enumerate(zip(others, patient.identities, strict=True))
        if new != old
    ]
    if not paths:
        return facts.message, ()
    return updated(facts.message, patient=updated(patient, identity=identity, identities=others)), paths


def normal_identity(identity: Identity, now: datetime) -> Identity:
    """A national number as twelve characters (ID-2); others as they are."""
    value = identity.value.replace(" ", "")
    if identity.kind in CHECKED:
        if found := re.fullmatch(r"([0-9]{2})([0-9]{4})([-+]?)([0-9]{4})", value):
            this_year = now.astimezone(STOCKHOLM).year
            value = _century(int(found[1]), found[3] == "+", this_year) + found[1] + found[2] + found[4]
        value = value.replace("-", "").replace("+", "")
    return updated(identity, value=value) if value != identity.value else identity


def _century(year: int, hundred: bool, this_year: int) -> str:
    """The latest century in which the year has been; one earlier after a plus sign, set in the year one turns 100."""
    born = this_year - (this_year - year) % 100 - (100 if hundred else 0)
    return f"{born // 100:02d}"


@derives("PI-1", "PI-3", on=ALL)
def protected_patient_loses_what_gives_her_away(facts: Facts[Any]) -> tuple[Any, Iterable[str]]:
    """Protected by her own message, or by what another source holds; by the register or by hand (PI-3)."""
    patient = facts.message.patient
    protection = patient.protection or facts.protection
    if protection is None:
        return facts.message, ()
    said = [field for field in GIVES_AWAY if getattr(patient, field)]
    empty = {field: type(patient).model_fields[field].default for field in said}
    stripped = updated(patient, protection=protection, **empty)
    paths = [f"/patient/{to_camel(field)}" for field in said]
    paths += ["/patient/protection"] if patient.protection is None else []
    message = updated(facts.message, patient=stripped)
    paths += ["/relations"] if getattr(message, "relations", ()) else []
    if hides_listed_unit(message):
        paths += [f"/unit/{to_camel(field)}" for field in PLACES if getattr(message.unit, field)]
    return without_traces(message), paths


def hides_listed_unit(message: Any) -> bool:
    """True of a protected patient's fixed physician: that unit is where the patient is listed (FK 6.1.2)."""
    physician = isinstance(message, NamedContact) and message.kind is ContactKind.PHYSICIAN
    return physician and message.unit is not None and message.patient.protection is not None


def without_traces(message: Any) -> Any:
    """The message without what gives a protected patient away outside her own fields: address and phones of the unit
    where she is listed, and the relations that were copied to a care event (RE-2)."""
    if isinstance(message, CareEvent) and message.patient.protection is not None:
        return updated(message, relations=())
    return without_listed_unit(message)


def without_listed_unit(message: Any) -> Any:
    """The message without address and phones of the unit where a protected patient is listed."""
    if not hides_listed_unit(message):
        return message
    empty = {field: Unit.model_fields[field].default for field in PLACES}
    return updated(message, unit=updated(message.unit, **empty))


@rule("PI-1", on=(PatientCard,))
def locked_fields_of_a_protected_patient_are_not_changed(facts: Facts[PatientCard]) -> Iterator[Fault]:
    """Her own message with her own marking loses them; one that knows of no marking wants to change what is locked."""
    if facts.protection is None or facts.sent.patient.protection is not None:
        return
    for field in GIVES_AWAY:
        if getattr(facts.sent.patient, field):
            yield Fault(
                f"/patient/{to_camel(field)}",
                "Patienten har skyddade personuppgifter och fältet är låst: utelämna det, eller sänd markeringen.",
                "The patient has protected identity and the field is locked: leave it out, or send the marking.",
            )


@derives("OR-3", on=VISITS)
def units_default_to_the_senders(facts: Facts[Any]) -> tuple[Any, Iterable[str]]:
    own = facts.source.default_unit
    absent = [field for field in ("performing_unit", "responsible_unit") if getattr(facts.message, field) is None]
    if own is None or not absent:
        return facts.message, ()
    return updated(facts.message, **dict.fromkeys(absent, own)), [f"/{to_camel(field)}" for field in absent]


@rule("ID-1", on=ALL)
def patient_has_a_national_identity(facts: Facts[Any]) -> Iterator[Fault]:
    if facts.message.patient.identity.kind is IdentityKind.RESERVNUMMER:
        yield Fault(
            "/patient/identity/kind",
            "Ett lokalt reservnummer identifierar ingen patient: sänd personnummer, samordningsnummer eller nationell "
            "reservidentitet, och reservnumret bland identities.",
            "A local number does not identify a patient: send personnummer, samordningsnummer or a national "
            "reservidentitet, and the local number among identities.",
        )


@rule("ID-2", on=ALL)
def number_has_a_date_and_a_check_digit(facts: Facts[Any]) -> Iterator[Fault]:
    for path, identity in _identities(facts):
        if identity.kind in CHECKED and not _valid(identity, facts.today):
            yield Fault(
                path,
                "Numret i value är inget giltigt personnummer eller samordningsnummer: rätta datum, kontrollsiffra "
                "eller kind (i ett samordningsnummer är dagen höjd med 60).",
                "The number in value is no valid personnummer or samordningsnummer: mend the date, the check digit or "
                "kind (in a samordningsnummer the day is raised by 60).",
            )


def _identities(facts: Facts[Any]) -> Iterator[tuple[str, Identity]]:
    patient = facts.message.patient
    yield "/patient/identity/value", patient.identity
    for number, identity in enumerate(patient.identities):
        yield f"/patient/identities/{number}/value", identity


def _valid(identity: Identity, today: date) -> bool:
    if not re.fullmatch(r"(18|19|20)[0-9]{10}", identity.value):
        return False
    try:
        number = Personnummer(identity.value)
        born = number.get_date()
    except (PersonnummerException, ValueError):
        return False
    coordination = identity.kind is IdentityKind.SAMORDNINGSNUMMER
    return bool(number.is_coordination_number() == coordination and born <= today)


@rule("ID-3", on=ALL)
def reserve_identity_has_letters(facts: Facts[Any]) -> Iterator[Fault]:
    for path, identity in _identities(facts):
        if identity.kind is IdentityKind.RESERVIDENTITET and not re.search(r"[A-Za-z]", identity.value):
            yield Fault(
                path,
                "En nationell reservidentitet innehåller alltid bokstäver, och det gör inte numret i value: rätta "
                "value, eller sänd den kind som numret är (personnummer, samordningsnummer eller reservnummer).",
                "A national reservidentitet always contains letters, and the number in value does not: mend value, or "
                "send the kind that the number is (personnummer, samordningsnummer or reservnummer).",
            )


@rule("PI-2", on=ALL)
def register_marking_needs_registration_in_sweden(facts: Facts[Any]) -> Iterator[Fault]:
    patient = facts.sent.patient
    marked = patient.protection is not None and patient.protection.set_by is SetBy.REGISTER
    if marked and patient.identity.kind is not IdentityKind.PERSONNUMMER and facts.catalogue.switches.get("PI-2", True):
        yield Fault(
            "/patient/protection/setBy",
            "En skyddsmarkering från folkbokföringen finns bara för den som har personnummer; patienten skyddas "
            "ändå: sänd setBy hand om den är satt för hand, annars patientens personnummer.",
            "A marking from the population register exists only for those with a personnummer; the patient is "
            "protected all the same: send setBy hand if it was set by hand, else the patient's personnummer.",
            warns=True,
        )


def _hsa_ids(message: Any) -> Iterator[tuple[str, str | None]]:
    yield "/patient/listedUnit", message.patient.listed_unit
    if isinstance(message, PatientCard):
        return
    if isinstance(message, NamedContact):
        yield "/person/hsaId", message.person.hsa_id if message.person else None
        yield "/unit/hsaId", message.unit.hsa_id if message.unit else None
        yield "/need/receivingUnit", message.need.receiving_unit if message.need else None
        yield "/notAppointed/documentedBy", message.not_appointed.documented_by if message.not_appointed else None
        return
    yield "/performingUnit", message.performing_unit
    yield "/responsibleUnit", message.responsible_unit
    for number, line in enumerate(message.lines):
        yield f"/lines/{number}/staff", line.staff
        yield f"/lines/{number}/unit", getattr(line, "unit", None)
    if isinstance(message, CareEvent):
        yield "/producingInstitution", message.producing_institution
        for number, staff in enumerate(message.outcome.addressees if message.outcome else ()):
            yield f"/outcome/addressees/{number}", staff
    if isinstance(message, Booking) and message.basis:
        yield "/basis/decidedBy", message.basis.decided_by


@rule("OR-1", on=ALL)
def units_and_staff_are_known_by_hsa_id(facts: Facts[Any]) -> Iterator[Fault]:
    said = [(path, hsa_id) for path, hsa_id in _hsa_ids(facts.message) if hsa_id is not None]
    yield from _no_hsa_ids(said)
    if isinstance(facts.message, VISITS):
        yield from _unknown_units(said, facts.catalogue.administrations)


def _no_hsa_ids(said: Iterable[tuple[str, str | None]]) -> Iterator[Fault]:
    for path, hsa_id in said:
        if hsa_id is not None and not HSA_ID.match(hsa_id):
            yield Fault(
                path,
                f"I {named(path)} står inget HSA-id: sänd SE, tio siffror, bindestreck, bokstäver och siffror utan å, "
                "ä och ö, högst 31 tecken.",
                f"What {named(path)} holds is no HSA-id: send SE, ten digits, a hyphen, letters and digits without å, "
                "ä and ö, 31 characters at most.",
            )


def _unknown_units(said: Iterable[tuple[str, str]], known: Container[str]) -> Iterator[Fault]:
    for path, unit in said:
        person = path.endswith(("/staff", "/decidedBy")) or path.startswith("/outcome/")
        if unit not in known and not person and HSA_ID.match(unit):
            yield Fault(
                path,
                f"Enheten i {named(path)} finns inte i regionens katalog, så dess förvaltning är okänd: rätta den, "
                "eller be regionen lägga till den i units.csv.",
                f"The unit in {named(path)} is not in the region's catalogue, so that its administration is unknown: "
                "mend it, or ask the region to add it to units.csv.",
            )


@rule("IN-13", on=ALL)
def codes_are_in_the_sources_tables(facts: Facts[Any]) -> Iterator[Fault]:
    yield from _not_in_tables(facts, coded(facts.message))


def _not_in_tables(facts: Facts[Any], said: Iterable[tuple[str, str, str | None]]) -> Iterator[Fault]:
    for path, table, code in said:
        if code is not None and code not in facts.source.table(table):
            yield Fault(
                path,
                f"Koden i {named(path)} finns inte i källans tabell {table}: rätta koden, eller be regionen lägga till "
                "den.",
                f"The code in {named(path)} is not in the source's table {table}: mend the code, or ask the region to "
                "add it.",
            )


@rule("OR-1", on=(DirectCase,))
def units_and_staff_of_a_case_are_known_by_hsa_id(facts: Facts[DirectCase]) -> Iterator[Fault]:
    """Known to our catalogue they need not be: a case may be handed over to another region (DIREKT 1.1)."""
    said = [(f"{path}/{name}", getattr(one, name)) for path, one in took_part(facts.message) for name in _OF_ONE]
    if facts.message.referred_to:
        said.append(("/referredTo/unit", facts.message.referred_to.unit))
    yield from _no_hsa_ids(said)


_OF_ONE = ("unit", "staff")


@rule("IN-13", on=(DirectCase,))
def professions_of_a_case_are_in_the_sources_table(facts: Facts[DirectCase]) -> Iterator[Fault]:
    said = [(f"{path}/profession", "professions", one.profession) for path, one in took_part(facts.message)]
    yield from _not_in_tables(facts, said)


@rule("IN-9", on=VISITS)
def each_line_has_a_number_of_its_own(facts: Facts[Any]) -> Iterator[Fault]:
    numbers = [line.number for line in facts.message.lines]
    for at, number in enumerate(numbers):
        if number in numbers[:at]:
            yield Fault(
                f"/lines/{at}/number",
                "Två rader har samma nummer i number: ge varje rad sitt eget.",
                "Two lines have the same number in number: give each its own.",
            )


def coded_event(event: CareEvent) -> Iterator[tuple[str, str, str | None]]:
    """As `coded`, of what only a care event holds."""
    for number, line in enumerate(event.lines):
        yield f"/lines/{number}/staffCategory", "staff-categories", line.staff_category
    yield "/visitType", "visit-types", event.visit_type
    yield "/visitKind", "visit-kinds", event.visit_kind
    yield "/careArea", "care-areas", event.care_area
    yield "/reason", "contact-reasons", event.reason
    for number, code in enumerate(event.add_ons):
        yield f"/addOns/{number}", "add-ons", code
    yield "/principal", "principals", event.principal
    yield "/problemCode", "problem-codes", event.problem_code
    yield "/referralCode", "referral-codes", event.referral_code
    if event.outcome:
        yield "/outcome/reason", "outcome-reasons", event.outcome.reason
    if event.admission:
        yield "/admission/admittedFrom", "admit-sources", event.admission.admitted_from
        yield "/admission/dischargedTo", "discharge-destinations", event.admission.discharged_to
    if event.fee:
        yield "/fee/reasonForNone", "fee-exemptions", event.fee.reason_for_none
        yield "/fee/wayOfPayment", "ways-of-payment", event.fee.way_of_payment


def coded(message: Any) -> Iterator[tuple[str, str, str | None]]:
    """(pointer, table, code) of every field that holds a code of a regional table."""
    yield "/patient/regionOfRegistration", "regions", message.patient.region_of_registration
    if isinstance(message, PatientCard):
        return
    if isinstance(message, NamedContact):
        yield "/role", "contact-roles", message.role
        yield "/person/position", "positions", message.person.position if message.person else None
        return
    yield "/contactType", "contact-types", message.contact_type
    for number, line in enumerate(message.lines):
        yield f"/lines/{number}/profession", "professions", line.profession
    if isinstance(message, CareEvent):
        yield from coded_event(message)
        return
    yield "/visitType", "visit-types", message.visit_type
    yield "/reason", "contact-reasons", message.reason
    for number, add_on in enumerate(message.add_ons):
        yield f"/addOns/{number}", "add-ons", add_on
    for number, line in enumerate(message.lines):
        yield f"/lines/{number}/careService", "care-services", line.care_service
        yield f"/lines/{number}/room", "rooms", line.room
        yield f"/lines/{number}/equipment", "equipment", line.equipment
    if message.basis:
        yield "/basis/category1", "category1", message.basis.category1
        yield "/basis/category2", "category2", message.basis.category2
        yield "/basis/customer", "customers", message.basis.customer
        yield "/basis/agreement", "agreements", message.basis.agreement
        yield "/basis/deviationReason", "deviation-reasons", message.basis.deviation_reason
    if message.self_check_in:
        yield "/selfCheckIn/feeReduction", "fee-reductions", message.self_check_in.fee_reduction
    for number, move in enumerate(message.rebookings):
        yield f"/rebookings/{number}/reason", "rebook-reasons", move.reason
    if message.cancellation:
        yield "/cancellation/reason", "cancel-reasons", message.cancellation.reason
