"""The tables of one space. `pk` stands for a resource everywhere: type and id are looked up once."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text, UniqueConstraint

metadata = MetaData()

resource = Table(
    "resource",
    metadata,
    Column("pk", Integer, primary_key=True),
    Column("type", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("version", Integer, nullable=False, comment="pk of its newest version"),
    Column("live", Integer, nullable=False, comment="0 once deleted"),
    UniqueConstraint("type", "id"),
    Index("resource_by_type", "type", "live", "pk", "version"),
)

version = Table(
    "version",
    metadata,
    Column("pk", Integer, primary_key=True, comment="grows over the whole space"),
    Column("resource", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("method", Text, nullable=False, comment="POST, PUT or DELETE: what made it"),
    Column("updated", Text, nullable=False, comment="meta.lastUpdated"),
    Column("digest", LargeBinary, nullable=False, comment="of the content without what the server sets"),
    Column("content", LargeBinary, nullable=False, comment="the bytes that are answered; empty for a deletion"),
    UniqueConstraint("resource", "number"),
)

# The search indexes. `param` is "Type.name". Each is its own index (WITHOUT ROWID), and is reached by resource too.

token = Table(
    "token",
    metadata,
    Column("param", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("system", Text, primary_key=True, comment="empty where there is none"),
    Column("resource", Integer, primary_key=True),
    Index("token_by_resource", "resource", "param"),
    sqlite_with_rowid=False,
)

string = Table(
    "string",
    metadata,
    Column("param", Text, primary_key=True),
    Column("folded", Text, primary_key=True, comment="without case and accents"),
    Column("exact", Text, primary_key=True),
    Column("resource", Integer, primary_key=True),
    Index("string_by_resource", "resource", "param"),
    sqlite_with_rowid=False,
)

date = Table(
    "date",
    metadata,
    Column("param", Text, primary_key=True),
    Column("low", BigInteger, primary_key=True),
    Column("high", BigInteger, primary_key=True),
    Column("resource", Integer, primary_key=True),
    Index("date_by_high", "param", "high", "low", "resource"),
    Index("date_by_resource", "resource", "param"),
    sqlite_with_rowid=False,
)

reference = Table(
    "reference",
    metadata,
    Column("param", Text, primary_key=True, comment="`*` for every reference, searchable or not"),
    Column("target", Integer, primary_key=True),
    Column("resource", Integer, primary_key=True, comment="who refers"),
    Index("reference_by_resource", "resource", "param", "target"),
    sqlite_with_rowid=False,
)

INDEXES = (token, string, date, reference)

STATISTICS = (
    ("resource", "resource_by_type", "1000000 100000 50000 1 1"),
    ("resource", "sqlite_autoindex_resource_1", "1000000 100000 1"),
    ("token", "token", "10000000 100000 20 20 1"),
    ("token", "token_by_resource", "10000000 20 2 1 1"),
    ("string", "string", "3000000 100000 20 20 1"),
    ("string", "string_by_resource", "3000000 10 2 1 1"),
    ("date", "date", "1000000 100000 20 20 1"),
    ("date", "date_by_high", "1000000 100000 20 20 1"),
    ("date", "date_by_resource", "1000000 2 1 1 1"),
    ("reference", "reference", "10000000 200000 20 1"),
    ("reference", "reference_by_resource", "10000000 20 2 1"),
)
"""How many rows share the first columns of each index, as `ANALYZE` would write it for a large space. Said beforehand,
so that SQLite plans the same in a small space and a large one: https://sqlite.org/fileformat2.html#stat1tab."""
