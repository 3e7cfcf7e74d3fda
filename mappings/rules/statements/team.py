"""Team visits, group visits, and primary and secondary contacts (domain.md 3)."""

from __future__ import annotations

from typing import Final

from mappings.rules.statements.statement import Statement

TEAM: Final[tuple[Statement, ...]] = (
    Statement(
        id="TE-1",
        severity=("E",),
        sv="Ett teambesök är när patienten möter två eller flera ur olika yrken med eget behandlingsansvar, "
        "samtidigt eller i anslutning till varandra, med en samlad bedömning; assisterande uppgifter räknas "
        "inte.",
        en="At a team visit the patient meets two or more staff of different professions, each with an own "
        "treatment responsibility, at the same time or one after the other, summed up in one joint "
        "assessment; assisting tasks do not count.",
        source="COSMIC: Teambesök; SDV 2.1",
    ),
    Statement(
        id="TE-2",
        severity=("E",),
        sv="Besök som läggs efter varandra bara för att underlätta för patienten är inte teambesök utan "
        "enskilda, samordnade besök, oberoende av varandra och med avgift för varje.",
        en="Visits placed one after the other only for the patient's convenience are no team visit but single, "
        "co-ordinated visits, independent of each other and with a fee for each.",
        source="COSMIC: Teambesök; SDV 2.1",
    ),
    Statement(
        id="TE-3",
        severity=("E",),
        sv="Ett teambesök är en vårdkontakt för patienten med en rad per teammedlem och en ägare: läkaren om en "
        "ingår, annars den som teamet kommit överens om; besöket registreras på ägaren.",
        en="A team visit is one contact for the patient with one line (Appointment.participant) per member and "
        "one owner: the physician if there is one, else the one agreed on; the visit is registered on the "
        "owner.",
        source="COSMIC: Teambesök; SDV 2.1",
    ),
    Statement(
        id="TE-4",
        severity=("E", "W"),
        sv="Ägarens vårdtjänst har team i namnet; övriga bokas med en vårdtjänst för medverkande och med ägarens "
        "kontakttyp.",
        en="The owner's care service has team in its name; the others book a participation service (medverkande) "
        "with the owner's contact type.",
        source="COSMIC: Teambesök",
    ),
    Statement(
        id="TE-5",
        severity=("E",),
        sv="Är teambesöket ett nybesök är det ett nybesök för varje medlem.",
        en="If the team visit is a new visit, it is one for every member.",
        source="COSMIC: Teambesök",
    ),
    Statement(
        id="TE-6",
        severity=("E",),
        sv="När ett teambesök bokas direkt har medlemmarna samma tidsåtgång och starttid, var och en i egen "
        "tidbok; med olika tidsåtgång eller utan förberett schema bokas det som samplanering.",
        en="Booked straight, team members have the same duration and start at the same time, each in an own time "
        "book; with different durations, or no schedule prepared for it, the visit is booked as co-planning.",
        source="COSMIC: Teambesök",
    ),
    Statement(
        id="TE-7",
        severity=("E",),
        sv="Huvuddiagnosen är densamma för alla i teamet; bidiagnoser och KVÅ-koder kan vara varje medlems egna.",
        en="The main diagnosis is one and the same for all members; secondary diagnoses and KVÅ codes may be "
        "each member's own.",
        source="SDV 2.1",
    ),
    Statement(
        id="TE-8",
        severity=("E",),
        sv="Ett teambesök över enhetsgränser registreras på den enhet som patienten fysiskt besökt; en annan "
        "enhets del får vara ett konsultbesök.",
        en="A team visit across units is registered at the unit the patient physically visited; another unit's "
        "part may be a consultation.",
        source="SDV 2.1",
    ),
    Statement(
        id="TE-9",
        severity=("W",),
        sv="En teammedlem räknas bara med ett självständigt arbete som dokumenteras i journalen.",
        en="A team member counts only with independent work documented in the record.",
        source="SDV 2.1",
    ),
    Statement(
        id="TE-10",
        severity=("E",),
        sv="Teambesök finns bara som öppenvårdsbesök eller hemsjukvårdsbesök; ett enskilt besök är en patient "
        "med en ur personalen eller ett vårdteam.",
        en="Team visits exist only as outpatient or home health care visits; a single visit (enskilt besök) is "
        "one patient with one member of staff or a care team.",
        source="SDV 2.1",
    ),
    Statement(
        id="TE-11",
        severity=("W",),
        sv="En rad i ett teambesök får stå på ett vårdtjänstschema, en lokal eller utrustning och bemannas "
        "senare; då gäller BO-18.",
        en="A team line may stand on a care-service schedule, room or equipment and be staffed later; BO-18 then "
        "applies.",
        source="COSMIC: Teambesök",
    ),
    Statement(
        id="TE-12",
        severity=("E",),
        sv="Samplanerade åtgärder i ett teambesök börjar samtidigt som huvudåtgärden, och ett enda besök "
        "registreras i kassan.",
        en="Co-planned team actions share the main action's start, and one visit is registered at the desk.",
        source="COSMIC: Teambesök",
    ),
    Statement(
        id="GR-1",
        severity=("E",),
        sv="Ett gruppbesök är när fler än en patient möter personal samtidigt; gruppen ska finnas före "
        "bokningen, och när en enskild medlem avbokas ska åter väntelista vara urbockad.",
        en="At a group visit more than one patient meets staff at the same time; the group must exist first, and "
        "when a single member is cancelled, back-to-waiting-list must be off.",
        source="COSMIC: Gruppbesök, Ombokning och avbokning av grupp och gruppmedlem; SDV 2.1",
    ),
    Statement(
        id="GR-2",
        severity=("E",),
        sv="För ett gruppteambesök gäller reglerna för både gruppbesök och teambesök.",
        en="A group team visit follows the rules of both group visits and team visits.",
        source="COSMIC: Gruppteambesök",
    ),
    Statement(
        id="GR-3",
        severity=("E",),
        sv="Hela eller delar av gruppen bokas, hela gruppen om- eller avbokas som en bokning, och en medlem kan "
        "bara avbokas, utan åter väntelista; ingen patient ombokar själv.",
        en="All or part of a group is booked, the whole group is rebooked or cancelled as one booking, and a "
        "member is only cancelled, with back-to-waiting-list off; no patient rebooks herself.",
        source="COSMIC: Gruppbesök, Ombokning och avbokning av grupp och gruppmedlem",
    ),
    Statement(
        id="PS-1",
        severity=("E", "W"),
        sv="En primärkontakt har medicinskt samband med andra kontakter samma datum och kan inte genomföras som "
        "planerat om inte de genomförs när och i den ordning som planerats; de är dess sekundärkontakter, "
        "före eller efter den.",
        en="A primary contact has a medical connection with other contacts of the same date and cannot be "
        "carried out as planned unless they are, when and in the order planned; those are its secondary "
        "contacts, before or after it.",
        source="VGR 2",
    ),
    Statement(
        id="PS-2",
        severity=("E", "W"),
        sv="Primär- och sekundärkontakter har samma patient, samma datum och en bestämd ordning, och aldrig "
        "samma klockslag utom vid teamkontakter.",
        en="Primary and secondary contacts have the same patient, the same date and a fixed order, and never the "
        "same clock time except for team contacts.",
        source="VGR 2",
    ),
    Statement(
        id="PS-3",
        severity=("E", "W"),
        sv="Primär- och sekundärkontakter får ske i olika delar av organisationen, alltid inom samma förvaltning.",
        en="Primary and secondary contacts may be in different parts of the organisation, always within one "
        "administration.",
        source="VGR 2",
    ),
    Statement(
        id="PS-4",
        severity=("E",),
        sv="Primär- och sekundärkontakter är bara planerade vårdkontakter i öppenvård, aldrig lokaler eller "
        "utrustning.",
        en="Primary and secondary contacts are only planned outpatient contacts, never rooms or equipment.",
        source="VGR 4",
    ),
    Statement(
        id="PS-5",
        severity=(),
        sv="Antalet sekundärkontakter och yrkesroller är inte begränsat, besökstyp och besöksform spelar ingen "
        "roll, och avgifter omfattas inte.",
        en="The number of secondary contacts and the professions are not limited, visit type and form play no "
        "part, and fees are not covered.",
        source="VGR 4",
    ),
    Statement(
        id="PS-6",
        severity=("E", "W"),
        sv="En kedja har exakt en primärkontakt; om en kontakt i kedjan flyttas, avbokas eller uteblir får "
        "avsändaren veta vilka andra som då bryter mot PS-1 eller PS-2.",
        en="A chain has exactly one primary contact; if a contact in it is moved, cancelled or missed, the "
        "sender is told which others now break PS-1 or PS-2.",
        source="VGR 2",
    ),
    Statement(
        id="PS-7",
        severity=("W",),
        sv="Besök samma dag bara för att bespara patienten en resa, utan beroende mellan dem, är ingen kedja av "
        "primär- och sekundärkontakter.",
        en="Visits on one day only to spare the patient a journey, without dependence between them, are no chain "
        "of primary and secondary contacts.",
        source="VGR 2",
    ),
)
