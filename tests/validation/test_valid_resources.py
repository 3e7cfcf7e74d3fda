"""What the mapping writes passes, and so does what other systems may lawfully write."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from adapter.validation import R4, validate, warm_up
from mappings.problem import Json

from .changes import put
from .resources import BASIS, CONTACT, PERSON, TEAM_VISIT, VALID, VISIT, as_transaction


@pytest.mark.parametrize("resource", VALID.values(), ids=VALID.keys())
def test_a_valid_resource_has_no_problem(resource: Json) -> None:
    assert validate(resource) == []


@pytest.mark.parametrize("resource", VALID.values(), ids=VALID.keys())
def test_validation_leaves_a_resource_as_it_is(resource: Json) -> None:
    before = deepcopy(resource)
    validate(resource)
    assert resource == before


def test_every_described_type_is_tried() -> None:
    assert {each["resourceType"] for each in VALID.values()} == R4.described


LAWFUL: dict[str, tuple[Json, str, Any]] = {
    "a logical reference": (VISIT, "participant.0.actor", {"identifier": {"system": "urn:x:y", "value": "x"}}),
    "a display alone": (VISIT, "participant.0.actor", {"display": "Tolvan"}),
    "a reference by UUID": (
        VISIT,
        "participant.0.actor",
        {"reference": "urn:uuid:53fefa32-fcbb-4ff8-8a92-55ee120877b7"},
    ),
    "a reference by UUID that says its type": (
        VISIT,
        "participant.0.actor",
        {"reference": "urn:uuid:53fefa32-fcbb-4ff8-8a92-55ee120877b7", "type": "Patient"},
    ),
    "an absolute reference": (
        VISIT,
        "participant.0.actor",
        {"reference": "https://fhir.example/fhir/Patient/1", "type": "Patient"},
    ),
    "an address that is not FHIR's": (VISIT, "participant.0.actor", {"reference": "https://x.example/people/1"}),
    "a version of a resource": (VISIT, "participant.0.actor", {"reference": "Patient/1/_history/2"}),
    "a resource of a type not described here": (VISIT, "reasonReference", [{"reference": "Condition/1"}]),
    "a contained practitioner with a licence": (
        CONTACT,
        "contained.0",
        {"resourceType": "Practitioner", "id": "someone", "qualification": [{"code": {"text": "x"}}]},
    ),
    "a leap second": (VISIT, "created", "2016-12-31T23:59:60Z"),
    "nanoseconds": (VISIT, "created", "2020-01-01T00:00:00.123456789Z"),
    "a year": (PERSON, "birthDate", "1912"),
    "29 February": (PERSON, "birthDate", "1912-02-29"),
    "a family name of a no-break space": (PERSON, "name.0.family", "\u00a0"),
    "an extension of an id": (
        PERSON,
        "_id",
        {"extension": [{"url": "https://x.example/x", "valueCode": "x"}]},
    ),
    "a UUID of version 1": (
        PERSON,
        "extension",
        [{"url": "https://x.example/x", "valueUuid": "urn:uuid:53fefa32-fcbb-1ff8-8a92-55ee120877b7"}],
    ),
    "a picture in a narrative": (
        CONTACT,
        "text.div",
        '<div xmlns="http://www.w3.org/1999/xhtml" xml:lang="sv"><img src="a.png" alt="x"/></div>',
    ),
    "markdown in a note": (BASIS, "note.0.text", "*markdown*\n\n- x"),
    "a cancelled visit with its reason": (VISIT, "status", "cancelled"),
}


@pytest.mark.parametrize(("sound", "path", "value"), LAWFUL.values(), ids=LAWFUL.keys())
def test_what_r4_allows_is_let_through(sound: Json, path: str, value: Any) -> None:
    resource = deepcopy(sound)
    put(path, value)(resource)
    assert validate(resource) == []


def test_a_contained_resource_of_a_type_not_described_is_judged_by_the_models_of_fhir_resources() -> None:
    medication = {"resourceType": "Medication", "id": "pump", "status": "active"}
    visit = deepcopy(VISIT)
    visit["supportingInformation"].append({"reference": "#pump"})
    assert validate({**visit, "contained": [medication]}) == []
    (problem,) = validate({**visit, "contained": [{**medication, "colour": "red"}]})
    assert (problem.rule, problem.fhirpath) == ("IN-20", "Appointment.contained[0]")
    (problem,) = validate({**visit, "contained": [{**medication, "implicitRules": "urn:x:y"}]})
    assert (problem.rule, problem.fhirpath) == ("IN-24", "Appointment.contained[0]")


def test_a_search_is_a_reference_in_a_transaction() -> None:
    transaction = as_transaction(*TEAM_VISIT)
    put("entry.0.resource.participant.0.actor.reference", "Patient?identifier=x")(transaction)
    assert validate(transaction) == []


def test_a_type_of_r4_that_is_not_described_is_refused_as_such() -> None:
    (problem,) = validate({"resourceType": "Observation"})
    assert (problem.rule, problem.fhirpath) == ("IN-20", "Observation")


def test_a_modifier_that_is_understood_is_let_through() -> None:
    url = "https://vardbro.example/fhir/StructureDefinition/not"
    known = replace(R4, modifiers=frozenset((url,)))
    resource = {**PERSON, "modifierExtension": [{"url": url, "valueBoolean": True}]}
    assert validate(resource, known) == []
    assert [each.rule for each in validate(resource)] == ["IN-24"]


def test_warming_up_changes_no_verdict() -> None:
    warm_up()
    warm_up(("Appointment",))
    assert validate(VISIT) == []
