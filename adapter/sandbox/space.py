"""One space: a FHIR server's whole data, with nothing shared with any other."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, StaticPool, create_engine, select, text

from adapter.sandbox.dialect import DIALECTS
from adapter.sandbox.paging import Pages
from adapter.sandbox.settings import SandboxSettings
from adapter.sandbox.tables import metadata, version


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
        self._connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "temp_store=MEMORY", "cache_size=-65536"):
            self._connection.execute(text(f"PRAGMA {pragma}"))
        metadata.create_all(self._connection)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self._lock:
            yield self._connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """All that is done inside is kept, or nothing of it."""
        with self._lock:
            self._connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.exec_driver_sql("ROLLBACK")
                raise
            self._connection.exec_driver_sql("COMMIT")

    def now(self) -> datetime:
        return self.clock or datetime.now(UTC)

    def is_empty(self) -> bool:
        with self.reading() as connection:
            return connection.execute(select(version.c.pk).limit(1)).first() is None

    def empty(self) -> None:
        """As it was when it was made, but for its seed."""
        with self.writing() as connection:
            for table in metadata.sorted_tables:
                connection.execute(table.delete())
        self.fired.clear()
        self.pages.clear()
        self.clock = self.settings.clock

    def close(self) -> None:
        with self._lock:
            self._connection.close()
            self._engine.dispose()
