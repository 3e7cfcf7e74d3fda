"""Bookings as 1177 shows them today: GetSubjectOfCareSchedule of crm:scheduling 1.1 (RIV-TA, XML)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from mappings.contracts import riv
from mappings.contracts.contract import Around, Assumed, Contract, Part, fact, of
from mappings.contracts.losses import OF_PATIENT_BY_NUMBER
from mappings.region.booking import Booking, BookingStatus
from mappings.region.field import Audience
from mappings.shape.codec import TEXT
from mappings.shape.template import Echo, Hole

DOMAIN = "urn:riv:crm:scheduling"

TAKEN = frozenset({BookingStatus.BOOKED, BookingStatus.CHECKED_IN, BookingStatus.ARRIVED})
"""States in which the time is the patient's."""


def _start(_: Around, starts: Iterable[datetime | None]) -> str | None:
    """When the patient is to be there: the visit's first action may be another's than the owner's."""
    return riv.timestamp(min(known)) if (known := [*filter(None, starts)]) else None


def _end(_: Around, starts: Iterable[datetime | None], spans: Iterable[timedelta | None]) -> str | None:
    ends = [start + span for start, span in zip(starts, spans, strict=True) if start and span]
    return riv.timestamp(max(ends)) if ends else None


def _purpose(around: Around, free_text: str | None, text: str | None, service: str | None) -> str | None:
    """What the patient reads; the care service's name where nothing is written, since an invitation needs one."""
    said = "\n".join(filter(None, (text, free_text)))
    return said or (around.source.display("care-services", service) if service else None)


def _name(around: Around, unit: str) -> str | None:
    known = around.units.get(unit)
    return known.name if known else None


def _may(action: str) -> Echo:
    """Whether the patient may do this (PO-1); false where nothing says so."""
    return of(
        "status form owner.care_service owner.start",
        lambda at, *_: action in at.actions,
    )


TIMESLOT = Part(
    "timeslotDetail",
    {
        "startTimeInclusive": of("lines.start", _start),
        "endTimeExclusive": of("lines.start lines.duration", _end),
        "healthcare_facility": Hole("performing_unit", TEXT),
        "performer": Hole("owner.staff", TEXT),
        "bookingId": Hole("number", TEXT),
        "subject_of_care": Hole("patient.identity.value", TEXT),
        "purpose": of("summons.free_text summons.text owner.care_service", _purpose),
        "resourceName": of("owner.room", lambda at, room: at.source.display("rooms", room)),
        "healthcare_facility_name": of("performing_unit", _name),
        "resourceID": Hole("owner.room", TEXT),
        "timeTypeName": of("owner.care_service", lambda at, code: at.source.display("care-services", code)),
        "timeTypeID": Hole("owner.care_service", TEXT),
        "careTypeName": of("contact_type", lambda at, code: at.source.display("contact-types", code)),
        "careTypeID": Hole("contact_type", TEXT),
        "cancel_booking_allowed": _may("cancel"),
        "rebooking_allowed": _may("rebook"),
        "message_allowed": fact(lambda _: False),
        "isInvitation": fact(lambda _: True, where="summons"),
    },
)

NO_STATUS = "The contract has no status: a time that is cancelled, missed or over is not in it"

SCHEDULING = Contract(
    name="GetSubjectOfCareSchedule",
    title="crm:scheduling 1.1, GetSubjectOfCareSchedule (RIV-TA)",
    document="crm:scheduling 1.1, service contract description and schemas: what 1177 shows of bookings today",
    kind="booking",
    model=Booking,
    media=f'application/xml; profile="{DOMAIN}:GetSubjectOfCareScheduleResponder:1"',
    namespaces=(f"{DOMAIN}:GetSubjectOfCareScheduleResponder:1", f"{DOMAIN}:1"),
    item="timeslotDetail",
    parts=(TIMESLOT,),
    loses=OF_PATIENT_BY_NUMBER
    | {
        "source": "A booking is known by its unit and number alone",
        "version": "Not in the contract",
        "patient.identity.kind": "`subject_of_care` is a number without a kind",
        "visit_type": "Not in the contract",
        "acute": "Not in the contract",
        "free": "Not in the contract",
        "reason": "The contract has no coded reason: what the patient is to know of it stands in the summons",
        "add_ons": "Likewise",
        "responsible_unit": "One unit is carried: the one that is visited",
        "basis": "What care plans by is not shown on 1177",
        "lines.number": "One performer per time: the line has no number",
        "lines.owner": "One performer per time: the owner's line is the one that is said",
        "lines.profession": "`performer` is a person, without a profession",
        "lines.equipment": "Not shown on 1177",
        "lines.unit": "One unit is carried: the one that is visited",
        "lines.joins": "Not shown on 1177",
        "lines.own_treatment_responsibility": "The sender's word to the gateway's rules",
        "summons.way": "How the summons was sent is not in the contract",
        "summons.letter_too": "Likewise",
        "summons.template": "Likewise",
        "summons.without_logotype": "Likewise",
        "summons.attachment": "Likewise",
        "summons.has_account": "Likewise",
        "summons.wants_no_letters": "Likewise",
        "summons.status": "Likewise",
        "summons.status_at": "Likewise",
        "no_medical_connection": "The sender's word to the gateway's rules",
        "joint_assessment": "The sender's word to the gateway's rules",
        "admission": "Not shown on 1177",
        "self_check_in": "The contract has no fees",
        "series": "A visit of a series is a time like another",
        "group": "A group visit is a time like another",
        "chain": "Contacts that depend on each other are times of their own",
        "arrival": NO_STATUS,
        "rebookings": "The contract has no earlier times",
        "replaces": NO_STATUS,
        "cancellation": NO_STATUS,
    },
    thins={
        "status": NO_STATUS,
        "lines.duration": "`endTimeExclusive` is mandatory: an admission without a duration is left out",
        "form": "The contract has no forms: a team visit is one performer's, and what may be done with it follows PO-1",
        "lines": "One performer per time: of several members only the owner is named; the time is the whole visit's",
        "summons": "Its texts are one, `purpose`; that there is one makes it an invitation",
    },
    carries=lambda booking, _: booking.status in TAKEN,
    needs=("startTimeInclusive", "endTimeExclusive", "healthcare_facility", "bookingId"),
    seen_as=Audience.PATIENT,
    assumed=(
        Assumed("`isInvitation`: element of which namespace", "As its neighbours in `TimeslotType`"),
        Assumed("`isInvitation`: made on care's initiative", "True where the booking has a summons, else left out"),
        Assumed("`message_allowed`: whether she may send her reason in words", "False: the gateway takes no words"),
        Assumed(
            "`cancel_booking_allowed` and its like: mandatory in the schema and in GetBookingDetails, 0..1 in the "
            "description of GetSubjectOfCareSchedule",
            "Always written, from the table of PO-1",
        ),
        Assumed("What a time type and a care type are in a region", "Care service (*vårdtjänst*) and *kontakttyp*"),
        Assumed(
            "Times: YYYYMMDDhhmmss in the description, `dateTime` in an old schema", "YYYYMMDDhhmmss, in Stockholm"
        ),
    ),
)
