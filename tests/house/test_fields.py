"""Every field of the regional model says who may see it, and whether it says something of a person (Decided 9)."""

from __future__ import annotations

from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from pydantic import BaseModel

from mappings.region.field import Audience, Regional, audiences, shown
from mappings.region.reading import ANSWERED, KINDS
from mappings.region.request import Request


def _models(found: Any) -> Iterator[type[BaseModel]]:
    """The models in a type annotation."""
    if get_origin(found) in (Annotated, Union, UnionType, tuple, list, dict):
        for argument in get_args(found):
            yield from _models(argument)
    elif isinstance(found, type) and issubclass(found, BaseModel):
        yield found


def _reached(*roots: type[BaseModel]) -> list[type[BaseModel]]:
    """The models that a message is made of."""
    found = dict.fromkeys(roots)
    waiting = list(roots)
    while waiting:
        inner = (one for field in waiting.pop().model_fields.values() for one in _models(field.annotation))
        for model in inner:
            if model not in found:
                found[model] = None
                waiting.append(model)
    return list(found)


MODELS = _reached(*KINDS.values(), *ANSWERED.values(), Request)
FIELDS = [(model, name) for model in MODELS for name in model.model_fields]


def test_whole_messages_are_made_of_regional_parts() -> None:
    assert {model.__name__ for model in MODELS} >= {"Booking", "Patient", "PersonName", "Hours", "EService", "Team"}
    assert all(issubclass(model, Regional) for model in MODELS)


@pytest.mark.parametrize(("model", "name"), FIELDS, ids=lambda one: one if isinstance(one, str) else one.__name__)
def test_every_field_has_an_audience_and_says_whether_it_is_personal(model: type[BaseModel], name: str) -> None:
    said = model.model_fields[name].json_schema_extra
    assert isinstance(said, dict)
    assert audiences(model, name) <= frozenset(Audience)
    assert audiences(model, name), "a field that nobody may see is not carried"
    assert isinstance(said["x-personal"], bool)


def test_a_field_without_an_audience_does_not_load() -> None:
    with pytest.raises(TypeError, match=r"Careless\.name does not say who may see it"):

        class Careless(Regional):
            name: str


def test_a_field_that_inherits_none_does_not_load_either() -> None:
    class Careful(Regional):
        name: str = shown(frozenset({Audience.STAFF}))

    with pytest.raises(TypeError, match="phone"):

        class Careless(Careful):
            phone: str = "none"


NAMING = ("name", "given", "family", "text", "value", "phone", "address", "street", "free_text", "information")


@pytest.mark.parametrize(("model", "name"), FIELDS, ids=lambda one: one if isinstance(one, str) else one.__name__)
def test_what_names_or_places_a_person_is_personal(model: type[BaseModel], name: str) -> None:
    """Of patients, staff and texts about them; units, teams and services are no persons."""
    if name in NAMING and model.__name__ not in ("Unit", "Team", "EService"):
        said = model.model_fields[name].json_schema_extra
        assert isinstance(said, dict)
        assert said["x-personal"] is True
