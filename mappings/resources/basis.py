"""The booking basis: a ServiceRequest where it is full, an extension of the Appointment where it is quick."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic.alias_generators import to_camel

from mappings.codes import systems
from mappings.codes.systems import UCUM
from mappings.codes.tables import REQUEST_PRIORITY, REQUEST_STATUS
from mappings.problem import Json
from mappings.region.basis import BasisKind, MedicalPriority
from mappings.region.booking import BookingStatus
from mappings.resources.parts import ext, identified, patient_reference, performing_organization, sub
from mappings.shape.codec import DAY, FLAG, INSTANT, TEXT, exact, plain
from mappings.shape.key import Key
from mappings.shape.shape import Shape
from mappings.shape.template import Coding, Context, Echo, Hole, When

QUICK = frozenset({BasisKind.QUICK})

_UNITS = {"D": "d", "W": "wk", "M": "mo", "Y": "a"}


def _quantity(interval: str) -> Json:
    return {"value": int(interval[1:-1]), "system": UCUM, "code": _UNITS[interval[-1]]}


def _interval(quantity: Any) -> str:
    units = {code: letter for letter, code in _UNITS.items()}
    match quantity:
        case {"value": int(value), "system": system, "code": str(code)} if (
            system == UCUM and code in units and 0 < value <= 9999
        ):
            return f"P{value}{units[code]}"
    raise ValueError("interval")


INTERVAL = plain(_quantity, _interval)
"""A period of the calendar as a UCUM quantity: `P84D` is 84 d."""


def basis_key(booking: Any) -> Key:
    return Key("ServiceRequest", systems.BASIS + booking.source, booking.basis.number or f"{booking.number}~")


_ELEMENTS: dict[str, tuple[str, Any]] = {
    "registered": ("valueDate", Hole("basis.registered", DAY)),
    "target-date": ("valueDate", Hole("basis.target_date", DAY)),
    "category1": ("valueCoding", Coding("basis.category1", "category1")),
    "search-reason": ("valueString", Hole("basis.search_reason", TEXT)),
}
"""What a ServiceRequest has elements for; a quick basis says it in parts of its extension."""

_FOLLOW_UP = {
    "first-contact": ("valueDate", Hole("basis.follow_up.first_contact", DAY)),
    "treatment-decision": ("valueString", Hole("basis.follow_up.treatment_decision", TEXT)),
    "decided": ("valueDate", Hole("basis.follow_up.decided", DAY)),
    "diagnosis": ("valueString", Hole("basis.follow_up.diagnosis", TEXT)),
    "planned-action": ("valueString", Hole("basis.follow_up.planned_action", TEXT)),
}

_BESIDE: dict[str, tuple[str, Any]] = {
    "medical-priority": ("valueCode", Hole("basis.medical_priority", exact(MedicalPriority))),
    "watch-interval": ("valueDuration", Hole("basis.watch_interval", INTERVAL)),
    "created": ("valueInstant", Hole("basis.created", INSTANT)),
    "working-team": ("valueString", Hole("basis.team", TEXT)),
    "short-notice": ("valueBoolean", Hole("basis.short_notice", FLAG)),
    "customer": ("valueCoding", Coding("basis.customer", "customers")),
    "agreement": ("valueCoding", Coding("basis.agreement", "agreements")),
    "category2": ("valueCoding", Coding("basis.category2", "category2")),
    "deviation-reason": ("valueCoding", Coding("basis.deviation_reason", "deviation-reasons")),
    "offered": ("valueDate", Hole("basis.offered", DAY)),
    "decided-by": ("valueString", Hole("basis.decided_by", TEXT)),
    "referral": ("valueReference", identified(systems.REFERRAL, "basis.referral")),
    "private-request": ("valueString", Hole("basis.private_request", TEXT)),
    "order": ("valueBoolean", Hole("basis.order", FLAG)),
    "media-examination": ("valueBoolean", Hole("basis.media_examination", FLAG)),
    "special-information": ("valueString", Hole("basis.special_information", TEXT)),
}
"""What R4 has no element for: extensions of the ServiceRequest, parts of the quick basis' extension."""


def _parts(table: dict[str, tuple[str, Any]]) -> Iterator[Json]:
    yield from (sub(to_camel(name.replace("-", "_")), value, what) for name, (value, what) in table.items())


def quick_basis() -> Iterator[When]:
    """The parts of a quick basis."""
    for part in _parts(_ELEMENTS | _BESIDE):
        yield When("basis.kind", QUICK, part)
    yield When("basis.kind", QUICK, {"url": "followUp", "extension": [*_parts(_FOLLOW_UP)]})


def _plan_status(booking: Any, _: Context) -> str:
    """A cancelled visit that goes back to the waiting list leaves its plan alive (CA-1); so does one of a series."""
    back = booking.cancellation is not None and booking.cancellation.back_to_waiting_list
    shared = booking.series is not None and booking.status is not BookingStatus.ANNULLED
    return "active" if back or shared else REQUEST_STATUS[booking.status]


SERVICE_REQUEST = Shape(
    {
        "resourceType": "ServiceRequest",
        "extension": [
            *(ext(name, value, what) for name, (value, what) in _BESIDE.items() if name != "referral"),
            {"url": systems.extension("follow-up"), "extension": [*_parts(_FOLLOW_UP)]},
        ],
        "identifier": [{"system": Echo(lambda b, _: systems.BASIS + b.source), "value": Hole("basis.number", TEXT)}],
        "basedOn": [_BESIDE["referral"][1]],
        "status": Echo(_plan_status),
        "intent": "plan",
        "category": [{"coding": [Coding("basis.category1", "category1")]}],
        "priority": Echo(lambda b, _: REQUEST_PRIORITY[b.basis.medical_priority] if b.basis.medical_priority else None),
        "subject": {"reference": Echo(patient_reference)},
        "occurrenceDateTime": Hole("basis.target_date", DAY),
        "authoredOn": Hole("basis.registered", DAY),
        "performer": [{"reference": Echo(performing_organization)}],
        "reasonCode": [{"text": Hole("basis.search_reason", TEXT)}],
    }
)
"""The full basis (https://hl7.org/fhir/R4/servicerequest.html). It has no code: one basis may plan several contacts,
and each says its care service itself (Decided 16)."""
