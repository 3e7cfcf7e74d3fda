"""What a patient may do on 1177, and what she reads there (PO-1, SU-3, OC-2)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from mappings.problem import Json
from mappings.region.booking import BookingStatus
from mappings.region.catalogue_files import load
from mappings.region.field import Audience
from mappings.rules.visibility import PATIENTS, seen
from tests.region.sample import replaced, sample
from tests.rules.messages import NOW, booking, changed, of_a_child, parsed, team
from tests.rules.test_co_planning import co_planned
from tests.rules.test_group import group, group_team
from tests.rules.test_summons import planned, video

REGION = sample()


def shown(message: Json, *, now: datetime = NOW, audience: Audience = Audience.PATIENT) -> Any:
    return seen(parsed(message), audience, now, REGION)


def may(message: Json, **said: Any) -> list[str]:
    body = shown(message, **said)
    return [] if body is None else list(body["actions"])


def with_service(service: str, message: Json | None = None) -> Json:
    return changed(message or booking(), "/lines/0/careService", service)


def open_summons() -> Json:
    return changed(planned(), "/status", "openSummons")


def in_pmo(service: str) -> Json:
    """A nurse's time, booked in PMO."""
    own = {"source": "SE2321000115-PMO", "contactType": "mottagningsbesok", "visitType": "ÅB"}
    line = booking()["lines"][0] | {"profession": "sjukskoterska", "careService": service}
    return booking() | own | {"lines": [line]}


def test_DK_8_what_stands_in_a_time_book_of_1177_direkt_is_neither_shown_nor_booked() -> None:
    assert may(in_pmo("sjukskoterskebesok")) == ["see"]
    assert shown(in_pmo("1177-direkt")) is None
    assert shown(in_pmo("1177-direkt"), audience=Audience.STAFF)
    second = changed(in_pmo("sjukskoterskebesok"), "/lines", [in_pmo(one)["lines"][0] for one in IN_TURN])
    assert shown(second) is None


IN_TURN = ("sjukskoterskebesok", "1177-direkt")

SERIES = {"series": {"id": "S", "interval": "P14D"}}


@pytest.mark.parametrize(
    ("message", "actions"),
    [
        (booking(), ["see", "cancel", "rebook"]),
        (booking() | {"free": True}, ["see", "cancel", "rebook"]),
        (with_service("diabetesteam-nybesok"), ["see", "cancel"]),
        (with_service("ekg"), ["see"]),
        (with_service("hembesok-sjukskoterska"), ["see"]),
        (co_planned(), ["see"]),
        (booking() | SERIES, ["see"]),
        (booking() | {"series": {"id": "S", "copied": True}}, ["see"]),
        (team(), ["see", "cancel"]),
        (changed(team(), "/lines/1/joins", True), ["see", "cancel"]),
        (team() | SERIES, ["see"]),
        (with_service("mottagningsbesok-lakare", team()), ["see", "cancel"]),
        (group(), ["see", "cancel"]),
        (group_team(), ["see", "cancel"]),
        (with_service("aterbesok-lakare", group()), ["see", "cancel"]),
        (open_summons(), ["see", "book"]),
        (with_service("aterbesok-lakare", open_summons()), ["see"]),
        (with_service("artrosskola", open_summons()) | {"form": "group"}, ["see", "book"]),
    ],
)
def test_PO_1_what_a_patient_may_do_follows_from_form_state_and_care_service(message: Json, actions: list[str]) -> None:
    for audience in PATIENTS:
        assert may(of_a_child(message), audience=audience) == actions


@pytest.mark.parametrize("form", [booking(), team(), group(), group_team(), co_planned()])
@pytest.mark.parametrize("status", BookingStatus)
def test_PO_1_only_what_is_booked_may_be_changed_and_what_waits_is_not_seen(form: Json, status: BookingStatus) -> None:
    actions = may(changed(form, "/status", status.value))
    if status in (BookingStatus.WAITING, BookingStatus.PRELIMINARY, BookingStatus.ANNULLED):
        assert actions == []
    elif status not in (BookingStatus.BOOKED, BookingStatus.OPEN_SUMMONS):
        assert actions == ["see"]


def test_PO_1_a_visit_that_has_begun_is_only_seen() -> None:
    start = datetime.fromisoformat(booking()["lines"][0]["start"])
    assert may(booking(), now=start) == ["see"]


def test_PO_1_care_is_not_told_what_the_patient_may_do() -> None:
    for audience in set(Audience) - PATIENTS:
        assert "actions" not in shown(booking(), audience=audience)


@pytest.mark.parametrize("place", [{"room": "rum-3"}, {"equipment": "ekg-1"}])
def test_PO_1_a_room_that_nobody_mans_is_not_shown_as_a_person(place: Json) -> None:
    message = booking()
    message["lines"][0] |= place
    assert shown(message)["lines"][0]["profession"] == "lakare"
    del message["lines"][0]["staff"]
    line = shown(message)["lines"][0]
    assert "profession" not in line
    assert line.get("room") == place.get("room")
    assert shown(message, audience=Audience.STAFF)["lines"][0]["profession"] == "lakare"


def test_PO_1_an_unstaffed_line_on_a_care_services_schedule_keeps_its_profession() -> None:
    message = booking()
    del message["lines"][0]["staff"]
    assert shown(message)["lines"][0]["profession"] == "lakare"


# -- SU-3, OC-2 ------------------------------------------------------------------------------------------------------


def test_SU_3_free_text_keeps_its_line_breaks_on_1177() -> None:
    assert shown(booking())["summons"]["freeText"] == "Ta med blodsockerdagbok.\nKom tio minuter före."


def test_SU_3_a_distance_visit_has_the_care_services_own_text() -> None:
    text = "Du möter läkaren i ett videosamtal. Logga in några minuter före."
    assert shown(video())["summons"]["freeText"] == text
    assert shown(video(), audience=Audience.STAFF)["summons"]["freeText"] == booking()["summons"]["freeText"]


def test_SU_3_a_care_service_without_a_text_leaves_none() -> None:
    assert "freeText" not in shown(with_service("aterbesok-lakare", video()))["summons"]


def test_OC_2_the_text_of_an_open_summons_is_read_once_booked() -> None:
    assert "freeText" not in shown(open_summons())["summons"]
    booked = changed(open_summons(), "/status", "booked")
    booked = changed(booked, "/lines/0/start", "2026-11-24T13:00:00+01:00")
    assert shown(booked)["summons"]["freeText"] == booking()["summons"]["freeText"]
    assert "freeText" in shown(open_summons(), audience=Audience.STAFF)["summons"]


def test_OC_2_a_booking_without_a_summons_has_no_text_at_all() -> None:
    message = open_summons()
    del message["summons"]
    assert "summons" not in shown(message)


# -- PO-1, where the care service decides and where the form does ----------------------------------------------------

HIDDEN = load(replaced("COSMIC/care-services.csv", "45;no;;yes;see cancel rebook", "45;no;;yes;cancel"))
"""Where a care service lets the patient cancel, but not see: dietistbesok."""


def hidden(message: Json) -> list[str]:
    body = seen(parsed(with_service("dietistbesok", message)), Audience.PATIENT, NOW, HIDDEN)
    return [] if body is None else list(body["actions"])


def test_PO_1_a_single_contact_is_not_even_seen_where_its_care_service_does_not_say_so() -> None:
    assert hidden(booking()) == []
    assert may(with_service("dietistbesok")) == ["see", "cancel", "rebook"]
    assert may(booking() | {"form": "admission"}) == ["see", "cancel", "rebook"]
    assert may(with_service("ekg") | {"form": "admission"}) == ["see"]


def test_PO_1_a_team_visit_a_group_and_co_planning_are_seen_whatever_their_care_service_says() -> None:
    assert hidden(team()) == ["see", "cancel"]
    assert hidden(group()) == ["see", "cancel"]
    assert hidden(co_planned()) == ["see"]
    assert may(with_service("ekg", team())) == ["see", "cancel"]
