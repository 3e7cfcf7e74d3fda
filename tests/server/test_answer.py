"""What an HTTP answer is, judged by its bytes alone."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import orjson
import pytest

from adapter.server.answer import Answer, Trouble, expecting, judged

NOW = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
PATIENT = {"resourceType": "Patient", "id": "1", "meta": {"versionId": "7"}, "identifier": [{"value": "191212121212"}]}
RAW = orjson.dumps(PATIENT)


def answer(status: int = 200, raw: bytes = RAW, content_type: str = "application/fhir+json", **headers: str) -> Answer:
    named = {"content-type": content_type, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return judged(status, httpx.Headers(named), raw, NOW)


@pytest.mark.parametrize(
    "content_type",
    [
        "application/fhir+json",
        "application/fhir+json;charset=UTF-8",
        "Application/FHIR+JSON; fhirVersion=4.0",
        'application/json; fhirVersion="4.0.1"',
        "application/json+fhir",
    ],
)
def test_fhir_json_is_taken_under_each_of_its_names(content_type: str) -> None:
    read = answer(content_type=content_type)

    assert (read.body, read.raw, read.ok) == (PATIENT, RAW, True)


@pytest.mark.parametrize(
    ("content_type", "raw"),
    [
        ("text/html", b"<html>Login</html>"),
        ("text/html", RAW),
        ("application/fhir+xml", b"<Patient/>"),
        ("text/plain", b"ok"),
        ("", RAW),
        ("application/fhir+json", b""),
        ("application/fhir+json", b"<html>"),
        ("application/fhir+json", RAW[:-3]),
        ("application/json", b'{"status": "ok"}'),
        ("application/json", b'{"resourceType": 7}'),
        ("application/json", b"[]"),
    ],
)
@pytest.mark.parametrize("status", [200, 404, 500])
def test_what_is_no_fhir_came_from_something_in_between(status: int, content_type: str, raw: bytes) -> None:
    read = answer(status, raw, content_type)

    assert (read.status, read.trouble, read.body, read.ok) == (status, Trouble.NOT_FHIR, None, False)


@pytest.mark.parametrize("version", ["5.0", "3.0", "4.3", "4.00"])
def test_another_version_of_fhir_is_named(version: str) -> None:
    assert answer(content_type=f"application/fhir+json; fhirVersion={version}").trouble is Trouble.WRONG_VERSION


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_trouble_and_not_modified_is_not(status: int) -> None:
    assert answer(status, b"", location="http://elsewhere/").trouble is Trouble.REDIRECTED
    assert answer(304, b"").trouble is None


def test_a_write_may_be_answered_with_nothing_but_its_version() -> None:
    assert answer(204, b"").ok
    assert answer(201, b"", etag='W/"1"').ok
    assert answer(201, b"", location="http://s/Patient/1/_history/1").ok
    assert not answer(201, b"").ok


def test_the_version_stands_in_the_header_or_else_in_the_resource() -> None:
    assert answer(etag='W/"9"').etag == 'W/"9"'
    assert answer().etag == 'W/"7"'
    assert answer(raw=orjson.dumps({**PATIENT, "meta": {"versionId": "7\r\nX: y"}})).etag is None
    assert answer(raw=orjson.dumps({**PATIENT, "meta": ["7"]})).etag is None


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        ("99999999999999999999", 86_400.0),
        ("Fri, 20 Nov 2026 12:00:30 GMT", 30.0),
        ("Fri, 20 Nov 2026 11:59:30 GMT", 0.0),
        ("Fri, 20 Nov 2099 12:00:00 GMT", 86_400.0),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("Fri, 20 Nov 99999999999999999999 12:00:00 GMT", None),
        ("Fri, 99 Nov 2026 12:00:30 GMT", None),
    ],
)
def test_when_to_come_back_is_read_in_both_forms(said: str, seconds: float | None) -> None:
    assert answer(503, retry_after=said).retry_after == seconds


def test_when_to_come_back_counts_from_the_servers_own_clock() -> None:
    read = answer(503, retry_after="Fri, 20 Nov 2026 10:00:30 GMT", date="Fri, 20 Nov 2026 10:00:00 GMT")

    assert read.retry_after == 30.0


def test_no_patient_is_in_the_repr_of_an_answer() -> None:
    assert "191212121212" not in repr(answer(location="http://s/Patient?identifier=191212121212"))


def test_another_resource_than_the_one_asked_for_is_trouble() -> None:
    assert expecting(answer(), "Patient", "1").ok
    assert expecting(answer(), "Patient", "2").trouble is Trouble.OTHER_THAN_ASKED
    assert expecting(answer(), "Bundle").trouble is Trouble.OTHER_THAN_ASKED
    assert expecting(answer(404), "Bundle").trouble is None
