"""URIs: who names what. National identifiers and systems as the Swedish base profile and Inera write them."""

from __future__ import annotations

BASE = "https://vardbro.example/fhir"
"""Canonical base of the project's own definitions (a reserved domain that nobody can own)."""

# Source systems' own keys; the source's id stands at the end, or before the value.
BOOKING = f"{BASE}/sid/booking/"
BASIS = f"{BASE}/sid/booking-basis/"
SUMMONS = f"{BASE}/sid/summons/"
ROOM = f"{BASE}/sid/room/"
EQUIPMENT = f"{BASE}/sid/equipment/"
REFERRAL = f"{BASE}/sid/referral/"
VISIT_TEAM = f"{BASE}/sid/visit-team/"
CARE_EVENT = f"{BASE}/sid/care-event/"
NAMED_CONTACT = f"{BASE}/sid/named-contact/"
# What an event's coding is known by: source, event and number stand in the value.
DIAGNOSIS = f"{BASE}/sid/diagnosis"
EXTERNAL_CAUSE = f"{BASE}/sid/external-cause"
PROCEDURE = f"{BASE}/sid/procedure"
CARE_COMMITMENT = f"{BASE}/sid/care-commitment"
TEAM = f"{BASE}/sid/team"
LOCAL_PERSON = f"{BASE}/sid/person"
LOCAL_UNIT = f"{BASE}/sid/unit"
OF_CONTACT = f"{BASE}/sid/of-contact"
"""Whoever has no id but the contact that speaks of them."""
LOCAL_PATIENT = f"{BASE}/sid/reservnummer/"
PASSPORT = f"{BASE}/sid/passport"
RELATION = f"{BASE}/sid/relation"
MEMBERSHIP = f"{BASE}/sid/membership"
"""Of a patient: her own identity stands before the value."""
STAFF_AT_UNIT = f"{BASE}/sid/staff-at-unit"

# https://simplifier.net/basprofil-se-r4, Inera's terminology
HSA = "urn:oid:1.2.752.29.4.19"
PERSONNUMMER = "http://electronichealth.se/identifier/personnummer"
SAMORDNINGSNUMMER = "http://electronichealth.se/identifier/samordningsnummer"
RESERVIDENTITET = "http://electronichealth.se/identifier/nationelltReservnummer"
LMA = "http://electronichealth.se/identifier/LMA-nummer"
BEFATTNING = "urn:oid:1.2.752.129.2.2.1.4"
KVA = "urn:oid:1.2.752.116.1.3.2.1.4"
ICD10 = "urn:oid:1.2.752.116.1.1.1.1.3"
CONTACT_KIND = "https://terminologitjansten.inera.se/inera-kodverksforvaltning/kodverk/kv_typ_av_fast_kontakt"
CARE_TEAM_KIND = "https://fhir.inera.se/ig/careteam/CodeSystem/typ-av-careteam-cs"
SECURITY_LABEL = "http://hl7.se/fhir/ig/base/CodeSystem/SecurityLabel"

# https://terminology.hl7.org
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
IDENTIFIER_TYPE = "http://terminology.hl7.org/CodeSystem/v2-0203"
APPOINTMENT_REASON = "http://terminology.hl7.org/CodeSystem/v2-0276"
CANCELLATION = "http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason"
CONDITION_CATEGORY = "http://terminology.hl7.org/CodeSystem/condition-category"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
ATC = "http://www.whocc.no/atc"
PHYSICAL_TYPE = "http://terminology.hl7.org/CodeSystem/location-physical-type"
MEDIUM = "http://terminology.hl7.org/CodeSystem/v3-ParticipationMode"
UCUM = "http://unitsofmeasure.org"
LANGUAGE = "urn:ietf:bcp:47"
INTERPRETER_REQUIRED = "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired"

PROVENANCE_AGENT = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
DATA_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"

# Our own
VISIT_TEAM_KIND = f"{BASE}/CodeSystem/care-team-kind"
EVENT_TYPE = f"{BASE}/CodeSystem/event-type"
CODED_AS = f"{BASE}/CodeSystem/coded-as"
SYSTEM_REASON = f"{BASE}/CodeSystem/system-cancel-reason"
RELATION_KIND = f"{BASE}/CodeSystem/relation-kind"
MEMBERSHIP_KIND = f"{BASE}/CodeSystem/membership-kind"


def extension(name: str) -> str:
    """The url of one of the project's own extensions."""
    return f"{BASE}/StructureDefinition/{name}"


def identity_system(kind: str) -> str | None:
    """The system that a kind of patient identity is written with; None for a local number, which has its source's."""
    return _IDENTITIES.get(kind)


_IDENTITIES = {
    "personnummer": PERSONNUMMER,
    "samordningsnummer": SAMORDNINGSNUMMER,
    "reservidentitet": RESERVIDENTITET,
}
