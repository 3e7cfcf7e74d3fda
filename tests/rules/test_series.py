"""Series and copies (BO-14, BO-15, BO-27), and new visits booked together (BO-26)."""

from __future__ import annotations

from typing import Any

import pytest

from mappings.problem import Json
from tests.rules.messages import (
    GONE,
    booking,
    cancelled,
    changed,
    judging,
    lawful,
    refusals,
    warnings,
)

SURGERY = "SE2321000115-E000000000110"
"""A unit without a web time book: a series is in its place there."""


def visit(number: str = "S-1", start: str = "2026-11-24T13:00:00+01:00", **series: Any) -> Json:
    """COSMIC, Serie: return visits to one nurse every other week."""
    message = changed(booking(), "/basis/watchInterval", GONE) | {
        "number": number,
        "visitType": "aterbesok",
        "performingUnit": SURGERY,
    }
    message["summons"] = message["summons"] | {"way": "letter"}
    message["lines"] = [message["lines"][0] | {"careService": "ekg", "duration": "PT15M", "start": start}]
    message["lines"][0] |= {"profession": "sjukskoterska", "staff": "SE2321000115-P0004"}
    return message | {"series": {"id": "S", "interval": "P14D"} | series}


FIRST = visit("S-0", "2026-11-10T13:00:00+01:00")


# -- BO-14 -----------------------------------------------------------------------------------------------------------


def test_BO_14_a_series_is_of_one_interval_one_nurse_and_one_registration_date() -> None:
    assert lawful(visit(), others=(FIRST,))


def test_BO_14_a_series_says_its_interval() -> None:
    assert refusals(changed(visit(), "/series/interval", GONE)) == [("BO-14", "/series/interval")]
    assert lawful(changed(visit(copied=True), "/series/interval", GONE))


def test_BO_14_the_interval_is_the_same_for_all() -> None:
    assert refusals(visit(interval="P7D"), others=(FIRST,)) == [("BO-14", "/series/interval")]


def test_BO_14_the_registration_date_is_the_same_for_all() -> None:
    other = changed(FIRST, "/basis/registered", "2026-10-06")
    assert refusals(visit(), others=(other,)) == [("BO-14", "/basis/registered")]


def test_BO_14_the_staff_are_the_same_for_all() -> None:
    other = changed(FIRST, "/lines/0/staff", "SE2321000115-P0005")
    assert refusals(visit(), others=(other,)) == [("BO-14", "/lines/0/staff")]
    assert lawful(visit(), others=(changed(FIRST, "/lines/0/staff", GONE),))
    assert lawful(changed(visit(), "/lines/0/staff", GONE), others=(other,))


@pytest.mark.parametrize(
    ("start", "interval", "kept"),
    [
        ("2026-11-24", "P14D", True),
        ("2026-12-22", "P14D", True),
        ("2026-10-27", "P14D", True),
        ("2026-11-23", "P14D", False),
        ("2026-11-10", "P14D", False),
        ("2026-11-24", "P2W", True),
        ("2026-11-17", "P2W", False),
        ("2026-11-16", "P2W", False),
        ("2026-12-10", "P1M", True),
        ("2026-12-11", "P1M", False),
        ("2026-11-10", "P1M", False),
        ("2027-11-10", "P1Y", True),
        ("2027-05-10", "P1Y", False),
    ],
)
def test_BO_14_visits_lie_the_interval_apart(start: str, interval: str, kept: bool) -> None:
    other = changed(FIRST, "/series/interval", interval)
    message = visit(start=f"{start}T15:00:00+01:00", interval=interval)
    assert refusals(message, others=(other,)) == ([] if kept else [("BO-14", "/lines/0/start")])


def test_BO_14_the_last_day_of_a_month_is_a_month_from_the_last_of_another() -> None:
    february = visit("S-0", "2027-02-28T13:00:00+01:00", interval="P1M")
    assert lawful(visit(start="2027-03-31T13:00:00+02:00", interval="P1M"), others=(february,))
    assert lawful(visit(start="2027-03-28T13:00:00+02:00", interval="P1M"), others=(february,))


def test_BO_14_copies_without_an_interval_lie_as_they_like() -> None:
    copies = [
        changed(visit(number, f"{day}T13:00:00+01:00", copied=True), "/series/interval", GONE)
        for number, day in (("S-1", "2026-11-24"), ("S-0", "2026-11-11"))
    ]
    assert lawful(copies[0], others=(copies[1],))


@pytest.mark.parametrize("who", ["this one", "the other"])
def test_BO_14_a_visit_that_has_been_moved_is_not_held_to_the_interval(who: str) -> None:
    told = {"start": "2026-11-24T13:00:00+01:00", "reason": "enheten-ombokar", "at": "2026-11-12T10:00:00+01:00"}
    moved = visit(start="2026-11-26T13:00:00+01:00") | {"rebookings": [told]}
    apart = changed(moved, "/lines/0/staff", "SE2321000115-P0005")
    one, other = (apart, FIRST) if who == "this one" else (FIRST, apart)
    assert lawful(one, others=(other,))


def test_BO_14_a_visit_that_is_cancelled_holds_no_place() -> None:
    gone = changed(FIRST, "/lines/0/start", "2026-11-11T13:00:00+01:00") | {
        "status": "cancelled",
        "cancellation": cancelled()["cancellation"],
    }
    assert lawful(visit(), others=(gone,))


@pytest.mark.parametrize("differs", [{"source": "SE2321000115-PASIS"}, {"series": {"id": "T", "interval": "P7D"}}])
def test_BO_14_only_visits_of_the_same_series_are_compared(differs: Json) -> None:
    other = changed(FIRST, "/lines/0/start", "2026-11-11T13:00:00+01:00") | differs
    if "source" in differs:
        other = {"source": differs["source"], **{k: v for k, v in other.items() if k != "source"}}
    assert lawful(visit(), others=(other,))


def test_BO_14_a_visit_is_not_compared_with_itself() -> None:
    assert lawful(visit("S-0"), previous=visit("S-0") | {"version": 2}, others=(FIRST,))


def repeated() -> Json:
    """One action that is repeated on one day, under one contact."""
    message = visit(oneContact=True)
    del message["series"]["interval"]
    again = message["lines"][0] | {"number": "2", "owner": False, "start": "2026-11-24T15:00:00+01:00"}
    return message | {"lines": [message["lines"][0], again]}


def test_BO_14_one_contact_for_one_action_repeated_on_one_day() -> None:
    assert lawful(repeated())


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("/lines/1/start", "2026-11-25T13:00:00+01:00"),
        ("/lines/1/careService", "hembesok-sjukskoterska"),
        ("/lines/1", GONE),
    ],
)
def test_BO_14_one_contact_is_for_nothing_else(place: str, value: Any) -> None:
    problems = judging(changed(repeated(), place, value)).problems
    assert ("BO-14", "/series/oneContact") in [(one.rule, one.path) for one in problems]


def test_BO_14_one_contact_is_single() -> None:
    message = changed(changed(repeated(), "/form", "coPlanned"), "/lines/1/joins", True)
    assert refusals(message) == [("BO-14", "/series/oneContact")]


def test_BO_14_one_contact_is_with_one_nurse() -> None:
    assert refusals(changed(repeated(), "/lines/1/staff", "SE2321000115-P0005")) == [("BO-14", "/lines/1/staff")]


# -- BO-15, BO-27 ----------------------------------------------------------------------------------------------------


def new_visit(**series: Any) -> Json:
    message = visit(**series) | {"visitType": "nybesok"}
    message["lines"] = [booking()["lines"][0] | {"start": "2026-11-24T13:00:00+01:00", "staff": "SE2321000115-P0004"}]
    return message


def test_BO_15_a_new_visit_is_never_copied() -> None:
    assert lawful(visit(copied=True))
    assert refusals(new_visit(copied=True)) == [("BO-15", "/series/copied")]


def test_BO_15_what_a_copy_was_made_of_is_no_new_visit() -> None:
    copy = visit("S-0", "2026-11-10T13:00:00+01:00", copied=True)
    assert refusals(new_visit(), others=(copy,)) == [("BO-15", "/series/copied")]
    assert lawful(new_visit(), others=(FIRST,))


def test_BO_27_a_series_where_patients_handle_their_times_is_warned_about() -> None:
    at_the_clinic = changed(visit(), "/performingUnit", booking()["performingUnit"])
    assert warnings(at_the_clinic) == [("BO-27", "/series")]
    assert lawful(visit())


# -- BO-26 -----------------------------------------------------------------------------------------------------------


def other_new_visit(start: str, **said: Any) -> Json:
    message = booking() | {"number": "4711-0199"} | said
    message["basis"] = message["basis"] | {"number": "BU-99"}
    return changed(message, "/lines/0/start", start)


def test_BO_26_two_new_visits_at_once_may_be_booked_together() -> None:
    assert lawful(booking(), others=(other_new_visit("2026-11-24T12:00:00Z"),))


def test_BO_26_two_new_visits_of_one_day_at_different_times_are_warned_about() -> None:
    other = other_new_visit("2026-11-24T15:00:00+01:00")
    assert warnings(booking(), others=(other,)) == [("BO-26", "/lines/0/start")]


@pytest.mark.parametrize(
    "other",
    [
        other_new_visit("2026-11-25T15:00:00+01:00"),
        other_new_visit("2026-11-24T15:00:00+01:00", responsibleUnit=SURGERY),
        other_new_visit("2026-11-24T15:00:00+01:00", visitType="aterbesok"),
        other_new_visit("2026-11-24T15:00:00+01:00", status="annulled"),
        other_new_visit(
            "2026-11-24T15:00:00+01:00", patient={"identity": {"kind": "personnummer", "value": "198112189876"}}
        ),
    ],
    ids=["another day", "another responsible unit", "a return visit", "annulled", "another patient"],
)
def test_BO_26_says_nothing_of_visits_that_are_not_booked_together(other: Json) -> None:
    assert lawful(booking(), others=(other,))


def test_BO_26_new_visits_on_one_basis_are_booked_together_wherever_they_are() -> None:
    other = other_new_visit("2026-11-24T15:00:00+01:00", responsibleUnit=SURGERY) | {"basis": booking()["basis"]}
    assert warnings(booking(), others=(other,)) == [("BO-26", "/lines/0/start")]


def test_BO_26_two_new_visits_in_one_co_planned_contact() -> None:
    line = booking()["lines"][0]
    dietitian = {"number": "2", "owner": False, "profession": "dietist", "careService": "dietistbesok", "joins": True}
    dietitian |= {"staff": "SE2321000115-P0002", "duration": "PT45M"}
    message = booking() | {"form": "coPlanned", "lines": [line, dietitian | {"start": line["start"]}]}
    assert lawful(message)
    assert warnings(changed(message, "/lines/1/start", "2026-11-24T14:00:00+01:00")) == [("BO-26", "/lines/1/start")]
