"""Booking <-> Appointment, ServiceRequest (full basis), CareTeam (team visit), Patient."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from mappings.codes import systems
from mappings.codes.systems import APPOINTMENT_REASON, CANCELLATION, PARTICIPATION, UCUM, VISIT_TEAM_KIND, extension
from mappings.codes.tables import APPOINTMENT_STATUS, BOOKING_STATUS, REQUEST_PRIORITY, REQUEST_STATUS
from mappings.problem import Json
from mappings.region.booking import UNTIMED, BasisKind, Booking, BookingStatus, By, Form, MedicalPriority, SummonsWay
from mappings.resources import keys
from mappings.resources.parts import LINE, VERSION, ext, line_extension, participant_type, sub
from mappings.resources.patient import patient_nodes
from mappings.resources.staff import BESIDE
from mappings.shape.codec import DAY, FLAG, INSTANT, MINUTES, TEXT, exact, in_stockholm, instant, plain, prefixed
from mappings.shape.graph import Graph, Node
from mappings.shape.key import Key
from mappings.shape.shape import Shape
from mappings.shape.template import Coding, Context, Each, Echo, Hole, Usually, When, view

FULL = frozenset({BasisKind.FULL})
QUICK = frozenset({BasisKind.QUICK})
OVER = frozenset({BookingStatus.CANCELLED, BookingStatus.ANNULLED})

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


def visit_team_key(source: str, number: str) -> Key:
    return Key("CareTeam", systems.VISIT_TEAM + source, number)


def basis_key(booking: Any) -> Key:
    return Key("ServiceRequest", systems.BASIS + booking.source, booking.basis.number or f"{booking.number}~")


# -- what stands in one place and is said again in another ----------------------------------------------------------


def _timed(booking: Any) -> bool:
    return booking.owner.start is not None and booking.owner.duration is not None


def _status(booking: Any, _: Context) -> str:
    """An annulled row of the waiting list has no times, which only a cancelled Appointment may lack (app-3)."""
    if booking.status is BookingStatus.ANNULLED and not _timed(booking):
        return "cancelled"
    return APPOINTMENT_STATUS[booking.status]


def _start(booking: Any, _: Context) -> str | None:
    return booking.owner.start.isoformat() if _timed(booking) else None


def _end(booking: Any, _: Context) -> str | None:
    return booking.owner.end.isoformat() if _timed(booking) else None


def _minutes(booking: Any, _: Context) -> int | None:
    return booking.owner.duration // timedelta(minutes=1) if booking.owner.duration else None


def _retimed(booking: Booking, change: Any) -> Booking:
    return booking.model_copy(update={"lines": tuple(line.model_copy(update=change(line)) for line in booking.lines)})


def _moved_start(booking: Booking, text: Any) -> Booking | None:
    """Others moved the visit: every line moves with it. Its end is a matter of its own."""
    start, was = instant(text), booking.owner.start
    if was is None:
        return None
    return _retimed(booking, lambda line: {"start": in_stockholm(line.start + (start - was))} if line.start else {})


def _moved_end(booking: Booking, text: Any) -> Booking | None:
    """Others changed how long the visit takes: the lines that took as long as the owner's follow."""
    owner, end = booking.owner, instant(text)
    if owner.start is None or not _positive(end - owner.start):
        return None
    return _retimed(booking, lambda line: {"duration": end - owner.start} if line.duration == owner.duration else {})


def _positive(span: timedelta) -> bool:
    return span > timedelta(0) and not span % timedelta(minutes=1)


def _care_service(booking: Any, context: Context) -> Json | None:
    code = booking.owner.care_service
    if code is None:
        return None
    coding = {"system": context.vocabulary.system("care-services"), "code": code}
    display = context.vocabulary.display("care-services", code)
    return coding | ({"display": display} if display else {})


def _hl7(field: str, table: str) -> Echo:
    """The HL7 code that a regional code becomes, where the source's table names one."""

    def write(booking: Any, context: Context) -> str | None:
        code = booking
        for step in field.split("."):
            code = None if code is None else getattr(code, step)
        return context.vocabulary.column(table, code, "hl7") if code else None

    return Echo(write)


def _patient(booking: Any, _: Context) -> str:
    return keys.patient_key(booking.patient.identity).text


def _plan_status(booking: Any, _: Context) -> str:
    """A cancelled visit that goes back to the waiting list leaves its plan alive (CA-1)."""
    back = booking.cancellation is not None and booking.cancellation.back_to_waiting_list
    return "active" if back else REQUEST_STATUS[booking.status]


def _performing(booking: Any, _: Context) -> str | None:
    return Key("Organization", systems.HSA, booking.performing_unit).text if booking.performing_unit else None


def _members(booking: Any, context: Context) -> list[Json]:
    return [
        {
            "role": [{"coding": [{"system": PARTICIPATION, "code": keys.OWNER.encode(line.owner, context)}]}],
            "member": {"reference": keys.STAFF.encode(line.staff, context)},
        }
        for line in booking.lines
        if line.staff
    ]


# -- the resources ---------------------------------------------------------------------------------------------------

_LINE = {
    "extension": [
        line_extension(
            sub("careService", "valueCoding", Coding("care_service", "care-services")),
            sub("minutes", "valuePositiveInt", Hole("duration", MINUTES)),
            sub("ownTreatmentResponsibility", "valueBoolean", Hole("own_treatment_responsibility", FLAG)),
        )
    ],
    "type": participant_type(),
    "actor": {"reference": Hole("staff", keys.STAFF)},
    "status": Usually("accepted"),
    "period": {
        "start": Hole("start", INSTANT),
        "end": Echo(lambda line, _: line.end.isoformat() if line.end else None),
    },
}

_QUICK_BASIS = [
    sub("registered", "valueDate", Hole("basis.registered", DAY)),
    sub("watchInterval", "valueDuration", Hole("basis.watch_interval", INTERVAL)),
    sub("targetDate", "valueDate", Hole("basis.target_date", DAY)),
    sub("medicalPriority", "valueCode", Hole("basis.medical_priority", exact(MedicalPriority))),
    sub("category1", "valueCoding", Coding("basis.category1", "category1")),
    sub("team", "valueString", Hole("basis.team", TEXT)),
    sub("customer", "valueCoding", Coding("basis.customer", "customers")),
    sub("agreement", "valueCoding", Coding("basis.agreement", "agreements")),
]

APPOINTMENT = Shape(
    {
        "resourceType": "Appointment",
        "extension": [
            ext("booking-status", "valueCode", Hole("status", exact(BookingStatus))),
            ext("form", "valueCode", Hole("form", exact(Form))),
            VERSION,
            ext("contact-type", "valueCoding", Coding("contact_type", "contact-types")),
            ext("acute", "valueBoolean", Hole("acute", FLAG)),
            ext(
                "responsible-unit",
                "valueReference",
                {"reference": Hole("responsible_unit", keys.hsa_reference("Organization"))},
            ),
            ext("no-medical-connection", "valueBoolean", Hole("no_medical_connection", FLAG)),
            ext("joint-assessment", "valueBoolean", Hole("joint_assessment", FLAG)),
            ext("desk-information", "valueString", Hole("basis.desk_information", TEXT)),
            ext("summons-way", "valueCode", Hole("summons.way", exact(SummonsWay))),
            {
                "url": extension("booking-basis"),
                "extension": [
                    sub("kind", "valueCode", Hole("basis.kind", exact(BasisKind))),
                    sub("number", "valueString", When("basis.kind", QUICK, Hole("basis.number", TEXT))),
                    *(When("basis.kind", QUICK, part) for part in _QUICK_BASIS),
                ],
            },
            {
                "url": extension("cancellation"),
                "extension": [
                    sub("at", "valueInstant", Hole("cancellation.at", INSTANT)),
                    sub("by", "valueCode", Hole("cancellation.by", exact(By))),
                    sub("backToWaitingList", "valueBoolean", Hole("cancellation.back_to_waiting_list", FLAG)),
                ],
            },
        ],
        "identifier": [{"system": Hole("source", prefixed(systems.BOOKING)), "value": Hole("number", TEXT)}],
        "status": view("status", APPOINTMENT_STATUS, BOOKING_STATUS, write=_status),
        "cancelationReason": When(
            "status",
            frozenset({BookingStatus.CANCELLED}),
            {
                "coding": [
                    Coding("cancellation.reason", "cancel-reasons"),
                    {"system": CANCELLATION, "code": _hl7("cancellation.reason", "cancel-reasons")},
                ]
            },
        ),
        "serviceType": [{"coding": [Echo(_care_service)]}],
        "appointmentType": {
            "coding": [
                Coding("visit_type", "visit-types"),
                {"system": APPOINTMENT_REASON, "code": _hl7("visit_type", "visit-types")},
            ]
        },
        "supportingInformation": [
            When(
                "form",
                frozenset({Form.TEAM}),
                {"reference": Echo(lambda b, _: visit_team_key(b.source, b.number).text, kind="CareTeam")},
            )
        ],
        "start": Echo(_start, moved=_moved_start),
        "end": Echo(_end, moved=_moved_end),
        "minutesDuration": Echo(_minutes),
        "comment": Hole("basis.information", TEXT),
        "patientInstruction": Hole("summons.free_text", TEXT),
        "basedOn": [
            When("basis.kind", FULL, {"reference": Echo(lambda b, _: basis_key(b).text, kind="ServiceRequest")})
        ],
        "participant": [
            {"actor": {"reference": Hole("patient.identity", keys.PATIENT)}, "status": Usually("accepted")},
            {
                "actor": {"reference": Hole("performing_unit", keys.hsa_reference("HealthcareService"))},
                "status": Usually("accepted"),
            },
            Each("lines", _LINE, key=("number",), by=LINE),
        ],
        "requestedPeriod": [
            When(
                "status",
                UNTIMED,
                {
                    "end": Echo(
                        lambda b, _: b.basis.target_date.isoformat() if b.basis and b.basis.target_date else None
                    )
                },
            )
        ],
    }
)

SERVICE_REQUEST = Shape(
    {
        "resourceType": "ServiceRequest",
        "extension": [
            ext("medical-priority", "valueCode", Hole("basis.medical_priority", exact(MedicalPriority))),
            ext("watch-interval", "valueDuration", Hole("basis.watch_interval", INTERVAL)),
            ext("working-team", "valueString", Hole("basis.team", TEXT)),
            ext("customer", "valueCoding", Coding("basis.customer", "customers")),
            ext("agreement", "valueCoding", Coding("basis.agreement", "agreements")),
        ],
        "identifier": [{"system": Echo(lambda b, _: systems.BASIS + b.source), "value": Hole("basis.number", TEXT)}],
        "status": Echo(_plan_status),
        "intent": "plan",
        "category": [{"coding": [Coding("basis.category1", "category1")]}],
        "priority": Echo(lambda b, _: REQUEST_PRIORITY[b.basis.medical_priority] if b.basis.medical_priority else None),
        "code": {"coding": [Echo(_care_service)]},
        "subject": {"reference": Echo(_patient)},
        "occurrenceDateTime": Hole("basis.target_date", DAY),
        "authoredOn": Hole("basis.registered", DAY),
        "performer": [{"reference": Echo(_performing)}],
    }
)

VISIT_TEAM = Shape(
    {
        "resourceType": "CareTeam",
        "identifier": [
            {"system": Echo(lambda b, _: systems.VISIT_TEAM + b.source), "value": Echo(lambda b, _: b.number)}
        ],
        "status": Echo(lambda b, _: "inactive" if b.status in OVER else "active"),
        "category": [{"coding": [{"system": VISIT_TEAM_KIND, "code": "visit-team"}]}],
        "subject": {"reference": Echo(_patient)},
        "participant": Echo(_members),
        "managingOrganization": [{"reference": Echo(_performing)}],
    }
)


def _has_basis(booking: Any) -> bool:
    return booking.basis is not None and booking.basis.kind is BasisKind.FULL


BOOKING = Graph(
    Booking,
    "booking",
    Node("visit", APPOINTMENT, lambda b: keys.booking_key(b.source, b.number)),
    *patient_nodes("visit", "participant.actor"),
    Node("basis", SERVICE_REQUEST, basis_key, via=("visit", "basedOn"), when=_has_basis),
    Node(
        "team",
        VISIT_TEAM,
        lambda b: visit_team_key(b.source, b.number),
        via=("visit", "supportingInformation"),
        when=lambda b: b.form is Form.TEAM,
    ),
    beside=BESIDE,
)
