"""The official HL7 validator (6.10.4), started once and asked many times, from the recipe in `validator/`.

It is the oracle of the golden files. It uses no network. `test_validator_itself.py` holds what it is known to catch
and to miss.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from mappings.problem import Json

from . import r4_definitions
from .recipe import Program, built, running


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding. Compare `message_id` and `location`, never `text`; what the parser found has no `message_id`."""

    severity: str
    """`fatal`, `error`, `warning` or `information`."""
    code: str
    message_id: str
    location: str
    text: str


class Validator:
    """A running validator, at the address that `running_validator` yields."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def ask(self, resource_json: bytes | Json, profiles: Iterable[str] = ()) -> list[Issue]:
        """Everything it has to say of the resource, in its order; bytes are judged exactly as they are.

        `profiles` are canonical URLs to hold it against as well; one that is not loaded is an issue of severity
        `fatal`.
        """
        body = resource_json if isinstance(resource_json, bytes) else json.dumps(resource_json).encode()
        answer = self._http.post("/", content=body, headers={"Profiles": ",".join(profiles)}).raise_for_status()
        return [
            Issue(found["severity"], found["code"], found["messageId"], found["location"], found["text"])
            for found in answer.json()
        ]


def build() -> Program:
    """The validator and R4's definitions, built where they were not."""
    return built("validator", r4_definitions.unpack)


@contextmanager
def asking(address: str) -> Iterator[Validator]:
    """The validator at this address."""
    with httpx.Client(base_url=address, timeout=120) as http:
        yield Validator(http)


@contextmanager
def running_validator(*conformance: Path) -> Iterator[str]:
    """The address of one that knows R4 and every `*.json` below these folders (StructureDefinitions, CodeSystems …).

    A broken definition there does not stop its start: ask it about each of those files first. The first build
    downloads some 200 MB; a start takes five to ten seconds.
    """
    program = build()
    with running(program, "Main", str(program.folder / "home"), *map(str, conformance)) as address:
        yield address
