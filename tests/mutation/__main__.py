"""`python -m tests.mutation [module…]`: how many mutants of the rules and code tables the tests kill, and which live.

A module is said by its name, as `series` or `codes.tables`; none means all. Needs Cosmic Ray: docs/mutation.md.
"""

from __future__ import annotations

import argparse
import os
import sys

from tests.mutation.mutants import Mutant, mutants
from tests.mutation.trial import ROOT, passes, prepare

TOLD = ROOT / "docs" / "mutation.md"
RULES = ROOT / "tests" / "rules"
SLOW = ("test_direct_table.py", "test_no_values.py")
"""Asked only of the modules that they are about."""

OWN = {
    "basis": ("basis", "quick_basis", "who"),
    "booking": ("booking", "co_planning", "who", "desk"),
    "cancelling": ("cancelling", "deceased"),
    "care_event": ("care_event", "check_out", "event_types", "coding"),
    "chain_repair": ("chain",),
    "codes.care_events": ("event_types", "tables"),
    "codes.systems": ("tables",),
    "codes.tables": ("tables",),
    "coding": ("coding", "care_event"),
    "direct": ("direct", "direct_table"),
    "direct_case": ("direct", "direct_table"),
    "direct_scenarios": ("direct", "direct_table"),
    "event_types": ("event_types", "check_out", "care_event"),
    "invoicing": ("rebooking", "desk"),
    "life": ("life", "booking", "cancelling"),
    "rebooking": ("rebooking", "co_planning"),
    "team": ("team", "coding"),
    "visibility": ("visibility", "event_types", "portal"),
    "visit_types": ("check_out",),
    "waiting": ("waiting", "waiting_list", "rebooking"),
    "who": ("who", "patient", "direct"),
}
"""The tests that are asked first, where they are not named as the module is."""

TABLES = (ROOT / "tests" / "golden" / "test_goldens.py", ROOT / "tests" / "region")
"""Asked of the code tables last: what they do is seen in the resources."""


def main() -> int:
    """The number of survivors that docs/mutation.md gives no reason for, as an exit code of 0 or 1."""
    said = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    said.add_argument("modules", nargs="*", help="as series, or codes.tables; none: all")
    said.add_argument("--sample", type=int, help="so many mutants of each module, the same each time")
    said.add_argument("--own", action="store_true", help="ask only the tests of the module itself")
    asked = said.parse_args()
    return 1 if sum(_one(name, asked.sample, asked.own) for name in asked.modules or _all()) else 0


def _all() -> list[str]:
    rules = [path.stem for path in sorted((ROOT / "mappings" / "rules").glob("*.py")) if path.stem != "__init__"]
    return [*rules, "codes.care_events", "codes.tables", "codes.systems"]


def _one(name: str, sample: int | None, own: bool) -> int:
    module = f"mappings.{name}" if name.startswith("codes.") else f"mappings.rules.{name}"
    made, places = mutants(ROOT / f"{module.replace('.', '/')}.py", sample)
    first = [RULES / f"test_{one}.py" for one in OWN.get(name, (name,)) if (RULES / f"test_{one}.py").exists()]
    then = [path for path in sorted(RULES.glob("test_*.py")) if path not in first and path.name not in SLOW]
    then += TABLES if name.startswith("codes.") else ()
    ways = [tests for tests in (first, () if own else then) if tests]
    pid = os.fork()  # each module is tried in a process of its own, since a mutant must find it not yet imported
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    prepare(module)
    if not all(passes(module, None, tests) for tests in ways):
        sys.stdout.write(f"{name}: the tests fail without a mutation\n")
        os._exit(1)
    alive = [one for one in made if all(passes(module, one.code, tests) for tests in ways)]
    new = [one for one in alive if one.change not in TOLD.read_text("utf-8")]
    _tell(name, made, alive, new, places)
    os._exit(1 if new else 0)


def _tell(name: str, made: list[Mutant], alive: list[Mutant], new: list[Mutant], places: int) -> None:
    for one in new:
        sys.stdout.write(f"{name}:{one.line} {one.operator} {one.change}\n")
    killed = len(made) - len(alive)
    rate = 100 * killed / len(made) if made else 100
    told = f"{len(alive) - len(new)} alive with a reason, {len(new)} without"
    sys.stdout.write(f"{name}: {killed} of {len(made)} killed ({rate:.1f} %), {told}; {places} places\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
