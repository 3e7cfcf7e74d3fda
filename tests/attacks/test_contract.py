"""What the gateway publishes of itself is so: its own OpenAPI document, put to the test by schemathesis."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
import jsonschema_rs
import orjson
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from adapter.sandbox import running_sandbox
from mappings.problem import Json
from mappings.rules.lives import LIVES
from mappings.rules.stepping import OF_GROUP
from tests.benchmarks.people import SOURCE
from tests.doors.conftest import TOLVAN, Region, physician, pushed, single, starting
from tests.golden.corpus import index

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
]
"""That a lawful body is accepted is no promise of the contract: the rules decide, and they are no schema."""

BOUNDED = settings(max_examples=20, deadline=None, database=None, suppress_health_check=list(HealthCheck))

DOORS = ("/v1/bookings", "/v1/care-events", "/v1/named-contacts", "/v1/patients")
OPERATIONS = [
    *(("POST", door) for door in DOORS),
    *(("POST", f"{door}/check") for door in DOORS),
    *(("GET", f"{door}/{{source}}/{{number}}") for door in DOORS),
    *(("POST", f"/v1/bookings/{{source}}/{{number}}/{step}") for step in LIVES["booking"].doors),
    *(("POST", f"/v1/care-events/{{source}}/{{number}}/{step}") for step in LIVES["care-event"].doors),
    ("POST", "/v1/bookings/{source}/{number}/decline"),
    ("GET", "/v1/bookings/{source}/{number}/timeline"),
    *(("POST", f"/v1/groups/{{source}}/{{id}}/{step}") for step in (*OF_GROUP, "move")),
    ("GET", "/v1/care-events/{source}/{number}/timeline"),
    *(("POST", f"/v1/named-contacts/{{source}}/{{number}}/{step}") for step in LIVES["named-contact"].doors),
    ("GET", "/v1/named-contacts/{source}/{number}/timeline"),
    ("PUT", "/v1/chains/{source}/{id}"),
    ("GET", "/v1/chains/{source}/{id}"),
    ("GET", "/v1/changes"),
    ("POST", "/v1/direct-cases"),
    ("POST", "/v1/patients/merge"),
    ("POST", "/v1/patients/unmerge"),
    ("POST", "/v1/bookings/search"),
    ("POST", "/v1/care-events/search"),
    ("POST", "/v1/named-contacts/search"),
    ("POST", "/v1/waiting-list/search"),
    ("GET", "/v1/messages/{id}"),
    ("GET", "/fhir/metadata"),
    ("GET", "/health/live"),
    ("GET", "/health/ready"),
]


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Region]:
    with (
        running_sandbox() as fhir,
        starting(tmp_path_factory.mktemp("contract"), fhir) as base,
        closing(Region(base, fhir)) as region,
    ):
        pushed(region.cosmic, "bookings", single("B-1"))
        pushed(region.cosmic, "named-contacts", physician("F-1", TOLVAN))
        yield region


@pytest.fixture(scope="module")
def document(region: Region) -> Json:
    read: Json = region.operator.get("/openapi.json").json()
    return read


@pytest.fixture(scope="module")
def contract(document: Json, region: Region) -> Any:
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=region.base)
    return schema


def test_the_contract_tells_of_every_door(region: Region, document: Json) -> None:
    told = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert told == set(OPERATIONS)
    assert region.operator.get("/docs").status_code == 200


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_answer_is_one_that_the_contract_tells_of(
    contract: Any, method: str, path: str, mode: GenerationMode
) -> None:
    """Bodies, headers and paths as the contract has them, and others."""

    @BOUNDED
    @given(case=contract[path][method].as_strategy(generation_mode=mode))
    def asked(case: Any) -> None:
        case.call_and_validate(checks=CHECKS, headers={"Authorization": "Bearer operatoroperator"})

    try:
        asked()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE, "only what takes nothing cannot be asked wrongly"
        assert path in ("/fhir/metadata", "/health/live", "/health/ready")


BY_BOTH = ("cancel", "rebook", "decline")
THERE = [
    *(("GET", f"{door}/{{source}}/{{number}}", GenerationMode.POSITIVE) for door in DOORS),
    *(("POST", f"/v1/bookings/{{source}}/{{number}}/{step}", mode) for step in BY_BOTH for mode in GenerationMode),
]


@pytest.mark.parametrize(("method", "path", "mode"), THERE)
def test_so_is_every_answer_of_what_is_there(contract: Any, method: str, path: str, mode: GenerationMode) -> None:
    """What nobody has sent is 404 before anything else is looked at."""
    there = {"source": SOURCE, "number": "F-1" if "contacts" in path else "B-1"}

    @BOUNDED
    @given(case=contract[path][method].as_strategy(generation_mode=mode, path_parameters=there))
    def asked(case: Any) -> None:
        case.path_parameters = there
        case.call_and_validate(checks=CHECKS, headers={"Authorization": "Bearer operatoroperator"})

    asked()


@pytest.mark.parametrize("step", ["cancel", "rebook", "book", "confirm"])
def test_so_is_every_answer_to_a_patient(contract: Any, step: str) -> None:
    there = {"source": SOURCE, "number": "B-1"}
    path = "/v1/bookings/{source}/{number}/" + step

    @BOUNDED
    @given(case=contract[path]["POST"].as_strategy(path_parameters=there))
    def asked(case: Any) -> None:
        case.path_parameters = there
        case.call_and_validate(checks=CHECKS, headers={"Authorization": "Bearer tolvantolvan"})

    asked()


def _schema(document: Json, name: str) -> Any:
    whole = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    return jsonschema_rs.validator_for(whole, validate_formats=True)


MODELS = {"booking": "Booking", "care-event": "CareEvent", "named-contact": "NamedContact", "patient": "PatientCard"}
ACCEPTED, REFUSED = index()


@pytest.mark.parametrize("entry", ACCEPTED, ids=lambda entry: entry.file)
def test_every_message_that_is_accepted_fits_the_published_schema(document: Json, entry: Any) -> None:
    _schema(document, MODELS[entry.kind]).validate(orjson.loads(entry.body))


def test_every_push_has_an_example_that_would_be_accepted(region: Region, document: Json) -> None:
    for path, methods in document["paths"].items():
        if path.endswith("/check"):
            example = methods["post"]["requestBody"]["content"]["application/json"]["example"]
            answer = region.operator.post(path, json=example)
            assert answer.status_code == 200 or "IN-15" in answer.text, answer.text


def test_whoever_is_shown_a_message_is_shown_what_the_schema_says(region: Region, document: Json) -> None:
    for caller, (door, kind) in itertools.product(
        ("cosmic", "nurse", "portal", "operator"), (("bookings", "Booking"), ("named-contacts", "NamedContact"))
    ):
        client: httpx.Client = getattr(region, caller)
        items = client.post(f"/v1/{door}/search", json={"patient": TOLVAN["identity"]}).json()["items"]
        assert items or (caller, door) == ("portal", "named-contacts")
        for item in items:
            _schema(document, f"{kind}Shown").validate(item)
