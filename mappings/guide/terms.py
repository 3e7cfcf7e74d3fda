"""CodeSystems and ValueSets of our own codes and of the region's tables, NamingSystems of our identifiers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Any

from mappings.codes import systems
from mappings.codes.systems import BASE
from mappings.guide.extensions import Part
from mappings.guide.fields import said
from mappings.guide.structure import pascal
from mappings.problem import Json
from mappings.region.catalogue import OF_REGION, Catalogue, Row
from mappings.shape.graph import Graph
from mappings.shape.template import Each, Hole, Item, When

OWN = f"{BASE}/CodeSystem/"

NATIONAL = frozenset({"positions"})
"""Tables whose codes are written with a national system."""

OF_SOURCES = (
    (systems.BOOKING, "Bookings"),
    (systems.BASIS, "Booking bases"),
    (systems.VISIT_TEAM, "Teams of visits"),
    (systems.CARE_EVENT, "Care events"),
    (systems.NAMED_CONTACT, "Named contacts"),
    (systems.SUMMONS, "Summonses"),
    (systems.REFERRAL, "Referrals"),
    (systems.ROOM, "Rooms"),
    (systems.EQUIPMENT, "Equipment"),
)
OF_ALL = (
    (systems.TEAM, "Teams, by source and the source's id"),
    (systems.LOCAL_PERSON, "Staff without an HSA-id, by source and the source's id"),
    (systems.LOCAL_UNIT, "Units without an HSA-id, by source and the source's id"),
    (systems.OF_CONTACT, "Whoever has no id but the contact that speaks of them"),
    (systems.STAFF_AT_UNIT, "Members of staff at a unit"),
    (systems.DIAGNOSIS, "Diagnoses of care events, by source, event and number"),
    (systems.EXTERNAL_CAUSE, "External causes of care events, by source, event and number"),
    (systems.PROCEDURE, "Procedures of care events, by source, event and number"),
    (systems.CARE_COMMITMENT, "Care commitments, by source and the source's number"),
    (systems.PASSPORT, "Passports, of any country"),
    (systems.RELATION, "Relations of patients, by the patient's identity and the source's number"),
    (systems.MEMBERSHIP, "Memberships of patients, by the patient's identity and the kind"),
)


def code_systems(graphs: Iterable[Graph[Any]], found: Iterable[Part], catalogue: Catalogue) -> Iterator[Json]:
    """Our own codes, then the tables of the region and of each source, whole; none of a table that a source lacks."""
    own = dict(_codes_of(found))
    for graph in graphs:
        for node in graph.nodes:
            for name, codes in _written(node.shape.template, said(graph.model, node.part).kind):
                own[name] = tuple(dict.fromkeys((*own.get(name, ()), *codes)))
    for name in sorted(own):
        yield _code_system(OWN + name, name, [{"code": code} for code in own[name]])
    seen = set()
    for source in catalogue.sources.values():
        for table in sorted(set(source.tables) - NATIONAL):
            url = source.system(table)
            if url not in seen and source.tables[table]:
                seen.add(url)
                title = f"{table} of {catalogue.name if table in OF_REGION else source.name}"
                yield _code_system(url, title, _concepts(source.tables[table]))


def value_sets(found: Iterable[Part], catalogue: Catalogue) -> Iterator[Json]:
    """One for each code or Coding of an extension: our own codes, or the table in all sources."""
    own = dict(_codes_of(found))
    tables = {part.terms for part in _all_parts(found) if part.value == "Coding"}
    for name in sorted(own):
        yield _value_set(name, [OWN + name])
    for table in sorted(tables):
        yield _value_set(
            table, sorted({source.system(table) for source in catalogue.sources.values() if source.table(table)})
        )


def naming_systems(catalogue: Catalogue) -> Iterator[Json]:
    """Our identifier systems, and the sources' own of local numbers where they have no better one."""
    for prefix, what in OF_SOURCES:
        for source in catalogue.sources.values():
            yield _naming_system(prefix + source.id, f"{what} of {source.name}")
    for source in catalogue.sources.values():
        if not source.reserve_number_system:
            yield _naming_system(source.system("reservnummer"), f"Local numbers of {source.name}")
    for url, what in OF_ALL:
        yield _naming_system(url, what)


def _all_parts(parts: Iterable[Part]) -> Iterator[Part]:
    for part in parts:
        yield part
        yield from _all_parts(part.parts)


def _codes_of(found: Iterable[Part]) -> dict[str, tuple[str, ...]]:
    return {part.terms: part.codes for part in _all_parts(found) if part.codes}


def _written(template: Any, scope: type[Any] | None) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(name of a code system of ours, codes) of every coding that a template writes with one."""
    match template:
        case Each(field=field, part=part):
            yield from _written(part, said(scope, field).kind)
        case When(part=part) | Item(part=part):
            yield from _written(part, scope)
        case {"system": str(system), "code": code} if system.startswith(OWN):
            yield system.removeprefix(OWN), _codes(code, scope)
        case dict():
            for child in template.values():
                yield from _written(child, scope)
        case list():
            for child in template:
                yield from _written(child, scope)


def _codes(code: Any, scope: type[Any] | None) -> tuple[str, ...]:
    match code:
        case str():
            return (code,)
        case Hole(field=field) if (kind := said(scope, field).kind) and issubclass(kind, Enum):
            return tuple(str(member.value) for member in kind)
    raise TypeError("a code system of ours whose codes nothing tells")


def _concepts(table: Mapping[str, Row]) -> list[Json]:
    return [{"code": row.code, "display": row.display} for row in table.values()]


def _code_system(url: str, title: str, concepts: list[Json]) -> Json:
    name = url.removeprefix(OWN)
    return {
        "resourceType": "CodeSystem",
        "id": _id(name),
        "url": url,
        "name": pascal(name),
        "title": title,
        "status": "draft",
        "caseSensitive": True,
        "content": "complete",
        "concept": concepts,
    }


def _value_set(name: str, code_system_urls: list[str]) -> Json:
    return {
        "resourceType": "ValueSet",
        "id": name,
        "url": f"{BASE}/ValueSet/{name}",
        "name": pascal(name),
        "status": "draft",
        "compose": {"include": [{"system": url} for url in code_system_urls]},
    }


def _naming_system(url: str, what: str) -> Json:
    name = url.removeprefix(f"{BASE}/sid/")
    return {
        "resourceType": "NamingSystem",
        "id": _id(name),
        "name": pascal(_id(name)),
        "status": "draft",
        "kind": "identifier",
        "date": "2026-11-20",
        "description": what,
        "uniqueId": [{"type": "uri", "value": url}],
    }


def _id(name: str) -> str:
    """A FHIR id (https://hl7.org/fhir/R4/datatypes.html#id): 64 characters of `A-Za-z0-9.-`."""
    return re.sub(r"[^A-Za-z0-9.-]", "-", name)[:64]
