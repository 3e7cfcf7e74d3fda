"""Whatever JSON stands wherever: problems come back, nothing is raised, and nothing that came in is in them."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.validation import RULES, validate
from mappings.problem import Json, Problem

from .resources import VALID

PLANTED = "191212121212-Tolvansson"
RULE_IDS = {rule.id for rule in RULES}
FHIR_WORDS = st.sampled_from(
    ["id", "extension", "url", "resourceType", "contained", "reference", "valueString", "#", "Patient", "Patient/1", ""]
)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(), FHIR_WORDS)
ANY_JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | FHIR_WORDS, inner, max_size=4),
    max_leaves=8,
)


def places(node: Any, way: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every path in the resource, the resource itself first."""
    below = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [way, *(place for step, child in below for place in places(child, (*way, step)))]


def with_value(resource: Json, way: tuple[str | int, ...], value: Any) -> Any:
    """The resource with something else at the path."""
    if not way:
        return value
    changed = deepcopy(resource)
    node: Any = changed
    for step in way[:-1]:
        node = node[step]
    node[way[-1]] = value
    return changed


SINGLE = {name: resource for name, resource in VALID.items() if resource["resourceType"] != "Bundle"}
PLACES = [(name, way) for name, resource in SINGLE.items() for way in places(resource)]
UNDESCRIBED: Json = {
    "resourceType": "Medication",
    "id": "pump",
    "meta": {"versionId": "1"},
    "contained": [{"resourceType": "Organization", "id": "maker", "name": "x"}],
    "identifier": [{"system": "https://x.example/x", "value": "x"}],
    "status": "active",
    "manufacturer": {"reference": "#maker"},
    "amount": {"numerator": {"value": 1}, "denominator": {"value": 2}},
    "batch": {"lotNumber": "x", "expirationDate": "2030-01-01"},
}
"""A resource of a type that the tables do not describe."""


@settings(deadline=None)
@given(place=st.sampled_from(PLACES), value=ANY_JSON)
def test_any_json_at_any_path_gives_problems(place: tuple[str, tuple[str | int, ...]], value: Any) -> None:
    name, way = place
    problems = validate(with_value(VALID[name], way, value))
    assert all(isinstance(each, Problem) and each.rule in RULE_IDS and each.fhirpath for each in problems)


@settings(deadline=None)
@given(value=ANY_JSON)
def test_any_json_in_a_bundle_gives_problems(value: Any) -> None:
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"fullUrl": "urn:x:y", "resource": value}]}
    assert all(each.rule in RULE_IDS for each in validate(bundle))


@settings(deadline=None)
@given(way=st.sampled_from(places(UNDESCRIBED)), value=ANY_JSON)
def test_any_json_in_a_resource_of_a_type_not_described_gives_problems(way: tuple[str | int, ...], value: Any) -> None:
    entry = {"fullUrl": "urn:x:y", "resource": with_value(UNDESCRIBED, way, value)}
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [entry]}
    assert all(each.rule in RULE_IDS for each in validate(bundle))


@pytest.mark.parametrize("value", [None, True, 0, 1.5, "x", [], {}], ids=repr)
@pytest.mark.parametrize("resource", SINGLE.values(), ids=SINGLE.keys())
def test_every_type_of_json_at_every_path_is_judged(resource: Json, value: Any) -> None:
    for way in places(resource):
        validate(with_value(resource, way, value))


def planted(value: Any) -> list[Any]:
    """The planted text in each form in which it could come."""
    return [PLANTED, [PLANTED], {PLANTED: PLANTED}, {"extension": [{"url": PLANTED, "valueCode": PLANTED}]}, value]


@pytest.mark.parametrize("resource", SINGLE.values(), ids=SINGLE.keys())
def test_no_problem_holds_anything_that_came_in(resource: Json) -> None:
    for way in places(resource):
        for value in planted(PLANTED):
            told = repr(validate(with_value(resource, way, value)))
            assert PLANTED not in told
            assert "191212121212" not in told


@pytest.mark.parametrize("way", places(UNDESCRIBED), ids=str)
def test_no_problem_holds_anything_of_a_resource_of_a_type_not_described(way: tuple[str | int, ...]) -> None:
    for value in planted(PLANTED):
        visit = {**VALID["a row of the waiting list"], "contained": [with_value(UNDESCRIBED, way, value)]}
        assert "191212121212" not in repr(validate(visit))


def test_an_unknown_element_is_told_only_by_the_known_one_that_it_is_like() -> None:
    (problem,) = validate({**VALID["a patient"], "birthdate": "1912-12-12"})
    assert "birthDate" in problem.en
    (problem,) = validate({**VALID["a patient"], PLANTED: "x"})
    assert PLANTED not in repr(problem)


def test_a_resource_nested_too_deeply_is_refused() -> None:
    deep: Json = {"url": "https://x.example/x", "valueCode": "x"}
    for _ in range(5000):
        deep = {"url": "https://x.example/x", "extension": [deep]}
    (problem,) = validate({"resourceType": "Patient", "extension": [deep]})
    assert (problem.rule, problem.fhirpath) == ("IN-20", "Patient")


def test_a_contained_resource_of_a_type_not_described_nested_too_deeply_is_refused() -> None:
    deep: Json = {"url": "https://x.example/x", "valueCode": "x"}
    for _ in range(240):
        deep = {"url": "https://x.example/x", "extension": [deep]}
    appointment = {
        **VALID["a row of the waiting list"],
        "contained": [{"resourceType": "Medication", "id": "pump", "extension": [deep]}],
        "supportingInformation": [{"reference": "#pump"}],
    }
    assert {each.rule for each in validate(appointment)} == {"IN-20"}


def test_of_a_body_of_junk_a_hundred_problems_are_told() -> None:
    junk: list[Any] = [{str(number): number for number in range(300)}] * 300
    for _ in range(3):
        junk = [{"url": "https://x.example/x", "extension": junk}] * 300
    assert len(validate({"resourceType": "Patient", "extension": junk, "name": junk})) == 100


def test_what_json_reads_as_numbers_is_judged_as_numbers() -> None:
    huge = json.loads('{"resourceType": "Patient", "multipleBirthInteger": 99999999999999999999999}')
    assert [each.fhirpath for each in validate(huge)] == ["Patient.multipleBirth"]
