"""One model, three vocabularies: the same visit from two regions is the same FHIR but for the regions' own words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

import orjson
import pytest

from mappings.problem import Json
from mappings.region.reading import read
from mappings.resources.outline import GRAPHS
from mappings.rules.rulebook import Facts, judge

from .corpus import CLOCK, catalogue_of

WORDS = ("source", "unit", "physician", "dietitian")
CODES = {
    "contactType": "contact-types",
    "visitType": "visit-types",
    "owner": "professions",
    "member": "professions",
    "team": "care-services",
    "participation": "care-services",
    "customer": "customers",
    "agreement": "agreements",
}
"""What a region says in codes of its own, and the table of each."""

REGIONS: dict[str, tuple[str, Mapping[str, str]]] = {
    "Cosmic in Halland": (
        "halland",
        {
            "source": "SE0000000013-COSMIC",
            "unit": "SE0000000013-E000000000110",
            "physician": "SE0000000013-P0110",
            "dietitian": "SE0000000013-P0111",
            "contactType": "mottagningsbesok",
            "visitType": "nybesok",
            "owner": "lakare",
            "member": "dietist",
            "team": "diabetesteam-nybesok",
            "participation": "medverkande-dietist",
            "customer": "region-stockholm",
            "agreement": "sjukhus",
        },
    ),
    "Millennium in Skåne": (
        "skane",
        {
            "source": "SE0000000012-MILLENNIUM",
            "unit": "SE0000000012-E000000000220",
            "physician": "SE0000000012-P0220",
            "dietitian": "SE0000000012-P0221",
            "contactType": "oppenvardsbesok",
            "visitType": "Med LÄK Nybesök",
            "owner": "LÄK",
            "member": "DIET",
            "team": "diabetesteam-nybesok",
            "participation": "medverkande-dietist",
            "customer": "STHLM",
            "agreement": "SJH",
        },
    ),
    "PASiS in Skåne": (
        "skane",
        {
            "source": "SE0000000012-PASIS",
            "unit": "SE0000000012-E000000000210",
            "physician": "SE0000000012-P0212",
            "dietitian": "SE0000000012-P0213",
            "contactType": "NY",
            "visitType": "N",
            "owner": "LÄK",
            "member": "DIET",
            "team": "DIABTEAM",
            "participation": "MEDV-DIET",
            "customer": "STHLM",
            "agreement": "HAB",
        },
    ),
    "Västra Götaland": (
        "vastra-gotaland",
        {
            "source": "SE0000000014-PAS",
            "unit": "SE0000000014-E000000000301",
            "physician": "SE0000000014-P0301",
            "dietitian": "SE0000000014-P0305",
            "contactType": "B",
            "visitType": "1",
            "owner": "LK",
            "member": "DT",
            "team": "HJ-TEAM-NY",
            "participation": "MEDV-DT",
            "customer": "01",
            "agreement": "VAST",
        },
    ),
}
"""The region of each vocabulary, and its words for one visit. Customer, agreement, contact type, visit type,
professions and durations are not sent: each region's own tables give them."""


def message(words: Mapping[str, str], changed_at: bool) -> bytes:
    """A team visit of physician and dietitian, new for the patient, in a region's own words."""
    start, own = "2026-11-26T13:00:00+01:00", {"ownTreatmentResponsibility": True}
    physician = {"number": "1", "owner": True, "careService": words["team"], "staff": words["physician"]}
    dietitian = {"number": "2", "owner": False, "careService": words["participation"], "staff": words["dietitian"]}
    return orjson.dumps(
        {
            "source": words["source"],
            "number": "V-1",
            **({"changedAt": "1970-01-01T00:00:00.000007Z"} if changed_at else {"version": 7}),
            "patient": {
                "identity": {"kind": "personnummer", "value": "191212121212"},
                "name": {"given": ["Tolvan"], "family": "Tolvansson"},
                "regionOfRegistration": "01",
            },
            "form": "team",
            "status": "booked",
            "acute": False,
            "performingUnit": words["unit"],
            "responsibleUnit": words["unit"],
            "basis": {"kind": "full", "number": "BU-1", "registered": "2026-10-05", "watchInterval": "P84D"},
            "lines": [{**line, **own, "start": start} for line in (physician, dietitian)],
            "noMedicalConnection": True,
            "jointAssessment": True,
        }
    )


def fhir(vocabulary: str) -> dict[str, list[Json]]:
    """The resources of the visit by their node, references still as keys; what a unit is called is the region's."""
    region, words = REGIONS[vocabulary]
    known = catalogue_of(region)
    source = known.sources[words["source"]]
    got = read("booking", message(words, source.changed_at), known)
    assert got.message is not None, got.problems
    facts = Facts(message=got.message, sent=got.message, catalogue=known, source=source, now=CLOCK)
    judged: Any = judge(facts, GRAPHS["booking"].fhirpath)
    assert [problem for problem in judged.problems if problem.refuses] == []
    assert {one.rule for one in judged.derived} == {"BO-29", "BO-4", "ID-6"}
    found: dict[str, list[Json]] = {}
    for filled in GRAPHS["booking"].fill(judged.message, source, known.units):
        found.setdefault(filled.node, []).append(filled.resource)
    return found


Codings = dict[tuple[str, str], Json]


def codings(vocabulary: str) -> list[Json]:
    """The codes of the visit as FHIR writes them, and that of the patient's region, in the order of `CODES`."""
    region, words = REGIONS[vocabulary]
    source = catalogue_of(region).sources[words["source"]]
    said = [(table, words[word]) for word, table in CODES.items()] + [("regions", "01")]
    return [
        {"system": source.system(table), "code": code, "display": source.display(table, code)} for table, code in said
    ]


def translated(value: Any, codes: Codings, ids: Mapping[str, str]) -> Any:
    """A coding of the region's own is changed as a whole, and its ids wherever they stand; nothing else is."""
    if isinstance(value, dict):
        known = codes.get((value.get("system", ""), value.get("code", "")))
        return known or {name: translated(one, codes, ids) for name, one in value.items()}
    if isinstance(value, list):
        return [translated(one, codes, ids) for one in value]
    if isinstance(value, str):
        for mine, theirs in ids.items():
            value = value.replace(mine, theirs)
    return value


OWN_TO_THE_REGION = {"booking.organization", "booking.location", "booking.service"}
"""What a unit is called and where it lies."""


@pytest.mark.parametrize(("one", "other"), list(combinations(REGIONS, 2)), ids=lambda name: name.replace(" ", "-"))
def test_the_same_visit_from_two_regions_is_the_same_fhir_but_for_their_own_words(one: str, other: str) -> None:
    mine, theirs = fhir(one), fhir(other)
    codes = {(a["system"], a["code"]): b for a, b in zip(codings(one), codings(other), strict=True)}
    ids = {REGIONS[one][1][word]: REGIONS[other][1][word] for word in WORDS}
    assert list(mine) == list(theirs)
    assert mine != theirs
    for node in set(mine) - OWN_TO_THE_REGION:
        assert translated(mine[node], codes, ids) == theirs[node], node


def within(value: Any) -> Iterator[Json]:
    """Every object in it."""
    if isinstance(value, dict):
        yield value
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from within(one)


@pytest.mark.parametrize("vocabulary", REGIONS)
def test_every_code_of_the_visit_stands_in_the_fhir_by_its_own_source_and_name(vocabulary: str) -> None:
    """So that the comparison above compares something."""
    written = list(within(fhir(vocabulary)))
    assert [coding for coding in codings(vocabulary) if coding not in written] == []
