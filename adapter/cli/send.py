"""`vardbro send`: messages from files to a gateway, many at once, and each patient's in their order."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from httpx_aiohttp import AiohttpTransport

from adapter.cli import offline
from adapter.cli.console import console, progress, table, tell, write_json
from adapter.cli.exits import Code, Stop
from adapter.cli.items import Item, items, size
from adapter.cli.problems import worse
from adapter.cli.sending_state import Outcome, Sent, State
from adapter.doors.regional import PLURAL
from adapter.outcomes import problem_json
from mappings.problem import Json
from mappings.region.reading import told

DOORS = {kind: plural for plural, kind in PLURAL.items()}
AGAIN = frozenset({429, 502, 503, 504})
REFUSALS = frozenset({400, 403, 409, 413, 415, 422})
WAITS = (0.5, 1, 2, 4, 8, 15)
"""Seconds between tries at a gateway that does not answer; then the sending stops, to be resumed."""
LONGEST_WAIT = 60.0


@dataclass(frozen=True, slots=True)
class Sending:
    """Where to, and how."""

    to: str
    token_file: Path | None = None
    kind: str | None = None
    parallel: int = 8
    resume: bool = False
    refused: Path | None = None


def send(files: Sequence[str], how: Sending, *, as_json: bool) -> Code:
    """Sends every message of the files, one file after the other."""
    headers = {"Content-Type": "application/json"}
    if how.token_file:
        headers["Authorization"] = f"Bearer {how.token_file.read_text(encoding='utf-8').strip()}"
    if how.refused and not how.resume:
        how.refused.write_bytes(b"")
    hollow: list[str] = []
    total = asyncio.run(_files(files, how, headers, hollow))
    if as_json:
        write_json(total.json())
    else:
        _print(total)
    return worse(Code.REFUSED if total.refused else Code.GOOD, hollow)


async def _files(files: Sequence[str], how: Sending, headers: dict[str, str], hollow: list[str]) -> Sent:
    total = Sent()
    with progress(size(files), "sent") as passed:
        async with _client(how, headers) as client:
            for file in files:
                state = State.of(file, resume=how.resume, refused=how.refused)
                try:
                    await _Run(client, how, state).all(items([file], passed, hollow))
                except BaseException:
                    state.keep()
                    raise
                state.done()
                total = total.with_all(state.sent)
    return total


@asynccontextmanager
async def _client(how: Sending, headers: dict[str, str]) -> AsyncIterator[httpx.AsyncClient]:
    url = urlsplit(how.to)
    if url.scheme not in ("http", "https") or not url.hostname:
        raise Stop("--to: give the gateway's http or https URL, such as http://127.0.0.1:8080")
    async with httpx.AsyncClient(
        base_url=how.to.rstrip("/"), headers=headers, timeout=60, transport=AiohttpTransport(), trust_env=False
    ) as client:
        yield client


class _Run:
    """One file on its way: a reader, and workers that each take some patients' messages in their order."""

    def __init__(self, client: httpx.AsyncClient, how: Sending, state: State) -> None:
        self._client, self._how, self._state = client, how, state
        self._told = False
        self._lanes: list[asyncio.Queue[tuple[int, Item, str] | None]] = [asyncio.Queue(4) for _ in range(how.parallel)]

    async def all(self, found: Iterator[Item]) -> None:
        """Raises `Stop` where the gateway cannot be reached, or is none."""
        try:
            async with asyncio.TaskGroup() as group:
                for lane in self._lanes:
                    group.create_task(self._work(lane))
                await self._read(found)
                for lane in self._lanes:
                    await lane.put(None)
        except BaseExceptionGroup as group:
            raise group.exceptions[0] from None

    async def _read(self, found: Iterator[Item]) -> None:
        for number, item in enumerate(found):
            if self._state.known(number, item.raw):
                continue
            raw = offline.parsed(item)
            kind = self._how.kind or offline.kind_of(raw)
            if outcome := _unsendable(item, raw, kind):
                self._state.settled(number, outcome)
            else:
                await self._lanes[_lane(raw) % len(self._lanes)].put((number, item, DOORS[str(kind)]))
            await asyncio.sleep(0)

    async def _work(self, lane: asyncio.Queue[tuple[int, Item, str] | None]) -> None:
        while (given := await lane.get()) is not None:
            number, item, door = given
            answer = await self._posted(door, item.raw)
            self._state.settled(number, Outcome(item.line, tuple(_problems(answer, self._how.to))))

    async def _posted(self, door: str, raw: bytes) -> httpx.Response:
        for wait in (*WAITS, None):
            try:
                answer = await self._client.post(f"/v1/{door}", content=raw)
                if answer.status_code not in AGAIN:
                    return answer
                asked = answer.headers.get("Retry-After", "")
            except httpx.HTTPError:
                asked = ""
            if wait is None:
                break
            self._tell()
            await asyncio.sleep(min(float(asked), LONGEST_WAIT) if asked.isdigit() else wait)
        raise Stop(f"the gateway at {self._how.to} does not answer{self._state.advice()}", Code.UNAVAILABLE)

    def _tell(self) -> None:
        """Once, that it is being waited for."""
        if not self._told:
            self._told = True
            tell(f"the gateway at {self._how.to} does not answer just now: trying again for {sum(WAITS):.0f} seconds")


def _unsendable(item: Item, raw: Any, kind: str | None) -> Outcome | None:
    """What is told here already, since no door could be asked."""
    if isinstance(raw, offline.Unread):
        fault = raw.item.fault or item
        return Outcome(fault.line, (problem_json(raw.problem),), fault.column)
    if raw is None:
        return Outcome(item.line, (problem_json(told("IN-1", "")),))
    return Outcome(item.line, (problem_json(offline.NO_KIND),)) if kind is None else None


def _lane(raw: Any) -> int:
    """The same for every message of one patient, however the number is written."""
    with suppress(KeyError, TypeError):
        return hash(re.sub(r"[^0-9A-Za-z]", "", raw["patient"]["identity"]["value"])[-10:])
    return 0


def _problems(answer: httpx.Response, to: str) -> list[Json]:
    """Why a message was refused; none where it was taken in. Raises `Stop` on what no gateway of ours answers."""
    try:
        body = answer.json()
    except ValueError:
        body = None
    if answer.is_success and isinstance(body, dict) and "id" in body:
        return []
    if answer.status_code == 401:
        raise Stop("the gateway does not know us: give --token-file with a token that is in its file of tokens")
    if not isinstance(body, dict) or answer.status_code not in REFUSALS | {500}:
        raise Stop(f"what answers at {to} is no gateway of Vårdbro (status {answer.status_code})")
    problems = [one for one in body.get("problems", []) if one.get("severity") == "error"]
    return problems or [
        {"rule": str(answer.status_code), "path": "", "sv": body.get("sv", ""), "en": body.get("en", "")}
    ]


def _print(total: Sent) -> None:
    out = console()
    if total.rules:
        shown = table("rule", "times", "where", "what is wrong")
        for rule, found in sorted(total.rules.items(), key=lambda one: -one[1].times):
            more = "\n…" if found.times > len(found.places) else ""
            shown.add_row(rule, str(found.times), "\n".join(found.places) + more, f"{found.en}\n{found.sv}")
        out.print(shown)
    out.print(f"{total.accepted + total.refused} sent: {total.accepted} accepted, {total.refused} refused")
