"""Chains (*primär- och sekundärkontakter*, domain 3, PS): what each contact says, and what they say together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final

from mappings.region.booking import TEAMS, Booking, BookingStatus, Form
from mappings.rules.rulebook import Facts, Fault, rule
from mappings.shape.codec import STOCKHOLM

S = BookingStatus

OVER: Final = frozenset({S.CANCELLED, S.NO_SHOW})
"""The contact does not come about."""
HAPPENED: Final = frozenset({S.ARRIVED, S.CHECKED_IN, S.COMPLETED})
"""It cannot be moved any more."""


@dataclass(frozen=True, slots=True)
class Part:
    """A contact of a chain, as far as the chain is concerned. Holds no patient: only whether it is the same one."""

    number: str
    order: int
    primary: bool
    start: datetime | None
    length: timedelta
    status: BookingStatus
    administration: str
    team: bool = False
    """A team contact may share its clock time with others (PS-2)."""
    named: str | None = None
    """Which contact it names as its primary."""
    patient: str = ""
    """Equal for the same patient, and says nothing of her."""

    @property
    def day(self) -> date | None:
        """The date in Stockholm (Decided 15)."""
        return self.start.astimezone(STOCKHOLM).date() if self.start else None

    @property
    def over(self) -> bool:
        return self.status in OVER


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that the contacts together break, and which of them."""

    rule: str
    numbers: tuple[str, ...]
    sv: str
    en: str


def part_of(booking: Booking, administrations: Mapping[str, str], patient: str = "") -> Part:
    """A booking of a chain as a part of it. Raises ValueError for one that is in none."""
    if booking.chain is None:
        raise ValueError("in no chain")
    return Part(
        number=booking.number,
        order=booking.chain.order,
        primary=booking.chain.primary is None,
        start=booking.owner.start,
        length=booking.owner.duration or timedelta(0),
        status=booking.status,
        administration=administrations.get(booking.performing_unit or "", ""),
        team=booking.form in TEAMS,
        named=booking.chain.primary,
        patient=patient,
    )


def breaches(parts: Iterable[Part]) -> tuple[Breach, ...]:
    """What is wrong with a chain as a whole; nothing of an annulled part counts. An empty chain breaks nothing."""
    there = sorted((one for one in parts if one.status is not S.ANNULLED), key=lambda one: (one.order, one.number))
    return (*_of_primary(there), *_of_order(there), *_of_place(there)) if there else ()


def _of_primary(parts: list[Part]) -> Iterator[Breach]:
    primaries = [one.number for one in parts if one.primary]
    if len(primaries) != 1:
        yield Breach(
            "PS-6",
            tuple(primaries) or tuple(one.number for one in parts),
            "En kedja har en enda primärkontakt: låt bara en av kontakterna sakna chain.primary.",
            "A chain has just one primary contact: let only one of the contacts be without chain.primary.",
        )
        return
    strange = tuple(one.number for one in parts if one.named not in (None, *primaries))
    if strange:
        yield Breach(
            "PS-6",
            strange,
            "Sekundärkontakten pekar på en annan primärkontakt än kedjans: ange den i chain.primary.",
            "The secondary contact names another primary than the chain's: give that one in chain.primary.",
        )


def _of_order(parts: list[Part]) -> Iterator[Breach]:
    """PS-1: all go ahead; PS-2: one patient, one date, in the order planned, never at the same clock time."""
    lost = tuple(one.number for one in parts if one.over)
    if lost and len(lost) < len(parts):
        yield Breach(
            "PS-1",
            lost,
            "Kontakten blir inte av, och de andra i kedjan är beroende av den: boka den på nytt, eller planera om "
            "hela kedjan.",
            "The contact does not come about, and the others of the chain depend on it: book it anew, or plan the "
            "whole chain again.",
        )
    if len({one.patient for one in parts}) > 1:
        yield Breach(
            "PS-2",
            tuple(one.number for one in parts),
            "Kontakterna i en kedja gäller en och samma patient: dela kedjan.",
            "The contacts of a chain are of one patient: divide the chain.",
        )
    ahead = [one for one in parts if not one.over and one.start is not None]
    if len({one.day for one in ahead}) > 1:
        yield Breach(
            "PS-2",
            _strays(ahead),
            "Kontakterna i en kedja äger rum samma datum: flytta den som avviker, eller alla.",
            "The contacts of a chain take place on the same date: move the one that departs, or all.",
        )
    yield from _of_sequence(parts, ahead)


def _of_sequence(parts: list[Part], ahead: list[Part]) -> Iterator[Breach]:
    orders = Counter(one.order for one in parts if not one.over)
    if twice := tuple(one.number for one in parts if not one.over and orders[one.order] > 1):
        yield Breach(
            "PS-2",
            twice,
            "Två kontakter har samma plats i kedjan: ge var och en sin chain.order.",
            "Two contacts have the same place in the chain: give each its own chain.order.",
        )
    for one, next_ in pairwise(ahead):
        if one.day == next_.day and not follows(one, next_):
            yield Breach(
                "PS-2",
                (one.number, next_.number),
                "Kontakterna står i fel ordning, eller på samma klockslag: flytta den ena så att den som har lägre "
                "chain.order börjar först.",
                "The contacts stand in the wrong order, or at the same clock time: move one, so that the one with the "
                "lower chain.order begins first.",
            )


def follows(one: Part, next_: Part) -> bool:
    """Whether the second begins after the first; at the same time only where one is a team contact (PS-2)."""
    if one.start is None or next_.start is None:
        return True
    return one.start < next_.start or (one.start == next_.start and (one.team or next_.team))


def _of_place(parts: list[Part]) -> Iterator[Breach]:
    home = next((one.administration for one in parts if one.primary), parts[0].administration)
    if strange := tuple(one.number for one in parts if one.administration != home):
        yield Breach(
            "PS-3",
            strange,
            "Kontakterna i en kedja ligger inom en och samma förvaltning: boka dem på enheter i primärkontaktens "
            "förvaltning, eller ta dem ur kedjan.",
            "The contacts of a chain lie within one administration: book them at units of the primary's "
            "administration, or take them out of the chain.",
        )


def _strays(ahead: list[Part]) -> tuple[str, ...]:
    """Those that are not on the day where most are; where as many are on two, that of the primary counts."""
    days = Counter(one.day for one in ahead)
    primary = next((one.day for one in ahead if one.primary), None)
    home = max(days, key=lambda day: (days[day], day == primary))
    return tuple(one.number for one in ahead if one.day != home)


def parts_of(facts: Facts[Booking]) -> list[Part]:
    """The chain that a booking stands in, with the others as they were last taken in."""
    own = facts.message
    if own.chain is None:
        return []
    others = [
        one
        for one in facts.others
        if one.source == own.source and one.number != own.number and one.chain and one.chain.id == own.chain.id
    ]
    return [part_of(one, facts.catalogue.administrations, _patient(one)) for one in (own, *others)]


def _patient(booking: Booking) -> str:
    return f"{booking.patient.identity.kind}|{booking.patient.identity.value}"


def _told(facts: Facts[Booking], rule_id: str) -> Iterator[Fault]:
    """A contact that newly enters a chain must fit it. One that stood in it already may be moved, cancelled or missed:
    that is true, and the sender is told what it does to the others (PS-6); so is who comes before the primary."""
    own, before, parts = facts.message, facts.previous, parts_of(facts)
    stood = bool(own.chain and before and before.chain and before.chain.id == own.chain.id)
    early = rule_id == "PS-6" and not any(one.primary for one in parts)
    for one in breaches(parts):
        if one.rule != rule_id:
            continue
        if stood or early or rule_id == "PS-1" or own.number not in one.numbers:
            yield Fault("/chain", one.sv, one.en, warns=True)
        else:
            yield Fault("/chain", one.sv, one.en)


@rule("PS-1", on=(Booking,))
def others_of_the_chain_come_about(facts: Facts[Booking]) -> Iterator[Fault]:
    yield from _told(facts, "PS-1")


@rule("PS-2", on=(Booking,))
def chain_is_of_one_patient_and_date_in_its_order(facts: Facts[Booking]) -> Iterator[Fault]:
    yield from _told(facts, "PS-2")


@rule("PS-3", on=(Booking,))
def chain_lies_within_one_administration(facts: Facts[Booking]) -> Iterator[Fault]:
    yield from _told(facts, "PS-3")


@rule("PS-6", on=(Booking,))
def chain_has_one_primary(facts: Facts[Booking]) -> Iterator[Fault]:
    yield from _told(facts, "PS-6")


# -- what one contact must say itself --------------------------------------------------------------------------------


@rule("PS-1", on=(Booking,), attested=True)
def dependence_is_attested(facts: Facts[Booking]) -> Iterator[Fault]:
    if facts.message.chain and facts.message.chain.depends is None:
        yield Fault(
            "/chain/depends",
            "Kontakterna i en kedja är medicinskt beroende av varandra: intyga det med depends true, eller ta bort "
            "chain.",
            "The contacts of a chain depend on each other medically: attest it with depends true, or take chain away.",
        )


@rule("PS-7", on=(Booking,))
def convenience_makes_no_chain(facts: Facts[Booking]) -> Iterator[Fault]:
    if facts.message.chain and facts.message.chain.depends is False:
        yield Fault(
            "/chain/depends",
            "Besök som läggs samma dag bara för att bespara patienten en resa är ingen kedja: ta bort chain.",
            "Visits on one day only to spare the patient a journey are no chain: take chain away.",
            warns=True,
        )


@rule("PS-4", on=(Booking,))
def chain_is_of_planned_outpatient_contacts(facts: Facts[Booking]) -> Iterator[Fault]:
    booking = facts.message
    if booking.chain is None:
        return
    inpatient = facts.catalogue.unit(booking.performing_unit)["care_form"] == "inpatient"
    if booking.acute or booking.form is Form.ADMISSION or inpatient:
        yield Fault(
            "/chain",
            "En kedja är av planerade kontakter i öppenvård, inte akuta och inte i slutenvård: ta bort chain.",
            "A chain is of planned outpatient contacts, neither acute nor inpatient: take chain away.",
        )
    for number, line in enumerate(booking.lines):
        for field in ("room", "equipment"):
            if getattr(line, field) is not None and line.staff is None:
                yield Fault(
                    f"/lines/{number}/{field}",
                    "Rum och utrustning är inga kontakter i en kedja: bemanna raden, eller ta bort chain.",
                    "Rooms and equipment are no contacts of a chain: man the line, or take chain away.",
                )


@rule("PS-6", on=(Booking,))
def secondary_names_another_as_its_primary(facts: Facts[Booking]) -> Iterator[Fault]:
    booking = facts.message
    if booking.chain and booking.chain.primary == booking.number:
        yield Fault(
            "/chain/primary",
            "En kontakt är inte sin egen primärkontakt: utelämna primary på kedjans primärkontakt.",
            "A contact is not its own primary: leave primary out on the chain's primary contact.",
        )
