"""What a client's token makes of its bearer: its sources, its patient, its staff, and never more than is configured."""

from __future__ import annotations

from typing import Any

import pytest

from adapter.security.caller import Caller, NotProven
from adapter.security.issuer import Client, caller_of
from mappings.problem import Json
from mappings.region.field import Audience
from mappings.region.people import Identity
from tests.security.signing import COSMIC, ISSUER, claims

TOLVAN, CHILD = "191212121212", "201701102384"
PASIS = "SE2321000115-PASIS"


def caller(client: Json, **said: Any) -> Caller:
    known = {"issuer": ISSUER, "id": "it", "name": "it"} | client
    return caller_of(claims(**said), Client.model_validate(known), {"tolvans-id": patient(TOLVAN)}.get)


def patient(value: str, kind: str = "personnummer") -> Identity:
    return Identity.model_validate({"kind": kind, "value": value})


# -- sources -------------------------------------------------------------------------------------------------------

SOURCE = {"audience": "source"}


def test_a_source_system_has_the_sources_that_its_client_is_configured_with() -> None:
    assert caller(SOURCE | {"sources": [COSMIC]}, sources=[PASIS]).sources == frozenset({COSMIC})


@pytest.mark.parametrize("said", [[COSMIC, PASIS], COSMIC])
def test_a_token_may_name_its_sources_where_its_client_is_configured_so(said: Any) -> None:
    named = caller(SOURCE | {"sources_from": "sources"}, sources=said)
    assert named.sources == frozenset([said] if isinstance(said, str) else said)


def test_a_token_narrows_the_sources_of_its_client_and_widens_nothing() -> None:
    both = SOURCE | {"sources": [COSMIC], "sources_from": "sources"}
    assert caller(both, sources=[COSMIC, PASIS]).sources == frozenset({COSMIC})
    assert caller(both, sources=[PASIS]).sources == frozenset()


@pytest.mark.parametrize("said", [None, 7, {"a": 1}, ["a b"], [COSMIC, 7]])
def test_a_token_that_is_to_name_its_sources_and_does_not_is_refused(said: Any) -> None:
    with pytest.raises(NotProven):
        caller(SOURCE | {"sources_from": "sources"}, sources=said)


# -- patients ------------------------------------------------------------------------------------------------------

PORTAL = {"audience": "patient", "patient_from": "pnr", "child_from": "child"}


@pytest.mark.parametrize(
    ("said", "is_"),
    [
        (TOLVAN, patient(TOLVAN)),
        ("19121212-1212", patient(TOLVAN)),
        ("197010632391", patient("197010632391", "samordningsnummer")),
        (
            {"kind": "reservidentitet", "value": "1912121A1212"},
            patient("1912121A1212", "reservidentitet"),
        ),
    ],
)
def test_a_patients_token_is_good_for_her_alone(said: Any, is_: Identity) -> None:
    her = caller(PORTAL, pnr=said)
    assert (her.audience, her.patient) == (Audience.PATIENT, is_)


@pytest.mark.parametrize(
    "said",
    [None, "", "any", "191212121213", "1912121212", "Patient/1", 191212121212, [TOLVAN], {"value": TOLVAN}],
)
def test_a_patients_token_that_does_not_name_her_is_refused(said: Any) -> None:
    with pytest.raises(NotProven):
        caller(PORTAL, pnr=said)


def test_a_guardians_token_is_good_for_the_child_alone() -> None:
    guardian = caller(PORTAL, pnr=TOLVAN, child=CHILD)
    assert (guardian.audience, guardian.patient) == (Audience.GUARDIAN, patient(CHILD))


def test_a_child_that_cannot_be_read_makes_nobody_a_patient() -> None:
    with pytest.raises(NotProven):
        caller(PORTAL, pnr=TOLVAN, child="")


def test_a_portal_names_its_patient_in_each_search_only_where_its_client_is_configured_so() -> None:
    assert caller({"audience": "patient", "patient": "any"}, pnr=TOLVAN).patient is None


BY_ID = {"audience": "patient", "patient_from": "patient", "named_by": "id"}


def test_the_patient_of_a_smart_launch_is_known_by_her_id_on_the_server() -> None:
    assert caller(BY_ID, patient="tolvans-id").patient == patient(TOLVAN)


@pytest.mark.parametrize("said", [None, "", "nobodys-id", "Patient/tolvans-id", TOLVAN, ["tolvans-id"], {"a": 1}])
def test_a_launch_whose_patient_is_not_known_here_is_refused(said: Any) -> None:
    with pytest.raises(NotProven):
        caller(BY_ID, patient=said)


# -- staff ---------------------------------------------------------------------------------------------------------

STAFF = {"audience": "staff", "relation_from": "patient", "person_from": "hsaId"}


def test_staff_has_a_relation_only_with_the_patient_that_the_token_names() -> None:
    without = caller(STAFF, hsaId="SE2321000115-P0001")
    assert (without.audience, without.patient) == (Audience.STAFF, None)
    with_ = caller(STAFF, hsaId="SE2321000115-P0001", patient=TOLVAN)
    assert (with_.audience, with_.patient) == (Audience.STAFF_WITH_RELATION, patient(TOLVAN))


def test_staff_with_a_relation_to_nobody_that_can_be_read_is_refused() -> None:
    with pytest.raises(NotProven):
        caller(STAFF, hsaId="SE2321000115-P0001", patient="everyone")


def test_the_audit_knows_who_of_the_staff_is_asking() -> None:
    assert caller(STAFF, hsaId="SE2321000115-P0001").name == "it SE2321000115-P0001"


@pytest.mark.parametrize("said", [None, "", 7, "SE2321000115 P0001", "a\nb", "å", "x" * 32])
def test_staff_without_an_hsa_id_is_refused_where_one_is_to_be_given(said: Any) -> None:
    with pytest.raises(NotProven):
        caller(STAFF, hsaId=said)


# -- scopes --------------------------------------------------------------------------------------------------------

EVERY = "patient/Patient.r user/Encounter.r system/CareTeam.r"


@pytest.mark.parametrize(
    ("client", "kinds"),
    [
        (SOURCE | {"sources": [COSMIC]}, {"CareTeam"}),
        ({"audience": "operator"}, {"CareTeam"}),
        ({"audience": "staff"}, {"CareTeam", "Encounter"}),
        ({"audience": "patient", "patient_from": "pnr"}, {"Patient"}),
        ({"audience": "guardian", "patient_from": "pnr"}, {"Patient"}),
        ({"audience": "patient", "patient": "any"}, {"CareTeam"}),
    ],
)
def test_scopes_count_only_for_whom_they_are(client: Json, kinds: set[str]) -> None:
    assert {kind for kind, _ in caller(client, scope=EVERY, pnr=TOLVAN).scopes or ()} == kinds


def test_a_token_without_scopes_allows_nothing() -> None:
    assert caller({"audience": "operator"}, scope=None).scopes == frozenset()
