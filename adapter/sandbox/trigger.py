"""Identifiers by which a test has the server fail. Ours, no part of FHIR.

An identifier of the system `TRIGGER` in what is written, or searched for by `TRIGGER|value`, makes the server answer as
its value says instead of doing what was asked: a status (`409`, `429`, `503` … with `Retry-After` where it belongs),
`html` (a web page with status 200), `empty` (200 and nothing), `lost` (it is done, but the answer is a gateway's 504
page), `slow-2000` (it is done after 2000 ms). `-once` after it makes it so the first time in a space only, and a name
after that tells one such from another: `429-once`, `slow-500-once-b`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Literal

from adapter.sandbox.json_text import read_json
from adapter.sandbox.outcome import Issue, Refusal, refusal
from adapter.sandbox.search import Pairs

TRIGGER = "https://vardbro.example/fhir/sandbox/trigger"

_VALUE = re.compile(r"([45]\d\d|html|empty|lost|slow-\d{1,5})(-once(?:-[A-Za-z0-9]+)?)?", re.ASCII)
_SEARCHED = re.compile(re.escape(TRIGGER) + r"\|([^,|&\"\s]*)")
_CODES = {
    401: "login",
    403: "forbidden",
    404: "not-found",
    409: "conflict",
    410: "deleted",
    412: "conflict",
    422: "processing",
}
_TRANSIENT = {408: "timeout", 429: "throttled", 503: "transient", 504: "timeout"}
_RETRY_AFTER = {429: "1", 503: "1"}


@dataclass(slots=True)
class Effect:
    """How the answer will be other than asked for."""

    delay: float = 0.0
    """Seconds before anything is done."""
    refusal: Refusal | None = None
    page: Literal["", "html", "empty", "lost"] = ""


def effect(fired: set[str], query: Pairs, headers: Iterable[str], body: bytes) -> Effect | None:
    """What the triggers in a request come to; `None` where it has none. Those that act once go into `fired`.

    Refuses with 400 a value that means nothing, so that a test does not wait for what never comes.
    """
    wanted = {value for text in (*(value for _, value in query), *headers) for value in _SEARCHED.findall(text)}
    if TRIGGER.encode() in body and body.lstrip().startswith(b"{"):
        wanted.update(_written(read_json(body)))
    if not wanted:
        return None
    found = Effect()
    for value in sorted(wanted):
        match = _VALUE.fullmatch(value)
        if not match:
            raise refusal(
                400, "value", "The trigger is none of: a status, html, empty, lost, slow-<ms>, each with -once or not"
            )
        if value not in fired:
            _add(found, match[1])
        if match[2]:
            fired.add(value)
    return found


def _add(found: Effect, what: str) -> None:
    match what:
        case "html" | "empty" | "lost":
            found.page = what
        case _ if what.startswith("slow-"):
            found.delay += int(what.removeprefix("slow-")) / 1000
        case _:
            found.refusal = _refusal(int(what))


def _refusal(status: int) -> Refusal:
    code = (_CODES | _TRANSIENT).get(status, "exception")
    headers = {"Retry-After": _RETRY_AFTER[status]} if status in _RETRY_AFTER else {}
    return Refusal(status, (Issue(code, "A trigger identifier asked for this answer"),), headers)


def _written(value: Any) -> Iterator[str]:
    """The values of trigger identifiers in JSON, and of searches for them in conditional references."""
    match value:
        case {"system": system, "value": str(inner)} if system == TRIGGER:
            yield inner
        case dict():
            for inner in value.values():
                yield from _written(inner)
        case list():
            for inner in value:
                yield from _written(inner)
        case str():
            yield from _SEARCHED.findall(value)


def page(status: int) -> bytes:
    """What a proxy says that knows no FHIR."""
    title = HTTPStatus(status).phrase
    return f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{status} {title}</body></html>".encode()
