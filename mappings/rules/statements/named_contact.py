"""Named care contacts: fixed physician, care contact, home-care contact, others (domain.md 5)."""

from __future__ import annotations

from typing import Final

from mappings.rules.statements.statement import Statement

NAMED_CONTACT: Final[tuple[Statement, ...]] = (
    Statement(
        id="FK-1",
        severity=("E",),
        sv="En fast kontakt är fast läkarkontakt i primärvård, fast vårdkontakt, fast omsorgskontakt i "
        "hemtjänsten eller en annan kontakt som kontaktsjuksköterska eller kontaktperson; ansvarig "
        "handläggare förs aldrig över.",
        en="A named contact (CareTeam) is a fixed physician in primary care, a fixed care contact, a fixed "
        "home-care contact or another such as a contact nurse or contact person; a responsible case officer "
        "is never carried.",
        source="FK 1, 5, 5.1",
    ),
    Statement(
        id="FK-2",
        severity=("E",),
        sv="Fast läkarkontakt är specialist eller ST-läkare i allmänmedicin, specialist för sin målgrupp (barn- "
        "och ungdomsmedicin, geriatrik) eller annan likvärdig specialist, på den regionfinansierade "
        "primärvårdsenhet där patienten är listad; högst en i taget.",
        en="A fixed physician is a specialist or trainee in general medicine, a specialist for her group "
        "(paediatrics, geriatrics) or another of equal competence, at the regionally funded primary care unit "
        "where the patient is listed; at most one at a time.",
        source="FK 1, 2.2, 2.3; national",
    ),
    Statement(
        id="FK-3",
        severity=("E", "W"),
        sv="Fast vårdkontakt kan ha vilket yrke som helst, vid livshotande tillstånd legitimerad läkare, och kan "
        "även vara fast läkarkontakt; har patienten flera bör en, aldrig fler, ha övergripande "
        "samordningsansvar.",
        en="A fixed care contact may be of any profession, with a life-threatening condition a licensed "
        "physician, and may also be the fixed physician; where a patient has several, one should have the "
        "overall co-ordination, never more than one.",
        source="FK 1, 3.1, 3.3, 3.3.1, 3.3.2",
    ),
    Statement(
        id="FK-4",
        severity=("E",),
        sv="Fast omsorgskontakt är undersköterska med skyddad yrkestitel, eller till och med 2033-06-30 "
        "tillsvidareanställd med den titeln 2023-07-01, och hör till den enhet som utför omsorgen.",
        en="A fixed home-care contact is an assistant nurse with the protected title, or until 2033-06-30 one "
        "permanently employed under that title on 2023-07-01, and is part of the unit that carries out the "
        "care.",
        source="FK 1, 4.1, 4.2, 4.5, 4.5.1; national",
    ),
    Statement(
        id="FK-5",
        severity=("E", "W"),
        sv="Fast läkarkontakt har namn, HSA-id och befattning, frivilligt direkttelefon och team, och listad "
        "enhet med namn, besöksadress, ort, e-tjänster, publik och vård-till-vård-telefon; utan namn avvisas "
        "den, utan annat obligatoriskt är den ofullständig.",
        en="A fixed physician has name, HSA-id and position, optionally direct phone and team, and a listed unit "
        "with name, visiting address, town, e-services, public and care-to-care phone; without the name it is "
        "refused, without another mandatory item incomplete.",
        source="FK 6.1.1, 6.1.2, 8.1",
    ),
    Statement(
        id="FK-6",
        severity=("E",),
        sv="Fast vårdkontakt har uppgifter om person (utan teamnamn) och enhet som i FK-5; finns ett team har "
        "det namn och id, och telefon frivilligt.",
        en="A fixed care contact has the data of person (no team name) and unit as in FK-5; a team, if there is "
        "one, has name and id, and optionally a phone.",
        source="FK 6.2.1, 6.2.2, 6.2.3",
    ),
    Statement(
        id="FK-7",
        severity=("W",),
        sv="Fast omsorgskontakt har namn, något id, frivillig befattning och kontaktvägar (direkttelefon, "
        "digital) med kontakttider; team har namn, id och kommentar och enheten namn, id och ort, båda med "
        "kontaktvägar och tider.",
        en="A fixed home-care contact has name, some id, optional position, and contact ways (direct phone, "
        "digital) with hours each; the team has name, id and comment, the unit name, id and town, both with "
        "contact ways and hours.",
        source="FK 6.3, 6.3.1, 6.3.2, 6.3.3",
    ),
    Statement(
        id="FK-8",
        severity=("V",),
        sv="Direkttelefon visas alltid för vårdpersonal, för patienten bara om personal tillåtit det för just "
        "den patienten (i hemtjänsten är det förval); vård-till-vård-telefon visas bara för vårdpersonal.",
        en="A direct phone is always shown to care staff, to the patient only if staff have allowed it for that "
        "patient (the default in home care); the care-to-care phone is for staff only.",
        source="FK 6.1.1, 6.1.2",
    ),
    Statement(
        id="FK-9",
        severity=("E", "V"),
        sv="En fast kontakt begärs eller behövs, erbjuds, utses (före utskrivning där utskrivningslagen gäller) "
        "eller avböjs, vilket dokumenteras, byts till en efterträdare och avslutas, och visas då inte längre "
        "på 1177; patienten får besked.",
        en="A named contact is requested or needed, offered, appointed (before discharge where the discharge law "
        "applies) or declined, which is documented, changed to a successor, and ended, no longer shown on "
        "1177; the patient is told.",
        source="FK 3.1, 3.3, 4.3, Bilaga 1",
    ),
    Statement(
        id="FK-10",
        severity=("D",),
        sv="Det som HSA känner till (enhetens namn, adress, telefoner och e-tjänster, personens namn och "
        "befattning) behöver inte skickas utan kan hämtas med HSA-id.",
        en="What HSA knows (unit name, address, phones, e-services; person's name and position) need not be sent "
        "and may be filled in from a lookup by HSA-id.",
        source="FK 6.1, 6.2",
    ),
    Statement(
        id="FK-11",
        severity=("W", "V"),
        sv="Listing 2.0 får direkttelefon, team och befattning, alla frivilliga; en läkarkontakt utan HSA-id "
        "eller med bara ett namn tas emot, markeras ofullständig och visas inte som fast läkarkontakt på "
        "1177.",
        en="Listing 2.0 gains direct phone, team and position, each 0..1; a physician without HSA-id, or with "
        "only a name, is taken in, marked incomplete and not shown as a fixed physician on 1177.",
        source="FK 7.1, 8.1",
    ),
    Statement(
        id="FK-12",
        severity=("V",),
        sv="En fast kontakt visas bara om den är aktiv, gäller i dag, är fullständig och inte annullerad, och "
        "läsaren är behörig.",
        en="A named contact is shown only if active, its period covers today, it is complete and not annulled, "
        "and the reader is entitled.",
        source="FK 6, Bilaga 1",
    ),
    Statement(
        id="FK-13",
        severity=("E",),
        sv="Andra kontakter har namn, roll, i vilka ärenden de kontaktas och hur.",
        en="Other contacts carry name, role, what to contact them about, and how.",
        source="FK 5",
    ),
    Statement(
        id="FK-14",
        severity=("W",),
        sv="Fast vårdkontakt med övergripande samordningsansvar finns där den huvudsakliga vården ges.",
        en="The fixed care contact with the overall co-ordination works where the main care is given.",
        source="FK 3.3.2",
    ),
    Statement(
        id="FK-15",
        severity=("V",),
        sv="Flera fasta vårdkontakter delar uppgifter för samordning bara med patientens samtycke.",
        en="Several fixed care contacts share co-ordination data only with the patient's consent.",
        source="FK 3.3.2",
    ),
    Statement(
        id="FK-16",
        severity=("W",),
        sv="Är den fasta vårdkontakten inte medicinskt ansvarig bör det framgå vem som är det.",
        en="Where the fixed care contact is not medically responsible, who is should be named.",
        source="FK 3.3",
    ),
    Statement(
        id="FK-17",
        severity=("W",),
        sv="Vid livshotande tillstånd utses så snart som möjligt en läkare i den verksamhet som har vården, med "
        "huvudansvar; närstående informeras när det är aktuellt, och i stället för patienten när hen inte "
        "kan.",
        en="In a life-threatening condition a physician of the service that has the care is appointed as soon as "
        "possible and bears main responsibility; next of kin are told where relevant, and instead of a "
        "patient who cannot be told.",
        source="FK 3.1, 3.3, 3.3.1, Bilaga 1",
    ),
    Statement(
        id="FK-18",
        severity=("D",),
        sv="Vid behov från både kommun och region kallar den fasta vårdkontakten i regionens öppna vård till "
        "samordnad individuell planering (SIP) senast tre dagar efter beskedet om utskrivningsklar; "
        "tidsgränsen följer med.",
        en="With needs from both municipality and region the fixed care contact in the region's outpatient care "
        "calls a co-ordinated plan (SIP) within three days of the notice of readiness for discharge; the "
        "deadline is carried.",
        source="FK 3.1",
    ),
    Statement(
        id="FK-19",
        severity=("W",),
        sv="Samma kontakt som skickas både från en journalanteckning och från patientkortet är en enda kontakt.",
        en="The same contact sent from a note and from the patient card is one contact.",
        source="FK 7.2",
    ),
    Statement(
        id="FK-20",
        severity=("E",),
        sv="En fast kontakt är alltid en namngiven person; en fast vårdkontakt får vara en administrativ samordnare.",
        en="A named contact is always a named person; a fixed care contact may be an administrative co-ordinator.",
        source="FK 2.2, 3.2, 3.3, 4.2",
    ),
    Statement(
        id="FK-21",
        severity=(),
        sv="Datum för omprövning och hänvisning till överenskommelsen (SIP eller vårdplan) kan följa med.",
        en="A review date and a reference to the agreement (SIP or care plan) may be carried.",
        source="FK 3.3, 3.3.2",
    ),
    Statement(
        id="FK-22",
        severity=("E",),
        sv="I hemtjänsten dokumenteras ett av tre, hos kommunala och privata utförare lika: vem kontakten är, "
        "att erbjudandet avböjts eller att en kontakt uppenbart inte behövs.",
        en="In home care one of three is recorded, by municipal and private providers alike: the contact, the "
        "declined offer, or that it is obviously unneeded.",
        source="FK 4.1, 4.3",
    ),
    Statement(
        id="FK-23",
        severity=("V",),
        sv="Regionen bestämmer om den fasta läkarkontakten visas på 1177; bara vissa regioner har det HSA-id som "
        "krävs.",
        en="Whether the fixed physician is shown on 1177 is the region's setting; only some regions have the "
        "HSA-ids it needs.",
        source="FK 7.1",
    ),
)
