"""What several sources say of one patient, and what is left of it when she is protected (PI-1, ID-9, Decided 22)."""

from __future__ import annotations

from typing import Any

import pytest

from mappings.problem import Json
from mappings.region.people import Patient, Protection, ProtectionKind
from mappings.resources.outline import GRAPHS
from mappings.resources.patient import PATIENT_CARD
from mappings.rules.patients import (
    bare,
    bare_patient,
    bare_resources,
    bare_state,
    bare_word,
    dumped,
    of_patient,
    own_resources,
    replaced,
    together,
    under,
    with_card,
    word_of,
)
from mappings.shape.filled import Filled
from tests.region.sample import sample
from tests.rules.full import PATIENT_IN_FULL
from tests.rules.messages import COSMIC, GONE, booking, care_contact, changed, parsed, patient, physician

HELD = Protection(kind=ProtectionKind.SKYDDAD_FOLKBOKFORING)
SOURCE = sample().sources[COSMIC]
NUMBER = patient()["identity"]
PHONE = [{"kind": "mobile", "value": "070-111 22 33"}]
LOCAL, OTHER_LOCAL = ({"kind": "reservnummer", "value": value} for value in ("R900118A", "R900118B"))


def person(**said: Any) -> Patient:
    return Patient.model_validate({"identity": NUMBER, **said})


def kinds(resources: tuple[Filled, ...]) -> list[str]:
    return [one.key.kind for one in resources]


def known(message: Json, kind: str) -> tuple[Any, tuple[Filled, ...]]:
    """A message and its resources."""
    read = parsed(message)
    return read, GRAPHS[kind].fill(read, SOURCE, sample().units)


# -- what all sources say --------------------------------------------------------------------------------------------


def test_ID_9_the_source_that_spoke_last_goes_first_and_the_others_fill_in() -> None:
    last = person(name={"text": "Tolvan"})
    first = person(name={"text": "En annan"}, phones=PHONE)
    whole = together(last, [first, person(housing="Solgården", phones=[{"kind": "home", "value": "1"}])])
    assert whole == person(name={"text": "Tolvan"}, phones=PHONE, housing="Solgården")


def test_ID_9_every_identity_that_a_source_knows_is_kept_once() -> None:
    whole = together(person(identities=[LOCAL]), [person(identities=[LOCAL, OTHER_LOCAL])])
    assert [one.value for one in whole.identities] == ["R900118A", "R900118B"]


def test_PI_1_protected_while_any_source_says_so() -> None:
    named = person(name={"text": "Tolvan"}, phones=PHONE)
    assert together(named, [person(protection={"kind": "skyddadFolkbokforing"})]) == person(protection=dumped(HELD))
    assert together(named, [person()]) == named


# -- without what gives her away -------------------------------------------------------------------------------------


def test_PI_1_only_the_number_that_she_is_dead_and_the_marking_are_left() -> None:
    whole = Patient.model_validate(PATIENT_IN_FULL)
    left = {"identity": NUMBER, "deceased": PATIENT_IN_FULL["deceased"]}
    assert dumped(bare(whole)) == left | {"identities": [], "memberships": [], "relations": []} | dumped(
        person(protection=PATIENT_IN_FULL["protection"], deceased=PATIENT_IN_FULL["deceased"])
    )
    assert bare(person(phones=PHONE), HELD) == person(protection=dumped(HELD))
    assert bare(person(protection={"kind": "sekretessmarkering"}), HELD).protection != HELD


def test_PI_1_what_is_stored_is_bared_too() -> None:
    stored = dumped(person(name={"text": "Tolvan"}, phones=PHONE))
    assert bare_patient(stored, HELD) == dumped(person(protection=dumped(HELD)))
    assert bare_word(stored) == dumped(person())
    assert bare_word(stored | {"protection": dumped(HELD)}) == dumped(person(protection=dumped(HELD)))


def test_PI_1_a_booking_and_a_care_contact_keep_their_unit_and_a_fixed_physician_only_its_name() -> None:
    for message in (booking(), care_contact()):
        stored = dumped(parsed(message))
        assert bare_state(stored, HELD) == stored | {"patient": bare_patient(stored["patient"], HELD)}
    unit = bare_state(dumped(parsed(physician())), HELD)["unit"]
    assert {name for name, value in unit.items() if value} == {"hsaId", "name", "eServices", "careProvider"}
    without = dumped(parsed(physician())) | {"patient": dumped(person(phones=PHONE))}
    del without["unit"]
    assert bare_state(without, HELD)["patient"] == dumped(person(protection=dumped(HELD)))


# -- whose word it is ------------------------------------------------------------------------------------------------


def test_what_a_message_leaves_out_is_as_its_sources_own_card_has_it() -> None:
    sent = parsed(changed(booking(), "/patient", {"identity": NUMBER, "name": {"text": "Nytt namn"}}))
    card = person(name={"text": "Gammalt"}, phones=PHONE, protection={"kind": "sekretessmarkering"})
    filled_in = with_card(sent, card).patient
    assert (filled_in.name.text, filled_in.phones, filled_in.protection) == ("Nytt namn", card.phones, card.protection)
    assert with_card(sent, None) is sent
    assert with_card(sent, person()) is sent


def test_PI_1_a_source_that_repeats_anothers_marking_has_not_marked_her_itself() -> None:
    derived = person(protection=dumped(HELD))
    own = person(protection={"kind": "sekretessmarkering"})
    assert word_of(derived, person()).protection is None
    assert word_of(derived, own).protection == own.protection
    assert word_of(derived, person(), own).protection == own.protection
    assert word_of(derived, derived, own).protection == HELD


def test_the_card_of_a_source_is_its_word_where_it_has_sent_one() -> None:
    card = person(phones=PHONE)
    assert word_of(person(housing="x"), person(), card) == card
    assert word_of(person(housing="x"), person()) == person(housing="x")


def test_PI_1_a_message_is_shown_as_the_marking_has_it() -> None:
    sent = parsed(changed(booking(), "/patient/phones", PHONE))
    assert under(sent, HELD).patient == person(protection=dumped(HELD))
    assert under(sent, None) == sent
    marked = parsed(changed(booking(), "/patient/protection", {"kind": "sekretessmarkering"}))
    assert under(marked, None).patient == parsed(booking()).patient


# -- resources -------------------------------------------------------------------------------------------------------

RELATED = {
    "relations": [{"number": "1", "kind": "contactPerson", "name": {"text": "Anna Lind"}, "phone": "070-1"}],
    "memberships": [{"kind": "selfPaying", "start": "2026-01-01"}],
}


def test_PI_1_the_resources_of_a_patient_with_a_new_marking_hold_nothing_of_her() -> None:
    message = changed(changed(booking(), "/patient/relations", RELATED["relations"]), "/patient/phones", PHONE)
    read, before = known(changed(message, "/patient/memberships", RELATED["memberships"]), "booking")
    after = bare_resources(before, bare(read.patient, HELD), SOURCE)
    assert kinds(after) == kinds(before)
    told = {one.key.kind: one.resource for one in after}
    assert "telecom" not in told["Patient"]
    assert told["Patient"]["meta"]["security"]
    assert (told["RelatedPerson"]["active"], "name" in told["RelatedPerson"]) == (False, False)
    assert told["Coverage"]["status"] == "cancelled"
    others = {"Patient", "RelatedPerson", "Coverage"}
    assert [one for one in after if one.key.kind not in others] == [one for one in before if one.key.kind not in others]


LOCAL_UNIT = {"name": "Läkarhuset", "street": "Storgatan 1", "town": "Halmstad", "publicPhone": "035-1"}


def of_a_unit_without_an_id(message: Json) -> Json:
    """Nobody but this contact speaks of its unit."""
    return changed(message, "/unit", LOCAL_UNIT)


@pytest.mark.parametrize(("message", "stripped"), [(physician(), True), (care_contact(), False)])
def test_PI_1_the_unit_that_only_her_fixed_physician_speaks_of_loses_where_it_is(message: Json, stripped: bool) -> None:
    read, before = known(of_a_unit_without_an_id(message), "named-contact")
    after = bare_resources(before, bare(read.patient, HELD), SOURCE)
    places = {"address", "telecom"}
    units = {one.key.kind: set(one.resource) for one in after if one.key.kind in ("Location", "HealthcareService")}
    assert any(places & names for names in (set(one.resource) for one in before if one.key.kind in units))
    assert any(places & names for names in units.values()) is not stripped
    assert all("name" in one.resource for one in after if one.key.kind == "Location")


def test_PI_1_a_unit_of_the_region_is_not_hers_to_strip() -> None:
    read, before = known(physician(), "named-contact")
    after = bare_resources(before, bare(read.patient, HELD), SOURCE)
    units = ("Location", "HealthcareService", "Organization")
    assert [one for one in after if one.key.kind in units] == [one for one in before if one.key.kind in units]


def test_only_a_named_contact_speaks_of_resources_that_nobody_else_does() -> None:
    assert own_resources(parsed(booking())) == ()
    contact, *units = own_resources(parsed(physician()))
    assert contact.kind == "CareTeam"
    assert sorted(one.kind for one in units) == ["HealthcareService", "Location"]
    assert len({one.value for one in units}) == 1


def test_of_the_patients_resources_those_that_no_source_says_any_more_are_emptied() -> None:
    card = parsed({"source": COSMIC, "id": "PK-1", "version": 1, "patient": {"identity": NUMBER}})
    former = person(**RELATED)
    now = of_patient(PATIENT_CARD, card, [former], person(), SOURCE)
    assert kinds(now) == ["Patient", "RelatedPerson", "Coverage"]
    assert [one.resource.get("active", one.resource.get("status")) for one in now[1:]] == [False, "cancelled"]
    kept = of_patient(PATIENT_CARD, card, [former], former, SOURCE)
    assert sorted(kinds(kept)) == ["Coverage", "Patient", "RelatedPerson"]
    assert [one.resource["status"] for one in kept if one.key.kind == "Coverage"] == ["active"]


def test_ID_8_the_patient_of_an_identity_that_was_merged_points_at_the_other() -> None:
    marked = changed(booking(), "/patient/protection", {"kind": "sekretessmarkering"})
    for message in (booking(), marked):
        _, resources = known(changed(message, "/patient/identities", [LOCAL]), "booking")
        [left] = [one for one in resources if one.key.kind == "Patient"]
        link = replaced(left, left.key).resource
        assert link["active"] is False
        assert link["identifier"] == left.resource["identifier"][:1]
        assert link["link"] == [{"other": {"reference": left.key.text}, "type": "replaced-by"}]
        assert link.get("meta") == left.resource.get("meta")
        assert set(link) - {"meta"} == {"resourceType", "active", "identifier", "link"}
        assert link["resourceType"] == "Patient"


def test_what_is_stored_has_json_names_and_leaves_out_what_is_absent() -> None:
    stored = dumped(parsed(changed(booking(), "/summons", GONE)))
    assert stored["performingUnit"] == booking()["performingUnit"]
    assert "summons" not in stored
    assert stored["lines"][0]["start"].startswith("2026-11-24T13:00:00")
