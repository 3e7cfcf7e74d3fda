"""Chains of primary and secondary contacts (PS): what breaks them, and what makes them whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.problem import Json
from mappings.region.booking import BookingStatus
from mappings.rules.chain import HAPPENED, Part, breaches, follows, part_of
from mappings.rules.chain_repair import MOST, Act, Repair, repairs
from tests.rules.messages import CLINIC, COSMIC, GONE, MILLENNIUM, booking, cancelled, changed, judging, parsed

S = BookingStatus
MORNING = datetime.fromisoformat("2026-11-24T08:00:00+01:00")


def part(number: str, order: int, hours: float, *, primary: bool = False, **more: object) -> Part:
    """A contact of half an hour, so many hours after eight o'clock."""
    made = Part(
        number=number,
        order=order,
        primary=primary,
        start=MORNING + timedelta(hours=hours),
        length=timedelta(minutes=30),
        status=S.BOOKED,
        administration="Hallands sjukhus",
        named=None if primary else "P",
        patient="x",
    )
    return replace(made, **more)  # type: ignore[arg-type]  # a test's own words


SAMPLING, PHYSICIAN, NURSE = part("A", 1, 0), part("P", 2, 2, primary=True), part("B", 3, 4)
WHOLE = (SAMPLING, PHYSICIAN, NURSE)


def told(*parts: Part) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.rule, one.numbers) for one in breaches(parts)]


def moves(repair: Repair) -> dict[str, tuple[Act, str]]:
    return {one.number: (one.act, one.start.isoformat()) for one in repair.moves}


def carried_out(parts: tuple[Part, ...], repair: Repair) -> list[Part]:
    """The chain as it is when the repair has been made."""
    said = {move.number: move for move in repair.moves}
    return [replace(one, start=said[one.number].start, status=S.BOOKED) if one.number in said else one for one in parts]


# -- what breaks a chain ---------------------------------------------------------------------------------------------


def test_PS_1_secondaries_may_come_before_and_after_the_primary() -> None:
    assert told(*WHOLE) == []
    assert told() == []


@pytest.mark.parametrize("lost", [S.CANCELLED, S.NO_SHOW])
def test_PS_1_a_contact_that_does_not_come_about_breaks_the_chain(lost: BookingStatus) -> None:
    assert told(replace(SAMPLING, status=lost), PHYSICIAN, NURSE) == [("PS-1", ("A",))]


def test_PS_1_a_chain_that_is_cancelled_whole_is_not_broken() -> None:
    assert told(*(replace(one, status=S.CANCELLED) for one in WHOLE)) == []


def test_PS_2_the_same_date() -> None:
    assert told(SAMPLING, PHYSICIAN, replace(NURSE, start=MORNING + timedelta(days=1))) == [("PS-2", ("B",))]


def test_PS_2_of_two_days_that_of_the_primary_counts() -> None:
    assert told(SAMPLING, replace(PHYSICIAN, start=MORNING + timedelta(days=1))) == [("PS-2", ("A",))]
    assert told(PHYSICIAN, replace(NURSE, start=MORNING + timedelta(days=1))) == [("PS-2", ("B",))]


def test_PS_2_what_has_no_time_yet_and_what_was_called_off_stand_on_no_other_day() -> None:
    assert told(SAMPLING, PHYSICIAN, replace(NURSE, status=S.WAITING, start=None)) == []
    off = replace(SAMPLING, status=S.CANCELLED, start=MORNING - timedelta(days=1))
    assert told(off, PHYSICIAN, NURSE) == [("PS-1", ("A",))]
    assert follows(replace(PHYSICIAN, start=None), SAMPLING)
    assert follows(PHYSICIAN, replace(SAMPLING, start=None))


def test_PS_2_the_date_is_that_of_stockholm() -> None:
    late = part("B", 3, 0, start=datetime.fromisoformat("2026-11-24T23:30:00+01:00"))
    assert told(SAMPLING, PHYSICIAN, late) == []
    assert told(SAMPLING, PHYSICIAN, replace(late, start=late.start and late.start + timedelta(hours=1))) == [
        ("PS-2", ("B",))
    ]


def test_PS_2_the_order_that_was_planned() -> None:
    assert told(part("A", 1, 3), PHYSICIAN, NURSE) == [("PS-2", ("A", "P"))]


def test_PS_2_never_the_same_clock_time_but_for_team_contacts() -> None:
    assert told(SAMPLING, PHYSICIAN, part("B", 3, 2)) == [("PS-2", ("P", "B"))]
    assert told(SAMPLING, PHYSICIAN, part("B", 3, 2, team=True)) == []


def test_PS_2_one_patient() -> None:
    assert told(SAMPLING, replace(PHYSICIAN, patient="y")) == [("PS-2", ("A", "P"))]


def test_PS_2_each_place_once() -> None:
    assert ("PS-2", ("A", "P")) in told(SAMPLING, replace(PHYSICIAN, order=1))


def test_PS_3_one_administration() -> None:
    assert told(SAMPLING, PHYSICIAN, replace(NURSE, administration="Närsjukvården")) == [("PS-3", ("B",))]


def test_PS_3_without_a_primary_the_first_says_where() -> None:
    elsewhere = replace(NURSE, administration="Närsjukvården")
    assert told(SAMPLING, elsewhere) == [("PS-6", ("A", "B")), ("PS-3", ("B",))]


def test_PS_6_exactly_one_primary() -> None:
    assert told(SAMPLING, NURSE) == [("PS-6", ("A", "B"))]
    assert told(PHYSICIAN, part("Q", 3, 4, primary=True)) == [("PS-6", ("P", "Q"))]
    assert told(PHYSICIAN, replace(NURSE, named="Z")) == [("PS-6", ("B",))]


def test_an_annulled_contact_is_no_part() -> None:
    assert told(replace(SAMPLING, status=S.ANNULLED, start=None), PHYSICIAN, NURSE) == []


# -- what one contact says itself ------------------------------------------------------------------------------------

CHAIN = {"id": "K-1", "order": 1, "primary": "4711-0001", "depends": True}


def in_chain(**said: object) -> Json:
    return changed(again(), "/chain", CHAIN | said)


def again() -> Json:
    """A return visit: new visits are co-booked only at the same time (BO-26)."""
    return changed(changed(booking(), "/visitType", "aterbesok"), "/noMedicalConnection", GONE)


def test_PS_1_dependence_is_attested() -> None:
    message = in_chain()
    del message["chain"]["depends"]
    assert refused(message) == [("PS-1", "/chain/depends")]
    assert refused(in_chain()) == []


def test_PS_7_convenience_makes_no_chain() -> None:
    assert refused(in_chain(depends=False)) == []
    assert ("PS-7", "/chain/depends") in told_of(in_chain(depends=False))
    assert ("PS-7", "/chain/depends") not in told_of(in_chain())


def told_of(message: Json, *others: Json, previous: Json | None = None) -> list[tuple[str, str]]:
    """Everything that is said of a booking beside others, refusals and warnings."""
    return [(one.rule, one.path) for one in judging(message, others=others, previous=previous).problems]


def refused_beside(message: Json, *others: Json, previous: Json | None = None) -> list[str]:
    found = judging(message, others=others, previous=previous)
    return [one.rule for one in found.problems if one.refuses]


def refused(message: Json, *others: Json) -> list[tuple[str, str]]:
    """What refuses it; that the rest of its chain has not come yet is only told."""
    return [(one.rule, one.path) for one in judging(message, others=others).problems if one.refuses]


def primary() -> Json:
    message = changed(again(), "/number", "4711-0001")
    message["chain"] = {"id": "K-1", "order": 2, "depends": True}
    return changed(message, "/lines/0/start", "2026-11-24T15:00:00+01:00")


def test_PS_1_PS_6_the_sender_is_told_which_rule_the_others_now_break() -> None:
    assert told_of(in_chain(), primary()) == []
    assert told_of(in_chain()) == [("PS-6", "/chain")]
    gone = changed(changed(primary(), "/status", "noShow"), "/version", 9)
    assert told_of(in_chain(), gone, previous=in_chain()) == [("PS-1", "/chain")]
    assert refused_beside(in_chain(), gone) == []


def test_PS_2_a_contact_that_enters_a_chain_must_fit_it_and_one_that_is_moved_is_told() -> None:
    late = changed(in_chain(), "/lines/0/start", "2026-11-24T16:00:00+01:00")
    assert refused_beside(late, primary()) == ["PS-2"]
    assert refused_beside(late, primary(), previous=late) == []
    assert told_of(late, primary(), previous=late) == [("PS-2", "/chain")]


def test_PS_2_before_the_primary_has_come_a_contact_must_fit_the_others() -> None:
    sibling = changed(in_chain(order=3), "/number", "4711-0003")
    late = changed(in_chain(), "/lines/0/start", "2026-11-24T16:00:00+01:00")
    assert told_of(changed(in_chain(), "/lines/0/start", "2026-11-24T12:00:00+01:00"), sibling) == [("PS-6", "/chain")]
    assert refused(late, sibling) == [("PS-2", "/chain")]


def test_PS_2_a_contact_that_enters_is_not_blamed_for_the_others() -> None:
    early = changed(changed(in_chain(order=3), "/number", "4711-0003"), "/lines/0/start", "2026-11-24T14:00:00+01:00")
    assert told_of(in_chain(), early, primary()) == [("PS-2", "/chain")]
    assert refused(in_chain(), early, primary()) == []


def test_PS_1_a_contact_may_enter_a_chain_that_it_has_already_left() -> None:
    off = in_chain() | {"status": "cancelled", "cancellation": cancelled()["cancellation"]}
    assert refused(off, primary()) == []
    assert told_of(off, primary()) == [("PS-1", "/chain")]


def test_PS_6_a_second_primary_does_not_enter() -> None:
    second = changed(in_chain(), "/chain/primary", GONE)
    assert refused(second, primary()) == [("PS-6", "/chain")]


@pytest.mark.parametrize("differs", [{"chain": {"id": "K-2", "order": 2}}, {"source": MILLENNIUM}, {}])
def test_PS_6_only_contacts_of_the_same_chain_of_the_same_source_belong_together(differs: Json) -> None:
    another = primary() | differs
    if not differs:
        del another["chain"]
    assert told_of(in_chain(), another) == [("PS-6", "/chain")]
    assert told_of(in_chain(), primary(), another) == []


def test_PS_6_a_contact_is_not_beside_itself() -> None:
    assert told_of(in_chain(), primary(), in_chain(), previous=in_chain()) == []


def test_PS_3_a_contact_that_enters_a_chain_lies_in_its_administration() -> None:
    elsewhere = changed(in_chain(), "/performingUnit", "SE2321000115-E000000000120")
    assert "PS-3" in refused_beside(elsewhere, primary())


def test_PS_4_planned_outpatient_contacts_only() -> None:
    assert ("PS-4", "/chain") in refused(changed(in_chain(), "/acute", True))
    ward = changed(in_chain(), "/performingUnit", "SE2321000115-E000000000111")
    assert ("PS-4", "/chain") in refused(ward)


@pytest.mark.parametrize(("field", "code"), [("room", "rum-3"), ("equipment", "ekg-1")])
def test_PS_4_never_a_room_or_equipment_alone(field: str, code: str) -> None:
    manned = changed(in_chain(), f"/lines/0/{field}", code)
    assert refused(manned) == []
    alone = manned | {"lines": [{name: value for name, value in manned["lines"][0].items() if name != "staff"}]}
    assert ("PS-4", f"/lines/0/{field}") in refused(alone)


def test_PS_6_no_contact_is_its_own_primary() -> None:
    assert ("PS-6", "/chain/primary") in refused(in_chain(primary="4711-0142"))


def test_a_booking_is_a_part_by_what_it_says() -> None:
    found = part_of(parsed(in_chain()), {CLINIC: "Hallands sjukhus"}, "x")
    assert (found.number, found.order, found.primary, found.named) == ("4711-0142", 1, False, "4711-0001")
    assert (found.length, found.administration, found.team) == (timedelta(minutes=30), "Hallands sjukhus", False)
    with pytest.raises(ValueError, match="chain"):
        part_of(parsed(booking()), {})
    assert parsed(booking()).source == COSMIC
    endless = changed(changed(in_chain(), "/lines/0/careService", GONE), "/lines/0/duration", GONE)
    assert part_of(parsed(endless), {}).length == timedelta(0)


# -- what makes it whole ---------------------------------------------------------------------------------------------


def test_a_whole_chain_needs_no_repair() -> None:
    assert repairs(WHOLE) == ()


def test_PS_6_a_contact_moved_to_another_day_is_moved_back_or_the_others_follow() -> None:
    moved = (SAMPLING, PHYSICIAN, replace(NURSE, start=MORNING + timedelta(days=1, hours=4)))
    back, follow = repairs(moved)

    assert moves(back) == {"B": (Act.MOVE, "2026-11-24T10:30:00+01:00")}
    assert (back.moves[0].earliest, back.moves[0].latest) == (MORNING + timedelta(hours=2.5), None)
    assert moves(follow) == {
        "A": (Act.MOVE, "2026-11-25T11:00:00+01:00"),
        "P": (Act.MOVE, "2026-11-25T11:30:00+01:00"),
    }


def test_PS_6_a_cancelled_contact_is_booked_again_in_its_place() -> None:
    (only,) = repairs((SAMPLING, replace(PHYSICIAN, status=S.CANCELLED), NURSE))

    assert moves(only) == {"P": (Act.BOOK_AGAIN, "2026-11-24T08:30:00+01:00")}
    assert only.moves[0].latest == MORNING + timedelta(hours=3.5)


def test_PS_6_two_in_the_wrong_order_are_mended_by_moving_one() -> None:
    one, other = repairs((part("A", 1, 3), PHYSICIAN, NURSE))
    assert moves(one) == {"A": (Act.MOVE, "2026-11-24T09:30:00+01:00")}
    assert moves(other) == {"P": (Act.MOVE, "2026-11-24T11:30:00+01:00")}


@pytest.mark.parametrize("status", [S.ARRIVED, S.CHECKED_IN, S.COMPLETED])
def test_what_has_happened_is_never_moved(status: BookingStatus) -> None:
    held = replace(SAMPLING, status=status)
    found = repairs((held, PHYSICIAN, replace(NURSE, start=MORNING + timedelta(days=1))))
    assert [list(moves(one)) for one in found] == [["B"]]


def test_what_has_happened_alone_keeps_its_day() -> None:
    held, day = replace(SAMPLING, status=S.COMPLETED), timedelta(days=1)
    found = repairs((held, *(replace(one, start=one.start and one.start + day) for one in (PHYSICIAN, NURSE))))
    assert [moves(one) for one in found] == [
        {"P": (Act.MOVE, "2026-11-24T08:30:00+01:00"), "B": (Act.MOVE, "2026-11-24T09:00:00+01:00")}
    ]


def test_a_contact_stands_where_it_is_in_order_with_the_one_right_before_it() -> None:
    one, other = repairs((SAMPLING, part("P", 2, 4, primary=True), part("B", 3, 2)))
    assert moves(one) == {"B": (Act.MOVE, "2026-11-24T12:30:00+01:00")}
    assert moves(other) == {"P": (Act.MOVE, "2026-11-24T08:30:00+01:00")}


def test_three_repairs_are_proposed_at_most() -> None:
    apart = [replace(part(f"{n}", n, 24.0 * n), primary=n == 1, named=None if n == 1 else "1") for n in (1, 2, 3, 4)]
    assert len(repairs(apart)) == 3
    assert len(repairs(apart[:3])) == 3


def test_between_two_contacts_of_no_length_lie_five_minutes() -> None:
    short = replace(SAMPLING, length=timedelta(0))
    (only,) = repairs((replace(short, status=S.COMPLETED), replace(PHYSICIAN, status=S.CANCELLED), NURSE))
    assert moves(only) == {"P": (Act.BOOK_AGAIN, "2026-11-24T08:05:00+01:00")}


def test_what_is_done_to_a_contact_has_a_word_in_the_contract() -> None:
    assert [one.value for one in Act] == ["move", "bookAgain"]


def test_what_no_move_mends_has_no_repair() -> None:
    assert repairs((PHYSICIAN, part("Q", 3, 4, primary=True))) == ()
    assert repairs((PHYSICIAN, replace(NURSE, administration="Närsjukvården"))) == ()


STATES = st.sampled_from([S.BOOKED] * 4 + [S.CANCELLED, S.NO_SHOW, S.COMPLETED, S.ANNULLED])


@st.composite
def chains(draw: st.DrawFn) -> tuple[Part, ...]:
    """A lawful set-up (one primary, one administration), with times and states anyhow, also where clocks change."""
    count = draw(st.integers(2, 6))
    primary = draw(st.integers(0, count - 1))
    base = draw(st.sampled_from([MORNING, datetime.fromisoformat("2026-10-25T00:30:00+02:00")]))
    return tuple(
        replace(
            part(str(number) if number != primary else "P", number + 1, 0, primary=number == primary),
            start=base + timedelta(minutes=15 * draw(st.integers(0, 400))),
            length=timedelta(minutes=draw(st.sampled_from([0, 5, 30, 90]))),
            status=draw(STATES),
            team=draw(st.booleans()),
        )
        for number in range(count)
    )


@given(chains())
def test_every_repair_carried_out_makes_the_chain_whole(parts: tuple[Part, ...]) -> None:
    found = repairs(parts)
    assert len(found) <= MOST
    assert not (found and not breaches(parts))
    for repair in found:
        assert breaches(carried_out(parts, repair)) == ()
        assert repair.moves
        states = {one.number: one.status for one in parts}
        assert not {states[move.number] for move in repair.moves} & (HAPPENED | {S.ANNULLED})


@given(chains())
def test_a_move_lies_between_the_times_that_it_may(parts: tuple[Part, ...]) -> None:
    for repair in repairs(parts):
        for move in repair.moves:
            assert move.earliest is None or move.earliest <= move.start
            assert move.latest is None or move.start <= move.latest
