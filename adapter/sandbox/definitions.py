"""What R4 says a type consists of, taken from the models of `fhir.resources`, which were made from HL7's definitions.

Its R4B differs from R4 in nothing that the hosted types use but two data types in `Extension.value[x]`, left out here.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from fhir.resources.R4B import get_fhir_model_class

_NOT_R4 = frozenset({"valueCodeableReference", "valueRatioRange"})

_ENCOUNTER_STATUS = "planned arrived triaged in-progress onleave finished cancelled entered-in-error unknown"
_WHOLE_CODES = {
    ("Encounter", "status"): _ENCOUNTER_STATUS,
    ("EncounterStatusHistory", "status"): _ENCOUNTER_STATUS,
    ("Task", "status"): (
        "draft requested received accepted rejected ready cancelled in-progress on-hold failed completed"
        " entered-in-error"
    ),
    ("DeviceUdiCarrier", "entryType"): "barcode rfid manual card self-reported unknown",
}
"""Required bindings of which the models know the first codes only, then `+`: https://hl7.org/fhir/R4/valuesets.html."""


@dataclass(frozen=True, slots=True)
class Element:
    name: str
    kind: str
    """The FHIR type, as its model is called: `CodeableConcept`, `Code`, `AppointmentParticipant`."""
    primitive: bool
    many: bool
    required: bool
    choice: str
    """`occurrence` for occurrenceDateTime: of these a resource has one at most."""
    codes: frozenset[str]
    """Of a required binding; empty where there is none."""
    targets: frozenset[str]
    """The types that a reference may lead to; empty where any will do."""
    summary: bool


@cache
def elements(kind: str) -> Mapping[str, Element]:
    """By JSON name, every element of a resource, a data type or a backbone element."""
    model = get_fhir_model_class(kind)
    found = (_element(kind, name, info) for name, info in model.model_fields.items() if _is_element(name))
    return {element.name: element for element in found}


@cache
def required_choices(kind: str) -> Mapping[str, frozenset[str]]:
    """The choices of which a `kind` must have one, with the names to choose from."""
    fields = get_fhir_model_class(kind).model_fields.values()
    extras = [(info.alias, info.json_schema_extra) for info in fields if isinstance(info.json_schema_extra, dict)]
    needed = {str(extra["one_of_many"]) for _, extra in extras if extra.get("one_of_many_required")}
    return {
        choice: frozenset(str(name) for name, extra in extras if extra.get("one_of_many") == choice)
        for choice in needed
    }


def _is_element(name: str) -> bool:
    return name != "fhir_comments" and not name.endswith("__ext") and name not in _NOT_R4


def _element(kind: str, name: str, info: Any) -> Element:
    extra: dict[str, Any] = info.json_schema_extra or {}
    type_, many = _type(info.annotation)
    targets = frozenset(extra.get("enum_reference_types", ()))
    return Element(
        name=info.alias or name,
        kind=type_.removesuffix("Type"),
        primitive=not type_.endswith("Type"),
        many=many,
        required=bool(info.is_required() or extra.get("element_required")),
        choice=str(extra.get("one_of_many", "")),
        codes=_codes(kind, name, extra.get("enum_values", ())),
        targets=frozenset() if "Resource" in targets else targets,
        summary=bool(extra.get("summary_element_property")),
    )


def _codes(kind: str, name: str, told: Iterable[str]) -> frozenset[str]:
    if whole := _WHOLE_CODES.get((kind, name)):
        return frozenset(whole.split())
    codes = frozenset(told)
    return frozenset() if codes & {"+", "etc."} else codes


def _type(annotation: Any) -> tuple[str, bool]:
    """The name of the type behind `Optional`, `List` and `Annotated`, and whether there is a list of it."""
    origin = typing.get_origin(annotation)
    if origin in (typing.Union, types.UnionType):
        return _type(next(arm for arm in typing.get_args(annotation) if arm is not types.NoneType))
    if origin is list:
        return _type(typing.get_args(annotation)[0])[0], True
    if origin is typing.Annotated:
        last = annotation.__metadata__[-1]
        return (last if isinstance(last, type) else type(last)).__name__, False
    return {"bool": "Boolean"}.get(annotation.__name__, annotation.__name__), False
