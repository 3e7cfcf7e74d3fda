"""What a patient may ask for over the e-service, and which states of the booking answer it (PO-1, CA-1, RB-1, BO-9)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from mappings.problem import Json
from mappings.region.booking import BookingStatus
from mappings.region.catalogue import Source
from mappings.region.field import Audience
from mappings.region.request import Request, RequestState, Wish
from mappings.rules.life import STEPS
from mappings.rules.portal import BARS, PERMITS
from mappings.rules.requests import (
    AHEAD,
    MEMBERS,
    Wished,
    answered,
    asked_before,
    goes_further,
    may_be_taken_at_once,
    not_now,
    request_of,
    settled,
    settled_by_a_wish,
    settled_by_another,
    step_of,
    wrong_with,
)
from mappings.rules.visibility import PATIENTS, seen
from tests.region.sample import sample
from tests.rules.messages import NOW, booking, changed, of_a_child, parsed, team
from tests.rules.test_group import group
from tests.rules.test_summons import planned

REGION = sample()
COSMIC = REGION.sources["SE2321000115-COSMIC"]
PMO = REGION.sources["SE2321000115-PMO"]
WAS = booking()["lines"][0]["start"]
WISHED, OTHER = "2026-11-26T09:00:00+01:00", "2026-11-27T09:00:00+01:00"
AT = NOW - timedelta(hours=3)

S = BookingStatus


def wished(step: str = "cancel", start: str | None = None, at: datetime = AT) -> Wished:
    return Wished(Wish(step), at, datetime.fromisoformat(start) if start else None)


def request(step: str = "cancel", message: Json | None = None, source: Source = COSMIC) -> Request:
    start = None if step == "cancel" else WISHED
    return request_of("R-1", wished(step, start), parsed(message or booking()), source)


def at(start: str, **said: Any) -> Json:
    return changed(booking(), "/lines/0/start", start) | said


def stated(status: BookingStatus, start: str = WAS) -> Json:
    return at(start, status=status.value)


def comes_to(asked: Request, message: Json, settle: Any = settled) -> str | None:
    state: str | None = settle(asked.model_dump(mode="json", by_alias=True), parsed(message))
    return state


# -- what the source reads -------------------------------------------------------------------------------------------


def test_CA_1_the_reason_is_the_e_services_own() -> None:
    assert request("cancel").reason == "avbokas-via-e-tjanst"
    assert request("cancel", source=REGION.sources["SE2321000115-PASIS"]).reason == "ETJ"


def test_RB_1_the_reason_is_the_e_services_own() -> None:
    assert request("rebook").reason == "ombokad-via-e-tjanst"
    assert request("rebook", source=PMO).reason is None, "the source has no table of such reasons"
    assert request("book").reason is None


@pytest.mark.parametrize(
    ("message", "back"),
    [
        (changed(booking(), "/lines/0/careService", "aterbesok-lakare"), True),
        (changed(booking(), "/lines/0/careService", "mottagningsbesok-lakare"), False),
        (changed(booking(), "/lines/0/careService", "unheard-of"), None),
        (changed(group(), "/lines/0/careService", "aterbesok-lakare"), False),
    ],
    ids=["yes", "no", "unknown", "a member of a group never"],
)
def test_CA_1_the_care_service_says_whether_it_goes_back_to_the_waiting_list(message: Json, back: bool | None) -> None:
    assert request("cancel", message).back_to_waiting_list is back
    assert request("rebook", message).back_to_waiting_list is None


def test_RB_3_the_patients_own_time_and_both_times_of_the_visit_are_kept() -> None:
    asked = request("rebook")
    assert (asked.at, asked.was, asked.start) == (AT, datetime.fromisoformat(WAS), datetime.fromisoformat(WISHED))
    assert step_of(asked) == {
        "at": asked.at.isoformat(),
        "by": "patient",
        "reason": "ombokad-via-e-tjanst",
        "start": WISHED,
    }
    assert step_of(request("cancel")).keys() == {"at", "by", "reason"}
    assert step_of(request("book")).keys() == {"at", "by", "start"}


def test_every_wish_is_a_permit_of_PO_1_and_a_step_of_the_patients() -> None:
    assert {permit.action for permit in PERMITS} == {"see", *Wish}
    assert set(MEMBERS) == set(BARS) == set(Wish)
    for wish in Wish:
        assert any(step.name == wish and "patient" in step.by for step in STEPS)


# -- what answers ----------------------------------------------------------------------------------------------------


def outcome(state: BookingStatus, same: dict[BookingStatus, str | None]) -> str | None:
    return same.get(state, "overtaken")


@pytest.mark.parametrize("status", BookingStatus)
def test_CA_1_a_cancelling_is_granted_by_being_cancelled_and_stands_while_booked(status: BookingStatus) -> None:
    asked = request("cancel")
    expected = outcome(status, {S.CANCELLED: "granted", S.BOOKED: None})
    assert comes_to(asked, stated(status)) == expected
    assert comes_to(asked, stated(status, OTHER)) == expected, "moved, it may still be cancelled"


HAD = {S.BOOKED, S.PRELIMINARY, S.ARRIVED, S.CHECKED_IN, S.COMPLETED, S.NO_SHOW}


@pytest.mark.parametrize("status", BookingStatus)
def test_RB_1_a_rebooking_is_granted_by_the_wished_time_and_overtaken_by_another(status: BookingStatus) -> None:
    asked = request("rebook")
    assert comes_to(asked, stated(status, WISHED)) == ("granted" if status in HAD else "overtaken")
    assert comes_to(asked, stated(status, WAS)) == (None if status is S.BOOKED else "overtaken")
    assert comes_to(asked, stated(status, OTHER)) == "overtaken"


def test_OC_1_a_time_for_an_open_summons_is_granted_by_being_booked_then() -> None:
    summons = changed(planned(), "/status", "openSummons")
    asked = request("book", summons)
    assert comes_to(asked, summons) is None
    assert comes_to(asked, stated(S.BOOKED, WISHED)) == "granted"
    assert comes_to(asked, stated(S.BOOKED, OTHER)) == "overtaken"
    assert comes_to(asked, changed(planned(), "/status", "waiting")) == "overtaken"


@pytest.mark.parametrize("state", [state for state in RequestState if state is not RequestState.REQUESTED])
def test_what_has_an_answer_is_not_answered_again(state: RequestState) -> None:
    asked = answered(request("cancel"), state, NOW)
    assert comes_to(asked, stated(S.CANCELLED)) is None
    assert settled_by_a_wish(asked.model_dump(mode="json", by_alias=True), Wish.CANCEL) is None


def test_BO_9_a_booking_that_replaces_it_at_the_wished_time_grants_a_rebooking() -> None:
    asked = request("rebook")
    for state in RequestState:
        one = answered(asked, state, NOW)
        open_ = state in (RequestState.REQUESTED, RequestState.OVERTAKEN)
        assert comes_to(one, at(WISHED), settled_by_another) == ("granted" if open_ else None)
    assert comes_to(asked, at(OTHER), settled_by_another) is None
    assert comes_to(asked, stated(S.CANCELLED, WISHED), settled_by_another) is None
    assert comes_to(request("book"), at(WISHED), settled_by_another) == "granted"
    for other in (at(WISHED), stated(S.CANCELLED)):
        assert comes_to(request("cancel"), other, settled_by_another) is None


@pytest.mark.parametrize("step", Wish)
def test_who_cancels_wishes_nothing_else_any_more(step: Wish) -> None:
    asked = request(step).model_dump(mode="json", by_alias=True)
    assert settled_by_a_wish(asked, Wish.CANCEL) == "overtaken"
    assert settled_by_a_wish(asked, Wish.REBOOK) is None


# -- what the patient is shown ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "actions"), [("cancel", ["see"]), ("rebook", ["see", "cancel"])], ids=["cancel", "rebook"]
)
def test_PO_1_what_waits_for_an_answer_is_not_asked_for_again(step: str, actions: list[str]) -> None:
    asked = request(step)
    for audience in PATIENTS:
        visit = parsed(of_a_child(booking()))
        shown = seen(visit, audience, NOW, REGION, [asked])
        assert shown is not None
        assert (shown["actions"], shown["request"]["state"]) == (actions, "requested")
        for state in set(RequestState) - {RequestState.REQUESTED}:
            told = seen(visit, audience, NOW, REGION, [answered(asked, state, NOW, "Nej.")])
            assert told is not None
            assert told["actions"] == ["see", "cancel", "rebook"]
            assert (told["request"]["state"], told["request"]["text"]) == (state, "Nej.")


def test_PO_1_the_last_request_is_the_one_that_is_shown() -> None:
    two = [request("rebook"), request("cancel")]
    shown = seen(parsed(booking()), Audience.PATIENT, NOW, REGION, two)
    assert shown is not None
    assert shown["request"]["step"] == "cancel"
    assert {"reason", "backToWaitingList"}.isdisjoint(shown["request"])
    assert "request" not in (seen(parsed(booking()), Audience.PATIENT, NOW, REGION) or {"request": 1})
    assert "request" not in (seen(parsed(booking()), Audience.STAFF, NOW, REGION, two) or {"request": 1})


def test_PO_1_who_is_refused_is_told_what_can_be_done() -> None:
    told = not_now("rebook", ("see", "cancel"), ())
    assert ("avboka" in told.sv, "omboka" in told.sv, "cancel" in told.en, "rebook" in told.en) == (
        *(True, False),
        *(True, False),
    )
    waits = not_now("rebook", ("see", "cancel"), [request("rebook")])
    assert "vänta på svaret" in waits.sv
    assert "vänta" not in not_now("rebook", ("see",), [answered(request("rebook"), RequestState.DECLINED, NOW)]).sv
    assert "vänta" not in not_now("arrive", ("see",), [request("cancel")]).sv


# -- what is asked for -----------------------------------------------------------------------------------------------


def test_a_wish_is_known_again_by_its_moment_and_while_it_waits() -> None:
    asked = request("rebook")
    later = AT + timedelta(minutes=1)
    assert asked_before(wished("rebook", WISHED), [asked]) is asked
    assert asked_before(wished("rebook", WISHED, later), [asked]) is asked
    assert asked_before(wished("rebook", OTHER), [asked]) is None
    assert asked_before(wished("cancel"), [asked]) is None
    declined = answered(asked, RequestState.DECLINED, NOW)
    assert asked_before(wished("rebook", WISHED), [declined]) is declined
    assert asked_before(wished("rebook", WISHED, later), [declined]) is None


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        (wished("rebook", WISHED), None),
        (wished("rebook", WAS), "/start"),
        (Wished(Wish.REBOOK, AT, NOW), "/start"),
        (Wished(Wish.REBOOK, AT, NOW + timedelta(minutes=1)), None),
        (wished("cancel", at=NOW + AHEAD), None),
        (wished("cancel", at=NOW + AHEAD + timedelta(seconds=1)), "/at"),
    ],
)
def test_a_wish_is_for_another_time_that_comes_and_was_made_already(asked: Wished, path: str | None) -> None:
    problem = wrong_with(asked, parsed(booking()), NOW)
    assert (problem and problem.path) == path


# -- at once ---------------------------------------------------------------------------------------------------------


def accepting(source: Source, *steps: str) -> Source:
    return Source(**{name: getattr(source, name) for name in source.__slots__} | {"accepts_at_once": frozenset(steps)})


def test_the_catalogue_says_what_is_taken_at_once() -> None:
    visit, both = parsed(booking()), accepting(COSMIC, "cancel", "book")
    assert may_be_taken_at_once(request("cancel"), visit, both)
    assert may_be_taken_at_once(request("book"), visit, both), "it has no reason"
    assert not may_be_taken_at_once(request("rebook"), visit, both)
    assert not may_be_taken_at_once(request("cancel"), visit, COSMIC)
    assert not may_be_taken_at_once(request("rebook", source=PMO), visit, accepting(PMO, "rebook"))


def test_PS_6_what_others_depend_on_is_not_taken_at_once() -> None:
    chained = parsed(booking() | {"chain": {"id": "K-1", "order": 1, "depends": True}})
    assert not may_be_taken_at_once(request("cancel"), chained, accepting(COSMIC, "cancel"))


TOLD = {"reason": "avbokas-via-e-tjanst", "at": "2026-11-20T08:00:00+01:00"}


@pytest.mark.parametrize(
    ("last", "further"),
    [
        (booking(), False),
        (stated(S.CANCELLED) | {"cancellation": TOLD | {"by": "patient"}}, True),
        (stated(S.CANCELLED) | {"cancellation": {"systemReason": "deceased", "at": TOLD["at"], "by": "system"}}, True),
        (stated(S.CANCELLED) | {"cancellation": TOLD | {"by": "care"}}, False),
        (at(WISHED, rebookings=[TOLD | {"start": WAS, "by": "patient"}]), True),
        (changed(planned(), "/status", "openSummons"), False),
    ],
    ids=["the same", "the patient cancelled", "the system did", "others changed it", "moved", "an open summons"],
)
def test_what_the_gateway_took_itself_goes_before_what_the_server_holds(last: Json, further: bool) -> None:
    assert goes_further(parsed(last), parsed(booking())) is further
    assert not goes_further(parsed(last), parsed(last))


def test_a_booked_summons_goes_before_an_open_one() -> None:
    assert goes_further(parsed(booking()), parsed(changed(planned(), "/status", "openSummons")))


def test_a_team_visit_is_asked_to_be_cancelled_and_no_more() -> None:
    shown = seen(parsed(team()), Audience.PATIENT, NOW, REGION, [request("cancel", team())])
    assert shown is not None
    assert shown["actions"] == ["see"]
