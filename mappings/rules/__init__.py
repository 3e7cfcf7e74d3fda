"""The rulebook: every rule of the source documents, and which of them the code keeps."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mappings.rules import (
    appointing,
    basis,
    booking,
    cancelling,
    care_event,
    chain,
    co_planning,
    coding,
    completeness,
    deceased,
    desk,
    direct,
    direct_event,
    due,
    event_types,
    group,
    invoicing,
    life,
    life_of_contact,
    life_of_event,
    named_contact,
    patient,
    rebooking,
    series,
    summons,
    team,
    visibility,
    waiting,
    waiting_list,
    who,
)
from mappings.rules.rulebook import COMPUTED, DERIVATIONS, RULES, TIMED, VIEWS
from mappings.rules.statements import STATEMENTS

_REGISTERING = (
    *(who, patient, deceased, life, basis, booking, co_planning, series, summons, desk, waiting, waiting_list),
    *(rebooking, cancelling, invoicing, team, group, chain, care_event, event_types, coding, due, life_of_event),
    *(named_contact, direct, direct_event, completeness, life_of_contact, appointing, visibility),
)
"""Importing these registers their rules."""

PARTLY = frozenset({"FK-10"})
"""Rules that a function speaks for without keeping the whole of it."""


class State(StrEnum):
    """What the code does about a rule."""

    KEPT = "kept"
    ATTESTED = "attested"
    """The sender's word is demanded and checked; data cannot show more."""
    NOT_A_CHECK = "not a check"
    """The rule only says what is carried."""
    NOT_YET = "not yet"


@dataclass(frozen=True, slots=True)
class Listed:
    """A rule as `vardbro rules` lists it."""

    id: str
    state: State
    severity: tuple[str, ...]
    sv: str
    en: str
    source: str


def rules() -> list[Listed]:
    """Every rule of the sources, in their order, with its state read off the code."""
    return [Listed(one.id, state(one.id), one.severity, one.sv, one.en, one.source) for one in STATEMENTS.values()]


def state(rule: str) -> State:
    """The state of a rule. Raises KeyError on an id that there is none of."""
    registered = [one for one in (*RULES, *DERIVATIONS, *VIEWS, *COMPUTED, *TIMED) if rule in one.ids]
    if rule in PARTLY:
        return State.NOT_YET
    if any(one.attested for one in registered):
        return State.ATTESTED
    if registered:
        return State.KEPT
    return State.NOT_A_CHECK if not STATEMENTS[rule].severity else State.NOT_YET
