"""What a space holds, by id and by version."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Row, Select, bindparam, select

from adapter.sandbox.tables import resource, version


@dataclass(frozen=True, slots=True)
class Stored:
    """One version of a resource. `content` is what a read answers, to the byte; a deletion is a version without any."""

    pk: int
    version_pk: int
    type: str
    id: str
    number: int
    method: str
    updated: str
    digest: bytes
    content: bytes

    @property
    def deleted(self) -> bool:
        return self.method == "DELETE"

    @property
    def etag(self) -> str:
        return f'W/"{self.number}"'


_COLUMNS = (
    resource.c.pk,
    version.c.pk,
    resource.c.type,
    resource.c.id,
    version.c.number,
    version.c.method,
    version.c.updated,
    version.c.digest,
    version.c.content,
)
_AT = (resource.c.type == bindparam("type"), resource.c.id == bindparam("id"))
_NEWEST = select(*_COLUMNS).join(version, version.c.pk == resource.c.version).where(*_AT)
_EVERY = select(*_COLUMNS).join(version, version.c.resource == resource.c.pk).where(*_AT)
_NUMBERED = _EVERY.where(version.c.number == bindparam("number"))
_HISTORY = _EVERY.with_only_columns(version.c.pk).order_by(version.c.number.desc())
_CHOSEN = (
    select(*_COLUMNS)
    .join(resource, resource.c.pk == version.c.resource)
    .where(version.c.pk.in_(bindparam("pks", expanding=True)))
)


def newest(connection: Connection, type_: str, id_: str) -> Stored | None:
    """Its last version, which may be a deletion; `None` where there never was one."""
    return _one(connection.execute(_NEWEST, {"type": type_, "id": id_}).first())


def numbered(connection: Connection, type_: str, id_: str, number: int) -> Stored | None:
    return _one(connection.execute(_NUMBERED, {"type": type_, "id": id_, "number": number}).first())


def history(connection: Connection, type_: str, id_: str, since: str = "") -> Sequence[int]:
    """The pks of its versions, the newest first; `since` is an instant as the server writes them."""
    query: Select[int] = _HISTORY.where(version.c.updated >= since) if since else _HISTORY
    return connection.execute(query, {"type": type_, "id": id_}).scalars().all()


def chosen(connection: Connection, version_pks: Iterable[int]) -> list[Stored]:
    """These versions, in the order asked for."""
    wanted = list(version_pks)
    if not wanted:
        return []
    found = {row[1]: Stored(*row) for row in connection.execute(_CHOSEN, {"pks": wanted})}
    return [found[pk] for pk in wanted if pk in found]


def _one(row: Row[int, int, str, str, int, str, str, bytes, bytes] | None) -> Stored | None:
    return Stored(*row) if row else None


def with_pk(connection: Connection, pk: int) -> Stored:
    """The newest version of the resource that has this pk."""
    query = select(*_COLUMNS).join(version, version.c.pk == resource.c.version).where(resource.c.pk == bindparam("of"))
    return Stored(*connection.execute(query, {"of": pk}).one())
