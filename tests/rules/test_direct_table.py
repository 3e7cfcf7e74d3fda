"""The decision table of 1177 direkt as a whole: complete, without contradiction, and what the numbered rules say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappings.problem import Json
from mappings.region.direct_case import CareStaff, DirectAction, DirectContact
from mappings.rules.direct_scenarios import (
    SCENARIOS,
    TERMS,
    After,
    Handover,
    Part,
    Scenario,
    Situation,
    Who,
    decided,
    fits,
)
from mappings.rules.statements import STATEMENTS
from tests.rules.cases import DAY, LUNDEN, NEXT_DAY, NYHEM, case, judging, took

ACTIONS = (None, *DirectAction)
ACTS = list(product(ACTIONS, (None, False, True)))
VISITS = (After.VISIT, After.LATER_VISIT)


def situations() -> Iterator[Situation]:
    """Every case that the table can be asked about."""
    handovers = [(Handover.NONE, None), *product([one for one in Handover if one is not Handover.NONE], CareStaff)]
    followed = [(After.NOTHING, None), (After.REFERRED, None), *product(VISITS, CareStaff)]
    for first, (handover, receiver), (after, visitor) in product(CareStaff, handovers, followed):
        yield Situation(first, handover, receiver, after, visitor)


def parts(at: Situation) -> Iterator[list[Part]]:
    """For each who took part, all that she may have done."""
    yield [Part(Who.FIRST, at.first, *act) for act in ACTS]
    if at.receiver:
        yield [Part(Who.RECEIVER, at.receiver, *act) for act in ACTS]
    if at.visitor:
        yield [Part(Who.VISITOR, at.visitor)]


SITUATIONS = list(situations())


# -- the rules, once more ---------------------------------------------------------------------------------------------

REGISTERS_NOTHING, REFUSED = "registers nothing", "refused"
S, A = CareStaff, DirectAction


def by_the_rules(at: Situation, part: Part) -> str:
    """What the numbered rules say of one who took part, told without the table."""
    handed = at.handover is not Handover.NONE
    if handed and (at.first is not S.NURSE or at.receiver is S.NURSE):
        return REFUSED  # DK-3: the nurse hands over, to a physician or other
    if not handed and at.first is S.UNLICENSED:
        return REFUSED  # DK-6: alone, licensed staff
    if part.who is Who.VISITOR:
        return DirectContact.VISIT  # DK-4
    if part.who is Who.FIRST and at.handover is Handover.SAME:
        return REFUSED if (part.action, part.replaces) != (None, None) else REGISTERS_NOTHING  # DK-9
    if part.action is A.PRESCRIPTION_RENEWAL and part.staff is not S.PHYSICIAN:
        return REFUSED  # DK-6
    if part.action is A.REFERRAL and part.staff not in (S.PHYSICIAN, S.LICENSED):
        return REFUSED  # DK-6
    alone = not handed and at.after is After.NOTHING
    nurses, others = (A.SELF_CARE_ADVICE, A.TREATMENT), (A.TREATMENT, A.PRESCRIPTION_RENEWAL, A.REFERRAL)
    if alone and part.action not in (nurses if at.first is S.NURSE else others):
        return REFUSED  # 3.1.1, 3.1.4: nothing else has a heading
    always = part.who is Who.FIRST and part.action in (A.TREATMENT, A.REFERRAL)  # DK-6, DK-9
    if part.replaces is None or (always and not part.replaces):
        return REFUSED
    return DirectContact.DISTANCE if part.replaces else DirectContact.TEXT  # DK-2


def by_the_table(at: Situation, part: Part) -> str:
    found = [row for _, row in fits(at, part) if row.replaces is part.replaces]
    if not found:
        return REFUSED
    [row] = found
    return row.outcome.contact if row.outcome else REGISTERS_NOTHING


def test_for_every_combination_the_table_says_what_the_rules_say_and_never_two_things() -> None:
    differing = [
        (at, part, by_the_table(at, part))
        for at in SITUATIONS
        for listed in parts(at)
        for part in listed
        if by_the_table(at, part) != by_the_rules(at, part)
    ]
    assert differing == []
    assert len(SITUATIONS) == 4 * 17 * 10


def test_those_who_took_part_are_always_of_one_scenario() -> None:
    for at in SITUATIONS:
        listed = [[part for part in each if by_the_table(at, part) != REFUSED] for each in parts(at)]
        for chosen in product(*listed):
            headings = {id(one) for part in chosen for one, row in fits(at, part) if row.replaces is part.replaces}
            assert len(headings) == 1, at


def test_DK_10_the_receiver_closes_where_there_is_one_else_the_first() -> None:
    seen = 0
    for at in SITUATIONS:
        listed = [[part for part in each if by_the_table(at, part) != REFUSED] for each in parts(at)]
        for chosen in product(*listed):
            found = decided(at, chosen)
            assert found is not None
            scenario, rows = found
            assert scenario.closes is (Who.RECEIVER if at.receiver else Who.FIRST)
            closing = next(row for part, row in zip(chosen, rows, strict=True) if part.who is scenario.closes)
            assert closing.outcome is not None, "whoever closes has registered"
            seen += 1
    assert seen > 1000


# -- each row ---------------------------------------------------------------------------------------------------------

ROWS = [(one, row) for one in SCENARIOS for row in one.rows]


@pytest.mark.parametrize("number", range(len(ROWS)))
def test_every_row_decides_some_case(number: int) -> None:
    scenario, row = ROWS[number]
    assert any(
        (scenario, row) in fits(at, part) and part.replaces is row.replaces
        for at in SITUATIONS
        for listed in parts(at)
        for part in listed
        if part.who is row.who
    )


def headings(section: str) -> list[Scenario]:
    return [one for one in SCENARIOS if one.section == section and not one.follows]


@pytest.mark.parametrize(("section", "count"), [("3.1.1", 3), ("3.1.2", 4), ("3.1.3", 2), ("3.1.4", 3)])
def test_every_heading_of_the_document_stands_in_the_table(section: str, count: int) -> None:
    assert len({one.sv for one in headings(section)}) == len(headings(section)) == count


def test_what_has_no_heading_names_the_rules_that_decide_it() -> None:
    assert {rule for one in SCENARIOS for rule in one.follows} <= set(STATEMENTS)
    described = Counter(bool(one.follows) for one in SCENARIOS)
    assert described[False] == 12


def test_DK_7_every_registration_is_documented_and_only_digital_ones_have_a_telephone_beside_them() -> None:
    outcomes = {row.outcome for _, row in ROWS if row.outcome}
    assert {(one.contact, one.telephone) for one in outcomes} == {
        (DirectContact.TEXT, DirectContact.TELEPHONE),
        (DirectContact.DISTANCE, DirectContact.TELEPHONE_VISIT),
        (DirectContact.VISIT, None),
    }
    assert all(one.note for one in outcomes)
    assert {one.contact for one in outcomes if not one.direct} == {DirectContact.VISIT}
    assert set(TERMS) == set(DirectContact)


# -- whole cases ------------------------------------------------------------------------------------------------------

PROFESSIONS = ("sjukskoterska", "lakare", "fysioterapeut", "underskoterska", "medicinsk-sekreterare", "okand")
maybe = st.sampled_from([None, False, True])


@st.composite
def took_part(draw: st.DrawFn, hour: int) -> Json:
    return took(
        draw(st.sampled_from(PROFESSIONS)),
        day=draw(st.sampled_from([DAY, NEXT_DAY])),
        hour=hour,
        unit=draw(st.sampled_from([LUNDEN, NYHEM])),
        sameComplaint=draw(maybe),
    )


@st.composite
def handlers(draw: st.DrawFn) -> list[Json]:
    count = draw(st.sampled_from([1, 1, 2, 2, 2, 3]))
    said = [draw(took_part(hour=9 + at)) for at in range(count)]
    for at, one in enumerate(said):
        one |= {"action": draw(st.sampled_from(ACTIONS)), "replacesVisit": draw(maybe), "byTelephone": draw(maybe)}
        one["sameComplaint"] = draw(st.sampled_from([True, one["sameComplaint"]])) if at else None
    return said


@st.composite
def cases(draw: st.DrawFn) -> Json:
    more: dict[str, Any] = {}
    if draw(st.booleans()):
        more["physicalVisit"] = draw(took_part(hour=15)) | {"sameComplaint": draw(st.sampled_from([True, True, None]))}
    if draw(st.integers(0, 3)) == 0:
        more["referredTo"] = {"hasDirect": draw(st.booleans()), "unit": draw(st.sampled_from([None, LUNDEN, NYHEM]))}
    return case(*draw(handlers()), **more)


@settings(max_examples=400)
@given(cases())
def test_every_case_is_decided_once_or_refused_by_name(message: Json) -> None:
    judged = judging(message)
    found = judged.message
    assert all(one.rule.startswith(("DK-", "IN-", "OR-")) for one in judged.problems)
    if found.registrations == ():
        assert judged.refused
        assert found.closed_by is None
        return
    by = [one.by for one in found.registrations]
    assert len(set(by)) == len(by)
    assert found.closed_by in by
    assert found.closed_by != "/physicalVisit"
    assert ("/physicalVisit" in by) is ("physicalVisit" in message)
    assert found.scenario is not None


@settings(max_examples=100)
@given(cases())
def test_what_was_derived_of_a_case_is_not_derived_otherwise_again(message: Json) -> None:
    once = judging(message).message
    sent = once.model_dump(mode="json", by_alias=True, exclude_none=True)
    for name in ("scenario", "registrations", "closedBy"):
        sent.pop(name, None)
    assert judging(sent).message == once
