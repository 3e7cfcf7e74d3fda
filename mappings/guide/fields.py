"""What the regional model says of a field, by its path in a scope."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo


@dataclass(frozen=True, slots=True)
class Said:
    """A field, as far as definitions need it."""

    text: str
    """Its docstring, in one line; empty where it has none."""
    kind: type[Any] | None
    """The model or enum that its values are of, if it is one."""
    always: bool
    """It can never be absent, or never be an empty list."""


def said(scope: type[Any] | None, path: str) -> Said:
    """The field at a path of names; the empty path is an item of the scope itself. Raises KeyError on no such field."""
    if not path:
        return Said(summary(scope.__doc__) if scope else "", scope, always=True)
    first, _, rest = path.partition(".")
    if scope is None or not issubclass(scope, BaseModel):
        raise KeyError(path)
    field = scope.model_fields[first]
    if rest:
        return said(kind_of(field.annotation), rest)
    return Said(summary(field.description), kind_of(field.annotation), _always(field))


def summary(docstring: str | None) -> str:
    """A docstring in one line."""
    return re.sub(r"\s+", " ", docstring or "").strip()


def _always(field: FieldInfo) -> bool:
    if isinstance(field.default, tuple):
        return False
    return type(None) not in get_args(field.annotation)


def kind_of(annotation: Any) -> type[Any] | None:
    """The model or enum inside `X`, `X | None` and `tuple[X, ...]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel | Enum):
        return annotation
    return next((kind for argument in get_args(annotation) if (kind := kind_of(argument))), None)
