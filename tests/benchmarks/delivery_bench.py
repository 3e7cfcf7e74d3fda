"""Durable delivery alone: what the ledger accepts, what a turn costs among many open parcels, and what the courier
drains beside a bare client that sends the same requests over as many connections.

python -m tests.benchmarks.delivery_bench [--messages 1000] [--open 100000]
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import random
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import orjson
import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adapter.delivery import Accepted, Columns, Content, Courier, Entry, Ledger, Packed, Seen, Stale, Taken, Word
from adapter.delivery.turns import Delivered
from adapter.server.client import FhirClient
from adapter.server.ids import Ids
from adapter.server.references import literal, rendered
from adapter.server.settings import ServerSettings
from mappings.problem import Json
from mappings.shape.filled import Filled
from mappings.shape.key import Key

IDS = Ids("bench", b"a key of the benchmark, 32 bytes")
SENDERS, PARALLEL = 32, 16
KINDS = ("Patient", "Organization", "HealthcareService", "Practitioner", "PractitionerRole")
KINDS_OWNED = ("ServiceRequest", "Appointment", "CareTeam")


def said(kind: str, value: str, *, owned: bool, **more: object) -> Filled:
    resource = {"resourceType": kind, "identifier": [{"system": "urn:example:bench", "value": value}], **more}
    return Filled(f"bench.{kind}", Key(kind, "urn:example:bench", value), resource, owned)


def to(kind: str, value: str) -> Json:
    return {"reference": Key(kind, "urn:example:bench", value).text}


def shared() -> list[Filled]:
    """Two units, and fifty people that work at them."""
    unit = said("Organization", "unit", owned=False, name="Diabetesmottagningen")
    service = said("HealthcareService", "unit", owned=False, providedBy=to("Organization", "unit"))
    people = [said("Practitioner", f"p{n}", owned=False, name=[{"family": f"Test{n}"}]) for n in range(50)]
    roles = [
        said("PractitionerRole", f"p{n}", owned=False, practitioner=to("Practitioner", f"p{n}")) for n in range(50)
    ]
    return [unit, service, *people, *roles]


def team_visit(number: int, version: int = 1) -> Accepted:
    """About as a team booking becomes: a patient's parcel, and one of ten resources, seven of them shared."""
    name, patient, everyone = f"B-{number}", f"patient-{number % 500}", shared()
    pair = [number % 50, (number + 1) % 50]
    actors = [to("PractitionerRole", f"p{n}") for n in pair]
    own = (
        said("ServiceRequest", name, owned=True, status="active", intent="order", subject=to("Patient", patient)),
        said(
            "Appointment",
            name,
            owned=True,
            status="booked",
            basedOn=[to("ServiceRequest", name)],
            start="2026-11-24T13:00:00+01:00",
            end="2026-11-24T14:00:00+01:00",
            minutesDuration=60,
            comment=f"version {version}",
            patientInstruction="Ta med blodsockerdagbok.\nKom tio minuter före." * 4,
            participant=[{"actor": actor, "status": "accepted"} for actor in (to("Patient", patient), *actors)],
            supportingInformation=[to("CareTeam", name)],
        ),
        said("CareTeam", name, owned=True, status="active", participant=[{"member": actor} for actor in actors]),
    )
    along = (*everyone[:2], *(everyone[2 + n] for n in pair), *(everyone[52 + n] for n in pair))
    need = IDS.of(Key("Patient", "urn:example:bench", patient))
    person = said("Patient", patient, owned=True, name=[{"family": "Tolvansson", "given": ["Tolvan"]}])
    return Accepted(
        kind="booking",
        source="bench",
        number=name,
        version=version,
        content_hash=f"{name}/{version}",
        state={"number": name, "version": version, "text": "x" * 1500},
        parcels=(Packed((f"patient/{patient}",), (person,)), Packed((f"booking/{name}",), (*own, *along), (need,))),
        audit=Entry("bench", "accept", "accepted", patient, "trace"),
        patient_hash=patient,
        word=Word("bench", {"family": "Tolvansson"}),
        columns=Columns("booked", "unit"),
        trace_id="trace",
    )


async def accept(ledger: Ledger, accepted: Accepted) -> None:
    """As a door does it: looks first, comes again when what it saw has moved."""
    while True:
        seen = ledger.previous("booking", "bench", accepted.number, accepted.patient_hash).seen
        outcome = await ledger.accept(replace(accepted, seen=seen))
        if not isinstance(outcome, Stale):
            assert isinstance(outcome, Taken), outcome
            return


async def at_once(calls: Iterable[Callable[[], Awaitable[object]]], many: int) -> float:
    """Calls a second, so many at once."""
    queue, count = iter(list(calls)), 0

    async def worker() -> None:
        nonlocal count
        for call in queue:
            await call()
            count += 1

    begun = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(many)))
    return count / (time.perf_counter() - begun)


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Ledger]:
    ledger = Ledger.open(f"sqlite:///{folder / 'ledger.db'}", "bench")
    try:
        yield ledger
    finally:
        await ledger.close()


def commits(folder: Path, seconds: float = 1.0) -> float:
    """Durable commits a second of one small row, one after the other: what the disk gives."""
    with sqlite3.connect(folder / "floor.db", isolation_level=None) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE t (x)")
        begun, count = time.perf_counter(), 0
        while time.perf_counter() - begun < seconds:
            connection.execute("INSERT INTO t VALUES (1)")
            count += 1
    return count / seconds


async def turns_among(ledger: Ledger, many: int) -> float:
    """Milliseconds for a turn that records sixteen parcels and leases sixteen."""
    leased = (await ledger.turn([], PARALLEL, timedelta(minutes=1))).leased
    begun = time.perf_counter()
    for _ in range(many):
        results = [Delivered(one, ()) for one in leased]
        leased = (await ledger.turn(results, PARALLEL, timedelta(minutes=1))).leased
    return (time.perf_counter() - begun) / many * 1000


async def scaling(folder: Path, most: int) -> list[str]:
    """Of each booking two versions: half of the parcels lie behind another, the other half may go."""
    lines, put = [], 0
    like = team_visit(0)
    async with opened(folder) as ledger:
        for target in (1_000, most):
            await at_once([partial(ledger.accept, _queued(like, n, 1)) for n in range(put // 2, target // 2)], SENDERS)
            await at_once([partial(ledger.accept, _queued(like, n, 2)) for n in range(put // 2, target // 2)], SENDERS)
            put = target
            lines.append(
                f"  a turn of {PARALLEL} among {target:7} open parcels   {await turns_among(ledger, 30):8.2f} ms"
            )
    return lines


def _queued(like: Accepted, number: int, version: int) -> Accepted:
    parcel = replace(like.parcels[1], lanes=(f"booking/{number}",), resources=like.parcels[1].resources[:3], needs=())
    told = {"number": f"B-{number}", "content_hash": f"{number}/{version}", "patient_hash": None, "word": None}
    return replace(like, version=version, parcels=(parcel,), seen=Seen(version - 1), **told)  # type: ignore[arg-type]  # they fit


def fast_app() -> Starlette:
    """Takes everything and keeps nothing: as quick as a server can be behind the same HTTP library."""

    async def put(request: Request) -> Response:
        await request.body()
        return Response(status_code=201, headers={"ETag": 'W/"1"', "Location": str(request.url)})

    async def post(request: Request) -> Response:
        entries = orjson.loads(await request.body())["entry"]
        told = [{"response": {"status": "201", "etag": 'W/"1"'}} for _ in entries]
        body = orjson.dumps({"resourceType": "Bundle", "type": "transaction-response", "entry": told})
        return Response(body, media_type="application/fhir+json")

    async def count(_: Request) -> Response:
        body = orjson.dumps({"resourceType": "Bundle", "type": "searchset", "total": 0})
        return Response(body, media_type="application/fhir+json")

    return Starlette(
        routes=[
            Route("/fhir/{kind}/_search", count, methods=["POST"]),
            Route("/fhir/{kind}/{id}", put, methods=["PUT"]),
            Route("/fhir", post, methods=["POST"]),
            Route("/fhir/{kind}", count),
        ]
    )


@contextmanager
def server(*program: str) -> Iterator[str]:
    """The base of a server in a process of its own, which says it on its first line."""
    with subprocess.Popen([sys.executable, *program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()[-1]
        finally:
            process.terminate()


def serve_fast() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        sys.stdout.write(f"READY http://127.0.0.1:{listening.getsockname()[1]}/fhir\n")
        sys.stdout.flush()
        uvicorn.Server(uvicorn.Config(fast_app(), log_level="warning")).run(sockets=[listening])


async def drained(folder: Path, base: str, messages: list[Accepted]) -> tuple[float, float]:
    """Messages a second, and milliseconds of this process's CPU for each."""
    content = Content(lambda _: lambda path, item: orjson.dumps(item), lambda _: [], (*KINDS, *KINDS_OWNED))
    async with opened(folder) as ledger, FhirClient(ServerSettings(base=base)) as client:
        await at_once([lambda one=one: accept(ledger, one) for one in messages], SENDERS)  # type: ignore[misc]
        begun, cpu = time.perf_counter(), time.process_time()
        async with Courier(ledger, client, IDS, content).running():
            while sum(ledger.counts().parcels.values()):
                await asyncio.sleep(0.1)
            took = time.perf_counter() - begun
        assert not ledger.list(most=1)[0].reason
        return len(messages) / took, (time.process_time() - cpu) / len(messages) * 1000


async def bare(base: str, messages: list[Accepted]) -> tuple[float, float]:
    """The same requests in the same order of phases, sent by the same client and nothing else; what is shared goes
    before and is not counted."""
    async with FhirClient(ServerSettings(base=base)) as client:

        def at(one: Filled) -> Json:
            return {**rendered(one.resource, literal(IDS)), "id": IDS.of(one.key)}

        async def put(resource: Json) -> None:
            answer = await client.put(resource["resourceType"], resource["id"], resource, returning="minimal")
            assert answer.ok, answer.status

        async def post(resources: list[Json]) -> None:
            places = [f"{one['resourceType']}/{one['id']}" for one in resources]
            entries = [
                {"fullUrl": f"{base}/{place}", "resource": one, "request": {"method": "PUT", "url": place}}
                for one, place in zip(resources, places, strict=True)
            ]
            answer = await client.post_transaction({"resourceType": "Bundle", "type": "transaction", "entry": entries})
            assert answer.ok, answer.status

        for one in shared():
            await put(at(one))
        patients = {one.key: at(one) for each in messages for one in each.parcels[0].resources}
        visits = [[at(one) for one in each.parcels[1].resources if one.owned] for each in messages]
        begun, cpu = time.perf_counter(), time.process_time()
        await at_once([lambda one=one: put(one) for one in patients.values()], PARALLEL)  # type: ignore[misc]
        await at_once([lambda one=one: post(one) for one in visits], PARALLEL)  # type: ignore[misc]
        took = time.perf_counter() - begun
        return len(messages) / took, (time.process_time() - cpu) / len(messages) * 1000


def beside(folder: Path, name: str, program: Callable[[Path], tuple[str, ...]], messages: list[Accepted]) -> list[str]:
    """Both, each against a server of its own, the better of two rounds: other work on the machine disturbs."""
    figures: dict[str, tuple[float, float]] = {}
    for round_ in range(2):
        for way in random.sample(["courier", "bare"], 2):
            place = folder / f"{name}-{way}-{round_}"
            place.mkdir()
            with server(*program(place)) as base:
                run = drained(place, base, messages) if way == "courier" else bare(base, messages)
                figures[way] = max(figures.get(way, (0.0, 0.0)), asyncio.run(run))
    (courier, cpu), (client, floor) = figures["courier"], figures["bare"]
    return [
        f"drain to {name}",
        f"  a bare client, {PARALLEL} at once    {client:8.0f} messages/s   {floor:6.2f} ms of CPU each",
        f"  the courier                  {courier:8.0f} messages/s   {cpu:6.2f} ms of CPU each"
        f"   {courier / client:.0%} (goal: 80 % at the embedded server)",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--open", type=int, default=100_000)
    parser.add_argument("--fast-server", action="store_true", help="serve as the quick server, for the parent process")
    asked = parser.parse_args()
    if asked.fast_server:
        serve_fast()
        return
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    messages = [team_visit(number) for number in range(asked.messages)]

    async def accepting(folder: Path) -> float:
        async with opened(folder) as ledger:
            return await at_once([lambda one=one: accept(ledger, one) for one in messages], SENDERS)  # type: ignore[misc]

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = [
            f"accept, the ledger's part alone, {SENDERS} senders",
            f"  one commit a row, one after the other  {commits(folder):8.0f}/s",
            f"  a team visit in two parcels            {asyncio.run(accepting(folder)):8.0f}/s   (goal: 1 000)",
        ]
        (folder / "open").mkdir()
        lines += asyncio.run(scaling(folder / "open", asked.open))
        fast = ("-m", "tests.benchmarks.delivery_bench", "--fast-server")
        lines += beside(folder, "a server that keeps nothing", lambda _: fast, messages)
        sandbox = ("-m", "adapter.cli", "sandbox", "--validate", "off", "--parent", str(os.getpid()), "--database")
        lines += beside(folder, "the embedded server", lambda place: (*sandbox, str(place / "fhir.db")), messages)
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
