"""Why not, as the doors say it: the same words in both languages, apart and together, whatever is asked for."""

from __future__ import annotations

from http import HTTPStatus

import orjson
import pytest
from starlette.requests import Request

from adapter.doors.answers import WORDS, refusal
from mappings.problem import Json
from tests.doors.conftest import Region


def refused(status: int, accept: str = "application/json") -> Json:
    headers = [(b"accept", accept.encode())]
    request = Request({"type": "http", "method": "GET", "path": "/v1/bookings", "headers": headers})
    told: Json = orjson.loads(bytes(refusal(request, status).body))
    return told


@pytest.mark.parametrize("status", [*WORDS, 418])
def test_problem_details_hold_both_languages_and_a_short_title(status: int) -> None:
    told = refused(status)
    assert told["status"] == status
    assert told["detail"] == f"{told['en']} / {told['sv']}"
    assert told["en"].startswith(told["title"])
    assert told["en"] != told["sv"]
    assert len(told["title"]) < 80
    assert not told["title"].endswith(".")


@pytest.mark.parametrize("status", [*WORDS, 418])
def test_an_operation_outcome_says_the_same(status: int) -> None:
    [issue] = refused(status, "application/fhir+json")["issue"]
    assert issue["diagnostics"] == refused(status)["detail"]


def test_every_status_that_a_door_answers_has_its_words(region: Region) -> None:
    contract = region.operator.get("/openapi.json").json()
    statuses = {
        int(status)
        for methods in contract["paths"].values()
        for operation in methods.values()
        for status in operation["responses"]
    }
    assert {status for status in statuses if status >= HTTPStatus.BAD_REQUEST} <= set(WORDS)


def test_a_refusal_over_http_is_as_the_contract_says(region: Region) -> None:
    told = region.operator.post("/v1/bookings", content=b"{", headers={"Content-Type": "application/json"}).json()
    schema = region.operator.get("/openapi.json").json()["components"]["schemas"]["Refusal"]
    assert set(schema["required"]) == set(told) == set(schema["properties"])
    assert told["problems"][0]["rule"] == "IN-1"
    assert "(rad 1, tecken 2)" in told["problems"][0]["sv"]
