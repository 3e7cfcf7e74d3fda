"""What a booking shares with others, so that delivery can find them without knowing its fields."""

from __future__ import annotations

from datetime import datetime

from mappings.region.basis import Basis, BasisKind
from mappings.region.booking import Booking, Chain, Group, Line, Series
from mappings.region.people import Identity, IdentityKind, Patient
from mappings.resources.outline import outline


def _booking(**fields: object) -> Booking:
    line = Line(number="1", owner=True, start=datetime.fromisoformat("2026-11-24T23:30:00+00:00"))
    identity = Identity(kind=IdentityKind.PERSONNUMMER, value="191212121212")
    said = {"form": "single", "status": "booked", "lines": (line,)} | fields
    return Booking.model_validate(
        {"source": "A", "number": "1", "version": 1, "patient": Patient(identity=identity), **said}
    )


def test_a_booking_is_tied_to_those_of_its_series_group_chain_and_basis() -> None:
    booking = _booking(
        series=Series(id="S"),
        group=Group(id="G", patients=2),
        chain=Chain(id="C", order=1),
        basis=Basis(kind=BasisKind.FULL, number="B"),
    )
    assert set(outline(booking).ties) >= {("series", "A/S"), ("group", "A/G"), ("chain", "A/C"), ("basis", "A/B")}


def test_a_booking_is_tied_to_those_of_its_day_in_stockholm() -> None:
    assert outline(_booking()).ties == (("day", "2026-11-25"),)


def test_a_booking_without_a_time_has_no_day() -> None:
    assert outline(_booking(status="waiting", lines=(Line(number="1", owner=True),))).ties == ()
