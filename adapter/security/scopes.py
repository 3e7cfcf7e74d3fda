"""SMART scopes of systems, portals and staff, and which of them a door demands; a door that is in no row demands all.

https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias
from urllib.parse import parse_qsl

ALL = "cruds"
"""Create, read, update, delete, search."""

_OLD: Mapping[str, str] = MappingProxyType({"read": "rs", "write": "cud", "*": ALL})
"""What SMART v1 said, in the letters of v2."""
_SCOPE = re.compile(r"(patient|user|system)/(\*|[A-Z][A-Za-z]{1,63})\.(read|write|\*|c?r?u?d?s?)")

Granted: TypeAlias = frozenset[tuple[str, str]]
"""(FHIR type or `*`, letter)."""


def granted(said: str, levels: frozenset[str]) -> Granted:
    """What scopes of these levels (`system`, `user`, `patient`) allow.

    One that is none of SMART's allows nothing, nor does one that is narrowed (`?category=…`): it would be held only
    in part.
    """
    found = (match.groups() for one in said.split(" ") if (match := _SCOPE.fullmatch(one)))
    return frozenset((kind, one) for level, kind, word in found if level in levels for one in _OLD.get(word, word))


TYPES: Mapping[str, str] = MappingProxyType(
    {
        "booking": "Appointment",
        "care-event": "Encounter",
        "named-contact": "CareTeam",
        "patient": "Patient",
        "patient-merge": "Patient",
    }
)
"""The FHIR type by which a scope names a kind of message."""

PLURALS: Mapping[str, str] = MappingProxyType(
    {
        "bookings": "Appointment",
        "care-events": "Encounter",
        "named-contacts": "CareTeam",
        "patients": "Patient",
        "chains": "Appointment",
        "groups": "Appointment",
        "waiting-list": "Appointment",
        "direct-cases": "Encounter",
    }
)
"""The same for what stands in URLs."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What a request needs to be allowed; without letters, anything at all."""

    kind: str = "*"
    letters: str = ALL

    def met(self, by: Granted) -> bool:
        if not self.letters:
            return bool(by)
        return all(("*", letter) in by or (self.kind, letter) in by for letter in self.letters)

    def __str__(self) -> str:
        return f"{self.kind}.{self.letters or 'r'}"


ANYTHING = Demand("*", "")


def demanded(method: str, path: str) -> Demand:
    """What a request demands. A push creates or replaces, and which is known only afterwards: it demands both."""
    match method, *path.removeprefix("/").split("/"):
        case "GET", "v1", "messages", _:
            return ANYTHING
        case "GET", "v1", "changes":
            return ANYTHING
        case "POST", "v1", "patients", "merge" | "unmerge":
            return Demand("Patient", "u")
        case _, "v1", plural, *rest if plural in PLURALS:
            return Demand(PLURALS[plural], _letters(method, rest))
        case _, "fhir", *rest:
            return _of_fhir("GET" if method == "HEAD" else method, rest)
    return Demand()


def _letters(method: str, rest: list[str]) -> str:
    match method, *rest:
        case ("POST",) | ("POST", "check") | ("PUT", _, _):
            return "cu"
        case "POST", "search":
            return "s"
        case ("GET", _, _) | ("GET", _, _, "timeline"):
            return "r"
        case "POST", _, _, "move":
            return "cu"
        case "POST", _, _, _:
            return "u"
    return ALL


_TYPE = re.compile(r"[A-Z][A-Za-z]{1,63}")
_ID = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9.\-]{1,64}")


def _of_fhir(method: str, rest: list[str]) -> Demand:
    match method, *rest:
        case ("GET", "metadata") | ("GET", "") | ("GET",):
            return ANYTHING  # a further page is good only for whoever got its link, with the same scopes
        case ("GET", kind) | ("POST", kind, "_search") | ("GET", kind, "_search") if _TYPE.fullmatch(kind):
            return Demand(kind, "s")
        case ("GET", kind, name) | ("GET", kind, name, "_history", _) if _TYPE.fullmatch(kind) and _ID.fullmatch(name):
            return Demand(kind, "r")
    return Demand()


def reaches_further(query: str) -> bool:
    """Whether a search tells of other types than its own: what it includes, or is chained to, or is referred to by."""
    names = [name for name, _ in parse_qsl(query, keep_blank_values=True)]
    further = ("_include", "_revinclude", "_has", "_filter", "_query", "_list", "_contained", "_type")
    return any("." in name or name.startswith(further) for name in names)
