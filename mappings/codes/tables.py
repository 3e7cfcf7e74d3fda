"""Code tables that are the same in every region, over the enums of the regional model."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from mappings.region.booking import BookingStatus as B
from mappings.region.booking import MedicalPriority as P
from mappings.region.booking import StayLength as L
from mappings.region.booking import SummonsWay as W
from mappings.region.care_event import EventStatus as S
from mappings.region.care_event import EventType as T
from mappings.region.named_contact import ContactKind as K
from mappings.region.named_contact import ContactStatus as C
from mappings.region.people import AddressKind, MembershipKind, ProtectionKind, Way
from mappings.region.steps import SystemReason

# http://hl7.org/fhir/R4/valueset-appointmentstatus.html
APPOINTMENT_STATUS: Final = MappingProxyType(
    {
        B.WAITING: "waitlist",
        B.OPEN_SUMMONS: "proposed",
        B.PRELIMINARY: "pending",
        B.BOOKED: "booked",
        B.ARRIVED: "arrived",
        B.CHECKED_IN: "checked-in",
        B.COMPLETED: "fulfilled",
        B.CANCELLED: "cancelled",
        B.NO_SHOW: "noshow",
        B.ANNULLED: "entered-in-error",
    }
)
BOOKING_STATUS: Final = MappingProxyType({code: status for status, code in APPOINTMENT_STATUS.items()})
"""The way back, for what others set."""

# http://hl7.org/fhir/R4/valueset-request-status.html: the plan lives while the visit may still come about
REQUEST_STATUS: Final = MappingProxyType(
    {
        B.WAITING: "active",
        B.OPEN_SUMMONS: "active",
        B.PRELIMINARY: "active",
        B.BOOKED: "active",
        B.ARRIVED: "active",
        B.CHECKED_IN: "active",
        B.COMPLETED: "completed",
        B.CANCELLED: "revoked",
        B.NO_SHOW: "active",
        B.ANNULLED: "entered-in-error",
    }
)

# http://hl7.org/fhir/R4/valueset-request-priority.html; the exact priority stands beside it
REQUEST_PRIORITY: Final = MappingProxyType({P.HIGH: "asap", P.MEDIUM: "urgent", P.LOW: "routine"})

# BO-22: what an estimated length reserves, in days
STAY_DAYS: Final = MappingProxyType({L.DAYS_1_3: 3, L.DAYS_3_5: 5, L.DAYS_5_10: 10, L.DAYS_10: 10})

# http://terminology.hl7.org/CodeSystem/v3-ParticipationMode
SUMMONS_MEDIUM: Final = MappingProxyType({W.DIGITAL: "ELECTRONIC", W.LETTER: "MAILWRIT"})

# http://hl7.org/fhir/R4/valueset-encounter-status.html
ENCOUNTER_STATUS: Final = MappingProxyType(
    {
        S.PLANNED: "planned",
        S.ARRIVED: "arrived",
        S.ONGOING: "in-progress",
        S.CHECKED_OUT: "in-progress",
        S.FINISHED: "finished",
        S.CANCELLED: "cancelled",
        S.ANNULLED: "entered-in-error",
    }
)
EVENT_STATUS: Final = MappingProxyType(
    {code: status for status, code in ENCOUNTER_STATUS.items()} | {"in-progress": S.ONGOING}
)
"""The way back, for what others set."""

# SDV 3.1.1 (EV-1): the class of each type, as http://terminology.hl7.org/CodeSystem/v3-ActCode; it knows none for the
# class Övriga, so that those have what they would have been
ENCOUNTER_CLASS: Final = MappingProxyType(
    {
        T.ACUTE: "EMER",
        T.HIDDEN_OUTPATIENT: "PRENC",
        T.PRE_REGISTERED_OUTPATIENT: "PRENC",
        T.PRE_REGISTERED_ADMISSION: "PRENC",
        T.PRE_REGISTERED_DIAGNOSTICS: "PRENC",
        T.OBSERVATION: "OBSENC",
        T.INPATIENT: "IMP",
        T.NEWBORN: "IMP",
        T.PRIMARY_CARE: "AMB",
        T.SPECIALISED: "AMB",
        T.SPECIALISED_PLACE: "AMB",
        T.DIAGNOSTICS: "AMB",
        T.CLINICAL_ONGOING: "AMB",
        T.WITHOUT_VISIT: "VR",
        T.OUTPATIENT_CONSULT: "AMB",
        T.ADMIN: "AMB",
        T.ANNULLED: "AMB",
        T.FOETUS: "PRENC",
        T.HISTORICAL: "AMB",
        T.MISSED: "AMB",
    }
)

# http://hl7.org/fhir/R4/valueset-care-team-status.html
CARE_TEAM_STATUS: Final = MappingProxyType(
    {
        C.REQUESTED: "proposed",
        C.NEEDED: "proposed",
        C.OFFERED: "proposed",
        C.ACTIVE: "active",
        C.DECLINED: "inactive",
        C.UNNEEDED: "inactive",
        C.ENDED: "inactive",
        C.ANNULLED: "entered-in-error",
    }
)
NAMED_CONTACT_STATUS: Final = MappingProxyType(
    {"proposed": C.OFFERED, "active": C.ACTIVE, "inactive": C.ENDED, "entered-in-error": C.ANNULLED}
)
"""What a contact is where others moved only the view (Decided 12)."""

# Inera, kv_typ_av_fast_kontakt (1.2.752.129.5.1.69); other contacts have no code there
CONTACT_KIND: Final = MappingProxyType({K.CARE_CONTACT: "1", K.PHYSICIAN: "2", K.HOME_CARE: "3", K.COORDINATING: "4"})
CONTACT_KIND_TERM: Final = MappingProxyType(
    {
        K.CARE_CONTACT: "fast vårdkontakt",
        K.PHYSICIAN: "fast läkarkontakt i primärvård",
        K.HOME_CARE: "fast omsorgskontakt i hemtjänsten",
        K.COORDINATING: "fast vårdkontakt med övergripande samordningsansvar",
    }
)

# http://hl7.se/fhir/ig/base/CodeSystem/SecurityLabel
PROTECTION: Final = MappingProxyType(
    {
        ProtectionKind.SEKRETESSMARKERING: "sekretessmarkering",
        ProtectionKind.SKYDDAD_FOLKBOKFORING: "skyddadFolkbokforing",
    }
)
PROTECTION_NAME: Final = MappingProxyType(
    {
        ProtectionKind.SEKRETESSMARKERING: "Sekretessmarkering",
        ProtectionKind.SKYDDAD_FOLKBOKFORING: "Skyddad folkbokföring",
    }
)
"""What stands instead of the name (SDV 4.4)."""

# http://hl7.org/fhir/R4/valueset-address-use.html; the exact kind stands beside it
ADDRESS_USE: Final = MappingProxyType(
    {AddressKind.HOME: "home", AddressKind.BILLING: "billing", AddressKind.TEMPORARY: "temp"}
)

# COSMIC: Bokning av reservnummerpatienter och utlandssvenska personer (ID-4, ID-7)
MEMBERSHIP_TERM: Final = MappingProxyType(
    {
        MembershipKind.ASYLUM_SEEKER: "Asylsökande",
        MembershipKind.UNDOCUMENTED: "Tillståndslös",
        MembershipKind.UN_DIRECTIVE: "Medborgare enligt FN:s direktiv",
        MembershipKind.EU_EEA: "EU/EES konvention",
        MembershipKind.SELF_PAYING: "Självbetalande",
    }
)
TOGETHER: Final = frozenset({MembershipKind.EU_EEA, MembershipKind.SELF_PAYING})
"""Memberships that may stand together; any other stands alone."""

# http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason (DE-1)
SYSTEM_CANCELLATION: Final = MappingProxyType({SystemReason.DECEASED: "pat-dec"})

# Skatteverket, codes of deregistration (avregistreringskod); only the one that a rule asks for
EMIGRATED: Final = frozenset({"UV"})
"""*Utvandrad*: who keeps a personnummer and lives abroad (*utlandssvensk*)."""

# http://hl7.org/fhir/R4/valueset-contact-point-system.html
CONTACT_SYSTEM: Final = MappingProxyType({Way.PHONE: "phone", Way.DIGITAL: "url"})

# SDV 7.4 (CO-1, CO-2): KVÅ codes that follow from the registration of the visit
VISIT_KVA: Final = MappingProxyType({"single": "XS900", "team": "XS902", "group": "XS903", "groupTeam": "XS904"})
"""Of a visit in person, by form; letter, telephone and video have theirs in the source's table."""

STAFF_KVA: Final = MappingProxyType(
    {
        "31": "XS910",
        "40": "XS911",
        "32": "XS912",
        "33": "XS913",
        "41": "XS914",
        **{str(category): "XS915" for category in (*range(10, 20), 70)},
        "46": "XS916",
        "34": "XS917",
        "36": "XS917",
        "30": "XS918",
    }
)
"""By staff category; categories that are not here get no code, never a guessed one (CO-4)."""

# Inera, KV Befattning: the codes that the sources name; a region's folder may hold more (fhir.md 2)
POSITIONS: Final = MappingProxyType(
    {
        "201010": "Överläkare",
        "201011": "Distriktsläkare/Specialist allmänmedicin",
        "202010": "Specialistläkare",
        "203010": "Läkare legitimerad, specialiseringstjänstgöring",
        "203020": "Läkare legitimerad, bastjänstgöring",
        "203090": "Läkare legitimerad, annan",
        "204010": "Läkare ej legitimerad, allmäntjänstgöring",
        "204090": "Läkare ej legitimerad, annan",
        "205011": "Barnmorska, mottagning",
    }
)
