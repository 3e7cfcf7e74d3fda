"""Care events (domain 4): how they end, why they were, whose they are, and what codes follow from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from pydantic.alias_generators import to_camel

from mappings.codes.care_events import KIND, Ending, EventClass, class_of
from mappings.codes.tables import STAFF_KVA, VISIT_KVA
from mappings.region.care_event import CareEvent, EventStatus, EventType, Follows, Outcome, OutcomeKind
from mappings.rules.due import last_minute, next_due, taken
from mappings.rules.event_types import BEGUN, OUTPATIENT_TO_COME
from mappings.rules.rulebook import Facts, Fault, derives, rule, updated
from mappings.rules.visit_types import parsed
from mappings.shape.codec import STOCKHOLM

ON = (CareEvent,)
S = EventStatus


class Chosen(NamedTuple):
    """What an outcome is sent with."""

    demands: tuple[str, ...]
    allows: tuple[str, ...]
    follows: Follows


OUTCOMES: Final = MappingProxyType(
    {
        OutcomeKind.END_COMMITMENT: Chosen(("reason",), (), Follows.COMMITMENT_ENDED),
        OutcomeKind.FOLLOW_UP: Chosen(("addressees", "interval"), (), Follows.BOOKING_REQUEST),
        OutcomeKind.WAIT: Chosen(("reason",), (), Follows.WATCHED),
        OutcomeKind.NO_FURTHER_PLANNING: Chosen((), ("planned_as",), Follows.MISSING_RETURN_VISIT),
    }
)
"""SDV 3.1.3; no further planning leads nowhere else where a booking or a request is named."""


# -- derived ---------------------------------------------------------------------------------------------------------


@derives("OR-2", on=ON)
def institution_follows_from_the_performing_unit(facts: Facts[CareEvent]) -> tuple[CareEvent, Iterable[str]]:
    """As the catalogue says; a unit of which it names no other is its own."""
    event = facts.message
    unit = event.performing_unit
    if event.producing_institution is not None or unit not in facts.catalogue.administrations:
        return event, ()
    found = facts.catalogue.unit(unit)["institution"] or unit
    return updated(event, producing_institution=found), ("/producingInstitution",)


@derives("EV-7", on=ON)
def discharge_is_automatic_for_some_types(facts: Facts[CareEvent]) -> tuple[CareEvent, Iterable[str]]:
    """One that the source calls discharged, without saying when. Others by the clock (`rules.due`): a message that
    comes when that time has passed is as the clock has left the event."""
    event = facts.message
    automatic = event.event_type is not None and KIND[event.event_type].discharge is Ending.AUTOMATIC
    if event.status is S.FINISHED and event.end is None and event.start and automatic:
        return updated(event, end=last_minute(event.start)), ("/end",)
    due = next_due(event)
    if due is None or due.rule != "EV-7" or due.at > facts.now:
        return event, ()
    after = taken(event, due)
    moved = (name for name in ("status", "checked_out", "end") if getattr(after, name) != getattr(event, name))
    return after, [f"/{to_camel(name)}" for name in moved]


@derives("EV-6", on=ON)
def outcome_says_what_follows(facts: Facts[CareEvent]) -> tuple[CareEvent, Iterable[str]]:
    """A commitment that is ended has its end then."""
    event, outcome = facts.message, facts.message.outcome
    if outcome is None or outcome.follows is not None:
        return event, ()
    follows = Follows.ALREADY_PLANNED if outcome.planned_as else OUTCOMES[outcome.kind].follows
    event, paths = updated(event, outcome=updated(outcome, follows=follows)), ["/outcome/follows"]
    commitment = event.care_commitment
    if outcome.kind is OutcomeKind.END_COMMITMENT and commitment and commitment.end is None:
        day = (event.checked_out or event.end or facts.now).astimezone(STOCKHOLM).date()
        event = updated(event, care_commitment=updated(commitment, end=day))
        paths.append("/careCommitment/end")
    return event, paths


@derives("CO-1", on=ON)
def visit_code_follows_form_and_contact_type(facts: Facts[CareEvent]) -> tuple[CareEvent, Iterable[str]]:
    """The source's table says which code a contact type has, or that a visit of it has its form's; else it has none."""
    event = facts.message
    said = facts.source.row("contact-types", event.contact_type)["kva"]
    code = VISIT_KVA.get(event.form.value) if said == "visit" else said
    if event.status not in BEGUN or event.event_type is EventType.ANNULLED:
        return event, ()
    return (updated(event, kva=code), ("/kva",)) if code and event.kva is None else (event, ())


@derives("CO-2", on=ON)
def member_code_follows_staff_category(facts: Facts[CareEvent]) -> tuple[CareEvent, Iterable[str]]:
    """Category from the profession where it is not given; categories without a code get none."""
    paths, filled = [], []
    for number, line in enumerate(facts.message.lines):
        category = line.staff_category or facts.source.row("professions", line.profession)["staff_category"] or None
        said = {"staff_category": category} if category != line.staff_category else {}
        if category and category in STAFF_KVA and line.kva is None:
            said["kva"] = STAFF_KVA[category]
        paths += [f"/lines/{number}/{'staffCategory' if name == 'staff_category' else name}" for name in said]
        filled.append(updated(line, **said) if said else line)
    return (updated(facts.message, lines=tuple(filled)), paths) if paths else (facts.message, ())


# -- units -------------------------------------------------------------------------------------------------


@rule("OR-2", on=ON)
def event_has_three_units(facts: Facts[CareEvent]) -> Iterator[Fault]:
    for field in ("producing_institution", "responsible_unit", "performing_unit"):
        if getattr(facts.message, field) is None:
            yield Fault(
                f"/{to_camel(field)}",
                "En vårdhändelse har producerande vårdinrättning, medicinskt ansvarig enhet och vårdutförande enhet: "
                "sänd den som saknas, eller be regionen lägga in den i katalogen.",
                "A care event has a producing institution, a medically responsible unit and a performing unit: send "
                "the one that is missing, or ask the region to add it to the catalogue.",
            )


# -- how it ends -----------------------------------------------------------------------------------------------------


@rule("EV-6", on=ON)
def manual_check_out_has_an_outcome(facts: Facts[CareEvent]) -> Iterator[Fault]:
    event = facts.message
    manual = event.event_type is not None and KIND[event.event_type].check_out is Ending.MANUAL
    known = bool(facts.source.table("outcome-reasons"))
    by_hand = facts.sent.status
    out = event.checked_out is not None or by_hand is S.CHECKED_OUT or (by_hand is S.FINISHED and known)
    if event.outcome is None and manual and out:
        yield Fault(
            "/outcome",
            "Vid manuell utcheckning väljs utfallet av besöket: sänd outcome med kind.",
            "At a manual check-out the outcome of the visit is chosen: send outcome with kind.",
        )
    if event.outcome is not None:
        yield from _outcome(facts, event.outcome)


def _outcome(facts: Facts[CareEvent], outcome: Outcome) -> Iterator[Fault]:
    chosen = OUTCOMES[outcome.kind]
    for field in ("reason", "addressees", "interval", "planned_as"):
        said = getattr(outcome, field) not in (None, ())
        if field in chosen.demands and not said:
            yield Fault(
                f"/outcome/{to_camel(field)}",
                "Utfallet kräver mer: sänd orsak när vårdåtagandet avslutas eller när man avvaktar, och mottagare och "
                "intervall vid uppföljning.",
                "The outcome demands more: send a reason where the commitment ends or something is waited for, and "
                "addressees and interval for a follow-up.",
            )
        elif said and field not in chosen.demands + chosen.allows:
            yield Fault(
                f"/outcome/{to_camel(field)}",
                "Fältet hör till ett annat utfall: ta bort det, eller ändra kind.",
                "The field belongs to another outcome: take it away, or change kind.",
            )
    if outcome.kind is OutcomeKind.END_COMMITMENT and facts.message.care_commitment is None:
        yield Fault(
            "/careCommitment",
            "Det vårdåtagande som avslutas ska anges: sänd careCommitment med dess nummer.",
            "The commitment that ends is to be named: send careCommitment with its number.",
        )
    reason = facts.source.row("outcome-reasons", outcome.reason)
    if reason["outcome"] and reason["outcome"] != outcome.kind.value and "reason" in chosen.demands:
        yield Fault(
            "/outcome/reason",
            "Orsaken hör till ett annat utfall: välj en som hör till det här.",
            "The reason belongs to another outcome: choose one of this one.",
        )
    if outcome.kind is OutcomeKind.NO_FURTHER_PLANNING and outcome.planned_as is None:
        yield Fault(
            "/outcome/plannedAs",
            "Ingen ytterligare planering väljs bara när det finns en bokning eller bokningsbegäran: ange dess nummer, "
            "annars hamnar patienten under Saknar återbesök.",
            "No further planning is chosen only where there is a booking or a booking request: give its number, else "
            "the patient comes on the missing-return-visit list.",
            warns=True,
        )


@rule("IN-18", on=ON)
def what_follows_is_not_sent(facts: Facts[CareEvent]) -> Iterator[Fault]:
    if facts.sent.outcome and facts.sent.outcome.follows is not None:
        yield Fault(
            "/outcome/follows",
            "Vad utfallet leder till härleds: ta bort follows.",
            "What the outcome leads to is derived: take follows away.",
        )


@rule("IN-8", on=ON)
def begun_event_says_when(facts: Facts[CareEvent]) -> Iterator[Fault]:
    event = facts.message
    if event.status in BEGUN and event.start is None:
        yield Fault(
            "/start",
            "Kontakten har börjat: sänd start, när patienten kom eller skrevs in.",
            "The contact has begun: send start, when the patient came or was admitted.",
        )
    elif event.status is S.FINISHED and event.end is None:
        yield Fault(
            "/end",
            "En utskriven vårdhändelse har en sluttid, och den här typen skrivs inte ut av sig själv: sänd end.",
            "A discharged event has an end time, and this type is not discharged by itself: send end.",
        )


@rule("IN-9", on=ON)
def event_ends_after_it_starts(facts: Facts[CareEvent]) -> Iterator[Fault]:
    event = facts.message
    if event.start and event.end and event.end.astimezone(UTC) < event.start.astimezone(UTC):
        yield Fault(
            "/end",
            "Slutet ligger före början: rätta start eller end.",
            "The end is before the start: mend start or end.",
        )
    if event.start and event.checked_out and event.checked_out.astimezone(UTC) < event.start.astimezone(UTC):
        yield Fault(
            "/checkedOut",
            "Utcheckningen ligger före ankomsten: rätta start eller checkedOut.",
            "The check-out is before the arrival: mend start or checkedOut.",
        )


@rule("IN-15", on=ON)
def booking_has_been_taken_in(facts: Facts[CareEvent]) -> Iterator[Fault]:
    if facts.message.booking is not None and not facts.booking_known:
        yield Fault(
            "/booking",
            "Bokningen är inte mottagen från samma källa: sänd den först, eller rätta numret i booking.",
            "The booking has not been taken in from the same source: send it first, or mend the number in booking.",
        )


# -- why, and which visit --------------------------------------------------------------------------------------------


@rule("EV-8", on=ON)
def contact_reason_is_one_of_the_visit_types(facts: Facts[CareEvent]) -> Iterator[Fault]:
    """Asked of the visits and contacts of a source that makes its visit types of their parts, which reasons are tied
    to (SDV 3.2)."""
    event, reasons = facts.message, facts.source.table("visit-kinds")
    asked = class_of(event.event_type) is EventClass.OUTPATIENT or event.event_type in OUTPATIENT_TO_COME
    if event.reason is None and reasons and asked and event.status is not S.ANNULLED:
        yield Fault(
            "/reason",
            "Vårdkontaktsorsaken är obligatorisk: välj den som är huvudsyftet, eller en ospecificerad.",
            "The contact reason is mandatory: choose the main purpose, or an unspecified one.",
        )
    tied = facts.source.row("contact-reasons", event.reason).several("visit_types")
    if tied and event.visit_type not in tied:
        yield Fault(
            "/reason",
            "Vårdkontaktsorsaken är inte kopplad till besökstypen: välj en som är det, eller rätta visitType.",
            "The contact reason is not tied to the visit type: choose one that is, or mend visitType.",
        )


@rule("IN-9", on=ON)
def parts_agree_with_the_visit_type(facts: Facts[CareEvent]) -> Iterator[Fault]:
    event, parts = facts.message, parsed(facts.source, facts.message.visit_type)
    for path, said, of_type in (
        ("/careArea", event.care_area, parts and parts.care_area),
        ("/visitKind", event.visit_kind, parts and parts.kind),
    ):
        if parts and said != of_type:
            yield Fault(
                path,
                "Besökstypen säger något annat: rätta det här fältet eller visitType.",
                "The visit type says something else: mend this field or visitType.",
            )


def _unlike(items: tuple[Any, ...]) -> Iterator[int]:
    """Places of those whose number stands further up already."""
    numbers = [one.number for one in items]
    yield from (at for at, number in enumerate(numbers) if number in numbers[:at])


@rule("IN-9", on=ON)
def each_code_has_a_number_of_its_own(facts: Facts[CareEvent]) -> Iterator[Fault]:
    lines = {line.number for line in facts.message.lines}
    for field in ("diagnoses", "external_causes", "procedures"):
        items = getattr(facts.message, field)
        for at in _unlike(items):
            yield Fault(
                f"/{to_camel(field)}/{at}/number",
                "Två i listan har samma nummer: ge var och en sitt eget.",
                "Two in the list have the same number: give each its own.",
            )
        for at, item in enumerate(items):
            if getattr(item, "line", None) not in {None, *lines}:
                yield Fault(
                    f"/{to_camel(field)}/{at}/line",
                    "Raden finns inte i vårdhändelsen: ange numret på en av dess rader.",
                    "The event has no such line: give the number of one of its lines.",
                )
