"""GetCareManagers 1.0 RC2, as its service contract description and schemas have it."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from mappings.contracts.care_managers import CARE_MANAGERS
from mappings.problem import Json
from mappings.region.field import Audience
from tests.contracts.telling import REGION, TAKEN_IN, said, told, xml
from tests.golden.corpus import Taken, accepted
from tests.region.sample import holes, replaced
from tests.rules.messages import COSMIC, care_contact, changed, home_care, other, parsed, physician

DOMAIN = "urn:riv:coreprocess:residentparticipation:residentparticipation"
NS = {"r": f"{DOMAIN}:GetCareManagersResponder:1", "d": f"{DOMAIN}:1"}

CONTACTS = [one for one in accepted() if one.entry.kind == "named-contact"]

ORDER = (
    *("careManagerHeader", "code", "practitioner", "careTeam", "period", "internalNotes", "externalNotes"),
    *("managingCareGiver", "managingCareUnit", "careProvidingCareUnit", "contact"),
)
"""Of `PractitionerRoleType` in the domain's schema."""


def text(root: ElementTree.Element, path: str) -> str | None:
    return root.findtext(f"./r:careManager/{path}", namespaces=NS)


def complete() -> Json:
    return care_contact() | {"start": "2026-01-01"}


@pytest.mark.parametrize("taken", CONTACTS, ids=lambda taken: taken.entry.file)
def test_the_elements_of_a_care_manager_come_in_the_schemas_order(taken: Taken) -> None:
    for manager in xml(CARE_MANAGERS, taken.judged.message, audience=Audience.STAFF):
        names = [child.tag.rpartition("}")[2] for child in manager]
        assert names == sorted(names, key=ORDER.index)


def test_the_header_says_source_system_accountable_provider_and_unit_and_when() -> None:
    root = xml(CARE_MANAGERS, parsed(complete()))
    header, access = "d:careManagerHeader", "d:careManagerHeader/d:accessControlHeader"
    assert text(root, f"{header}/d:sourceSystemId/d:extension") == "SE2321000115-COSMIC"
    assert text(root, f"{access}/d:accountableHealthcareProviderId/d:extension") == "SE2321000115-E000000000001"
    assert text(root, f"{access}/d:accountableCareUnitId/d:extension") == complete()["unit"]["hsaId"]
    assert text(root, f"{access}/d:accountableCareUnitId/d:root") == "1.2.752.129.2.1.4.1"
    assert text(root, f"{access}/d:patientId/d:root") == "1.2.752.129.2.1.3.1"
    assert text(root, f"{access}/d:blockComparisonTime") == TAKEN_IN.strftime("%Y%m%d%H%M%S")


@pytest.mark.parametrize(
    ("message", "code"), [(physician(), "2"), (complete(), "1"), (home_care(), "3")], ids=["physician", "care", "home"]
)
def test_the_kind_is_a_code_of_the_national_code_system(message: Json, code: str) -> None:
    message = changed(message | {"start": "2026-01-01"}, "/person/hsaId", "SE2321000115-P0009")
    root = xml(CARE_MANAGERS, parsed(message))
    assert text(root, "d:code/d:code") == code
    assert text(root, "d:code/d:codeSystem") == "1.2.752.129.5.1.69"


@pytest.mark.parametrize("lacks", ["/start", "/person/hsaId"])
def test_a_contact_that_lacks_what_the_contract_demands_is_left_out(lacks: str) -> None:
    assert said(CARE_MANAGERS, parsed(complete())) is not None
    lacking = complete()
    part = lacking["person"] if lacks.startswith("/person") else lacking
    del part[lacks.rpartition("/")[2]]
    assert said(CARE_MANAGERS, parsed(lacking)) is None


def test_FK_13_a_contact_of_no_national_kind_is_left_out() -> None:
    assert said(CARE_MANAGERS, parsed(other() | {"start": "2026-01-01"})) is None


@pytest.mark.parametrize(
    "changes", [{"status": "ended"}, {"status": "annulled"}, {"start": "2026-12-01"}, {"end": "2026-11-19"}]
)
def test_FK_12_only_who_is_a_contact_today_is_in_it_since_it_has_no_status(changes: Json) -> None:
    assert said(CARE_MANAGERS, parsed(complete() | changes)) is None


def test_a_team_without_a_name_is_left_out_and_the_contact_stays() -> None:
    nameless = changed(complete(), "/team", {"id": "t-1"})
    assert text(xml(CARE_MANAGERS, parsed(nameless)), "d:code/d:code") == "1"
    assert text(xml(CARE_MANAGERS, parsed(nameless)), "d:careTeam/d:id/d:extension") is None
    named = changed(complete(), "/team", {"id": "t-1", "name": "Teamet"})
    assert text(xml(CARE_MANAGERS, parsed(named)), "d:careTeam/d:name") == "Teamet"


def test_code_2_stands_at_most_once_for_a_patient_and_it_is_the_latest() -> None:
    """rule001 of the description."""
    old, new = parsed(physician() | {"start": "2026-01-01"}), parsed(physician() | {"id": "F-2", "start": "2026-06-01"})
    care = parsed(complete())
    for messages in ((old, new, care), (new, old, care)):
        root = xml(CARE_MANAGERS, *messages)
        assert [code.text for code in root.iterfind("./r:careManager/d:code/d:code", NS)].count("2") == 1
        assert "20260601" in [start.text for start in root.iterfind("./r:careManager/d:period/d:start", NS)]
        assert len(root) == 2


def test_a_later_physician_who_cannot_be_said_takes_nobodys_place() -> None:
    nameless = physician() | {"id": "F-2", "start": "2026-06-01"}
    del nameless["person"]["hsaId"]
    every = told(CARE_MANAGERS, parsed(physician() | {"start": "2026-01-01"}), parsed(nameless))
    assert [one is not None for one in every] == [True, False]


@pytest.mark.parametrize("audience", [Audience.PATIENT, Audience.GUARDIAN])
@pytest.mark.parametrize("taken", CONTACTS, ids=lambda taken: taken.entry.file)
def test_internal_notes_never_reach_a_patient(taken: Taken, audience: Audience) -> None:
    root = xml(CARE_MANAGERS, taken.judged.message, audience=audience)
    assert [one.tag for one in root.iter() if one.tag.endswith("}internalNotes")] == []


def test_hours_are_told_by_weekday_and_clock() -> None:
    hours = [{"days": ["mon", "sun"], "opens": "08:00", "closes": "16:30"}]
    way = {"way": "phone", "value": "035-1", "hours": hours}
    period = "d:contact/d:telecom/d:period"
    root = xml(CARE_MANAGERS, parsed(changed(complete(), "/person/contactWays", [way])))
    assert [day.text for day in root.iterfind(f"./r:careManager/{period}/d:weekDay", NS)] == ["Monday", "Sunday"]
    assert text(root, f"{period}/d:time/d:start") == "080000"
    assert text(root, f"{period}/d:time/d:end") == "163000"


def test_a_source_whose_care_giver_the_region_does_not_name_is_left_out() -> None:
    message = parsed(complete())
    without = replace(REGION, sources={COSMIC: replace(REGION.sources[COSMIC], care_giver=None)})
    assert said(CARE_MANAGERS, message) is not None
    assert said(CARE_MANAGERS, message, region=without) is None


def test_a_care_giver_that_is_no_hsa_id_is_a_hole_in_the_regions_folder() -> None:
    [hole] = holes(
        replaced("region.toml", 'COSMIC"\ncare_giver = "SE2321000115-E000000000001"', 'COSMIC"\ncare_giver = "x"')
    )
    assert (hole.file, "care_giver" in hole.en) == ("region.toml", True)
