"""A step with a care event, taken at a door, as `rules.stepping` has those with a booking."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from mappings.problem import Json, Problem
from mappings.region.care_event import EventStatus, EventType
from mappings.region.json_schema import DERIVED
from mappings.region.steps import By
from mappings.rules.life import IN_NO_STEP
from mappings.rules.life_of_event import steps_from, words
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


def _door(status: EventStatus, members: Mapping[str, str], *demanded: str, **fixed: str) -> Door:
    return Door(members, frozenset(demanded), _stated(status, members, **fixed))


DOORS: Final[Mapping[str, Door]] = MappingProxyType(
    {
        "arrive": _door(S.ARRIVED, _AT_START, "at"),
        "begin": _door(S.ONGOING, MappingProxyType({})),
        "check-out": _door(S.CHECKED_OUT, MappingProxyType({"at": "checkedOut", **_CHOSEN}), "at"),
        "discharge": _door(S.FINISHED, MappingProxyType({"at": "end", **_CHOSEN})),
        "miss": _door(S.CANCELLED, MappingProxyType({}), eventType=EventType.MISSED.value),
        "end-pre-registration": _door(S.CANCELLED, MappingProxyType({})),
        "annul": _door(
            S.ANNULLED,
            MappingProxyType({"noNotesOrTransactions": "noNotesOrTransactions"}),
            "noNotesOrTransactions",
            eventType=EventType.ANNULLED.value,
        ),
    }
)
"""A door for every step of the table that care takes; a test holds the two together."""


def unlawful(step: str, status: str) -> Problem | None:
    """Why care may not take a step from a state, with those that it may; None where it may."""
    state = EventStatus(status)
    if any(one.name == step for one in steps_from(state, By.CARE)):
        return None
    sv, en = words(state)
    return Problem(IN_NO_STEP, "/status", sv, en)
