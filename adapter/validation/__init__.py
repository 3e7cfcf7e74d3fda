"""Validation of FHIR resources: one function, `validate`, behind which everything else may change.

Today it walks a resource once by R4's own definitions (`definitions`, compiled to functions by `compiled`). The R4B
models of `fhir.resources` (`models`) judge nested resources of types that are not described. Callers see problems,
never how they were found.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from mappings.problem import Json, Problem

from .checks import ENOUGH
from .compiled import Compiled
from .definitions import R4, Definitions
from .faults import NO_RESOURCE_TYPE, NOT_DESCRIBED, NOT_OBJECT, RULES, TOO_DEEP, Faults
from .references import NOTHING_AROUND

__all__ = ["R4", "RULES", "Definitions", "validate", "warm_up"]


def validate(resource: Json, definitions: Definitions = R4) -> list[Problem]:
    """Every problem of a resource, each with its FHIRPath and one of `IN-20` … `IN-24`; none means that it is valid.

    The resource is as `orjson.loads` gives it: plain dicts, lists, texts and numbers. Never raises for any of these,
    changes nothing, and no text or path holds anything that came in. Stops looking after a hundred problems.
    """
    kind = resource.get("resourceType") if isinstance(resource, dict) else None
    name = kind if isinstance(kind, str) and kind in definitions.resource_types else "Resource"
    faults = _faults(resource, definitions)
    return [Problem(each.rule, "", each.sv, each.en, fhirpath=name + rest) for rest, each in faults[:ENOUGH]]


def warm_up(kinds: Iterable[str] = (), definitions: Definitions = R4) -> None:
    """Compiles what the first resource of each type would otherwise wait for (10 ms in all); none given: all types."""
    for kind in kinds or definitions.described:
        _compiled(definitions).resource(kind)


def _faults(resource: Json, definitions: Definitions) -> Faults:
    if not isinstance(resource, dict):
        return [("", NOT_OBJECT)]
    kind = resource.get("resourceType")
    if not isinstance(kind, str) or kind not in definitions.resource_types:
        return [("", NO_RESOURCE_TYPE)]
    check = _compiled(definitions).resource(kind)
    if check is None:
        return [("", NOT_DESCRIBED)]
    try:
        return check(resource, NOTHING_AROUND) or []
    except RecursionError:
        return [("", TOO_DEEP)]


@cache
def _compiled(definitions: Definitions) -> Compiled:
    return Compiled(definitions)
