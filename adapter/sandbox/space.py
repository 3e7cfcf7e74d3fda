"""One space: a FHIR server's whole data, with nothing shared with any other."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, StaticPool, create_engine, select, text
from sqlalchemy.exc import OperationalError

from adapter.sandbox.dialect import DIALECTS, Dialect
from adapter.sandbox.paging import Pages
from adapter.sandbox.settings import SandboxSettings
from adapter.sandbox.tables import STATISTICS, metadata, version


@dataclass(frozen=True, slots=True)
class Session:
    """A space while one request has it to itself."""

    space: Space
    connection: Connection
    base: str

    @property
    def dialect(self) -> Dialect:
        return self.space.dialect


class Space:
    """Owns one connection, which one thread at a time uses: every request is answered whole before the next begins.

    SQLite answers a small query sooner than a thread pool hands it over, so this is also the fastest way.
    """

    def __init__(self, settings: SandboxSettings, database: Path | None) -> None:
        self.settings = settings
        self.dialect = DIALECTS[settings.like]
        self.zone = ZoneInfo(settings.zone)
        self.clock = settings.clock
        self.fired: set[str] = set()
        """Triggers that act once and have acted (`trigger.py`)."""
        self.pages = Pages()
        self._lock = threading.RLock()
        self._engine = create_engine(
            f"sqlite:///{database}" if database else "sqlite://",
            poolclass=StaticPool,
            connect_args={"check_same_thread": False, "cached_statements": 1024, "timeout": 30},
        )
        try:
            self._connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        except OperationalError as error:
            raise OSError(f"{database}: {error.orig}") from None
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "temp_store=MEMORY", "cache_size=-65536"):
            self._connection.execute(text(f"PRAGMA {pragma}"))
        metadata.create_all(self._connection)
        self._plan_alike()

    def _plan_alike(self) -> None:
        self._connection.exec_driver_sql("ANALYZE sqlite_schema")  # makes the table that the statistics go into
        self._connection.exec_driver_sql("DELETE FROM sqlite_stat1")
        self._connection.exec_driver_sql("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", list(STATISTICS))
        self._connection.exec_driver_sql("ANALYZE sqlite_schema")  # and has them read

    @contextmanager
    def reading(self, base: str) -> Iterator[Session]:
        """`base` is the address under which the client knows this space."""
        with self._lock:
            yield Session(self, self._connection, base)

    @contextmanager
    def writing(self, base: str) -> Iterator[Session]:
        """All that is done inside is kept, or nothing of it."""
        with self._lock:
            self._connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield Session(self, self._connection, base)
                self._connection.exec_driver_sql("COMMIT")
            except BaseException:
                if self._in_transaction():  # SQLite itself rolls back where the disk is full
                    self._connection.exec_driver_sql("ROLLBACK")
                raise

    def _in_transaction(self) -> bool:
        driver = self._connection.connection.driver_connection
        return isinstance(driver, sqlite3.Connection) and driver.in_transaction

    def now(self) -> datetime:
        return self.clock or datetime.now(UTC)

    def is_empty(self) -> bool:
        with self._lock:
            return self._connection.execute(select(version.c.pk).limit(1)).first() is None

    def empty(self) -> None:
        """As it was when it was made, but for its seed."""
        with self.writing("") as session:
            for table in metadata.sorted_tables:
                session.connection.execute(table.delete())
        self.fired.clear()
        self.pages.clear()
        self.clock = self.settings.clock

    def close(self) -> None:
        with self._lock:
            self._connection.close()
            self._engine.dispose()
