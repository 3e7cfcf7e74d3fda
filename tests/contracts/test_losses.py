"""Each contract says what it cannot say: changing any field of a message changes what is told, or the field is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

import orjson
import pytest
from pydantic import BaseModel
from pydantic.alias_generators import to_camel

from mappings.contracts import CONTRACTS, Contract
from mappings.contracts.care_team import CARE_TEAM
from mappings.guide.fields import said as field_said
from mappings.problem import Json
from mappings.region.reading import KINDS
from mappings.shape.graph import leaves
from tests.attacks.planting import leaves as values_of
from tests.contracts.telling import REGION, said
from tests.rules.full import IN_FULL
from tests.rules.messages import COSMIC, GONE, changed

NAMED = [pytest.param(contract, id=f"{contract.name} of {contract.kind}") for contract in CONTRACTS]

TWIN = "SE2321000115-TWIN"
_COSMIC = REGION.sources[COSMIC]
TWINS = replace(REGION, sources={COSMIC: _COSMIC, TWIN: replace(_COSMIC, id=TWIN)})
"""Two sources with the same tables: where the source is told, it is told by its id."""


def bases(kind: str) -> Iterator[Json]:
    """Messages with every field filled in, in the states in which contracts tell them, and without what stands in
    another's place."""
    whole = IN_FULL[kind]
    if kind == "booking":
        booked = _without(_without(whole, "/cancellation"), "/series") | {"status": "booked"}
        yield from (whole, booked, booked | {"form": "single"}, booked | {"form": "admission"})
        yield _without(booked, "/summons/freeText")
        yield _without(_without(booked, "/summons/freeText"), "/summons/text")
    elif kind == "named-contact":
        yield whole
        yield _without(whole, "/person/name/text")
        yield _without(whole, "/patient/name/text")
    else:
        yield whole
        yield _without(whole, "/booking")
        yield _without(whole, "/start")
        yield whole | {"eventType": "inpatient"}


def _without(message: Json, pointer: str) -> Json:
    return changed(message, pointer, GONE)


def others(value: Any, kind: type[Any] | None) -> list[Any]:
    """Other values of the same form: all there are, of an enumerated one."""
    if kind and issubclass(kind, Enum):
        return [member.value for member in kind if member.value != value] or [GONE]
    return [_other(value)]


def _other(value: Any) -> Any:
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case str() if re.fullmatch(r"\d{4}-\d\d-\d\dT.+", value):
            return (datetime.fromisoformat(value) + timedelta(minutes=-5)).isoformat()
        case str() if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            return (date.fromisoformat(value) + timedelta(days=1)).isoformat()
        case str() if re.fullmatch(r"\d\d:\d\d", value):
            return f"{value[:3]}4{value[4]}"
        case str() if re.fullmatch(r"PT?\d+[A-Z]", value):
            return re.sub(r"\d+", lambda found: str(int(found[0]) + 1), value)
        case str() if re.fullmatch(r"\d{12}", value):
            return "198112189876" if value != "198112189876" else "191212121212"
        case str() if value == COSMIC:
            return TWIN
        case str() if re.fullmatch(r"[a-z]{2,3}", value):
            return "fi"
        case str() if value[-1].isdigit():
            return f"{value[:-1]}{(int(value[-1]) + 1) % 10}"
        case _:
            return f"{value}x"


def variants(contract: Contract, leaf: str) -> Iterator[tuple[int, Any]]:
    """(number of a base, the base with another value in this field) for each place where it stands."""
    model = KINDS[contract.kind]
    wanted = [to_camel(step) for step in leaf.split(".")]
    kind = field_said(model, leaf).kind
    for number, base in enumerate(bases(contract.kind)):
        for at, value in values_of(base):
            if [step for step in at if isinstance(step, str)] == wanted:
                for other in others(value, kind):
                    changed_there = changed(base, "/" + "/".join(map(str, at)), other)
                    yield number, _as_is(model, changed_there)


def _as_is(model: type[BaseModel], message: Json) -> Any:
    return model.model_validate_json(orjson.dumps(message))


def tells_apart(contract: Contract, leaf: str, known: list[Any]) -> bool:
    """Whether some other value of the field is told otherwise."""
    return any(known[number] != heard(contract, other) for number, other in variants(contract, leaf))


def heard_of_bases(contract: Contract) -> list[Any]:
    return [heard(contract, _as_is(KINDS[contract.kind], base)) for base in bases(contract.kind)]


def heard(contract: Contract, message: Any) -> Any:
    """What its reader can tell apart: of XML no keys."""
    parts = said(contract, message, region=TWINS) or ()
    return [(None if contract.namespaces else one.key, one.content) for one in parts]


@pytest.mark.parametrize("contract", NAMED)
def test_just_the_fields_that_are_said_change_what_is_told(contract: Contract) -> None:
    """Both directions: nothing that is said is lost, and nothing that is lost is said."""
    known = heard_of_bases(contract)
    telling = {leaf for leaf in leaves(contract.model) if tells_apart(contract, leaf, known)}
    assert telling == set(contract.reached()) & set(leaves(contract.model))


@pytest.mark.parametrize("contract", NAMED)
def test_every_field_can_be_told_otherwise_in_this_test(contract: Contract) -> None:
    assert [leaf for leaf in leaves(contract.model) if next(variants(contract, leaf), None) is None] == []


@pytest.mark.parametrize("contract", NAMED)
def test_every_loss_and_every_assumption_has_words(contract: Contract) -> None:
    told = [*contract.loses.values(), *contract.thins.values(), *contract.decides.values()]
    told += [text for one in contract.assumed for text in (one.what, one.done)]
    assert [text for text in told if len(text) < 3] == []


@pytest.mark.parametrize("contract", NAMED)
def test_a_contract_that_forgets_a_field_does_not_load(contract: Contract) -> None:
    loses = dict(contract.loses)
    forgotten = loses.popitem()[0]
    with pytest.raises(TypeError, match=rf"neither said nor lost.*{forgotten}"):
        replace(contract, loses=loses)


def test_a_contract_that_says_what_it_calls_lost_does_not_load() -> None:
    with pytest.raises(TypeError, match=r"not lost .*person"):
        replace(CARE_TEAM, loses={**CARE_TEAM.loses, "person": "Nobody is named"})


def test_a_contract_that_loses_what_there_is_not_does_not_load() -> None:
    with pytest.raises(TypeError, match=r"not lost .*colour"):
        replace(CARE_TEAM, loses={**CARE_TEAM.loses, "colour": "Not in the contract"})
