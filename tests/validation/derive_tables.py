"""Derives `adapter/validation/r4.json` from HL7's own R4 (4.0.1) definitions. Run it by hand; its output is committed.

    mvn -q -B dependency:copy -Dartifact=com.ibm.fhir:fhir-registry:4.11.1 -DoutputDirectory=build
    python tests/validation/derive_tables.py build/fhir-registry-4.11.1.jar

The jar (Apache-2.0) carries the StructureDefinitions, ValueSets and CodeSystems as HL7 published them (R4 is CC0-1.0).
To describe one more resource type, add it to `RESOURCES` and run this again; the table of tests then names the
invariants that still need a predicate.
"""

from __future__ import annotations

import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

OUT = Path(__file__).parents[2] / "adapter" / "validation" / "r4.json"
CORE = "http://hl7.org/fhir/StructureDefinition/"
FHIR_TYPE = CORE + "structuredefinition-fhir-type"
REGEX = CORE + "regex"
LARGEST_SET = CORE + "elementdefinition-maxValueSet"

RESOURCES = (
    *("Appointment", "Encounter", "CareTeam", "PractitionerRole", "ServiceRequest", "Patient", "Practitioner"),
    *("Organization", "HealthcareService", "Location", "Bundle", "OperationOutcome"),
    *("Condition", "Procedure", "EpisodeOfCare", "Communication", "Device", "Coverage", "RelatedPerson", "Provenance"),
)

# Code systems without a list of their own in R4: the syntax of their codes stands for the list.
SYNTAX = {
    "urn:ietf:bcp:13": r"[A-Za-z0-9!#$&^_.+\-]+/[A-Za-z0-9!#$&^_.+\-*]+([;,].*)?",  # media types, RFC 6838
    "urn:iso:std:iso:4217": r"[A-Z]{3}",  # currencies
    "urn:ietf:bcp:47": r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*",  # languages, RFC 5646
}
MEDIA_TYPES = "http://hl7.org/fhir/ValueSet/mimetypes"
ALIASES = {"http://www.rfc-editor.org/bcp/bcp13.txt": MEDIA_TYPES}  # how Expression.language names the same set

Json = dict[str, Any]


class Core:
    """The definitions in the jar, found by type and id, or by canonical address."""

    def __init__(self, jar: Path) -> None:
        self._by_id: dict[tuple[str, str], Json] = {}
        self._by_url: dict[tuple[str, str], Json] = {}
        with zipfile.ZipFile(jar) as archive:
            for name in archive.namelist():
                if name.startswith("hl7/fhir/core/package/") and name.endswith(".json") and "/." not in name:
                    self._keep(json.loads(archive.read(name)))

    def _keep(self, found: Json) -> None:
        if "id" in found:
            self._by_id[found["resourceType"], found["id"]] = found
            self._by_url[found["resourceType"], found.get("url", "")] = found

    def structure(self, name: str) -> Json:
        return self._by_id["StructureDefinition", name]

    def structures(self) -> Iterator[Json]:
        return (found for (kind, _), found in self._by_id.items() if kind == "StructureDefinition")

    def value_set(self, canonical: str) -> Json:
        return self._by_url["ValueSet", canonical]

    def code_system(self, url: str) -> Json:
        return self._by_url["CodeSystem", url]


def extension(element: Json, url: str) -> str | None:
    """The value of the extension `url` on a definition, whatever its type."""
    for each in element.get("extension", ()):
        if each["url"] == url:
            return next(str(value) for key, value in each.items() if key.startswith("value"))
    return None


def concepts(system: Json) -> Iterator[str]:
    """Every code of a code system, the nested ones too."""
    for concept in system.get("concept", ()):
        yield concept["code"]
        yield from concepts(concept)


def expand(core: Core, canonical: str) -> list[str] | str:
    """The codes of a value set; for a system known only by its syntax, that as a regular expression."""
    codes: list[str] = []
    compose = core.value_set(canonical)["compose"]
    if compose.get("exclude"):
        raise ValueError(f"{canonical} excludes codes, which is not understood here")
    for part in compose["include"]:
        if part.get("filter"):
            raise ValueError(f"{canonical} filters codes, which is not understood here")
        if part.get("system") in SYNTAX and "concept" not in part:
            return SYNTAX[part["system"]]
        codes += [c["code"] for c in part.get("concept", ())] or list(concepts(core.code_system(part["system"])))
    return list(dict.fromkeys(codes))


def type_name(kind: Json, path: str) -> str:
    """The FHIR type that an element's type stands for (R4 writes some as FHIRPath's System types)."""
    code = str(kind["code"])
    if code.startswith("http://hl7.org/fhirpath/"):
        of_resource = path.count(".") == 1 and path.endswith(".id") and path.split(".", 1)[0] in RESOURCES
        return "id" if of_resource else str(extension(kind, FHIR_TYPE) or "string")
    if code == "Quantity" and kind.get("profile"):
        return str(kind["profile"][0].removeprefix(CORE))
    return code


def bound_codes(element: Json) -> str | None:
    """The value set that every code of the element must be from, or None."""
    binding = element.get("binding", {})
    if binding.get("strength") == "required":
        return str(binding["valueSet"]).partition("|")[0]
    largest = extension(binding, LARGEST_SET)
    return ALIASES.get(largest, largest) if largest else None


def describe(element: Json) -> Json:
    """One row of the table: what may stand at the element."""
    path, name = element["path"], element["path"].rpartition(".")[2]
    row: Json = {key: value for key, value in {"min": element["min"], "many": element["max"] == "*"}.items() if value}
    kinds = {type_name(kind, path): kind for kind in element.get("type", ())}
    if "contentReference" in element:
        row["type"] = element["contentReference"].removeprefix("#")
    elif name.endswith("[x]"):
        row["choice"] = {name[:-3] + k["code"][0].upper() + k["code"][1:]: kind for kind, k in kinds.items()}
    else:
        row["type"] = path if set(kinds) & {"BackboneElement", "Element"} else next(iter(kinds))
    reference = kinds.get("Reference", {})
    targets = [target.removeprefix(CORE) for target in reference.get("targetProfile", ())]
    if targets and targets != ["Resource"]:
        row["targets"] = targets
    if codes := bound_codes(element):
        row["codes"] = codes.rpartition("/")[2]
    return row


class Tables:
    """What is gathered while the definitions are followed from type to type."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.types: dict[str, Json] = {}
        self.codes: dict[str, list[str] | str] = {}
        self.primitives: dict[str, str | None] = {}
        self.constraints: dict[str, Json] = {}

    def follow(self, name: str) -> None:
        """Describes the type and whatever it is made of."""
        if name in self.types or name in self.primitives or name == "Resource":
            return
        structure = self.core.structure(name)
        elements = structure["snapshot"]["element"]
        if structure["kind"] == "primitive-type":
            value = next(e for e in elements if e["path"].endswith(".value"))
            self.primitives[name] = extension(value["type"][0], REGEX)
            return
        for element in elements:
            root = element["path"].split(".")[0]
            element["path"] = element["path"].replace(root, name, 1)  # SimpleQuantity calls itself Quantity
            self._note_constraints(element)
            if "." in element["path"]:
                self._note_element(element)

    def _note_element(self, element: Json) -> None:
        if element["max"] == "0":
            return
        owner, _, name = element["path"].rpartition(".")
        row = describe(element)
        self.types.setdefault(owner, {})[name] = row
        if "codes" in row:
            self.codes[row["codes"]] = expand(self.core, bound_codes(element) or "")
        for kind in row.get("choice", {"": row.get("type")}).values():
            if "." not in kind:
                self.follow(kind)

    def _note_constraints(self, element: Json) -> None:
        for each in element.get("constraint", ()):
            texts = {"severity": each["severity"], "human": each["human"], "expression": each["expression"]}
            row = self.constraints.setdefault(each["key"], {**texts, "on": []})
            if each["key"] not in ("ele-1", "ext-1"):  # these stand on every element and on every extension
                row["on"].append(element["path"])


def resource_types(core: Core) -> list[str]:
    """The names of all resource types of R4 that can be sent."""
    return sorted(
        each["type"]
        for each in core.structures()
        if each["kind"] == "resource" and each.get("derivation") == "specialization" and not each["abstract"]
    )


def dumped(tables: Json) -> str:
    """The tables as JSON with one type, set or constraint a line, so that a change can be read in a diff."""
    parts = []
    for name, value in tables.items():
        if isinstance(value, dict):
            rows = ",\n".join(
                f"  {json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in sorted(value.items())
            )
            parts.append(f"{json.dumps(name)}: {{\n{rows}\n}}")
        else:
            parts.append(f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def derived(jar: Path) -> str:
    """The text of `r4.json` from the definitions in the jar."""
    core = Core(jar)
    gathered = Tables(core)
    for name in (*RESOURCES, "Element"):  # Element: what may stand at `_birthDate`
        gathered.follow(name)
    head = {
        "source": "HL7 FHIR R4 (4.0.1), https://hl7.org/fhir/R4: derived by tests/validation/derive_tables.py",
        "licence": "CC0-1.0",
        "described": sorted(RESOURCES),
        "resources": resource_types(core),
    }
    body = {"primitives": gathered.primitives, "codes": gathered.codes, "types": gathered.types}
    return dumped({**head, **body, "constraints": gathered.constraints})


if __name__ == "__main__":
    OUT.write_text(derived(Path(sys.argv[1])), encoding="utf-8")
