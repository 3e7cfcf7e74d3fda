"""The database side of one all-or-nothing write."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite.pysqlite import dialect

from adapter.sandbox.changes import Item
from adapter.sandbox.content import digest, filled, stamped
from adapter.sandbox.index_rows import Rows, add_values
from adapter.sandbox.instants import instant_text
from adapter.sandbox.search import Pairs, matching
from adapter.sandbox.space import Session
from adapter.sandbox.stored import Stored
from adapter.sandbox.tables import INDEXES, resource, version

_LAST_PKS = select(
    select(func.coalesce(func.max(resource.c.pk), 0)).scalar_subquery(),
    select(func.coalesce(func.max(version.c.pk), 0)).scalar_subquery(),
)
_POINT = (
    update(resource).where(resource.c.pk == bindparam("of")).values(version=bindparam("to"), live=bindparam("alive"))
)
_UNINDEX = tuple(delete(table).where(table.c.resource == bindparam("of")) for table in INDEXES)
# Rows go to the driver as tuples: a dict for each of a hundred rows would cost more than SQLite does.
_INSERT = {table: str(insert(table).compile(dialect=dialect())) for table in (resource, version, *INDEXES)}


@dataclass(slots=True)
class Job:
    """Lives inside one `Space.writing()`."""

    session: Session
    transaction: bool
    items: list[Item] = field(default_factory=list)
    updated: str = field(init=False)
    _last_resource: int = field(init=False)
    _last_version: int = field(init=False)

    def __post_init__(self) -> None:
        self.updated = instant_text(self.session.space.now())
        self._last_resource, self._last_version = self.session.connection.execute(_LAST_PKS).one()

    def new_pk(self) -> int:
        self._last_resource += 1
        return self._last_resource

    def matching(self, type_: str, criteria: Pairs) -> list[int]:
        """pks of what meets the criteria, two at most; what this job is about to write is found too."""
        self.index(item for item in self.items if item.writes)
        return matching(self.session, type_, criteria)

    def index(self, items: Iterable[Item]) -> None:
        """Makes these known to searches by value, if they are not yet."""
        waiting = [item for item in items if not item.indexed]
        rows = Rows()
        for item in waiting:
            add_values(rows, item.pk, stamped(item.content, self.updated), self.session.space.zone)
            item.indexed = True
        self._unindex(item.pk for item in waiting if not item.creates)
        self._point([(item.pk, 0) for item in waiting if item.there and item.there.deleted], live=True)
        self._insert(resource, [(item.pk, item.change.type, item.id, 0, 1) for item in waiting if not item.there])
        self.insert(rows)

    def insert(self, rows: Rows) -> None:
        for table in INDEXES:
            self._insert(table, list(getattr(rows, table.name)))

    def write(self, items: Sequence[Item]) -> list[Stored]:
        """A new version of each of these indexed items."""
        made = [self._version(item) for item in items]
        self._insert(version, [(s.version_pk, s.pk, s.number, s.method, s.updated, s.digest, s.content) for s in made])
        self._point([(stored.pk, stored.version_pk) for stored in made], live=True)
        return made

    def bury(self, there: Stored) -> Stored:
        """A last version without content, which no search finds."""
        grave = Stored(
            there.pk, self._new_version(), there.type, there.id, there.number + 1, "DELETE", self.updated, b"", b""
        )
        self._unindex([there.pk])
        self._insert(version, [(grave.version_pk, grave.pk, grave.number, grave.method, grave.updated, b"", b"")])
        self._point([(grave.pk, grave.version_pk)], live=False)
        return grave

    def _version(self, item: Item) -> Stored:
        number = item.there.number + 1 if item.there else 1
        content = filled(item.content, item.change.type, item.id, number, self.updated)
        method, made_of = item.change.method, digest(item.content)
        return Stored(
            item.pk, self._new_version(), item.change.type, item.id, number, method, self.updated, made_of, content
        )

    def _new_version(self) -> int:
        self._last_version += 1
        return self._last_version

    def _point(self, versions: Sequence[tuple[int, int]], *, live: bool) -> None:
        if versions:
            self.session.connection.execute(
                _POINT, [{"of": pk, "to": newest, "alive": int(live)} for pk, newest in versions]
            )

    def _unindex(self, pks: Iterable[int]) -> None:
        old = [{"of": pk} for pk in pks]
        for statement in _UNINDEX if old else ():
            self.session.connection.execute(statement, old)

    def _insert(self, table: Table, rows: list[tuple[Any, ...]]) -> None:
        if rows:
            self.session.connection.exec_driver_sql(_INSERT[table], rows)
