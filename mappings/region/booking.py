"""The booking (*bokning*) of a care contact, with its basis and one line per member of staff."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from mappings.region.field import CARE, EVERYONE, Regional, shown
from mappings.region.people import Patient
from mappings.region.values import Code, Day, Duration, HsaId, Instant, Interval, SourceKey, Text
from mappings.shape.codec import in_stockholm


class Form(StrEnum):
    """Forms of visit that are built; the others are refused by name (`later.py`)."""

    SINGLE = "single"
    """*Enskild vårdkontakt*."""
    TEAM = "team"
    """*Teambesök* (TE-1)."""


class BookingStatus(StrEnum):
    """Where a booking stands. More than FHIR knows: the FHIR status is a view of it."""

    WAITING = "waiting"
    """On the waiting list (*planerad vårdåtgärd*), without a time."""
    PRELIMINARY = "preliminary"
    """*Preliminärbokad*: must be confirmed before anybody outside sees it (BO-16)."""
    BOOKED = "booked"
    ARRIVED = "arrived"
    """*Ankomstregistrerad*."""
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    """*Avbokad* (CA-1)."""
    NO_SHOW = "noShow"
    """*Utebliven*."""
    ANNULLED = "annulled"
    """*Annullerad*: made by mistake."""


UNTIMED = frozenset({BookingStatus.WAITING})
"""States in which nothing has a time yet."""
PUBLIC = frozenset(BookingStatus) - {BookingStatus.WAITING, BookingStatus.PRELIMINARY, BookingStatus.ANNULLED}
"""States that a patient is shown: booked or later (BO-16)."""


class BasisKind(StrEnum):
    """Every booking rests on one of these (BO-1)."""

    FULL = "full"
    """*Bokningsunderlag*."""
    QUICK = "quick"
    """*Snabbokningsunderlag* (BO-2)."""


class MedicalPriority(StrEnum):
    """*Medicinsk prioritet* (BO-5)."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Basis(Regional):
    """What a booking rests on (*bokningsunderlag*)."""

    kind: BasisKind = shown(CARE)
    number: SourceKey | None = shown(CARE, default=None)
    """The source's own number of a full basis."""
    registered: Day | None = shown(CARE, default=None)
    """*Registreringsdatum*: when it was decided to plan (BO-24)."""
    watch_interval: Interval | None = shown(CARE, default=None)
    """*Bevakningsintervall*."""
    target_date: Day | None = shown(CARE, default=None)
    """*Bev/bok datum* (BO-4)."""
    medical_priority: MedicalPriority | None = shown(CARE, default=None)
    category1: Code | None = shown(CARE, default=None)
    """*Kategori 1*: diagnosis (BO-11)."""
    team: Text | None = shown(CARE, default=None)
    """A working team that HSA does not know (BO-11)."""
    customer: Code | None = shown(CARE, default=None)
    """*Kund* (ID-6)."""
    agreement: Code | None = shown(CARE, default=None)
    """*Avtal*, holding the fees (ID-6)."""
    information: Text | None = shown(CARE, personal=True, default=None)
    """*Bokningsinformation*: never on 1177, nothing sensitive (BO-13)."""
    desk_information: Text | None = shown(CARE, personal=True, default=None)
    """*Information till kassa och inskrivning* (BO-28)."""


class Line(Regional):
    """One member's part of the visit (*vårdåtgärd*)."""

    number: SourceKey = shown(EVERYONE)
    owner: bool = shown(EVERYONE)
    """The visit is registered on the owner's line (TE-3)."""
    profession: Code | None = shown(EVERYONE, default=None)
    """*Yrkesroll*."""
    staff: HsaId | None = shown(EVERYONE, personal=True, default=None)
    """*Ansvarig vårdpersonal*, by HSA-id."""
    care_service: Code | None = shown(EVERYONE, default=None)
    """*Vårdtjänst*."""
    start: Instant | None = shown(EVERYONE, default=None)
    duration: Duration | None = shown(EVERYONE, default=None)
    """*Tidsåtgång*."""
    own_treatment_responsibility: bool | None = shown(CARE, default=None)
    """The sender's word that the member answers for a treatment of their own (TE-1)."""

    @property
    def end(self) -> datetime | None:
        return in_stockholm(self.start + self.duration) if self.start and self.duration else None


class SummonsWay(StrEnum):
    """*Kallelsesätt*."""

    DIGITAL = "digital"
    LETTER = "letter"


class Summons(Regional):
    """What calls the patient (*kallelse*)."""

    way: SummonsWay = shown(EVERYONE)
    free_text: Text | None = shown(EVERYONE, personal=True, default=None)
    """*Fritext till vald kallelse*; the patient reads it on 1177, line breaks and all."""


class By(StrEnum):
    """Who took a step."""

    CARE = "care"
    PATIENT = "patient"
    """Over an e-service."""


class Cancellation(Regional):
    """Why, when and by whom a booking was cancelled (CA-1)."""

    reason: Code = shown(EVERYONE)
    """*Avbokningsorsak*, a code of the source's table."""
    at: Instant = shown(EVERYONE)
    by: By = shown(EVERYONE, default=By.CARE)
    back_to_waiting_list: bool = shown(CARE, default=False)
    """*Åter väntelista*."""


class Booking(Regional):
    """A booked or planned care contact (*vårdkontakt*) of one patient."""

    source: SourceKey = shown(EVERYONE)
    """The source system, as the catalogue names it."""
    number: SourceKey = shown(EVERYONE)
    """The source's own number of the booking."""
    version: int = shown(CARE, ge=0, le=2**63 - 1)
    """Only growing; gaps are allowed (Decided 6)."""
    patient: Patient = shown(EVERYONE, personal=True)
    form: Form = shown(EVERYONE)
    status: BookingStatus = shown(EVERYONE)
    contact_type: Code | None = shown(EVERYONE, default=None)
    """*Kontakttyp*."""
    visit_type: Code | None = shown(EVERYONE, default=None)
    """*Besökstyp* (BO-10)."""
    acute: bool | None = shown(EVERYONE, default=None)
    performing_unit: HsaId | None = shown(EVERYONE, default=None)
    """*Vårdande enhet* (OR-1)."""
    responsible_unit: HsaId | None = shown(CARE, default=None)
    """*Medicinskt ansvarig enhet* (OR-1)."""
    basis: Basis | None = shown(CARE, default=None)
    lines: tuple[Line, ...] = shown(EVERYONE, min_length=1, max_length=100)
    summons: Summons | None = shown(EVERYONE, default=None)
    no_medical_connection: bool | None = shown(CARE, default=None)
    """The sender's word that a new visit has no medical connection with an earlier one (BO-10)."""
    joint_assessment: bool | None = shown(CARE, default=None)
    """The sender's word that a team visit ends in one joint assessment, and is not for convenience (TE-1, TE-2)."""
    cancellation: Cancellation | None = shown(EVERYONE, default=None)

    @property
    def owner(self) -> Line:
        """The line that decides for the visit; the first where none says that it owns (TE-3 tells that apart)."""
        return next((line for line in self.lines if line.owner), self.lines[0])


__all__ = [
    "PUBLIC",
    "UNTIMED",
    "Basis",
    "BasisKind",
    "Booking",
    "BookingStatus",
    "By",
    "Cancellation",
    "Form",
    "Line",
    "MedicalPriority",
    "Summons",
    "SummonsWay",
]
