"""The care event of a booking moves with it, in the same commit (EV-2, EV-3; SDV 3.1.1.2, 3.1.1.6)."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from adapter.region import fixtures
from mappings.problem import Json
from tests.doors.clocked import Clock, Clocked, clocked
from tests.doors.conftest import TOLVAN, single
from tests.doors.test_steps_of_events import COSMIC, planned

pytestmark = pytest.mark.anyio

NOW = "2026-11-20T09:00:00+01:00"
START = "2026-12-01T08:00:00+01:00"
LATER = "2026-12-08T08:00:00+01:00"


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


async def booked(gateway: Clocked, number: str, **changes: Any) -> None:
    """A booking, and the hidden event of it; its time is the booking's."""
    await gateway.push("bookings", single(number))
    event = {name: said for name, said in planned(f"V{number}").items() if name not in ("bookedTime", "origin")}
    await gateway.push("care-events", event | {"booking": number} | changes)


async def step(gateway: Clocked, number: str, name: str, **said: Any) -> Json:
    answer = await gateway.step("bookings", COSMIC, number, name, version=2, **said)
    assert answer.status_code == 202, answer.text
    receipt: Json = answer.json()
    return receipt


async def test_EV_3_the_event_of_a_patient_who_does_not_come_is_missed_and_closed_the_same_day(
    at: Clocked, clock: Clock, number: str
) -> None:
    await booked(at, number)
    clock.set("2026-12-01T09:00:00+01:00")
    receipt = await step(at, number, "no-show")
    assert {"rule": "EV-3", "path": f"/careEvents/{COSMIC}/V{number}"} in receipt["derived"]
    event = await at.event(COSMIC, f"V{number}")
    assert (event["status"], event["eventType"]) == ("cancelled", "missed")
    clock.set("2026-12-02T09:00:00+01:00")
    await at.nothing_due()
    assert (await at.event(COSMIC, f"V{number}"))["end"] == "2026-12-01T23:59:00+01:00"
    await at.all_delivered()
    told = await at.timeline("care-events", COSMIC, f"V{number}")
    assert [one["step"] for one in told["steps"]][-2:] == ["miss", "close-missed"]
    assert told["agrees"] is True


@pytest.mark.parametrize(
    ("when", "reason", "kind"),
    [
        ("2026-11-30T08:00:00+01:00", "patienten-avbokar", "hiddenOutpatient"),
        ("2026-11-30T08:00:01+01:00", "patienten-avbokar", "missed"),
        ("2026-11-30T08:00:01+01:00", "enheten-avbokar", "hiddenOutpatient"),
    ],
)
async def test_EV_3_so_is_that_of_a_patient_who_cancels_with_less_than_24_hours_left(
    at: Clocked, number: str, when: str, reason: str, kind: str
) -> None:
    await booked(at, number)
    await step(at, number, "cancel", reason=reason, at=when)
    assert (await at.event(COSMIC, f"V{number}"))["eventType"] == kind


def copied(folder: Path) -> Path:
    """The sample region, to be changed."""
    return Path(shutil.copytree(fixtures() / "region" / "exempel", folder / "region"))


async def test_EV_3_no_event_is_missed_where_the_region_has_not_the_rule(
    tmp_path: Path, fhir: str, clock: Clock, number: str
) -> None:
    region = copied(tmp_path)
    head = region / "region.toml"
    assert "EV-3 = true" in head.read_text()
    head.write_text(head.read_text().replace("EV-3 = true", "EV-3 = false"))
    async with clocked(tmp_path, fhir, clock, region) as at:
        await booked(at, number)
        await step(at, number, "no-show")
        assert (await at.event(COSMIC, f"V{number}"))["eventType"] == "hiddenOutpatient"


async def test_EV_2_an_arrival_at_the_booking_has_the_event_begin_as_its_outpatient_type(
    tmp_path: Path, fhir: str, clock: Clock, number: str
) -> None:
    region = copied(tmp_path)
    (region / "COSMIC" / "care-areas.csv").write_text("code;display;event_type\nPv;Primärvård;primaryCare\n")
    async with clocked(tmp_path, fhir, clock, region) as at:
        await booked(at, number, careArea="Pv")
        clock.set("2026-12-01T07:55:00+01:00")
        await at.nothing_due()
        await step(at, number, "arrive", at="2026-12-01T07:55:00+01:00", payment=True)
        event = await at.event(COSMIC, f"V{number}")
        assert (event["status"], event["start"]) == ("arrived", "2026-12-01T07:55:00+01:00")
        assert event["eventType"] == "primaryCare"
        history = [one["eventType"] for one in event["eventTypeHistory"]]
        assert history == ["hiddenOutpatient", "preRegisteredOutpatient"]
        clock.set("2026-12-02T08:00:00+01:00")
        await at.nothing_due()
        await at.all_delivered()
        told = await at.timeline("care-events", COSMIC, f"V{number}")
        assert [one["step"] for one in told["steps"]] == ["make", "list", "arrive", "discharge"]
        assert told["agrees"] is True


async def test_EV_2_an_event_whose_type_nobody_knows_waits_for_its_source(
    at: Clocked, clock: Clock, number: str
) -> None:
    await booked(at, number)
    clock.set("2026-12-01T07:55:00+01:00")
    receipt = await step(at, number, "arrive", at="2026-12-01T07:55:00+01:00", payment=True)
    assert not [one for one in receipt["derived"] if one["path"].startswith("/careEvents")]
    assert (await at.event(COSMIC, f"V{number}"))["status"] == "planned"


async def test_EV_2_a_booking_that_is_moved_moves_when_its_event_is_listed(
    at: Clocked, clock: Clock, number: str
) -> None:
    await booked(at, number)
    await step(at, number, "rebook", start=LATER, reason="patienten-ombokar", at=NOW)
    assert (await at.event(COSMIC, f"V{number}"))["bookedTime"] == LATER
    clock.set(START)
    await at.nothing_due()
    assert (await at.event(COSMIC, f"V{number}"))["eventType"] == "hiddenOutpatient"
    clock.set("2026-12-07T08:00:00+01:00")
    await at.nothing_due()
    assert (await at.event(COSMIC, f"V{number}"))["eventType"] == "preRegisteredOutpatient"


async def test_EV_2_a_time_of_the_events_own_is_not_moved_with_the_booking(at: Clocked, number: str) -> None:
    await booked(at, number, bookedTime="2026-12-01T08:15:00+01:00")
    await step(at, number, "rebook", start=LATER, reason="patienten-ombokar", at=NOW)
    assert (await at.event(COSMIC, f"V{number}"))["bookedTime"] == "2026-12-01T08:15:00+01:00"


async def test_what_has_begun_is_not_missed_with_its_booking(at: Clocked, number: str) -> None:
    await booked(at, number)
    answer = await at.step("care-events", COSMIC, f"V{number}", "arrive", version=2, at=START, eventType="primaryCare")
    assert answer.status_code == 202, answer.text
    await step(at, number, "no-show")
    assert (await at.event(COSMIC, f"V{number}"))["status"] == "arrived"


async def test_DE_1_what_a_death_cancels_is_not_missed(at: Clocked, number: str) -> None:
    """The booking is cancelled in the commit that tells of the death: nothing of it waits for a clock."""
    await booked(at, number)
    card = {"source": COSMIC, "id": f"P{number}", "version": 1, "patient": TOLVAN | {"deceased": {"on": "2026-11-19"}}}
    await at.push("patients", card)
    assert (await at.shown("bookings", COSMIC, number))["booking"]["status"] == "cancelled"
    assert (await at.event(COSMIC, f"V{number}"))["eventType"] == "hiddenOutpatient"
