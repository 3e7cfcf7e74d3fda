"""The database itself: which URLs are taken, how SQLite is set, one gateway a file, migrations when one is due."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import event

from adapter.delivery import schema

BUSY_MILLISECONDS = 10_000
WIPE_MILLISECONDS = 50


class DatabaseError(Exception):
    """A database that this gateway does not open. The text says which and what to do."""


def file_of(url: str) -> Path:
    """The file of a SQLite URL. Every other database is refused, and so is one in memory: it would not outlive a
    crash."""
    try:
        read = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise DatabaseError("This is no database URL. Give sqlite:///FILE, or leave it out.") from None
    if read.get_backend_name() != "sqlite" or read.get_driver_name() != "pysqlite":
        raise DatabaseError(
            f"Databases of the kind {read.drivername} are not taken yet. "
            "Give sqlite:///FILE, or leave it out to get a file in the data folder."
        )
    if not read.database or read.database == ":memory:" or read.query:
        raise DatabaseError(
            "SQLite is taken as a file only, without options: what is accepted must outlive the process. Give sqlite:///FILE."
        )
    return Path(read.database)


def engine_of(path: Path, *, writes: bool) -> sa.Engine:
    """One that reads can do nothing else. The file is its owner's alone: it holds what is said of patients."""
    path.touch(mode=0o600)
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(path)))
    event.listen(engine, "connect", _writing if writes else _reading)
    return engine


def _writing(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", f"busy_timeout={BUSY_MILLISECONDS}"):
        connection.execute(f"PRAGMA {pragma}")


def wipe(connection: sqlite3.Connection) -> bool:
    """Empties the write-ahead log, in which what was written over or deleted still stands; what the file itself held of
    it, `secure_delete` has written over. False where somebody reads just now: then nobody is made to wait."""
    connection.execute(f"PRAGMA busy_timeout={WIPE_MILLISECONDS}")
    try:
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy
    finally:
        connection.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")


def _reading(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None
    for pragma in ("query_only=ON", f"busy_timeout={BUSY_MILLISECONDS}"):
        connection.execute(f"PRAGMA {pragma}")


class Sole:
    """That one gateway alone serves a database file. The operating system lets go of it when the process ends,
    however it ends.

    Held as SQLite's own lock on a file beside the database, which works wherever SQLite does.
    """

    def __init__(self, path: Path) -> None:
        """Refuses when another process, or another ledger in this one, has the file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.with_name(f"{path.name}.lock")
        lock.touch(mode=0o600)
        self._held = sqlite3.connect(lock, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            self._held.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            self._held.close()
            raise DatabaseError(
                f"Another gateway serves {path.name} in this folder. "
                "Stop it first, or give this one a data folder of its own."
            ) from None

    def release(self) -> None:
        self._held.close()


def migrate(engine: sa.Engine) -> None:
    """Brings the tables to `schema.HEAD`; alembic is loaded only when they are not there yet."""
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        if _revision(connection) != schema.HEAD:
            from adapter.delivery.migrations import upgrade  # noqa: PLC0415  150 ms that most starts are spared

            upgrade(connection)
        connection.commit()


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return str(found) if found is not None else None
