"""Real processes of ours, started as a user starts them."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STARTS_WITHIN = 60


class Process:
    """A command of ours that has said READY."""

    def __init__(self, *command: str, cwd: Path) -> None:
        with (cwd / f"{command[0]}.log").open("ab") as log:
            called = [sys.executable, "-m", "adapter.cli", *command]
            self._child = subprocess.Popen(called, stdout=subprocess.PIPE, stderr=log, text=True, cwd=cwd)
        self.base = self._ready()

    def _ready(self) -> str:
        deadline = time.monotonic() + STARTS_WITHIN
        stdout = self._child.stdout
        assert stdout is not None
        while time.monotonic() < deadline:
            line = stdout.readline()
            if line.startswith("READY "):
                return line.split()[1]
            if not line and self._child.poll() is not None:
                break
        raise RuntimeError("the command did not become ready: its log says why")

    @property
    def pid(self) -> int:
        return self._child.pid

    def kill(self) -> None:
        """`kill -9`."""
        self._child.kill()
        self._ended()

    def stop(self) -> int:
        """Asks it to end, as an operator does; its exit code."""
        self._child.terminate()
        return self._ended()

    def _ended(self) -> int:
        code = self._child.wait(timeout=60)
        if self._child.stdout:
            self._child.stdout.close()
        return code

    @property
    def alive(self) -> bool:
        return self._child.poll() is None


@contextmanager
def running(*command: str, cwd: Path) -> Iterator[Process]:
    """A command of ours for as long as the block lasts."""
    process = Process(*command, cwd=cwd)
    try:
        yield process
    finally:
        if process.alive:
            process.kill()
