"""The rows on which the first sketch of the mapping broke, one test each, against the real booking."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest

from mappings.region.booking import BookingStatus
from mappings.resources import BOOKING
from tests.laws.edits import put
from tests.laws.strategies import TABLES
from tests.shape.examples import TEAM_VISIT, appointment, filled, merged, read, told

DEVICE = {"actor": {"reference": "Device/infusion-pump-7"}, "status": "tentative", "required": "optional"}
MOVED = TEAM_VISIT.model_copy(
    update={
        "version": 4,
        "lines": tuple(
            line.model_copy(update={"start": line.start + timedelta(days=7)}) for line in TEAM_VISIT.lines if line.start
        ),
    }
)
PATIENT, UNIT, OWNER, DIETITIAN = range(4)
"""The participants, in the order in which they are written."""


def with_participants(*participants: Any) -> dict[str, Any]:
    return appointment(participant=list(participants))


def test_anothers_participant_standing_after_ours_keeps_its_place() -> None:
    ours = appointment()["participant"]
    theirs = with_participants(ours[PATIENT], DEVICE, *ours[UNIT:])
    update = merged(theirs, now=MOVED)

    assert [one["actor"] for one in update.resource["participant"]] == [one["actor"] for one in theirs["participant"]]
    assert update.resource["participant"][1] == DEVICE
    assert update.conflicts == ()
    assert read(update.resource, MOVED).value == MOVED


def test_nothing_moves_when_we_changed_nothing() -> None:
    ours = appointment()["participant"]
    theirs = with_participants(*reversed(ours), DEVICE)

    assert merged(theirs).resource == theirs


def test_a_member_who_declined_with_a_period_set_by_others_stays_so_in_an_update() -> None:
    theirs = appointment()
    theirs["participant"][PATIENT] |= {"status": "declined", "period": {"start": "2026-11-24T13:10:00+01:00"}}
    theirs["participant"][DIETITIAN]["status"] = "declined"
    update = merged(deepcopy(theirs), now=MOVED)

    assert update.resource["participant"][PATIENT] == theirs["participant"][PATIENT]
    assert update.resource["participant"][DIETITIAN]["status"] == "declined"
    assert read(update.resource, MOVED).value == MOVED


def test_a_member_who_declined_with_a_period_set_by_others_is_named_when_read() -> None:
    theirs = appointment()
    theirs["participant"][PATIENT] |= {"status": "declined", "period": {"start": "2026-11-24T13:10:00+01:00"}}
    reading = read(theirs)

    assert reading.value == TEAM_VISIT
    assert told(reading) == ["changed Appointment.participant[0].status", "extra Appointment.participant[0].period"]


def test_a_clinician_added_by_others_survives_our_update() -> None:
    added = {"actor": {"reference": "Practitioner/9"}, "type": [{"text": "observer"}], "status": "accepted"}
    theirs = with_participants(*appointment()["participant"], added)
    update = merged(theirs, now=MOVED)

    assert added in update.resource["participant"]
    assert read(update.resource, MOVED).value == MOVED
    assert told(read(update.resource, MOVED)) == ["extra Appointment.participant[4]"]


def test_an_encounter_given_as_an_appointment_is_refused() -> None:
    reading = read(appointment(resourceType="Encounter"))

    assert reading.value is None
    assert told(reading) == ["unfit Appointment.resourceType"]


def test_a_list_sent_as_a_string_is_named() -> None:
    reading = read(appointment(supportingInformation="CareTeam/1"))

    assert told(reading)[0] == "changed Appointment.supportingInformation"


def test_a_list_that_must_be_there_sent_as_a_string_is_named() -> None:
    reading = read(appointment(participant="Patient/1"))

    assert reading.value is None
    assert "unfit Appointment.participant" in told(reading)


@pytest.mark.parametrize("first", [True, False])
def test_two_booking_numbers_are_named(first: bool) -> None:
    ours = appointment()["identifier"][0]
    another = {**ours, "value": "4711-9999"}
    reading = read(appointment(identifier=[another, ours] if first else [ours, another]))

    assert "extra Appointment.identifier[1]" in told(reading)


@pytest.mark.parametrize("member", ["start", "end"])
def test_a_time_without_zone_is_named_and_not_taken(member: str) -> None:
    reading = read(appointment(**{member: "2026-11-24T09:00:00"}))

    assert reading.value == TEAM_VISIT
    assert told(reading) == [f"changed Appointment.{member}"]


def test_a_line_with_a_time_without_zone_is_named_and_the_time_not_taken() -> None:
    reading = read(put(appointment(), ("participant", DIETITIAN, "period", "start"), "2026-11-24T13:00:00"))

    assert reading.value is not None
    assert reading.value.lines[1].start is None
    assert "extra Appointment.participant[3].period" in told(reading)


@pytest.mark.parametrize("wrong", ["30", 17, ["booked"], {"status": "booked"}, None, True, 1.5])
@pytest.mark.parametrize(
    "way",
    [
        ("minutesDuration",),
        ("status",),
        ("start",),
        ("identifier", 0, "value"),
        ("extension", 0, "valueCode"),
        ("participant", 0, "actor", "reference"),
        ("participant", 2, "period"),
        ("participant", 2, "extension", 0, "extension"),
    ],
)
def test_a_value_of_a_wrong_type_is_named_and_never_raises(way: tuple[str | int, ...], wrong: Any) -> None:
    reading = read(put(appointment(), way, wrong))

    assert reading.findings


def test_a_visit_moved_by_others_comes_home_and_the_minutes_they_forgot_are_named() -> None:
    reading = read(appointment(start="2026-11-25T09:00:00+01:00", end="2026-11-25T09:45:00+01:00"))

    assert reading.value is not None
    assert [line.start.isoformat() for line in reading.value.lines if line.start] == ["2026-11-25T09:00:00+01:00"] * 2
    assert {line.duration for line in reading.value.lines} == {timedelta(minutes=45)}
    assert "changed Appointment.minutesDuration" in told(reading)


def test_a_status_that_others_moved_comes_home_and_the_exact_one_is_named() -> None:
    reading = read(appointment(status="arrived"))

    assert reading.value is not None
    assert reading.value.status is BookingStatus.ARRIVED
    assert told(reading) == ["changed Appointment.extension[0].valueCode"]


def test_a_status_that_no_booking_has_is_named_and_not_taken() -> None:
    reading = read(appointment(status="on-hold"))

    assert reading.value == TEAM_VISIT
    assert told(reading) == ["changed Appointment.status"]


def test_the_same_moment_in_another_zone_is_no_change() -> None:
    theirs = appointment(start="2026-11-24T12:00:00Z", end="2026-11-24T15:00:00.000+02:00")
    theirs["participant"][OWNER]["period"]["start"] = "2026-11-24T12:00:00+00:00"

    assert read(theirs).value == TEAM_VISIT
    assert told(read(theirs)) == []


@pytest.mark.parametrize("start", ["2300-01-01T08:00:00+01:00", "9999-12-31T22:00:00Z", "0001-01-01T00:00:00+14:00"])
def test_a_visit_moved_to_where_no_visit_can_be_is_named_and_not_taken(start: str) -> None:
    owner, other = TEAM_VISIT.lines
    assert other.start is not None
    in_two_days = TEAM_VISIT.model_copy(
        update={"lines": (owner, other.model_copy(update={"start": other.start + timedelta(days=1)}))}
    )
    reading = read(appointment(in_two_days, start=start), in_two_days)

    assert reading.value == in_two_days
    assert told(reading) == ["changed Appointment.start"]


def test_a_visit_that_others_made_end_before_it_starts_is_named_and_not_taken() -> None:
    reading = read(appointment(end="2026-11-24T12:00:00+01:00"))

    assert reading.value == TEAM_VISIT
    assert told(reading) == ["changed Appointment.end"]


def test_what_the_model_refuses_is_left_and_all_around_it_is_read() -> None:
    theirs = appointment(comment=" ")
    theirs["participant"][DIETITIAN]["extension"][0]["extension"][0]["valueString"] = "två"
    reading = read(theirs)

    assert reading.value is not None
    assert reading.value.basis is not None
    assert reading.value.basis.information is None
    assert reading.value.basis.number == "BU-88"
    assert [line.number for line in reading.value.lines] == ["1"]
    assert {"extra Appointment.comment", "extra Appointment.participant[3]"} <= set(told(reading))


def test_a_patient_whom_others_made_known_by_a_local_number_alone_is_named() -> None:
    """Such a number never identifies a patient alone (ID-1): no reference can be made of it."""
    resources = {one.key: one.resource for one in filled()}
    patient = next(deepcopy(resource) for key, resource in resources.items() if key.kind == "Patient")
    patient["identifier"][0]["system"] = TABLES.system("reservnummer")
    reading = BOOKING.read(
        appointment(), {key: r if key.kind != "Patient" else patient for key, r in resources.items()}, TABLES
    )

    assert "unfit Appointment.participant.actor.reference" in told(reading)


def test_what_a_server_writes_into_a_resource_is_no_change() -> None:
    meta = {"versionId": "7", "lastUpdated": "2026-11-24T13:00:00Z", "source": "#x"}
    reading = read(appointment(id="4711", meta=meta))

    assert (reading.value, told(reading)) == (TEAM_VISIT, [])


@pytest.mark.parametrize("meta", [{"versionId": "7", "tag": [{"code": "theirs"}]}, [], "", 0, None, {"profile": ["x"]}])
def test_what_others_write_into_meta_is_named(meta: Any) -> None:
    assert told(read(appointment(meta=meta))) == ["extra Appointment.meta"]


def test_a_comment_on_a_visit_without_basis_is_named_and_the_visit_is_read() -> None:
    without = TEAM_VISIT.model_copy(update={"basis": None})
    reading = read(appointment(without, comment="Ring patienten"), without)

    assert reading.value == without
    assert told(reading) == ["extra Appointment.comment"]
