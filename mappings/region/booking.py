"""The booking (*bokning*) of a care contact, with its basis and one line per member of staff."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import model_validator

from mappings.region.basis import Basis, BasisKind, FollowUp, MedicalPriority
from mappings.region.field import CARE, EVERYONE, Regional, says_something, shown
from mappings.region.people import Patient
from mappings.region.steps import Arrival, By, Cancellation, Rebooking
from mappings.region.summons import Summons, SummonsStatus, SummonsTemplate, SummonsWay
from mappings.region.values import Code, Duration, HsaId, Instant, Interval, SourceKey, Text
from mappings.shape.codec import in_stockholm


class Form(StrEnum):
    """What kind of contact it is. What may be said of any kind (free, in a series, a chain) has a field of its own."""

    SINGLE = "single"
    """*Enskild vårdkontakt*."""
    TEAM = "team"
    """*Teambesök* (TE-1)."""
    GROUP = "group"
    """*Gruppbesök* (GR-1): this patient's part of it."""
    GROUP_TEAM = "groupTeam"
    """*Gruppteambesök* (GR-2)."""
    CO_PLANNED = "coPlanned"
    """*Samplanering* (BO-25): several actions under one contact."""
    ADMISSION = "admission"
    """*Vårdtillfälle* (BO-22): planned inpatient care."""


TEAMS = frozenset({Form.TEAM, Form.GROUP_TEAM})
GROUPS = frozenset({Form.GROUP, Form.GROUP_TEAM})


class BookingStatus(StrEnum):
    """Where a booking stands. More than FHIR knows: the FHIR status is a view of it."""

    WAITING = "waiting"
    """On the waiting list (*planerad vårdåtgärd*), without a time."""
    OPEN_SUMMONS = "openSummons"
    """*Öppen kallelse*: on the waiting list, and the patient may pick the time on 1177 (OC-1)."""
    PRELIMINARY = "preliminary"
    """*Preliminärbokad*: must be confirmed before anybody outside sees it (BO-16)."""
    BOOKED = "booked"
    ARRIVED = "arrived"
    """*Ankomstregistrerad*."""
    CHECKED_IN = "checkedIn"
    """*Självincheckad*: the patient has told that she is here (BO-21)."""
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    """*Avbokad* (CA-1)."""
    NO_SHOW = "noShow"
    """*Utebliven*."""
    ANNULLED = "annulled"
    """*Annullerad*: made by mistake."""


UNTIMED = frozenset({BookingStatus.WAITING, BookingStatus.OPEN_SUMMONS})
"""States in which nothing has a time yet."""
HERE = frozenset({BookingStatus.ARRIVED, BookingStatus.CHECKED_IN, BookingStatus.COMPLETED})
"""States in which the patient has come."""
CALLED_OFF = frozenset({BookingStatus.CANCELLED, BookingStatus.ANNULLED})
"""States in which it is asked for nothing more."""
PUBLIC = frozenset(BookingStatus) - {BookingStatus.WAITING, BookingStatus.PRELIMINARY, BookingStatus.ANNULLED}
"""States that a patient is shown: booked or later (BO-16)."""


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
    room: Code | None = shown(EVERYONE, default=None)
    """A room (*lokal*) whose time book the line stands in, manned or not (BO-18, TE-11)."""
    equipment: Code | None = shown(CARE, default=None)
    """Equipment (*utrustning*) whose time book the line stands in (BO-18, TE-11)."""
    unit: HsaId | None = shown(EVERYONE, default=None)
    """Another unit than the performing one, whose consultation (*konsultbesök*) this is (TE-8)."""
    joins: bool | None = shown(CARE, default=None)
    """Of a further action in co-planning: whether it joins the contact, or has made this one of its own (BO-25)."""
    own_treatment_responsibility: bool | None = shown(CARE, default=None)
    """The sender's word that the member answers for a treatment of their own (TE-1)."""

    @property
    def end(self) -> datetime | None:
        return in_stockholm(self.start + self.duration) if self.start and self.duration else None


class StayLength(StrEnum):
    """*Uppskattad vårdtid*, in days (BO-22)."""

    DAYS_1_3 = "1-3"
    DAYS_3_5 = "3-5"
    DAYS_5_10 = "5-10"
    DAYS_10 = "10+"


class Admission(Regional):
    """Planned inpatient care (*boka vårdtillfälle*); it begins at the owner's start (BO-22)."""

    reason: Text | None = shown(CARE, personal=True, default=None)
    """*Inskrivningsorsak*."""
    estimated_length: StayLength | None = shown(CARE, default=None)
    days: int | None = shown(CARE, default=None, ge=1, le=9999)
    """The estimated length where it is given as days."""
    activities_before: Text | None = shown(CARE, personal=True, default=None)
    activities_during: Text | None = shown(CARE, personal=True, default=None)
    other: Text | None = shown(CARE, personal=True, default=None)
    """*Övrigt*: for the ward only, nothing sensitive (BO-13)."""

    _says_something = model_validator(mode="after")(says_something)


class SelfCheckIn(Regional):
    """*Självbetjäning*: what the patient meets when she checks in by herself (BO-21). Amounts in whole kronor."""

    no_payment_information: bool | None = shown(CARE, default=None)
    """*Registrera ej betalinformation* (ID-5)."""
    patient_fee: int | None = shown(EVERYONE, default=None, ge=0, le=999_999)
    """*Patientavgift*."""
    fee_reduction: Code | None = shown(EVERYONE, default=None)
    """*Avgiftsreducering*: why the patient pays less or nothing."""
    visit_cost: int | None = shown(CARE, default=None, ge=0, le=9_999_999)
    """*Besökskostnad*."""
    patient_information: Text | None = shown(EVERYONE, personal=True, default=None)

    _says_something = model_validator(mode="after")(says_something)


class Chain(Regional):
    """Contacts of one day that depend on each other (*primär- och sekundärkontakter*, PS-1)."""

    id: SourceKey = shown(EVERYONE)
    order: int = shown(EVERYONE, ge=1, le=1000)
    """Its place in the sequence that was planned."""
    primary: SourceKey | None = shown(EVERYONE, default=None)
    """The number of the primary contact, in the same source; the primary itself has none."""
    depends: bool | None = shown(CARE, default=None)
    """The sender's word that the contacts depend on each other medically, and are not for convenience (PS-1, PS-7)."""


class Group(Regional):
    """The group that a visit belongs to (GR-1)."""

    id: SourceKey = shown(CARE)
    """The number of the group, which has been made before (*Gruppadministration*)."""
    patients: int = shown(CARE, ge=1, le=10_000)
    """How many patients are booked, this one among them."""


class Series(Regional):
    """Contacts that repeat one action (*serie*, BO-14)."""

    id: SourceKey = shown(CARE)
    interval: Interval | None = shown(CARE, default=None)
    """Between one visit and the next."""
    copied: bool = shown(CARE, default=False)
    """*Kopierad bokning* (BO-15)."""
    one_contact: bool = shown(CARE, default=False)
    """*En vårdkontakt för alla vårdåtgärder*: only for one action repeated on one day."""


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
    free: bool | None = shown(CARE, default=None)
    """*Fribokning*: without a matching schedule (BO-17)."""
    reason: Code | None = shown(EVERYONE, default=None)
    """*Vårdkontaktsorsak*, set when a return visit is planned (EV-18)."""
    add_ons: tuple[Code, ...] = shown(EVERYONE, default=(), max_length=100)
    """*Tillval*: sampling, X-ray, interpreter (SU-8)."""
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
    admission: Admission | None = shown(CARE, default=None)
    self_check_in: SelfCheckIn | None = shown(EVERYONE, default=None)
    series: Series | None = shown(CARE, default=None)
    group: Group | None = shown(CARE, default=None)
    chain: Chain | None = shown(EVERYONE, default=None)
    arrival: Arrival | None = shown(EVERYONE, default=None)
    rebookings: tuple[Rebooking, ...] = shown(EVERYONE, default=(), max_length=1000)
    """The times that it had before, the oldest first (RB-1)."""
    replaces: SourceKey | None = shown(EVERYONE, default=None)
    """The number of the cancelled booking that this one stands in for, with another care service (CA-3)."""
    cancellation: Cancellation | None = shown(EVERYONE, default=None)

    @property
    def owner(self) -> Line:
        """The line that decides for the visit; the first where none says that it owns (TE-3 tells that apart)."""
        for line in self.lines:  # asked by many rules: a generator would take longer than the rest
            if line.owner:
                return line
        return self.lines[0]

    @property
    def moves(self) -> tuple[Rebooking, ...]:
        """The rebookings that moved the visit itself: in co-planning those of the main action (CA-2)."""
        return tuple(move for move in self.rebookings if move.line in (None, self.owner.number))

    @property
    def co_planned(self) -> bool:
        """Whether its actions were planned one by one (BO-25). A team visit may be so too (TE-6)."""
        return self.form is Form.CO_PLANNED or any(line.joins for line in self.lines)


__all__ = [
    "CALLED_OFF",
    "GROUPS",
    "HERE",
    "PUBLIC",
    "TEAMS",
    "UNTIMED",
    "Admission",
    "Arrival",
    "Basis",
    "BasisKind",
    "Booking",
    "BookingStatus",
    "By",
    "Cancellation",
    "Chain",
    "FollowUp",
    "Form",
    "Group",
    "Line",
    "MedicalPriority",
    "Rebooking",
    "SelfCheckIn",
    "Series",
    "StayLength",
    "Summons",
    "SummonsStatus",
    "SummonsTemplate",
    "SummonsWay",
]
