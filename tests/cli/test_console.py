"""Terminals get colours and progress; nothing else does."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from .conftest import MESSAGES, message, ndjson

TEAM = "booking/team-of-physician-and-dietitian.json"


def _on_a_terminal(*arguments: str | Path, cwd: Path, to: Path | None = None, **environment: str) -> str:
    """What a command writes on a terminal; its result goes to a file where one is given."""
    ours, theirs = pty.openpty()
    with ExitStack() as stack:
        child = subprocess.Popen(
            [sys.executable, "-m", "adapter.cli", *map(str, arguments)],
            stdin=theirs,
            stdout=stack.enter_context(to.open("wb")) if to else theirs,
            stderr=theirs,
            cwd=cwd,
            env={**os.environ, "TERM": "xterm", **environment},
        )
    os.close(theirs)
    said = b""
    try:
        while part := os.read(ours, 10_000):
            said += part
    except OSError:  # how Linux says that the other end is closed
        pass
    finally:
        os.close(ours)
        child.wait()
    return said.decode()


def test_a_terminal_gets_colours(tmp_path: Path) -> None:
    assert "\x1b[32mgood" in _on_a_terminal("check", MESSAGES / TEAM, cwd=tmp_path)


def test_no_color_is_honoured(tmp_path: Path) -> None:
    said = _on_a_terminal("check", MESSAGES / TEAM, cwd=tmp_path, NO_COLOR="1")
    assert "good" in said
    assert "\x1b[32m" not in said


def test_progress_is_shown_on_a_terminal_and_is_no_part_of_the_result(tmp_path: Path) -> None:
    path = ndjson(tmp_path / "some.ndjson", [message(TEAM)] * 5)
    said = _on_a_terminal("convert", "--to", "fhir", path, cwd=tmp_path, to=tmp_path / "out.ndjson")
    assert "converted" in said
    assert len((tmp_path / "out.ndjson").read_bytes().splitlines()) == 5
