"""Group visits (domain 3, GR): one booking or event per patient, known by the group's number."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from mappings.problem import Problem
from mappings.region.booking import CALLED_OFF, GROUPS, UNTIMED, Booking, By
from mappings.region.care_event import CareEvent
from mappings.rules.rebooking import moved
from mappings.rules.rulebook import Facts, Fault, rule

ON = (Booking,)
OVER = UNTIMED | CALLED_OFF
"""States in which a visit has no time, or has it no more."""


@rule("GR-1", "GR-2", on=(Booking, CareEvent))
def group_visit_names_its_group(facts: Facts[Any]) -> Iterator[Fault]:
    visit = facts.message
    if visit.form in GROUPS and visit.group is None:
        yield Fault(
            "/group",
            "Ett gruppbesök hör till en grupp, som ska vara skapad innan: sänd group med gruppens id och antalet "
            "patienter.",
            "A group visit belongs to a group, which must have been made before: send group with its id and the "
            "number of patients.",
        )
    elif visit.form in GROUPS and visit.group and visit.group.patients < 2:
        yield Fault(
            "/group/patients",
            "I ett gruppbesök möter fler än en patient personalen: sänd antalet, eller form single.",
            "In a group visit more than one patient meets the staff: send their number, or form single.",
        )
    elif visit.form not in GROUPS and visit.group is not None:
        yield Fault(
            "/group",
            "Bara ett gruppbesök hör till en grupp: sänd form group eller groupTeam, eller ta bort group.",
            "Only a group visit belongs to a group: send form group or groupTeam, or take group away.",
        )


@rule("GR-1", "GR-2", on=ON)
def members_of_a_group_meet_at_the_same_time(facts: Facts[Booking]) -> Iterator[Fault]:
    """A group may meet often: only what overlaps is one visit. While it is being moved, some have the old time."""
    booking = facts.message
    if booking.group is None or booking.status in OVER:
        return
    if any(_beside(booking, other) for other in facts.others):
        yield Fault(
            f"/lines/{booking.lines.index(booking.owner)}/start",
            "Patienterna i ett gruppbesök möter personalen samtidigt, och en annan i gruppen har en annan start: sänd "
            "gruppens.",
            "The patients of a group visit meet the staff at the same time, and another of the group has a different "
            "start: send that of the group.",
        )


def _beside(one: Booking, other: Booking) -> bool:
    """Whether two patients' parts of a group overlap without being at the same time."""
    ours, theirs = one.group, other.group
    same = ours and theirs and (one.source, ours.id) == (other.source, theirs.id)
    if not same or other.patient.identity == one.patient.identity or other.status in OVER:
        return False
    mine, hers = one.owner, other.owner
    if not (mine.start and mine.end and hers.start and hers.end) or mine.start == hers.start:
        return False
    left = {move.start for move in (*one.rebookings, *other.rebookings)}
    return mine.start < hers.end and hers.start < mine.end and not left & {mine.start, hers.start}


@rule("GR-1", "GR-2", "GR-3", on=ON)
def cancelled_member_is_not_put_back_on_the_waiting_list(facts: Facts[Booking]) -> Iterator[Fault]:
    booking, cancellation = facts.message, facts.message.cancellation
    if booking.form in GROUPS and cancellation and cancellation.back_to_waiting_list and not cancellation.whole_group:
        yield Fault(
            "/cancellation/backToWaitingList",
            "När en enskild gruppmedlem avbokas är åter väntelista urbockad, för en ny tid hanteras via "
            "gruppadministrationen: sänd backToWaitingList false, eller wholeGroup true om hela gruppen avbokas.",
            "When a single member of a group is cancelled, back to the waiting list is off, since a new time is "
            "handled in the administration of groups: send backToWaitingList false, or wholeGroup true if the whole "
            "group is cancelled.",
        )


def not_whole(standing: Collection[str], named: Collection[str]) -> Iterator[Problem]:
    """What is wrong with a step for a whole group, by the numbers of the bookings: `standing` are those that the group
    has at its time, `named` those that are told of (GR-3)."""
    if set(standing) - set(named):
        yield Problem(
            "GR-3",
            "/members",
            "Hela gruppen bokas om eller av som en bokning, och fler patienter än de som räknas upp är bokade då: ange "
            "alla, med varsin version.",
            "The whole group is rebooked or cancelled as one booking, and more patients than those listed are booked "
            "then: give all, each with its version.",
        )
    for number in sorted(set(named) - set(standing)):
        yield Problem(
            "GR-3",
            f"/members/{number.replace('~', '~0')}",
            "Bokningen står inte i gruppen vid den tiden: ta bort den här, eller rätta from.",
            "The booking does not stand in the group at that time: take it away here, or mend from.",
        )


def not_moved(old: Booking, new: Booking) -> Iterator[Problem]:
    """What is wrong with a member's new place: she gets it in another group, or at another time of her own (GR-3)."""
    if new.source != old.source or new.patient.identity != old.patient.identity or new.number == old.number:
        yield Problem(
            "GR-3",
            "/booking",
            "Den nya bokningen ska vara samma patients, från samma källa och med ett eget nummer: rätta den.",
            "The new booking is to be the same patient's, from the same source and with a number of its own: mend it.",
        )
    if new.form not in GROUPS or new.status in OVER:
        yield Problem(
            "GR-3",
            "/booking/form",
            "En gruppmedlem flyttas till ett bokat gruppbesök: sänd ett sådant, eller avboka bara.",
            "A member of a group is moved to a group visit that is booked: send one, or cancel and no more.",
        )


@rule("GR-3", on=ON)
def a_group_is_moved_as_one(facts: Facts[Booking]) -> Iterator[Fault]:
    """By care, and with everybody in it: a member alone is only cancelled, and no patient moves herself."""
    booking = facts.message
    for number, move in enumerate(booking.rebookings if booking.form in GROUPS else ()):
        if move.by is By.PATIENT:
            yield Fault(
                f"/rebookings/{number}/by",
                "En patient ombokar inte själv sin tid i ett gruppbesök: avboka den, eller sänd by care om vården har "
                "bokat om hela gruppen.",
                "No patient rebooks her own time in a group visit: cancel it, or send by care if care has rebooked the "
                "whole group.",
            )
        elif move.whole_group is not True:
            yield Fault(
                f"/rebookings/{number}/wholeGroup",
                "En grupp bokas om som en bokning, och en enskild medlem kan bara avbokas: sänd wholeGroup true om "
                "hela gruppen har bokats om, annars status cancelled.",
                "A group is rebooked as one booking, and a single member can only be cancelled: send wholeGroup true "
                "if the whole group was rebooked, else status cancelled.",
            )


@rule("GR-3", on=ON)
def a_member_alone_is_not_moved(facts: Facts[Booking]) -> Iterator[Fault]:
    """A new start without a rebooking that tells of it (RB-1)."""
    for one in moved(facts):
        if one.silently and facts.message.form in GROUPS:
            yield Fault(
                f"/lines/{one.number}/start",
                "En enskild medlem får ingen annan tid än gruppen: avboka henne, eller sänd rebookings med wholeGroup "
                "true om hela gruppen har bokats om.",
                "A single member has no other time than the group: cancel her, or send rebookings with wholeGroup true "
                "if the whole group was rebooked.",
            )
