"""What portals and staff pull: never more than the last accepted message allows (Decided 10)."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from adapter.keys import DEMO_SECRET, Keys
from adapter.server.ids import Ids
from mappings.resources.keys import booking_key
from tests.benchmarks.people import SOURCE
from tests.doors.conftest import Region, found, patient, physician, pushed, single, starting

SECOND = patient("198112189876", name={"given": ["Agda"], "family": "Andersson"})


def test_what_was_pushed_comes_back_equal_to_what_was_derived(region: Region, number: str) -> None:
    person = patient("189002019801")
    pushed(region.cosmic, "bookings", single(number, patient=person))
    held = region.nurse.get(f"/v1/bookings/{SOURCE}/{number}").json()["booking"]
    assert [item for item in found(region.nurse, "bookings", person) if item["number"] == number] == [held]


def test_a_patient_who_is_unknown_has_an_empty_answer(region: Region) -> None:
    assert found(region.nurse, "bookings", patient("189102279800")) == []
    assert found(region.nurse, "named-contacts", patient("189102279800")) == []


@pytest.mark.parametrize("status", ["annulled"])
def test_BO_16_an_annulled_booking_is_gone_for_the_patient_before_the_server_knows(
    paused: Region, region: Region, number: str, status: str
) -> None:
    del region
    paused.cosmic.post("/v1/bookings", json=single(number, patient=SECOND))
    assert number in {item["number"] for item in found(paused.portal, "bookings", SECOND)}
    paused.cosmic.post("/v1/bookings", json=single(number, 2, SECOND, status=status))
    assert number not in {item["number"] for item in found(paused.portal, "bookings", SECOND)}
    assert number in {item["number"] for item in found(paused.nurse, "bookings", SECOND)}


def test_CA_3_a_patient_finds_the_cancellation_and_then_the_booking_that_replaces_it(
    region: Region, number: str
) -> None:
    person = patient("189004019809")
    old, new = f"{number}-b", f"{number}-a"
    pushed(region.cosmic, "bookings", single(old, patient=person))
    early = region.cosmic.post("/v1/bookings", json=single(new, patient=person, replaces=old))
    assert [(one["rule"], one["path"]) for one in early.json()["problems"]] == [("BO-9", "/replaces")]
    cancelled = {"reason": "felaktig-registrering", "at": "2026-11-20T08:00:00+01:00"}
    pushed(region.cosmic, "bookings", single(old, 2, person, status="cancelled", cancellation=cancelled))
    pushed(region.cosmic, "bookings", single(new, patient=person, replaces=old))
    shown = [(one["number"], one.get("replaces")) for one in found(region.portal, "bookings", person)]
    assert shown == [(old, None), (new, old)]


def test_FK_12_an_ended_contact_is_gone_before_the_server_knows(tmp_path: Path, fhir: str, number: str) -> None:
    person = patient("189003019800")
    with starting(tmp_path, fhir) as base:
        at = Region(base, fhir)
        pushed(at.cosmic, "named-contacts", physician(number, person))
        assert [item["id"] for item in found(at.portal, "named-contacts", person)] == [number]
        at.close()
    with starting(tmp_path, fhir, deliver=False) as base:
        at = Region(base, fhir)
        ended = physician(number, person, 2, status="ended", end="2026-11-19")
        assert at.cosmic.post("/v1/named-contacts", json=ended).status_code == 202
        assert found(at.portal, "named-contacts", person) == []
        assert found(at.nurse, "named-contacts", person)[0]["status"] == "ended"
        at.close()


def test_a_server_that_cannot_be_asked_is_503_and_never_a_partial_list(tmp_path: Path, number: str) -> None:
    with starting(tmp_path, "http://127.0.0.1:9/fhir") as base:
        at = Region(base, "")
        assert at.cosmic.post("/v1/bookings", json=single(number, patient=SECOND)).status_code == 202
        answer = at.portal.post("/v1/bookings/search", json={"patient": SECOND["identity"]})
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        at.close()


def test_pages_follow_each_other_and_hold_everything_once(region: Region, number: str) -> None:
    person = patient("189005019808")
    for index in range(5):
        pushed(region.cosmic, "bookings", single(f"{number}-{index}", patient=person))
    seen, page = [], None
    while True:
        body = {"patient": person["identity"], "count": 2} | ({"page": page} if page else {})
        answer = region.nurse.post("/v1/bookings/search", json=body).json()
        seen += [item["number"] for item in answer["items"]]
        page = answer.get("next")
        if page is None:
            break
    assert sorted(seen) == [f"{number}-{index}" for index in range(5)]


def test_what_others_changed_on_the_server_is_read_and_what_we_do_not_understand_is_named(
    region: Region, number: str
) -> None:
    person = patient("189006019807")
    pushed(region.cosmic, "bookings", single(number, patient=person))
    url = f"{region.fhir}/Appointment/{Ids('exempel', Keys(DEMO_SECRET).of('ids')).of(booking_key(SOURCE, number))}"
    resource = httpx.get(url).json()
    resource |= {"start": "2026-12-02T08:00:00+01:00", "end": "2026-12-02T08:20:00+01:00", "description": "annans"}
    assert httpx.put(url, json=resource).status_code == 200
    answer = region.nurse.post("/v1/bookings/search", json={"patient": person["identity"]}).json()
    line = answer["items"][0]["lines"][0]
    assert line["start"] == "2026-12-02T08:00:00+01:00"
    assert "Appointment.description" in {warning["path"] for warning in answer["warnings"]}


def test_a_resource_that_does_not_fit_is_named_and_the_rest_still_comes(region: Region, number: str) -> None:
    person = patient("189007019806")
    pushed(region.cosmic, "bookings", single(number, patient=person))
    url = f"{region.fhir}/Appointment/{Ids('exempel', Keys(DEMO_SECRET).of('ids')).of(booking_key(SOURCE, number))}"
    subject = next(
        one["actor"] for one in httpx.get(url).json()["participant"] if "Patient/" in one["actor"]["reference"]
    )
    strange = {
        "resourceType": "Appointment",
        "status": "proposed",
        "participant": [{"actor": subject, "status": "accepted"}],
    }
    assert httpx.post(f"{region.fhir}/Appointment", json=strange).status_code == 201
    answer = region.nurse.post("/v1/bookings/search", json={"patient": person["identity"]}).json()
    assert [item["number"] for item in answer["items"]] == [number]
    assert answer["warnings"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"patient":{"kind":"personnummer"}}',
        b'{"patient":{"kind":"reservnummer","value":"1"}}',
        b'{"x":1}',
        b'{"count":0}',
        b'{"page":"x"}',
    ],
)
def test_a_search_for_nobody_is_refused(region: Region, body: bytes) -> None:
    answer = region.nurse.post("/v1/bookings/search", content=body)
    assert answer.status_code == (400 if body == b"{" else 422)
    assert answer.json()["problems"]
