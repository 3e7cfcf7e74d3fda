"""The waiting list (*planerade vårdåtgärder*): what a row shows, and what rows are asked for (BO-19, BO-31)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from pydantic.alias_generators import to_camel

from mappings.listing import Among, Between, Listing, Sought, Value
from mappings.problem import Json
from mappings.region.basis import FollowUp, MedicalPriority
from mappings.region.booking import UNTIMED, Basis, BasisKind, Booking, BookingStatus
from mappings.region.catalogue import Source
from mappings.region.people import Patient
from mappings.region.summons import Summons, SummonsStatus, SummonsWay
from mappings.region.waiting_list import Days, Filter, Listed
from mappings.rules.rulebook import computes
from mappings.rules.waiting import Clock, Leg, Lost, WaitingTime, lost_times, waiting_time
from mappings.shape.codec import day_of

S = BookingStatus

NOTHING = Basis(kind=BasisKind.QUICK)


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
    waiting_since: date | None
    """When the basis was made (BO-20)."""
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
def row(booking: Booking, source: Source | None, now: datetime, earlier: Iterable[Lost] = ()) -> Row | None:
    """What the list shows of a booking; None where it is not on it. `earlier`: as `waiting_time` wants them."""
    status, basis, owner = listed(booking), booking.basis or NOTHING, booking.owner
    if status is None:
        return None
    lost = lost_times(booking, earlier)
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
        waiting_since=day_of(basis.created) if basis.created else None,
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
        waiting=waiting_time(booking, source, now, lost),
    )


def _changed(summons: Summons | None) -> bool:
    """*Ändring av föredraget kallelsesätt*: the patient wants no letters, and a letter is what was chosen."""
    return summons is not None and summons.wants_no_letters is True and summons.way is SummonsWay.LETTER


def _fee_is_missing(booking: Booking) -> bool:
    """*Saknar patientavgift*: none is given, and nobody has said that none is registered."""
    said = booking.self_check_in
    return said is None or (said.patient_fee is None and said.no_payment_information is not True)


@computes("BO-19", "BO-31")
def select(rows: Iterable[Row], asked: Filter) -> list[Row]:
    """The rows that fit, the earliest target date first and those without one last; else in the order given."""
    all_rows = sorted(rows, key=lambda one: one.target_date or date.max)
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
        and asked.waiting_since.holds(one.waiting_since)
        and (asked.patient is None or asked.patient in (one.patient.identity, *one.patient.identities))
    )


# -- kept to be searched ---------------------------------------------------------------------------------------------

LAST: Final = date.max.toordinal()
"""Rank of a row that has no target date."""


def listing(booking: Booking) -> Listing | None:
    """What the list keeps of a booking in order to find it; None where it is not on it. Says nothing of the patient,
    who is found by what her bookings are filed under."""
    status, basis, owner = listed(booking), booking.basis or NOTHING, booking.owner
    if status is None:
        return None
    said: dict[str, Value | None] = {
        "performing_unit": booking.performing_unit,
        "care_service": owner.care_service,
        "visit_type": booking.visit_type,
        "profession": owner.profession,
        "contact_type": booking.contact_type,
        "category1": basis.category1,
        "category2": basis.category2,
        "team": basis.team,
        "priority": basis.medical_priority and basis.medical_priority.value,
        "short_notice": _ticked(basis.short_notice),
        "acute": _ticked(booking.acute),
        "summons_changed": _ticked(_changed(booking.summons)),
        "missing_fee": _ticked(_fee_is_missing(booking)),
        "registered": basis.registered.toordinal() if basis.registered else None,
        "waiting_since": day_of(basis.created).toordinal() if basis.created else None,
    }
    return Listing(
        standing=status.value,
        rank=basis.target_date.toordinal() if basis.target_date else LAST,
        together=booking.series.id if booking.series else None,
        said={column: value for column, value in said.items() if value is not None},
    )


def _ticked(said: bool | None) -> int | None:
    return 1 if said else None


def sought(asked: Filter) -> Sought:
    """What is asked for, as `listing` keeps it; the patient apart. Fits what `fits` says, for the same row."""
    return Sought(
        standings=tuple(one.value for one in asked.listed),
        ranks=None if asked.target_date.open else _between("rank", asked.target_date),
        conditions=tuple(_conditions(asked)),
        together_on=tuple(one.value for one in Listed) if asked.whole_series else (),
    )


def _conditions(asked: Filter) -> Iterator[Among | Between]:
    chosen = {
        "performing_unit": asked.units,
        "care_service": asked.care_services,
        "visit_type": asked.visit_types,
        "profession": asked.professions,
        "contact_type": asked.contact_types,
        "category1": asked.categories1,
        "category2": asked.categories2,
        "team": asked.teams,
        "priority": tuple(one.value for one in asked.priorities),
        "short_notice": (1,) if asked.short_notice else (),
        "acute": (1,) if asked.acute else (),
        "summons_changed": (1,) if asked.summons_changed else (),
        "missing_fee": (1,) if asked.missing_fee else (),
    }
    yield from (Among(column, tuple(dict.fromkeys(values))) for column, values in chosen.items() if values)
    days = {"registered": asked.registered, "waiting_since": asked.waiting_since}
    yield from (_between(column, said) for column, said in days.items() if not said.open)


def _between(column: str, days: Days) -> Between:
    """A row without the day is not within."""
    return Between(
        column, days.first.toordinal() if days.first else 0, days.last.toordinal() if days.last else LAST - 1
    )


# -- as it is shown --------------------------------------------------------------------------------------------------


@computes("BO-19", "BO-20", "BO-31")
def shown(one: Row) -> Json:
    """What the list shows beside the booking itself: how it stands, and the wait explained."""
    told: Json = {
        "listed": one.listed.value,
        "summonsChanged": one.summons_changed,
        "missingFee": one.missing_fee,
        "cancelReason": one.cancel_reason,
        "rebookReason": one.rebook_reason,
        "waiting": _waiting(one.waiting),
    }
    return {name: value for name, value in told.items() if value is not None}


UNKNOWN: Final = {
    "state": "unknown",
    "rule": "BO-24",
    "sv": "Väntetiden är okänd: underlaget säger inte när det skapades, och det gissas inte. Sänd basis.created.",
    "en": "The time waited is unknown: the basis does not say when it was made, and that is not guessed. Send "
    "basis.created.",
}


CLOCKS: Final = {None: "unknown"} | {clock: to_camel(clock.name.lower()) for clock in Clock}
"""What a clock's state is called; none where the time waited is not known."""


def _waiting(waited: WaitingTime | None) -> Json:
    if waited is None:
        return {"clock": UNKNOWN}
    clock = waited.clock
    return {
        "days": waited.days,
        "since": waited.since.isoformat(),
        "guarantee": waited.guarantee,
        "running": waited.running,
        "clock": {"state": CLOCKS[clock], "rule": "BO-20", "sv": clock.sv, "en": clock.en},
        "legs": [_leg(leg) for leg in waited.legs],
    }


def _leg(leg: Leg) -> Json:
    return {
        "start": leg.start.isoformat(),
        "end": leg.end.isoformat(),
        "days": leg.days,
        "counts": leg.why.counts,
        "rule": "BO-20",
        "sv": leg.why.sv,
        "en": leg.why.en,
    }
