"""Resources within a resource: what they must be (dom-2 to dom-5), and by which references they are known.

https://hl7.org/fhir/R4/references.html#contained
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mappings.problem import Json

from .faults import MANDATORY, STRUCTURE, Fault, Faults, broken

NESTED: Final = broken(
    "dom-2",
    "En inbäddad resurs får inte själv ha inbäddade.",
    "A contained resource may not contain others.",
)
UNREFERENCED: Final = broken(
    "dom-3",
    "Ingen referens pekar på den inbäddade resursen, och den pekar inte på resursen den står i.",
    "Nothing refers to this contained resource, nor does it refer to the resource that it stands in.",
)
VERSIONED: Final = broken(
    "dom-4",
    "En inbäddad resurs får inte ha meta.versionId eller meta.lastUpdated.",
    "A contained resource may not have meta.versionId or meta.lastUpdated.",
)
LABELLED: Final = broken(
    "dom-5",
    "En inbäddad resurs får inte ha meta.security.",
    "A contained resource may not have meta.security.",
)
SAME_ID: Final = Fault(STRUCTURE, "Två inbäddade resurser har samma id.", "Two contained resources have the same id.")


def resources_within(resource: Json) -> list[Json]:
    """The contained resources that are objects at all."""
    contained = resource.get("contained")
    return [each for each in contained if isinstance(each, dict)] if isinstance(contained, list) else []


def kinds_of_contained(resource: Json) -> dict[str, str]:
    """The type of each contained resource by the reference that means it, and of the container by `#`."""
    kinds = {"#": resource["resourceType"]} if isinstance(resource.get("resourceType"), str) else {}
    for each in resources_within(resource):
        if isinstance(each.get("id"), str) and isinstance(each.get("resourceType"), str):
            kinds[f"#{each['id']}"] = each["resourceType"]
    return kinds


def contained_faults(resource: Json) -> Faults:
    """What is wrong with the contained resources as such; their own elements are not looked at."""
    if "contained" not in resource:
        return []
    texts = set(_local_references(resource))
    seen: set[str] = set()
    found: Faults = []
    for index, each in enumerate(resource["contained"] if isinstance(resource["contained"], list) else ()):
        if isinstance(each, dict):
            place = f".contained[{index}]"
            found += [(place, fault) for fault in _faults_of_one(each, texts)]
            ident = str(each.get("id", ""))
            if not ident or ident in seen:
                found.append((f"{place}.id", SAME_ID if ident else MANDATORY))
            seen.add(ident)
    return found


def _faults_of_one(each: Json, texts: set[str]) -> Iterator[Fault]:
    meta = each.get("meta")
    if "contained" in each:
        yield NESTED
    if isinstance(meta, dict):
        if not meta.keys().isdisjoint(("versionId", "lastUpdated")):
            yield VERSIONED
        if "security" in meta:
            yield LABELLED
    if f"#{each.get('id')}" not in texts and "#" not in _local_references(each):
        yield UNREFERENCED


def _local_references(node: object) -> Iterator[str]:
    """Every text below `node` that starts as a reference to something contained does."""
    if isinstance(node, str):
        if node.startswith("#"):
            yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from _local_references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _local_references(value)
