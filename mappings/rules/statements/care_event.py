"""Care events and how they are coded (domain.md 4)."""

from __future__ import annotations

from typing import Final

from mappings.rules.statements.statement import Statement

CARE_EVENT: Final[tuple[Statement, ...]] = (
    Statement(
        id="EV-1",
        severity=("E",),
        sv="Varje kontakt är en vårdhändelse av en typ i en klass: akutsjukvård, förhandsregistrering, "
        "observation, slutenvård, öppenvård eller övriga.",
        en="Every contact is a care event (Encounter) of one type in one class: acute, pre-registration, "
        "observation, inpatient, outpatient or other.",
        source="SDV 3.1.1, 3.1.3",
    ),
    Statement(
        id="EV-2",
        severity=("D",),
        sv="Ett bokat besök är en dold förhandsregistrerad vårdhändelse fram till 24 timmar före ankomsten, "
        "därefter förhandsregistrerad, och blir vid ankomsten sin öppenvårdstyp; bytena sparas som historik.",
        en="A booked visit is a hidden pre-registered care event until 24 hours before arrival, then "
        "pre-registered, and on arrival becomes its outpatient type; the changes are kept as history.",
        source="SDV 3.1.1.2, 3.1.3",
    ),
    Statement(
        id="EV-3",
        severity=("D",),
        sv="När patienten uteblir, eller avbokar senare än 24 timmar före besöket, avbokas bokningen med sin "
        "orsak (CA-1), och vårdhändelsen blir utebliven bokad kontakt där regionen har den regeln.",
        en="When the patient does not come, or cancels with less than 24 hours left, the booking is cancelled "
        "with its reason (CA-1), and the care event becomes a missed booked contact where the region has this "
        "rule.",
        source="SDV 3.1.1.6",
    ),
    Statement(
        id="EV-4",
        severity=("E",),
        sv="En vårdhändelse annulleras bara om den är ett misstag eller inte ska användas, och bara när den "
        "saknar både journaldokumentation och kassatransaktioner.",
        en="A care event is annulled only if created by mistake or not to be used, and neither journal notes nor "
        "cash transactions exist.",
        source="SDV 3.1.1.6",
    ),
    Statement(
        id="EV-5",
        severity=("E", "W"),
        sv="Specialiserad öppenvård, även med rum, säng eller stol, kräver ett vårdåtagande; primärvård gör det inte.",
        en="Specialised outpatient care, with room, bed or chair too, needs a care commitment (EpisodeOfCare); "
        "primary care does not.",
        source="SDV 3.1.1.5",
    ),
    Statement(
        id="EV-6",
        severity=("E", "W", "D"),
        sv="Vid manuell utcheckning, där tiden får justeras, väljs ett utfall: avsluta vårdåtagande (orsak), "
        "uppföljning (ger en bokningsbegäran), avvakta (orsak, bevakas) eller ingen ytterligare planering, "
        "som utan bokning eller begäran hamnar under saknar återbesök.",
        en="Manual check-out, whose time may be adjusted, demands an outcome: end the commitment (reason), "
        "follow-up (makes a booking request), wait (reason; watched) or no further planning, which without a "
        "booking or request goes to the missing-return-visit list.",
        source="SDV 3.1.3",
    ),
    Statement(
        id="EV-7",
        severity=("D",),
        sv="Vårdhändelsens typ avgör om utcheckning och utskrivning är manuell eller automatisk (utskrivning då "
        "23:59); en utskriven vårdhändelse har sluttid och går till 1177, NPÖ, kodning och statistik men kan "
        "ändå ändras.",
        en="The type of a care event decides whether check-out and discharge are manual or automatic (discharge "
        "then at 23:59); a discharged event has an end time and goes to 1177, NPÖ, coding and statistics, and "
        "may still be changed.",
        source="SDV 3.1.3",
    ),
    Statement(
        id="EV-8",
        severity=("E",),
        sv="En vårdkontaktsorsak är obligatorisk, exakt en, bland dem som är kopplade till besökstypen; "
        "ospecificerade orsaker finns, och tillval som provtagning, röntgen eller tolk väljs för sig.",
        en="A contact reason (reasonCode) is mandatory, exactly one, from those tied to the visit type; "
        "unspecified reasons exist, and add-ons such as sampling, X-ray or interpreter are chosen apart.",
        source="SDV 3.2, 3.2.1",
    ),
    Statement(
        id="EV-9",
        severity=("D",),
        sv="Millenniums besökstyp är vårdområde, yrkeskategori och typ av besök, som i Pv SSK Telefon Återbesök, "
        "och tolkas och skrivs åt båda hållen; akut, forskning, hembesök, telefon och video är nybesök eller "
        "återbesök.",
        en="Millennium's visit type is care area, profession and type of visit, as in Pv SSK Telefon Återbesök, "
        "parsed and written both ways; acute, research, home, telephone and video are new or return visits.",
        source="SDV 3.3",
    ),
    Statement(
        id="EV-10",
        severity=("E",),
        sv="Uppgifter om vem, var, när, vad, klassificering och avgift kan alla föras över: enheter efter roll, "
        "bokad tid och ankomst, in- och utskrivning, varifrån och vart, planerat eller oplanerat.",
        en="The data of who, where, when, what, coding and fee can all be carried: units by role, booked and "
        "arrival time, admission and discharge, admitted from and discharged to, planned or not.",
        source="SDV 3.4",
    ),
    Statement(
        id="EV-11",
        severity=("V",),
        sv="Dolda förhandsregistrerade vårdhändelser visas inte i personalens översikter.",
        en="Hidden pre-registered care events are not listed in overviews for staff.",
        source="SDV 3.1.1.2",
    ),
    Statement(
        id="EV-12",
        severity=("D",),
        sv="Vårdhändelsens typ härleds: bokning eller accepterad remiss ger dold öppenvårdskontakt, planerad "
        "slutenvård förhandsregistrerad inskrivning som aktiveras vid ankomst, akut ankomst akutsjukvård, och "
        "obokat kontakt utan besök eller drop-in.",
        en="The type of a care event is derived: booking or accepted referral gives hidden outpatient, planned "
        "inpatient care a pre-registered admission activated at arrival, acute arrival acute, and unbooked a "
        "contact without visit or drop-in.",
        source="SDV 3.1.1.2, 3.1.2",
    ),
    Statement(
        id="EV-13",
        severity=("D", "W"),
        sv="Vårdhändelsen foster blir nyfödd vid födseln; att registrera en nyfödd är ingen inskrivning i vanlig "
        "mening.",
        en="A foetus event becomes newborn at birth; a newborn's registration is no admission in the usual sense.",
        source="SDV 3.1.1.4, 3.1.1.6",
    ),
    Statement(
        id="EV-14",
        severity=("E",),
        sv="Historiska vårdhändelser uppstår bara vid migrering från ett tidigare system.",
        en="Historical care events arise only by migration from an earlier system.",
        source="SDV 3.1.1.6",
    ),
    Statement(
        id="EV-15",
        severity=("E",),
        sv="Kontakt utan besök har varken bokning eller fysiskt besök, till exempel telefon, video, brev eller intyg.",
        en="A contact without visit has no booking and no physical visit, for example phone, video, letter or "
        "certificate.",
        source="SDV 3.1.1.5",
    ),
    Statement(
        id="EV-16",
        severity=("E",),
        sv="Öppenvårdskonsult används under akut- eller slutenvård när patienten behöver flytta fysiskt till "
        "konsulten.",
        en="Outpatient consult is used during acute or inpatient care when the patient has to move to the consultant.",
        source="SDV 3.1.1.5",
    ),
    Statement(
        id="EV-17",
        severity=("D",),
        sv="En förhandsregistrering som aldrig blev något avslutas för hand, aldrig av sig själv.",
        en="A pre-registration that never became anything is ended by hand, never by itself.",
        source="SDV 3.1.3",
    ),
    Statement(
        id="EV-18",
        severity=(),
        sv="Vårdkontaktsorsaken väljs redan när återbesöket planeras, i bokningsbegäran; yrkeskategorin Övrig "
        "används när den rätta saknas.",
        en="The contact reason is set already when a return visit is planned, on the booking request; profession "
        "Övrig stands in for one that is missing.",
        source="SDV 3.2",
    ),
    Statement(
        id="EV-19",
        severity=(),
        sv="Även kön, ålder, listningsenhet, vårdnadshavare, huvudman, vårdområde, problemkod, remisskod, "
        "avgift, anledning till avgiftsfritt och betalningssätt förs över; i slutenvård av avgifterna bara "
        "anledningen.",
        en="Also carried are sex, age, listed unit, guardian, principal, care area, problem code, referral code, "
        "fee, reason for no fee and way of payment; for inpatients, of the fees only the reason.",
        source="SDV 3.4",
    ),
    Statement(
        id="CO-1",
        severity=("D",),
        sv="Kontakttyperna i PASiS ger KVÅ-kod automatiskt, aldrig av användaren: NY, ÅB, KO och KI ger XS900, "
        "team XS902, grupp XS903, gruppteam XS904, KB XS003, KT XS012 och VK XS014.",
        en="PASiS contact types give KVÅ codes automatically, never by the user: NY, ÅB, KO and KI give XS900, "
        "team XS902, group XS903, group team XS904, KB XS003, KT XS012 and VK XS014.",
        source="SDV 7.4",
    ),
    Statement(
        id="CO-2",
        severity=("D",),
        sv="Personalkategorin ger KVÅ-kod: 31 XS910, 40 XS911, 32 XS912, 33 XS913, 41 XS914, 10–19 och 70 XS915, "
        "46 XS916, 34 och 36 XS917, 30 XS918.",
        en="Staff category gives a KVÅ code: 31 XS910, 40 XS911, 32 XS912, 33 XS913, 41 XS914, 10–19 and 70 "
        "XS915, 46 XS916, 34 and 36 XS917, 30 XS918.",
        source="SDV 7.4",
    ),
    Statement(
        id="CO-3",
        severity=("E", "W"),
        sv="Huvuddiagnosen (ICD-10-SE) står först och är preliminär tills kontakten är slut, därefter relevanta "
        "bidiagnoser, yttre orsaker, KVÅ och kompletterande ATC; alla yrken ska koda besök och "
        "distanskontakter som ersätter besök.",
        en="The main diagnosis (ICD-10-SE) comes first and is provisional until the contact ends, then relevant "
        "secondary diagnoses, external causes, KVÅ and complementing ATC; every profession codes visits and "
        "distance contacts that replace one.",
        source="SDV 7, 7.1, 7.4",
    ),
    Statement(
        id="CO-4",
        severity=("E", "V", "D"),
        sv="XS-koderna i CO-1 och CO-2 avvisas som manuell KVÅ-kod och visas aldrig för användare; det som "
        "saknar kod, till exempel sjuksköterskor, får ingen, och ingen gissas.",
        en="XS codes of CO-1 and CO-2 sent as manual KVÅ are refused, and never shown to users; what has no "
        "code, nurses for example, gets none, and none is guessed.",
        source="SDV 7.4",
    ),
    Statement(
        id="CO-5",
        severity=("V",),
        sv="Diagnoser och KVÅ-koder kan ses av patienten.",
        en="Diagnoses and KVÅ codes can be seen by the patient.",
        source="SDV 7.1",
    ),
)
