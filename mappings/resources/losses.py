"""Where FHIR R4 cannot carry something, or two rules pull apart: one list, held against what the shapes really write.

What stands in an extension of ours is carried, and stands in `docs/mapping.md`. A field for which there is no room in
some state is refused (IN-16), never dropped: the same page says where.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from mappings.codes.tables import ADDRESS_USE, CARE_TEAM_STATUS, ENCOUNTER_CLASS, ENCOUNTER_STATUS
from mappings.region.booking import BookingStatus, Form
from mappings.region.people import AddressKind
from mappings.region.summons import SENT, SummonsStatus


class Kind(StrEnum):
    """What is lost."""

    NOWHERE = "nowhere"
    """The fields stand in no resource."""
    ALIKE = "alike"
    """R4's own elements do not tell some values of the field apart; an extension does."""
    LAST = "last"
    """Several messages speak of one resource: what the fields say there is what was delivered last."""
    RULES = "rules"
    """Two rules pull apart."""


@dataclass(frozen=True, slots=True)
class Loss:
    """One loss, and what is done about it."""

    kind: Kind
    rules: tuple[str, ...]
    message: str
    """`booking`, `care-event`, `named-contact`, `patient`, or `*` for all."""
    fields: tuple[str, ...]
    place: str
    """In FHIR."""
    en: str
    alike: frozenset[frozenset[str]] = frozenset()


def _alike(table: Mapping[Any, str | None]) -> frozenset[frozenset[str]]:
    """Values that become the same code."""
    groups: dict[str | None, set[str]] = defaultdict(set)
    for value, code in table.items():
        groups[code].add(value.value)
    return frozenset(frozenset(group) for group in groups.values() if len(group) > 1)


_TEAMS: Final = frozenset({Form.TEAM, Form.GROUP_TEAM})
_L = Loss

LOSSES: Final[tuple[Loss, ...]] = (
    _L(
        Kind.NOWHERE,
        ("ID-1",),
        "patient",
        ("source", "id", "version"),
        "Patient",
        "What all sources say of a patient is one Patient: whose card it was, and which version, the ledger alone "
        "keeps.",
    ),
    _L(
        Kind.ALIKE,
        ("ID-11",),
        "*",
        ("patient.addresses.kind",),
        "Patient.address.use",
        "No code for where post is sent or for abroad; extension(address-kind) says it.",
        _alike({kind: ADDRESS_USE.get(kind) for kind in AddressKind}),
    ),
    _L(
        Kind.ALIKE,
        ("GR-1", "TE-1", "BO-22", "BO-25"),
        "booking",
        ("form",),
        "Appointment",
        "An Appointment of R4 is of one patient and has no form; a team is seen by its CareTeam, the rest is "
        "extension(form).",
        _alike({form: str(form in _TEAMS) for form in Form}),
    ),
    _L(
        Kind.ALIKE,
        ("SU-4",),
        "booking",
        ("summons.status",),
        "Communication",
        "A summons is a Communication once it has been sent; how far it has come before that, and that it failed, is "
        "extension(summons).",
        _alike({status: str(status in SENT) for status in SummonsStatus}),
    ),
    _L(
        Kind.ALIKE,
        ("BO-19",),
        "booking",
        ("status",),
        "Appointment.status",
        "Of a contact without a time or a full basis: only a cancelled Appointment may lack one (app-3), so an "
        "annulled row of the waiting list is cancelled there; extension(booking-status) says it.",
        frozenset({frozenset({BookingStatus.ANNULLED.value, BookingStatus.CANCELLED.value})}),
    ),
    _L(
        Kind.ALIKE,
        ("FK-9", "FK-22"),
        "named-contact",
        ("status",),
        "CareTeam.status",
        "One code for all that comes before somebody is appointed, and one for declined, unneeded and ended; "
        "extension(named-contact-status) says it.",
        _alike(CARE_TEAM_STATUS),
    ),
    _L(
        Kind.ALIKE,
        ("EV-6",),
        "care-event",
        ("status",),
        "Encounter.status",
        "No code for checked out and not yet discharged; extension(care-event-status) says it.",
        _alike(ENCOUNTER_STATUS),
    ),
    _L(
        Kind.ALIKE,
        ("EV-1",),
        "care-event",
        ("event_type",),
        "Encounter.class",
        "v3-ActCode knows fewer classes than there are types, and none for the class other (missed, administrative, "
        "historical, annulled), which have AMB; Encounter.type says the type.",
        _alike(ENCOUNTER_CLASS),
    ),
    _L(
        Kind.LAST,
        ("BO-14", "BO-25"),
        "booking",
        ("basis", "status", "performing_unit"),
        "ServiceRequest",
        "Contacts of one basis share it: its status, performer and content are those of the contact that was delivered "
        "last. In a series it stays active until annulled.",
    ),
    _L(
        Kind.LAST,
        ("EV-5",),
        "care-event",
        ("care_commitment", "responsible_unit"),
        "EpisodeOfCare",
        "Events of one commitment share it: its dates and managing organization are those of the event that was "
        "delivered last.",
    ),
    _L(
        Kind.LAST,
        ("FK-10",),
        "named-contact",
        ("person", "unit", "team"),
        "Practitioner, PractitionerRole, Organization, Location, HealthcareService, CareTeam",
        "Staff, units and teams are shared by all that refer to them: they are added to, never taken from, and where "
        "two say otherwise the last stands.",
    ),
    _L(
        Kind.RULES,
        ("CA-1", "BO-19"),
        "booking",
        ("cancellation.back_to_waiting_list",),
        "Appointment, ServiceRequest",
        "A cancelled contact that goes back to the waiting list is cancelled and waits: the Appointment is cancelled, "
        "its ServiceRequest stays active.",
    ),
    _L(
        Kind.RULES,
        ("BO-21", "ID-5"),
        "booking",
        ("self_check_in.no_payment_information",),
        "Appointment.extension(self-check-in)",
        "The fee is mandatory where patients check in by themselves, and is not registered for those without a Swedish "
        "number: the box that says so is asked for, as a warning.",
    ),
    _L(
        Kind.RULES,
        ("RE-1", "RE-2"),
        "care-event",
        ("relations",),
        "Encounter.extension(copied-relation)",
        "Guardians fall away at 18, and an event keeps its own copy of them: the copy stays as it was, and is "
        "shown to nobody from that day.",
    ),
    _L(
        Kind.RULES,
        ("PI-1", "FK-5"),
        "named-contact",
        ("unit",),
        "Location, HealthcareService",
        "A fixed physician's unit is described, and a protected patient's tells where she lives: its address and "
        "phones are taken away and not missed.",
    ),
    _L(
        Kind.RULES,
        ("DK-2", "CO-3"),
        "care-event",
        ("diagnoses",),
        "Encounter.diagnosis",
        "Every contact where the patient is met is coded, and nothing is asked of one over 1177 direkt that replaces "
        "no visit: of those DK-2 alone asks.",
    ),
)


def losses(kind: Kind, message: str) -> Iterator[Loss]:
    """Those of a kind that a message may meet."""
    return (one for one in LOSSES if one.kind is kind and one.message in (message, "*"))
