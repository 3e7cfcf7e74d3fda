"""What test suites steer the sandbox by. Ours, no part of FHIR, and not in `metadata`.

`POST [base]/$reset` brings a space back to its seed. `POST [base]/$clock?at=2026-11-24T13:00:00Z` has time stand still
there; without `at` it goes on as on the machine. `GET /spaces` lists the isolated spaces, `DELETE /spaces/{name}` ends
one.
"""

from __future__ import annotations

from adapter.sandbox.answer import Answer
from adapter.sandbox.instants import instant_text, moment
from adapter.sandbox.interactions import Asked
from adapter.sandbox.json_text import write_json
from adapter.sandbox.outcome import refusal
from adapter.sandbox.space import Space
from adapter.sandbox.spaces import Spaces


def control(spaces: Spaces, name: str, asked: Asked) -> Answer | None:
    """The answer where one of these is asked for, else `None`."""
    match asked.method, asked.path:
        case "POST", ("$reset",):
            spaces.reset(name)
            return Answer(status=204)
        case "POST", ("$clock",):
            return _clock(spaces.get(name), asked)
    return None


def listing(spaces: Spaces, method: str, name: str) -> Answer:
    match method, name:
        case "GET" | "HEAD", "":
            return Answer(content=write_json({"spaces": spaces.names()}))
        case "DELETE", name if name:
            spaces.delete(name)
            return Answer(status=204)
    raise refusal(405, "not-supported", "The method is not supported here")


def _clock(space: Space, asked: Asked) -> Answer:
    match asked.query:
        case []:
            space.clock = None
        case [("at", text)] if found := moment(text.replace(" ", "+"), space.zone):
            space.clock = found
        case _:
            raise refusal(400, "value", "The clock takes at=<instant>, or nothing to go on")
    now = {"name": "now", "valueInstant": instant_text(space.now())}
    return Answer(content=write_json({"resourceType": "Parameters", "parameter": [now]}))
