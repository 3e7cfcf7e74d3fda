"""What the clock does: how quickly the next due time is found among a million, and how many steps a second are taken.

python -m tests.benchmarks.timers_bench [--waiting 1000000] [--steps 2000]
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import logging
import pstats
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import structlog

from adapter.app import database_of
from adapter.clockwork import Clockwork
from adapter.delivery.ledger import Ledger
from adapter.doors.counting import Counting
from adapter.intake import Intake
from adapter.keys import DEMO_SECRET, Keys
from adapter.outcomes import Kept
from adapter.region import catalogue
from adapter.security.caller import Caller
from adapter.server.ids import Ids
from adapter.settings import Settings
from mappings.problem import Json
from mappings.region.field import Audience
from tests.benchmarks.people import SOURCE

BEGUN = datetime(2026, 11, 20, 8, tzinfo=UTC)
LATER = BEGUN + timedelta(days=3)
FAR = int(datetime(2031, 1, 1, tzinfo=UTC).timestamp() * 1_000_000)
LOCAL = Caller("bench", Audience.OPERATOR, None, None)
UNIT = "SE2321000115-E000000000120"


class Clock:
    def __init__(self) -> None:
        self.now = BEGUN

    def __call__(self) -> datetime:
        return self.now


def event(number: int) -> Json:
    """A visit in primary care that has begun: discharged by itself at 23:59 (EV-7)."""
    return {
        "source": SOURCE,
        "number": f"V-{number}",
        "version": 1,
        "patient": {
            "identity": {"kind": "personnummer", "value": "191212121212"},
            "name": {"given": ["Tolvan"], "family": "Tolvansson"},
        },
        "origin": "dropIn",
        "form": "single",
        "status": "arrived",
        "eventType": "primaryCare",
        "contactType": "mottagningsbesok",
        "performingUnit": UNIT,
        "responsibleUnit": UNIT,
        "start": "2026-11-20T08:00:00+01:00",
        "lines": [{"number": "1", "owner": True, "profession": "lakare", "staff": "SE2321000115-P0001"}],
    }


def filled(database: Path, many: int) -> float:
    """Seconds to file so many due times of events to come, past the writer."""
    begun = time.perf_counter()
    with sqlite3.connect(database) as connection:
        for setting in ("synchronous=OFF", "cache_size=-400000"):
            connection.execute(f"PRAGMA {setting}")
        connection.executemany(
            "INSERT INTO due (kind, source, number, name, at) VALUES ('care-event', 'bench', ?, 'list', ?)",
            ((f"W-{number}", FAR + number * 7919 % many * 1000) for number in range(many)),
        )
    connection.close()
    return time.perf_counter() - begun


def found(ledger: Ledger, times: int) -> list[float]:
    """Milliseconds of each look at when the next step is due, and at what is due now."""
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        ledger.next_step_due()
        ledger.due()
        took.append((time.perf_counter() - begun) * 1000)
    return sorted(took)


async def accepted(intake: Intake, many: int) -> None:
    """As journal systems push them, so many at once."""
    numbers = iter(range(many))

    async def sender() -> None:
        for number in numbers:
            kept = await intake.take("care-event", orjson.dumps(event(number)), LOCAL)
            assert isinstance(kept, Kept), kept

    await asyncio.gather(*(sender() for _ in range(32)))


async def measured(folder: Path, waiting: int, steps: int, *, profile: bool) -> list[str]:
    clock, keys, region = Clock(), Keys(DEMO_SECRET), catalogue(None)
    database = folder / "ledger.db"
    url = database_of(Settings(data=folder))
    await Ledger.open(url, region.region, clock=clock).close()
    took = filled(database, waiting)
    ledger = Ledger.open(url, region.region, clock=clock)
    try:
        looks = found(ledger, 1000)
        intake = Intake(region, ledger, Ids(region.region, keys.of("ids")), keys, clock)
        await accepted(intake, steps)
        clock.now = LATER
        clockwork = Clockwork(intake, Counting())
        begun, cpu = time.perf_counter(), time.process_time()
        with profiled(profile):
            async with clockwork.running():
                while ledger.due(1):
                    await asyncio.sleep(0.001)
        rate, cpu = steps / (time.perf_counter() - begun), (time.process_time() - cpu) / steps * 1000
        assert {one.happened.name for one in ledger.steps("care-event", SOURCE, "V-0")} == {"make", "discharge"}
    finally:
        await ledger.close()
    return [
        f"due times waiting                {waiting:9}   filed in {took:.1f} s",
        f"the next due found, median       {looks[len(looks) // 2]:9.3f} ms   worst {looks[-1]:.3f} ms   (goal: 5 ms)",
        f"steps taken                      {rate:9.0f}/s   (goal: 500)   {cpu:.2f} ms of CPU each",
    ]


@contextmanager
def profiled(wanted: bool) -> Iterator[None]:
    if not wanted:
        yield
        return
    with cProfile.Profile() as profile:
        yield
    pstats.Stats(profile, stream=sys.stderr).sort_stats("cumulative").print_stats(45)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--waiting", type=int, default=1_000_000)
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--profile", action="store_true", help="tell where the time went, on standard error")
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory() as name:
        lines = asyncio.run(measured(Path(name), asked.waiting, asked.steps, profile=asked.profile))
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
