"""Cases of 1177 direkt, as a source sends them, and what is made of them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from mappings.problem import Json
from mappings.region.catalogue import Catalogue
from mappings.region.reading import read
from mappings.rules.rulebook import Facts, Judged, judge
from tests.region.sample import sample

PMO, COSMIC = "SE2321000115-PMO", "SE2321000115-COSMIC"
LUNDEN, NYHEM = "SE2321000115-E000000000210", "SE2321000115-E000000000120"

DAY, NEXT_DAY = "2023-05-02", "2023-05-03"
NOW = datetime.fromisoformat("2023-05-03T16:00:00+02:00")


def took(profession: str, day: str = DAY, hour: int = 9, unit: str = LUNDEN, **more: Any) -> Json:
    return {"profession": profession, "unit": unit, "start": f"{day}T{hour:02}:00:00+02:00"} | more


def nurse(**more: Any) -> Json:
    """The first to handle a case."""
    return took("sjukskoterska", **more)


def received(profession: str, **more: Any) -> Json:
    """One to whom the case was handed over in the service, or who met the patient, for the same complaint."""
    return took(profession, **({"hour": 10, "sameComplaint": True} | more))


def case(*handlers: Json, **more: Any) -> Json:
    return {"source": PMO, "number": "1177-1", "handlers": list(handlers)} | more


def judging(message: Json, catalogue: Catalogue | None = None) -> Judged[Any]:
    """What the rules make of a case. Raises AssertionError on an error of form."""
    region = catalogue or sample()
    got = read("direct-case", json.dumps(message).encode(), region)
    assert got.message is not None, got.problems
    return judge(
        Facts(got.message, got.message, region, region.sources[got.message.source], NOW),
        lambda _: "",
    )


def refusals(message: Json, catalogue: Catalogue | None = None) -> list[tuple[str, str]]:
    """(rule, pointer) of all that refuses it; each well told."""
    judged = judging(message, catalogue)
    for problem in judged.problems:
        for text in (problem.sv, problem.en):
            assert text[0].isupper(), problem
            assert text.endswith("."), problem
        assert problem.sv != problem.en, problem
    return [(problem.rule, problem.path) for problem in judged.problems if problem.refuses]
