"""What every field of the regional model says of itself."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

M = TypeVar("M", bound=BaseModel)


class Audience(StrEnum):
    """Who a value may be shown to (Decided 9)."""

    PATIENT = "patient"
    GUARDIAN = "guardian"
    STAFF_WITH_RELATION = "staff-with-relation"
    STAFF = "staff"
    SOURCE = "source"
    OPERATOR = "operator"


EVERYONE = frozenset(Audience)
CARE = EVERYONE - {Audience.PATIENT, Audience.GUARDIAN}
"""All who work with the patient or the data; not the patient's own view on 1177."""
SYSTEMS = frozenset({Audience.SOURCE, Audience.OPERATOR})


def shown(to: frozenset[Audience], *, personal: bool = False, **more: Any) -> Any:
    """A field, with who may see it and whether it says something of a person. Further arguments are pydantic's."""
    said: JsonDict = {"x-audiences": [audience.value for audience in sorted(to)], "x-personal": personal}
    return Field(json_schema_extra=said, **more)


class Regional(BaseModel):
    """A part of the regional model: frozen, camelCase in JSON, nothing unknown taken in.

    A field that does not say who may see it does not load: TypeError.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        populate_by_name=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        for name, field in cls.model_fields.items():
            if not isinstance(field.json_schema_extra, dict) or "x-audiences" not in field.json_schema_extra:
                raise TypeError(f"{cls.__name__}.{name} does not say who may see it")


def says_something(part: M) -> M:
    """For a part that may leave out each of its fields, but not all: what says nothing has no place in FHIR."""
    if all(value is None for _, value in part):
        raise PydanticCustomError("IN-9", "a part that says nothing")
    return part


def audiences(model: type[BaseModel], name: str) -> frozenset[Audience]:
    """Who may see a field."""
    extra = model.model_fields[name].json_schema_extra
    listed = extra["x-audiences"] if isinstance(extra, dict) else []
    return frozenset(Audience(str(one)) for one in listed) if isinstance(listed, list) else frozenset()
