"""Any order of sends, resends, faults, foreign edits and crashes, against a model that says what must be there."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
from collections import deque
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from adapter.delivery import (
    Accepted,
    Courier,
    Ledger,
    MessageState,
    Packed,
    Taken,
    VersionOld,
    VersionReused,
    Word,
)
from adapter.sandbox import SandboxSettings, running_sandbox
from adapter.server.answer import Answer, Trouble
from adapter.server.client import FhirClient
from adapter.server.settings import ServerSettings
from adapter.server.wire import written
from tests.delivery.material import (
    IDS,
    QUICK,
    REGION,
    accept,
    content,
    filled,
    id_of,
    message,
    reference,
    versions,
    visit,
)

UNLUCKY = (
    ("edited",),
    ("lost",),
    ("lost", "edited"),
    ("edited", "lost"),
    ("500", "edited"),
    ("edited",) * 3,
    ("lost",) * 3,
)
MISCOUNTED = """
SELECT id, waits FROM parcel WHERE state <> 'done' AND waits <>
    (SELECT count(*) FROM parcel_lane a WHERE a.parcel = id
        AND EXISTS (SELECT 1 FROM parcel_lane b WHERE b.lane = a.lane AND b.parcel < a.parcel))
  + (SELECT count(*) FROM parcel_need n WHERE n.parcel = id)
"""
"""Parcels whose count is not what is there to be counted."""
JSON_TYPE = ("Content-Type", "application/fhir+json")
NUMBERS = ("B-1", "B-2", "B-3")
FAULTS = {
    "unreachable": Answer(trouble=Trouble.UNREACHABLE),
    "timed-out": Answer(trouble=Trouble.TIMED_OUT),
    "html": Answer(status=200, trouble=Trouble.NOT_FHIR),
    "409": Answer(status=409),
    "412": Answer(status=412),
    "429": Answer(status=429, retry_after=0.01),
    "500": Answer(status=500),
}


class Faulty(FhirClient):
    """The client over a way that loses requests, loses answers, and lets others in between."""

    def __init__(self, base: str) -> None:
        super().__init__(ServerSettings(base=base))
        self.faults: deque[str] = deque()
        self.edits = 0

    async def ask(self, method: str, url: str, *headers: tuple[str, str], content: bytes | None = None) -> Answer:
        writes = method == "PUT" or (method == "POST" and not url.endswith("_search"))
        fault = self.faults.popleft() if self.faults and writes else ""
        if fault == "edited":
            await self._edit()
        elif fault in FAULTS:
            return FAULTS[fault]
        answer = await super().ask(method, url, *headers, content=content)
        return Answer(trouble=Trouble.INTERRUPTED) if fault == "lost" else answer

    async def _edit(self) -> None:
        """Another client writes to each booking that is there, under the version that it read."""
        for number in NUMBERS:
            url = f"{self.settings.base}/Appointment/{id_of('Appointment', number)}"
            found = await super().ask("GET", url)
            if found.ok and found.body is not None:
                self.edits += 1
                new = written({**found.body, "patientInstruction": f"edit {self.edits}"})
                await super().ask("PUT", url, JSON_TYPE, ("If-Match", found.etag or ""), content=new)


class Deliveries(RuleBasedStateMachine):
    base = ""
    """Of the sandbox; set by the test."""
    runs = 0

    @initialize()
    def begin(self) -> None:
        Deliveries.runs += 1
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.url = f"sqlite:///{Path(self.folder.name) / 'ledger.db'}"
        self.client = Faulty(self.base.replace("/fhir", f"/spaces/m{Deliveries.runs}/fhir"))
        self.runner.run(self.client.__aenter__())
        self.ledger = self.opened()
        self.accepted: dict[str, list[int]] = {number: [] for number in NUMBERS}
        self.receipts: dict[tuple[str, int], str] = {}

    def opened(self) -> Ledger:
        async def opened() -> Ledger:
            return Ledger.open(self.url, REGION)

        return self.runner.run(opened())

    def message(self, number: str, version: int, other: str = "") -> Accepted:
        text = f"version {version}{other}"
        own = visit(number, text, supportingInformation=[reference("CareTeam", number)])
        unit = filled("Organization", "U", owned=False, name="Mottagning")
        patient = Packed(("patient/p",), (filled("Patient", "p"),))
        parts = Packed(
            (f"booking/{number}",), (own, filled("CareTeam", number, name=text), unit), (id_of("Patient", "p"),)
        )
        return message(
            number, version, patient, parts, content_hash=f"{text} of {number}", patient_hash="p", word=Word("S", {})
        )

    @rule(number=st.sampled_from(NUMBERS), gap=st.integers(1, 3))
    def send_the_next_version(self, number: str, gap: int) -> None:
        version = (self.accepted[number][-1] if self.accepted[number] else 0) + gap
        outcome = self.runner.run(accept(self.ledger, self.message(number, version)))
        assert isinstance(outcome, Taken)
        assert not outcome.repeated
        self.accepted[number].append(version)
        self.receipts[number, version] = outcome.receipt.id

    @rule(number=st.sampled_from(NUMBERS), version=st.integers(1, 8), other=st.sampled_from(["", " changed"]))
    def send_some_version_again(self, number: str, version: int, other: str) -> None:
        known = self.accepted[number]
        if not known or version > known[-1]:
            return
        outcome = self.runner.run(accept(self.ledger, self.message(number, version, other)))
        if version not in known:
            assert outcome == VersionOld(known[-1])
        elif other:
            assert outcome == VersionReused()
        else:
            assert isinstance(outcome, Taken)
            assert outcome.repeated
            assert outcome.receipt.id == self.receipts[number, version]

    @rule(number=st.sampled_from(NUMBERS))
    def two_send_the_same_at_once(self, number: str) -> None:
        version = (self.accepted[number][-1] if self.accepted[number] else 0) + 1

        async def both() -> list[Any]:
            return list(await asyncio.gather(*(accept(self.ledger, self.message(number, version)) for _ in range(2))))

        first, second = self.runner.run(both())
        assert first.receipt.id == second.receipt.id
        assert first.repeated != second.repeated
        self.accepted[number].append(version)
        self.receipts[number, version] = first.receipt.id

    @rule(faults=st.lists(st.sampled_from([*FAULTS, "lost", "lost", "edited", ""]), max_size=6))
    def have_faults_on_the_way(self, faults: list[str]) -> None:
        self.client.faults.extend(faults)

    @rule(number=st.sampled_from(NUMBERS), faults=st.sampled_from(UNLUCKY))
    def send_the_next_version_into_bad_luck(self, number: str, faults: tuple[str, ...]) -> None:
        """With nothing else on the way, so that it is this version that meets it."""
        self.client.faults.clear()
        self.deliver_all()
        self.send_the_next_version(number, 1)
        self.client.faults.extend(faults)
        self.deliver_all()
        self.client.faults.clear()

    @rule(seconds=st.sampled_from([0.0, 0.003, 0.01, 0.03, 0.1]))
    def work_and_crash(self, seconds: float) -> None:
        """What was on its way may have reached the server and was not recorded."""

        async def crash() -> None:
            task = asyncio.create_task(Courier(self.ledger, self.client, IDS, content(), QUICK).run())
            await asyncio.sleep(seconds)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await self.ledger.close()

        self.runner.run(crash())
        self.ledger = self.opened()

    @rule()
    def deliver_all(self) -> None:
        """Where faults came so thick that a parcel was given up, an operator has it go again."""

        async def deliver() -> None:
            async with Courier(self.ledger, self.client, IDS, content(), QUICK).running(), asyncio.timeout(20):
                while any(self.ledger.counts().parcels.values()):
                    for one in self.ledger.list(MessageState.PARKED):
                        await self.ledger.retry(one.id)
                    await asyncio.sleep(0.01)

        self.runner.run(deliver())
        self.check()

    def check(self) -> None:
        for number, known in self.accepted.items():
            expected = [f"version {version}" for version in known]
            visits = self.runner.run(versions(self.client, "Appointment", number))
            ours = [
                one["comment"] for one, before in zip(visits, [None, *visits], strict=False) if not edited(before, one)
            ]
            assert ours == expected
            theirs = [now["patientInstruction"] for before, now in pairwise(visits) if edited(before, now)]
            assert len(set(theirs)) == len(theirs), "an edit was undone"
            teams = self.runner.run(versions(self.client, "CareTeam", number))
            assert [one["name"] for one in teams] == expected
        for kind, value in (("Patient", "p"), ("Organization", "U")):
            assert len(self.runner.run(versions(self.client, kind, value))) == (1 if self.receipts else 0)

    @invariant()
    def the_audit_is_whole_and_every_parcel_waits_for_what_is_before_it(self) -> None:
        if hasattr(self, "ledger"):
            assert self.ledger.broken_audit() is None
            with sqlite3.connect(self.ledger.path) as connection:
                assert connection.execute(MISCOUNTED).fetchall() == []

    def teardown(self) -> None:
        self.client.faults.clear()
        self.deliver_all()
        self.runner.run(self.ledger.close())
        self.runner.run(self.client.__aexit__())
        self.runner.close()
        self.folder.cleanup()


def edited(before: Any, now: Any) -> bool:
    """Whether a version came from the other client: it moved the instruction and nothing of ours."""
    return before is not None and now.get("patientInstruction") != before.get("patientInstruction")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with running_sandbox(SandboxSettings(validate="off")) as base:
        yield base


def test_every_accepted_version_is_there_once_and_in_order_whatever_happens(server: str) -> None:
    Deliveries.base = server
    run_state_machine_as_test(
        Deliveries,
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            database=None,
            phases=[Phase.generate],  # a run depends on time: one that failed would not shrink
            suppress_health_check=list(HealthCheck),
        ),
    )
