"""What a named contact must say, and what happens to one that does not (FK-5, FK-6, FK-7, FK-11, FK-13, FK-20)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mappings.problem import Json
from mappings.region.named_contact import Missing
from tests.rules.messages import (
    GONE,
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

UNKNOWN_UNIT = "SE2120000001-E000000000001"
"""Not in the catalogue, so that nothing of it is filled in."""

OF_PERSON_AND_UNIT = {
    "/person/hsaId": "person.hsaId",
    "/person/position": "person.position",
    "/unit/name": "unit.name",
    "/unit/street": "unit.address",
    "/unit/town": "unit.town",
    "/unit/eServices": "unit.eServices",
    "/unit/publicPhone": "unit.publicPhone",
    "/unit/careToCarePhone": "unit.careToCarePhone",
    "/unit": "unit",
}
"""FK 6.1.1, 6.1.2, 6.2.1 and 6.2.3: what the source calls mandatory beside the name."""


def abroad(message: Json) -> Json:
    """The contact at a unit that the catalogue does not know."""
    return changed(message, "/unit/hsaId", UNKNOWN_UNIT)


@pytest.mark.parametrize(
    ("message", "rule"),
    [
        (physician(), "FK-5"),
        (care_contact(), "FK-20"),
        (coordinator(), "FK-20"),
        (home_care(), "FK-20"),
        (other(), "FK-20"),
    ],
    ids=lambda m: m["kind"] if isinstance(m, dict) else "",
)
def test_FK_5_and_FK_20_a_contact_without_a_name_is_refused(message: Json, rule: str) -> None:
    assert lawful(message)
    assert refusals(changed(message, "/person/name", GONE)) == [(rule, "/person/name")]


@pytest.mark.parametrize("message", [physician(), home_care()], ids=lambda m: str(m["kind"]))
def test_FK_20_a_name_in_one_text_is_a_name(message: Json) -> None:
    assert lawful(changed(message, "/person/name", {"text": "Frida Testsson"}))


@pytest.mark.parametrize(("place", "item"), OF_PERSON_AND_UNIT.items())
@pytest.mark.parametrize(
    ("make", "rule"),
    [(physician, "FK-5"), (care_contact, "FK-6"), (coordinator, "FK-6")],
    ids=["physician", "care contact", "coordinator"],
)
def test_FK_5_and_FK_6_a_missing_item_makes_the_contact_incomplete(
    make: Callable[[], Json], rule: str, place: str, item: str
) -> None:
    message = changed(abroad(make()), place, GONE)
    assert warnings(message) == [(rule, place)]
    assert derived(message) == [("FK-11", "/missing")]
    assert accepted(message).missing == (Missing(item),)


@pytest.mark.parametrize(
    "place", ["/person/contactWays", "/unit/postalCode", "/unit/hsaId", "/unit/contactWays", "/team", "/start"]
)
@pytest.mark.parametrize("make", [physician, care_contact])
def test_FK_5_and_FK_6_all_else_is_optional(make: Callable[[], Json], place: str) -> None:
    message = make() | {"team": {"id": "T-1", "name": "Hjärtteamet"}}
    message["unit"]["contactWays"] = [{"way": "phone", "value": "035-12 35 02"}]
    assert lawful(message)
    assert lawful(changed(message, place, GONE))
    assert accepted(changed(message, place, GONE)).missing == ()


def test_FK_5_a_physicians_team_needs_neither_name_nor_id() -> None:
    assert lawful(physician() | {"team": {"name": "Team 1"}})
    assert lawful(physician() | {"team": {"id": "T-1"}})


@pytest.mark.parametrize("make", [care_contact, home_care])
@pytest.mark.parametrize(("place", "item"), [("/team/id", "team.id"), ("/team/name", "team.name")])
def test_FK_6_and_FK_7_a_team_has_name_and_id_where_there_is_one(
    make: Callable[[], Json], place: str, item: str
) -> None:
    message = make() | {"team": {"id": "T-1", "name": "Hjärtteamet"}}
    assert lawful(message)
    assert accepted(changed(message, place, GONE)).missing == (Missing(item),)
    assert [path for _, path in warnings(changed(message, place, GONE))] == [place]
    [told] = judging(changed(message, place, GONE)).problems
    assert f"Uppgiften i {item} är" in told.sv


@pytest.mark.parametrize(
    ("place", "at", "item"),
    [
        ("/person/localId", "/person/localId", "person.id"),
        ("/unit/name", "/unit/name", "unit.name"),
        ("/unit/localId", "/unit/hsaId", "unit.id"),
        ("/unit/town", "/unit/town", "unit.town"),
        ("/unit", "/unit", "unit"),
    ],
)
def test_FK_7_a_home_care_contact_has_some_id_and_a_unit_with_name_id_and_town(place: str, at: str, item: str) -> None:
    message = changed(home_care(), place, GONE)
    assert warnings(message) == [("FK-7", at)]
    assert accepted(message).missing == (Missing(item),)


def test_FK_7_an_hsa_id_will_do_as_well_as_another() -> None:
    by_hsa = changed(changed(home_care(), "/person/localId", GONE), "/person/hsaId", "SE2120000001-P0001")
    assert lawful(changed(changed(by_hsa, "/unit/localId", GONE), "/unit/hsaId", UNKNOWN_UNIT))


def test_FK_7_a_home_care_contact_whom_nobody_can_reach_is_warned_about_and_complete() -> None:
    message = changed(home_care(), "/person/contactWays", GONE)
    assert warnings(message) == [("FK-7", "/person/contactWays")]
    assert accepted(message).missing == ()


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("/unit/publicPhone", "035-12 36 00"),
        ("/unit/contactWays", [{"way": "digital", "value": "https://chatt.example"}]),
        ("/team", {"id": "T-1", "name": "Söder", "contactWays": [{"way": "phone", "value": "035-1"}]}),
    ],
)
def test_FK_7_the_team_or_the_unit_may_be_how_she_is_reached(place: str, value: object) -> None:
    assert lawful(changed(changed(home_care(), "/person/contactWays", GONE), place, value))


def test_FK_7_ways_have_hours_of_their_own() -> None:
    hours = [{"days": ["mon", "fri"], "opens": "08:00", "closes": "16:30"}]
    assert lawful(changed(home_care(), "/person/contactWays/0/hours", hours))


def test_FK_11_a_physician_with_only_a_name_is_taken_in_and_marked() -> None:
    bare = changed(changed(physician(), "/unit", GONE), "/person", {"name": {"text": "Frida Testsson"}})
    assert warnings(bare) == [("FK-5", "/person/hsaId"), ("FK-5", "/person/position"), ("FK-5", "/unit")]
    assert accepted(bare).missing == (Missing.PERSON_HSA_ID, Missing.PERSON_POSITION, Missing.UNIT)


def test_FK_11_a_complete_contact_lacks_nothing() -> None:
    assert ("FK-11", "/missing") not in derived(physician())
    assert accepted(physician()).missing == ()


def test_FK_11_nobody_expects_the_items_of_a_contact_that_no_law_names() -> None:
    bare = changed(changed(other(), "/unit", GONE), "/person/hsaId", GONE)
    assert lawful(changed(bare, "/person/position", GONE))


def test_IN_18_what_is_missing_is_derived_and_never_sent() -> None:
    assert refusals(physician() | {"missing": ["unit"]}) == [("IN-18", "/missing")]


@pytest.mark.parametrize("place", ["/role", "/about"])
def test_FK_13_another_contact_says_its_role_and_what_to_turn_to_it_about(place: str) -> None:
    assert refusals(changed(other(), place, GONE)) == [("FK-13", place)]


def test_FK_13_another_contact_says_how_it_is_reached() -> None:
    unreachable = changed(changed(other(), "/unit", GONE), "/person/contactWays", GONE)
    assert refusals(unreachable) == [("FK-13", "/person/contactWays")]
    assert lawful(unreachable | {"unit": {"publicPhone": "035-12 35 00"}})
    assert lawful(unreachable | {"team": {"contactWays": [{"way": "phone", "value": "035-12 35 03"}]}})


def test_FK_13_asks_nothing_of_the_contacts_that_the_law_names() -> None:
    assert lawful(care_contact())
