"""Servers as an operator runs them: ready, logged, stopped."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from .conftest import Vardbro, message
from .running import running

TEAM = "booking/team-of-physician-and-dietitian.json"


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_serve_says_where_it_is_and_stops_in_good_order(tmp_path: Path, how: signal.Signals) -> None:
    with running("serve", "--port", "0", cwd=tmp_path) as server:
        _, gateway, word, fhir = server.ready
        assert word == "FHIR"
        answer = httpx.post(f"{gateway}/v1/bookings", json=message(TEAM), headers={"Prefer": "wait=20"})
        assert answer.json()["state"] == "delivered"
        assert httpx.get(f"{fhir}/Appointment").json()["total"] == 1
        assert server.stop(how) == 0
    assert sorted(path.name for path in (tmp_path / "vardbro-data").glob("*.db")) == ["fhir.db", "ledger.db"]
    assert (tmp_path / "vardbro-data" / "keys").stat().st_mode & 0o777 == 0o600
    assert server.logged[-1]["event"] == "courier.stopped"


def test_a_stopped_gateway_finishes_the_answer_that_it_is_giving(tmp_path: Path) -> None:
    with running("serve", "--port", "0", "--no-deliver", cwd=tmp_path) as server:
        url = urlsplit(server.base)
        with socket.create_connection((str(url.hostname), int(url.port or 0))) as connection:
            body = httpx.Request("POST", server.base, json=message(TEAM)).content
            head = "POST /v1/bookings HTTP/1.1\r\nHost: localhost\r\nPrefer: wait=2\r\n"
            head += f"Content-Length: {len(body)}\r\n\r\n"
            connection.sendall(head.encode() + body)
            while httpx.get(f"{server.base}/health/ready").json()["waiting"]["accepted"] == 0:
                pass
            server.child.send_signal(signal.SIGTERM)
            assert connection.recv(100).startswith(b"HTTP/1.1 202")
        assert server.child.wait(60) == 0


def test_logs_are_json_lines_and_hold_nothing_that_was_sent(tmp_path: Path) -> None:
    with running("serve", "--port", "0", "--log-level", "debug", cwd=tmp_path) as server:
        url = urlsplit(server.base)
        with socket.create_connection((str(url.hostname), int(url.port or 0))) as connection:
            connection.sendall(b"191212121212 Tolvansson\r\n\r\n")
            connection.recv(1000)
        httpx.post(f"{server.base}/v1/bookings", json=message(TEAM), headers={"Prefer": "wait=20"})
        httpx.get(f"{server.base}/fhir/Patient", params={"identifier": "191212121212"})
        httpx.post(f"{server.base}/v1/bookings", content=b'{"number": "191212121212"')
        assert server.stop() == 0
    events = {one["event"] for one in server.logged}
    assert {"courier.started", "parcel.delivered", "courier.stopped", "Invalid HTTP request received."} <= events
    assert all(one["level"] and one["timestamp"] for one in server.logged)
    assert not [word for word in ("191212121212", "Tolvan") if word in server.log.read_text()]


def test_a_gateway_that_anybody_can_reach_needs_tokens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, vardbro: Vardbro
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = vardbro("serve", "--host", "0.0.0.0", "--port", "0")
    assert (ended.code, ended.out) == (2, "")
    assert "loopback only" in ended.err
    assert not (tmp_path / "vardbro-data").exists()


def test_settings_come_from_the_environment_too_and_options_win(tmp_path: Path) -> None:
    with running("serve", "--port", "0", cwd=tmp_path, VARDBRO_DATA="elsewhere", VARDBRO_PORT="1") as server:
        assert server.stop() == 0
    assert (tmp_path / "elsewhere" / "ledger.db").exists()


def test_sandbox_says_where_it_is_and_stops_in_good_order(tmp_path: Path) -> None:
    (tmp_path / "seed.json").write_text('{"resourceType": "Patient", "id": "tolvan"}')
    options = ("--port", "0", "--seed", "seed.json", "--like", "hapi", "--clock", "2026-11-24T13:00:00+01:00")
    with running("sandbox", *options, "--database", "fhir.db", cwd=tmp_path) as server:
        patient = httpx.get(f"{server.base}/Patient/tolvan").json()
        assert patient["meta"]["lastUpdated"].startswith("2026-11-24T12:00:00")
        assert server.stop() == 0
    assert server.log.read_text() == ""
    assert (tmp_path / "fhir.db").exists()


def test_sandbox_ends_with_its_parent(tmp_path: Path) -> None:
    parent = os.fork()
    if parent == 0:
        signal.pause()
        os._exit(0)
    with running("sandbox", "--port", "0", "--parent", str(parent), cwd=tmp_path) as server:
        os.kill(parent, signal.SIGKILL)
        os.waitpid(parent, 0)
        assert server.child.wait(60) == 0
