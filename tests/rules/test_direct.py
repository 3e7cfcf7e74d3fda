"""1177 direkt (domain 6), scenario by scenario, as the document lists them (DIREKT 3.1, 4)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mappings.problem import Json
from mappings.region.care_event import CareEvent
from mappings.region.catalogue_files import load
from mappings.region.reading import read
from mappings.resources.outline import GRAPHS
from mappings.rules.rulebook import Facts, judge
from tests.region.sample import replaced, sample
from tests.rules.cases import (
    COSMIC,
    DAY,
    LUNDEN,
    NEXT_DAY,
    NOW,
    NYHEM,
    PMO,
    case,
    judging,
    nurse,
    received,
    refusals,
    took,
)

CASES = Path(__file__).parents[2] / "fixtures" / "direct-cases"

# Vårdkontakt, Attribut 1177 direkt, diagnos, KVÅ, dokumentera i journalen
TEXT = ("Text som inte ersätter besök", True, "notAsked", "notAsked", True)
DISTANCE = ("Distanskontakt realtid bild/ljud/chatt", True, "required", "whenRelevant", True)
VISIT = ("Mottagningsbesök", False, "required", "whenRelevant", True)
DIGITAL = {False: TEXT, True: DISTANCE}
"""*Ersätter inte ett besök*, *Ersätter ett besök*."""

FIRST, RECEIVER, PHYSICAL = "/handlers/0", "/handlers/1", "/physicalVisit"
PHYSICIAN_OR_OTHER = ["lakare", "fysioterapeut", "underskoterska"]
"""*Läkare eller annan hälso- och sjukvårdspersonal*."""

either = pytest.mark.parametrize("replaces", [False, True], ids=["replaces no visit", "replaces a visit"])
day = pytest.mark.parametrize("on", [DAY, NEXT_DAY], ids=["same day", "another day"])
who = pytest.mark.parametrize("who", PHYSICIAN_OR_OTHER)


def made_of(message: Json) -> Any:
    judged = judging(message)
    assert not judged.problems, judged.problems
    return judged.message


def registered(message: Json) -> dict[str, tuple[Any, ...]]:
    """By who registers: contact type, attribute, diagnosis, KVÅ, note. Raises AssertionError where it is not lawful."""
    types = sample().sources[PMO].table("contact-types")
    return {
        one.by: (types[one.contact_type].display, one.direct, one.diagnosis.value, one.kva.value, one.note)
        for one in made_of(message).registrations
    }


def scenario(message: Json) -> tuple[str, bool]:
    """The section, and whether a heading of the document describes the case."""
    found = made_of(message).scenario
    return found.section, not found.follows


def closed_by(message: Json) -> str:
    closes: str = made_of(message).closed_by
    return closes


# -- 3.1.1 Ärende som enbart tas om hand av sjuksköterska -----------------------------------------------------------


@either
def test_DK_2_nurse_gives_self_care_advice(replaces: bool) -> None:
    message = case(nurse(action="selfCareAdvice", replacesVisit=replaces))
    assert registered(message) == {FIRST: DIGITAL[replaces]}
    assert closed_by(message) == FIRST
    assert scenario(message) == ("3.1.1", True)


@pytest.mark.parametrize("said", [{}, {"replacesVisit": True}], ids=["not said", "said"])
def test_DK_9_what_a_nurse_does_herself_replaces_a_visit(said: Json) -> None:
    message = case(nurse(action="treatment", **said))
    assert registered(message) == {FIRST: DISTANCE}
    assert closed_by(message) == FIRST
    assert scenario(message) == ("3.1.1", True)


@either
@day
def test_DK_4_nurse_then_nurse_physically(replaces: bool, on: str) -> None:
    visit = received("sjukskoterska", day=on, hour=15)
    message = case(nurse(replacesVisit=replaces), physicalVisit=visit)
    assert registered(message) == {FIRST: DIGITAL[replaces], PHYSICAL: VISIT}
    assert closed_by(message) == FIRST
    assert scenario(message) == ("3.1.1", True)


# -- 3.1.2 Ärende som överlämnas till läkare eller annan hälso- och sjukvårdspersonal -------------------------------


@either
@day
@who
def test_DK_4_nurse_then_physician_or_other_physically(replaces: bool, on: str, who: str) -> None:
    message = case(nurse(replacesVisit=replaces), physicalVisit=received(who, day=on, hour=15))
    assert registered(message) == {FIRST: DIGITAL[replaces], PHYSICAL: VISIT}
    assert closed_by(message) == FIRST
    assert scenario(message) == ("3.1.2", True)


@either
@who
def test_DK_3_handed_over_the_same_day_only_the_receiver_registers(replaces: bool, who: str) -> None:
    message = case(nurse(), received(who, replacesVisit=replaces))
    assert registered(message) == {RECEIVER: DIGITAL[replaces]}
    assert closed_by(message) == RECEIVER
    assert scenario(message) == ("3.1.2", True)


@pytest.mark.parametrize("first", [False, True])
@either
@who
def test_DK_3_handed_over_to_another_day_both_register(first: bool, replaces: bool, who: str) -> None:
    message = case(nurse(replacesVisit=first), received(who, day=NEXT_DAY, replacesVisit=replaces))
    assert registered(message) == {FIRST: DIGITAL[first], RECEIVER: DIGITAL[replaces]}
    assert closed_by(message) == RECEIVER
    assert scenario(message) == ("3.1.2", True)


@either
@who
def test_DK_3_handed_over_and_met_physically_the_same_day(replaces: bool, who: str) -> None:
    message = case(nurse(), received(who, replacesVisit=replaces), physicalVisit=received(who, hour=15))
    assert registered(message) == {RECEIVER: DIGITAL[replaces], PHYSICAL: VISIT}
    assert closed_by(message) == RECEIVER
    assert scenario(message) == ("3.1.2", True)


# -- 3.1.3 Ärende som skickas vidare till hälso- och sjukvårdspersonal på annan enhet -------------------------------


@pytest.mark.parametrize("first", [False, True])
@either
@who
def test_DK_3_handed_over_to_another_unit_both_register(first: bool, replaces: bool, who: str) -> None:
    message = case(nurse(replacesVisit=first), received(who, unit=NYHEM, replacesVisit=replaces))
    assert registered(message) == {FIRST: DIGITAL[first], RECEIVER: DIGITAL[replaces]}
    assert closed_by(message) == RECEIVER
    assert scenario(message) == ("3.1.3", True)


@either
@pytest.mark.parametrize("who", ["sjukskoterska", "lakare"])
def test_DK_5_directed_to_a_unit_without_the_service(replaces: bool, who: str) -> None:
    message = case(took(who, replacesVisit=replaces), referredTo={"unit": NYHEM, "hasDirect": False})
    assert registered(message) == {FIRST: DIGITAL[replaces]}
    assert closed_by(message) == FIRST
    assert scenario(message) == ("3.1.3", True)


# -- 3.1.4 Ärende som enbart tas om hand av läkare eller annan legitimerad personal ---------------------------------


@pytest.mark.parametrize("who", ["lakare", "fysioterapeut"])
@pytest.mark.parametrize("action", ["treatment", "referral"])
@pytest.mark.parametrize("said", [{}, {"replacesVisit": True}], ids=["not said", "said"])
def test_DK_6_what_a_physician_or_other_does_alone_replaces_a_visit(who: str, action: str, said: Json) -> None:
    message = case(took(who, action=action, **said))
    assert registered(message) == {FIRST: DISTANCE}
    assert closed_by(message) == FIRST
    assert scenario(message) == ("3.1.4", True)


@either
def test_DK_6_physician_renews_a_prescription(replaces: bool) -> None:
    message = case(took("lakare", action="prescriptionRenewal", replacesVisit=replaces))
    assert registered(message) == {FIRST: DIGITAL[replaces]}
    assert closed_by(message) == FIRST
    assert scenario(message) == ("3.1.4", True)


# -- what no heading describes and the rules decide ------------------------------------------------------------------


def test_DK_3_another_day_and_another_unit_both_register() -> None:
    receiver = received("lakare", day=NEXT_DAY, unit=NYHEM, replacesVisit=True)
    message = case(nurse(replacesVisit=False), receiver)
    assert registered(message) == {FIRST: TEXT, RECEIVER: DISTANCE}
    assert closed_by(message) == RECEIVER
    assert scenario(message) == ("3.1.3", False)


@pytest.mark.parametrize("visitor", ["sjukskoterska", *PHYSICIAN_OR_OTHER])
def test_DK_4_visit_another_day_after_a_handover_is_an_ordinary_one(visitor: str) -> None:
    visit = received(visitor, day=NEXT_DAY)
    message = case(nurse(), received("lakare", replacesVisit=False), physicalVisit=visit)
    assert registered(message) == {RECEIVER: TEXT, PHYSICAL: VISIT}
    assert closed_by(message) == RECEIVER
    assert scenario(message) == ("3.1.2", False)


def test_DK_4_visit_to_the_receivers_own_unit_is_an_ordinary_one() -> None:
    receiver = received("lakare", unit=NYHEM, replacesVisit=False)
    message = case(nurse(replacesVisit=True), receiver, physicalVisit=received("lakare", unit=NYHEM, hour=15))
    assert registered(message) == {FIRST: DISTANCE, RECEIVER: TEXT, PHYSICAL: VISIT}
    assert closed_by(message) == RECEIVER


@either
def test_DK_10_physician_closes_a_case_also_when_a_visit_follows(replaces: bool) -> None:
    visit = received("sjukskoterska", day=NEXT_DAY)
    message = case(took("lakare", replacesVisit=replaces), physicalVisit=visit)
    assert registered(message) == {FIRST: DIGITAL[replaces], PHYSICAL: VISIT}
    assert closed_by(message) == FIRST
    assert scenario(message) == ("3.1.4", False)


def test_DK_5_receiver_who_directs_further_registers_and_closes() -> None:
    message = case(nurse(), received("lakare", replacesVisit=True), referredTo={"hasDirect": False})
    assert registered(message) == {RECEIVER: DISTANCE}
    assert closed_by(message) == RECEIVER


def test_DK_3_a_day_is_a_day_in_stockholm() -> None:
    """In summer the Swedish day ends at 22 in Greenwich."""
    late = nurse(replacesVisit=False) | {"start": "2023-05-02T21:30:00Z"}
    after = received("lakare", replacesVisit=True) | {"start": "2023-05-02T22:30:00Z"}
    assert registered(case(late, after)) == {FIRST: TEXT, RECEIVER: DISTANCE}
    before = received("lakare", replacesVisit=True) | {"start": "2023-05-02T21:45:00Z"}
    assert registered(case(nurse() | {"start": "2023-05-01T22:30:00Z"}, before)) == {RECEIVER: DISTANCE}


# -- 4.3 Vårdkontakt -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("replaces", "name"), [(False, "Telefonsamtal"), (True, "Telefonsamtal som ersätter besök")], ids=["no", "yes"]
)
def test_DK_7_telephone_stands_in_when_the_service_is_in_trouble(replaces: bool, name: str) -> None:
    message = case(nurse(action="selfCareAdvice", replacesVisit=replaces, byTelephone=True))
    assert registered(message) == {FIRST: (name, *DIGITAL[replaces][1:])}
    message["handlers"][0]["byTelephone"] = False
    assert registered(message) == {FIRST: DIGITAL[replaces]}


def test_DK_1_a_source_without_the_contact_types_is_refused() -> None:
    message = case(took("sjukskoterska", unit=NYHEM, action="treatment")) | {"source": COSMIC}
    assert ("DK-1", "/source") in refusals(message)


def test_DK_1_one_lacking_contact_type_is_told_where_it_is_needed() -> None:
    region = load(replaced("PMO/contact-types.csv", ";visit;visit", ";visit;"))
    message = case(nurse(replacesVisit=True), physicalVisit=received("lakare"))
    assert refusals(message, region) == [("DK-1", PHYSICAL)]
    assert refusals(case(nurse(action="treatment")), region) == []


# -- what is contradictory or not described --------------------------------------------------------------------------


def test_DK_2_it_is_to_be_said_whether_a_visit_was_replaced() -> None:
    assert refusals(case(nurse(action="selfCareAdvice"))) == [("DK-2", f"{FIRST}/replacesVisit")]
    assert refusals(case(nurse(), received("lakare"))) == [("DK-2", f"{RECEIVER}/replacesVisit")]


def test_DK_3_a_handover_to_another_nurse_is_refused() -> None:
    assert refusals(case(nurse(), received("sjukskoterska", replacesVisit=True))) == [("DK-3", "/handlers")]


def test_DK_6_a_profession_without_a_part_in_the_service_is_refused() -> None:
    message = case(nurse(), received("medicinsk-sekreterare", replacesVisit=True))
    assert refusals(message) == [("DK-6", f"{RECEIVER}/profession")]


def test_DK_3_a_handover_by_others_than_a_nurse_is_refused() -> None:
    message = case(took("lakare", replacesVisit=True), received("psykolog", replacesVisit=True))
    assert refusals(message) == [("DK-3", "/handlers")]


def test_DK_3_a_second_handover_is_refused() -> None:
    third = received("psykolog", hour=11, replacesVisit=True)
    assert refusals(case(nurse(), received("lakare", replacesVisit=True), third)) == [("DK-3", "/handlers")]


@pytest.mark.parametrize("said", [{"sameComplaint": None}, {"sameComplaint": False}], ids=["not said", "another"])
def test_DK_3_another_complaint_is_a_case_of_its_own(said: Json) -> None:
    message = case(nurse(), received("lakare", replacesVisit=True) | said)
    assert ("DK-3", f"{RECEIVER}/sameComplaint") in refusals_of_rule(message, "DK-3")


def refusals_of_rule(message: Json, rule: str) -> list[tuple[str, str]]:
    judged = judging(message)
    return [(one.rule, one.path) for one in judged.problems if one.rule == rule and one.refuses]


def test_DK_3_the_first_has_no_complaint_to_share() -> None:
    message = case(nurse(action="treatment", sameComplaint=True))
    assert ("DK-3", f"{FIRST}/sameComplaint") in refusals_of_rule(message, "DK-3")


@pytest.mark.parametrize("said", [{"sameComplaint": None}, {"sameComplaint": False}], ids=["not said", "another"])
def test_DK_4_a_visit_for_another_complaint_is_not_of_the_case(said: Json) -> None:
    message = case(nurse(replacesVisit=True), physicalVisit=received("lakare") | said)
    assert refusals_of_rule(message, "DK-4") == [("DK-4", f"{PHYSICAL}/sameComplaint")]


def test_DK_4_a_visit_at_another_unit_is_not_of_the_case() -> None:
    message = case(nurse(replacesVisit=True), physicalVisit=received("lakare", unit=NYHEM))
    assert refusals_of_rule(message, "DK-4") == [("DK-4", f"{PHYSICAL}/unit")]


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"referredTo": {"hasDirect": True}}, "/referredTo/hasDirect"),
        ({"referredTo": {"hasDirect": False, "unit": LUNDEN}}, "/referredTo/unit"),
        ({"referredTo": {"hasDirect": False}, "physicalVisit": received("lakare")}, "/physicalVisit"),
    ],
    ids=["unit that has the service", "the same unit", "met as well"],
)
def test_DK_5_directing_that_is_none_is_refused(more: Json, path: str) -> None:
    assert refusals_of_rule(case(nurse(replacesVisit=True), **more), "DK-5") == [("DK-5", path)]


@pytest.mark.parametrize("more", [{}, {"referredTo": {"hasDirect": False}}, {"physicalVisit": received("lakare")}])
def test_DK_6_alone_only_licensed_staff_handle_a_case(more: Json) -> None:
    message = case(took("underskoterska", action="treatment", replacesVisit=True), **more)
    assert refusals(message) == [("DK-6", f"{FIRST}/profession")]


@pytest.mark.parametrize(
    ("who", "action", "rule"),
    [
        ("lakare", None, "DK-6"),
        ("lakare", "selfCareAdvice", "DK-6"),
        ("fysioterapeut", "prescriptionRenewal", "DK-6"),
        ("sjukskoterska", None, "DK-9"),
        ("sjukskoterska", "prescriptionRenewal", "DK-9"),
        ("sjukskoterska", "referral", "DK-9"),
    ],
)
def test_DK_6_and_DK_9_what_the_document_does_not_describe_is_refused(who: str, action: str | None, rule: str) -> None:
    message = case(took(who, action=action, replacesVisit=True))
    assert refusals(message) == [(rule, f"{FIRST}/action")]
    [problem] = judging(message).problems
    assert "treatment" in problem.en
    assert ("prescriptionRenewal" in problem.en) is (who == "lakare")


@pytest.mark.parametrize(
    ("who", "action", "rule"),
    [
        ("sjukskoterska", "treatment", "DK-9"),
        ("lakare", "treatment", "DK-6"),
        ("fysioterapeut", "treatment", "DK-6"),
        ("lakare", "referral", "DK-6"),
    ],
)
def test_DK_6_and_DK_9_an_action_that_is_said_to_replace_no_visit_is_refused(who: str, action: str, rule: str) -> None:
    assert refusals(case(took(who, action=action, replacesVisit=False))) == [(rule, f"{FIRST}/replacesVisit")]


def test_DK_9_a_nurses_own_action_replaces_a_visit_also_when_another_takes_over() -> None:
    receiver = received("lakare", day=NEXT_DAY, replacesVisit=False)
    assert refusals(case(nurse(action="treatment", replacesVisit=False), receiver)) == [
        ("DK-9", f"{FIRST}/replacesVisit")
    ]
    assert registered(case(nurse(action="treatment"), receiver)) == {FIRST: DISTANCE, RECEIVER: TEXT}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("action", "selfCareAdvice"), ("action", "treatment")),
        *((name, value) for name in ("replacesVisit", "byTelephone") for value in (True, False)),
    ],
)
def test_DK_9_who_only_passes_on_has_nothing_to_say(name: str, value: Any) -> None:
    message = case(nurse(**{name: value}), received("lakare", replacesVisit=True))
    assert refusals(message) == [("DK-9", f"{FIRST}/{name}")]


def test_all_problems_of_a_case_are_told_at_once() -> None:
    message = case(
        nurse(unit="LUNDEN", sameComplaint=True),
        took("okand", hour=8, replacesVisit=True),
        physicalVisit=took("lakare", day="2026-05-02"),
        referredTo={"hasDirect": True},
        closedBy="/handlers/0",
    )
    told = {(one.rule, one.path) for one in judging(message).problems}
    assert told == {
        ("OR-1", f"{FIRST}/unit"),
        ("DK-3", f"{FIRST}/sameComplaint"),
        ("DK-3", f"{RECEIVER}/sameComplaint"),
        ("IN-13", f"{RECEIVER}/profession"),
        ("IN-9", f"{RECEIVER}/start"),
        ("DK-4", f"{PHYSICAL}/sameComplaint"),
        ("DK-5", "/referredTo/hasDirect"),
        ("DK-5", PHYSICAL),
        ("DK-11", f"{PHYSICAL}/start"),
        ("IN-18", "/closedBy"),
    }


def test_two_may_take_a_case_at_the_same_moment_and_none_before_the_other() -> None:
    taken = received("lakare", hour=9, replacesVisit=True)
    assert refusals(case(nurse(), taken)) == []
    assert refusals(case(nurse(hour=10), taken)) == [("IN-9", f"{RECEIVER}/start")]


@pytest.mark.parametrize("place", ["unit", "staff"])
def test_OR_1_units_and_staff_of_a_case_are_known_by_hsa_id(place: str) -> None:
    assert refusals(case(nurse(action="treatment", **{place: "SE2321000115"}))) == [("OR-1", f"{FIRST}/{place}")]
    there = {"referredTo": {"unit": "VC", "hasDirect": False}}
    assert refusals(case(nurse(replacesVisit=True), **there)) == [("OR-1", "/referredTo/unit")]


def test_OR_1_a_case_may_be_handed_over_to_another_region() -> None:
    receiver = received("lakare", unit="SE2321000131-E000000000001", replacesVisit=True)
    assert refusals(case(nurse(replacesVisit=False), receiver)) == []


@pytest.mark.parametrize(
    "derived",
    [
        {"scenario": {"section": "3.1.1", "sv": "a", "en": "b"}},
        {"closedBy": "/handlers/0"},
    ],
)
def test_IN_18_what_follows_is_never_sent(derived: Json) -> None:
    [name] = derived
    assert refusals_of_rule(case(nurse(action="treatment")) | derived, "IN-18") == [("IN-18", f"/{name}")]


# -- DK-11 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "warned"), [("2023-04-10", True), ("2023-04-11", False), ("2024-04-11", False), ("2024-04-12", True)]
)
def test_DK_11_outside_its_dates_the_instruction_warns(on: str, warned: bool) -> None:
    message = case(nurse(day=on, action="treatment"))
    judged = judging(message)
    assert not judged.refused
    assert [(one.rule, one.path) for one in judged.warnings] == ([("DK-11", f"{FIRST}/start")] if warned else [])
    assert len(judged.message.registrations) == 1


def test_DK_11_a_region_can_switch_it_off() -> None:
    off = load(replaced("region.toml", "PI-2 = true", "PI-2 = true\nDK-11 = false"))
    on = load(replaced("region.toml", "PI-2 = true", "PI-2 = true\nDK-11 = true"))
    message = case(nurse(day="2026-05-02", action="treatment"))
    assert judging(message, off).warnings == ()
    assert len(judging(message, on).warnings) == 1


# -- the care event that a registration becomes ----------------------------------------------------------------------


def test_DK_10_what_is_derived_is_told_by_rule() -> None:
    told = [(one.rule, one.path) for one in judging(case(nurse(action="treatment"))).derived]
    assert told == [
        ("DK-9", f"{FIRST}/replacesVisit"),
        ("DK-2", "/scenario"),
        ("DK-2", "/registrations/0"),
        ("DK-10", "/closedBy"),
    ]


ADDED: Json = {
    "number": "VH-1",
    "version": 1,
    "patient": {"identity": {"kind": "personnummer", "value": "191212121212"}},
    "status": "finished",
    "eventType": "primaryCare",
}


def test_a_registration_becomes_a_care_event_with_what_is_to_be_added() -> None:
    message = case(nurse(action="selfCareAdvice", replacesVisit=True, staff="SE2321000115-P0011"))
    [one] = made_of(message).registrations
    draft = one.care_event.model_dump(mode="json", by_alias=True, exclude_none=True)
    got = read("care-event", json.dumps(draft | ADDED).encode(), sample())
    assert isinstance(got.message, CareEvent), got.problems
    judged = judge(
        Facts(got.message, got.message, sample(), sample().sources[PMO], NOW),
        GRAPHS["care-event"].fhirpath,
    )
    assert [(one.rule, one.path) for one in judged.problems if one.refuses] == [("DK-2", "/diagnoses")]
    assert (got.message.contact_type, got.message.performing_unit) == ("distanskontakt-realtid", LUNDEN)
    assert got.message.owner.staff == "SE2321000115-P0011"


def test_what_is_to_be_added_is_a_field_of_the_care_event() -> None:
    fields = {f"/{field.alias or name}" for name, field in CareEvent.model_fields.items()}
    for message in (
        case(nurse(action="treatment")),
        case(nurse(replacesVisit=False), physicalVisit=received("lakare")),
    ):
        for one in made_of(message).registrations:
            assert {name for name in one.to_add if name not in fields} == set()
            assert ("/diagnoses" in one.to_add) is (one.diagnosis == "required")
            assert ("/procedures" in one.to_add) is (one.kva == "whenRelevant")
            assert bool(one.care_event.direct) is one.direct
            assert {f"/{name}" for name in ADDED} <= set(one.to_add)


# -- the examples ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(CASES.glob("*.json")), ids=lambda path: path.stem)
def test_an_example_of_a_case_is_lawful(path: Path) -> None:
    assert registered(json.loads(path.read_text("utf-8")))


@pytest.mark.parametrize("path", sorted((CASES / "refused").glob("*.json")), ids=lambda path: path.stem)
def test_a_refused_example_breaks_just_the_rule_it_is_named_for(path: Path) -> None:
    rule = "-".join(path.stem.split("-")[:2])
    assert [one for one, _ in refusals(json.loads(path.read_text("utf-8")))] == [rule]


def test_DK_5_the_patient_is_directed_to_another_unit_than_the_last_that_handled_the_case() -> None:
    handlers = nurse(), received("lakare", unit=NYHEM, replacesVisit=True)
    for unit, told in ((NYHEM, True), (LUNDEN, False)):
        problems = judging(case(*handlers, referredTo={"hasDirect": False, "unit": unit})).problems
        assert ("/referredTo/unit" in [one.path for one in problems]) is told
