"""What of a resource a template speaks of: all that we would have written, had we said it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from mappings.shape.slices import Fits, fitting
from mappings.shape.template import Context, Each, Item, When, within

Spoken: TypeAlias = Callable[[Any, Context], Any]
"""(JSON, context) -> the part of it that the template speaks of; None where there is none."""


def speaker(template: Any) -> Spoken:
    """A function that keeps of JSON what the template speaks of, whatever its values are."""
    match template:
        case When(part=part) | Item(part=part) | Each(part=part):
            return speaker(part)
        case dict():
            return _of_members({key: speaker(child) for key, child in template.items()})
        case list():
            return _of_items([(fitting(child), speaker(within(child))) for child in template])
    return lambda node, _: node


def _of_members(parts: dict[str, Spoken]) -> Spoken:
    def keep(node: Any, context: Context) -> Any:
        if type(node) is not dict:
            return None
        said = {key: part(node[key], context) for key, part in parts.items() if key in node}
        return {key: value for key, value in said.items() if value is not None} or None

    return keep


def _of_items(parts: list[tuple[Fits, Spoken]]) -> Spoken:
    def keep(node: Any, context: Context) -> Any:
        if type(node) is not list:
            return None
        found = ((part, item) for item in node for fits, part in parts if fits(item, context))
        return [said for part, item in found if (said := part(item, context)) is not None] or None

    return keep
