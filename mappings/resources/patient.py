"""Patient, with those close to her and who pays: one record, many identities; a marked one shows only the marking."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mappings.codes import systems
from mappings.codes.systems import ACT_CODE, LANGUAGE, MEMBERSHIP_KIND, RELATION_KIND, SECURITY_LABEL, extension
from mappings.codes.tables import ADDRESS_USE, MEMBERSHIP_TERM, PROTECTION, PROTECTION_NAME
from mappings.problem import Json
from mappings.region.patient_card import PatientCard
from mappings.region.people import (
    AddressKind,
    MembershipKind,
    PhoneUse,
    ProtectionKind,
    RelationKind,
    SetBy,
    Sex,
)
from mappings.resources import keys
from mappings.resources.parts import ext, person_name, sub
from mappings.shape.codec import DAY, FLAG, INSTANT, TEXT, codes, exact, plain
from mappings.shape.filled import Filled
from mappings.shape.graph import Graph, Node
from mappings.shape.shape import Shape
from mappings.shape.template import Coding, Each, Echo, Hole, Item, Usually, When

MARKED = frozenset(ProtectionKind)


def _first(rank: Any) -> bool:
    if rank != 1 or type(rank) is not int:
        raise ValueError("rank")
    return True


PREFERRED = plain(lambda preferred: 1 if preferred else None, _first)
"""The one that a patient prefers has rank 1, the others none."""


def _dead_without_date(patient: Any, _: Any) -> bool | None:
    return True if patient.deceased and patient.deceased.on is None else None


def _interpreter(prefix: str) -> Json:
    """Patient.communication and RelatedPerson.communication."""
    return {"language": {"coding": [{"system": LANGUAGE, "code": Hole(f"{prefix}.language", TEXT)}]}}


_PHONE = {
    "extension": [
        {
            "url": extension("phone"),
            "extension": [
                sub("kind", "valueCode", Hole("kind", exact(PhoneUse))),
                sub("smsAllowed", "valueBoolean", Hole("sms_allowed", FLAG)),
            ],
        }
    ],
    "system": "phone",
    "value": Hole("value", TEXT),
    "use": Echo(lambda phone, _: phone.kind.value),
    "rank": Hole("preferred", PREFERRED),
}

_ADDRESS = {
    "extension": [ext("address-kind", "valueCode", Hole("kind", exact(AddressKind)))],
    "use": Echo(lambda address, _: ADDRESS_USE.get(address.kind)),
    "line": [Hole("street", TEXT)],
    "postalCode": Hole("postal_code", TEXT),
    "city": Hole("town", TEXT),
    "country": Hole("country", TEXT),
    "period": {"start": Hole("start", DAY), "end": Hole("end", DAY)},
}

# https://simplifier.net/basprofil-se-r4/sebasepatient · PI-1
PATIENT = Shape(
    {
        "resourceType": "Patient",
        "meta": {
            "security": [
                When("protection.kind", MARKED, {"system": ACT_CODE, "code": "DEMO"}),
                {"system": SECURITY_LABEL, "code": Hole("protection.kind", codes(PROTECTION))},
            ]
        },
        "extension": [
            ext("protection-set-by", "valueCode", Hole("protection.set_by", exact(SetBy))),
            ext("region-of-registration", "valueCoding", Coding("region_of_registration", "regions")),
            {
                "url": extension("registration"),
                "extension": [
                    sub("kind", "valueString", Hole("registration.kind", TEXT)),
                    sub("since", "valueDate", Hole("registration.since", DAY)),
                ],
            },
            {
                "url": extension("deregistration"),
                "extension": [
                    sub("code", "valueCode", Hole("deregistration.code", TEXT)),
                    sub("cause", "valueString", Hole("deregistration.cause", TEXT)),
                    sub("date", "valueDate", Hole("deregistration.date", DAY)),
                ],
            },
            {
                "url": extension("reserve-number-decision"),
                "extension": [
                    sub("decided", "valueDate", Hole("reserve_number_decision.decided", DAY)),
                    sub("by", "valueString", Hole("reserve_number_decision.by", TEXT)),
                ],
            },
            ext("register-asked", "valueDateTime", Hole("register_asked", INSTANT)),
            {
                "url": extension("consented-contact-data"),
                "extension": [
                    sub("consented", "valueBoolean", Hole("consented_contact_data.consented", FLAG)),
                    sub("phone", "valueString", Hole("consented_contact_data.phone", TEXT)),
                    sub("email", "valueString", Hole("consented_contact_data.email", TEXT)),
                ],
            },
            ext("housing", "valueString", Hole("housing", TEXT)),
            {"url": systems.INTERPRETER_REQUIRED, "valueBoolean": Hole("interpreter.needed", FLAG)},
            Each(
                "relations",
                ext("relation", "valueReference", {"reference": Hole("number", keys.RELATION)}),
                key=("number",),
            ),
            Each(
                "memberships",
                ext("membership", "valueReference", {"reference": Hole("kind", keys.MEMBERSHIP)}),
                key=("kind",),
            ),
        ],
        "identifier": [
            {
                "use": "official",
                "system": Hole("identity.kind", keys.IDENTITY_SYSTEM),
                "value": Hole("identity.value", TEXT),
            },
            Each(
                "identities",
                {"use": "secondary", "system": Hole("kind", keys.IDENTITY_SYSTEM), "value": Hole("value", TEXT)},
                key=("value",),
            ),
            {"system": systems.LMA, "value": Hole("lma_number", TEXT)},
            {
                "type": Usually({"coding": [{"system": systems.IDENTIFIER_TYPE, "code": "PPN"}]}),
                "system": systems.PASSPORT,
                "value": Hole("passport_number", TEXT),
            },
        ],
        "name": [
            person_name("name"),
            When(
                "protection.kind",
                MARKED,
                {"use": "anonymous", "text": Echo(lambda patient, _: PROTECTION_NAME[patient.protection.kind])},
            ),
        ],
        "telecom": [Each("phones", _PHONE, key=("kind", "value"), by={"extension": [{"url": extension("phone")}]})],
        "gender": Hole("sex", exact(Sex)),
        "birthDate": Hole("birth_date", DAY),
        "deceasedDateTime": Hole("deceased.on", DAY),
        "deceasedBoolean": Echo(_dead_without_date, absent=lambda dead: {"deceased": {}} if dead is True else {}),
        "address": [Each("addresses", _ADDRESS, key=("kind",), by={"extension": [{"url": extension("address-kind")}]})],
        "communication": [_interpreter("interpreter")],
        "generalPractitioner": [{"identifier": {"system": systems.HSA, "value": Hole("listed_unit", TEXT)}}],
    }
)


def _hers(_: Any, context: Any) -> str:
    """A reference to the patient of the aggregate."""
    return keys.patient_key(context.root.patient.identity).text


# RE-1, RE-3 · https://hl7.org/fhir/R4/relatedperson.html
RELATION = Shape(
    {
        "resourceType": "RelatedPerson",
        "extension": [
            ext("interpreter-needed", "valueBoolean", Hole("interpreter.needed", FLAG)),
            ext("copy-of-summons", "valueBoolean", Hole("copy_of_summons", FLAG)),
        ],
        "identifier": [
            {"system": systems.RELATION, "value": Hole("number", keys.OF_PATIENT)},
            {
                "use": "secondary",
                "system": Hole("identity.kind", keys.IDENTITY_SYSTEM),
                "value": Hole("identity.value", TEXT),
            },
        ],
        "patient": {"reference": Echo(_hers)},
        "relationship": [
            Item(
                {
                    "coding": [{"system": RELATION_KIND, "code": Hole("kind", exact(RelationKind))}],
                    "text": Hole("relationship", TEXT),
                },
                by={"coding": [{"system": RELATION_KIND}]},
            )
        ],
        "name": [person_name("name")],
        "telecom": [{"system": "phone", "value": Hole("phone", TEXT)}],
        "communication": [_interpreter("interpreter")],
    }
)


def _pays_herself(membership: Any, context: Any) -> str | None:
    return _hers(membership, context) if membership.kind is MembershipKind.SELF_PAYING else None


def _payor(membership: Any, _: Any) -> str | None:
    """R4 wants a payor; who it is for the others the membership says."""
    return None if membership.kind is MembershipKind.SELF_PAYING else MEMBERSHIP_TERM[membership.kind]


# ID-4, ID-7 · https://hl7.org/fhir/R4/coverage.html
MEMBERSHIP = Shape(
    {
        "resourceType": "Coverage",
        "identifier": [{"system": systems.MEMBERSHIP, "value": Hole("kind", keys.OF_KIND)}],
        "status": "active",
        "type": {
            "coding": [{"system": MEMBERSHIP_KIND, "code": Hole("kind", exact(MembershipKind))}],
            "text": Echo(lambda membership, _: MEMBERSHIP_TERM[membership.kind]),
        },
        "beneficiary": {"reference": Echo(_hers)},
        "period": {"start": Hole("start", DAY), "end": Hole("end", DAY)},
        "payor": [{"reference": Echo(_pays_herself), "display": Echo(_payor)}],
    }
)


def patient_nodes(parent: str, element: str) -> tuple[Node, ...]:
    """The patient of an aggregate, referred to from an element of its root, with what she refers to."""
    return (
        Node(
            "patient",
            PATIENT,
            lambda whole: keys.patient_key(whole.patient.identity),
            part="patient",
            via=(parent, element),
        ),
        Node(
            "relation",
            RELATION,
            lambda whole, relation: keys.relation_key(whole, relation.number),
            part="patient.relations",
            via=("patient", "extension.valueReference"),
            each=systems.RELATION,
        ),
        Node(
            "membership",
            MEMBERSHIP,
            lambda whole, membership: keys.membership_key(whole, membership.kind),
            part="patient.memberships",
            via=("patient", "extension.valueReference"),
            each=systems.MEMBERSHIP,
        ),
    )


PATIENT_CARD = Graph(PatientCard, "patient", *patient_nodes("", ""), apart=("source", "id", "version"))
"""What several sources say of a patient is one Patient: whose card and version it was stands in the ledger alone."""

OF_PATIENT = frozenset({"Patient", "RelatedPerson", "Coverage"})
"""What travels with the patient (Decided 22)."""


def emptied(filled: Filled) -> Filled:
    """What is said of a relation or a membership that is over: only whose it was. A delivery deletes nothing."""
    own = [one for one in filled.resource["identifier"] if one["system"] in (systems.RELATION, systems.MEMBERSHIP)]
    left = {name: value for name, value in filled.resource.items() if name in _STAYS}
    return replace(filled, resource={**left, "identifier": own, **_OVER[filled.key.kind]})


_STAYS = ("resourceType", "patient", "beneficiary", "payor")
_OVER: dict[str, Json] = {"RelatedPerson": {"active": False}, "Coverage": {"status": "cancelled"}}
