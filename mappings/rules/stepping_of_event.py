"""A step with a care event, taken at a door, as `rules.stepping` has those with a booking."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from mappings.problem import Json
from mappings.region.care_event import EventStatus, EventType
from mappings.region.json_schema import DERIVED
from mappings.rules.life_of_event import LIFE
from mappings.rules.stepping import Door

S = EventStatus

_AT_START: Final = MappingProxyType({"at": "start", "eventType": "eventType", "careCommitment": "careCommitment"})
_CHOSEN: Final = MappingProxyType({"outcome": "outcome"})


def _stated(status: EventStatus, members: Mapping[str, str], **fixed: str) -> Callable[[Json, Json], Json]:
    """What was said stands where the door's members are; what the gateway works out by itself is left to it."""

    def make(state: Json, said: Json) -> Json:
        told = {place: said[member] for member, place in members.items() if member in said}
        return as_sent(state) | fixed | told | {"status": status.value}

    return make


def as_sent(state: Json) -> Json:
    """A stored state without what is derived anew: a source never sends it (CO-4, EV-2, EV-6)."""
    whole = {name: value for name, value in state.items() if name not in (*DERIVED["CareEvent"], "eventTypeHistory")}
    whole["lines"] = [
        {name: value for name, value in line.items() if name not in DERIVED["EventLine"]} for line in state["lines"]
    ]
    if "outcome" in state:
        whole["outcome"] = {name: value for name, value in state["outcome"].items() if name != "follows"}
    return whole


def _door(step: str, status: EventStatus, members: Mapping[str, str], **fixed: str) -> Door:
    return Door(members, LIFE.demanded(step), _stated(status, members, **fixed))


DOORS: Final[Mapping[str, Door]] = MappingProxyType(
    {
        "arrive": _door("arrive", S.ARRIVED, _AT_START),
        "begin": _door("begin", S.ONGOING, MappingProxyType({})),
        "check-out": _door("check-out", S.CHECKED_OUT, MappingProxyType({"at": "checkedOut", **_CHOSEN})),
        "discharge": _door("discharge", S.FINISHED, MappingProxyType({"at": "end", **_CHOSEN})),
        "miss": _door("miss", S.CANCELLED, MappingProxyType({}), eventType=EventType.MISSED.value),
        "end-pre-registration": _door("end-pre-registration", S.CANCELLED, MappingProxyType({})),
        "annul": _door(
            "annul",
            S.ANNULLED,
            MappingProxyType({"noNotesOrTransactions": "noNotesOrTransactions"}),
            eventType=EventType.ANNULLED.value,
        ),
    }
)
"""A door for every step of the table that care takes; a test holds the two together."""
