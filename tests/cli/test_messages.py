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


@pytest.mark.parametrize("as_json", [(), ("--json",)], ids=["for people", "for programs"])
def test_a_move_that_changes_nothing_is_told_and_is_no_success(held: Beside, as_json: tuple[str, ...]) -> None:
    id_ = held.push("M-1")["id"]
    for command, why in (("retry", "it is not parked"), ("park", ""), ("park", "it is parked already"), ("retry", "")):
        ended = held.messages(command, id_, *as_json)
        assert (ended.code, bool(ended.err)) == ((1, True) if why else (0, False)), command
        assert (f"vardbro: {id_}: nothing was changed: {why}" in ended.err) == bool(why)
        assert id_ in ended.out


def test_every_id_is_moved_and_each_that_is_unknown_is_told(held: Beside) -> None:
    first, last = (held.push(f"M-{n}")["id"] for n in range(2))
    ended = held.messages("park", first, "nothing", last, first, "--json")
    assert ended.code == 2
    assert [one["id"] for one in ended.json] == [first, last, first]
    assert [held.state(id_) for id_ in (first, last)] == ["parked", "parked"]
    assert "vardbro: nothing: there is no message with that id" in ended.err
    assert f"vardbro: {first}: nothing was changed: it is parked already" in ended.err
    assert last not in ended.err


@pytest.mark.parametrize("command", ["retry", "park"])
def test_an_id_that_is_unknown_is_wrong_usage(held: Beside, command: str) -> None:
    ended = held.messages(command, "nothing")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == "vardbro: nothing: there is no message with that id in this ledger: vardbro messages list\n"


def test_a_message_that_is_delivered_is_neither_sent_again_nor_held_back(tmp_path: Path, vardbro: Vardbro) -> None:
    settings = Settings(data=tmp_path, port=0)
    with running_sandbox() as fhir, running_gateway(settings, fhir, Keys(DEMO_SECRET)) as base:
        answer = httpx.post(f"{base}/v1/bookings", json=TEAM, headers={"Prefer": "wait=30"})
        id_ = answer.json()["id"]
        assert answer.json()["state"] == "delivered"
        for command in ("retry", "park"):
            ended = vardbro("messages", command, id_, "--data", tmp_path)
            assert ended.code == 1
            assert f"{id_}: nothing was changed: it is delivered already" in ended.err


def test_all_are_sent_again_where_none_is_parked(held: Beside) -> None:
    held.push("M-1")
    ended = held.messages("retry", "--all", "--json")
    assert (ended.code, ended.json) == (0, [])
    assert ended.err == "no message is parked: there is nothing to retry\n"


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
