"""What the waiting list (*planerade vårdåtgärder*) is asked for (BO-19, BO-31)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from mappings.region.basis import MedicalPriority
from mappings.region.field import CARE, Regional, shown
from mappings.region.people import Identity
from mappings.region.values import Code, Day, HsaId, Text

MOST_VALUES = 50
"""Of one filter."""


class Listed(StrEnum):
    """Where a row stands on the list."""

    PLANNED = "planned"
    """*Planerad*: to be booked."""
    BOOKED = "booked"
    """*Bokad*, and not yet carried out."""
    MISSED = "missed"
    """*Utebliven*: on a list of its own."""


class Days(Regional):
    """Days from the first to the last; either may be open."""

    first: Day | None = shown(CARE, default=None, alias="from")
    """*Fr.o.m.*"""
    last: Day | None = shown(CARE, default=None, alias="to")
    """*T.o.m.*"""

    @property
    def open(self) -> bool:
        """Whether nothing is asked."""
        return self.first is None and self.last is None

    def holds(self, day: date | None) -> bool:
        """Nothing is asked: everything is within. A day that is not known is within nothing."""
        return self.open or (day is not None and (self.first or date.min) <= day <= (self.last or date.max))


ALWAYS = Days()


class Filter(Regional):
    """What rows are asked for: all of it together. An empty list asks nothing, nor does a box that is not ticked."""

    units: tuple[HsaId, ...] = shown(CARE, default=(), max_length=MOST_VALUES)
    """*Vårdande enhet*."""
    care_services: tuple[Code, ...] = shown(CARE, default=(), max_length=MOST_VALUES)
    visit_types: tuple[Code, ...] = shown(CARE, default=(), max_length=MOST_VALUES)
    professions: tuple[Code, ...] = shown(CARE, default=(), max_length=MOST_VALUES)
    contact_types: tuple[Code, ...] = shown(CARE, default=(), max_length=MOST_VALUES)
    categories1: tuple[Code, ...] = shown(CARE, default=(), max_length=MOST_VALUES)
    categories2: tuple[Code, ...] = shown(CARE, default=(), max_length=MOST_VALUES)
    teams: tuple[Text, ...] = shown(CARE, default=(), max_length=MOST_VALUES)
    priorities: tuple[MedicalPriority, ...] = shown(CARE, default=(), max_length=MOST_VALUES)
    registered: Days = shown(CARE, default=ALWAYS)
    """*Registreringsdatum*."""
    target_date: Days = shown(CARE, default=ALWAYS)
    """*Bev/bok datum*."""
    waiting_since: Days = shown(CARE, default=ALWAYS)
    """The day on which the basis was made, from which waiting time runs (BO-20)."""
    planned: bool = shown(CARE, default=True)
    """*Ej bokad*."""
    booked: bool = shown(CARE, default=True)
    """*Bokad*."""
    missed: bool = shown(CARE, default=False)
    """*Uteblivna vårdkontakter*: these, and no others."""
    short_notice: bool = shown(CARE, default=False)
    """*Kort varsel*."""
    acute: bool = shown(CARE, default=False)
    summons_changed: bool = shown(CARE, default=False)
    """*Ändring av föredraget kallelsesätt*."""
    missing_fee: bool = shown(CARE, default=False)
    """*Saknar patientavgift*."""
    whole_series: bool = shown(CARE, default=False)
    """*Visa alla åtgärder inom serien*: with each row that fits, all of its series."""
    patient: Identity | None = shown(CARE, personal=True, default=None)
    """*Vald patient*; all patients where none is named."""

    @property
    def listed(self) -> tuple[Listed, ...]:
        """Missed contacts stand on a list of their own."""
        if self.missed:
            return (Listed.MISSED,)
        boxes = {Listed.PLANNED: self.planned, Listed.BOOKED: self.booked}
        return tuple(status for status, box in boxes.items() if box)


class WaitingListSearch(Filter):
    """A search of the waiting list, page by page."""

    count: int = shown(CARE, default=50, ge=1, le=200)
    """Rows of a page."""
    page: str | None = shown(CARE, default=None, max_length=1_000)
    """`next` of the page before."""


COLUMNS: dict[str, type[str] | type[int]] = {
    "performing_unit": str,
    "care_service": str,
    "visit_type": str,
    "profession": str,
    "contact_type": str,
    "category1": str,
    "category2": str,
    "team": str,
    "priority": str,
    "short_notice": int,
    "acute": int,
    "summons_changed": int,
    "missing_fee": int,
}
"""What a row is searched on by what it is among; texts are codes."""
DATES: tuple[str, ...] = ("registered", "waiting_since")
"""What it is searched on by a first and a last day, beside the target date that the list is sorted by."""
