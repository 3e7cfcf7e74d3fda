"""What patients ask for, beside the aggregates that they ask it of: settled in the commit that moves them, told in the
feed, and never lost or doubled where several race."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from adapter.delivery import Ledger, Stale, Taken
from adapter.delivery.values import Accepted, Answering, Asking, Entry, Request, Settle
from mappings.problem import Json
from tests.delivery.material import REGION, accept, message, taken

pytestmark = pytest.mark.anyio

AUDIT = Entry("patient/p", "booking.request.cancel", "requested", "p", "trace")


def nothing(_: Json) -> None:
    return None


def asking(ledger: Ledger, id_: str, number: str = "B-1", settle: Settle = nothing, **said: Any) -> Asking:
    """A request, on what the ledger holds now."""
    held = ledger.aggregate("booking", "S", number)
    body = {"id": id_, "state": "requested", **said}
    seen = len(ledger.requests("booking", "S", number))
    return Asking(Request("booking", "S", number, body), settle, AUDIT, held.revision if held else 0, seen)


def states(ledger: Ledger, number: str = "B-1") -> list[tuple[str, str]]:
    return [(one.body["id"], one.body["state"]) for one in ledger.requests("booking", "S", number)]


def told(ledger: Ledger) -> list[tuple[str, str]]:
    lines = [one.body["request"] for one in ledger.changes(0, None) if one.what == "request"]
    return [(one["id"], one["state"]) for one in lines]


def granting(accepted: Accepted) -> Accepted:
    """An acceptance that answers all that waits."""

    def settle(request: Json) -> str | None:
        return "granted" if request["state"] == "requested" else None

    return replace(accepted, settles=((accepted.number, settle),))


async def test_a_request_is_kept_and_told_in_one_commit(ledger: Ledger) -> None:
    await taken(ledger, message("B-1", patient_hash="p"))
    assert await ledger.ask(asking(ledger, "R-1", wish="cancel")) is None
    assert [one.body["wish"] for one in ledger.requests("booking", "S", "B-1")] == ["cancel"]
    assert [one.number for one in ledger.requests_of_patient("p", "booking")] == ["B-1"]
    assert ledger.requests_of_patient("q", "booking") == []
    assert told(ledger) == [("R-1", "requested")]
    assert ledger.broken_audit() is None


async def test_requests_outlive_the_process(ledger: Ledger, url: str) -> None:
    await taken(ledger, message("B-1"))
    await ledger.ask(asking(ledger, "R-1"))
    await ledger.close()
    again = Ledger.open(url, REGION)
    try:
        assert states(again) == [("R-1", "requested")]
    finally:
        await again.close()


async def test_an_acceptance_settles_what_it_answers_and_nothing_twice(ledger: Ledger) -> None:
    await taken(ledger, message("B-1"))
    await taken(ledger, message("B-2"))
    await ledger.ask(asking(ledger, "R-1"))
    await ledger.ask(asking(ledger, "R-2", "B-2"))
    await taken(ledger, granting(message("B-1", version=2)))
    assert (states(ledger), states(ledger, "B-2")) == ([("R-1", "granted")], [("R-2", "requested")])
    assert ledger.requests("booking", "S", "B-1")[0].body["answeredAt"]
    await taken(ledger, granting(message("B-1", version=3)))
    assert told(ledger) == [("R-1", "requested"), ("R-2", "requested"), ("R-1", "granted")]


async def test_an_acceptance_answers_for_another_aggregate_too(ledger: Ledger) -> None:
    """A booking that replaces one with another care service."""
    await taken(ledger, message("B-1"))
    await ledger.ask(asking(ledger, "R-1"))
    await taken(ledger, replace(message("B-2"), settles=(("B-1", lambda _: "granted"),)))
    assert states(ledger) == [("R-1", "granted")]


async def test_a_request_settles_those_before_it(ledger: Ledger) -> None:
    await taken(ledger, message("B-1"))
    await ledger.ask(asking(ledger, "R-1"))
    await ledger.ask(asking(ledger, "R-2", settle=lambda _: "overtaken"))
    assert states(ledger) == [("R-1", "overtaken"), ("R-2", "requested")]
    assert told(ledger) == [("R-1", "requested"), ("R-1", "overtaken"), ("R-2", "requested")]


async def test_a_request_that_was_judged_on_something_older_is_not_kept(ledger: Ledger) -> None:
    assert isinstance(await ledger.ask(asking(ledger, "R-0")), Stale), "there is no such booking"
    await taken(ledger, message("B-1"))
    before = asking(ledger, "R-1")
    await taken(ledger, message("B-1", version=2))
    assert isinstance(await ledger.ask(before), Stale)
    two = [asking(ledger, "R-2"), asking(ledger, "R-3")]
    assert [await ledger.ask(one) for one in two] == [None, Stale()]
    assert (states(ledger), told(ledger)) == ([("R-2", "requested")], [("R-2", "requested")])


async def test_an_answer_to_what_was_answered_meanwhile_is_not_kept(ledger: Ledger) -> None:
    await taken(ledger, message("B-1"))
    await ledger.ask(asking(ledger, "R-1"))
    (request,) = ledger.requests("booking", "S", "B-1")
    declined = Answering(request, request.body | {"state": "declined"}, AUDIT)
    assert await ledger.answer(declined) is None
    assert isinstance(await ledger.answer(declined), Stale)
    assert states(ledger) == [("R-1", "declined")]


async def test_a_step_that_is_taken_at_once_brings_its_request_along(ledger: Ledger) -> None:
    await taken(ledger, message("B-1"))
    await ledger.ask(asking(ledger, "R-1"))
    at_once = replace(granting(message("B-1")), own=True, content_hash="own", asked=asking(ledger, "R-2"))
    assert isinstance(await accept(ledger, at_once), Taken)
    assert told(ledger) == [("R-1", "requested"), ("R-1", "granted"), ("R-2", "requested")]
    assert isinstance(await accept_once(ledger, at_once), Stale), "another has asked meanwhile"


async def accept_once(ledger: Ledger, accepted: Accepted) -> Any:
    seen = ledger.previous(accepted.kind, accepted.source, accepted.number, accepted.patient_hash).seen
    return await ledger.accept(replace(accepted, seen=seen))


# -- races -----------------------------------------------------------------------------------------------------------


@pytest.fixture
async def beside(ledger: Ledger, url: str) -> AsyncIterator[Ledger]:
    """A second process on the same database."""
    opened = Ledger.beside(url, REGION)
    yield opened
    await opened.close()


async def test_two_gateways_keep_one_of_two_requests_that_race(ledger: Ledger, beside: Ledger) -> None:
    for number in range(20):
        await taken(ledger, message(f"B-{number}"))
    jobs = [
        one.ask(asking(one, f"R-{name}-{number}", f"B-{number}"))
        for name, one in enumerate((ledger, beside))
        for number in range(20)
    ]
    outcomes = await asyncio.gather(*jobs)
    assert outcomes.count(None) == 20
    assert [len(ledger.requests("booking", "S", f"B-{number}")) for number in range(20)] == [1] * 20


async def test_a_request_and_the_cancelling_that_race_leave_none_unanswered(ledger: Ledger, beside: Ledger) -> None:
    """Whichever comes first: the request is settled by the cancelling, or is not kept."""
    numbers = [f"B-{number}" for number in range(30)]
    for number in numbers:
        await taken(ledger, message(number))
    requests = [asking(beside, f"R-{number}", number) for number in numbers]

    async def cancelled(number: str) -> None:
        await taken(ledger, granting(message(number, version=2)))

    async def asked(one: Asking) -> Stale | None:
        return await beside.ask(one)

    both = [job for number, one in zip(numbers, requests, strict=True) for job in (asked(one), cancelled(number))]
    outcomes = (await asyncio.gather(*both))[::2]
    kept = {number for number, outcome in zip(numbers, outcomes, strict=True) if outcome is None}
    assert {number for number in numbers if states(ledger, number)} == kept
    assert {state for number in kept for _, state in states(ledger, number)} <= {"granted"}
    assert [state for _, state in told(ledger)].count("requested") == len(kept)
