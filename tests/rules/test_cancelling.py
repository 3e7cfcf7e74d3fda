"""Cancelling (domain 2, CA)."""

from __future__ import annotations

import pytest

from mappings.problem import Json
from mappings.region.field import Audience
from mappings.rules.cancelling import cancellation_first
from mappings.rules.visibility import seen
from tests.region.sample import sample
from tests.rules.messages import (
    GONE,
    NOW,
    accepted,
    booking,
    cancelled,
    changed,
    derived,
    judging,
    lawful,
    parsed,
    preliminary,
    refusals,
    waiting,
)


def by_patient() -> Json:
    """Cancelled by the patient over the e-service."""
    message = changed(cancelled(), "/cancellation/by", "patient")
    return changed(message, "/cancellation/reason", "avbokas-via-e-tjanst")


def test_CA_1_cancelling_needs_a_reason() -> None:
    assert refusals(changed(cancelled(), "/cancellation", GONE)) == [("CA-1", "/cancellation")]


@pytest.mark.parametrize("status", ["booked", "noShow", "completed"])
def test_CA_1_only_what_is_cancelled_has_a_reason(status: str) -> None:
    assert refusals(changed(cancelled(), "/status", status)) == [("CA-1", "/cancellation")]


@pytest.mark.parametrize(
    "reason",
    [
        "patienten-avbokar",
        "enheten-avbokar",
        "felaktig-registrering",
        "medicinska-skal",
        "extern-faktor",
        "foretradare-avbokar",
        "sen-avbokning",
    ],
)
def test_CA_1_care_cancels_for_any_reason_but_the_e_services(reason: str) -> None:
    assert lawful(changed(cancelled(), "/cancellation/reason", reason))


def test_CA_1_the_reason_of_the_e_service_is_set_when_the_patient_cancels_and_only_then() -> None:
    assert lawful(by_patient())
    assert refusals(changed(by_patient(), "/cancellation/by", "care")) == [("CA-1", "/cancellation/reason")]
    assert refusals(changed(cancelled(), "/cancellation/by", "patient")) == [("CA-1", "/cancellation/reason")]


def test_CA_1_the_reason_of_the_e_service_cannot_be_changed_afterwards() -> None:
    assert lawful(by_patient(), previous=by_patient())
    assert refusals(cancelled(), previous=by_patient()) == [("CA-1", "/cancellation/by")]
    assert lawful(changed(cancelled(), "/cancellation/reason", "sen-avbokning"), previous=cancelled())


def test_CA_1_a_visit_that_was_booked_again_can_be_cancelled_by_care() -> None:
    assert lawful(booking(), previous=by_patient())
    assert lawful(cancelled(), previous=booking())


@pytest.mark.parametrize("back", [True, False])
def test_CA_1_back_to_the_waiting_list_is_a_choice(back: bool) -> None:
    assert lawful(changed(cancelled(), "/cancellation/backToWaitingList", back))


def test_CA_1_a_booked_visit_goes_back_to_the_waiting_list_by_being_cancelled() -> None:
    assert refusals(waiting(), previous=booking()) == [("CA-1", "/status")]
    assert lawful(waiting(), previous=changed(cancelled(), "/cancellation/backToWaitingList", True))


def test_CA_1_a_preliminary_booking_is_let_go_without_a_reason() -> None:
    assert lawful(waiting(), previous=preliminary())


# -- back to the waiting list over the e-service ---------------------------------------------------------------------


def by_patient_of(service: str) -> Json:
    """A return visit, cancelled by the patient over the e-service."""
    message = changed(by_patient(), "/lines/0/careService", service) | {"visitType": "aterbesok"}
    return changed(message, "/lines/0/duration", GONE)


def test_CA_1_over_the_e_service_the_care_service_puts_it_back_on_the_waiting_list() -> None:
    assert accepted(by_patient_of("aterbesok-lakare")).cancellation.back_to_waiting_list is True
    assert ("CA-1", "/cancellation/backToWaitingList") in derived(by_patient_of("aterbesok-lakare"))
    assert accepted(by_patient_of("ekg")).cancellation.back_to_waiting_list is False


def test_CA_1_one_that_does_not_cannot_be_said_to() -> None:
    back = changed(by_patient_of("ekg"), "/cancellation/backToWaitingList", True)
    assert refusals(back) == [("CA-1", "/cancellation/backToWaitingList")]
    assert lawful(changed(by_patient_of("aterbesok-lakare"), "/cancellation/backToWaitingList", True))


def test_CA_1_care_chooses_whatever_the_care_service_says() -> None:
    chosen = changed(by_patient_of("aterbesok-lakare"), "/cancellation/by", "care")
    chosen = changed(chosen, "/cancellation/reason", "patienten-avbokar")
    assert accepted(chosen).cancellation.back_to_waiting_list is False


def test_CA_1_a_member_of_a_group_does_not_go_back() -> None:
    member = by_patient_of("aterbesok-lakare") | {"form": "group", "group": {"id": "G-1", "patients": 8}}
    assert accepted(member).cancellation.back_to_waiting_list is False


def test_CA_1_the_systems_own_reason_is_set_by_the_system_and_only_by_it() -> None:
    dead = changed(cancelled(), "/cancellation/reason", "patienten-avliden")
    assert refusals(dead) == [("CA-1", "/cancellation/reason")]
    assert lawful(changed(dead, "/cancellation/by", "system"))
    assert refusals(changed(cancelled(), "/cancellation/by", "system")) == [("CA-1", "/cancellation/reason")]


def test_CA_1_each_sender_is_told_whose_the_reason_is() -> None:
    [patient] = judging(changed(cancelled(), "/cancellation/by", "patient")).problems
    [care] = judging(changed(by_patient(), "/cancellation/by", "care")).problems
    assert "sänd den i reason, eller by care" in patient.sv
    assert "sänd en annan i reason, eller by patient" in care.sv


# -- CA-3 ------------------------------------------------------------------------------------------------------------


def anew() -> Json:
    """The same time on another care service."""
    message = changed(booking(), "/lines/0/careService", "dietistbesok") | {"number": "4711-0200"}
    for place in ("/lines/0/duration", "/lines/0/profession"):
        message = changed(message, place, GONE)
    return message | {"replaces": "4711-0142"}


def test_CA_3_a_booking_may_replace_one_that_was_cancelled() -> None:
    assert lawful(anew(), replaced=cancelled())


def test_BO_9_what_is_replaced_was_cancelled_first() -> None:
    assert refusals(anew(), replaced=booking()) == [("BO-9", "/replaces")]


def test_IN_15_what_is_replaced_is_known_and_the_same_patients() -> None:
    other = changed(cancelled(), "/patient/identity/value", "198112189876")
    assert refusals(anew()) == [("IN-15", "/replaces")]
    assert refusals(anew(), replaced=other) == [("IN-15", "/replaces")]


def shown(*messages: Json) -> list[Json]:
    """What the patient is shown of them, in this order."""
    return [body for one in messages if (body := seen(parsed(one), Audience.PATIENT, NOW, sample()))]


def test_CA_3_the_patient_is_shown_the_cancellation_and_then_the_new_booking_linked_to_it() -> None:
    between = booking() | {"number": "4711-0150"}
    bodies = cancellation_first(shown(anew(), between, cancelled()))
    assert [(one["number"], one["status"], one.get("replaces")) for one in bodies] == [
        ("4711-0150", "booked", None),
        ("4711-0142", "cancelled", None),
        ("4711-0200", "booked", "4711-0142"),
    ]
    assert bodies[1]["lines"][0]["start"] == bodies[2]["lines"][0]["start"]
    again = cancellation_first(shown(anew(), cancelled(), between))
    assert [one["number"] for one in again] == ["4711-0142", "4711-0200", "4711-0150"]


@pytest.mark.parametrize(
    "old",
    [changed(cancelled(), "/lines/0/start", "2026-11-23T13:00:00+01:00"), booking(), cancelled() | {"source": "B"}],
    ids=["another-time", "not-cancelled", "another-source"],
)
def test_CA_3_others_keep_their_places(old: Json) -> None:
    bodies = [anew(), old]
    assert cancellation_first(bodies) == bodies
    assert cancellation_first([]) == []
