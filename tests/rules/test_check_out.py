"""Check-out and its outcome, contact reasons, units, groups (domain 4; SDV 3.1.3, 3.2, 3.4)."""

from __future__ import annotations

from typing import Any

import pytest

from mappings.problem import Json
from mappings.region.catalogue_files import load
from tests.region.sample import replaced, texts
from tests.rules.messages import (
    CLINIC,
    GONE,
    HEALTH_CENTRE,
    MILLENNIUM,
    accepted,
    changed,
    derived,
    event,
    judging,
    lawful,
    millennium,
    planned_event,
    refusals,
    team_event,
    warnings,
)

WAIT = {"kind": "wait", "reason": "labprov"}
FOLLOW_UP = {"kind": "followUp", "addressees": ["SE2321000115-P0001", "SE2321000115-P0002"], "interval": "P3M"}
END = {"kind": "endCommitment", "reason": "fardigbehandlad"}
NO_MORE = {"kind": "noFurtherPlanning", "plannedAs": "BB-7"}


def checked_out(outcome: Any) -> Json:
    """A specialised visit in Millennium, checked out and not yet discharged."""
    message = millennium("Med LÄK Återbesök") | {"careCommitment": {"number": "VA-7"}, "status": "checkedOut"}
    message |= {"checkedOut": "2026-11-24T13:40:00+01:00", "outcome": outcome}
    return changed(message, "/end", GONE)


# -- EV-6 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "follows"),
    [
        (WAIT, "watched"),
        (FOLLOW_UP, "bookingRequest"),
        (END, "commitmentEnded"),
        (NO_MORE, "alreadyPlanned"),
    ],
)
def test_EV_6_each_outcome_says_what_follows(outcome: Json, follows: str) -> None:
    assert lawful(checked_out(outcome))
    assert accepted(checked_out(outcome)).outcome.follows == follows
    assert ("EV-6", "/outcome/follows") in derived(checked_out(outcome))


@pytest.mark.parametrize("place", ["/status", "/checkedOut"])
def test_EV_6_a_manual_check_out_has_an_outcome(place: str) -> None:
    message = changed(checked_out(WAIT), "/outcome", GONE)
    assert refusals(message) == [("EV-6", "/outcome")]
    one = changed(message, "/status", "ongoing") if place == "/checkedOut" else changed(message, "/checkedOut", GONE)
    assert refusals(one) == [("EV-6", "/outcome")]


def test_EV_6_a_discharge_without_one_is_told_where_the_source_has_outcomes() -> None:
    message = changed(checked_out(WAIT), "/outcome", GONE) | {"status": "finished"}
    message = changed(message, "/checkedOut", GONE)
    assert refusals(message) == [("EV-6", "/outcome")]
    assert lawful(event())


def test_EV_6_an_automatic_check_out_needs_none() -> None:
    assert lawful(millennium() | {"checkedOut": "2026-11-24T13:40:00+01:00"})


@pytest.mark.parametrize(
    ("outcome", "field"),
    [(WAIT, "reason"), (END, "reason"), (FOLLOW_UP, "addressees"), (FOLLOW_UP, "interval")],
)
def test_EV_6_what_an_outcome_demands_is_said(outcome: Json, field: str) -> None:
    message = checked_out(outcome)
    assert refusals(changed(message, f"/outcome/{field}", GONE)) == [("EV-6", f"/outcome/{field}")]


@pytest.mark.parametrize(
    ("outcome", "field", "value"),
    [
        (FOLLOW_UP, "reason", "labprov"),
        (WAIT, "interval", "P1M"),
        (WAIT, "plannedAs", "BB-7"),
        (NO_MORE, "reason", "labprov"),
    ],
)
def test_EV_6_what_belongs_to_another_outcome_is_not(outcome: Json, field: str, value: str) -> None:
    message = changed(checked_out(outcome), f"/outcome/{field}", value)
    assert refusals(message) == [("EV-6", f"/outcome/{field}")]


def test_EV_6_a_reason_is_one_of_its_outcome() -> None:
    assert refusals(changed(checked_out(WAIT), "/outcome/reason", "fardigbehandlad")) == [("EV-6", "/outcome/reason")]
    assert refusals(changed(checked_out(END), "/outcome/reason", "rontgen")) == [("EV-6", "/outcome/reason")]


def test_EV_6_without_a_booking_the_case_goes_to_the_missing_return_visits() -> None:
    message = checked_out({"kind": "noFurtherPlanning"})
    assert warnings(message) == [("EV-6", "/outcome/plannedAs")]
    assert accepted(message).outcome.follows == "missingReturnVisit"


def test_EV_6_a_commitment_that_is_ended_has_its_end_then() -> None:
    assert accepted(checked_out(END)).care_commitment.end.isoformat() == "2026-11-24"
    assert ("EV-6", "/careCommitment/end") in derived(checked_out(END))
    assert accepted(checked_out(WAIT)).care_commitment.end is None
    by_hand = changed(checked_out(END), "/checkedOut", GONE) | {
        "status": "finished",
        "end": "2026-11-25T08:00:00+01:00",
    }
    assert accepted(by_hand).care_commitment.end.isoformat() == "2026-11-25"
    said = changed(checked_out(END), "/careCommitment/end", "2026-11-30")
    assert accepted(said).care_commitment.end.isoformat() == "2026-11-30"


def test_EV_6_what_ends_is_named() -> None:
    problems = judging(changed(checked_out(END), "/careCommitment", GONE)).problems
    assert [(one.rule, one.path, one.refuses) for one in problems] == [
        ("EV-5", "/careCommitment", False),
        ("EV-6", "/careCommitment", True),
    ]


def test_EV_6_the_check_outs_time_may_be_adjusted_but_not_before_the_arrival() -> None:
    assert lawful(changed(checked_out(WAIT), "/checkedOut", "2026-11-24T13:05:00+01:00"))
    early = changed(checked_out(WAIT), "/checkedOut", "2026-11-24T13:04:59+01:00")
    assert refusals(early) == [("IN-9", "/checkedOut")]


def test_IN_18_what_follows_is_never_sent() -> None:
    assert refusals(checked_out(WAIT | {"follows": "watched"})) == [("IN-18", "/outcome/follows")]


# -- EV-8 ------------------------------------------------------------------------------------------------------------


def test_EV_8_the_contact_reason_is_mandatory_where_the_source_has_them() -> None:
    assert lawful(millennium())
    assert refusals(changed(millennium(), "/reason", GONE)) == [("EV-8", "/reason")]
    assert lawful(event())


def test_EV_8_it_is_set_already_when_the_visit_is_planned() -> None:
    message = planned_event() | {"source": MILLENNIUM, "contactType": "besok", "visitType": "Med LÄK Nybesök"}
    message |= {"lines": [{"number": "1", "owner": True}]}
    assert refusals(message) == [("EV-8", "/reason")]
    assert lawful(message | {"reason": "undersokning-ospecificerad"})


def test_EV_8_only_reasons_tied_to_the_visit_type_are_allowed() -> None:
    tied = changed(millennium(), "/reason", "uppfoljning-diabetes")
    assert lawful(tied)
    assert refusals(changed(tied, "/visitType", "Pv SSK Nybesök")) == [("EV-8", "/reason")]
    assert refusals(changed(millennium(), "/reason", "blodtransfusion")) == [("EV-8", "/reason")]


def test_EV_8_an_unspecified_one_is_always_there() -> None:
    for reason in ("behandling", "bedomning", "uppfoljning", "undersokning", "utredning"):
        assert lawful(changed(millennium("Pv SSK Nybesök"), "/reason", f"{reason}-ospecificerad"))


def test_EV_8_no_reason_is_asked_of_what_was_annulled() -> None:
    annulled = changed(millennium(), "/reason", GONE) | {"status": "annulled", "noNotesOrTransactions": True}
    assert "EV-8" not in [one.rule for one in judging(annulled).problems]
    out = changed(millennium(), "/reason", GONE) | {"status": "checkedOut"}
    assert "EV-8" in [one.rule for one in judging(out).problems]


def test_EV_8_no_reason_is_asked_of_an_admission() -> None:
    message = changed(changed(millennium(), "/reason", GONE), "/eventType", "inpatient")
    assert lawful(message)


def test_EV_8_add_ons_are_of_the_sources_table() -> None:
    assert lawful(millennium() | {"addOns": ["tolk", "blodprov"]})
    assert refusals(millennium() | {"addOns": ["tolk", "kaffe"]}) == [("IN-13", "/addOns/1")]


# -- EV-9 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Pv SSK Återbesök", ("Pv", "SSK", "Återbesök")),
        ("Pv SSK Telefon Återbesök", ("Pv", "SSK", "Telefon Återbesök")),
        ("Pv LÄK Akut Nybesök", ("Pv", "LÄK", "Akut Nybesök")),
        ("Med SSK Förbesök", ("Med", "SSK", "Förbesök")),
        ("Med LÄK Video Återbesök", ("Med", "LÄK", "Video Återbesök")),
    ],
)
def test_EV_9_a_visit_type_is_parsed_and_written(text: str, parts: tuple[str, str, str]) -> None:
    read = millennium(text) | {"reason": "bedomning-ospecificerad", "eventType": "inpatient"}
    kept = accepted(read)
    assert (kept.care_area, kept.lines[0].profession, kept.visit_kind) == parts
    assert {path for rule, path in derived(read) if rule == "EV-9"} == {
        "/careArea",
        "/visitKind",
        "/lines/0/profession",
    }
    written = changed(changed(read, "/visitType", GONE), "/lines/0/profession", parts[1])
    assert accepted(written | {"careArea": parts[0], "visitKind": parts[2]}).visit_type == text


def test_EV_9_the_parts_of_the_owner_are_filled_in_and_the_others_stand() -> None:
    others = [{"number": number, "owner": False, "profession": "SSK"} for number in ("2", "3")]
    message = millennium("Med LÄK Nybesök") | {"reason": "bedomning-ospecificerad", "eventType": "inpatient"}
    message |= {"form": "team", "jointAssessment": True, "lines": [{"number": "1", "owner": True}, *others]}
    kept: Any = judging(message).message
    assert [line.profession for line in kept.lines] == ["LÄK", "SSK", "SSK"]
    written = changed(changed(millennium("Med LÄK Nybesök"), "/visitType", GONE), "/lines/0/profession", "LÄK")
    written |= {"careArea": "Med", "visitKind": "Nybesök", "reason": "bedomning-ospecificerad"}
    assert ("EV-9", "/visitType") in [(one.rule, one.path) for one in judging(written).derived]


@pytest.mark.parametrize("said", [{"visitKind": "Nybesök"}, {"careArea": "Med"}, {}])
def test_EV_9_of_some_of_its_parts_no_visit_type_is_written(said: Json) -> None:
    message = changed(millennium(), "/visitType", GONE) | {"eventType": "inpatient"} | said
    kept: Any = judging(message).message
    assert kept.visit_type is None


def test_EV_9_an_unknown_combination_gets_no_code() -> None:
    parts = {
        "careArea": "Pv",
        "visitKind": "Video Återbesök",
        "lines": [{"number": "1", "owner": True, "profession": "DIET"}],
    }
    assert accepted(changed(millennium(), "/visitType", GONE) | parts).visit_type is None


def test_EV_9_a_visit_type_of_a_kind_that_the_source_does_not_know_says_nothing_of_its_parts() -> None:
    header = "code;display;hl7;new\n"
    region = load(replaced("MILLENNIUM/visit-types.csv", header, f"{header}Pv SSK Fax;Fax;;no\n"))
    message = millennium("Pv SSK Fax") | {"eventType": "inpatient"}
    kept: Any = judging(message, catalogue=region).message
    assert (kept.care_area, kept.visit_kind, kept.lines[0].profession) == (None, None, None)


def test_EV_9_what_is_no_combination_is_not_guessed_at() -> None:
    message = changed(millennium("Äldrevård"), "/origin", GONE) | {"eventType": "primaryCare"}
    kept = accepted(message)
    assert (kept.care_area, kept.visit_kind, kept.lines[0].profession) == (None, None, None)
    assert refusals(millennium("Pv SSK Fax") | {"eventType": "primaryCare"}) == [("IN-13", "/visitType")]


def test_EV_9_what_the_source_says_of_a_part_stands() -> None:
    kept = accepted(changed(millennium(), "/lines/0/profession", "ÖVR"))
    assert (kept.lines[0].profession, kept.care_area) == ("ÖVR", "Pv")


def test_IN_9_a_part_that_contradicts_the_visit_type_is_told() -> None:
    assert refusals(millennium() | {"careArea": "Med", "eventType": "primaryCare"}) == [("IN-9", "/careArea")]
    assert refusals(millennium() | {"visitKind": "Nybesök"}) == [("IN-9", "/visitKind")]


# -- OR-2, GR-1 ------------------------------------------------------------------------------------------------------


def without_default_unit() -> Any:
    return load(replaced("region.toml", 'default_unit = "SE2321000115-E000000000101"\n', ""))


def test_OR_2_an_event_has_three_units() -> None:
    message = changed(event(), "/producingInstitution", GONE)
    assert accepted(message).producing_institution == message["performingUnit"]
    assert derived(message)[0] == ("OR-2", "/producingInstitution")
    bare = changed(changed(message, "/performingUnit", GONE), "/responsibleUnit", GONE)
    assert refusals(bare, catalogue=without_default_unit()) == [
        ("OR-2", "/producingInstitution"),
        ("OR-2", "/responsibleUnit"),
        ("OR-2", "/performingUnit"),
    ]


@pytest.mark.parametrize("place", ["/producingInstitution", "/lines/0/unit"])
def test_OR_1_every_unit_of_an_event_is_known_by_hsa_id(place: str) -> None:
    refused = {path for _, path in refusals(changed(event(), place, "ö-1"))}
    assert place in refused


@pytest.mark.parametrize("form", ["group", "groupTeam"])
def test_GR_1_a_group_visit_is_of_a_group(form: str) -> None:
    message = (team_event() if form == "groupTeam" else event()) | {"form": form}
    assert refusals(message) == [("GR-1", "/group")]
    assert lawful(message | {"group": {"id": "G-1", "patients": 8}})


def test_GR_1_no_other_visit_is() -> None:
    assert refusals(event() | {"group": {"id": "G-1", "patients": 8}}) == [("GR-1", "/group")]


def test_GR_2_a_group_team_visit_keeps_the_rules_of_teams() -> None:
    message = team_event() | {"form": "groupTeam", "group": {"id": "G-1", "patients": 8}}
    assert refusals(changed(message, "/jointAssessment", GONE)) == [("TE-2", "/jointAssessment")]
    assert refusals(changed(message, "/lines/1", GONE)) == [("TE-1", "/lines")]


# -- OR-2, the institution -------------------------------------------------------------------------------------------


def test_OR_2_the_catalogue_may_name_another_institution_than_the_unit() -> None:
    header, *rows = texts()["units.csv"].splitlines()
    rows = [f"{row};{HEALTH_CENTRE if row.startswith(CLINIC) else ''}" for row in rows]
    region = load({**texts(), "units.csv": "\n".join([f"{header};institution", *rows]) + "\n"})
    unsaid = changed(event(), "/producingInstitution", GONE)
    assert accepted(unsaid, catalogue=region).producing_institution == HEALTH_CENTRE
    assert accepted(unsaid).producing_institution == CLINIC
