"""A case of 1177 direkt as its decision table looks at it, and the registrations that the table gives it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from mappings.region.booking import Form
from mappings.region.care_event import EventLine
from mappings.region.catalogue import Source
from mappings.region.direct_case import (
    CareStaff,
    DirectCase,
    DirectContact,
    DirectDemand,
    DirectHandler,
    DirectRegistration,
    DirectVisit,
    EventDraft,
    took_part,
)
from mappings.rules.direct_scenarios import (
    After,
    Fit,
    Handover,
    Outcome,
    Part,
    Scenario,
    Situation,
    Who,
    decided,
    fits,
    of_situation,
)

One: TypeAlias = DirectHandler | DirectVisit

TO_ADD = ("/number", "/version", "/patient", "/status", "/eventType", "/diagnoses", "/procedures")
"""Of a care event, what a case does not know; the last two as the registration asks for them."""

APART = {
    (False, False): Handover.SAME,
    (True, False): Handover.OTHER_DAY,
    (False, True): Handover.OTHER_UNIT,
    (True, True): Handover.OTHER_DAY_AND_UNIT,
}
"""By whether day and unit are others."""

WHO = {"/handlers/0": Who.FIRST, "/handlers/1": Who.RECEIVER, "/physicalVisit": Who.VISITOR}


@dataclass(frozen=True, slots=True)
class Taking:
    """One who took part, and the rows of the table that are hers."""

    path: str
    one: One
    part: Part
    open: tuple[Fit, ...]
    """In this situation, whatever she did."""
    doing: tuple[Fit, ...]
    """For what she did, whether it replaced a visit or not."""

    @property
    def passes_on(self) -> bool:
        """She registers nothing, and has nothing to say of what she did (DK-9)."""
        return bool(self.open) and all(row.outcome is None for _, row in self.open)

    @property
    def answers(self) -> frozenset[bool | None]:
        """What may be said of whether it replaced a visit."""
        return frozenset(row.replaces for _, row in self.doing)


def situation(case: DirectCase, source: Source) -> Situation | None:
    """None where something that it takes is not known or two facts contradict; the rules tell of that."""
    staff = [staff_of(source, one.profession) for _, one in took_part(case)]
    known = [one for one in staff if one is not None]
    away, visit = case.referred_to, case.physical_visit
    if len(known) < len(staff) or len(case.handlers) > 2 or (away and (away.has_direct or visit)):
        return None
    handed = len(case.handlers) > 1
    return Situation(
        first=known[0],
        handover=_handover(*case.handlers) if handed else Handover.NONE,
        receiver=known[1] if handed else None,
        after=After.REFERRED if away else _visited(case),
        visitor=known[-1] if visit else None,
    )


def _handover(first: DirectHandler, receiver: DirectHandler) -> Handover:
    return APART[_day(first) != _day(receiver), first.unit != receiver.unit]


def _visited(case: DirectCase) -> After:
    if case.physical_visit is None:
        return After.NOTHING
    return After.VISIT if _day(case.physical_visit) == _day(case.handlers[-1]) else After.LATER_VISIT


def _day(one: One) -> date:
    """In Stockholm, whose time every moment of a message is kept in (Decided 15)."""
    return one.start.date()


def staff_of(source: Source, profession: str) -> CareStaff | None:
    """What a profession is to the instruction; None where the source's table does not say."""
    row = source.row("professions", profession)
    if row.says("physician"):
        return CareStaff.PHYSICIAN
    return CareStaff(row["care_staff"]) if row["care_staff"] else None


def takings(case: DirectCase, source: Source) -> Iterator[Taking]:
    """Everybody who took part; nobody where the situation is not known."""
    if (at := situation(case, source)) is None:
        return
    for path, one in took_part(case):
        staff = staff_of(source, one.profession) or CareStaff.UNLICENSED
        digital = (one.action, one.replaces_visit) if isinstance(one, DirectHandler) else ()
        part = Part(WHO[path], staff, *digital)
        yield Taking(path, one, part, of_situation(at, part.who), fits(at, part))


@dataclass(frozen=True, slots=True)
class Arising:
    """A registration that arises."""

    path: str
    one: One
    outcome: Outcome
    code: str | None
    """Of the source's contact type; None where it has none."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What the table makes of a case."""

    scenario: Scenario
    arising: tuple[Arising, ...]
    closes: str


def decision(case: DirectCase, source: Source) -> Decided | None:
    """None where the table does not decide the case."""
    at, who = situation(case, source), list(takings(case, source))
    found = decided(at, [one.part for one in who]) if at else None
    if found is None:
        return None
    scenario, rows = found
    arising = tuple(
        Arising(taking.path, taking.one, row.outcome, contact_type(source, _contact(taking.one, row.outcome)))
        for taking, row in zip(who, rows, strict=True)
        if row.outcome
    )
    return Decided(scenario, arising, next(one.path for one in who if one.part.who is scenario.closes))


def _contact(one: One, outcome: Outcome) -> DirectContact:
    """The telephone's, where the service was in trouble (DK-7)."""
    telephone = isinstance(one, DirectHandler) and one.by_telephone
    return outcome.telephone if telephone and outcome.telephone else outcome.contact


def contact_type(source: Source, contact: DirectContact) -> str | None:
    """The source's code of the contact type that plays this part in 1177 direkt; None where none does."""
    return next((row.code for row in source.table("contact-types").values() if row["direct"] == contact), None)


def registration(arising: Arising, code: str, source: str) -> DirectRegistration:
    """As it is told; `code` is its contact type."""
    one, outcome = arising.one, arising.outcome
    asked = {
        "/diagnoses": outcome.diagnosis is not DirectDemand.NOT_ASKED,
        "/procedures": outcome.kva is not DirectDemand.NOT_ASKED,
    }
    return DirectRegistration(
        by=arising.path,
        contact_type=code,
        direct=outcome.direct,
        diagnosis=outcome.diagnosis,
        kva=outcome.kva,
        note=outcome.note,
        care_event=EventDraft(
            source=source,
            form=Form.SINGLE,
            contact_type=code,
            direct=outcome.direct or None,
            performing_unit=one.unit,
            start=one.start,
            lines=(EventLine(number="1", owner=True, profession=one.profession, staff=one.staff),),
        ),
        to_add=tuple(name for name in TO_ADD if asked.get(name, True)),
    )
