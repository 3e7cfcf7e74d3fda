"""FK-9 at the intake: a successor ends the contact before in its own commit, and goes to the server with it."""

from __future__ import annotations

from dataclasses import replace

from adapter.delivery.ledger import Ledger
from adapter.delivery.values import Accepted, Aggregate, Packed
from mappings.problem import Json
from mappings.region.named_contact import NamedContact
from mappings.region.people import Protection
from mappings.region.reading import Message
from mappings.rules.appointing import succeeded
from mappings.rules.patients import under
from mappings.shape.codec import day_of


def ended(ledger: Ledger, message: Message, protection: Protection | None) -> tuple[Aggregate, NamedContact] | None:
    """The contact that a message replaces, as it becomes; None where it replaces none, or has ended by then."""
    if not isinstance(message, NamedContact) or message.replaces is None:
        return None
    held = ledger.aggregate("named-contact", message.source, message.replaces)
    if held is None:
        return None
    before = NamedContact.model_validate(held.state)
    after = succeeded(before, message, day_of(ledger.clock()))
    return None if after == before else (held, under(after, protection))


def side_by_side(message: Accepted, before: Accepted) -> tuple[Accepted, Accepted]:
    """Both in one parcel of the message's: no reader of the FHIR server sees two, or none."""
    *first, last = message.parcels
    both = Packed(
        tuple(dict.fromkeys(lane for one in (*before.parcels, last) for lane in one.lanes)),
        tuple(one for parcel in (*before.parcels, last) for one in parcel.resources),
        tuple(dict.fromkeys(need for one in (*before.parcels, last) for need in one.needs)),
        last.priority,
    )
    return replace(message, parcels=(*first, both)), replace(before, parcels=())


def told(before: Accepted) -> Json:
    """As a receipt has it."""
    return {"rule": "FK-9", "path": f"/named-contacts/{before.source}/{before.number}"}
