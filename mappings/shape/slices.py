"""List items told apart, as FHIR tells slices apart: by the fixed values and the keys that they carry
(https://hl7.org/fhir/R4/profiling.html#slicing)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any, TypeAlias

import orjson

from mappings.shape.codec import refers_to
from mappings.shape.template import Coding, Context, Each, Echo, Hole, Item, Usually, When, speaks, within

Fits: TypeAlias = Callable[[Any, Context], bool]


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing that an item must hold to be what a template means."""

    path: str
    """`actor.reference`; ends in `[]` where some item of a list must hold it."""
    fits: Fits
    says: tuple[str, Any]
    """The same as data, so that two templates can be compared."""


def fitting(template: Any) -> Fits:
    """True for an item that carries every mark of the template: `by` where it has one, else its fixed values, and what
    must be there since nothing else in it speaks.

    Of several parts that speak each may be left out: where one of them must tell, `by` says so.
    """
    return _all(list(_known_by(template)))


def fitting_beyond(template: Any, member: str, value: str) -> Fits:
    """As `fitting`, of an item that is known to hold a fixed value."""
    return _all([mark for mark in _known_by(template) if (mark.path, mark.says) != (member, ("is", value))])


def _all(marks: list[Mark]) -> Fits:
    fits = [_reaching(mark) for mark in marks]
    if len(fits) == 1:
        return fits[0]

    def fit(item: Any, context: Context) -> bool:
        for one in fits:  # noqa: SIM110  a generator for each item would take longer than the rest
            if not one(item, context):
                return False
        return True

    return fit


def fixed_value(template: Any) -> tuple[str, str] | None:
    """A member of the item that must be there with just this text, by which items are found quickly."""
    for mark in _known_by(template):
        match mark.says:
            case ("is", str(value)) if mark.path and "." not in mark.path:
                return mark.path, value
    return None


def refuse_ambiguity(template: Any, path: str) -> None:
    """Raises TypeError for a list in which one item could be taken for another."""
    template = within(template)
    match template:
        case dict():
            for key, child in template.items():
                refuse_ambiguity(child, f"{path}.{key}")
        case list():
            for one, other in combinations(template, 2):
                if (speaks(one) or speaks(other)) and not _apart(one, other):
                    raise TypeError(f"{path}: list items cannot be told apart")
            for child in template:
                refuse_ambiguity(child, path)


def known_as(item: Any) -> Hashable:
    """What an item that no template speaks of is known by: FHIR's own ways, else all that it holds.

    An extension by its url, a coding, identifier or contact point by its system (and value), a concept by the system
    of its first coding.
    """
    match item:
        case {"url": str(url)}:
            return ("url", url)
        case {"system": str(system), "value": str(value)}:
            return ("system", system, value)
        case {"system": str(system), "code": str()}:
            return ("system", system)
        case {"coding": [{"system": str(system)}, *_]}:
            return ("coding", system)
    return written(item)


def written(item: Any) -> bytes:
    """Equal for items that hold the same. What is nested deeper than can be written counts as one: the order tells."""
    try:
        return _dumped(_ordered(item))
    except (TypeError, RecursionError):
        return b""


def _ordered(node: Any) -> Any:
    """With the items of every list in one order, since most have none that means anything."""
    if type(node) is dict:
        return {key: _ordered(value) for key, value in node.items()}
    if type(node) is list:
        return sorted(map(_ordered, node), key=_dumped)
    return node


def _dumped(node: Any) -> bytes:
    return orjson.dumps(node, default=str, option=orjson.OPT_SORT_KEYS)


# -- marks ----------------------------------------------------------------------------------------------------------


def _known_by(template: Any) -> Iterator[Mark]:
    match template:
        case When(part=part):
            return _known_by(part)
        case Each(by=by) | Item(by=by) if by is not None:
            return _literal(by, "")
        case Each(part=part) | Item(part=part):
            return _known_by(part)
        case Usually(value=value):
            return _literal(value, "")
        case _:
            return _marks(template, "")


def _literal(template: Any, path: str) -> Iterator[Mark]:
    """Marks of what is surely there, every list item of it too."""
    match template:
        case dict():
            for key, child in template.items():
                yield from _literal(child, _below(path, key))
        case list():
            for child in template:
                yield Mark(f"{path}[]", fitting(child), ("item", repr(child)))
        case _:
            yield from _marks(template, path)


def _marks(template: Any, path: str, *, sole: bool = True) -> Iterator[Mark]:
    """Marks of a template. What is the sole part that speaks is there if anything is."""
    match template:
        case When(part=part) | Each(part=part) | Item(part=part):
            yield from _marks(part, path, sole=sole)
        case Hole(codec=codec) if codec.marks:
            known = codec.marks
            yield Mark(path, lambda item, _: known(item), ("marks", known))
        case Echo(kind=kind) if kind:
            yield Mark(path, lambda item, _: refers_to(item, kind), ("kind", kind))
        case Hole() if sole:
            yield Mark(path, lambda _, __: True, ("there", None))
        case Coding(table=table):
            of_table = _below(path, "system")
            yield Mark(of_table, lambda item, context: bool(item == context.vocabulary.system(table)), ("table", table))
        case dict():
            alone = sole and sum(map(speaks, template.values())) == 1
            for key, child in template.items():
                yield from _marks(child, _below(path, key), sole=alone)
        case list():
            yield from _literal([child for child in template if not speaks(child)], path)
            if sole and (spoken := [child for child in template if speaks(child)]):
                some = [fitting(child) for child in spoken]
                yield Mark(f"{path}[]", lambda item, context: any(fits(item, context) for fits in some), ("some", None))
        case str() | bool() | int():
            yield Mark(path, lambda item, _: type(item) is type(template) and item == template, ("is", template))


def _below(path: str, key: str) -> str:
    return f"{path}.{key}".lstrip(".")


def _reaching(mark: Mark) -> Fits:
    """The test of a mark, from the item down to where the mark stands."""
    at, fits = mark.path.removesuffix("[]"), mark.fits
    match mark.says:
        case ("is", str(value)) if at and "." not in at:
            return lambda item, _: type(item) is dict and item.get(at) == value
    found = _among(fits) if mark.path.endswith("[]") else fits
    for key in reversed(at.split(".") if at else []):
        found = _inside(key, found)
    return found


def _inside(key: str, fits: Fits) -> Fits:
    return lambda item, context: type(item) is dict and key in item and fits(item[key], context)


def _among(fits: Fits) -> Fits:
    return lambda node, context: type(node) is list and any(fits(item, context) for item in node)


def _apart(one: Any, other: Any) -> bool:
    """True where no item can carry the marks of both, as far as marks can be compared."""
    left, right = ([*_marks(within(t), ""), *_known_by(t)] for t in (one, other))
    return any(a.path == b.path and _contradict(a.says, b.says) for a in left for b in right)


def _contradict(one: tuple[str, Any], other: tuple[str, Any]) -> bool:
    if one == other or {one[0], other[0]} & {"there", "some"}:
        return False
    match sorted((one, other), key=lambda says: says[0]):
        case [("is", value), ("marks", known)]:
            return not known(value)
        case [("kind", kind), ("marks", known)]:
            return not known(f"{kind}/1")
    return True
