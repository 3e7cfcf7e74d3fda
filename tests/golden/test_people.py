"""Nobody in the fixtures is real, and nobody is two different people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from mappings.problem import Json

from .corpus import CATALOGUE, MESSAGES, accepted

TEST_NUMBERS = {
    # Skatteverket's published test numbers, and the one in its leaflet on personal numbers
    "191212121212",
    "198112189876",
    "189001019802",
    "189102279800",
    "189912299816",
    "190212149819",
    "190910199827",
    "191006089807",
    "200809032386",
    "201412062380",
    "201701102384",
    "190910799824",
    # HL7 Sweden's example of a national reservidentitet
    "98240301AA06",
}
WRONG_ON_PURPOSE = {"198112189877"}
"""A test number with another check digit (ID-2)."""

OF_PASIS = {"20240301A123"}
"""Made up: a local number, which identifies nobody alone."""

PLUS = {"091079+9824": "190910799824"}


def test_every_number_of_a_person_is_a_published_test_number() -> None:
    texts = [path.read_text("utf-8") for path in MESSAGES.rglob("*.json")]
    said = {number for text in texts for number in re.findall(r"\b(?:\d{12}|\d{6}[-+]\d{4}|\d{8}[A-Z]\w{3})\b", text)}
    assert {PLUS.get(number, number) for number in said} <= TEST_NUMBERS | WRONG_ON_PURPOSE | OF_PASIS


def everywhere(kind: str, key: str) -> Iterator[tuple[str, Json]]:
    """Each resource of a type in what the messages become, by its first identifier."""
    for taken in accepted():
        for filled in taken.filled:
            if filled.key.kind == kind and key in filled.resource:
                yield filled.key.value, {key: filled.resource[key]}


def one_each(found: Iterator[tuple[str, Json]]) -> bool:
    seen: dict[str, Any] = {}
    return all(seen.setdefault(known, said) == said for known, said in found)


def test_a_patient_is_the_same_in_every_message() -> None:
    said = ((taken.judged.message.patient.identity.value, taken.judged.message.patient) for taken in accepted())
    seen: dict[str, Any] = {}
    assert all(seen.setdefault(number, patient) == patient for number, patient in said)


def test_a_member_of_staff_has_one_name_and_one_position_at_a_unit() -> None:
    assert one_each(everywhere("Practitioner", "name"))
    assert one_each(everywhere("PractitionerRole", "code"))


def test_a_unit_that_a_message_describes_is_as_the_catalogue_has_it() -> None:
    units = [taken.sent.unit for taken in accepted() if getattr(taken.sent, "unit", None)]
    known = [(unit, CATALOGUE.units[unit.hsa_id]) for unit in units if unit.hsa_id]
    assert known
    for unit, theirs in known:
        said = {name: value for name, value in unit if value and name != "contact_ways"}
        assert said == {name: getattr(theirs, name) for name in said}
