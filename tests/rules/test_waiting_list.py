"""The waiting list: what a row shows, and what rows are asked for (BO-19, BO-31)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mappings.listing import Among, Between, Sought
from mappings.problem import Json
from mappings.region.basis import MedicalPriority
from mappings.region.people import Identity, IdentityKind
from mappings.region.summons import SummonsStatus
from mappings.region.waiting_list import COLUMNS, DATES, Days, Filter, Listed
from mappings.rules.waiting import lost_times
from mappings.rules.waiting_list import LAST, Row, listing, row, select, shown, sought
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
    lost = [lost for one in earlier for lost in lost_times(parsed(one))]
    return row(parsed(message), sample().sources[COSMIC], NOW, lost)


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
    "registered": (Days(first=date(2026, 10, 5), last=date(2026, 10, 5)), Days(first=date(2026, 10, 6))),
    "target_date": (Days(last=date(2026, 12, 28)), Days(last=date(2026, 12, 27))),
    "waiting_since": (Days(last=date(2026, 10, 5)), Days(last=date(2026, 10, 4))),
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


@pytest.mark.parametrize("name", list(Filter.model_fields))
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
    assert select([undated], Filter(registered=Days(first=date(2026, 1, 1)))) == []
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


def test_BO_19_rows_come_by_target_date_and_those_without_one_last() -> None:
    late, early = (changed(whole(), "/basis/targetDate", day) for day in ("2027-01-02", "2026-12-01"))
    rows = [listed(changed(whole(), "/basis/targetDate", GONE)), listed(late), listed(early)]
    assert select(rows, Filter()) == [rows[2], rows[1], rows[0]]


# -- kept to be searched ---------------------------------------------------------------------------------------------


def test_BO_19_what_the_list_keeps_is_what_it_is_searched_on_and_nothing_of_the_patient() -> None:
    kept = listing(parsed(whole()))
    assert kept is not None
    assert (kept.standing, kept.rank, kept.together) == ("booked", date(2026, 12, 28).toordinal(), "S-1")
    assert kept.said == {
        "performing_unit": CLINIC,
        "care_service": "mottagningsbesok-lakare",
        "visit_type": "nybesok",
        "profession": "lakare",
        "contact_type": "mottagningsbesok",
        "category1": "Diabetes",
        "category2": "HVNY",
        "team": "Team 1",
        "priority": "low",
        "short_notice": 1,
        "acute": 1,
        "summons_changed": 1,
        "missing_fee": 1,
        "registered": date(2026, 10, 5).toordinal(),
        "waiting_since": date(2026, 10, 5).toordinal(),
    }
    assert set(kept.said) == {*COLUMNS, *DATES}


def test_BO_19_what_is_not_said_is_not_kept_and_what_is_over_has_no_place() -> None:
    kept = listing(parsed(changed(bare(), "/basis", {"kind": "quick"})))
    assert kept is not None
    assert (kept.rank, kept.together) == (LAST, None)
    assert not {"acute", "missing_fee", "registered", "category1"} & kept.said.keys()
    assert listing(parsed(cancelled())) is None


def test_BO_31_what_is_asked_for_is_told_as_the_list_keeps_it() -> None:
    assert sought(Filter()) == Sought(("planned", "booked"))
    asked = Filter(
        units=(CLINIC, CLINIC),
        priorities=(MedicalPriority.LOW,),
        acute=True,
        registered=Days(first=date(2026, 10, 5)),
        target_date=Days(last=date(2026, 12, 28)),
        missed=True,
        whole_series=True,
    )
    assert sought(asked) == Sought(
        standings=("missed",),
        ranks=Between("rank", 0, date(2026, 12, 28).toordinal()),
        conditions=(
            Among("performing_unit", (CLINIC,)),
            Among("priority", ("low",)),
            Among("acute", (1,)),
            Between("registered", date(2026, 10, 5).toordinal(), LAST - 1),
        ),
        together_on=("planned", "booked", "missed"),
    )


def test_BO_20_a_row_tells_the_wait_with_the_rule_in_both_languages() -> None:
    told = shown(listed(whole()))
    assert (told["listed"], told["summonsChanged"], told["missingFee"]) == ("booked", True, True)
    assert not {"cancelReason", "rebookReason"} & told.keys()
    said = told["waiting"]
    assert (said["days"], said["running"], said["guarantee"]) == (50, False, True)
    assert [said["clock"]["state"], said["clock"]["rule"]] == ["booked", "BO-20"]
    assert [(leg["days"], leg["counts"], leg["rule"]) for leg in said["legs"]] == [(50, True, "BO-20")]
    for one in (said["clock"], *said["legs"]):
        assert one["sv"] != one["en"]


def test_BO_24_the_wait_is_unknown_where_nobody_said_when_the_basis_was_made() -> None:
    said = shown(listed(booking()))["waiting"]
    assert said.keys() == {"clock"}
    assert [said["clock"]["state"], said["clock"]["rule"]] == ["unknown", "BO-24"]


def test_BO_19_the_kinds_of_rows_have_words_in_the_contract() -> None:
    assert [one.value for one in Listed] == ["planned", "booked", "missed"]
