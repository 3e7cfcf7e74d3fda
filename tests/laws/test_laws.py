"""The laws that every graph keeps, whatever is sent and whatever others do to it."""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mappings.problem import Json
from mappings.shape.compiled import pull_into
from mappings.shape.difference import differences
from mappings.shape.filled import Filled
from mappings.shape.graph import Graph, Node, Reading, Unmappable
from mappings.shape.key import Key
from mappings.shape.merge import equal, merge
from mappings.shape.shape import Shape, fhirpaths
from mappings.shape.slices import fitting
from mappings.shape.template import Context, Each, within
from tests.laws.edits import Edit, additions, edits, named, put, ways
from tests.laws.strategies import ANY_JSON, ANY_OBJECT, GRAPHS, TABLES, Sent, models, sent

LAW = settings(
    deadline=None,
    database=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
EXHAUSTIVE = settings(LAW, max_examples=8)
"""For laws that try many edits of an example."""
MOST = None if "VARDBRO_EXPLORE" in os.environ else 250
"""Edits tried of one example: of a large resource every so many-th, from a place that is drawn."""

every_graph = pytest.mark.parametrize("name", GRAPHS)


@dataclass(frozen=True, slots=True)
class Written:
    """The resources of an aggregate as a server has them."""

    graph: Graph[Any]
    sent: Sent[Any]
    filled: tuple[Filled, ...]

    def nodes(self) -> Iterator[tuple[int, Node]]:
        """Each resource that is read, by its place among those written."""
        by_name = {f"{self.graph.name}.{node.name}": node for node in self.graph.nodes}
        return ((index, by_name[one.node]) for index, one in enumerate(self.filled) if one.node in by_name)

    def read(self, changed: Mapping[int, Any] | None = None) -> Reading[Any]:
        """What is read, with some of the resources as others left them."""
        resources = [(changed or {}).get(index, one.resource) for index, one in enumerate(self.filled)]
        others = {one.key: resource for one, resource in zip(self.filled, resources, strict=True)}
        apart = {name: getattr(self.sent.value, name) for name in self.graph.apart}
        return self.graph.read(resources[0], others, TABLES, apart)

    def says(self, reading: Reading[Any]) -> bool:
        """True where just what was sent was read, to the offset of every time."""
        one, other = reading.value, self.sent.value
        return one is not None and bool(one == other) and one.model_dump_json() == other.model_dump_json()


def written(graph: Graph[Any], example: Sent[Any]) -> Written:
    """As it comes back from a server: through bytes."""
    filled = graph.fill(example.value, TABLES, example.known)
    wire = (orjson.loads(orjson.dumps(one.resource)) for one in filled)
    back = (Filled(one.node, one.key, resource, one.owned) for one, resource in zip(filled, wire, strict=True))
    return Written(graph, example, tuple(back))


def drawn(data: st.DataObject, name: str) -> Written:
    graph, values = GRAPHS[name]
    return written(graph, data.draw(sent(values)))


# -- sent and read ----------------------------------------------------------------------------------------------------


@every_graph
@LAW
@given(data=st.data())
def test_what_is_sent_is_what_is_read_and_nothing_more_is_sent(name: str, data: st.DataObject) -> None:
    there = drawn(data, name)
    reading = there.read()

    assert reading.findings == ()
    assert there.says(reading)


@every_graph
@LAW
@given(data=st.data())
def test_the_order_of_what_has_no_order_is_no_difference(name: str, data: st.DataObject) -> None:
    there = drawn(data, name)
    dice = random.Random(data.draw(st.integers(0, 9)))
    reading = there.read(
        {index: shuffled(there.filled[index].resource, node.shape, dice) for index, node in there.nodes()}
    )

    assert reading.findings == ()
    assert there.says(reading)


@every_graph
@LAW
@given(data=st.data())
def test_writing_back_what_was_read_changes_nothing(name: str, data: st.DataObject) -> None:
    there = drawn(data, name)
    again = there.graph.fill(there.read().value, TABLES, there.sent.known)

    assert [(one.node, one.key) for one in again] == [(one.node, one.key) for one in there.filled]
    assert all(equal(one.resource, before.resource) for one, before in zip(again, there.filled, strict=True))


@every_graph
@LAW
@given(data=st.data())
def test_whatever_the_model_takes_is_read_back_or_refused_by_the_names_of_its_fields(
    name: str, data: st.DataObject
) -> None:
    graph, _ = GRAPHS[name]
    example: Sent[Any] = data.draw(sent(models(graph.model)))
    there = written_or_refused(graph, example)
    if isinstance(there, Unmappable):
        assert there.fields
        assert all(fhirpaths(graph.fhirpaths, field) for field in there.fields)
    else:
        assert there.read().findings == ()
        assert there.says(there.read())


def written_or_refused(graph: Graph[Any], example: Sent[Any]) -> Written | Unmappable:
    try:
        return written(graph, example)
    except Unmappable as refusal:
        return refusal


@every_graph
@LAW
@given(data=st.data())
def test_every_reference_leads_to_a_resource_that_is_sent_or_to_another_message(name: str, data: st.DataObject) -> None:
    there = drawn(data, name)
    sent_keys = {one.key for one in there.filled} | {None}
    others = {key for one in there.filled for key in references(one.resource)} - sent_keys

    assert {key.kind for key in others if key} <= {"Appointment"}


def references(node: Any) -> Iterator[Key | None]:
    if isinstance(node, dict):
        yield Key.parse(node.get("reference"))
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from references(inner)


def shuffled(node: Any, shape: Shape, dice: random.Random, pattern: str = "") -> Any:
    """Every list in another order, but for the items of a regional list: theirs carries meaning."""
    if isinstance(node, dict):
        return {key: shuffled(value, shape, dice, f"{pattern}.{key}".lstrip(".")) for key, value in node.items()}
    if not isinstance(node, list) or not all(isinstance(item, dict) for item in node):
        return node
    items = [shuffled(item, shape, dice, pattern) for item in node]
    order = dice.sample(range(len(items)), len(items))
    eaches = [fitting(each) for each in repeated(shape.template, pattern)]
    for fits in eaches:
        ours = {index for index in order if fits(items[index], Context(None, TABLES))}
        following = iter(sorted(ours))
        order = [next(following) if index in ours else index for index in order]
    return [items[index] for index in order]


def repeated(template: Any, wanted: str, pattern: str = "") -> Iterator[Each]:
    """The repeated parts of a list."""
    template = within(template)
    if isinstance(template, dict):
        for key, child in template.items():
            yield from repeated(child, wanted, f"{pattern}.{key}".lstrip("."))
    elif isinstance(template, list):
        for child in template:
            inner = child
            while not isinstance(inner, Each) and inner is not within(inner):
                inner = inner.part
            if isinstance(inner, Each) and pattern == wanted:
                yield inner
            yield from repeated(child, wanted, pattern)


def some(every: Iterable[Edit], data: st.DataObject) -> Sequence[Edit]:
    edits = list(every)
    apart = max(1, len(edits) // MOST) if MOST else 1
    return edits[data.draw(st.integers(0, apart - 1)) :: apart]


# -- edits by others --------------------------------------------------------------------------------------------------


@every_graph
@EXHAUSTIVE
@given(data=st.data())
def test_an_edit_of_any_one_element_is_read_as_that_change_or_named(name: str, data: st.DataObject) -> None:
    there = drawn(data, name)
    index, node = data.draw(st.sampled_from(list(there.nodes())))
    for edit in some(edits(there.filled[index].resource), data):
        reading = there.read({index: edit.resource})
        if reading.value is None or there.says(reading):
            assert any(tells(there.graph, node, edit, finding.path) for finding in reading.findings), edit


def tells(graph: Graph[Any], node: Node, edit: Edit, path: str) -> bool:
    """A resource that has become another one is named where the reference to it stands."""
    if edit.way == ("resourceType",) and node is not graph.root:
        parent, element = node.via
        return path == f"{graph.shapes[f'{graph.name}.{parent}'].kind}.{element}"
    return named(path, node.shape.kind, edit.way)


@every_graph
@EXHAUSTIVE
@given(data=st.data())
def test_what_is_read_of_an_edited_resource_and_what_is_named_are_together_all_that_it_says(
    name: str, data: st.DataObject
) -> None:
    """Filling what was read gives the edited resource again, but for the elements that were named."""
    there = drawn(data, name)
    index, node = data.draw(st.sampled_from(list(there.nodes())))
    for edit in some(edits(there.filled[index].resource), data):
        reading = there.read({index: edit.resource})
        if reading.value is not None and not reading.findings:
            again = there.graph.fill(reading.value, TABLES, there.sent.known)
            beside = sum(one.node == there.filled[index].node for one in there.filled[:index])
            same = [one.resource for one in again if one.node == there.filled[index].node]
            assert differences(same[beside], edit.resource, node.shape.identity) == [], edit


def neighbours(data: st.DataObject, name: str) -> tuple[Written, Written]:
    """Two versions of one aggregate: same source, number and patient, all else as it comes."""
    graph, values = GRAPHS[name]
    first: Any = data.draw(values)
    own = "id" if "id" in graph.model.model_fields else "number"
    same = {"source": first.source, own: getattr(first, own), "patient": first.patient}
    second = data.draw(values).model_copy(update=same)
    return written(graph, data.draw(sent(st.just(first)))), written(graph, data.draw(sent(st.just(second))))


@every_graph
@EXHAUSTIVE
@given(data=st.data())
def test_an_update_brings_what_was_sent_and_keeps_what_others_added(name: str, data: st.DataObject) -> None:
    before, after = neighbours(data, name)
    node, was, now = data.draw(st.sampled_from(list(pairs(before, after))))
    index = next(index for index, one in enumerate(after.filled) if one is now)
    for edit in some(additions(was.resource), data):
        merged = merge(was.resource, now.resource, edit.resource, node.shape.identity_with(TABLES))
        reading = after.read({index: merged.resource})
        assert after.says(reading), edit
        assert edit.stranger is not None
        assert merged.conflicts or holds(merged.resource, edit.stranger), edit


def holds(node: Any, item: Any) -> bool:
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return node == item or any(holds(one, item) for one in inner)


def pairs(before: Written, after: Written) -> Iterator[tuple[Node, Filled, Filled]]:
    """The resources that both versions have, by what each is known by."""
    was = {(one.node, one.key): one for one in before.filled}
    for index, node in after.nodes():
        now = after.filled[index]
        if (now.node, now.key) in was:
            yield node, was[now.node, now.key], now


@every_graph
@EXHAUSTIVE
@given(data=st.data())
def test_a_merge_in_which_we_changed_nothing_gives_back_theirs_in_their_order(name: str, data: st.DataObject) -> None:
    there = drawn(data, name)
    index, node = data.draw(st.sampled_from(list(there.nodes())))
    ours = there.filled[index].resource
    again = there.graph.fill(there.read().value, TABLES, there.sent.known)[index].resource
    for edit in some(edits(ours), data):
        merged = merge(ours, again, edit.resource, node.shape.identity)
        assert (merged.resource, merged.conflicts) == (edit.resource, ())
        assert orjson.dumps(merged.resource) == orjson.dumps(edit.resource)


# -- never a crash ----------------------------------------------------------------------------------------------------


@every_graph
@given(resource=ANY_OBJECT, typed=st.booleans(), others=st.lists(ANY_OBJECT, max_size=2))
@LAW
def test_whatever_json_a_server_answers_with_is_read_without_a_crash(
    name: str, resource: Json, typed: bool, others: list[Json]
) -> None:
    graph, _ = GRAPHS[name]
    root = resource | ({"resourceType": graph.root.shape.kind} if typed else {})
    beside = {Key("Patient", "", str(number)): other for number, other in enumerate(others)}
    reading = graph.read(root, beside, TABLES)

    assert reading.value is not None or reading.findings


@every_graph
@given(data=st.data(), value=ANY_JSON)
@LAW
def test_any_json_at_any_place_of_what_was_sent_is_read_without_a_crash(
    name: str, data: st.DataObject, value: Any
) -> None:
    there = drawn(data, name)
    index, _ = data.draw(st.sampled_from(list(there.nodes())))
    resource = there.filled[index].resource
    way = data.draw(st.sampled_from(list(ways(resource))))
    edited = put(resource, way, value)
    reading = there.read({index: edited})

    assert equal(edited, resource) or not there.says(reading) or reading.findings


@every_graph
@EXHAUSTIVE
@given(data=st.data())
def test_every_shape_takes_every_json_type_at_every_path(name: str, data: st.DataObject) -> None:
    """Those too that are only written here: they are merged, and compared with what a server has."""
    there = drawn(data, name)
    one = data.draw(st.sampled_from(there.filled))
    shape = there.graph.shapes[one.node]
    for edit in some(edits(one.resource), data):
        pull_into({}, shape.pull, edit.resource, Context(None, TABLES))
        assert differences(one.resource, edit.resource, shape.identity)
        merge({**one.resource, "language": "sv"}, one.resource, edit.resource, shape.identity)
        merge(None, one.resource, edit.resource, shape.identity)


@every_graph
def test_a_resource_nested_as_deep_as_a_server_may_send_it_is_read(name: str) -> None:
    graph, _ = GRAPHS[name]
    deep: Json = {}
    for _level in range(250):
        deep = {"url": "https://others.example", "extension": [deep]}
    resource = {"resourceType": graph.root.shape.kind, "extension": [deep], "identifier": [deep], "participant": [deep]}

    assert graph.read(resource, {}, TABLES).findings
    assert graph.root.shape.identity("extension", deep)
    assert differences(resource, {**resource, "extension": [deep, deep]}, graph.root.shape.identity)


@pytest.mark.parametrize("digits", ["60.0", "6e1", "60.00"])
def test_a_decimal_of_many_digits_is_read_without_a_crash(digits: str) -> None:
    """As the FHIR client gives it, so that no digit is lost."""
    graph, _ = GRAPHS["booking"]
    resource = {
        "resourceType": "Appointment",
        "minutesDuration": Decimal(digits),
        "participant": [{"extension": [{"url": "x", "valueDecimal": Decimal(digits)}]}],
    }

    assert graph.read(resource, {}, TABLES).findings
