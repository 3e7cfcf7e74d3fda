"""What the documents say and the model does not yet hold: each has its later place and the rule that names it.

A message that uses one is refused by that rule (Decided 24), never accepted unjudged. `docs/model.md` is made from
this.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Later:
    """A field, or a value of an enumerated field, with its place in the message."""

    message: str
    """`booking`, `care-event`, `named-contact`, or `*` for all."""
    path: str
    """JSON Pointer without indices, `/basis/category2`."""
    rule: str
    value: str = ""
    """For an enumerated field: the value that is to come."""
    becomes: str = ""
    """Its place in FHIR."""


NEVER = "never"

LATER: tuple[Later, ...] = (
    # forms and states of a booking
    Later("booking", "/form", "GR-1", "group", "one Appointment per patient, the group's id in an extension"),
    Later("booking", "/form", "GR-2", "groupTeam", "as group and team"),
    Later("booking", "/form", "BO-25", "coPlanned", "one Appointment, lines with times of their own"),
    Later("booking", "/form", "BO-14", "series", "Appointments with one ServiceRequest"),
    Later("booking", "/form", "BO-15", "copied", "as series"),
    Later("booking", "/form", "BO-17", "free", "Appointment, extension form"),
    Later("booking", "/form", "BO-18", "room", "Appointment with a Location or Device as participant"),
    Later("booking", "/form", "BO-22", "admission", "Appointment, later Encounter.hospitalization"),
    Later("booking", "/form", "PS-1", "chain", "extension chain on each Appointment"),
    Later("booking", "/status", "OC-1", "openSummons", "Appointment.status proposed"),
    Later("booking", "/status", "BO-21", "checkedIn", "Appointment.status checked-in"),
    # fields of a booking
    Later("booking", "/basis/category2", "BO-11", becomes="ServiceRequest.category"),
    Later("booking", "/basis/shortNotice", "BO-2", becomes="ServiceRequest.extension(short-notice)"),
    Later("booking", "/basis/deviationReason", "BO-6", becomes="ServiceRequest.extension(deviation-reason)"),
    Later("booking", "/basis/referral", "BO-23", becomes="ServiceRequest.basedOn"),
    Later("booking", "/basis/created", "BO-24", becomes="ServiceRequest.extension(created)"),
    Later("booking", "/basis/order", "BO-12", becomes="ServiceRequest.extension(switched-off)"),
    Later("booking", "/basis/mediaExamination", "BO-12", becomes="ServiceRequest.extension(switched-off)"),
    Later("booking", "/basis/specialInformation", "BO-12", becomes="ServiceRequest.extension(switched-off)"),
    Later("booking", "/selfCheckIn", "BO-21", becomes="Appointment.extension(self-check-in)"),
    Later("booking", "/admission", "BO-22", becomes="Appointment.extension(admission)"),
    Later("booking", "/rebookings", "RB-1", becomes="Appointment.extension(rebooking)"),
    Later("booking", "/replaces", "CA-3", becomes="Appointment.extension(replaces)"),
    Later("booking", "/chain", "PS-1", becomes="Appointment.extension(chain)"),
    Later("booking", "/group", "GR-1", becomes="Appointment.extension(group)"),
    Later("booking", "/series", "BO-14", becomes="Appointment.extension(series)"),
    Later("booking", "/lines/unit", "TE-8", becomes="participant extension line, part unit"),
    Later("booking", "/lines/location", "TE-11", becomes="Appointment.participant.actor(Location)"),
    Later("booking", "/lines/equipment", "TE-11", becomes="Appointment.participant.actor(Device)"),
    Later("booking", "/lines/mainAction", "BO-25", becomes="participant extension line, part mainAction"),
    Later("booking", "/summons/template", "SU-1", becomes="Communication"),
    Later("booking", "/summons/status", "SU-4", becomes="Communication.status"),
    # the patient
    Later("*", "/patient/memberships", "ID-4", becomes="Coverage"),
    Later("*", "/patient/deregistration", "ID-9", becomes="Patient.extension(deregistration)"),
    Later("*", "/patient/lmaNumber", "ID-10", becomes="Patient.identifier"),
    Later("*", "/patient/passportNumber", "ID-10", becomes="Patient.identifier"),
    Later("*", "/patient/addresses", "ID-11", becomes="Patient.address"),
    Later("*", "/patient/deceased", "DE-1", becomes="Patient.deceased[x]"),
    Later("*", "/patient/guardians", "RE-1", becomes="RelatedPerson"),
    Later("*", "/patient/contactPersons", "RE-3", becomes="RelatedPerson"),
    Later("*", "/patient/interpreter", "RE-4", becomes="Patient.communication"),
    Later("*", "/patient/consentedContactData", "RE-5", becomes="Patient.telecom with extension"),
    Later("*", "/patient/sex", "EV-19", becomes="Patient.gender"),
    Later("*", "/patient/birthDate", "EV-19", becomes="Patient.birthDate"),
    Later("*", "/patient/listedUnit", "EV-19", becomes="Patient.generalPractitioner"),
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
    Later("care-event", "/careCommitment", "EV-5", becomes="EpisodeOfCare"),
    Later("care-event", "/outcome", "EV-6", becomes="Encounter.extension(outcome)"),
    Later("care-event", "/reason", "EV-8", becomes="Encounter.reasonCode"),
    Later("care-event", "/visitType", "EV-9", becomes="Encounter.type"),
    Later("care-event", "/admission", "EV-10", becomes="Encounter.hospitalization"),
    Later("care-event", "/diagnoses", "CO-3", becomes="Condition"),
    Later("care-event", "/procedures", "CO-3", becomes="Procedure"),
    Later("care-event", "/fee", "EV-19", becomes="Encounter.extension(fee)"),
    # the named contact
    Later("named-contact", "/status", "FK-9", "requested", "CareTeam.status proposed"),
    Later("named-contact", "/status", "FK-9", "offered", "CareTeam.status proposed"),
    Later("named-contact", "/status", "FK-9", "declined", "CareTeam.status inactive"),
    Later("named-contact", "/status", "FK-22", "unneeded", "CareTeam.status inactive"),
    Later("named-contact", "/successor", "FK-9", becomes="CareTeam.extension(successor)"),
    Later("named-contact", "/told", "FK-9", becomes="CareTeam.extension(told)"),
    Later("named-contact", "/medicallyResponsible", "FK-16", becomes="CareTeam.extension(medically-responsible)"),
    Later("named-contact", "/consent", "FK-15", becomes="CareTeam.extension(consent)"),
    Later("named-contact", "/planDeadline", "FK-18", becomes="CareTeam.extension(plan-deadline)"),
    Later("named-contact", "/review", "FK-21", becomes="CareTeam.extension(review)"),
    Later("named-contact", "/agreement", "FK-21", becomes="CareTeam.extension(agreement)"),
    # kinds that are never carried
    Later("named-contact", "/kind", "FK-1", "responsibleCaseOfficer", NEVER),
)

_FIELDS = {(later.message, later.path): later for later in LATER if not later.value}
_VALUES = {(later.message, later.path, later.value): later for later in LATER if later.value}


def later_field(message: str, path: str) -> Later | None:
    """What is to come at a path, for messages of this kind."""
    return _FIELDS.get((message, path)) or _FIELDS.get(("*", path))


def later_value(message: str, path: str, value: object) -> Later | None:
    """What a value of an enumerated field is to mean."""
    return _VALUES.get((message, path, value)) if isinstance(value, str) else None
