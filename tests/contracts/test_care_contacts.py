"""GetCareContacts 3.0, as its service contract description has it."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from mappings.contracts import Around
from mappings.contracts.care_contacts import CARE_CONTACTS, EVENTS
from mappings.problem import Json
from mappings.region.booking import BookingStatus
from mappings.region.care_event import EventStatus
from mappings.region.field import Audience
from mappings.rules.visibility import seen
from tests.contracts.telling import LOG_ID, REGION, TAKEN_IN, content, said, xml
from tests.rules.messages import NOW, booking, changed, event, parsed, team

NS = {
    "r": "urn:riv:clinicalprocess:logistics:logistics:GetCareContactsResponder:3",
    "d": "urn:riv:clinicalprocess:logistics:logistics:3",
}
PROFESSIONAL = "d:careContactHeader/d:accountableHealthcareProfessional"

CODES = {
    "53631000052103": "tidbokad vårdkontakt",
    "53641000052109": "inställd vårdkontakt",
    "53651000052107": "pågående vårdkontakt",
    "53671000052101": "avslutad vårdkontakt",
    "53691000052102": "makulerad vårdkontakt",
    "53701000052102": "patient på väntelista",
}
"""As the description lists them."""


def text(root: ElementTree.Element, path: str) -> str | None:
    return root.findtext(f"./r:careContact/{path}", namespaces=NS)


def test_the_answer_says_how_it_went_and_how_it_is_found_again() -> None:
    result = xml(CARE_CONTACTS, parsed(booking())).find("./r:result", NS)
    assert result is not None
    assert [(one.tag, one.text) for one in result] == [
        (f"{{{NS['d']}}}resultCode", "OK"),
        (f"{{{NS['d']}}}logId", LOG_ID),
    ]


def test_the_header_has_document_source_patient_professional_units_and_provider() -> None:
    root = xml(CARE_CONTACTS, parsed(booking()))
    assert text(root, "d:careContactHeader/d:documentId") == "4711-0142"
    assert text(root, "d:careContactHeader/d:sourceSystemHSAId") == "SE2321000115-COSMIC"
    assert text(root, "d:careContactHeader/d:patientId/d:id") == "191212121212"
    assert text(root, "d:careContactHeader/d:patientId/d:type") == "1.2.752.129.2.1.3.1"
    assert text(root, f"{PROFESSIONAL}/d:authorTime") == TAKEN_IN.strftime("%Y%m%d%H%M%S")
    assert text(root, f"{PROFESSIONAL}/d:healthcareProfessionalHSAId") == booking()["lines"][0]["staff"]
    assert text(root, f"{PROFESSIONAL}/d:healthcareProfessionalCareUnitHSAId") == booking()["responsibleUnit"]
    assert text(root, f"{PROFESSIONAL}/d:healthcareProfessionalCareGiverHSAId") == "SE2321000115-E000000000001"
    assert text(root, "d:careContactBody/d:careContactOrgUnit/d:orgUnitHSAId") == booking()["performingUnit"]


def test_a_booking_and_the_event_that_carries_it_out_are_one_document() -> None:
    carried_out = event() | {"booking": booking()["number"]}
    assert content(EVENTS, parsed(carried_out))["careContactHeader"]["documentId"] == booking()["number"]


def test_an_event_without_a_booking_has_an_id_that_no_booking_can_have() -> None:
    unbooked = event()
    unbooked.pop("booking", None)
    document = content(EVENTS, parsed(unbooked))["careContactHeader"]["documentId"]
    assert document == f"care-event/{unbooked['number']}"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("waiting", "53701000052102"),
        ("openSummons", "53701000052102"),
        ("preliminary", "53631000052103"),
        ("booked", "53631000052103"),
        ("arrived", "53651000052107"),
        ("checkedIn", "53651000052107"),
        ("completed", "53671000052101"),
        ("cancelled", "53641000052109"),
        ("annulled", "53691000052102"),
    ],
)
def test_the_status_is_a_code_of_the_description(status: str, code: str) -> None:
    told = content(CARE_CONTACTS, parsed(booking() | {"status": status}))["careContactBody"]["careContactStatus"]
    assert told == {"code": code, "codeSystem": "1.2.752.116.2.1.1", "displayName": CODES[code]}


def test_a_missed_visit_has_no_code_and_is_said_in_words_alone() -> None:
    told = content(CARE_CONTACTS, parsed(booking() | {"status": "noShow"}))["careContactBody"]["careContactStatus"]
    assert told == {"originalText": "utebliven"}


@pytest.mark.parametrize("status", [*BookingStatus, *EventStatus])
def test_every_status_is_told(status: BookingStatus | EventStatus) -> None:
    contract, message = (CARE_CONTACTS, booking()) if isinstance(status, BookingStatus) else (EVENTS, event())
    told = content(contract, parsed(message | {"status": status.value}))["careContactBody"]["careContactStatus"]
    assert told.get("code", "") in CODES or told.keys() == {"originalText"}


@pytest.mark.parametrize("status", BookingStatus)
def test_it_is_approved_for_the_patient_just_where_she_is_shown_it(status: BookingStatus) -> None:
    message = parsed(booking() | {"status": status.value})
    shown = seen(message, Audience.PATIENT, NOW, REGION) is not None
    assert content(CARE_CONTACTS, message)["careContactHeader"]["approvedForPatient"] is shown


def test_what_is_not_known_to_be_approved_is_not() -> None:
    message = parsed(booking())
    body = seen(message, Audience.OPERATOR, NOW, REGION)
    assert body is not None
    around = Around(REGION.sources[message.source], REGION.units, NOW, Audience.OPERATOR, TAKEN_IN)
    parts = CARE_CONTACTS.said(body, around)
    assert parts is not None
    assert parts[0].content["careContactHeader"]["approvedForPatient"] is False


def test_a_contact_that_nobody_knows_when_was_noted_is_left_out() -> None:
    message = parsed(booking())
    body = seen(message, Audience.OPERATOR, NOW, REGION)
    assert body is not None
    around = Around(REGION.sources[message.source], REGION.units, NOW, Audience.OPERATOR, TAKEN_IN)
    assert CARE_CONTACTS.said(body, around) is not None
    assert CARE_CONTACTS.said(body, replace(around, registered=None)) is None


def test_a_visit_begins_and_ends_at_its_start() -> None:
    period = content(CARE_CONTACTS, parsed(team()))["careContactBody"]["careContactTimePeriod"]
    assert period == {"start": "20261124130000", "end": "20261124130000"}


@pytest.mark.parametrize(("kind", "end"), [("primaryCare", "20261124130500"), ("inpatient", "20261126090000")])
def test_a_stay_ends_when_it_ends(kind: str, end: str) -> None:
    told = event() | {"eventType": kind, "start": "2026-11-24T13:05:00+01:00", "end": "2026-11-26T09:00:00+01:00"}
    period = content(EVENTS, parsed(told))["careContactBody"]["careContactTimePeriod"]
    assert period == {"start": "20261124130500", "end": end}


@pytest.mark.parametrize("audience", Audience)
def test_the_patients_own_reason_is_for_care_as_in_regional_json(audience: Audience) -> None:
    message: Json = changed(booking(), "/basis/searchReason", "Trötthet i flera veckor")
    patients = audience in (Audience.PATIENT, Audience.GUARDIAN)
    told = said(CARE_CONTACTS, parsed(changed(message, "/patient/identity/value", "201701102384")), audience=audience)
    assert ("Trötthet" in str(told)) is not patients
