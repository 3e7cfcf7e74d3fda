"""Named contact <-> one CareTeam per contact, with the person, the unit and the team that it points at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mappings.codes import systems
from mappings.codes.systems import CARE_TEAM_KIND, OF_CONTACT, extension
from mappings.codes.tables import CARE_TEAM_STATUS, CONTACT_KIND, CONTACT_KIND_TERM, NAMED_CONTACT_STATUS
from mappings.region.named_contact import (
    AssistantNurse,
    Competence,
    ContactKind,
    ContactStatus,
    Ground,
    Missing,
    NamedContact,
    Side,
    TellingWay,
    WrittenIn,
)
from mappings.region.people import Person
from mappings.region.unit import Unit
from mappings.resources import keys, staff
from mappings.resources.answerable import contacted, provenance
from mappings.resources.parts import VERSION, contact_ways, ext, identified, sub
from mappings.resources.patient import patient_nodes
from mappings.shape.codec import DAY, FLAG, TEXT, exact, prefixed
from mappings.shape.compiled import NoPlace
from mappings.shape.graph import Beside, Graph, Node
from mappings.shape.key import Key
from mappings.shape.shape import Shape
from mappings.shape.template import Coding, Each, Echo, Hole, Item, Usually, When, view

NATIONAL = frozenset(CONTACT_KIND)
OTHER = frozenset({ContactKind.OTHER})


def named_contact_key(source: str, identifier: str) -> Key:
    return Key("CareTeam", systems.NAMED_CONTACT + source, identifier)


def team_key(contact: Any) -> Key:
    """A team is known by its id; without one, by the contact that speaks of it."""
    if contact.team.id:
        return Key("CareTeam", systems.TEAM, f"{contact.source}/{contact.team.id}")
    return Key("CareTeam", OF_CONTACT, f"{contact.source}/{contact.id}")


def _member(contact: Any, _: Any) -> str | None:
    """Nobody before one is appointed. Raises `NoPlace` for a role that nobody has."""
    if contact.person is not None:
        return staff.role_key(contact).text
    if contact.role is not None:
        raise NoPlace("role")
    return None


def _national(codes: Mapping[ContactKind, str]) -> Echo:
    return Echo(lambda contact, _: codes[contact.kind] if contact.person else None)


_TELLING = {
    "url": extension("told"),
    "extension": [
        sub("day", "valueDate", Hole("day", DAY)),
        sub("whom", "valueCode", Hole("whom", exact(Side))),
        sub("way", "valueCode", Hole("way", exact(TellingWay))),
    ],
}

CONTACT = Shape(
    {
        "resourceType": "CareTeam",
        "extension": [
            ext("named-contact-status", "valueCode", Hole("status", exact(ContactStatus))),
            ext("named-contact-kind", "valueCode", Hole("kind", exact(ContactKind))),
            VERSION,
            ext("contact-about", "valueString", Hole("about", TEXT)),
            ext(
                "via-team",
                "valueReference",
                {"reference": Echo(lambda c, _: team_key(c).text if c.team else None, kind="CareTeam")},
            ),
            Each("missing", ext("missing", "valueCode", Hole("", exact(Missing)))),
            {
                "url": extension("attested"),
                "extension": [
                    sub("competence", "valueCode", Hole("attested.competence", exact(Competence))),
                    sub("listedAtUnit", "valueBoolean", Hole("attested.listed_at_unit", FLAG)),
                    sub("regionallyFunded", "valueBoolean", Hole("attested.regionally_funded", FLAG)),
                    sub("lifeThreatening", "valueBoolean", Hole("attested.life_threatening", FLAG)),
                    sub("licensedPhysician", "valueBoolean", Hole("attested.licensed_physician", FLAG)),
                    sub("assistantNurse", "valueCode", Hole("attested.assistant_nurse", exact(AssistantNurse))),
                    sub("partOfUnit", "valueBoolean", Hole("attested.part_of_unit", FLAG)),
                    sub("mainCareGivenHere", "valueBoolean", Hole("attested.main_care_given_here", FLAG)),
                    sub("medicallyResponsible", "valueBoolean", Hole("attested.medically_responsible", FLAG)),
                    sub("inServiceWithCare", "valueBoolean", Hole("attested.in_service_with_care", FLAG)),
                    sub("mainResponsibility", "valueBoolean", Hole("attested.main_responsibility", FLAG)),
                ],
            },
            {
                "url": extension("contact-need"),
                "extension": [
                    sub("ground", "valueCode", Hole("need.ground", exact(Ground))),
                    sub("day", "valueDate", Hole("need.day", DAY)),
                    sub("receivingUnit", "valueString", Hole("need.receiving_unit", TEXT)),
                    sub("municipalityToo", "valueBoolean", Hole("need.municipality_too", FLAG)),
                    sub("readyForDischarge", "valueDate", Hole("need.ready_for_discharge", DAY)),
                    sub("planBy", "valueDate", Hole("need.plan_by", DAY)),
                    sub("discharged", "valueDate", Hole("need.discharged", DAY)),
                ],
            },
            {
                "url": extension("not-appointed"),
                "extension": [
                    sub("day", "valueDate", Hole("not_appointed.day", DAY)),
                    sub("documentedBy", "valueString", Hole("not_appointed.documented_by", TEXT)),
                    sub("by", "valueCode", Hole("not_appointed.by", exact(Side))),
                ],
            },
            Each("told", _TELLING, key=("day", "whom", "way"), by={"url": extension("told")}),
            ext("replaces", "valueReference", identified(systems.NAMED_CONTACT, "replaces")),
            {
                "url": extension("coordination"),
                "extension": [
                    sub("consent", "valueBoolean", Hole("coordination.consent", FLAG)),
                    sub("medicallyResponsible", "valueString", Hole("coordination.medically_responsible", TEXT)),
                    sub("agreement", "valueString", Hole("coordination.agreement", TEXT)),
                    sub("review", "valueDate", Hole("coordination.review", DAY)),
                ],
            },
            ext("written-in", "valueCode", Hole("written_in", exact(WrittenIn))),
        ],
        "identifier": [{"system": Hole("source", prefixed(systems.NAMED_CONTACT)), "value": Hole("id", TEXT)}],
        "status": view("status", CARE_TEAM_STATUS, NAMED_CONTACT_STATUS),
        "category": [{"coding": [{"system": CARE_TEAM_KIND, "code": "fast-kontakt"}]}],
        "subject": {"reference": Hole("patient.identity", keys.PATIENT)},
        "period": {"start": Hole("start", DAY), "end": Hole("end", DAY)},
        "participant": [
            Item(
                {
                    "role": [
                        {
                            "coding": [
                                When(
                                    "kind",
                                    NATIONAL,
                                    {
                                        "system": systems.CONTACT_KIND,
                                        "code": _national(CONTACT_KIND),
                                        "display": _national(CONTACT_KIND_TERM),
                                    },
                                ),
                                Coding("role", "contact-roles"),
                            ]
                        }
                    ],
                    "member": {"reference": Echo(_member)},
                },
                by={"member": {"reference": Echo(_member, kind="PractitionerRole")}},
            )
        ],
        "managingOrganization": [{"reference": staff.to_unit("Organization")}],
        "telecom": [contact_ways("person.contact_ways")],
    }
)

TEAM = Shape(
    {
        "resourceType": "CareTeam",
        "identifier": [
            {"system": systems.TEAM, "value": Hole("id", keys.LOCAL)},
            {"system": OF_CONTACT, "value": keys.of_contact("team")},
        ],
        "status": Usually("active"),
        "category": [{"coding": [{"system": CARE_TEAM_KIND, "code": "team"}]}],
        "name": Hole("name", TEXT),
        "telecom": [contact_ways("contact_ways")],
        "note": [{"text": Hole("comment", TEXT)}],
    }
)


def _named(contact: Any) -> bool:
    return contact.person is not None


def _at_unit(contact: Any) -> bool:
    return _named(contact) and contact.unit is not None


def _placed(contact: Any) -> bool:
    return _named(contact) and staff.placed(contact)


def _above(contact: NamedContact, units: Mapping[str, Unit]) -> Iterable[staff.Assignment]:
    """The care provider of the unit; the unit itself is read."""
    own = staff.Assignment(Person(), contact.unit)
    return (one for one in staff.providers((own,), units or {}) if one is not own)


_CONTACT = Node("contact", CONTACT, lambda c: named_contact_key(c.source, c.id))

NAMED_CONTACT = Graph(
    NamedContact,
    "named-contact",
    _CONTACT,
    *patient_nodes("contact", "subject"),
    Node(
        "role",
        staff.PRACTITIONER_ROLE,
        staff.role_key,
        via=("contact", "participant.member"),
        owned=False,
        when=_named,
    ),
    Node(
        "practitioner",
        staff.PRACTITIONER,
        staff.practitioner_key,
        part="person",
        via=("role", "practitioner"),
        owned=False,
        when=_named,
    ),
    Node(
        "organization",
        staff.ORGANIZATION,
        lambda c: staff.unit_key("Organization", c),
        part="unit",
        via=("role", "organization"),
        owned=False,
        when=_at_unit,
    ),
    Node(
        "location",
        staff.LOCATION,
        lambda c: staff.unit_key("Location", c),
        part="unit",
        via=("role", "location"),
        owned=False,
        when=_placed,
    ),
    Node(
        "service",
        staff.HEALTHCARE_SERVICE,
        lambda c: staff.unit_key("HealthcareService", c),
        part="unit",
        via=("role", "healthcareService"),
        owned=False,
        when=_at_unit,
    ),
    Node(
        "team",
        TEAM,
        team_key,
        part="team",
        via=("contact", "extension.valueReference"),
        owned=False,
        when=lambda c: c.team is not None,
    ),
    beside=(
        Beside("provider", staff.ORGANIZATION, _above, lambda at: staff.unit_key("Organization", at), part="unit"),
        provenance((_CONTACT,), contacted, lambda contact: contact.start),
    ),
)
