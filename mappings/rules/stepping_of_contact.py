"""A step with a named contact, taken at a door, as `rules.stepping` has those with a booking."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from mappings.problem import Json
from mappings.region.json_schema import DERIVED
from mappings.region.named_contact import ContactStatus
from mappings.rules.life_of_contact import LIFE
from mappings.rules.stepping import Door

S = ContactStatus

_WHO: Final = ("kind", "role", "about", "start", "end", "person", "unit", "team", "attested", "replaces")
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


def _as_sent(state: Json) -> Json:
    """A stored state without what is derived anew: a source never sends it (FK-11, FK-18)."""
    whole = {name: value for name, value in state.items() if name not in DERIVED["NamedContact"]}
    if "need" in whole:
        whole["need"] = {name: value for name, value in whole["need"].items() if name not in DERIVED["Need"]}
    return whole


def _stated(status: ContactStatus, *gone: str) -> Callable[[Json, Json], Json]:
    """What was said stands under its own name."""

    def make(state: Json, said: Json) -> Json:
        left = {name: value for name, value in _as_sent(state).items() if name not in gone}
        told = {name: value for name, value in said.items() if name not in ("version", "changedAt")}
        return left | told | {"status": status.value}

    return make


def _documented(status: ContactStatus) -> Callable[[Json, Json], Json]:
    def make(state: Json, said: Json) -> Json:
        told = {name: said[name] for name in ("day", "documentedBy", "by") if name in said}
        return _as_sent(state) | {"status": status.value, "notAppointed": told}

    return make


def _telling(said: Json) -> Json:
    return {name: said[name] for name in ("day", "whom", "way") if name in said}


def _told(state: Json, said: Json) -> Json:
    return _as_sent(state) | {"told": [*state.get("told", ()), _telling(said)]}


def _own_names(*names: str) -> Mapping[str, str]:
    return MappingProxyType({name: name for name in names})


_DOCUMENTED: Final = MappingProxyType({"day": "notAppointed/day", "documentedBy": "notAppointed/documentedBy"})

DOORS: Final[Mapping[str, Door]] = MappingProxyType(
    {
        "assess": Door(_own_names("need"), LIFE.demanded("assess"), _stated(S.NEEDED)),
        "offer": Door(_own_names("need"), LIFE.demanded("offer"), _stated(S.OFFERED, "notAppointed")),
        "appoint": Door(_own_names(*_WHO), LIFE.demanded("appoint"), _stated(S.ACTIVE, "notAppointed")),
        "decline": Door(
            MappingProxyType({**_DOCUMENTED, "by": "notAppointed/by"}),
            LIFE.demanded("decline"),
            _documented(S.DECLINED),
        ),
        "leave-out": Door(_DOCUMENTED, LIFE.demanded("leave-out"), _documented(S.UNNEEDED)),
        "end": Door(_own_names("end"), LIFE.demanded("end"), _stated(S.ENDED)),
        "resume": Door(_NOTHING, LIFE.demanded("resume"), _stated(S.ACTIVE, "end")),
        "tell": Door(
            MappingProxyType({name: f"told/0/{name}" for name in ("day", "whom", "way")}),
            LIFE.demanded("tell"),
            _told,
            again=lambda state, said: _telling(said) in state.get("told", ()),
        ),
        "annul": Door(_NOTHING, LIFE.demanded("annul"), _stated(S.ANNULLED)),
    }
)
"""A door for every step of the table; a test holds the two together."""
