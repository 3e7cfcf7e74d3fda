"""What a marking takes from the FHIR server and from the database's files (Decided 22, PI-1)."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapter.delivery import Accepted, Ledger, Own, Packed, Strip, Word
from adapter.delivery.database import _writing, wipe
from adapter.delivery.turns import Again
from adapter.sandbox import running_sandbox
from adapter.server.client import FhirClient
from mappings.problem import Json
from mappings.shape.filled import Filled
from tests.attacks.material import COSMIC, pasis
from tests.delivery.material import (
    REGION,
    carried,
    delivered,
    filled,
    id_of,
    message,
    settled,
    taken,
    there,
    until,
    visit,
)
from tests.doors.conftest import Region, patient, physician, pushed, single, starting
from tests.rules.messages import GONE, changed, event

pytestmark = pytest.mark.anyio

SECRET = "Gömställevägen 7"
PATIENT = "hash-of-tolvan"


def without(json: Json) -> Json:
    return {name: value for name, value in json.items() if name not in ("address", "telecom")}


def own(_: str, state: Json) -> Own:
    return Own((f"booking/{state['number']}",), (id_of("CareTeam", state["number"]),))


STRIP = Strip(
    lambda _, state: without(state),
    without,
    lambda resources: tuple(replace(one, resource=without(one.resource)) for one in resources),
    own,
)


def team(number: str, **said: Any) -> Filled:
    """A resource that is added to only, and that nobody but its booking speaks of."""
    return filled("CareTeam", number, owned=False, **said)


def booking(number: str, version: int = 1, *parts: Filled, marked: bool = False, **said: Any) -> Accepted:
    parcel = Packed((f"booking/{number}",), (visit(number, f"version {version}"), *parts))
    word = Word("T" if marked else "S", {"name": "Tolvan", **said}, marked)
    state = {"number": number, **said}
    return message(number, version, parcel, patient_hash=PATIENT, word=word, state=state, strip=STRIP)


MARKING = booking("M", marked=True)


async def leased(ledger: Ledger) -> Any:
    (found,) = (await ledger.turn([], 1, timedelta(minutes=1))).leased
    return found


async def unsure(ledger: Ledger, one: Any) -> None:
    """An attempt ended without an answer."""
    await ledger.turn([Again(one, ledger.clock(), "no-whole-answer", unsure=True)], 0, timedelta(minutes=1))


# On the server


async def test_what_was_delivered_is_stripped_when_the_marking_is(ledger: Ledger, client: FhirClient) -> None:
    secret = {"address": SECRET}
    await delivered(ledger, client, booking("B-1", 1, team("B-1", name="A", **secret)), booking("B-2", 1, team("B-2")))
    assert (await there(client, "CareTeam", "B-1"))["address"] == SECRET
    await delivered(ledger, client, MARKING)
    found = await there(client, "CareTeam", "B-1")
    assert (found["name"], "address" in found) == ("A", False)
    assert found["meta"]["versionId"] == "2"
    assert (await there(client, "CareTeam", "B-2"))["meta"]["versionId"] == "1", "nothing of it had to go"


async def test_what_only_an_earlier_version_said_is_stripped_too(ledger: Ledger, client: FhirClient) -> None:
    """A shared resource is never taken from, so that it holds what the last version no longer says."""
    versions = (team("B-1", name="A", address=SECRET), team("B-1", name="A", telecom=SECRET), team("B-1", name="A"))
    for version, one in enumerate(versions, 1):
        await delivered(ledger, client, booking("B-1", version, one))
    before = await there(client, "CareTeam", "B-1")
    assert (before["address"], before["telecom"]) == (SECRET, SECRET)
    await delivered(ledger, client, MARKING)
    found = await there(client, "CareTeam", "B-1")
    assert (found["name"], SECRET in str(found)) == ("A", False)


async def test_the_marking_is_delivered_when_all_that_it_takes_is_gone(ledger: Ledger, client: FhirClient) -> None:
    await delivered(ledger, client, booking("B-1", 1, team("B-1", address=SECRET)))
    marking = await taken(ledger, MARKING)
    shown = ledger.show(marking.id)
    assert shown is not None
    assert [one.lanes for one in shown.parcels] == [("booking/B-1",), ("booking/M",)]


async def test_what_is_on_its_way_when_the_marking_comes_is_stripped_after_it(
    ledger: Ledger, client: FhirClient
) -> None:
    """The courier holds the whole resource; it is sent, and then what must go is taken away."""
    receipt = await taken(ledger, booking("B-1", 1, team("B-1", name="A", address=SECRET)))
    one = await leased(ledger)
    marking = await taken(ledger, MARKING)
    await client.put("CareTeam", id_of("CareTeam", "B-1"), at_its_id("B-1", name="A", address=SECRET))
    await unsure(ledger, one)
    async with carried(ledger, client):
        await settled(ledger, [receipt, marking])
    found = await there(client, "CareTeam", "B-1")
    assert (found["name"], "address" in found) == ("A", False)


async def test_what_a_lost_attempt_left_on_the_server_is_stripped(ledger: Ledger, client: FhirClient) -> None:
    """The ledger does not know that it was ours: merged, it would be taken for somebody else's and stay."""
    receipt = await taken(ledger, booking("B-1", 1, team("B-1", name="A", address=SECRET)))
    await client.put("CareTeam", id_of("CareTeam", "B-1"), at_its_id("B-1", name="A", address=SECRET))
    await unsure(ledger, await leased(ledger))
    marking = await taken(ledger, MARKING)
    async with carried(ledger, client):
        await settled(ledger, [receipt, marking])
    found = await there(client, "CareTeam", "B-1")
    assert (found["name"], "address" in found) == ("A", False)


async def test_a_version_that_waits_is_not_undone_by_the_stripping_of_one_before_it(
    ledger: Ledger, client: FhirClient
) -> None:
    await delivered(ledger, client, booking("B-1", 1, team("B-1", name="A", address=SECRET)))
    waiting = await taken(ledger, booking("B-1", 2, team("B-1", name="B")))
    marking = await taken(ledger, MARKING)
    async with carried(ledger, client):
        await settled(ledger, [waiting, marking])
    found = await there(client, "CareTeam", "B-1")
    assert (found["name"], "address" in found) == ("B", False)


async def test_nothing_is_told_anew_where_nothing_must_go(ledger: Ledger, client: FhirClient) -> None:
    await delivered(ledger, client, booking("B-1", 1, team("B-1", name="A")))
    await taken(ledger, booking("B-2", 1, team("B-2", name="A", address=SECRET)))
    marking = await taken(ledger, MARKING)
    shown = ledger.show(marking.id)
    assert shown is not None
    assert [one.lanes for one in shown.parcels] == [("booking/M",)], "what was never sent is stripped where it waits"


def at_its_id(number: str, **said: Any) -> Json:
    return {**team(number, **said).resource, "id": id_of("CareTeam", number)}


# In the files


def held(folder: Path, *secrets: str) -> list[str]:
    """Which files of the database hold which of these, anywhere."""
    return [
        f"{file.name}: {secret}"
        for file in sorted(folder.glob("ledger.db*"))
        for secret in secrets
        if secret.encode() in used(file)
    ]


def used(file: Path) -> bytes:
    """All of a log; of the database itself all but the unused middle of pages that are in use. What is deleted there
    SQLite writes over (`secure_delete`), but of rows that it moves to another page it may leave a copy there until the
    page is next put in order: known, and rare (https://www.sqlite.org/fileformat2.html#b_tree_pages)."""
    whole = bytearray(file.read_bytes())
    if file.name != "ledger.db":
        return bytes(whole)
    size = int.from_bytes(whole[16:18], "big")
    for page in range(0, len(whole), size):
        head = page + (100 if page == 0 else 0)
        if whole[head] in (2, 5, 10, 13):
            first = head + (12 if whole[head] < 8 else 8) + 2 * int.from_bytes(whole[head + 3 : head + 5], "big")
            last = page + int.from_bytes(whole[head + 5 : head + 7], "big")
            whole[first:last] = bytes(last - first)
    return bytes(whole)


async def test_a_marking_and_its_delivery_leave_nothing_in_the_files(
    ledger: Ledger, client: FhirClient, tmp_path: Path
) -> None:
    """While the gateway runs: what was written over stands in the log until that is emptied."""
    await delivered(ledger, client, booking("B-1", 1, team("B-1", address=SECRET), address=SECRET))
    waiting = await taken(ledger, booking("B-2", 1, team("B-2", address=SECRET), address=SECRET))
    marking = await taken(ledger, MARKING)
    assert "ledger.db-wal: " + SECRET in held(tmp_path, SECRET)
    await until(lambda: held(tmp_path, SECRET) == ["ledger.db: " + SECRET])  # for the merge that takes it away there
    async with carried(ledger, client):
        await settled(ledger, [waiting, marking])
    await until(lambda: held(tmp_path, SECRET) == [])


async def test_what_waits_is_gone_from_the_files_though_the_server_is_down(ledger: Ledger, tmp_path: Path) -> None:
    await taken(ledger, booking("B-1", 1, team("B-1", address=SECRET), address=SECRET))
    await taken(ledger, MARKING)
    assert held(tmp_path, SECRET) != []
    await until(lambda: held(tmp_path, SECRET) == [])


async def test_who_reads_the_database_holds_up_nobody_and_the_log_is_emptied_afterwards(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[bool] = []
    monkeypatch.setattr("adapter.delivery.writer.WIPE_AFTER", 0.01)

    def watched(connection: sqlite3.Connection) -> bool:
        tried.append(wipe(connection))
        return tried[-1]

    monkeypatch.setattr("adapter.delivery.session.wipe", watched)
    await taken(ledger, booking("B-1", 1, address=SECRET))
    with closing(sqlite3.connect(ledger.path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM message").fetchone()
        await taken(ledger, MARKING)
        await until(lambda: len(tried) >= 3)
        await taken(ledger, message("C-1"))
        assert "ledger.db-wal: " + SECRET in held(tmp_path, SECRET)
    assert not any(tried[:3])
    await until(lambda: tried[-1])
    assert held(tmp_path, SECRET) == []


async def test_what_a_gateway_left_in_the_log_when_it_died_is_gone_after_the_next_start(
    ledger: Ledger, tmp_path: Path
) -> None:
    await taken(ledger, booking("B-1", 1, address=SECRET))
    await taken(ledger, MARKING)
    for file in ("ledger.db", "ledger.db-wal"):
        shutil.copy(tmp_path / file, tmp_path / f"dead-{file}")
    dead = tmp_path / "dead-ledger.db-wal"
    assert SECRET.encode() in dead.read_bytes()
    again = Ledger.open(f"sqlite:///{tmp_path / 'dead-ledger.db'}", REGION)
    assert SECRET.encode() not in dead.read_bytes() + (tmp_path / "dead-ledger.db").read_bytes()
    assert [one.state for one in again.of_patient(PATIENT, "booking")] == [{"number": "B-1"}, {"number": "M"}]
    await again.close()


async def test_what_is_deleted_is_written_over_whatever_sqlite_was_built_to_do(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as connection:
        connection.execute("PRAGMA secure_delete=OFF")
        _writing(connection, None)
        assert connection.execute("PRAGMA secure_delete").fetchone() == (1,)


# From end to end

NUMBER = "191212121212"
PLANTED = {
    name: f"Hemligt{number:02}x"
    for number, name in enumerate(
        ("given", "family", "street", "town", "unit street", "unit town", "unit public", "unit care", "unit way", "kin")
    )
} | {"phone": "070-174 06 05", "postal": "302 91", "reserve": "19121212R7K2"}
KNOWN = patient(
    NUMBER,
    identities=[{"kind": "reservidentitet", "value": PLANTED["reserve"]}],
    name={"given": [PLANTED["given"]], "family": PLANTED["family"]},
    phones=[{"kind": "mobile", "value": PLANTED["phone"]}],
    addresses=[{"kind": "home", "street": PLANTED["street"], "postalCode": PLANTED["postal"], "town": PLANTED["town"]}],
    regionOfRegistration="01",
    relations=[{"number": "1", "kind": "contactPerson", "name": {"text": PLANTED["kin"]}}],
)
UNIT: Json = {
    "name": "Vårdcentralen",
    "street": PLANTED["unit street"],
    "postalCode": PLANTED["postal"],
    "town": PLANTED["unit town"],
    "publicPhone": PLANTED["unit public"],
    "careToCarePhone": PLANTED["unit care"],
    "contactWays": [{"way": "phone", "value": PLANTED["unit way"]}],
}
"""Where she is listed: it has no id, so that nobody but her physician's contact speaks of it."""
MARKED = patient(NUMBER, protection={"kind": "sekretessmarkering"})
WITH_AN_ID = {"hsaId": "SE2321000115-E000000000120"}


@pytest.fixture
def fhir() -> Iterator[str]:
    with running_sandbox() as base:
        yield base


def on_the_server(fhir: str) -> list[str]:
    """Which resources, as they are now, hold which of the planted values."""
    kinds = [one["type"] for one in httpx.get(f"{fhir}/metadata").json()["rest"][0]["resource"]]
    pages = (httpx.get(f"{fhir}/{kind}", params={"_count": 1000}).json() for kind in kinds)
    resources = [entry["resource"] for page in pages for entry in page.get("entry", ())]
    return [
        f"{one['resourceType']}: {name}"
        for one in resources
        for name, value in PLANTED.items()
        if value in httpx.Response(200, json=one).text or value in str(one)
    ]


@pytest.mark.parametrize("then", [{}, WITH_AN_ID], ids=["the unit is hers still", "another unit since"])
def test_PI_1_a_marking_leaves_nothing_on_the_server_nor_in_the_files(tmp_path: Path, fhir: str, then: Json) -> None:
    with starting(tmp_path, fhir) as base, closing(Region(base, fhir)) as region:
        pushed(region.cosmic, "bookings", single("C-1", patient=KNOWN))
        pushed(region.cosmic, "named-contacts", physician("F-1", KNOWN, unit=UNIT))
        if then:
            pushed(region.cosmic, "named-contacts", physician("F-1", KNOWN, 2, unit=then))
        pushed(region.pasis, "bookings", pasis("P-1", 0, KNOWN))
        pushed(region.cosmic, "care-events", changed(event(), "/booking", GONE) | {"patient": KNOWN})
        assert "Encounter: kin" in on_the_server(fhir)
        assert {one.partition(": ")[2] for one in on_the_server(fhir)} == PLANTED.keys()
        assert {one.partition(": ")[2] for one in held(tmp_path, *PLANTED.values())} == set(PLANTED.values())
        pushed(region.pasis, "bookings", pasis("P-1", 1, MARKED))
        assert on_the_server(fhir) == []
        asyncio.run(until(lambda: held(tmp_path, *PLANTED.values()) == []))
        held_now = region.cosmic.get(f"/v1/named-contacts/{COSMIC}/F-1").json()["namedContact"]
        assert "street" not in held_now["unit"]
        visit = region.cosmic.get(f"/v1/care-events/{COSMIC}/VH-1").json()["careEvent"]
        assert not visit.get("relations")


def test_PI_1_so_does_one_that_the_contact_itself_brings(tmp_path: Path, fhir: str) -> None:
    with starting(tmp_path, fhir) as base, closing(Region(base, fhir)) as region:
        pushed(region.cosmic, "named-contacts", physician("F-1", KNOWN, unit=UNIT))
        pushed(region.cosmic, "named-contacts", physician("F-1", MARKED, 2, unit=UNIT))
        assert on_the_server(fhir) == []
        asyncio.run(until(lambda: held(tmp_path, *PLANTED.values()) == []))


def test_PI_1_what_waits_is_stripped_before_it_reaches_the_server(tmp_path: Path, fhir: str) -> None:
    with starting(tmp_path, fhir, deliver=False) as base, closing(Region(base, fhir)) as region:
        first = region.cosmic.post("/v1/named-contacts", json=physician("F-1", KNOWN, unit=UNIT))
        marking = region.pasis.post("/v1/bookings", json=pasis("P-1", 0, MARKED))
        assert (first.status_code, marking.status_code) == (202, 202), first.text
        asyncio.run(until(lambda: held(tmp_path, *PLANTED.values()) == []))
    with starting(tmp_path, fhir) as base, closing(Region(base, fhir)) as region:
        pushed(region.cosmic, "named-contacts", physician("F-1", MARKED, 2, unit=UNIT))
        history = [httpx.get(f"{fhir}/{kind}/{one}/_history").text for kind, one in ids(fhir)]
        assert len(history) >= 6
        assert [value for value in PLANTED.values() if any(value in one for one in history)] == []


def ids(fhir: str) -> list[tuple[str, str]]:
    kinds = ("Patient", "CareTeam", "PractitionerRole", "Practitioner", "Organization", "Location", "HealthcareService")
    pages = [(kind, httpx.get(f"{fhir}/{kind}").json()) for kind in kinds]
    return [(kind, entry["resource"]["id"]) for kind, page in pages for entry in page.get("entry", ())]


def test_what_others_share_with_her_is_left_alone(tmp_path: Path, fhir: str) -> None:
    """A unit with an id is spoken of by all that refer to it."""
    with starting(tmp_path, fhir) as base, closing(Region(base, fhir)) as region:
        pushed(region.cosmic, "named-contacts", physician("F-1", KNOWN, unit=WITH_AN_ID))
        before = {one: httpx.get(f"{fhir}/{'/'.join(one)}").json() for one in ids(fhir) if one[0] != "Patient"}
        pushed(region.pasis, "bookings", pasis("P-1", 0, MARKED))
        assert {one: httpx.get(f"{fhir}/{'/'.join(one)}").json() for one in before} == before
        assert any("address" in one for one in before.values())


def test_what_others_share_with_her_is_delivered_whole_though_she_is_marked_meanwhile(
    tmp_path: Path, fhir: str
) -> None:
    with starting(tmp_path, fhir, deliver=False) as base, closing(Region(base, fhir)) as region:
        contact = physician("F-1", KNOWN, unit=WITH_AN_ID)
        assert region.cosmic.post("/v1/named-contacts", json=contact).status_code == 202
        assert region.pasis.post("/v1/bookings", json=pasis("P-1", 0, MARKED)).status_code == 202
    with starting(tmp_path, fhir) as base, closing(Region(base, fhir)) as region:
        pushed(region.cosmic, "named-contacts", physician("F-1", MARKED, 2, unit=WITH_AN_ID))
        versions = [httpx.get(f"{fhir}/{kind}/{one}/_history").json() for kind, one in ids(fhir) if kind == "Location"]
        assert all("address" in entry["resource"] for page in versions for entry in page["entry"])
        assert versions


def test_PI_1_a_unit_where_she_is_not_listed_stays(tmp_path: Path, fhir: str) -> None:
    """A contact nurse's: on the server as in what the region is shown."""
    nurse = {name: value for name, value in physician("K-1", KNOWN, unit=UNIT).items() if name != "attested"}
    nurse |= {"kind": "other", "role": "kontaktsjukskoterska", "about": "Behandlingen"}
    with starting(tmp_path, fhir) as base, closing(Region(base, fhir)) as region:
        pushed(region.cosmic, "named-contacts", nurse)
        pushed(region.pasis, "bookings", pasis("P-1", 0, MARKED))
        shown = region.cosmic.get(f"/v1/named-contacts/{COSMIC}/K-1").json()["namedContact"]
        assert shown["unit"]["street"] == UNIT["street"]
        assert "Location: unit street" in on_the_server(fhir)
