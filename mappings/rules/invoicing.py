"""What the patient is invoiced for afterwards: late rebooking or cancelling, and a visit that nobody took payment for.

`toBeInvoiced` is derived. A sender may leave it out, or send what it read here; one that says otherwise is refused,
not overwritten: two systems that disagree in silence about who pays are found by the patient.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from mappings.region.booking import Booking
from mappings.region.catalogue import Source
from mappings.rules.patient import seeks_asylum
from mappings.rules.rulebook import Facts, Fault, derives, rule, updated

ON = (Booking,)


def invoiced(booking: Booking, source: Source) -> Iterator[tuple[str, bool | None, bool | None]]:
    """(pointer of the step, what it says of invoicing, what follows); None follows from a reason that is unknown."""
    for number, move in enumerate(booking.rebookings):
        row = source.row("rebook-reasons", move.reason)
        yield f"/rebookings/{number}", move.to_be_invoiced, row.says("invoice") if row.code else None
    if booking.cancellation:
        row = source.row("cancel-reasons", booking.cancellation.reason)
        yield "/cancellation", booking.cancellation.to_be_invoiced, row.says("invoice") if row.code else None
    if booking.arrival:
        yield "/arrival", booking.arrival.to_be_invoiced, not booking.arrival.payment


def _open(booking: Booking, source: Source) -> dict[str, bool]:
    """What follows for the steps that do not say it."""
    return {path: follows for path, said, follows in invoiced(booking, source) if said is None and follows is not None}


def _filled(path: str, step: Any, follows: dict[str, bool]) -> Any:
    return updated(step, to_be_invoiced=follows[path]) if path in follows else step


@derives("RB-3", on=ON)
def late_is_invoiced(facts: Facts[Booking]) -> tuple[Booking, Iterable[str]]:
    """By the source's table of reasons."""
    booking = facts.message
    follows = {path: value for path, value in _open(booking, facts.source).items() if path != "/arrival"}
    if not follows:
        return booking, ()
    moves = tuple(_filled(f"/rebookings/{number}", move, follows) for number, move in enumerate(booking.rebookings))
    cancelled = _filled("/cancellation", booking.cancellation, follows)
    return updated(booking, rebookings=moves, cancellation=cancelled), [f"{path}/toBeInvoiced" for path in follows]


@derives("BO-33", on=ON)
def arrival_without_payment_is_invoiced(facts: Facts[Booking]) -> tuple[Booking, Iterable[str]]:
    booking, follows = facts.message, _open(facts.message, facts.source)
    if "/arrival" not in follows:
        return booking, ()
    return updated(booking, arrival=_filled("/arrival", booking.arrival, follows)), ("/arrival/toBeInvoiced",)


@rule("IN-18", on=ON)
def what_is_invoiced_is_derived(facts: Facts[Booking]) -> Iterator[Fault]:
    for path, said, follows in invoiced(facts.message, facts.source):
        if said is not None and follows is not None and said != follows:
            yield Fault(
                f"{path}/toBeInvoiced",
                "Om patienten ska faktureras härleds, av orsaken och av om betalning registrerades: utelämna "
                "toBeInvoiced, eller ändra reason eller payment.",
                "Whether the patient is to be invoiced is derived, from the reason and from whether payment was "
                "registered: leave toBeInvoiced out, or change reason or payment.",
            )


@rule("BO-33", on=ON)
def asylum_seeker_is_not_invoiced(facts: Facts[Booking]) -> Iterator[Fault]:
    """Of a protected patient no membership is kept: then what was sent counts (PI-1)."""
    arrival = facts.message.arrival
    seeking = seeks_asylum(facts.message.patient) or seeks_asylum(facts.sent.patient)
    if arrival is not None and not arrival.payment and seeking:
        yield Fault(
            "/arrival/payment",
            "Utan betalning efterfaktureras kontakten, och det blir fel för en asylsökande: bemanna tidboken och "
            "registrera betalningen, med arrival.payment true.",
            "Without payment the contact is invoiced later, which is wrong for an asylum seeker: man the time book and "
            "register the payment, with arrival.payment true.",
            warns=True,
        )
