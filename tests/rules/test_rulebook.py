"""What the rulebook as a whole promises, and its list held against the code."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mappings.region.booking import Booking
from mappings.region.care_event import CareEvent
from mappings.region.form import FORMS
from mappings.region.later import LATER
from mappings.region.named_contact import NamedContact
from mappings.rules import PARTLY, State, rules, state
from mappings.rules.rulebook import (
    COMPUTED,
    DERIVATIONS,
    ORDER,
    RULES,
    TIMED,
    VIEWS,
    Facts,
    Registered,
    derive,
    derives,
    judge,
    named,
)
from mappings.rules.statements import STATEMENTS
from tests.region.sample import sample
from tests.rules.messages import COSMIC, GONE, NOW, booking, changed, derived, event, judging, parsed, team

OF_THIS_ISSUE = (
    [f"ID-{n}" for n in (1, 2, 3, 6)]
    + ["PI-1", "PI-2", "PI-3", "OR-1", "OR-3"]
    + [f"BO-{n}" for n in (1, 3, 4, 8, 9, 10, 13, 16, 28, 29)]
    + [f"TE-{n}" for n in (1, 2, 3, 4, 5, 6)]
    + ["CA-1", "CO-1", "CO-2", "EV-1"]
    + [f"FK-{n}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 20)]
    + [f"DK-{n}" for n in (3, 4, 5, 6, 7, 9, 10, 11)]
)
ATTESTED = {"TE-1", "TE-2", "FK-2", "FK-3", "FK-4", "BO-10", "DK-3", "DK-4"}
"""What data cannot show; FK-4's title and unit are as little in the data as the others."""

OF_THE_WHOLE_MODEL = (
    [f"ID-{n}" for n in (4, 7, 8, 10, 11)]
    + ["PI-4", "DE-1", "OR-2", "OR-4", "PO-1", "OC-1", "OC-2", "CA-2", "CA-3"]
    + [f"RE-{n}" for n in (1, 3, 4, 5)]
    + [f"BO-{n}" for n in (2, 5, 6, 7, 11, 12, 14, 15, *range(17, 28), 31, 32, 34)]
    + [f"SU-{n}" for n in (1, 2, 3, 5, 6, 8)]
    + [f"RB-{n}" for n in (1, 2, 3)]
    + [f"TE-{n}" for n in range(7, 13)]
    + [f"GR-{n}" for n in (1, 2, 3)]
    + [f"PS-{n}" for n in (1, 2, 3, 4, 6, 7)]
    + [f"EV-{n}" for n in (4, 5, 6, 8, 9, 10, *range(12, 18))]
    + ["CO-3", "CO-4", "CO-5"]
)
"""What has been built since; no rule that is kept falls off the list in silence."""

HERE = Path(__file__).parent

ALL = (*RULES, *DERIVATIONS, *VIEWS, *COMPUTED, *TIMED)


def registered_ids() -> set[str]:
    return {rule for one in ALL for rule in one.ids}


# -- the list --------------------------------------------------------------------------------------------------------


def test_every_registered_id_is_a_rule_of_the_documents_or_an_error_of_form() -> None:
    assert registered_ids() <= set(STATEMENTS) | set(FORMS)


@pytest.mark.parametrize("rule", OF_THIS_ISSUE)
def test_a_rule_that_was_to_be_kept_is_kept_or_attested(rule: str) -> None:
    assert state(rule) is (State.ATTESTED if rule in ATTESTED else State.KEPT)


@pytest.mark.parametrize("rule", OF_THE_WHOLE_MODEL)
def test_a_rule_that_is_kept_stays_so(rule: str) -> None:
    assert state(rule) in (State.KEPT, State.ATTESTED)


def test_what_the_sender_attests_is_listed_so_and_nothing_else_is() -> None:
    by_the_sender = ATTESTED | {"EV-4", "EV-14", "EV-16", "GR-2", "PS-1"}
    assert {one.id for one in rules() if one.state is State.ATTESTED} == by_the_sender


def test_the_state_of_a_rule_is_read_off_the_code() -> None:
    for rule, statement in STATEMENTS.items():
        if rule in PARTLY or rule not in registered_ids():
            assert state(rule) is (State.NOT_YET if statement.severity else State.NOT_A_CHECK), rule
        else:
            assert state(rule) in (State.KEPT, State.ATTESTED), rule


def test_what_is_only_partly_kept_is_registered_all_the_same() -> None:
    assert registered_ids() >= PARTLY
    assert not PARTLY & set(OF_THIS_ISSUE)


def test_what_is_yet_to_come_names_a_rule_of_the_documents() -> None:
    assert {later.rule for later in LATER} <= set(STATEMENTS)


def test_the_list_has_every_rule_once_in_the_order_of_the_page() -> None:
    assert [one.id for one in rules()] == list(STATEMENTS)
    for one in rules():
        statement = STATEMENTS[one.id]
        assert (one.severity, one.sv, one.en, one.source) == (
            statement.severity,
            statement.sv,
            statement.en,
            statement.source,
        )


def test_a_rule_that_there_is_none_of_has_no_state() -> None:
    with pytest.raises(KeyError):
        state("BO-99")


def test_every_registered_rule_has_tests_that_carry_its_id() -> None:
    names = re.findall(r"^def (test_\w+)", "".join(path.read_text("utf-8") for path in HERE.glob("test_*.py")), re.M)
    tested = {f"{letters}-{number}" for name in names for letters, number in re.findall(r"_([A-Z]{2})_(\d+)", name)}
    assert registered_ids() - tested == set()


# -- severities ------------------------------------------------------------------------------------------------------

TOLD_BY_OTHERS = {
    "BO-5": "D: that the accepted referral fills it in is the journal's own work, where the referral lies",
    "FK-6": "E: a care contact without a name is refused by FK-20; it warns as FK-5 does, which it refers to",
    "FK-11": "W: the items that are missing are told by FK-5, FK-6 and FK-7, each for its kind",
    "PI-4": "D: older reserve numbers are linked by a merge of identities",
    "PI-2": "V: that the marking still protects is PI-1's own work",
    "PI-3": "V: as PI-1, which strips whoever set the marking",
    "CO-4": "D: that what has no code gets none is CO-1's and CO-2's own work",
}


def severities(rule: str) -> set[str]:
    """What the functions of a rule can do: refuse (E), warn (W), derive (D), decide what is shown (V)."""
    by_itself = (*DERIVATIONS, *COMPUTED, *TIMED)
    found = {"V" for one in VIEWS if rule in one.ids} | {"D" for one in by_itself if rule in one.ids}
    for one in RULES:
        if rule in one.ids:
            found |= {"W" if warns else "E" for warns in faults(one)}
    return found


def faults(one: Registered) -> Iterator[bool]:
    """Of every `Fault(…)` that a rule's function makes, or one that it hands over to: whether it warns."""
    text = inspect.getsource(one.function)
    module = inspect.getmodule(one.function)
    helpers = set(re.findall(r"yield from (_\w+)\(", text))
    text += "".join(inspect.getsource(getattr(module, name)) for name in helpers)
    for made in re.split(r"\bFault\(", text)[1:]:
        yield "warns=True" in made


@pytest.mark.parametrize("rule", sorted(registered_ids() & set(STATEMENTS)))
def test_what_a_rule_does_fits_its_severity(rule: str) -> None:
    said = set(STATEMENTS[rule].severity)
    if rule in TOLD_BY_OTHERS:
        return
    done = severities(rule)
    assert done - {"D"} <= said, "it does more than it says"
    assert said <= done, "it says more than it does"


def test_a_rule_that_only_warns_never_refuses() -> None:
    only_warn = {rule for rule, one in STATEMENTS.items() if "E" not in one.severity} & registered_ids()
    assert {rule for rule in only_warn if "E" in severities(rule)} == set()


def test_the_exceptions_are_registered_rules() -> None:
    assert set(TOLD_BY_OTHERS) <= registered_ids()


@pytest.mark.parametrize("kind", [Booking, CareEvent, NamedContact])
def test_every_kind_of_message_has_rules(kind: type) -> None:
    assert sum(kind in one.on for one in RULES) > 5


# -- judging ---------------------------------------------------------------------------------------------------------


def test_all_problems_of_a_message_are_told_at_once() -> None:
    message = team()
    for place, value in {
        "/patient/identity/value": "191212121213",
        "/responsibleUnit": "nowhere",
        "/contactType": "fax",
        "/acute": GONE,
        "/basis/number": GONE,
        "/basis/information": "19121212-1212",
        "/lines/0/ownTreatmentResponsibility": False,
        "/lines/1/start": "2026-11-24T14:00:00+01:00",
        "/jointAssessment": GONE,
        "/noMedicalConnection": GONE,
    }.items():
        message = changed(message, place, value)
    told = {(problem.rule, problem.path) for problem in judging(message).problems}
    assert told >= {
        ("ID-2", "/patient/identity/value"),
        ("OR-1", "/responsibleUnit"),
        ("IN-13", "/contactType"),
        ("BO-10", "/acute"),
        ("BO-1", "/basis/number"),
        ("BO-13", "/basis/information"),
        ("TE-1", "/lines/0/ownTreatmentResponsibility"),
        ("TE-6", "/lines/1/start"),
        ("TE-2", "/jointAssessment"),
        ("BO-10", "/noMedicalConnection"),
    }


def test_warnings_are_told_beside_refusals() -> None:
    message = changed(changed(booking(), "/basis/information", "19121212-1212"), "/acute", GONE)
    judged = judging(message)
    assert judged.refused
    assert [problem.rule for problem in judged.warnings] == ["BO-13"]


def test_derivations_come_before_the_rules() -> None:
    bare = booking()
    for place in ("/performingUnit", "/responsibleUnit", "/contactType", "/visitType", "/basis/targetDate"):
        bare = changed(bare, place, GONE)
    assert judging(bare).problems == ()


def test_a_later_derivation_builds_on_what_an_earlier_one_filled_in() -> None:
    assert [one.ids[0] for one in DERIVATIONS] == list(ORDER)
    bare = changed(changed(booking(), "/performingUnit", GONE), "/basis/agreement", GONE)
    assert derived(bare) == [("OR-3", "/performingUnit"), ("ID-6", "/basis/agreement")]


def test_a_derivation_that_has_no_place_in_the_order_does_not_load() -> None:
    before = list(DERIVATIONS)
    try:
        with pytest.raises(ValueError, match="not in"):
            derives("BO-99", on=(Booking,))(lambda facts: (facts.message, ()))
    finally:
        DERIVATIONS[:] = before


def test_the_sent_message_is_never_changed() -> None:
    message = changed(team(), "/patient/protection", {"kind": "sekretessmarkering"})
    before = str(message)
    assert judging(message).message.patient.name is None
    assert str(message) == before


def test_of_what_nobody_has_looked_for_nothing_is_held_against_a_message() -> None:
    message = parsed(booking())
    facts, done = derive(Facts(message, message, sample(), sample().sources[COSMIC], NOW))
    assert (facts.message, done) == (message, ())
    carried_out = parsed(event())
    bare = Facts(carried_out, carried_out, sample(), sample().sources[COSMIC], NOW)
    assert judge(bare, lambda _: "").problems == ()


@pytest.mark.parametrize(
    ("pointer", "field"), [("/lines/0/start", "start"), ("/addOns/1", "addOns"), ("/basis/targetDate", "targetDate")]
)
def test_a_text_names_the_field_that_a_pointer_ends_in(pointer: str, field: str) -> None:
    assert named(pointer) == field
