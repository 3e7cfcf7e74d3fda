"""The mapping of a team visit, beside orjson on the same bytes as the floor.

python -m tests.benchmarks.mapping_bench
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson

from adapter.region import catalogue
from mappings.region.reading import read
from mappings.resources import BOOKING
from mappings.rules.rulebook import Facts, judge
from tests.benchmarks.people import SOURCE, numbers, team_booking, understood

ROUNDS = 2000


def milliseconds(work: Callable[[], Any], rounds: int = ROUNDS) -> float:
    """The best of five means."""
    means = []
    for _ in range(5):
        begun = time.perf_counter()
        for _ in range(rounds // 5):
            work()
        means.append((time.perf_counter() - begun) / (rounds // 5) * 1000)
    return min(means)


def main() -> None:
    region = catalogue()
    source = region.sources[SOURCE]
    body = orjson.dumps(team_booking("B1", 1, numbers(1)[0], datetime(2026, 12, 1, 8, tzinfo=UTC)))
    message = understood(body, region)
    facts = Facts(message, message, region, source, datetime(2026, 11, 20, 9, tzinfo=UTC))
    judged = judge(facts, BOOKING.fhirpath)
    if judged.refused:
        raise SystemExit(f"the message of the benchmark is refused: {[problem.rule for problem in judged.problems]}")
    filled = BOOKING.fill(judged.message, source, region.units)
    others = {one.key: one.resource for one in filled}
    written = orjson.dumps([one.resource for one in filled])
    floor = milliseconds(lambda: orjson.dumps(orjson.loads(written)))
    rows = {
        "read (bytes to model)": milliseconds(lambda: read("booking", body, region)),
        "derive and judge": milliseconds(lambda: judge(facts, BOOKING.fhirpath)),
        "regional to FHIR (map only)": milliseconds(lambda: BOOKING.fill(judged.message, source, region.units)),
        "FHIR to regional": milliseconds(lambda: BOOKING.read(filled[0].resource, others, source)),
    }
    print(f"team visit: {len(filled)} resources, {len(written)} bytes; orjson parse and dump {floor:.3f} ms")
    for name, figure in rows.items():
        print(f"  {name:32} {figure:7.3f} ms   {figure / floor:5.1f} x orjson")


if __name__ == "__main__":
    main()
