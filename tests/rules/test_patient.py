"""Patients without a Swedish number, on reserve numbers, their addresses and those close to them (domain 1)."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import pytest

from mappings.problem import Json
from mappings.region.field import Audience
from mappings.region.people import Patient, Protection, ProtectionKind
from mappings.rules.patient import born, of_age, pays_at_the_desk
from mappings.rules.visibility import PATIENTS, seen
from mappings.shape.codec import STOCKHOLM
from tests.region.sample import sample
from tests.rules.messages import (
    accepted,
    booking,
    care_contact,
    changed,
    derived,
    event,
    judging,
    lawful,
    parsed,
    refusals,
    warnings,
)

RESERVE = {"kind": "reservidentitet", "value": "98240301AA06"}
NUMBER = {"kind": "personnummer", "value": "191212121212"}
ABROAD = {"code": "UV", "cause": "Utvandrad", "date": "2020-06-01"}
HELD = Protection(kind=ProtectionKind.SKYDDAD_FOLKBOKFORING)
KINDS = pytest.mark.parametrize("message", [booking(), event(), care_contact()], ids=["booking", "event", "contact"])


def with_patient(message: Json | None = None, **fields: Any) -> Json:
    whole = message or booking()
    return changed(whole, "/patient", whole["patient"] | fields)


def member(*kinds: str) -> list[Json]:
    return [{"kind": kind} for kind in kinds]


# -- ID-4, ID-5, ID-7 ------------------------------------------------------------------------------------------------


def test_ID_4_a_patient_booked_on_a_reserve_number_needs_a_membership() -> None:
    assert refusals(with_patient(identity=RESERVE)) == [("ID-4", "/patient/memberships")]


@pytest.mark.parametrize("kind", ["asylumSeeker", "undocumented", "unDirective", "euEeaConvention", "selfPaying"])
def test_ID_4_each_membership_of_the_document_lets_her_be_booked(kind: str) -> None:
    assert lawful(with_patient(identity=RESERVE, memberships=member(kind)))


def test_ID_4_who_has_a_swedish_number_and_lives_here_needs_none() -> None:
    assert lawful(booking())
    assert derived(with_patient(deregistration={"code": "GN", "cause": "Gammalt nummer"})) == []


def test_ID_4_of_a_protected_patient_the_membership_that_was_sent_counts() -> None:
    message = with_patient(identity=RESERVE, memberships=member("asylumSeeker"))
    assert not [one for one in derived(message, protection=HELD) if one[0] != "PI-1"]
    assert accepted(message, protection=HELD).patient.memberships == ()


def test_ID_7_a_swede_abroad_pays_herself_where_nothing_else_is_said() -> None:
    message = with_patient(deregistration=ABROAD)
    assert derived(message) == [("ID-7", "/patient/memberships")]
    assert [one.kind.value for one in accepted(message).patient.memberships] == ["selfPaying"]
    assert derived(with_patient(deregistration=ABROAD, memberships=member("euEeaConvention"))) == []


def test_ID_7_a_swede_abroad_keeps_the_personnummer() -> None:
    message = with_patient(identity=RESERVE, deregistration=ABROAD)
    assert refusals(message) == [("ID-7", "/patient/identity/kind")]


def test_ID_7_the_convention_and_self_paying_may_stand_together() -> None:
    assert lawful(with_patient(memberships=member("euEeaConvention", "selfPaying")))


@KINDS
def test_ID_7_other_memberships_stand_alone(message: Json) -> None:
    for kinds in (("selfPaying", "asylumSeeker"), ("asylumSeeker", "selfPaying")):
        both = with_patient(message, memberships=member(*kinds))
        assert ("ID-7", "/patient/memberships/1/kind") in refusals_alone(both)


def test_ID_7_the_same_membership_stands_once() -> None:
    twice = with_patient(memberships=member("selfPaying", "selfPaying"))
    assert refusals(twice) == [("ID-7", "/patient/memberships/1/kind")]


def refusals_alone(message: Json) -> list[tuple[str, str]]:
    return [(one.rule, one.path) for one in judging(message).problems if one.refuses]


@pytest.mark.parametrize(
    ("fields", "at_the_desk"),
    [({}, False), ({"identity": RESERVE}, True), ({"deregistration": ABROAD}, True)],
)
def test_ID_5_payment_of_these_patients_is_left_to_the_desk(fields: Json, at_the_desk: bool) -> None:
    assert pays_at_the_desk(parsed(with_patient(**fields)).patient) == at_the_desk


# -- ID-8, ID-9, ID-10, PI-4 -----------------------------------------------------------------------------------------


def on_reserve(**fields: Any) -> Json:
    return with_patient(identity=RESERVE, identities=[NUMBER], memberships=member("selfPaying"), **fields)


def test_ID_8_a_reserve_number_beside_a_personnummer_is_warned_about() -> None:
    assert warnings(on_reserve()) == [("ID-8", "/patient/reserveNumberDecision")]


def test_ID_8_the_decision_of_the_head_of_the_unit_makes_it_an_exception() -> None:
    assert lawful(on_reserve(reserveNumberDecision={"decided": "2026-11-01", "by": "SE2321000115-P0001"}))


def test_ID_9_a_deregistration_is_carried_and_the_number_stays_valid() -> None:
    kept = accepted(with_patient(deregistration={"code": "AN", "cause": "Annan orsak"})).patient
    assert (kept.deregistration.code, kept.deregistration.cause) == ("AN", "Annan orsak")
    assert kept.identity.value == NUMBER["value"]


def asylum_seeker(message: Json, **fields: Any) -> Json:
    return with_patient(message, identity=RESERVE, memberships=member("asylumSeeker"), **fields)


def test_ID_10_a_missing_lma_number_is_told_at_arrival_and_not_at_booking() -> None:
    assert lawful(asylum_seeker(booking()))
    for status in ("arrived", "completed"):
        come = asylum_seeker(changed(booking(), "/status", status))
        assert ("ID-10", "/patient/lmaNumber") in warnings_or_none(come)
    arrived = asylum_seeker(changed(booking(), "/status", "arrived"))
    assert warnings(arrived) == [("ID-10", "/patient/lmaNumber")]
    assert lawful(with_patient(arrived, lmaNumber="52-123456/7"))


def test_ID_10_a_care_event_is_an_arrival() -> None:
    assert ("ID-10", "/patient/lmaNumber") in warnings(asylum_seeker(event()))
    assert "ID-10" not in {rule for rule, _ in warnings_or_none(changed(asylum_seeker(event()), "/status", "annulled"))}


def warnings_or_none(message: Json) -> list[tuple[str, str]]:
    return [(one.rule, one.path) for one in judging(message).warnings]


def test_ID_10_others_have_no_lma_number() -> None:
    arrived = with_patient(changed(booking(), "/status", "arrived"), identity=RESERVE, memberships=member("selfPaying"))
    assert lawful(with_patient(arrived, passportNumber="FN 123456"))


def test_PI_4_a_protected_patient_is_not_hidden_on_a_reserve_number() -> None:
    assert refusals(on_reserve(), protection=HELD) == [("PI-4", "/patient/identity")]
    marked = on_reserve(reserveNumberDecision={"decided": "2026-11-01"}, protection={"kind": "sekretessmarkering"})
    assert ("PI-4", "/patient/reserveNumberDecision") in refusals_alone(marked)


def card(**fields: Any) -> Json:
    return {"source": booking()["source"], "id": "PK-1", "version": 1, "patient": {"identity": NUMBER, **fields}}


def test_PI_1_a_locked_field_is_not_changed_at_the_patients_own_door() -> None:
    assert refusals(card(name={"text": "Röjd"}, sex="male"), protection=HELD) == [
        ("PI-1", "/patient/name"),
        ("PI-1", "/patient/sex"),
    ]
    assert lawful(card(deceased={}), protection=HELD)
    marked = card(name={"text": "Röjd"}, protection={"kind": "sekretessmarkering"})
    assert derived(marked, protection=HELD) == [("PI-1", "/patient/name")]


@pytest.mark.parametrize("identifier", ["191212121212", "19121212-1212"])
def test_IN_9_a_card_is_not_named_by_a_personnummer(identifier: str) -> None:
    assert lawful(card())
    assert refusals(card() | {"id": identifier}) == [("IN-9", "/id")]


def test_OR_1_the_listed_unit_is_known_by_an_hsa_id() -> None:
    assert lawful(card(listedUnit="SE2321000115-E000000000120"))
    assert refusals(card(listedUnit="nowhere")) == [("OR-1", "/patient/listedUnit")]


def test_PI_4_an_older_reserve_number_may_be_linked_to_the_personnummer() -> None:
    message = with_patient(identities=[RESERVE])
    assert derived(message, protection=HELD)
    assert accepted(message, protection=HELD).patient.identity.value == NUMBER["value"]


# -- ID-11 -----------------------------------------------------------------------------------------------------------


def at(kind: str, **fields: str) -> Json:
    return {"kind": kind, "street": "Lönngatan 1", **fields}


def test_ID_11_an_address_of_every_kind() -> None:
    dates = {"start": "2026-11-01", "end": "2026-12-31"}
    kinds = [at("home"), at("specialPostal"), at("billing"), at("temporary", **dates), at("abroad", country="Norge")]
    assert lawful(with_patient(addresses=kinds))


@KINDS
def test_ID_11_a_temporary_address_has_dates(message: Json) -> None:
    told = refusals_alone(with_patient(message, addresses=[at("home"), at("temporary", start="2026-11-01")]))
    assert told == [("ID-11", "/patient/addresses/1/end")]
    told = refusals_alone(with_patient(message, addresses=[at("temporary", end="2026-11-01")]))
    assert told == [("ID-11", "/patient/addresses/0/start")]


def test_ID_11_one_address_of_each_kind() -> None:
    assert refusals(with_patient(addresses=[at("home"), at("home")])) == [("ID-11", "/patient/addresses/1/kind")]


def test_ID_11_an_address_does_not_end_before_it_begins() -> None:
    backwards = at("temporary", start="2026-11-02", end="2026-11-01")
    assert refusals(with_patient(addresses=[backwards])) == [("ID-11", "/patient/addresses/0/end")]
    assert lawful(with_patient(addresses=[at("temporary", start="2026-11-02", end="2026-11-02")]))


# -- RE-1, RE-2 ------------------------------------------------------------------------------------------------

CHILD = {"kind": "personnummer", "value": "201701102384"}
MOTHER = {"number": "1", "kind": "guardian", "name": {"given": ["Anna"], "family": "Lind"}, "phone": "070-1"}
AUNT = {"number": "2", "kind": "contactPerson", "name": {"text": "Bea Lind"}, "relationship": "Moster"}
ASKED = "2026-11-20T06:00:00+01:00"


def sees(message: Any, audience: Audience, today: date) -> Json | None:
    return seen(message, audience, datetime.combine(today, time(9), STOCKHOLM), sample())


def child(message: Json | None = None, **fields: Any) -> Json:
    told = {"relations": [MOTHER, AUNT], "registerAsked": ASKED} | fields
    return with_patient(message, identity=CHILD, **told)


@pytest.mark.parametrize("audience", [one for one in Audience if one not in PATIENTS])
@pytest.mark.parametrize(("today", "left"), [(date(2035, 1, 9), ["1", "2"]), (date(2035, 1, 10), ["2"])])
def test_RE_1_guardians_are_shown_to_nobody_from_the_day_she_turns_18(
    audience: Audience, today: date, left: list[str]
) -> None:
    shown = sees(parsed(child()), audience, today)
    assert shown
    assert [one["number"] for one in shown["patient"]["relations"]] == left


@KINDS
def test_RE_1_a_guardian_sees_nothing_from_that_day(message: Json) -> None:
    hers = parsed(child(changed(message, "/patient/identity", CHILD)))
    if "person" in message:
        assert sees(hers, Audience.GUARDIAN, date(2026, 11, 20))
    else:
        assert sees(hers, Audience.GUARDIAN, date(2035, 1, 9))
    assert sees(hers, Audience.GUARDIAN, date(2035, 1, 10)) is None


def copied(message: Json, **facts: Any) -> list[str]:
    """Names, as the event has them."""
    return [one.name.text or one.name.family for one in accepted(message, **facts).relations]


def test_RE_2_relations_are_copied_when_the_event_is_created() -> None:
    assert ("RE-2", "/relations") in derived(child(event()))
    assert copied(child(event())) == ["Lind", "Bea Lind"]
    assert ("RE-2", "/relations") not in derived(event())


def test_RE_2_a_later_change_of_the_patients_does_not_touch_the_event() -> None:
    created = child(event())
    later = child(event(), relations=[AUNT | {"name": {"text": "Bo Ek"}}]) | {"version": 2}
    assert copied(later, previous=created | {"relations": [MOTHER, AUNT]}) == ["Lind", "Bea Lind"]


def test_RE_2_a_later_change_there_does_not_touch_the_patient() -> None:
    changed_there = child(event()) | {"version": 2, "relations": [AUNT | {"name": {"text": "Bo Ek"}}]}
    after = accepted(changed_there, previous=child(event()))
    assert [one.name.text for one in after.relations] == ["Bo Ek"]
    assert [one.name.text or one.name.family for one in after.patient.relations] == ["Lind", "Bea Lind"]


def test_RE_2_an_empty_list_says_that_there_are_none() -> None:
    assert copied(child(event()) | {"relations": []}) == []
    assert copied(child(event()) | {"relations": [], "version": 2}, previous=child(event())) == []


def test_RE_2_guardians_of_an_adult_are_not_copied() -> None:
    assert copied(with_patient(event(), relations=[MOTHER, AUNT], registerAsked=ASKED)) == ["Bea Lind"]


def test_RE_2_nothing_is_copied_of_a_protected_patient() -> None:
    assert copied(child(event()), protection=HELD) == []
    told = child(event(), relations=[]) | {"relations": [AUNT]}
    assert copied(told, protection=HELD) == []
    assert ("PI-1", "/relations") in derived(told, protection=HELD)


@pytest.mark.parametrize(("today", "left"), [(date(2035, 1, 9), ["1", "2"]), (date(2035, 1, 10), ["2"])])
def test_RE_1_guardians_of_a_care_event_fall_away_too(today: date, left: list[str]) -> None:
    shown = sees(accepted(child(event())), Audience.STAFF, today)
    assert shown
    assert [one["number"] for one in shown["relations"]] == left


def test_RE_1_the_day_of_a_samordningsnummer_is_lowered_and_other_numbers_want_a_birth_date() -> None:
    raised = Patient.model_validate({"identity": {"kind": "samordningsnummer", "value": "190910799824"}})
    assert born(raised) == date(1909, 10, 19)
    known = Patient.model_validate({"identity": RESERVE, "birthDate": "2010-05-05"})
    assert born(known) == date(2010, 5, 5)
    assert not of_age(Patient.model_validate({"identity": RESERVE}), date(2199, 1, 1))
    unlawful = {"identity": {"kind": "personnummer", "value": "201013321234"}, "birthDate": "2010-05-05"}
    assert born(Patient.model_validate(unlawful)) == date(2010, 5, 5)


def test_RE_1_born_on_a_leap_day_she_turns_18_on_the_last_of_february() -> None:
    leap = Patient.model_validate({"identity": RESERVE, "birthDate": "2008-02-29"})
    assert not of_age(leap, date(2026, 2, 27))
    assert of_age(leap, date(2026, 2, 28))


# -- RE-3 ------------------------------------------------------------------------------------------------------------

LATER = "2026-11-21T06:00:00+01:00"


def known(**fields: Any) -> Patient:
    patient: Patient = parsed(child(**fields)).patient
    return patient


def test_RE_3_a_guardian_comes_from_the_population_register() -> None:
    assert lawful(child())
    sent = child()
    del sent["patient"]["registerAsked"]
    assert refusals(sent) == [("RE-3", "/patient/registerAsked")]


@pytest.mark.parametrize(
    "changes", [{"phone": "070-2"}, {"interpreter": {"needed": True, "language": "ar"}}, {"copyOfSummons": True}]
)
def test_RE_3_phone_interpreter_and_copy_of_summons_of_a_guardian_may_be_changed(changes: Json) -> None:
    assert lawful(child(relations=[MOTHER | changes, AUNT]), known=known())


@pytest.mark.parametrize(
    "changes", [{"name": {"text": "En annan"}}, {"identity": NUMBER}, {"relationship": "Mor"}, {"number": "9"}]
)
def test_RE_3_the_rest_of_a_guardian_is_the_registers(changes: Json) -> None:
    sent = child(relations=[AUNT, MOTHER | changes])
    assert refusals(sent, known=known()) == [("RE-3", "/patient/relations/1")]
    assert lawful(child(relations=[AUNT, MOTHER | changes], registerAsked=LATER), known=known())


def test_RE_3_holds_a_child_of_whom_only_guardians_are_known() -> None:
    sent = child(relations=[MOTHER | {"relationship": "Mor"}])
    assert refusals(sent, known=known(relations=[MOTHER])) == [("RE-3", "/patient/relations/0")]


def test_RE_3_the_first_guardian_of_one_who_was_known_without_is_taken_in() -> None:
    assert lawful(child(), known=known(relations=[AUNT]))


def test_RE_3_contact_persons_come_and_go_with_the_same_flags() -> None:
    friend = {"number": "3", "kind": "contactPerson", "copyOfSummons": True, "interpreter": {"needed": False}}
    assert lawful(child(relations=[MOTHER, friend]), known=known())
    assert lawful(child(relations=[MOTHER]), known=known())


def test_IN_9_each_relation_has_a_number_of_its_own() -> None:
    assert refusals(child(relations=[MOTHER, AUNT | {"number": "1"}])) == [("IN-9", "/patient/relations/1/number")]
    assert refusals(event() | {"relations": [MOTHER, MOTHER]}) == [("IN-9", "/relations/1/number")]


# -- RE-4, RE-5 ------------------------------------------------------------------------------------------------------


@KINDS
def test_RE_4_an_interpreter_need_names_a_language_or_a_sign_language(message: Json) -> None:
    assert refusals_alone(with_patient(message, interpreter={"needed": True})) == [
        ("RE-4", "/patient/interpreter/language")
    ]
    for language in ("ar", "swl"):
        need = {"needed": True, "language": language}
        assert refusals_alone(with_patient(message, interpreter=need)) == []


def test_RE_4_so_does_a_relations() -> None:
    sent = child(relations=[MOTHER | {"interpreter": {"needed": True}}])
    assert refusals(sent) == [("RE-4", "/patient/relations/0/interpreter/language")]
    needs = event() | {"relations": [AUNT | {"interpreter": {"needed": True}}]}
    assert refusals(needs) == [("RE-4", "/relations/0/interpreter/language")]


def test_RE_4_who_needs_none_names_none() -> None:
    assert lawful(with_patient(interpreter={"needed": False}))


@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("consented", [True, False])
def test_RE_5_what_she_gave_on_1177_is_shown_to_care_only_where_she_consented(
    audience: Audience, consented: bool
) -> None:
    given = {"consented": consented, "phone": "070-174 06 99", "email": "tolvan@exempel.se"}
    message = with_patient(identity=CHILD, consentedContactData=given)
    shown = str(sees(parsed(message), audience, date(2026, 11, 20)))
    assert ("070-174 06 99" in shown) == (consented and audience not in PATIENTS)


def test_RE_5_sms_goes_only_to_a_mobile_of_the_care_record_and_the_preferred_phone_is_carried() -> None:
    phones = [
        {"kind": "mobile", "value": "+47 400 00 000", "preferred": True, "smsAllowed": True},
        {"kind": "home", "value": "035-1", "smsAllowed": True},
    ]
    shown = sees(parsed(with_patient(phones=phones)), Audience.STAFF, date(2026, 11, 20))
    assert shown
    assert shown["patient"]["phones"] == [
        {"kind": "mobile", "value": "+47 400 00 000", "preferred": True, "smsAllowed": True},
        {"kind": "home", "value": "035-1", "preferred": False},
    ]
