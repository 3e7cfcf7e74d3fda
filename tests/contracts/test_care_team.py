"""Inera CareTeam 0.9: what its profiles demand, as its guide has them (https://fhir.inera.se/ig/careteam)."""

from __future__ import annotations

import pytest
from fhir.resources.bundle import Bundle
from fhir.resources.careteam import CareTeam

from adapter.server.bundle import searchset
from mappings.contracts.care_team import CARE_TEAM
from mappings.problem import Json
from mappings.region.field import Audience
from mappings.shape.filled import Filled
from tests.contracts.telling import content, said, told
from tests.golden.corpus import IDS, Taken, accepted
from tests.rules.messages import care_contact, changed, home_care, other, parsed, physician

IG = "https://fhir.inera.se/ig/careteam"
KINDS = "https://terminologitjansten.inera.se/inera-kodverksforvaltning/kodverk/kv_typ_av_fast_kontakt"

CONTACTS = [one for one in accepted() if one.entry.kind == "named-contact"]


def bundle(taken: Taken, audience: Audience) -> Json:
    listed = [one for one in told(CARE_TEAM, taken.judged.message, audience=audience) if one]
    every = [Filled("", one.key, one.content, owned=False) for parts in listed for one in parts]
    return searchset(every, {parts[0].key for parts in listed}, IDS)


@pytest.mark.parametrize("audience", [Audience.PATIENT, Audience.STAFF])
@pytest.mark.parametrize("taken", CONTACTS, ids=lambda taken: taken.entry.file)
def test_every_answer_is_r5_and_comes_back_from_its_models_as_it_was(taken: Taken, audience: Audience) -> None:
    answer = bundle(taken, audience)
    assert Bundle.model_validate(answer).model_dump(mode="json", exclude_none=True) == answer


@pytest.mark.parametrize("audience", [Audience.PATIENT, Audience.STAFF])
@pytest.mark.parametrize("taken", CONTACTS, ids=lambda taken: taken.entry.file)
def test_every_reference_leads_to_what_stands_in_the_answer(taken: Taken, audience: Audience) -> None:
    answer = bundle(taken, audience)
    there = {entry["fullUrl"]: entry["resource"]["resourceType"] for entry in answer.get("entry", [])}
    assert set(references(answer)) <= set(there)
    for team in teams(answer, "fast-kontakt"):
        assert there[team["subject"]["reference"]] == "Patient"
        assert there[team["participant"][0]["member"]["reference"]] == "PractitionerRole"


def references(node: object) -> list[str]:
    if isinstance(node, dict):
        own = [node["reference"]] if isinstance(node.get("reference"), str) else []
        return own + [text for child in node.values() for text in references(child)]
    return [text for child in node for text in references(child)] if isinstance(node, list) else []


def teams(answer: Json, category: str) -> list[Json]:
    resources = [entry["resource"] for entry in answer.get("entry", [])]
    of_category = {"coding": [{"system": f"{IG}/CodeSystem/typ-av-careteam-cs", "code": category}]}
    return [one for one in resources if one["resourceType"] == "CareTeam" and one["category"] == [of_category]]


@pytest.mark.parametrize("taken", CONTACTS, ids=lambda taken: taken.entry.file)
def test_a_care_manager_has_what_its_profile_demands(taken: Taken) -> None:
    """`category` 1..1, `subject` 1..1, `participant` 1..1 with `role` 1..1 of the code system and `member` 1..1."""
    for team in teams(bundle(taken, Audience.STAFF), "fast-kontakt"):
        assert team["meta"]["profile"] == [f"{IG}/StructureDefinition/RIVCareManager-careteam"]
        [participant] = team["participant"]
        [role] = participant["role"]["coding"]
        assert (role["system"], role["code"]) in {(KINDS, code) for code in "1234"}
        assert team["subject"]["reference"]
        assert participant["member"]["reference"]


def test_the_guides_own_example_fits_the_models_that_judge_ours() -> None:
    """Where the guide and R5 differ, the models would not see it of ours either."""
    CareTeam.model_validate(
        {
            "resourceType": "CareTeam",
            "status": "active",
            "category": [{"coding": [{"system": f"{IG}/CodeSystem/typ-av-careteam-cs", "code": "team"}]}],
            "telecom": [
                {
                    "extension": [
                        {
                            "url": f"{IG}/StructureDefinition/RIVContactPointAvailability",
                            "valueAvailability": {
                                "availableTime": [
                                    {
                                        "daysOfWeek": ["mon", "tue"],
                                        "availableStartTime": "08:00:00",
                                        "availableEndTime": "16:00:00",
                                    }
                                ]
                            },
                        }
                    ],
                    "system": "phone",
                    "value": "010-123 45 67",
                }
            ],
        }
    )


def test_hours_stand_in_the_extension_of_the_way_that_they_are_of() -> None:
    way = {"way": "phone", "value": "070-1", "shownToPatient": True}
    hours = {"days": ["mon", "wed"], "opens": "08:00", "closes": "16:30"}
    team = content(CARE_TEAM, parsed(changed(home_care(), "/person/contactWays", [way | {"hours": [hours]}, way])))
    first, second = team["telecom"]
    available = {"daysOfWeek": ["mon", "wed"], "availableStartTime": "08:00:00", "availableEndTime": "16:30:00"}
    assert first["extension"] == [
        {
            "url": f"{IG}/StructureDefinition/RIVContactPointAvailability",
            "valueAvailability": {"availableTime": [available]},
        }
    ]
    assert "extension" not in second


def test_a_contact_reached_through_a_team_says_so_on_its_participant() -> None:
    parts = said(CARE_TEAM, parsed(care_contact()))
    assert parts is not None
    manager, team = parts[0], parts[1]
    [extension] = manager.content["participant"][0]["extension"]
    assert extension["url"] == f"{IG}/StructureDefinition/riv-contact-via-team-extension"
    assert extension["valueReference"] == {"reference": team.key.text}
    assert team.content["meta"]["profile"] == [f"{IG}/StructureDefinition/RIVManagingTeam-careteam"]


def test_a_contact_without_a_team_names_none() -> None:
    parts = said(CARE_TEAM, parsed(physician()))
    assert parts is not None
    assert "extension" not in parts[0].content["participant"][0]
    assert [one.key.kind for one in parts].count("CareTeam") == 1


def test_FK_13_a_contact_of_no_national_kind_cannot_be_said() -> None:
    assert said(CARE_TEAM, parsed(other())) is None


def test_a_start_that_nobody_knows_leaves_the_period_open() -> None:
    contact = physician()
    del contact["start"]
    assert "period" not in content(CARE_TEAM, parsed(contact))


@pytest.mark.parametrize("audience", [Audience.STAFF, Audience.SOURCE, Audience.OPERATOR])
def test_FK_8_a_number_that_the_patient_may_not_see_stands_in_no_telecom_whoever_asks(audience: Audience) -> None:
    """The profile's numbers are for the patient to use, and it has no way to say that one is not."""
    ways = [{"way": "phone", "value": "035-1"}, {"way": "phone", "value": "035-2", "shownToPatient": True}]
    team = content(CARE_TEAM, parsed(changed(physician(), "/person/contactWays", ways)), audience=audience)
    assert [way["value"] for way in team["telecom"]] == ["035-2"]


def test_FK_8_the_number_from_care_to_care_is_for_staff_and_says_so() -> None:
    contact = parsed(changed(physician(), "/unit/careToCarePhone", "035-99 99 99"))
    for audience in Audience:
        parts = said(CARE_TEAM, contact, audience=audience) or ()
        purposes = [
            contact["purpose"]["text"]
            for part in parts
            for contact in part.content.get("contact", [])
            if "035-99 99 99" in str(contact)
        ]
        assert purposes == ([] if audience in (Audience.PATIENT, Audience.GUARDIAN) else ["vård till vård"])
