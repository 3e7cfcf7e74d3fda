"""crm:scheduling 1.1, GetSubjectOfCareSchedule: bookings as 1177 shows them today."""

from __future__ import annotations

from datetime import datetime
from xml.etree import ElementTree

import pytest

from mappings.contracts.scheduling import SCHEDULING
from mappings.problem import Json
from mappings.region.booking import BookingStatus, Form
from mappings.region.field import Audience
from tests.contracts.telling import content, said, xml
from tests.golden.corpus import Taken, accepted
from tests.rules.messages import NOW, booking, changed, parsed, team

NS = {"r": "urn:riv:crm:scheduling:GetSubjectOfCareScheduleResponder:1", "d": "urn:riv:crm:scheduling:1"}

BOOKINGS = [one for one in accepted() if one.entry.kind == "booking"]

ORDER = (
    *("startTimeInclusive", "endTimeExclusive", "healthcare_facility", "performer", "bookingId", "subject_of_care"),
    *("purpose", "reason", "resourceName", "healthcare_facility_name", "performerName", "resourceID", "timeTypeName"),
    *("timeTypeID", "careTypeName", "careTypeID", "cancel_booking_allowed", "rebooking_allowed", "message_allowed"),
    "isInvitation",
)
"""Of `TimeslotType`; the last stands where its schema leaves room for more."""
MANDATORY = {*ORDER[:3], "bookingId", "subject_of_care", *ORDER[16:19]}


def rebookable(**changes: object) -> Json:
    """A visit whose care service lets the patient cancel and rebook."""
    return changed(booking(), "/lines/0/careService", "aterbesok-lakare") | changes


def slots(*messages: Json, **more: Audience) -> list[ElementTree.Element]:
    return list(xml(SCHEDULING, *map(parsed, messages), **more))


@pytest.mark.parametrize("taken", BOOKINGS, ids=lambda taken: taken.entry.file)
def test_the_elements_of_a_time_come_in_the_schemas_order_and_none_that_is_mandatory_is_missing(taken: Taken) -> None:
    for slot in xml(SCHEDULING, taken.judged.message, audience=Audience.PATIENT):
        names = [child.tag.rpartition("}")[2] for child in slot]
        assert names == sorted(names, key=ORDER.index)
        assert set(names) >= MANDATORY


@pytest.mark.parametrize("status", BookingStatus)
def test_only_times_that_are_still_the_patients_are_in_it_since_it_has_no_status(status: BookingStatus) -> None:
    """Open summonses are not in the answer, the description says; and a cancelled time would look like a booked one."""
    there = said(SCHEDULING, parsed(rebookable(status=status.value)), audience=Audience.PATIENT) is not None
    assert there == (status.value in ("booked", "checkedIn", "arrived"))


def test_a_team_visit_is_one_performers_the_owners() -> None:
    slot = content(SCHEDULING, parsed(team()), audience=Audience.PATIENT)
    owner = next(line for line in team()["lines"] if line["owner"])
    others = [line["staff"] for line in team()["lines"] if not line["owner"]]
    assert slot["performer"] == owner["staff"]
    assert others
    assert not [staff for staff in others if staff in str(slot)]


def test_the_patient_is_told_to_come_to_the_first_action_and_stays_through_the_last() -> None:
    message = changed(team(), "/lines/1/start", "2026-11-24T12:30:00+01:00")
    slot = content(SCHEDULING, parsed(message), audience=Audience.PATIENT)
    assert slot["startTimeInclusive"] == "20261124123000"
    assert slot["endTimeExclusive"] == "20261124140000"


@pytest.mark.parametrize(
    ("start", "clock"), [("2026-07-01T08:00:00Z", "20260701100000"), ("2026-12-01T08:00:00Z", "20261201090000")]
)
def test_times_without_zone_are_those_of_swedish_clocks(start: str, clock: str) -> None:
    message = changed(rebookable(), "/lines/0/start", start)
    slot = content(SCHEDULING, parsed(message), audience=Audience.PATIENT, now=datetime.fromisoformat(start))
    assert slot["startTimeInclusive"] == clock


@pytest.mark.parametrize(
    ("changes", "cancel", "rebook"),
    [
        ({}, True, True),
        ({"form": "group"}, True, False),
        ({"form": "coPlanned"}, False, False),
        ({"series": {"id": "S-1", "interval": "P14D"}}, False, False),
        ({"status": "arrived"}, False, False),
    ],
    ids=["single", "group", "co-planned", "series", "arrived"],
)
def test_PO_1_decides_what_is_allowed_and_it_is_always_said(changes: Json, cancel: bool, rebook: bool) -> None:
    [slot] = slots(rebookable(**changes), audience=Audience.PATIENT)
    allowed = {name: slot.findtext(f"./d:{name}", namespaces=NS) for name in ORDER[16:19]}
    assert allowed == {
        "cancel_booking_allowed": str(cancel).lower(),
        "rebooking_allowed": str(rebook).lower(),
        "message_allowed": "false",
    }


def test_PO_1_a_visit_that_has_begun_is_only_seen() -> None:
    begun = changed(rebookable(), "/lines/0/start", NOW.isoformat())
    slot = content(SCHEDULING, parsed(begun), audience=Audience.PATIENT)
    assert (slot["cancel_booking_allowed"], slot["rebooking_allowed"]) == (False, False)


def test_a_summons_makes_it_an_invitation_which_says_what_it_is_about() -> None:
    [slot] = slots(rebookable(summons={"way": "digital", "freeText": "Rad ett.\nRad <två> & tre."}))
    assert slot.findtext("./d:isInvitation", namespaces=NS) == "true"
    assert slot.findtext("./d:purpose", namespaces=NS) == "Rad ett.\nRad <två> & tre."
    [slot] = slots(rebookable(summons={"way": "letter"}))
    assert slot.findtext("./d:purpose", namespaces=NS) == "Återbesök läkare"


def test_without_a_summons_it_is_no_invitation() -> None:
    message = rebookable()
    message.pop("summons", None)
    [slot] = slots(message)
    assert slot.find("./d:isInvitation", NS) is None


@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("form", Form)
def test_whoever_asks_sees_what_the_patient_would(audience: Audience, form: Form) -> None:
    of_a_child = changed(rebookable(form=form.value), "/patient/identity/value", "201701102384")
    shown = [said(SCHEDULING, parsed(of_a_child), audience=one) for one in (audience, Audience.PATIENT)]
    assert shown[0] == shown[1]


def test_what_care_plans_by_is_in_no_time_whoever_asks() -> None:
    message = changed(rebookable(), "/basis/information", "Hemligt för vården")
    for audience in Audience:
        assert "Hemligt" not in str(said(SCHEDULING, parsed(message), audience=audience))
