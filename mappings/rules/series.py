"""Contacts that repeat one action, and new visits booked together (domain 2): series, copies, co-booking."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from mappings.region.booking import CALLED_OFF, UNTIMED, Booking, Form
from mappings.region.catalogue import Source
from mappings.region.values import later
from mappings.rules.booking import lines
from mappings.rules.rulebook import Facts, Fault, rule
from mappings.shape.codec import day_of

ON = (Booking,)
OVER = UNTIMED | CALLED_OFF
"""States in which a contact has no time, or has it no more."""


@rule("BO-14", on=ON)
def a_series_has_one_interval(facts: Facts[Booking]) -> Iterator[Fault]:
    series = facts.message.series
    if series is None:
        return
    if series.interval is None and not (series.copied or series.one_contact or _copies(facts)):
        yield Fault(
            "/series/interval",
            "En serie har samma intervall mellan besöken: sänd interval.",
            "A series has the same interval between its visits: send interval.",
        )
    elif any(other.series and other.series.interval != series.interval for other in _siblings(facts)):
        yield Fault(
            "/series/interval",
            "En serie har ett enda intervall, och ett annat besök i serien har ett annat: sänd det, eller en egen "
            "serie.",
            "A series has one interval, and another visit of the series has a different one: send that, or a series "
            "of its own.",
        )


@rule("BO-14", on=ON)
def a_series_has_one_registration_date(facts: Facts[Booking]) -> Iterator[Fault]:
    basis = facts.message.basis
    dates = {other.basis.registered for other in _siblings(facts) if other.basis}
    if basis and dates - {basis.registered}:
        yield Fault(
            "/basis/registered",
            "Bokningarna i en serie har samma registreringsdatum: sänd seriens.",
            "The bookings of a series have the same registration date: send that of the series.",
        )


@rule("BO-14", on=ON)
def a_series_has_one_member_of_staff(facts: Facts[Booking]) -> Iterator[Fault]:
    """Those that have been moved are not held to it: whoever has the new time may be another."""
    booking = facts.message
    if booking.series is None:
        return
    staff = {booking.owner.staff, *(other.owner.staff for other in _as_planned(facts))}
    for number, line in enumerate(booking.lines):
        ours = line is booking.owner or booking.series.one_contact
        if ours and line.staff and staff - {None, line.staff}:
            yield Fault(
                f"/lines/{number}/staff",
                "En serie bokas till samma vårdpersonal: sänd seriens, eller boka besöket för sig.",
                "A series is booked with the same member of staff: send that one, or book the visit apart.",
            )


@rule("BO-14", on=ON)
def visits_of_a_series_keep_its_interval(facts: Facts[Booking]) -> Iterator[Fault]:
    """Those that have been moved are not held to it."""
    booking, series = facts.message, facts.message.series
    if series is None or series.interval is None or booking.owner.start is None:
        return
    day = day_of(booking.owner.start)
    days = [day_of(other.owner.start) for other in _as_planned(facts) if other.owner.start]
    if not all(_in_step(day, other, series.interval) for other in days):
        yield Fault(
            f"/lines/{booking.lines.index(booking.owner)}/start",
            "Besöken i en serie ligger på seriens intervall från varandra: rätta start, eller sänd rebookings om "
            "besöket har bokats om.",
            "The visits of a series lie its interval apart: mend start, or send rebookings if the visit has been "
            "rebooked.",
        )


@rule("BO-14", on=ON)
def one_contact_is_one_action_repeated_on_oneday_of(facts: Facts[Booking]) -> Iterator[Fault]:
    booking, series = facts.message, facts.message.series
    if series is None or not series.one_contact:
        return
    services = {line.care_service for line in booking.lines}
    days = {day_of(line.start) for line in booking.lines if line.start}
    if booking.form is not Form.SINGLE or len(booking.lines) < 2 or len(services) > 1 or len(days) > 1:
        yield Fault(
            "/series/oneContact",
            "En vårdkontakt för alla vårdåtgärder är bara för samma åtgärd som upprepas under samma dag: sänd en "
            "bokning för varje åtgärd i serien.",
            "One contact for all actions is only for the same action repeated on one day: send a booking for each "
            "action of the series.",
        )


@rule("BO-15", on=ON)
def a_new_visit_is_never_copied(facts: Facts[Booking]) -> Iterator[Fault]:
    """A copy is one of a series: `copied` stands nowhere else."""
    booking = facts.message
    new = facts.source.row("visit-types", booking.visit_type).says("new")
    if new and booking.series and (booking.series.copied or _copies(facts)):
        yield Fault(
            "/series/copied",
            "Ett nybesök kopieras aldrig: sänd det på ett eget underlag, utan series, eller välj ett återbesök i "
            "visitType.",
            "A new visit is never copied: send it on a basis of its own, without series, or choose a return visit in "
            "visitType.",
        )


@rule("BO-27", on=ON)
def a_series_where_patients_handle_their_times_is_told(facts: Facts[Booking]) -> Iterator[Fault]:
    booking = facts.message
    if booking.series and facts.catalogue.unit(booking.performing_unit).says("web_time_book"):
        yield Fault(
            "/series",
            "Seriebokade och kopierade tider kan inte av- eller ombokas på 1177, och på den här enheten hanterar "
            "patienterna sina tider själva där: sänd varje kontakt för sig, utan series.",
            "Times booked in a series or copied cannot be cancelled or rebooked on 1177, and at this unit patients "
            "handle their times there: send each contact apart, without series.",
            warns=True,
        )


@rule("BO-26", on=ON)
def new_visits_are_booked_together_only_when_simultaneous(facts: Facts[Booking]) -> Iterator[Fault]:
    """Those of one contact; and those of one day that rest on one basis or have one responsible unit."""
    booking = facts.message
    if booking.status in OVER:
        return
    ours = list(_new_visits(booking, facts.source))
    theirs = [start for other in _together(facts) for _, start in _new_visits(other, _source(facts, other))]
    for number, start in ours:
        if {start.astimezone(UTC)} != {one.astimezone(UTC) for one in (start, ours[0][1], *theirs)}:
            yield Fault(
                f"/lines/{number}/start",
                "Nybesök sambokas bara när de sker samtidigt: ge dem samma start, eller boka det senare som återbesök.",
                "New visits are booked together only when simultaneous: give them the same start, or book the later "
                "one as a return visit.",
                warns=True,
            )


def _new_visits(booking: Booking, source: Source) -> Iterator[tuple[int, datetime]]:
    """The lines that stand for a new visit and have a time: the owner's by the visit type, others in co-planning by
    that of their care service."""
    for number, line, service in lines(booking, source):
        kind = booking.visit_type if line is booking.owner else service["visit_type"]
        told_apart = line is booking.owner or booking.form is Form.CO_PLANNED
        if line.start and told_apart and source.row("visit-types", kind).says("new"):
            yield number, line.start


def _together(facts: Facts[Booking]) -> Iterator[Booking]:
    booking, basis = facts.message, facts.message.basis
    for other in of_the_patient(facts):
        one_basis = basis and basis.number and other.basis and other.basis.number == basis.number
        one_unit = other.responsible_unit and other.responsible_unit == booking.responsible_unit
        days = {day_of(one.owner.start) for one in (booking, other) if one.owner.start}
        one_source = other.source == booking.source
        if other.status not in OVER and len(days) == 1 and (one_unit or (one_basis and one_source)):
            yield other


def _source(facts: Facts[Booking], other: Booking) -> Source:
    """The vocabulary of another booking: a patient's day has those of every source."""
    return facts.catalogue.sources.get(other.source, facts.source)


def of_the_patient(facts: Facts[Booking]) -> Iterator[Booking]:
    """The other bookings of the same patient: a group's others are not hers."""
    booking = facts.message
    for other in facts.others:
        itself = (other.source, other.number) == (booking.source, booking.number)
        if other.patient.identity == booking.patient.identity and not itself:
            yield other


def _siblings(facts: Facts[Booking]) -> Iterator[Booking]:
    """The others of the series that the caller found."""
    booking, series = facts.message, facts.message.series
    for other in of_the_patient(facts):
        if series and other.series and (other.source, other.series.id) == (booking.source, series.id):
            yield other


def _copies(facts: Facts[Booking]) -> bool:
    """Whether others of the series are copies, so that this is what they were copied from."""
    return any(other.series and other.series.copied for other in _siblings(facts))


def _as_planned(facts: Facts[Booking]) -> tuple[Booking, ...]:
    """The others of the series that stand as they were planned; none where the visit itself has been moved."""
    if facts.message.rebookings or facts.message.status in CALLED_OFF:
        return ()
    return tuple(other for other in _siblings(facts) if not other.rebookings and other.status not in CALLED_OFF)


def _in_step(one: date, other: date, interval: str) -> bool:
    """Whether two days lie a whole number of intervals apart, and at least one."""
    early, late = sorted((one, other))
    count, unit = int(interval[1:-1]), interval[-1]
    if unit in "DW":
        return early < late and not (late - early).days % (count * (7 if unit == "W" else 1))
    months = (late.year - early.year) * 12 + late.month - early.month
    last_days = all((day + timedelta(days=1)).day == 1 for day in (early, late))
    steps = months > 0 and not months % (count * (12 if unit == "Y" else 1))
    return steps and (last_days or later(early, f"P{months}M") == late)
