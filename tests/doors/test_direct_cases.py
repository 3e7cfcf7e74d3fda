"""`POST /v1/direct-cases`: which registrations a case of 1177 direkt gives. Nothing is kept of it."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from mappings.problem import Json
from tests.doors.conftest import Region

CASES = Path(__file__).parents[2] / "fixtures" / "direct-cases"


def example(name: str) -> Json:
    read: Json = orjson.loads((CASES / f"{name}.json").read_bytes())
    return read


HANDED_OVER = example("handed-over-to-a-physician-the-same-day")


def test_the_answer_says_who_registers_what_and_who_closes(region: Region) -> None:
    answer = region.operator.post("/v1/direct-cases", json=HANDED_OVER)
    assert answer.status_code == 200
    said = answer.json()
    assert set(said) == {"scenario", "registrations", "closedBy", "derived", "warnings"}
    assert said["scenario"]["section"] == "3.1.2"
    assert said["closedBy"] == "/handlers/1"
    [one] = said["registrations"]
    assert one["by"] == "/handlers/1"
    assert (one["contactType"], one["direct"]) == ("distanskontakt-realtid", True)
    assert (one["diagnosis"], one["kva"], one["note"]) == ("required", "whenRelevant", True)
    assert one["careEvent"] == {
        "source": HANDED_OVER["source"],
        "form": "single",
        "contactType": "distanskontakt-realtid",
        "direct": True,
        "performingUnit": "SE2321000115-E000000000210",
        "start": "2023-05-02T10:40:00+02:00",
        "lines": [{"number": "1", "owner": True, "profession": "lakare", "staff": "SE2321000115-P0001"}],
    }
    assert "/diagnoses" in one["toAdd"]
    assert said["warnings"] == []


def test_outside_its_dates_the_case_is_answered_with_a_warning(region: Region) -> None:
    late = HANDED_OVER | {"handlers": [{**HANDED_OVER["handlers"][1], "start": "2026-05-02T10:40:00+02:00"}]}
    late["handlers"][0] |= {"sameComplaint": None, "action": "treatment"}
    said = region.operator.post("/v1/direct-cases", json=late).json()
    assert [(one["rule"], one["severity"], one["path"]) for one in said["warnings"]] == [
        ("DK-11", "warning", "/handlers/0/start")
    ]


@pytest.mark.parametrize("path", sorted((CASES / "refused").glob("*.json")), ids=lambda path: path.stem)
def test_what_the_rules_refuse_is_told_with_rule_and_place(region: Region, path: Path) -> None:
    answer = region.operator.post("/v1/direct-cases", content=path.read_bytes())
    assert answer.status_code == 422
    for problem in answer.json()["problems"]:
        assert path.stem.startswith(problem["rule"])
        assert problem["path"].startswith("/")
    fhir = region.operator.post(
        "/v1/direct-cases", content=path.read_bytes(), headers={"Accept": "application/fhir+json"}
    )
    assert fhir.json()["resourceType"] == "OperationOutcome"


@pytest.mark.parametrize("caller", ["cosmic", "pasis", "nurse", "portal", "tolvan"])
def test_a_case_is_answered_only_to_whoever_may_write_for_its_source(region: Region, caller: str) -> None:
    answer = getattr(region, caller).post("/v1/direct-cases", json=HANDED_OVER)
    assert answer.status_code == 403
    assert [problem["rule"] for problem in answer.json()["problems"]] == ["IN-14"]


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        (b"", 400, {("IN-1", "")}),
        (b"[]", 422, {("IN-2", "")}),
        (b"{}", 422, {("IN-8", "/source"), ("IN-8", "/handlers")}),
        (b'{"source":"nobody","handlers":[]}', 422, {("IN-14", "/source"), ("IN-9", "/handlers")}),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, 400, {("IN-7", "")}),
    ],
    ids=["empty", "list", "nothing in it", "nobody handled it", "deep"],
)
def test_what_is_no_case_is_refused(region: Region, body: bytes, status: int, told: set[tuple[str, str]]) -> None:
    answer = region.operator.post("/v1/direct-cases", content=body)
    assert answer.status_code == status
    assert {(one["rule"], one["path"]) for one in answer.json()["problems"]} == told


def test_a_case_says_nothing_of_the_patient_and_has_no_version(region: Region) -> None:
    more = {"patient": {"identity": {"kind": "personnummer", "value": "191212121212"}}, "version": 1}
    answer = region.operator.post("/v1/direct-cases", json=HANDED_OVER | more)
    assert {(one["rule"], one["path"]) for one in answer.json()["problems"]} == {
        ("IN-3", "/patient"),
        ("IN-3", "/version"),
    }
    assert "191212121212" not in answer.text


def test_nothing_is_kept_of_a_case_and_it_is_counted(region: Region) -> None:
    before = region.operator.get("/health/ready").json()
    for _ in range(2):
        assert region.operator.post("/v1/direct-cases", json=HANDED_OVER).status_code == 200
    assert region.operator.get("/health/ready").json() == before
    assert region.operator.get(f"/v1/direct-cases/{HANDED_OVER['source']}/1177-0142").status_code == 404
    numbers = region.operator.get("/metrics").text
    assert 'vardbro_messages_total{answer="answered",kind="direct-case"}' in numbers


def test_the_contract_has_the_example_and_marks_what_is_derived(region: Region) -> None:
    document = region.operator.get("/openapi.json").json()
    body = document["paths"]["/v1/direct-cases"]["post"]["requestBody"]["content"]["application/json"]
    assert region.operator.post("/v1/direct-cases", json=body["example"]).status_code == 200
    derived = {
        name
        for name, said in document["components"]["schemas"]["DirectCase"]["properties"].items()
        if said.get("readOnly")
    }
    assert derived == {"scenario", "registrations", "closedBy"}
