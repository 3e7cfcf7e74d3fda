"""Items of a list that have a resource each: written, read in the order of the references, and named where amiss."""

from __future__ import annotations

from typing import Any

import pytest

from mappings.problem import Json
from mappings.shape.graph import Graph, Node, Unmappable
from mappings.shape.key import Key
from mappings.shape.trace import trace
from tests.laws.lists import LISTS, SID, Item, Sort, Whole
from tests.laws.strategies import TABLES

PATIENT = {"identity": {"kind": "personnummer", "value": "191212121212"}}


def whole(left: Any = ("1", "2"), right: Any = ("1",)) -> Whole:
    items = {"left": left, "right": right}
    listed = {side: [{"number": number, "sort": "open"} for number in numbers] for side, numbers in items.items()}
    return Whole.model_validate({"source": "S", "number": "7", "patient": PATIENT, **listed})


def resources(value: Whole) -> dict[Key, Json]:
    return {one.key: one.resource for one in LISTS.fill(value, TABLES)}


def read(there: dict[Key, Json], without: Key | None = None) -> tuple[Any, list[str]]:
    left = {key: one for key, one in there.items() if key != without}
    reading = LISTS.read(next(iter(there.values())), left, TABLES)
    return reading.value, [f"{finding.kind.value} {finding.path}" for finding in reading.findings]


def test_every_item_is_a_resource_of_its_own_and_comes_back_in_order() -> None:
    value = whole(left=("2", "1", "3"))
    filled = LISTS.fill(value, TABLES)

    assert [(one.node, one.key.value) for one in filled[2:]] == [
        ("lists.left", "7/2"),
        ("lists.left", "7/1"),
        ("lists.left", "7/3"),
        ("lists.right", "7/1"),
    ]
    assert read(resources(value)) == (value, [])


def test_lists_of_the_same_element_are_told_apart_by_their_system() -> None:
    value = whole(left=(), right=("1",))
    assert read(resources(value)) == (value, [])


def test_a_change_of_order_by_others_is_a_change_of_order() -> None:
    there = resources(whole())
    next(iter(there.values()))["diagnosis"].reverse()
    value, _ = read(there)

    assert [item.number for item in value.left] == ["2", "1"]


def test_an_item_whose_resource_is_not_there_is_named_where_it_is_referred_to() -> None:
    there = resources(whole())
    value, findings = read(there, without=Key("Condition", f"{SID}left", "7/1"))

    assert [item.number for item in value.left] == ["2"]
    assert "missing Encounter.diagnosis.condition" in findings


def test_an_item_that_cannot_be_read_is_named_and_the_others_are_read() -> None:
    there = resources(whole())
    there[Key("Condition", f"{SID}left", "7/1")]["extension"][0]["valueCode"] = "neither"
    value, findings = read(there)

    assert [item.number for item in value.left] == ["2"]
    assert "unfit Condition" in findings


def test_an_item_that_is_referred_to_twice_is_one_and_the_second_reference_is_named() -> None:
    there = resources(whole(right=()))
    root = next(iter(there.values()))
    root["diagnosis"].append(root["diagnosis"][0])
    value, findings = read(there)

    assert value == whole(right=())
    assert findings == ["extra Encounter.diagnosis[2]"]


def test_two_items_that_are_known_by_the_same_are_refused() -> None:
    with pytest.raises(Unmappable, match="no place for left"):
        LISTS.fill(whole(left=("1", "1")), TABLES)


def test_a_field_without_a_place_is_refused_by_its_path() -> None:
    closed = Item(number="1", sort=Sort.OPEN, closed="2026-11-20")
    with pytest.raises(Unmappable, match=r"no place for left\.closed"):
        LISTS.fill(whole().model_copy(update={"left": (closed,)}), TABLES)


def test_the_trace_points_at_the_item() -> None:
    fields = [step.field for step in trace(LISTS, whole(), TABLES) if step.node == "lists.left"]
    assert "/left/0/sort" in fields
    assert "/left/1/sort" in fields


def test_a_field_that_only_the_parent_holds_does_not_load() -> None:
    *others, left, right = LISTS.nodes
    shape = left.shape.template | {"note": []}
    bare = Node(left.name, type(left.shape)({**shape, "identifier": []}), left.key, left.part, left.via, each=left.each)
    with pytest.raises(TypeError, match=r"lacks left\.number"):
        Graph(Whole, "bare", *others, bare, right, apart=("left.notes",))
