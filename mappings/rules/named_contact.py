"""Named contacts (domain 5): who may be one, and what is filled in. What they must say stands in `completeness.py`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from pydantic.alias_generators import to_camel

from mappings.region.named_contact import AssistantNurse, Attestation, ContactKind, ContactStatus, NamedContact
from mappings.rules.rulebook import Facts, Fault, derives, rule, updated
from mappings.rules.who import PLACES, hides_listed_unit

ON = (NamedContact,)
K = ContactKind
CARE_CONTACTS = (K.CARE_CONTACT, K.COORDINATING)

CASE_OFFICERS = ("handläggare", "socialsekreterare")
"""FK-1: words in the names of roles that the source counts as responsible case officers (FK 5.1)."""

PHYSICIANS = ("201", "202", "203")
"""FK-2: how KV_befattning's codes of specialists and of physicians in training for it begin."""

TRANSITION_ENDS = date(2033, 6, 30)
"""FK-4: ten years from 2023-07-01."""


def overlaps(one: NamedContact, other: NamedContact) -> bool:
    """True when both are somebody's contact on some day; an open end has no last day."""
    return (one.start or date.min) <= (other.end or date.max) and (other.start or date.min) <= (one.end or date.max)


def same(one: NamedContact, other: NamedContact) -> bool:
    """Whether two say the same person at the same unit for the same time (FK-19)."""
    both = one.status is other.status is ContactStatus.ACTIVE and one.kind is other.kind and one.role == other.role
    return both and _who(one) is not None and _who(one) == _who(other) and overlaps(one, other)


def _who(contact: NamedContact) -> tuple[object, object] | None:
    """By HSA-id; by name within one source where there is none."""
    person, unit = contact.person, contact.unit
    if person is None or (person.hsa_id is None and person.name is None):
        return None
    return person.hsa_id or (contact.source, person.name), unit and (unit.hsa_id or unit.name)


def _others(facts: Facts[NamedContact], *kinds: ContactKind) -> Iterator[NamedContact]:
    own = facts.message
    for other in facts.contacts:
        same = (other.source, other.id) == (own.source, own.id)
        if not same and other.kind in kinds and other.appointed and overlaps(own, _succeeded(other, own)):
            yield other


def _succeeded(other: NamedContact, own: NamedContact) -> NamedContact:
    """As it will be once a successor has come: ended on the day before (FK-9)."""
    return (
        ended_before(other, own.start)
        if own.start and (own.source, own.replaces) == (other.source, other.id)
        else other
    )


def ended_before(contact: NamedContact, start: date) -> NamedContact:
    """Somebody's contact until the day before; ended at once where it had not begun by then."""
    last = start - timedelta(days=1)
    if contact.end is not None and contact.end <= last:
        return contact
    return updated(contact, end=last)


@derives("FK-10", on=ON)
def unit_is_filled_in_from_the_catalogue(facts: Facts[NamedContact]) -> tuple[NamedContact, Iterable[str]]:
    """What HSA knows need not be sent: the region's catalogue, by HSA-id. The sender's own word stands.

    Of a protected patient's listed unit nothing is filled in that says where she lives (PI-1).
    """
    unit = facts.message.unit
    known = facts.catalogue.units.get(unit.hsa_id or "") if unit else None
    if unit is None or known is None:
        return facts.message, ()
    unsaid = PLACES if hides_listed_unit(facts.message) else ()
    said = {name: value for name, value in known if value and not getattr(unit, name) and name not in unsaid}
    if not said:
        return facts.message, ()
    return updated(facts.message, unit=updated(unit, **said)), [f"/unit/{to_camel(name)}" for name in said]


@derives("FK-8", on=ON)
def showing_of_direct_ways_is_decided(facts: Facts[NamedContact]) -> tuple[NamedContact, Iterable[str]]:
    """Not shown to the patient unless staff allowed it; in home care the other way round."""
    person, default = facts.message.person, facts.message.kind is K.HOME_CARE
    if person is None:
        return facts.message, ()
    open_ways = [number for number, way in enumerate(person.contact_ways) if way.shown_to_patient is None]
    if not open_ways:
        return facts.message, ()
    ways = tuple(
        updated(way, shown_to_patient=default) if way.shown_to_patient is None else way for way in person.contact_ways
    )
    paths = [f"/person/contactWays/{number}/shownToPatient" for number in open_ways]
    return updated(facts.message, person=updated(person, contact_ways=ways)), paths


@rule("FK-1", on=ON)
def case_officers_are_never_carried(facts: Facts[NamedContact]) -> Iterator[Fault]:
    role = facts.source.display("contact-roles", facts.message.role or "") or ""
    if any(word in role.lower() for word in CASE_OFFICERS):
        yield Fault(
            "/role",
            "Rollen i role är ansvarig handläggare, som aldrig förs vidare eftersom det kan vara känsligt att visa vem "
            "det är: sänd inte kontakten.",
            "The role in role is a responsible case officer, who is never carried since it may be sensitive to show "
            "who it is: do not send the contact.",
        )
    if facts.message.kind is not K.OTHER and facts.message.role is not None:
        yield Fault(
            "/role",
            "De lagreglerade kontakterna har ingen egen roll: ta bort role, eller sänd kind other om kontakten är en "
            "annan.",
            "The contacts that the law names have no role of their own: take role away, or send kind other if the "
            "contact is another.",
        )


def _attested(facts: Facts[NamedContact]) -> Attestation | None:
    return facts.message.attested


@rule("FK-2", on=ON, attested=True)
def physician_is_the_right_one(facts: Facts[NamedContact]) -> Iterator[Fault]:
    contact, word, person = facts.message, _attested(facts), facts.message.person
    if contact.kind is not K.PHYSICIAN or person is None:
        return
    if word is None or word.competence is None:
        yield Fault(
            "/attested/competence",
            "Fast läkarkontakt är specialist eller ST-läkare i allmänmedicin, specialist i barn- och ungdomsmedicin "
            "eller geriatrik, eller likvärdig: intyga vilket i competence, eller sänd en annan kind.",
            "A fixed physician is a specialist or trainee in general medicine, a specialist in paediatrics or "
            "geriatrics, or equal: attest which in competence, or send another kind.",
        )
    if word is None or word.listed_at_unit is not True:
        yield Fault(
            "/attested/listedAtUnit",
            "En fast läkarkontakt finns på den enhet där patienten är listad: intyga det med listedAtUnit true, eller "
            "sänd en annan kind.",
            "A fixed physician is at the unit where the patient is listed: attest it with listedAtUnit true, or send "
            "another kind.",
        )
    if word is None or word.regionally_funded is not True:
        yield Fault(
            "/attested/regionallyFunded",
            "Fast läkarkontakt finns bara i regionalt finansierad primärvård: intyga det med regionallyFunded true, "
            "eller sänd en annan kind.",
            "Fixed physicians exist only in primary care that the region pays for: attest it with regionallyFunded "
            "true, or send another kind.",
        )
    position = person.position or ""
    if position.startswith("20") and not position.startswith(PHYSICIANS):
        yield Fault(
            "/person/position",
            "Befattningen är varken en specialists eller en ST-läkares: rätta position, eller sänd en annan kind.",
            "The position is neither a specialist's nor that of a physician in training: mend position, or send "
            "another kind.",
        )


@rule("FK-2", on=ON)
def one_physician_at_a_time(facts: Facts[NamedContact]) -> Iterator[Fault]:
    own = facts.message
    if own.kind is K.PHYSICIAN and own.appointed and any(_others(facts, K.PHYSICIAN)):
        yield Fault(
            "/kind",
            "Patienten har redan en fast läkarkontakt under perioden: avsluta den först, med en ny version, eller "
            "sänd dess id i replaces om den här är dess efterträdare.",
            "The patient has a fixed physician already in the period: end that one first, by a new version, or send "
            "its id in replaces if this one is its successor.",
        )


@rule("FK-3", on=ON, attested=True)
def life_threatening_needs_a_licensed_physician(facts: Facts[NamedContact]) -> Iterator[Fault]:
    word = _attested(facts)
    if facts.message.kind not in CARE_CONTACTS or facts.message.person is None:
        return
    if word is None or word.life_threatening is None:
        yield Fault(
            "/attested/lifeThreatening",
            "Ange om patientens tillstånd är livshotande: sänd lifeThreatening true eller false.",
            "Say whether the patient's condition is life-threatening: send lifeThreatening true or false.",
        )
    elif word.life_threatening and word.licensed_physician is not True and not _has_licensed_physician(facts):
        yield Fault(
            "/attested/licensedPhysician",
            "Vid livshotande tillstånd är en legitimerad läkare patientens fasta vårdkontakt: intyga det med "
            "licensedPhysician true, eller sänd läkarens kontakt först.",
            "In a life-threatening condition a licensed physician is the patient's fixed care contact: attest it with "
            "licensedPhysician true, or send the physician's contact first.",
        )


def _has_licensed_physician(facts: Facts[NamedContact]) -> bool:
    """True where another fixed care contact in the period is one: then others may stand beside it (FK 3.3.1)."""
    return any(other.attested and other.attested.licensed_physician for other in _others(facts, *CARE_CONTACTS))


def _not_copies(facts: Facts[NamedContact]) -> Iterator[NamedContact]:
    """Other care contacts than this one sent from another place (FK-19)."""
    return (one for one in _others(facts, K.CARE_CONTACT) if not same(facts.message, one))


@rule("FK-3", on=ON)
def one_coordinator_at_most(facts: Facts[NamedContact]) -> Iterator[Fault]:
    if facts.message.status is not ContactStatus.ACTIVE:
        return
    coordinators = list(_others(facts, K.COORDINATING))
    if facts.message.kind is K.COORDINATING and coordinators:
        yield Fault(
            "/kind",
            "Patienten har redan en fast vårdkontakt med övergripande samordningsansvar under perioden: avsluta den "
            "först, eller sänd kind careContact.",
            "The patient has a care contact with overall co-ordination already in the period: end that one first, or "
            "send kind careContact.",
        )
    if facts.message.kind is K.CARE_CONTACT and not coordinators and any(_not_copies(facts)):
        yield Fault(
            "/kind",
            "Patienten har flera fasta vårdkontakter, och en av dem bör ha det övergripande samordningsansvaret: sänd "
            "den med kind coordinatingCareContact.",
            "The patient has several care contacts, and one of them should have the overall co-ordination: send that "
            "one with kind coordinatingCareContact.",
            warns=True,
        )


@rule("FK-4", on=ON, attested=True)
def home_care_contact_is_an_assistant_nurse(facts: Facts[NamedContact]) -> Iterator[Fault]:
    contact, word = facts.message, _attested(facts)
    if contact.kind is not K.HOME_CARE or contact.person is None:
        return
    if word is None or word.assistant_nurse is None:
        yield Fault(
            "/attested/assistantNurse",
            "En fast omsorgskontakt är undersköterska med skyddad yrkestitel, eller var tillsvidareanställd under den "
            "titeln den 1 juli 2023: intyga vilket i assistantNurse, eller sänd inte kontakten som homeCareContact.",
            "A home-care contact is an assistant nurse with the protected title, or was permanently employed under "
            "that title on 1 July 2023: attest which in assistantNurse, or do not send the contact as "
            "homeCareContact.",
        )
    elif word.assistant_nurse is AssistantNurse.EMPLOYED_2023 and _last_known_day(facts) > TRANSITION_ENDS:
        yield Fault(
            "/attested/assistantNurse",
            "Övergångstiden slutar den 30 juni 2033, och därefter krävs den skyddade yrkestiteln: sänd assistantNurse "
            "protectedTitle om kontakten har den, annars end senast den dagen.",
            "The transition ends on 30 June 2033, and after that the protected title is required: send assistantNurse "
            "protectedTitle if the contact has it, else end on that day or before.",
        )
    if word is None or word.part_of_unit is not True:
        yield Fault(
            "/attested/partOfUnit",
            "En fast omsorgskontakt är del av den verkställande verksamheten: intyga det med partOfUnit true, eller "
            "sänd inte kontakten som homeCareContact.",
            "A home-care contact is part of the unit that carries out the care: attest it with partOfUnit true, or do "
            "not send the contact as homeCareContact.",
        )


def _last_known_day(facts: Facts[NamedContact]) -> date:
    """The last day on which this is somebody's contact, as far as is known: its end, else today or a later start."""
    return facts.message.end or max(facts.today, facts.message.start or date.min)


@rule("IN-9", on=ON)
def period_ends_after_it_starts(facts: Facts[NamedContact]) -> Iterator[Fault]:
    contact = facts.message
    if contact.start and contact.end and contact.end < contact.start:
        yield Fault(
            "/end",
            "Slutet ligger före början: rätta start eller end.",
            "The end is before the start: mend start or end.",
        )
    if contact.status is ContactStatus.ENDED and contact.end is None:
        yield Fault(
            "/end", "En avslutad kontakt har en sista dag: sänd end.", "An ended contact has a last day: send end."
        )
