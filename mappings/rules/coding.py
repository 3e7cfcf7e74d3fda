"""How events are coded (domain 4, CO; TE-7)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mappings.codes.care_events import CODED
from mappings.codes.tables import STAFF_KVA, VISIT_KVA
from mappings.region.care_event import CareEvent, EventForm, EventStatus, EventType
from mappings.region.catalogue_columns import CONTACT_KVA
from mappings.rules.rulebook import Facts, Fault, rule

ON = (CareEvent,)

AUTOMATIC: Final = frozenset({*VISIT_KVA.values(), *STAFF_KVA.values(), *CONTACT_KVA}) - {"", "visit"}
"""XS codes that follow from the registration (CO-1, CO-2)."""

EXTERNAL: Final = frozenset("VWXY")
"""Chapter XX of ICD-10-SE, external causes, by first letter."""


@rule("CO-3", on=ON)
def contact_is_coded(facts: Facts[CareEvent]) -> Iterator[Fault]:
    """By every profession: the rule does not ask who (SDV 7, 7.4). Of a contact over 1177 direkt DK-2 asks."""
    event = facts.message
    if event.diagnoses or event.status is not EventStatus.FINISHED or event.direct:
        return
    if event.event_type is EventType.WITHOUT_VISIT and event.replaces_visit:
        yield Fault(
            "/diagnoses",
            "En distanskontakt som ersätter ett besök kodas, vilket yrke man än har: sänd huvuddiagnosen först i "
            "diagnoses.",
            "A distance contact that replaces a visit is coded, whatever the profession: send the main diagnosis "
            "first in diagnoses.",
        )
    elif event.event_type in CODED:
        yield Fault(
            "/diagnoses",
            "Kontakten är avslutad men inte kodad: sänd huvuddiagnosen först i diagnoses när den är satt.",
            "The contact has ended and is not coded: send the main diagnosis first in diagnoses once it is set.",
            warns=True,
        )


@rule("CO-3", on=ON)
def external_causes_stand_apart(facts: Facts[CareEvent]) -> Iterator[Fault]:
    for at, diagnosis in enumerate(facts.message.diagnoses):
        if diagnosis.code[0] in EXTERNAL:
            yield Fault(
                f"/diagnoses/{at}/code",
                "Koden är en yttre orsak (V–Y) och ingen diagnos: sänd den i externalCauses.",
                "The code is an external cause (V-Y) and no diagnosis: send it in externalCauses.",
            )
    for at, cause in enumerate(facts.message.external_causes):
        if cause.code[0] not in EXTERNAL:
            yield Fault(
                f"/externalCauses/{at}/code",
                "Yttre orsaker har koder på V–Y: sänd diagnoser i diagnoses.",
                "External causes have codes on V-Y: send diagnoses in diagnoses.",
            )


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
    for at, procedure in enumerate(facts.sent.procedures):
        if procedure.code in AUTOMATIC:
            yield Fault(
                f"/procedures/{at}/code",
                "Koden hämtas automatiskt från besöksregistreringen och används inte i den medicinska registreringen: "
                "ta bort den.",
                "The code is fetched from the registration of the visit, and is not used in the medical one: take it "
                "away.",
            )


@rule("TE-7", on=ON)
def main_diagnosis_is_the_whole_teams(facts: Facts[CareEvent]) -> Iterator[Fault]:
    event = facts.message
    team = event.form in (EventForm.TEAM, EventForm.GROUP_TEAM)
    if team and event.diagnoses and event.diagnoses[0].line is not None:
        yield Fault(
            "/diagnoses/0/line",
            "Huvuddiagnosen är densamma för alla i teamet: ta bort line där; bidiagnoser kan vara var och ens.",
            "The main diagnosis is the same for all of the team: take line away there; secondary ones may be each "
            "member's own.",
        )
