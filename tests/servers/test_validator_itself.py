"""The official validator finds what it must, so that its silence over a golden file means something."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from mappings.problem import Json

from .needs import java_and_maven, skip_or_fail
from .noise import unexpected, unused
from .validator import Issue, Validator, asking, running_validator

HERE = "https://vardbro.example/fhir"
EXTENSION = f"{HERE}/StructureDefinition/oracle-itself"
HL7 = "http://terminology.hl7.org/CodeSystem"
URN = "urn:uuid:6d3bd2ff-6ba7-4e0d-8d43-6e5cb5a5a5a"

PERSON: Json = {
    "resourceType": "Patient",
    "identifier": [{"system": "http://electronichealth.se/identifier/personnummer", "value": "191212121212"}],
    "name": [{"family": "Tolvansson", "given": ["Tolvan"]}],
}
BOOKED: Json = {
    "resourceType": "Appointment",
    "status": "booked",
    "start": "2026-11-24T13:00:00+01:00",
    "end": "2026-11-24T14:00:00+01:00",
    "minutesDuration": 60,
    "participant": [
        {"actor": {"reference": "Patient/1"}, "status": "accepted"},
        {
            "type": [{"coding": [{"system": f"{HL7}/v3-ParticipationType", "code": "PPRF"}]}],
            "actor": {"reference": "PractitionerRole/1"},
            "status": "accepted",
            "period": {"start": "2026-11-24T13:00:00+01:00", "end": "2026-11-24T14:00:00+01:00"},
        },
    ],
}
KIND = {"system": "https://fhir.inera.se/ig/careteam/CodeSystem/typ-av-careteam-cs", "code": "fast-kontakt"}
CONTACT: Json = {
    "resourceType": "CareTeam",
    "status": "active",
    "category": [{"coding": [KIND]}],
    "subject": {"reference": "Patient/1"},
    "participant": [{"member": {"reference": "PractitionerRole/1"}}],
}


def changed(resource: Json, path: str, value: object = None) -> Json:
    """A copy in which the element at `path` (as in `participant.0.status`) is the value, or gone where that is None."""
    copy = deepcopy(resource)
    *steps, last = (int(step) if step.isdigit() else step for step in path.split("."))
    part: Any = copy
    for step in steps:
        part = part[step]
    if value is None:
        del part[last]
    else:
        part[last] = value
    return copy


def bundle(*resources: Json) -> Json:
    """A collection whose resources are called `URN` and 0, 1 …"""
    entries = [
        {"fullUrl": f"{URN}{n}", "resource": {**resource, "id": f"{URN}{n}".removeprefix("urn:uuid:")}}
        for n, resource in enumerate(resources)
    ]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def says(issues: list[Issue]) -> set[tuple[str, str]]:
    """Message and place of all that counts; of an invariant its key alone."""
    return {(i.message_id.rpartition("#")[2], i.location) for i in issues if i.severity != "information"}


WITHOUT_TIMES = changed(changed(BOOKED, "start"), "end")
BY_ITSELF = {**BOOKED, "participant": BOOKED["participant"][:1]}

RIGHT = {
    "a booking": BOOKED,
    "a row of a waiting list without times": {**WITHOUT_TIMES, "status": "waitlist"},
    "a named contact": CONTACT,
    "a patient": PERSON,
    "a bundle that refers to its own": bundle(PERSON, changed(BY_ITSELF, "participant.0.actor.reference", f"{URN}0")),
}


@pytest.mark.parametrize("right", RIGHT.values(), ids=RIGHT.keys())
def test_it_has_nothing_to_say_of(hl7_validator: Validator, right: Json) -> None:
    assert says(hl7_validator.ask(right)) == set()


WRONG = {
    "a status that is none": (
        changed(BOOKED, "status", "bookedd"),
        ("Terminology_TX_NoValid_16", "Appointment.status"),
    ),
    "no status": (changed(BOOKED, "status"), ("Validation_VAL_Profile_Minimum", "Appointment")),
    "no participant": (changed(BOOKED, "participant"), ("Validation_VAL_Profile_Minimum", "Appointment")),
    "a participant of no kind": (changed(BOOKED, "participant.0.actor"), ("app-1", "Appointment.participant[0]")),
    "a start without end": (changed(BOOKED, "end"), ("app-2", "Appointment")),
    "a booked time without times": (WITHOUT_TIMES, ("app-3", "Appointment")),
    "a reason to cancel what is booked": (
        changed(BOOKED, "cancelationReason", {"text": "Sjuk"}),
        ("app-4", "Appointment"),
    ),
    "a time without zone": (
        changed(BOOKED, "start", "2026-11-24T13:00:00"),
        ("Type_Specific_Checks_DT_DateTime_Regex", "Appointment.start"),
    ),
    "a number in quotes": (changed(BOOKED, "minutesDuration", "60"), ("", "Appointment.minutesDuration")),
    "an element that R4 does not have": (changed(BOOKED, "colour", "red"), ("", "Appointment")),
    "an empty list": (changed(PERSON, "name", []), ("", "Patient.name")),
    "a team where only people may stand": (
        changed(BOOKED, "participant.0.actor.reference", "CareTeam/1"),
        ("Reference_REF_BadTargetType2", "Appointment.participant[0].actor"),
    ),
    "a reference to no type": (
        changed(BOOKED, "participant.0.actor.reference", "Foo/1"),
        ("REFERENCE_REF_SUSPICIOUS", "Appointment.participant[0].actor"),
    ),
    "a reference out of the bundle": (
        bundle(changed(BY_ITSELF, "participant.0.actor.reference", f"{URN}7")),
        ("Bundle_BUNDLE_Not_Local", f"Bundle.entry[0].resource/*Appointment/{URN[9:]}0*/.participant[0].actor"),
    ),
    "a code that HL7 does not have": (
        changed(BOOKED, "participant.1.type.0.coding.0.code", "PPRFF"),
        ("Unknown_Code_in_Version", "Appointment.participant[1].type[0].coding[0].code"),
    ),
    "a code that the national table does not have": (
        changed(CONTACT, "category.0.coding.0.code", "fastkontakt"),
        ("Unknown_Code_in", "CareTeam.category[0].coding[0].code"),
    ),
    "a misspelt code system": (
        changed(CONTACT, "category.0.coding.0.system", "https://fhir.inera.se/ig/careteam/typ"),
        ("UNKNOWN_CODESYSTEM", "CareTeam.category[0].coding[0].system"),
    ),
    "a misspelt identifier system": (
        changed(PERSON, "identifier.0.system", "http://electronichealth.se/identifier/personnumer"),
        ("Type_Specific_Checks_DT_URL_Resolve", "Patient.identifier[0].system"),
    ),
    "an extension that nobody described": (
        changed(BOOKED, "extension", [{"url": f"{EXTENSION}-unknown", "valueBoolean": True}]),
        ("Extension_EXT_Unknown_NotHere", "Appointment.extension[0]"),
    ),
}


@pytest.mark.parametrize(("wrong", "message"), WRONG.values(), ids=WRONG.keys())
def test_it_finds(hl7_validator: Validator, wrong: Json, message: tuple[str, str]) -> None:
    issues = hl7_validator.ask(wrong)
    assert message in says(issues)
    assert unexpected(issues)


@pytest.mark.parametrize(
    "body",
    [b'{"resourceType": "Patient", "active": true, "active": true}', b'{"resourceType": "Patient"', b"", b"<Patient/>"],
    ids=["a doubled key", "half a document", "nothing", "XML"],
)
def test_it_refuses_json_that_is(hl7_validator: Validator, body: bytes) -> None:
    assert {issue.severity for issue in hl7_validator.ask(body)} & {"error", "fatal"}


def test_it_reads_a_resource_over_many_lines_and_in_swedish(hl7_validator: Validator) -> None:
    written = json.dumps(changed(PERSON, "name.0.family", "Åström Öhman"), indent=2, ensure_ascii=False)
    assert says(hl7_validator.ask(written.encode())) == set()
    assert says(hl7_validator.ask(BOOKED)) == set()


def test_a_profile_that_is_not_loaded_is_said_and_the_next_question_is_answered(hl7_validator: Validator) -> None:
    [issue] = hl7_validator.ask(BOOKED, profiles=[f"{HERE}/StructureDefinition/none"])
    assert (issue.severity, issue.text) == ("fatal", f"profile not loaded: {HERE}/StructureDefinition/none")
    assert says(hl7_validator.ask(BOOKED)) == set()


# What it is known to miss, or to say wrongly. Where one of these fails after an upgrade, that is good news.


def test_it_follows_a_misprint_in_r4_and_refuses_a_reason_at_noshow(hl7_validator: Validator) -> None:
    """App-4 says `no-show`, which is no status: why our reason stands in an extension there."""
    missed = {**BOOKED, "status": "noshow", "cancelationReason": {"text": "Uteblev"}}
    assert says(hl7_validator.ask(missed)) == {("app-4", "Appointment")}


def test_it_misses_a_forbidden_type_in_a_reference_by_identifier(hl7_validator: Validator) -> None:
    logical = {"type": "CareTeam", "identifier": {"system": "urn:oid:1.2.752.29.4.19", "value": "SE2321000115-T1"}}
    assert says(hl7_validator.ask(changed(BOOKED, "participant.0.actor", logical))) == set()


def test_it_misses_a_relative_reference_that_leads_nowhere(hl7_validator: Validator) -> None:
    assert says(hl7_validator.ask(bundle(PERSON, BY_ITSELF))) == set()


def test_known_noise_is_what_it_really_says_and_all_that_it_says_of_these(hl7_validator: Validator) -> None:
    labels = [
        {"system": f"{HL7}/v3-ActCode", "code": "DEMO"},
        {"system": "http://hl7.se/fhir/ig/base/CodeSystem/SecurityLabel", "code": "sekretessmarkering"},
    ]
    issues = hl7_validator.ask({**PERSON, "meta": {"security": labels}})
    assert unused(issues) == []
    assert unexpected(issues) == []


FLAG: Json = {
    "resourceType": "StructureDefinition",
    "url": EXTENSION,
    "name": "OracleItself",
    "status": "draft",
    "fhirVersion": "4.0.1",
    "kind": "complex-type",
    "abstract": False,
    "type": "Extension",
    "context": [{"type": "element", "expression": "Appointment"}],
    "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Extension",
    "derivation": "constraint",
    "differential": {
        "element": [
            {"id": "Extension", "path": "Extension"},
            {"id": "Extension.url", "path": "Extension.url", "fixedUri": EXTENSION},
            {"id": "Extension.value[x]", "path": "Extension.value[x]", "min": 1, "type": [{"code": "boolean"}]},
        ]
    },
}
COMMENTED: Json = {
    **changed(changed(FLAG, "context"), "name", "OracleBooking"),
    "url": f"{HERE}/StructureDefinition/oracle-booking",
    "kind": "resource",
    "type": "Appointment",
    "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Appointment",
    "differential": {"element": [{"id": "Appointment.comment", "path": "Appointment.comment", "min": 1}]},
}


def test_definitions_of_our_own_are_held_against_what_uses_them(tmp_path: Path) -> None:
    skip_or_fail(java_and_maven())
    for definition in (FLAG, COMMENTED):
        (tmp_path / f"{definition['name']}.json").write_text(json.dumps(definition))
    flagged = {**BOOKED, "extension": [{"url": EXTENSION, "valueBoolean": True}]}
    with running_validator(tmp_path) as address, asking(address) as validator:
        assert says(validator.ask(flagged)) == set()
        assert ("Extension_EXT_Type", "Appointment.extension[0]") in says(
            validator.ask(changed(flagged, "extension.0", {"url": EXTENSION, "valueString": "yes"}))
        )
        assert ("Extension_EXTP_Context_Wrong", "Patient") in says(
            validator.ask({**PERSON, "extension": flagged["extension"]})
        )
        assert says(validator.ask(BOOKED, [COMMENTED["url"]])) == {("Validation_VAL_Profile_Minimum", "Appointment")}
