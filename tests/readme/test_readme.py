"""Every example of the README does what it says."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import orjson
import pytest
from starlette.requests import Request

from adapter.cli.options import Described
from adapter.doors.answers import refusal
from tests.servers.needs import skip_or_fail

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")

EXAMPLES = re.findall(r"### (.+?)\n.*?```sh\n(.*?)```.*?```text\n(.*?)```", README, flags=re.DOTALL)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_there_are_four_examples() -> None:
    assert len(EXAMPLES) == 4


def test_the_two_commands_are_the_first_block_one_a_line() -> None:
    block = README.split("```")[1].splitlines()
    assert block[0] == "sh"
    assert [line.rpartition("&& ")[2] for line in block[1:]] == [".venv/bin/vardbro demo", ".venv/bin/pytest -n 2"]


@pytest.mark.parametrize(("title", "script", "expected"), EXAMPLES, ids=[title for title, _, _ in EXAMPLES])
def test_an_example_does_what_it_says(tmp_path: Path, title: str, script: str, expected: str) -> None:
    missing = [tool for tool in ("bash", "curl", "sha256sum") if shutil.which(tool) is None]
    if missing:
        skip_or_fail(f"the README's examples need {', '.join(missing)}")
    port = str(_free_port())
    script = re.sub(r"\b808[01]\b", port, script)
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    process = subprocess.Popen(
        ["bash", "-eu", "-c", f"{script}\nkill $!\nwait $! || true\n"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        said, _ = process.communicate(timeout=120)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == 0, said
    for line in expected.strip().splitlines():
        assert line in said, f"{title}: {line} is not in\n{said}"
    assert "035-11 11 11" not in said


def test_the_documents_say_where_the_json_schema_is() -> None:
    told = re.findall(r"`vardbro schema ([a-z-]+)` \(or ([^)]*)\)", README)
    told = [(first, *re.findall(r"`([a-z-]+)`", others)) for first, others in told]
    assert [set(names) for names in told] == [{one.value for one in Described}]


def test_what_the_readme_says_of_problem_details_is_so() -> None:
    assert "`title` is English, with both languages in `detail` and one each in `sv` and `en`" in " ".join(
        README.split()
    )
    said = orjson.loads(bytes(refusal(Request({"type": "http", "path": "/", "headers": []}), 422).body))
    assert said["detail"] == f"{said['en']} / {said['sv']}"
