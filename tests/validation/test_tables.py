"""The tables are R4's: every invariant that R4 gives the described types is kept, or its absence has a reason."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest

from adapter.validation import R4, RULES, narrative
from adapter.validation.contained import LABELLED, NESTED, UNREFERENCED, VERSIONED
from adapter.validation.faults import NO_VALUE, NOT_CONTAINED
from adapter.validation.invariants_of_resources import MEMBERS

TABLES: dict[str, Any] = json.loads((files("adapter.validation") / "r4.json").read_bytes())
KEPT_ELSEWHERE = {
    "ele-1": NO_VALUE.en,
    "ref-1": NOT_CONTAINED.en,
    "txt-1": narrative.NOT_HARMLESS.en,
    "txt-2": narrative.BLANK.en,
    "dom-2": NESTED.en,
    "dom-3": UNREFERENCED.en,
    "dom-4": VERSIONED.en,
    "dom-5": LABELLED.en,
}
LEFT_OUT = {"sqty-1": "a SimpleQuantity has no comparator in the table, so one is an unknown element"}


def test_every_invariant_of_r4_that_is_an_error_is_kept() -> None:
    errors = {key for key, row in TABLES["constraints"].items() if row["severity"] == "error"}
    assert {each.key for each in R4.invariants if each.key} == errors - KEPT_ELSEWHERE.keys() - LEFT_OUT.keys()
    assert KEPT_ELSEWHERE.keys() | LEFT_OUT.keys() <= errors


@pytest.mark.parametrize(("key", "text"), KEPT_ELSEWHERE.items())
def test_an_invariant_kept_elsewhere_is_told_by_its_key(key: str, text: str) -> None:
    assert f"({key})" in text


def test_a_warning_of_r4_is_no_problem() -> None:
    assert [key for key, row in TABLES["constraints"].items() if row["severity"] != "error"] == ["con-3", "dom-6"]


def test_an_invariant_is_asked_where_r4_says() -> None:
    published = {key: set(row["on"]) for key, row in TABLES["constraints"].items()}
    for each in R4.invariants:
        if each.key and each.key != "ext-1":  # r4.json has it once, not at every extension
            assert {place.split(".")[0] for place in published[each.key]} == {place.split(".")[0] for place in each.on}
            assert all(place in published[each.key] or each.key == "ctm-1" for place in each.on)


def test_an_invariant_has_both_languages() -> None:
    assert all(each.sv and each.en and each.sv != each.en for each in R4.invariants)


def test_the_rules_of_this_room_are_in_20_to_24() -> None:
    assert [rule.id for rule in RULES] == ["IN-20", "IN-21", "IN-22", "IN-23", "IN-24"]
    assert all(rule.sv.endswith(".") and rule.en.endswith(".") and rule.source for rule in RULES)


def test_the_tables_say_where_they_are_from() -> None:
    assert "4.0.1" in TABLES["source"]
    assert TABLES["licence"] == "CC0-1.0"


def test_what_the_tables_say_is_what_r4_says() -> None:
    appointment = R4.types["Appointment"]
    assert R4.codes["appointmentstatus"] == (
        *("proposed", "pending", "booked", "arrived", "fulfilled", "cancelled", "noshow", "entered-in-error"),
        *("checked-in", "waitlist"),
    )
    assert (appointment["status"].min, appointment["status"].codes) == (1, "appointmentstatus")
    assert (appointment["participant"].min, appointment["participant"].many) == (1, True)
    assert R4.types["Appointment.participant"]["actor"].targets == frozenset(
        ("Patient", "Practitioner", "PractitionerRole", "RelatedPerson", "Device", "HealthcareService", "Location")
    )
    assert appointment["supportingInformation"].targets is None
    assert R4.types["CareTeam.participant"]["member"].targets == frozenset(MEMBERS)
    assert len(R4.resource_types) == 146


def test_all_that_the_tables_name_is_in_them() -> None:
    for rows in R4.types.values():
        for row in rows.values():
            for kind in row.choice.values() or [row.type]:
                assert kind in R4.types or kind in R4.primitives or kind == "Resource"
            assert row.codes is None or row.codes in R4.codes
            assert row.targets is None or row.targets <= R4.resource_types
    assert R4.described <= R4.types.keys()
