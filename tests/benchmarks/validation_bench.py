"""What it costs to validate the resources of one team visit, beside the models of `fhir.resources` alone.

`python -m tests.benchmarks.validation_bench [--seconds 3]` prints the figures; goal: at most 1.3 times the models.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import orjson

from adapter.validation import validate
from adapter.validation.models import model
from mappings.problem import Json
from tests.validation.resources import TEAM_VISIT

START = """
import time
before = time.perf_counter()
{program}
took = 1000 * (time.perf_counter() - before)
peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(f"{{took:6.0f}} ms {{int(peak) / 1024:6.1f}} MB")
"""
PYDANTIC = "import pydantic; pydantic.BaseModel\n"
OURS = "from adapter.validation import warm_up; warm_up()\n"
THEIRS = "from adapter.validation.models import model\nfor kind in {kinds}: model(kind).model_construct()\n"


def by_models(resource: Json) -> None:
    model(resource["resourceType"]).model_validate(resource)


def best(judge: Callable[[Json], object], resources: Sequence[Json], seconds: float) -> float:
    """Milliseconds for all the resources, the best of as many rounds as fit: the one least disturbed by others."""
    fastest, until = float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < until:
        before = time.perf_counter()
        for resource in resources:
            judge(resource)
        fastest = min(fastest, time.perf_counter() - before)
    return 1000 * fastest


def started(program: str) -> str:
    """Time and peak memory of a new Python that runs the program."""
    run = subprocess.run(
        [sys.executable, "-c", START.format(program=program)],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    return run.stdout.strip()


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0)
    seconds = parser.parse_args().seconds
    size = len(orjson.dumps(TEAM_VISIT))
    models, ours = best(by_models, TEAM_VISIT, seconds), best(validate, TEAM_VISIT, seconds)
    kinds = sorted({each["resourceType"] for each in TEAM_VISIT})
    lines = (
        f"a team visit: {len(TEAM_VISIT)} resources, {size / 1000:.1f} kB",
        f"  models of fhir.resources alone   {models:6.3f} ms",
        f"  validate                         {ours:6.3f} ms   {ours / models:.2f} times (goal: 1.3)",
        "a new Python that loads it: time and peak memory",
        f"  pydantic alone                   {started(PYDANTIC)}",
        f"  pydantic, validate               {started(PYDANTIC + OURS)}",
        f"  pydantic, validate, the models   {started(PYDANTIC + OURS + THEIRS.format(kinds=kinds))}",
    )
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
