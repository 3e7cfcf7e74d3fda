"""The waiting list (*planerade vårdåtgärder*): what a row shows, and what rows are asked for (BO-19, BO-31)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from mappings.region.basis import FollowUp, MedicalPriority
from mappings.region.booking import UNTIMED, Basis, BasisKind, Booking, BookingStatus
from mappings.region.catalogue import Source
from mappings.region.people import Identity, Patient
from mappings.region.summons import Summons, SummonsStatus, SummonsWay
from mappings.rules.rulebook import computes
from mappings.rules.waiting import WaitingTime, lost_times, waiting_time

S = BookingStatus

NOTHING = Basis(kind=BasisKind.QUICK)


class Listed(StrEnum):
    """Where a row stands on the list."""

    PLANNED = "planned"
    """*Planerad*: to be booked."""
    BOOKED = "booked"
    """*Bokad*, and not yet carried out."""
    MISSED = "missed"
    """*Utebliven*: on a list of its own."""


def listed(booking: Booking) -> Listed | None:
    """Its status on the list; None where it is not there.

    What is only held (preliminary) is not booked yet; what was cancelled is there if it went back; what was carried
    out, called off or made by mistake is gone.
    """
    back = booking.cancellation is not None and booking.cancellation.back_to_waiting_list
    if booking.status in UNTIMED | {S.PRELIMINARY} or (booking.status is S.CANCELLED and back):
        return Listed.PLANNED
    if booking.status in (S.BOOKED, S.ARRIVED, S.CHECKED_IN):
        return Listed.BOOKED
    return Listed.MISSED if booking.status is S.NO_SHOW else None


NOT_FOLLOWED = FollowUp.model_construct()
"""What a row says where the basis says nothing of a follow-up."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list, for care staff: it holds personal data and is never shown on 1177."""

    source: str
    number: str
    patient: Patient
    listed: Listed
    status: BookingStatus
    start: datetime | None
    performing_unit: str | None
    staff: str | None
    """*Ansvarig vårdpersonal*."""
    profession: str | None
    care_service: str | None
    contact_type: str | None
    visit_type: str | None
    acute: bool
    registered: date | None
    target_date: date | None
    priority: MedicalPriority | None
    category1: str | None
    category2: str | None
    team: str | None
    short_notice: bool
    series: str | None
    summons: SummonsStatus | None
    """*Kallelsestatus*."""
    summons_changed: bool
    missing_fee: bool
    cancel_reason: str | None
    """The last one."""
    rebook_reason: str | None
    """The last one."""
    follow_up: FollowUp
    waiting: WaitingTime | None


@computes("BO-19", "BO-31")
def row(booking: Booking, source: Source, now: datetime, earlier: Sequence[Booking] = ()) -> Row | None:
    """What the list shows of a booking; None where it is not on it. `earlier`: as `waiting_time` wants them."""
    status, basis, owner = listed(booking), booking.basis or NOTHING, booking.owner
    if status is None:
        return None
    lost = lost_times([*earlier, booking])
    return Row(
        source=booking.source,
        number=booking.number,
        patient=booking.patient,
        listed=status,
        status=booking.status,
        start=owner.start,
        performing_unit=booking.performing_unit,
        staff=owner.staff,
        profession=owner.profession,
        care_service=owner.care_service,
        contact_type=booking.contact_type,
        visit_type=booking.visit_type,
        acute=booking.acute is True,
        registered=basis.registered,
        target_date=basis.target_date,
        priority=basis.medical_priority,
        category1=basis.category1,
        category2=basis.category2,
        team=basis.team,
        short_notice=basis.short_notice is True,
        series=booking.series.id if booking.series else None,
        summons=booking.summons.status if booking.summons else None,
        summons_changed=_changed(booking.summons),
        missing_fee=_fee_is_missing(booking),
        cancel_reason=next((one.reason for one in reversed(lost) if one.cancelled), None),
        rebook_reason=next((one.reason for one in reversed(lost) if not one.cancelled), None),
        follow_up=basis.follow_up or NOT_FOLLOWED,
        waiting=waiting_time(booking, source, now, earlier),
    )


def _changed(summons: Summons | None) -> bool:
    """*Ändring av föredraget kallelsesätt*: the patient wants no letters, and a letter is what was chosen."""
    return summons is not None and summons.wants_no_letters is True and summons.way is SummonsWay.LETTER


def _fee_is_missing(booking: Booking) -> bool:
    """*Saknar patientavgift*: none is given, and nobody has said that none is registered."""
    said = booking.self_check_in
    return said is None or (said.patient_fee is None and said.no_payment_information is not True)


@dataclass(frozen=True, slots=True)
class Between:
    """Days from the first to the last; either may be open."""

    first: date | None = None
    last: date | None = None

    def holds(self, day: date | None) -> bool:
        """Nothing is asked: everything is within. A day that is not known is within nothing."""
        if self.first is None and self.last is None:
            return True
        return day is not None and (self.first or date.min) <= day <= (self.last or date.max)


ANY: frozenset[str] = frozenset()
ALWAYS = Between()


@dataclass(frozen=True, slots=True)
class Filter:
    """What rows are asked for: all of it together. An empty set asks nothing; a box that is not ticked asks nothing."""

    units: frozenset[str] = ANY
    care_services: frozenset[str] = ANY
    visit_types: frozenset[str] = ANY
    professions: frozenset[str] = ANY
    contact_types: frozenset[str] = ANY
    categories1: frozenset[str] = ANY
    categories2: frozenset[str] = ANY
    teams: frozenset[str] = ANY
    priorities: frozenset[MedicalPriority] = frozenset()
    registered: Between = ALWAYS
    target_date: Between = ALWAYS
    planned: bool = True
    """*Ej bokad*."""
    booked: bool = True
    """*Bokad*."""
    missed: bool = False
    """*Uteblivna vårdkontakter*: these, and no others."""
    short_notice: bool = False
    acute: bool = False
    summons_changed: bool = False
    missing_fee: bool = False
    whole_series: bool = False
    """*Visa alla åtgärder inom serien*: with each row that fits, all of its series."""
    patient: Identity | None = None
    """*Vald patient*; all patients where none is named."""

    @property
    def listed(self) -> frozenset[Listed]:
        """Missed contacts stand on a list of their own."""
        if self.missed:
            return frozenset({Listed.MISSED})
        boxes = {Listed.PLANNED: self.planned, Listed.BOOKED: self.booked}
        return frozenset(status for status, box in boxes.items() if box)


@computes("BO-19", "BO-31")
def select(rows: Iterable[Row], asked: Filter) -> list[Row]:
    """The rows that fit, in the order given."""
    all_rows = list(rows)
    fitting = [one for one in all_rows if fits(one, asked)]
    if not asked.whole_series:
        return fitting
    series = {(one.source, one.series) for one in fitting if one.series}
    kept = {(one.source, one.number) for one in fitting}
    return [one for one in all_rows if (one.source, one.number) in kept or (one.source, one.series) in series]


def fits(one: Row, asked: Filter) -> bool:
    """Whether a row by itself is what is asked for."""
    chosen = (
        (asked.units, one.performing_unit),
        (asked.care_services, one.care_service),
        (asked.visit_types, one.visit_type),
        (asked.professions, one.profession),
        (asked.contact_types, one.contact_type),
        (asked.categories1, one.category1),
        (asked.categories2, one.category2),
        (asked.teams, one.team),
        (asked.priorities, one.priority),
    )
    ticked = (
        (asked.short_notice, one.short_notice),
        (asked.acute, one.acute),
        (asked.summons_changed, one.summons_changed),
        (asked.missing_fee, one.missing_fee),
    )
    return (
        one.listed in asked.listed
        and all(not any_of or said in any_of for any_of, said in chosen)
        and all(said for box, said in ticked if box)
        and asked.registered.holds(one.registered)
        and asked.target_date.holds(one.target_date)
        and (asked.patient is None or asked.patient in (one.patient.identity, *one.patient.identities))
    )
