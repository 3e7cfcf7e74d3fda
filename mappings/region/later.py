"""What the documents say and the model does not yet hold: each has its later place and the rule that names it.

A message that uses one is refused by that rule (Decided 24), never accepted unjudged. `docs/model.md` is made from
this.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Later:
    """A field, or a value of an enumerated field, with its place in the message."""

    message: str
    """`booking`, `care-event`, `named-contact`, `direct-case` (a kind that is to come), or `*` for all."""
    path: str
    """JSON Pointer without indices, `/basis/category2`."""
    rule: str
    value: str = ""
    """For an enumerated field: the value that is to come."""
    becomes: str = ""
    """Its place in FHIR."""


NEVER = "never"

LATER: tuple[Later, ...] = (
    # a booking
    Later("booking", "/waitingTime", "BO-20", becomes="computed for each reader, never sent"),
    # the care event
    Later("care-event", "/form", "GR-1", "group", "one Encounter per patient, the group's id in an extension"),
    Later("care-event", "/form", "GR-2", "groupTeam", "as group and team"),
    Later("care-event", "/eventType", "EV-2", "hiddenOutpatient", "Encounter planned, extension event-type-history"),
    Later("care-event", "/eventType", "EV-2", "preRegisteredOutpatient", "Encounter planned"),
    Later("care-event", "/eventType", "EV-12", "preRegisteredAdmission", "Encounter planned"),
    Later("care-event", "/eventType", "EV-17", "preRegisteredDiagnostics", "Encounter planned"),
    Later("care-event", "/eventType", "EV-12", "acute", "Encounter.class EMER"),
    Later("care-event", "/eventType", "EV-7", "observation", "Encounter.class OBSENC"),
    Later("care-event", "/eventType", "EV-7", "inpatient", "Encounter.class IMP"),
    Later("care-event", "/eventType", "EV-13", "newborn", "Encounter.class IMP"),
    Later("care-event", "/eventType", "EV-13", "foetus", "Encounter.type"),
    Later("care-event", "/eventType", "EV-7", "admin", "Encounter.type"),
    Later("care-event", "/eventType", "EV-14", "historical", "Encounter.type"),
    Later("care-event", "/eventType", "EV-3", "missed", "Encounter.type"),
    Later("care-event", "/producingInstitution", "OR-2", becomes="Encounter.extension(producing-institution)"),
    Later("care-event", "/relations", "RE-2", becomes="Encounter.extension(relation), RelatedPerson"),
    Later("care-event", "/eventTypeHistory", "EV-2", becomes="Encounter.extension(event-type-history)"),
    Later("care-event", "/noNotesOrTransactions", "EV-4", becomes="Encounter.extension(no-notes-or-transactions)"),
    Later("care-event", "/checkedOut", "EV-7", becomes="Encounter.extension(checked-out)"),
    Later("care-event", "/consultedFrom", "EV-16", becomes="Encounter.partOf"),
    Later("care-event", "/bookedTime", "EV-10", becomes="Encounter.extension(booked-time)"),
    Later("care-event", "/planned", "EV-10", becomes="Encounter.extension(planned)"),
    Later("care-event", "/direct", "DK-1", becomes="Encounter.extension(direct)"),
    Later("care-event", "/lines/documented", "TE-9", becomes="participant extension line, part documented"),
    Later("care-event", "/careCommitment", "EV-5", becomes="EpisodeOfCare"),
    Later("care-event", "/outcome", "EV-6", becomes="Encounter.extension(outcome)"),
    Later("care-event", "/reason", "EV-8", becomes="Encounter.reasonCode"),
    Later("care-event", "/addOns", "EV-8", becomes="Encounter.extension(add-on)"),
    Later("care-event", "/visitType", "EV-9", becomes="Encounter.type"),
    Later("care-event", "/admission", "EV-10", becomes="Encounter.hospitalization"),
    Later("care-event", "/admission/admittedFrom", "EV-10", becomes="Encounter.hospitalization.admitSource"),
    Later("care-event", "/admission/dischargedTo", "EV-10", becomes="Encounter.hospitalization.dischargeDisposition"),
    Later("care-event", "/diagnoses", "CO-3", becomes="Condition"),
    Later("care-event", "/procedures", "CO-3", becomes="Procedure"),
    Later("care-event", "/externalCauses", "CO-3", becomes="Condition"),
    Later("care-event", "/atc", "CO-3", becomes="Condition.code or Procedure.code, a further coding"),
    Later("care-event", "/principal", "EV-19", becomes="Encounter.extension(principal)"),
    Later("care-event", "/careArea", "EV-19", becomes="Encounter.serviceType"),
    Later("care-event", "/problemCode", "EV-19", becomes="Encounter.extension(problem-code)"),
    Later("care-event", "/referralCode", "EV-19", becomes="Encounter.extension(referral-code)"),
    Later("care-event", "/fee", "EV-19", becomes="Encounter.extension(fee)"),
    Later("care-event", "/fee/reasonForNone", "EV-19", becomes="Encounter.extension(fee), part reasonForNone"),
    Later("care-event", "/fee/wayOfPayment", "EV-19", becomes="Encounter.extension(fee), part wayOfPayment"),
    # the named contact
    Later("named-contact", "/status", "FK-9", "requested", "CareTeam.status proposed"),
    Later("named-contact", "/status", "FK-9", "offered", "CareTeam.status proposed"),
    Later("named-contact", "/status", "FK-9", "declined", "CareTeam.status inactive"),
    Later("named-contact", "/status", "FK-22", "unneeded", "CareTeam.status inactive"),
    Later("named-contact", "/requested", "FK-9", becomes="CareTeam.extension(requested)"),
    Later("named-contact", "/declined", "FK-9", becomes="CareTeam.extension(declined)"),
    Later("named-contact", "/successor", "FK-9", becomes="CareTeam.extension(successor)"),
    Later("named-contact", "/told", "FK-9", becomes="CareTeam.extension(told)"),
    Later("named-contact", "/told/nextOfKin", "FK-17", becomes="CareTeam.extension(told), part nextOfKin"),
    Later(
        "named-contact", "/attested/mainResponsibility", "FK-17", becomes="extension attested, part mainResponsibility"
    ),
    Later(
        "named-contact", "/attested/mainCareGivenHere", "FK-14", becomes="extension attested, part mainCareGivenHere"
    ),
    Later("named-contact", "/medicallyResponsible", "FK-16", becomes="CareTeam.extension(medically-responsible)"),
    Later("named-contact", "/consent", "FK-15", becomes="CareTeam.extension(consent)"),
    Later("named-contact", "/planDeadline", "FK-18", becomes="CareTeam.extension(plan-deadline)"),
    Later("named-contact", "/readyForDischarge", "FK-18", becomes="CareTeam.extension(ready-for-discharge)"),
    Later("named-contact", "/origin", "FK-19", becomes="CareTeam.extension(origin)"),
    Later("named-contact", "/review", "FK-21", becomes="CareTeam.extension(review)"),
    Later("named-contact", "/agreement", "FK-21", becomes="CareTeam.extension(agreement)"),
    # cases of 1177 direkt: a kind of message of their own
    Later("direct-case", "/handlers", "DK-3", becomes="Encounter.participant, one Encounter for each who registers"),
    Later("direct-case", "/replacesVisit", "DK-2", becomes="Encounter.type"),
    Later("direct-case", "/physicalVisit", "DK-4", becomes="Encounter, an ordinary one"),
    Later("direct-case", "/referredTo", "DK-5", becomes="ServiceRequest"),
    Later("direct-case", "/actions", "DK-6", becomes="Procedure"),
    Later("direct-case", "/note", "DK-7", becomes="Encounter.extension(note)"),
    Later("direct-case", "/closedBy", "DK-10", becomes="Encounter.extension(closed-by)"),
    # kinds that are never carried
    Later("named-contact", "/kind", "FK-1", "responsibleCaseOfficer", NEVER),
)

WITHOUT_FIELD: Mapping[str, str] = MappingProxyType(
    {
        "ID-9": "/patient/registration, /patient/deregistration",
        "OR-4": "/lines/staff",
        "BO-5": "/basis/medicalPriority, /basis/targetDate",
        "BO-7": "/basis/deviationReason, and the unit in the catalogue",
        "BO-19": "the columns that bookings are searched by",
        "BO-26": "the other bookings of the day",
        "BO-27": "/series, and the unit in the catalogue",
        "BO-30": "/lines/staff, which may be absent",
        "BO-32": "/form, and the unit in the catalogue",
        "SU-3": "/summons/freeText, and the care service in the catalogue",
        "SU-5": "/summons/freeText",
        "SU-6": "/summons/status",
        "OC-2": "/summons/freeText",
        "RB-2": "/rebookings, /basis/deviationReason",
        "RB-3": "/rebookings, /cancellation",
        "CA-2": "/lines/mainAction",
        "PO-1": "the care service in the catalogue",
        "TE-7": "/diagnoses",
        "TE-10": "/form, and the unit in the catalogue",
        "TE-12": "/lines/start",
        "GR-3": "/group",
        "PS-2": "/chain",
        "PS-3": "/chain, and the administrations in the catalogue",
        "PS-4": "/chain",
        "PS-5": "/chain",
        "PS-6": "/chain",
        "PS-7": "/chain",
        "EV-11": "/eventType",
        "EV-15": "/eventType, /booking",
        "CO-5": "/diagnoses, /procedures",
        "FK-10": "staff in the catalogue, by HSA-id",
        "FK-23": "a switch of the region",
        "DK-8": "the time books in the catalogue",
        "DK-9": "/handlers",
        "DK-11": "a switch of the region",
    }
)
"""Rules not yet kept that need no field of their own, and what they will look at."""

_FIELDS = {(later.message, later.path): later for later in LATER if not later.value}
_VALUES = {(later.message, later.path, later.value): later for later in LATER if later.value}


def later_field(message: str, path: str) -> Later | None:
    """What is to come at a path, for messages of this kind."""
    return _FIELDS.get((message, path)) or _FIELDS.get(("*", path))


def later_value(message: str, path: str, value: object) -> Later | None:
    """What a value of an enumerated field is to mean."""
    return _VALUES.get((message, path, value)) if isinstance(value, str) else None
