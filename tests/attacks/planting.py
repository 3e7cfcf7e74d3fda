"""Messages in which every personal value and every free text is one that stands nowhere else."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

import orjson

from mappings.problem import Json
from tests.golden.corpus import index

Path = tuple[str | int, ...]

_PLANTED = frozenset(
    {"given", "family", "text", "phone", "street", "postalCode", "town"}
    | {"information", "deskInformation", "freeText", "about", "comment"}
)
"""Members that hold what somebody is called, where they live, or words of somebody's own."""


class Planting:
    """Gives out words and numbers that stand nowhere else, and remembers them with their place."""

    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}

    def word(self, where: str) -> str:
        """No name of a field, and nothing that another word contains."""
        return self._kept(f"Hemlig{len(self.secrets):04}x", where)

    def phone(self, where: str) -> str:
        return self._kept(f"070-66{len(self.secrets):04} 1", where)

    def number(self, number: str) -> None:
        """A patient's number as it is, and as others would write it."""
        digits = re.sub(r"[ +-]", "", number)
        for spelt in {number, digits, digits[-10:], f"{digits[:8]}-{digits[8:]}"}:
            self.secrets[spelt] = "number"

    def _kept(self, secret: str, where: str) -> str:
        self.secrets[secret] = where
        return secret

    def planted(self, message: Any, at: Path = ()) -> Any:
        """The message with what is personal in it exchanged; numbers stay, so that messages still belong together."""
        if isinstance(message, dict):
            return {name: self.planted(value, (*at, name)) for name, value in message.items()}
        if isinstance(message, list):
            return [self.planted(value, (*at, number)) for number, value in enumerate(message)]
        return self._value(message, at)

    def _value(self, value: Any, at: Path) -> Any:
        names = [step for step in at if isinstance(step, str)]
        where = ".".join(names)
        if names[-1] == "value" and names[-2] in ("identity", "identities"):
            self.number(value)
        elif names[-1] == "value" and names[-2] in ("contactWays", "phones"):
            return self.phone(where)
        elif names[-1] in _PLANTED and names[0] != "unit":
            return self.phone(where) if names[-1] == "phone" else self.word(where)
        return value


def accepted(planting: Planting) -> list[tuple[str, Json]]:
    """(kind, message) of every accepted fixture, planted, in the order to send them in."""
    found: list[tuple[str, Json]] = []
    for entry in index()[0]:
        message = planting.planted(orjson.loads(entry.body))
        message["patient"] = _whole(planting, message["patient"])
        if "registerAsked" in message["patient"]:  # asked anew, since the guardians have other names (RE-3)
            message["patient"]["registerAsked"] = f"2026-11-20T{6 + len(found) // 60:02}:{len(found) % 60:02}:00+01:00"
        found.append((entry.kind, message))
    return found


def _whole(planting: Planting, patient: Json) -> Json:
    """Every patient has a phone and an address, the protected ones too: theirs are dropped."""
    return {
        "phones": [{"kind": "mobile", "value": planting.phone("patient.phone")}],
        "relations": [
            {
                "number": "9",
                "kind": "contactPerson",
                "name": {"text": planting.word("patient.relations.name")},
                "phone": planting.phone("patient.relations.phone"),
            }
        ],
        "addresses": [{"kind": "home", "street": planting.word("street"), "town": planting.word("town")}],
    } | patient


def refused(planting: Planting) -> list[tuple[str, bytes]]:
    """(kind, body) of the refused fixtures as they are."""
    bodies = []
    for entry in index()[1]:
        bodies.append((entry.kind, entry.body))
        for number in re.findall(rb'"value": "([0-9+-]{10,13})"', entry.body):
            planting.number(number.decode())
    return bodies


def spoilt(planting: Planting, message: Json) -> Iterator[bytes]:
    """The message as it is refused: each value in turn a planted one, each object in turn with a planted member, and
    always with a member that no message has."""
    for at, value in leaves(message):
        if isinstance(value, str):
            yield orjson.dumps(changed(message, at, planting.word(f"at {at}")) | {"colour": 1})
            yield orjson.dumps(changed(message, at, [planting.word(f"in {at}")]) | {"colour": 1})
    for at in objects(message):
        number = planting.word(f"member of {at}")
        yield orjson.dumps(changed(message, (*at, f"{number}-19121212 1212"), number))


def leaves(node: Any, at: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value that is no object and no list, with its place."""
    if isinstance(node, dict | list):
        for step, child in node.items() if isinstance(node, dict) else enumerate(node):
            yield from leaves(child, (*at, step))
    else:
        yield at, node


def objects(node: Any, at: Path = ()) -> Iterator[Path]:
    """The place of every object."""
    if isinstance(node, dict):
        yield at
    if isinstance(node, dict | list):
        for step, child in node.items() if isinstance(node, dict) else enumerate(node):
            yield from objects(child, (*at, step))


def changed(message: Json, at: Path, value: Any) -> Json:
    """The message with another value at a place."""
    whole = copy.deepcopy(message)
    node: Any = whole
    for step in at[:-1]:
        node = node[step]
    node[at[-1]] = value
    return whole
