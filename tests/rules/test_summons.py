"""Summons and open summons (SU, OC)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from mappings.problem import Json
from mappings.region.catalogue_files import load
from tests.region.sample import replaced
from tests.rules.messages import (
    GONE,
    accepted,
    booking,
    cancelled,
    changed,
    derived,
    judging,
    lawful,
    preliminary,
    refusals,
    waiting,
    warnings,
)

SURGERY = "SE2321000115-E000000000110"
"""A unit without a web time book."""


CHILD = {"identity": {"kind": "personnummer", "value": "201212121212"}}
"""Thirteen years old on 12 December 2025."""
GROWN = {"identity": {"kind": "personnummer", "value": "198112189876"}}
WITHOUT_BIRTHDAY = {
    "identity": {"kind": "reservidentitet", "value": "20121212ABCD"},
    "memberships": [{"kind": "selfPaying"}],
}
BY_BIRTHDAY = WITHOUT_BIRTHDAY | {"birthDate": "2012-12-12"}


def called(**summons: Any) -> Json:
    return booking() | {"summons": summons}


def letter_at_surgery(message: Json) -> Json:
    """Called by letter to a unit where nothing else can be chosen."""
    message = changed(message, "/performingUnit", SURGERY)
    return changed(message, "/summons/way", "letter")


# -- SU-1 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("summons", "way"),
    [
        ({"hasAccount": True}, "digital"),
        ({"wantsNoLetters": True}, "digital"),
        ({"hasAccount": False}, "letter"),
        ({"hasAccount": False, "wantsNoLetters": True}, "letter"),
        ({"freeText": "Kom i tid."}, "letter"),
    ],
)
def test_SU_1_digital_is_the_default_where_it_can_be_chosen(summons: Json, way: str) -> None:
    message = called(**summons)
    assert derived(message) == [("SU-1", "/summons/way")]
    assert accepted(message).summons.way == way


@pytest.mark.parametrize("kind", ["quick", "free"])
def test_SU_1_digital_is_the_default_for_a_quick_basis_and_a_free_booking_too(kind: str) -> None:
    message = called(wantsNoLetters=True)
    message = changed(message, "/free", True) if kind == "free" else changed(message, "/basis/kind", "quick")
    message = changed(message, "/basis/number", GONE) if kind == "quick" else message
    assert accepted(message).summons.way == "digital"


@pytest.mark.parametrize("lacking", ["account", "web time book", "care service"])
def test_SU_1_digital_cannot_be_chosen_where_something_is_lacking(lacking: str) -> None:
    message = called(way="digital", hasAccount=lacking != "account")
    if lacking == "web time book":
        message = changed(message, "/performingUnit", SURGERY)
    if lacking == "care service":
        message = changed(changed(message, "/lines/0/careService", "ekg"), "/lines/0/duration", "PT15M")
        message = changed(changed(message, "/visitType", "aterbesok"), "/lines/0/profession", "sjukskoterska")
    assert refusals(message) == [("SU-1", "/summons/way")]
    assert lawful(changed(message, "/summons/way", "letter"))


def test_SU_1_a_digital_summons_is_always_sent_where_it_can_be() -> None:
    assert refusals(called(way="letter", hasAccount=True)) == [("SU-1", "/summons/way")]
    assert lawful(called(way="digital", hasAccount=True, letterToo=True))
    assert lawful(called(way="letter"))


def test_SU_1_what_was_called_off_calls_nobody() -> None:
    off = cancelled() | {"summons": {"way": "digital", "hasAccount": False}}
    assert lawful(off)
    for to_come in (booking(), preliminary(), waiting()):
        refused = judging(to_come | {"summons": off["summons"]}).problems
        assert ("SU-1", "/summons/way") in [(one.rule, one.path) for one in refused]


@pytest.mark.parametrize(
    ("patient", "letter"), [(CHILD, True), (BY_BIRTHDAY, True), (GROWN, None), (WITHOUT_BIRTHDAY, None)]
)
def test_SU_1_patients_of_13_to_17_always_get_a_letter(patient: Json, letter: bool | None) -> None:
    message = called(way="digital") | {"patient": patient}
    assert accepted(message).summons.letter_too is letter
    assert derived(message) == ([("SU-1", "/summons/letterToo")] if letter else [])
    refused = changed(message, "/summons/letterToo", False)
    assert refusals(refused) == ([("SU-1", "/summons/letterToo")] if letter else [])


@pytest.mark.parametrize(("day", "letter"), [("2025-12-11", None), ("2025-12-12", True), ("2030-12-11", True)])
def test_SU_1_from_the_day_of_thirteen_to_the_day_before_eighteen(day: str, letter: bool | None) -> None:
    now = datetime.fromisoformat(f"{day}T12:00:00+01:00")
    message = changed(called(way="digital") | {"patient": CHILD}, "/basis/registered", "2025-10-05")
    assert accepted(message, now=now).summons.letter_too is letter
    after = datetime.fromisoformat("2030-12-12T12:00:00+01:00")
    assert accepted(message, now=after).summons.letter_too is None


def test_SU_1_a_booking_that_calls_nobody_is_left_as_it_is() -> None:
    message = changed(booking(), "/summons", GONE) | {"patient": CHILD}
    assert derived(message) == []
    assert lawful(message)


# -- SU-2, SU-5 ------------------------------------------------------------------------------------------------------


def video() -> Json:
    message = changed(changed(booking(), "/lines/0/careService", "videobesok-lakare"), "/lines/0/duration", "PT20M")
    return message | {"contactType": "videobesok", "visitType": "aterbesok"}


def test_SU_2_the_letter_without_an_address_is_for_distance_visits() -> None:
    assert lawful(changed(video(), "/summons/template", "withoutAddress"))
    assert refusals(changed(booking(), "/summons/template", "withoutAddress")) == [("SU-2", "/summons/template")]
    assert lawful(changed(booking(), "/summons/template", "guardian"))


@pytest.mark.parametrize(
    ("contact_type", "asked"),
    [("videobesok", "frasen"), ("telefonbesok", "frasen"), ("telefonkontakt", "frasen"), ("annan-plats", "platsen")],
)
def test_SU_5_a_letter_says_how_or_where_to_meet(contact_type: str, asked: str) -> None:
    message = changed(booking(), "/contactType", contact_type)
    told = [one for one in warnings(changed(letter_at_surgery(message), "/summons/freeText", GONE)) if one[0] != "BO-8"]
    assert told == [("SU-5", "/summons/freeText")]
    problems = judging(changed(letter_at_surgery(message), "/summons/freeText", GONE)).problems
    [said] = [one for one in problems if one.rule == "SU-5"]
    assert asked in said.sv
    assert {"frasen": "phrase", "platsen": "place"}[asked] in said.en
    assert "SU-5" not in [rule for rule, _ in warnings(letter_at_surgery(message))]
    beside = changed(changed(message, "/summons/freeText", GONE), "/summons/letterToo", True)
    assert ("SU-5", "/summons/freeText") in warnings(beside)


@pytest.mark.parametrize("contact_type", ["hembesok", "mottagningsbesok"])
def test_SU_5_a_home_visit_needs_no_more(contact_type: str) -> None:
    message = changed(letter_at_surgery(booking()), "/contactType", contact_type)
    assert "SU-5" not in [rule for rule, _ in warnings(changed(message, "/summons/freeText", GONE))]


def test_SU_5_a_digital_summons_has_the_care_services_own_text() -> None:
    assert lawful(changed(video(), "/summons/freeText", GONE))


# -- SU-6, SU-8 ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["digitalFailed", "digitalTooLate"])
def test_SU_6_what_will_not_be_sent_again_goes_by_letter(status: str) -> None:
    message = called(way="digital", status=status)
    assert derived(message) == [("SU-6", "/summons/letterToo")]
    assert accepted(message).summons.letter_too is True
    assert derived(changed(message, "/summons/letterToo", False)) == []
    assert derived(called(way="letter", status=status)) == []


@pytest.mark.parametrize("status", ["digitalRetrying", "digitalSent", "digitalChosen"])
def test_SU_6_a_fault_of_configuration_is_tried_again(status: str) -> None:
    assert derived(called(way="digital", status=status)) == []


def test_SU_6_no_letter_is_written_for_a_visit_that_has_been() -> None:
    message = changed(called(way="digital", status="digitalTooLate"), "/lines/0/start", "2026-11-19T13:00:00+01:00")
    assert derived(message) == []
    begins = datetime.fromisoformat("2026-11-19T13:00:00+01:00")
    assert derived(message, now=begins) == []
    assert derived(message, now=begins - timedelta(minutes=1)) == [("SU-6", "/summons/letterToo")]


def test_SU_8_the_text_is_made_of_the_contact_reason_and_the_add_ons() -> None:
    message = booking() | {"reason": "uppfoljning", "addOns": ["provtagning"]}
    assert derived(message) == [("SU-8", "/summons/text")]
    text = accepted(message).summons.text
    assert text.splitlines()[-1] == accepted(booking() | {"addOns": ["provtagning"]}).summons.text
    assert derived(changed(message, "/summons/text", "Kom fastande.")) == []
    assert derived(changed(message, "/summons", GONE)) == []


def test_SU_8_the_reasons_words_preparation_and_information_come_in_that_order() -> None:
    bare = "Uppföljning av din behandling;;"
    full = load(replaced("COSMIC/contact-reasons.csv", bare, "Du ska följas upp.;Ät inget.;Ring på dörren."))
    message = booking() | {"reason": "uppfoljning", "addOns": ["provtagning"]}
    text = accepted(message, catalogue=full).summons.text
    add_on = "Lämna prover minst en timme före besöket."
    assert text.splitlines() == ["Du ska följas upp.", "Ät inget.", "Ring på dörren.", add_on]


def test_SU_8_each_of_its_texts_may_be_absent() -> None:
    assert accepted(booking()).summons.text is None


# -- OC-1 ------------------------------------------------------------------------------------------------------------


def planned() -> Json:
    """On the waiting list, with a care service that demands a basis."""
    message = changed(changed(waiting(), "/lines/0/careService", "aterbesok-valbar-tid"), "/lines/0/duration", "PT20M")
    return message | {"visitType": "aterbesok"}


def test_OC_1_a_planned_action_whose_care_service_demands_a_basis_is_an_open_summons() -> None:
    assert derived(planned()) == [("OC-1", "/status")]
    assert accepted(planned()).status == "openSummons"
    assert accepted(waiting()).status == "waiting"


def test_OC_1_one_that_has_been_withdrawn_stays_withdrawn() -> None:
    before = changed(planned(), "/status", "openSummons") | {"version": 1}
    assert accepted(planned(), previous=before).status == "waiting"
    again = planned() | {"version": 3}
    assert accepted(again, previous=planned()).status == "waiting"


def test_OC_1_one_that_was_cancelled_and_waits_again_goes_out_anew() -> None:
    told = {"reason": "enheten-avbokar", "at": "2026-11-19T08:00:00+01:00", "backToWaitingList": True}
    before = planned() | {"status": "cancelled", "version": 1, "cancellation": told}
    assert accepted(planned(), previous=before).status == "openSummons"


@pytest.mark.parametrize(
    ("place", "value"), [("/summons/hasAccount", False), ("/performingUnit", SURGERY)], ids=["account", "time book"]
)
def test_OC_1_where_1177_cannot_be_used_it_only_waits(place: str, value: Any) -> None:
    message = changed(changed(planned(), "/summons/way", "letter"), place, value)
    assert accepted(message).status == "waiting"


def test_OC_1_other_care_services_make_no_open_summons() -> None:
    message = changed(waiting(), "/status", "openSummons")
    assert refusals(message) == [("OC-1", "/status")]
    assert lawful(changed(planned(), "/status", "openSummons"))


@pytest.mark.parametrize("form", ["coPlanned", "admission", "series"])
def test_OC_1_where_the_patient_cannot_book_there_is_none(form: str) -> None:
    message = changed(planned(), "/status", "openSummons")
    if form == "series":
        message |= {"series": {"id": "S", "interval": "P14D"}}
    else:
        message |= {"form": form}
        message = changed(message, "/lines/0/joins", False) if form == "coPlanned" else message
    refused = [(one.rule, one.path) for one in judging(message).problems if one.refuses]
    assert ("OC-1", "/status") in refused
