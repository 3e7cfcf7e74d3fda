"""What the door of each step asks for, and what it makes of a booking's last state."""

from __future__ import annotations

from typing import Any

import pytest

from mappings.problem import Json
from mappings.region.booking import BookingStatus
from mappings.rules.life import LIFE, STEPS
from mappings.rules.stepping import DOORS, repeats
from tests.rules.messages import GONE, booking, cancelled, changed, team, waiting

S = BookingStatus
AT = "2026-11-20T09:00:00+01:00"
START, LATER = "2026-11-24T13:00:00+01:00", "2026-11-26T10:30:00+01:00"
WHY = {"reason": "patienten-ombokar", "at": AT}
ARRIVAL = {"at": AT, "payment": True}


def after(step: str, state: Json, **said: Any) -> Json:
    return DOORS[step].make(state, said)


def stated(status: str, state: Json | None = None) -> Json:
    return (state or booking()) | {"status": status}


# -- the doors -------------------------------------------------------------------------------------------------------

ASKED = {
    "hold": {"start"},
    "book": {"start"},
    "rebook": {"start", "reason", "at"},
    "man": {"staff"},
    "check-in": {"at"},
    "arrive": {"at", "payment"},
    "cancel": {"reason", "at"},
}
"""What a step needs to be told (RB-1: the time, the reason, when; CA-1: the reason; BO-33: whether she paid)."""
MAY_SAY = ASKED | {"rebook": {"start", "reason", "at", "by"}, "cancel": {"reason", "at", "by", "backToWaitingList"}}


@pytest.mark.parametrize("step", sorted({one.name for one in STEPS}))
def test_a_door_asks_for_what_its_step_has_to_tell_and_takes_no_more(step: str) -> None:
    assert DOORS[step].demanded == ASKED.get(step, set())
    assert set(DOORS[step].members) == MAY_SAY.get(step, set())


@pytest.mark.parametrize(
    ("step", "member", "place"),
    [
        ("book", "start", "lines/0/start"),
        ("rebook", "start", "lines/0/start"),
        ("rebook", "reason", "reason"),
        ("rebook", "at", "at"),
        ("rebook", "by", "by"),
        ("man", "staff", "lines"),
        ("check-in", "at", "arrival/at"),
        ("arrive", "at", "arrival/at"),
        ("arrive", "payment", "arrival/payment"),
        ("cancel", "reason", "reason"),
        ("cancel", "backToWaitingList", "cancellation/backToWaitingList"),
    ],
)
def test_what_is_wrong_in_a_member_is_told_where_it_stands_in_the_message(step: str, member: str, place: str) -> None:
    assert DOORS[step].members[member] == place


# -- the states ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "before", "status"),
    [
        ("summon", "waiting", "openSummons"),
        ("withdraw", "openSummons", "waiting"),
        ("confirm", "preliminary", "booked"),
        ("check-out", "arrived", "completed"),
        ("no-show", "booked", "noShow"),
        ("annul", "booked", "annulled"),
    ],
)
def test_a_step_that_tells_nothing_changes_the_state_alone(step: str, before: str, status: str) -> None:
    assert after(step, stated(before)) == stated(status)


@pytest.mark.parametrize(("step", "status"), [("hold", "preliminary"), ("book", "booked")])
def test_a_time_is_given_to_every_line_of_what_had_none(step: str, status: str) -> None:
    untimed = waiting() | {"lines": [{k: v for k, v in line.items() if k != "start"} for line in team()["lines"]]}
    made = after(step, untimed, start=START)
    assert made["status"] == status
    assert [line["start"] for line in made["lines"]] == [START, START]


def test_RB_1_every_line_moves_as_far_as_the_owners_and_the_old_time_is_kept() -> None:
    before = changed(changed(team(), "/lines/1/start", "2026-11-24T13:30:00+01:00"), "/lines/1/owner", False)
    made = after("rebook", before, start=LATER, by="care", **WHY)
    assert [line["start"] for line in made["lines"]] == [LATER, "2026-11-26T11:00:00+01:00"]
    assert made["rebookings"] == [{"start": START, "duration": "PT60M", "by": "care", **WHY}]
    again = after("rebook", made, start=START, **WHY)
    assert [one["start"] for one in again["rebookings"]] == [START, LATER]
    assert "by" not in again["rebookings"][1]
    assert again["status"] == "booked"


def test_RB_1_the_owners_line_is_the_visit_wherever_it_stands() -> None:
    member, owner = reversed(team()["lines"])
    swapped = team() | {"lines": [member | {"start": "2026-11-24T13:30:00+01:00"}, owner]}
    made = after("rebook", swapped, start=LATER, **WHY)
    assert [line["start"] for line in made["lines"]] == ["2026-11-26T11:00:00+01:00", LATER]
    assert made["rebookings"][0]["start"] == START


def test_RB_1_where_no_line_is_the_owners_the_first_is_the_visit() -> None:
    lines = [line | {"owner": False} for line in team()["lines"]]
    lines[1] |= {"start": "2026-11-24T13:30:00+01:00"}
    made = after("rebook", team() | {"lines": lines}, start=LATER, **WHY)
    assert made["rebookings"][0]["start"] == START


def test_RB_1_a_line_without_a_time_begins_with_the_visit() -> None:
    made = after("rebook", changed(team(), "/lines/1/start", GONE), start=LATER, **WHY)
    assert [line["start"] for line in made["lines"]] == [LATER, LATER]


@pytest.mark.parametrize("start", ["på torsdag", 13, None])
def test_a_time_that_cannot_be_read_is_put_as_it_stands_to_be_told_with_all_else(start: object) -> None:
    assert after("rebook", booking(), start=start, **WHY)["lines"][0]["start"] == start


@pytest.mark.parametrize(
    ("step", "said", "status", "arrival"),
    [
        ("arrive", ARRIVAL, "arrived", ARRIVAL),
        ("arrive", {"at": AT}, "arrived", {"at": AT, "payment": False}),
        ("check-in", {"at": AT}, "checkedIn", {"at": AT, "payment": False}),
    ],
)
def test_BO_33_an_arrival_says_when_and_whether_it_was_paid(step: str, said: Json, status: str, arrival: Json) -> None:
    assert after(step, booking(), **said) == stated(status) | {"arrival": arrival}


def test_an_arrival_that_is_undone_leaves_nothing_of_it() -> None:
    assert after("undo-arrival", stated("arrived") | {"arrival": ARRIVAL}) == booking()


def test_CA_1_a_cancelling_keeps_what_was_said_of_it() -> None:
    said = {"reason": "patienten-avbokar", "at": AT, "by": "care", "backToWaitingList": True}
    assert after("cancel", booking(), **said) == stated("cancelled") | {"cancellation": said}
    assert after("cancel", booking(), reason="x", at=AT)["cancellation"] == {"reason": "x", "at": AT}


@pytest.mark.parametrize("step", ["wait-again", "release"])
def test_what_waits_again_has_no_time_and_nothing_of_what_ended_it(step: str) -> None:
    made = after(step, cancelled() | {"arrival": ARRIVAL})
    assert made == changed(stated("waiting"), "/lines/0/start", GONE)


def test_what_is_annulled_was_not_cancelled() -> None:
    assert after("annul", cancelled()) == stated("annulled")


def test_lines_are_manned_by_their_numbers() -> None:
    made = after("man", team(), staff={"2": "SE2321000115-P0009"})
    assert [line["staff"] for line in made["lines"]] == ["SE2321000115-P0001", "SE2321000115-P0009"]
    assert after("man", team(), staff="SE2321000115-P0009") == team()
    assert after("man", team()) == team()


# -- told once more --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "state", "said", "other"),
    [
        ("arrive", stated("arrived") | {"arrival": ARRIVAL}, ARRIVAL, ARRIVAL | {"payment": False}),
        ("cancel", cancelled(), cancelled()["cancellation"], cancelled()["cancellation"] | {"reason": "sen-avbokning"}),
        ("man", booking(), {"staff": {"1": "SE2321000115-P0001"}}, {"staff": {"1": "SE2321000115-P0009"}}),
        ("book", booking(), {"start": START}, {"start": LATER}),
    ],
)
def test_a_step_that_was_taken_is_known_again_when_it_is_told_once_more(
    step: str, state: Json, said: Json, other: Json
) -> None:
    assert repeats(DOORS[step], state, said)
    assert not repeats(DOORS[step], state, other)
    assert not repeats(DOORS[step], stated("preliminary", state), said) or step == "man"


def test_the_same_moment_in_another_zone_is_the_same_step() -> None:
    assert repeats(DOORS["book"], booking(), {"start": "2026-11-24T12:00:00Z"})
    assert repeats(DOORS["arrive"], stated("arrived") | {"arrival": ARRIVAL}, ARRIVAL | {"at": "2026-11-20T08:00:00Z"})


def test_a_state_that_does_not_tell_of_the_step_is_not_what_it_makes() -> None:
    assert not repeats(DOORS["arrive"], stated("arrived"), ARRIVAL)


def test_what_was_derived_since_makes_no_other_step() -> None:
    derived = stated("arrived") | {"arrival": ARRIVAL | {"toBeInvoiced": True}}
    assert repeats(DOORS["arrive"], derived, ARRIVAL)


def test_an_arrival_that_was_undone_is_known_again() -> None:
    assert repeats(DOORS["undo-arrival"], booking(), {})
    assert not repeats(DOORS["undo-arrival"], stated("arrived"), {})


def test_RB_1_a_rebooking_is_known_again_by_its_time_and_its_entry() -> None:
    made = after("rebook", booking(), start=LATER, **WHY)
    assert repeats(DOORS["rebook"], made, {"start": LATER, **WHY})
    assert not repeats(DOORS["rebook"], made, {"start": START, **WHY})
    assert not repeats(DOORS["rebook"], made, {"start": LATER, **WHY, "reason": "enheten-ombokar"})
    assert not repeats(DOORS["rebook"], made, {"start": LATER, **WHY, "at": "2026-11-20T09:01:00+01:00"})
    hers = after("rebook", booking(), start=LATER, by="patient", **WHY)
    assert not repeats(DOORS["rebook"], hers, {"start": LATER, "by": "care", **WHY})
    assert not repeats(DOORS["rebook"], booking(), {"start": START, **WHY})
    twice = after("rebook", made, start=START, reason="enheten-ombokar", at=AT)
    assert repeats(DOORS["rebook"], twice, {"start": START, "reason": "enheten-ombokar", "at": AT})
    assert not repeats(DOORS["rebook"], twice, {"start": START, **WHY})


# -- steps that there are not ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("step", sorted(DOORS))
def test_IN_19_only_a_step_of_the_table_is_taken(step: str, state: BookingStatus) -> None:
    told = LIFE.unlawful(step, state)
    if step in {one.name for one in LIFE.leading(state)}:
        assert told is None
    else:
        assert told is not None
        assert (told.rule, told.path, told.refuses) == ("IN-19", "/status", True)
        assert told.sv != told.en
