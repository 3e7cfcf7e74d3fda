"""Booking <-> Appointment, ServiceRequest (full basis), CareTeam (team visit), Patient."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from mappings.codes import systems
from mappings.codes.systems import (
    APPOINTMENT_REASON,
    CANCELLATION,
    MEDIUM,
    PARTICIPATION,
    SYSTEM_REASON,
    VISIT_TEAM_KIND,
    extension,
)
from mappings.codes.tables import APPOINTMENT_STATUS, BOOKING_STATUS, STAY_DAYS, SUMMONS_MEDIUM, SYSTEM_CANCELLATION
from mappings.problem import Json
from mappings.region.basis import BasisKind
from mappings.region.booking import TEAMS, UNTIMED, Booking, BookingStatus, Form
from mappings.region.steps import SystemReason
from mappings.region.summons import SENT
from mappings.resources import booking_parts as parts
from mappings.resources import keys
from mappings.resources.answerable import provenance, visited
from mappings.resources.basis import QUICK, SERVICE_REQUEST, basis_key, quick_basis
from mappings.resources.parts import (
    LINE,
    VERSION,
    care_service,
    ext,
    identified,
    line_extension,
    participant_type,
    patient_reference,
    performing_organization,
    sub,
)
from mappings.resources.patient import patient_nodes
from mappings.resources.places import PLACES
from mappings.resources.staff import BESIDE
from mappings.shape.codec import FLAG, INSTANT, MINUTES, TEXT, exact, in_stockholm, instant, prefixed
from mappings.shape.graph import Graph, Node
from mappings.shape.key import Key
from mappings.shape.shape import Shape
from mappings.shape.template import Coding, Context, Each, Echo, Hole, Item, Usually, When, view

FULL = frozenset({BasisKind.FULL})
OVER = frozenset({BookingStatus.CANCELLED, BookingStatus.ANNULLED})


def visit_team_key(source: str, number: str) -> Key:
    return Key("CareTeam", systems.VISIT_TEAM + source, number)


def summons_key(source: str, number: str) -> Key:
    return Key("Communication", systems.SUMMONS + source, number)


# -- what stands in one place and is said again in another ----------------------------------------------------------


def _span(booking: Any) -> timedelta | None:
    """How long it takes: the owner's line says, or the estimated length of an admission (BO-22)."""
    stay = booking.admission
    if booking.owner.duration or stay is None:
        return booking.owner.duration  # type: ignore[no-any-return]  # a template's scope has no type
    days = stay.days or (STAY_DAYS[stay.estimated_length] if stay.estimated_length else 0)
    return timedelta(days=days) or None


def _timed(booking: Any) -> bool:
    return booking.owner.start is not None and _span(booking) is not None


def _status(booking: Any, _: Context) -> str:
    """An annulled row of the waiting list has no times, which only a cancelled Appointment may lack (app-3)."""
    if booking.status is BookingStatus.ANNULLED and not _timed(booking):
        return "cancelled"
    return APPOINTMENT_STATUS[booking.status]


def _start(booking: Any, _: Context) -> str | None:
    return booking.owner.start.isoformat() if _timed(booking) else None


def _end(booking: Any, _: Context) -> str | None:
    return in_stockholm(booking.owner.start + _span(booking)).isoformat() if _timed(booking) else None


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


def _hl7(field: str, table: str) -> Echo:
    """The HL7 code that a regional code becomes, where the source's table names one."""

    def write(booking: Any, context: Context) -> str | None:
        code = booking
        for step in field.split("."):
            code = None if code is None else getattr(code, step)
        return context.vocabulary.column(table, code, "hl7") if code else None

    return Echo(write)


def _why_cancelled(booking: Any, context: Context) -> str | None:
    """The HL7 code of the system's reason, else of the regional one."""
    if booking.cancellation is not None and booking.cancellation.system_reason is not None:
        return SYSTEM_CANCELLATION[booking.cancellation.system_reason]
    code: str | None = _hl7("cancellation.reason", "cancel-reasons").write(booking, context)
    return code


def _members(booking: Any, context: Context) -> list[Json]:
    return [
        {
            "role": [{"coding": [{"system": PARTICIPATION, "code": keys.OWNER.encode(line.owner, context)}]}],
            "member": {"reference": keys.STAFF.encode(line.staff, context)},
        }
        for line in booking.lines
        if line.staff
    ]


def _in(kind: str, said: Callable[[str, str], Key], field: str) -> Item:
    """Rooms or equipment, each once, for as long as the lines that stand in its time book."""

    def write(booking: Any, _: Context) -> list[Json]:
        codes = dict.fromkeys(getattr(line, field) for line in booking.lines if getattr(line, field))
        return [{"actor": {"reference": said(booking.source, code).text}, "status": "accepted"} for code in codes]

    return Item(Echo(write, many=True), by={"actor": {"reference": Echo(write, kind=kind)}})


def _summons_sent(booking: Any) -> bool:
    return booking.summons is not None and booking.summons.status in SENT


# -- the resources ---------------------------------------------------------------------------------------------------

_LINE = {
    "extension": [
        line_extension(
            sub("careService", "valueCoding", Coding("care_service", "care-services")),
            sub("minutes", "valuePositiveInt", Hole("duration", MINUTES)),
            sub("room", "valueCoding", Coding("room", "rooms")),
            sub("equipment", "valueCoding", Coding("equipment", "equipment")),
            sub("unit", "valueReference", {"reference": Hole("unit", keys.hsa_reference("Organization"))}),
            sub("joins", "valueBoolean", Hole("joins", FLAG)),
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
            ext("free", "valueBoolean", Hole("free", FLAG)),
            Each("add_ons", ext("add-on", "valueCoding", Coding("", "add-ons")), by={"url": extension("add-on")}),
            # the same as R5's element: http://hl7.org/fhir/R5/appointment-definitions.html#Appointment.replaces
            ext("replaces", "valueReference", identified(systems.BOOKING, "replaces")),
            parts.SUMMONS,
            parts.ADMISSION,
            parts.SELF_CHECK_IN,
            *parts.TOGETHER,
            *parts.STEPS,
            {
                "url": extension("booking-basis"),
                "extension": [
                    sub("kind", "valueCode", Hole("basis.kind", exact(BasisKind))),
                    sub("number", "valueString", When("basis.kind", QUICK, Hole("basis.number", TEXT))),
                    *quick_basis(),
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
                    {"system": SYSTEM_REASON, "code": Hole("cancellation.system_reason", exact(SystemReason))},
                    {"system": CANCELLATION, "code": Echo(_why_cancelled)},
                ]
            },
        ),
        "serviceType": [{"coding": [Echo(care_service)]}],
        "appointmentType": {
            "coding": [
                Coding("visit_type", "visit-types"),
                {"system": APPOINTMENT_REASON, "code": _hl7("visit_type", "visit-types")},
            ]
        },
        "reasonCode": [{"coding": [Coding("reason", "contact-reasons")]}],
        "supportingInformation": [
            When(
                "summons.status",
                SENT,
                {"reference": Echo(lambda b, _: summons_key(b.source, b.number).text, kind="Communication")},
            ),
            When(
                "form",
                TEAMS,
                {"reference": Echo(lambda b, _: visit_team_key(b.source, b.number).text, kind="CareTeam")},
            ),
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
            _in("Location", keys.room_key, "room"),
            _in("Device", keys.equipment_key, "equipment"),
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

VISIT_TEAM = Shape(
    {
        "resourceType": "CareTeam",
        "identifier": [
            {"system": Echo(lambda b, _: systems.VISIT_TEAM + b.source), "value": Echo(lambda b, _: b.number)}
        ],
        "status": Echo(lambda b, _: "inactive" if b.status in OVER else "active"),
        "category": [{"coding": [{"system": VISIT_TEAM_KIND, "code": "visit-team"}]}],
        "subject": {"reference": Echo(patient_reference)},
        "participant": Echo(_members),
        "managingOrganization": [{"reference": Echo(performing_organization)}],
    }
)


SUMMONS = Shape(
    {
        "resourceType": "Communication",
        "identifier": [{"system": Echo(lambda b, _: systems.SUMMONS + b.source), "value": Echo(lambda b, _: b.number)}],
        "status": "completed",
        "medium": [{"coding": [{"system": MEDIUM, "code": Echo(lambda b, _: SUMMONS_MEDIUM.get(b.summons.way))}]}],
        "subject": {"reference": Echo(patient_reference)},
        "about": [{"reference": Echo(lambda b, _: keys.booking_key(b.source, b.number).text)}],
        "sent": Echo(lambda b, _: b.summons.status_at.isoformat() if b.summons.status_at else None),
        "payload": [{"contentString": Echo(lambda b, _: b.summons.free_text)}],
    }
)
"""A summons that has been sent (https://hl7.org/fhir/R4/communication.html); before that it stands on the booking."""


def _has_basis(booking: Any) -> bool:
    return booking.basis is not None and booking.basis.kind is BasisKind.FULL


_VISIT = Node("visit", APPOINTMENT, lambda b: keys.booking_key(b.source, b.number))
_BESIDE_IT = (
    Node("basis", SERVICE_REQUEST, basis_key, via=("visit", "basedOn"), when=_has_basis),
    Node(
        "team",
        VISIT_TEAM,
        lambda b: visit_team_key(b.source, b.number),
        via=("visit", "supportingInformation"),
        when=lambda b: b.form in TEAMS,
    ),
    Node(
        "summons",
        SUMMONS,
        lambda b: summons_key(b.source, b.number),
        via=("visit", "supportingInformation"),
        when=_summons_sent,
    ),
)

BOOKING = Graph(
    Booking,
    "booking",
    _VISIT,
    *patient_nodes("visit", "participant.actor"),
    *_BESIDE_IT,
    beside=(*BESIDE, *PLACES, provenance((_VISIT, *_BESIDE_IT), visited, lambda b: b.owner.start)),
)
