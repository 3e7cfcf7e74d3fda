"""Statements of SQLAlchemy Core, each compiled once and then run on the driver's own cursor.

SQLAlchemy compiles and caches well, but what it does around each run costs four times what SQLite takes for it, and an
acceptance runs twenty of them.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias

import sqlalchemy as sa
from sqlalchemy.sql.compiler import SQLCompiler

from adapter.delivery.database import wipe

Values: TypeAlias = Mapping[str, Any]
_NONE: Final[Values] = MappingProxyType({})
REMEMBERED: Final = 1_000
"""Statements that are kept compiled; more than there are, but of those that are made for what is asked."""


class _Ready(NamedTuple):
    """The text for one length of its lists, and how its values are put in order."""

    text: str
    order: Callable[[Values], tuple[Any, ...]]


class _Compiled:
    def __init__(self, statement: sa.Executable, dialect: sa.Dialect) -> None:
        compiled = statement.compile(dialect=dialect)  # type: ignore[attr-defined]  # all of `statements` have it
        assert isinstance(compiled, SQLCompiler)  # noqa: S101  tells mypy; DDL does not come here
        self._compiled = compiled
        self.fixed = {name: bind.value for bind, name in compiled.bind_names.items() if not bind.required}
        self.lists = tuple(dict.fromkeys(name for bind, name in compiled.bind_names.items() if bind.expanding))
        self._ready: dict[tuple[int, ...], _Ready] = {}
        self.row: Callable[[Iterable[Any]], Any] | None = None

    def ready(self, values: Values) -> _Ready:
        lengths = tuple(len(values.get(name, self.fixed.get(name))) for name in self.lists)
        if lengths not in self._ready:
            expanded = self._compiled.construct_expanded_state({**self.fixed, **values})
            self._ready[lengths] = _Ready(expanded.statement, _in_order(expanded.positiontup or []))
        return self._ready[lengths]

    def values(self, values: Values) -> Values:
        """All by name, a list's items each under a name of its own."""
        flat = {**self.fixed, **values}
        for name in self.lists:
            flat.update({f"{name}_{index}": item for index, item in enumerate(flat.pop(name), 1)})
        return flat


def _in_order(names: Sequence[str]) -> Callable[[Values], tuple[Any, ...]]:
    if len(names) == 1:
        return lambda values: (values[names[0]],)
    return itemgetter(*names) if names else lambda _: ()


class Session:
    """One connection of the driver."""

    def __init__(self, engine: sa.Engine) -> None:
        self._pooled = engine.raw_connection()
        self._driver: Any = self._pooled.driver_connection
        self._dialect = engine.dialect
        self._compiled: dict[sa.Executable, _Compiled] = {}

    def close(self) -> None:
        self._pooled.close()

    def text(self, sql: str) -> None:
        """For what is no statement of the tables: BEGIN, SAVEPOINT."""
        self._driver.execute(sql)

    def rollback(self) -> None:
        """Nothing where a failed commit has undone it already."""
        if self._driver.in_transaction:
            self._driver.rollback()

    def wipe(self) -> bool:
        """Between transactions; `database.wipe`."""
        return wipe(self._driver)

    def run(self, statement: sa.Executable, values: Values = _NONE) -> int:
        """How many rows it touched."""
        return int(self._ran(self._known(statement), values).rowcount)

    def many(self, statement: sa.Executable, rows: Sequence[Values]) -> None:
        """Once for each; nothing where there are none."""
        if rows:
            known = self._known(statement)
            ready = known.ready(rows[0])
            self._driver.executemany(ready.text, [ready.order({**known.fixed, **row}) for row in rows])

    def rows(self, statement: sa.Executable, values: Values = _NONE) -> list[Any]:
        """Named tuples."""
        known = self._known(statement)
        cursor = self._ran(known, values)
        if known.row is None:
            names = [column[0] for column in cursor.description]
            row: Any = namedtuple("row", names)  # type: ignore[misc]
            known.row = row._make
        return list(map(known.row, cursor))

    def row(self, statement: sa.Executable, values: Values = _NONE) -> Any:
        """The first, or None."""
        return next(iter(self.rows(statement, values)), None)

    def value(self, statement: sa.Executable, values: Values = _NONE) -> Any:
        """The first column of the first row, or None."""
        found = self.row(statement, values)
        return found[0] if found else None

    def column(self, statement: sa.Executable, values: Values = _NONE) -> list[Any]:
        return [row[0] for row in self.rows(statement, values)]

    def _ran(self, known: _Compiled, values: Values) -> Any:
        ready = known.ready(values)
        return self._driver.execute(ready.text, ready.order(known.values(values)))

    def _known(self, statement: sa.Executable) -> _Compiled:
        found = self._compiled.get(statement)
        if found is None:
            if len(self._compiled) >= REMEMBERED:
                self._compiled.clear()
            found = self._compiled[statement] = _Compiled(statement, self._dialect)
        return found
