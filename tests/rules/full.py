"""A message of every kind with every field filled in. No rule is asked: together they would not all be lawful."""

from __future__ import annotations

from copy import deepcopy

from mappings.problem import Json
from tests.rules.messages import CLINIC, COSMIC, HEALTH_CENTRE, cancelled, care_contact, patient, team, team_event

PATIENT_IN_FULL = {
    **patient(),
    "identities": [{"kind": "reservnummer", "value": "R900118A"}],
    "protection": {"kind": "sekretessmarkering", "setBy": "hand"},
    "lmaNumber": "52-123456/7",
    "passportNumber": "FN 123456",
    "reserveNumberDecision": {"decided": "2026-01-02", "by": "SE2321000115-P0001"},
    "sex": "male",
    "birthDate": "1912-12-12",
    "deceased": {"on": "2026-11-01"},
    "phones": [{"kind": "mobile", "value": "070-111 22 33", "preferred": True, "smsAllowed": True}],
    "consentedContactData": {"consented": True, "phone": "070-111 22 34", "email": "tolvan@exempel.se"},
    "addresses": [
        {
            "kind": "temporary",
            "street": "Lönngatan 1",
            "postalCode": "302 33",
            "town": "Halmstad",
            "country": "Sverige",
            "start": "2026-01-01",
            "end": "2026-12-31",
        }
    ],
    "regionOfRegistration": "13",
    "registration": {"kind": "Folkbokförd", "since": "1912-12-12"},
    "deregistration": {"code": "UV", "cause": "Utvandrad", "date": "2020-01-01"},
    "registerAsked": "2026-11-20T06:00:00+01:00",
    "listedUnit": "SE2321000115-E000000000120",
    "housing": "Solgården",
    "interpreter": {"needed": True, "language": "swl"},
    "memberships": [{"kind": "euEeaConvention", "start": "2026-01-01", "end": "2026-12-31"}],
    "relations": [
        {
            "number": "1",
            "kind": "contactPerson",
            "name": {"given": ["Anna"], "family": "Lind", "text": "Anna Lind"},
            "identity": {"kind": "personnummer", "value": "198112189876"},
            "relationship": "Dotter",
            "phone": "070-111 22 35",
            "interpreter": {"needed": True, "language": "ar"},
            "copyOfSummons": True,
        }
    ],
}
PATIENT_IN_FULL["name"] = {"given": ["Tolvan"], "family": "Tolvansson", "text": "Tolvan Tolvansson"}


def ways() -> list[Json]:
    return [
        {
            "way": "phone",
            "value": "035-99 88 77",
            "shownToPatient": True,
            "hours": [{"days": ["mon"], "opens": "08:00", "closes": "16:30"}],
        }
    ]


BASIS: Json = {
    "created": "2026-10-04T09:00:00+02:00",
    "category2": "Spirometri",
    "shortNotice": True,
    "deviationReason": "patientvald-vantan",
    "offered": "2026-11-01",
    "decidedBy": "SE2321000115-P0001",
    "referral": "R-17",
    "privateRequest": "PV-2",
    "searchReason": "Trötthet",
    "followUp": {
        "firstContact": "2026-10-01",
        "treatmentDecision": "Insulin",
        "decided": "2026-10-02",
        "diagnosis": "E11.9",
        "plannedAction": "Kontroll",
    },
    "order": True,
    "mediaExamination": False,
    "specialInformation": "Ring på",
}

SUMMONS: Json = {
    "letterToo": True,
    "template": "standard",
    "withoutLogotype": False,
    "text": "Uppföljning av din behandling",
    "attachment": "Karta",
    "hasAccount": True,
    "wantsNoLetters": False,
    "status": "digitalSent",
    "statusAt": "2026-11-10T08:00:00+01:00",
}

BESIDE: Json = {
    "free": True,
    "reason": "uppfoljning",
    "addOns": ["provtagning"],
    "admission": {
        "reason": "Operation",
        "estimatedLength": "1-3",
        "days": 2,
        "activitiesBefore": "Provtagning",
        "activitiesDuring": "EKG",
        "other": "Eget rum",
    },
    "selfCheckIn": {
        "noPaymentInformation": False,
        "patientFee": 275,
        "feeReduction": "frikort",
        "visitCost": 1200,
        "patientInformation": "Ta med kortet",
    },
    "series": {"id": "S-1", "interval": "P14D", "copied": False, "oneContact": True},
    "group": {"id": "G-1", "patients": 8},
    "chain": {"id": "K-1", "order": 2, "primary": "4711-0001", "depends": True},
    "arrival": {"at": "2026-11-24T12:50:00+01:00", "payment": False, "toBeInvoiced": True},
    "rebookings": [
        {
            "start": "2026-11-20T13:00:00+01:00",
            "duration": "PT60M",
            "reason": "patienten-ombokar",
            "at": "2026-11-12T10:00:00+01:00",
            "by": "care",
            "line": "1",
            "wholeGroup": True,
            "toBeInvoiced": False,
        }
    ],
    "replaces": "4711-0099",
}


def booking_in_full() -> Json:
    message = team() | {"patient": PATIENT_IN_FULL, "cancellation": cancelled()["cancellation"]}
    message["cancellation"] |= {"by": "care", "systemReason": "deceased", "backToWaitingList": True}
    message["cancellation"] |= {"toBeInvoiced": False, "wholeGroup": False}
    message |= deepcopy(BESIDE) | {"summons": message["summons"] | SUMMONS}
    message["lines"][0] |= {"room": "rum-3", "equipment": "ekg-1", "unit": HEALTH_CENTRE, "joins": True}
    message["basis"] |= {
        "medicalPriority": "low",
        "category1": "Diabetes",
        "team": "Team 1",
        "information": "Hämtas i entrén",
        "deskInformation": "Frikort",
        **BASIS,
    }
    return message


def event_in_full() -> Json:
    message = team_event() | {"patient": PATIENT_IN_FULL, "kva": "XS902"}
    message["lines"][0] |= {"staffCategory": "10", "kva": "XS915", "unit": CLINIC}
    return message | {
        "group": {"id": "G-1", "patients": 8},
        "origin": "booking",
        "eventTypeHistory": [{"eventType": "hiddenOutpatient", "until": "2026-11-23T13:00:00+01:00"}],
        "visitType": "nybesok",
        "careArea": "Med",
        "visitKind": "Nybesök",
        "direct": False,
        "relations": deepcopy(PATIENT_IN_FULL["relations"]),
        "replacesVisit": False,
        "reason": "bedomning-ospecificerad",
        "addOns": ["blodprov"],
        "planned": True,
        "bookedTime": "2026-11-24T13:00:00+01:00",
        "checkedOut": "2026-11-24T13:35:00+01:00",
        "careCommitment": {"number": "VA-7", "start": "2026-01-01", "end": "2026-11-24"},
        "outcome": {
            "kind": "wait",
            "reason": "labprov",
            "addressees": ["SE2321000115-P0001"],
            "interval": "P4W",
            "plannedAs": "BB-1",
            "follows": "watched",
        },
        "consultedFrom": "VH-0",
        "patientMoves": True,
        "noNotesOrTransactions": False,
        "admission": {"admittedFrom": "hemmet", "dischargedTo": "hemmet"},
        "diagnoses": [{"number": "1", "code": "E11.9", "line": "1", "atc": ["A10BA02"]}],
        "externalCauses": [{"number": "1", "code": "W18.9"}],
        "procedures": [{"number": "1", "code": "DT007", "line": "1", "atc": ["A10BA02"]}],
        "principal": "region",
        "problemCode": "diabetes",
        "referralCode": "egenremiss",
        "fee": {"amount": 200, "reasonForNone": "frikort", "wayOfPayment": "kort"},
    }


def contact_in_full() -> Json:
    message = care_contact() | {"patient": PATIENT_IN_FULL, "role": "kontaktperson", "about": "Allt"}
    message |= {"end": "2027-12-31", "missing": ["person.id"]}
    message["person"] |= {"localId": "p-3", "contactWays": ways()}
    message["person"]["name"] = {"given": ["Frida"], "family": "Testsson", "text": "Frida Testsson"}
    message["unit"] |= {"localId": "u-1", "contactWays": ways()}
    message["team"] |= {"comment": "Ring före tio", "contactWays": ways()}
    message["attested"] = {
        "competence": "equalCompetence",
        "listedAtUnit": True,
        "regionallyFunded": True,
        "lifeThreatening": True,
        "licensedPhysician": True,
        "assistantNurse": "protectedTitle",
        "partOfUnit": True,
        "mainCareGivenHere": True,
        "medicallyResponsible": False,
        "inServiceWithCare": True,
        "mainResponsibility": True,
    }
    message["need"] = {
        "ground": "dischargeLaw",
        "day": "2026-11-01",
        "receivingUnit": "SE2321000115-E000000000101",
        "municipalityToo": True,
        "readyForDischarge": "2026-11-03",
        "planBy": "2026-11-06",
        "discharged": "2026-11-05",
    }
    message["notAppointed"] = {"day": "2026-10-01", "documentedBy": "SE2321000115-P0001", "by": "nextOfKin"}
    message["told"] = [{"day": "2026-11-02", "whom": "patient", "way": "personally"}]
    message["coordination"] = {
        "consent": True,
        "medicallyResponsible": "Maria Testsson",
        "agreement": "SIP",
        "review": "2027-05-01",
    }
    return message | {"replaces": "FK-0", "writtenIn": "note"}


def card_in_full() -> Json:
    return {"source": COSMIC, "id": "PK-1", "version": 1, "patient": PATIENT_IN_FULL}


IN_FULL = {
    "booking": booking_in_full(),
    "care-event": event_in_full(),
    "named-contact": contact_in_full(),
    "patient": card_in_full(),
}
"""Every field of every kind of message filled in. No rule is asked here."""
