"""Ids are stable, distinct, and tell nothing of what they are made from (Decided 8)."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.server.ids import Ids
from mappings.shape.key import Key

IDS = Ids("SE2321000115", b"\x07" * 32)
KEYS = st.builds(Key, st.sampled_from(["Patient", "Appointment"]), st.text(max_size=30), st.text(max_size=30))
FHIR_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


def test_the_id_of_a_known_key_is_the_same_on_every_machine_and_in_every_release() -> None:
    key = Key("Patient", "http://electronichealth.se/identifier/personnummer", "191212121212")

    assert IDS.of(key) == "39236c1e-cd64-82bc-9f22-dece4e3a7e77"


@given(KEYS)
def test_an_id_is_a_lower_case_uuid_of_version_8_and_a_fhir_id(key: Key) -> None:
    text = IDS.of(key)
    read = uuid.UUID(text)

    assert str(read) == text
    assert (read.version, read.variant) == (8, uuid.RFC_4122)
    assert FHIR_ID.fullmatch(text)
    assert text == IDS.of(Key(*key))


@given(KEYS, KEYS)
def test_two_keys_have_two_ids(one: Key, other: Key) -> None:
    assert (IDS.of(one) == IDS.of(other)) == (one == other)


@given(st.text(min_size=1), st.text(min_size=1), st.integers(1, 8))
def test_what_stands_between_two_parts_cannot_be_moved(system: str, value: str, moved: int) -> None:
    one, other = Key("Patient", system, value), Key("Patient", system + value[:moved], value[moved:])

    assert IDS.of(one) != IDS.of(other)


@given(KEYS)
def test_another_region_or_another_secret_has_other_ids(key: Key) -> None:
    ids = {IDS.of(key), replace(IDS, region="SE2321000016").of(key), replace(IDS, key=b"\x08" * 32).of(key)}

    assert len(ids) == 3


@given(st.text(alphabet="0123456789", min_size=10, max_size=12))
def test_an_id_never_contains_the_number_it_is_made_from(number: str) -> None:
    assert number not in IDS.of(Key("Patient", "s", number)).replace("-", "")


def test_a_short_secret_is_refused_and_no_secret_is_shown() -> None:
    with pytest.raises(ValueError, match="at least 16 bytes"):
        Ids("region", b"short")

    assert "\\x07" not in repr(IDS)
