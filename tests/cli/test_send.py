"""Messages from files to a real gateway; gateways that break off are real servers that do."""

from __future__ import annotations

import socketserver
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from adapter.cli import send as module
from adapter.keys import DEMO_SECRET, Keys
from adapter.sandbox import running_sandbox
from adapter.serving import running_gateway
from adapter.settings import Settings

from .conftest import MESSAGES, Vardbro, message, ndjson

TEAM = "booking/team-of-physician-and-dietitian.json"
PEOPLE = ("191212121212", "198112189876", "189001019802", "189102279800")


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    data = tmp_path_factory.mktemp("data")
    with (
        running_sandbox() as fhir,
        running_gateway(Settings(data=data, port=0, deliver=False), fhir, Keys(DEMO_SECRET)) as base,
    ):
        yield base


def _bookings(prefix: str, many: int, versions: int = 1) -> list[dict[str, Any]]:
    """Of four people, each booking's versions in their order."""
    one = message("booking/quick-basis.json")
    return [
        one | {"number": f"{prefix}-{n}", "version": version + 1, "patient": {"identity": _person(n)}}
        for version in range(versions)
        for n in range(many)
    ]


def _person(n: int) -> dict[str, str]:
    return {"kind": "personnummer", "value": PEOPLE[n % len(PEOPLE)]}


def test_every_line_is_sent_and_counted(tmp_path: Path, gateway: str, vardbro: Vardbro) -> None:
    path = ndjson(tmp_path / "x.ndjson", _bookings("A", 30))
    ended = vardbro("send", path, "--to", gateway, "--json")
    assert (ended.code, ended.json) == (0, {"sent": 30, "accepted": 30, "refused": 0, "rules": []})
    assert httpx.get(f"{gateway}/v1/bookings/SE2321000115-COSMIC/A-29").status_code == 200
    assert list(tmp_path.iterdir()) == [path]


def test_one_patients_messages_are_sent_in_their_order(tmp_path: Path, gateway: str, vardbro: Vardbro) -> None:
    path = ndjson(tmp_path / "x.ndjson", _bookings("B", 4, versions=12))
    ended = vardbro("send", path, "--to", gateway, "--parallel", "16", "--json")
    assert ended.json["accepted"] == 48, ended.json
    shown = httpx.get(f"{gateway}/v1/bookings/SE2321000115-COSMIC/B-3").json()
    assert (shown["revision"], shown["booking"]["version"]) == (12, 12)


def test_each_kind_finds_its_own_door(gateway: str, vardbro: Vardbro) -> None:
    files = ("booking/team-of-physician-and-dietitian.json", "care-event/team-visit-carried-out.json")
    contact = "named-contact/contact-nurse.json"
    ended = vardbro("send", *(MESSAGES / name for name in (*files, contact)), "--to", gateway, "--json")
    assert (ended.code, ended.json["accepted"]) == (0, 3)


def test_refusals_are_summed_by_rule_with_their_places(tmp_path: Path, gateway: str, vardbro: Vardbro) -> None:
    wrong = message("refused/TE-3-two-owners.json")
    path = ndjson(
        tmp_path / "x.ndjson", [*_bookings("C", 2), wrong, b"no json", {"strange": 1}, wrong | {"number": "C-9"}]
    )
    ended = vardbro("send", path, "--to", gateway, "--json", "--refused", tmp_path / "refused.ndjson")
    assert ended.code == 1
    assert (ended.json["accepted"], ended.json["refused"]) == (2, 4)
    rules = {one["rule"]: (one["times"], one["places"]) for one in ended.json["rules"]}
    assert rules == {
        "TE-3": (2, ["x.ndjson:3", "x.ndjson:6"]),
        "IN-1": (1, ["x.ndjson:4:1"]),
        "IN-3": (1, ["x.ndjson:5"]),
    }
    told = [orjson.loads(line) for line in (tmp_path / "refused.ndjson").read_bytes().splitlines()]
    assert [one["line"] for one in told] == [3, 4, 5, 6]
    assert [one.get("column") for one in told] == [None, 1, None, None]
    assert told[0]["problems"][0]["path"] == "/lines"


def test_where_the_rest_of_a_file_cannot_be_read_it_is_told(tmp_path: Path, gateway: str, vardbro: Vardbro) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(b"[" + orjson.dumps(_bookings("J", 1)[0]) + b',\n{"number" 1}, {}]')
    ended = vardbro("send", path, "--to", gateway, "--json")
    assert (ended.code, ended.json["accepted"], ended.json["refused"]) == (1, 1, 1)
    [rule] = ended.json["rules"]
    assert (rule["rule"], rule["places"]) == ("IN-1", ["x.json:2:11"])
    assert "the rest of the file was not read" in rule["en"]
    assert "resten av filen lästes inte" in rule["sv"]


def test_a_file_in_which_there_is_nothing_is_told_and_the_others_are_sent(
    tmp_path: Path, gateway: str, vardbro: Vardbro
) -> None:
    (tmp_path / "empty.ndjson").write_bytes(b"\n\n")
    full = ndjson(tmp_path / "full.ndjson", _bookings("K", 1))
    ended = vardbro("send", tmp_path / "empty.ndjson", full, "--to", gateway, "--json")
    assert (ended.code, ended.json["accepted"]) == (2, 1)
    assert "empty.ndjson: there is nothing in it" in ended.err


def test_people_read_the_summary(tmp_path: Path, gateway: str, vardbro: Vardbro) -> None:
    ended = vardbro("send", MESSAGES / "refused/TE-3-two-owners.json", "--to", gateway)
    assert "TE-3" in ended.out
    assert "Besöket har" in ended.out
    assert ended.out.endswith("1 sent: 0 accepted, 1 refused\n")


@contextmanager
def _answering(answer: Callable[[dict[str, Any]], tuple[int, Any]]) -> Iterator[str]:
    """The address of a server that answers each message so; a body that is bytes goes as it is."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = orjson.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, said = answer(body | {"token": self.headers.get("Authorization")})
            raw = said if isinstance(said, bytes) else orjson.dumps(said)
            self.send_response(status)
            self.send_header("Content-Length", str(len(raw)))
            self.send_header("Retry-After", "0")
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def test_what_broke_off_is_resumed_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, vardbro: Vardbro
) -> None:
    monkeypatch.setattr(module, "WAITS", (0.01,))
    path = ndjson(tmp_path / "x.ndjson", [*_bookings("D", 20), {"strange": 1}, *_bookings("E", 20)])
    taken: Counter[str] = Counter()
    down = True

    def answer(body: dict[str, Any]) -> tuple[int, Any]:
        if down and len(taken) >= 30:
            return 503, {}
        taken[body["number"]] += 1
        return 202, {"id": body["number"]}

    with _answering(answer) as base:
        broken = vardbro("send", path, "--to", base, "--parallel", "3")
        assert broken.code == 3
        assert "does not answer; once it does, go on with --resume" in broken.err
        assert (tmp_path / "x.ndjson.sending").exists()
        down = False
        ended = vardbro("send", path, "--to", base, "--resume", "--json")
    assert (ended.code, ended.json["accepted"], ended.json["refused"]) == (1, 40, 1)
    assert len(taken) == 40
    assert sum(taken.values()) <= 40 + 3 + 12
    assert not (tmp_path / "x.ndjson.sending").exists()


def test_another_file_is_not_resumed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, vardbro: Vardbro) -> None:
    monkeypatch.setattr(module, "WAITS", ())
    path = ndjson(tmp_path / "x.ndjson", _bookings("F", 10))
    taken: list[str] = []

    def answer(body: dict[str, Any]) -> tuple[int, Any]:
        taken.append(body["number"])
        return (202, {"id": "1"}) if len(taken) < 6 else (503, {})

    with _answering(answer) as base:
        assert vardbro("send", path, "--to", base, "--parallel", "1").code == 3
        ndjson(path, _bookings("G", 10))
        other = vardbro("send", path, "--to", base, "--resume")
        ndjson(path, _bookings("F", 2))
        shorter = vardbro("send", path, "--to", base, "--resume")
    assert (other.code, shorter.code) == (2, 2)
    assert "not the file whose sending broke off" in other.err
    assert "shorter than when its sending broke off" in shorter.err


def test_a_server_that_is_busy_is_asked_again(tmp_path: Path, vardbro: Vardbro) -> None:
    asked: list[str] = []

    def answer(body: dict[str, Any]) -> tuple[int, Any]:
        asked.append(body["number"])
        return (429, {}) if len(asked) == 1 else (202, {"id": "1"})

    with _answering(answer) as base:
        ended = vardbro("send", ndjson(tmp_path / "x.ndjson", _bookings("H", 1)), "--to", base)
    assert (ended.code, asked) == (0, ["H-0", "H-0"])


def test_a_gateway_that_is_not_there_is_unavailable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, vardbro: Vardbro
) -> None:
    monkeypatch.setattr(module, "WAITS", (0.01,))
    with socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as gone:
        port = gone.server_address[1]
    ended = vardbro("send", MESSAGES / TEAM, "--to", f"http://127.0.0.1:{port}")
    assert (ended.code, ended.out) == (3, "")
    assert f"http://127.0.0.1:{port} does not answer" in ended.err


def test_the_token_is_sent_and_an_unknown_one_is_told(tmp_path: Path, vardbro: Vardbro) -> None:
    (tmp_path / "token").write_text("secret\n")

    def answer(body: dict[str, Any]) -> tuple[int, Any]:
        return (202, {"id": "1"}) if body["token"] == "Bearer secret" else (401, {"status": 401})

    with _answering(answer) as base:
        known = vardbro("send", MESSAGES / TEAM, "--to", base, "--token-file", tmp_path / "token")
        unknown = vardbro("send", MESSAGES / TEAM, "--to", base)
    assert (known.code, unknown.code) == (0, 2)
    assert "--token-file" in unknown.err


@pytest.mark.parametrize("said", [b"<html>Not here</html>", {"detail": "Not Found"}])
def test_what_is_no_gateway_is_told(vardbro: Vardbro, said: Any) -> None:
    with _answering(lambda _: (404, said)) as base:
        ended = vardbro("send", MESSAGES / TEAM, "--to", base)
    assert ended.code == 2
    assert "is no gateway of Vårdbro (status 404)" in ended.err


def test_an_error_of_the_gateway_is_counted_and_the_rest_goes_on(tmp_path: Path, vardbro: Vardbro) -> None:
    def answer(body: dict[str, Any]) -> tuple[int, Any]:
        if body["number"] != "I-1":
            return 202, {"id": "1"}
        return 500, {"title": "An error", "detail": "An error / Ett fel", "en": "An error", "sv": "Ett fel"}

    with _answering(answer) as base:
        ended = vardbro("send", ndjson(tmp_path / "x.ndjson", _bookings("I", 3)), "--to", base, "--json")
    assert (ended.code, ended.json["accepted"]) == (1, 2)
    assert [(one["rule"], one["en"], one["sv"]) for one in ended.json["rules"]] == [("500", "An error", "Ett fel")]
