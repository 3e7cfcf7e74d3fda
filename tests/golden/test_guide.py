"""The definitions that are derived from the shapes: whole, told apart, and all of them met in some golden file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from mappings.guide import guide
from mappings.guide.extensions import Part, extensions
from mappings.problem import Json
from mappings.region.booking import Form
from mappings.resources.outline import GRAPHS

from .corpus import CATALOGUE, GOLDEN

DEFINITIONS = guide(GRAPHS.values(), CATALOGUE)
EXTENSIONS = extensions(GRAPHS.values())


UNLAWFUL = {"booking-basis/medicalPriority", "booking-basis/workingTeam", "booking-basis/shortNotice"}
"""What the model has room for on a quick basis, and BO-2 does not allow."""


def definition(url: str) -> Json:
    [found] = [one for one in DEFINITIONS if one.get("url", "").endswith(url)]
    return found


def elements(url: str) -> dict[str, Json]:
    return {element["id"]: element for element in definition(url)["differential"]["element"]}


def met(node: Any, around: str = "") -> Iterator[str]:
    """`contact-way/hours/day` for each extension and part of one that a resource holds."""
    if isinstance(node, list):
        for item in node:
            yield from met(item, around)
    elif isinstance(node, dict):
        for name, value in node.items():
            for item in value if name == "extension" else ():
                path = f"{around}/{item['url']}".removeprefix("/").rpartition("StructureDefinition/")[2]
                yield path
                yield from met(item, path)
            if name != "extension":
                yield from met(value)


def defined(parts: tuple[Part, ...], around: str = "") -> Iterator[str]:
    for part in parts:
        path = f"{around}/{part.name}".removeprefix("/")
        yield path
        yield from defined(part.parts, path)


def test_the_same_shapes_give_the_same_definitions_and_no_two_share_an_id() -> None:
    assert guide(GRAPHS.values(), CATALOGUE) == DEFINITIONS
    assert max(Counter((one["resourceType"], one["id"]) for one in DEFINITIONS).values()) == 1


def test_every_extension_and_every_part_of_one_is_met_in_some_golden_file() -> None:
    files = [json.loads(path.read_text("utf-8")) for path in GOLDEN.rglob("*.json")]
    assert set(defined(EXTENSIONS)) - {path for file in files for path in met(file)} == UNLAWFUL


def test_an_extension_may_stand_just_where_the_shapes_write_it() -> None:
    assert [context["expression"] for context in definition("StructureDefinition/contact-way")["context"]] == [
        "CareTeam.telecom",
        "HealthcareService.telecom",
    ]


def test_a_part_that_is_always_written_is_required_and_one_of_many_may_be_repeated() -> None:
    line, way = elements("StructureDefinition/line"), elements("StructureDefinition/contact-way")
    number, profession = line["Extension.extension:number"], line["Extension.extension:profession"]
    hours, day = way["Extension.extension:hours"], way["Extension.extension:hours.extension:day"]
    assert [(part["min"], part["max"]) for part in (number, profession, hours, day)] == [
        (1, "1"),
        (0, "1"),
        (0, "*"),
        (1, "*"),
    ]


def test_a_code_is_bound_to_the_values_of_its_enum_and_a_reference_to_its_type() -> None:
    bound = elements("StructureDefinition/form")["Extension.value[x]"]["binding"]
    assert bound == {"strength": "required", "valueSet": "https://vardbro.example/fhir/ValueSet/form"}
    assert [concept["code"] for concept in definition("CodeSystem/form")["concept"]] == [form.value for form in Form]
    [kind] = elements("StructureDefinition/responsible-unit")["Extension.value[x]"]["type"]
    assert kind["targetProfile"] == ["http://hl7.org/fhir/StructureDefinition/Organization"]


def test_a_table_of_each_source_is_a_code_system_with_all_its_codes_and_terms() -> None:
    for source in CATALOGUE.sources.values():
        told = {concept["code"]: concept["display"] for concept in definition(source.system("professions"))["concept"]}
        assert told == {row.code: row.display for row in source.table("professions").values()}


def test_the_words_of_the_model_are_the_words_of_the_definitions() -> None:
    assert definition("StructureDefinition/responsible-unit")["description"] == "*Medicinskt ansvarig enhet* (OR-1)."
