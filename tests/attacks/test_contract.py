"""What the gateway publishes of itself is so: its own OpenAPI document, put to the test by schemathesis."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
import jsonschema_rs
import orjson
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
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

BOUNDED = settings(
    max_examples=25,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)

reached: Counter[str] = Counter()
"""Operations of the contract, and how often each was asked."""


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Region]:
    with (
        running_sandbox() as fhir,
        starting(tmp_path_factory.mktemp("contract"), fhir, longest_wait=0.1) as base,
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


published = schemathesis.pytest.from_fixture("contract")


@published.parametrize()
@BOUNDED
def test_every_answer_is_one_that_the_contract_tells_of(case: Any, region: Region) -> None:
    reached[f"{case.method} {case.path}"] += 1
    case.call_and_validate(checks=CHECKS, headers={"Authorization": "Bearer operatoroperator"})


def test_every_operation_of_the_contract_was_reached(document: Json) -> None:
    operations = {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}
    assert operations == set(reached)


def test_the_contract_tells_of_every_door(region: Region, document: Json) -> None:
    doors = {"/v1/bookings", "/v1/care-events", "/v1/named-contacts"}
    expected = doors | {f"{door}/check" for door in doors} | {f"{door}/{{source}}/{{number}}" for door in doors}
    expected |= {"/v1/bookings/search", "/v1/named-contacts/search", "/v1/bookings/{source}/{number}/cancel"}
    expected |= {"/v1/messages/{id}", "/fhir/metadata", "/health/live", "/health/ready"}
    assert set(document["paths"]) == expected
    assert region.operator.get("/docs").status_code == 200


def _schema(document: Json, name: str) -> Any:
    whole = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    return jsonschema_rs.validator_for(whole, validate_formats=True)


MODELS = {"booking": "Booking", "care-event": "CareEvent", "named-contact": "NamedContact"}
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
