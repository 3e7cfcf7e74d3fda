"""What the documents say and the model does not yet hold: each has its later place and the rule that names it.

A message that uses one is refused by that rule (Decided 24), never accepted unjudged. `docs/model.md` is made from
this.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Later:
    """A field, or a value of an enumerated field, with its place in the message."""

    message: str
    """`booking`, `care-event`, `named-contact`, or `*` for all."""
    path: str
    """JSON Pointer without indices, `/basis/category2`."""
    rule: str
    value: str = ""
    """For an enumerated field: the value that is to come."""
    becomes: str = ""
    """Its place in FHIR."""
    instead: str = ""
    """For a value that is none: the field that says it, a JSON Pointer without indices."""


NEVER = "never"

LATER: tuple[Later, ...] = (
    # kinds that are never carried
    Later("named-contact", "/kind", "FK-1", "responsibleCaseOfficer", NEVER),
)

WITHOUT_FIELD: Mapping[str, str] = MappingProxyType(
    {
        "ID-9": "/patient/registration, /patient/deregistration",
        "BO-30": "/lines/staff, which may be absent",
        "SU-4": "/summons/status",
        "SU-7": "/summons/withoutLogotype",
        "PS-5": "/chain",
        "EV-18": "/reason of the booking, which is carried",
        "EV-19": "fields of /patient and of the event, which are carried",
        "FK-10": "staff in the catalogue, by HSA-id",
        "FK-21": "/coordination/review, /coordination/agreement",
    }
)
"""Rules not yet kept that need no field of their own, and what they will look at."""

ELSEWHERE: tuple[Later, ...] = (
    Later("booking", "/form", "BO-14", "series", instead="/series"),
    Later("booking", "/form", "BO-15", "copied", instead="/series/copied"),
    Later("booking", "/form", "BO-17", "free", instead="/free"),
    Later("booking", "/form", "BO-18", "room", instead="/lines/room"),
    Later("booking", "/form", "BO-18", "equipment", instead="/lines/equipment"),
    Later("booking", "/form", "BO-10", "acute", instead="/acute"),
    Later("booking", "/form", "PS-1", "chain", instead="/chain"),
)
"""What the documents call forms of booking and the model says beside the form (docs/decisions/0009)."""

_FIELDS = {(later.message, later.path): later for later in LATER if not later.value}
_VALUES = {(later.message, later.path, later.value): later for later in (*LATER, *ELSEWHERE) if later.value}


def later_field(message: str, path: str) -> Later | None:
    """What is to come at a path, for messages of this kind."""
    return _FIELDS.get((message, path)) or _FIELDS.get(("*", path))


def later_value(message: str, path: str, value: object) -> Later | None:
    """What a value of an enumerated field is to mean, or which other field says it."""
    return _VALUES.get((message, path, value)) if isinstance(value, str) else None
