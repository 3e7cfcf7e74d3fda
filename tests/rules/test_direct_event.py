"""Care events of contacts over 1177 direkt (domain 6; DIREKT 3.1, 4.3)."""

from __future__ import annotations

from typing import Any

import pytest

from mappings.problem import Json
from tests.rules.messages import GONE, accepted, changed, derived, event, lawful, refusals, warnings

CODED = [{"number": "1", "code": "J06.9"}]

CARRY_IT = {
    "text-ersatter-inte-besok": False,
    "distanskontakt-realtid": True,
    "telefonsamtal": False,
    "telefonsamtal-ersatter-besok": True,
}
"""4.3, and whether the contact replaces a visit by its name and by 3.1."""


def contact(contact_type: str = "distanskontakt-realtid", **said: Any) -> Json:
    """A contact over the service, in PMO."""
    message = changed(changed(event(), "/booking", GONE), "/diagnoses", GONE)
    lines = [{"number": "1", "owner": True, "profession": "sjukskoterska"}]
    own = {"source": "SE2321000115-PMO", "number": "VH-9", "eventType": "withoutVisit", "lines": lines}
    return message | own | {"contactType": contact_type, "direct": True} | said


@pytest.mark.parametrize(("contact_type", "replaces"), CARRY_IT.items())
def test_DK_1_the_four_contacts_of_the_service_carry_its_attribute(contact_type: str, replaces: bool) -> None:
    assert lawful(contact(contact_type, **({"diagnoses": CODED} if replaces else {})))


@pytest.mark.parametrize("source", ["SE2321000115-PMO", "SE2321000115-COSMIC"])
def test_DK_1_a_clinic_visit_never_carries_it(source: str) -> None:
    visit = contact("mottagningsbesok", source=source, eventType="primaryCare", diagnoses=CODED)
    assert refusals(visit) == [("DK-1", "/direct")]
    assert lawful(visit | {"direct": False})
    assert lawful(changed(visit, "/direct", GONE))


def test_DK_1_a_contact_type_is_known() -> None:
    assert refusals(changed(contact(diagnoses=CODED), "/contactType", GONE)) == [("DK-1", "/direct")]


@pytest.mark.parametrize(("contact_type", "replaces"), CARRY_IT.items())
def test_DK_2_the_contact_type_says_whether_a_visit_was_replaced(contact_type: str, replaces: bool) -> None:
    message = contact(contact_type, diagnoses=CODED)
    assert ("DK-2", "/replacesVisit") in derived(message)
    assert accepted(message).replaces_visit is replaces
    assert lawful(message | {"replacesVisit": replaces})
    assert refusals(message | {"replacesVisit": not replaces}) == [("DK-2", "/replacesVisit")]


def test_DK_2_what_replaces_a_visit_has_a_diagnosis_once_it_has_ended() -> None:
    assert refusals(contact()) == [("DK-2", "/diagnoses")]
    assert refusals(contact("telefonsamtal-ersatter-besok")) == [("DK-2", "/diagnoses")]
    assert lawful(contact(diagnoses=CODED, procedures=[{"number": "1", "code": "DV051"}]))
    assert lawful(changed(contact(), "/end", GONE) | {"status": "ongoing"})


@pytest.mark.parametrize("event_type", ["withoutVisit", "primaryCare"])
def test_DK_2_what_replaces_none_is_asked_for_no_diagnosis(event_type: str) -> None:
    assert lawful(contact("text-ersatter-inte-besok", eventType=event_type))
    assert warnings(contact("text-ersatter-inte-besok", eventType="primaryCare", direct=False)) == [
        ("CO-3", "/diagnoses")
    ]


def test_DK_2_nothing_follows_for_what_did_not_come_that_way() -> None:
    message = changed(contact("telefonsamtal-ersatter-besok"), "/direct", GONE)
    assert accepted(message).replaces_visit is None
    assert lawful(message)
