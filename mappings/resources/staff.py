"""PractitionerRole, Practitioner, Organization, HealthcareService, Location: who works where, and how it is reached.

Units and staff are shared by all that refer to them: they are added to, never taken from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mappings.codes.systems import (
    BEFATTNING,
    HSA,
    IDENTIFIER_TYPE,
    LOCAL_PERSON,
    LOCAL_UNIT,
    OF_CONTACT,
    STAFF_AT_UNIT,
    extension,
)
from mappings.codes.tables import POSITIONS
from mappings.problem import Json
from mappings.region.people import Person
from mappings.region.unit import Unit
from mappings.resources import keys
from mappings.resources.parts import contact_ways, ext, person_name, sub
from mappings.shape.codec import TEXT
from mappings.shape.graph import Beside
from mappings.shape.key import Key
from mappings.shape.shape import Shape
from mappings.shape.template import Context, Each, Echo, Hole, Usually


@dataclass(frozen=True, slots=True)
class Assignment:
    """A person at a unit, as a booking knows them: by HSA-id, with what the catalogue says of the unit."""

    person: Person
    unit: Unit | None
    source: str = ""
    id: str = ""


def _unit(scope: Any) -> tuple[str, str] | None:
    return keys.unit_part(scope.unit, scope.source, scope.id)


def _person(scope: Any) -> tuple[str, str]:
    return keys.person_part(scope.person, scope.source, scope.id)


def role_key(scope: Any) -> Key:
    return keys.role_key(_person(scope), _unit(scope))


def practitioner_key(scope: Any) -> Key:
    return Key("Practitioner", *_person(scope))


def unit_key(kind: str, scope: Any) -> Key:
    """Raises ValueError where there is no unit."""
    part = _unit(scope)
    if part is None:
        raise ValueError("no unit")
    return Key(kind, *part)


def placed(scope: Any) -> bool:
    """True where the unit has an address, so that there is a Location."""
    return scope.unit is not None and bool(scope.unit.street or scope.unit.town or scope.unit.postal_code)


def to_unit(kind: str) -> Echo:
    """A reference to the unit, in one of its three resources."""
    there = placed if kind == "Location" else lambda scope: scope.unit is not None
    return Echo(lambda scope, _: unit_key(kind, scope).text if there(scope) else None, kind=kind)


def of_root(kind: str) -> Echo:
    """As `to_unit`, where the scope is the unit itself and the aggregate knows it."""
    there = placed if kind == "Location" else lambda scope: scope.unit is not None
    return Echo(lambda _, context: unit_key(kind, context.root).text if there(context.root) else None, kind=kind)


def _position(code: str, context: Context) -> str | None:
    return POSITIONS.get(code) or context.vocabulary.display("positions", code)


HSA_ID: Json = {
    "type": Usually({"coding": [{"system": IDENTIFIER_TYPE, "code": "PRN"}]}),
    "system": HSA,
    "value": Hole("hsa_id", TEXT),
}
"""An HSA-id as the Swedish base profile writes it; others leave its type out."""

PRACTITIONER_ROLE = Shape(
    {
        "resourceType": "PractitionerRole",
        "identifier": [{"system": STAFF_AT_UNIT, "value": Echo(lambda scope, _: role_key(scope).value)}],
        "practitioner": {"reference": Echo(lambda scope, _: practitioner_key(scope).text)},
        "organization": {"reference": to_unit("Organization")},
        "code": [
            {
                "coding": [
                    {
                        "system": BEFATTNING,
                        "code": Hole("person.position", TEXT),
                        "display": Echo(
                            lambda scope, context: (
                                _position(scope.person.position, context) if scope.person.position else None
                            )
                        ),
                    }
                ]
            }
        ],
        "location": [{"reference": to_unit("Location")}],
        "healthcareService": [{"reference": to_unit("HealthcareService")}],
    }
)

PRACTITIONER = Shape(
    {
        "resourceType": "Practitioner",
        "identifier": [
            HSA_ID,
            {"system": LOCAL_PERSON, "value": Hole("local_id", keys.LOCAL)},
            {"system": OF_CONTACT, "value": keys.of_contact("person")},
        ],
        "name": [person_name("name")],
    }
)


def _known_by(local: str) -> list[Json]:
    return [
        HSA_ID,
        {"system": local, "value": Hole("local_id", keys.LOCAL)},
        {"system": OF_CONTACT, "value": keys.of_contact("unit")},
    ]


ORGANIZATION = Shape(
    {
        "resourceType": "Organization",
        "identifier": _known_by(LOCAL_UNIT),
        "name": Hole("name", TEXT),
        "partOf": {"reference": Hole("care_provider", keys.hsa_reference("Organization"))},
    }
)


def _phone(kind: str, field: str) -> Json:
    return {"extension": [ext("phone-kind", "valueCode", kind)], "system": "phone", "value": Hole(field, TEXT)}


HEALTHCARE_SERVICE = Shape(
    {
        "resourceType": "HealthcareService",
        "extension": [
            Each(
                "e_services",
                {
                    "url": extension("e-service"),
                    "extension": [
                        sub("name", "valueString", Hole("name", TEXT)),
                        sub("url", "valueUrl", Hole("url", TEXT)),
                    ],
                },
                key=("name", "url"),
            )
        ],
        "identifier": _known_by(LOCAL_UNIT),
        "providedBy": {"reference": of_root("Organization")},
        "location": [{"reference": of_root("Location")}],
        "name": Echo(lambda unit, _: unit.name),
        "telecom": [
            _phone("public", "public_phone"),
            _phone("careToCare", "care_to_care_phone"),
            contact_ways("contact_ways"),
        ],
    }
)

LOCATION = Shape(
    {
        "resourceType": "Location",
        "identifier": _known_by(LOCAL_UNIT),
        "name": Echo(lambda unit, _: unit.name),
        "address": {
            "line": [Hole("street", TEXT)],
            "city": Hole("town", TEXT),
            "postalCode": Hole("postal_code", TEXT),
        },
        "managingOrganization": {"reference": of_root("Organization")},
    }
)


def _named_units(whole: Any) -> Iterable[str | None]:
    yield from (whole.performing_unit, whole.responsible_unit, getattr(whole, "producing_institution", None))
    yield from (getattr(line, "unit", None) for line in whole.lines)


def _units(whole: Any, units: Mapping[str, Unit]) -> Iterable[Assignment]:
    for hsa_id in dict.fromkeys(_named_units(whole)):
        if hsa_id:
            yield _known(hsa_id, units)


def _known(hsa_id: str, units: Mapping[str, Unit]) -> Assignment:
    return Assignment(Person(), units.get(hsa_id) or Unit(hsa_id=hsa_id))


def _with_providers(whole: Any, units: Mapping[str, Unit]) -> Iterable[Assignment]:
    yield from providers(_units(whole, units), units)


def providers(found: Iterable[Assignment], units: Mapping[str, Unit]) -> Iterable[Assignment]:
    """Units, and those that they are part of."""
    every = list(found)
    for at in every:
        yield at
        above = at.unit.care_provider if at.unit else None
        if above and all(one.unit is None or one.unit.hsa_id != above for one in every):
            every.append(_known(above, units))


def _staff(whole: Any, units: Mapping[str, Unit]) -> Iterable[Assignment]:
    hsa_id = whole.performing_unit
    unit = (units.get(hsa_id) or Unit(hsa_id=hsa_id)) if hsa_id else None
    for line in whole.lines:
        if line.staff:
            yield Assignment(Person(hsa_id=line.staff), unit)


BESIDE = (
    Beside("organization", ORGANIZATION, _with_providers, lambda at: unit_key("Organization", at), part="unit"),
    Beside(
        "location",
        LOCATION,
        lambda whole, units: filter(placed, _units(whole, units)),
        lambda at: unit_key("Location", at),
        part="unit",
    ),
    Beside("service", HEALTHCARE_SERVICE, _units, lambda at: unit_key("HealthcareService", at), part="unit"),
    Beside("practitioner", PRACTITIONER, _staff, practitioner_key, part="person"),
    Beside("role", PRACTITIONER_ROLE, _staff, role_key),
)
"""The units and staff of a booking or care event, from what the catalogue knows of them."""
