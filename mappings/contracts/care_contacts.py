"""Bookings and care events as GetCareContacts 3.0 has them (RIV-TA, XML)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from mappings.contracts import riv
from mappings.contracts.contract import Around, Assumed, Contract, Part, fact, of
from mappings.contracts.losses import OF_PATIENT_BY_NUMBER
from mappings.problem import Json
from mappings.region.booking import Booking, BookingStatus, Form
from mappings.region.care_event import CareEvent, EventStatus, EventType
from mappings.shape.codec import TEXT
from mappings.shape.template import Echo, Hole

DOMAIN = "urn:riv:clinicalprocess:logistics:logistics"

# The description's codes of SNOMED CT SE (53761000052103)
BOOKED = ("53631000052103", "tidbokad vårdkontakt")
CANCELLED = ("53641000052109", "inställd vårdkontakt")
UNDER_WAY = ("53651000052107", "pågående vårdkontakt")
FINISHED = ("53671000052101", "avslutad vårdkontakt")
ANNULLED = ("53691000052102", "makulerad vårdkontakt")
WAITING = ("53701000052102", "patient på väntelista")
MISSED = ("", "utebliven")
"""No code: said in words, as the contract has it."""

STATUS: dict[Any, tuple[str, str]] = {
    BookingStatus.WAITING: WAITING,
    BookingStatus.OPEN_SUMMONS: WAITING,
    BookingStatus.PRELIMINARY: BOOKED,
    BookingStatus.BOOKED: BOOKED,
    BookingStatus.ARRIVED: UNDER_WAY,
    BookingStatus.CHECKED_IN: UNDER_WAY,
    BookingStatus.COMPLETED: FINISHED,
    BookingStatus.CANCELLED: CANCELLED,
    BookingStatus.NO_SHOW: MISSED,
    BookingStatus.ANNULLED: ANNULLED,
    EventStatus.PLANNED: BOOKED,
    EventStatus.ARRIVED: UNDER_WAY,
    EventStatus.ONGOING: UNDER_WAY,
    EventStatus.CHECKED_OUT: UNDER_WAY,
    EventStatus.FINISHED: FINISHED,
    EventStatus.CANCELLED: CANCELLED,
    EventStatus.ANNULLED: ANNULLED,
}


def _status() -> Json:
    def code(_: Around, status: Any) -> str | None:
        return STATUS[status][0] or None

    def system(_: Around, status: Any) -> str | None:
        return riv.SNOMED_SE if STATUS[status][0] else None

    def name(_: Around, status: Any) -> str | None:
        return STATUS[status][1] if STATUS[status][0] else None

    def words(_: Around, status: Any) -> str | None:
        return None if STATUS[status][0] else STATUS[status][1]

    return {
        "code": of("status", code),
        "codeSystem": of("status", system),
        "displayName": of("status", name),
        "originalText": of("status", words),
    }


def _in_words(table: str, field: str) -> Json:
    """A code of the source's own table, which has no OID: its term alone."""
    return {"originalText": of(field, lambda at, code: at.source.display(table, code) or code)}


def _unit(field: str) -> Json:
    """`OrgUnitType`: a unit, with what the catalogue knows of it."""

    def known(name: str) -> Echo:
        return of(field, lambda at, unit: getattr(at.units.get(unit), name, None))

    return {
        "orgUnitHSAId": Hole(field, TEXT),
        "orgUnitName": known("name"),
        "orgUnitTelecom": known("public_phone"),
        "orgUnitAddress": of(field, lambda at, unit: riv.address(at.units.get(unit))),
        "orgUnitLocation": known("town"),
    }


def _care_contact(document: Echo | Hole, care_unit: str, period: Json, reason: Json) -> Part:
    return Part(
        "careContact",
        {
            "careContactHeader": {
                "documentId": document,
                "sourceSystemHSAId": Hole("source", TEXT),
                "patientId": {
                    "id": Hole("patient.identity.value", TEXT),
                    "type": of("patient.identity.kind", lambda _, kind: riv.PATIENT_ID.get(kind)),
                },
                "accountableHealthcareProfessional": {
                    "authorTime": fact(lambda at: at.registered and riv.timestamp(at.registered)),
                    "healthcareProfessionalHSAId": Hole("owner.staff", TEXT),
                    "healthcareProfessionalRoleCode": _in_words("professions", "owner.profession"),
                    "healthcareProfessionalOrgUnit": _unit("performing_unit"),
                    "healthcareProfessionalCareUnitHSAId": Hole(care_unit, TEXT),
                    "healthcareProfessionalCareGiverHSAId": fact(lambda at: at.source.care_giver),
                },
                "approvedForPatient": fact(lambda at: at.approved),
            },
            "careContactBody": {
                "careContactCode": _in_words("contact-types", "contact_type"),
                **reason,
                "careContactOrgUnit": _unit("performing_unit"),
                "careContactTimePeriod": period,
                "careContactStatus": _status(),
            },
        },
    )


STAYS = frozenset({EventType.INPATIENT, EventType.NEWBORN, EventType.OBSERVATION})
"""Types that have an end of their own; a visit is said by its start alone."""


def _booked(which: str) -> Echo:
    def write(_: Around, starts: Iterable[datetime | None], form: Form | None) -> str | None:
        known = [*filter(None, starts)]
        return None if not known or (form is Form.ADMISSION and which == "end") else riv.timestamp(min(known))

    return of("lines.start form", write)


def _came(which: str) -> Echo:
    def write(_: Around, start: Any, booked: Any, end: Any, kind: EventType | None) -> str | None:
        moment = end if kind in STAYS and which == "end" else start or booked
        return riv.timestamp(moment) if moment else None

    return of("start booked_time end event_type", write)


def _number(_: Around, number: str, booking: str | None) -> str:
    """The booking's, since it is the same contact; else the event's own, which no booking's number can be."""
    return booking or f"care-event/{number}"


OF_BOOKING = _care_contact(
    Hole("number", TEXT),
    "responsible_unit",
    {"start": _booked("start"), "end": _booked("end")},
    {"careContactReason": Hole("basis.search_reason", TEXT)},
)
OF_EVENT = _care_contact(
    of("number booking", _number), "responsible_unit", {"start": _came("start"), "end": _came("end")}, {}
)

NOT_OF_A_CONTACT = {
    "version": "Not in the contract",
    "visit_type": "Not in the contract",
    "reason": "`careContactReason` is the patient's own words",
    "add_ons": "Not in the contract",
    "lines.number": "One professional is carried: the owner",
    "lines.owner": "The owner's line is the one that is said",
    "lines.unit": "One unit is carried: the one that is visited",
    "group": "Not in the contract",
    "joint_assessment": "The sender's word to the gateway's rules",
}

BASIS = {
    f"basis.{name}": "What care plans by is not in the contract"
    for name in (
        *("kind", "number", "registered", "created", "watch_interval", "target_date", "medical_priority"),
        *("category1", "category2", "team", "short_notice", "customer", "agreement", "deviation_reason", "offered"),
        *("decided_by", "referral", "private_request", "information", "desk_information", "follow_up", "order"),
        *("media_examination", "special_information"),
    )
}

ASSUMED = (
    Assumed(
        "`authorTime`: when it was noted, which the source does not send",
        "When the gateway took in this state of the message",
    ),
    Assumed("`approvedForPatient`", "True where the patient herself is shown it; what is not known is false"),
    Assumed("`careContactCode`: KV Vårdkontakttyp, whose codes could not be had", "The term, in `originalText`"),
    Assumed("Status of a missed visit: none of the codes", "«utebliven» in `originalText`"),
    Assumed("`sourceSystemHSAId`: an HSA-id", "The source's id, as region.toml has it: name it by its HSA-id"),
    Assumed(
        "`result.logId`: a UUID",
        "The caller's trace id where one was sent, which the audit keeps; else made for the answer",
    ),
)


def _contract(kind: str, model: type[BaseModel], part: Part, loses: dict[str, str], **more: Any) -> Contract:
    return Contract(
        name="GetCareContacts",
        title=f"GetCareContacts 3.0 (RIV-TA), of a {kind}",
        document="clinicalprocess:logistics:logistics 3.0, service contract description and schemas",
        kind=kind,
        model=model,
        media=f'application/xml; profile="{DOMAIN}:GetCareContactsResponder:3"',
        namespaces=(f"{DOMAIN}:GetCareContactsResponder:3", f"{DOMAIN}:3"),
        item="careContact",
        parts=(part,),
        loses=OF_PATIENT_BY_NUMBER | NOT_OF_A_CONTACT | loses,
        needs=(
            "careContactHeader.documentId",
            "careContactHeader.sourceSystemHSAId",
            "careContactHeader.patientId.id",
            "careContactHeader.accountableHealthcareProfessional.authorTime",
        ),
        result=lambda log_id: {"result": {"resultCode": "OK", "logId": log_id}},
        assumed=ASSUMED,
        **more,
    )


CARE_CONTACTS = _contract(
    "booking",
    Booking,
    OF_BOOKING,
    BASIS
    | {
        "acute": "Not in the contract",
        "free": "Not in the contract",
        "lines.care_service": "Not in the contract",
        "lines.duration": "A visit is said by its start alone",
        "lines.room": "Not in the contract",
        "lines.equipment": "Not in the contract",
        "lines.joins": "Not in the contract",
        "lines.own_treatment_responsibility": "The sender's word to the gateway's rules",
        "summons": "Not in the contract",
        "no_medical_connection": "The sender's word to the gateway's rules",
        "admission": "Not in the contract",
        "self_check_in": "Not in the contract",
        "series": "Not in the contract",
        "chain": "Not in the contract",
        "arrival": "`careContactStatus` alone tells it",
        "rebookings": "Earlier times are not in the contract",
        "replaces": "Not in the contract",
        "cancellation": "`careContactStatus` alone tells it",
    },
    thins={
        "lines": "One professional: the owner; the time is the whole visit's",
        "status": "Eight codes; a preliminary booking is a booked one, an open summons a row of the waiting list",
        "form": "Tells an admission, which has no end yet, from a visit",
    },
)
EVENTS = _contract(
    "care-event",
    CareEvent,
    OF_EVENT,
    {
        "form": "Not in the contract",
        "origin": "Not in the contract",
        "event_type_history": "Not in the contract",
        "care_area": "Not in the contract",
        "visit_kind": "Not in the contract",
        "replaces_visit": "Not in the contract",
        "direct": "Not in the contract",
        "relations": "Guardians and contact persons are not in the contract",
        "producing_institution": "Two units are carried: where the contact is, and who answers for it",
        "planned": "Not in the contract",
        "checked_out": "Not in the contract",
        "lines.staff_category": "Not in the contract",
        "lines.documented": "The sender's word to the gateway's rules",
        "lines.kva": "Codes have a contract of their own",
        "care_commitment": "Not in the contract",
        "outcome": "Not in the contract",
        "consulted_from": "Not in the contract",
        "patient_moves": "The sender's word to the gateway's rules",
        "no_notes_or_transactions": "The sender's word to the gateway's rules",
        "admission": "Not in the contract",
        "diagnoses": "Diagnoses have a contract of their own",
        "external_causes": "Likewise",
        "procedures": "Likewise",
        "principal": "Not in the contract",
        "problem_code": "Not in the contract",
        "referral_code": "Not in the contract",
        "fee": "Not in the contract",
        "kva": "Codes have a contract of their own",
    },
    thins={
        "lines": "One professional: the owner",
        "event_type": "Tells a stay, which has an end, from a visit",
        "end": "Of a stay alone: a visit is said by its start",
        "booked_time": "Where the patient has not come",
        "number": "Of an event without a booking; else it is known by the booking's",
    },
)
