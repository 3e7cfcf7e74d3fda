"""Valid R4 resources as the mapping makes them: the team visit, and what else the tests of validation start from.

All people are synthetic (Skatteverket's test numbers); all units and staff are made up.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Final

from mappings.problem import Json

OWN: Final = "https://another.example/fhir"
"""Not the project's base, whose definitions the HL7 validator knows: what stands here is asked about R4 alone."""
TO_PERSON: Final = "Patient/3f0c1a52-7f6e-4f7a-9d0a-1b6f6f0d7a01"
VISIT_ID: Final = "1d7f0c1e-50cf-4a3a-8a0e-0c2f7d5a0b11"
TEAM_ID: Final = "5b2b8f1a-44c1-4b0e-8f0d-7d8a6f0c9e21"
BASIS_ID: Final = "8f4b3c2d-1a0e-4c5b-9e7f-6a5d4c3b2a31"
TO_UNIT: Final = "Organization/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c41"
TO_PROVIDER: Final = "Organization/1b2c3d4e-5f6a-4b7c-9d8e-0f1a2b3c4d42"
TO_SERVICE: Final = "HealthcareService/2c3d4e5f-6a7b-4c8d-8e9f-1a2b3c4d5e51"
STAFF_ID: Final = "7e6d5c4b-3a29-4817-9605-f4e3d2c1b061"
DIETITIAN_ID: Final = "6d5c4b3a-2918-4706-85f4-e3d2c1b0a962"
TO_ROLE: Final = "PractitionerRole/9c8b7a69-5847-4362-8514-0f1e2d3c4b71"
TO_DIETITIAN_ROLE: Final = "PractitionerRole/8b7a6958-4736-4251-9403-1e2d3c4b5a72"
HSA: Final = "urn:oid:1.2.752.29.4.19"


def coded(system: str, code: str, display: str = "") -> Json:
    """A CodeableConcept with one coding."""
    return {"coding": [{"system": system, "code": code, **({"display": display} if display else {})}]}


def own(name: str, code: str) -> Json:
    """A CodeableConcept from one of the project's own code systems."""
    return coded(f"{OWN}/CodeSystem/{name}", code)


def hsa(value: str) -> Json:
    """An HSA-id as FHIR writes it."""
    kind = coded("http://terminology.hl7.org/CodeSystem/v2-0203", "PRN")
    return {"type": kind, "system": HSA, "value": value}


def extension(name: str, **value: object) -> Json:
    """One of the project's own extensions with its value[x]."""
    return {"url": f"{OWN}/StructureDefinition/{name}", **value}


def line(role: str, kind: str, number: str, service: str) -> Json:
    """A participant of the appointment as a line (vårdåtgärd) of the booking becomes one."""
    participation = coded("http://terminology.hl7.org/CodeSystem/v3-ParticipationType", kind)
    return {
        "extension": [
            extension("line-number", valueString=number),
            extension("care-service", valueCodeableConcept=own("care-service", service)),
            extension("own-treatment-responsibility", valueBoolean=True),
        ],
        "type": [participation],
        "actor": {"reference": role},
        "required": "required",
        "status": "accepted",
        "period": {"start": "2026-11-24T13:00:00+01:00", "end": "2026-11-24T14:00:00+01:00"},
    }


SUMMONS: Final = {
    "url": f"{OWN}/StructureDefinition/summons",
    "extension": [
        {"url": "way", "valueCode": "digital"},
        {"url": "freeText", "valueString": "Ta med blodsockerdagbok.\nKom tio minuter före."},
        {
            "url": "sent",
            "extension": [
                {"url": "at", "valueInstant": "2026-10-06T08:15:30+02:00"},
                {"url": "to", "valueReference": {"reference": TO_PERSON}},
            ],
        },
    ],
}

VISIT: Final[Json] = {
    "resourceType": "Appointment",
    "id": VISIT_ID,
    "meta": {
        "security": [{"system": f"{OWN}/CodeSystem/visibility", "code": "not-for-patient"}],
        "source": f"{OWN}/source/SE2321000115-COSMIC",
    },
    "extension": [
        extension("booking-state", valueCode="booked"),
        extension("contact-type", valueCodeableConcept=own("contact-type", "mottagningsbesok")),
        extension("form", valueCode="team"),
        extension("responsible-unit", valueReference={"reference": TO_UNIT}),
        extension("version", valueDecimal=3),
        SUMMONS,
        {
            "url": f"{OWN}/StructureDefinition/rebooking",
            "extension": [
                {"url": "reason", "valueCodeableConcept": own("rebook-reason", "patient-request")},
                {
                    "url": "from",
                    "valuePeriod": {"start": "2026-11-10T13:00:00+01:00", "end": "2026-11-10T14:00:00+01:00"},
                },
                {"url": "at", "valueInstant": "2026-10-20T09:00:00+02:00"},
            ],
        },
    ],
    "identifier": [{"use": "usual", "system": f"{OWN}/sid/SE2321000115-COSMIC/booking", "value": "4711-0142"}],
    "status": "booked",
    "serviceCategory": [own("care-form", "oppenvard")],
    "serviceType": [own("care-service", "diabetesteam-nybesok")],
    "appointmentType": coded("http://terminology.hl7.org/CodeSystem/v2-0276", "ROUTINE"),
    "priority": 5,
    "description": "Teambesök diabetes",
    "supportingInformation": [{"reference": f"CareTeam/{TEAM_ID}"}],
    "start": "2026-11-24T13:00:00+01:00",
    "end": "2026-11-24T14:00:00+01:00",
    "minutesDuration": 60,
    "created": "2026-10-05T10:11:12+02:00",
    "patientInstruction": "Ta med blodsockerdagbok.\nKom tio minuter före.",
    "basedOn": [{"reference": f"ServiceRequest/{BASIS_ID}"}],
    "participant": [
        {"actor": {"reference": TO_PERSON}, "required": "required", "status": "accepted"},
        line(TO_ROLE, "PPRF", "1", "diabetesteam-nybesok"),
        line(TO_DIETITIAN_ROLE, "PART", "2", "medverkande-dietist"),
        {"actor": {"reference": TO_SERVICE}, "required": "information-only", "status": "accepted"},
    ],
}

BASIS: Final[Json] = {
    "resourceType": "ServiceRequest",
    "id": BASIS_ID,
    "extension": [
        extension(
            "watch-interval",
            valueDuration={"value": 84, "unit": "d", "system": "http://unitsofmeasure.org", "code": "d"},
        ),
        extension("target-date", valueDate="2026-12-28"),
        extension("customer", valueCodeableConcept=own("customer", "region-halland")),
        extension("agreement", valueCodeableConcept=own("agreement", "oppenvard")),
    ],
    "identifier": [{"system": f"{OWN}/sid/SE2321000115-COSMIC/basis", "value": "BU-88"}],
    "status": "active",
    "intent": "order",
    "category": [own("basis-category-1", "Diabetes")],
    "priority": "routine",
    "code": own("care-service", "diabetesteam-nybesok"),
    "orderDetail": [own("medical-priority", "low")],
    "subject": {"reference": TO_PERSON},
    "occurrencePeriod": {"start": "2026-10-05", "end": "2026-12-28"},
    "authoredOn": "2026-10-05",
    "requester": {"reference": TO_ROLE},
    "performer": [{"reference": f"CareTeam/{TEAM_ID}"}, {"reference": TO_SERVICE}],
    "note": [{"time": "2026-10-05T10:11:12+02:00", "text": "Önskar samma dag som ögonbottenfoto."}],
}

TEAM: Final[Json] = {
    "resourceType": "CareTeam",
    "id": TEAM_ID,
    "identifier": [{"system": f"{OWN}/sid/SE2321000115-COSMIC/team", "value": "4711-0142"}],
    "status": "active",
    "category": [own("care-team-category", "visit-team")],
    "name": "Team 1",
    "subject": {"reference": TO_PERSON},
    "period": {"start": "2026-11-24T13:00:00+01:00", "end": "2026-11-24T14:00:00+01:00"},
    "participant": [
        {"role": [own("team-role", "owner")], "member": {"reference": TO_ROLE}},
        {"role": [own("team-role", "member")], "member": {"reference": TO_DIETITIAN_ROLE}},
    ],
    "managingOrganization": [{"reference": TO_UNIT}],
}


def practitioner_role(ident: str, person: str, position: str, profession: str) -> Json:
    """A staff member at the unit."""
    return {
        "resourceType": "PractitionerRole",
        "id": ident.partition("/")[2],
        "identifier": [{"system": f"{OWN}/sid/assignment", "value": f"{profession}-1"}],
        "active": True,
        "practitioner": {"reference": f"Practitioner/{person}"},
        "organization": {"reference": TO_UNIT},
        "code": [
            coded("urn:oid:1.2.752.129.2.2.1.4", position),
            coded("urn:oid:1.2.752.29.23.1.6", profession),
        ],
        "healthcareService": [{"reference": TO_SERVICE}],
        "telecom": [{"system": "phone", "value": "+46 31 390 06 02", "use": "work"}],
        "availableTime": [
            {"daysOfWeek": ["mon", "tue", "thu"], "availableStartTime": "08:00:00", "availableEndTime": "16:30:00"}
        ],
    }


def practitioner(ident: str, given: str, family: str, number: str) -> Json:
    """A member of staff as a person."""
    return {
        "resourceType": "Practitioner",
        "id": ident,
        "identifier": [hsa(number)],
        "active": True,
        "name": [{"use": "official", "family": family, "given": [given]}],
        "qualification": [{"code": coded("urn:oid:1.2.752.116.3.1.3", "LK"), "period": {"start": "2001"}}],
    }


ROLE: Final = practitioner_role(TO_ROLE, STAFF_ID, "201010", "LK")
DIETITIAN_ROLE: Final = practitioner_role(TO_DIETITIAN_ROLE, DIETITIAN_ID, "205011", "DT")
STAFF: Final = practitioner(STAFF_ID, "Lena", "Läkarsson", "SE2321000115-P0001")
DIETITIAN: Final = practitioner(DIETITIAN_ID, "Dag", "Dietistsson", "SE2321000115-P0002")


def organization(ident: str, name: str, number: str) -> Json:
    """A unit or care provider."""
    return {
        "resourceType": "Organization",
        "id": ident.partition("/")[2],
        "identifier": [hsa(number)],
        "active": True,
        "type": [coded("http://terminology.hl7.org/CodeSystem/organization-type", "prov")],
        "name": name,
        "telecom": [{"system": "phone", "value": "+46 31 390 06 00", "use": "work", "rank": 1}],
        "address": [
            {"use": "work", "type": "physical", "line": ["Sjukhusvägen 1"], "city": "Halmstad", "postalCode": "301 85"}
        ],
    }


UNIT: Final = organization(TO_UNIT, "Diabetesmottagningen Halmstad", "SE2321000115-E000000000101")
PROVIDER: Final = organization(TO_PROVIDER, "Region Påhitt", "SE2321000115-E000000000001")
UNIT["partOf"] = {"reference": TO_PROVIDER}

SERVICE: Final[Json] = {
    "resourceType": "HealthcareService",
    "id": TO_SERVICE.partition("/")[2],
    "identifier": [{"system": f"{OWN}/sid/unit-service", "value": "SE2321000115-E000000000101"}],
    "active": True,
    "providedBy": {"reference": TO_UNIT},
    "name": "Diabetesmottagningen Halmstad",
    "telecom": [
        {"system": "phone", "value": "+46 31 390 06 01", "use": "work"},
        {"system": "url", "value": "https://e.1177.example/SE2321000115-E000000000101"},
    ],
    "appointmentRequired": True,
    "availableTime": [{"daysOfWeek": ["mon"], "allDay": True}],
}

PERSON: Final[Json] = {
    "resourceType": "Patient",
    "id": TO_PERSON.partition("/")[2],
    "meta": {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "DEMO"}]},
    "identifier": [
        {
            "use": "official",
            "system": "http://electronichealth.se/identifier/personnummer",
            "value": "191212121212",
            "assigner": {"display": "Skatteverket"},
        }
    ],
    "active": True,
    "name": [{"use": "official", "family": "Tolvansson", "given": ["Tolvan", "Test"]}],
    "gender": "male",
    "birthDate": "1912-12-12",
    "telecom": [{"system": "phone", "value": "+46 70 174 06 05", "use": "mobile"}],
    "address": [{"use": "home", "type": "both", "line": ["Testgatan 1"], "city": "Halmstad", "country": "SE"}],
}

CARE_EVENT: Final[Json] = {
    "resourceType": "Encounter",
    "id": "0f9e8d7c-6b5a-4493-8271-605f4e3d2c81",
    "identifier": [{"system": f"{OWN}/sid/SE2321000115-COSMIC/care-event", "value": "VH-1"}],
    "status": "finished",
    "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
    "type": [own("event-type", "team")],
    "subject": {"reference": TO_PERSON},
    "participant": [
        {
            "type": [coded("http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "PPRF")],
            "period": {"start": "2026-11-24T13:02:00+01:00"},
            "individual": {"reference": TO_ROLE},
        }
    ],
    "appointment": [{"reference": f"Appointment/{VISIT_ID}"}],
    "period": {"start": "2026-11-24T13:02:00+01:00", "end": "2026-11-24T13:58:00+01:00"},
    "serviceProvider": {"reference": TO_UNIT},
}

ROOM: Final[Json] = {
    "resourceType": "Location",
    "id": "4e3d2c1b-0a98-4f76-8e54-3d2c1b0a9f91",
    "status": "active",
    "name": "Rum 14",
    "mode": "instance",
    "physicalType": coded("http://terminology.hl7.org/CodeSystem/location-physical-type", "ro"),
    "position": {"longitude": 12.85, "latitude": 56.67},
    "managingOrganization": {"reference": TO_UNIT},
}

CONTACT: Final[Json] = {
    "resourceType": "CareTeam",
    "id": "c1b0a9f8-e7d6-4c5b-8a49-38271605f4e1",
    "text": {
        "status": "generated",
        "div": '<div xmlns="http://www.w3.org/1999/xhtml"><p>Fast vårdkontakt: <b>Lena</b></p></div>',
    },
    "contained": [
        {
            "resourceType": "Practitioner",
            "id": "someone",
            "name": [{"text": "Lena Läkarsson"}],
        }
    ],
    "status": "active",
    "category": [coded("https://fhir.inera.se/ig/careteam/CodeSystem/typ-av-careteam-cs", "fast-kontakt")],
    "subject": {"reference": TO_PERSON},
    "period": {"start": "2026-01-01"},
    "participant": [
        {
            "role": [own("kind-of-contact", "1")],
            "member": {"reference": "#someone"},
            "onBehalfOf": {"reference": TO_UNIT},
        }
    ],
    "telecom": [{"system": "phone", "value": "+46 31 390 06 03"}],
    "note": [{"text": "Nås säkrast på förmiddagen."}],
}

WAITING: Final[Json] = {
    "resourceType": "Appointment",
    "status": "waitlist",
    "requestedPeriod": [{"end": "2026-12-28"}],
    "participant": [{"actor": {"reference": TO_PERSON}, "status": "needs-action"}],
}

UNKNOWN: Final[Json] = {
    "resourceType": "Patient",
    "identifier": [{"system": "urn:oid:1.2.752.74.9.1", "value": "19121212A123"}],
    "name": [{"text": "Okänd", "_family": {"extension": [extension("absent", valueCode="unknown")]}}],
    "_birthDate": {"extension": [extension("absent", valueCode="unknown")]},
    "deceasedBoolean": False,
    "contact": [
        {"name": {"given": [None, "Eva"], "_given": [{"extension": [extension("absent", valueCode="masked")]}, None]}}
    ],
    "link": [{"other": {"reference": TO_PERSON}, "type": "seealso"}],
}

NEXT_OF_KIN: Final[Json] = {
    "resourceType": "RelatedPerson",
    "active": True,
    "patient": {"reference": TO_PERSON},
    "relationship": [own("relation-kind", "contactPerson") | {"text": "Dotter"}],
    "name": [{"text": "Anna Lind"}],
    "telecom": [{"system": "phone", "value": "070-174 06 05"}],
    "communication": [{"language": {"text": "arabiska"}}],
}

MEMBERSHIP: Final[Json] = {
    "resourceType": "Coverage",
    "status": "active",
    "type": own("membership-kind", "selfPaying"),
    "beneficiary": {"reference": TO_PERSON},
    "period": {"start": "2026-01-01"},
    "payor": [{"reference": TO_PERSON}],
}

REFUSAL: Final[Json] = {
    "resourceType": "OperationOutcome",
    "issue": [
        {
            "severity": "error",
            "code": "business-rule",
            "details": own("rule", "TE-3"),
            "expression": ["Appointment.participant[1]"],
        }
    ],
}

TEAM_VISIT: Final = (
    VISIT,
    BASIS,
    TEAM,
    ROLE,
    DIETITIAN_ROLE,
    STAFF,
    DIETITIAN,
    UNIT,
    PROVIDER,
    SERVICE,
    PERSON,
)
"""What one booking of a team becomes: the resources that are validated when it is accepted."""


DIAGNOSIS: Final[Json] = {
    "resourceType": "Condition",
    "id": "7e3f1c52-0c1e-4b1e-9a77-1d8f4d6c0a11",
    "identifier": [{"system": "https://vardbro.example/fhir/sid/diagnosis", "value": "SE2321000115-COSMIC/VH-1/1"}],
    "verificationStatus": {
        "coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-ver-status", "code": "provisional"}]
    },
    "category": [
        {
            "coding": [
                {"system": "http://terminology.hl7.org/CodeSystem/condition-category", "code": "encounter-diagnosis"}
            ]
        }
    ],
    "code": {"coding": [{"system": "urn:oid:1.2.752.116.1.1.1.1.3", "code": "E11.9"}]},
    "subject": {"reference": f"Patient/{PERSON['id']}"},
}
PROCEDURE: Final[Json] = {
    "resourceType": "Procedure",
    "id": "0f6f3f51-5d6e-4c43-8a35-2b0d1b0e7c12",
    "identifier": [{"system": "https://vardbro.example/fhir/sid/procedure", "value": "SE2321000115-COSMIC/VH-1/1"}],
    "status": "completed",
    "code": {"coding": [{"system": "urn:oid:1.2.752.116.1.3.2.1.4", "code": "DT007"}]},
    "subject": {"reference": f"Patient/{PERSON['id']}"},
}
COMMITMENT: Final[Json] = {
    "resourceType": "EpisodeOfCare",
    "id": "5b0c7d1e-8a51-4a0b-9a36-6a5c0c1d2e13",
    "identifier": [{"system": "https://vardbro.example/fhir/sid/care-commitment", "value": "SE2321000115-COSMIC/VA-7"}],
    "status": "active",
    "patient": {"reference": f"Patient/{PERSON['id']}"},
    "period": {"start": "2026-02-01"},
}
SENT: Final[Json] = {
    "resourceType": "Communication",
    "id": "2c8b1f70-4c0f-4d57-8f5a-6f2f9d1c7a15",
    "identifier": [{"system": "https://vardbro.example/fhir/sid/summons/COSMIC", "value": "4711-0142"}],
    "status": "completed",
    "medium": [coded("http://terminology.hl7.org/CodeSystem/v3-ParticipationMode", "ELECTRONIC")],
    "subject": {"reference": f"Patient/{PERSON['id']}"},
    "sent": "2026-11-10T08:00:00+01:00",
    "payload": [{"contentString": "Ta med blodsockerdagbok."}],
}
EQUIPMENT: Final[Json] = {
    "resourceType": "Device",
    "id": "9d1e6a34-52c7-4f0b-a8d3-0e7b5c2f4a16",
    "identifier": [{"system": "https://vardbro.example/fhir/sid/equipment/COSMIC", "value": "ekg-1"}],
    "deviceName": [{"name": "EKG-apparat 1", "type": "user-friendly-name"}],
}
ANSWERABLE: Final[Json] = {
    "resourceType": "Provenance",
    "id": "0f6a3c52-91d4-4e8a-b7c1-5d2e9a4b3c18",
    "target": [{"reference": f"Encounter/{CARE_EVENT['id']}"}],
    "occurredDateTime": "2026-11-24T13:05:00+01:00",
    "_recorded": {
        "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]
    },
    "agent": [
        {
            "type": coded("http://terminology.hl7.org/CodeSystem/provenance-participant-type", "custodian"),
            "who": {"reference": TO_PROVIDER},
        }
    ],
}


def as_bundle(*resources: Json) -> Json:
    """A collection as `vardbro convert` writes it: addresses and references by `urn:uuid:`."""
    addresses = {f"{r['resourceType']}/{r['id']}": f"urn:uuid:{r['id']}" for r in resources}
    entries = [{"fullUrl": f"urn:uuid:{r['id']}", "resource": relinked(r, addresses)} for r in resources]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def relinked(node: object, addresses: dict[str, str]) -> object:
    """The same tree with every reference written as the address that stands for it."""
    if isinstance(node, dict):
        return {k: addresses.get(v, v) if k == "reference" else relinked(v, addresses) for k, v in node.items()}
    return [relinked(item, addresses) for item in node] if isinstance(node, list) else node


def as_transaction(*resources: Json) -> Json:
    """A transaction as the courier would send it: client ids, so every entry is a PUT."""
    entries = [
        {
            "fullUrl": f"https://fhir.example/fhir/{r['resourceType']}/{r['id']}",
            "resource": deepcopy(r),
            "request": {"method": "PUT", "url": f"{r['resourceType']}/{r['id']}"},
        }
        for r in resources
    ]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


VALID: Final[dict[str, Json]] = {
    "a team visit": VISIT,
    "a full basis": BASIS,
    "a visit team": TEAM,
    "a physician at a unit": ROLE,
    "a dietitian at a unit": DIETITIAN_ROLE,
    "a physician": STAFF,
    "a unit": UNIT,
    "a care provider": PROVIDER,
    "a unit as a service": SERVICE,
    "a patient": PERSON,
    "a care event": CARE_EVENT,
    "a diagnosis": DIAGNOSIS,
    "a procedure": PROCEDURE,
    "a care commitment": COMMITMENT,
    "a room": ROOM,
    "equipment": EQUIPMENT,
    "a summons that was sent": SENT,
    "who is answerable, recorded nobody knows when": ANSWERABLE,
    "a named contact with narrative and a contained person": CONTACT,
    "a row of the waiting list": WAITING,
    "a patient with absent values": UNKNOWN,
    "next of kin": NEXT_OF_KIN,
    "a membership": MEMBERSHIP,
    "a refusal": REFUSAL,
    "a team visit as a collection": as_bundle(*TEAM_VISIT),
    "a team visit as a transaction": as_transaction(*TEAM_VISIT),
}
"""Resources that the official validator accepts, by what is told by them."""
