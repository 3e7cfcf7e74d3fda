from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

import adapter.delivery
from adapter.delivery import Ledger, schema, statements
from adapter.delivery.database import engine_of, migrate
from adapter.delivery.migrations import configuration
from tests.delivery.material import REGION

PACKAGE = Path(adapter.delivery.__file__).parent
SQLITE = sa.create_engine("sqlite://").dialect
POSTGRESQL: Any = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's own


def compiled(statement: Any, dialect: sa.Dialect) -> Any:
    return statement.compile(dialect=dialect)


@pytest.mark.parametrize("name", statements.ALL)
def test_every_statement_compiles_for_postgresql(name: str) -> None:
    assert str(compiled(statements.ALL[name], POSTGRESQL))


def test_every_table_and_index_compiles_for_postgresql() -> None:
    for table in schema.metadata.sorted_tables:
        assert str(compiled(CreateTable(table), POSTGRESQL))
        for index in table.indexes:
            assert str(compiled(CreateIndex(index), POSTGRESQL))


def test_a_partial_index_is_partial_on_postgresql_too() -> None:
    ready = next(index for index in schema.parcel.indexes if index.name == "parcel_ready")
    text = str(compiled(CreateIndex(ready), POSTGRESQL))
    assert "WHERE state = 'pending' AND waits = 0" in text


def test_no_other_module_writes_sql() -> None:
    """`database` reads alembic's own table, `migrations` makes the tables; the rest is in the two of statements."""
    for file in PACKAGE.glob("*.py"):
        if file.name not in ("statements.py", "list_statements.py", "schema.py", "database.py"):
            calls = [node.func for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)]
            of_sa = [one for one in calls if isinstance(one, ast.Attribute) and ast.unparse(one.value) == "sa"]
            assert not {one.attr for one in of_sa} & {"select", "insert", "update", "delete", "text"}, file.name


def test_the_migrations_make_the_tables_of_the_schema(tmp_path: Path) -> None:
    engine = engine_of(tmp_path / "ledger.db", writes=True)
    migrate(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []
        made = {
            index["name"] for table in schema.metadata.tables for index in sa.inspect(connection).get_indexes(table)
        }
    engine.dispose()
    assert {index.name for table in schema.metadata.sorted_tables for index in table.indexes} <= made


def test_the_schema_names_the_newest_migration() -> None:
    assert ScriptDirectory.from_config(configuration()).get_current_head() == schema.HEAD


def test_a_start_without_a_migration_spares_loading_alembic(tmp_path: Path) -> None:
    program = f"""
import asyncio, sys
from adapter.delivery import Ledger
ledger = Ledger.open("sqlite:///{tmp_path}/ledger.db", "{REGION}")
print("alembic" in sys.modules)
asyncio.run(ledger.close())
"""
    said = [
        subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.strip()
        for _ in range(2)
    ]
    assert said == ["True", "False"]


def test_what_was_committed_is_flushed_to_the_disk(tmp_path: Path) -> None:
    """`synchronous=FULL` (2) in WAL: a commit that was answered outlives a power cut."""
    engine = engine_of(tmp_path / "ledger.db", writes=True)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    engine.dispose()


@pytest.mark.anyio
async def test_finding_what_is_ready_and_who_is_next_walks_indexes_only(ledger: Ledger) -> None:
    plans: dict[str, dict[str, Any]] = {
        "READY": {"priority": 0, "now": 1, "most": 32},
        "NEXT_DUE": {"priority": 0},
        "FOLLOWERS": {"parcels": [1, 2]},
        "RELEASE_EXPIRED": {"now": 1},
        "LANES_TAKEN": {"lanes": ["a", "b"]},
        "IN_NEED": {"ids": ["x"]},
        "BODIES_OF_PATIENT": {"patient_hash": "h"},
        "OPEN_MESSAGES": {},
    }
    for name, values in plans.items():
        text = compiled(statements.ALL[name], SQLITE)
        expanded = text.construct_expanded_state({**text.params, **values})
        with sa.create_engine(f"sqlite:///{ledger.path}").connect() as connection:
            ordered = tuple(expanded.parameters[one] for one in expanded.positiontup)
            steps = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {expanded.statement}", ordered).all()
        details = [step[3] for step in steps]
        assert not [step for step in details if step.startswith("SCAN") and "INDEX" not in step], (name, details)
        assert name != "READY" or not [step for step in details if "TEMP B-TREE" in step], details
