"""StructureDefinitions of extensions (https://hl7.org/fhir/R4/defining-extensions.html)."""

from __future__ import annotations

from collections.abc import Iterator

from mappings.codes.systems import BASE
from mappings.guide.extensions import Part
from mappings.problem import Json


def structure_definition(extension: Part) -> Json:
    """What the extension may hold, and where it may stand. Its parts are closed: a stranger among them is an error."""
    return {
        "resourceType": "StructureDefinition",
        "id": extension.name,
        "url": extension.url,
        "name": pascal(extension.name),
        "status": "draft",
        "description": extension.text or f"{extension.name}, of {', '.join(extension.contexts)}",
        "fhirVersion": "4.0.1",
        "kind": "complex-type",
        "abstract": False,
        "context": [{"type": "element", "expression": path} for path in extension.contexts],
        "type": "Extension",
        "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Extension",
        "derivation": "constraint",
        "differential": {"element": [_root(extension), *_elements(extension, "Extension", "Extension")]},
    }


def pascal(name: str) -> str:
    """`contact-way` as `ContactWay`: a name that programs can use."""
    return "".join(word[0].upper() + word[1:] for word in name.replace(".", "-").replace("_", "-").split("-") if word)


def _root(extension: Part) -> Json:
    element: Json = {"id": "Extension", "path": "Extension", "min": 0, "max": "*" if extension.many else "1"}
    return element | ({"definition": extension.text} if extension.text else {})


def _elements(part: Part, ident: str, path: str) -> Iterator[Json]:
    """The elements inside an extension, in the order in which Extension has them."""
    if part.parts:
        yield {
            "id": f"{ident}.extension",
            "path": f"{path}.extension",
            "slicing": {"discriminator": [{"type": "value", "path": "url"}], "rules": "closed"},
        }
        for inner in part.parts:
            yield from _slice(inner, f"{ident}.extension:{inner.url}", f"{path}.extension")
    else:
        yield {"id": f"{ident}.extension", "path": f"{path}.extension", "max": "0"}
    yield {"id": f"{ident}.url", "path": f"{path}.url", "fixedUri": part.url}
    yield _value(part, ident, path)


def _slice(part: Part, ident: str, path: str) -> Iterator[Json]:
    element: Json = {"id": ident, "path": path, "sliceName": part.url}
    element |= {"min": int(part.always), "max": "*" if part.many else "1"}
    yield element | ({"definition": part.text} if part.text else {})
    yield from _elements(part, ident, path)


def _value(part: Part, ident: str, path: str) -> Json:
    element: Json = {"id": f"{ident}.value[x]", "path": f"{path}.value[x]"}
    if part.parts:
        return element | {"max": "0"}
    kind: Json = {"code": part.value}
    if part.targets:
        kind["targetProfile"] = [f"http://hl7.org/fhir/StructureDefinition/{target}" for target in part.targets]
    element |= {"min": 1, "type": [kind]}
    if part.terms:
        element["binding"] = {"strength": "required", "valueSet": f"{BASE}/ValueSet/{part.terms}"}
    return element
