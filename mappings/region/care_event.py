"""The care event (*vårdhändelse*): a contact from its pre-registration to its coding."""

from __future__ import annotations

from enum import StrEnum

from pydantic import model_validator

from mappings.region.booking import Group
from mappings.region.coding import Diagnosis, ExternalCause, Procedure
from mappings.region.field import CARE, EVERYONE, SYSTEMS, Regional, says_something, shown
from mappings.region.people import Patient, Relation
from mappings.region.values import Code, Day, HsaId, Instant, Interval, SourceKey


class EventForm(StrEnum):
    """How many the patient meets, and how many patients meet them (SDV 2.1); a booking has further forms."""

    SINGLE = "single"
    """*Enskilt besök*."""
    TEAM = "team"
    """*Teambesök* (TE-1)."""
    GROUP = "group"
    """*Gruppbesök* (GR-1)."""
    GROUP_TEAM = "groupTeam"
    """*Gruppteambesök* (GR-2)."""


class EventType(StrEnum):
    """Types of care event (EV-1); `codes.care_events` gives each its class, and how it ends."""

    ACUTE = "acute"
    """*Akutsjukvård*."""
    HIDDEN_OUTPATIENT = "hiddenOutpatient"
    """*Dold förhandsregistrerad öppenvårdskontakt* (EV-2)."""
    PRE_REGISTERED_OUTPATIENT = "preRegisteredOutpatient"
    """*Förhandsregistrerad öppenvårdskontakt* (EV-2)."""
    PRE_REGISTERED_ADMISSION = "preRegisteredAdmission"
    """*Förhandsregistrerad inskrivning* (EV-12)."""
    PRE_REGISTERED_DIAGNOSTICS = "preRegisteredDiagnostics"
    """*Förhandsregistrerad diagnostisk kontakt*."""
    OBSERVATION = "observation"
    """*Observation*."""
    INPATIENT = "inpatient"
    """*Slutenvård*."""
    NEWBORN = "newborn"
    """*Nyfödd* (EV-13)."""
    PRIMARY_CARE = "primaryCare"
    """*Primärvård*."""
    SPECIALISED = "specialised"
    """*Specialiserad öppenvård*."""
    SPECIALISED_PLACE = "specialisedPlace"
    """*Specialiserad öppenvård (rum/säng/stol)*."""
    DIAGNOSTICS = "diagnostics"
    """*Diagnostik*."""
    CLINICAL_ONGOING = "clinicalOngoing"
    """*Klinisk/LM pågående specialiserad öppenvård*."""
    WITHOUT_VISIT = "withoutVisit"
    """*Kontakt utan besök* (EV-15)."""
    OUTPATIENT_CONSULT = "outpatientConsult"
    """*Öppenvårdskonsult* (EV-16)."""
    ADMIN = "admin"
    """*Admin*."""
    ANNULLED = "annulled"
    """*Annullerad* (EV-4)."""
    FOETUS = "foetus"
    """*Foster* (EV-13)."""
    HISTORICAL = "historical"
    """*Historisk* (EV-14)."""
    MISSED = "missed"
    """*Utebliven bokad kontakt* (EV-3)."""


class EventStatus(StrEnum):
    """How far a care event has come; `rules.life_of_event` says which step leads where."""

    PLANNED = "planned"
    """Pre-registered: the patient has not come."""
    ARRIVED = "arrived"
    ONGOING = "ongoing"
    CHECKED_OUT = "checkedOut"
    """*Utcheckad*: the outcome is chosen, the event not yet discharged (EV-6)."""
    FINISHED = "finished"
    """*Utskriven*: it has its end (EV-7)."""
    CANCELLED = "cancelled"
    """Ended without having come about: missed (EV-3), or a pre-registration ended by hand (EV-17)."""
    ANNULLED = "annulled"


class Origin(StrEnum):
    """How the event came about (EV-12)."""

    BOOKING = "booking"
    REFERRAL = "referral"
    """An accepted referral for taking over the care."""
    PLANNED_ADMISSION = "plannedAdmission"
    ACUTE_ARRIVAL = "acuteArrival"
    WITHOUT_VISIT = "withoutVisit"
    """Unbooked: telephone, video, letter, certificate and the like."""
    DROP_IN = "dropIn"
    MIGRATION = "migration"
    """Moved by machine from an earlier system (EV-14)."""


class FormerType(Regional):
    """A type that the event has had (EV-2)."""

    event_type: EventType = shown(CARE)
    until: Instant = shown(CARE)


class CareCommitment(Regional):
    """*Vårdåtagande*: the unit's undertaking to care for the patient, over several events (EV-5)."""

    number: SourceKey = shown(CARE)
    start: Day | None = shown(CARE, default=None)
    end: Day | None = shown(CARE, default=None)


class OutcomeKind(StrEnum):
    """*Utfall av besök* (EV-6)."""

    END_COMMITMENT = "endCommitment"
    """*Avsluta vårdåtagande på enhet*."""
    FOLLOW_UP = "followUp"
    """*Uppföljning*."""
    WAIT = "wait"
    """*Avvakta*."""
    NO_FURTHER_PLANNING = "noFurtherPlanning"
    """*Ingen ytterligare planering*."""


class Follows(StrEnum):
    """What a check-out leads to (EV-6)."""

    COMMITMENT_ENDED = "commitmentEnded"
    BOOKING_REQUEST = "bookingRequest"
    """*Bokningsbegäran*, within the interval."""
    WATCHED = "watched"
    """The clinician is asked when answers have come."""
    ALREADY_PLANNED = "alreadyPlanned"
    MISSING_RETURN_VISIT = "missingReturnVisit"
    """The list *Saknar återbesök*, where it is looked into."""


class Outcome(Regional):
    """What was chosen at check-out (EV-6)."""

    kind: OutcomeKind = shown(CARE)
    reason: Code | None = shown(CARE, personal=True, default=None)
    """Why the commitment ends, or what is waited for."""
    addressees: tuple[HsaId, ...] = shown(CARE, personal=True, default=())
    """Of a follow-up: whoever checks out, colleagues, or both."""
    interval: Interval | None = shown(CARE, default=None)
    """Of a follow-up: within what time."""
    planned_as: SourceKey | None = shown(CARE, default=None)
    """Of no further planning: the booking or booking request that there is already."""
    follows: Follows | None = shown(CARE, default=None)
    """Derived; never sent."""


class Hospitalization(Regional):
    """From where to where (*insätt*, *utsätt*): inpatients only (EV-10)."""

    admitted_from: Code | None = shown(CARE, personal=True, default=None)
    discharged_to: Code | None = shown(CARE, personal=True, default=None)

    _says_something = model_validator(mode="after")(says_something)


class Fee(Regional):
    """*Patientavgift* as registered (EV-19); payment itself is not ours."""

    amount: int | None = shown(EVERYONE, default=None, ge=0, le=1_000_000)
    """In whole kronor."""
    reason_for_none: Code | None = shown(EVERYONE, personal=True, default=None)
    """*Anledning till avgiftsfritt*."""
    way_of_payment: Code | None = shown(EVERYONE, default=None)

    _says_something = model_validator(mode="after")(says_something)


class EventLine(Regional):
    """One member's part in the event."""

    number: SourceKey = shown(EVERYONE)
    owner: bool = shown(EVERYONE)
    """The visit is registered on the owner (TE-3)."""
    profession: Code | None = shown(EVERYONE, default=None)
    staff: HsaId | None = shown(EVERYONE, personal=True, default=None)
    staff_category: Code | None = shown(CARE, default=None)
    """*Personalkategori* (CO-2); follows from the profession where it is not given."""
    unit: HsaId | None = shown(EVERYONE, default=None)
    """The member's own unit, where it is another than the one visited (TE-8)."""
    documented: bool | None = shown(CARE, default=None)
    """The sender's word that the member's independent work stands in the record (TE-9)."""
    kva: Code | None = shown(SYSTEMS, default=None)
    """XS91x, derived (CO-2); never sent and never shown to users (CO-4)."""


class CareEvent(Regional):
    """A visit or another contact, planned or carried out."""

    source: SourceKey = shown(EVERYONE)
    number: SourceKey = shown(EVERYONE)
    version: int = shown(CARE, ge=0, le=2**63 - 1)
    patient: Patient = shown(EVERYONE, personal=True)
    booking: SourceKey | None = shown(EVERYONE, default=None)
    """The number of the booking, in the same source, that it carries out."""
    form: EventForm = shown(EVERYONE)
    group: Group | None = shown(CARE, default=None)
    origin: Origin | None = shown(CARE, default=None)
    status: EventStatus = shown(EVERYONE)
    event_type: EventType | None = shown(EVERYONE, default=None)
    """*Vårdhändelsetyp* (EV-1); follows from how the event came about where it is not given (EV-12)."""
    event_type_history: tuple[FormerType, ...] = shown(CARE, default=())
    """The types that it has had, oldest first (EV-2)."""
    contact_type: Code | None = shown(EVERYONE, default=None)
    """*Kontakttyp* (CO-1)."""
    visit_type: Code | None = shown(EVERYONE, default=None)
    """*Besökstyp*; Millennium's is made of care area, profession and kind of visit (EV-9)."""
    care_area: Code | None = shown(EVERYONE, default=None)
    """*Vårdområde*."""
    visit_kind: Code | None = shown(EVERYONE, default=None)
    """*Typ av besök* (EV-9)."""
    direct: bool | None = shown(CARE, default=None)
    """The attribute *1177 direkt*: the contact came that way (DK-1)."""
    replaces_visit: bool | None = shown(CARE, default=None)
    """Of a distance contact: it stands in for a visit, and is coded as one (CO-3)."""
    reason: Code | None = shown(EVERYONE, personal=True, default=None)
    """*Vårdkontaktsorsak* (EV-8)."""
    add_ons: tuple[Code, ...] = shown(EVERYONE, default=())
    """*Tillval* (EV-8)."""
    performing_unit: HsaId | None = shown(EVERYONE, default=None)
    """*Vårdutförande enhet* (OR-1)."""
    responsible_unit: HsaId | None = shown(CARE, default=None)
    """*Medicinskt ansvarig enhet* (OR-1)."""
    producing_institution: HsaId | None = shown(CARE, default=None)
    """*Producerande vårdinrättning* (OR-2)."""
    planned: bool | None = shown(CARE, default=None)
    """*Planerat/Oplanerat* (EV-10)."""
    booked_time: Instant | None = shown(EVERYONE, default=None)
    """Booked start, or the expected date of an admission (EV-10)."""
    start: Instant | None = shown(EVERYONE, default=None)
    """Arrival, or admission."""
    checked_out: Instant | None = shown(CARE, default=None)
    """*Utcheckningstid*, which may be adjusted (EV-6)."""
    end: Instant | None = shown(EVERYONE, default=None)
    """Discharge (EV-7)."""
    lines: tuple[EventLine, ...] = shown(EVERYONE, min_length=1, max_length=100)
    relations: tuple[Relation, ...] = shown(CARE, personal=True, default=())
    """The patient's guardians and contact persons, copied when the event is created and its own from then on (RE-2):
    left out, they stay as they were; an empty list says that there are none."""
    joint_assessment: bool | None = shown(CARE, default=None)
    """The sender's word that a team visit ended in one joint assessment (TE-1)."""
    care_commitment: CareCommitment | None = shown(CARE, default=None)
    outcome: Outcome | None = shown(CARE, default=None)
    consulted_from: SourceKey | None = shown(CARE, default=None)
    """Of an outpatient consult: the number of the acute or inpatient event under which it is made (EV-16)."""
    patient_moves: bool | None = shown(CARE, default=None)
    """Of an outpatient consult: the sender's word that the patient had to move to the consultant (EV-16)."""
    no_notes_or_transactions: bool | None = shown(CARE, default=None)
    """The sender's word that neither journal notes nor cash transactions exist (EV-4)."""
    admission: Hospitalization | None = shown(CARE, default=None)
    diagnoses: tuple[Diagnosis, ...] = shown(EVERYONE, personal=True, default=(), max_length=100)
    """In order: the main diagnosis first (CO-3)."""
    external_causes: tuple[ExternalCause, ...] = shown(EVERYONE, personal=True, default=(), max_length=100)
    procedures: tuple[Procedure, ...] = shown(EVERYONE, personal=True, default=(), max_length=100)
    principal: Code | None = shown(CARE, default=None)
    """*Huvudman* (EV-19)."""
    problem_code: Code | None = shown(CARE, personal=True, default=None)
    """*Problemkod* (EV-19)."""
    referral_code: Code | None = shown(CARE, default=None)
    """*Remisskod* (EV-19)."""
    fee: Fee | None = shown(EVERYONE, default=None)
    kva: Code | None = shown(SYSTEMS, default=None)
    """XS90x or XS0xx, derived (CO-1); never sent and never shown to users (CO-4)."""

    @property
    def owner(self) -> EventLine:
        return next((line for line in self.lines if line.owner), self.lines[0])
