"""A lawful message of every kind, one difference at a time, and what the rules say of it."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import datetime
from typing import Any, Final

from mappings.problem import Json, Problem
from mappings.region.catalogue import Catalogue
from mappings.region.people import Patient, Protection
from mappings.region.reading import Message, read
from mappings.resources.outline import GRAPHS
from mappings.rules.rulebook import Facts, Judged, judge
from tests.region.sample import sample

NOW = datetime.fromisoformat("2026-11-20T09:00:00+01:00")

COSMIC = "SE2321000115-COSMIC"
MILLENNIUM = "SE2321000115-MILLENNIUM"
CLINIC, HEALTH_CENTRE, HOME_CARE_UNIT = (f"SE2321000115-E0000000001{number}" for number in ("01", "20", "30"))

GONE: Final = object()
"""`changed(message, pointer, GONE)` takes the member away."""

WITHOUT_FHIRPATH: frozenset[str] = frozenset({"/id"})
"""Places that are no one element of a resource: the id of a patient's card stands in the ledger alone."""


def patient() -> Json:
    return {
        "identity": {"kind": "personnummer", "value": "191212121212"},
        "name": {"given": ["Tolvan"], "family": "Tolvansson"},
    }


def booking() -> Json:
    """A new visit to a physician, on a full basis, booked; every field of the form is said."""
    return {
        "source": COSMIC,
        "number": "4711-0142",
        "version": 3,
        "patient": patient(),
        "form": "single",
        "status": "booked",
        "contactType": "mottagningsbesok",
        "visitType": "nybesok",
        "acute": False,
        "performingUnit": CLINIC,
        "responsibleUnit": CLINIC,
        "noMedicalConnection": True,
        "basis": {
            "kind": "full",
            "number": "BU-88",
            "registered": "2026-10-05",
            "watchInterval": "P84D",
            "targetDate": "2026-12-28",
            "customer": "region-halland",
            "agreement": "oppenvard",
        },
        "lines": [
            {
                "number": "1",
                "owner": True,
                "profession": "lakare",
                "staff": "SE2321000115-P0001",
                "careService": "mottagningsbesok-lakare",
                "start": "2026-11-24T13:00:00+01:00",
                "duration": "PT30M",
            }
        ],
        "summons": {"way": "digital", "freeText": "Ta med blodsockerdagbok.\nKom tio minuter före."},
    }


def waiting() -> Json:
    """The same visit while it is on the waiting list."""
    message = changed(booking(), "/status", "waiting")
    return changed(changed(message, "/lines/0/start", GONE), "/version", 2)


def preliminary() -> Json:
    return changed(booking(), "/status", "preliminary")


def cancelled() -> Json:
    message = changed(booking(), "/status", "cancelled")
    return changed(message, "/cancellation", {"reason": "patienten-avbokar", "at": "2026-11-20T08:00:00+01:00"})


def team() -> Json:
    """A team visit of a physician, who owns it, and a dietitian."""
    message = booking()
    owner = message["lines"][0] | {"careService": "diabetesteam-nybesok", "duration": "PT60M"}
    owner["ownTreatmentResponsibility"] = True
    member = owner | {
        "number": "2",
        "owner": False,
        "profession": "dietist",
        "staff": "SE2321000115-P0002",
        "careService": "medverkande-dietist",
    }
    return message | {"form": "team", "jointAssessment": True, "lines": [owner, member]}


def event() -> Json:
    """A visit to a physician, carried out."""
    return {
        "source": COSMIC,
        "number": "VH-1",
        "version": 1,
        "patient": patient(),
        "booking": "4711-0142",
        "form": "single",
        "status": "finished",
        "eventType": "specialised",
        "contactType": "mottagningsbesok",
        "performingUnit": CLINIC,
        "responsibleUnit": CLINIC,
        "start": "2026-11-24T13:05:00+01:00",
        "end": "2026-11-24T13:40:00+01:00",
        "producingInstitution": CLINIC,
        "careCommitment": {"number": "VA-7"},
        "diagnoses": [{"number": "1", "code": "E11.9"}],
        "lines": [{"number": "1", "owner": True, "profession": "lakare", "staff": "SE2321000115-P0001"}],
    }


def team_event() -> Json:
    message = event()
    member = {"number": "2", "owner": False, "profession": "dietist", "staff": "SE2321000115-P0002"}
    lines = [line | {"documented": True} for line in (*message["lines"], member)]
    return message | {"form": "team", "jointAssessment": True, "lines": lines}


def planned_event() -> Json:
    """The care event of a booked visit, before the patient comes."""
    message = event() | {"status": "planned", "bookedTime": "2026-11-24T13:00:00+01:00"}
    return {name: said for name, said in message.items() if name not in BEGUN}


BEGUN = frozenset({"start", "end", "eventType", "diagnoses"})
"""What an event says only once it has begun; a planned one's type is derived."""


def millennium(visit_type: str = "Pv SSK Återbesök") -> Json:
    """A visit to a nurse at a health centre, in Millennium; type, care area, kind and profession are derived."""
    message = event() | {"source": MILLENNIUM, "visitType": visit_type, "contactType": "besok", "origin": "dropIn"}
    message |= {"reason": "behandling-ospecificerad", "lines": [{"number": "1", "owner": True}]}
    return {name: said for name, said in message.items() if name not in ("booking", "eventType", "careCommitment")}


def physician() -> Json:
    """A fixed physician in primary care, complete."""
    return {
        "source": COSMIC,
        "id": "FK-1",
        "version": 1,
        "patient": patient(),
        "kind": "physician",
        "status": "active",
        "start": "2026-01-01",
        "person": {
            "name": {"given": ["Frida"], "family": "Testsson"},
            "hsaId": "SE2321000115-P0003",
            "position": "201011",
            "contactWays": [{"way": "phone", "value": "035-99 88 77", "shownToPatient": True}],
        },
        "unit": unit(),
        "attested": {"competence": "generalMedicine", "listedAtUnit": True, "regionallyFunded": True},
    }


def unit() -> Json:
    return {
        "hsaId": HEALTH_CENTRE,
        "name": "Vårdcentralen Nyhem",
        "careProvider": "SE2321000115-E000000000001",
        "street": "Nyhemsgatan 5",
        "postalCode": "302 49",
        "town": "Halmstad",
        "eServices": [{"name": "Boka tid", "url": "https://e-tjanster.example.org/120/boka"}],
        "publicPhone": "035-12 35 00",
        "careToCarePhone": "035-12 35 01",
    }


def care_contact() -> Json:
    """A fixed care contact, complete, with a team."""
    message = physician() | {"id": "FK-2", "kind": "careContact", "attested": {"lifeThreatening": False}}
    message["team"] = {"id": "T-1", "name": "Hjärtteamet"}
    return message


def coordinator() -> Json:
    attested = {"lifeThreatening": False, "mainCareGivenHere": True}
    return care_contact() | {"id": "FK-3", "kind": "coordinatingCareContact", "attested": attested}


def home_care() -> Json:
    """A fixed home-care contact, complete, without HSA-ids."""
    return physician() | {
        "id": "FK-4",
        "kind": "homeCareContact",
        "person": {
            "name": {"given": ["Hilma"], "family": "Exempelsson"},
            "localId": "anst-17",
            "contactWays": [{"way": "phone", "value": "035-99 88 66", "shownToPatient": True}],
        },
        "unit": {"localId": "hemtjanst-soder", "name": "Hemtjänsten Söder", "town": "Halmstad"},
        "attested": {"assistantNurse": "protectedTitle", "partOfUnit": True},
    }


def other() -> Json:
    """A contact that no law names."""
    message = physician() | {"id": "FK-5", "kind": "other", "role": "kontaktsjukskoterska"}
    message["about"] = "Frågor om din behandling"
    del message["attested"]
    return message


def changed(message: Json, pointer: str, value: Any) -> Json:
    """The message with one place changed, or taken away (`GONE`)."""
    whole = deepcopy(message)
    *steps, last = pointer.strip("/").split("/")
    node: Any = whole
    for step in steps:
        node = node[int(step)] if isinstance(node, list) else node.setdefault(step, {})
    key = int(last) if isinstance(node, list) else last
    if value is GONE:
        del node[key]
    else:
        node[key] = value
    return whole


def of_a_child(message: Json) -> Json:
    """Whose guardian still sees what is hers (RE-1)."""
    return changed(message, "/patient/identity/value", "201701102384")


def kind_of(message: Json) -> str:
    if "kind" in message:
        return "named-contact"
    if "status" not in message:
        return "patient"
    return "booking" if "basis" in message or message["number"] == booking()["number"] else "care-event"


def parsed(message: Json, catalogue: Catalogue | None = None) -> Any:
    """The message as read. Raises AssertionError on an error of form."""
    got = read(kind_of(message), json.dumps(message).encode(), catalogue or sample())
    assert got.message is not None, got.problems
    return got.message


def accepted(message: Json, **facts: Any) -> Any:
    """The message as it stands in the ledger. Raises AssertionError where it is refused."""
    judged = judging(message, **facts)
    assert not judged.refused, judged.problems
    return judged.message


def judging(
    message: Json,
    *,
    previous: Json | None = None,
    contacts: tuple[Json, ...] = (),
    others: tuple[Json, ...] = (),
    known: Patient | None = None,
    deceased: bool = False,
    protection: Protection | None = None,
    booking_known: bool = True,
    visit: Json | None = None,
    replaced: Json | None = None,
    now: datetime = NOW,
    catalogue: Catalogue | None = None,
) -> Judged[Message]:
    """What the rules make of a message; `previous`, `contacts`, `others` and `visit` (the booking carried out) as
    they were sent."""
    region = catalogue or sample()
    sent = parsed(message, region)
    return judge(
        Facts(
            message=sent,
            sent=sent,
            catalogue=region,
            source=region.sources[sent.source],
            now=now,
            previous=None if previous is None else parsed(previous, region),
            contacts=tuple(parsed(one, region) for one in contacts),
            known=known,
            deceased=deceased,
            protection=protection,
            booking_known=booking_known,
            booking=None if visit is None else parsed(visit, region),
            others=tuple(parsed(one, region) for one in others),
            replaced=None if replaced is None else parsed(replaced, region),
        ),
        GRAPHS[kind_of(message)].fhirpath,
    )


def refusals(message: Json, **facts: Any) -> list[tuple[str, str]]:
    """(rule, pointer) of all that refuses it; each well told. Raises AssertionError where something warns beside."""
    problems = judging(message, **facts).problems
    assert [problem for problem in problems if not problem.refuses] == []
    return [_well_told(problem) for problem in problems]


def warnings(message: Json, **facts: Any) -> list[tuple[str, str]]:
    """(rule, pointer) of all that it is warned about; each well told. Raises AssertionError where it is refused."""
    judged = judging(message, **facts)
    assert not judged.refused, judged.problems
    return [_well_told(problem) for problem in judged.problems]


def derived(message: Json, **facts: Any) -> list[tuple[str, str]]:
    """(rule, pointer) of all that was filled in or taken away. Raises AssertionError where it is refused."""
    judged = judging(message, **facts)
    assert not judged.refused, judged.problems
    return [(one.rule, one.path) for one in judged.derived]


def lawful(message: Json, **facts: Any) -> bool:
    """True where nothing is said against it, not even a warning."""
    return not judging(message, **facts).problems


def _well_told(problem: Problem) -> tuple[str, str]:
    """Both languages, whole sentences, and the element in FHIR terms where the field has one."""
    for text in (problem.sv, problem.en):
        assert text[0].isupper(), problem
        assert text.endswith("."), problem
    assert problem.sv != problem.en, problem
    assert problem.fhirpath or problem.path in WITHOUT_FHIRPATH, problem
    return problem.rule, problem.path
