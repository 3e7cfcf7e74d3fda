"""One thing wrong is one problem: its rule, its place, both languages."""

from __future__ import annotations

import pytest

from adapter.validation import RULES, validate

from .defects import DEFECTS, LAXER_THAN_HL7, Defect


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda each: each.name)
def test_a_defect_is_told_by_rule_and_place(defect: Defect) -> None:
    assert validate(defect.sound) == []
    problems = validate(defect.resource)
    assert (defect.rule, defect.fhirpath) in {(each.rule, each.fhirpath) for each in problems}
    assert all(each.refuses and each.path == "" and each.sv and each.en for each in problems)


@pytest.mark.parametrize("defect", [each for each in DEFECTS if each.key], ids=lambda each: each.name)
def test_a_broken_invariant_is_told_by_its_key(defect: Defect) -> None:
    told = [each for each in validate(defect.resource) if each.rule == "IN-22"]
    assert any(f"({defect.key})" in each.sv and f"({defect.key})" in each.en for each in told)


@pytest.mark.parametrize("defect", LAXER_THAN_HL7, ids=lambda each: each.name)
def test_what_is_declared_to_be_let_through_is(defect: Defect) -> None:
    assert validate(defect.resource) == []


def test_every_rule_is_broken_by_some_defect() -> None:
    assert {each.rule for each in DEFECTS} == {each.id for each in RULES}


def test_every_problem_of_a_resource_is_told_at_once() -> None:
    resource = {
        "resourceType": "Appointment",
        "status": "bokad",
        "start": "i morgon",
        "identifier": [{"system": "x", "use": "main"}],
        "participant": [{"actor": {"reference": "Organization/1"}}],
    }
    assert {(each.rule, each.fhirpath) for each in validate(resource)} == {
        ("IN-21", "Appointment.status"),
        ("IN-20", "Appointment.start"),
        ("IN-20", "Appointment.identifier[0]"),
        ("IN-21", "Appointment.identifier[0].use"),
        ("IN-20", "Appointment.participant[0].status"),
        ("IN-23", "Appointment.participant[0].actor"),
        ("IN-22", "Appointment"),
    }
