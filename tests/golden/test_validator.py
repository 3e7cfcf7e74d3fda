"""Truth from outside: the official HL7 validator has nothing to say of the golden files nor of our own definitions."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest

from adapter.server.bundle import opened
from adapter.server.references import literal, rendered
from mappings.guide import guide
from mappings.problem import Json
from mappings.resources.outline import GRAPHS
from tests.servers.noise import unexpected, unused
from tests.servers.validator import Issue, Validator

from .corpus import CATALOGUE, GOLDEN, IDS, index

FILES = [entry.file for entry in index()[0]]
DEFINITIONS = guide(GRAPHS.values(), CATALOGUE)


def bundle(file: str) -> Json:
    held: Json = json.loads((GOLDEN / file).read_text("utf-8"))
    return held


def single(file: str) -> list[Json]:
    """The resources of a golden file as a server is sent them, one by one."""
    return [rendered(resource, literal(IDS)) for resource in opened(bundle(file)).values()]


def told(issues: list[Issue]) -> list[str]:
    return [f"{issue.severity} {issue.message_id} at {issue.location}: {issue.text}" for issue in unexpected(issues)]


@pytest.mark.parametrize("file", FILES)
def test_a_golden_bundle_passes(hl7_validator: Validator, file: str) -> None:
    assert told(hl7_validator.ask(bundle(file))) == []


@pytest.mark.parametrize("file", FILES)
def test_each_resource_of_a_golden_file_passes_alone(hl7_validator: Validator, file: str) -> None:
    assert [said for resource in single(file) for said in told(hl7_validator.ask(resource))] == []


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda one: f"{one['resourceType']}-{one['id']}")
def test_a_definition_of_ours_passes(hl7_validator: Validator, definition: Json) -> None:
    assert told(hl7_validator.ask(definition)) == []


def test_every_row_of_known_noise_is_said_of_some_golden_file(hl7_validator: Validator) -> None:
    assert unused([issue for file in FILES for issue in hl7_validator.ask(bundle(file))]) == []


def changed(path: str, value: Any) -> Json:
    """The Appointment of the team visit, with the element at a path (`participant.2.extension`) replaced."""
    copy = deepcopy(single("booking/team-of-physician-and-dietitian.json")[0])
    *steps, last = path.split(".")
    part: Any = copy
    for step in steps:
        part = part[int(step) if step.isdigit() else step]
    part[last] = value
    return copy


def extension(url: str, **value: Any) -> Json:
    return {"url": f"https://vardbro.example/fhir/StructureDefinition/{url}", **value}


DEFECTS = {
    "an extension that nothing defines": changed("extension", [extension("nothing", valueBoolean=True)]),
    "an extension on an element that it does not belong to": changed("extension", [extension("line", extension=[])]),
    "a value of another type": changed("extension", [extension("acute", valueString="no")]),
    "a code that our code system does not have": changed("extension", [extension("form", valueCode="solo")]),
    "a code that the source's table does not have": changed(
        "extension",
        [
            extension(
                "contact-type",
                valueCoding={
                    "system": "https://vardbro.example/fhir/CodeSystem/SE2321000115-COSMIC-contact-types",
                    "code": "rymdbesok",
                },
            )
        ],
    ),
    "a part that the extension does not have": changed(
        "participant.2.extension",
        [extension("line", extension=[{"url": "number", "valueString": "1"}, {"url": "shoe", "valueString": "43"}])],
    ),
    "a part missing that is always there": changed(
        "participant.2.extension", [extension("line", extension=[{"url": "minutes", "valuePositiveInt": 60}])]
    ),
    "an identifier system that is misspelt": changed(
        "identifier", [{"system": "https://vardbro.example/fhir/sid/boking/SE2321000115-COSMIC", "value": "1"}]
    ),
}


@pytest.mark.parametrize("defect", DEFECTS.values(), ids=DEFECTS.keys())
def test_a_defect_in_what_is_our_own_is_found(hl7_validator: Validator, defect: Json) -> None:
    assert told(hl7_validator.ask(defect))
