"""What an event is coded with: diagnoses and external causes <-> Condition, procedures <-> Procedure.

The Encounter refers to each in `diagnosis` (https://hl7.org/fhir/R4/encounter.html), in order; what it is coded as
tells them apart there.
"""

from __future__ import annotations

from typing import Any

from mappings.codes import systems
from mappings.codes.systems import CODED_AS, CONDITION_CATEGORY, VERIFICATION
from mappings.problem import Json
from mappings.region.care_event import CareEvent, EventStatus
from mappings.resources import keys
from mappings.resources.parts import ext
from mappings.shape.codec import TEXT, reference
from mappings.shape.graph import Node
from mappings.shape.key import Key
from mappings.shape.shape import Shape
from mappings.shape.template import Codec, Context, Each, Echo, Hole


def _value(event: Any, number: str) -> str:
    return f"{event.source}/{event.number}/{number}"


def _number(value: Any) -> str:
    """The last of source, event and number. Raises ValueError on anything else."""
    steps = value.split("/") if isinstance(value, str) else []
    if len(steps) != 3 or not all(steps):
        raise ValueError("source, event and number")
    return str(steps[2])


NUMBER = Codec(lambda number, context: _value(context.root, number), lambda value, _: _number(value))


def listed(field: str, kind: str, system: str, code: str, **more: Any) -> Each:
    """The references to all of a list, as items of `Encounter.diagnosis`."""
    number = reference(kind, lambda number, event: Key(kind, system, _value(event, number)), lambda k: _number(k.value))
    use = {"coding": [{"system": CODED_AS, "code": code}]}
    item = {"condition": {"reference": Hole("number", number)}, "use": use, **more}
    return Each(field, item, key=("number",), by={"use": use})


def _rank(diagnosis: Any, context: Context) -> int:
    """1 is the main diagnosis."""
    return next(at for at, one in enumerate(context.root.diagnoses, 1) if one.number == diagnosis.number)


def _verified(diagnosis: Any, context: Context) -> str:
    """Before the end of the contact the main diagnosis is provisional (CO-3)."""
    if context.root.status is EventStatus.ANNULLED:
        return "entered-in-error"
    main = diagnosis.number == context.root.diagnoses[0].number
    return "provisional" if main and context.root.status is not EventStatus.FINISHED else "confirmed"


def _cause_verified(_: Any, context: Context) -> str:
    return "entered-in-error" if context.root.status is EventStatus.ANNULLED else "confirmed"


def _done(_: Any, context: Context) -> str:
    return "entered-in-error" if context.root.status is EventStatus.ANNULLED else "completed"


def _patient(_: Any, context: Context) -> str:
    return keys.patient_key(context.root.patient.identity).text


def _event(_: Any, context: Context) -> str:
    return keys.care_event_key(context.root.source, context.root.number).text


def _codes(system: str) -> list[Any]:
    """A code, and those of ATC that complement it."""
    return [
        {"system": system, "code": Hole("code", TEXT)},
        Each("atc", {"system": systems.ATC, "code": Hole("", TEXT)}),
    ]


def _condition(system: str, verified: Any, coding: list[Any]) -> Json:
    return {
        "resourceType": "Condition",
        "identifier": [{"system": system, "value": Hole("number", NUMBER)}],
        "verificationStatus": {"coding": [{"system": VERIFICATION, "code": Echo(verified)}]},
        "category": [{"coding": [{"system": CONDITION_CATEGORY, "code": "encounter-diagnosis"}]}],
        "code": {"coding": coding},
        "subject": {"reference": Echo(_patient)},
        "encounter": {"reference": Echo(_event)},
    }


_LINE = ext("of-line", "valueString", Hole("line", TEXT))

DIAGNOSIS = Shape(
    {**_condition(systems.DIAGNOSIS, _verified, _codes(systems.ICD10)), "extension": [_LINE]},
)
EXTERNAL_CAUSE = Shape(
    _condition(systems.EXTERNAL_CAUSE, _cause_verified, [{"system": systems.ICD10, "code": Hole("code", TEXT)}])
)
PROCEDURE = Shape(
    {
        "resourceType": "Procedure",
        "extension": [_LINE],
        "identifier": [{"system": systems.PROCEDURE, "value": Hole("number", NUMBER)}],
        "status": Echo(_done),
        "code": {"coding": _codes(systems.KVA)},
        "subject": {"reference": Echo(_patient)},
        "encounter": {"reference": Echo(_event)},
    }
)

LISTED = [
    listed("diagnoses", "Condition", systems.DIAGNOSIS, "diagnosis", rank=Echo(_rank)),
    listed("external_causes", "Condition", systems.EXTERNAL_CAUSE, "external-cause"),
    listed("procedures", "Procedure", systems.PROCEDURE, "procedure"),
]
"""What stands in `Encounter.diagnosis`."""


def _node(name: str, shape: Shape, part: str, system: str) -> Node:
    def key(event: CareEvent, item: Any) -> Key:
        return Key(shape.kind, system, _value(event, item.number))

    return Node(name, shape, key, part=part, via=("event", "diagnosis.condition"), each=system)


NODES = (
    _node("diagnosis", DIAGNOSIS, "diagnoses", systems.DIAGNOSIS),
    _node("external-cause", EXTERNAL_CAUSE, "external_causes", systems.EXTERNAL_CAUSE),
    _node("procedure", PROCEDURE, "procedures", systems.PROCEDURE),
)
