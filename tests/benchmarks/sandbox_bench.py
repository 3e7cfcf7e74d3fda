"""What the embedded server takes, asked over real sockets by clients of another process.

`python -m tests.benchmarks.sandbox_bench [--appointments 100000] [--seconds 5]` prints the figures. Beside the rate,
which others on the machine lower, stands the processor time that the server itself spent on each call.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import orjson

IDENTITY = "http://electronichealth.se/identifier/personnummer"
BOOKING = "https://vardbro.example/fhir/sid/booking"
HSA = "urn:oid:1.2.752.29.4.19"
FHIR = {"Content-Type": "application/fhir+json"}

Json = dict[str, Any]
Call = Callable[[aiohttp.ClientSession, int], Awaitable[None]]


def appointment(number: int, patient: str, staff: str) -> Json:
    """A single booking of one line, of a usual size."""
    return {
        "resourceType": "Appointment",
        "id": f"a-{number}",
        "identifier": [{"system": BOOKING, "value": f"4711-{number}"}],
        "status": "booked",
        "serviceType": [{"coding": [{"system": "https://vardbro.example/fhir/cs/care-service", "code": "nybesok"}]}],
        "start": f"2026-{1 + number % 12:02}-{1 + number % 28:02}T13:00:00+01:00",
        "end": f"2026-{1 + number % 12:02}-{1 + number % 28:02}T14:00:00+01:00",
        "participant": [
            {"actor": {"reference": patient}, "status": "accepted"},
            {"actor": {"reference": staff}, "status": "accepted"},
        ],
    }


def patient(number: int) -> Json:
    return {
        "resourceType": "Patient",
        "id": f"p-{number}",
        "identifier": [{"system": IDENTITY, "value": f"test-{number}"}],
        "name": [{"family": "Tolvansson", "given": ["Tolvan"], "text": "Tolvan Tolvansson"}],
    }


def staff(number: int) -> list[Json]:
    return [
        {"resourceType": "Practitioner", "id": f"s-{number}", "identifier": [{"system": HSA, "value": f"SE-{number}"}]},
        {
            "resourceType": "PractitionerRole",
            "id": f"r-{number}",
            "active": True,
            "practitioner": {"reference": f"Practitioner/s-{number}"},
            "identifier": [{"system": HSA, "value": f"SE-{number}-role"}],
        },
    ]


def seed(file: Path, appointments: int) -> None:
    """Ten appointments a patient."""
    with file.open("wb") as out:
        for number in range(100):
            out.writelines(orjson.dumps(one) + b"\n" for one in staff(number))
        for number in range(max(1, appointments // 10)):
            out.write(orjson.dumps(patient(number)) + b"\n")
        for number in range(appointments):
            who = f"Patient/p-{number % max(1, appointments // 10)}"
            out.write(orjson.dumps(appointment(number, who, f"PractitionerRole/r-{number % 100}")) + b"\n")


def team_visit(number: int) -> Json:
    """Eight resources, about 11 kB: what a gateway delivers of one team booking."""
    note = "Patienten kommer med anhörig och önskar tid på eftermiddagen. " * 6
    ids = {name: f"t-{name}-{number}" for name in ("p", "sr", "a", "ct")}
    coded = [
        {"system": "https://vardbro.example/fhir/cs/care-service", "code": f"c{n}", "display": "Diabetesteam nybesök"}
        for n in range(3)
    ]
    extension = [
        {"url": f"https://vardbro.example/fhir/StructureDefinition/field-{n}", "valueString": f"ett värde i fält {n}"}
        for n in range(12)
    ]
    members = [f"PractitionerRole/r-{(number + n) % 100}" for n in range(2)]
    period = {"start": "2026-11-24T13:00:00+01:00", "end": "2026-11-24T14:00:00+01:00"}
    resources: list[Json] = [
        patient(0)
        | {"id": ids["p"], "identifier": [{"system": IDENTITY, "value": f"team-{number}"}], "extension": extension},
        *(one | {"id": f"t-{one['id']}-{number}", "extension": extension} for one in staff(number)[:1]),
        {
            "resourceType": "Organization",
            "id": f"t-o-{number}",
            "name": "Diabetesmottagningen",
            "identifier": [{"system": HSA, "value": f"SE-o-{number}"}],
            "extension": extension,
        },
        {
            "resourceType": "HealthcareService",
            "id": f"t-h-{number}",
            "name": "Diabetesmottagningen",
            "providedBy": {"reference": f"Organization/t-o-{number}"},
            "identifier": [{"system": HSA, "value": f"SE-o-{number}"}],
        },
        {
            "resourceType": "Location",
            "id": f"t-l-{number}",
            "name": "Rum 3",
            "managingOrganization": {"reference": f"Organization/t-o-{number}"},
            "extension": extension[:4],
        },
        {
            "resourceType": "ServiceRequest",
            "id": ids["sr"],
            "status": "active",
            "intent": "order",
            "identifier": [{"system": BOOKING, "value": f"BU-{number}"}],
            "subject": {"reference": f"Patient/{ids['p']}"},
            "code": {"coding": coded},
            "note": [{"text": note}],
            "extension": extension,
        },
        {
            "resourceType": "CareTeam",
            "id": ids["ct"],
            "status": "active",
            "subject": {"reference": f"Patient/{ids['p']}"},
            "period": period,
            "participant": [{"member": {"reference": one}, "role": [{"coding": coded}]} for one in members],
        },
        {
            "resourceType": "Appointment",
            "id": ids["a"],
            "status": "booked",
            **period,
            "identifier": [{"system": BOOKING, "value": f"team-{number}"}],
            "comment": note,
            "extension": extension,
            "basedOn": [{"reference": f"ServiceRequest/{ids['sr']}"}],
            "supportingInformation": [{"reference": f"CareTeam/{ids['ct']}"}],
            "participant": [
                {
                    "actor": {"reference": one},
                    "status": "accepted",
                    "period": period,
                    "type": [{"coding": coded}],
                    "extension": extension[:3],
                }
                for one in (f"Patient/{ids['p']}", *members, f"HealthcareService/t-h-{number}")
            ],
        },
    ]
    return {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {"resource": one, "request": {"method": "PUT", "url": f"{one['resourceType']}/{one['id']}"}}
            for one in resources
        ],
    }


@contextmanager
def sandbox(*options: str) -> Iterator[tuple[str, int]]:
    """Base URL and process id."""
    command = [sys.executable, "-m", "adapter.cli", "sandbox", "--parent", str(os.getpid()), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        try:
            yield child.stdout.readline().removeprefix("READY ").strip(), child.pid
        finally:
            child.terminate()


def spent(process: int) -> float:
    """Milliseconds of processor time so far; 0 where the system does not tell."""
    told = Path(f"/proc/{process}/stat")
    if not told.exists():
        return 0.0
    user, system = told.read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) * 1000 / os.sysconf("SC_CLK_TCK")


async def rate(call: Call, *, connections: int, seconds: float) -> tuple[int, float, float]:
    """How many calls, how many a second, and the median time of one in milliseconds."""
    numbers = iter(range(10**9))
    times: list[float] = []
    end = time.perf_counter() + seconds

    async def client(session: aiohttp.ClientSession) -> None:
        while (began := time.perf_counter()) < end:
            await call(session, next(numbers))
            times.append(time.perf_counter() - began)

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=connections)) as session:
        began = time.perf_counter()
        await asyncio.gather(*(client(session) for _ in range(connections)))
        took = time.perf_counter() - began
    return len(times), len(times) / took, sorted(times)[len(times) // 2] * 1000


def calls(base: str, appointments: int) -> dict[str, Call]:
    patients = max(1, appointments // 10)

    def get(url: Callable[[], str]) -> Call:
        async def call(session: aiohttp.ClientSession, _: int) -> None:
            async with session.get(base + url()) as answer:
                assert answer.status == 200, await answer.text()
                await answer.read()

        return call

    async def transact(session: aiohttp.ClientSession, number: int) -> None:
        async with session.post(base, data=orjson.dumps(team_visit(number)), headers=FHIR) as answer:
            assert answer.status == 200, await answer.text()
            await answer.read()

    def who() -> str:
        return f"/Appointment?patient.identifier={IDENTITY}|test-{random.randrange(patients)}"

    return {
        "reads by id": get(lambda: f"/Appointment/a-{random.randrange(appointments)}"),
        "searches by patient identifier": get(who),
        "the same with _include": get(lambda: who() + "&_include=Appointment:actor"),
        "the same with status, date and _sort": get(lambda: who() + "&status=booked&date=ge2026-03-01&_sort=-date"),
        "transactions of a team visit": transact,
    }


async def measure(base: str, process: int, appointments: int, seconds: float) -> None:
    for name, call in calls(base, appointments).items():
        for connections in (8, 32):
            before = spent(process)
            made, per_second, median = await rate(call, connections=connections, seconds=seconds)
            server = (spent(process) - before) / made
            figures = f"{per_second:7.0f}/s   p50 {median:6.2f} ms   server {server:5.2f} ms"
            print(f"{name:40} {connections:3} connections {figures}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--appointments", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "seed.ndjson"
        seed(file, given.appointments)
        for where, options in (("memory", ()), ("file", ("--database", f"{folder}/sandbox.sqlite"))):
            began = time.perf_counter()
            with sandbox("--seed", str(file), *options) as (base, process):
                print(f"{where}: {given.appointments} appointments seeded in {time.perf_counter() - began:.1f} s")
                asyncio.run(measure(base, process, given.appointments, given.seconds))
    print(f"(one transaction: {len(orjson.dumps(team_visit(0)))} bytes, {len(team_visit(0)['entry'])} entries)")


if __name__ == "__main__":
    main()
