from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.delivery import Standstill
from adapter.delivery.retry import (
    Circuit,
    Done,
    Park,
    Reread,
    Retry,
    Tried,
    Waits,
    backoff,
    decide,
    in_trouble,
    may_be_kept,
)
from adapter.delivery.values import Counted
from adapter.server.answer import Answer, Trouble
from adapter.server.outcome import Outcome, Verdict, verdict

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
WAITS = Waits()


def told(outcome: Outcome, wait: float | None = None) -> Verdict:
    return Verdict(outcome, "row", "sv", "en", wait, ())


@pytest.mark.parametrize("outcome", [Outcome.DONE, Outcome.UNCHANGED])
def test_what_the_server_took_is_done(outcome: Outcome) -> None:
    assert decide(told(outcome), Tried(1), NOW, lambda: 0.5, WAITS) == Done()


def test_what_the_server_refuses_is_parked_at_once_with_the_reason() -> None:
    assert decide(told(Outcome.REFUSED), Tried(1), NOW, lambda: 0.5, WAITS) == Park("row")


def test_a_conflict_is_read_again_a_few_rounds_then_put_off_then_parked() -> None:
    conflict = told(Outcome.REREAD)
    assert decide(conflict, Tried(1), NOW, lambda: 0.5, WAITS) == Reread()
    assert decide(conflict, Tried(1, rereads=WAITS.rereads - 1), NOW, lambda: 0.5, WAITS) == Reread()
    counted = [
        decide(conflict, Tried(1, conflicts=before, rereads=WAITS.rereads), NOW, lambda: 1.0, WAITS)
        for before in range(WAITS.conflicts)
    ]
    assert counted[:2] == [Retry(NOW + timedelta(seconds=wait), Counted.CONFLICT) for wait in (1, 2)]
    assert counted[-1] == Park("row")
    assert all(isinstance(one, Retry) for one in counted[:-1])


def test_what_may_never_pass_gets_a_few_tries() -> None:
    few = told(Outcome.RETRY_FEW)
    counted = [decide(few, Tried(1, before), NOW, lambda: 1.0, WAITS) for before in range(WAITS.few)]
    assert counted[:2] == [Retry(NOW + timedelta(seconds=wait), Counted.FAILURE) for wait in (1, 2)]
    assert counted[-1] == Park("row")
    assert all(isinstance(one, Retry) for one in counted[:-1])


@given(st.integers(1, 10**9), st.integers(0, WAITS.few - 2), st.integers(0, WAITS.conflicts - 2))
def test_attempts_that_ended_otherwise_take_none_of_the_few_tries(attempts: int, failures: int, conflicts: int) -> None:
    """A parcel that was tried a thousand times at a server that was down has as many tries left as a new one."""
    tried = Tried(attempts, failures, conflicts, rereads=WAITS.rereads)
    for outcome, before in ((Outcome.RETRY_FEW, failures), (Outcome.REREAD, conflicts)):
        decision = decide(told(outcome), tried, NOW, lambda: 1.0, WAITS)
        assert isinstance(decision, Retry)
        assert decision.at == NOW + timedelta(seconds=2.0**before)


@given(st.sampled_from([Outcome.RETRY_SOON, Outcome.RETRY_AFTER, Outcome.UNAUTHORISED]), st.integers(1, 10**9))
def test_a_server_in_trouble_is_waited_for_without_end_and_never_long(outcome: Outcome, attempts: int) -> None:
    decision = decide(told(outcome), Tried(attempts), NOW, lambda: 0.999, WAITS)
    assert isinstance(decision, Retry)
    assert NOW < decision.at <= NOW + timedelta(seconds=WAITS.longest)
    assert decision.counted is None


@given(st.integers(1, 100), st.floats(0, 3600))
def test_no_parcel_comes_back_before_the_server_said(attempts: int, wait: float) -> None:
    decision = decide(told(Outcome.RETRY_AFTER, wait), Tried(attempts), NOW, lambda: 0.0, WAITS)
    assert isinstance(decision, Retry)
    assert decision.at >= NOW + timedelta(seconds=wait)


@given(st.integers(1, 40), st.floats(0, 0.999))
def test_waits_double_up_to_the_longest_with_half_left_to_chance(times: int, chance: float) -> None:
    whole = min(300.0, 2.0 ** (times - 1))
    assert 0.5 * whole <= backoff(times, lambda: chance, 1.0, 300.0) <= whole


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        (Answer(trouble=Trouble.UNREACHABLE), False),
        (Answer(trouble=Trouble.UNTRUSTED), False),
        (Answer(trouble=Trouble.TIMED_OUT), True),
        (Answer(trouble=Trouble.INTERRUPTED), True),
        (Answer(status=200, trouble=Trouble.NOT_FHIR), True),
        (Answer(status=504), True),
        (Answer(status=500), True),
        (Answer(status=412), False),
        (Answer(status=429), False),
    ],
)
def test_an_answer_says_whether_the_server_may_have_kept_it_all_the_same(answer: Answer, kept: bool) -> None:
    assert may_be_kept(answer) is kept


@pytest.mark.parametrize(
    ("answer", "whole"),
    [
        (Answer(trouble=Trouble.UNREACHABLE), True),
        (Answer(status=503), True),
        (Answer(status=429, retry_after=3.0), True),
        (Answer(status=401), True),
        (Answer(status=200), False),
        (Answer(status=422), False),
        (Answer(status=409), False),
        (Answer(status=412), False),
        (Answer(status=500), False),
    ],
)
def test_an_answer_says_whether_the_server_as_a_whole_is_in_trouble(answer: Answer, whole: bool) -> None:
    assert in_trouble(verdict(answer), answer) is whole


def after(troubles: int, circuit: Circuit = Circuit(), now: datetime = NOW, wait: float | None = None) -> Circuit:  # noqa: B008  frozen
    for _ in range(troubles):
        circuit = circuit.after_trouble(told(Outcome.RETRY_SOON, wait), now, lambda: 1.0, WAITS)
    return circuit


def test_one_parcels_trouble_does_not_stop_the_others() -> None:
    assert after(WAITS.troubles - 1).room(NOW, 16) == 16


def test_troubles_in_a_row_stop_all_for_a_while_and_then_one_asks() -> None:
    paused = after(WAITS.troubles)
    assert paused.until == NOW + timedelta(seconds=1)
    assert paused.room(NOW, 16) == 0
    assert paused.room(paused.until, 16) == 1


def test_what_was_on_its_way_when_the_pause_began_does_not_lengthen_it() -> None:
    assert after(20) == after(WAITS.troubles)


def test_pauses_grow_up_to_the_longest() -> None:
    circuit, now, waits = after(WAITS.troubles), NOW, []
    for _ in range(8):
        assert circuit.until is not None
        waits.append((circuit.until - now).total_seconds())
        now = circuit.until
        circuit = after(1, circuit, now)
    assert waits == [1, 2, 4, 8, 16, 30, 30, 30]


def test_a_pause_says_why_and_since_when_until_it_is_over_for_good() -> None:
    assert after(WAITS.troubles - 1).standstill is None
    first = after(1)
    later = NOW + timedelta(minutes=1)
    paused = after(WAITS.troubles - 1, first, later)
    assert paused.standstill == Standstill("row", "sv", "en", NOW)
    again = after(1, paused, later + timedelta(hours=1))
    assert again.standstill == Standstill("row", "sv", "en", NOW)


def test_a_pause_is_as_long_as_the_server_asked_for() -> None:
    assert after(WAITS.troubles, wait=120.0).until == NOW + timedelta(seconds=120)
