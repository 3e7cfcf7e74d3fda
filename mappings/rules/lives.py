"""The lives that there are: of each kind of message that steps are taken with, its table, doors and telling."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from mappings.problem import Problem
from mappings.region.booking import BookingStatus
from mappings.region.care_event import EventStatus
from mappings.region.named_contact import ContactStatus
from mappings.region.reading import KINDS
from mappings.rules import life, life_of_contact, life_of_event, stepping, stepping_of_contact, stepping_of_event
from mappings.rules.appointing import ends_before
from mappings.rules.requests import goes_further
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
    further: Callable[[Any, Any], bool]
    """(the last accepted state, one of the same version elsewhere) -> whether the gateway has gone further with it by
    itself, which makes no new version (DE-1, EV-2, EV-3, EV-7, FK-9, Decided 10, 14)."""

    def unlawful(self, step: str, status: str) -> Problem | None:
        """Why a step may not be taken from a state, told by its code, with those that may; None where it may."""
        return self.table.unlawful(step, self.states(status))


LIVES: Final[Mapping[str, Life]] = MappingProxyType(
    {
        "booking": Life(stepping.DOORS, life.LIFE, BookingStatus, life.taken, goes_further),
        "care-event": Life(
            stepping_of_event.DOORS,
            life_of_event.LIFE,
            EventStatus,
            life_of_event.taken,
            lambda last, value: life_of_event.is_behind(value, last),
        ),
        "named-contact": Life(
            stepping_of_contact.DOORS, life_of_contact.LIFE, ContactStatus, life_of_contact.taken, ends_before
        ),
    }
)
_OF_MODEL: Final[Mapping[type, Life]] = MappingProxyType({KINDS[kind]: one for kind, one in LIVES.items()})


def happened(before: Any, after: Any) -> tuple[Taken, ...]:
    """What happened between two states of a message; nothing is told of kinds that no steps are taken with."""
    one = _OF_MODEL.get(type(after))
    return one.taken(before, after) if one else ()
