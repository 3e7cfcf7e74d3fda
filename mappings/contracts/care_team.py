"""Named contacts as Inera CareTeam 0.9 has them, in FHIR R5."""

from __future__ import annotations

from typing import Any

from mappings.codes import systems
from mappings.codes.systems import BEFATTNING, CARE_TEAM_KIND, HSA, LOCAL_PERSON, LOCAL_UNIT, NAMED_CONTACT, OF_CONTACT
from mappings.codes.tables import (
    CARE_TEAM_STATUS,
    CONTACT_KIND,
    CONTACT_KIND_TERM,
    CONTACT_SYSTEM,
    POSITIONS,
    PROTECTION,
    PROTECTION_NAME,
)
from mappings.contracts.contract import Assumed, Contract, Part, of, written
from mappings.contracts.losses import OF_APPOINTING, OF_ATTESTED, OF_PATIENT
from mappings.problem import Json
from mappings.region.named_contact import NamedContact
from mappings.region.people import Identity, IdentityKind, Weekday
from mappings.resources.keys import patient_key
from mappings.resources.named_contact import named_contact_key
from mappings.rules.visibility import with_allowed_ways
from mappings.shape.codec import CLOCK, DAY, TEXT, exact
from mappings.shape.key import Key
from mappings.shape.template import Each, Echo, Hole

IG = "https://fhir.inera.se/ig/careteam"


def _profile(name: str) -> str:
    return f"{IG}/StructureDefinition/{name}"


def _patient(contact: Any) -> Key:
    return patient_key(contact.patient.identity)


def _own(kind: str) -> Any:
    """A resource that is this contact's alone: what one contact says of a unit, another may say otherwise."""
    return lambda contact: Key(kind, OF_CONTACT, f"{contact.source}/{contact.id}")


def _to(kind: str, where: str = "") -> Echo:
    """A reference to this contact's own resource, where the contact has that part."""
    return of("source id", lambda _, source, number: Key(kind, OF_CONTACT, f"{source}/{number}").text, where)


def _subject(_: Any, kind: IdentityKind, value: str) -> str:
    return patient_key(Identity(kind=kind, value=value)).text


def _ways(field: str) -> Each:
    """Contact points; their hours in R5's own datatype."""
    return Each(
        field,
        {
            "extension": [
                {
                    "url": _profile("RIVContactPointAvailability"),
                    "valueAvailability": {
                        "availableTime": [
                            Each(
                                "hours",
                                {
                                    "daysOfWeek": [Each("days", Hole("", exact(Weekday)))],
                                    "availableStartTime": Hole("opens", CLOCK),
                                    "availableEndTime": Hole("closes", CLOCK),
                                },
                                key=("opens",),
                            )
                        ]
                    },
                }
            ],
            "system": of("way", lambda _, way: CONTACT_SYSTEM[way]),
            "value": Hole("value", TEXT),
        },
        key=("value",),
    )


def _name(prefix: str) -> Json:
    return {
        "text": Hole(f"{prefix}.text", TEXT),
        "family": Hole(f"{prefix}.family", TEXT),
        "given": Hole(f"{prefix}.given", written(list)),
    }


def _source_own(fields: str) -> Echo:
    """A source's own id, made unique by the source before it."""
    return of(fields, lambda at, own: f"{at.source.id}/{own}")


CARE_MANAGER = Part(
    "CareTeam",
    {
        "meta": {"profile": [_profile("RIVCareManager-careteam")]},
        "identifier": [
            {"system": of("source", lambda _, source: NAMED_CONTACT + source), "value": Hole("id", TEXT)},
        ],
        "status": of("status", lambda _, status: CARE_TEAM_STATUS[status]),
        "category": [{"coding": [{"system": CARE_TEAM_KIND, "code": "fast-kontakt"}]}],
        "subject": {"reference": of("patient.identity.kind patient.identity.value", _subject)},
        "period": {"start": Hole("start", DAY), "end": Hole("end", DAY)},
        "participant": [
            {
                "extension": [
                    {
                        "url": _profile("riv-contact-via-team-extension"),
                        "valueReference": {"reference": _to("CareTeam", "team")},
                    }
                ],
                "role": {
                    "coding": [
                        {
                            "system": systems.CONTACT_KIND,
                            "code": of("kind", lambda _, kind: CONTACT_KIND.get(kind)),
                            "display": of("kind", lambda _, kind: CONTACT_KIND_TERM.get(kind)),
                        }
                    ]
                },
                "member": {"reference": _to("PractitionerRole")},
            }
        ],
        "managingOrganization": [{"reference": _to("Organization", "unit")}],
        "telecom": [_ways("person.contact_ways")],
        "note": [{"text": Hole("about", TEXT)}],
    },
    lambda contact: named_contact_key(contact.source, contact.id),
)

MANAGING_TEAM = Part(
    "CareTeam",
    {
        "meta": {"profile": [_profile("RIVManagingTeam-careteam")]},
        "identifier": [{"system": systems.TEAM, "value": _source_own("id")}],
        "status": "active",
        "category": [{"coding": [{"system": CARE_TEAM_KIND, "code": "team"}]}],
        "name": Hole("name", TEXT),
        "telecom": [_ways("contact_ways")],
        "note": [{"text": Hole("comment", TEXT)}],
    },
    _own("CareTeam"),
    "team",
)

PRACTITIONER_ROLE = Part(
    "PractitionerRole",
    {
        "practitioner": {"reference": _to("Practitioner")},
        "organization": {"reference": _to("Organization", "unit")},
        "code": [
            {
                "coding": [
                    {
                        "system": BEFATTNING,
                        "code": Hole("person.position", TEXT),
                        "display": of(
                            "person.position",
                            lambda at, code: POSITIONS.get(code) or at.source.display("positions", code),
                        ),
                    }
                ]
            }
        ],
    },
    _own("PractitionerRole"),
)

PRACTITIONER = Part(
    "Practitioner",
    {
        "identifier": [
            {"system": HSA, "value": Hole("hsa_id", TEXT)},
            {"system": LOCAL_PERSON, "value": _source_own("local_id")},
        ],
        "name": [_name("name")],
    },
    _own("Practitioner"),
    "person",
)


def _reached_by(purpose: str, telecom: Json | Each) -> Json:
    return {"purpose": {"text": purpose}, "telecom": [telecom]}


ORGANIZATION = Part(
    "Organization",
    {
        "identifier": [
            {"system": HSA, "value": Hole("hsa_id", TEXT)},
            {"system": LOCAL_UNIT, "value": _source_own("local_id")},
        ],
        "name": Hole("name", TEXT),
        "contact": [
            {
                "purpose": {"text": "besöksadress"},
                "address": {
                    "line": [Hole("street", TEXT)],
                    "city": Hole("town", TEXT),
                    "postalCode": Hole("postal_code", TEXT),
                },
            },
            _reached_by("för allmänheten", {"system": "phone", "value": Hole("public_phone", TEXT)}),
            _reached_by("vård till vård", {"system": "phone", "value": Hole("care_to_care_phone", TEXT)}),
            _reached_by("kontaktvägar", _ways("contact_ways")),
            Each(
                "e_services",
                {
                    "purpose": {"text": Hole("name", TEXT)},
                    "telecom": [{"system": "url", "value": Hole("url", TEXT)}],
                },
                key=("name", "url"),
            ),
        ],
    },
    _own("Organization"),
    "unit",
)

PATIENT = Part(
    "Patient",
    {
        "meta": {
            "security": [
                {
                    "system": systems.SECURITY_LABEL,
                    "code": of("protection.kind", lambda _, kind: PROTECTION[kind]),
                    "display": of("protection.kind", lambda _, kind: PROTECTION_NAME[kind]),
                }
            ]
        },
        "identifier": [
            {
                "system": of("identity.kind", lambda _, kind: systems.identity_system(kind.value)),
                "value": Hole("identity.value", TEXT),
            }
        ],
        "name": [_name("name")],
    },
    _patient,
    "patient",
)

CARE_TEAM = Contract(
    name="care-team",
    title="Inera CareTeam 0.9 (FHIR R5)",
    document=f"{IG}, version 0.9, draft of 2026-09-21: RIVCareManager-careteam, RIVManagingTeam-careteam",
    kind="named-contact",
    model=NamedContact,
    media="application/fhir+json; fhirVersion=5.0",
    parts=(CARE_MANAGER, MANAGING_TEAM, PRACTITIONER_ROLE, PRACTITIONER, ORGANIZATION, PATIENT),
    loses=OF_PATIENT
    | OF_ATTESTED
    | OF_APPOINTING
    | {
        "version": "A CareTeam's version is its server's; the source's own has no element",
        "role": "`participant.role` is one concept of kv_typ_av_fast_kontakt, which has no role of a region's own",
        "unit.care_provider": "The profile names the unit alone",
        "missing": "The profile does not say what is incomplete",
    },
    thins={
        "kind": "`other` has no code in kv_typ_av_fast_kontakt: such contacts are left out",
        "person": "A participant is mandatory: a contact that nobody is appointed for is left out",
        "person.contact_ways": "`telecom` is for the patient's use: what she may not see is left out, whoever asks",
        "team.contact_ways": "As those of the person",
        "unit.contact_ways": "As those of the person",
    },
    decides={
        f"{part}.contact_ways.shown_to_patient": "Whether it stands in `telecom`" for part in ("person", "team", "unit")
    },
    carries=lambda contact, _: contact.kind in CONTACT_KIND and contact.person is not None,
    narrows=with_allowed_ways,
    assumed=(
        Assumed(
            "Search, expected answers and errors: «återstår» in the guide's history of versions",
            "A `searchset` Bundle for a search, a `collection` for one contact; references are `urn:uuid`",
        ),
        Assumed(
            "Profiles of Patient, Practitioner, PractitionerRole and Organization: none yet",
            "R5's own, with HSA-ids and national identities as the Swedish base profile writes them",
        ),
        Assumed(
            "What tells a unit's numbers from one another: its numbers are not in the profiles",
            "`Organization.contact.purpose` in words; the number from care to care for staff alone",
        ),
    ),
)
