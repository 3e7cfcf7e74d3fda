"""Care event <-> Encounter, with what it is coded with and the commitment that it is under."""

from __future__ import annotations

from typing import Any

from mappings.codes import systems
from mappings.codes.systems import ACT_CODE, EVENT_TYPE, KVA, extension
from mappings.codes.tables import ENCOUNTER_CLASS, ENCOUNTER_STATUS, EVENT_STATUS
from mappings.problem import Json
from mappings.region.care_event import CareEvent, EventForm, EventStatus, EventType, Follows, Origin, OutcomeKind
from mappings.region.people import RelationKind
from mappings.resources import keys
from mappings.resources.answerable import provenance, visited
from mappings.resources.basis import INTERVAL
from mappings.resources.booking_parts import GROUP
from mappings.resources.coding import LISTED, NODES
from mappings.resources.parts import (
    KRONOR,
    LINE,
    VERSION,
    ext,
    identified,
    line_extension,
    participant_type,
    person_name,
    sub,
)
from mappings.resources.patient import patient_nodes
from mappings.resources.staff import BESIDE
from mappings.shape.codec import DAY, FLAG, INSTANT, TEXT, exact, prefixed
from mappings.shape.graph import Graph, Node
from mappings.shape.key import Key
from mappings.shape.shape import Shape
from mappings.shape.template import Coding, Context, Each, Echo, Hole, Item, view


def _kva(field: str) -> Any:
    return {"system": KVA, "code": Hole(field, TEXT)}


_LINE = {
    "extension": [
        line_extension(
            sub("staffCategory", "valueCoding", Coding("staff_category", "staff-categories")),
            sub("unit", "valueReference", {"reference": Hole("unit", keys.hsa_reference("Organization"))}),
            sub("documented", "valueBoolean", Hole("documented", FLAG)),
        )
    ],
    "type": participant_type(_kva("kva")),
    "individual": {"reference": Hole("staff", keys.STAFF)},
}

_OUTCOME = {
    "url": extension("outcome"),
    "extension": [
        sub("kind", "valueCode", Hole("outcome.kind", exact(OutcomeKind))),
        sub("reason", "valueCoding", Coding("outcome.reason", "outcome-reasons")),
        Each("outcome.addressees", sub("addressee", "valueString", Hole("", TEXT))),
        sub("interval", "valueDuration", Hole("outcome.interval", INTERVAL)),
        sub("plannedAs", "valueString", Hole("outcome.planned_as", TEXT)),
        sub("follows", "valueCode", Hole("outcome.follows", exact(Follows))),
    ],
}

_FEE = {
    "url": extension("fee"),
    "extension": [
        sub("amount", "valueMoney", Hole("fee.amount", KRONOR)),
        sub("reasonForNone", "valueCoding", Coding("fee.reason_for_none", "fee-exemptions")),
        sub("wayOfPayment", "valueCoding", Coding("fee.way_of_payment", "ways-of-payment")),
    ],
}

_HISTORY = {
    "url": extension("event-type-history"),
    "extension": [
        sub("eventType", "valueCode", Hole("event_type", exact(EventType))),
        sub("until", "valueInstant", Hole("until", INSTANT)),
    ],
}

_RELATION = {
    "url": extension("copied-relation"),
    "extension": [
        sub("number", "valueString", Hole("number", TEXT)),
        sub("kind", "valueCode", Hole("kind", exact(RelationKind))),
        sub("name", "valueHumanName", person_name("name")),
        sub(
            "identity",
            "valueIdentifier",
            {"system": Hole("identity.kind", keys.IDENTITY_SYSTEM), "value": Hole("identity.value", TEXT)},
        ),
        sub("relationship", "valueString", Hole("relationship", TEXT)),
        sub("phone", "valueContactPoint", {"system": "phone", "value": Hole("phone", TEXT)}),
        {
            "url": "interpreter",
            "extension": [
                sub("needed", "valueBoolean", Hole("interpreter.needed", FLAG)),
                sub("language", "valueCode", Hole("interpreter.language", TEXT)),
            ],
        },
        sub("copyOfSummons", "valueBoolean", Hole("copy_of_summons", FLAG)),
    ],
}
"""A copy of a relation (RE-2). A RelatedPerson would say of the patient what only her event says."""


def _unit(name: str, field: str) -> Any:
    return ext(name, "valueReference", {"reference": Hole(field, keys.hsa_reference("Organization"))})


def _of_table(field: str, table: str) -> Any:
    """A concept of its own in a list of concepts, known by its table."""
    coding = Coding(field, table)
    return Item({"coding": [coding]}, by={"coding": [coding]})


ENCOUNTER = Shape(
    {
        "resourceType": "Encounter",
        "extension": [
            ext("care-event-status", "valueCode", Hole("status", exact(EventStatus))),
            ext("form", "valueCode", Hole("form", exact(EventForm))),
            VERSION,
            _unit("responsible-unit", "responsible_unit"),
            _unit("producing-institution", "producing_institution"),
            ext("joint-assessment", "valueBoolean", Hole("joint_assessment", FLAG)),
            GROUP,
            ext("origin", "valueCode", Hole("origin", exact(Origin))),
            Each("event_type_history", _HISTORY, key=("event_type", "until")),
            Each("relations", _RELATION, key=("number",)),
            ext("direct", "valueBoolean", Hole("direct", FLAG)),
            ext("replaces-visit", "valueBoolean", Hole("replaces_visit", FLAG)),
            Each("add_ons", ext("add-on", "valueCoding", Coding("", "add-ons"))),
            ext("planned", "valueBoolean", Hole("planned", FLAG)),
            ext("booked-time", "valueInstant", Hole("booked_time", INSTANT)),
            ext("checked-out", "valueInstant", Hole("checked_out", INSTANT)),
            ext("patient-moves", "valueBoolean", Hole("patient_moves", FLAG)),
            ext("no-notes-or-transactions", "valueBoolean", Hole("no_notes_or_transactions", FLAG)),
            ext("principal", "valueCoding", Coding("principal", "principals")),
            ext("problem-code", "valueCoding", Coding("problem_code", "problem-codes")),
            ext("referral-code", "valueCoding", Coding("referral_code", "referral-codes")),
            _OUTCOME,
            _FEE,
        ],
        "identifier": [{"system": Hole("source", prefixed(systems.CARE_EVENT)), "value": Hole("number", TEXT)}],
        "status": view("status", ENCOUNTER_STATUS, EVENT_STATUS),
        "class": {
            "system": ACT_CODE,
            "code": Echo(lambda event, _: ENCOUNTER_CLASS[event.event_type] if event.event_type else None),
        },
        "type": [
            Item(
                {"coding": [{"system": EVENT_TYPE, "code": Hole("event_type", exact(EventType))}]},
                by={"coding": [{"system": EVENT_TYPE}]},
            ),
            _of_table("contact_type", "contact-types"),
            _of_table("visit_type", "visit-types"),
            _of_table("visit_kind", "visit-kinds"),
            Item({"coding": [_kva("kva")]}, by={"coding": [{"system": KVA}]}),
        ],
        "serviceType": {"coding": [Coding("care_area", "care-areas")]},
        "subject": {"reference": Hole("patient.identity", keys.PATIENT)},
        "episodeOfCare": [
            {
                "reference": Echo(
                    lambda event, _: keys.commitment_key(event).text if event.care_commitment else None,
                    kind="EpisodeOfCare",
                )
            }
        ],
        "participant": [Each("lines", _LINE, key=("number",), by=LINE)],
        "appointment": [{"reference": Hole("booking", keys.BOOKING)}],
        "period": {"start": Hole("start", INSTANT), "end": Hole("end", INSTANT)},
        "reasonCode": [_of_table("reason", "contact-reasons")],
        "diagnosis": LISTED,
        "hospitalization": {
            "admitSource": {"coding": [Coding("admission.admitted_from", "admit-sources")]},
            "dischargeDisposition": {"coding": [Coding("admission.discharged_to", "discharge-destinations")]},
        },
        "serviceProvider": {"reference": Hole("performing_unit", keys.hsa_reference("Organization"))},
        "partOf": identified(systems.CARE_EVENT, "consulted_from"),
    }
)


def without_relations(encounter: Json) -> Json:
    """The Encounter of a patient who is marked, whose relations would give her away (PI-1)."""
    left = [one for one in encounter.get("extension", ()) if one.get("url") != extension("copied-relation")]
    return {name: left if name == "extension" else value for name, value in encounter.items()}


def _commitment_status(event: Any, _: Context) -> str:
    return "finished" if event.care_commitment.end else "active"


COMMITMENT = Shape(
    {
        "resourceType": "EpisodeOfCare",
        "identifier": [{"system": systems.CARE_COMMITMENT, "value": Hole("care_commitment.number", keys.LOCAL)}],
        "status": Echo(_commitment_status),
        "patient": {"reference": Echo(lambda event, _: keys.patient_key(event.patient.identity).text)},
        "managingOrganization": {
            "reference": Echo(
                lambda event, _: (
                    Key("Organization", systems.HSA, event.responsible_unit).text if event.responsible_unit else None
                )
            )
        },
        "period": {"start": Hole("care_commitment.start", DAY), "end": Hole("care_commitment.end", DAY)},
    }
)

_EVENT = Node("event", ENCOUNTER, lambda e: keys.care_event_key(e.source, e.number))

CARE_EVENT = Graph(
    CareEvent,
    "care-event",
    _EVENT,
    *patient_nodes("event", "subject"),
    Node(
        "commitment",
        COMMITMENT,
        keys.commitment_key,
        via=("event", "episodeOfCare"),
        owned=False,
        when=lambda event: event.care_commitment is not None,
    ),
    *NODES,
    beside=(*BESIDE, provenance((_EVENT, *NODES), visited, lambda event: event.start or event.booked_time)),
)
