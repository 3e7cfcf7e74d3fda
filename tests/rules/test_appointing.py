"""How a named contact comes about and is followed (domain 5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from mappings.problem import Json
from mappings.region.field import Audience
from mappings.region.named_contact import NamedContact
from mappings.rules.appointing import ends_before, succeeded
from mappings.rules.named_contact import same
from mappings.rules.visibility import each_once, seen
from tests.region.sample import sample
from tests.rules.messages import (
    GONE,
    NOW,
    accepted,
    booking,
    care_contact,
    changed,
    coordinator,
    derived,
    lawful,
    parsed,
    physician,
    refusals,
    warnings,
)

CENTRE = "SE2321000115-E000000000120"


def at_discharge(**more: object) -> Json:
    """Appointed by the health centre that took in the admission message."""
    unit = care_contact()["unit"]["hsaId"]
    need = {"ground": "dischargeLaw", "day": "2026-11-01", "receivingUnit": unit, "discharged": "2026-11-12"}
    return care_contact() | {"start": "2026-11-10", "need": need | more}


# -- the discharge law -----------------------------------------------------------------------------------------------


def test_FK_9_a_contact_is_appointed_before_the_patient_is_discharged() -> None:
    assert lawful(at_discharge())
    assert lawful(at_discharge(discharged="2026-11-10"))
    assert refusals(at_discharge(discharged="2026-11-09")) == [("FK-9", "/start")]
    assert refusals(changed(at_discharge(), "/start", GONE)) == [("FK-9", "/start")]
    assert lawful(at_discharge(discharged="2026-11-09", ground="careNeed"))


def test_FK_9_the_unit_that_took_in_the_admission_message_appoints() -> None:
    assert refusals(at_discharge(receivingUnit="SE2321000115-E000000000101")) == [("FK-9", "/unit/hsaId")]


def test_FK_18_a_plan_is_called_within_three_days_of_the_notice() -> None:
    ready = at_discharge(readyForDischarge="2026-11-11", municipalityToo=True)
    assert accepted(ready).need.plan_by == date(2026, 11, 14)
    assert derived(ready) == [("FK-18", "/need/planBy")]


@pytest.mark.parametrize(
    "more", [{"municipalityToo": True}, {"readyForDischarge": "2026-11-11"}], ids=["no notice", "only the region"]
)
def test_FK_18_there_is_no_deadline_without_a_notice_or_a_need_of_both(more: Json) -> None:
    assert accepted(at_discharge(**more)).need.plan_by is None


def test_FK_18_the_fixed_physician_calls_no_plan() -> None:
    need = {"ground": "careNeed", "readyForDischarge": "2026-11-11", "municipalityToo": True}
    assert accepted(physician() | {"need": need}).need.plan_by is None


def test_IN_18_the_deadline_is_not_sent() -> None:
    ready = at_discharge(readyForDischarge="2026-11-11", municipalityToo=True, planBy="2026-11-14")
    assert refusals(ready) == [("IN-18", "/need/planBy")]


# -- a successor -----------------------------------------------------------------------------------------------------


def successor(**more: object) -> Json:
    message = changed(physician(), "/person/hsaId", "SE2321000115-P0999")
    return message | {"id": "FK-99", "replaces": physician()["id"], "start": "2026-11-20"} | more


def test_FK_9_a_successor_takes_the_place_of_the_physician_before() -> None:
    assert lawful(successor(), contacts=(physician(),))
    assert refusals(changed(successor(), "/replaces", GONE), contacts=(physician(),)) == [("FK-2", "/kind")]


@pytest.mark.parametrize(
    "others",
    [(), (physician() | {"id": "another"},), (physician() | {"source": "SE2321000115-PASIS"},)],
    ids=["nobody", "another", "another source's"],
)
def test_FK_9_a_successor_follows_somebody(others: tuple[Json, ...]) -> None:
    assert ("FK-9", "/replaces") in refusals(successor(), contacts=others)


def test_FK_9_a_successor_is_of_the_same_kind() -> None:
    assert refusals(successor(), contacts=(care_contact() | {"id": physician()["id"]},)) == [("FK-9", "/replaces")]


def test_FK_9_a_successor_begins_on_a_day() -> None:
    told = refusals(changed(successor(), "/start", GONE), contacts=(physician(),))
    assert ("FK-9", "/start") in told


def _after(start: str, **before: object) -> NamedContact:
    old = NamedContact.model_validate(physician() | before)
    return succeeded(old, NamedContact.model_validate(successor(start=start)), date(2026, 11, 20))


def test_FK_9_the_one_before_ends_on_the_day_before() -> None:
    today = _after("2026-11-20")
    assert (today.end, today.status.value) == (date(2026, 11, 19), "ended")
    later = _after("2026-12-01")
    assert (later.end, later.status.value) == (date(2026, 11, 30), "active")


def test_FK_9_one_who_ended_earlier_stays_so() -> None:
    assert _after("2026-12-01", end="2026-11-25").end == date(2026, 11, 25)


@pytest.mark.parametrize(
    ("last", "there", "earlier"),
    [
        ({"end": "2026-11-19"}, {}, True),
        ({"end": "2026-11-19"}, {"end": "2026-11-20"}, True),
        ({"end": "2026-11-19"}, {"end": "2026-11-19"}, False),
        ({}, {"end": "2026-11-19"}, False),
        ({}, {}, False),
        ({"status": "annulled", "end": "2026-11-19"}, {}, False),
    ],
)
def test_FK_9_a_reader_is_told_the_earlier_end(last: Json, there: Json, earlier: bool) -> None:
    one, other = (NamedContact.model_validate(physician() | said) for said in (last, there))
    assert ends_before(one, other) is earlier
    assert not ends_before(parsed(booking()), parsed(booking()))


# -- several ---------------------------------------------------------------------------------------------------------


def test_FK_14_the_coordinator_works_where_the_main_care_is_given() -> None:
    assert lawful(coordinator())
    assert warnings(changed(coordinator(), "/attested/mainCareGivenHere", False)) == [
        ("FK-14", "/attested/mainCareGivenHere")
    ]
    assert warnings(changed(coordinator(), "/attested/mainCareGivenHere", GONE)) == [
        ("FK-14", "/attested/mainCareGivenHere")
    ]
    assert lawful(care_contact())


def test_FK_16_who_is_medically_responsible_is_named_where_the_contact_is_not() -> None:
    other = changed(care_contact(), "/attested/medicallyResponsible", False)
    assert warnings(other) == [("FK-16", "/coordination/medicallyResponsible")]
    assert lawful(other | {"coordination": {"medicallyResponsible": "Maria Vårdh, Vårdcentralen Nyhem"}})
    assert lawful(changed(care_contact(), "/attested/medicallyResponsible", True))


def dying() -> Json:
    attested = {
        "lifeThreatening": True,
        "licensedPhysician": True,
        "inServiceWithCare": True,
        "mainResponsibility": True,
    }
    told = {"day": "2026-11-19", "whom": "nextOfKin", "way": "personally"}
    return care_contact() | {"attested": attested, "told": [told]}


def test_FK_17_the_physician_belongs_to_the_service_and_bears_the_main_responsibility() -> None:
    assert lawful(dying())
    for field in ("inServiceWithCare", "mainResponsibility"):
        assert warnings(changed(dying(), f"/attested/{field}", False)) == [("FK-17", f"/attested/{field}")]


def test_FK_17_the_patient_or_next_of_kin_are_told_personally() -> None:
    assert warnings(changed(dying(), "/told", GONE)) == [("FK-17", "/told")]
    assert warnings(changed(dying(), "/told/0/way", "portal")) == [("FK-17", "/told")]
    assert lawful(changed(dying(), "/told/0/whom", "patient"))


def from_a_note(**more: object) -> Json:
    return care_contact() | {"id": "NOTE-1", "writtenIn": "note"} | more


def test_FK_19_a_contact_from_two_places_is_one() -> None:
    told = warnings(from_a_note(), contacts=(care_contact(),))
    assert ("FK-19", "/id") in told
    another = changed(from_a_note(), "/person/hsaId", "SE2321000115-P0999")
    assert ("FK-19", "/id") not in warnings(another, contacts=(care_contact(),))


@pytest.mark.parametrize(
    ("pointer", "value"),
    [("/status", "ended"), ("/kind", "coordinatingCareContact"), ("/unit/hsaId", "SE2321000115-E000000000101")],
)
def test_FK_19_two_that_differ_are_two(pointer: str, value: str) -> None:
    one, other = care_contact(), changed(from_a_note(end="2027-01-01"), pointer, value)
    assert not same(NamedContact.model_validate(one), NamedContact.model_validate(other))


def test_FK_19_periods_apart_are_two() -> None:
    before = care_contact() | {"end": "2026-12-31"}
    after = from_a_note(start="2027-01-01")
    assert not same(NamedContact.model_validate(before), NamedContact.model_validate(after))


def test_FK_19_without_an_hsa_id_a_name_tells_within_one_source() -> None:
    one, other = (changed(message, "/person/hsaId", GONE) for message in (care_contact(), from_a_note()))
    assert same(NamedContact.model_validate(one), NamedContact.model_validate(other))
    elsewhere = NamedContact.model_validate(other | {"source": "SE2321000115-PASIS"})
    assert not same(NamedContact.model_validate(one), elsewhere)


def test_FK_19_the_patient_sees_it_once_the_one_that_lacks_least() -> None:
    incomplete = accepted_with_warnings(changed(care_contact(), "/person/position", GONE))
    whole = accepted_with_warnings(from_a_note())
    assert each_once([(incomplete, {"id": "card"}), (whole, {"id": "note"})]) == [{"id": "note"}]
    assert each_once([(whole, {"id": "note"}), (incomplete, {"id": "card"})]) == [{"id": "note"}]


def accepted_with_warnings(message: Json) -> NamedContact:
    found: NamedContact = accepted(message)
    return found


# -- who sees it -----------------------------------------------------------------------------------------------------

SHARED = {"consent": True, "agreement": "SIP 2026-11-03", "review": "2027-05-01"}


@pytest.mark.parametrize("audience", [Audience.STAFF, Audience.STAFF_WITH_RELATION])
def test_FK_15_how_contacts_work_together_is_shared_only_with_consent(audience: Audience) -> None:
    agreed = accepted(care_contact() | {"coordination": SHARED})
    assert (seen(agreed, audience, NOW, sample()) or {})["coordination"]["agreement"] == "SIP 2026-11-03"
    for consent in (False, GONE):
        secret = accepted(changed(care_contact() | {"coordination": dict(SHARED)}, "/coordination/consent", consent))
        assert "coordination" not in (seen(secret, audience, NOW, sample()) or {})
        assert "coordination" in (seen(secret, Audience.SOURCE, NOW, sample()) or {})


@pytest.mark.parametrize("audience", [Audience.PATIENT, Audience.GUARDIAN])
def test_FK_23_the_region_decides_whether_the_physician_is_shown_on_1177(audience: Audience) -> None:
    shown, hidden = sample(), replace(sample(), switches={"FK-23": False})
    minor = {"identity": {"kind": "personnummer", "value": "201212121212"}, "name": {"text": "Barn Exempelsson"}}
    one, other = accepted(physician() | {"patient": minor}), accepted(care_contact() | {"patient": minor})
    assert seen(one, audience, NOW, shown)
    assert seen(one, audience, NOW, hidden) is None
    assert seen(other, audience, NOW, hidden)
    assert seen(one, Audience.STAFF, NOW, hidden)


@pytest.mark.parametrize("status", ["requested", "needed", "offered", "declined", "unneeded", "ended", "annulled"])
def test_FK_9_only_an_appointed_contact_is_shown_on_1177(status: str) -> None:
    shown = NamedContact.model_validate(care_contact())
    assert seen(shown, Audience.PATIENT, NOW, sample())
    other = NamedContact.model_validate(care_contact() | {"status": status})
    assert seen(other, Audience.PATIENT, NOW, sample()) is None
