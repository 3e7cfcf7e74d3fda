"""DE-1 at the intake: a patient who is set to deceased, or no longer is, and her bookings of every source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from adapter.delivery.values import Aggregate, Follow, Packed
from adapter.server.ids import Ids
from mappings.problem import Json
from mappings.region.booking import Booking
from mappings.region.catalogue import Catalogue
from mappings.region.people import Protection
from mappings.resources.booking import BOOKING
from mappings.resources.outline import outline
from mappings.resources.patient import OF_PATIENT
from mappings.rules.deceased import cancelled_by_death, is_coming, was_cancelled_by_death
from mappings.rules.patients import dumped, under


def cancelled(
    held: Iterable[Aggregate], now: datetime, protection: Protection | None
) -> Iterator[tuple[Aggregate, Booking]]:
    """Her coming bookings, as the system cancels them."""
    for one in held:
        booking = Booking.model_validate(one.state)
        if is_coming(booking, now):
            yield one, under(cancelled_by_death(booking, now), protection)


def follow(one: Aggregate, booking: Booking) -> Follow:
    return Follow(one.kind, one.source, one.number, one.revision, dumped(booking), booking.status.value)


def parcel(booking: Booking, catalogue: Catalogue, ids: Ids) -> Packed:
    """Behind what its booking's lane holds already, without the patient, who goes by herself."""
    filled = BOOKING.fill(booking, catalogue.sources[booking.source], catalogue.units)
    patient = next(one for one in filled if one.key.kind == "Patient")
    rest = tuple(one for one in filled if one.key.kind not in OF_PATIENT)
    return Packed(outline(booking).lanes, rest, (ids.of(patient.key),))


def told(held: Iterable[Aggregate]) -> tuple[Json, ...]:
    """What the death cancelled, for whoever undoes it: nothing is restored but by a new version of each."""
    return tuple(
        derived(one.source, one.number) for one in held if was_cancelled_by_death(Booking.model_validate(one.state))
    )


def derived(source: str, number: str) -> Json:
    return {"rule": "DE-1", "path": f"/bookings/{source}/{number}"}
