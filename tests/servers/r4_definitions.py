"""FHIR R4's own definitions, as the package folders that the HL7 validator reads.

They come out of the jar `com.ibm.fhir:fhir-registry` 4.11.1 (Apache-2.0; HL7's R4 itself is CC0), one file per
definition: HL7's own package `hl7.fhir.r4.core` is in no registry that a build can rely on.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from mappings.problem import Json

HL7 = "http://hl7.org/fhir"
PREFIX = "hl7/fhir/core/package/"
KINDS = {
    "CapabilityStatement",
    "CodeSystem",
    "CompartmentDefinition",
    "ConceptMap",
    "OperationDefinition",
    "SearchParameter",
    "StructureDefinition",
    "ValueSet",
}
INDEXED = ("url", "version", "kind", "type", "supplements", "content", "derivation")


def unpack(folder: Path, jars: list[Path]) -> None:
    """Puts the packages below `folder/home`, where the validator looks when that is its home."""
    packages = folder / "home" / ".fhir" / "packages"
    [registry] = [jar for jar in jars if jar.name.startswith("fhir-registry-")]
    core = _package(packages, {"name": "hl7.fhir.r4.core", "version": "4.0.1", "type": "Core", "canonical": HL7})
    with zipfile.ZipFile(registry) as jar:
        definitions = filter(None, (_definition(jar, name) for name in jar.namelist()))
        rows = [_kept(definition, core) for definition in definitions]
    _index(core, rows)
    # the validator asks for this package at start; nothing of it is needed for R4
    _index(_package(packages, {"name": "hl7.fhir.xver-extensions", "version": "0.1.0", "type": "Tool"}), [])
    # else its first start writes this, which two first starts at once would do into each other
    (packages / "packages.ini").write_text("[cache]\nversion = 4\n")


def _package(packages: Path, about: Json) -> Path:
    folder = packages / f"{about['name']}#{about['version']}" / "package"
    folder.mkdir(parents=True)
    rest = {"tools-version": 3, "license": "CC0-1.0", "author": "HL7", "fhirVersions": ["4.0.1"], "dependencies": {}}
    (folder / "package.json").write_text(json.dumps({**about, **rest}))
    return folder


def _index(package: Path, rows: list[Json]) -> None:
    (package / ".index.json").write_text(json.dumps({"index-version": 2, "files": rows}))


def _definition(jar: zipfile.ZipFile, name: str) -> Json | None:
    if not (name.startswith(PREFIX) and name.endswith(".json")) or "/." in name:
        return None
    content: Json = json.loads(jar.read(name))
    is_data_element = str(content.get("id")).startswith("de-")  # not in HL7's package
    return content if content.get("resourceType") in KINDS and not is_data_element else None


def _kept(definition: Json, core: Path) -> Json:
    """Writes the definition and gives its row in the package's index."""
    kind, ident = definition["resourceType"], definition["id"]
    filename = f"{kind}-{ident}.json"
    (core / filename).write_text(json.dumps(definition, ensure_ascii=False), encoding="utf-8")
    indexed = {key: definition[key] for key in INDEXED if isinstance(definition.get(key), str)}
    return {"filename": filename, "resourceType": kind, "id": ident, **indexed}
