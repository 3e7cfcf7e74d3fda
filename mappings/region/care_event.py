"""The care event (*vårdhändelse*): a contact that has taken place, without its coding."""

from __future__ import annotations

from enum import StrEnum

from mappings.region.booking import Form
from mappings.region.field import CARE, EVERYONE, SYSTEMS, Regional, shown
from mappings.region.people import Patient
from mappings.region.values import Code, HsaId, Instant, SourceKey


class EventType(StrEnum):
    """Types of care event (EV-1), those of a visit carried out; `codes.tables.ENCOUNTER_CLASS` gives each its class."""

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
    """*Kontakt utan besök*."""
    OUTPATIENT_CONSULT = "outpatientConsult"
    """*Öppenvårdskonsult*."""
    ANNULLED = "annulled"
    """*Annullerad*."""


class EventStatus(StrEnum):
    """How far a care event has come."""

    ARRIVED = "arrived"
    ONGOING = "ongoing"
    FINISHED = "finished"
    ANNULLED = "annulled"


class EventLine(Regional):
    """One member's part in the event."""

    number: SourceKey = shown(EVERYONE)
    owner: bool = shown(EVERYONE)
    """The visit is registered on the owner (TE-3)."""
    profession: Code | None = shown(EVERYONE, default=None)
    staff: HsaId | None = shown(EVERYONE, personal=True, default=None)
    staff_category: Code | None = shown(CARE, default=None)
    """*Personalkategori* (CO-2); follows from the profession where it is not given."""
    kva: Code | None = shown(SYSTEMS, default=None)
    """XS91x, derived (CO-2); never sent and never shown to users (CO-4)."""


class CareEvent(Regional):
    """A visit or another contact carried out."""

    source: SourceKey = shown(EVERYONE)
    number: SourceKey = shown(EVERYONE)
    version: int = shown(CARE, ge=0, le=2**63 - 1)
    patient: Patient = shown(EVERYONE, personal=True)
    booking: SourceKey | None = shown(EVERYONE, default=None)
    """The number of the booking, in the same source, that it carries out."""
    form: Form = shown(EVERYONE)
    status: EventStatus = shown(EVERYONE)
    event_type: EventType | None = shown(EVERYONE, default=None)
    """*Vårdhändelsetyp* (EV-1)."""
    contact_type: Code | None = shown(EVERYONE, default=None)
    """*Kontakttyp* (CO-1)."""
    performing_unit: HsaId | None = shown(EVERYONE, default=None)
    """*Vårdutförande enhet* (OR-1)."""
    responsible_unit: HsaId | None = shown(CARE, default=None)
    """*Medicinskt ansvarig enhet* (OR-1)."""
    start: Instant = shown(EVERYONE)
    """Arrival."""
    end: Instant | None = shown(EVERYONE, default=None)
    lines: tuple[EventLine, ...] = shown(EVERYONE, min_length=1, max_length=100)
    joint_assessment: bool | None = shown(CARE, default=None)
    """The sender's word that a team visit ended in one joint assessment (TE-1)."""
    kva: Code | None = shown(SYSTEMS, default=None)
    """XS90x or XS0xx, derived (CO-1); never sent and never shown to users (CO-4)."""

    @property
    def owner(self) -> EventLine:
        return next((line for line in self.lines if line.owner), self.lines[0])
