"""The code tables against their sources: HL7's value sets, Inera's and the Swedish base profile's, and SDV's own.

What stands here was copied from the source that the table names, code by code, and not from the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import pytest

from mappings.codes import systems, tables
from mappings.codes.care_events import CODED, NEED_COMMITMENT, EventClass
from mappings.region.booking import BookingStatus
from mappings.region.care_event import EventStatus, EventType

REQUEST_STATUS = {
    **dict.fromkeys(("waiting", "openSummons", "preliminary", "booked", "arrived", "checkedIn", "noShow"), "active"),
    "completed": "completed",
    "cancelled": "revoked",
    "annulled": "entered-in-error",
}
"""The plan of a missed visit lives on: it may be booked again."""

ENCOUNTER_CLASS = {
    "acute": "EMER",
    **dict.fromkeys(("hiddenOutpatient", "preRegisteredOutpatient", "preRegisteredAdmission"), "PRENC"),
    **dict.fromkeys(("preRegisteredDiagnostics", "foetus"), "PRENC"),
    "observation": "OBSENC",
    **dict.fromkeys(("inpatient", "newborn"), "IMP"),
    **dict.fromkeys(("primaryCare", "specialised", "specialisedPlace", "diagnostics", "clinicalOngoing"), "AMB"),
    **dict.fromkeys(("outpatientConsult", "admin", "annulled", "historical", "missed"), "AMB"),
    "withoutVisit": "VR",
}

POSITIONS = {
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

SOURCES: list[tuple[str, Mapping[Any, Any], dict[str, Any]]] = [
    (
        "R4 appointmentstatus",
        tables.APPOINTMENT_STATUS,
        {
            "waiting": "waitlist",
            "openSummons": "proposed",
            "preliminary": "pending",
            "booked": "booked",
            "arrived": "arrived",
            "checkedIn": "checked-in",
            "completed": "fulfilled",
            "cancelled": "cancelled",
            "noShow": "noshow",
            "annulled": "entered-in-error",
        },
    ),
    ("R4 request-status", tables.REQUEST_STATUS, REQUEST_STATUS),
    ("R4 request-priority", tables.REQUEST_PRIORITY, {"high": "asap", "medium": "urgent", "low": "routine"}),
    ("BO-22", tables.STAY_DAYS, {"1-3": 3, "3-5": 5, "5-10": 10, "10+": 10}),
    ("v3-ParticipationMode", tables.SUMMONS_MEDIUM, {"digital": "ELECTRONIC", "letter": "MAILWRIT"}),
    (
        "R4 encounter-status",
        tables.ENCOUNTER_STATUS,
        {
            "planned": "planned",
            "arrived": "arrived",
            "ongoing": "in-progress",
            "checkedOut": "in-progress",
            "finished": "finished",
            "cancelled": "cancelled",
            "annulled": "entered-in-error",
        },
    ),
    ("SDV 3.1.1, v3-ActCode", tables.ENCOUNTER_CLASS, ENCOUNTER_CLASS),
    (
        "R4 care-team-status",
        tables.CARE_TEAM_STATUS,
        {
            **dict.fromkeys(("requested", "needed", "offered"), "proposed"),
            "active": "active",
            **dict.fromkeys(("declined", "unneeded", "ended"), "inactive"),
            "annulled": "entered-in-error",
        },
    ),
    (
        "kv_typ_av_fast_kontakt",
        tables.CONTACT_KIND,
        {"careContact": "1", "physician": "2", "homeCareContact": "3", "coordinatingCareContact": "4"},
    ),
    (
        "kv_typ_av_fast_kontakt, terms",
        tables.CONTACT_KIND_TERM,
        {
            "careContact": "fast vårdkontakt",
            "physician": "fast läkarkontakt i primärvård",
            "homeCareContact": "fast omsorgskontakt i hemtjänsten",
            "coordinatingCareContact": "fast vårdkontakt med övergripande samordningsansvar",
        },
    ),
    (
        "hl7.se SecurityLabel",
        tables.PROTECTION,
        {"sekretessmarkering": "sekretessmarkering", "skyddadFolkbokforing": "skyddadFolkbokforing"},
    ),
    (
        "SDV 4.4",
        tables.PROTECTION_NAME,
        {"sekretessmarkering": "Sekretessmarkering", "skyddadFolkbokforing": "Skyddad folkbokföring"},
    ),
    ("R4 address-use", tables.ADDRESS_USE, {"home": "home", "billing": "billing", "temporary": "temp"}),
    (
        "ID-4",
        tables.MEMBERSHIP_TERM,
        {
            "asylumSeeker": "Asylsökande",
            "undocumented": "Tillståndslös",
            "unDirective": "Medborgare enligt FN:s direktiv",
            "euEeaConvention": "EU/EES konvention",
            "selfPaying": "Självbetalande",
        },
    ),
    ("appointment-cancellation-reason", tables.SYSTEM_CANCELLATION, {"deceased": "pat-dec"}),
    ("R4 contact-point-system", tables.CONTACT_SYSTEM, {"phone": "phone", "digital": "url"}),
    (
        "SDV 7.4, CO-1",
        tables.VISIT_KVA,
        {"single": "XS900", "team": "XS902", "group": "XS903", "groupTeam": "XS904"},
    ),
    (
        "SDV 7.4, CO-2",
        tables.STAFF_KVA,
        {
            "31": "XS910",
            "40": "XS911",
            "32": "XS912",
            "33": "XS913",
            "41": "XS914",
            "46": "XS916",
            **{str(category): "XS915" for category in (10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 70)},
            "34": "XS917",
            "36": "XS917",
            "30": "XS918",
        },
    ),
    ("KV Befattning", tables.POSITIONS, POSITIONS),
]


def plain(value: Any) -> Any:
    return value.value if isinstance(value, StrEnum) else value


@pytest.mark.parametrize(
    ("table", "published"), [(table, rows) for _, table, rows in SOURCES], ids=[s[0] for s in SOURCES]
)
def test_a_table_says_what_its_source_says(table: Mapping[Any, Any], published: dict[str, Any]) -> None:
    assert {plain(key): plain(value) for key, value in table.items()} == published


def test_a_status_that_others_set_is_read_back_as_the_one_that_it_stands_for() -> None:
    assert {code: tables.BOOKING_STATUS[code] for code in ("waitlist", "fulfilled", "noshow")} == {
        "waitlist": BookingStatus.WAITING,
        "fulfilled": BookingStatus.COMPLETED,
        "noshow": BookingStatus.NO_SHOW,
    }
    assert tables.EVENT_STATUS["in-progress"] is EventStatus.ONGOING
    assert tables.EVENT_STATUS["finished"] is EventStatus.FINISHED


def test_ID_7_the_convention_and_self_paying_are_the_memberships_that_may_stand_together() -> None:
    assert {one.value for one in tables.TOGETHER} == {"euEeaConvention", "selfPaying"}


def test_ID_7_who_has_emigrated_is_deregistered_as_UV() -> None:
    assert set(tables.EMIGRATED) == {"UV"}


def test_EV_5_specialised_care_needs_a_commitment_and_nothing_else_does() -> None:
    assert {EventType.SPECIALISED, EventType.SPECIALISED_PLACE} == NEED_COMMITMENT


def test_CO_3_contacts_in_which_the_patient_is_met_are_coded() -> None:
    met = {"acute", "observation", "inpatient", "primaryCare", "specialised", "specialisedPlace"}
    assert {one.value for one in CODED} == met | {"clinicalOngoing", "outpatientConsult"}


@pytest.mark.parametrize(
    ("uri", "published"),
    [
        (systems.HSA, "urn:oid:1.2.752.29.4.19"),
        (systems.PERSONNUMMER, "http://electronichealth.se/identifier/personnummer"),
        (systems.SAMORDNINGSNUMMER, "http://electronichealth.se/identifier/samordningsnummer"),
        (systems.RESERVIDENTITET, "http://electronichealth.se/identifier/nationelltReservnummer"),
        (systems.LMA, "http://electronichealth.se/identifier/LMA-nummer"),
        (systems.BEFATTNING, "urn:oid:1.2.752.129.2.2.1.4"),
        (systems.KVA, "urn:oid:1.2.752.116.1.3.2.1.4"),
        (systems.ICD10, "urn:oid:1.2.752.116.1.1.1.1.3"),
        (
            systems.CONTACT_KIND,
            "https://terminologitjansten.inera.se/inera-kodverksforvaltning/kodverk/kv_typ_av_fast_kontakt",
        ),
        (systems.CARE_TEAM_KIND, "https://fhir.inera.se/ig/careteam/CodeSystem/typ-av-careteam-cs"),
        (systems.SECURITY_LABEL, "http://hl7.se/fhir/ig/base/CodeSystem/SecurityLabel"),
        (systems.ACT_CODE, "http://terminology.hl7.org/CodeSystem/v3-ActCode"),
        (systems.PARTICIPATION, "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"),
        (systems.IDENTIFIER_TYPE, "http://terminology.hl7.org/CodeSystem/v2-0203"),
        (systems.APPOINTMENT_REASON, "http://terminology.hl7.org/CodeSystem/v2-0276"),
        (systems.CANCELLATION, "http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason"),
        (systems.CONDITION_CATEGORY, "http://terminology.hl7.org/CodeSystem/condition-category"),
        (systems.VERIFICATION, "http://terminology.hl7.org/CodeSystem/condition-ver-status"),
        (systems.ATC, "http://www.whocc.no/atc"),
        (systems.PHYSICAL_TYPE, "http://terminology.hl7.org/CodeSystem/location-physical-type"),
        (systems.MEDIUM, "http://terminology.hl7.org/CodeSystem/v3-ParticipationMode"),
        (systems.UCUM, "http://unitsofmeasure.org"),
        (systems.LANGUAGE, "urn:ietf:bcp:47"),
        (systems.INTERPRETER_REQUIRED, "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired"),
    ],
)
def test_a_system_is_named_as_its_owner_names_it(uri: str, published: str) -> None:
    assert uri == published


def test_ID_1_a_national_number_is_written_with_its_own_system_and_a_local_one_with_its_sources() -> None:
    kinds = ("personnummer", "samordningsnummer", "reservidentitet", "reservnummer")
    assert [systems.identity_system(kind) for kind in kinds] == [
        "http://electronichealth.se/identifier/personnummer",
        "http://electronichealth.se/identifier/samordningsnummer",
        "http://electronichealth.se/identifier/nationelltReservnummer",
        None,
    ]


OF_SOURCES = {
    *("booking/", "summons/", "room/", "equipment/", "referral/", "visit-team/", "care-event/", "named-contact/"),
    *("booking-basis/", "reservnummer/"),
}
"""A source's own id is added at the end."""
OF_THE_GATEWAY = {
    *("diagnosis", "external-cause", "procedure", "care-commitment", "team", "person", "unit", "of-contact"),
    *("passport", "relation", "membership", "staff-at-unit"),
}
KINDS = {"care-team-kind", "event-type", "coded-as", "system-cancel-reason", "relation-kind", "membership-kind"}


def test_what_a_resource_is_known_by_never_changes_once_it_has_been_delivered() -> None:
    """Another system here, and every server would hold everything twice."""
    own = {value for value in vars(systems).values() if isinstance(value, str) and value.startswith(systems.BASE)}
    told = {value.removeprefix("https://vardbro.example/fhir/") for value in own - {systems.BASE}}
    assert told == {f"sid/{name}" for name in OF_SOURCES | OF_THE_GATEWAY} | {f"CodeSystem/{name}" for name in KINDS}


def test_EV_1_the_classes_are_named_so() -> None:
    assert [one.value for one in EventClass] == [
        *("acute", "preRegistration", "observation", "inpatient", "outpatient", "other")
    ]


def test_our_own_definitions_lie_under_one_base_that_nobody_can_own() -> None:
    own = [value for value in vars(systems).values() if isinstance(value, str) and "vardbro" in value]
    assert all(value.startswith("https://vardbro.example/fhir") for value in own)
    assert systems.extension("rebooking") == "https://vardbro.example/fhir/StructureDefinition/rebooking"
    assert len(set(own)) == len(own)
