"""Which contract `Accept` asks for: whatever it holds, an answer or a refusal, never an error of ours."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from adapter.doors.contracts import Asked, asked
from adapter.doors.gateway import NotAcceptable
from adapter.security.caller import Caller
from mappings.contracts import CONTRACTS
from mappings.contracts.scheduling import SCHEDULING
from mappings.region.field import Audience

WORDS = [contract.media for contract in CONTRACTS] + [";q=0.5", ";q=x", ", ", "*/*", '"', "=", ";", "application/json"]


def asking(accept: str, kind: str = "booking", audience: Audience = Audience.STAFF) -> Asked:
    scope = {"type": "http", "headers": [(b"accept", accept.encode("latin-1", "replace"))]}
    return asked(Request(scope), kind, Caller("somebody", audience))


@given(st.lists(st.sampled_from(WORDS) | st.text(max_size=5)).map("".join), st.sampled_from(["booking", "patient"]))
def test_any_header_is_answered_or_refused(accept: str, kind: str) -> None:
    with suppress(NotAcceptable):
        found = asking(accept, kind).contract
        assert found is None or found.kind == kind


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda one: f"{one.name} of {one.kind}")
def test_each_is_asked_for_by_its_own_media_type_and_by_no_other(contract: object) -> None:
    for other in CONTRACTS:
        assert (asking(other.media, other.kind).contract is contract) == (other is contract)


def test_no_two_contracts_of_a_kind_have_the_same_media_type() -> None:
    named = [(contract.kind, contract.media) for contract in CONTRACTS]
    assert len(set(named)) == len(named)


@pytest.mark.parametrize("audience", Audience)
def test_a_contract_shows_nobody_more_than_her_own_audience_sees(audience: Audience) -> None:
    """What 1177 shows is the patient's view; a guardian keeps her own, which ends when the patient is 18 (RE-1)."""
    patients = audience in (Audience.PATIENT, Audience.GUARDIAN)
    assert asking(SCHEDULING.media, "booking", audience).audience is (audience if patients else Audience.PATIENT)
    assert asking("*/*", "booking", audience).audience is audience


@pytest.mark.parametrize("accept", ["a/" * 20_000 + '"', '"' * 20_001, "a" * 40_000, ";=" * 20_000, "," * 40_000])
def test_a_header_that_is_long_and_means_nothing_asks_for_nothing(accept: str) -> None:
    assert asking(accept).contract is None
