"""Bookings and their care events through random lives, lawful and not, with a clock that is set by hand.

A gateway with clockwork and courier in front of an embedded server, and beside it a model that was written by hand:
what the gateway shows, what its timelines tell and what the server's own history tells are held against it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import anyio.from_thread
import httpx
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from adapter.region import fixtures
from adapter.sandbox import running_sandbox
from mappings.problem import Json
from tests.benchmarks.people import SOURCE
from tests.doors.clocked import Clock, Clocked, clocked
from tests.doors.conftest import single
from tests.doors.test_steps_of_events import planned

SWEDISH = ZoneInfo("Europe/Stockholm")
BEGUN = "2026-03-20T09:00:00+01:00"
"""A week before the clocks go forward: some lives pass that night."""

BOOKED: dict[str, dict[str, str]] = {
    "waiting": {"hold": "preliminary", "book": "booked", "cancel": "cancelled", "annul": "annulled"},
    "preliminary": {
        "release": "waiting",
        "confirm": "booked",
        "rebook": "preliminary",
        "cancel": "cancelled",
        "annul": "annulled",
    },
    "booked": {
        "rebook": "booked",
        "arrive": "arrived",
        "no-show": "noShow",
        "cancel": "cancelled",
        "annul": "annulled",
    },
    "arrived": {"undo-arrival": "booked", "check-out": "completed", "annul": "annulled"},
    "completed": {"annul": "annulled"},
    "cancelled": {"wait-again": "waiting", "annul": "annulled"},
    "noShow": {"wait-again": "waiting", "annul": "annulled"},
    "annulled": {},
}
HELD: dict[str, dict[str, str]] = {
    "planned": {
        "arrive": "arrived",
        "miss": "cancelled",
        "end-pre-registration": "cancelled",
        "annul": "annulled",
    },
    "arrived": {"begin": "ongoing", "check-out": "checkedOut", "discharge": "finished", "annul": "annulled"},
    "ongoing": {"check-out": "checkedOut", "discharge": "finished", "annul": "annulled"},
    "checkedOut": {"discharge": "finished", "annul": "annulled"},
    "finished": {"annul": "annulled"},
    "cancelled": {"annul": "annulled"},
    "annulled": {},
}
"""State, step, and the state after it: written by hand from the documents, not read off the tables."""
OF_BOOKING = sorted({step for steps in BOOKED.values() for step in steps})
OF_EVENT = sorted({step for steps in HELD.values() for step in steps})


PICK = st.integers(0, 39)
HOURS = st.sampled_from([1, 20, 24, 25, 30, 48, 100, 170])


def _picked(steps: dict[str, str], pick: int) -> str | None:
    """One of the steps, the one that ends all of them seldom."""
    names = [step for step in steps if step != "annul" or pick == 0]
    return names[pick % len(names)] if names else None


def last_minute(moment: datetime) -> datetime:
    """The first 23:59 on Swedish clocks from then on."""
    day = moment.astimezone(SWEDISH).date()
    last = datetime.combine(day, time(23, 59), SWEDISH)
    if last.timestamp() < moment.timestamp():
        last = datetime.combine(day + timedelta(days=1), time(23, 59), SWEDISH)
    return last


class World:
    """One gateway for all lives; its clock only goes forward."""

    def __init__(self, portal: Any, at: Clocked, clock: Clock) -> None:
        self._portal, self.at, self.clock, self._lives = portal, at, clock, 0

    def ask(self, method: str, *given: Any, **more: Any) -> Any:
        return self._portal.call(lambda: getattr(self.at, method)(*given, **more))

    def life(self) -> str:
        self._lives += 1
        return f"L{self._lives}"


WORLD: list[World] = []


@pytest.fixture(scope="module", autouse=True)
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("lives")
    region = Path(shutil.copytree(fixtures() / "region" / "exempel", folder / "region"))
    (region / "COSMIC" / "care-areas.csv").write_text("code;display;event_type\nPv;Primärvård;primaryCare\n")
    with _world(folder, region) as one:
        WORLD.append(one)
        yield
        WORLD.clear()


@contextmanager
def _world(folder: Path, region: Path) -> Iterator[World]:
    with ExitStack() as stack:
        fhir = stack.enter_context(running_sandbox())
        portal = stack.enter_context(anyio.from_thread.start_blocking_portal("asyncio"))
        clock = Clock(BEGUN)
        at = stack.enter_context(portal.wrap_async_context_manager(clocked(folder, fhir, clock, region)))
        yield World(portal, at, clock)


class Lives(RuleBasedStateMachine):
    """A booking, and the care event of it."""

    @initialize(booked=st.sampled_from([True, True, True, False]), hours=HOURS)
    def begin(self, booked: bool, hours: int) -> None:
        self.world, self.number = WORLD[0], WORLD[0].life()
        self.event_number = f"V{self.number}"
        self.status, self.version, self.told = "waiting", 1, ["make"]
        self.start: datetime | None = None
        self.event: dict[str, Any] | None = None
        message = single(self.number, status="waiting")
        message["basis"] |= {"kind": "full", "number": f"BU-{self.number}"}
        del message["lines"][0]["start"]
        self.world.ask("push", "bookings", message)
        if booked:
            self.takes_a_step("book", hours)
            self.has_an_event()

    @property
    def now(self) -> datetime:
        return self.world.clock.now

    # -- the booking

    @rule(pick=PICK, hours=HOURS)
    def takes_a_lawful_step(self, pick: int, hours: int) -> None:
        if step := _picked(BOOKED[self.status], pick):
            self.takes_a_step(step, hours)

    @rule(step=st.sampled_from(OF_BOOKING), hours=HOURS)
    def takes_any_step(self, step: str, hours: int) -> None:
        if step != "annul":
            self.takes_a_step(step, hours)

    def takes_a_step(self, step: str, hours: int) -> None:
        before, after = self.start, BOOKED[self.status].get(step)
        start = (self.now + timedelta(hours=hours)).astimezone(SWEDISH)
        answer = self._step("bookings", self.number, step, self.version + 1, self._said(step, start))
        if after is None:
            self._refused(answer, BOOKED[self.status])
            return
        assert answer.status_code == 202, (self.status, step, answer.text)
        self.status, self.version, self.told = after, self.version + 1, [*self.told, step]
        if step in ("hold", "book", "rebook"):
            self.start = start
        elif after == "waiting":
            self.start = None
        self._event_follows(step, before)

    def _said(self, step: str, start: datetime) -> Json:
        at = self.now.isoformat()
        of_steps: dict[str, Json] = {
            "hold": {"start": start.isoformat()},
            "book": {"start": start.isoformat()},
            "rebook": {"start": start.isoformat(), "reason": "patienten-ombokar", "at": at},
            "cancel": {"reason": "patienten-avbokar", "at": at},
            "arrive": {"at": at, "payment": True},
        }
        return of_steps.get(step, {})

    @rule()
    def is_told_of_an_old_version(self) -> None:
        answer = self._step("bookings", self.number, "annul", self.version - 1, {})
        assert answer.status_code == 409, answer.text

    # -- its event

    @precondition(lambda self: self.event is None and self.status == "booked")
    @rule()
    def has_an_event(self) -> None:
        message = planned(self.event_number, booking=self.number, careArea="Pv")
        for name in ("bookedTime", "origin"):
            del message[name]
        self.world.ask("push", "care-events", message)
        assert self.start is not None
        self.event = {
            "status": "planned",
            "hidden": self.start - self.now > timedelta(hours=24),
            "booked": self.start,
            "start": None,
            "out": None,
            "missed": False,
            "end": None,
            "version": 1,
            "told": ["make"],
        }

    @precondition(lambda self: self.event is not None)
    @rule(pick=PICK)
    def takes_a_lawful_step_with_its_event(self, pick: int) -> None:
        assert self.event is not None
        if step := _picked(HELD[self.event["status"]], pick):
            self.takes_a_step_with_its_event(step)

    @precondition(lambda self: self.event is not None)
    @rule(step=st.sampled_from(OF_EVENT))
    def takes_any_step_with_its_event(self, step: str) -> None:
        if step != "annul":
            self.takes_a_step_with_its_event(step)

    def takes_a_step_with_its_event(self, step: str) -> None:
        assert self.event is not None
        event, after = self.event, HELD[self.event["status"]].get(step)
        said: Json = {"noNotesOrTransactions": True} if step == "annul" else {}
        if step in ("arrive", "check-out", "discharge"):
            said["at"] = self.now.isoformat()
        answer = self._step("care-events", self.event_number, step, event["version"] + 1, said)
        if after is None:
            self._refused(answer, HELD[event["status"]])
            return
        if step == "arrive" and self.status == "preliminary":
            assert [one["rule"] for one in answer.json()["problems"]] == ["BO-16"]
            return
        assert answer.status_code == 202, (event, step, answer.text)
        event |= {"status": after, "version": event["version"] + 1, "told": [*event["told"], step]}
        match step:
            case "arrive":
                event["start"] = self.now
            case "check-out":
                event["out"] = self.now
            case "discharge":
                event["end"] = self.now
            case "miss":
                self._missed()

    def _event_follows(self, step: str, before: datetime | None) -> None:
        event = self.event
        if event is None or event["status"] != "planned":
            return
        if self.status == "arrived":
            event |= {"status": "arrived", "start": self.now, "told": [*event["told"], "arrive"]}
        elif step == "no-show" or (step == "cancel" and before and before - self.now < timedelta(hours=24)):
            event |= {"status": "cancelled", "told": [*event["told"], "miss"]}
            self._missed()
        elif step == "rebook" and before == event["booked"] and self.start != before:
            event["booked"] = self.start
            listed = event["hidden"] and event["booked"] - self.now <= timedelta(hours=24)
            event["hidden"] = event["hidden"] and not listed
            event["told"] = [*event["told"], "list" if listed else "change"]

    def _missed(self) -> None:
        """One that is told of after its day is closed with it."""
        assert self.event is not None
        last = last_minute(self.event["booked"])
        self.event |= {"missed": True, "end": last if last.timestamp() <= self.now.timestamp() else None}

    # -- the clock

    @rule(minutes=st.sampled_from([1, 45, 60 * 5, 60 * 12, 60 * 24, 60 * 60]))
    def time_passes(self, minutes: int) -> None:
        self.world.clock.now += timedelta(minutes=minutes)
        self.world.ask("nothing_due")
        event = self.event
        if event is None:
            return
        if event["status"] == "planned" and event["hidden"] and event["booked"] - self.now <= timedelta(hours=24):
            event |= {"hidden": False, "told": [*event["told"], "list"]}
        elif event["status"] in ("arrived", "ongoing", "checkedOut"):
            self._ends(last_minute(max(event["start"], event["out"] or event["start"])), "finished", "discharge")
        elif event["status"] == "cancelled" and event["missed"] and event["end"] is None:
            self._ends(last_minute(event["booked"]), "cancelled", "close-missed")

    def _ends(self, last: datetime, status: str, step: str) -> None:
        assert self.event is not None
        if last.timestamp() <= self.now.timestamp():
            self.event |= {"status": status, "end": last, "told": [*self.event["told"], step]}

    # -- what must hold

    @invariant()
    def gateway_and_model_say_the_same(self) -> None:
        booking = self.world.ask("shown", "bookings", SOURCE, self.number)["booking"]
        assert (booking["status"], booking["version"]) == (self.status, self.version)
        assert _moment(booking["lines"][0].get("start")) == (self.start and self.start.timestamp())
        assert self._steps("bookings", self.number)["steps"] == self.told
        if self.event is not None:
            event, model = self.world.ask("event", SOURCE, self.event_number), self.event
            assert event["status"] == model["status"]
            assert _moment(event["bookedTime"]) == model["booked"].timestamp()
            assert _moment(event.get("end")) == (model["end"] and model["end"].timestamp())
            assert (event["eventType"] == "hiddenOutpatient") == (
                model["hidden"]
                and model["status"] not in ("arrived", "ongoing", "checkedOut", "finished", "annulled")
                and not model["missed"]
            )
            assert self._steps("care-events", self.event_number)["steps"] == model["told"]

    def teardown(self) -> None:
        """Ledger and server tell the same life."""
        if not hasattr(self, "world"):
            return
        self.world.ask("all_delivered")
        every = {"bookings": self.number} | ({"care-events": self.event_number} if self.event else {})
        for door, number in every.items():
            told = self._steps(door, number)
            assert told["agrees"], told
            assert told["server"] == told["steps"]

    # -- asking

    def _step(self, door: str, number: str, step: str, version: int, said: Json) -> httpx.Response:
        answer: httpx.Response = self.world.ask("step", door, SOURCE, number, step, version=version, **said)
        return answer

    def _refused(self, answer: httpx.Response, instead: dict[str, str]) -> None:
        assert answer.status_code == 409, answer.text
        (problem,) = answer.json()["problems"]
        assert problem["rule"] == "IN-19"
        for text in (problem["sv"], problem["en"]):
            assert all(step in text for step in instead), (text, instead)

    def _steps(self, door: str, number: str) -> Json:
        told = self.world.ask("timeline", door, SOURCE, number)
        names = {side: [one["step"] for one in told[side]] for side in ("steps", "server")}
        return {**names, "agrees": told["agrees"]}


def _moment(text: str | None) -> float | None:
    return datetime.fromisoformat(text).timestamp() if text else None


def test_any_life_is_as_the_model_has_it() -> None:
    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=30,
            stateful_step_count=25,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
