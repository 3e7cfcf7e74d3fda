"""Patient: one record, many identities; a protected one shows only its marking."""

from __future__ import annotations

from mappings.codes.systems import ACT_CODE, SECURITY_LABEL
from mappings.codes.tables import PROTECTION, PROTECTION_NAME
from mappings.region.people import ProtectionKind, SetBy
from mappings.resources import keys
from mappings.resources.parts import ext, person_name
from mappings.shape.codec import TEXT, codes, exact
from mappings.shape.graph import Node
from mappings.shape.shape import Shape
from mappings.shape.template import Coding, Each, Echo, Hole, When

MARKED = frozenset(ProtectionKind)

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
        ],
        "name": [
            person_name("name"),
            When(
                "protection.kind",
                MARKED,
                {"use": "anonymous", "text": Echo(lambda patient, _: PROTECTION_NAME[patient.protection.kind])},
            ),
        ],
        "telecom": [{"system": "phone", "value": Hole("phone", TEXT)}],
        "address": [
            {
                "use": "home",
                "line": [Hole("address.street", TEXT)],
                "postalCode": Hole("address.postal_code", TEXT),
                "city": Hole("address.town", TEXT),
            }
        ],
    }
)


def patient_node(parent: str, element: str) -> Node:
    """The patient of an aggregate, referred to from an element of its root."""
    return Node(
        "patient",
        PATIENT,
        lambda whole: keys.patient_key(whole.patient.identity),
        part="patient",
        via=(parent, element),
    )
