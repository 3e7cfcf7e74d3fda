"""What a reader was shown of a message, as the model has it: the only thing that a contract is written from."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any, TypeVar, get_origin

from pydantic import BaseModel, TypeAdapter

from mappings.guide.fields import kind_of
from mappings.problem import Json

M = TypeVar("M", bound=BaseModel)


def shown(model: type[M], told: Json) -> M:
    """The message of which this JSON is what its reader sees; what she does not see is absent from it.

    No rule and no demand of the model is asked: a part of a message is no message.
    """
    values = {
        name: _value(model, name, told[alias]) if alias in told else absent for name, alias, absent in _fields(model)
    }
    return model.model_construct(**values)


def _value(model: type[BaseModel], name: str, told: Any) -> Any:
    inner = _inner(model, name)
    if inner is None:
        return _adapter(model, name).validate_python(told)
    return tuple(shown(inner, item) for item in told) if isinstance(told, list) else shown(inner, told)


@lru_cache(maxsize=256)
def _fields(model: type[BaseModel]) -> tuple[tuple[str, str, Any], ...]:
    """Name, alias, and what stands for absence: an empty tuple for a list."""
    return tuple(
        (name, field.alias or name, () if get_origin(field.annotation) is tuple else None)
        for name, field in model.model_fields.items()
    )


@lru_cache(maxsize=1024)
def _adapter(model: type[BaseModel], name: str) -> TypeAdapter[Any]:
    field = model.model_fields[name]
    kind: Any = Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
    return TypeAdapter(kind)


@lru_cache(maxsize=1024)
def _inner(model: type[BaseModel], name: str) -> type[BaseModel] | None:
    kind = kind_of(model.model_fields[name].annotation)
    return kind if kind is not None and issubclass(kind, BaseModel) else None
