"""Care events (domain 4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC

from mappings.codes.tables import STAFF_KVA, VISIT_KVA
from mappings.region.care_event import CareEvent, EventStatus, EventType
from mappings.rules.rulebook import Facts, Fault, derives, rule, updated

ON = (CareEvent,)


@derives("CO-1", on=ON)
def visit_code_follows_form_and_contact_type(facts: Facts[CareEvent]) -> tuple[CareEvent, Iterable[str]]:
    """The source's table says which code a contact type has, or that a visit of it has its form's; else it has none."""
    event = facts.message
    said = facts.source.row("contact-types", event.contact_type)["kva"]
    code = VISIT_KVA.get(event.form.value) if said == "visit" else said
    if event.status is EventStatus.ANNULLED or event.event_type is EventType.ANNULLED:
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


@rule("CO-4", on=ON)
def xs_codes_are_never_sent(facts: Facts[CareEvent]) -> Iterator[Fault]:
    said = {"/kva": facts.sent.kva} | {f"/lines/{number}/kva": line.kva for number, line in enumerate(facts.sent.lines)}
    for path, code in said.items():
        if code is not None:
            yield Fault(
                path,
                "XS-koderna sätts av systemet och sänds aldrig: ta bort kva.",
                "XS codes are set by the system and never sent: take kva away.",
            )


@rule("EV-1", on=ON)
def event_has_one_type(facts: Facts[CareEvent]) -> Iterator[Fault]:
    if facts.message.event_type is None:
        yield Fault(
            "/eventType",
            "Varje kontakt är en vårdhändelse av en typ: sänd den i eventType.",
            "Every contact is a care event of one type: send it in eventType.",
        )


@rule("IN-15", on=ON)
def booking_has_been_taken_in(facts: Facts[CareEvent]) -> Iterator[Fault]:
    if facts.message.booking is not None and not facts.booking_known:
        yield Fault(
            "/booking",
            "Bokningen är inte mottagen från samma källa: sänd den först, eller rätta numret i booking.",
            "The booking has not been taken in from the same source: send it first, or mend the number in booking.",
        )


@rule("IN-9", on=ON)
def event_ends_after_it_starts(facts: Facts[CareEvent]) -> Iterator[Fault]:
    event = facts.message
    if event.end is not None and event.end.astimezone(UTC) < event.start.astimezone(UTC):
        yield Fault(
            "/end",
            "Slutet ligger före början: rätta start eller end.",
            "The end is before the start: mend start or end.",
        )
