"""What callers and operators are told while the FHIR server is down: accepted all the same, and why it waits."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapter.sandbox import SandboxSettings, running_sandbox
from mappings.problem import Json
from tests.doors.conftest import Region, patient, pushed, single, starting

IN_TROUBLE = "vardbro_server_in_trouble"


@contextmanager
def in_front_of(folder: Path, port: int) -> Iterator[Region]:
    fhir = f"http://127.0.0.1:{port}/fhir"
    with starting(folder, fhir) as base, closing(Region(base, fhir)) as region:
        yield region


@pytest.fixture
def port() -> int:
    """At which nothing listens yet."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
    return number


def asked_until(client: httpx.Client, path: str, true: Callable[[Json], Any]) -> Json:
    """What is answered once it is so; asks for half a minute."""
    for _ in range(600):
        answer = client.get(path)
        assert answer.status_code == 200
        found: Json = answer.json()
        if true(found):
            return found
        time.sleep(0.05)
    raise AssertionError(found)


def gauge(region: Region) -> float:
    lines = region.operator.get("/metrics").text.splitlines()
    (value,) = [line.split()[1] for line in lines if line.startswith(IN_TROUBLE)]
    return float(value)


def test_a_server_that_is_down_from_the_start_is_told_of_everywhere_until_it_is_there(
    tmp_path: Path, port: int
) -> None:
    with in_front_of(tmp_path, port) as region:
        taken = region.cosmic.post("/v1/bookings", json=single("B-1"))
        assert taken.status_code == 202
        receipt = asked_until(region.cosmic, taken.headers["Location"], lambda one: one["waitingBecause"])
        because = receipt["waitingBecause"]
        assert (receipt["state"], receipt["attempts"], receipt["reason"]) == ("accepted", 0, None)
        assert because["reason"] == "unreachable"
        assert because["sv"] == "Servern kan inte nås."
        assert because["en"] == "The server cannot be reached."
        shown = region.cosmic.get("/v1/bookings/SE2321000115-COSMIC/B-1").json()
        assert shown["receipt"]["waitingBecause"] == because
        later = region.cosmic.post("/v1/bookings", json=single("B-2"), headers={"Prefer": "wait=0"})
        assert (later.status_code, later.json()["waitingBecause"]) == (202, because)
        ready = region.operator.get("/health/ready")
        assert (ready.status_code, ready.json()["status"], ready.json()["because"]) == (200, "degraded", because)
        assert ready.json()["waiting"]["accepted"] == 2
        assert gauge(region) == 1
        searched = region.portal.post("/v1/bookings/search", json={"patient": patient("191212121212")["identity"]})
        assert searched.status_code == 503
        with running_sandbox(SandboxSettings(port=port)):
            for location in (taken.headers["Location"], later.headers["Location"]):
                receipt = asked_until(region.cosmic, location, lambda one: one["state"] == "delivered")
                assert receipt["waitingBecause"] is None
            assert "because" not in asked_until(region.operator, "/health/ready", lambda one: one["status"] == "ready")
            assert gauge(region) == 0


def test_a_server_that_goes_down_under_way_is_told_of_also_to_what_was_never_tried(tmp_path: Path, port: int) -> None:
    with in_front_of(tmp_path, port) as region:
        with running_sandbox(SandboxSettings(port=port)):
            delivered = pushed(region.cosmic, "bookings", single("B-1"))
            assert region.operator.get("/health/ready").json()["status"] == "ready"
        for number in range(4):
            assert region.cosmic.post("/v1/bookings", json=single("B-1", 2 + number)).status_code == 202
        last = f"/v1/messages/{region.cosmic.post('/v1/bookings', json=single('B-1', 9)).json()['id']}"
        receipt = asked_until(region.cosmic, last, lambda one: one["waitingBecause"])
        assert (receipt["state"], receipt["attempts"]) == ("accepted", 0)
        assert receipt["waitingBecause"]["reason"] == "unreachable"
        assert region.cosmic.get(f"/v1/messages/{delivered['id']}").json()["waitingBecause"] is None
