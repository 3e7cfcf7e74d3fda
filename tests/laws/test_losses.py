"""The list of losses, held against what the shapes write."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from enum import Enum
from typing import Any

import pytest

from adapter.server.ids import Ids
from adapter.server.references import literal, rendered
from adapter.validation import validate
from mappings.problem import Json
from mappings.region.reading import KINDS
from mappings.resources.care_event import CARE_EVENT
from mappings.resources.losses import LOSSES, Kind, losses
from mappings.resources.patient import OF_PATIENT
from mappings.resources.withdrawn import withdrawn
from mappings.rules.statements import STATEMENTS
from mappings.shape.graph import leaves as fields_of
from tests.laws.shown_by_fill import Written, alike, bases, field, filled, leaves, parts, path, put, read, values
from tests.laws.strategies import TABLES

every_kind = pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "direct-case"])
BASES = {kind: bases(kind) for kind in KINDS if kind != "direct-case"}


def changes(kind: str, whole: Json) -> Iterator[tuple[str, Written, Written]]:
    """(field, what the whole message becomes, what it becomes with another value there), where FHIR has room."""
    before, written = read(kind, whole), filled(kind, read(kind, whole))
    assert written is not None
    for at in leaves(whole):
        for value in values(kind, at, _at(whole, at)):
            after = read(kind, put(whole, at, value))
            became = filled(kind, after) if after is not None and after != before else None
            if became is not None:
                yield path(at), written, became


def _at(node: Any, at: tuple[str | int, ...]) -> Any:
    for step in at:
        node = node[step]
    return node


@every_kind
def test_every_field_is_seen_in_what_is_written_or_stands_in_the_list(kind: str) -> None:
    """That it also comes back is the first law."""
    tried: dict[str, set[bool]] = defaultdict(set)
    for whole in BASES[kind]:
        for name, written, became in changes(kind, whole):
            tried[name].add(written != became)
    assert {name.replace("category_", "category") for name in tried} == set(fields_of(KINDS[kind]))
    nowhere = {name for one in losses(Kind.NOWHERE, kind) for name in one.fields}
    assert {name for name, seen in tried.items() if True not in seen} == nowhere


@every_kind
def test_values_that_r4_does_not_tell_apart_stand_in_the_list(kind: str) -> None:
    found: dict[str, set[frozenset[str]]] = defaultdict(set)
    for whole in BASES[kind]:
        for at in leaves(whole):
            if any(issubclass(one, Enum) for one in parts(field(kind, at))):
                groups = alike(kind, whole, at)
                found[path(at)] |= {group for group in groups if len(group) > 1} if len(groups) > 1 else set()
    listed: dict[str, set[frozenset[str]]] = defaultdict(set)
    for one in losses(Kind.ALIKE, kind):
        listed[one.fields[0]] |= one.alike
    assert {name: groups for name, groups in found.items() if groups} == listed


@every_kind
def test_what_the_last_of_several_decides_stands_in_the_list(kind: str) -> None:
    """Two messages of one source about one patient: what of one alone moves a resource that both speak of."""
    own = "id" if "id" in BASES[kind][0] else "number"
    found: dict[str, set[str]] = defaultdict(set)
    for whole in () if kind == "patient" else BASES[kind]:
        one = filled(kind, read(kind, whole))
        assert one is not None
        for name, _, other in changes(kind, put(whole, (own,), f"{whole[own]}9")):
            for key in (one.keys() & other.keys()) - {key for key in one if key.kind in OF_PATIENT}:
                if one[key] != other[key] and name.partition(".")[0] not in ("patient", "source"):
                    found[name.partition(".")[0]].add(key.kind)
    listed = {name: set(one.place.split(", ")) for one in losses(Kind.LAST, kind) for name in one.fields}
    assert found.keys() == listed.keys()
    assert set().union(*found.values()) == set().union(*listed.values())


def test_every_loss_names_rules_of_the_documents_and_fields_of_the_model() -> None:
    for one in LOSSES:
        assert set(one.rules) <= set(STATEMENTS), one
        assert len(one.rules) > 1 or one.kind is not Kind.RULES, one
        for kind in KINDS if one.message == "*" else (one.message,):
            every = list(fields_of(KINDS[kind]))
            assert all(any(f"{leaf}.".startswith(f"{name}.") for leaf in every) for name in one.fields) or (
                kind == "direct-case"
            ), one


def test_what_is_withdrawn_is_valid_and_nothing_else_of_it_is_moved() -> None:
    [whole] = BASES["care-event"]
    before = read("care-event", whole)
    after = read("care-event", {name: value for name, value in whole.items() if name not in CODED})
    assert before is not None
    assert after is not None
    gone = withdrawn(CARE_EVENT, before, CARE_EVENT.fill(after, TABLES, {}), TABLES)
    assert {one.key.kind for one in gone} == {"Condition", "Procedure"}
    assert len(gone) == sum(len(whole[name]) for name in CODED)
    to = literal(Ids("losses", bytes(32)))
    assert not [problem for one in gone for problem in validate(rendered(one.resource, to)) if problem.refuses]
    written = filled("care-event", before)
    assert written is not None
    for one in gone:
        changed = {name for name, value in one.resource.items() if value != written[one.key].get(name)}
        assert changed <= {"verificationStatus", "status"}
    assert withdrawn(CARE_EVENT, None, (), TABLES) == ()


CODED = ("diagnoses", "externalCauses", "procedures")
