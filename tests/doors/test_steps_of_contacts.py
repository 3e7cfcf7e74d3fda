"""Steps with a named contact, its timeline, and a successor who ends the one before (FK-9)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from mappings.codes.systems import NAMED_CONTACT
from mappings.problem import Json
from tests.doors.clocked import Clock, Clocked, clocked, same_moment
from tests.doors.conftest import TOLVAN, Region, pushed
from tests.doors.test_steps_of_events import COSMIC

CENTRE = {"hsaId": "SE2321000115-E000000000120"}
DOCUMENTED = {"day": "2026-11-18", "documentedBy": "SE2321000115-P0301", "by": "patient"}


def maria() -> Json:
    return {
        "name": {"given": ["Maria"], "family": "Vårdh"},
        "hsaId": "SE2321000115-P0301",
        "position": "201011",
    }


def url(number: str, last: str = "") -> str:
    return f"/v1/named-contacts/{COSMIC}/{number}" + (f"/{last}" if last else "")


def step(region: Region, number: str, name: str, version: int, **said: Any) -> httpx.Response:
    return region.cosmic.post(url(number, name), json={"version": version, **said}, headers={"Prefer": "wait=20"})


def held(region: Region, number: str) -> Json:
    found: Json = region.cosmic.get(url(number)).json()["namedContact"]
    return found


def requested(number: str, **more: Any) -> Json:
    need = {"ground": "patientRequest", "day": "2026-11-16"}
    whole = {"source": COSMIC, "id": number, "version": 1, "patient": TOLVAN, "kind": "careContact"}
    return whole | {"status": "requested", "need": need} | more


APPOINTED = {"start": "2026-11-19", "unit": CENTRE, "attested": {"lifeThreatening": False}}


def test_a_contact_goes_through_its_life_step_by_step(region: Region, number: str) -> None:
    pushed(region.cosmic, "named-contacts", requested(number))
    told = [
        step(region, number, "assess", 2, need={"ground": "careNeed", "day": "2026-11-17"}),
        step(region, number, "offer", 3),
        step(region, number, "appoint", 4, person=maria(), **APPOINTED),
        step(region, number, "tell", 5, day="2026-11-20", whom="patient", way="portal"),
        step(region, number, "end", 6, end="2027-03-01"),
        step(region, number, "resume", 7),
        step(region, number, "annul", 8),
    ]
    assert [one.status_code for one in told] == [200] * 7, [one.text for one in told]
    assert held(region, number)["status"] == "annulled"
    answer = region.cosmic.get(url(number, "timeline"), params={"server": "true"}).json()
    names = ["make", "assess", "offer", "appoint", "tell", "end", "resume", "annul"]
    assert [one["step"] for one in answer.get("steps", answer)] == names
    assert answer["agrees"], answer
    assert same_moment(answer["steps"][3]["at"], "2026-11-19T00:00:00+01:00")


@pytest.mark.parametrize(
    ("kind", "name", "state"), [("careContact", "decline", "declined"), ("homeCareContact", "leave-out", "unneeded")]
)
def test_that_there_is_no_contact_is_documented_by_a_step(
    region: Region, number: str, kind: str, name: str, state: str
) -> None:
    pushed(region.cosmic, "named-contacts", requested(number, kind=kind))
    said = DOCUMENTED if name == "decline" else {key: DOCUMENTED[key] for key in ("day", "documentedBy")}
    assert step(region, number, name, 2, **said).status_code == 200
    assert (held(region, number)["status"], held(region, number)["notAppointed"]) == (state, said)


def test_an_offer_that_was_declined_may_be_made_again(region: Region, number: str) -> None:
    pushed(region.cosmic, "named-contacts", requested(number))
    step(region, number, "decline", 2, **DOCUMENTED)
    assert step(region, number, "offer", 3).status_code == 200
    assert "notAppointed" not in held(region, number)


def test_a_step_that_is_not_in_the_table_is_refused_with_those_that_are(region: Region, number: str) -> None:
    pushed(region.cosmic, "named-contacts", requested(number))
    answer = step(region, number, "end", 2, end="2026-12-01")
    assert answer.status_code == 409
    [problem] = answer.json()["problems"]
    for name in ("assess", "offer", "appoint", "decline", "leave-out", "annul"):
        assert name in problem["en"]


def test_the_same_telling_sent_twice_is_told_once(region: Region, number: str) -> None:
    contact = requested(number, status="active", person=maria(), **APPOINTED)
    pushed(region.cosmic, "named-contacts", contact)
    said = {"day": "2026-11-20", "whom": "nextOfKin", "way": "personally"}
    first, second = (step(region, number, "tell", 2, **said) for _ in range(2))
    assert first.json()["id"] == second.json()["id"]
    assert held(region, number)["told"] == [said]


# -- a successor -----------------------------------------------------------------------------------------------------

NOW = "2026-11-20T09:00:00+01:00"
PATIENT = {"identity": {"kind": "personnummer", "value": "189001019802"}, "name": {"text": "Beda Exempelsson"}}


def physician(number: str, name: str, start: str, **more: Any) -> Json:
    person = maria() | {"name": {"text": name}, "hsaId": f"SE2321000115-{name.upper()}"}
    attested = {"competence": "generalMedicine", "listedAtUnit": True, "regionallyFunded": True}
    whole = requested(number, kind="physician", status="active", patient=PATIENT, person=person, unit=CENTRE)
    return whole | {"start": start, "attested": attested} | more


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
async def at(tmp_path: Path, fhir: str, clock: Clock) -> AsyncIterator[Clocked]:
    async with clocked(tmp_path, fhir, clock) as gateway:
        yield gateway


async def names(at: Clocked, number: str) -> list[str]:
    """Of a test's physicians who are that today."""
    answer = await at.client.post("/v1/named-contacts/search", json={"patient": PATIENT["identity"]})
    today = at.gateway.clock().date().isoformat()
    ours = [one for one in answer.json()["items"] if one["id"].startswith(number)]
    shown = [one for one in ours if one["status"] == "active"]
    return [one["person"]["name"]["text"] for one in shown if one["start"] <= today <= one.get("end", "9999")]


@pytest.mark.anyio
async def test_FK_9_a_successor_ends_the_one_before_in_the_same_commit_and_on_the_server(
    at: Clocked, number: str
) -> None:
    await at.push("named-contacts", physician(f"{number}a", "Anna", "2026-01-01"))
    await at.all_delivered()
    receipt = await at.push("named-contacts", physician(f"{number}b", "Berit", "2026-11-20", replaces=f"{number}a"))
    assert {"rule": "FK-9", "path": f"/named-contacts/{COSMIC}/{number}a"} in receipt["derived"]
    before = (await at.shown("named-contacts", COSMIC, f"{number}a"))["namedContact"]
    assert (before["status"], before["end"]) == ("ended", "2026-11-19")
    assert await names(at, number) == ["Berit"]
    await at.all_delivered()
    assert await names(at, number) == ["Berit"]
    steps = (await at.timeline("named-contacts", COSMIC, f"{number}a"))["steps"]
    assert [one["step"] for one in steps] == ["make", "end"]


async def of_server(at: Clocked, number: str) -> list[Json]:
    """Both contacts of a test, as the FHIR server holds them."""
    known = ",".join(f"{NAMED_CONTACT}{COSMIC}|{number}{last}" for last in "ab")
    answer = await at.client.get("/fhir/CareTeam", params={"identifier": known})
    return [one["resource"] for one in answer.json()["entry"]]


@pytest.mark.anyio
async def test_FK_9_both_go_to_the_server_in_one_transaction(at: Clocked, number: str) -> None:
    await at.push("named-contacts", physician(f"{number}a", "Anna", "2026-01-01"))
    await at.all_delivered()
    await at.push("named-contacts", physician(f"{number}b", "Berit", "2026-11-20", replaces=f"{number}a"))
    await at.all_delivered()
    found = {one["identifier"][0]["value"]: one for one in await of_server(at, number)}
    assert [found[f"{number}{last}"]["status"] for last in "ab"] == ["inactive", "active"]
    assert len({one["meta"]["lastUpdated"] for one in found.values()}) == 1


@pytest.mark.anyio
async def test_FK_9_a_successor_who_begins_later_leaves_the_one_before_until_then(
    at: Clocked, clock: Clock, number: str
) -> None:
    await at.push("named-contacts", physician(f"{number}a", "Anna", "2026-01-01"))
    await at.push("named-contacts", physician(f"{number}b", "Berit", "2026-12-01", replaces=f"{number}a"))
    assert await names(at, number) == ["Anna"]
    clock.set("2026-12-01T00:00:01+01:00")
    await at.nothing_due()
    assert await names(at, number) == ["Berit"]
    steps = (await at.timeline("named-contacts", COSMIC, f"{number}a"))["steps"]
    assert [(one["step"], one.get("after")) for one in steps][-1] == ("end", "ended")


@pytest.mark.anyio
async def test_FK_9_a_second_successor_is_refused_and_nothing_is_ended_by_it(at: Clocked, number: str) -> None:
    await at.push("named-contacts", physician(f"{number}a", "Anna", "2026-01-01"))
    await at.push("named-contacts", physician(f"{number}b", "Berit", "2026-11-20", replaces=f"{number}a"))
    answer = await at.client.post(
        "/v1/named-contacts", json=physician(f"{number}c", "Cecilia", "2026-11-20", replaces=f"{number}a")
    )
    assert answer.status_code == 422
    assert [problem["rule"] for problem in answer.json()["problems"]] == ["FK-2"]
    assert await names(at, number) == ["Berit"]
