"""Care event <-> Encounter."""

from __future__ import annotations

from typing import Any

from mappings.codes import systems
from mappings.codes.systems import ACT_CODE, EVENT_TYPE, KVA
from mappings.codes.tables import ENCOUNTER_CLASS, ENCOUNTER_STATUS
from mappings.region.booking import Form
from mappings.region.care_event import CareEvent, EventStatus, EventType
from mappings.resources import keys
from mappings.resources.parts import LINE, VERSION, ext, line_extension, participant_type, sub
from mappings.resources.patient import patient_nodes
from mappings.resources.staff import BESIDE
from mappings.shape.codec import FLAG, INSTANT, TEXT, exact, prefixed
from mappings.shape.graph import Graph, Node
from mappings.shape.key import Key
from mappings.shape.shape import Shape
from mappings.shape.template import Coding, Each, Echo, Hole, Item, view


def care_event_key(source: str, number: str) -> Key:
    return Key("Encounter", systems.CARE_EVENT + source, number)


def _kva(field: str) -> Any:
    return {"system": KVA, "code": Hole(field, TEXT)}


_LINE = {
    "extension": [line_extension(sub("staffCategory", "valueCoding", Coding("staff_category", "staff-categories")))],
    "type": participant_type(_kva("kva")),
    "individual": {"reference": Hole("staff", keys.STAFF)},
}

ENCOUNTER = Shape(
    {
        "resourceType": "Encounter",
        "extension": [
            ext("care-event-status", "valueCode", Hole("status", exact(EventStatus))),
            ext("form", "valueCode", Hole("form", exact(Form))),
            VERSION,
            ext(
                "responsible-unit",
                "valueReference",
                {"reference": Hole("responsible_unit", keys.hsa_reference("Organization"))},
            ),
            ext("joint-assessment", "valueBoolean", Hole("joint_assessment", FLAG)),
        ],
        "identifier": [{"system": Hole("source", prefixed(systems.CARE_EVENT)), "value": Hole("number", TEXT)}],
        "status": view("status", ENCOUNTER_STATUS, {code: status for status, code in ENCOUNTER_STATUS.items()}),
        "class": {
            "system": ACT_CODE,
            "code": Echo(lambda event, _: ENCOUNTER_CLASS[event.event_type] if event.event_type else None),
        },
        "type": [
            Item(
                {"coding": [{"system": EVENT_TYPE, "code": Hole("event_type", exact(EventType))}]},
                by={"coding": [{"system": EVENT_TYPE}]},
            ),
            Item(
                {"coding": [Coding("contact_type", "contact-types")]},
                by={"coding": [Coding("contact_type", "contact-types")]},
            ),
            Item({"coding": [_kva("kva")]}, by={"coding": [{"system": KVA}]}),
        ],
        "subject": {"reference": Hole("patient.identity", keys.PATIENT)},
        "participant": [Each("lines", _LINE, key=("number",), by=LINE)],
        "appointment": [{"reference": Hole("booking", keys.BOOKING)}],
        "period": {"start": Hole("start", INSTANT), "end": Hole("end", INSTANT)},
        "serviceProvider": {"reference": Hole("performing_unit", keys.hsa_reference("Organization"))},
    }
)

CARE_EVENT = Graph(
    CareEvent,
    "care-event",
    Node("event", ENCOUNTER, lambda e: care_event_key(e.source, e.number)),
    *patient_nodes("event", "subject"),
    beside=BESIDE,
)
