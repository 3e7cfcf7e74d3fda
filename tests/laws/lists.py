"""A small graph in which items of lists have resources of their own, so that the laws are asked of those too."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from hypothesis import strategies as st

from mappings.problem import Json
from mappings.region.field import EVERYONE, Regional, shown
from mappings.region.people import Patient
from mappings.region.values import Code, Day, SourceKey, Text
from mappings.resources import keys
from mappings.resources.patient import patient_nodes
from mappings.shape.codec import DAY, TEXT, exact, prefixed, reference
from mappings.shape.graph import Graph, Node
from mappings.shape.key import Key
from mappings.shape.shape import Shape
from mappings.shape.template import Codec, Coding, Each, Echo, Hole, When

SID = "https://lists.example/"


class Sort(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class Item(Regional):
    number: SourceKey = shown(EVERYONE)
    sort: Sort = shown(EVERYONE)
    code: Code | None = shown(EVERYONE, default=None)
    closed: Day | None = shown(EVERYONE, default=None)
    """Only of a closed one."""
    notes: tuple[Text, ...] = shown(EVERYONE, default=())


class Whole(Regional):
    source: SourceKey = shown(EVERYONE)
    number: SourceKey = shown(EVERYONE)
    patient: Patient = shown(EVERYONE, personal=True)
    left: tuple[Item, ...] = shown(EVERYONE, default=())
    right: tuple[Item, ...] = shown(EVERYONE, default=())


def _key(side: str) -> Any:
    return lambda whole, item: Key("Condition", SID + side, f"{whole.number}/{item.number}")


def _own(value: Any) -> str:
    whole, slash, own = value.partition("/") if isinstance(value, str) else ("", "", "")
    if not whole or not slash:
        raise ValueError("number of an item")
    return str(own)


NUMBER = Codec(lambda number, context: f"{context.root.number}/{number}", lambda value, _: _own(value))


def _listed(side: str) -> Each:
    number = reference(
        "Condition",
        lambda number, whole: Key("Condition", SID + side, f"{whole.number}/{number}"),
        lambda key: _own(key.value),
    )
    use = {"coding": [{"system": SID, "code": side}]}
    return Each(side, {"condition": {"reference": Hole("number", number)}, "use": use}, ("number",), by={"use": use})


def _item(side: str) -> Json:
    return {
        "resourceType": "Condition",
        "extension": [{"url": "sort", "valueCode": Hole("sort", exact(Sort))}],
        "identifier": [{"system": SID + side, "value": Hole("number", NUMBER)}],
        "code": {"coding": [Coding("code", "codes")]},
        "subject": {"reference": Echo(lambda _, c: keys.patient_key(c.root.patient.identity).text)},
        "abatementDateTime": When("sort", frozenset({Sort.CLOSED}), Hole("closed", DAY)),
        "note": [Each("notes", {"text": Hole("", TEXT)})],
    }


LISTS = Graph(
    Whole,
    "lists",
    Node(
        "whole",
        Shape(
            {
                "resourceType": "Encounter",
                "identifier": [{"system": Hole("source", prefixed(SID)), "value": Hole("number", TEXT)}],
                "subject": {"reference": Hole("patient.identity", keys.PATIENT)},
                "diagnosis": [_listed("left"), _listed("right")],
            }
        ),
        lambda whole: Key("Encounter", SID + whole.source, whole.number),
    ),
    *patient_nodes("whole", "subject"),
    *(
        Node(side, Shape(_item(side)), _key(side), part=side, via=("whole", "diagnosis.condition"), each=SID + side)
        for side in ("left", "right")
    ),
)


def unlike_items(items: st.SearchStrategy[Item]) -> st.SearchStrategy[tuple[Item, ...]]:
    """Each with a number of its own, and a day only where there is a place for it."""
    lawful = items.map(lambda one: one if one.sort is Sort.CLOSED else one.model_copy(update={"closed": None}))
    return st.lists(lawful, max_size=3, unique_by=lambda one: one.number).map(tuple)
