"""Cancelling (domain 2, CA)."""

from __future__ import annotations

import pytest

from mappings.problem import Json
from tests.rules.messages import GONE, booking, cancelled, changed, lawful, preliminary, refusals, waiting


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
