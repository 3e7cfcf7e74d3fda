"""The waiting list: what a row shows, and what rows are asked for (BO-19, BO-31)."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Any

import pytest

from mappings.problem import Json
from mappings.region.basis import MedicalPriority
from mappings.region.people import Identity, IdentityKind
from mappings.region.summons import SummonsStatus
from mappings.rules.waiting_list import Between, Filter, Listed, Row, row, select
from tests.region.sample import sample
from tests.rules.messages import (
    CLINIC,
    COSMIC,
    GONE,
    NOW,
    booking,
    cancelled,
    changed,
    parsed,
    patient,
    preliminary,
    waiting,
)


def of(message: Json, *earlier: Json) -> Row | None:
    return row(parsed(message), sample().sources[COSMIC], NOW, [parsed(one) for one in earlier])


def listed(message: Json, *earlier: Json) -> Row:
    found = of(message, *earlier)
    assert found is not None
    return found


# -- which rows ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "status"),
    [
        (waiting(), Listed.PLANNED),
        (changed(waiting(), "/status", "openSummons"), Listed.PLANNED),
        (preliminary(), Listed.PLANNED),
        (changed(cancelled(), "/cancellation/backToWaitingList", True), Listed.PLANNED),
        (booking(), Listed.BOOKED),
        (changed(booking(), "/basis/kind", "quick"), Listed.BOOKED),
        (changed(booking(), "/status", "arrived"), Listed.BOOKED),
        (changed(booking(), "/status", "checkedIn"), Listed.BOOKED),
        (changed(booking(), "/status", "noShow"), Listed.MISSED),
    ],
    ids=lambda one: one["status"] if isinstance(one, dict) else one.value,
)
def test_BO_19_a_row_is_planned_or_booked_or_missed(message: Json, status: Listed) -> None:
    assert listed(message).listed is status


@pytest.mark.parametrize(
    "message",
    [cancelled(), changed(booking(), "/status", "completed"), changed(booking(), "/status", "annulled")],
    ids=lambda one: one["status"],
)
def test_BO_19_what_is_over_is_not_on_the_list(message: Json) -> None:
    assert of(message) is None


# -- what a row shows ------------------------------------------------------------------------------------------------


def whole() -> Json:
    """A row with everything that the list has a column for."""
    message = booking() | {"acute": True, "series": {"id": "S-1"}}
    message["basis"] |= {
        "created": "2026-10-05T08:00:00+02:00",
        "medicalPriority": "low",
        "category1": "Diabetes",
        "category2": "HVNY",
        "team": "Team 1",
        "shortNotice": True,
        "followUp": {"firstContact": "2026-10-01", "plannedAction": "Kontroll", "diagnosis": "E11.9"},
    }
    message["summons"] = {"way": "letter", "wantsNoLetters": True, "status": "letterChosen"}
    return message


def test_BO_31_a_row_shows_what_the_documents_list_shows() -> None:
    one = listed(whole())
    assert (one.source, one.number, one.patient.identity.value) == (COSMIC, "4711-0142", "191212121212")
    assert (one.performing_unit, one.staff, one.profession) == (CLINIC, "SE2321000115-P0001", "lakare")
    assert (one.care_service, one.contact_type, one.visit_type) == (
        "mottagningsbesok-lakare",
        "mottagningsbesok",
        "nybesok",
    )
    assert (one.registered, one.target_date) == (date(2026, 10, 5), date(2026, 12, 28))
    assert (one.priority, one.category1, one.category2, one.team) == (
        MedicalPriority.LOW,
        "Diabetes",
        "HVNY",
        "Team 1",
    )
    assert (one.short_notice, one.acute, one.series) == (True, True, "S-1")
    assert (one.summons, one.summons_changed, one.missing_fee) == (SummonsStatus.LETTER_CHOSEN, True, True)
    assert (one.follow_up.first_contact, one.follow_up.planned_action) == (date(2026, 10, 1), "Kontroll")
    assert one.waiting is not None
    assert one.waiting.days == 50


def test_BO_31_what_is_not_said_is_empty() -> None:
    one = listed(changed(changed(waiting(), "/basis", GONE), "/summons", GONE))
    assert (one.short_notice, one.acute, one.summons_changed) == (False, False, False)
    assert (one.waiting, one.summons, one.registered, one.follow_up.decided) == (None, None, None, None)


def test_BO_31_it_shows_why_it_was_last_cancelled_and_last_rebooked() -> None:
    off = changed(cancelled(), "/cancellation/reason", "enheten-avbokar")
    moves = [
        {"start": "2026-11-20T13:00:00+01:00", "reason": reason, "at": f"2026-11-1{day}T10:00:00+01:00"}
        for day, reason in ((2, "patienten-ombokar"), (3, "sen-ombokning"))
    ]
    one = listed(booking() | {"rebookings": moves}, off)
    assert (one.cancel_reason, one.rebook_reason) == ("enheten-avbokar", "sen-ombokning")
    assert (listed(booking()).cancel_reason, listed(booking()).rebook_reason) == (None, None)


@pytest.mark.parametrize(
    ("said", "missing"),
    [(None, True), ({"visitCost": 100}, True), ({"patientFee": 0}, False), ({"noPaymentInformation": True}, False)],
)
def test_BO_19_a_fee_is_missing_where_none_is_said_and_one_is_wanted(said: Json | None, missing: bool) -> None:
    message = booking() if said is None else booking() | {"selfCheckIn": said}
    assert listed(message).missing_fee is missing


# -- what is asked for -----------------------------------------------------------------------------------------------

ASKED: dict[str, tuple[Any, Any]] = {
    "units": (frozenset({CLINIC, "other"}), frozenset({"other"})),
    "care_services": (frozenset({"mottagningsbesok-lakare"}), frozenset({"ekg"})),
    "visit_types": (frozenset({"nybesok"}), frozenset({"aterbesok"})),
    "professions": (frozenset({"lakare"}), frozenset({"dietist"})),
    "contact_types": (frozenset({"mottagningsbesok"}), frozenset({"brev"})),
    "categories1": (frozenset({"Diabetes"}), frozenset({"Astma"})),
    "categories2": (frozenset({"HVNY", "HV"}), frozenset({"Spirometri"})),
    "teams": (frozenset({"Team 1"}), frozenset({"Team 2"})),
    "priorities": (frozenset({MedicalPriority.LOW}), frozenset({MedicalPriority.HIGH})),
    "registered": (Between(date(2026, 10, 5), date(2026, 10, 5)), Between(date(2026, 10, 6), None)),
    "target_date": (Between(None, date(2026, 12, 28)), Between(None, date(2026, 12, 27))),
    "planned": (True, True),
    "booked": (True, False),
    "missed": (False, True),
    "short_notice": (True, None),
    "acute": (True, None),
    "summons_changed": (True, None),
    "missing_fee": (True, None),
    "whole_series": (True, None),
    "patient": (
        Identity(kind=IdentityKind.PERSONNUMMER, value="191212121212"),
        Identity(kind=IdentityKind.PERSONNUMMER, value="198112189876"),
    ),
}
"""Of each filter: what the whole row fits, and what it does not; of a box that is ticked, the bare row tells."""


def bare() -> Json:
    return changed(booking() | {"selfCheckIn": {"patientFee": 275}}, "/number", "4711-0001")


@pytest.mark.parametrize("name", [field.name for field in fields(Filter)])
def test_BO_19_every_filter_of_the_document_asks_for_what_it_says(name: str) -> None:
    fitting, other = ASKED[name]
    one, without = listed(whole()), listed(bare())
    assert select([one], Filter(**{name: fitting})) == [one]
    if other is None and name != "whole_series":
        assert select([one, without], Filter(**{name: fitting})) == [one]
    elif name not in ("planned", "whole_series"):
        assert select([one], Filter(**{name: other})) == []


def test_BO_19_nothing_is_asked_for_at_first_but_missed_contacts_stand_apart() -> None:
    rows = [listed(waiting()), listed(booking()), listed(changed(booking(), "/status", "noShow"))]
    assert select(rows, Filter()) == rows[:2]
    assert select([listed(bare())], Filter()) == [listed(bare())]
    assert select(rows, Filter(planned=False)) == rows[1:2]
    assert select(rows, Filter(booked=False)) == rows[:1]
    assert select(rows, Filter(missed=True)) == rows[2:]


def test_BO_19_a_row_without_the_day_that_is_asked_for_is_left_out() -> None:
    undated = listed(changed(waiting(), "/basis/registered", GONE))
    assert select([undated], Filter(registered=Between(date(2026, 1, 1), None))) == []
    assert select([undated], Filter()) == [undated]


def test_BO_31_filters_are_asked_together() -> None:
    one = listed(whole())
    assert select([one], Filter(acute=True, teams=frozenset({"Team 2"}))) == []


def test_BO_31_a_whole_series_comes_with_each_of_it_that_fits() -> None:
    first, second = listed(whole()), listed(changed(whole(), "/number", "4711-0002"))
    calm = listed(changed(changed(whole(), "/acute", False), "/number", "4711-0003"))
    other = listed(changed(changed(whole(), "/acute", False), "/series/id", "S-2") | {"number": "4711-0004"})
    assert select([first, second, calm, other], Filter(acute=True)) == [first, second]
    assert select([first, second, calm, other], Filter(acute=True, whole_series=True)) == [first, second, calm]
    assert select([listed(bare())], Filter(acute=True, whole_series=True)) == []


def test_BO_31_one_patient_is_known_by_any_of_her_numbers() -> None:
    local = Identity(kind=IdentityKind.RESERVNUMMER, value="R1A")
    hers = listed(booking() | {"patient": patient() | {"identities": [{"kind": "reservnummer", "value": "R1A"}]}})
    assert select([hers], Filter(patient=local)) == [hers]
    assert select([listed(booking())], Filter(patient=local)) == []


def test_BO_19_the_kinds_of_rows_have_words_in_the_contract() -> None:
    assert [one.value for one in Listed] == ["planned", "booked", "missed"]
