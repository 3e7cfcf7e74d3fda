"""Care events that follow their booking, in the commit that moves it: acceptances of the gateway's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from adapter.delivery.ledger import Ledger
from adapter.delivery.values import Aggregate
from adapter.own import Change
from mappings.problem import Json
from mappings.region.booking import Booking
from mappings.region.care_event import CareEvent
from mappings.region.reading import Message
from mappings.rules.following import because, follows

Judge: TypeAlias = Callable[[Aggregate, CareEvent], Message | None]
"""(the event that is held, what it is to be judged as) -> as derived; None where it is refused."""


def followers(ledger: Ledger, before: Booking, booking: Booking, patient_hash: str, judged: Judge) -> Iterator[Change]:
    """The care events of a booking that change with it. One of which the rules would not let anything become stays as
    it is until its source tells of it."""
    ties = [("booking", f"{booking.source}/{booking.number}")]
    for held in ledger.tied("care-event", booking.source, "", ties, None):
        event = CareEvent.model_validate(held.state)
        told = follows(event, before, booking) if held.patient_hash == patient_hash else None
        after = judged(held, told) if told is not None else None
        if after is not None and after != event:
            yield Change(held, after, patient_hash, event)


def told(changes: Iterable[Change]) -> tuple[Json, ...]:
    """As the booking's receipt has it."""
    return tuple(
        {"rule": because(one.message), "path": f"/careEvents/{one.held.source}/{one.held.number}"}
        for one in changes
        if isinstance(one.message, CareEvent)
    )
