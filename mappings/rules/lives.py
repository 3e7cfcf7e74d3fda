"""The lives that there are: of each kind of message that steps are taken with, its table, doors and telling."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from mappings.problem import Problem
from mappings.region.booking import Booking, BookingStatus
from mappings.region.care_event import CareEvent, EventStatus
from mappings.region.named_contact import ContactStatus, NamedContact
from mappings.rules import life, life_of_contact, life_of_event, stepping, stepping_of_contact, stepping_of_event
from mappings.rules.stepping import Door
from mappings.rules.steps import Table, Taken


@dataclass(frozen=True, slots=True)
class Life:
    """What one kind of message goes through."""

    doors: Mapping[str, Door]
    table: Table[Any]
    states: type[StrEnum]
    taken: Callable[[Any, Any], tuple[Taken, ...]]
    """(a state or None, the state after it) -> what happened between them."""

    def unlawful(self, step: str, status: str) -> Problem | None:
        """Why a step may not be taken from a state, told by its code, with those that may; None where it may."""
        return self.table.unlawful(step, self.states(status))


LIVES: Final[Mapping[str, Life]] = MappingProxyType(
    {
        "booking": Life(stepping.DOORS, life.LIFE, BookingStatus, life.taken),
        "care-event": Life(stepping_of_event.DOORS, life_of_event.LIFE, EventStatus, life_of_event.taken),
        "named-contact": Life(stepping_of_contact.DOORS, life_of_contact.LIFE, ContactStatus, life_of_contact.taken),
    }
)


def happened(before: Any, after: Any) -> tuple[Taken, ...]:
    """What happened between two states of a message; nothing is told of kinds that no steps are taken with."""
    match after:
        case Booking():
            return life.taken(before, after)
        case CareEvent():
            return life_of_event.taken(before, after)
        case NamedContact():
            return life_of_contact.taken(before, after)
    return ()
