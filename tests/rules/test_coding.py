"""Coding of events, and what of a team is each member's (domain 3 and 4; SDV 2.1, 7)."""

from __future__ import annotations

import pytest

from mappings.problem import Json
from mappings.region.field import Audience
from mappings.rules.visibility import seen
from tests.region.sample import sample
from tests.rules.messages import (
    CLINIC,
    GONE,
    HEALTH_CENTRE,
    NOW,
    changed,
    event,
    judging,
    lawful,
    of_a_child,
    parsed,
    planned_event,
    refusals,
    team_event,
    warnings,
)


def replacing() -> Json:
    """A telephone contact that replaces a visit."""
    message = event() | {"eventType": "withoutVisit", "contactType": "telefonkontakt", "replacesVisit": True}
    return changed(message, "/booking", GONE)


def diagnosis(number: str, code: str, **more: object) -> Json:
    return {"number": number, "code": code, **more}


# -- CO-3, CO-5 ------------------------------------------------------------------------------------------------------


def test_CO_3_a_distance_contact_that_replaces_a_visit_is_coded() -> None:
    assert lawful(replacing())
    assert refusals(changed(replacing(), "/diagnoses", GONE)) == [("CO-3", "/diagnoses")]


@pytest.mark.parametrize("replaces", [GONE, False])
def test_CO_3_one_that_replaces_none_need_not_be(replaces: object) -> None:
    assert lawful(changed(changed(replacing(), "/diagnoses", GONE), "/replacesVisit", replaces))


@pytest.mark.parametrize("kind", ["specialised", "primaryCare", "acute", "inpatient", "observation"])
def test_CO_3_a_visit_that_is_over_and_not_coded_is_told(kind: str) -> None:
    message = changed(changed(event(), "/diagnoses", GONE), "/eventType", kind)
    assert warnings(message) == [("CO-3", "/diagnoses")]
    assert lawful(changed(message, "/status", "ongoing"))


@pytest.mark.parametrize("code", ["V01.0", "W18.9", "X59", "Y98"])
def test_CO_3_an_external_cause_is_no_diagnosis(code: str) -> None:
    coded = changed(event(), "/diagnoses", [diagnosis("1", "S72.00"), diagnosis("2", code)])
    assert refusals(coded) == [("CO-3", "/diagnoses/1/code")]
    apart = changed(changed(event(), "/diagnoses/0/code", "S72.00"), "/externalCauses", [diagnosis("1", code)])
    assert lawful(apart)


@pytest.mark.parametrize("code", ["E11.9", "U07.1", "Z00"])
def test_CO_3_a_diagnosis_is_no_external_cause(code: str) -> None:
    message = changed(event(), "/externalCauses", [diagnosis("1", code)])
    assert refusals(message) == [("CO-3", "/externalCauses/0/code")]


@pytest.mark.parametrize("code", ["e11.9", "E1", "E11.", "11.9", "E11.9 ", "personnummer"])
def test_IN_9_what_is_no_code_of_icd_10_is_refused(code: str) -> None:
    with pytest.raises(AssertionError, match="IN-9"):
        parsed(changed(event(), "/diagnoses/0/code", code))


@pytest.mark.parametrize("audience", [Audience.PATIENT, Audience.GUARDIAN])
def test_CO_5_the_patient_sees_diagnoses_and_kva(audience: Audience) -> None:
    message = of_a_child(changed(event(), "/procedures", [diagnosis("1", "DT007")]))
    shown = seen(parsed(message), audience, NOW, sample())
    assert shown
    assert shown["diagnoses"] == [diagnosis("1", "E11.9")]
    assert shown["procedures"] == [diagnosis("1", "DT007")]


def test_IN_9_each_code_has_a_number_of_its_own_and_a_line_that_there_is() -> None:
    twice = changed(event(), "/diagnoses", [diagnosis("1", "E11.9"), diagnosis("1", "I10.9")])
    assert refusals(twice) == [("IN-9", "/diagnoses/1/number")]
    stranger = changed(event(), "/procedures", [diagnosis("1", "DT007", line="9")])
    assert refusals(stranger) == [("IN-9", "/procedures/0/line")]
    assert lawful(changed(event(), "/procedures", [diagnosis("1", "DT007", line="1")]))


# -- TE-7…TE-10 ------------------------------------------------------------------------------------------------------


def test_TE_7_the_main_diagnosis_is_the_same_for_all_of_the_team() -> None:
    secondary = [diagnosis("1", "E11.9"), diagnosis("2", "Z71.3", line="2"), diagnosis("3", "I10.9", line="1")]
    message = changed(team_event(), "/diagnoses", secondary)
    assert lawful(changed(message, "/procedures", [diagnosis("1", "DV063", line="2")]))
    assert refusals(changed(message, "/diagnoses/0/line", "1")) == [("TE-7", "/diagnoses/0/line")]
    assert lawful(changed(event(), "/diagnoses/0/line", "1"))
    group = message | {"form": "groupTeam", "group": {"id": "G-1", "patients": 8}}
    assert refusals(changed(group, "/diagnoses/0/line", "1")) == [("TE-7", "/diagnoses/0/line")]


def test_TE_8_the_visit_is_registered_at_the_unit_that_the_patient_visited() -> None:
    message = changed(team_event(), "/lines/1/unit", HEALTH_CENTRE)
    assert lawful(message)
    assert lawful(changed(message, "/lines/0/unit", CLINIC))
    assert refusals(changed(message, "/lines/0/unit", HEALTH_CENTRE)) == [("TE-8", "/lines/0/unit")]


@pytest.mark.parametrize("said", [GONE, False])
def test_TE_9_a_member_counts_by_documented_work(said: object) -> None:
    message = changed(team_event(), "/lines/1/documented", said)
    assert warnings(message) == [("TE-9", "/lines/1/documented")]
    assert lawful(changed(message, "/status", "ongoing"))


@pytest.mark.parametrize("kind", ["acute", "inpatient", "observation", "newborn", "admin"])
def test_TE_10_a_team_visit_is_an_outpatient_visit(kind: str) -> None:
    assert refusals(changed(team_event(), "/eventType", kind)) == [("TE-10", "/eventType")]
    assert lawful(changed(team_event(), "/eventType", "primaryCare"))


@pytest.mark.parametrize("kind", ["foetus", "preRegisteredAdmission"])
def test_TE_10_nor_is_one_of_a_child_or_before_an_admission(kind: str) -> None:
    planned = planned_event() | {"form": "team", "jointAssessment": True, "lines": team_event()["lines"]}
    assert ("TE-10", "/eventType") in [(one.rule, one.path) for one in judging(planned | {"eventType": kind}).problems]
    assert "TE-10" not in [one.rule for one in judging(planned).problems]


def test_TE_10_nor_is_a_contact_without_visit_one() -> None:
    message = replacing() | {"form": "team", "jointAssessment": True, "lines": team_event()["lines"]}
    assert refusals(message) == [("TE-10", "/eventType")]
