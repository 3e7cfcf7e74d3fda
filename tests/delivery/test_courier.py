"""The courier against the embedded server over real sockets."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from adapter.delivery import Courier, CourierSettings, Ledger, MessageState, Packed, Parcel, ParcelState, Receipt, Waits
from adapter.delivery.alone import Alone
from adapter.delivery.attempt import Way, attempt, fresh
from adapter.delivery.turns import Delivered
from adapter.sandbox import SandboxSettings, running_sandbox
from adapter.sandbox.trigger import TRIGGER
from adapter.server.client import FhirClient
from adapter.server.references import literal, rendered
from adapter.server.settings import ServerSettings
from mappings.problem import Json, Problem
from mappings.shape.filled import Filled
from tests.delivery.material import (
    IDS,
    QUICK,
    carried,
    comments,
    content,
    delivered,
    filled,
    id_of,
    message,
    reference,
    settled,
    taken,
    there,
    until,
    versions,
    visit,
)
from tests.server.sockets import http, listening, says

pytestmark = pytest.mark.anyio


def failing(*values: str) -> list[Json]:
    """Identifiers by which the sandbox fails."""
    return [{"system": TRIGGER, "value": value} for value in values]


def booking(number: str, version: int, *resources: Filled, **said: Any) -> Any:
    return message(number, version, Packed((f"booking/{number}",), resources), **said)


async def carry(ledger: Ledger, client: FhirClient, *accepted: Any, settings: CourierSettings = QUICK) -> list[Receipt]:
    receipts = [await taken(ledger, one) for one in accepted]
    async with carried(ledger, client, settings=settings):
        return await settled(ledger, receipts)


async def test_every_version_is_there_once_and_in_order(ledger: Ledger, client: FhirClient) -> None:
    await delivered(ledger, client, *(message("B-1", version) for version in range(1, 8)))
    assert await comments(client, "B-1") == [f"version {version}" for version in range(1, 8)]


async def test_resources_of_one_parcel_arrive_together_and_refer_to_each_other(
    ledger: Ledger, client: FhirClient
) -> None:
    parts = visit("B-1", "x", supportingInformation=[reference("CareTeam", "T")]), filled("CareTeam", "T", name="Team")
    await delivered(ledger, client, booking("B-1", 1, *parts))
    found = await there(client, "Appointment", "B-1")
    assert found["supportingInformation"] == [{"reference": f"CareTeam/{id_of('CareTeam', 'T')}"}]
    assert (await there(client, "CareTeam", "T"))["name"] == "Team"


async def test_many_bookings_share_units_that_are_sent_once(ledger: Ledger, client: FhirClient) -> None:
    unit = filled("Organization", "U", owned=False, name="Mottagning")
    await delivered(ledger, client, *(booking(f"B-{n}", 1, visit(f"B-{n}", "x"), unit) for n in range(40)))
    assert len(await versions(client, "Organization", "U")) == 1
    changed = filled("Organization", "U", owned=False, name="Mottagningen")
    await delivered(ledger, client, *(booking(f"C-{n}", 1, visit(f"C-{n}", "x"), changed) for n in range(10)))
    assert [one["name"] for one in await versions(client, "Organization", "U")] == ["Mottagning", "Mottagningen"]


async def test_what_one_source_says_of_a_unit_does_not_take_away_what_another_said(
    ledger: Ledger, client: FhirClient
) -> None:
    await delivered(ledger, client, booking("B-1", 1, filled("Organization", "U", owned=False, name="A", alias=["x"])))
    await delivered(ledger, client, booking("B-2", 1, filled("Organization", "U", owned=False, name="B")))
    found = await there(client, "Organization", "U")
    assert (found["name"], found["alias"]) == ("B", ["x"])


async def test_a_booking_waits_for_its_patient(ledger: Ledger, client: FhirClient) -> None:
    patient = Packed(("patient/p",), (filled("Patient", "p"),))
    own = Packed(
        ("b",), (visit("B-1", "x", participant=[{"actor": reference("Patient", "p")}]),), (id_of("Patient", "p"),)
    )
    await delivered(ledger, client, message("B-1", 1, own, patient))
    found = await there(client, "Appointment", "B-1")
    assert found["participant"] == [{"actor": {"reference": f"Patient/{id_of('Patient', 'p')}"}}]


# Others' edits


async def test_what_others_added_on_the_server_stays(ledger: Ledger, client: FhirClient) -> None:
    await delivered(ledger, client, message("B-1", 1))
    found = await there(client, "Appointment", "B-1")
    await client.put("Appointment", found["id"], {**found, "patientInstruction": "theirs"})
    (receipt,) = await delivered(ledger, client, message("B-1", 2))
    found = await there(client, "Appointment", "B-1")
    assert (found["comment"], found["patientInstruction"]) == ("version 2", "theirs")
    assert receipt.conflicts == ()
    await delivered(ledger, client, message("B-1", 3))
    assert (await there(client, "Appointment", "B-1"))["patientInstruction"] == "theirs"


async def test_where_both_changed_ours_wins_and_the_receipt_names_the_element(
    ledger: Ledger, client: FhirClient
) -> None:
    await delivered(ledger, client, message("B-1", 1))
    found = await there(client, "Appointment", "B-1")
    await client.put("Appointment", found["id"], {**found, "comment": "theirs"})
    (receipt,) = await delivered(ledger, client, message("B-1", 2))
    assert (await there(client, "Appointment", "B-1"))["comment"] == "version 2"
    assert receipt.conflicts == ("Appointment.comment",)


async def test_references_in_what_others_wrote_are_known_again(ledger: Ledger, client: FhirClient) -> None:
    """The base holds keys and the server ids: had they not been turned back, each reference would be a conflict."""
    one = visit("B-1", "1", supportingInformation=[reference("CareTeam", "T")])
    await delivered(ledger, client, booking("B-1", 1, one, filled("CareTeam", "T")))
    found = await there(client, "Appointment", "B-1")
    await client.put("Appointment", found["id"], {**found, "patientInstruction": "theirs"})
    two = visit("B-1", "2", supportingInformation=[reference("CareTeam", "T2")])
    (receipt,) = await delivered(ledger, client, booking("B-1", 2, two, filled("CareTeam", "T2")))
    found = await there(client, "Appointment", "B-1")
    assert found["supportingInformation"] == [{"reference": f"CareTeam/{id_of('CareTeam', 'T2')}"}]
    assert receipt.conflicts == ()


async def test_references_to_what_was_delivered_just_now_are_known_again_too(
    ledger: Ledger, client: FhirClient
) -> None:
    """Another parcel has delivered the unit and that is not on the disk yet: the reference to it is no other's."""
    unit = filled("Organization", "U", owned=False, name="Mottagning")
    for n in (1, 2):
        await taken(ledger, booking(f"B-{n}", 1, belonging(f"T-{n}"), unit))
    way = Way(ledger, client, IDS.of, literal(IDS), content(), QUICK.waits, lambda: 0.5, Alone())
    first, lost = (await ledger.turn([], 2, timedelta(minutes=1))).leased
    way.alone.end(first.parcel, fresh(way, await attempt(way, first)))
    told = rendered(belonging("T-2").resource, literal(IDS))
    await client.put("CareTeam", id_of("CareTeam", "T-2"), {**told, "id": id_of("CareTeam", "T-2")})
    ended = await attempt(way, replace(lost, unsure=True))
    assert isinstance(ended.result, Delivered)
    assert ended.writes == 0
    assert len((await there(client, "CareTeam", "T-2"))["managingOrganization"]) == 1


def belonging(team: str) -> Filled:
    return filled("CareTeam", team, managingOrganization=[reference("Organization", "U")])


async def test_what_others_deleted_comes_back_with_the_next_version(ledger: Ledger, client: FhirClient) -> None:
    await delivered(ledger, client, message("B-1", 1))
    await client.delete("Appointment", id_of("Appointment", "B-1"))
    await delivered(ledger, client, message("B-1", 2))
    assert (await there(client, "Appointment", "B-1"))["comment"] == "version 2"


async def test_what_no_longer_holds_once_merged_is_parked_and_not_sent(ledger: Ledger, client: FhirClient) -> None:
    def validate(resource: Json) -> list[Problem]:
        return [Problem("IN-9", "", "fel", "wrong", fhirpath="Appointment")] if "patientInstruction" in resource else []

    strict = content(validate=validate)
    await delivered(ledger, client, message("B-1", 1), told=strict)
    found = await there(client, "Appointment", "B-1")
    await client.put("Appointment", found["id"], {**found, "patientInstruction": "theirs"})
    receipt = await taken(ledger, message("B-1", 2))
    async with carried(ledger, client, strict):
        (parked,) = await settled(ledger, [receipt])
    assert (parked.state, parked.reason) == (MessageState.PARKED, "invalid-after-merge")
    assert parked.server_said == {"problems": [{"rule": "IN-9", "fhirpath": "Appointment", "sv": "fel", "en": "wrong"}]}
    assert (await there(client, "Appointment", "B-1"))["comment"] == "version 1"


async def test_what_nobody_else_touched_is_not_validated_again(ledger: Ledger, client: FhirClient) -> None:
    def never(_: Json) -> list[Problem]:
        raise AssertionError("validated")

    await delivered(ledger, client, message("B-1", 1), message("B-1", 2), told=content(validate=never))


async def test_a_ledger_begun_on_an_empty_server_reads_nothing_before_it_writes(
    ledger: Ledger, base: str, client: FhirClient
) -> None:
    async with listening_client(base) as watched:
        await delivered(ledger, watched, message("B-1", 1), message("B-1", 2))
        assert [one for one in watched.asked if one.startswith("GET")] == []


async def test_a_new_ledger_on_a_server_that_holds_ours_updates_and_does_not_double(
    ledger: Ledger, client: FhirClient, tmp_path: Any
) -> None:
    await delivered(ledger, client, message("B-1", 1))
    found = await there(client, "Appointment", "B-1")
    await client.put("Appointment", found["id"], {**found, "patientInstruction": "theirs"})
    another = Ledger.open(f"sqlite:///{tmp_path}/another.db", "testregion")
    await delivered(another, client, message("B-1", 1), message("B-1", 2))
    await another.close()
    found = await there(client, "Appointment", "B-1")
    assert (found["comment"], found["patientInstruction"]) == ("version 2", "theirs")
    assert len(await versions(client, "Appointment", "B-1")) == 3


async def test_a_version_that_says_the_same_makes_no_new_one_on_the_server(ledger: Ledger, client: FhirClient) -> None:
    same = [booking("B-1", version, visit("B-1", "same"), content_hash=str(version)) for version in (1, 2)]
    await delivered(ledger, client, *same)
    assert await comments(client, "B-1") == ["same"]


async def test_what_may_be_said_is_asked_again_before_it_is_sent(ledger: Ledger, client: FhirClient) -> None:
    def before_send(parcel: Parcel) -> tuple[Filled, ...]:
        return tuple(replace(one, resource={**one.resource, "comment": "stripped"}) for one in parcel.resources)

    await delivered(ledger, client, message("B-1", 1), told=content(before_send=before_send))
    assert await comments(client, "B-1") == ["stripped"]


# Troubles


@pytest.mark.parametrize(
    "trouble", ["409-once", "412-once", "429-once", "503-once", "500-once", "html-once", "empty-once"]
)
async def test_a_trouble_that_passes_delivers_once(ledger: Ledger, client: FhirClient, trouble: str) -> None:
    others = [message(f"B-{n}", version) for n in range(5) for version in (1, 2)]
    first = booking("X", 1, visit("X", "1", identifier=failing(trouble)))
    (receipt, *_) = await carry(ledger, client, first, booking("X", 2, visit("X", "2")), *others)
    assert receipt.state is MessageState.DELIVERED
    assert await comments(client, "X") == ["1", "2"]
    for n in range(5):
        assert await comments(client, f"B-{n}") == ["version 1", "version 2"]


@pytest.mark.parametrize("parts", [1, 2])
async def test_an_answer_that_was_lost_makes_no_double(ledger: Ledger, client: FhirClient, parts: int) -> None:
    """The server kept it and something in between answered: the next attempt looks first."""
    first = [visit("X", "1", identifier=failing("lost-once")), filled("CareTeam", "T")][:parts]
    second = [visit("X", "2", identifier=failing("lost-once-b")), filled("CareTeam", "T", name="new")][:parts]
    found = await carry(ledger, client, booking("X", 1, *first), booking("X", 2, *second))
    assert [(one.state, one.attempts) for one in found] == [(MessageState.DELIVERED, 2)] * 2
    assert await comments(client, "X") == ["1", "2"]


async def test_what_others_wrote_after_an_answer_that_was_lost_stays(
    ledger: Ledger, base: str, client: FhirClient
) -> None:
    async def edit() -> None:
        found = await there(client, "Appointment", "X")
        await client.put("Appointment", found["id"], {**found, "patientInstruction": "theirs"})

    receipt = await taken(ledger, booking("X", 1, visit("X", "1", identifier=failing("lost-once"))))
    async with listening_client(base, after_a_write=edit) as losing, carried(ledger, losing):
        await settled(ledger, [receipt])
    assert [one.get("patientInstruction") for one in await versions(client, "Appointment", "X")] == [None, "theirs"]


async def test_a_refusal_is_parked_with_what_the_server_said_and_holds_only_its_lane(
    ledger: Ledger, client: FhirClient
) -> None:
    refused = booking("X", 1, visit("X", "1", identifier=failing("422")))
    receipts = [await taken(ledger, one) for one in (refused, booking("X", 2, visit("X", "2")), message("B-1", 1))]
    async with carried(ledger, client):
        parked, free = await settled(ledger, [receipts[0], receipts[2]])
        behind = ledger.receipt(receipts[1].id)
    assert (parked.state, parked.reason, parked.attempts) == (MessageState.PARKED, "refused", 1)
    assert parked.server_said is not None
    assert parked.server_said["status"] == 422
    assert parked.server_said["issues"][0]["code"] == "processing"
    assert free.state is MessageState.DELIVERED
    assert behind is not None
    assert behind.state is MessageState.ACCEPTED


async def test_what_never_passes_is_parked_after_a_few_tries(ledger: Ledger, client: FhirClient) -> None:
    lost, conflict = (
        booking(f"X{code}", 1, visit(f"X{code}", "1", identifier=failing(code))) for code in ("500", "409")
    )
    found = await carry(ledger, client, lost, conflict, message("B-1", 1))
    assert [(one.state, one.reason) for one in found] == [
        (MessageState.PARKED, "server-error"),
        (MessageState.PARKED, "changed-meanwhile"),
        (MessageState.DELIVERED, None),
    ]
    assert [one.attempts for one in found] == [QUICK.waits.few, QUICK.waits.conflicts, 1]


async def test_a_server_that_is_down_parks_nothing_and_gets_all_when_it_is_back(ledger: Ledger, tmp_path: Any) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    receipts = [await taken(ledger, message(f"B-{n}", 1)) for n in range(30)]
    async with (
        FhirClient(ServerSettings(base=f"http://127.0.0.1:{port}/fhir")) as client,
        carried(ledger, client) as courier,
    ):
        await until(lambda: courier.server_in_trouble)
        assert not any((found := ledger.receipt(one.id)) and found.settled for one in receipts)
        with running_sandbox(SandboxSettings(validate="off", port=port)):
            assert {one.state for one in await settled(ledger, receipts)} == {MessageState.DELIVERED}
            await until(lambda: not courier.server_in_trouble)


async def test_a_server_that_goes_down_under_way_costs_no_attempts_of_those_that_wait(
    ledger: Ledger, client: FhirClient
) -> None:
    """Many are due, the server says that it is busy to each: only few are tried before all wait together."""
    down = [booking(f"X{n}", 1, visit(f"X{n}", "1", identifier=failing("503"))) for n in range(200)]
    receipts = [await taken(ledger, one) for one in down]
    slow = CourierSettings(parallel=4, waits=Waits(first=0.2, longest=0.2, longest_pause=0.2))
    async with carried(ledger, client, settings=slow) as courier:
        await until(lambda: courier.server_in_trouble)
    tried = sum(found.attempts for one in receipts if (found := ledger.receipt(one.id)))
    assert tried <= 3 * 2 * slow.parallel


async def test_a_courier_that_is_held_sends_nothing_until_it_may(ledger: Ledger, client: FhirClient) -> None:
    courier = Courier(ledger, client, IDS, content(), QUICK)
    courier.hold()
    async with courier.running():
        receipt = await taken(ledger, message())
        assert (await ledger.delivered(receipt.id, 0.3)) == receipt
        courier.resume()
        await settled(ledger, [receipt])


async def test_a_stop_lets_what_is_on_its_way_end_and_records_it(ledger: Ledger, base: str) -> None:
    slow = booking("X", 1, visit("X", "1", identifier=failing("slow-300")))
    receipt = await taken(ledger, slow)
    async with listening_client(base) as client, carried(ledger, client):
        await until(lambda: any(asked.startswith("PUT") for asked in client.asked))
    found = ledger.receipt(receipt.id)
    assert found is not None
    assert found.state is MessageState.DELIVERED


async def test_parcels_go_many_at_once(ledger: Ledger, client: FhirClient) -> None:
    """Each takes 200 ms at the server: one after the other they would take four seconds."""
    slow = [booking(f"X{n}", 1, visit(f"X{n}", "1", identifier=failing("slow-200"))) for n in range(20)]
    receipts = [await taken(ledger, one) for one in slow]
    most = 0
    async with carried(ledger, client):
        while not all((found := ledger.receipt(one.id)) and found.settled for one in receipts):
            most = max(most, ledger.counts().parcels[ParcelState.LEASED])
            await asyncio.sleep(0.01)
    assert most >= QUICK.parallel


async def test_what_has_waited_for_half_its_lease_is_given_back_and_goes_once(
    ledger: Ledger, client: FhirClient
) -> None:
    """One at a time, each half a second: the last would begin when their lease has almost run out."""
    slow = [booking(f"X{n}", 1, visit(f"X{n}", "1", identifier=failing("slow-500"))) for n in range(8)]
    one_by_one = CourierSettings(parallel=1, lease=3.0, waits=QUICK.waits)
    with capture_logs() as logged:
        found = await carry(ledger, client, *slow, settings=one_by_one)
    assert {(one.state, one.attempts) for one in found} == {(MessageState.DELIVERED, 1)}
    assert {one["event"] for one in logged} == {
        "courier.started",
        "ledger.begun",
        "parcel.delivered",
        "courier.stopped",
    }
    for n in range(8):
        assert await comments(client, f"X{n}") == ["1"]


@pytest.mark.parametrize("resources", [1, 2])
async def test_an_answer_that_says_nothing_is_not_taken_for_an_acceptance(ledger: Ledger, resources: int) -> None:
    """204 to all that is asked: nobody said which version was made, nor what is there."""
    async with listening(says(http(204))) as nothing, FhirClient(ServerSettings(base=nothing.base)) as client:
        parts = [visit("X", "1"), filled("CareTeam", "T")][:resources]
        (parked,) = await carry(ledger, client, booking("X", 1, *parts))
    assert (parked.state, parked.reason) == (MessageState.PARKED, "not-understood")
    assert not [one for one in nothing.requests if one.method == "PUT"]


async def test_labels_that_the_server_keeps_are_told_in_the_receipt(ledger: Ledger) -> None:
    label = {"system": "urn:labels", "code": "secret"}
    with running_sandbox(SandboxSettings(validate="off", like="hapi")) as base:
        async with FhirClient(ServerSettings(base=base)) as client:
            await delivered(ledger, client, booking("B-1", 1, visit("B-1", "1", meta={"security": [label]})))
            (receipt,) = await delivered(ledger, client, booking("B-1", 2, visit("B-1", "2")))
    assert receipt.kept_by_server == ("Appointment.meta.security urn:labels#secret",)


async def test_a_fault_of_the_gateway_itself_is_tried_again_and_then_parked(ledger: Ledger, client: FhirClient) -> None:
    def broken(parcel: Parcel) -> tuple[Filled, ...]:
        if parcel.resources[0].key.value == "X":
            raise RuntimeError("191212121212")
        return parcel.resources

    receipts = [await taken(ledger, one) for one in (message("X", 1), message("B-1", 1))]
    async with carried(ledger, client, content(before_send=broken)):
        parked, fine = await settled(ledger, receipts)
    assert (parked.state, parked.reason, parked.attempts) == (MessageState.PARKED, "gateway-error", QUICK.waits.few)
    assert fine.state is MessageState.DELIVERED


class listening_client(FhirClient):  # noqa: N801  reads as what it is
    """The client, remembering what it asked."""

    def __init__(self, base: str, after_a_write: Callable[[], Awaitable[None]] | None = None) -> None:
        super().__init__(ServerSettings(base=base))
        self.asked: list[str] = []
        self._after_a_write = after_a_write

    async def ask(self, method: str, url: str, *headers: tuple[str, str], content: bytes | None = None) -> Any:
        self.asked.append(f"{method} {url}")
        answer = await super().ask(method, url, *headers, content=content)
        if method == "PUT" and self._after_a_write:
            await self._after_a_write()
        return answer
