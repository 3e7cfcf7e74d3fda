"""Waiting time and the care guarantee (domain 2): how long, what counts, what stops the clock, why it took longer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum

from mappings.region.booking import Booking, BookingStatus
from mappings.region.catalogue import Source
from mappings.region.steps import By
from mappings.region.values import later
from mappings.rules.rebooking import told_now
from mappings.rules.rulebook import Facts, Fault, computes, rule
from mappings.shape.codec import day_of

ON = (Booking,)
S = BookingStatus

# -- how late, and why -------------------------------------------------------------------------------------------------

TIMED = frozenset({S.PRELIMINARY, S.BOOKED, S.ARRIVED, S.CHECKED_IN, S.COMPLETED, S.NO_SHOW})
"""States whose time is one that the patient has or had."""


def in_guarantee(booking: Booking, source: Source | None) -> bool:
    """The care guarantee is that of new visits (COSMIC: Besökstyp), as the source's own table tells them."""
    return source is not None and source.row("visit-types", booking.visit_type).says("new")


def limit(booking: Booking) -> date | None:
    """The last day that the watch interval allows; None where the basis has no interval."""
    basis = booking.basis
    if basis is None or basis.watch_interval is None:
        return None
    return later(basis.registered, basis.watch_interval) if basis.registered else basis.target_date


def beyond(booking: Booking) -> bool:
    """True of a booked time that is later than the watch interval allows."""
    last, start = limit(booking), booking.owner.start
    return booking.status in TIMED and last is not None and start is not None and day_of(start) > last


def deviation(booking: Booking) -> str | None:
    """*Avvikelseorsak*, where one is given."""
    return booking.basis.deviation_reason if booking.basis else None


def _kind(facts: Facts[Booking]) -> str:
    return facts.source.row("deviation-reasons", deviation(facts.message))["kind"]


@rule("BO-6", on=ON)
def late_time_has_a_deviation_reason(facts: Facts[Booking]) -> Iterator[Fault]:
    """Not where the patient moved it last, which is always her choice (COSMIC: Ombokning), nor what RB-2 tells."""
    booking = facts.message
    hers = bool(booking.moves) and booking.moves[-1].by is By.PATIENT
    if beyond(booking) and not deviation(booking) and not hers and not _moved_out_of_the_guarantee(facts):
        yield Fault(
            "/basis/deviationReason",
            "Tiden är senare än bevakningsintervallet medger: ange avvikelseorsak (medicinskt orsakad, patientvald, "
            "särskild orsakad eller verksamhetsorsakad väntan).",
            "The time is later than the watch interval allows: give a deviation reason (medical, patient's choice, "
            "special wait, or the unit's).",
            warns=True,
        )


@rule("RB-2", on=ON)
def rebooking_beyond_the_guarantee_has_a_deviation_reason(facts: Facts[Booking]) -> Iterator[Fault]:
    if _moved_out_of_the_guarantee(facts):
        yield Fault(
            "/basis/deviationReason",
            "Den nya tiden ligger utanför vårdgarantin: ange först avvikelseorsaken på underlaget, och boka sedan om.",
            "The new time lies beyond the care guarantee: give the deviation reason on the basis first, and then "
            "rebook.",
        )


def _moved_out_of_the_guarantee(facts: Facts[Booking]) -> bool:
    """A new visit that care moves now to a time later than its watch interval allows, while nobody says why.

    The limit is the basis' own interval. The patient's own rebooking over the e-service is always her choice.
    """
    booking = facts.message
    told = [move for _, move in told_now(facts) if move in booking.moves]
    by_care = bool(told) and told[-1].by is not By.PATIENT
    return by_care and in_guarantee(booking, facts.source) and beyond(booking) and not deviation(booking)


@rule("BO-7", on=ON)
def special_wait_is_for_some_units(facts: Facts[Booking]) -> Iterator[Fault]:
    """As a deviation reason, and as a reason for rebooking."""
    if facts.catalogue.unit(facts.message.performing_unit).says("special_wait"):
        return
    special = {"/basis/deviationReason": _kind(facts) == "special"} | {
        f"/rebookings/{number}/reason": facts.source.row("rebook-reasons", move.reason).says("special")
        for number, move in enumerate(facts.message.rebookings)
    }
    for path, said in special.items():
        if said:
            yield Fault(
                path,
                "Särskild orsakad väntan får bara användas av enheter för barn och unga med psykisk ohälsa: välj en "
                "annan orsak.",
                "Special wait may be used only by units for children and young people with mental ill-health: choose "
                "another reason.",
            )


@rule("BO-34", on=ON)
def deviation_reason_rests_on_something(facts: Facts[Booking]) -> Iterator[Fault]:
    basis, kind, last = facts.message.basis, _kind(facts), limit(facts.message)
    if basis is None:
        return
    if kind == "patient" and (basis.offered is None or (last and basis.offered > last)):
        yield Fault(
            "/basis/offered",
            "Patientvald väntan förutsätter att patienten erbjudits en tid inom vårdgarantin: sänd den dagen i "
            "offered, eller välj en annan orsak.",
            "Patient's choice presupposes that the patient was offered a time within the care guarantee: send that "
            "day in offered, or choose another reason.",
            warns=True,
        )
    if kind == "medical" and basis.decided_by is None:
        yield Fault(
            "/basis/decidedBy",
            "Medicinskt orsakad väntan beslutas av hälso- och sjukvårdspersonal: sänd vem i decidedBy.",
            "A medically caused wait is decided by health care staff: send who in decidedBy.",
            warns=True,
        )


# -- how long ----------------------------------------------------------------------------------------------------------


class _Told(Enum):
    """Yes or no, and what is told of it in both languages."""

    _value_: tuple[bool, str, str]

    @property
    def sv(self) -> str:
        return self.value[1]

    @property
    def en(self) -> str:
        return self.value[2]


class Why(_Told):
    """Why a stretch of the wait counts, or does not: (counts, sv, en)."""

    FIRST = (
        True,
        "Från att underlaget skapades till den första bokade tiden.",
        "From the creation of the basis to the first booked time.",
    )
    WAITING = (
        True,
        "Från att underlaget skapades till nu: ingen tid är bokad.",
        "From the creation of the basis until now: no time is booked.",
    )
    MOVED_BY_CARE = (
        True,
        "Tiden bokades om eller avbokades, men inte av patienten över e-tjänsten: väntan räknas.",
        "The time was rebooked or cancelled, but not by the patient over the e-service: the wait counts.",
    )
    MOVED_BY_PATIENT = (
        False,
        "Patienten bokade om eller av över e-tjänsten: väntan är patientvald och räknas inte.",
        "The patient rebooked or cancelled over the e-service: the wait is the patient's choice and does not count.",
    )

    @property
    def counts(self) -> bool:
        return self.value[0]


@dataclass(frozen=True, slots=True)
class Leg:
    """A stretch of the wait: one row of the explanation."""

    start: datetime
    end: datetime
    why: Why

    @property
    def days(self) -> int:
        """Between two dates in Stockholm, so that rows add up and no clock change is seen."""
        return (day_of(self.end) - day_of(self.start)).days


class Clock(_Told):
    """What the clock of the wait does, and what stops it: (running, sv, en)."""

    RUNS = (
        True,
        "Klockan går: ingen tid är bokad. En bokad tid stannar den, och att bokningen avslutas.",
        "The clock runs: no time is booked. A booked time stops it, and so does the end of the booking.",
    )
    RUNS_WHILE_HELD = (
        True,
        "Klockan går: tiden är bara preliminärbokad och stannar den först när den bekräftas.",
        "The clock runs: the time is only held, and stops it once it is confirmed.",
    )
    PATIENTS_CHOICE = (
        True,
        "Klockan går, men det räknas inte: patienten bokade om eller av över e-tjänsten, och väntan sedan dess är "
        "patientvald. En bokad tid stannar den.",
        "The clock runs, but that does not count: the patient rebooked or cancelled over the e-service, and the wait "
        "since then is her choice. A booked time stops it.",
    )
    BOOKED = (
        False,
        "Klockan är stannad av den bokade tiden.",
        "The clock is stopped by the booked time.",
    )
    CANCELLED = (
        False,
        "Klockan är stannad: bokningen avbokades och gick inte åter till väntelistan.",
        "The clock is stopped: the booking was cancelled, and did not go back to the waiting list.",
    )

    @property
    def running(self) -> bool:
        return self.value[0]


@dataclass(frozen=True, slots=True)
class WaitingTime:
    """How long a patient waits, explained."""

    since: datetime
    """When the basis was made."""
    legs: tuple[Leg, ...]
    clock: Clock
    guarantee: bool
    """Whether it belongs to the statistics of the care guarantee: a new visit does."""

    @property
    def running(self) -> bool:
        """False once a booked time, or the end of the booking, has stopped the clock."""
        return self.clock.running

    @property
    def days(self) -> int:
        """What counts."""
        return sum(leg.days for leg in self.legs if leg.why.counts)


@dataclass(frozen=True, slots=True)
class Lost:
    """A time that a booking had and lost by a step."""

    start: datetime
    at: datetime
    by: By
    reason: str | None
    cancelled: bool


def lost_times(booking: Booking, earlier: Iterable[Lost] = ()) -> tuple[Lost, ...]:
    """The times that a booking has lost, the oldest first: those it tells of, and those that were known before."""
    found = {(one.at, one.cancelled): one for one in earlier}
    for move in booking.moves:
        found[move.at, False] = Lost(move.start, move.at, move.by, move.reason, cancelled=False)
    if step := booking.cancellation:
        found[step.at, True] = Lost(booking.owner.start or step.at, step.at, step.by, step.why, cancelled=True)
    return tuple(sorted(found.values(), key=lambda lost: lost.at))


@computes("BO-20")
def waiting_time(
    booking: Booking, source: Source | None, now: datetime, earlier: Iterable[Lost] = ()
) -> WaitingTime | None:
    """From the creation of the basis to the booked time, or until now where none is booked.

    A time that is lost to a later one makes the wait longer: that stretch counts, unless the patient lost it herself
    over the e-service. `earlier` are times that it lost before, since one that is back on the waiting list no longer
    says that it was cancelled. None where nobody has said when the basis was created, which is guessed
    from no other date (BO-24), and of what was annulled.
    """
    created = booking.basis.created if booking.basis else None
    if created is None or booking.status is S.ANNULLED:
        return None
    lost = lost_times(booking, earlier)
    end, clock = _end(booking, now)
    legs: tuple[Leg, ...] = ()
    why = Why.FIRST if lost or not clock.running else Why.WAITING
    for one in lost:
        legs = _reached(legs, created, one.start, why)
        why = Why.MOVED_BY_PATIENT if one.by is By.PATIENT else Why.MOVED_BY_CARE
    legs = _reached(legs, created, end, why)
    if clock.running and legs and not legs[-1].why.counts:
        clock = Clock.PATIENTS_CHOICE
    return WaitingTime(created, legs, clock, in_guarantee(booking, source))


def _end(booking: Booking, now: datetime) -> tuple[datetime, Clock]:
    """Where the wait ends so far, and whether it goes on. A time that is only held (preliminary) stops no clock."""
    start, cancelled = booking.owner.start, booking.cancellation
    if cancelled and not cancelled.back_to_waiting_list:
        return (min(start, cancelled.at) if start else cancelled.at), Clock.CANCELLED
    if start and booking.status in TIMED - {S.PRELIMINARY}:
        return start, Clock.BOOKED
    return now, Clock.RUNS_WHILE_HELD if booking.status is S.PRELIMINARY else Clock.RUNS


def _reached(legs: tuple[Leg, ...], created: datetime, to: datetime, why: Why) -> tuple[Leg, ...]:
    """The wait drawn out to a later moment, or cut off at an earlier one."""
    here = legs[-1].end if legs else created
    if to > here:
        return (*legs, Leg(here, to, why))
    return tuple(replace(leg, end=min(leg.end, to)) for leg in legs if leg.start < to)
