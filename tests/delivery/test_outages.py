"""Servers that are down for long, that fail in between, or that answer a read as no read is answered."""

from __future__ import annotations

import socket
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import orjson
import pytest
from structlog.testing import capture_logs

from adapter.delivery import Content, CourierSettings, Ledger, MessageState, Parcel, Receipt, Waits
from adapter.delivery.turns import Again
from adapter.delivery.values import Counted
from adapter.sandbox import SandboxSettings, running_sandbox
from adapter.server.client import FhirClient
from adapter.server.settings import ServerSettings
from mappings.shape.filled import Filled
from tests.delivery.material import QUICK, REGION, carried, content, message, settled, taken, until
from tests.server.sockets import Answering, Listening, Request, http, listening, resource, says, told

pytestmark = pytest.mark.anyio

OUTAGE = (503,) * 12
"""More attempts than either kind of failure gets."""
CONFLICT = (412,) * (QUICK.waits.rereads + 1)
"""One attempt that ends in a conflict: each round of it."""
MISSING = orjson.dumps({"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "not-found"}]})


def serving(writes: tuple[int, ...] = (), reads: tuple[int, ...] = (404,), held: int = 0) -> Answering:
    """Answers writes in turn as is said, and takes all that come after them; the same of reads, the last for good.
    It says that it holds so many of every type."""
    to_write, to_read = deque(writes), deque(reads)

    def say(request: Request) -> bytes:
        if request.target.endswith("_search"):
            return resource(200, {"resourceType": "Bundle", "type": "searchset", "total": held})
        if request.method == "GET":
            status = to_read.popleft() if len(to_read) > 1 else to_read[0]
            return http(status, MISSING)
        status = to_write.popleft() if to_write else 201
        return http(status, ETag='W/"1"') if status == 201 else http(status, MISSING)

    return told(say)


async def carry(ledger: Ledger, server: Listening, told: Content | None = None) -> Receipt:
    """What becomes of one message."""
    receipt = await taken(ledger, message())
    async with FhirClient(ServerSettings(base=server.base)) as client, carried(ledger, client, told):
        (found,) = await settled(ledger, [receipt])
    return found


@pytest.mark.parametrize("then", [(500,), (422,), CONFLICT])
async def test_what_fails_once_after_a_long_outage_is_delivered(ledger: Ledger, then: tuple[int, ...]) -> None:
    async with listening(serving((*OUTAGE, *then))) as server:
        found = await carry(ledger, server)
    assert (found.state, found.attempts) == (MessageState.DELIVERED, len(OUTAGE) + 2)


async def test_a_fault_of_the_gateway_after_a_long_outage_parks_nothing(ledger: Ledger) -> None:
    asked: list[Parcel] = []

    def broken(parcel: Parcel) -> tuple[Filled, ...]:
        asked.append(parcel)
        if len(asked) == len(OUTAGE) + 1:
            raise RuntimeError
        return parcel.resources

    async with listening(serving(OUTAGE)) as server:
        found = await carry(ledger, server, content(before_send=broken))
    assert (found.state, found.attempts) == (MessageState.DELIVERED, len(OUTAGE) + 2)


async def test_each_kind_of_failure_has_its_own_tries(ledger: Ledger) -> None:
    failures, conflicts = QUICK.waits.few - 1, QUICK.waits.conflicts - 1
    async with listening(serving((*(500,) * failures, *CONFLICT * conflicts))) as server:
        found = await carry(ledger, server)
    assert (found.state, found.attempts) == (MessageState.DELIVERED, failures + conflicts + 1)


@pytest.mark.parametrize(
    ("writes", "tries", "reason"),
    [
        ((500,) * QUICK.waits.few, QUICK.waits.few, "server-error"),
        (CONFLICT * QUICK.waits.conflicts, QUICK.waits.conflicts, "changed-meanwhile"),
    ],
)
async def test_what_an_operator_sends_again_has_all_its_tries_again(
    ledger: Ledger, writes: tuple[int, ...], tries: int, reason: str
) -> None:
    async with listening(serving(writes + writes)) as server:
        parked = await carry(ledger, server)
        assert (parked.state, parked.reason, parked.attempts) == (MessageState.PARKED, reason, tries)
        await ledger.retry(parked.id)
        async with FhirClient(ServerSettings(base=server.base)) as client, carried(ledger, client):
            (again,) = await settled(ledger, [parked])
    assert (again.state, again.reason, again.attempts) == (MessageState.PARKED, reason, 2 * tries)


async def test_what_was_counted_outlives_the_gateway(ledger: Ledger, url: str) -> None:
    await taken(ledger, message())
    now, lease = ledger.clock(), timedelta(minutes=1)
    for counted in (Counted.FAILURE, Counted.CONFLICT, None, Counted.CONFLICT):
        (leased,) = (await ledger.turn([], 1, lease)).leased
        await ledger.turn([Again(leased, now, "why", unsure=False, counted=counted)], 0, lease)
    await ledger.close()
    again = Ledger.open(url, REGION)
    (leased,) = (await again.turn([], 1, lease)).leased
    await again.close()
    assert (leased.attempts, leased.failures, leased.conflicts) == (5, 1, 2)


# Reads


@pytest.mark.parametrize("status", [409, 412])
async def test_a_read_that_is_answered_as_a_conflict_is_tried_a_few_times_and_then_parked(
    ledger: Ledger, status: int
) -> None:
    """A read changes nothing, so that nothing can stand against it: the server is not understood."""
    async with listening(serving(reads=(status,), held=1)) as server:
        found = await carry(ledger, server)
    assert (found.state, found.reason, found.attempts) == (MessageState.PARKED, "not-understood", QUICK.waits.few)
    assert found.server_said is not None
    assert (found.server_said["status"], found.server_said["row"]) == (status, "not-understood")
    assert not [one for one in server.requests if one.method == "PUT"]


@pytest.mark.parametrize("status", [409, 412])
async def test_a_read_that_is_answered_as_a_conflict_for_a_while_delays_only(ledger: Ledger, status: int) -> None:
    async with listening(serving(reads=(status,) * (QUICK.waits.few - 1) + (404,), held=1)) as server:
        found = await carry(ledger, server)
    assert (found.state, found.attempts) == (MessageState.DELIVERED, QUICK.waits.few)


async def test_what_a_read_says_is_gone_is_written_anew(ledger: Ledger) -> None:
    async with listening(serving(reads=(410,), held=1)) as server:
        found = await carry(ledger, server)
    assert (found.state, found.attempts) == (MessageState.DELIVERED, 1)
    (put,) = [one for one in server.requests if one.method == "PUT"]
    assert "if-match" not in put.headers


@pytest.mark.parametrize("status", [409, 410, 412])
async def test_a_server_that_answers_every_question_as_a_conflict_breaks_nothing(ledger: Ledger, status: int) -> None:
    """The count when the ledger is begun, the read, the write, and the read after that."""
    async with listening(told(lambda _: http(status, MISSING))) as server:
        with capture_logs() as logged:
            found = await carry(ledger, server)
    reason, tries = (
        ("changed-meanwhile", QUICK.waits.conflicts) if status == 410 else ("not-understood", QUICK.waits.few)
    )
    assert (found.state, found.reason, found.attempts) == (MessageState.PARKED, reason, tries)
    assert "parcel.broken" not in {one["event"] for one in logged}


# Why nothing is delivered


@contextmanager
def closed() -> Iterator[int]:
    """A port at which nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        yield free.getsockname()[1]


def paused(logged: list[Any]) -> Callable[[], bool]:
    return lambda: sum(one["event"] == "server.paused" for one in logged) >= 3


async def test_a_server_that_is_down_from_the_start_is_told_of_until_it_answers(ledger: Ledger) -> None:
    """Nothing has been tried yet: only the courier can say why all of it waits."""
    with closed() as port:
        pass
    receipt = await taken(ledger, message())
    with capture_logs() as logged:
        async with (
            FhirClient(ServerSettings(base=f"http://127.0.0.1:{port}/fhir")) as client,
            carried(ledger, client) as courier,
        ):
            await until(lambda: courier.standstill is not None)
            first = courier.standstill
            assert first is not None
            assert (first.reason, bool(first.sv and first.en)) == ("unreachable", True)
            assert receipt.accepted_at <= first.since <= ledger.clock()
            await until(paused(logged))
            assert courier.standstill == first
            assert ledger.receipt(receipt.id) == receipt
            with running_sandbox(SandboxSettings(validate="off", port=port)):
                (found,) = await settled(ledger, [receipt])
                assert courier.standstill is None
    assert found.state is MessageState.DELIVERED
    events = [one["event"] for one in logged]
    assert events.index("server.paused") < events.index("server.back") < events.index("ledger.begun")


async def test_before_anything_is_known_of_a_server_one_trouble_says_that_it_is_down(ledger: Ledger) -> None:
    patient = CourierSettings(waits=Waits(first=60, longest_pause=60))
    async with (
        listening(says(http(503))) as server,
        FhirClient(ServerSettings(base=server.base)) as client,
        carried(ledger, client, settings=patient) as courier,
    ):
        await until(lambda: courier.standstill is not None)
        standstill = courier.standstill
    assert standstill is not None
    assert (standstill.reason, len(server.requests)) == ("down", 1)
