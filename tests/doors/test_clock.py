"""What the clock does with care events in a running gateway (EV-2, EV-7), once, however many gateways run."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog

from adapter import own
from adapter.clockwork import ClockSettings, Clockwork
from adapter.delivery import Ledger
from mappings.problem import Json
from mappings.rules import due as due_rules
from tests.doors.clocked import Clock, Clocked, clocked, same_moment
from tests.doors.conftest import patient
from tests.doors.test_steps_of_events import COSMIC, planned

pytestmark = pytest.mark.anyio

NOW = "2026-11-20T09:00:00+01:00"
BOOKED = "2026-11-24T13:00:00+01:00"


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


def hidden(number: str, booked: str = BOOKED, **changes: Any) -> Json:
    return planned(number, bookedTime=booked, **changes)


def begun(number: str, start: str, kind: str = "primaryCare", **changes: Any) -> Json:
    return planned(number, status="arrived", start=start, eventType=kind, **changes)


async def steps(at: Clocked, number: str) -> list[str]:
    return [one["step"] for one in (await at.timeline("care-events", COSMIC, number))["steps"]]


async def test_EV_2_a_hidden_event_is_listed_when_24_hours_are_left_and_not_before(
    at: Clocked, clock: Clock, number: str
) -> None:
    await at.push("care-events", hidden(number))
    assert (await at.event(COSMIC, number))["eventType"] == "hiddenOutpatient"
    clock.set("2026-11-23T12:59:59+01:00")
    await at.nothing_due()
    assert (await at.event(COSMIC, number))["eventType"] == "hiddenOutpatient"
    clock.set("2026-11-23T13:00:00+01:00")
    await at.nothing_due()
    event = await at.event(COSMIC, number)
    assert event["eventType"] == "preRegisteredOutpatient"
    assert [one["eventType"] for one in event["eventTypeHistory"]] == ["hiddenOutpatient"]
    assert (await at.shown("care-events", COSMIC, number))["revision"] == 2


async def test_EV_7_an_event_is_checked_out_and_discharged_at_23_59_however_late_that_is_noticed(
    at: Clocked, clock: Clock, number: str
) -> None:
    await at.push("care-events", begun(number, "2026-11-20T08:21:00+01:00"))
    clock.set("2026-11-23T07:00:00+01:00")
    await at.nothing_due()
    event = await at.event(COSMIC, number)
    assert event["status"] == "finished"
    assert event["end"] == event["checkedOut"] == "2026-11-20T23:59:00+01:00"


async def test_a_step_of_the_clock_stands_in_the_timeline_of_ledger_and_server_and_in_the_feed(
    at: Clocked, clock: Clock, number: str
) -> None:
    await at.push("care-events", hidden(number))
    clock.set("2026-11-23T20:00:00+01:00")
    await at.nothing_due()
    answer = await at.step("care-events", COSMIC, number, "arrive", version=2, at=BOOKED, eventType="primaryCare")
    assert answer.status_code == 202, answer.text
    clock.set("2026-11-25T07:00:00+01:00")
    await at.nothing_due()
    await at.all_delivered()
    told = await at.timeline("care-events", COSMIC, number)
    assert [one["step"] for one in told["steps"]] == ["make", "list", "arrive", "discharge"]
    assert [one["caller"] for one in told["steps"]] == ["operator", "clock", "operator", "clock"]
    listed, discharged = told["steps"][1], told["steps"][3]
    assert (listed["by"], discharged["by"]) == ("system", "system")
    assert same_moment(listed["at"], "2026-11-23T13:00:00+01:00")
    assert same_moment(discharged["at"], "2026-11-24T23:59:00+01:00")
    assert same_moment(listed["recordedAt"], "2026-11-23T20:00:00+01:00")
    assert told["agrees"] is True
    assert len(told["server"]) == 4
    lines = (await at.client.get("/v1/changes")).json()["changes"]
    assert [one["version"] for one in lines if one["number"] == number] == [1, None, 2, None]


async def test_EV_17_a_pre_registration_that_never_became_anything_stays(
    at: Clocked, clock: Clock, number: str
) -> None:
    await at.push("care-events", hidden(number))
    clock.set("2027-11-25T07:00:00+01:00")
    await at.nothing_due()
    assert await steps(at, number) == ["make", "list"]
    assert (await at.event(COSMIC, number))["status"] == "planned"


@pytest.mark.parametrize(
    ("start", "ends"),
    [
        # 02:00 on 2026-03-29 does not exist; 02:30 on 2026-10-25 comes twice
        ("2026-03-29T01:59:00+01:00", "2026-03-29T23:59:00+02:00"),
        ("2026-10-25T02:30:00+02:00", "2026-10-25T23:59:00+01:00"),
        ("2026-10-25T02:30:00+01:00", "2026-10-25T23:59:00+01:00"),
    ],
)
async def test_EV_7_23_59_is_swedish_the_nights_when_clocks_change_too(
    at: Clocked, clock: Clock, number: str, start: str, ends: str
) -> None:
    clock.set(start)
    await at.push("care-events", begun(number, start))
    clock.now = datetime.fromisoformat(ends).astimezone(UTC) - timedelta(seconds=1)
    await at.nothing_due()
    assert (await at.event(COSMIC, number))["status"] == "arrived"
    clock.now += timedelta(seconds=1)
    await at.nothing_due()
    assert (await at.event(COSMIC, number))["end"] == ends


async def test_EV_2_an_event_that_is_moved_is_listed_by_its_new_time(at: Clocked, clock: Clock, number: str) -> None:
    await at.push("care-events", hidden(number))
    await at.push("care-events", hidden(number, "2026-12-24T13:00:00+01:00", version=2))
    clock.set("2026-11-24T13:00:00+01:00")
    await at.nothing_due()
    assert (await at.event(COSMIC, number))["eventType"] == "hiddenOutpatient"
    clock.set("2026-12-23T13:00:00+01:00")
    await at.nothing_due()
    assert (await at.event(COSMIC, number))["eventType"] == "preRegisteredOutpatient"


async def test_what_was_due_while_no_gateway_ran_is_taken_by_the_next(
    tmp_path: Path, fhir: str, clock: Clock, number: str
) -> None:
    async with clocked(tmp_path, fhir, clock) as at:
        await at.push("care-events", begun(number, "2026-11-20T08:21:00+01:00"))
    clock.set("2026-11-27T07:00:00+01:00")
    async with clocked(tmp_path, fhir, clock) as at:
        await at.nothing_due()
        assert (await at.event(COSMIC, number))["end"] == "2026-11-20T23:59:00+01:00"
        assert await steps(at, number) == ["make", "discharge"]


async def test_two_gateways_on_one_database_take_each_step_once(
    tmp_path: Path, fhir: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Real ones, with clockwork and courier, on one file: the second is let in here as it is beside a server that
    several gateways may use."""
    numbers = [f"both-{number}" for number in range(60)]
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(clocked(tmp_path, fhir, clock))
        monkeypatch.setattr(Ledger, "open", _beside)
        two = await stack.enter_async_context(clocked(tmp_path, fhir, clock))
        for number in numbers:
            await one.push("care-events", begun(number, "2026-11-20T08:21:00+01:00"))
        clock.set("2026-11-21T00:00:00+01:00")
        await asyncio.gather(one.nothing_due(), two.nothing_due())
        told = [await steps(one, number) for number in numbers]
        assert told == [["make", "discharge"]] * len(numbers)
        revisions = [(await two.shown("care-events", COSMIC, number))["revision"] for number in numbers]
        assert revisions == [2] * len(numbers)
        assert _counted((one, two), "taken") == len(numbers)
        assert _counted((one, two), "elsewhere"), "they did not meet"


def _beside(url: str, region: str, **given: Any) -> Ledger:
    return Ledger.beside(url, region, clock=given["clock"])


def _counted(gateways: Iterable[Clocked], outcome: str) -> int:
    labels = {"kind": "care-event", "step": "discharge", "outcome": outcome}
    found = (at.gateway.counting.registry.get_sample_value("vardbro_clock_steps_total", labels) for at in gateways)
    return int(sum(one or 0 for one in found))


async def test_one_that_fails_stops_no_other_is_told_without_its_values_and_tried_again(
    at: Clocked, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in ("bad-1", "good-1", "good-2"):
        await at.push("care-events", begun(number, "2026-11-20T08:21:00+01:00"))
    real = own.accepted

    def failing(change: own.Change, *more: Any) -> Any:
        if change.held.number == "bad-1":
            raise ValueError("Tolvan Tolvansson 191212121212")
        return real(change, *more)

    monkeypatch.setattr(own, "accepted", failing)
    clock.set("2026-11-21T00:00:00+01:00")
    with structlog.testing.capture_logs() as lines:
        await at.nothing_due()
    assert [await steps(at, number) for number in ("bad-1", "good-1", "good-2")] == [
        ["make"],
        ["make", "discharge"],
        ["make", "discharge"],
    ]
    (told,) = [line for line in lines if line["event"] == "clock.failed"]
    assert (told["kind"], told["source"], told["step"], told["error"]) == (
        "care-event",
        COSMIC,
        "discharge",
        "ValueError",
    )
    assert "Tolvan" not in str(lines)
    assert "191212121212" not in str(lines)
    numbers = (await at.client.get("/metrics")).text
    assert 'outcome="failed",step="discharge"' in numbers.replace('kind="care-event",', "")
    monkeypatch.setattr(own, "accepted", real)
    clock.set("2026-11-21T01:00:00+01:00")
    await at.nothing_due()
    assert await steps(at, "bad-1") == ["make", "discharge"]
    assert (await at.event(COSMIC, "bad-1"))["end"] == "2026-11-20T23:59:00+01:00"


async def test_a_due_time_that_no_longer_holds_is_put_right_and_makes_no_revision(
    at: Clocked, clock: Clock, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a later version of the rules knows another time than the one that was filed."""
    with monkeypatch.context() as patched:
        patched.setattr(due_rules, "listed_from", lambda booked: booked - 3 * due_rules.SHOWN_BEFORE)
        await at.push("care-events", hidden(number))
    clock.set("2026-11-22T13:00:00+01:00")
    await at.nothing_due()
    assert await steps(at, number) == ["make"]
    clock.set("2026-11-23T13:00:00+01:00")
    await at.nothing_due()
    assert await steps(at, number) == ["make", "list"]


async def test_the_clockwork_is_stopped_and_has_written_what_it_began(at: Clocked, clock: Clock, number: str) -> None:
    await at.push("care-events", begun(number, "2026-11-20T08:21:00+01:00"))
    at.gateway.clockwork.stop()
    clock.set("2026-11-21T00:00:00+01:00")
    alone = Clockwork(at.gateway.intake, at.gateway.counting, ClockSettings(poll=0.01))
    task = asyncio.create_task(alone.run())
    await at.nothing_due()
    alone.stop()
    await task
    assert Counter(await steps(at, number)) == {"make": 1, "discharge": 1}


async def test_PI_1_a_step_of_the_clock_brings_nothing_back_of_a_patient_who_was_marked_meanwhile(
    at: Clocked, clock: Clock, number: str
) -> None:
    person = patient("189004019809", name={"given": ["Agda"], "family": "Gömdsson"})
    await at.push("care-events", begun(number, "2026-11-20T08:21:00+01:00", patient=person))
    marked = patient("189004019809", protection={"kind": "sekretessmarkering"})
    await at.push("patients", {"source": COSMIC, "id": f"P{number}", "version": 1, "patient": marked})
    clock.set("2026-11-21T00:00:00+01:00")
    await at.nothing_due()
    event = await at.event(COSMIC, number)
    assert event["status"] == "finished"
    assert "name" not in event["patient"]
    await at.all_delivered()
    answer = await at.client.get("/fhir/Patient", params={"identifier": "189004019809"})
    assert answer.json()["total"] == 1
    assert "Gömdsson" not in answer.text
