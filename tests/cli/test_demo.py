"""The whole way in one command: it passes where all is as it should be, and names every place where it is not."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapter.region import fixtures
from adapter.sandbox import SandboxSettings, create_app, running_sandbox
from tests.servers.hapi import running_hapi
from tests.servers.needs import java_and_maven, skip_or_fail

from .conftest import Ended, process

LEAST = {"exempel": (41, 56), "halland": (39, 5), "skane": (38, 6), "vastra-gotaland": (16, 8)}
"""Of each region how many messages are accepted, and how many refused."""


def _good(ended: Ended, region: str = "exempel") -> dict[str, Any]:
    """The account of the only region, in which all is as it should be."""
    [account] = ended.json["regions"]
    _as_it_should_be(account, *LEAST[region])
    assert (ended.code, ended.json["good"]) == (0, True), ended.err
    found: dict[str, Any] = account
    return found


def _as_it_should_be(account: dict[str, Any], accepted: int, refused: int) -> None:
    assert account["differences"] == []
    assert account["good"]
    assert len(account["accepted"]) >= accepted
    assert len(account["refused"]) >= refused
    assert {row["state"] for row in account["accepted"]} == {"delivered"}
    assert all(one["count"] == one["right"] > 0 for one in account["compared"])


def test_every_sample_region_goes_the_whole_way_by_itself(tmp_path: Path) -> None:
    ended = process("demo", "--data", "kept", "--json", cwd=tmp_path)
    assert (ended.code, ended.json["good"]) == (0, True), ended.err
    assert [account["region"] for account in ended.json["regions"]] == list(LEAST)
    for account in ended.json["regions"]:
        _as_it_should_be(account, *LEAST[account["region"]])
    assert len({account["servers"]["FHIR server"] for account in ended.json["regions"]}) == len(LEAST)
    assert sorted(path.name for path in (tmp_path / "kept").iterdir()) == sorted(LEAST)


@pytest.mark.parametrize("region", ["halland", "skane", "vastra-gotaland"])
def test_a_region_goes_the_whole_way_on_hapi(region: str, tmp_path: Path) -> None:
    skip_or_fail(java_and_maven())
    with running_hapi() as base:
        _good(process("demo", "--fhir-server", base, "--region", region, "--json", cwd=tmp_path), region)


def test_a_region_whose_sources_send_nothing_here_says_what_to_do(tmp_path: Path) -> None:
    shutil.copytree(fixtures() / "region" / "vastra-gotaland", tmp_path / "region")
    head = tmp_path / "region" / "region.toml"
    head.write_text(head.read_text("utf-8").replace('id = "SE0000000014-PAS"', 'id = "OTHER"'), "utf-8")
    ended = process("demo", "--region", "region", cwd=tmp_path)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("vardbro: the demo has no messages of this region's source systems: choose ")


def test_it_tells_people_what_it_did_and_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    ended = process("demo", cwd=tmp_path / "own", TMPDIR=str(tmp_path))
    assert (ended.code, ended.err) == (0, "")
    assert "booking/team-of-physician-and-dietitian" in ended.out
    assert re.search(r"TE-3-two-owners +422 +TE-3 +/lines", ended.out)
    assert ended.out.count("✓") == 10 * len(LEAST)
    assert ended.out.count("All of it is as it should be") == len(LEAST)
    assert "Region Halland (halland)" in ended.out
    assert not [word for word in ("191212121212", "Tolvansson", "\x1b") if word in ended.out]
    assert list(tmp_path.rglob("*")) == [tmp_path / "own"]


@pytest.mark.parametrize("region", LEAST)
def test_a_second_demo_on_the_same_server_doubles_nothing(region: str, tmp_path: Path) -> None:
    with running_sandbox() as base:

        def held() -> dict[str, int]:
            return {
                kind: httpx.get(f"{base}/{kind}").json()["total"] for kind in ("Appointment", "CareTeam", "Patient")
            }

        asked = ("demo", "--fhir-server", base, "--region", region, "--json")
        _good(process(*asked, cwd=tmp_path), region)
        once = held()
        _good(process(*asked, cwd=tmp_path), region)
        assert held() == once


def test_a_second_demo_on_the_same_data_sends_the_same_again(tmp_path: Path) -> None:
    _good(process("demo", "--region", "exempel", "--data", "kept", "--json", cwd=tmp_path))
    again = _good(process("demo", "--region", "exempel", "--data", "kept", "--json", cwd=tmp_path))
    assert "a later version was taken in by an earlier run" in " ".join(again["notes"])


def test_it_passes_on_hapi_and_again(tmp_path: Path) -> None:
    skip_or_fail(java_and_maven())
    with running_hapi() as base:
        _good(process("demo", "--fhir-server", base, "--json", cwd=tmp_path))
        _good(process("demo", "--fhir-server", base, "--json", cwd=tmp_path))


def test_the_environment_of_a_real_gateway_is_none_of_its_business(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    real = "sqlite:///real/ledger.db"
    asked = ("demo", "--region", "exempel", "--json")
    _good(process(*asked, cwd=tmp_path, VARDBRO_DATABASE=real, VARDBRO_DATA="real", VARDBRO_DELIVER="0"))
    assert list((tmp_path / "real").iterdir()) == []


def test_a_region_of_ones_own_is_compared_with_its_own_mapping(tmp_path: Path) -> None:
    shutil.copytree(fixtures() / "region" / "exempel", tmp_path / "region")
    head = tmp_path / "region" / "region.toml"
    head.write_text(head.read_text("utf-8").replace('id = "exempel"', 'id = "annan"'), "utf-8")
    account = _good(process("demo", "--region", "region", "--json", cwd=tmp_path))
    assert "the golden files are the sample region's" in " ".join(account["notes"])


class _Falsified:
    """A FHIR server whose answers to reads are not what was stored."""

    def __init__(self, app: ASGIApp, was: bytes, becomes: bytes) -> None:
        self._app, self._was, self._becomes = app, was, becomes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.body":
                message["body"] = message["body"].replace(self._was, self._becomes)
            await send(message)

        searches = scope["type"] == "http" and (scope["method"] == "GET" or scope["path"].endswith("_search"))
        await self._app(scope, receive, sending if searches else send)


@contextmanager
def _falsified(was: bytes, becomes: bytes) -> Iterator[str]:
    """Its base URL. What is put in place has as many bytes as what was there."""
    assert len(was) == len(becomes)
    app = _Falsified(create_app(SandboxSettings()), was, becomes)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", lifespan="on"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}/fhir"
    finally:
        server.should_exit = True
        thread.join()


def test_a_server_that_does_not_keep_what_it_was_given_is_found_out_on_every_way(tmp_path: Path) -> None:
    with _falsified(b"blodsockerdagbok", b"blodsockerdagbuk") as base:
        ended = process("demo", "--fhir-server", base, "--json", cwd=tmp_path)
    assert (ended.code, ended.json["good"]) == (1, False)
    [account] = ended.json["regions"]
    told = account["differences"]
    name = "booking/team-of-physician-and-dietitian"
    assert f"{name}: /summons/freeText" in told
    assert f"{name}: Appointment.patientInstruction changed" in told
    assert "blodsocker" not in ended.out
    wrong = {one["what"]: one["count"] - one["right"] for one in account["compared"]}
    assert sum(count > 0 for count in wrong.values()) == 3


def _with_other_fixtures(folder: Path, changed: dict[str, tuple[str, str]]) -> Ended:
    """The demo in a process of its own whose fixtures are not as they were: file -> (text, what stands there)."""
    shutil.copytree(fixtures(), folder / "fixtures")
    for file, (was, becomes) in changed.items():
        path = folder / "fixtures" / file
        text = path.read_text("utf-8")
        assert was in text
        path.write_text(text.replace(was, becomes, 1), "utf-8")
    script = """
import sys
from pathlib import Path
from adapter.cli import main
from adapter.cli.demo import inputs
inputs.fixtures = lambda: Path(sys.argv[1])
main(["demo", "--region", "exempel", "--json"])
"""
    called = [sys.executable, "-c", script, str(folder / "fixtures")]
    ran = subprocess.run(called, capture_output=True, text=True, env=os.environ, check=False)
    return Ended(ran.returncode, ran.stdout, ran.stderr)


def test_what_differs_from_index_and_golden_files_is_named(tmp_path: Path) -> None:
    ended = _with_other_fixtures(
        tmp_path,
        {
            "golden/booking/video-visit.json": ('"videobesok"', '"mottagningsbesok"'),
            "messages/index.toml": ('derived = ["BO-29", "BO-4", "ID-6", "OR-3"]', 'derived = ["BO-29"]'),
            "messages/refused/TE-3-two-owners.json": ('"number": ', '"colour": 1, "number": '),
            "messages/booking/quick-basis.json": ('"status": "booked"', '"status": "strange"'),
        },
    )
    assert ended.code == 1
    told = ended.json["regions"][0]["differences"]
    assert any(one.startswith("booking/video-visit: /") for one in told)
    assert "booking/most-left-out-and-derived: derived by BO-29 BO-4 ID-6 OR-3, not by BO-29" in told
    assert "TE-3-two-owners: not refused by TE-3 /lines" in told
    assert "booking/quick-basis: IN-9 /status" in told


def test_a_server_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    ended = process("demo", "--fhir-server", "http://127.0.0.1:1/fhir", cwd=tmp_path)
    assert (ended.code, ended.out) == (3, "")
    assert ended.err == "vardbro: the FHIR server at http://127.0.0.1:1/fhir does not answer\n"


def test_it_stays_up_on_demand_and_its_example_works_until_it_is_stopped(tmp_path: Path) -> None:
    called = [sys.executable, "-m", "adapter.cli", "demo", "--stay"]
    own = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(called, stdout=subprocess.PIPE, text=True, cwd=tmp_path, env=own) as child:
        assert child.stdout is not None
        said = ""
        while "Stop with Ctrl-C" not in said:
            line = child.stdout.readline()
            assert line, said
            said += line
        url, token, body = re.findall(r"curl -s (\S+) .*Bearer (\S+)'.*-d '(.*?)'", said, flags=re.DOTALL)[0]
        found = httpx.post(url, headers={"Authorization": f"Bearer {token}"}, content=body).json()
        assert found["total"] > 0
        assert json.loads(body)["patient"]["value"] == "191212121212"
        child.send_signal(signal.SIGINT)
        assert child.wait(60) == 0
    assert list(tmp_path.iterdir()) == []
