"""Named contacts: who may be one (domain 5)."""

from __future__ import annotations

from datetime import datetime

import pytest

from mappings.problem import Json
from mappings.region.catalogue_files import load
from mappings.region.named_contact import Competence
from tests.region.sample import replaced
from tests.rules.messages import (
    GONE,
    HEALTH_CENTRE,
    accepted,
    care_contact,
    changed,
    coordinator,
    derived,
    home_care,
    judging,
    lawful,
    other,
    physician,
    refusals,
    warnings,
)


def period(message: Json, start: str | None, end: str | None, **more: object) -> Json:
    """Another contact of the same kind, in another period; None is open."""
    message = changed(message, "/start", start) if start else changed(message, "/start", GONE)
    return (changed(message, "/end", end) if end else message) | {"id": "another"} | more


# -- FK-1 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "role", ["Biståndshandläggare", "LSS-handläggare", "Ansvarig HANDLÄGGARE", "Socialsekreterare"]
)
def test_FK_1_a_responsible_case_officer_is_never_carried(role: str) -> None:
    row = "astmasjukskoterska;Astmasjuksköterska"
    catalogue = load(replaced("COSMIC/contact-roles.csv", row, f"{row}\nhandl;{role}"))
    assert refusals(changed(other(), "/role", "handl"), catalogue=catalogue) == [("FK-1", "/role")]


@pytest.mark.parametrize("message", [physician(), care_contact(), coordinator(), home_care()], ids=lambda m: m["kind"])
def test_FK_1_the_kinds_that_the_law_names_have_no_role_of_their_own(message: Json) -> None:
    assert lawful(message)
    assert refusals(changed(message, "/role", "kontaktsjukskoterska")) == [("FK-1", "/role")]


@pytest.mark.parametrize(
    "role", ["kontaktsjukskoterska", "diabetessjukskoterska", "astmasjukskoterska", "kontaktperson"]
)
def test_FK_1_other_contacts_are_those_of_the_sources(role: str) -> None:
    assert lawful(changed(other(), "/role", role))


# -- FK-2 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("/attested/competence", GONE),
        ("/attested/listedAtUnit", GONE),
        ("/attested/listedAtUnit", False),
        ("/attested/regionallyFunded", GONE),
        ("/attested/regionallyFunded", False),
    ],
)
def test_FK_2_what_makes_a_fixed_physician_is_attested(place: str, said: object) -> None:
    assert refusals(changed(physician(), place, said)) == [("FK-2", place)]


def test_FK_2_all_that_is_not_attested_is_told_at_once() -> None:
    assert refusals(changed(physician(), "/attested", GONE)) == [
        ("FK-2", "/attested/competence"),
        ("FK-2", "/attested/listedAtUnit"),
        ("FK-2", "/attested/regionallyFunded"),
    ]


@pytest.mark.parametrize("competence", Competence)
def test_FK_2_every_competence_of_the_source_will_do(competence: Competence) -> None:
    assert lawful(changed(physician(), "/attested/competence", competence.value))


@pytest.mark.parametrize("position", ["201010", "201011", "202010", "203010", "203020", "203090"])
def test_FK_2_a_fixed_physicians_position_is_a_physicians(position: str) -> None:
    assert lawful(changed(physician(), "/person/position", position))


@pytest.mark.parametrize("position", ["205011", "204010", "204090"])
def test_FK_2_a_midwife_or_a_physician_without_a_licence_is_none(position: str) -> None:
    assert refusals(changed(physician(), "/person/position", position)) == [("FK-2", "/person/position")]
    assert lawful(changed(care_contact(), "/person/position", position))


FROM_MARCH = period(physician(), "2026-03-01", None)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-03-01", None),
        (None, None),
        ("2026-01-01", "2026-03-01"),  # the same day is both's
        (None, "2026-03-01"),
        ("2030-01-01", "2030-01-01"),
        ("2026-02-01", "2026-12-31"),
    ],
)
def test_FK_2_a_second_physician_for_an_overlapping_period_is_refused(start: str | None, end: str | None) -> None:
    second = period(physician(), start, end, id="second")
    assert refusals(second, contacts=(FROM_MARCH,)) == [("FK-2", "/kind")]
    assert refusals(FROM_MARCH, contacts=(second,)) == [("FK-2", "/kind")]


@pytest.mark.parametrize(("start", "end"), [("2026-01-01", "2026-02-28"), (None, "2026-02-28")])
def test_FK_2_a_second_physician_the_day_before_or_after_is_lawful(start: str | None, end: str | None) -> None:
    second = period(physician(), start, end, id="second")
    assert lawful(second, contacts=(FROM_MARCH,))
    assert lawful(FROM_MARCH, contacts=(second,))


def test_FK_2_counts_the_physicians_of_every_source() -> None:
    pasis = changed(physician(), "/version", GONE)
    pasis |= {"source": "SE2321000115-PASIS", "changedAt": "2026-11-20T08:00:00+01:00"}
    assert refusals(physician(), contacts=(pasis,)) == [("FK-2", "/kind")]


def test_FK_2_an_ended_physician_counts_until_the_last_day() -> None:
    ended = period(physician(), "2026-01-01", "2026-06-30", status="ended")
    assert refusals(period(physician(), "2026-06-30", None, id="second"), contacts=(ended,)) == [("FK-2", "/kind")]
    assert lawful(period(physician(), "2026-07-01", None, id="second"), contacts=(ended,))


def test_FK_2_an_annulled_physician_does_not_count() -> None:
    annulled = period(physician(), "2026-01-01", None, status="annulled")
    assert lawful(physician(), contacts=(annulled,))
    assert lawful(physician() | {"status": "annulled"}, contacts=(FROM_MARCH,))


def test_FK_2_a_new_version_of_the_same_contact_is_not_a_second_physician() -> None:
    assert lawful(changed(physician(), "/version", 2), contacts=(physician(),))
    ended = changed(physician(), "/end", "2026-11-19") | {"status": "ended", "version": 2}
    assert lawful(ended, contacts=(physician(),))


def test_FK_2_other_kinds_may_stand_beside_the_physician() -> None:
    assert lawful(care_contact(), contacts=(physician(),))
    assert lawful(physician(), contacts=(care_contact(), home_care(), other()))


# -- FK-3 ------------------------------------------------------------------------------------------------------------

DYING = changed(care_contact(), "/attested", {"lifeThreatening": True})
PHYSICIAN_THEN = DYING | {
    "id": "physician",
    "attested": {
        "lifeThreatening": True,
        "licensedPhysician": True,
        "inServiceWithCare": True,
        "mainResponsibility": True,
        "mainCareGivenHere": True,
    },
    "told": [{"day": "2026-11-19", "whom": "patient", "way": "personally"}],
}


@pytest.mark.parametrize(
    "message",
    [changed(care_contact(), "/attested/licensedPhysician", True), coordinator()],
    ids=lambda m: str(m["kind"]),
)
def test_FK_3_it_is_said_whether_the_condition_is_life_threatening(message: Json) -> None:
    assert refusals(changed(message, "/attested/lifeThreatening", GONE)) == [("FK-3", "/attested/lifeThreatening")]


@pytest.mark.parametrize("said", [GONE, False])
def test_FK_3_then_the_contact_is_a_licensed_physician(said: object) -> None:
    message = changed(PHYSICIAN_THEN, "/attested/licensedPhysician", said)
    assert refusals(message) == [("FK-3", "/attested/licensedPhysician")]
    assert lawful(PHYSICIAN_THEN)


def test_FK_3_others_may_stand_beside_that_physician() -> None:
    beside = DYING | {"kind": "careContact"}
    coordinating = PHYSICIAN_THEN | {"kind": "coordinatingCareContact"}
    assert lawful(beside, contacts=(coordinating,))
    unlicensed = changed(care_contact(), "/attested/licensedPhysician", False)
    for beside_it in (unlicensed, changed(unlicensed, "/attested", GONE)):
        told = judging(beside | {"id": "FK-9"}, contacts=(beside_it,)).problems
        assert ("FK-3", "/attested/licensedPhysician") in [(one.rule, one.path) for one in told]
    earlier = coordinating | {"start": "2025-01-01", "end": "2025-12-31", "status": "ended"}
    assert refusals(beside, contacts=(earlier,)) == [("FK-3", "/attested/licensedPhysician")]


def test_FK_3_any_profession_will_do_otherwise() -> None:
    assert lawful(changed(care_contact(), "/person/position", "205011"))


def test_FK_3_at_most_one_coordinates() -> None:
    second = coordinator() | {"id": "second"}
    assert refusals(second, contacts=(coordinator(),)) == [("FK-3", "/kind")]
    assert lawful(second, contacts=(coordinator() | {"status": "annulled"},))
    assert lawful(second, contacts=(period(coordinator(), "2025-01-01", "2025-12-31", status="ended"),))
    assert lawful(coordinator() | {"version": 2}, contacts=(coordinator(),))


def test_FK_3_of_several_care_contacts_one_should_coordinate() -> None:
    second = changed(care_contact() | {"id": "second"}, "/person/hsaId", "SE2321000115-P0999")
    assert warnings(second, contacts=(care_contact(),)) == [("FK-3", "/kind")]
    assert lawful(second, contacts=(care_contact(), coordinator()))
    assert lawful(second, contacts=(period(care_contact(), "2025-01-01", "2025-12-31"),))
    assert lawful(coordinator(), contacts=(care_contact(),))


def test_FK_3_a_coordinator_can_always_be_ended() -> None:
    ended = coordinator() | {"id": "second", "status": "ended", "end": "2026-11-20"}
    assert lawful(ended, contacts=(coordinator(),))


def test_FK_3_the_fixed_physician_may_be_a_care_contact_too() -> None:
    assert lawful(care_contact(), contacts=(physician(),))


# -- FK-4 ------------------------------------------------------------------------------------------------------------

EMPLOYED = changed(home_care(), "/attested/assistantNurse", "employedOn2023-07-01")
LAST_DAY = datetime.fromisoformat("2033-06-30T23:30:00+02:00")
DAY_AFTER = datetime.fromisoformat("2033-07-01T00:30:00+02:00")


def test_FK_4_it_is_attested_what_makes_her_an_assistant_nurse() -> None:
    assert refusals(changed(home_care(), "/attested/assistantNurse", GONE)) == [("FK-4", "/attested/assistantNurse")]


@pytest.mark.parametrize("said", [GONE, False])
def test_FK_4_she_belongs_to_the_unit_that_carries_out_the_care(said: object) -> None:
    assert refusals(changed(home_care(), "/attested/partOfUnit", said)) == [("FK-4", "/attested/partOfUnit")]


def test_FK_4_the_transition_lasts_through_its_last_day() -> None:
    assert lawful(EMPLOYED, now=LAST_DAY)
    assert refusals(EMPLOYED, now=DAY_AFTER) == [("FK-4", "/attested/assistantNurse")]
    assert lawful(home_care(), now=DAY_AFTER)


@pytest.mark.parametrize(("start", "end"), [("2033-07-01", None), ("2026-01-01", "2033-07-01")])
def test_FK_4_a_period_that_begins_or_ends_after_the_transition_is_refused_today(start: str, end: str | None) -> None:
    assert refusals(period(EMPLOYED, start, end)) == [("FK-4", "/attested/assistantNurse")]


def test_FK_4_a_contact_that_ended_in_time_can_be_sent_again_later() -> None:
    assert lawful(period(EMPLOYED, "2026-01-01", "2033-06-30", status="ended"), now=DAY_AFTER)


# -- FK-8 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "shown"),
    [(physician(), False), (care_contact(), False), (coordinator(), False), (other(), False), (home_care(), True)],
    ids=lambda m: m["kind"] if isinstance(m, dict) else "",
)
def test_FK_8_what_nobody_says_of_a_direct_way_follows_the_kind(message: Json, shown: bool) -> None:
    unsaid = changed(message, "/person/contactWays/0/shownToPatient", GONE)
    assert derived(unsaid) == [("FK-8", "/person/contactWays/0/shownToPatient")]
    assert accepted(unsaid).person.contact_ways[0].shown_to_patient is shown


@pytest.mark.parametrize("said", [True, False])
@pytest.mark.parametrize("message", [physician(), home_care()], ids=lambda m: str(m["kind"]))
def test_FK_8_what_staff_say_stands(message: Json, said: bool) -> None:
    message = changed(message, "/person/contactWays/0/shownToPatient", said)
    assert derived(message) == []
    assert accepted(message).person.contact_ways[0].shown_to_patient is said


def test_FK_8_each_way_is_decided_for_itself() -> None:
    ways = [{"way": "phone", "value": "1", "shownToPatient": True}, {"way": "digital", "value": "https://x"}]
    message = changed(physician(), "/person/contactWays", ways)
    assert derived(message) == [("FK-8", "/person/contactWays/1/shownToPatient")]


# -- FK-10 -----------------------------------------------------------------------------------------------------------


def test_FK_10_what_the_catalogue_knows_of_the_unit_need_not_be_sent() -> None:
    bare = changed(physician(), "/unit", {"hsaId": HEALTH_CENTRE})
    fields = ["name", "careProvider", "street", "postalCode", "town", "eServices", "publicPhone", "careToCarePhone"]
    assert derived(bare) == [("FK-10", f"/unit/{field}") for field in fields]
    assert accepted(bare).unit.town == "Halmstad"
    assert lawful(bare)


def test_FK_10_what_the_sender_says_stands() -> None:
    message = changed(physician(), "/unit/publicPhone", "035-00 00 00")
    assert derived(message) == []
    assert accepted(message).unit.public_phone == "035-00 00 00"


def test_FK_10_a_unit_outside_the_catalogue_is_left_as_it_is() -> None:
    assert derived(changed(physician(), "/unit/hsaId", "SE2120000001-E000000000001")) == []


# -- form ------------------------------------------------------------------------------------------------------------


def test_IN_9_a_contact_ends_after_it_starts() -> None:
    assert refusals(changed(physician(), "/end", "2025-12-31")) == [("IN-9", "/end")]
    assert lawful(changed(physician(), "/end", "2026-01-01"))


def test_IN_9_an_ended_contact_has_a_last_day() -> None:
    ended = physician() | {"status": "ended"}
    assert refusals(ended) == [("IN-9", "/end")]
    assert lawful(changed(ended, "/end", "2026-11-19"))
