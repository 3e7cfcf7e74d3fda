"""The ledger: what was accepted and must be delivered, and what the server holds of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from adapter.delivery import audit, life, listings, messages, patients, requests, statements, turns
from adapter.delivery.accepting import Desk, NotAll, Prepared, accept, accept_all
from adapter.delivery.bodies import Bodies
from adapter.delivery.claims import Holder
from adapter.delivery.database import DatabaseError, Sole, engine_of, file_of, migrate
from adapter.delivery.listings import EVERYBODY, FIRST, Found, ListingOf, Page, Who
from adapter.delivery.messages import Counts, Shown
from adapter.delivery.receipts import aggregate_of, receipt_of
from adapter.delivery.sealed import OPEN, Seal, Sealed
from adapter.delivery.session import Session
from adapter.delivery.turns import Asked, Result, Turn
from adapter.delivery.values import (
    Accepted,
    Aggregate,
    Answering,
    Asking,
    Change,
    Clock,
    Due,
    Entry,
    MessageState,
    Outcome,
    Previous,
    Priority,
    Receipt,
    Recorded,
    Request,
    Seen,
    Stale,
    Taken,
    Waiting,
    Word,
    instant,
    micros,
)
from adapter.delivery.writer import Writer
from mappings.listing import Sought
from mappings.problem import Json
from mappings.shape.key import Key


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Known:
    """A resource that was delivered: what the next merge starts from."""

    id: str
    kind: str
    server_id: str
    etag: str | None
    said_hash: str
    said: Sealed = field(repr=False)
    held: Sealed | None = field(repr=False)


class Ledger:
    """One database of one region. Reads are made, and everything is called, in the event loop's own thread.

    `Ledger.open(…)` serves a database: it alone (a second one is refused), with all that a dead process held released.
    `Ledger.beside(…)` looks into a database and moves messages while another process may be serving it.
    """

    def __init__(self, path: Path, region: str, desk: Desk, clock: Clock, sole: Sole | None) -> None:
        self.path = path
        self._sole = sole
        self._desk = desk
        self.bodies = desk.bodies
        self.clock = clock
        engine = engine_of(path, writes=True)
        migrate(engine)
        self._engines = engine, engine_of(path, writes=False)
        writes, self._reads = map(Session, self._engines)
        _belongs(writes, region)
        if sole:
            writes.run(statements.RELEASE_ALL, {"now": micros(clock())})
            writes.wipe()  # a gateway that died may have left there what it had been told to forget
        self._writes, self._writer = writes, Writer(writes)
        self._waiting: dict[str, set[asyncio.Event]] = {}
        self._feed: set[asyncio.Event] = set()
        self.on_work: Callable[[], None] = lambda: None
        """Called when something may have become ready: the courier's."""
        self.on_due: Callable[[], None] = lambda: None
        """Called when due times were filed: the clockwork's."""

    @classmethod
    def open(cls, url: str, region: str, *, mapping_version: str = "", seal: Seal = OPEN, clock: Clock = _now) -> Self:
        """Refuses (`DatabaseError`, with a text for the operator) other databases than a SQLite file, one that another
        gateway serves, and one of another region. Makes or migrates the tables."""
        path = file_of(url)
        sole = Sole(path)
        try:
            return cls(path, region, Desk(Bodies(seal), "gateway", mapping_version), clock, sole)
        except BaseException:
            sole.release()
            raise

    @classmethod
    def beside(cls, url: str, region: str, *, seal: Seal = OPEN, clock: Clock = _now) -> Self:
        return cls(file_of(url), region, Desk(Bodies(seal), "operator", ""), clock, None)

    def list_from_the_start(self, listing_of: ListingOf) -> None:
        """The list holds also what was taken in before it was kept. To be called before anything is accepted."""
        listings.kept_from_the_start(self._writes, self.bodies, listing_of)

    async def close(self) -> None:
        """Finishes what is being written."""
        await self._writer.close()
        self._reads.close()
        for engine in self._engines:
            engine.dispose()
        if self._sole:
            self._sole.release()

    # Accepting

    def previous(self, kind: str, source: str, number: str, patient_hash: str | None = None) -> Previous:
        """What a new message of this number is judged against."""
        held = self.aggregate(kind, source, number)
        revision = patients.revision(self._reads, patient_hash)
        words = self.words(patient_hash) if patient_hash and revision else ()
        return Previous(Seen(held.revision if held else 0, revision), held, words)

    async def accept(self, accepted: Accepted) -> Outcome:
        """Ledger, outbox, receipt and audit in one commit; comes back when it is on the disk."""
        prepared = Prepared.of(accepted, micros(self.clock()))

        return await self._writer.do(
            lambda session: accept(session, self._desk, prepared), lambda outcome: self._taken([outcome], [accepted])
        )

    async def accept_all(self, every: Sequence[Accepted]) -> list[Outcome]:
        """As `accept`, for several that go together: all are taken in one commit, or none; then the last outcome says
        why."""
        at = micros(self.clock())
        prepared = [Prepared.of(one, at) for one in every]

        try:
            return await self._writer.do(
                lambda session: accept_all(session, self._desk, prepared), lambda outcomes: self._taken(outcomes, every)
            )
        except NotAll as none:
            return none.outcomes

    def _taken(self, outcomes: Sequence[Outcome], every: Sequence[Accepted]) -> None:
        """Whoever waits for it is told; what a new marking has taken away must not be left in the file either."""
        new = [one for one in outcomes if isinstance(one, Taken) and not one.repeated]
        if not new:
            return
        self.on_work()
        if any(one.dues for one in every):
            self.on_due()
        if any(one.strip or any(told.strip for told in one.told) for one in every):
            self._writer.wipe()
        if any(one.told for one in new):
            self._told()

    async def note(self, *entries: Entry) -> None:
        """Lines in the audit for what is no acceptance: reads, a refusal."""
        at = micros(self.clock())

        def job(session: Session) -> None:
            for entry in entries:
                audit.write(session, self._desk.writer, entry, at)

        await self._writer.do(job)

    # Reading

    def aggregate(self, kind: str, source: str, number: str) -> Aggregate | None:
        row = self._reads.row(statements.AGGREGATE, {"kind": kind, "source": source, "number": number})
        return aggregate_of(row, self.bodies) if row else None

    def of_patient(self, patient_hash: str, kind: str) -> list[Aggregate]:
        rows = self._reads.rows(statements.AGGREGATES_OF_PATIENT, {"patient_hash": patient_hash, "kind": kind})
        return [aggregate_of(row, self.bodies) for row in rows]

    def tied(
        self, kind: str, source: str, number: str, ties: Iterable[tuple[str, str]], starts: datetime | None
    ) -> list[Aggregate]:
        """Others of a kind that share a tie; of a relation that may be large, the neighbours."""
        return life.tied(self._reads, self.bodies, Holder(kind, source, number), ties, starts)

    def tied_at(self, kind: str, tie: tuple[str, str], starts: datetime) -> list[Aggregate]:
        """All of a kind that share a tie and begin then."""
        return life.tied_at(self._reads, self.bodies, kind, tie, starts)

    def search(self, sought: Sought, who: Who = EVERYBODY, page: Page = FIRST) -> Found:
        """The next places of the list that fit."""
        return listings.search(self._reads, self.bodies, sought, who, page)

    def steps(self, kind: str, source: str, number: str) -> list[Recorded]:
        """What happened to an aggregate, in its order."""
        return life.steps(self._reads, Holder(kind, source, number))

    def due(self, most: int = 100) -> list[Waiting]:
        """What the clock is to do by now."""
        return life.waiting(self._reads, self.clock(), most)

    async def put_off(self, waiting: Waiting, until: datetime) -> None:
        """A due time that could not be taken is looked at again then."""
        await self._writer.do(lambda session: life.put_off(session, waiting, until))

    async def refile(self, held: Aggregate, dues: Sequence[Due]) -> None:
        """An aggregate's due times as they should be; nothing where it has moved."""
        holder = Holder(held.kind, held.source, held.number)
        await self._writer.do(lambda session: life.refile(session, holder, held.revision, dues))

    def next_step_due(self) -> datetime | None:
        return life.next_due(self._reads)

    async def tell(self, line: life.Line) -> int:
        """A line for the feed; comes back with its place in it."""
        at = micros(self.clock())
        return await self._writer.do(lambda session: life.tell(session, self.bodies, line, at), lambda _: self._told())

    def changes(self, after: int, sources: Sequence[str] | None, most: int = 100) -> list[Change]:
        """The feed after a place, of some sources; of all for None."""
        return life.changes(self._reads, self.bodies, after, None if sources is None else list(sources), most)

    def _told(self) -> None:
        for event in self._feed:
            event.set()

    async def change_after(self, after: int, sources: Sequence[str] | None, timeout: float) -> list[Change]:  # noqa: ASYNC109
        """As `changes`; where there are none, waits (seconds) for one."""
        event = asyncio.Event()
        self._feed.add(event)
        try:
            async with asyncio.timeout(timeout):
                while not (found := self.changes(after, sources)):
                    event.clear()
                    await event.wait()
                return found
        except TimeoutError:
            return []
        finally:
            self._feed.discard(event)

    def patient_revision(self, patient_hash: str | None) -> int:
        """How often what is said of a patient has moved."""
        return patients.revision(self._reads, patient_hash)

    # What patients ask for

    def requests(self, kind: str, source: str, number: str) -> list[Request]:
        """Those made with an aggregate, the oldest first."""
        return requests.of(self._reads, self.bodies, Holder(kind, source, number))

    def requests_of_patient(self, patient_hash: str, kind: str) -> list[Request]:
        return requests.of_patient(self._reads, self.bodies, patient_hash, kind)

    async def ask(self, asking: Asking) -> Stale | None:
        """Keeps a request, with its line in the feed; `Stale` where what it was judged on has moved."""
        at, writer = micros(self.clock()), self._desk.writer
        return await self._writer.do(
            lambda session: requests.ask(session, self.bodies, writer, asking, at), lambda _: self._told()
        )

    async def answer(self, answering: Answering) -> Stale | None:
        """Keeps what the source says to a request; `Stale` where that is no longer as the caller saw it."""
        at, writer = micros(self.clock()), self._desk.writer
        return await self._writer.do(
            lambda session: requests.answer(session, self.bodies, writer, answering, at), lambda _: self._told()
        )

    # Patients

    def words(self, patient_hash: str) -> tuple[Word, ...]:
        return patients.words(self._reads, self.bodies, patient_hash)

    def marked(self, patient_hash: str) -> bool:
        """Whether any source's last word protects the patient."""
        found = self._reads.row(statements.PATIENT, {"hash": patient_hash})
        return bool(found and found.marked)

    def broken_audit(self, writer: str = "gateway") -> int | None:
        return audit.broken(self._reads, writer)

    # Messages

    def sent_as(self, kind: str, source: str, number: str, version: int) -> tuple[Receipt, str] | None:
        """The receipt of a version, and the hash of its content as sent."""
        row = self._reads.row(
            statements.MESSAGE_OF_VERSION, {"kind": kind, "source": source, "number": number, "version": version}
        )
        return (receipt_of(row), row.content_hash) if row else None

    def receipt(self, id_: str) -> Receipt | None:
        return messages.receipt(self._reads, id_)

    def list(self, state: MessageState | None = None, after: int = 0, most: int = 100) -> list[Receipt]:
        return messages.listed(self._reads, state, after, most)

    def show(self, id_: str) -> Shown | None:
        return messages.shown(self._reads, id_)

    async def retry(self, id_: str, entry: Entry | None = None) -> Receipt | None:
        """Parked parcels of the message go again. None when there is no such message."""
        return await self._moved(messages.retry, id_, entry)

    async def park(self, id_: str, entry: Entry | None = None) -> Receipt | None:
        return await self._moved(messages.park, id_, entry)

    async def _moved(
        self, move: Callable[[Session, str, datetime], Receipt | None], id_: str, entry: Entry | None
    ) -> Receipt | None:
        now = self.clock()

        def job(session: Session) -> Receipt | None:
            before = messages.receipt(session, id_)
            moved = move(session, id_, now)
            if before and moved and moved.settled and moved.state is not before.state:
                life.tell_settled(session, self.bodies, moved, micros(now))
            if moved and entry:
                audit.write(session, self._desk.writer, entry, micros(now))
            return moved

        def told(_: Receipt | None) -> None:
            self.on_work()
            self._told()

        return await self._writer.do(job, told)

    def counts(self) -> Counts:
        return messages.counts(self._reads, self.clock())

    async def delivered(self, id_: str, timeout: float) -> Receipt | None:  # noqa: ASYNC109  `Prefer: wait` is a time
        """The receipt once the message is delivered or parked, or as it is when the time (seconds) is up."""
        event = asyncio.Event()
        self._waiting.setdefault(id_, set()).add(event)
        try:
            found = self.receipt(id_)
            if found is None or found.settled:
                return found
            async with asyncio.timeout(timeout):
                await event.wait()
        except TimeoutError:
            pass
        finally:
            self._waiting[id_].discard(event)
            if not self._waiting[id_]:
                del self._waiting[id_]
        return self.receipt(id_)

    # The courier's

    async def turn(self, results: Sequence[Result], want: int, lease: timedelta) -> Turn:
        """Records what became of parcels and leases the next, in one commit."""
        now = self.clock()
        asked = Asked(results, want, now, now + lease)
        return await self._writer.do(lambda session: turns.turn(session, self.bodies, asked), self._turned)

    def _turned(self, turn: Turn) -> None:
        if turn.stripped:
            self._writer.wipe()
        for id_ in turn.settled:
            for event in self._waiting.get(id_, ()):
                event.set()
        if turn.settled:
            self._told()

    async def hasten(self, reasons: Sequence[str]) -> None:
        """What was put off for one of these reasons is due now."""
        at = {"now": micros(self.clock()), "reasons": list(reasons)}
        await self._writer.do(lambda session: session.run(statements.HASTEN, at))

    def next_due(self) -> datetime | None:
        """When the next ready parcel's time comes; None where nothing is ready but for its time."""
        dues = [self._reads.value(statements.NEXT_DUE, {"priority": int(one)}) for one in Priority]
        return min((instant(due) for due in dues if due is not None), default=None)

    def known(self, ids: Iterable[str]) -> dict[str, Known]:
        """By derived id, those that were delivered."""
        return {row.id: _known(row) for row in self._reads.rows(statements.KNOWN, {"ids": list(ids)})}

    def keys(self, server_ids: Iterable[str]) -> Mapping[tuple[str, str], Key]:
        """(type, id on the server) -> key, of those that were delivered."""
        rows = self._reads.rows(statements.NAMES, {"ids": list(server_ids)})
        named = {(row.kind, row.server_id): Key.parse(self.bodies.text(row.name_key, row.name_body)) for row in rows}
        return {place: key for place, key in named.items() if key}

    def fact(self, name: str) -> str | None:
        found: str | None = self._reads.value(statements.META, {"name": name})
        return found

    async def keep_fact(self, name: str, value: str) -> str:
        """What is kept from now on: what another gateway has kept before, else this."""

        def job(session: Session) -> str:
            found: str | None = session.value(statements.META, {"name": name})
            if found is None:
                session.run(statements.INSERT_META, {"name": name, "value": value})
            return value if found is None else found

        return await self._writer.do(job)

    def open_body(self, body: Sealed) -> Json:
        return self.bodies.opened(*body)


def _known(row: Any) -> Known:
    held = Sealed(row.held_key, row.held_body) if row.held_body is not None else None
    return Known(row.id, row.kind, row.server_id, row.etag, row.said_hash, Sealed(row.said_key, row.said_body), held)


def _belongs(session: Session, region: str) -> None:
    found = session.value(statements.META, {"name": "region"})
    if found is None:
        session.run(statements.INSERT_META, {"name": "region", "value": region})
    elif found != region:
        raise DatabaseError(
            f"This database belongs to the region {found}. One gateway serves one region: "
            "give this one a database of its own."
        )
