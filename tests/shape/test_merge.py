"""Three versions of a resource made one: what others wrote is kept wherever we changed nothing."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappings.problem import Json
from mappings.shape.merge import GONE, equal, keyed, merge, overlay
from mappings.shape.slices import known_as
from tests.laws.edits import put, ways, without
from tests.laws.strategies import ANY_OBJECT


def by_key(_: str, item: Any) -> Hashable:
    """Items of these tests are known by their `k`; others as FHIR knows them."""
    return item["k"] if isinstance(item, dict) and isinstance(item.get("k"), str) else known_as(item)


def merged(base: Json | None, mine: Json, theirs: Json) -> tuple[Json, tuple[str, ...]]:
    found = merge(base, mine, theirs, by_key)
    return found.resource, found.conflicts


def items(*keys: str, **more: Any) -> Json:
    return {"resourceType": "X", "list": [{"k": key, **({"v": more[key]} if key in more else {})} for key in keys]}


def keys(resource: Json) -> str:
    return "".join(item["k"] for item in resource.get("list", []))


# -- members ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "wanted", "conflict"),
    [
        pytest.param(1, 1, 1, 1, False, id="nobody changed it"),
        pytest.param(1, 2, 1, 2, False, id="we changed it"),
        pytest.param(1, 1, 3, 3, False, id="they changed it"),
        pytest.param(1, 2, 2, 2, False, id="both made the same of it"),
        pytest.param(1, 2, 3, 2, True, id="both changed it: ours, since the journal system is the master"),
        pytest.param(GONE, 2, GONE, 2, False, id="we added it"),
        pytest.param(GONE, GONE, 3, 3, False, id="they added it"),
        pytest.param(GONE, 2, 3, 2, True, id="both added it"),
        pytest.param(1, GONE, 1, GONE, False, id="we took it away"),
        pytest.param(1, 1, GONE, GONE, False, id="they took it away"),
        pytest.param(1, GONE, GONE, GONE, False, id="both took it away"),
        pytest.param(1, GONE, 3, GONE, True, id="we took away what they changed"),
        pytest.param(1, 2, GONE, 2, True, id="they took away what we changed"),
        pytest.param(1, 2, None, 2, True, id="null is a value"),
        pytest.param(1, 1, True, True, False, id="true is not one"),
        pytest.param(1, True, 1, True, False, id="one is not true"),
        pytest.param(1, 1, 1.0, 1.0, False, id="1.0 is not one"),
        pytest.param({"a": 1}, {"a": 2}, "text", {"a": 2}, True, id="they made text of a part that we changed"),
        pytest.param({"a": 1}, {"a": 1}, "text", "text", False, id="they made text of a part that we left"),
        pytest.param([{"k": "a"}], [{"k": "a", "v": 1}], {}, [{"k": "a", "v": 1}], True, id="a list made an object"),
    ],
)
def test_one_member(base: Any, mine: Any, theirs: Any, wanted: Any, conflict: bool) -> None:
    versions = [{"resourceType": "X"} | ({} if value is GONE else {"x": value}) for value in (base, mine, theirs)]
    resource, conflicts = merged(*versions)

    assert equal(resource.get("x", GONE), wanted)
    assert conflicts == (("X.x",) if conflict else ())


def test_what_both_leave_empty_is_not_left_standing() -> None:
    """FHIR has no empty objects and no empty lists."""
    base = {"resourceType": "X", "period": {"start": 1, "end": 2}, "list": [{"k": "a"}, {"k": "b"}]}
    mine = {"resourceType": "X", "period": {"start": 1}, "list": [{"k": "a"}]}
    theirs = {"resourceType": "X", "period": {"end": 2}, "list": [{"k": "b"}]}

    assert merged(base, mine, theirs) == ({"resourceType": "X"}, ())


def test_changes_of_ours_and_theirs_in_different_members_of_one_part_are_both_kept() -> None:
    base = {"resourceType": "X", "part": {"a": 1, "b": {"c": 1, "d": 1}}}
    mine = {"resourceType": "X", "part": {"a": 1, "b": {"c": 2, "d": 1}}}
    theirs = {"resourceType": "X", "part": {"a": 3, "b": {"c": 1, "d": 1, "e": 4}}}

    assert merged(base, mine, theirs)[0]["part"] == {"a": 3, "b": {"c": 2, "d": 1, "e": 4}}


def test_a_list_of_plain_values_is_one_value() -> None:
    base, mine, theirs = ({"resourceType": "X", "given": given} for given in (["A"], ["A", "B"], ["A", "C"]))

    assert merged(base, base, theirs)[0] == theirs
    assert merged(base, mine, base)[0] == mine
    assert merged(base, mine, theirs) == (mine, ("X.given",))


# -- list items -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "wanted"),
    [
        pytest.param("ab", "ab", "aXb", "aXb", id="theirs stands where they put it"),
        pytest.param("ab", "ab", "ba", "ba", id="their order is kept where we did not move ours"),
        pytest.param("ab", "ba", "ab", "ba", id="our order is kept where we moved ours"),
        pytest.param("ab", "ba", "aXb", "bXa", id="ours change places with each other, theirs stays"),
        pytest.param("ab", "abc", "aXbY", "aXbYc", id="what we add comes last"),
        pytest.param("ab", "acb", "aXb", "aXcb", id="but before what follows it with us"),
        pytest.param("ab", "cab", "Xab", "Xcab", id="first too"),
        pytest.param("ab", "b", "aXb", "Xb", id="what we take away goes"),
        pytest.param("ab", "ab", "b", "b", id="what they took away stays away"),
        pytest.param("ab", "ba", "ba", "ba", id="both moved the same"),
        pytest.param("abc", "cab", "bca", "cab", id="both moved: ours"),
        pytest.param("", "a", "X", "Xa", id="lists that both began"),
        pytest.param("a", "", "a", "", id="the last one taken away"),
    ],
)
def test_the_order_of_a_list(base: str, mine: str, theirs: str, wanted: str) -> None:
    resource, conflicts = merged(items(*base), items(*mine), items(*theirs))

    assert keys(resource) == wanted
    assert conflicts == ()


def test_an_item_changed_by_both_is_a_conflict_at_its_place_in_theirs() -> None:
    resource, conflicts = merged(items("a", "b", b=1), items("a", "b", b=2), items("X", "a", "b", b=3))

    assert resource == items("X", "a", "b", b=2)
    assert conflicts == ("X.list[2].v",)


def test_an_item_deleted_by_us_and_changed_by_them_is_a_conflict() -> None:
    assert merged(items("a", "b", b=1), items("a"), items("a", "b", b=3)) == (items("a"), ("X.list[1]",))


def test_an_item_deleted_by_them_and_changed_by_us_is_a_conflict() -> None:
    assert merged(items("a", "b", b=1), items("a", "b", b=2), items("a")) == (items("a", "b", b=2), ("X.list[1]",))


def test_a_path_never_holds_a_value() -> None:
    base, mine, theirs = (
        {"resourceType": "X", "list": [{"url": "u", "valueString": f"191212121212-{name}"}]} for name in ("b", "m", "t")
    )

    assert merged(base, mine, theirs)[1] == ("X.list[0].valueString",)


# -- items that are known by the same ---------------------------------------------------------------------------------


def doubles(*values: Any) -> Json:
    return {"resourceType": "X", "list": [{"k": "a", "v": value} for value in values]}


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "wanted", "conflicts"),
    [
        pytest.param([1], [1], [1, 2], [1, 2], 0, id="they added one that is known as ours"),
        pytest.param([1], [1], [2, 1], [2, 1], 0, id="before ours"),
        pytest.param([1], [3], [2, 1], [2, 3], 0, id="and our change finds ours"),
        pytest.param([1, 2], [1, 2], [2], [2], 0, id="they took the first away"),
        pytest.param([1, 2], [1, 3], [2], [3], 0, id="and our change finds the second"),
        pytest.param([1, 2], [2], [1, 2, 4], [2, 4], 0, id="we took the first away"),
        pytest.param([1, 1], [1], [1, 1], [1], 0, id="we took one of two equal ones away"),
        pytest.param([1, 1], [1, 1], [1], [1], 0, id="they did"),
        pytest.param([1, 2], [3, 2], [1, 4], [3, 4], 0, id="each changed one of two"),
        pytest.param([1, 2], [3, 2], [4, 2], [3, 2], 1, id="both changed the same of two"),
    ],
)
def test_two_that_are_known_by_the_same(
    base: list[int], mine: list[int], theirs: list[int], wanted: list[int], conflicts: int
) -> None:
    resource, told = merged(doubles(*base), doubles(*mine), doubles(*theirs))

    assert [item["v"] for item in resource["list"]] == wanted
    assert len(told) == conflicts


def test_of_two_known_by_the_same_each_finds_its_own_though_its_parts_stand_in_another_order() -> None:
    parts = [{"k": "x"}, {"k": "y"}]
    one, another = ({"k": "a", "list": parts, "v": value} for value in (1, 2))
    turned = [{**item, "list": parts[::-1]} for item in (another, one)]
    found = keyed([[one, another], turned], by_key, "list")

    assert [item["v"] for known in found[0] for _, item in (found[0][known], found[1][known])] == [1, 1, 2, 2]


def test_no_item_is_lost_or_doubled_by_being_known_as_another() -> None:
    one, another = {"k": "a", "v": 1}, {"k": "a", "v": 2}
    lists: list[list[Json]] = [[one, {"k": "b"}, another], [another, one]]

    for version, found in zip(lists, keyed(lists, by_key, "list"), strict=True):
        assert [item for _, item in found.values()] == version
        assert [index for index, _ in found.values()] == list(range(len(version)))


# -- first contact ----------------------------------------------------------------------------------------------------


def test_at_first_contact_ours_wins_where_we_say_something_and_all_else_is_kept() -> None:
    mine = {"resourceType": "X", "name": "ours", "list": [{"k": "a", "v": 1}, {"k": "b"}]}
    theirs = {"resourceType": "X", "name": "theirs", "extra": 1, "list": [{"k": "X"}, {"k": "a", "v": 9, "w": 9}]}
    resource, conflicts = merged(None, mine, theirs)

    assert resource["name"] == "ours"
    assert resource["extra"] == 1
    assert resource["list"] == [{"k": "X"}, {"k": "a", "v": 1, "w": 9}, {"k": "b"}]
    assert conflicts == ()


def test_at_first_contact_the_order_of_ours_is_ours() -> None:
    assert keys(merged(None, items("a", "b"), items("b", "X", "a"))[0]) == "aXb"


def test_what_is_said_of_a_shared_resource_is_put_over_what_is_held_and_takes_nothing_away() -> None:
    held = {"resourceType": "X", "name": "old", "phone": "1", "list": [{"k": "a", "v": 1}, {"k": "c"}]}
    said = {"resourceType": "X", "name": "new", "list": [{"k": "a"}, {"k": "b"}]}

    assert overlay(held, said, by_key) == {
        "resourceType": "X",
        "name": "new",
        "phone": "1",
        "list": [{"k": "a", "v": 1}, {"k": "c"}, {"k": "b"}],
    }
    assert overlay(None, said, by_key) == said


def test_putting_the_same_over_twice_changes_nothing_more() -> None:
    held, said = items("a", "X", "b", a=1), items("b", "a", "c", b=2)
    once = overlay(held, said, by_key)

    assert overlay(once, said, by_key) == once


# -- laws -------------------------------------------------------------------------------------------------------------

PURE = settings(deadline=None, database=None, max_examples=200)


@given(ANY_OBJECT, ANY_OBJECT)
@PURE
def test_where_we_changed_nothing_theirs_comes_back(base: Json, theirs: Json) -> None:
    assert merged(base, base, theirs) == (theirs, ())


@given(ANY_OBJECT, ANY_OBJECT)
@PURE
def test_where_they_changed_nothing_ours_is_sent(base: Json, mine: Json) -> None:
    assert merged(base, mine, base) == (mine, ())


@given(ANY_OBJECT, ANY_OBJECT, ANY_OBJECT)
@PURE
def test_any_three_objects_are_merged_without_a_crash_and_none_of_them_is_changed(
    base: Json, mine: Json, theirs: Json
) -> None:
    before = repr((base, mine, theirs))
    merged(base, mine, theirs)
    merged(None, mine, theirs)

    assert repr((base, mine, theirs)) == before


@given(ANY_OBJECT, ANY_OBJECT, ANY_OBJECT)
@PURE
def test_a_merge_done_again_onto_its_result_changes_nothing(base: Json, mine: Json, theirs: Json) -> None:
    once, _ = merged(base, mine, theirs)

    assert merged(mine, mine, once) == (once, ())


LISTS = st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=6)


@given(LISTS, LISTS, LISTS)
@PURE
def test_a_list_holds_what_neither_took_away_and_what_either_added_each_once(
    base: list[str], mine: list[str], theirs: list[str]
) -> None:
    found = list(keys(merged(items(*base), items(*mine), items(*theirs))[0]))
    b, m, t = set(base), set(mine), set(theirs)

    assert sorted(found) == sorted((m & t) | (m - b) | (t - b))


@given(LISTS, LISTS, LISTS)
@PURE
def test_what_is_ours_stands_in_our_order_or_in_theirs(base: list[str], mine: list[str], theirs: list[str]) -> None:
    found = keys(merged(items(*base), items(*mine), items(*theirs))[0])
    common = [key for key in mine if key in theirs and key in base]
    order = [key for key in found if key in common]
    unmoved = common == [key for key in base if key in common]

    assert order == ([key for key in theirs if key in common] if unmoved else common)


@given(st.data())
@PURE
def test_an_edit_of_ours_and_an_edit_of_theirs_at_other_places_are_both_in_the_result(data: st.DataObject) -> None:
    base: Json = {
        "resourceType": "X",
        "a": {"b": 1, "c": {"d": "x", "e": [1, 2]}},
        "list": [{"k": "a", "v": {"w": 1}}, {"k": "b", "list": [{"k": "c", "v": 2}]}],
    }
    places = [way for way in ways(base) if way[-1] not in ("k", "resourceType") and not isinstance(way[-1], int)]
    one = data.draw(st.sampled_from(places))
    other = data.draw(st.sampled_from([way for way in places if way[: len(one)] != one and one[: len(way)] != way]))
    mine = put(base, one, "ours") if data.draw(st.booleans()) else without(base, one)
    theirs = put(base, other, "theirs") if data.draw(st.booleans()) else without(base, other)

    assert merged(base, mine, theirs) == merged(base, theirs, mine)
    assert merged(base, mine, theirs)[1] == ()
