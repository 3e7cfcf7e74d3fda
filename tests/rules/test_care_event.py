"""Care events (domain 4)."""

from __future__ import annotations

from datetime import datetime

import pytest

from mappings.problem import Json
from tests.region.sample import sample
from tests.rules.messages import GONE, accepted, changed, derived, event, lawful, planned_event, refusals, team_event

PASIS = "SE2321000115-PASIS"


def in_pasis(message: Json, contact_type: str) -> Json:
    """The event in the codes of PASiS, which has no version numbers."""
    message = changed(message, "/version", GONE) | {"source": PASIS, "changedAt": "2026-11-24T14:00:00+01:00"}
    for line, profession in zip(message["lines"], ("LÄK", "DIET"), strict=False):
        line["profession"] = profession
    return message | {"contactType": contact_type}


# -- CO-1, CO-2, CO-4 ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("contact_type", "code"),
    [
        ("NY", "XS900"),
        ("ÅB", "XS900"),
        ("KO", "XS900"),
        ("KI", "XS900"),
        ("KB", "XS003"),
        ("KT", "XS012"),
        ("VK", "XS014"),
    ],
)
def test_CO_1_the_contact_type_of_pasis_gives_the_code(contact_type: str, code: str) -> None:
    kept = accepted(in_pasis(event(), contact_type))
    assert kept.kva == code


@pytest.mark.parametrize("contact_type", ["NY", "ÅB", "KO", "KI"])
def test_CO_1_a_team_visit_has_a_code_of_its_own(contact_type: str) -> None:
    assert accepted(in_pasis(team_event(), contact_type)).kva == "XS902"


def test_CO_1_a_contact_without_a_type_gets_no_code() -> None:
    assert accepted(changed(event(), "/contactType", GONE)).kva is None


def test_CO_1_says_that_it_was_derived() -> None:
    assert ("CO-1", "/kva") in derived(event())


@pytest.mark.parametrize(
    ("category", "code"),
    [
        ("31", "XS910"),
        ("40", "XS911"),
        ("32", "XS912"),
        ("33", "XS913"),
        ("41", "XS914"),
        ("10", "XS915"),
        ("34", "XS917"),
        ("30", "XS918"),
        ("20", None),
    ],
)
def test_CO_2_the_staff_category_gives_each_members_code(category: str, code: str | None) -> None:
    message = changed(in_pasis(event(), "ÅB"), "/lines/0/profession", GONE)
    assert category in sample().sources[PASIS].table("staff-categories")
    assert accepted(changed(message, "/lines/0/staffCategory", category)).lines[0].kva == code


def test_CO_2_the_category_follows_the_profession_where_it_is_not_said() -> None:
    assert [(line.staff_category, line.kva) for line in accepted(team_event()).lines] == [
        ("10", "XS915"),
        ("32", "XS912"),
    ]
    assert [path for rule, path in derived(team_event()) if rule == "CO-2"] == [
        "/lines/0/staffCategory",
        "/lines/0/kva",
        "/lines/1/staffCategory",
        "/lines/1/kva",
    ]


def test_CO_2_what_the_sender_says_stands() -> None:
    assert accepted(changed(event(), "/lines/0/staffCategory", "31")).lines[0].kva == "XS910"


def test_CO_2_nurses_have_no_code_and_none_is_guessed() -> None:
    message = changed(event(), "/lines/0/profession", "sjukskoterska")
    assert ("CO-2", "/lines/0/kva") not in derived(message)
    assert accepted(message).lines[0].kva is None


@pytest.mark.parametrize("place", ["/kva", "/lines/0/kva"])
def test_CO_4_an_xs_code_is_never_sent(place: str) -> None:
    assert refusals(changed(event(), place, "XS900")) == [("CO-4", place)]


def test_CO_4_the_derived_codes_are_no_fault_of_the_sender() -> None:
    assert lawful(event())


@pytest.mark.parametrize("code", ["XS900", "XS904", "XS012", "XS910", "XS918"])
def test_CO_4_nor_as_a_procedure(code: str) -> None:
    message = changed(event(), "/procedures", [{"number": "1", "code": "DT007"}])
    assert lawful(message)
    assert refusals(changed(message, "/procedures/0/code", code)) == [("CO-4", "/procedures/0/code")]


@pytest.mark.parametrize(("form", "code"), [("group", "XS903"), ("groupTeam", "XS904")])
def test_CO_1_a_group_visit_has_the_code_of_its_form(form: str, code: str) -> None:
    message = (team_event() if form == "groupTeam" else event()) | {"form": form, "group": {"id": "G-1", "patients": 8}}
    assert accepted(message).kva == code


def test_CO_1_what_is_only_planned_has_no_code_yet() -> None:
    assert accepted(planned_event()).kva is None


# -- the rest ----------------------------------------------------------------------------------------------------


def test_IN_15_the_booking_that_it_carries_out_has_been_taken_in() -> None:
    assert refusals(event(), booking_known=False) == [("IN-15", "/booking")]
    assert lawful(changed(event(), "/booking", GONE), booking_known=False)


def test_IN_9_an_event_ends_after_it_starts() -> None:
    assert refusals(changed(event(), "/end", "2026-11-24T13:04:59+01:00")) == [("IN-9", "/end")]
    assert lawful(changed(event(), "/end", event()["start"]))


def test_IN_9_an_event_may_span_the_night_when_clocks_go_back() -> None:
    message = changed(event(), "/start", "2026-10-25T02:30:00+02:00")
    message = changed(message, "/end", "2026-10-25T02:10:00+01:00")
    assert lawful(message)
    kept = accepted(message)
    assert kept.end.timestamp() - kept.start.timestamp() == 40 * 60


# -- EV-7: a message that comes late ---------------------------------------------------------------------------------

LATE = datetime.fromisoformat("2026-11-25T08:00:00+01:00")
"""The day after the visit."""


def open_event(status: str, kind: str = "primaryCare") -> Json:
    return {name: said for name, said in event().items() if name != "end"} | {"status": status, "eventType": kind}


@pytest.mark.parametrize("status", ["arrived", "ongoing", "checkedOut"])
def test_EV_7_a_message_that_comes_after_23_59_is_as_the_clock_has_left_the_event(status: str) -> None:
    message = open_event(status)
    discharged = message | {"status": "finished", "end": "2026-11-24T23:59:00+01:00"}
    kept = accepted(message, now=LATE, previous=discharged)
    assert (kept.status, kept.end) == ("finished", datetime.fromisoformat("2026-11-24T23:59:00+01:00"))
    assert {("EV-7", "/status"), ("EV-7", "/checkedOut"), ("EV-7", "/end")} <= set(derived(message, now=LATE))
    in_time = datetime.fromisoformat("2026-11-24T23:58:59+01:00")
    assert accepted(message, now=in_time).status == status


def test_EV_7_a_missed_contact_that_is_told_of_late_is_closed() -> None:
    message = planned_event() | {"status": "cancelled", "eventType": "missed"}
    assert accepted(message, now=LATE).end == datetime.fromisoformat("2026-11-24T23:59:00+01:00")


def test_EV_7_what_is_discharged_by_hand_is_as_it_is_sent_however_late() -> None:
    assert accepted(open_event("ongoing", "inpatient"), now=LATE).status == "ongoing"


def test_EV_6_no_outcome_is_demanded_of_what_the_clock_has_discharged() -> None:
    message = open_event("ongoing", "specialised")
    assert accepted(message, now=LATE).status == "finished"
    assert refusals(open_event("checkedOut", "specialised"), now=LATE) == [("EV-6", "/outcome")]
