"""Every search reaches its rows by an index: SQLite itself is asked how it would go about it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.dialects.sqlite.pysqlite import dialect

from adapter.sandbox.resource_types import SEARCH_PARAMS
from adapter.sandbox.search import pairs, read_search
from adapter.sandbox.search_sql import matches, number_of_matches, referred, referrers, referring
from adapter.sandbox.settings import SandboxSettings
from adapter.sandbox.space import Session, Space

VALUES = {"token": "urn:oid:1|x", "reference": "x", "string": "x", "uri": "urn:oid:1.2", "date": "2026"}
MODIFIERS = {"token": ("", ":not"), "string": ("", ":exact", ":contains"), "reference": ("", ":identifier")}


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    space = Space(SandboxSettings(), None)
    with space.reading("http://localhost/fhir") as session:
        yield session
    space.close()


def steps(session: Session, statement: object) -> list[str]:
    sql = str(statement.compile(dialect=dialect(), compile_kwargs={"literal_binds": True}))  # type: ignore[attr-defined]
    return [row[3] for row in session.connection.exec_driver_sql("EXPLAIN QUERY PLAN " + sql.replace("%", "%%"))]


def assert_indexed(session: Session, statement: object, names: str) -> None:
    scans = [step for step in steps(session, statement) if step.startswith("SCAN")]
    assert not scans, (names, scans)


def searches(type_: str) -> Iterator[str]:
    for param in SEARCH_PARAMS[type_].values():
        for modifier in (*MODIFIERS.get(param.kind, ("",)), ":missing"):
            yield f"{param.name}{modifier}={'true' if modifier == ':missing' else VALUES[param.kind]}"
        if param.kind == "date":
            yield from (f"{param.name}={prefix}2026" for prefix in ("ne", "gt", "ge", "lt", "le", "sa", "eb"))
        if param.kind == "reference":
            yield f"{param.name}._id=x"
            yield from (
                f"{param.name}:{target}.identifier=x"
                for target in param.targets
                if "identifier" in SEARCH_PARAMS[target]
            )


@pytest.mark.parametrize("type_", sorted(SEARCH_PARAMS))
def test_every_parameter_is_searched_by_an_index_alone_and_beside_another(session: Session, type_: str) -> None:
    for search in ("", "_id=x,y", *searches(type_)):
        for beside in ("", "&_lastUpdated=ge2026&_sort=-_lastUpdated,_id"):
            read = read_search(session, type_, pairs((search + beside).strip("&")))
            assert_indexed(session, matches(type_, read.conditions, read.sort), search + beside)
    assert_indexed(session, number_of_matches(type_, []), "a count")


def test_includes_and_the_look_for_referrers_use_an_index(session: Session) -> None:
    for params in SEARCH_PARAMS.values():
        for param in params.values():
            if param.kind == "reference":
                assert_indexed(session, referred(param, param.targets).params(pks=[1, 2]), param.key)
                assert_indexed(session, referring(param).params(pks=[1, 2]), param.key)
    assert_indexed(session, referrers(1), "referrers")


def test_a_condition_beside_a_narrow_one_is_asked_of_its_candidates_only(session: Session) -> None:
    """Were it not, a search by patient would walk through every booking of the year."""
    read = read_search(session, "Appointment", pairs("patient.identifier=a|b&date=ge2026&status=booked&_sort=-date"))
    plan = steps(session, matches("Appointment", read.conditions, read.sort))
    assert sum("date_by_resource (resource=? AND param=?" in step for step in plan) == 3
    assert any("token_by_resource (resource=? AND param=?" in step for step in plan)
