"""The models of `fhir.resources` as a second witness: what they refuse, `validate` refuses, but for their own errors.

So nothing is lost by not asking them about the described types: they are needed for the others alone.
"""

from __future__ import annotations

import subprocess
import sys
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from adapter.validation import R4, validate
from adapter.validation.models import model
from mappings.problem import Json

from .defects import DEFECTS, Defect
from .resources import PERSON, VALID
from .test_never_raises import ANY_JSON, PLACES, with_value


def models_refuse(resource: Json) -> bool:
    """Whether the model refuses the resource, or fails over it."""
    try:
        model(resource["resourceType"]).model_validate(resource)
    except ValidationError:
        return True
    return False


@pytest.mark.parametrize("resource", VALID.values(), ids=VALID.keys())
def test_the_models_accept_what_is_valid(resource: Json) -> None:
    assert not models_refuse(resource)


@settings(deadline=None)
@given(place=st.sampled_from(PLACES), value=ANY_JSON)
def test_what_the_models_refuse_is_refused(place: tuple[str, tuple[str | int, ...]], value: Any) -> None:
    changed = with_value(VALID[place[0]], place[1], value)
    if not validate(changed):
        assert not models_refuse(changed) or is_theirs(value)


def is_theirs(value: Any) -> bool:
    """Whether a text in it has white space that only Unicode calls so: R4 allows it, the models in part do not."""
    if isinstance(value, dict):
        return any(map(is_theirs, value.values()))
    if isinstance(value, list):
        return any(map(is_theirs, value))
    return isinstance(value, str) and any(each.isspace() and each not in " \t\r\n" for each in value)


def test_the_models_refuse_some_of_what_r4_allows() -> None:
    """Why they do not have the last word: each of these is let through, as by HL7's validator."""
    mark = {"extension": [{"url": "https://x.example/x", "valueCode": "x"}]}
    uuid = "urn:uuid:53fefa32-fcbb-1ff8-8a92-55ee120877b7"
    lawful = (
        {**PERSON, "name": [{"family": "\u00a0"}]},
        {**PERSON, "_id": mark},
        {**PERSON, "extension": [{"url": "https://x.example/x", "valueUuid": uuid}]},
        {**PERSON, "extension": [{"url": "https://x.example/x", "_valueCode": mark}]},
    )
    for resource in lawful:
        assert models_refuse(deepcopy(resource))
        assert validate(resource) == []


def test_the_models_alone_miss_most_defects() -> None:
    described = [each for each in DEFECTS if each.resource.get("resourceType") in R4.described]
    assert len([each for each in described if caught_by_models(each)]) < len(described) / 2


def caught_by_models(defect: Defect) -> bool:
    try:
        return models_refuse(defect.resource)
    except KeyError:  # they fail over a nested type that is none
        return True


def test_the_models_are_not_loaded_for_described_types() -> None:
    program = (
        "import sys; from adapter.validation import validate, warm_up; warm_up(); "
        "assert validate({'resourceType': 'Patient'}) == []; "
        "sys.exit(any(name.startswith('fhir.resources') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
