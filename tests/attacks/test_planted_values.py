"""Nothing personal in logs, URLs, headers, metrics and problem texts: every value is planted once and searched for.

A gateway runs as a process of its own, as chatty as it can be made, in front of a FHIR server that repeats all it is
sent. What may hold personal data are bodies: of messages, of FHIR, and the columns of the ledger that end in `_body`
(sealed later); everything else is looked through.
"""

from __future__ import annotations

import re
import secrets
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from mappings.contracts import told_in
from mappings.problem import Json
from tests.attacks.echo import Echo, echoing
from tests.attacks.material import columns
from tests.attacks.planting import Planting, accepted, refused, spoilt
from tests.benchmarks.people import numbers
from tests.doors.conftest import Region, patient, single, tokens_file
from tests.whole.processes import Process, running

PLURAL = {"booking": "bookings", "care-event": "care-events", "named-contact": "named-contacts", "patient": "patients"}
PERSON = "198112189876"
"""A patient of whom nothing is ever sent."""
SYSTEM = "http://electronichealth.se/identifier/personnummer"
DEADLINE = 60


@dataclass
class Heard:
    """All that came out of the gateway, and all that was planted."""

    planting: Planting = field(default_factory=Planting)
    headers: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    """Refusals and receipts."""
    operators: list[str] = field(default_factory=list)
    """What is at /metrics and /health."""
    server: list[str] = field(default_factory=list)
    """Request lines and headers that the FHIR server saw."""
    log: str = ""
    ledger: list[tuple[str, str, bytes]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    def hear(self, answer: httpx.Response) -> None:
        """Whatever is answered has headers; what is refused has a text."""
        answer.read()
        self.statuses.append(answer.status_code)
        self.headers += [f"{name}: {value}" for name, value in answer.headers.items()]
        if answer.status_code >= 400 or (isinstance(body := _json(answer), dict) and "attempts" in body):
            self.texts.append(answer.text)

    def leaks(self, *texts: str) -> set[str]:
        """What was planted and stands in one of the texts, with the place that it was planted at."""
        told = self.planting.secrets
        anything = re.compile("|".join(map(re.escape, sorted(told, key=len, reverse=True))))
        return {f"{found} ({told[found]})" for text in texts for found in anything.findall(text)}


def _json(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None


class Attack:
    """A gateway's process, its callers and its FHIR server."""

    def __init__(self, heard: Heard, region: Region, echo: Echo) -> None:
        self.heard, self.region, self.echo = heard, region, echo

    def push(self, kind: str, body: Any, wait: int | None = None) -> httpx.Response:
        content = body if isinstance(body, bytes) else orjson.dumps(body)
        headers = {} if wait is None else {"Prefer": f"wait={wait}"}
        return self.region.operator.post(f"/v1/{PLURAL[kind]}", content=content, headers=headers)

    def tried(self, answer: httpx.Response) -> Json:
        """The receipt once the server has said something of the message."""
        deadline = time.monotonic() + DEADLINE
        while time.monotonic() < deadline:
            receipt: Json = self.region.operator.get(answer.headers["Location"]).json()
            if receipt["serverSaid"]:
                return receipt
            time.sleep(0.05)
        raise AssertionError("nothing was tried")

    def everyone_reads(self, messages: list[tuple[str, Json]]) -> None:
        for caller in ("cosmic", "nurse", "portal", "operator"):
            client: httpx.Client = getattr(self.region, caller)
            for kind, message in messages:
                path = f"/v1/{PLURAL[kind]}/{message['source']}/{message.get('number') or message.get('id')}"
                for accept in ("*/*", *(contract.media for contract in told_in(kind))):
                    client.get(path, headers={"Accept": accept})
            for person in {message["patient"]["identity"]["value"]: message for _, message in messages}.values():
                body = {"patient": person["patient"]["identity"]}
                for kind in ("booking", "named-contact"):
                    for accept in ("*/*", *(contract.media for contract in told_in(kind))):
                        client.post(f"/v1/{PLURAL[kind]}/search", json=body, headers={"Accept": accept})
                number = person["patient"]["identity"]["value"]
                for kind in ("Patient?identifier=", "Appointment?patient.identifier=", "Patient?name="):
                    client.get(f"/fhir/{kind}{SYSTEM}|{number}&_count=1")
                client.post("/fhir/Appointment/_search", data={"patient.identifier": f"{SYSTEM}|{number}"})
        self._follows_links()

    def _follows_links(self) -> None:
        nurse = self.region.nurse
        for kind in ("Patient", "CareTeam", "Appointment"):
            page = nurse.get(f"/fhir/{kind}", params={"_count": 3}).json()
            for link in page.get("link", ()):
                nurse.get(link["url"])
            for entry in page.get("entry", ()):
                nurse.get(entry.get("fullUrl", "/fhir"))
                nurse.get(f"/fhir/{kind}/{entry['resource']['id']}/_history/1")


@contextmanager
def _attack(folder: Path, heard: Heard) -> Iterator[Attack]:
    keys = folder / "keys"
    keys.write_text(secrets.token_hex(32))
    with echoing() as (behind, echo):
        options = ["--fhir-server", behind, "--keys", str(keys), "--tokens", str(tokens_file(folder))]
        with running(
            "serve", *options, "--data", str(folder), "--log-level", "debug", "--port", "0", cwd=folder
        ) as one:
            region = Region(one.base, behind)
            for client in map(region.__getattr__, ("cosmic", "pasis", "nurse", "portal", "tolvan", "operator")):
                client.event_hooks["response"].append(heard.hear)
            with closing(region):
                yield Attack(heard, region, echo)
                for path in ("/metrics", "/health/live", "/health/ready"):
                    heard.operators.append(region.operator.get(path).text)
            heard.log = _said_at_the_end(one)
        heard.server = echo.lines
    heard.ledger = list(columns(folder))
    heard.log += (folder / "serve.log").read_text()


def _said_at_the_end(process: Process) -> str:
    """What it writes on standard output from READY until it has been told to stop and has."""
    process._child.terminate()
    assert process._child.stdout is not None
    said = process._child.stdout.read()
    assert process.stop() == 0
    return said


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Heard:
    heard = Heard()
    folder = tmp_path_factory.mktemp("planted")
    with _attack(folder, heard) as attack:
        messages = _taken_in(attack)
        attack.everyone_reads(messages[:12])
        _asked(attack)
        _server_fails(attack)
        _refused(attack, messages)
        _strangers(attack)
        _ledger_fails(attack, folder)
    return heard


def _taken_in(attack: Attack) -> list[tuple[str, Json]]:
    messages = accepted(attack.heard.planting)
    for kind, message in messages:
        answer = attack.push(kind, message, wait=20)
        assert answer.status_code in (200, 201), answer.text
    return messages


def _server_fails(attack: Attack) -> None:
    """What a server says of an error repeats what it was sent."""
    for fails, person in zip(("409", "412", "422", "404", "500", "503", "html"), numbers(500)[400:], strict=False):
        message = _booking(attack.heard.planting, f"F-{fails}", person)
        attack.echo.fails = fails
        answer = attack.push("booking", message)
        assert answer.status_code == 202, answer.text
        assert attack.tried(answer)["serverSaid"], "the receipt tells what became of it"
        attack.everyone_reads([("booking", message)])
        attack.echo.fails = ""


def _asked(attack: Attack) -> None:
    """What a patient asks for, and what the source says to that."""
    planting, region = attack.heard.planting, attack.region
    message = _booking(planting, "R-1", numbers(500)[450])
    start = datetime.now(UTC) + timedelta(days=9)
    message["lines"][0]["start"] = start.isoformat()
    assert attack.push("booking", message, wait=20).status_code == 201
    path = f"/v1/bookings/{message['source']}/{message['number']}"
    wish = {"patient": message["patient"]["identity"], "at": "2026-01-01T09:00:00Z"}
    asked = region.portal.post(f"{path}/cancel", json=wish)
    assert asked.status_code == 202, asked.text
    said = {"request": asked.json()["request"]["id"], "text": planting.word("text of a no")}
    for body in (said | {PERSON: 1}, {"request": planting.word("request")}, said, said | {"text": "x"}):
        assert region.cosmic.post(f"{path}/decline", json=body).status_code in (200, 409, 422)
    for name in (*wish, "start", PERSON, planting.word("member of a wish")):
        body = wish | {name: planting.word(f"wish {name}")}
        assert region.portal.post(f"{path}/rebook", json=body).status_code == 422
    assert region.portal.post(f"{path}/arrive", json=wish).status_code == 409
    attack.everyone_reads([("booking", message)])
    region.cosmic.get("/v1/changes")


def _booking(planting: Planting, number: str, person: str) -> Json:
    message = single(
        number,
        patient=patient(
            person,
            name={"given": [""], "family": ""},
            phones=[{"kind": "home", "value": ""}],
            addresses=[{"kind": "home", "street": ""}],
        ),
    )
    message["basis"]["information"] = message["basis"]["deskInformation"] = ""
    planted: Json = planting.planted(message)
    return planted


def _refused(attack: Attack, messages: list[tuple[str, Json]]) -> None:
    planting = attack.heard.planting
    for kind, body in refused(planting):
        assert attack.push(kind, body).status_code >= 400
    for kind, plural in PLURAL.items():
        message = next(one for of, one in messages if of == kind)
        for body in spoilt(planting, message):
            assert attack.push(kind, body).status_code in (400, 422)
            attack.region.operator.post(f"/v1/{plural}/check", content=body)
        whole = orjson.dumps(planting.planted(message))
        for cut in range(1, len(whole), 97):
            assert attack.push(kind, whole[:cut]).status_code == 400
    _odd_steps_and_searches(attack, messages[0][1])


def _odd_steps_and_searches(attack: Attack, message: Json) -> None:
    planting, operator = attack.heard.planting, attack.region.operator
    path = f"/v1/bookings/{message['source']}/{message['number']}/cancel"
    step = {"version": 99, "reason": "patienten-avbokar", "at": "2026-11-20T09:00:00+01:00"}
    for name in (*step, "by", PERSON, planting.word("member of a step")):
        answer = operator.post(path, json=step | {name: planting.word(f"step {name}")})
        assert answer.status_code == 422, answer.text
    operator.post(path, json=step, headers={"If-Match": f'W/"{planting.word("If-Match")}"'})
    unknown = {"kind": "personnummer", "value": planting.word("search")}
    for body in ({"patient": unknown}, {"patient": unknown, "count": PERSON}, {PERSON: 1}, {"page": PERSON}):
        for door in ("bookings", "named-contacts"):
            assert operator.post(f"/v1/{door}/search", json=body).status_code in (200, 422)


def _strangers(attack: Attack) -> None:
    """Numbers where none belongs: in tokens, in paths, in queries, in requests that are none."""
    attack.heard.planting.number(PERSON)
    word = attack.heard.planting.word("URL")
    for client in (attack.region.nurse, attack.region.operator):
        for path in (PERSON, f"v1/bookings/{PERSON}", f"v1/patients/{PERSON}?name={word}", f"v1/messages/{PERSON}"):
            client.get(f"/{path}", params={"patient": PERSON, "name": word})
        for path in (f"{PERSON}", f"Patient/{PERSON}", f"Patient/{PERSON}/_history/1", f"Patient/{word}/{PERSON}"):
            client.get(f"/fhir/{path}", params={"identifier": f"{SYSTEM}|{PERSON}"})
            client.get(f"/fhir/{path}")
        for query in (
            f"name={word}",
            f"identifier={PERSON}",
            f"_id={PERSON}",
            f"{PERSON}={word}",
            f"_elements={PERSON}",
        ):
            client.get(f"/fhir/Patient?{query}")
            client.post("/fhir/Patient/_search", content=query, headers={"Content-Type": "text/plain"})
        client.get("/fhir/?_page=" + word)
        client.put(f"/fhir/Patient/{PERSON}", json={"resourceType": "Patient", "identifier": [{"value": PERSON}]})
    for header in (f"Bearer {PERSON}", f"Basic {word}", word):
        attack.region.nurse.get("/v1/messages/1", headers={"Authorization": header})
    host, port = attack.region.base.removeprefix("http://").split(":")
    for raw in (f"GET /{PERSON}", f"GET /{PERSON} HTTP/9.9", f"{word} / HTTP/1.1", f"GET /{word}\0 HTTP/1.1"):
        with closing(socket.create_connection((host, int(port)))) as line:
            line.sendall(f"{raw}\r\nHost: {PERSON}\r\n{word}\r\n\r\n".encode())
            attack.heard.texts.append(line.recv(65536).decode("latin-1"))


def _ledger_fails(attack: Attack, folder: Path) -> None:
    """An error of ours, in the middle of a message: it is told by its kind and place."""
    with closing(sqlite3.connect(folder / "ledger.db", isolation_level=None)) as ledger:
        ledger.execute("ALTER TABLE audit RENAME TO gone")
        message = _booking(attack.heard.planting, "B-broken", numbers(500)[499])
        assert attack.push("booking", message).status_code == 500
        body = {"patient": message["patient"]["identity"]}
        assert attack.region.nurse.post("/v1/bookings/search", json=body).status_code == 500
        ledger.execute("ALTER TABLE gone RENAME TO audit")
    assert attack.push("booking", message, wait=20).status_code == 201


def test_enough_was_planted_and_tried(heard: Heard) -> None:
    assert len(heard.planting.secrets) > 500
    assert {200, 201, 202, 400, 401, 404, 422, 500, 503} <= set(heard.statuses)


def test_what_is_planted_would_be_found(heard: Heard) -> None:
    """Bodies hold what was sent: the search sees what there is to see."""
    bodies = "".join(value.decode() for _, column, value in heard.ledger if column.endswith("_body"))
    assert len(heard.leaks(bodies)) > 50


def test_nothing_personal_is_logged(heard: Heard) -> None:
    assert "parcel.parked" in heard.log, "the log was as chatty as it can be"
    assert "gateway.failed" in heard.log
    assert "Traceback" not in heard.log
    assert heard.leaks(heard.log) == set()


def test_nothing_personal_is_told_to_operators(heard: Heard) -> None:
    assert "vardbro_refusals_total" in heard.operators[0]
    assert heard.leaks(*heard.operators) == set()


def test_no_problem_text_and_no_receipt_holds_a_value(heard: Heard) -> None:
    assert len(heard.texts) > 500
    assert heard.leaks(*heard.texts) == set()


def test_no_header_of_an_answer_holds_a_value(heard: Heard) -> None:
    assert heard.leaks(*heard.headers) == set()


def test_no_url_and_no_header_that_the_server_sees_holds_a_value(heard: Heard) -> None:
    assert any(line.startswith("POST /fhir/Appointment/_search?") for line in heard.server)
    assert heard.leaks(*heard.server) == set()


def test_no_column_but_the_bodies_holds_a_value(heard: Heard) -> None:
    """Bodies are plain bytes for now (`Sealed` from the first schema on); all else is looked through, the audit too."""
    plain = {f"{table}.{column}": value for table, column, value in heard.ledger if not column.endswith("_body")}
    assert {"audit.caller", "message.server_said", "aggregate.status"} <= plain.keys()
    told = [value.decode() for _, column, value in heard.ledger if not column.endswith("_body")]
    assert heard.leaks(*told) == set()
