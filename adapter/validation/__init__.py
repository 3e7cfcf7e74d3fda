"""Validation of FHIR resources: one function, `validate`, behind which everything else may change.

Today it walks a resource once by R4's own definitions (`definitions`, `walk`), and asks the R4B models of
`fhir.resources` (`models`) about what that found nothing wrong with. Callers see problems, never how they were found.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from mappings.problem import Json, Problem

from .definitions import R4, Definitions
from .faults import NO_RESOURCE_TYPE, NOT_DESCRIBED, NOT_OBJECT, RULES, TOO_DEEP, Faults
from .models import model, model_faults
from .references import NOTHING_AROUND
from .walk import ENOUGH, Compiled

__all__ = ["R4", "RULES", "Definitions", "validate", "warm_up"]


def validate(resource: Json, definitions: Definitions = R4) -> list[Problem]:
    """Every problem of a resource, each with its FHIRPath and an `IN-20` … `IN-24`; none means that it is valid.

    The resource is what `orjson.loads` gives: a `Reference` is literal, `#id`, or of an unknown address. Never raises
    for anything that JSON can hold, does not change it, and no text holds anything of it. After a hundred problems it
    stops looking.
    """
    kind = resource.get("resourceType") if isinstance(resource, dict) else None
    name = kind if isinstance(kind, str) and kind in definitions.resource_types else "Resource"
    faults = _faults(resource, definitions)
    return [Problem(each.rule, "", each.sv, each.en, fhirpath=name + rest) for rest, each in faults[:ENOUGH]]


def warm_up(kinds: Iterable[str], definitions: Definitions = R4) -> None:
    """Compiles and loads what the first resource of each type would otherwise wait for (some 0.3 s in all)."""
    for kind in kinds:
        _compiled(definitions).resource(kind)
        model(kind)


def _faults(resource: Json, definitions: Definitions) -> Faults:
    if not isinstance(resource, dict):
        return [("", NOT_OBJECT)]
    kind = resource.get("resourceType")
    if not isinstance(kind, str) or kind not in definitions.resource_types:
        return [("", NO_RESOURCE_TYPE)]
    compiled = _compiled(definitions)
    check = compiled.resource(kind)
    if check is None:
        return [("", NOT_DESCRIBED)]
    try:
        return check(resource, NOTHING_AROUND) or model_faults(resource, compiled.steps)
    except RecursionError:
        return [("", TOO_DEEP)]


@cache
def _compiled(definitions: Definitions) -> Compiled:
    return Compiled(definitions)
