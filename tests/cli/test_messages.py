"""The ledger of a gateway, from beside it."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapter.keys import DEMO_SECRET, Keys
from adapter.sandbox import SandboxSettings, running_sandbox
from adapter.serving import running_gateway
from adapter.settings import Settings

from .conftest import Ended, Vardbro, message
from .running import running

TEAM = message("booking/team-of-physician-and-dietitian.json")


@dataclass(frozen=True, slots=True)
class Beside:
    """A gateway that runs, and the command that looks into its ledger."""

    base: str
    messages: Callable[..., Ended]

    def push(self, number: str) -> dict[str, Any]:
        answer = httpx.post(f"{self.base}/v1/bookings", json=TEAM | {"number": number})
        receipt: dict[str, Any] = answer.json()
        return receipt

    def state(self, id_: str) -> str:
        return str(httpx.get(f"{self.base}/v1/messages/{id_}").json()["state"])


@pytest.fixture
def held(tmp_path: Path, vardbro: Vardbro) -> Iterator[Beside]:
    """One that sends nothing."""
    settings = Settings(data=tmp_path, port=0, deliver=False)
    with running_sandbox() as fhir, running_gateway(settings, fhir, Keys(DEMO_SECRET)) as base:
        yield Beside(base, lambda *arguments: vardbro("messages", *arguments, "--data", tmp_path))


def test_the_newest_are_listed_oldest_of_them_first(held: Beside) -> None:
    ids = [held.push(f"M-{n}")["id"] for n in range(4)]
    assert [one["id"] for one in held.messages("list", "--json").json] == ids
    assert [one["id"] for one in held.messages("list", "--json", "--most", "2").json] == ids[2:]
    assert held.messages("list", "--state", "parked", "--json").json == []
    text = held.messages("list").out
    assert all(one in text for one in ids)
    assert "4 messages" in text


def test_a_message_is_shown_with_its_parcels_and_without_its_patient(held: Beside) -> None:
    id_ = held.push("M-1")["id"]
    shown = held.messages("show", id_, "--json").json[0]
    assert (shown["id"], shown["state"]) == (id_, "accepted")
    assert [parcel["state"] for parcel in shown["parcels"]] == ["pending", "pending"]
    text = held.messages("show", id_).out
    assert "booking:SE2321000115-COSMIC/M-1" in text
    assert not [word for word in ("191212121212", "Tolvan") if word in text]


def test_what_is_parked_by_hand_waits_until_it_is_sent_again(held: Beside) -> None:
    id_ = held.push("M-1")["id"]
    parked = held.messages("park", id_, "--json").json
    assert [(one["state"], one["reason"]) for one in parked] == [("parked", "parked-by-hand")]
    assert held.state(id_) == "parked"
    assert [one["state"] for one in held.messages("retry", id_, "--json").json] == ["accepted"]


def test_every_parked_message_goes_again_with_a_gateway_that_runs(held: Beside) -> None:
    ids = [held.push(f"M-{n}")["id"] for n in range(3)]
    held.messages("park", *ids)
    assert [one["id"] for one in held.messages("retry", "--all", "--json").json] == ids
    assert held.messages("list", "--state", "parked", "--json").json == []


def test_a_running_gateway_sends_what_was_sent_again_from_beside(tmp_path: Path, vardbro: Vardbro) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (tmp_path / "keys").write_text("00" * 32)
    where = ("--fhir-server", f"http://127.0.0.1:{port}/fhir", "--keys", "keys", "--data", "data")
    with running("serve", "--port", "0", *where, cwd=tmp_path) as server:
        beside = Beside(server.base, lambda *arguments: vardbro("messages", *arguments, "--data", tmp_path / "data"))
        id_ = beside.push("M-1")["id"]
        beside.messages("park", id_)
        with running_sandbox(SandboxSettings(port=port)):
            assert beside.messages("retry", id_).code == 0
            until = time.monotonic() + 60
            while beside.state(id_) != "delivered" and time.monotonic() < until:
                time.sleep(0.1)
            assert beside.state(id_) == "delivered"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("show", "nothing"), "there is no message with that id"),
        (("retry", "nothing"), "there is no message with that id"),
        (("park", "nothing"), "there is no message with that id"),
        (("retry",), "give the ids of messages, or --all"),
        (("retry", "nothing", "--all"), "give the ids of messages, or --all"),
    ],
)
def test_what_is_not_there_is_wrong_usage(held: Beside, arguments: tuple[str, ...], text: str) -> None:
    ended = held.messages(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert text in ended.err


def test_a_ledger_that_is_not_there_is_told_and_not_made(tmp_path: Path, vardbro: Vardbro) -> None:
    ended = vardbro("messages", "list", "--data", tmp_path / "nowhere")
    assert ended.code == 2
    assert "there is no ledger here" in ended.err
    assert not (tmp_path / "nowhere").exists()


def test_a_ledger_is_found_by_its_url_too(held: Beside, tmp_path: Path, vardbro: Vardbro) -> None:
    held.push("M-1")
    ended = vardbro("messages", "list", "--database", f"sqlite:///{tmp_path / 'ledger.db'}", "--json")
    assert len(ended.json) == 1
