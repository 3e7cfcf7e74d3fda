"""Co-planning (*samplanering*, domain 2): several actions under one contact, handled in an order of their own."""

from __future__ import annotations

from collections.abc import Iterator

from mappings.region.booking import CALLED_OFF, TEAMS, UNTIMED, Booking, Form, Line
from mappings.rules.rebooking import told_now
from mappings.rules.rulebook import Facts, Fault, rule

ON = (Booking,)


def further(booking: Booking) -> Iterator[tuple[int, Line]]:
    """The actions beside the main one, with their numbers in the message."""
    return ((number, line) for number, line in enumerate(booking.lines) if line is not booking.owner)


@rule("BO-25", on=ON)
def a_single_contact_is_of_one_action(facts: Facts[Booking]) -> Iterator[Fault]:
    """But for one action that is repeated on one day (BO-14)."""
    booking = facts.message
    repeated = booking.series is not None and booking.series.one_contact
    if booking.form is Form.SINGLE and len(booking.lines) > 1 and not repeated:
        yield Fault(
            "/lines",
            "En enskild kontakt är en vårdåtgärd: sänd form coPlanned om flera åtgärder hör till kontakten, eller form "
            "team om det är ett teambesök.",
            "A single contact is of one action: send form coPlanned if several actions belong to the contact, or form "
            "team if it is a team visit.",
        )


@rule("BO-25", on=ON)
def one_action_is_the_main_one(facts: Facts[Booking]) -> Iterator[Fault]:
    booking = facts.message
    if booking.form is not Form.CO_PLANNED:
        return
    if sum(line.owner for line in booking.lines) != 1:
        yield Fault(
            "/lines",
            "I en samplanering är en av vårdåtgärderna huvudåtgärd: sätt owner true på just en rad.",
            "In co-planning one of the actions is the main one: set owner true on just one line.",
        )
    elif len(booking.lines) == 1 and booking.owner.joins is None:
        yield Fault(
            "/lines",
            "En samplanering är flera vårdåtgärder: sänd en rad för var och en, eller joins false på raden om åtgärden "
            "har fått en egen kontakt och de andra ligger i andra bokningar på samma underlag.",
            "Co-planning is several actions: send a line for each, or joins false on the line if the action was given "
            "a contact of its own and the others are in other bookings on the same basis.",
        )


@rule("BO-25", on=ON)
def a_further_action_says_whether_it_joins(facts: Facts[Booking]) -> Iterator[Fault]:
    """In a team visit only where that was made by co-planning; there all of them say it."""
    booking = facts.message
    said_of_it = booking.form is not Form.SINGLE and (booking.form not in TEAMS or booking.co_planned)
    for number, line in further(booking):
        if said_of_it and line.joins is not True:
            yield Fault(
                f"/lines/{number}/joins",
                "Varje ytterligare vårdåtgärd hör till kontakten eller får en egen: sänd joins true, eller sänd "
                "åtgärden som en egen bokning på samma underlag.",
                "Every further action joins the contact or is given one of its own: send joins true, or send the "
                "action as a booking of its own on the same basis.",
            )


@rule("BO-25", on=ON)
def nothing_else_says_that_it_joins(facts: Facts[Booking]) -> Iterator[Fault]:
    """The main action joins nothing; a single contact has nothing that could. `false` on the main action of a
    co-planned booking: a further action of the basis, which has made this contact."""
    booking = facts.message
    for number, line in enumerate(booking.lines):
        main = line is booking.owner
        if not main and booking.form is not Form.SINGLE:
            continue
        if line.joins is not None and not (line.joins is False and booking.form is Form.CO_PLANNED):
            yield Fault(
                f"/lines/{number}/joins",
                "Bara ytterligare vårdåtgärder i en samplanering hör till en annans kontakt: ta bort joins.",
                "Only further actions in co-planning join the contact of another: take joins away.",
            )


@rule("CA-2", on=ON)
def main_action_is_booked_first(facts: Facts[Booking]) -> Iterator[Fault]:
    booking = facts.message
    if not booking.co_planned or booking.owner.start is not None:
        return
    for number, line in further(booking):
        if line.start is not None:
            yield Fault(
                f"/lines/{number}/start",
                "I en samplanering bokas huvudåtgärden först: ge ägarens rad en start, eller ta bort den här.",
                "In co-planning the main action is booked first: give the owner's line a start, or take this one away.",
            )


@rule("CA-2", on=ON)
def main_action_is_rebooked_last(facts: Facts[Booking]) -> Iterator[Fault]:
    """Of what this version tells to have been moved, by the times at which that was done."""
    booking = facts.message
    if not booking.co_planned or facts.previous is None:
        return
    told = told_now(facts)
    others = [move.at for _, move in told if move not in booking.moves]
    for number, move in told:
        if move in booking.moves and any(at > move.at for at in others):
            yield Fault(
                f"/rebookings/{number}/at",
                "I en samplanering ombokas huvudåtgärden sist: sänd den tidpunkt då den bokades om, efter de "
                "andra vårdåtgärderna.",
                "In co-planning the main action is rebooked last: send the time when it was rebooked, after the other "
                "actions.",
            )


@rule("CA-2", on=ON)
def main_action_is_cancelled_last(facts: Facts[Booking]) -> Iterator[Fault]:
    """An action that is left out of a booked contact has been cancelled (Decided 21)."""
    before = facts.previous
    if before is None or not before.co_planned or before.status in UNTIMED | CALLED_OFF:
        return
    left = {line.number for line in facts.message.lines} & {line.number for line in before.lines}
    if left and before.owner.number not in left:
        yield Fault(
            "/lines",
            "I en samplanering avbokas huvudåtgärden sist: sänd dess rad så länge andra åtgärder står kvar, eller "
            "avboka hela kontakten.",
            "In co-planning the main action is cancelled last: send its line as long as other actions remain, or "
            "cancel the whole contact.",
        )
