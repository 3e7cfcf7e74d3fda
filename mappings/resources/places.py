"""Location and Device: the rooms and the equipment whose time books a line stands in (BO-18)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from mappings.codes import systems
from mappings.codes.systems import PHYSICAL_TYPE
from mappings.resources import keys
from mappings.shape.graph import Beside
from mappings.shape.shape import Shape
from mappings.shape.template import Context, Echo


@dataclass(frozen=True, slots=True)
class Place:
    """A room or a piece of equipment, by the code that its source has for it."""

    source: str
    code: str


def _named(table: str) -> Echo:
    """The term of the source's table; the code where that has none."""

    def write(place: Place, context: Context) -> str:
        return context.vocabulary.display(table, place.code) or place.code

    return Echo(write)


def _identifier(prefix: str) -> dict[str, Echo]:
    return {"system": Echo(lambda place, _: prefix + place.source), "value": Echo(lambda place, _: place.code)}


ROOM = Shape(
    {
        "resourceType": "Location",
        "identifier": [_identifier(systems.ROOM)],
        "name": _named("rooms"),
        "physicalType": {"coding": [{"system": PHYSICAL_TYPE, "code": "ro"}]},
    }
)

EQUIPMENT = Shape(
    {
        "resourceType": "Device",
        "identifier": [_identifier(systems.EQUIPMENT)],
        "deviceName": [{"name": _named("equipment"), "type": "user-friendly-name"}],
    }
)


def _of(field: str) -> Callable[[Any, Any], Iterable[Place]]:
    def places(booking: Any, _: Any) -> Iterable[Place]:
        return (Place(booking.source, code) for line in booking.lines if (code := getattr(line, field)))

    return places


PLACES = (
    Beside("room", ROOM, _of("room"), lambda at: keys.room_key(at.source, at.code)),
    Beside("equipment", EQUIPMENT, _of("equipment"), lambda at: keys.equipment_key(at.source, at.code)),
)
"""The rooms and equipment of a booking, from the source's tables."""
