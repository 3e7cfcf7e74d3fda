"""`metadata` states exactly what there is: everything in it works, and nothing else does."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from fhir.resources.R4B.capabilitystatement import CapabilityStatement

from adapter.sandbox.resource_types import SEARCH_PARAMS
from tests.sandbox.resources import Json, told
from tests.servers.validator import Validator

VALUES = {"token": "x", "reference": "x", "string": "x", "uri": "urn:oid:1.2", "date": "2026"}


@pytest.fixture
def rest(client: httpx.Client) -> Json:
    statement: Json = client.get("/metadata").json()["rest"][0]
    return statement


def test_it_is_a_capability_statement_of_r4(client: httpx.Client, base: str) -> None:
    statement = client.get("/metadata").json()
    CapabilityStatement.model_validate(statement)
    assert statement["fhirVersion"] == "4.0.1"
    assert statement["implementation"]["url"] == base
    assert set(statement["format"]) >= {"json"}
    assert not any("xml" in format_ for format_ in statement["format"])


def test_the_official_validator_finds_no_error_in_it(client: httpx.Client, hl7_validator: Validator) -> None:
    problems = hl7_validator.ask(client.get("/metadata").content)
    assert [problem for problem in problems if problem.severity in ("error", "fatal")] == []


def test_every_search_parameter_in_it_is_answered(client: httpx.Client, rest: Json) -> None:
    for resource in rest["resource"]:
        for param in resource["searchParam"]:
            answer = client.get(f"/{resource['type']}", params={param["name"]: VALUES[param["type"]]})
            assert answer.status_code == 200, (resource["type"], param, answer.text)
            if param["type"] == "reference":
                missing = client.get(f"/{resource['type']}", params={f"{param['name']}:missing": "true"})
                assert missing.status_code == 200


def test_every_include_in_it_is_answered(client: httpx.Client, rest: Json) -> None:
    for resource in rest["resource"]:
        for name, key in (("searchInclude", "_include"), ("searchRevInclude", "_revinclude")):
            for value in resource.get(name, []):
                answer = client.get(f"/{resource['type']}", params={key: value})
                assert answer.status_code == 200, (resource["type"], key, value, answer.text)


def test_a_parameter_that_is_not_in_it_is_refused(client: httpx.Client, rest: Json) -> None:
    every = {param["name"] for resource in rest["resource"] for param in resource["searchParam"]}
    for resource in rest["resource"]:
        stated = {param["name"] for param in resource["searchParam"]}
        for name in every - stated:
            assert told(client.get(f"/{resource['type']}", params={name: "x"})) == "400 not-supported"


def test_a_type_that_is_not_in_it_is_not_there(client: httpx.Client, rest: Json) -> None:
    stated = {resource["type"] for resource in rest["resource"]}
    assert stated == set(SEARCH_PARAMS)
    for type_ in {"Observation", "Bundle", "OperationOutcome", "CapabilityStatement"} - stated:
        assert client.get(f"/{type_}").status_code == 404
        assert client.post(f"/{type_}", json={"resourceType": type_}).status_code == 404


def test_its_interactions_are_those_that_there_are(client: httpx.Client, rest: Json) -> None:
    stated = {one["code"] for one in rest["resource"][0]["interaction"]} | {one["code"] for one in rest["interaction"]}
    assert stated == {
        "read", "vread", "update", "delete", "history-instance", "create", "search-type", "transaction",
    }  # fmt: skip
    for method, path in (("PATCH", "/Patient/a"), ("GET", "/Patient/_history"), ("GET", "/_history"), ("GET", "/")):
        assert client.request(method, path).status_code in (404, 405)
    assert rest["resource"][0]["conditionalDelete"] == "not-supported"
    assert client.delete("/Patient?identifier=1").status_code == 405


def test_each_parameter_is_one_of_r4_and_of_its_type(rest: Json, hapi_base: str) -> None:
    """HAPI's own `metadata` is made from HL7's registry of search parameters."""
    theirs: dict[tuple[str, str], Any] = {
        (resource["type"], param["name"]): param["type"]
        for resource in httpx.get(f"{hapi_base}/metadata", timeout=60).json()["rest"][0]["resource"]
        for param in resource.get("searchParam", [])
    }
    ours = {
        (resource["type"], param["name"]): param["type"]
        for resource in rest["resource"]
        for param in resource["searchParam"]
    }
    assert {key: kind for key, kind in ours.items() if theirs.get(key) != kind} == {}
