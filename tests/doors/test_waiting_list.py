"""The waiting list at its door: who finds what, what a row says, and the wait explained (BO-19, BO-20, BO-31)."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapter.keys import DEMO_SECRET, Keys
from mappings.problem import Json
from mappings.region.people import Identity, IdentityKind
from tests.benchmarks.people import SOURCE
from tests.doors.conftest import Region, patient, pushed, starting
from tests.rules.messages import GONE, booking, changed, waiting

CREATED = "2026-10-05T08:00:00+02:00"
PASIS = "SE2321000115-PASIS"


def planned(number: str, person: str, version: int = 1, **basis: Any) -> Json:
    """A visit on the waiting list, lawful, of a patient who has no other."""
    message = waiting() | {"number": number, "version": version, "patient": patient(person)}
    message["basis"] |= {"created": CREATED} | basis
    return message


def booked(number: str, person: str, version: int, start: str = "2026-11-24T13:00:00+01:00") -> Json:
    message = booking() | {"number": number, "version": version, "patient": patient(person)}
    message["basis"] |= {"created": CREATED}
    return changed(message, "/lines/0/start", start)


def asked(client: httpx.Client, **said: Any) -> Json:
    answer = client.post("/v1/waiting-list/search", json=said)
    assert answer.status_code == 200, answer.text
    told: Json = answer.json()
    return told


def numbers(client: httpx.Client, **said: Any) -> list[str]:
    return [item["booking"]["number"] for item in asked(client, **said)["items"]]


def of(person: str) -> Json:
    return {"kind": "personnummer", "value": person}


def test_BO_19_a_booking_is_on_the_list_while_it_waits_and_is_gone_when_it_does_not(
    region: Region, number: str
) -> None:
    person = "189102019800"
    pushed(region.cosmic, "bookings", planned(number, person))
    [item] = asked(region.nurse, patient=of(person))["items"]
    assert (item["listed"], item["booking"]["status"]) == ("planned", "waiting")
    assert item["booking"] == region.nurse.get(f"/v1/bookings/{SOURCE}/{number}").json()["booking"]
    pushed(region.cosmic, "bookings", booked(number, person, 2))
    assert [one["listed"] for one in asked(region.nurse, patient=of(person))["items"]] == ["booked"]
    assert numbers(region.nurse, patient=of(person), booked=False) == []
    pushed(region.cosmic, "bookings", changed(booked(number, person, 3), "/status", "noShow"))
    assert numbers(region.nurse, patient=of(person)) == []
    assert numbers(region.nurse, patient=of(person), missed=True) == [number]
    pushed(region.cosmic, "bookings", changed(booked(number, person, 4), "/status", "annulled"))
    assert numbers(region.nurse, patient=of(person), missed=True) == []


def test_BO_31_filters_are_asked_together_and_rows_come_by_target_date(region: Region, number: str) -> None:
    person = "189103019809"
    for index, (day, category) in enumerate((("2027-02-01", "HVNY"), ("2026-12-28", "HVNY"), ("2026-12-01", "HVOP"))):
        said = planned(f"{number}-{index}", person, targetDate=day, category2=category, watchInterval=None)
        pushed(region.cosmic, "bookings", changed(said, "/basis/watchInterval", GONE))
    one = {"patient": of(person)}
    assert numbers(region.nurse, **one) == [f"{number}-2", f"{number}-1", f"{number}-0"]
    assert numbers(region.nurse, **one, categories2=["HVNY"], targetDate={"to": "2026-12-31"}) == [f"{number}-1"]
    assert asked(region.nurse, **one)["total"] == 3
    assert numbers(region.nurse, **one, waitingSince={"from": "2026-10-06"}) == []


def test_BO_20_the_time_waited_is_told_with_what_stops_the_clock(region: Region, number: str) -> None:
    person = "189104019808"
    pushed(region.cosmic, "bookings", booked(number, person, 1))
    [item] = asked(region.nurse, patient=of(person))["items"]
    told = item["waiting"]
    assert (told["days"], told["since"], told["running"], told["guarantee"]) == (50, CREATED, False, True)
    assert (told["clock"]["state"], told["clock"]["rule"]) == ("booked", "BO-20")
    assert told["clock"]["sv"] == "Klockan är stannad av den bokade tiden."
    assert [(leg["days"], leg["counts"], leg["rule"]) for leg in told["legs"]] == [(50, True, "BO-20")]
    assert told["legs"][0]["en"].startswith("From the creation of the basis")


def test_BO_20_a_time_that_the_patient_cancelled_is_remembered_when_she_waits_again(
    region: Region, number: str
) -> None:
    """The booking itself no longer says that it was cancelled: its steps do."""
    person = "189105019807"

    def returning(said: Json) -> Json:
        """On a care service that goes back to the list."""
        said = changed(said, "/lines/0/careService", "aterbesok-lakare") | {"visitType": "aterbesok"}
        return changed(said, "/lines/0/duration", GONE)

    first = returning(booked(number, person, 1, "2026-10-15T13:00:00+02:00"))
    pushed(region.cosmic, "bookings", first)
    off = {"at": "2026-10-12T10:00:00+02:00", "reason": "avbokas-via-e-tjanst", "by": "patient"}
    pushed(region.cosmic, "bookings", first | {"version": 2, "status": "cancelled", "cancellation": off})
    pushed(region.cosmic, "bookings", returning(planned(number, person, 3)))
    [item] = asked(region.nurse, patient=of(person))["items"]
    told = item["waiting"]
    assert (item["listed"], item["cancelReason"]) == ("planned", "avbokas-via-e-tjanst")
    assert (told["days"], told["running"], told["clock"]["state"]) == (10, True, "patientsChoice")
    assert [leg["counts"] for leg in told["legs"]] == [True, False]
    assert told["legs"][0]["days"] == 10


def test_BO_24_where_nobody_said_when_the_basis_was_made_the_wait_is_not_guessed(region: Region, number: str) -> None:
    person = "189106019806"
    pushed(region.cosmic, "bookings", changed(planned(number, person), "/basis/created", GONE))
    [item] = asked(region.nurse, patient=of(person))["items"]
    assert item["waiting"].keys() == {"clock"}
    assert (item["waiting"]["clock"]["state"], item["waiting"]["clock"]["rule"]) == ("unknown", "BO-24")


@pytest.mark.parametrize("caller", ["portal", "tolvan"])
def test_patients_have_no_waiting_list(region: Region, caller: str) -> None:
    assert getattr(region, caller).post("/v1/waiting-list/search", json={}).status_code == 403
    assert httpx.post(f"{region.base}/v1/waiting-list/search", json={}).status_code == 401


def test_a_source_finds_its_own_bookings_and_no_others(region: Region, number: str) -> None:
    person = "189107019805"
    pushed(region.cosmic, "bookings", planned(number, person))
    for client, found in ((region.cosmic, [number]), (region.operator, [number]), (region.pasis, [])):
        assert numbers(client, patient=of(person)) == found
        assert numbers(client, patient=of(person), wholeSeries=True) == found


def test_PI_1_a_row_of_a_protected_patient_says_nothing_that_gives_her_away(region: Region, number: str) -> None:
    person = "189108019804"
    said = planned(number, person)
    said["patient"] = patient(person, name={"given": ["Doldis"], "family": "Gömd"})
    pushed(region.cosmic, "bookings", said)
    marked = planned(f"{number}-2", person)
    marked["patient"] = patient(person, protection={"kind": "sekretessmarkering"})
    pushed(region.cosmic, "bookings", marked)
    answer = region.nurse.post("/v1/waiting-list/search", json={"patient": of(person)})
    assert len(answer.json()["items"]) == 2
    assert "Doldis" not in answer.text
    shown = [item["booking"]["patient"].keys() for item in answer.json()["items"]]
    assert shown == [{"identity", "protection"}] * 2


def test_pages_go_on_where_the_last_one_ended_whatever_comes_and_goes(region: Region, number: str) -> None:
    person = "189109019803"
    for index in range(5):
        day = f"2027-03-0{index + 1}"
        said = changed(planned(f"{number}-{index}", person, targetDate=day), "/basis/watchInterval", GONE)
        pushed(region.cosmic, "bookings", said)
    first = asked(region.nurse, patient=of(person), count=2)
    pushed(region.cosmic, "bookings", changed(booked(f"{number}-1", person, 2), "/status", "annulled"))
    second = asked(region.nurse, patient=of(person), count=2, page=first["next"])
    third = asked(region.nurse, patient=of(person), count=2, page=second["next"])
    shown = [item["booking"]["number"] for page in (first, second, third) for item in page["items"]]
    assert shown == [f"{number}-{index}" for index in range(5)]
    assert "next" not in third
    for client, said in (
        (region.operator, {"patient": of(person)}),
        (region.nurse, {"patient": of(person), "acute": True}),
        (region.nurse, {}),
    ):
        refused = client.post("/v1/waiting-list/search", json={**said, "page": first["next"]})
        assert refused.status_code == 400
        assert refused.json()["problems"][0]["path"] == "/page"


@pytest.mark.parametrize(
    ("body", "rule", "path"),
    [
        (b'{"unit":["x"]}', "IN-3", "/unit"),
        (b'{"acute":"yes"}', "IN-2", "/acute"),
        (b'{"registered":{"from":"yesterday"}}', "IN-9", "/registered/from"),
        (b'{"priorities":["urgent"]}', "IN-9", "/priorities/0"),
        (b'{"count":201}', "IN-9", "/count"),
        (b'{"acute":true,"acute":false}', "IN-4", "/acute"),
        (b'{"patient":{"kind":"reservnummer","value":"R1A"}}', "ID-1", "/patient/kind"),
    ],
)
def test_a_search_that_cannot_be_read_is_refused_at_its_place(
    region: Region, body: bytes, rule: str, path: str
) -> None:
    answer = region.nurse.post("/v1/waiting-list/search", content=body)
    assert answer.status_code == 422
    assert [(one["rule"], one["path"]) for one in answer.json()["problems"]] == [(rule, path)]


def test_nothing_at_all_asks_for_the_whole_list(region: Region, number: str) -> None:
    pushed(region.cosmic, "bookings", planned(number, "189110019800", targetDate="2026-11-21"))
    answer = region.nurse.post("/v1/waiting-list/search")
    assert answer.status_code == 200
    assert answer.json()["items"]


def test_the_list_is_searched_while_the_server_is_down(tmp_path: Path, number: str) -> None:
    with starting(tmp_path, "http://127.0.0.1:9/fhir") as base:
        at = Region(base, "")
        assert at.cosmic.post("/v1/bookings", json=planned(number, "189111019809")).status_code == 202
        assert numbers(at.nurse) == [number]
        at.close()


def test_PI_4_who_waits_under_a_reserve_number_is_found_under_the_personnummer_too(region: Region, number: str) -> None:
    left, stays = {"kind": "reservidentitet", "value": "98240377AA06"}, of("189112019808")
    said = planned(number, "189112019808") | {"patient": {"identity": left, "memberships": [{"kind": "selfPaying"}]}}
    pushed(region.cosmic, "bookings", said)
    merge = {"source": SOURCE, "id": f"M-{number}", "version": 1, "from": left, "to": stays}
    assert region.cosmic.post("/v1/patients/merge", json=merge).status_code == 202
    for identity in (left, stays):
        [item] = asked(region.nurse, patient=identity)["items"]
        assert (item["booking"]["number"], item["booking"]["patient"]["identity"]) == (number, stays)


def test_DE_1_what_a_death_cancels_is_gone_from_the_list_at_once(region: Region, number: str) -> None:
    person = "189201019800"
    pushed(region.cosmic, "bookings", planned(number, person))
    died = {
        "source": SOURCE,
        "id": f"P-{number}",
        "version": 1,
        "patient": patient(person, deceased={"on": "2026-11-19"}),
    }
    pushed(region.cosmic, "patients", died)
    assert numbers(region.nurse, patient=of(person)) == []


def test_the_audit_tells_of_every_patient_who_was_shown(tmp_path: Path, fhir: str) -> None:
    people = ("189102019800", "189103019809")
    with starting(tmp_path, fhir, deliver=False) as base:
        at = Region(base, fhir)
        for index, person in enumerate(people):
            assert at.cosmic.post("/v1/bookings", json=planned(f"A-{index}", person)).status_code == 202
        assert len(numbers(at.nurse)) == 2
        at.close()
    with sqlite3.connect(tmp_path / "ledger.db") as database:
        told = database.execute(
            "SELECT caller, patient_hash FROM audit WHERE action = 'waiting-list.search'"
        ).fetchall()
    database.close()
    keys = Keys(DEMO_SECRET)
    hers = {keys.patient(Identity(kind=IdentityKind.PERSONNUMMER, value=person)) for person in people}
    assert {caller for caller, _ in told} == {"nurse"}
    assert {hash_ for _, hash_ in told} == {None, *hers}
