"""Booking basis, booking, summons, rebooking, cancelling, and what the patient may do on 1177 (domain.md 2)."""

from __future__ import annotations

from typing import Final

from mappings.rules.statements.statement import Statement

BOOKING: Final[tuple[Statement, ...]] = (
    Statement(
        id="BO-1",
        severity=("E",),
        sv="Varje bokning vilar på ett underlag: bokningsunderlag eller snabbokningsunderlag.",
        en="Every booking (Appointment) rests on a booking basis: full or quick.",
        source="COSMIC: Bokningsunderlag och snabbokningsunderlag, Bokning i öppenvård",
    ),
    Statement(
        id="BO-2",
        severity=("E",),
        sv="Ett snabbokningsunderlag gäller en enda vårdkontakt, saknar medicinsk prioritet, team, kort varsel, "
        "samplanering och serie och läggs inte obokat på väntelistan; när det är bokat visas det där som "
        "andra bokade kontakter.",
        en="A quick basis is for one single contact, has no medical priority, team, short notice, co-planning or "
        "series, and is not put on the waiting list unbooked; once booked it is listed there like all booked "
        "contacts.",
        source="COSMIC: Snabbokningsunderlag, Samplanering, Serie, Planerade vårdåtgärder",
    ),
    Statement(
        id="BO-3",
        severity=("E",),
        sv="Obligatoriska uppgifter är vårdtjänst, bev/bok datum, kontakttyp, besökstyp, vårdande enhet, "
        "medicinskt ansvarig enhet, kund, avtal samt yrkesroll eller vårdpersonal.",
        en="Mandatory are care service, target date, contact type, visit type, performing unit, medically "
        "responsible unit, customer, agreement, and profession or staff.",
        source="COSMIC: Informationsfält i Bokningsunderlag och Snabbokningsunderlag, Yrkesroll, Självbetjäning",
    ),
    Statement(
        id="BO-4",
        severity=("D",),
        sv="Bev/bok datum är registreringsdatum plus bevakningsintervall; utan intervall anges det för hand, och "
        "anges inget av dem gäller dagens datum.",
        en="The target date is the registration date plus the watch interval; without an interval it is given by "
        "hand, and where neither is given it is today.",
        source="COSMIC: Bevakningsintervall, Bev/Bok datum",
    ),
    Statement(
        id="BO-5",
        severity=("W", "D"),
        sv="Medicinsk prioritet är frivillig: hög är 2 veckor, medel 4 och låg 12; den sätter inte bev/bok "
        "datum, men ett datum bortom prioritetens tid påpekas, och vid nybesök kan den hämtas från den "
        "accepterade remissen.",
        en="Medical priority is optional: high is 2 weeks, medium 4 and low 12; it does not set the target date, "
        "but a target date beyond its time is warned about, and at a new visit it may come from the accepted "
        "referral.",
        source="COSMIC: Medicinsk prioritet",
    ),
    Statement(
        id="BO-6",
        severity=("W",),
        sv="En bokning senare än bevakningsintervallet medger ska ha en avvikelseorsak: medicinskt orsakad, "
        "patientvald, särskild orsakad eller verksamhetsorsakad väntan.",
        en="A booking later than the watch interval allows is to carry a deviation reason: medical, patient's "
        "choice, special wait, or the unit's own.",
        source="COSMIC: Avvikelseorsak",
    ),
    Statement(
        id="BO-7",
        severity=("E",),
        sv="Särskild orsakad väntan får bara användas av enheter för barn och ungdomar med psykisk ohälsa: "
        "psykiatri, delar av habiliteringen och särskilda enheter för ätstörning.",
        en="Special wait may be used only by units for children and young people with mental ill-health: "
        "psychiatry, parts of habilitation, and special eating-disorder units.",
        source="COSMIC: Avvikelseorsak, Ombokning",
    ),
    Statement(
        id="BO-8",
        severity=("E", "W"),
        sv="Tidsåtgång, kontakttyp och besökstyp kommer från vårdtjänsten och får ändras bara där den är "
        "inställd för det; en tillåten ändring av kontakttyp eller tidsåtgång ger en varning, eftersom den "
        "ändrar vad 1177 visar.",
        en="Duration, contact type and visit type come from the care service and may be changed only where it is "
        "configured for that; an allowed change of contact type or duration is warned about, as it changes "
        "what 1177 shows.",
        source="COSMIC: Vårdtjänst, Tidsåtgång, Kontakttyp, Besökstyp, Ändra i bokningsunderlag",
    ),
    Statement(
        id="BO-9",
        severity=("E",),
        sv="Vårdtjänsten på ett bokat besök kan inte ändras: besöket avbokas och bokas på nytt på ett nytt eller "
        "justerat underlag med rätt vårdtjänst.",
        en="The care service of a booked visit cannot be changed: the visit is cancelled, and booked anew on a "
        "new or adjusted basis with the right care service.",
        source="COSMIC: Ändra i bokningsunderlag, Avbokning",
    ),
    Statement(
        id="BO-10",
        severity=("E",),
        sv="Besökstypen är nybesök (inget medicinskt samband med något tidigare besök eller vårdtillfälle i "
        "samma verksamhetsområde, på samma vårdcentral eller liknande), återbesök eller administrativ åtgärd; "
        "akut är ja eller nej.",
        en="Visit type is new visit (no medical connection with an earlier visit or admission in the same "
        "medical field, health centre or the like), return visit or administrative action; acute is yes or "
        "no.",
        source="COSMIC: Besökstyp, Akut",
    ),
    Statement(
        id="BO-11",
        severity=("E",),
        sv="Högst en term väljs från vardera kategori 1 (diagnos), kategori 2 (åtgärd, även vårdgarantikoderna "
        "HV, HVNY, HVOP, HVUT och HVÅB) och team, ett arbetslag utanför HSA som bara finns i "
        "bokningsunderlaget.",
        en="At most one term each of category 1 (diagnosis), category 2 (action, with the care-guarantee codes "
        "HV, HVNY, HVOP, HVUT and HVÅB) and team, a working team that HSA does not know, on a full basis "
        "only.",
        source="COSMIC: Kategorier",
    ),
    Statement(
        id="BO-12",
        severity=("W",),
        sv="Fält som regionen har stängt av, i Halland ordningsföljd, mediaundersökning, särskild information "
        "och bilaga, sparas men används inte, och avsändaren får veta vad som ska användas i stället.",
        en="Fields that the region has switched off (in Halland order of actions, media examination, special "
        "information and attachment) are kept but not used, and the sender is told what to use instead.",
        source="COSMIC: Ordningsföljd, Mediaundersökning, Bilaga, Särskild information",
    ),
    Statement(
        id="BO-13",
        severity=("W", "V"),
        sv="Bokningsinformation visas aldrig på 1177, och varken den eller övrigt vid ett vårdtillfälle får "
        "innehålla något känsligt; ett personnummer där ger en varning.",
        en="Booking information is never shown on 1177, and neither it nor the field other of an admission may "
        "hold anything sensitive; a personnummer in them is warned about.",
        source="COSMIC: Bokningsinformation, Övrigt",
    ),
    Statement(
        id="BO-14",
        severity=("E",),
        sv="En serie har samma intervall, personal och registreringsdatum och en vårdkontakt per vårdåtgärd; en "
        "gemensam vårdkontakt används bara när samma åtgärd upprepas under en och samma dag.",
        en="A series has the same interval, staff and registration date, and one contact per action; one contact "
        "for all actions is used only where the same action is repeated on one and the same day.",
        source="COSMIC: Serie",
    ),
    Statement(
        id="BO-15",
        severity=("E",),
        sv="Kopierade bokningar blir en serie, och ett nybesök kopieras aldrig.",
        en="Copied bookings become a series, and a new visit is never copied.",
        source="COSMIC: Kopiera bokat besök",
    ),
    Statement(
        id="BO-16",
        severity=("E", "V"),
        sv="En preliminärbokning görs bara från väntelistan och ska bekräftas innan den visas på 1177 och innan "
        "ankomst kan registreras.",
        en="A preliminary booking (status pending) is made only from the waiting list, and must be confirmed "
        "before it shows on 1177 and before arrival can be registered.",
        source="COSMIC: Preliminärbokning",
    ),
    Statement(
        id="BO-17",
        severity=("W",),
        sv="En fribokning görs utan passande schema och visas på 1177; ligger den i ett schema med andra "
        "vårdtjänster ska tiden spärras, annars kan den dubbelbokas.",
        en="A free booking is made without a matching schedule and is shown on 1177; in a schedule with other "
        "care services the time is to be blocked, or it could be booked twice.",
        source="COSMIC: Fribokning",
    ),
    Statement(
        id="BO-18",
        severity=("E",),
        sv="En bokning på lokal eller utrustning ska bemannas med vårdpersonal innan ankomst med betalning kan "
        "registreras; enbart status anländ kan sättas ändå.",
        en="A booking on a room or equipment must be manned with staff before arrival with payment can be "
        "registered; arrival alone (status arrived) can be.",
        source="COSMIC: Bemanning av tidbok",
    ),
    Statement(
        id="BO-19",
        severity=(),
        sv="Väntelistan (planerade vårdåtgärder) har status planerad eller bokad, visar uteblivna kontakter för "
        "sig och filtreras på enhet, vårdtjänst, besökstyp, yrkesroll, kontakttyp, datum, kort varsel, bokad "
        "eller ej, akut, ändrat kallelsesätt och saknad avgift.",
        en="The waiting list has status planned or booked, keeps missed contacts apart, and is filtered by unit, "
        "care service, visit type, profession, contact type, dates, short notice, booked or not, acute, "
        "changed summons preference and missing fee.",
        source="COSMIC: Planerade vårdåtgärder",
    ),
    Statement(
        id="BO-20",
        severity=("D",),
        sv="Väntetiden i vårdgarantin räknas för nybesök från att underlaget skapas till den bokade tiden; när "
        "patienten om- eller avbokar via e-tjänsten är det patientvalt och räknas inte.",
        en="Waiting time for the care guarantee runs, for new visits, from the creation of the basis to the "
        "booked time; rebooking or cancelling by the patient over the e-service is patient's choice and does "
        "not count.",
        source="COSMIC: Bokning från Planerade vårdåtgärder, Besökstyp, Ombokning, Avbokning",
    ),
    Statement(
        id="BO-21",
        severity=("E", "D"),
        sv="För självincheckning krävs patientavgift och besökskostnad om inte registrera ej betalinformation är "
        "ikryssat; avgiftsreducering och patientinformation får anges, men kontakttyp och enhet avgör om "
        "patienten kan checka in själv.",
        en="For self check-in patient fee and visit cost are mandatory unless registrera ej betalinformation is "
        "set; a fee reduction and patient information may be given, but contact type and unit decide whether "
        "self check-in is possible.",
        source="COSMIC: Självbetjäning",
    ),
    Statement(
        id="BO-22",
        severity=("E",),
        sv="För ett planerat vårdtillfälle anges planerad start, uppskattad vårdtid (1–3, 3–5, 5–10, 10+ eller "
        "antal dagar) och vid behov inskrivningsorsak, aktiviteter innan och under samt övrigt, som bara är "
        "till avdelningen.",
        en="A planned admission has a planned start, an estimated length (1–3, 3–5, 5–10, 10+ or a number of "
        "days) and, where needed, a reason, activities before and during it, and other text that is for the "
        "ward only.",
        source="COSMIC: Bokning i slutenvård",
    ),
    Statement(
        id="BO-23",
        severity=("E",),
        sv="Där enheten kräver remiss har underlaget en remiss, en privat vårdbegäran eller, vid en tillfällig "
        "kontakt, en sökorsak.",
        en="Where the unit demands a referral, the basis has a referral, a private care request or, for a "
        "temporary contact, a reason for seeking care.",
        source="COSMIC: Remissväljaren",
    ),
    Statement(
        id="BO-24",
        severity=("E",),
        sv="Registreringsdatum är den dag då det beslutades att patienten ska planeras, inte meddelandets datum "
        "eller den dag underlaget skapades, som anges för sig.",
        en="The registration date is the date of the decision to plan, not that of the message nor of the basis' "
        "creation, which is carried apart.",
        source="COSMIC: Registreringsdatum",
    ),
    Statement(
        id="BO-25",
        severity=("E",),
        sv="Samplanering är flera vårdåtgärder under en vårdkontakt; en av dem är huvudåtgärd, och varje "
        "ytterligare åtgärd anger om den hör till kontakten eller ger en ny.",
        en="Co-planning is several actions under one contact; one of them is the main action, and each further "
        "action says whether it joins the contact or makes a new one.",
        source="COSMIC: Samplanering, Lägg till",
    ),
    Statement(
        id="BO-26",
        severity=("W",),
        sv="Nybesök sambokas bara när besöken sker samtidigt.",
        en="New visits are co-booked only when they take place at the same time.",
        source="COSMIC: Besökstyp",
    ),
    Statement(
        id="BO-27",
        severity=("W",),
        sv="En serie, eller kopierade bokningar, på en enhet där patienterna själva hanterar sina tider ger en "
        "varning.",
        en="A series, or copied bookings, at a unit where patients handle their times themselves is warned about.",
        source="COSMIC: Serie, Kopiera bokat besök",
    ),
    Statement(
        id="BO-28",
        severity=("V",),
        sv="Information till kassa och inskrivning följer med och visas för receptionen, aldrig på 1177.",
        en="Information to desk and admission is carried and shown to reception, never on 1177.",
        source="COSMIC: Information till kassa och inskrivning",
    ),
    Statement(
        id="BO-29",
        severity=("D",),
        sv="Det som inte anges fylls i från vårdtjänsten: yrkesroll, kontakttyp, besökstyp, tidsåtgång, behov av "
        "lokal eller utrustning, kallelsetext, visning och rättigheter på 1177, krav på underlag och åter "
        "väntelista.",
        en="What is not given is filled from the care service: profession, contact type, visit type, duration, "
        "need of room or equipment, summons text, presentation and permissions on 1177, demand for a basis, "
        "and back-to-waiting-list.",
        source="COSMIC: Bakgrund, Vårdtjänst, Öppen kallelse, Avbokning",
    ),
    Statement(
        id="BO-30",
        severity=(),
        sv="Ansvarig vårdpersonal är frivillig på underlaget; utan den passar all vårdpersonal som har "
        "vårdtjänsten i sin tidbok.",
        en="Responsible staff is optional on the basis; without it any staff with the care service in their time "
        "book fits.",
        source="COSMIC: Ansvarig vårdpersonal",
    ),
    Statement(
        id="BO-31",
        severity=(),
        sv="Väntelistan filtreras även på kategori, team, prioritet, hel serie och en eller alla patienter; "
        "raderna visar senaste av- eller ombokningsorsak, första kontakt i väntetidsuppföljningen, "
        "behandlingsbeslut med datum, diagnos, planerad åtgärd och väntetid.",
        en="The waiting list is also filtered by categories, team, priority, whole series, one or all patients; "
        "its rows carry the last cancel or rebook reason, first contact in waiting-time follow-up, dated "
        "treatment decision, diagnosis, planned action and waiting time.",
        source="COSMIC: Planerade vårdåtgärder, Bokningsunderlag",
    ),
    Statement(
        id="BO-32",
        severity=("W",),
        sv="En fribokning i en tidbok som är öppen på webben ger en varning.",
        en="A free booking in a time book that is open on the web is warned about.",
        source="COSMIC: Fribokning",
    ),
    Statement(
        id="BO-33",
        severity=("W",),
        sv="Ankomst utan betalning markerar kontakten för efterfakturering; för asylsökande, för vilka en "
        "faktura blir fel, ges en varning.",
        en="Arrival without payment marks the contact for later invoicing; for asylum seekers, for whom an "
        "invoice is wrong, it is warned about.",
        source="COSMIC: Bemanning av tidbok",
    ),
    Statement(
        id="BO-34",
        severity=("W",),
        sv="Patientvald väntan förutsätter ett erbjudande inom vårdgarantin, och medicinskt orsakad väntan ett "
        "beslut av vårdpersonal; saknas det efterfrågas det.",
        en="Patient's choice presupposes an offer within the care guarantee, and a medical deviation reason a "
        "decision by staff; where absent, it is asked for.",
        source="COSMIC: Avvikelseorsak",
    ),
    Statement(
        id="SU-1",
        severity=("E", "D"),
        sv="Digital kallelse skickas alltid när patienten har konto på 1177, enheten webbtidbok och vårdtjänsten "
        "webbkonfiguration, annars kan den inte väljas; den är förval för den som avstått från brev, brev "
        "väljs till för hand, och den som är 13–17 år får alltid brev.",
        en="A digital summons is always sent where the patient has a 1177 account, the unit a web time book and "
        "the care service a web configuration, else it cannot be chosen; it is the default for patients who "
        "declined letters, a letter is added by hand, and those aged 13–17 always get one.",
        source="COSMIC: Kallelsesätt",
    ),
    Statement(
        id="SU-2",
        severity=("E",),
        sv="Kallelsebrevets mall är standard, till vårdnadshavare för, ombokning eller, för distansbesök, utan "
        "besöksadress.",
        en="The template of a summons letter is standard, to guardian, rebooking or, for distance visits, "
        "without visiting address.",
        source="COSMIC: Kallelsebrev",
    ),
    Statement(
        id="SU-3",
        severity=("V",),
        sv="Fritext till vald kallelse behåller sina radbrytningar och går till den digitala kallelsen, men inte "
        "vid distansbesök, där vårdtjänstens egen text används; kontakttypens text står i brevet under "
        "Viktigt inför ditt besök.",
        en="Free text to the summons keeps its line breaks and goes to the digital summons, except for distance "
        "visits, where the care service's own text is used; the contact type's text belongs in the letter, "
        "under Viktigt inför ditt besök.",
        source="COSMIC: Fritext till vald kallelse, Kontakttyp",
    ),
    Statement(
        id="SU-4",
        severity=(),
        sv="Kallelsestatus är digital vald, digital schemalagd (tid), digital skickad (tid), digital misslyckad "
        "(skickas igen, skickas inte igen eller för sent), brev valt eller brev utskrivet (tid).",
        en="Summons status is digital chosen, digital scheduled (time), digital sent (time), digital failed "
        "(will be retried, will not be retried, or too late), letter chosen, or letter printed (time).",
        source="COSMIC: Planerade vårdåtgärder",
    ),
    Statement(
        id="SU-5",
        severity=("W",),
        sv="Ett kallelsebrev för videobesök, telefonbesök eller telefonkontakt ska ha frasen i fritexten, och "
        "för annan plats ska platsen stå där; hembesök kräver inget.",
        en="A letter for a video visit, telephone visit or telephone contact needs the phrase in free text, and "
        "one for another place needs the place; a home visit needs nothing.",
        source="COSMIC: Kontakttyp",
    ),
    Statement(
        id="SU-6",
        severity=("D",),
        sv="En digital kallelse som inte skickas igen ersätts av ett brev; vid fel i konfigurationen skickas den igen.",
        en="A digital summons that will not be sent again falls back to a letter; after a configuration fault it "
        "is tried again.",
        source="COSMIC: Planerade vårdåtgärder",
    ),
    Statement(
        id="SU-7",
        severity=(),
        sv="Varje mall för kallelsebrev har en variant utan logotyp, för privata vårdgivare.",
        en="Each letter template has a variant without logotype for private providers.",
        source="COSMIC: Kallelsebrev",
    ),
    Statement(
        id="SU-8",
        severity=("D",),
        sv="I Skåne byggs kallelsens text av vårdkontaktsorsakens allmänspråkliga uttryck, "
        "förberedelseinformation och patientinformation, som alla kan saknas, och av tillvalens texter.",
        en="In Skåne the summons' text is built from the contact reason's plain wording, preparation and patient "
        "information, each optional, and from the add-ons' texts.",
        source="SDV 3.2, 3.2.1",
    ),
    Statement(
        id="OC-1",
        severity=("D", "E"),
        sv="En planerad vårdåtgärd vars vårdtjänst kräver koppling till bokningsunderlag går som öppen kallelse "
        "till patientens inkorg på 1177, där patienten väljer tid; andra vårdtjänster ger ingen öppen kallelse.",
        en="A planned action whose care service demands a booking basis goes as an open summons (status "
        "proposed) to the patient's 1177 inbox, where the patient picks the time; no other care service makes one.",
        source="COSMIC: Öppen kallelse",
    ),
    Statement(
        id="OC-2",
        severity=("V",),
        sv="Fritext på underlaget till en öppen kallelse kan läsas först när tiden är bokad, i den digitala kallelsen.",
        en="Free text on the basis of an open summons can be read only once the time is booked, in the digital "
        "summons.",
        source="COSMIC: Fritext till vald kallelse",
    ),
    Statement(
        id="RB-1",
        severity=("E",),
        sv="En ombokning ska ha en orsak: patienten, enheten, felaktig registrering, medicinska skäl, extern "
        "faktor, särskild orsakad väntan (BO-7), företrädare, e-tjänst (sätts av systemet och kan inte "
        "ändras) eller sen ombokning.",
        en="Rebooking needs a reason: patient, unit, wrong registration, medical, external factor, special wait "
        "(BO-7), representative, e-service (set by the system, fixed) or late.",
        source="COSMIC: Ombokning",
    ),
    Statement(
        id="RB-2",
        severity=("E",),
        sv="Vid ombokning till en tid utanför vårdgarantin ska avvikelseorsaken först finnas på underlaget; det "
        "gäller inte ombokning via e-tjänsten, som alltid är patientvald.",
        en="When rebooking beyond the care guarantee, the deviation reason must be on the basis first; not for "
        "rebooking over the e-service, which is always patient's choice.",
        source="COSMIC: Ombokning",
    ),
    Statement(
        id="RB-3",
        severity=("D",),
        sv="Orsaken sen ombokning eller sen avbokning betyder att patienten ska faktureras, orsaken att "
        "patienten om- eller avbokar att hen inte ska det; klockslaget då patienten om- eller avbokade "
        "sparas.",
        en="A late rebooking or cancelling is to be invoiced, one with the patient as its reason is not; the "
        "time when the patient rebooked or cancelled is kept.",
        source="COSMIC: Ombokning, Avbokning",
    ),
    Statement(
        id="CA-1",
        severity=("E",),
        sv="En avbokning ska ha en orsak: patienten, enheten, felaktig registrering, medicinska skäl, extern "
        "faktor, företrädare, e-tjänst (sätts av systemet) eller sen avbokning; åter väntelista är ett val, "
        "som vårdtjänsten styr vid e-tjänst.",
        en="Cancelling needs a reason (cancelationReason): patient, unit, wrong registration, medical, external "
        "factor, representative, e-service (system, fixed) or late; back-to-waiting-list is a choice, which "
        "for the e-service the care service makes.",
        source="COSMIC: Avbokning, Planerade vårdåtgärder",
    ),
    Statement(
        id="CA-2",
        severity=("E",),
        sv="I en samplanering bokas huvudåtgärden först och om- eller avbokas sist.",
        en="In a co-planned booking the main action is booked first, and rebooked or cancelled last.",
        source="COSMIC: Samplanering, Teambesök, Ombokning, Avbokning",
    ),
    Statement(
        id="CA-3",
        severity=("V",),
        sv="När vårdtjänsten byts ser patienten på 1177 en avbokning följd av en ny bokning för samma tid, "
        "kopplade till varandra.",
        en="At a change of care service the patient sees on 1177 a cancellation and then a new booking for the "
        "same time, linked to each other.",
        source="COSMIC: Avbokning",
    ),
    Statement(
        id="PO-1",
        severity=("V",),
        sv="På 1177 styr vårdtjänsten enskilda kontakter och fribokningar; samplanering och serie kan bara ses, "
        "teambesök (även samplanerade) och gruppbesök även avbokas, gruppbesök bokas med särskild vårdtjänst, "
        "preliminärbokningar syns inte, och obemannade rader visas inte som personer.",
        en="On 1177 the care service governs single contacts and free bookings; co-planned and series are only "
        "seen, team visits (co-planned too) and group visits also cancelled, group visits booked with a care "
        "service made for it, preliminary ones hidden, and unstaffed lines not shown as persons.",
        source="COSMIC: Samplanering, Serie, Kontakttyp, Preliminärbokning, Kopiera bokat besök, Fribokning, "
        "Teambesök, Gruppbesök",
    ),
)
