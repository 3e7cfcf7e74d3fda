"""The care event of a contact over 1177 direkt (domain 6): its contact type, and what that asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from mappings.region.care_event import CareEvent, EventStatus
from mappings.region.direct_case import DirectContact
from mappings.rules.rulebook import Facts, Fault, derives, rule, updated

ON = (CareEvent,)

REPLACES: Final = {
    DirectContact.TEXT: False,
    DirectContact.DISTANCE: True,
    DirectContact.TELEPHONE: False,
    DirectContact.TELEPHONE_VISIT: True,
}
"""The contact types that carry the attribute (DIREKT 4.3), and whether each replaces a visit."""


def replacing(facts: Facts[CareEvent]) -> bool | None:
    """What the contact type of a contact over 1177 direkt says; None of any other contact."""
    event = facts.message
    part = facts.source.row("contact-types", event.contact_type)["direct"]
    return REPLACES.get(DirectContact(part)) if event.direct and part else None


@derives("DK-2", on=ON)
def contact_type_says_whether_a_visit_was_replaced(facts: Facts[CareEvent]) -> tuple[CareEvent, Iterable[str]]:
    event, replaces = facts.message, replacing(facts)
    if event.replaces_visit is not None or replaces is None:
        return event, ()
    return updated(event, replaces_visit=replaces), ("/replacesVisit",)


@rule("DK-1", on=ON)
def attribute_stands_on_contacts_over_the_service(facts: Facts[CareEvent]) -> Iterator[Fault]:
    """A *mottagningsbesök* never carries it, whatever came before."""
    if facts.message.direct and replacing(facts) is None:
        yield Fault(
            "/direct",
            "Kontakttypen har inte attributet 1177 direkt: ta bort direct, eller rätta contactType till en text-, "
            "distans- eller telefonkontakt; regionen fyller i kolumnen direct i contact-types.csv.",
            "The contact type does not carry the attribute 1177 direkt: take direct away, or mend contactType to a "
            "text, distance or telephone contact; the region fills in the column direct of contact-types.csv.",
        )


@rule("DK-2", on=ON)
def what_replaces_a_visit_has_a_diagnosis(facts: Facts[CareEvent]) -> Iterator[Fault]:
    """Once it has ended; what replaces none is asked for nothing (CO-3 is not asked of these)."""
    event, replaces = facts.message, replacing(facts)
    if replaces is None:
        return
    if event.replaces_visit is not replaces:
        yield Fault(
            "/replacesVisit",
            "Kontakttypen säger något annat om huruvida kontakten ersätter ett besök: ta bort replacesVisit, eller "
            "rätta contactType.",
            "The contact type says otherwise of whether the contact replaces a visit: take replacesVisit away, or mend "
            "contactType.",
        )
    if replaces and event.status is EventStatus.FINISHED and not event.diagnoses:
        yield Fault(
            "/diagnoses",
            "Det som ersätter ett besök har en diagnos: sänd den först i diagnoses, och KVÅ-koder i procedures vid "
            "behov.",
            "What replaces a visit has a diagnosis: send it first in diagnoses, and KVÅ codes in procedures where "
            "relevant.",
        )
