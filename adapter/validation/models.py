"""What the models of `fhir.resources` (R4B) say of a resource that the walk found nothing wrong with.

They are loaded type by type, when first asked for. In most they are laxer than the walk (they accept `"true"` for
true, empty lists, any code, any target); what they add is the types that are not described here but may stand within
one that is.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Final

from pydantic import BaseModel, ValidationError

from mappings.problem import Json

from .faults import (
    EMPTY,
    MANDATORY,
    MODELS_REFUSE,
    NO_RESOURCE_TYPE,
    NOT_DESCRIBED,
    NOT_OBJECT,
    TOO_DEEP,
    UNKNOWN,
    Fault,
    Faults,
    not_of,
)

TEXTS: Final[Mapping[str, Fault]] = {
    "extra_forbidden": UNKNOWN,
    "missing": MANDATORY,
    "model_field_validation.missing": MANDATORY,
    "none_required": EMPTY,
    "model_type": NOT_OBJECT,
    "model_validation_format": NOT_OBJECT,
    "string_type": not_of("string"),
    "bool_parsing": not_of("boolean"),
    "bool_type": not_of("boolean"),
    "fhir-validation-wrong-resource-type": NO_RESOURCE_TYPE,
}
"""Our text for a type of pydantic's errors; its own messages quote what came in. The others are `MODELS_REFUSE`."""


@cache
def model(kind: str) -> type[BaseModel]:
    """The model of a resource type, loaded when first asked for."""
    found: type[BaseModel] = getattr(import_module(f"fhir.resources.R4B.{kind.lower()}"), kind)
    return found


def model_faults(resource: Json, steps: Mapping[str, str]) -> Faults:
    """What the model refuses. `steps` gives the FHIRPath step of each JSON name; at any other name the path ends."""
    try:
        model(resource["resourceType"]).model_validate(resource)
    except ValidationError as error:
        told = error.errors(include_url=False, include_context=False, include_input=False)
        return [(_path(each["loc"], steps), TEXTS.get(each["type"], MODELS_REFUSE)) for each in told]
    except KeyError:  # a nested resource type that R4 has and R4B has not
        return [("", NOT_DESCRIBED)]
    except RecursionError:
        return [("", TOO_DEEP)]
    return []


def _path(loc: tuple[int | str, ...], steps: Mapping[str, str]) -> str:
    path = ""
    for part in loc:
        if isinstance(part, int):
            path += f"[{part}]"
        elif part in steps:
            path += steps[part]
        else:
            break
    return path
