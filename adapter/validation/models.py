"""Resources of types that are not described here but stand within one that is: the models of `fhir.resources` judge.

For the described types the models add nothing: they accept `"true"` for true, empty lists, any code, any target, and
refuse some of what R4 allows (a test holds what). Of the others they at least see the structure. They are R4B's, and
loaded type by type when first asked for: some 0.3 s and 20 MB.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

from pydantic import BaseModel, ValidationError

from mappings.problem import Json

from .faults import IMPLICIT_RULES, MODELS_REFUSE, NOT_DESCRIBED, UNKNOWN_MODIFIER, Fault, Faults


@cache
def model(kind: str) -> type[BaseModel]:
    """The R4B model of a resource type. Raises `ImportError` where there is none: R4B left some types out."""
    found: type[BaseModel] = getattr(import_module(f"fhir.resources.R4B.{kind.lower()}"), kind)
    return found


def model_faults(resource: Json) -> Faults | None:
    """What is wrong with a resource of a type that is not described here, or None; it tells no place within it."""
    found = [("", fault) for fault in dict.fromkeys(_modifiers(resource))]
    try:
        model(resource["resourceType"]).model_validate(resource)
    except ValidationError:  # its texts quote what came in, and are not handed on
        found.append(("", MODELS_REFUSE))
    except (ImportError, KeyError):  # the type itself, or one within it
        found.append(("", NOT_DESCRIBED))
    except (AttributeError, TypeError):  # the models stumble over some junk instead of refusing it
        found.append(("", MODELS_REFUSE))
    return found or None


def _modifiers(node: Any) -> Iterator[Fault]:
    if isinstance(node, dict):
        if "modifierExtension" in node:
            yield UNKNOWN_MODIFIER
        if "implicitRules" in node:
            yield IMPLICIT_RULES
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _modifiers(each)
