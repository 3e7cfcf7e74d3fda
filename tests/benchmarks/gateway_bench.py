"""The gateway as its users meet it: accepting, draining, reading through, starting, and what it keeps in memory.

python -m tests.benchmarks.gateway_bench [--messages 2000]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import orjson

from adapter.beside import content_hash
from adapter.delivery.ledger import Ledger
from adapter.intake import Intake
from adapter.keys import Keys, read
from adapter.region import catalogue
from adapter.security.caller import OPERATOR
from adapter.server.ids import Ids
from adapter.server.references import literal, rendered
from adapter.validation import validate
from mappings.problem import Json
from mappings.region import reading
from mappings.resources import BOOKING
from mappings.resources.keys import booking_key
from mappings.rules.rulebook import Facts, judge
from tests.benchmarks.mapping_bench import milliseconds
from tests.benchmarks.people import SOURCE, team_bookings, understood
from tests.whole.processes import running

CONNECTIONS = 32
WARMING = 100
"""Reads that are made before those that count."""


async def at_once(calls: Iterable[Callable[[aiohttp.ClientSession], Awaitable[None]]], connections: int) -> float:
    """Calls a second over so many connections."""
    queue, count = iter(list(calls)), 0
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=connections)) as session:

        async def worker() -> None:
            nonlocal count
            for call in queue:
                await call(session)
                count += 1

        begun = time.perf_counter()
        await asyncio.gather(*(worker() for _ in range(connections)))
        return count / (time.perf_counter() - begun)


def pushing(base: str, bodies: Iterable[bytes]) -> Iterator[Callable[[aiohttp.ClientSession], Awaitable[None]]]:
    for body in bodies:

        async def call(session: aiohttp.ClientSession, body: bytes = body) -> None:
            async with session.post(
                f"{base}/v1/bookings", data=body, headers={"Content-Type": "application/json"}
            ) as answer:
                text = await answer.read()
                if answer.status != 202:
                    raise SystemExit(f"{answer.status}: {text[:500]!r}")

        yield call


@contextmanager
def region(folder: Path) -> Iterator[tuple[str, str]]:
    """(base of an embedded server in a process of its own, keys for the gateway in front of it)."""
    keys = folder / "keys"
    keys.write_text(secrets.token_hex(32))
    with running("sandbox", "--port", "0", "--database", str(folder / "fhir.db"), cwd=folder) as server:
        yield server.base, str(keys)


def serve(folder: Path, fhir: str, keys: str, *more: str) -> tuple[str, ...]:
    return ("serve", "--fhir-server", fhir, "--keys", keys, "--data", str(folder), "--port", "0", *more)


def resident(pid: int) -> float:
    """MB of memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def spent(pid: int) -> float:
    """Seconds of CPU that a process has used."""
    times = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, times)) / os.sysconf("SC_CLK_TCK")


async def settled(base: str) -> None:
    async with aiohttp.ClientSession() as session:
        while True:
            async with session.get(f"{base}/health/ready") as answer:
                waiting = (await answer.json())["waiting"]
            if waiting["parked"]:
                raise SystemExit("parcels were parked")
            if not waiting["accepted"] + waiting["delivering"]:
                return
            await asyncio.sleep(0.05)


def shares(messages: int) -> None:
    """What each step of accepting takes, one after the other in one thread."""
    home = catalogue()
    ids = Ids(home.region, bytes(32))
    body = orjson.dumps(next(team_bookings(1)))
    message = understood(body, home)
    facts = Facts(message, message, home, home.sources[SOURCE], datetime.now(UTC))
    judged = judge(facts, BOOKING.fhirpath)
    filled = BOOKING.fill(judged.message, home.sources[SOURCE], home.units)
    to = literal(ids)
    steps = {
        "read": milliseconds(lambda: reading.read("booking", body, home), 500),
        "derive and judge": milliseconds(lambda: judge(facts, BOOKING.fhirpath), 500),
        "map": milliseconds(lambda: BOOKING.fill(judged.message, home.sources[SOURCE], home.units), 500),
        "validate (references rendered)": milliseconds(
            lambda: [validate(rendered(one.resource, to)) for one in filled], 500
        ),
        "hash the content": milliseconds(lambda: content_hash(message), 500),
    }
    with tempfile.TemporaryDirectory() as folder:
        whole = asyncio.run(_whole(Path(folder), messages))
    steps["look up and commit (the rest)"] = max(0.0, whole - sum(steps.values()))
    print(f"accept, in one process without HTTP: {whole:.2f} ms a booking")
    for name, figure in steps.items():
        print(f"  {name:32} {figure:7.3f} ms  {figure / whole:5.0%}")


async def _whole(folder: Path, messages: int) -> float:
    home = catalogue()
    keys = Keys(bytes(32))
    ledger = Ledger.open(f"sqlite:///{folder / 'ledger.db'}", home.region)
    intake = Intake(home, ledger, Ids(home.region, keys.of("ids")), keys, lambda: datetime.now(UTC))
    queue = iter([orjson.dumps(one) for one in team_bookings(messages)])

    async def worker() -> None:
        for body in queue:
            await intake.take("booking", body, OPERATOR)

    begun = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(CONNECTIONS)))
    took = time.perf_counter() - begun
    await ledger.close()
    return took / messages * 1000


def accepting(messages: int) -> None:
    for deliver, words in (("--no-deliver", "courier paused"), ("--deliver", "courier running")):
        with tempfile.TemporaryDirectory() as name, region(Path(name)) as (fhir, keys):
            folder = Path(name)
            with running(*serve(folder, fhir, keys, deliver), cwd=folder) as gateway:
                bodies = [orjson.dumps(one) for one in team_bookings(messages)]
                rate = asyncio.run(at_once(pushing(gateway.base, bodies), CONNECTIONS))
                print(f"accept, {CONNECTIONS} connections, {words:16} {rate:7.0f}/s")
                if deliver == "--deliver":
                    asyncio.run(settled(gateway.base))
                    print(f"memory of serve after {messages} messages: {resident(gateway.pid):.0f} MB")


def draining(messages: int) -> None:
    """The courier against a bare client that sends the same resources to an equal server with the same concurrency."""
    bodies = list(team_bookings(messages))
    with tempfile.TemporaryDirectory() as name, region(Path(name)) as (fhir, keys):
        folder = Path(name)
        with running(*serve(folder, fhir, keys, "--no-deliver"), cwd=folder) as gateway:
            asyncio.run(at_once(pushing(gateway.base, map(orjson.dumps, bodies)), CONNECTIONS))
        with running(*serve(folder, fhir, keys), cwd=folder) as gateway:
            ready = time.perf_counter()
            asyncio.run(settled(gateway.base))
            ours = messages / (time.perf_counter() - ready)
    with tempfile.TemporaryDirectory() as name, region(Path(name)) as (fhir, keys):
        bare = asyncio.run(_bare(fhir, Ids("exempel", read(Path(keys)).of("ids")), bodies))
    print(f"drain to the embedded server: {ours:.0f} messages/s; a bare client {bare:.0f}/s; {ours / bare:.0%}")


async def _bare(fhir: str, ids: Ids, bodies: list[Json]) -> float:
    """Each message as the courier sends it: its patient, then one transaction of what is its own."""
    home = catalogue()
    to, sent, jobs = literal(ids), set(), []
    headers = {"Content-Type": "application/fhir+json", "Prefer": "return=minimal"}
    for body in bodies:
        message = understood(orjson.dumps(body), home)
        facts = Facts(message, message, home, home.sources[SOURCE], datetime.now(UTC))
        filled = BOOKING.fill(judge(facts, BOOKING.fhirpath).message, home.sources[SOURCE], home.units)
        new = [one for one in filled if one.owned or one.key not in sent]
        first = [one for one in new if one.key.kind == "Patient" and one.key not in sent]
        sent |= {one.key for one in new}
        bundles = []
        for group in (first, [one for one in new if one.key.kind != "Patient"]):
            entries = [
                {
                    "resource": rendered(one.resource, to) | {"id": ids.of(one.key)},
                    "request": {"method": "PUT", "url": f"{one.key.kind}/{ids.of(one.key)}"},
                }
                for one in group
            ]
            if entries:
                bundles.append(orjson.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries}))
        jobs.append(bundles)

    def calls() -> Iterator[Callable[[aiohttp.ClientSession], Awaitable[None]]]:
        for bundles in jobs:

            async def call(session: aiohttp.ClientSession, bundles: list[bytes] = bundles) -> None:
                for bundle in bundles:
                    for _ in range(50):
                        async with session.post(fhir, data=bundle, headers=headers) as answer:
                            await answer.read()
                            if answer.status == 200:
                                break
                        await asyncio.sleep(0.01)

            yield call

    return await at_once(calls(), 16)


def reading_through(reads: int = 1500) -> None:
    with tempfile.TemporaryDirectory() as name, region(Path(name)) as (fhir, keys):
        folder = Path(name)
        with running(*serve(folder, fhir, keys), cwd=folder) as gateway:
            asyncio.run(at_once(pushing(gateway.base, [orjson.dumps(one) for one in team_bookings(1)]), 1))
            asyncio.run(settled(gateway.base))
            place = f"Appointment/{Ids('exempel', read(Path(keys)).of('ids')).of(booking_key(SOURCE, 'B0'))}"
            before = spent(gateway.pid)
            direct, through = asyncio.run(_by_turns(f"{fhir}/{place}", f"{gateway.base}/fhir/{place}", reads))
            cpu = (spent(gateway.pid) - before) / (reads + WARMING) * 1000
    (p50, p99), (ours, late) = _percentiles(direct), _percentiles(through)
    print(
        f"/fhir read: p50 {ours:.2f} ms through, {p50:.2f} ms directly (+{ours - p50:.2f}); gateway {cpu:.2f} ms of CPU"
    )
    print(f"  p99 {late:.2f} ms through, {p99:.2f} ms directly (+{late - p99:.2f})")


async def _by_turns(direct: str, through: str, reads: int) -> tuple[list[float], list[float]]:
    """Milliseconds of each read, over two kept connections and in turn, so that whatever else runs slows both alike."""
    taken: tuple[list[float], list[float]] = ([], [])
    async with aiohttp.ClientSession() as session:
        for _ in range(WARMING + reads):
            for url, times in zip((direct, through), taken, strict=True):
                begun = time.perf_counter()
                async with session.get(url) as answer:
                    await answer.read()
                    if answer.status != 200:
                        raise SystemExit(f"{url}: {answer.status}")
                times.append((time.perf_counter() - begun) * 1000)
    return taken[0][WARMING:], taken[1][WARMING:]


def _percentiles(taken: list[float]) -> tuple[float, float]:
    """The 50th and the 99th."""
    taken = sorted(taken)
    return statistics.median(taken), taken[int(len(taken) * 0.99)]


def starting() -> None:
    with tempfile.TemporaryDirectory() as name, region(Path(name)) as (fhir, keys):
        folder, taken = Path(name), []
        for _ in range(3):
            begun = time.perf_counter()
            with running(*serve(folder, fhir, keys), cwd=folder):
                taken.append(time.perf_counter() - begun)
    print(f"serve with an external server: start to ready {min(taken):.2f} s, the best of {len(taken)}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=1000)
    messages = parser.parse_args().messages
    shares(messages)
    accepting(messages)
    draining(messages)
    reading_through()
    starting()


if __name__ == "__main__":
    main()
