"""Named contacts (domain 5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from mappings.region.named_contact import AssistantNurse, Attestation, ContactKind, ContactStatus, Missing, NamedContact
from mappings.region.people import ContactWay, Way
from mappings.region.unit import Unit
from mappings.rules.rulebook import Facts, Fault, derives, rule, updated

ON = (NamedContact,)
K, N = ContactKind, Missing
CARE_CONTACTS = (K.CARE_CONTACT, K.COORDINATING)

TRANSITION_ENDS = date(2033, 6, 30)
"""FK-4: ten years from 2023-07-01."""


def overlaps(one: NamedContact, other: NamedContact) -> bool:
    """True when both are somebody's contact on some day; an open end has no last day."""
    return (one.start or date.min) <= (other.end or date.max) and (other.start or date.min) <= (one.end or date.max)


def _others(facts: Facts[NamedContact], *kinds: ContactKind) -> Iterator[NamedContact]:
    own = facts.message
    for other in facts.contacts:
        same = (other.source, other.id) == (own.source, own.id)
        if not same and other.kind in kinds and other.status is not ContactStatus.ANNULLED and overlaps(own, other):
            yield other


@derives("FK-10", on=ON)
def unit_is_filled_in_from_the_catalogue(facts: Facts[NamedContact]) -> tuple[NamedContact, Iterable[str]]:
    """What HSA knows need not be sent: the region's catalogue, by HSA-id. The sender's own word stands."""
    unit = facts.message.unit
    known = facts.catalogue.units.get(unit.hsa_id or "") if unit else None
    if unit is None or known is None:
        return facts.message, ()
    said = {name: value for name, value in known if value and not getattr(unit, name)}
    pointers = {
        "postal_code": "postalCode",
        "e_services": "eServices",
        "public_phone": "publicPhone",
        "care_to_care_phone": "careToCarePhone",
    }
    paths = [f"/unit/{pointers.get(name, name)}" for name in said]
    return (updated(facts.message, unit=updated(unit, **said)), paths) if said else (facts.message, ())


@derives("FK-8", on=ON)
def showing_of_direct_ways_is_decided(facts: Facts[NamedContact]) -> tuple[NamedContact, Iterable[str]]:
    """Not shown to the patient unless staff allowed it; in home care the other way round."""
    person, default = facts.message.person, facts.message.kind is K.HOME_CARE
    open_ways = [number for number, way in enumerate(person.contact_ways) if way.shown_to_patient is None]
    if not open_ways:
        return facts.message, ()
    ways = tuple(
        updated(way, shown_to_patient=default) if way.shown_to_patient is None else way for way in person.contact_ways
    )
    paths = [f"/person/contactWays/{number}/shownToPatient" for number in open_ways]
    return updated(facts.message, person=updated(person, contact_ways=ways)), paths


@derives("FK-11", on=ON)
def missing_items_are_marked(facts: Facts[NamedContact]) -> tuple[NamedContact, Iterable[str]]:
    missing = tuple(item for item in Missing if item in set(_missing(facts.message)))
    return (
        (updated(facts.message, missing=missing), ("/missing",))
        if missing != facts.message.missing
        else (facts.message, ())
    )


def _missing(contact: NamedContact) -> Iterator[Missing]:
    person, unit, team = contact.person, contact.unit, contact.team
    if contact.kind is K.OTHER:
        return
    if contact.kind is K.HOME_CARE:
        yield from _absent({N.PERSON_ID: person.hsa_id or person.local_id})
        yield from _absent(
            {N.UNIT: unit}
            if unit is None
            else {N.UNIT_NAME: unit.name, N.UNIT_ID: unit.hsa_id or unit.local_id, N.UNIT_TOWN: unit.town}
        )
        return
    yield from _absent({N.PERSON_HSA_ID: person.hsa_id, N.PERSON_POSITION: person.position})
    if team is not None and contact.kind in CARE_CONTACTS:
        yield from _absent({N.TEAM_ID: team.id, N.TEAM_NAME: team.name})
    yield from _absent({N.UNIT: unit} if unit is None else _of_unit(unit))


def _of_unit(unit: Unit) -> dict[Missing, Any]:
    return {
        N.UNIT_ID: unit.hsa_id,
        N.UNIT_NAME: unit.name,
        N.UNIT_ADDRESS: unit.street,
        N.UNIT_TOWN: unit.town,
        N.UNIT_E_SERVICES: unit.e_services,
        N.UNIT_PUBLIC_PHONE: unit.public_phone,
        N.UNIT_CARE_TO_CARE_PHONE: unit.care_to_care_phone,
    }


def _absent(items: dict[Missing, Any]) -> Iterator[Missing]:
    yield from (item for item, value in items.items() if not value)


_PLACES = {
    N.PERSON_HSA_ID: "/person/hsaId",
    N.PERSON_ID: "/person/localId",
    N.PERSON_POSITION: "/person/position",
    N.TEAM_ID: "/team/id",
    N.TEAM_NAME: "/team/name",
    N.UNIT: "/unit",
    N.UNIT_ID: "/unit/hsaId",
    N.UNIT_NAME: "/unit/name",
    N.UNIT_ADDRESS: "/unit/street",
    N.UNIT_TOWN: "/unit/town",
    N.UNIT_E_SERVICES: "/unit/eServices",
    N.UNIT_PUBLIC_PHONE: "/unit/publicPhone",
    N.UNIT_CARE_TO_CARE_PHONE: "/unit/careToCarePhone",
}


def _incomplete(facts: Facts[NamedContact], *kinds: ContactKind) -> Iterator[Fault]:
    if facts.message.kind in kinds:
        for item in facts.message.missing:
            yield Fault(
                _PLACES[item],
                "Uppgiften är obligatorisk: kontakten tas emot, märks som ofullständig och visas inte på 1177 förrän den finns.",
                "The item is mandatory: the contact is taken in, marked incomplete, and not shown on 1177 until it is there.",
                warns=True,
            )


@rule("FK-5", on=ON)
def physician_is_described(facts: Facts[NamedContact]) -> Iterator[Fault]:
    if facts.message.kind is K.PHYSICIAN and facts.message.person.name is None:
        yield Fault(
            "/person/name",
            "En fast läkarkontakt är en namngiven läkare: sänd namnet.",
            "A fixed physician is a named physician: send the name.",
        )
    yield from _incomplete(facts, K.PHYSICIAN)


@rule("FK-6", on=ON)
def care_contact_is_described(facts: Facts[NamedContact]) -> Iterator[Fault]:
    yield from _incomplete(facts, *CARE_CONTACTS)


@rule("FK-7", on=ON)
def home_care_contact_is_described(facts: Facts[NamedContact]) -> Iterator[Fault]:
    yield from _incomplete(facts, K.HOME_CARE)


@rule("FK-20", on=ON)
def contact_is_a_named_person(facts: Facts[NamedContact]) -> Iterator[Fault]:
    if facts.message.kind is not K.PHYSICIAN and facts.message.person.name is None:
        yield Fault(
            "/person/name",
            "En fast kontakt är alltid en namngiven person: sänd namnet.",
            "A named contact is always a named person: send the name.",
        )


@rule("FK-1", on=ON)
def case_officers_are_never_carried(facts: Facts[NamedContact]) -> Iterator[Fault]:
    role = facts.source.display("contact-roles", facts.message.role or "") or ""
    if "handläggare" in role.lower():
        yield Fault(
            "/role",
            "Ansvarig handläggare förs aldrig vidare: det kan vara känsligt att visa vem det är.",
            "A responsible case officer is never carried: it may be sensitive to show who it is.",
        )
    if facts.message.kind is not K.OTHER and facts.message.role is not None:
        yield Fault(
            "/role",
            "De lagreglerade kontakterna har ingen egen roll: ta bort role, eller sänd kind other.",
            "The contacts that the law names have no role of their own: take role away, or send kind other.",
        )


def _attested(facts: Facts[NamedContact]) -> Attestation | None:
    return facts.message.attested


@rule("FK-2", on=ON, attested=True)
def physician_is_the_right_one(facts: Facts[NamedContact]) -> Iterator[Fault]:
    contact, word = facts.message, _attested(facts)
    if contact.kind is not K.PHYSICIAN:
        return
    if word is None or word.competence is None:
        yield Fault(
            "/attested/competence",
            "Fast läkarkontakt är specialist i eller under utbildning till allmänmedicin, eller likvärdig: intyga vilket i competence.",
            "A fixed physician is a specialist in, or training in, general medicine, or equal: attest which in competence.",
        )
    if word is None or word.listed_at_unit is not True:
        yield Fault(
            "/attested/listedAtUnit",
            "Läkaren finns på den enhet där patienten är listad: intyga det.",
            "The physician is at the unit where the patient is listed: attest it.",
        )
    if word is None or word.regionally_funded is not True:
        yield Fault(
            "/attested/regionallyFunded",
            "Fast läkarkontakt finns bara i regionalt finansierad primärvård: intyga det.",
            "Fixed physicians exist only in primary care that the region pays for: attest it.",
        )
    position = contact.person.position
    if position and position in facts.source.table("positions") and position[:3] in ("205",):
        yield Fault("/person/position", "Befattningen är ingen läkares.", "The position is not a physician's.")


@rule("FK-2", on=ON)
def one_physician_at_a_time(facts: Facts[NamedContact]) -> Iterator[Fault]:
    own = facts.message
    if own.kind is K.PHYSICIAN and own.status is not ContactStatus.ANNULLED and any(_others(facts, K.PHYSICIAN)):
        yield Fault(
            "/kind",
            "Patienten har redan en fast läkarkontakt under perioden: avsluta den först, med en ny version.",
            "The patient has a fixed physician already in the period: end that one first, by a new version.",
        )


@rule("FK-3", on=ON, attested=True)
def life_threatening_needs_a_licensed_physician(facts: Facts[NamedContact]) -> Iterator[Fault]:
    word = _attested(facts)
    if facts.message.kind not in CARE_CONTACTS:
        return
    if word is None or word.life_threatening is None:
        yield Fault(
            "/attested/lifeThreatening",
            "Ange om patientens tillstånd är livshotande: sänd lifeThreatening true eller false.",
            "Say whether the patient's condition is life-threatening: send lifeThreatening true or false.",
        )
    elif word.life_threatening and word.licensed_physician is not True:
        yield Fault(
            "/attested/licensedPhysician",
            "Vid livshotande tillstånd är den fasta vårdkontakten en legitimerad läkare: intyga det.",
            "In a life-threatening condition the fixed care contact is a licensed physician: attest it.",
        )


@rule("FK-3", on=ON)
def one_coordinator_at_most(facts: Facts[NamedContact]) -> Iterator[Fault]:
    if facts.message.status is not ContactStatus.ACTIVE:
        return
    coordinators = list(_others(facts, K.COORDINATING))
    if facts.message.kind is K.COORDINATING and coordinators:
        yield Fault(
            "/kind",
            "Patienten har redan en fast vårdkontakt med övergripande samordningsansvar under perioden.",
            "The patient has a care contact with overall co-ordination already in the period.",
        )
    if facts.message.kind is K.CARE_CONTACT and not coordinators and any(_others(facts, K.CARE_CONTACT)):
        yield Fault(
            "/kind",
            "Patienten har flera fasta vårdkontakter: en av dem bör ha det övergripande samordningsansvaret.",
            "The patient has several care contacts: one of them should have the overall co-ordination.",
            warns=True,
        )


@rule("FK-4", on=ON, attested=True)
def home_care_contact_is_an_assistant_nurse(facts: Facts[NamedContact]) -> Iterator[Fault]:
    contact, word = facts.message, _attested(facts)
    if contact.kind is not K.HOME_CARE:
        return
    if word is None or word.assistant_nurse is None:
        yield Fault(
            "/attested/assistantNurse",
            "Fast omsorgskontakt är undersköterska med skyddad yrkestitel, eller anställd som undersköterska den 1 juli 2023: intyga vilket.",
            "A home-care contact is an assistant nurse with the protected title, or was employed as one on 1 July 2023: attest which.",
        )
    elif (
        word.assistant_nurse is AssistantNurse.EMPLOYED_2023
        and max(facts.today, contact.start or date.min) > TRANSITION_ENDS
    ):
        yield Fault(
            "/attested/assistantNurse",
            "Övergångstiden slutade den 30 juni 2033: den skyddade yrkestiteln krävs.",
            "The transition ended on 30 June 2033: the protected title is required.",
        )
    if word is None or word.part_of_unit is not True:
        yield Fault(
            "/attested/partOfUnit",
            "Fast omsorgskontakt är del av den verkställande verksamheten: intyga det.",
            "A home-care contact is part of the unit that carries out the care: attest it.",
        )


@rule("FK-13", on=ON)
def other_contact_says_role_matter_and_way(facts: Facts[NamedContact]) -> Iterator[Fault]:
    contact = facts.message
    if contact.kind is not K.OTHER:
        return
    if contact.role is None:
        yield Fault("/role", "En annan fast kontakt har en roll: sänd role.", "An other contact has a role: send role.")
    if contact.about is None:
        yield Fault(
            "/about",
            "Patienten behöver veta i vilka ärenden kontakten ska kontaktas: sänd about.",
            "The patient needs to know what to turn to the contact about: send about.",
        )
    if not any(_ways(contact)):
        yield Fault(
            "/person/contactWays",
            "Patienten behöver veta hur kontakten nås: sänd ett sätt, för personen, teamet eller enheten.",
            "The patient needs to know how to reach the contact: send a way, of the person, the team or the unit.",
        )


def _ways(contact: NamedContact) -> Iterator[ContactWay]:
    yield from contact.person.contact_ways
    if contact.team:
        yield from contact.team.contact_ways
    if contact.unit:
        yield from contact.unit.contact_ways
        if contact.unit.public_phone:
            yield ContactWay(way=Way.PHONE, value=contact.unit.public_phone)


@rule("IN-9", on=ON)
def period_ends_after_it_starts(facts: Facts[NamedContact]) -> Iterator[Fault]:
    contact = facts.message
    if contact.start and contact.end and contact.end < contact.start:
        yield Fault("/end", "Slutet ligger före början.", "The end is before the start.")
    if contact.status is ContactStatus.ENDED and contact.end is None:
        yield Fault(
            "/end", "En avslutad kontakt har en sista dag: sänd end.", "An ended contact has a last day: send end."
        )


@rule("IN-18", on=ON)
def missing_is_not_sent(facts: Facts[NamedContact]) -> Iterator[Fault]:
    if facts.sent.missing:
        yield Fault(
            "/missing", "Vad som saknas härleds: ta bort fältet.", "What is missing is derived: take the field away."
        )
