"""`convert` of many bookings: its rate, and that its memory does not grow with the file.

python -m tests.benchmarks.convert_bench [--bookings 100000]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import orjson

from tests.benchmarks.people import team_bookings


def _converted(bookings: int, folder: Path) -> tuple[float, float]:
    """(bookings a second, MB at the peak)."""
    path = folder / f"{bookings}.ndjson"
    with path.open("wb") as file:
        file.writelines(orjson.dumps(one) + b"\n" for one in team_bookings(bookings))
    called = [sys.executable, "-m", "adapter.cli", "convert", "--to", "fhir", str(path)]
    begun = time.perf_counter()
    child = subprocess.Popen(called, stdout=subprocess.DEVNULL)
    peak = 0.0
    while child.poll() is None:
        status = Path(f"/proc/{child.pid}/status")
        peak = max(peak, _peak(status))
        time.sleep(0.05)
    if child.returncode:
        raise SystemExit(f"convert ended with {child.returncode}")
    return bookings / (time.perf_counter() - begun), peak


def _peak(status: Path) -> float:
    try:
        text = status.read_text()
    except OSError:
        return 0.0
    return int(text.split("VmHWM:")[1].split()[0]) / 1024 if "VmHWM:" in text else 0.0


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--bookings", type=int, default=100_000)
    many = parser.parse_args().bookings
    with tempfile.TemporaryDirectory() as name:
        few_rate, few = _converted(many // 10, Path(name))
        many_rate, much = _converted(many, Path(name))
    print(f"convert {many // 10} bookings: {few_rate:.0f}/s, {few:.0f} MB at the peak")
    print(f"convert {many} bookings: {many_rate:.0f}/s, {much:.0f} MB at the peak, {much / few:.2f} x")


if __name__ == "__main__":
    main()
