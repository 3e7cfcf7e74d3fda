"""Servers that commands talk to: our own commands as processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WITHIN = 60


@dataclass(frozen=True, slots=True)
class Server:
    """A command that has said READY."""

    child: subprocess.Popen[str]
    ready: list[str]
    """The words of its ready line."""
    log: Path

    @property
    def base(self) -> str:
        return self.ready[1]

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Its exit code, once it has ended by itself."""
        self.child.send_signal(how)
        return self.child.wait(WITHIN)

    @property
    def logged(self) -> list[dict[str, Any]]:
        """Its log, which is JSON lines throughout."""
        return [json.loads(line) for line in self.log.read_text("utf-8").splitlines()]


@contextmanager
def running(*command: str | Path, cwd: Path, **environment: str) -> Iterator[Server]:
    """A command of ours that serves, killed with the block if it is still there. A line other than READY fails."""
    log = cwd / f"{command[0]}.log"
    with log.open("w") as errors:
        child = subprocess.Popen(
            [sys.executable, "-m", "adapter.cli", *map(str, command)],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd=cwd,
            env={**os.environ, **environment},
        )
    assert child.stdout is not None
    try:
        words = child.stdout.readline().split()
        assert words[:1] == ["READY"], log.read_text()
        yield Server(child, words, log)
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
        child.stdout.close()
