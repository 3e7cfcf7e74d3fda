"""Every SQL statement is written for PostgreSQL too (Decided 18).

The ledger's are compiled one by one in `tests/delivery/test_schema.py`; here the embedded server's, which it makes as
it goes.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Engine, event, insert
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from adapter.delivery import statements
from adapter.sandbox import running_sandbox, tables

ROOT = Path(__file__).parents[2]
APPOINTMENT = {
    "resourceType": "Appointment",
    "status": "booked",
    "start": "2026-12-01T08:00:00+01:00",
    "end": "2026-12-01T09:00:00+01:00",
    "participant": [{"actor": {"reference": "Patient/p"}, "status": "accepted"}],
}
SEARCHES = (
    "Patient?identifier=s|1&name=A&_lastUpdated=ge2020&_sort=-_id",
    "Patient?_id=p,q&_revinclude=Appointment:patient&_elements=name",
    "Appointment?patient.identifier=s|1&date=ge2026&date=lt2027&_include=Appointment:actor&_sort=date&_count=1",
    "Appointment?status:not=cancelled&patient=Patient/p&_summary=count",
)


def test_every_statement_of_the_ledger_is_compiled_for_postgresql_by_its_own_tests() -> None:
    text = (ROOT / "tests" / "delivery" / "test_schema.py").read_text("utf-8")
    functions = {node.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)}
    assert {"test_every_statement_compiles_for_postgresql", "test_no_other_module_writes_sql"} <= functions
    assert len(statements.ALL) > 40


def _written(statement: Any) -> str:
    dialect: Any = postgresql.dialect
    return str(statement.compile(dialect=dialect()))


def test_every_table_of_the_embedded_server_compiles_for_postgresql() -> None:
    for table in tables.metadata.sorted_tables:
        assert _written(insert(table)).startswith("INSERT")
        assert _written(CreateTable(table))
        assert all(_written(CreateIndex(index)) for index in table.indexes)


def test_every_statement_of_the_embedded_server_compiles_for_postgresql() -> None:
    seen: set[str] = set()

    def compiled(_: Any, statement: Any, *__: Any) -> None:
        seen.add(_written(statement))

    event.listen(Engine, "before_execute", compiled)
    try:
        with running_sandbox() as base, httpx.Client(base_url=base) as client:
            person = {"resourceType": "Patient", "id": "p", "identifier": [{"system": "s", "value": "1"}]}
            assert client.put("/Patient/p", json=person).status_code == 201
            assert client.put("/Patient/p", json=person | {"active": True}).status_code == 200
            made = client.post("/Appointment", json=APPOINTMENT, headers={"If-None-Exist": "identifier=s|2"})
            assert made.status_code == 201
            for search in SEARCHES:
                assert client.get(f"/{search}").status_code == 200, search
            assert client.get("/Patient/p/_history").status_code == 200
            assert client.delete(f"/Appointment/{made.json()['id']}").status_code in (200, 204)
    finally:
        event.remove(Engine, "before_execute", compiled)
    kinds = {text.split()[0] for text in seen}
    assert {"SELECT", "UPDATE", "DELETE"} <= kinds
    assert len(seen) > 15
