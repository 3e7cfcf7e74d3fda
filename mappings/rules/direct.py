"""Cases of 1177 direkt (domain 6): what follows from the table of `direct_scenarios`, and what may not be.

A case that the table decides has registrations; one that it does not is refused by the rule that stands in the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from datetime import UTC, date
from itertools import pairwise
from typing import Final

from mappings.region.direct_case import CareStaff, DirectAction, DirectCase, DirectScenario, took_part
from mappings.rules.direct_case import Taking, decision, registration, situation, staff_of, takings
from mappings.rules.direct_scenarios import ACTS, Handover, Who, of_situation
from mappings.rules.rulebook import Facts, Fault, derives, rule, updated

ON = (DirectCase,)

NURSES: Final = frozenset({CareStaff.NURSE})
OTHERS: Final = frozenset(CareStaff) - NURSES

FIRST_DAY, LAST_DAY = date(2023, 4, 11), date(2024, 4, 11)
"""*Gäller fr.o.m.* and *t.o.m.* of the instruction (DK-11)."""


# -- what is derived -------------------------------------------------------------------------------------------------


@derives("DK-6", on=ON)
def what_others_did_decides_whether_it_replaced_a_visit(facts: Facts[DirectCase]) -> tuple[DirectCase, Iterable[str]]:
    return _replacing(facts, OTHERS)


@derives("DK-9", on=ON)
def what_a_nurse_did_decides_whether_it_replaced_a_visit(facts: Facts[DirectCase]) -> tuple[DirectCase, Iterable[str]]:
    return _replacing(facts, NURSES)


def _replacing(facts: Facts[DirectCase], staff: Set[CareStaff]) -> tuple[DirectCase, Iterable[str]]:
    """Where the table leaves one answer, and none was given, that is the answer."""
    handlers, paths = list(facts.message.handlers), []
    for at, one in enumerate(takings(facts.message, facts.source)):
        [answer, *more] = one.answers or (None,)
        if one.part.staff in staff and one.part.replaces is None and answer is not None and not more:
            handlers[at] = updated(handlers[at], replaces_visit=answer)
            paths.append(f"{one.path}/replacesVisit")
    return (updated(facts.message, handlers=tuple(handlers)), paths) if paths else (facts.message, ())


@derives("DK-2", "DK-3", "DK-4", "DK-5", "DK-7", on=ON)
def registrations_are_read_off_the_table(facts: Facts[DirectCase]) -> tuple[DirectCase, Iterable[str]]:
    """All of them, or none where the case is not decided or the source lacks one of the contact types."""
    case = updated(facts.message, scenario=None, registrations=())
    found = decision(case, facts.source)
    if found is None or any(one.code is None for one in found.arising):
        return case, ()
    heading = found.scenario
    scenario = DirectScenario(section=heading.section, sv=heading.sv, en=heading.en, follows=heading.follows)
    made = tuple(registration(one, one.code, case.source) for one in found.arising if one.code)
    paths = ["/scenario", *(f"/registrations/{at}" for at in range(len(made)))]
    return updated(case, scenario=scenario, registrations=made), paths


@derives("DK-10", on=ON)
def case_is_closed_as_the_table_says(facts: Facts[DirectCase]) -> tuple[DirectCase, Iterable[str]]:
    """By nobody that we can name, where the case is not decided."""
    case = updated(facts.message, closed_by=None)
    found = decision(case, facts.source) if case.registrations else None
    return (updated(case, closed_by=found.closes), ("/closedBy",)) if found else (case, ())


# -- what may not be -------------------------------------------------------------------------------------------------


@rule("DK-1", on=ON)
def source_has_the_contact_types(facts: Facts[DirectCase]) -> Iterator[Fault]:
    if not any(row["direct"] for row in facts.source.table("contact-types").values()):
        yield Fault(
            "/source",
            "Källan har inga vårdkontakter för 1177 direkt: sänd från ett system som har det, eller be regionen fylla "
            "i kolumnen direct i contact-types.csv.",
            "The source has no contact types for 1177 direkt: send from a system that has, or ask the region to fill "
            "in the column direct of contact-types.csv.",
        )
        return
    found = decision(facts.message, facts.source)
    for one in found.arising if found else ():
        if one.code is None:
            yield Fault(
                one.path,
                "Källan saknar vårdkontakten som ska registreras här: be regionen fylla i kolumnen direct för alla fem "
                "i contact-types.csv.",
                "The source lacks the contact type that is to be registered here: ask the region to fill in the column "
                "direct of contact-types.csv for all five.",
            )


@rule("DK-2", on=ON)
def it_is_said_whether_a_visit_was_replaced(facts: Facts[DirectCase]) -> Iterator[Fault]:
    for one in takings(facts.message, facts.source):
        if one.part.replaces is None and len(one.answers) > 1:
            yield Fault(
                f"{one.path}/replacesVisit",
                "Vad som registreras beror på om kontakten ersätter ett besök: sänd replacesVisit.",
                "What is registered depends on whether the contact replaces a visit: send replacesVisit.",
            )


@rule("DK-3", on=ON)
def handed_over_once_by_a_nurse(facts: Facts[DirectCase]) -> Iterator[Fault]:
    at = situation(facts.message, facts.source)
    undescribed = at is not None and at.handover is not Handover.NONE and not of_situation(at, Who.FIRST)
    if undescribed or len(facts.message.handlers) > 2:
        yield Fault(
            "/handlers",
            "Anvisningen beskriver en överlämning i 1177 direkt: från en sjuksköterska till läkare eller annan hälso- "
            "och sjukvårdspersonal: sänd bara de två, och registrera övriga enligt regionens allmänna anvisning för "
            "distanskontakter.",
            "The instruction describes one handover in 1177 direkt: from a nurse to a physician or other care staff: "
            "send only those two, and register the others by the region's general instruction for distance contacts.",
        )


@rule("DK-3", on=ON, attested=True)
def handed_over_for_the_same_complaint(facts: Facts[DirectCase]) -> Iterator[Fault]:
    first, *receivers = facts.message.handlers
    if first.same_complaint is not None:
        yield Fault(
            "/handlers/0/sameComplaint",
            "Den första har ingen före sig att ha samma besvär som: ta bort sameComplaint.",
            "The first has nobody before her to share a complaint with: take sameComplaint away.",
        )
    for at, receiver in enumerate(receivers, 1):
        if receiver.same_complaint is not True:
            yield Fault(
                f"/handlers/{at}/sameComplaint",
                "Ett ärende gäller ett besvär: intyga sameComplaint true för den som tar över, eller sänd det andra "
                "besväret som ett eget ärende.",
                "A case is about one complaint: attest sameComplaint true for whoever takes over, or send the other "
                "complaint as a case of its own.",
            )


@rule("DK-4", on=ON, attested=True)
def visit_belongs_to_the_case(facts: Facts[DirectCase]) -> Iterator[Fault]:
    visit = facts.message.physical_visit
    if visit is not None and visit.same_complaint is not True:
        yield Fault(
            "/physicalVisit/sameComplaint",
            "Besöket hör till ärendet om det gäller samma besvär: intyga sameComplaint true, eller ta bort besöket, "
            "som då är ett vanligt besök för sig.",
            "The visit belongs to the case if it is for the same complaint: attest sameComplaint true, or take the "
            "visit away, which is then an ordinary visit by itself.",
        )
    if visit is not None and visit.unit != facts.message.handlers[-1].unit:
        yield Fault(
            "/physicalVisit/unit",
            "Besöket är på en annan enhet än den som sist hanterade ärendet: rätta enheten, eller ta bort besöket, som "
            "den enheten registrerar själv, och sänd referredTo.",
            "The visit is at another unit than the one that handled the case last: mend the unit, or take the visit "
            "away, which that unit registers itself, and send referredTo.",
        )


@rule("DK-5", on=ON)
def directed_to_another_unit_without_the_service(facts: Facts[DirectCase]) -> Iterator[Fault]:
    case = facts.message
    if case.referred_to is None:
        return
    if case.referred_to.has_direct:
        yield Fault(
            "/referredTo/hasDirect",
            "Till en enhet som har 1177 direkt lämnas ärendet över i tjänsten: ta bort referredTo och sänd mottagaren "
            "bland handlers.",
            "To a unit that has 1177 direkt a case is handed over in the service: take referredTo away and send the "
            "receiver among handlers.",
        )
    if case.physical_visit is not None:
        yield Fault(
            "/physicalVisit",
            "Patienten har både hänvisats till en annan enhet och träffats fysiskt: sänd det ena, det andra är en "
            "kontakt för sig.",
            "The patient was both directed to another unit and met physically: send one of them, the other is a "
            "contact by itself.",
        )
    if case.referred_to.unit == case.handlers[-1].unit:
        yield Fault(
            "/referredTo/unit",
            "Patienten hänvisas till en annan enhet än den som hanterade ärendet: rätta enheten.",
            "The patient is directed to another unit than the one that handled the case: mend the unit.",
        )


@rule("DK-6", on=ON)
def alone_licensed_staff_handle_a_case(facts: Facts[DirectCase]) -> Iterator[Fault]:
    for path, one in took_part(facts.message):
        in_table = one.profession in facts.source.table("professions")
        if in_table and staff_of(facts.source, one.profession) is None:
            yield Fault(
                f"{path}/profession",
                "Yrkesrollen har ingen del i 1177 direkt: rätta den, eller be regionen fylla i kolumnen care_staff i "
                "professions.csv.",
                "The profession has no part in 1177 direkt: mend it, or ask the region to fill in the column "
                "care_staff of professions.csv.",
            )
    at = situation(facts.message, facts.source)
    if at and at.handover is Handover.NONE and not of_situation(at, Who.FIRST):
        yield Fault(
            "/handlers/0/profession",
            "Ensam hanteras ett ärende av sjuksköterska, läkare eller annan legitimerad personal: rätta yrkesrollen.",
            "Alone, a nurse, a physician or other licensed staff handle a case: mend the profession.",
        )
    yield from _undecided(facts, OTHERS)


@rule("DK-9", on=ON)
def nurse_does_what_is_a_nurses(facts: Facts[DirectCase]) -> Iterator[Fault]:
    yield from _undecided(facts, NURSES)


def _undecided(facts: Facts[DirectCase], staff: Set[CareStaff]) -> Iterator[Fault]:
    """What those of some professions said of what they did, and the table has no row for."""
    for one in takings(facts.message, facts.source):
        if one.part.staff not in staff or not one.open:
            continue
        if one.passes_on:
            yield from _said_too_much(one)
        elif not one.doing:
            yield _another_action(one)
        elif one.part.replaces not in (*one.answers, None):
            yield Fault(
                f"{one.path}/replacesVisit",
                "Åtgärd, behandling och remiss efter bedömning ersätter alltid ett besök: sänd replacesVisit true, "
                "eller rätta action.",
                "An action, a treatment and a referral after assessment always replace a visit: send replacesVisit "
                "true, or mend action.",
            )


def _said_too_much(one: Taking) -> Iterator[Fault]:
    for name, field in (("action", "action"), ("replacesVisit", "replaces_visit"), ("byTelephone", "by_telephone")):
        if getattr(one.one, field, None) is not None:
            yield Fault(
                f"{one.path}/{name}",
                f"Den som lämnar över samma dag, på samma enhet och för samma besvär varken registrerar eller "
                f"dokumenterar: ta bort {name}.",
                f"Whoever hands over on the same day, at the same unit and for the same complaint neither registers "
                f"nor documents: take {name} away.",
            )


def _another_action(one: Taking) -> Fault:
    known = frozenset[DirectAction | None]().union(*(row.actions for _, row in one.open))
    words = ", ".join(action for action in DirectAction if action in known and one.part.staff in ACTS[action])
    return Fault(
        f"{one.path}/action",
        f"Anvisningen säger inte vad som registreras för det som gjordes här: sänd action som något av {words}, eller "
        "registrera enligt regionens allmänna anvisning för distanskontakter.",
        f"The instruction does not say what is registered for what was done here: send action as one of {words}, or "
        "register by the region's general instruction for distance contacts.",
    )


@rule("DK-11", on=ON)
def instruction_is_in_force(facts: Facts[DirectCase]) -> Iterator[Fault]:
    if not facts.catalogue.switches.get("DK-11", True):
        return
    for path, one in took_part(facts.message):
        if not FIRST_DAY <= one.start.date() <= LAST_DAY:
            yield Fault(
                f"{path}/start",
                "Anvisningen för 1177 direkt gäller från 2023-04-11 till 2024-04-11: kontrollera att den fortfarande "
                "används, eller slå av regeln i region.toml.",
                "The instruction for 1177 direkt is in force from 2023-04-11 to 2024-04-11: see that it is still used, "
                "or switch the rule off in region.toml.",
                warns=True,
            )


@rule("IN-9", on=ON)
def they_come_in_their_order(facts: Facts[DirectCase]) -> Iterator[Fault]:
    for (_, before), (path, one) in pairwise(took_part(facts.message)):
        if one.start.astimezone(UTC) < before.start.astimezone(UTC):
            yield Fault(
                f"{path}/start",
                "Det här var före det som står före: sänd dem i den ordning de hanterade ärendet, eller rätta start.",
                "This was before what stands before it: send them in the order in which they handled the case, or mend "
                "start.",
            )


@rule("IN-18", on=ON)
def derived_is_not_sent(facts: Facts[DirectCase]) -> Iterator[Fault]:
    sent = facts.sent
    for name, value in (
        ("scenario", sent.scenario),
        ("registrations", sent.registrations),
        ("closedBy", sent.closed_by),
    ):
        if value:
            yield Fault(
                f"/{name}",
                f"Vad ärendet leder till härleds: ta bort {name}.",
                f"What a case leads to is derived: take {name} away.",
            )
