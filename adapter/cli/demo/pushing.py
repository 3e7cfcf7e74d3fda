"""The messages on their way in: pushed as a journal system pushes them, and waited for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import httpx
import orjson

from adapter.cli.demo.account import Account, Refusal, Row
from adapter.cli.demo.comparison import but, unlike
from adapter.cli.demo.inputs import Example
from adapter.cli.demo.stage import WAIT, Stage
from adapter.cli.send import DOORS
from mappings.problem import Json
from mappings.region.field import Audience
from mappings.region.reading import Message, read
from mappings.resources.outline import outline
from mappings.rules.visibility import projected

PATIENCE = 120.0
"""Seconds without any news of a message after which the demo says that it was not delivered."""


@dataclass(slots=True)
class Pushed:
    """An accepted message, what the gateway said of it, and its state there."""

    example: Example
    message: Message
    number: str
    receipt: Json
    repeated: bool = False
    """An earlier run has sent it to the same gateway."""
    state: Json = field(default_factory=dict)
    """As its source reads it back, by its own key."""

    @property
    def door(self) -> str:
        return f"/v1/{DOORS[self.example.kind]}"

    @property
    def key(self) -> str:
        return f"{self.door}/{self.message.source}/{self.number}"


def push(at: Stage, examples: Iterable[Example], account: Account, told: Callable[[int], None]) -> list[Pushed]:
    """Pushes every message in its order, waits until it is delivered, and reads it back by the source's key."""
    pushed: list[Pushed] = []
    read_back: list[tuple[str, list[str]]] = []
    for example in examples:
        one = _pushed(at, example, account)
        if one:
            read_back.append((example.name, list(_read_back(at, one, account))))
            pushed.append(one)
        told(1)
    account.compare("messages read back by their source's key, each field as it was sent or derived", read_back)
    return pushed


def _pushed(at: Stage, example: Example, account: Account) -> Pushed | None:
    got = read(example.kind, example.body, at.region)
    if got.message is None:
        account.differences += [f"{example.name}: {problem.rule} {problem.path}" for problem in got.problems]
        return None
    one = Pushed(example, got.message, outline(got.message).number, {})
    source = at.source(got.message.source)
    one.repeated = _is_held(source, one)
    foreseen = None if one.repeated else _foreseen(source, one, account)
    answer = source.post(one.door, content=example.body, headers=_waiting())
    if answer.status_code not in (200, 201, 202):
        account.differences += [f"{example.name}: not accepted, {where}" for where in _why(answer)]
        return None
    one.receipt = _settled(source, answer.json())
    account.differences += [f"{example.name}: {what}" for what in _told_otherwise(one, foreseen)]
    account.rows.append(_row(one))
    return one


def _is_held(source: httpx.Client, one: Pushed) -> bool:
    held = source.get(one.key)
    return held.is_success and bool(_body(held.json())["version"] >= one.message.version)


def _foreseen(source: httpx.Client, one: Pushed, account: Account) -> Json | None:
    """What the check says beforehand."""
    answer = source.post(f"{one.door}/check", content=one.example.body)
    if not answer.is_success:
        account.differences += [f"{one.example.name}: the check refuses it, {where}" for where in _why(answer)]
        return None
    foreseen: Json = answer.json()
    return foreseen


def _told_otherwise(one: Pushed, foreseen: Json | None) -> Iterator[str]:
    """In what the receipt differs from the index, and from the check."""
    receipt, example = one.receipt, one.example
    if receipt["state"] != "delivered":
        yield f"is {receipt['state']}, {receipt['reason'] or 'and nothing said why'}"
    if _rules(receipt["derived"]) != example.derived:
        yield f"derived by {_listed(_rules(receipt['derived']))}, not by {_listed(example.derived)}"
    if _rules(receipt["warnings"]) != example.warns:
        yield f"warned by {_listed(_rules(receipt['warnings']))}, not by {_listed(example.warns)}"
    for name in ("derived", "warnings") if foreseen else ():
        if foreseen and foreseen[name] != receipt[name]:
            yield f"the check foresaw other {name}"


def _read_back(at: Stage, one: Pushed, account: Account) -> Iterator[str]:
    answer = at.source(one.message.source).get(one.key)
    if not answer.is_success:
        yield f"status {answer.status_code}"
        return
    one.state = _body(answer.json())
    if one.state["version"] != one.message.version:
        account.notes.append(f"{one.example.name}: a later version was taken in by an earlier run")
        one.state = {}
        return
    sent = projected(one.message, Audience.SOURCE)
    yield from but(unlike(sent, one.state), (derived["path"] for derived in one.receipt["derived"]))


def refuse(at: Stage, examples: Iterable[Example], account: Account, told: Callable[[int], None]) -> None:
    """Pushes what must be refused: by the rule and at the place that the index says, and nothing of it is kept."""
    before = _kept(at)
    for example in examples:
        answer = at.source(_source(example)).post(f"/v1/{DOORS[example.kind]}", content=example.body)
        said = _problems(answer)
        right = (example.rule, example.path) in said and answer.status_code in (400, 409, 422)
        account.refusals.append(Refusal(example.name, answer.status_code, example.rule, example.path, right))
        told(1)
    wrong = [(one.name, [] if one.expected else [f"not refused by {one.rule} {one.path}"]) for one in account.refusals]
    account.compare("messages refused by the rule and at the place that was to be", wrong)
    if _kept(at) != before:
        account.differences.append("a refused message was kept")


def again(at: Stage, pushed: Iterable[Pushed], account: Account, told: Callable[[int], None]) -> None:
    """Sends everything once more: the same receipts."""
    found: list[tuple[str, list[str]]] = []
    for one in pushed:
        answer = at.source(one.message.source).post(one.door, content=one.example.body, headers=_waiting())
        same = answer.is_success and answer.json()["id"] == one.receipt["id"]
        found.append((one.example.name, [] if same else ["sent once more, it got another receipt"]))
        told(1)
    account.compare("messages sent once more and given the same receipt", found)


def _settled(source: httpx.Client, receipt: Json) -> Json:
    """The receipt once the message is delivered or parked, or as it is when nothing has moved for too long."""
    until = time.monotonic() + PATIENCE
    while receipt["state"] not in ("delivered", "parked") and time.monotonic() < until:
        time.sleep(0.2)
        now: Json = source.get(f"/v1/messages/{receipt['id']}").json()
        if now["changedAt"] != receipt["changedAt"]:
            until = time.monotonic() + PATIENCE
        receipt = now
    return receipt


def _row(one: Pushed) -> Row:
    derived, warned = (tuple(sorted(_rules(one.receipt[name]))) for name in ("derived", "warnings"))
    return Row(one.example.name, one.message.version, derived, warned, one.receipt["state"], one.receipt["reason"])


def _waiting() -> dict[str, str]:
    return {"Prefer": f"wait={WAIT:.0f}"}


def _body(shown: Json) -> Json:
    """The message in the answer of a door, beside revision and receipt."""
    return next(value for name, value in shown.items() if name not in ("revision", "receipt"))


def _rules(told: Iterable[Json]) -> frozenset[str]:
    return frozenset(one["rule"] for one in told)


def _listed(rules: Iterable[str]) -> str:
    return " ".join(sorted(rules)) or "none"


def _problems(answer: httpx.Response) -> set[tuple[str, str]]:
    try:
        body = answer.json()
    except ValueError:
        return set()
    return {(one["rule"], one["path"]) for one in body.get("problems", ()) if one["severity"] == "error"}


def _why(answer: httpx.Response) -> list[str]:
    return [f"{rule} {path}" for rule, path in sorted(_problems(answer))] or [f"status {answer.status_code}"]


def _source(example: Example) -> str:
    """The source that it says it is from; none where it cannot be read."""
    with suppress(orjson.JSONDecodeError, AttributeError):
        return str(orjson.loads(example.body).get("source"))
    return ""


def _kept(at: Stage) -> int:
    return sum(at.staff.get("/health/ready").json()["waiting"].values())
