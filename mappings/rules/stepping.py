"""A step with a booking, taken at a door: what the door asks for, and what the booking's last state becomes.

Only the state as it is sent and stored is touched here; what comes out is read, derived and judged like any message.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from mappings.problem import Json
from mappings.region.booking import BookingStatus
from mappings.rules.life import LIFE

S = BookingStatus


@dataclass(frozen=True, slots=True)
class Door:
    """What a step's door takes, and how the state follows."""

    members: Mapping[str, str]
    """Names in the body -> where each stands in the message: a pointer without its first slash."""
    demanded: frozenset[str]
    make: Callable[[Json, Json], Json]
    """(the last state, what was said) -> the state after the step."""
    again: Callable[[Json, Json], bool] | None = None
    """(a state, what was said) -> whether the step has been taken, where `make` would take it once more."""


def _stated(status: BookingStatus, *gone: str) -> Callable[[Json, Json], Json]:
    def make(state: Json, _: Json) -> Json:
        return {name: value for name, value in state.items() if name not in gone} | {"status": status.value}

    return make


def _timed(state: Json, said: Json) -> Json:
    """A time for what had none: all lines begin then, unless they have times of their own among themselves."""
    return _moved(state | {"status": S.BOOKED.value}, said.get("start"))


def _held(state: Json, said: Json) -> Json:
    return _timed(state, said) | {"status": S.PRELIMINARY.value}


def _rebooked(state: Json, said: Json) -> Json:
    """Every line moves as far as the owner's does; the old time and the reason are kept (RB-1)."""
    owner = _owner(state)
    move: Json = {name: said[name] for name in ("reason", "at", "by") if name in said}
    move |= {name: owner[name] for name in ("start", "duration") if name in owner}
    moved = _moved(state, said.get("start"))
    return moved | {"rebookings": [*state.get("rebookings", ()), move]}


def _moved(state: Json, start: Any) -> Json:
    """Where the new time cannot be read, it is put as it stands, so that it is told with all else."""
    was = _moment(_owner(state).get("start"))
    now = _moment(start)

    def line(one: Json) -> Json:
        before = _moment(one.get("start"))
        if was is None or now is None or before is None:
            return one | {"start": start}
        return one | {"start": (before + (now - was)).isoformat()}

    return state | {"lines": [line(one) for one in state["lines"]]}


def _owner(state: Json) -> Json:
    owner: Json = next((line for line in state["lines"] if line.get("owner")), state["lines"][0])
    return owner


def _moment(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _arrived(status: BookingStatus) -> Callable[[Json, Json], Json]:
    def make(state: Json, said: Json) -> Json:
        arrival = {"payment": False} | {name: said[name] for name in ("at", "payment") if name in said}
        return state | {"status": status.value, "arrival": arrival}

    return make


def _cancelled(state: Json, said: Json) -> Json:
    told = {name: said[name] for name in ("reason", "at", "by", "backToWaitingList") if name in said}
    return state | {"status": S.CANCELLED.value, "cancellation": told}


def _manned(state: Json, said: Json) -> Json:
    """Staff by the number of the line."""
    staff = said["staff"] if isinstance(said.get("staff"), dict) else {}
    return state | {
        "lines": [
            line | ({"staff": staff[line["number"]]} if line["number"] in staff else {}) for line in state["lines"]
        ]
    }


def _rebooked_before(state: Json, said: Json) -> bool:
    moves = state.get("rebookings") or [{}]
    told = {name: said[name] for name in ("reason", "at", "by") if name in said}
    return _moment(_owner(state).get("start")) == _moment(said["start"]) and _same(moves[-1] | told, moves[-1])


def _same(one: Any, other: Any) -> bool:
    """Equal, and what is not said is no difference: it was derived."""
    if isinstance(one, dict) and isinstance(other, dict):
        return all(_same(value, other.get(name)) for name, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    moment = _moment(one)
    return bool(one == other) or (moment is not None and moment == _moment(other))


_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
_START: Final = MappingProxyType({"start": "lines/0/start"})
_WHY: Final = MappingProxyType({"reason": "reason", "at": "at", "by": "by"})

DOORS: Final[Mapping[str, Door]] = MappingProxyType(
    {
        "summon": Door(_NOTHING, LIFE.demanded("summon"), _stated(S.OPEN_SUMMONS)),
        "withdraw": Door(_NOTHING, LIFE.demanded("withdraw"), _stated(S.WAITING)),
        "hold": Door(_START, LIFE.demanded("hold"), _held),
        "release": Door(_NOTHING, LIFE.demanded("release"), lambda state, _: _waiting(state)),
        "confirm": Door(_NOTHING, LIFE.demanded("confirm"), _stated(S.BOOKED)),
        "book": Door(_START, LIFE.demanded("book"), _timed),
        "rebook": Door(MappingProxyType({**_START, **_WHY}), LIFE.demanded("rebook"), _rebooked, _rebooked_before),
        "man": Door(MappingProxyType({"staff": "lines"}), LIFE.demanded("man"), _manned),
        "check-in": Door(MappingProxyType({"at": "arrival/at"}), LIFE.demanded("check-in"), _arrived(S.CHECKED_IN)),
        "arrive": Door(
            MappingProxyType({"at": "arrival/at", "payment": "arrival/payment"}),
            LIFE.demanded("arrive"),
            _arrived(S.ARRIVED),
        ),
        "undo-arrival": Door(_NOTHING, LIFE.demanded("undo-arrival"), _stated(S.BOOKED, "arrival")),
        "check-out": Door(_NOTHING, LIFE.demanded("check-out"), _stated(S.COMPLETED)),
        "no-show": Door(_NOTHING, LIFE.demanded("no-show"), _stated(S.NO_SHOW)),
        "cancel": Door(
            MappingProxyType({**_WHY, "backToWaitingList": "cancellation/backToWaitingList"}),
            LIFE.demanded("cancel"),
            _cancelled,
        ),
        "wait-again": Door(_NOTHING, LIFE.demanded("wait-again"), lambda state, _: _waiting(state)),
        "annul": Door(_NOTHING, LIFE.demanded("annul"), _stated(S.ANNULLED, "cancellation")),
    }
)
"""A door for every step of the table; a test holds the two together."""


def _of_whole_group(state: Json, said: Json) -> Json:
    moved = _rebooked(state, said)
    *earlier, last = moved["rebookings"]
    return moved | {"rebookings": [*earlier, last | {"wholeGroup": True}]}


def _whole_group_cancelled(state: Json, said: Json) -> Json:
    cancelled = _cancelled(state, said)
    return cancelled | {"cancellation": cancelled["cancellation"] | {"wholeGroup": True}}


OF_GROUP: Final[Mapping[str, Door]] = MappingProxyType(
    {
        "rebook": Door(
            MappingProxyType({**_START, "reason": "reason", "at": "at"}),
            frozenset({"start", "reason", "at"}),
            _of_whole_group,
            again=_rebooked_before,
        ),
        "cancel": Door(
            MappingProxyType({"reason": "reason", "at": "at", "backToWaitingList": "cancellation/backToWaitingList"}),
            frozenset({"reason", "at"}),
            _whole_group_cancelled,
        ),
    }
)
"""Steps that a group takes as one booking, by care (GR-3): what becomes of each member's."""


def _waiting(state: Json) -> Json:
    """Back on the waiting list, without a time and without what ended it."""
    kept = {name: value for name, value in state.items() if name not in ("cancellation", "arrival")}
    lines = [{name: value for name, value in line.items() if name != "start"} for line in state["lines"]]
    return kept | {"status": S.WAITING.value, "lines": lines}


def repeats(door: Door, state: Json, said: Json) -> bool:
    """Whether a state already is what a step makes of it: it was taken, and is told once more."""
    return door.again(state, said) if door.again else _same(door.make(state, said), state)


__all__ = ["DOORS", "OF_GROUP", "Door", "repeats"]
