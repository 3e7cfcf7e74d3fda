"""No input whatever makes the server fail: it answers 4xx with an OperationOutcome, and lives on."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import httpx
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapter.sandbox import SandboxSettings, running_sandbox
from adapter.sandbox.definitions import elements
from adapter.sandbox.json_text import MAX_DEPTH
from adapter.sandbox.resource_types import SEARCH_PARAMS
from tests.sandbox.resources import (
    TOLVAN,
    appointment,
    care_team,
    connected,
    entry,
    found,
    patient,
    put,
    told,
    transaction,
)

FHIR = {"Content-Type": "application/fhir+json"}


def nested(depth: int) -> bytes:
    return b'{"resourceType":"Patient","extension":' + b"[" * depth + b"]" * depth + b"}"


@pytest.mark.parametrize("path", ["/Patient", "/"])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"nonsense",
        b"[]",
        b"1",
        b"null",
        b'"text"',
        b"\xff\xfe",
        b'{"resourceType":"Patient"}{}',
        b'{"resourceType":"Patient","gender":"male","gender":"female"}',
        b'{"resourceType":"Patient","name":[{"text":"a","text":"a"}]}',
        b'{"resourceType" : "Patient", "active": true, "active": true}',
        b'{"resourceType":"Patient","multipleBirthInteger":NaN}',
        b'{"resourceType":"Patient","multipleBirthInteger":1e999}',
        b'{"resourceType":"Patient","name":[{"text":"\\ud800"}]}',
        nested(MAX_DEPTH + 1),
        nested(10_000),
        nested(200_000),
    ],
)
def test_what_is_no_json_object_is_400(client: httpx.Client, path: str, body: bytes) -> None:
    assert told(client.post(path, content=body, headers=FHIR)).startswith("400")
    assert found(client, "Patient") == []


def test_a_body_of_five_megabytes_is_413_and_the_connection_hears_of_it(client: httpx.Client) -> None:
    body = b'{"resourceType":"Patient","language":"' + b"x" * 5_000_000 + b'"}'
    for size in (5_000_000, len(body)):
        assert told(client.post("/Patient", content=body[:size], headers=FHIR)) == "413 too-long"
    assert client.get("/Patient").json()["total"] == 0


def test_a_body_of_unknown_length_is_bounded_too(client: httpx.Client) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(100):
            yield b" " * 100_000

    assert told(client.post("/Patient", content=chunks(), headers=FHIR)) == "413 too-long"


def test_a_body_just_below_the_limit_is_read(client: httpx.Client) -> None:
    body = orjson.dumps(patient(name=[{"text": "x" * 4_900_000}]))
    assert client.post("/Patient", content=body, headers=FHIR).status_code == 201


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ({"nonsense": 1}, "Patient.nonsense"),
        ({"name": [{"nonsense": 1}]}, "Patient.name[0].nonsense"),
        ({"name": []}, "Patient.name"),
        ({"name": {"text": "x"}}, "Patient.name"),
        ({"name": [None]}, "Patient.name[0]"),
        ({"name": [{}]}, "Patient.name[0]"),
        ({"gender": ["male"]}, "Patient.gender"),
        ({"gender": "nonsense"}, "Patient.gender"),
        ({"gender": ""}, "Patient.gender"),
        ({"gender": None}, "Patient.gender"),
        ({"active": "true"}, "Patient.active"),
        ({"active": 1}, "Patient.active"),
        ({"birthDate": "2026-02-30"}, "Patient.birthDate"),
        ({"birthDate": "26-02-03"}, "Patient.birthDate"),
        ({"deceasedDateTime": "2026-02-03T10:00:00"}, "Patient.deceasedDateTime"),
        ({"deceasedBoolean": True, "deceasedDateTime": "2026"}, "Patient"),
        ({"multipleBirthInteger": 1.5}, "Patient.multipleBirthInteger"),
        ({"multipleBirthInteger": 2**40}, "Patient.multipleBirthInteger"),
        ({"multipleBirthInteger": 2**80}, "Patient.multipleBirthInteger"),
        ({"name": [{"text": " "}]}, "Patient.name[0].text"),
        ({"name": [{"text": "a\u0000b"}]}, "Patient.name[0].text"),
        ({"name": [{"given": ["a", None]}]}, "Patient.name[0].given[1]"),
        ({"link": [{"type": "seealso"}]}, "Patient.link[0].other"),
        ({"managingOrganization": {"reference": "Patient/1"}}, "Patient.managingOrganization"),
        ({"extension": [{"valueString": "x"}]}, "Patient.extension[0].url"),
        ({"contained": [{"resourceType": "Nonsense"}]}, "Patient.contained[0]"),
        ({"contained": [{"resourceType": "HumanName"}]}, "Patient.contained[0]"),
        ({"contained": ["x"]}, "Patient.contained[0]"),
        ({"text": {"status": "generated"}}, "Patient.text.div"),
        ({"meta": []}, "Patient.meta"),
        ({"meta": {"tag": "x"}}, "Patient.meta.tag"),
        ({"identifier": [{"use": "nonsense"}]}, "Patient.identifier[0].use"),
        ({"_birthDate": {"nonsense": 1}}, "Patient._birthDate.nonsense"),
        ({"_name": [{"id": "x"}]}, "Patient._name"),
    ],
)
def test_what_is_not_built_as_r4_says_is_422_and_says_where(client: httpx.Client, content: Any, place: str) -> None:
    answer = client.post("/Patient", json=patient() | content)
    assert answer.status_code == 422
    assert place in {issue["expression"][0] for issue in answer.json()["issue"]}
    assert found(client, "Patient") == []


def test_all_that_is_wrong_is_told_at_once(client: httpx.Client) -> None:
    answer = client.post("/Patient", json=patient(gender="x", active="y", birthDate="z"))
    assert len(answer.json()["issue"]) == 3


@pytest.mark.parametrize(
    "content",
    [
        {"birthDate": "2026", "_birthDate": {"extension": [{"url": "http://x.y", "valueString": "about"}]}},
        {"_gender": {"extension": [{"url": "http://x.y", "valueCode": "unknown"}]}},
        {"name": [{"given": ["a", None], "_given": [None, {"id": "x"}]}]},
        {"deceasedDateTime": "2026-02-03T10:00:00.123+01:00"},
        {"multipleBirthInteger": 0},
        {"contained": [{"resourceType": "Observation", "id": "o", "status": "final", "code": {"text": "x"}}]},
    ],
)
def test_what_is_unusual_but_right_is_taken(client: httpx.Client, content: Any) -> None:
    answer = client.post("/Patient", json=patient() | content)
    assert answer.status_code == 201, answer.text
    assert answer.json().items() >= content.items()


def test_without_validation_only_what_the_server_needs_is_checked() -> None:
    with running_sandbox(SandboxSettings(validate="off")) as base, connected(base) as client:
        odd = patient(id="a", nonsense={}, gender=7, name="x", contained=5, text=3, extension=[{"url": 1}])
        assert client.put("/Patient/a", json=odd).status_code == 201
        assert client.get("/Patient/a").json()["nonsense"] == {}
        assert client.put("/Patient/a", json=patient(id="a", meta=1)).status_code == 422


def test_an_outcome_holds_no_value_of_what_was_sent(client: httpx.Client) -> None:
    secret = "189001019802"
    put(client, patient(secret, id="a"), patient(secret, id="b"))
    condition = {"If-None-Exist": f"identifier={secret}"}
    conditional = care_team(subject={"reference": f"Patient?identifier={secret}"})
    for answer in (
        client.post("/Patient", json=patient(gender=secret, birthDate=secret, nonsense=secret)),
        client.post("/Patient", json=patient(secret), headers=condition),
        client.post("/CareTeam", json=care_team(subject={"reference": f"Patient/{secret}"})),
        client.post("/", json=transaction(entry("POST", "CareTeam", conditional))),
        client.get(f"/Patient?{secret}=1"),
        client.get(f"/Patient?birthdate={secret}x"),
        client.get(f"/Patient/{secret}"),
        client.get(f"/{secret}"),
        client.put(f"/Patient/{secret}_", json=patient(secret)),
        client.put("/Patient/a", json=patient(secret, id=secret)),
    ):
        assert answer.status_code >= 400
        assert secret not in answer.text


def test_logs_hold_nothing_of_a_request(
    client: httpx.Client, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the process around it has set up for uvicorn."""
    monkeypatch.setattr(logging.getLogger("uvicorn.access"), "propagate", True)
    with caplog.at_level(logging.DEBUG, logger="uvicorn"), connected(str(client.base_url)) as fresh:
        fresh.post("/Patient", json=patient())
        fresh.get(f"/Patient?identifier={TOLVAN}")
        fresh.get(f"/Patient?nonsense={TOLVAN}")
    assert TOLVAN not in "".join(record.getMessage() for record in caplog.records if record.name != "httpx")


TEXTS = ["a", "2026", "Patient/a", "#a", "Patient?identifier=1"]
KEYS = ["reference", "identifier", "value", "system", "coding", "code", "start", "extension", "url", "x"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.sampled_from(TEXTS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=6,
)
NAMES = sorted({name for kind in ("Patient", "Appointment", "CareTeam", "Encounter") for name in elements(kind)})
CONTENT = st.dictionaries(st.sampled_from([*NAMES, "resourceType", "_status", "x"]), JSON, max_size=4)
URLS = ["Patient", "Patient/a", "Patient?identifier=1", "", "/", "?", "Patient/a/_history/1", "metadata"]
REQUEST = st.fixed_dictionaries(
    {"method": st.sampled_from(["GET", "PUT", "POST", "DELETE"]), "url": st.sampled_from(URLS)},
    optional={"ifMatch": JSON, "ifNoneExist": JSON},
)
ENTRY = st.fixed_dictionaries({}, optional={"resource": JSON | CONTENT, "fullUrl": JSON, "request": JSON | REQUEST})
PARAMETERS = sorted({name for params in SEARCH_PARAMS.values() for name in params})
CONTROLS = ["_sort", "_include", "_revinclude", "_count", "_elements", "_summary", "_page", "_id"]
MODIFIERS = ["", ":not", ":missing", ":exact", ":contains", ":identifier", ":Patient", ".identifier", ".", ":"]
VALUES = ["ge2026", "a|b", "|", "\\,", "Patient/1", "true", "0001-01-01", "9999-12-31T23:59:60Z"]
HEADERS = ["If-Match", "If-None-Match", "If-None-Exist", "If-Modified-Since", "Prefer", "Accept", "Content-Type"]
PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20).map(str.strip)
QUIET = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)


@pytest.fixture(scope="module", params=["structure", "off"])
def any_client(request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    chosen = SandboxSettings(validate=request.param)
    with running_sandbox(chosen) as base, connected(base) as client:
        yield client


def answered(answer: httpx.Response) -> None:
    assert answer.status_code < 500, answer.text
    assert answer.status_code < 400 or answer.json()["resourceType"] == "OperationOutcome"


def dumped(content: Any) -> bytes:
    """`orjson` has no integers beyond 64 bits: those are sent as something else."""
    return orjson.dumps(content, default=str) if _fits(content) else b"{}"


def _fits(content: Any) -> bool:
    try:
        return bool(orjson.dumps(content))
    except TypeError:
        return False


@QUIET
@given(content=CONTENT, kind=st.sampled_from(["Patient", "Appointment", "CareTeam", "Encounter", "ServiceRequest"]))
def test_any_json_is_taken_or_refused(any_client: httpx.Client, content: Any, kind: str) -> None:
    body = dumped({"resourceType": kind, **content})
    answered(any_client.post(f"/{kind}", content=body, headers=FHIR))
    answered(any_client.put(f"/{kind}/a", content=body, headers=FHIR))
    answered(any_client.put(f"/{kind}?identifier=1", content=body, headers=FHIR))


@QUIET
@given(entries=st.lists(ENTRY, max_size=3))
def test_any_transaction_is_taken_or_refused(any_client: httpx.Client, entries: Any) -> None:
    answered(any_client.post("/", content=dumped(transaction(*entries)), headers=FHIR))


@QUIET
@given(
    kind=st.sampled_from(sorted(SEARCH_PARAMS)),
    name=st.sampled_from(PARAMETERS + CONTROLS),
    modifier=st.sampled_from(MODIFIERS),
    value=st.text(max_size=8) | st.sampled_from(VALUES),
)
def test_any_search_is_answered_or_refused(
    any_client: httpx.Client, kind: str, name: str, modifier: str, value: str
) -> None:
    encoded = value.encode("utf-8", "replace").decode()
    answered(any_client.get(f"/{kind}", params={name + modifier: encoded}))
    answered(any_client.post(f"/{kind}/_search", data={name + modifier: encoded}))


@QUIET
@given(header=st.sampled_from(HEADERS), value=PRINTABLE)
def test_any_header_is_heeded_or_refused(any_client: httpx.Client, header: str, value: str) -> None:
    body = orjson.dumps(patient(id="a"))
    answered(any_client.put("/Patient/a", content=body, headers=FHIR | {header: value}))
    answered(any_client.post("/Patient", content=body, headers=FHIR | {header: value}))
    answered(any_client.get("/Patient/a", headers={header: value}))


def test_a_path_of_anything_is_answered(client: httpx.Client) -> None:
    for path in (
        "/%00",
        "/Patient/%00",
        "/Patient/..%2f..",
        "//",
        "/Patient//",
        "/%F0%9F%98%80",
        "/Patient/a%2Fb",
        "/$nonsense",
    ):
        for method in ("GET", "POST", "PUT", "DELETE", "OPTIONS", "TRACE"):
            answered(client.request(method, path))


def test_the_server_lives_on(client: httpx.Client) -> None:
    put(client, patient(id="a"), appointment("Patient/a", id="b"))
    assert found(client, "Appointment?patient=a") == ["b"]
