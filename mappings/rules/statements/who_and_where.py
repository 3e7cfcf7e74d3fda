"""Who the patient is and where care is given: identity, protection, death, relations, units (domain.md 1)."""

from __future__ import annotations

from typing import Final

from mappings.rules.statements.statement import Statement

WHO_AND_WHERE: Final[tuple[Statement, ...]] = (
    Statement(
        id="ID-1",
        severity=("E",),
        sv="En patient har en enda primär identitet: personnummer, samordningsnummer eller nationell "
        "reservidentitet; ett lokalt reservnummer får bara vara länkat till en sådan, och fler länkade "
        "identiteter får följa med.",
        en="A patient has one primary identifier: personnummer, samordningsnummer or national reserve identity; "
        "a local reserve number is only ever linked to one of those, and further linked identifiers may "
        "follow.",
        source="SDV 4, 4.1",
    ),
    Statement(
        id="ID-2",
        severity=("E",),
        sv="Ett personnummer eller samordningsnummer har ett giltigt datum och rätt kontrollsiffra; i ett "
        "samordningsnummer är födelsedagen ökad med 60.",
        en="A personnummer or samordningsnummer has a valid date and check digit; in a samordningsnummer the day "
        "of birth is raised by 60.",
        source="SDV 4.5; national",
    ),
    Statement(
        id="ID-3",
        severity=("E",),
        sv="En nationell reservidentitet innehåller bokstäver och kontrolleras inte som ett personnummer.",
        en="A national reserve identity contains letters and is not checked as a personnummer.",
        source="SDV 4.6",
    ),
    Statement(
        id="ID-4",
        severity=("E",),
        sv="En patient som bokas på reservnummer, och en utlandssvensk, ska ha ett medlemskap: asylsökande, "
        "tillståndslös, medborgare enligt FN:s direktiv, EU/EES-konvention eller självbetalande; för "
        "utländska personer är självbetalande förval.",
        en="A patient booked on a reserve number, and a Swede living abroad, needs a membership (Coverage): "
        "asylum seeker, undocumented, citizen under the UN directive, EU/EEA convention or self-paying; "
        "self-paying is the default for foreigners.",
        source="COSMIC: Bokning av reservnummerpatienter och utlandssvenska personer",
    ),
    Statement(
        id="ID-5",
        severity=("W",),
        sv="För patienter med reservnummer och utlandssvenskar registreras ingen betalning vid bokningen: "
        "registrera ej betalinformation är ikryssat.",
        en="For patients on a reserve number and Swedes living abroad no payment is registered at booking: the "
        "flag registrera ej betalinformation is set.",
        source="COSMIC: Självbetjäning, Bokning av reservnummerpatienter och utlandssvenska personer",
    ),
    Statement(
        id="ID-6",
        severity=("D",),
        sv="Om inget annat anges följer kunden av den region där patienten är folkbokförd och avtalet, som "
        "innehåller avgifterna, av förvaltningen.",
        en="Unless given, the customer follows from the region where the patient is registered, and the "
        "agreement, which holds the fees, from the administration.",
        source="COSMIC: Kund, Avtal",
    ),
    Statement(
        id="ID-7",
        severity=("E", "D"),
        sv="En patient kan ha medlemskapen EU/EES-konvention (giltig handling visad, vanlig avgift) och "
        "självbetalande (faktisk kostnad) samtidigt; en utlandssvensk behåller sitt personnummer och har "
        "självbetalande som förval.",
        en="Memberships are a set: EU/EEA convention (valid document shown, ordinary fee) and self-paying "
        "(actual cost) may stand together; a Swede living abroad keeps the personnummer and is self-paying by "
        "default.",
        source="COSMIC: Bokning av reservnummerpatienter och utlandssvenska personer",
    ),
    Statement(
        id="ID-8",
        severity=("W",),
        sv="En patient som har personnummer förs på reservnummer bara när verksamhetschefen har beslutat om ett "
        "undantag, och undantaget är markerat.",
        en="A patient who has a personnummer is carried on a reserve number only as an exception that the head "
        "of the unit decided, marked as such.",
        source="SDV 4.2",
    ),
    Statement(
        id="ID-9",
        severity=(),
        sv="Avregistreringskod och orsak till avregistreringen följer med; personnumret fortsätter att gälla.",
        en="Code and cause of deregistration from the population register are carried; the personnummer stays valid.",
        source="SDV 4.3",
    ),
    Statement(
        id="ID-10",
        severity=("W",),
        sv="LMA-nummer och passnummer är kompletterande identiteter; att ett LMA-nummer saknas påpekas vid "
        "ankomsten, inte vid bokningen.",
        en="LMA and passport numbers are further identifiers; a missing LMA number is warned about at arrival, "
        "not at booking.",
        source="COSMIC: Bokning av reservnummerpatienter och utlandssvenska personer; SDV 4.6",
    ),
    Statement(
        id="ID-11",
        severity=("E",),
        sv="En patient kan ha bostadsadress, särskild postadress, faktureringsadress, tillfällig adress och "
        "utlandsadress; en tillfällig adress har datum.",
        en="A patient may have a home, special postal, billing, temporary and foreign address; a temporary "
        "address carries dates (Address.period).",
        source="SDV 4.2",
    ),
    Statement(
        id="PI-1",
        severity=("E", "V"),
        sv="Vid sekretessmarkering eller skyddad folkbokföring finns bara personnumret kvar: namnet ersätts av "
        "markeringen, fälten låses, och inget som kan röja var patienten är sparas, skickas, loggas eller "
        "visas; fingerade personuppgifter hanteras som vanligt.",
        en="With a protected identity only the personnummer is left: the marking replaces the name, fields are "
        "locked, and nothing that can reveal where the patient is gets stored, forwarded, logged or shown; "
        "assumed identities are treated as usual.",
        source="SDV 4.4, 4.4.1",
    ),
    Statement(
        id="PI-2",
        severity=("W", "V"),
        sv="Bara den som är folkbokförd i Sverige kan ha skyddsmarkering från folkbokföringen, inte den som har "
        "samordningsnummer eller söker asyl; annars ges en varning, men markeringen skyddar ändå, och "
        "regionen kan stänga av kontrollen.",
        en="Only a person registered in Sweden, with no samordningsnummer and not seeking asylum, has a "
        "protection marking from the population register; any other is warned about yet still protects, and a "
        "region can switch the check off.",
        source="SDV 4.4",
    ),
    Statement(
        id="PI-3",
        severity=("V",),
        sv="En sekretessmarkering som satts för hand i källsystemet skyddar lika mycket som en från folkbokföringen.",
        en="A protection marking set by hand in the source system protects just as much as one from the "
        "population register.",
        source="SDV 4.4.1",
    ),
    Statement(
        id="PI-4",
        severity=("E", "D"),
        sv="En patient med skyddade personuppgifter läggs aldrig på ett nytt reservnummer för att döljas; äldre "
        "reservnummer länkas till personnumret.",
        en="A patient with a protected identity is never newly put on a reserve number to hide; older reserve "
        "numbers are linked to the personnummer.",
        source="SDV 4.4, 4.6.1",
    ),
    Statement(
        id="DE-1",
        severity=("D",),
        sv="När en patient registreras som avliden avbokas kommande besök med en egen systemorsak, och öppna "
        "remisser, framtida ordinationer och annan planering avslutas; ångras det listas det avbokade och "
        "återställs bara på begäran.",
        en="When a patient is set to deceased, coming bookings are cancelled with a system reason of its own, "
        "and open referrals, future orders and other planning are ended; undoing it lists what was cancelled "
        "and restores it only on request.",
        source="SDV 4.8",
    ),
    Statement(
        id="RE-1",
        severity=("V",),
        sv="Vårdnadshavare tas bort ur patientens relationer på patientens 18-årsdag.",
        en="Guardians (RelatedPerson) fall away on the patient's 18th birthday.",
        source="SDV 4.7, 4.7.1",
    ),
    Statement(
        id="RE-2",
        severity=("D",),
        sv="Patientens relationer kopieras till vårdhändelsen när den skapas; en senare ändring i vårdhändelsen "
        "ändrar inte patientens uppgifter.",
        en="The patient's relations are copied to the care event (Encounter) when it is created; a later change "
        "there does not touch the patient.",
        source="SDV 4.7",
    ),
    Statement(
        id="RE-3",
        severity=("E",),
        sv="För en vårdnadshavare får bara telefonnummer, tolkbehov och kopia på kallelse ändras lokalt; andra "
        "kontaktpersoner får läggas till och tas bort, med uppgift om tolkbehov och kopia på kallelse.",
        en="For a guardian only phone number, interpreter need and copy of summons may be changed locally; other "
        "contact persons may be added or removed, with the same two flags.",
        source="SDV 4.7, 4.7.1, 4.7.2",
    ),
    Statement(
        id="RE-4",
        severity=("E",),
        sv="Ett tolkbehov anger språk eller variant av teckenspråk.",
        en="An interpreter need names a language or a variant of sign language.",
        source="SDV 4.1",
    ),
    Statement(
        id="RE-5",
        severity=("V",),
        sv="Kontaktuppgifter från 1177 kan bara läsas och visas bara med patientens medgivande; SMS-påminnelser "
        "kräver Tillåtelse SMS och går bara till vårdens eget mobilnummer, som får vara utländskt; önskat "
        "telefonalternativ följer med.",
        en="Contact data from 1177 is read-only and shown only with the patient's consent; SMS reminders need "
        "permission and go only to the care record's own mobile number, which may be foreign; the preferred "
        "phone is carried.",
        source="SDV 4.1",
    ),
    Statement(
        id="OR-1",
        severity=("E",),
        sv="Enheter, personal och roller anges med HSA-id (SE, tio siffror, bindestreck, bokstäver och siffror, "
        "högst 31 tecken); en kontakt har en vårdande och en medicinskt ansvarig enhet, och varje enhet hör "
        "till en förvaltning.",
        en="Units, staff and roles are known by HSA-id (SE, ten digits, hyphen, letters and digits, at most 31 "
        "characters); a contact has a performing and a medically responsible unit, and each unit belongs to "
        "an administration.",
        source="COSMIC: Vårdande enhet, Medicinsk ansvarig enhet; SDV 3.4; VGR 2; national",
    ),
    Statement(
        id="OR-2",
        severity=("E",),
        sv="En vårdhändelse har tre enhetsroller: producerande vårdinrättning, medicinskt ansvarig vårdenhet, "
        "som inte är en fysisk plats, och vårdutförande enhet.",
        en="A care event (Encounter) has three unit roles: producing institution, medically responsible unit, "
        "which is no physical place, and performing unit (serviceProvider).",
        source="SDV 3.4",
    ),
    Statement(
        id="OR-3",
        severity=("D",),
        sv="Om vårdande eller medicinskt ansvarig enhet inte anges gäller avsändarens enhet.",
        en="Performing and medically responsible unit default to the sender's unit.",
        source="COSMIC: Vårdande enhet, Medicinsk ansvarig enhet",
    ),
    Statement(
        id="OR-4",
        severity=("E",),
        sv="Vårdpersonal på en rad är en verklig person; en fiktiv vårdgivare godtas inte, och en obemannad rad "
        "har ingen personal.",
        en="Staff on a line (Appointment.participant) is a real person; a fictitious care giver is refused, and "
        "an unstaffed line names no one.",
        source="COSMIC: Bemanning av tidbok",
    ),
)
