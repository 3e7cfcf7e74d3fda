"""At the desk (domain 2): who meets the patient, how she is received, and what she pays."""

from __future__ import annotations

import pytest

from mappings.problem import Json
from mappings.rules.desk import may_check_in
from tests.region.sample import sample
from tests.rules.messages import (
    COSMIC,
    GONE,
    accepted,
    booking,
    changed,
    derived,
    event,
    judging,
    lawful,
    parsed,
    patient,
    refusals,
    team,
    waiting,
    warnings,
)

SKIN_CLINIC = "SE2321000115-E000000000114"
"""A unit with mobile self check-in."""

PAID = {"patientFee": 275, "visitCost": 1200}


def arrived(*, payment: bool = True, message: Json | None = None) -> Json:
    here = changed(message or booking(), "/status", "arrived")
    return here | {"arrival": {"at": "2026-11-24T12:50:00+01:00", "payment": payment}}


# -- OR-4, BO-18, TE-11 ----------------------------------------------------------------------------------------------


def of_pasis(staff: str) -> Json:
    """The same visit in the tables of the other source, which has a care giver that is nobody."""
    message = booking() | {"source": "SE2321000115-PASIS", "contactType": "NY", "visitType": "N"}
    message["basis"] |= {"customer": "SKÅNE", "agreement": "PV"}
    message["lines"][0] |= {"careService": "LÄKBESÖK", "profession": "LÄK", "staff": staff}
    del message["version"]
    return message | {"changedAt": "2026-11-20T08:00:00+01:00"}


def test_OR_4_staff_on_a_line_is_a_real_person() -> None:
    assert lawful(of_pasis("SE2321000115-P0203"))
    assert refusals(of_pasis("SE2321000115-PFIKTIV1")) == [("OR-4", "/lines/0/staff")]


@pytest.mark.parametrize("message", [booking(), event()], ids=["booking", "care-event"])
def test_OR_4_a_unit_is_nobody(message: Json) -> None:
    assert refusals(changed(message, "/lines/0/staff", SKIN_CLINIC)) == [("OR-4", "/lines/0/staff")]


def test_OR_4_an_unstaffed_line_has_none() -> None:
    assert lawful(changed(booking(), "/lines/0/staff", GONE))


@pytest.mark.parametrize("place", [{"room": "rum-3"}, {"equipment": "ekg-1"}, {}], ids=["room", "equipment", "service"])
def test_BO_18_a_time_book_is_staffed_before_arrival_with_payment(place: Json) -> None:
    unstaffed = changed(booking(), "/lines/0/staff", GONE)
    unstaffed["lines"][0] |= place
    assert lawful(unstaffed)
    assert refusals(arrived(message=unstaffed)) == [("BO-18", "/lines/0/staff")]
    assert lawful(arrived(payment=False, message=unstaffed))


def test_BO_18_a_room_that_is_staffed_takes_payment() -> None:
    assert lawful(arrived(message=changed(booking(), "/lines/0/room", "rum-3")))


def test_TE_11_a_line_of_a_team_may_be_staffed_later() -> None:
    unstaffed = changed(changed(team(), "/lines/1/staff", GONE), "/lines/1/room", "rum-3")
    assert warnings(unstaffed) == [("TE-11", "/lines/1/staff")]
    assert refusals(arrived(message=unstaffed)) == [("BO-18", "/lines/1/staff")]
    assert lawful(arrived(payment=False, message=unstaffed))
    held = judging(changed(unstaffed, "/status", "preliminary"), previous=changed(unstaffed, "/status", "waiting"))
    assert ("TE-11", "/lines/1/staff") in [(one.rule, one.path) for one in held.problems]
    assert lawful(team())


def test_TE_11_only_teams_are_told() -> None:
    assert lawful(changed(booking(), "/lines/0/staff", GONE))


# -- BO-33 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("payment", "invoiced"), [(False, True), (True, False)])
def test_BO_33_arrival_without_payment_is_invoiced_later(payment: bool, invoiced: bool) -> None:
    assert accepted(arrived(payment=payment)).arrival.to_be_invoiced is invoiced
    assert derived(arrived(payment=payment)) == [("BO-33", "/arrival/toBeInvoiced")]


@pytest.mark.parametrize(("kind", "told"), [("asylumSeeker", True), ("undocumented", False)])
@pytest.mark.parametrize("protected", [False, True])
def test_BO_33_an_invoice_is_wrong_for_an_asylum_seeker(kind: str, told: bool, protected: bool) -> None:
    hers = patient() | {"identity": {"kind": "reservidentitet", "value": "98240301AA06"}}
    hers |= {"memberships": [{"kind": kind}]}
    hers |= {"protection": {"kind": "sekretessmarkering", "setBy": "hand"}} if protected else {}

    def warned(*, payment: bool) -> bool:
        problems = judging(arrived(payment=payment) | {"patient": hers}).problems
        assert not any(one.refuses for one in problems)
        return ("BO-33", "/arrival/payment") in [(one.rule, one.path) for one in problems]

    assert warned(payment=False) is told
    assert not warned(payment=True)


def test_IN_18_what_follows_from_payment_may_be_said_but_not_otherwise() -> None:
    assert lawful(changed(arrived(payment=False), "/arrival/toBeInvoiced", True))
    assert refusals(changed(arrived(payment=False), "/arrival/toBeInvoiced", False)) == [
        ("IN-18", "/arrival/toBeInvoiced")
    ]


@pytest.mark.parametrize("status", ["booked", "noShow"])
def test_IN_9_only_who_has_come_has_arrived(status: str) -> None:
    assert refusals(changed(arrived(), "/status", status)) == [("IN-9", "/arrival")]


@pytest.mark.parametrize("status", ["arrived", "completed", "annulled"])
def test_IN_9_an_arrival_stays_on_what_followed(status: str) -> None:
    assert lawful(changed(arrived(), "/status", status))


# -- BO-21 -----------------------------------------------------------------------------------------------------------


def self_service(said: Json | None = None) -> Json:
    """A visit at a unit with self check-in, of a contact type that it handles."""
    message = changed(booking(), "/performingUnit", SKIN_CLINIC)
    return message if said is None else message | {"selfCheckIn": said}


def test_BO_21_fee_and_cost_are_mandatory_where_patients_check_in_themselves() -> None:
    assert lawful(self_service(PAID))
    assert refusals(self_service()) == [("BO-21", "/selfCheckIn/patientFee"), ("BO-21", "/selfCheckIn/visitCost")]
    for name in PAID:
        assert refusals(changed(self_service(PAID), f"/selfCheckIn/{name}", GONE)) == [
            ("BO-21", f"/selfCheckIn/{name}")
        ]


def test_BO_21_not_where_no_payment_information_is_registered() -> None:
    assert lawful(self_service({"noPaymentInformation": True, "patientInformation": "Anmäl dig i kassan."}))


@pytest.mark.parametrize(("field", "value"), [("patientFee", 0), ("visitCost", 1200), ("feeReduction", "frikort")])
def test_BO_21_and_then_none_is_sent(field: str, value: object) -> None:
    message = self_service({"noPaymentInformation": True, field: value})
    assert refusals(message) == [("BO-21", f"/selfCheckIn/{field}")]


def test_BO_21_a_fee_reduction_and_information_may_be_given() -> None:
    assert lawful(self_service(PAID | {"feeReduction": "frikort", "patientInformation": "Ta med kortet."}))


def test_BO_21_a_fee_is_asked_for_once_the_time_is_booked() -> None:
    assert lawful(changed(self_service(), "/status", "preliminary"), previous=waiting())
    for status in ("arrived", "checkedIn"):
        told = {"status": status, "arrival": {"at": "2026-11-24T12:50:00+01:00", "payment": True}}
        assert ("BO-21", "/selfCheckIn/patientFee") in refusals(self_service() | told)


def test_BO_21_a_row_of_the_waiting_list_may_lack_a_fee() -> None:
    assert lawful(changed(waiting(), "/performingUnit", SKIN_CLINIC))


@pytest.mark.parametrize(
    "message",
    [
        booking(),
        changed(changed(self_service(), "/contactType", "hembesok"), "/lines/0/careService", "mottagningsbesok-lakare"),
    ],
    ids=["unit", "contact-type"],
)
def test_BO_21_unit_and_contact_type_decide_and_not_the_fee(message: Json) -> None:
    region = sample()
    assert not [one for one in judging(message).problems if one.rule == "BO-21"]
    whole = message | {"selfCheckIn": PAID}
    assert not may_check_in(parsed(whole), region, region.sources[COSMIC])
    here = changed(whole, "/status", "checkedIn") | {"arrival": {"at": "2026-11-24T12:50:00+01:00", "payment": True}}
    assert [(one.rule, one.path) for one in judging(here).problems if one.refuses] == [("BO-21", "/status")]


def test_BO_21_who_may_check_in_is_worked_out() -> None:
    region = sample()

    def may(message: Json) -> bool:
        return may_check_in(accepted(message), region, region.sources[COSMIC])

    assert may(self_service(PAID))
    assert not may(self_service({"noPaymentInformation": True}))
    assert may(self_service(PAID | {"noPaymentInformation": False}))
    for one_of_them in ("staff", "profession"):
        assert may_check_in(
            parsed(changed(self_service(PAID), f"/lines/0/{one_of_them}", GONE)), region, region.sources[COSMIC]
        )
    both = parsed(self_service(PAID | {"noPaymentInformation": True}))
    assert not may_check_in(both, region, region.sources[COSMIC])
    assert not may_check_in(parsed(self_service()), region, region.sources[COSMIC])
    assert not may(arrived(message=self_service(PAID)))
    here = changed(self_service(PAID), "/status", "checkedIn")
    assert lawful(here | {"arrival": {"at": "2026-11-24T12:50:00+01:00", "payment": True}})


# -- ID-5 ------------------------------------------------------------------------------------------------------------


def told_to_register_none(message: Json) -> bool:
    """Of the same visit of a patient without a Swedish number."""
    stranger = message | {"patient": patient() | {"identity": {"kind": "reservidentitet", "value": "98240301AA06"}}}
    told = [(one.path, one.refuses) for one in judging(stranger).problems if one.rule == "ID-5"]
    return told == [("/selfCheckIn/noPaymentInformation", False)]


def test_ID_5_payment_is_not_registered_for_who_has_no_swedish_number() -> None:
    assert told_to_register_none(self_service(PAID))
    assert told_to_register_none(booking() | {"selfCheckIn": {"patientFee": 275}})
    assert not told_to_register_none(self_service({"noPaymentInformation": True}))


def test_ID_5_nor_for_a_swede_abroad_who_keeps_the_number() -> None:
    abroad = self_service(PAID)
    abroad["patient"] |= {"deregistration": {"code": "UV"}, "memberships": [{"kind": "selfPaying"}]}
    told = [("ID-5", "/selfCheckIn/noPaymentInformation")]
    assert warnings(abroad) == told
    assert warnings(changed(abroad, "/patient/protection", {"kind": "sekretessmarkering"})) == told
    assert lawful(changed(abroad, "/patient/deregistration/code", "AN"))


def test_ID_5_nothing_is_asked_where_no_payment_is_registered_anyway() -> None:
    assert not told_to_register_none(booking())
    assert lawful(self_service(PAID))
