"""What a named contact says of itself (FK-5, FK-6, FK-7, FK-13, FK-20), and what it lacks (FK-11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from mappings.region.named_contact import ContactKind, Missing, NamedContact
from mappings.region.people import ContactWay, Way
from mappings.region.unit import Unit
from mappings.rules.rulebook import Facts, Fault, derives, rule, updated
from mappings.rules.who import hides_listed_unit

ON = (NamedContact,)
K, N = ContactKind, Missing
CARE_CONTACTS = (K.CARE_CONTACT, K.COORDINATING)


@derives("FK-11", on=ON)
def missing_items_are_marked(facts: Facts[NamedContact]) -> tuple[NamedContact, Iterable[str]]:
    """In the order of the model; what the sender says of it is refused (IN-18)."""
    lacking = set(_missing(facts.message))
    missing = tuple(item for item in Missing if item in lacking)
    if missing == facts.message.missing:
        return facts.message, ()
    return updated(facts.message, missing=missing), ("/missing",)


def _missing(contact: NamedContact) -> Iterator[Missing]:
    person, unit, team = contact.person, contact.unit, contact.team
    if contact.kind is K.OTHER or person is None:
        return
    if contact.kind is K.HOME_CARE:
        yield from _absent({N.PERSON_ID: person.hsa_id or person.local_id})
    else:
        yield from _absent({N.PERSON_HSA_ID: person.hsa_id, N.PERSON_POSITION: person.position})
    if team is not None and contact.kind is not K.PHYSICIAN:
        yield from _absent({N.TEAM_ID: team.id, N.TEAM_NAME: team.name})
    if unit is None:
        yield N.UNIT
    elif contact.kind is K.HOME_CARE:
        yield from _absent(
            {N.UNIT_NAME: unit.name, N.UNIT_ID: unit.hsa_id or unit.local_id, N.UNIT_TOWN: unit.town},
        )
    else:
        yield from _absent(_of_unit(unit, hidden=hides_listed_unit(contact)))


def _of_unit(unit: Unit, *, hidden: bool) -> dict[Missing, Any]:
    """FK 6.1.2, 6.2.3: no id among them. What a protected patient's unit may not say is not missed (PI-1)."""
    said: dict[Missing, Any] = {N.UNIT_NAME: unit.name, N.UNIT_E_SERVICES: unit.e_services}
    if not hidden:
        said |= {
            N.UNIT_ADDRESS: unit.street,
            N.UNIT_TOWN: unit.town,
            N.UNIT_PUBLIC_PHONE: unit.public_phone,
            N.UNIT_CARE_TO_CARE_PHONE: unit.care_to_care_phone,
        }
    return said


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
            field = _PLACES[item].removeprefix("/").replace("/", ".")
            yield Fault(
                _PLACES[item],
                f"Uppgiften i {field} är obligatorisk: sänd den; till dess märks kontakten som ofullständig och visas "
                "inte på 1177.",
                f"The item in {field} is mandatory: send it; until then the contact is marked incomplete and not shown "
                "on 1177.",
                warns=True,
            )


@rule("FK-5", on=ON)
def physician_is_described(facts: Facts[NamedContact]) -> Iterator[Fault]:
    if facts.message.kind is K.PHYSICIAN and _nobody(facts.message):
        yield Fault(
            "/person/name",
            "En fast läkarkontakt är en namngiven läkare: sänd namnet i person.name.",
            "A fixed physician is a named physician: send the name in person.name.",
        )
    yield from _incomplete(facts, K.PHYSICIAN)


def _nobody(contact: NamedContact) -> bool:
    """Whether nobody is named where somebody must be: once appointed, and wherever a person is told of."""
    return contact.person.name is None if contact.person else contact.appointed


@rule("FK-6", on=ON)
def care_contact_is_described(facts: Facts[NamedContact]) -> Iterator[Fault]:
    yield from _incomplete(facts, *CARE_CONTACTS)


@rule("FK-7", on=ON)
def home_care_contact_is_described(facts: Facts[NamedContact]) -> Iterator[Fault]:
    yield from _incomplete(facts, K.HOME_CARE)
    if facts.message.kind is K.HOME_CARE and facts.message.person and not any(_ways(facts.message)):
        yield Fault(
            "/person/contactWays",
            "Den som har hemtjänst vill nå sin fasta omsorgskontakt: sänd ett sätt i contactWays, för personen, teamet "
            "eller enheten.",
            "Those who have home care want to reach their contact: send a way in contactWays, of the person, the team "
            "or the unit.",
            warns=True,
        )


@rule("FK-20", on=ON)
def contact_is_a_named_person(facts: Facts[NamedContact]) -> Iterator[Fault]:
    if facts.message.kind is not K.PHYSICIAN and _nobody(facts.message):
        yield Fault(
            "/person/name",
            "En fast kontakt är alltid en namngiven person: sänd namnet i person.name.",
            "A named contact is always a named person: send the name in person.name.",
        )
    if facts.message.person is None:
        for field in ("role", "unit", "team"):
            if getattr(facts.message, field) is not None:
                yield Fault(
                    f"/{field}",
                    f"Uppgiften i {field} hör till en namngiven person: sänd person, eller ta bort {field}.",
                    f"What {field} says belongs to a named person: send person, or take {field} away.",
                )


@rule("FK-13", on=ON)
def other_contact_says_role_matter_and_way(facts: Facts[NamedContact]) -> Iterator[Fault]:
    contact = facts.message
    if contact.kind is not K.OTHER:
        return
    if contact.role is None:
        yield Fault(
            "/role",
            "En annan fast kontakt än de lagreglerade har en roll: sänd role.",
            "A contact other than those that the law names has a role: send role.",
        )
    if contact.about is None:
        yield Fault(
            "/about",
            "Patienten behöver veta i vilka ärenden kontakten ska kontaktas: sänd about.",
            "The patient needs to know what to turn to the contact about: send about.",
        )
    if not any(_ways(contact)):
        yield Fault(
            "/person/contactWays",
            "Patienten behöver veta hur kontakten nås: sänd ett sätt i contactWays, för personen, teamet eller "
            "enheten.",
            "The patient needs to know how the contact is reached: send a way in contactWays, of the person, the team "
            "or the unit.",
        )


def _ways(contact: NamedContact) -> Iterator[ContactWay]:
    if contact.person:
        yield from contact.person.contact_ways
    if contact.team:
        yield from contact.team.contact_ways
    if contact.unit:
        yield from contact.unit.contact_ways
        if contact.unit.public_phone:
            yield ContactWay(way=Way.PHONE, value=contact.unit.public_phone)


@rule("IN-18", on=ON)
def missing_is_not_sent(facts: Facts[NamedContact]) -> Iterator[Fault]:
    if facts.sent.missing:
        yield Fault(
            "/missing", "Vad som saknas härleds: ta bort missing.", "What is missing is derived: take missing away."
        )
