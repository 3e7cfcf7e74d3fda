"""Every figure in one run, each beside what it is compared with.

python -m tests.benchmarks [NAME …]

mapping judging validation gateway delivery timers sandbox tokens convert waiting demo
"""

from __future__ import annotations

import subprocess
import sys
import time

BENCHES = (
    "mapping",
    "judging",
    "validation",
    "gateway",
    "delivery",
    "timers",
    "sandbox",
    "tokens",
    "convert",
    "waiting",
)


def main(wanted: list[str]) -> int:
    code = 0
    for name in wanted or [*BENCHES, "demo"]:
        print(f"== {name}", flush=True)
        if name == "demo":
            code |= _demo()
        else:
            code |= subprocess.run([sys.executable, "-m", f"tests.benchmarks.{name}_bench"], check=False).returncode
    return code


def _demo() -> int:
    begun = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "adapter.cli", "demo"], check=False, stdout=subprocess.DEVNULL)
    print(f"demo, once installed: {time.perf_counter() - begun:.1f} s, exit code {done.returncode}")
    return done.returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
