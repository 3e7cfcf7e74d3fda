"""SMART scopes: what each allows, and that every door demands one."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.routing import Route

from adapter.app import create_app
from adapter.keys import DEMO_SECRET, Keys
from adapter.security.scopes import ALL, ANYTHING, TYPES, Demand, demanded, granted, reaches_further
from adapter.settings import Settings
from mappings.region.reading import KINDS

SYSTEM = frozenset({"system"})


def letters(said: str, kind: str = "Appointment") -> str:
    """What these scopes of a system allow with a type."""
    by = granted(said, SYSTEM)
    return "".join(letter for letter in ALL if Demand(kind, letter).met(by))


@pytest.mark.parametrize(
    ("said", "allowed"),
    [
        ("system/Appointment.cud", "cud"),
        ("system/Appointment.rs", "rs"),
        ("system/Appointment.cruds", "cruds"),
        ("system/Appointment.r", "r"),
        ("system/*.rs", "rs"),
        ("system/Appointment.read", "rs"),
        ("system/Appointment.write", "cud"),
        ("system/Appointment.*", "cruds"),
        ("system/*.*", "cruds"),
        ("openid system/Appointment.r fhirUser system/Appointment.u", "ru"),
        ("system/CareTeam.cruds", ""),
        ("user/Appointment.cruds", ""),
        ("patient/Appointment.cruds", ""),
        ("", ""),
        ("system/Appointment", ""),
        ("system/Appointment.", ""),
        ("system/Appointment.sr", ""),
        ("system/Appointment.rr", ""),
        ("system/Appointment.CRUDS", ""),
        ("system/Appointment.rs?status=booked", ""),
        ("system/Appointment.readwrite", ""),
        ("system/appointment.rs", ""),
        ("system/Appoint*.rs", ""),
        ("system/.rs", ""),
        ("xsystem/Appointment.rs", ""),
        ("system/Appointment.rs\tsystem/Appointment.cud", ""),
        ("system/Appointment.rs\n", ""),
        ("system/Appointments.rs", ""),
    ],
)
def test_a_scope_allows_what_smart_says_and_one_that_is_not_understood_nothing(said: str, allowed: str) -> None:
    assert letters(said) == allowed


@pytest.mark.parametrize(
    ("request_", "demand"),
    [
        ("POST /v1/bookings", "Appointment.cu"),
        ("POST /v1/bookings/check", "Appointment.cu"),
        ("POST /v1/bookings/search", "Appointment.s"),
        ("GET /v1/bookings/A/1", "Appointment.r"),
        ("GET /v1/bookings/A/1/timeline", "Appointment.r"),
        ("POST /v1/bookings/A/1/cancel", "Appointment.u"),
        ("POST /v1/care-events", "Encounter.cu"),
        ("POST /v1/named-contacts/search", "CareTeam.s"),
        ("POST /v1/patients", "Patient.cu"),
        ("POST /v1/patients/merge", "Patient.u"),
        ("PUT /v1/chains/A/1", "Appointment.cu"),
        ("GET /v1/chains/A/1", "Appointment.r"),
        ("POST /v1/groups/A/1/cancel", "Appointment.u"),
        ("POST /v1/groups/A/1/move", "Appointment.cu"),
        ("POST /v1/waiting-list/search", "Appointment.s"),
        ("POST /v1/care-events/search", "Encounter.s"),
        ("POST /v1/care-events/A/1/arrive", "Encounter.u"),
        ("POST /v1/named-contacts/A/1/appoint", "CareTeam.u"),
        ("POST /v1/bookings/A/1/decline", "Appointment.u"),
        ("POST /v1/direct-cases", "Encounter.cu"),
        ("GET /fhir/CareTeam", "CareTeam.s"),
        ("POST /fhir/CareTeam/_search", "CareTeam.s"),
        ("GET /fhir/CareTeam/1", "CareTeam.r"),
        ("HEAD /fhir/CareTeam/1", "CareTeam.r"),
        ("GET /fhir/CareTeam/1/_history/1", "CareTeam.r"),
        ("GET /fhir/CareTeam/../Patient/1", "*.cruds"),
        ("GET /fhir/CareTeam/..", "*.cruds"),
        ("GET /fhir//Patient", "*.cruds"),
        ('GET /fhir/CareTeam"\r\nX: y', "*.cruds"),
        ("POST /fhir", "*.cruds"),
        ("PUT /fhir/CareTeam/1", "*.cruds"),
        ("DELETE /v1/bookings/A/1", "Appointment.cruds"),
        ("GET /v1/something/new", "*.cruds"),
        ("GET /v1/bookings/A/1/something/new", "Appointment.cruds"),
    ],
)
def test_a_request_demands_the_scope_of_what_it_does(request_: str, demand: str) -> None:
    method, _, path = request_.partition(" ")
    assert str(demanded(method, path)) == demand


OPEN = {"/health/live", "/health/ready", "/metrics", "/openapi.json", "/docs", "/docs/oauth2-redirect"}
TOUCHED_BY_ANY = {"/v1/messages/{id}", "/v1/changes", "/fhir/metadata"}


def test_every_door_that_is_not_open_demands_a_scope_of_one_type(tmp_path: Path) -> None:
    app = create_app(Settings(data=tmp_path), "http://127.0.0.1:1/fhir", Keys(DEMO_SECRET))
    doors = {(method, path) for path, one in app.openapi()["paths"].items() for method in one if path not in OPEN}
    assert len(doors) > 20
    demands = {path: demanded(method.upper(), path) for method, path in doors}
    assert {path for path, demand in demands.items() if demand == ANYTHING} == TOUCHED_BY_ANY
    assert [path for path, demand in demands.items() if demand in (Demand(), Demand(demand.kind))] == []
    beside = {one.path for one in app.routes if isinstance(one, Route)} - OPEN - {path for _, path in doors}
    assert beside <= {"/fhir/{path:path}"}


def test_every_kind_of_message_has_a_type_that_scopes_name_it_by() -> None:
    assert set(KINDS) - {"direct-case"} <= set(TYPES)


@pytest.mark.parametrize(
    "query",
    [
        "_include=Appointment:actor",
        "_include:iterate=PractitionerRole:practitioner",
        "_revinclude=Provenance:target",
        "_has:Encounter:appointment:status=finished",
        "patient.name=Tolvan",
        "patient:Patient.identifier=1",
        "status=booked&patient%2Ename=Tolvan",
        "status=booked&_inc%6Cude=Appointment:actor",
        "_include=",
        "_filter=patient.name eq x",
    ],
)
def test_a_search_that_tells_of_other_types_is_known(query: str) -> None:
    assert reaches_further(query)


@pytest.mark.parametrize(
    "query", ["", "status=booked", "patient=Patient/1.2", "identifier=a.b|c", "_count=10", "_id=1"]
)
def test_a_search_of_one_type_is_known(query: str) -> None:
    assert not reaches_further(query)
