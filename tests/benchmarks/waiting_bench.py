"""The waiting list among a million: each filter alone and the document's own combination, the first page; and what
keeping the list costs an acceptance.

python -m tests.benchmarks.waiting_bench [--entries 1000000] [--accepts 2000]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from adapter.beside import listing_of, listing_of_state
from adapter.delivery import Accepted, Entry, Ledger, Packed, Seen, schema
from adapter.delivery.database import engine_of
from adapter.delivery.listings import EVERYBODY, Who
from adapter.keys import DEMO_SECRET, Keys
from adapter.sandbox import running_sandbox
from adapter.serving import running_gateway
from adapter.settings import Settings
from mappings.problem import Json
from mappings.region.booking import Booking
from mappings.region.people import Identity, IdentityKind
from mappings.region.waiting_list import COLUMNS, DATES, WaitingListSearch
from mappings.rules.waiting_list import sought
from tests.benchmarks.people import SOURCE, numbers, team_booking
from tests.delivery.material import visit

GOAL, TIMES = 50.0, 15
TODAY = date(2026, 11, 20)
PEOPLE, UNITS, SERVICES, TEAMS = 5_000, 800, 150, 300
VISITS = ("nybesok", "aterbesok", "telefon", "utredning", "grupp")
COLUMNS_KEPT = ("kind", "source", "number", "standing", "rank", "together", *COLUMNS, *DATES)
STANDING = {"waiting": "planned", "booked": "booked", "noShow": "missed"}


def unit(number: int) -> str:
    return f"SE2321000115-E{number:012}"


class Made:
    """Bookings of one region: a few large units and many small, most codes common and some rare."""

    def __init__(self, count: int) -> None:
        self.random, self.count, self.keys = random.Random(4), count, Keys(DEMO_SECRET)
        self.people = numbers(PEOPLE)
        self.hashes = [self.keys.patient(Identity(kind=IdentityKind.PERSONNUMMER, value=one)) for one in self.people]

    def _drawn(self, of: range, even: int) -> list[int]:
        """Of each booking; the first is the most common, the less so the more even it is."""
        return self.random.choices(of, [1 / (one + even) for one in of], k=self.count)

    def __iter__(self) -> Iterator[tuple[Json, str]]:
        """(state, hash of the patient)."""
        chance = self.random.random
        units, services = self._drawn(range(UNITS), 20), self._drawn(range(SERVICES), 5)
        professions, contacts = self._drawn(range(20), 1), self._drawn(range(10), 1)
        statuses = self.random.choices(list(STANDING), (35, 60, 5), k=self.count)
        visits = self.random.choices(VISITS, (30, 60, 5, 4, 1), k=self.count)
        priorities = self.random.choices(("high", "medium", "low", None), k=self.count)
        for number, status in enumerate(statuses):
            registered = TODAY - timedelta(days=int(1000 * (1 - chance() ** 0.5)))
            line: Json = {"number": "1", "owner": True, "profession": f"yrke-{professions[number]}"}
            line |= {"staff": "SE2321000115-P0001", "careService": f"vardtjanst-{services[number]}"}
            basis: Json = {"kind": "full", "number": f"BU-{number}", "registered": registered.isoformat()}
            basis |= {
                "created": f"{registered + timedelta(days=int(5 * chance()))}T08:00:00+01:00",
                "watchInterval": "P84D",
                "targetDate": (registered + timedelta(days=20 + int(300 * chance()))).isoformat(),
            }
            said = (
                ("medicalPriority", priorities[number]),
                ("category1", f"Kategori {number % 60}" if chance() < 0.3 else None),
                ("category2", f"Atgard {number % 40}" if chance() < 0.3 else None),
                ("team", f"Team {number % TEAMS}" if chance() < 0.4 else None),
                ("shortNotice", True if chance() < 0.05 else None),
            )
            basis |= {name: value for name, value in said if value is not None}
            person = int(PEOPLE * chance())
            state: Json = {
                "source": SOURCE,
                "number": f"B-{number}",
                "version": 1,
                "patient": {"identity": {"kind": "personnummer", "value": self.people[person]}},
                "form": "single",
                "status": status,
                "contactType": f"kontakt-{contacts[number]}",
                "visitType": visits[number],
                "acute": chance() < 0.02,
                "performingUnit": unit(units[number]),
                "responsibleUnit": unit(0),
                "basis": basis,
                "lines": [
                    line | ({} if status == "waiting" else {"start": f"{TODAY}T13:00:00+01:00", "duration": "PT30M"})
                ],
                "summons": {"way": "letter"} | ({"wantsNoLetters": True} if chance() < 0.01 else {}),
            }
            if number % 10 == 0:
                state["series"] = {"id": f"S-{number // 60}", "interval": "P7D"}
            if chance() < 0.6:
                state["selfCheckIn"] = {"patientFee": 275}
            yield state, self.hashes[person]


def place(state: Json) -> tuple[Any, ...]:
    """The row of the list, quickly; `filled` holds it against `listing_of`."""
    basis, line = state["basis"], state["lines"][0]
    return (
        *("booking", SOURCE, state["number"], STANDING[state["status"]], _ordinal(basis["targetDate"])),
        state.get("series", {}).get("id"),
        *(state["performingUnit"], line["careService"], state["visitType"], line["profession"], state["contactType"]),
        *(basis.get(name) for name in ("category1", "category2", "team", "medicalPriority")),
        *(_ticked(one) for one in (basis.get("shortNotice"), state["acute"], state["summons"].get("wantsNoLetters"))),
        _ticked("selfCheckIn" not in state),
        *(_ordinal(basis["registered"]), _ordinal(basis["created"][:10])),
    )


def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def _ticked(said: object) -> int | None:
    return 1 if said else None


def filled(folder: Path, made: Made) -> None:
    """A ledger with this many bookings on its list. Raises AssertionError where a place is not what the code keeps."""
    path = folder / "ledger.db"
    with closing(engine_of(path, writes=True).raw_connection()) as pooled:
        driver: Any = pooled.driver_connection
        for pragma in ("journal_mode=MEMORY", "synchronous=OFF", "cache_size=-400000"):
            driver.execute(f"PRAGMA {pragma}")
        indexes = driver.execute(
            "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'listing' AND sql LIKE 'CREATE INDEX%'"
        )
        indexes = indexes.fetchall()
        for name, _ in indexes:
            driver.execute(f"DROP INDEX {name}")
        driver.execute("BEGIN")
        driver.executemany(_insert("aggregate", [column.name for column in schema.aggregate.c]), _aggregates(made))
        driver.executemany(_insert("listing", COLUMNS_KEPT), _places(driver))
        for _, sql in indexes:
            driver.execute(sql)
        driver.execute("COMMIT")
        driver.execute("PRAGMA journal_mode=WAL")


def _insert(table: str, columns: Sequence[str]) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


def _aggregates(made: Made) -> Iterator[tuple[Any, ...]]:
    for state, hash_ in made:
        body = json.dumps(state, separators=(",", ":")).encode()
        named = ("booking", SOURCE, state["number"], 1, 1, 1, hash_, "", body)
        yield (*named, state["status"], state["performingUnit"], "x", None, None, "", "", 1)


def _places(driver: sqlite3.Connection) -> Iterator[tuple[Any, ...]]:
    for number, (body,) in enumerate(driver.execute("SELECT state_body FROM aggregate ORDER BY rowid")):
        state = json.loads(body)
        row = place(state)
        if number % 10_007 == 0:
            kept = listing_of(Booking.model_validate(state))
            assert kept is not None
            said = [kept.said.get(name) for name in (*COLUMNS, *DATES)]
            assert row[3:] == (kept.standing, kept.rank, kept.together, *said)
        yield row


# -- what is asked ---------------------------------------------------------------------------------------------------


def days(first: int, last: int) -> Json:
    return {"from": (TODAY + timedelta(days=first)).isoformat(), "to": (TODAY + timedelta(days=last)).isoformat()}


def asked(made: Made) -> Iterator[tuple[str, Callable[[int], Json]]]:
    """(what it is called, what the n-th search says): each value another, as others search between."""
    yield "nothing: the whole list", lambda _: {}
    yield "unit", lambda n: {"units": [unit(n * 31 % UNITS)]}
    yield "unit, the largest", lambda _: {"units": [unit(0)]}
    yield "care service", lambda n: {"careServices": [f"vardtjanst-{n * 7 % SERVICES}"]}
    yield "visit type, common", lambda _: {"visitTypes": ["aterbesok"]}
    yield "visit type, rare", lambda _: {"visitTypes": ["grupp"]}
    yield "visit type that nobody has", lambda n: {"visitTypes": [f"ingen-{n}"]}
    yield "profession", lambda n: {"professions": [f"yrke-{n % 20}"]}
    yield "contact type", lambda n: {"contactTypes": [f"kontakt-{n % 10}"]}
    yield "category 1", lambda n: {"categories1": [f"Kategori {n % 60}"]}
    yield "category 2", lambda n: {"categories2": [f"Atgard {n % 40}"]}
    yield "team", lambda n: {"teams": [f"Team {n * 7 % TEAMS}"]}
    yield "priority", lambda n: {"priorities": [("high", "medium", "low")[n % 3]]}
    yield "registered, one day", lambda n: {"registered": days(-10 - n, -10 - n)}
    yield "registered, the last month", lambda n: {"registered": days(-30 - n, -n)}
    yield "registered, the last quarter", lambda n: {"registered": days(-90 - n, -n)}
    yield "registered, the last year", lambda n: {"registered": days(-365 - n, -n)}
    yield "registered, more than a year ago", lambda n: {"registered": days(-3650, -365 - n)}
    yield "target date, a quarter", lambda n: {"targetDate": days(n, 90 + n)}
    yield "waiting since, the last quarter", lambda n: {"waitingSince": days(-90 - n, -n)}
    yield "waiting for more than 90 days", lambda n: {"waitingSince": {"to": days(-90 - n, 0)["from"]}}
    yield "not booked", lambda _: {"booked": False}
    yield "booked", lambda _: {"planned": False}
    yield "missed", lambda _: {"missed": True}
    yield "short notice", lambda _: {"shortNotice": True}
    yield "acute", lambda _: {"acute": True}
    yield "changed summons preference", lambda _: {"summonsChanged": True}
    yield "missing fee", lambda _: {"missingFee": True}
    yield "whole series", lambda _: {"wholeSeries": True}
    yield "unit, whole series", lambda n: {"units": [unit(n * 31 % UNITS)], "wholeSeries": True}
    person = [{"patient": {"kind": "personnummer", "value": one}} for one in made.people[:TIMES]]
    yield "one patient", lambda n: person[n % len(person)]
    two = [unit(40), unit(41)]
    yield "the document's own: two units, three months", lambda n: {"units": two, "targetDate": days(n, 89 + n)}
    yield "unit, registered the last month", lambda n: {"units": [unit(n * 31 % UNITS)], "registered": days(-30, 0)}
    yield "visit type and registered the last month", lambda _: {"visitTypes": ["nybesok"], "registered": days(-30, 0)}


def p50(times: Iterable[float]) -> float:
    return statistics.median(times) * 1000


def timed(work: Callable[[], Any]) -> tuple[float, float]:
    """Seconds by the clock, and of this process's own CPU: where others run beside, the two differ."""
    begun, before = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - begun, time.process_time() - before


def measure(ledger: Ledger, client: httpx.Client, made: Made) -> int:
    """Prints each; comes back with how many were slower than they should be."""
    slow = 0
    print(f"{'first page of 50, p50':48} {'found':>8} {'of CPU':>8} {'answered':>9}   (ms; found: goal ≤ {GOAL:.0f})")
    for name, said in asked(made):
        bodies = [said(n) for n in range(TIMES)]
        searches = [timed(lambda body=body: _searched(ledger, made, body)) for body in bodies]  # type: ignore[misc]
        answers = [timed(lambda body=body: _answered(client, body)) for body in bodies]  # type: ignore[misc]
        found, cpu, answered = (p50(times) for times in (*zip(*searches, strict=True), [one for one, _ in answers]))
        slow += found > GOAL
        late = "   slower than the goal" if found > GOAL else ""
        print(f"{name:48} {found:8.2f} {cpu:8.2f} {answered:9.2f}{late}", flush=True)
    return slow


def _searched(ledger: Ledger, made: Made, body: Json) -> None:
    read = WaitingListSearch.model_validate_json(json.dumps(body))
    who = Who(None, made.keys.patient(read.patient)) if read.patient else EVERYBODY
    ledger.search(sought(read), who)


def _answered(client: httpx.Client, body: Json) -> None:
    answer = client.post("/v1/waiting-list/search", json=body)
    assert answer.status_code == 200, answer.text


# -- what it costs ---------------------------------------------------------------------------------------------------


async def accepting(ledger: Ledger, count: int, turn: int, *, listed: bool) -> float:
    """Acceptances a second, 32 senders at once, each of a new booking."""
    whole = team_booking("X", 1, "191212121212", datetime.fromisoformat(f"{TODAY}T13:00:00+01:00"))

    def one(number: int) -> Accepted:
        state = whole | {"number": f"A{turn}-{number}", "performingUnit": unit(number * 31 % UNITS)}
        state["basis"] = whole["basis"] | {"targetDate": (TODAY + timedelta(days=number % 300)).isoformat()}
        named = state["number"]
        return Accepted(
            kind="booking",
            source=SOURCE,
            number=named,
            version=1,
            content_hash=named,
            state=state,
            parcels=(Packed((f"booking/{named}",), (visit(named, "x"),)),),
            audit=Entry("bench", "booking.write", "accepted"),
            seen=Seen(),
            listing=listing_of(Booking.model_validate(state)) if listed else None,
        )

    every = list(map(one, range(count)))
    begun = time.perf_counter()
    for first in range(0, count, 32):
        await asyncio.gather(*map(ledger.accept, every[first : first + 32]))
    return count / (time.perf_counter() - begun)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--accepts", type=int, default=2_000)
    options = parser.parse_args()
    made = Made(options.entries)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'ledger.db'}"
        ledger = Ledger.open(url, "exempel")
        ledger.list_from_the_start(listing_of_state)
        asyncio.run(ledger.close())
        begun = time.perf_counter()
        filled(folder, made)
        size = (folder / "ledger.db").stat().st_size
        took = time.perf_counter() - begun
        print(f"{options.entries} entries filled in {took:.0f} s; the database is {size / 1e9:.1f} GB", flush=True)
        with running_sandbox() as fhir:
            settings = Settings(data=folder, port=0, deliver=False)
            with running_gateway(settings, fhir, made.keys) as base, httpx.Client(base_url=base, timeout=60) as client:
                beside = Ledger.beside(url, "exempel")
                slow = measure(beside, client, made)
                asyncio.run(beside.close())
        asyncio.run(_costs(url, options.accepts))
    return int(slow > 0)


async def _costs(url: str, count: int) -> None:
    ledger = Ledger.open(url, "exempel")
    for turn, listed in enumerate((False, True, False, True)):
        rate = await accepting(ledger, count, turn, listed=listed)
        print(f"accepted a second, 32 senders, {'with' if listed else 'without'} a place on the list: {rate:.0f}")
    await ledger.close()


if __name__ == "__main__":
    raise SystemExit(main())
