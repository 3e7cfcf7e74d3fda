"""Commands, run in this process or as a process of their own."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import orjson
import pytest
import structlog
from uvicorn.config import LOGGING_CONFIG

from adapter.cli import main
from adapter.region import fixtures

MESSAGES, GOLDEN = fixtures() / "messages", fixtures() / "golden"


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return orjson.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """One JSON value a line."""
        return [orjson.loads(line) for line in self.out.splitlines()]


Vardbro: TypeAlias = Callable[..., Ended]


@pytest.fixture
def logs_as_before() -> Iterator[None]:
    """Takes back what a command that serves does to the logs of the whole process."""
    root, uvicorn, known = logging.getLogger(), dict(LOGGING_CONFIG), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers, root.level = handlers, level
    LOGGING_CONFIG.update(uvicorn)
    structlog.configure(**known)


@pytest.fixture
def vardbro(capfdbinary: pytest.CaptureFixture[bytes], logs_as_before: None) -> Vardbro:
    """A command in this process, until it ends."""

    def run(*arguments: str | Path) -> Ended:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return Ended(int(ended.value.code or 0), out.decode(), err.decode())

    return run


def process(*arguments: str | Path, cwd: Path, given: bytes = b"", **environment: str) -> Ended:
    """A command as a process of its own, until it ends."""
    ran = subprocess.run(
        [sys.executable, "-m", "adapter.cli", *map(str, arguments)],
        cwd=cwd,
        input=given,
        capture_output=True,
        env={**os.environ, **environment},
        timeout=300,
        check=False,
    )
    return Ended(ran.returncode, ran.stdout.decode(), ran.stderr.decode())


def message(name: str) -> dict[str, Any]:
    """A message of the fixtures."""
    found: dict[str, Any] = orjson.loads((MESSAGES / name).read_bytes())
    return found


def ndjson(path: Path, values: list[Any]) -> Path:
    """A file with a value a line; bytes are written as they are."""
    path.write_bytes(b"".join((one if isinstance(one, bytes) else orjson.dumps(one)) + b"\n" for one in values))
    return path
