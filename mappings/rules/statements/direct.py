"""Distance contacts through 1177 direkt (domain.md 6)."""

from __future__ import annotations

from typing import Final

from mappings.rules.statements.statement import Statement

DIRECT: Final[tuple[Statement, ...]] = (
    Statement(
        id="DK-1",
        severity=("E",),
        sv="PMO:s kontakttyper är text som inte ersätter besök, distanskontakt realtid bild/ljud/chatt, "
        "telefonsamtal, telefonsamtal som ersätter besök och mottagningsbesök; de fyra första får attributet "
        "1177 direkt när ärendet kom den vägen.",
        en="PMO's contact types are text not replacing a visit, real-time distance contact (image, sound, chat), "
        "telephone call, telephone call replacing a visit, and clinic visit; the first four carry the "
        "attribute 1177 direkt when the case came that way.",
        source="DIREKT 3.1, 4.3",
    ),
    Statement(
        id="DK-2",
        severity=("D", "E"),
        sv="Det som ersätter ett besök är distanskontakt realtid bild/ljud/chatt, med diagnos och vid behov "
        "KVÅ-kod; det som inte gör det är text som inte ersätter besök, utan krav på diagnos.",
        en="What replaces a visit is a real-time distance contact, with a diagnosis and KVÅ when relevant; what "
        "does not is text not replacing a visit, with no diagnosis asked for.",
        source="DIREKT 3.1",
    ),
    Statement(
        id="DK-3",
        severity=("D", "E"),
        sv="Lämnas ärendet över inom 1177 direkt samma dag, på samma enhet och för samma besvär registrerar bara "
        "den sista som hanterar det digitalt; annan dag eller på annan enhet registrerar var och en.",
        en="Handed over within 1177 direkt on the same day, at the same unit and for the same complaint, only "
        "the last digital handler registers; on another day, or at another unit, each registers.",
        source="DIREKT 3.1.2, 3.1.3",
    ),
    Statement(
        id="DK-4",
        severity=("D", "E"),
        sv="Ett fysiskt besök efter ärendet registreras som ordinarie mottagningsbesök, utan attributet och med "
        "diagnos; den digitala delen följer DK-2 och DK-3.",
        en="A physical visit that follows is registered as an ordinary clinic visit, without the attribute and "
        "with a diagnosis; the digital part follows DK-2 and DK-3.",
        source="DIREKT 3.1.1, 3.1.2",
    ),
    Statement(
        id="DK-5",
        severity=("D", "E"),
        sv="Den som hänvisar till en enhet utan 1177 direkt registrerar enligt DK-2.",
        en="The one who refers to a unit without 1177 direkt registers as in DK-2.",
        source="DIREKT 3.1.3",
    ),
    Statement(
        id="DK-6",
        severity=("D", "E"),
        sv="När läkare eller annan legitimerad personal ensam tar hand om ärendet ersätter åtgärd, behandling "
        "och remiss till annan enhet efter bedömning alltid ett besök; receptförnyelse kan göra det.",
        en="Handled by a physician or other licensed staff alone, action, treatment and referral to another unit "
        "after assessment always replace a visit; prescription renewal may or may not.",
        source="DIREKT 3.1.4",
    ),
    Statement(
        id="DK-7",
        severity=("D",),
        sv="Varje registrering anger också journalanteckning och vem som avslutar ärendet; telefontyperna "
        "används vid bekymmer med tjänsten.",
        en="Each registration also says note in the record and who closes the case; the telephone types stand in "
        "when the service has trouble.",
        source="DIREKT 3.1, 4.3",
    ),
    Statement(
        id="DK-8",
        severity=("V",),
        sv="Tidbokstypen 1177 direkt spärrar personalens tid och är aldrig bokbar eller synlig i e-tjänsterna.",
        en="The time book type 1177 direkt blocks staff time and is never bookable or shown in the e-services.",
        source="DIREKT 4.1",
    ),
    Statement(
        id="DK-9",
        severity=("D", "E"),
        sv="Sjuksköterskan som lämnar över samma dag, på samma enhet och för samma besvär varken registrerar "
        "eller dokumenterar; hens egen åtgärd ersätter alltid ett besök, egenvårdsråd kan göra det.",
        en="The nurse who hands over on the same day, at the same unit and for the same complaint neither "
        "registers nor documents; a nurse's own action always replaces a visit, self-care advice may or may "
        "not.",
        source="DIREKT 3.1.1, 3.1.2",
    ),
    Statement(
        id="DK-10",
        severity=("D",),
        sv="Ärendet avslutas av den som ensam hanterar det digitalt, även när ett fysiskt besök följer, vid "
        "digital överlämning av mottagaren, och av den som hänvisar när den andra enheten saknar tjänsten; "
        "ett mottagningsbesök avslutar inget.",
        en="The case is closed by the one who handles it digitally alone, also when a physical visit follows, "
        "after a digital handover by the receiver, and by the one who refers when the other unit lacks the "
        "service; a clinic visit closes nothing.",
        source="DIREKT 3.1.1, 3.1.2, 3.1.3, 3.1.4",
    ),
    Statement(
        id="DK-11",
        severity=("W",),
        sv="Reglerna för 1177 direkt är en daterad profil för en region, från 2023-04-11 till 2024-04-11, och "
        "kan stängas av.",
        en="The rules of 1177 direkt are a dated profile of one region, from 2023-04-11 to 2024-04-11, and can "
        "be switched.",
        source="DIREKT: Gäller fr.o.m. och t.o.m.",
    ),
)
