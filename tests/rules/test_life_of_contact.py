"""The life of a named contact: its table, and messages held against it (FK-9)."""

from __future__ import annotations

from datetime import date

import pytest

from mappings.region.named_contact import ContactStatus, NamedContact
from mappings.region.steps import By
from mappings.rules.life_of_contact import LIFE, STEPS, taken
from mappings.rules.lives import LIVES
from tests.rules.messages import (
    GONE,
    accepted,
    care_contact,
    changed,
    home_care,
    judging,
    lawful,
    physician,
    refusals,
)

S = ContactStatus

LATER = {S.OFFERED, S.ACTIVE, S.DECLINED, S.UNNEEDED, S.ENDED, S.ANNULLED}
REACHED = {
    S.REQUESTED: {S.REQUESTED, S.NEEDED, *LATER},
    S.NEEDED: {S.NEEDED, *LATER},
    S.OFFERED: LATER,
    S.DECLINED: LATER,
    S.UNNEEDED: LATER,
    S.ACTIVE: {S.ACTIVE, S.ENDED, S.ANNULLED},
    S.ENDED: {S.ACTIVE, S.ENDED, S.ANNULLED},
    S.ANNULLED: {S.ANNULLED},
}
"""Written by hand from the flows of the appendix (FK, Bilaga 1): nobody who was appointed is requested again."""


@pytest.mark.parametrize("status", S)
def test_FK_9_what_is_reached_from_a_state(status: ContactStatus) -> None:
    assert LIFE.reached(status) == REACHED[status]


@pytest.mark.parametrize("before", S)
@pytest.mark.parametrize("after", S)
def test_IN_19_a_contact_is_taken_where_steps_lead_to_its_state(before: ContactStatus, after: ContactStatus) -> None:
    told = judging(
        changed(care_contact(), "/status", after.value), previous=changed(care_contact(), "/status", before.value)
    ).problems
    assert ("IN-19" in {one.rule for one in told}) == (after not in REACHED[before])


def test_IN_19_names_the_steps_that_there_are() -> None:
    [problem] = [
        one
        for one in judging(changed(without(), "/status", "offered"), previous=care_contact()).problems
        if one.rule == "IN-19"
    ]
    for name in ("end", "tell", "annul"):
        assert name in problem.en
    assert "avslutad" in problem.sv


def test_there_is_a_door_for_every_step_of_the_table() -> None:
    assert set(LIVES["named-contact"].doors) == {one.name for one in STEPS if By.CARE in one.by}


TABLE = """
assess     requested                                  needed    care         -
offer      declined needed requested unneeded         offered   care         -
appoint    declined needed offered requested unneeded active    care         start
decline    needed offered requested                   declined  care         by day documentedBy
leave-out  needed offered requested                   unneeded  care         day documentedBy
end        active                                     ended     care system  end
resume     ended                                      active    care         -
tell       active declined ended unneeded             -         care         day way whom
"""
"""Step, from, to, by whom, what its door must be told (FK 3.1, 4.3, Bilaga 1)."""


def test_the_life_of_a_contact_is_this_table_and_annulling_from_anywhere() -> None:
    rows = [line.split() for line in TABLE.strip().splitlines()]
    *others, annul = STEPS
    told = [
        [step.name, *sorted(step.before), step.after or "-", *sorted(step.by), *(sorted(step.demands) or ["-"])]
        for step in others
    ]
    assert told == rows
    assert (annul.name, annul.after, annul.by) == ("annul", S.ANNULLED, frozenset({By.CARE}))
    assert (annul.before, annul.demands) == (frozenset(S) - {S.ANNULLED}, frozenset())


NAMED = "begärd behövd erbjuden utsedd avböjd uppenbart-obehövd avslutad annullerad"


def test_each_state_has_its_swedish_word() -> None:
    assert [LIFE.names[state].replace(" ", "-") for state in S] == NAMED.split()


def test_IN_19_is_told_at_the_status() -> None:
    told = judging(without(), previous=care_contact()).problems
    assert ("IN-19", "/status") in [(one.rule, one.path) for one in told]


# -- who, when -------------------------------------------------------------------------------------------------------


def without(**more: object) -> dict[str, object]:
    """A care contact that is offered: nobody is appointed yet."""
    gone = ("person", "unit", "team", "attested", "start")
    message = {name: value for name, value in care_contact().items() if name not in gone}
    need = {"ground": "careNeed", "day": "2026-11-02"}
    return message | {"status": "offered", "need": need} | more


DOCUMENTED = {"day": "2026-11-18", "documentedBy": "SE2321000115-P0301", "by": "patient"}


def test_FK_9_a_contact_is_offered_before_anybody_is_named() -> None:
    assert lawful(without())
    assert lawful(without(status="needed"))
    assert accepted(without()).person is None


@pytest.mark.parametrize("status", ["active", "ended"])
def test_FK_20_whoever_is_appointed_is_a_named_person(status: str) -> None:
    message = without(status=status, start="2026-11-01", end="2026-11-10")
    assert ("FK-20", "/person/name") in refusals(message)
    nobody = changed(physician(), "/person", GONE)
    assert ("FK-5", "/person/name") in refusals(changed(nobody, "/unit", GONE))


@pytest.mark.parametrize("field", ["role", "unit", "team"])
def test_FK_20_role_unit_and_team_are_somebodys(field: str) -> None:
    said = {"role": "kontaktsjukskoterska", "unit": {"hsaId": "SE2321000115-E000000000101"}, "team": {"id": "T-1"}}
    told = refusals(without(**{field: said[field]}))
    assert ("FK-20", f"/{field}") in told


def test_FK_9_a_requested_contact_was_asked_for_by_the_patient() -> None:
    asked = without(status="requested", need={"ground": "patientRequest", "day": "2026-11-01"})
    assert lawful(asked)
    assert refusals(changed(asked, "/need/ground", "careNeed")) == [("FK-9", "/need/ground")]
    assert refusals(changed(asked, "/need", GONE)) == [("FK-9", "/need/ground")]


def test_FK_9_a_need_says_why() -> None:
    assert refusals(changed(without(status="needed"), "/need", GONE)) == [("FK-9", "/need")]
    assert lawful(changed(without(), "/need", GONE))


def test_FK_9_a_declined_offer_is_documented() -> None:
    declined = without(status="declined", notAppointed=DOCUMENTED)
    assert lawful(declined)
    assert refusals(changed(declined, "/notAppointed", GONE)) == [("FK-9", "/notAppointed")]
    assert refusals(changed(declined, "/notAppointed/by", GONE)) == [("FK-9", "/notAppointed/by")]
    assert lawful(changed(declined, "/notAppointed/by", "nextOfKin"))


def test_FK_9_who_has_a_contact_is_not_without_one() -> None:
    assert refusals(care_contact() | {"notAppointed": DOCUMENTED}) == [("FK-9", "/notAppointed")]
    assert refusals(without(notAppointed=DOCUMENTED)) == [("FK-9", "/notAppointed")]
    assert lawful(without(status="annulled", notAppointed=DOCUMENTED))


def test_FK_22_home_care_records_the_contact_the_declined_offer_or_that_none_is_needed() -> None:
    told = {name: value for name, value in DOCUMENTED.items() if name != "by"}
    unneeded = without(kind="homeCareContact", status="unneeded", notAppointed=told, need={"ground": "homeCare"})
    assert lawful(unneeded)
    assert lawful(home_care())
    assert lawful(changed(unneeded, "/status", "declined") | {"notAppointed": DOCUMENTED})
    assert refusals(changed(unneeded, "/notAppointed", GONE)) == [("FK-9", "/notAppointed")]
    assert refusals(changed(unneeded, "/kind", "careContact")) == [("FK-22", "/status")]


def test_FK_2_to_4_nothing_is_attested_of_somebody_who_is_not_named() -> None:
    for kind in ("physician", "careContact", "homeCareContact"):
        assert lawful(without(kind=kind))


# -- the steps that were taken ---------------------------------------------------------------------------------------


def _contact(**more: object) -> NamedContact:
    return NamedContact.model_validate(care_contact() | more)


def test_FK_9_each_step_stands_in_the_timeline_with_its_day() -> None:
    offered = NamedContact.model_validate(without())
    appointed = _contact(start="2026-11-19")
    assert [(one.step, one.at and one.at.date()) for one in taken(offered, appointed)] == [
        ("appoint", date(2026, 11, 19))
    ]
    telling = {"day": "2026-11-20", "whom": "patient", "way": "portal"}
    told = _contact(start="2026-11-19", told=[telling])
    assert [(one.step, one.at and one.at.date(), one.by) for one in taken(appointed, told)] == [
        ("tell", date(2026, 11, 20), By.CARE)
    ]
    ended = _contact(start="2026-11-19", told=[telling], status="ended", end="2026-12-01")
    assert [(one.step, one.at and one.at.date()) for one in taken(told, ended)] == [("end", date(2026, 12, 1))]
    declined = NamedContact.model_validate(without(status="declined", notAppointed=DOCUMENTED))
    assert [(one.step, one.at and one.at.date()) for one in taken(offered, declined)] == [
        ("decline", date(2026, 11, 18))
    ]
    assert [one.step for one in taken(None, offered)] == ["make"]
    assert [one.step for one in taken(ended, ended)] == ["change"]
