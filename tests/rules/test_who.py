"""Who and where: identities, protection, units, codes (domain 1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from mappings.problem import Json
from mappings.region.catalogue_files import load
from mappings.region.people import Patient, Protection, ProtectionKind, SetBy
from mappings.rules.patients import bare_state, dumped
from mappings.rules.who import GIVES_AWAY, PLACES
from tests.region.sample import replaced
from tests.rules.full import IN_FULL
from tests.rules.messages import (
    CLINIC,
    COSMIC,
    GONE,
    HEALTH_CENTRE,
    MILLENNIUM,
    accepted,
    booking,
    care_contact,
    changed,
    derived,
    event,
    judging,
    lawful,
    patient,
    physician,
    refusals,
    warnings,
)


def checked(digits: str) -> str:
    """The number with its check digit; a number of birth from 980 is one of Skatteverket's for tests."""
    doubled = "".join(str(int(digit) * (2 - at % 2)) for at, digit in enumerate(digits[-9:]))
    return digits + str(-sum(map(int, doubled)) % 10)


MARKED = {"kind": "sekretessmarkering"}
HELD = Protection(kind=ProtectionKind.SKYDDAD_FOLKBOKFORING, set_by=SetBy.HAND)


SELF_PAYING = [{"kind": "selfPaying"}]
"""What a patient without a Swedish number must have (ID-4)."""


def known_by(kind: str, value: str, message: Json | None = None) -> Json:
    return changed(message or booking(), "/patient/identity", {"kind": kind, "value": value})


def number(message: Json, **facts: Any) -> str:
    """The identity as it is kept."""
    return str(accepted(message, **facts).patient.identity.value)


# -- ID-1 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("message", [booking(), event(), physician()], ids=["booking", "care event", "named contact"])
def test_ID_1_a_local_number_alone_is_no_patient(message: Json) -> None:
    assert refusals(known_by("reservnummer", "R900118A", message)) == [("ID-1", "/patient/identity/kind")]


def test_ID_1_a_local_number_is_linked_to_a_national_one() -> None:
    assert lawful(changed(booking(), "/patient/identities", [{"kind": "reservnummer", "value": "R900118A"}]))


# -- ID-2 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("personnummer", "191212121212"),
        ("personnummer", "198112189876"),
        ("personnummer", "189001019802"),
        ("personnummer", checked("20200229980")),
        ("samordningsnummer", "197010632391"),
    ],
)
def test_ID_2_a_number_with_a_date_and_a_check_digit_is_one(kind: str, value: str) -> None:
    assert lawful(known_by(kind, value))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("personnummer", "191212121213"),  # check digit
        ("personnummer", checked("19121312980")),  # month 13
        ("personnummer", checked("20190229980")),  # no leap year
        ("personnummer", "197010632391"),  # a samordningsnummer
        ("samordningsnummer", "191212121212"),  # a personnummer
        ("samordningsnummer", checked("19701092980")),  # day 32
        ("personnummer", checked("19121240980")),  # day 40
        ("personnummer", "171212121212"),  # born in the 18th century
        ("personnummer", "1912121212"),  # two digits short, and no date either
        ("personnummer", "1912121212120"),
        ("personnummer", "19121212A212"),
        ("personnummer", "hejsan"),
    ],
)
def test_ID_2_what_has_no_date_or_no_check_digit_is_refused(kind: str, value: str) -> None:
    assert refusals(known_by(kind, value)) == [("ID-2", "/patient/identity/value")]


def test_ID_2_linked_numbers_are_checked_too() -> None:
    linked = [{"kind": "personnummer", "value": "191212121212"}, {"kind": "samordningsnummer", "value": "197010632390"}]
    message = changed(booking(), "/patient/identities", linked)
    assert refusals(message) == [("ID-2", "/patient/identities/1/value")]


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("19121212-1212", "191212121212"),
        ("19121212+1212", "191212121212"),
        ("1912 1212 1212", "191212121212"),
        ("121212+1212", "191212121212"),
        ("121212-1212", "201212121212"),
        ("1212121212", "201212121212"),
        ("811218-9876", "198112189876"),
        ("900101+9802", "189001019802"),
        (checked("000101980"), "20" + checked("000101980")),
        (checked("991231980"), "19" + checked("991231980")),
        (checked("000101980").replace("980", "+980"), "19" + checked("000101980")),
        (checked("991231980").replace("980", "+980"), "18" + checked("991231980")),
    ],
)
def test_ID_2_numbers_are_kept_as_twelve_digits(value: str, kept: str) -> None:
    message = known_by("personnummer", value)
    assert number(message) == kept
    assert [path for rule, path in derived(message) if rule == "ID-2"] == ["/patient/identity/value"]


def test_ID_2_a_samordningsnummer_gets_its_century_too() -> None:
    assert number(known_by("samordningsnummer", "701063-2391")) == "197010632391"


def test_ID_2_linked_numbers_are_kept_as_twelve_digits() -> None:
    linked = [{"kind": "reservnummer", "value": "R-1"}, {"kind": "personnummer", "value": "811218-9876"}]
    message = changed(booking(), "/patient/identities", linked)
    assert derived(message) == [("ID-2", "/patient/identities/1/value")]
    assert [one.value for one in accepted(message).patient.identities] == ["R-1", "198112189876"]


def test_ID_2_nobody_is_born_tomorrow() -> None:
    born = known_by("personnummer", checked("20261121980"))
    assert refusals(born) == [("ID-2", "/patient/identity/value")]
    assert lawful(born, now=datetime.fromisoformat("2026-11-21T08:00:00+01:00"))


def test_ID_2_a_child_born_just_after_midnight_in_sweden_is_born_though_it_is_yesterday_in_utc() -> None:
    born = known_by("personnummer", checked("20261121980"))
    assert lawful(born, now=datetime.fromisoformat("2026-11-20T23:30:00+00:00"))


def test_ID_2_the_century_turns_with_the_swedish_year() -> None:
    new_year = datetime.fromisoformat("2026-12-31T23:30:00+00:00")
    born = checked("270101980")
    assert number(known_by("personnummer", born), now=new_year) == "20" + born
    assert number(known_by("personnummer", born)) == "19" + born


def test_ID_2_a_plus_sign_is_set_in_the_year_in_which_one_turns_a_hundred() -> None:
    born = checked("261231980")
    with_plus, with_hyphen = f"{born[:6]}+{born[6:]}", f"{born[:6]}-{born[6:]}"
    assert number(known_by("personnummer", with_plus)) == "19" + born
    assert refusals(known_by("personnummer", with_hyphen)) == [("ID-2", "/patient/identity/value")]


# -- ID-3 ------------------------------------------------------------------------------------------------------------


def test_ID_3_a_reservidentitet_without_letters_is_refused() -> None:
    message = changed(known_by("reservidentitet", "199001189876"), "/patient/memberships", SELF_PAYING)
    assert refusals(message) == [("ID-3", "/patient/identity/value")]


def test_ID_3_a_linked_reservidentitet_without_letters_is_refused() -> None:
    message = changed(booking(), "/patient/identities", [{"kind": "reservidentitet", "value": "199001189876"}])
    assert refusals(message) == [("ID-3", "/patient/identities/0/value")]


def test_ID_3_a_reservidentitet_with_letters_is_not_checked_as_a_personnummer() -> None:
    assert lawful(changed(known_by("reservidentitet", "19900118A98C"), "/patient/memberships", SELF_PAYING))


# -- ID-6 ------------------------------------------------------------------------------------------------------------


def without_payers(**patient_fields: Any) -> Json:
    message = changed(changed(booking(), "/basis/customer", GONE), "/basis/agreement", GONE)
    return changed(message, "/patient", patient() | patient_fields)


def test_ID_6_the_customer_follows_the_region_of_registration_and_the_agreement_the_administration() -> None:
    message = without_payers(regionOfRegistration="14")
    assert derived(message) == [("ID-6", "/basis/customer"), ("ID-6", "/basis/agreement")]
    basis = accepted(message).basis
    assert (basis.customer, basis.agreement) == ("vgr", "oppenvard")


def test_ID_6_the_agreement_follows_the_performing_unit_also_where_that_was_derived() -> None:
    message = changed(without_payers(regionOfRegistration="13"), "/performingUnit", GONE)
    assert [rule for rule, _ in derived(message)] == ["OR-3", "ID-6", "ID-6"]


def test_ID_6_another_administration_has_another_agreement() -> None:
    message = changed(without_payers(regionOfRegistration="13"), "/performingUnit", HEALTH_CENTRE)
    assert accepted(message).basis.agreement == "narsjukvard"


def test_ID_6_what_the_sender_says_stands() -> None:
    message = changed(booking(), "/patient/regionOfRegistration", "14")
    assert lawful(message)
    assert accepted(message).basis.customer == "region-halland"


def test_ID_6_no_agreement_is_guessed_where_the_administration_has_two() -> None:
    second = "oppenvard;Öppenvård sjukhus;Hallands sjukhus\nslutenvard;Slutenvård;Hallands sjukhus"
    catalogue = load(
        replaced("COSMIC/agreements.csv", "oppenvard;Öppenvård sjukhus;Hallands sjukhus", second),
    )
    message = without_payers(regionOfRegistration="13")
    assert refusals(message, catalogue=catalogue) == [("BO-3", "/basis/agreement")]


def test_ID_6_the_customer_of_a_protected_patient_follows_before_her_region_is_dropped() -> None:
    message = without_payers(regionOfRegistration="13", protection=MARKED)
    assert accepted(message).basis.customer == "region-halland"


# -- PI-1, PI-3 ------------------------------------------------------------------------------------------------------

TOLD = {
    "name": {"given": ["Tolvan"], "family": "Tolvansson"},
    "phones": [{"kind": "mobile", "value": "070-111 22 33"}],
    "addresses": [{"kind": "home", "street": "Lönngatan 1", "postalCode": "302 33", "town": "Halmstad"}],
    "regionOfRegistration": "13",
    "identities": [{"kind": "reservnummer", "value": "R900118A"}],
}
TAKEN = [
    ("PI-1", f"/patient/{field}") for field in ("identities", "name", "phones", "addresses", "regionOfRegistration")
]


@pytest.mark.parametrize("message", [booking(), event(), care_contact()], ids=["booking", "event", "contact"])
@pytest.mark.parametrize("kind", ["sekretessmarkering", "skyddadFolkbokforing"])
def test_PI_1_only_the_number_of_a_protected_patient_is_kept_and_every_path_is_told(message: Json, kind: str) -> None:
    marked = changed(message, "/patient", patient() | TOLD | {"protection": {"kind": kind}})
    assert [one for one in derived(marked) if one[0] == "PI-1"] == TAKEN
    kept = accepted(marked).patient
    assert kept == Patient(identity=kept.identity, protection=kept.protection)


def test_PI_1_a_protected_patient_of_whom_only_the_number_is_sent_loses_nothing() -> None:
    marked = {"identity": patient()["identity"], "protection": MARKED}
    assert lawful(changed(booking(), "/patient", marked))
    assert derived(changed(booking(), "/patient", marked)) == []


def test_PI_1_what_another_source_holds_protects_all_the_same() -> None:
    message = changed(booking(), "/patient", patient() | TOLD)
    assert derived(message, protection=HELD) == [*TAKEN, ("PI-1", "/patient/protection")]
    assert accepted(message, protection=HELD).patient.protection == HELD


def test_PI_1_her_own_marking_goes_before_another_sources() -> None:
    message = changed(booking(), "/patient/protection", MARKED)
    assert accepted(message, protection=HELD).patient.protection.kind is ProtectionKind.SEKRETESSMARKERING


def test_PI_1_the_performing_unit_of_a_booking_stays() -> None:
    assert accepted(changed(booking(), "/patient/protection", MARKED)).performing_unit == CLINIC


def test_PI_1_address_and_phones_of_the_unit_where_she_is_listed_go_and_are_not_missed() -> None:
    marked = changed(physician(), "/patient", {"identity": patient()["identity"], "protection": MARKED})
    said = ["street", "postalCode", "town", "publicPhone", "careToCarePhone"]
    assert derived(marked) == [("PI-1", f"/unit/{field}") for field in said]
    unit = accepted(marked).unit
    assert unit.name == "Vårdcentralen Nyhem"
    assert [getattr(unit, field) for field in PLACES if getattr(unit, field)] == []
    assert accepted(marked).missing == ()


def test_PI_1_the_catalogue_does_not_fill_in_where_she_is_listed() -> None:
    marked = changed(physician(), "/patient", {"identity": patient()["identity"], "protection": MARKED})
    marked = changed(marked, "/unit", {"hsaId": HEALTH_CENTRE})
    assert derived(marked) == [("FK-10", f"/unit/{name}") for name in ("name", "careProvider", "eServices")]


def test_PI_1_a_care_contacts_unit_is_not_where_she_is_listed_and_stays() -> None:
    marked = changed(care_contact(), "/patient", {"identity": patient()["identity"], "protection": MARKED})
    assert derived(marked) == []


def test_PI_1_a_new_marking_strips_what_was_stored_before() -> None:
    before = dumped(accepted(changed(physician(), "/patient", patient() | TOLD)))
    after = bare_state(before, HELD)
    assert {name for name, value in after["patient"].items() if value} == {"identity", "protection"}
    assert {name for name, value in after["unit"].items() if value} == {"hsaId", "name", "eServices", "careProvider"}


def test_PI_1_that_she_is_dead_is_kept() -> None:
    dead = {"identity": patient()["identity"], "protection": MARKED, "deceased": {"on": "2026-11-01"}}
    assert accepted({"source": COSMIC, "id": "PK-1", "version": 1, "patient": dead}).patient.deceased is not None


def test_PI_1_nothing_that_a_patient_has_is_forgotten() -> None:
    assert set(Patient.model_fields) == {"identity", "protection", "deceased", *GIVES_AWAY}


def test_PI_3_a_marking_set_by_hand_protects_just_as_much() -> None:
    by_hand = changed(booking(), "/patient", patient() | TOLD | {"protection": MARKED | {"setBy": "hand"}})
    assert derived(by_hand) == TAKEN
    assert lawful(by_hand)


# -- PI-2 ------------------------------------------------------------------------------------------------------------

NOT_REGISTERED = changed(known_by("samordningsnummer", "197010632391"), "/patient/protection", MARKED)


def test_PI_2_a_register_marking_of_somebody_not_registered_is_warned_about_and_protects() -> None:
    assert warnings(NOT_REGISTERED) == [("PI-2", "/patient/protection/setBy")]
    assert accepted(NOT_REGISTERED).patient.name is None


def test_PI_2_a_register_marking_of_somebody_with_a_personnummer_is_not_warned_about() -> None:
    assert lawful(changed(booking(), "/patient/protection", MARKED))


def test_PI_2_a_marking_by_hand_needs_no_registration() -> None:
    assert lawful(changed(NOT_REGISTERED, "/patient/protection/setBy", "hand"))


def test_PI_2_a_sender_is_not_blamed_for_what_another_source_says() -> None:
    held = Protection(kind=ProtectionKind.SEKRETESSMARKERING, set_by=SetBy.REGISTER)
    assert lawful(known_by("samordningsnummer", "197010632391"), protection=held)


def test_PI_2_a_region_can_switch_it_off() -> None:
    switched_off = load(replaced("region.toml", "PI-2 = true", "PI-2 = false"))
    assert lawful(NOT_REGISTERED, catalogue=switched_off)
    assert accepted(NOT_REGISTERED, catalogue=switched_off).patient.name is None


def test_PI_2_holds_where_a_region_says_nothing_of_it() -> None:
    silent = load(replaced("region.toml", "PI-2 = true\n", ""))
    assert warnings(NOT_REGISTERED, catalogue=silent) == [("PI-2", "/patient/protection/setBy")]


# -- OR-1, OR-3 ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "hsa_id",
    [
        "SE2321000115-P000Å",
        "SE232100011-P0001",
        "NO2321000115-P0001",
        "SE2321000115P0001",
        "SE2321000115-",
        "SE2321000115-P000000000000000001",  # 32 characters
        "SE٢٣٢١٠٠٠١١٥-P0001",  # digits of another script
    ],
)
def test_OR_1_what_is_no_hsa_id_is_refused(hsa_id: str) -> None:
    assert refusals(changed(booking(), "/lines/0/staff", hsa_id)) == [("OR-1", "/lines/0/staff")]


@pytest.mark.parametrize("hsa_id", ["SE2321000115-P00000000000000001", "SE2321000115-x"])
def test_OR_1_an_hsa_id_has_at_most_31_characters(hsa_id: str) -> None:
    assert lawful(changed(booking(), "/lines/0/staff", hsa_id))


@pytest.mark.parametrize("field", ["performingUnit", "responsibleUnit"])
@pytest.mark.parametrize("message", [booking(), event()], ids=["booking", "event"])
def test_OR_1_a_unit_belongs_to_an_administration_of_the_region(message: Json, field: str) -> None:
    assert refusals(changed(message, f"/{field}", "SE2321000115-E000000000999")) == [("OR-1", f"/{field}")]
    assert refusals(changed(message, f"/{field}", "Diabetesmottagningen")) == [("OR-1", f"/{field}")]


def test_OR_1_holds_for_a_contact_and_its_unit() -> None:
    message = changed(changed(physician(), "/person/hsaId", "frida"), "/unit/hsaId", "nyhem")
    assert refusals(message) == [("OR-1", "/person/hsaId"), ("OR-1", "/unit/hsaId")]


def test_OR_1_a_contacts_unit_may_be_one_that_the_region_does_not_run() -> None:
    assert lawful(changed(physician(), "/unit/hsaId", "SE2120000001-E000000000001"))


@pytest.mark.parametrize("message", [booking(), event()], ids=["booking", "event"])
def test_OR_3_units_default_to_the_senders(message: Json) -> None:
    bare = changed(changed(message, "/performingUnit", GONE), "/responsibleUnit", GONE)
    assert derived(bare)[:2] == [("OR-3", "/performingUnit"), ("OR-3", "/responsibleUnit")]
    kept = accepted(bare)
    assert (kept.performing_unit, kept.responsible_unit) == (CLINIC, CLINIC)


def test_OR_3_what_the_sender_says_stands() -> None:
    message = changed(changed(booking(), "/performingUnit", HEALTH_CENTRE), "/responsibleUnit", GONE)
    assert derived(message) == [("OR-3", "/responsibleUnit")]
    assert accepted(message).performing_unit == HEALTH_CENTRE


def test_OR_3_a_sender_without_a_unit_of_its_own_says_which() -> None:
    catalogue = load(replaced("region.toml", f'default_unit = "{CLINIC}"\n', ""))
    for field in ("performingUnit", "responsibleUnit"):
        message = changed(booking(), f"/{field}", GONE)
        assert refusals(message, catalogue=catalogue) == [("BO-3", f"/{field}")]
        assert judging(message, catalogue=catalogue).derived == ()


# -- codes and lines -------------------------------------------------------------------------------------------------


CODED = {
    "booking": [
        *("patient/regionOfRegistration", "contactType", "visitType", "reason", "addOns/0", "rebookings/0/reason"),
        *("lines/0/profession", "lines/1/profession", "lines/0/careService", "lines/0/room", "lines/0/equipment"),
        *("basis/category1", "basis/category2", "basis/customer", "basis/agreement", "basis/deviationReason"),
        "selfCheckIn/feeReduction",
    ],
    "care-event": [
        *("patient/regionOfRegistration", "contactType", "visitType", "visitKind", "careArea", "reason", "addOns/0"),
        *("lines/0/profession", "lines/0/staffCategory", "principal", "problemCode", "referralCode", "outcome/reason"),
        *("admission/admittedFrom", "admission/dischargedTo", "fee/reasonForNone", "fee/wayOfPayment"),
    ],
    "named-contact": ["patient/regionOfRegistration", "role", "person/position"],
    "patient": ["patient/regionOfRegistration"],
}
"""The fields that hold a code of the source's own (units and staff have HSA-ids, diagnoses and procedures national
codes)."""

HSA_IDS = {
    "booking": [
        *("patient/listedUnit", "performingUnit", "responsibleUnit", "basis/decidedBy"),
        *("lines/0/staff", "lines/1/staff", "lines/0/unit"),
    ],
    "care-event": [
        *("patient/listedUnit", "performingUnit", "responsibleUnit", "producingInstitution", "outcome/addressees/0"),
        *("lines/0/staff", "lines/0/unit"),
    ],
    "named-contact": ["patient/listedUnit", "person/hsaId", "unit/hsaId"],
    "patient": ["patient/listedUnit"],
}


IN_MILLENNIUM = {
    "source": MILLENNIUM,
    "contactType": "besok",
    "visitType": "Med LÄK Återbesök",
    "visitKind": "Akut Återbesök",
    "careArea": "Med",
    "reason": "uppfoljning-diabetes",
    "addOns": ["blodprov"],
    "principal": "region",
    "problemCode": "diabetes",
    "referralCode": "egenremiss",
    "outcome": {"kind": "endCommitment", "reason": "fardigbehandlad", "addressees": ["SE2321000115-P0001"]},
}
"""The registration in Skåne has more tables than the others: their codes, as that source's folder writes them."""


def in_full(kind: str) -> Json:
    message = changed(IN_FULL[kind], "/patient/protection", GONE)
    if kind != "care-event":
        return message
    lines = [line | {"profession": "LÄK", "staffCategory": "10"} for line in message["lines"]]
    return message | IN_MILLENNIUM | {"lines": lines}


def faults(message: Json, rule: str) -> list[str]:
    return [problem.path for problem in judging(message).problems if problem.rule == rule]


@pytest.mark.parametrize(("kind", "place"), [(kind, place) for kind, places in CODED.items() for place in places])
def test_IN_13_a_code_stands_in_its_sources_table(kind: str, place: str) -> None:
    assert faults(changed(in_full(kind), f"/{place}", "inget-sådant"), "IN-13") == [f"/{place}"]


@pytest.mark.parametrize("kind", CODED)
def test_IN_13_codes_of_the_sources_tables_are_taken_in(kind: str) -> None:
    assert faults(in_full(kind), "IN-13") == []


@pytest.mark.parametrize(("kind", "place"), [(kind, place) for kind, places in HSA_IDS.items() for place in places])
def test_OR_1_every_unit_and_member_of_staff_has_an_hsa_id(kind: str, place: str) -> None:
    assert faults(changed(in_full(kind), f"/{place}", "frida"), "OR-1") == [f"/{place}"]


@pytest.mark.parametrize("kind", HSA_IDS)
def test_OR_1_staff_need_not_be_in_the_regions_catalogue_of_units(kind: str) -> None:
    assert faults(in_full(kind), "OR-1") == []


def test_IN_13_a_cancel_reason_stands_in_its_sources_table() -> None:
    message = changed(booking(), "/status", "cancelled")
    cancellation = {"reason": "ETJ", "at": "2026-11-20T08:00:00+01:00", "by": "patient"}
    assert refusals(changed(message, "/cancellation", cancellation)) == [("IN-13", "/cancellation/reason")]


def test_IN_13_each_source_has_tables_of_its_own() -> None:
    problems = judging(changed(booking(), "/source", "SE2321000115-PASIS"), catalogue=numbered_pasis()).problems
    assert {problem.path for problem in problems if problem.rule == "IN-13"} == {
        "/contactType",
        "/visitType",
        "/lines/0/profession",
        "/lines/0/careService",
        "/basis/customer",
        "/basis/agreement",
    }


def numbered_pasis() -> Any:
    return load(replaced("region.toml", 'versions = "changedAt"\n', ""))


def test_IN_13_a_position_of_the_national_table_need_not_be_in_the_regions() -> None:
    assert lawful(changed(care_contact(), "/person/position", "205011"))


@pytest.mark.parametrize("message", [booking(), event()], ids=["booking", "event"])
def test_IN_9_each_line_has_a_number_of_its_own(message: Json) -> None:
    twice = changed(message, "/lines", [message["lines"][0], message["lines"][0] | {"owner": False}])
    told = [(problem.rule, problem.path) for problem in judging(twice).problems]
    assert ("IN-9", "/lines/1/number") in told
