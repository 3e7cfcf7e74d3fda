"""The sandbox as a process of its own: `vardbro sandbox`, its one front."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import orjson
import pytest

from adapter.sandbox import SandboxSettings, running_sandbox
from tests.sandbox.resources import appointment, connected, found, patient, put

COMMAND = [sys.executable, "-m", "adapter.cli", "sandbox"]


@contextmanager
def started(*options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    with subprocess.Popen([*COMMAND, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield process, process.stdout.readline()
        finally:
            process.kill()


def test_the_ready_line_holds_the_base_url_and_it_answers() -> None:
    with started() as (process, line):
        match = re.fullmatch(r"READY (http://127\.0\.0\.1:\d+/fhir)\n", line)
        assert match
        with connected(match[1]) as client:
            assert client.get("/metadata").json()["implementation"]["url"] == match[1]
            put(client, patient(id="a"))
        process.terminate()
        out, err = process.communicate(timeout=30)
        assert (process.returncode, out, err) == (0, "", "")


def test_an_interrupt_ends_it_quietly() -> None:
    with started() as (process, _):
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=30) == ("", "")


def test_it_ends_when_its_parent_is_gone() -> None:
    with subprocess.Popen(["sleep", "600"]) as parent, started("--parent", str(parent.pid)) as (process, line):
        assert line.startswith("READY")
        parent.kill()
        parent.wait()
        assert process.wait(30) == 0


def test_its_options_reach_the_server(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(orjson.dumps(patient(id="a")))
    options = ("--like", "hapi", "--validate", "off", "--seed", str(tmp_path), "--clock", "2026-11-24T13:00:00+01:00")
    with started(*options) as (_, line), httpx.Client(base_url=line.split()[1]) as client:
        assert client.get("/Patient/a").json()["meta"]["lastUpdated"] == "2026-11-24T12:00:00.000Z"
        assert client.put("/Patient/1", json=patient(id="1")).status_code == 400
        assert client.put("/Patient/b", json=patient(id="b", nonsense=1)).status_code == 201


@pytest.mark.parametrize("options", [("--seed", "nowhere"), ("--host", "192.0.2.1"), ("--database", "/nowhere/x")])
def test_what_keeps_it_from_starting_is_told_in_one_line(options: tuple[str, ...]) -> None:
    done = subprocess.run([*COMMAND, *options], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("vardbro: ")
    assert done.stderr.count("\n") == 1


def test_a_killed_server_has_kept_all_that_it_answered(tmp_path: Path) -> None:
    file = tmp_path / "sandbox.sqlite"
    with started("--database", str(file)) as (process, line), httpx.Client(base_url=line.split()[1]) as client:
        put(client, patient(id="p"), *(appointment("Patient/p", id=f"a{n}") for n in range(20)))
        process.kill()
        process.wait()
    with started("--database", str(file)) as (_, line), httpx.Client(base_url=line.split()[1]) as client:
        assert len(found(client, "Appointment?patient=p")) == 20


def test_two_sandboxes_run_in_one_process_beside_each_other() -> None:
    with running_sandbox() as one, running_sandbox(SandboxSettings(like="hapi")) as other:
        assert one != other
        httpx.post(f"{one}/Patient", json=patient()).raise_for_status()
        assert httpx.get(f"{other}/Patient").json()["total"] == 0


def test_a_sandbox_that_was_left_answers_no_more() -> None:
    with running_sandbox() as base:
        httpx.get(f"{base}/metadata").raise_for_status()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{base}/metadata")


def test_there_is_no_other_front() -> None:
    done = subprocess.run([sys.executable, "-m", "adapter.sandbox"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "cannot be directly executed" in done.stderr
