"""What servers do differently, on a real HAPI: conflicts are 409, races are lost, labels stay, types are not empty."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from adapter.delivery import Ledger, Packed
from adapter.server.client import FhirClient
from adapter.server.settings import ServerSettings
from tests.delivery.material import (
    comments,
    delivered,
    filled,
    id_of,
    message,
    reference,
    there,
    versions,
    visit,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
async def hapi(hapi_base: str) -> AsyncIterator[FhirClient]:
    async with FhirClient(ServerSettings(base=hapi_base)) as opened:
        yield opened


@pytest.fixture
def number() -> str:
    return f"B-{uuid4()}"


async def test_every_version_is_on_hapi_once_and_in_order(ledger: Ledger, hapi: FhirClient, number: str) -> None:
    await delivered(ledger, hapi, *(message(number, version) for version in range(1, 6)))
    assert await comments(hapi, number) == [f"version {version}" for version in range(1, 6)]


async def test_many_that_share_a_unit_lose_no_race_on_hapi(ledger: Ledger, hapi: FhirClient, number: str) -> None:
    unit = filled("Organization", number, owned=False, name="Mottagning")
    to_unit = [reference("Organization", number)]
    parts = [(visit(f"{number}-{n}", "x", supportingInformation=to_unit), unit) for n in range(12)]
    await delivered(
        ledger, hapi, *(message(f"{number}-{n}", 1, Packed((f"{n}",), part)) for n, part in enumerate(parts))
    )
    assert len(await versions(hapi, "Organization", number)) == 1


async def test_what_others_wrote_on_hapi_is_merged_after_its_409(ledger: Ledger, hapi: FhirClient, number: str) -> None:
    parts = visit(number, "1", supportingInformation=[reference("CareTeam", number)]), filled("CareTeam", number)
    await delivered(ledger, hapi, message(number, 1, Packed(("lane",), parts)))
    found = await there(hapi, "Appointment", number)
    await hapi.put("Appointment", found["id"], {**found, "patientInstruction": "theirs", "comment": "theirs"})
    again = (
        visit(number, "2", supportingInformation=[reference("CareTeam", number)]),
        filled("CareTeam", number, name="n"),
    )
    (receipt,) = await delivered(ledger, hapi, message(number, 2, Packed(("lane",), again)))
    found = await there(hapi, "Appointment", number)
    assert (found["comment"], found["patientInstruction"]) == ("2", "theirs")
    assert found["supportingInformation"] == [{"reference": f"CareTeam/{id_of('CareTeam', number)}"}]
    assert receipt.conflicts == ("Appointment.comment",)


async def test_a_new_ledger_finds_on_hapi_what_an_older_one_delivered(
    ledger: Ledger, hapi: FhirClient, number: str, url: str
) -> None:
    await delivered(ledger, hapi, message(number, 1))
    another = Ledger.open(url.replace("ledger.db", "another.db"), "testregion")
    await delivered(another, hapi, message(number, 1), message(number, 2))
    await another.close()
    assert await comments(hapi, number) == ["version 1", "version 2"]


async def test_what_was_deleted_on_hapi_comes_back(ledger: Ledger, hapi: FhirClient, number: str) -> None:
    await delivered(ledger, hapi, message(number, 1))
    await hapi.delete("Appointment", id_of("Appointment", number))
    await delivered(ledger, hapi, message(number, 2))
    assert (await there(hapi, "Appointment", number))["comment"] == "version 2"


async def test_a_label_that_hapi_keeps_is_told(ledger: Ledger, hapi: FhirClient, number: str) -> None:
    label = {"system": "urn:labels", "code": "secret"}
    first = Packed(("lane",), (visit(number, "1", meta={"security": [label]}),))
    await delivered(ledger, hapi, message(number, 1, first))
    (receipt,) = await delivered(ledger, hapi, message(number, 2))
    assert receipt.kept_by_server == ("Appointment.meta.security urn:labels#secret",)
