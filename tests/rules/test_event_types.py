"""Types of care event: what they follow from, what they demand, what they become (domain 4; SDV 3.1)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from mappings.codes.care_events import KIND, EventClass, class_of
from mappings.problem import Json
from mappings.region.care_event import EventType
from mappings.region.catalogue_files import load
from mappings.region.field import Audience
from mappings.rules.visibility import PATIENTS, listed, seen
from tests.region.sample import replaced, sample
from tests.rules.messages import (
    GONE,
    NOW,
    accepted,
    booking,
    cancelled,
    changed,
    derived,
    event,
    judging,
    lawful,
    millennium,
    of_a_child,
    parsed,
    planned_event,
    refusals,
    waiting,
    warnings,
)

HOME = {"admittedFrom": "hemmet"}

TYPES = {
    EventClass.ACUTE: {"acute"},
    EventClass.PRE_REGISTRATION: {"hiddenOutpatient", "preRegisteredAdmission", "preRegisteredOutpatient"}
    | {"preRegisteredDiagnostics"},
    EventClass.OBSERVATION: {"observation"},
    EventClass.INPATIENT: {"inpatient", "newborn"},
    EventClass.OUTPATIENT: {"diagnostics", "clinicalOngoing", "withoutVisit", "primaryCare", "specialised"}
    | {"specialisedPlace", "outpatientConsult"},
    EventClass.OTHER: {"admin", "annulled", "foetus", "historical", "missed"},
}
"""SDV 3.1.1.1-3.1.1.6, and the pre-registered diagnostic contact of 3.1.3."""


def region(rule: str, *, on: bool) -> Any:
    was, now = (f"{rule} = {str(value).lower()}" for value in (not on, on))
    return load(replaced("region.toml", was, now))


# -- EV-1 ------------------------------------------------------------------------------------------------------------


def test_EV_1_every_type_is_of_one_class() -> None:
    assert {kind: {one.value for one in EventType if class_of(one) is kind} for kind in EventClass} == TYPES


def test_EV_1_an_event_has_one_type() -> None:
    assert refusals(changed(changed(event(), "/eventType", GONE), "/booking", GONE)) == [("EV-1", "/eventType")]


@pytest.mark.parametrize(
    "kind", ["acute", "observation", "inpatient", "newborn", "primaryCare", "diagnostics", "clinicalOngoing", "admin"]
)
def test_EV_1_a_type_that_demands_no_more_is_taken_in(kind: str) -> None:
    assert lawful(changed(event(), "/eventType", kind))


@pytest.mark.parametrize("kind", ["hiddenOutpatient", "preRegisteredOutpatient"])
def test_EV_1_what_has_begun_is_no_pre_registration(kind: str) -> None:
    assert refusals(changed(event(), "/eventType", kind)) == [("EV-1", "/eventType")]


@pytest.mark.parametrize("status", ["arrived", "ongoing", "checkedOut", "finished"])
def test_EV_1_a_contact_has_begun_once_the_patient_has_come(status: str) -> None:
    message = changed(event(), "/eventType", "hiddenOutpatient") | {"status": status}
    assert ("EV-1", "/eventType") in [(one.rule, one.path) for one in judging(message).problems]


@pytest.mark.parametrize("kind", ["specialised", "inpatient", "acute", "missed"])
def test_EV_1_what_is_planned_is_a_pre_registration(kind: str) -> None:
    assert refusals(changed(planned_event(), "/eventType", kind)) == [("EV-1", "/eventType")]


def test_EV_1_a_foetus_is_planned_and_no_pre_registration() -> None:
    assert lawful(changed(planned_event(), "/eventType", "foetus"))
    assert lawful(changed(planned_event(), "/eventType", "admin"))


# -- EV-12 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("origin", "kind"), [("booking", "hiddenOutpatient"), ("referral", "hiddenOutpatient")])
def test_EV_12_a_booking_or_an_accepted_referral_makes_a_hidden_event(origin: str, kind: str) -> None:
    assert accepted(changed(planned_event(), "/origin", origin)).event_type == kind


def test_EV_12_an_event_of_a_booking_came_about_by_it() -> None:
    assert accepted(planned_event()).event_type == "hiddenOutpatient"
    assert ("EV-12", "/eventType") in derived(planned_event())
    assert refusals(changed(planned_event(), "/booking", GONE)) == [("EV-1", "/eventType")]


def test_EV_12_a_planned_admission_is_pre_registered_and_activated_on_arrival() -> None:
    planned = planned_event() | {"origin": "plannedAdmission"}
    assert accepted(planned).event_type == "preRegisteredAdmission"
    come = event() | {"status": "ongoing", "eventType": "preRegisteredAdmission"}
    assert accepted(changed(come, "/end", GONE)).event_type == "inpatient"
    assert ("EV-12", "/eventType") in derived(changed(come, "/end", GONE))


def test_EV_12_a_pre_registered_diagnostic_contact_is_activated_too() -> None:
    assert accepted(event() | {"eventType": "preRegisteredDiagnostics"}).event_type == "diagnostics"


@pytest.mark.parametrize("origin", ["booking", "referral", "dropIn"])
def test_EV_12_a_visit_that_has_begun_is_of_its_care_areas_type(origin: str) -> None:
    assert accepted(millennium() | {"origin": origin}).event_type == "primaryCare"


@pytest.mark.parametrize("status", ["cancelled", "annulled"])
def test_EV_12_what_neither_is_to_come_nor_has_begun_gets_no_type(status: str) -> None:
    message = planned_event() | {"status": status, "noNotesOrTransactions": True}
    assert ("EV-1", "/eventType") in [(one.rule, one.path) for one in judging(message).problems]


@pytest.mark.parametrize(("origin", "kind"), [("acuteArrival", "acute"), ("plannedAdmission", "inpatient")])
def test_EV_12_what_has_begun_is_of_the_type_that_it_came_about_by(origin: str, kind: str) -> None:
    assert accepted(changed(event(), "/eventType", GONE) | {"origin": origin}).event_type == kind


def test_EV_12_an_unbooked_contact_is_without_visit_or_a_drop_in() -> None:
    assert accepted(millennium()).event_type == "primaryCare"
    message = millennium("Pv SSK Telefon Återbesök") | {"origin": "withoutVisit", "contactType": "telefon"}
    assert accepted(message).event_type == "withoutVisit"


@pytest.mark.parametrize("origin", ["acuteArrival", "withoutVisit", "dropIn"])
def test_EV_12_what_only_arises_by_arriving_is_never_planned(origin: str) -> None:
    assert refusals(changed(planned_event(), "/origin", origin)) == [("EV-1", "/eventType")]


def test_EV_12_a_care_area_whose_type_nobody_knows_gives_none() -> None:
    message = millennium() | {"careArea": "Psyk"}
    assert refusals(changed(message, "/visitType", GONE)) == [("EV-1", "/eventType")]


# -- EV-2, EV-11 -----------------------------------------------------------------------------------------------------

START = datetime.fromisoformat("2026-11-24T13:00:00+01:00")


@pytest.mark.parametrize(
    ("before", "kind"),
    [
        (timedelta(hours=24, seconds=1), "hiddenOutpatient"),
        (timedelta(hours=24), "preRegisteredOutpatient"),
        (timedelta(hours=1), "preRegisteredOutpatient"),
    ],
)
def test_EV_2_a_booked_visit_is_hidden_until_24_hours_before(before: timedelta, kind: str) -> None:
    assert accepted(planned_event(), now=START - before).event_type == kind


def test_EV_2_the_booked_time_is_the_bookings() -> None:
    message = changed(planned_event(), "/bookedTime", GONE)
    assert accepted(message, visit=booking(), now=START).event_type == "preRegisteredOutpatient"
    assert accepted(message, now=START).event_type == "hiddenOutpatient"
    assert ("EV-10", "/bookedTime") in derived(message, visit=booking())


def test_EV_10_the_booked_time_is_told_only_of_what_is_planned_and_only_where_nobody_says_it() -> None:
    for sent in (planned_event(), event()):
        assert "EV-10" not in [rule for rule, _ in derived(sent, visit=booking())]
    unbooked = changed(planned_event(), "/bookedTime", GONE)
    assert "EV-10" not in [rule for rule, _ in derived(unbooked, visit=waiting())]


def test_EV_2_on_arrival_it_becomes_its_care_areas_outpatient_type() -> None:
    message = millennium("Med LÄK Nybesök") | {"eventType": "hiddenOutpatient", "careCommitment": {"number": "V"}}
    message |= {"status": "ongoing"}
    assert accepted(changed(message, "/end", GONE)).event_type == "specialised"


def test_EV_2_the_change_is_kept_as_history() -> None:
    before = planned_event() | {"eventType": "hiddenOutpatient"}
    kept = accepted(event(), previous=before)
    assert [(one.event_type, one.until) for one in kept.event_type_history] == [("hiddenOutpatient", NOW)]
    assert ("EV-2", "/eventTypeHistory") in derived(event(), previous=before)


def test_EV_2_the_former_type_lasted_until_the_patient_came() -> None:
    before = planned_event() | {"eventType": "hiddenOutpatient"}
    came = datetime.fromisoformat(event()["start"])
    for now in (came, came + timedelta(hours=1)):
        kept = accepted(event(), previous=before, now=now)
        assert [one.until for one in kept.event_type_history] == [came]
    assert ("EV-2", "/eventType") in derived(planned_event(), now=START)
    assert ("EV-2", "/eventType") not in derived(planned_event(), now=START - timedelta(days=2))


def test_EV_2_earlier_history_is_carried_on() -> None:
    former = {"eventType": "hiddenOutpatient", "until": "2026-11-19T13:00:00+01:00"}
    before = planned_event() | {"eventType": "preRegisteredOutpatient", "eventTypeHistory": [former]}
    kept = accepted(event(), previous=before)
    assert [one.event_type for one in kept.event_type_history] == ["hiddenOutpatient", "preRegisteredOutpatient"]
    same = accepted(event() | {"version": 2}, previous=event() | {"eventTypeHistory": [former]})
    assert [one.event_type for one in same.event_type_history] == ["hiddenOutpatient"]


def test_EV_2_what_the_source_says_of_the_history_stands() -> None:
    former = {"eventType": "preRegisteredOutpatient", "until": "2026-11-24T13:04:00+01:00"}
    kept = accepted(event() | {"eventTypeHistory": [former]}, previous=planned_event())
    assert [one.event_type for one in kept.event_type_history] == ["preRegisteredOutpatient"]


@pytest.mark.parametrize("audience", [Audience.STAFF, Audience.STAFF_WITH_RELATION])
def test_EV_11_hidden_events_are_not_listed_for_staff(audience: Audience) -> None:
    hidden = accepted(planned_event())
    assert not listed(hidden, audience)
    assert listed(accepted(event()), audience)
    assert listed(parsed(booking()), audience)
    assert listed(hidden, Audience.SOURCE)


# -- EV-3 ------------------------------------------------------------------------------------------------------------


def cancelled_at(at: str, reason: str = "patienten-avbokar") -> Json:
    return cancelled() | {"cancellation": {"reason": reason, "at": at}}


def test_EV_3_the_event_of_a_patient_who_did_not_come_is_missed() -> None:
    kept = accepted(planned_event(), visit=changed(booking(), "/status", "noShow"))
    assert (kept.event_type, kept.status) == ("missed", "cancelled")
    assert {("EV-3", "/eventType"), ("EV-3", "/status")} <= set(
        derived(planned_event(), visit=changed(booking(), "/status", "noShow"))
    )


@pytest.mark.parametrize(
    ("at", "kind"),
    [
        ("2026-11-23T13:00:00+01:00", "hiddenOutpatient"),
        ("2026-11-23T13:00:01+01:00", "missed"),
        ("2026-11-24T12:59:00+01:00", "missed"),
    ],
)
def test_EV_3_so_is_that_of_a_patient_who_cancels_with_less_than_24_hours_left(at: str, kind: str) -> None:
    assert accepted(planned_event(), visit=cancelled_at(at)).event_type == kind


def test_EV_3_a_booking_that_stands_or_had_no_time_is_not_missed() -> None:
    untimed = changed(cancelled_at("2026-11-24T12:59:00+01:00"), "/lines/0/start", GONE)
    booked_again = changed(cancelled_at("2026-11-24T12:59:00+01:00"), "/status", "booked")
    for visit in (untimed, booked_again, changed(cancelled(), "/cancellation", GONE)):
        assert accepted(planned_event(), visit=visit).event_type == "hiddenOutpatient"


def test_EV_3_an_event_that_was_cancelled_with_its_booking_is_missed_too() -> None:
    off = planned_event() | {"status": "cancelled", "eventType": "preRegisteredOutpatient"}
    kept = accepted(off, visit=changed(booking(), "/status", "noShow"))
    assert (kept.event_type, kept.status) == ("missed", "cancelled")
    assert (
        accepted(off | {"eventType": "preRegisteredAdmission"}, visit=changed(booking(), "/status", "noShow")) != kept
    )


@pytest.mark.parametrize("kind", ["preRegisteredAdmission", "preRegisteredDiagnostics"])
def test_EV_3_only_a_visit_to_come_is_missed(kind: str) -> None:
    message = planned_event() | {"eventType": kind}
    assert accepted(message, visit=changed(booking(), "/status", "noShow")).event_type == kind


def test_EV_3_and_EV_5_are_switches_that_a_region_turns_on() -> None:
    silent = load(replaced("region.toml", "EV-3 = true\n", ""))
    assert (
        accepted(planned_event(), visit=changed(booking(), "/status", "noShow"), catalogue=silent).status == "planned"
    )
    without = load(replaced("region.toml", "EV-5 = false\n", ""))
    assert warnings(changed(event(), "/careCommitment", GONE), catalogue=without) == [("EV-5", "/careCommitment")]


def test_EV_3_a_unit_that_cancels_misses_nothing() -> None:
    late = cancelled_at("2026-11-24T12:00:00+01:00", "enheten-avbokar")
    assert accepted(planned_event(), visit=late).event_type == "hiddenOutpatient"


def test_EV_3_a_region_without_the_rule_has_no_missed_events() -> None:
    missed = changed(booking(), "/status", "noShow")
    assert accepted(planned_event(), visit=missed, catalogue=region("EV-3", on=False)).event_type == "hiddenOutpatient"


def test_EV_3_a_visit_that_took_place_is_not_missed() -> None:
    assert accepted(event(), visit=changed(booking(), "/status", "noShow")).event_type == "specialised"


# -- EV-4, EV-5 ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("place", "value"), [("/status", "annulled"), ("/eventType", "annulled")])
@pytest.mark.parametrize("said", [GONE, False])
def test_EV_4_what_has_notes_or_transactions_is_not_annulled(place: str, value: str, said: object) -> None:
    message = changed(event(), "/noNotesOrTransactions", True)
    message = changed(message, place, value)
    assert lawful(message)
    assert refusals(changed(message, "/noNotesOrTransactions", said)) == [("EV-4", "/noNotesOrTransactions")]


@pytest.mark.parametrize("kind", ["specialised", "specialisedPlace"])
def test_EV_5_specialised_care_is_under_a_commitment(kind: str) -> None:
    message = changed(event(), "/eventType", kind)
    without = changed(message, "/careCommitment", GONE)
    assert lawful(message)
    assert warnings(without) == [("EV-5", "/careCommitment")]
    assert refusals(without, catalogue=region("EV-5", on=True)) == [("EV-5", "/careCommitment")]


def test_EV_5_primary_care_and_what_is_only_planned_need_none() -> None:
    assert lawful(changed(changed(event(), "/eventType", "primaryCare"), "/careCommitment", GONE))
    assert lawful(changed(planned_event(), "/careCommitment", GONE))


# -- EV-7, EV-10, EV-13…EV-16 ----------------------------------------------------------------------------------------


def test_EV_7_the_table_of_check_out_and_discharge_is_the_sources() -> None:
    rows = {
        "manual automatic": {"specialised"},
        "automatic automatic": {"primaryCare", "diagnostics", "outpatientConsult"},
        "manual manual": {"specialisedPlace"},
        "none automatic": {"withoutVisit", "missed"},
        "none manual": {"clinicalOngoing", "inpatient", "newborn", "acute", "observation", "annulled"},
        "none converted": TYPES[EventClass.PRE_REGISTRATION],
        "none none": {"admin", "foetus", "historical"},
    }
    found: dict[str, set[str]] = {}
    for kind, row in KIND.items():
        found.setdefault(f"{row.check_out.value} {row.discharge.value}", set()).add(kind.value)
    assert found == rows
    assert set(KIND) == set(EventType)


def test_EV_7_an_automatic_discharge_has_its_end_at_23_59() -> None:
    message = changed(event(), "/end", GONE)
    assert accepted(message).end.isoformat() == "2026-11-24T23:59:00+01:00"
    assert ("EV-7", "/end") in derived(message)


def test_EV_7_one_that_is_discharged_by_hand_says_when() -> None:
    message = changed(changed(event(), "/end", GONE), "/eventType", "inpatient")
    assert refusals(message) == [("IN-8", "/end")]
    assert lawful(changed(message, "/status", "ongoing"))


@pytest.mark.parametrize("status", ["planned", "arrived", "ongoing", "checkedOut", "cancelled"])
def test_EV_7_what_is_not_discharged_does_not_go_to_1177(status: str) -> None:
    for audience in PATIENTS:
        whole = of_a_child(event())
        assert seen(parsed(whole), audience, NOW, sample())
        assert seen(parsed(changed(whole, "/status", status)), audience, NOW, sample()) is None


def test_IN_8_what_has_begun_says_when() -> None:
    assert refusals(changed(changed(event(), "/start", GONE), "/end", GONE)) == [("IN-8", "/start")]


@pytest.mark.parametrize("kind", ["specialised", "primaryCare", "admin"])
def test_EV_10_from_where_and_to_where_is_of_inpatients(kind: str) -> None:
    admitted = changed(event(), "/admission", HOME)
    assert refusals(changed(admitted, "/eventType", kind)) == [("EV-10", "/admission")]
    assert lawful(changed(admitted, "/eventType", "inpatient"))


def test_EV_10_a_pre_registered_admission_has_its_expected_date() -> None:
    message = planned_event() | {"eventType": "preRegisteredAdmission"}
    assert lawful(message)
    assert refusals(changed(message, "/bookedTime", GONE)) == [("EV-10", "/bookedTime")]


def test_EV_13_a_foetus_becomes_newborn_at_birth() -> None:
    born = changed(event(), "/eventType", "foetus")
    assert ("EV-13", "/eventType") in derived(born)
    kept = accepted(born, previous=planned_event() | {"eventType": "foetus"})
    assert kept.event_type == "newborn"
    assert [one.event_type for one in kept.event_type_history] == ["foetus"]
    assert accepted(planned_event() | {"eventType": "foetus"}).event_type == "foetus"


def test_EV_13_a_newborn_is_not_admitted_in_the_usual_sense() -> None:
    message = changed(event(), "/eventType", "newborn")
    assert lawful(message)
    assert warnings(changed(message, "/admission", HOME)) == [("EV-13", "/admission")]


def test_EV_14_historical_events_come_by_migration_only() -> None:
    message = changed(event(), "/eventType", "historical")
    assert refusals(message) == [("EV-14", "/eventType")]
    assert lawful(message | {"origin": "migration"})


def test_EV_15_a_contact_without_visit_has_no_booking_and_no_visit() -> None:
    message = changed(event(), "/eventType", "withoutVisit")
    assert refusals(message) == [("EV-15", "/booking"), ("EV-15", "/contactType")]
    unbooked = changed(message, "/booking", GONE)
    for contact_type in ("telefonkontakt", "videobesok", "brev"):
        assert lawful(changed(unbooked, "/contactType", contact_type))


def test_EV_16_a_consult_is_made_during_other_care_and_the_patient_moves() -> None:
    message = changed(event(), "/eventType", "outpatientConsult")
    assert refusals(message) == [("EV-16", "/consultedFrom"), ("EV-16", "/patientMoves")]
    assert lawful(message | {"consultedFrom": "VH-0", "patientMoves": True})
    assert refusals(message | {"consultedFrom": "VH-1", "patientMoves": True}) == [("EV-16", "/consultedFrom")]
    assert refusals(message | {"consultedFrom": "VH-0", "patientMoves": False}) == [("EV-16", "/patientMoves")]


@pytest.mark.parametrize("part", ["admission", "fee"])
def test_IN_9_a_part_that_says_nothing_is_refused(part: str) -> None:
    with pytest.raises(AssertionError, match="IN-9"):
        parsed(changed(event(), f"/{part}", {}))
