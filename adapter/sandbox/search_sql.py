"""Conditions as SQL. Every statement reaches its rows by an index; a test asks SQLite whether it does.

The order is ours: one condition, that which is likely to leave the fewest, gives the candidates (`IN`), the others are
asked of each candidate (`EXISTS`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    FromClause,
    Select,
    and_,
    bindparam,
    exists,
    func,
    not_,
    or_,
    select,
    union_all,
)

from adapter.sandbox.criteria import (
    Chained,
    Condition,
    HasAny,
    HasDate,
    HasId,
    HasString,
    HasToken,
    Not,
    Prefix,
    RefersTo,
    StringMode,
)
from adapter.sandbox.index_rows import ANY, fold
from adapter.sandbox.instants import Span
from adapter.sandbox.resource_types import SearchParam
from adapter.sandbox.tables import date, reference, resource, string, token

Clause: TypeAlias = ColumnElement[bool]
Alternative: TypeAlias = tuple[ColumnElement[int], Clause]
"""One way to meet a condition: the column that holds a resource's pk, and what must be true of the row."""

_PKS: BindParameter[Any] = bindparam("pks", expanding=True)
_LAST = "\U0010ffff"
"""Sorts after every text."""


@dataclass(frozen=True, slots=True)
class SortKey:
    param: SearchParam | None
    """`None` sorts by `_id`."""
    descending: bool


def matches(
    type_: str, conditions: Sequence[Condition], sort: Sequence[SortKey] = (), *, limit: int | None = None
) -> Select[int, int]:
    """pk and version of the live resources of `type_` that meet every condition, by `sort`, then by their creation."""
    query = select(resource.c.pk, resource.c.version).where(*_selection(type_, conditions))
    return query.order_by(*(_order(key) for key in sort), resource.c.pk).limit(limit)


def number_of_matches(type_: str, conditions: Sequence[Condition]) -> Select[int]:
    return select(func.count()).select_from(resource).where(*_selection(type_, conditions))


@cache
def referred(param: SearchParam, targets: tuple[str, ...]) -> Select[int, int]:
    """What the resources `:pks` refer to by `param`, as far as it is of one of the types `targets`."""
    of = (reference.c.param == param.key, reference.c.resource.in_(_PKS))
    return _live(select(reference.c.target).where(*of)).where(resource.c.type.in_(targets))


@cache
def referring(param: SearchParam) -> Select[int, int]:
    """What refers by `param` to the resources `:pks`."""
    return _live(select(reference.c.resource).where(reference.c.param == param.key, reference.c.target.in_(_PKS)))


def referrers(target: int) -> Select[str]:
    """The types of the resources that refer to `target` anywhere."""
    refers = select(reference.c.resource).where(reference.c.param == ANY, reference.c.target == target)
    return select(resource.c.type).where(resource.c.pk.in_(refers), resource.c.pk != target, resource.c.live == 1)


def _live(pks: Select[int]) -> Select[int, int]:
    query = select(resource.c.pk, resource.c.version).where(resource.c.pk.in_(pks), resource.c.live == 1)
    return query.order_by(resource.c.pk)


def _selection(type_: str, conditions: Sequence[Condition]) -> Iterator[Clause]:
    ranked = sorted(conditions, key=_rank)
    if ranked and not isinstance(ranked[0], Not):
        yield resource.c.pk.in_(_pks(ranked.pop(0)))
    else:
        yield and_(resource.c.type == type_, resource.c.live == 1)
    for condition in ranked:
        yield _holds(condition)


def _rank(condition: Condition) -> int:
    """The smaller, the fewer resources are likely to meet it."""
    match condition:
        case HasId():
            return 0
        case HasToken(key=key):
            return 1 if "identifier" in key else 7
        case Chained(inner=inner):
            return 1 + max(map(_rank, inner))
        case RefersTo():
            return 3
        case HasString(mode=mode):
            return 8 if mode == "contains" else 5
        case HasDate():
            return 6
        case HasAny():
            return 90
        case Not():
            return 99


def _pks(condition: Condition) -> Select[int] | CompoundSelect[int]:
    """The pks of all that meet it. Each alternative is a select of its own: an OR inside one may not use the index."""
    ways = [select(pk).where(clause).correlate(None) for pk, clause in _alternatives(condition)]
    return ways[0] if len(ways) == 1 else union_all(*ways)


def _holds(condition: Condition, of: FromClause = resource) -> Clause:
    """The same, asked of each row of `of`."""
    if isinstance(condition, Not):
        return not_(_holds(condition.inner, of))
    return or_(*(exists().where(pk == of.c.pk, clause).correlate(of) for pk, clause in _alternatives(condition)))


def _alternatives(condition: Condition) -> Iterator[Alternative]:  # noqa: PLR0912  (a table)
    match condition:
        case HasId(type=type_, ids=ids):
            other = resource.alias()
            yield other.c.pk, and_(other.c.type == type_, other.c.id.in_(ids), other.c.live == 1)
        case HasToken(key=key, wanted=wanted):
            for clauses in _tokens(wanted):
                yield token.c.resource, and_(token.c.param == key, *clauses)
        case HasDate(key=key, wanted=spans):
            for prefix, span in spans:
                for clauses in _date(prefix, span):
                    yield date.c.resource, and_(date.c.param == key, *clauses)
        case HasString(key=key, wanted=texts, mode=mode):
            for text in texts:
                yield string.c.resource, and_(string.c.param == key, *_string(mode, text))
        case RefersTo():
            yield from _reference(condition)
        case Chained(key=key, inner=inner):
            for one in inner:
                yield reference.c.resource, and_(reference.c.param == key, reference.c.target.in_(_pks(one)))
        case HasAny(param=param):
            yield from _any_value(param)
        case Not(type=type_, inner=negated):
            other = resource.alias()
            yield other.c.pk, and_(other.c.type == type_, other.c.live == 1, not_(_holds(negated, other)))


def _tokens(wanted: Sequence[tuple[str | None, str | None]]) -> Iterator[list[Clause]]:
    """One of the lists must hold: one for each system, and one for the codes of any."""
    for system in dict.fromkeys(system for system, _ in wanted):
        codes = [code for of, code in wanted if of == system]
        if None in codes:
            yield [token.c.system == system]
        else:
            of_codes = token.c.code.in_(codes) if len(codes) > 1 else token.c.code == codes[0]
            yield [of_codes] if system is None else [of_codes, token.c.system == system]


def _date(prefix: Prefix, wanted: Span) -> list[list[Clause]]:
    """https://hl7.org/fhir/R4/search.html#prefix, on ranges that end before `high`; one of the lists must hold."""
    low, high = date.c.low, date.c.high
    within = [low >= wanted.low, low < wanted.high, high <= wanted.high]
    return {
        "eq": [within],
        "ne": [[low < wanted.low], [low >= wanted.low, high > wanted.high]],
        "gt": [[high > wanted.high]],
        "lt": [[low < wanted.low]],
        "ge": [[high > wanted.high], within],
        "le": [[low < wanted.low], within],
        "sa": [[low >= wanted.high]],
        "eb": [[high <= wanted.low]],
    }[prefix]


def _string(mode: StringMode, text: str) -> list[Clause]:
    match mode:
        case "prefix":
            return [string.c.folded >= text, string.c.folded < text + _LAST]
        case "exact":
            return [string.c.folded == fold(text), string.c.exact == text]
        case "contains":
            return [func.instr(string.c.folded, text) > 0]


def _reference(condition: RefersTo) -> Iterator[Alternative]:
    refers = reference.c.param == condition.key
    for types in dict.fromkeys(types for types, _ in condition.wanted):
        other, ids = resource.alias(), [id_ for of, id_ in condition.wanted if of == types]
        found = select(other.c.pk).where(other.c.type.in_(types), other.c.id.in_(ids)).correlate(None)
        yield reference.c.resource, and_(refers, reference.c.target.in_(found))
    if condition.urls:
        yield token.c.resource, and_(token.c.param == condition.key, token.c.code.in_(condition.urls))


def _any_value(param: SearchParam) -> Iterator[Alternative]:
    match param.kind:
        case "date":
            yield date.c.resource, date.c.param == param.key
        case "string":
            yield string.c.resource, string.c.param == param.key
        case "token" | "uri":
            yield token.c.resource, token.c.param == param.key
        case "reference":
            yield reference.c.resource, reference.c.param == param.key
            yield token.c.resource, token.c.param.in_((param.key, f"{param.key}:identifier"))


def _order(key: SortKey) -> ColumnElement[Any]:
    """By the least value of each resource, or the greatest when descending; those without one come last."""
    if key.param is None:
        return resource.c.id.desc() if key.descending else resource.c.id.asc()
    table, column = {
        "date": (date, date.c.high if key.descending else date.c.low),
        "string": (string, string.c.folded),
    }.get(key.param.kind, (token, token.c.code))
    value = func.max(column) if key.descending else func.min(column)
    best = select(value).where(table.c.resource == resource.c.pk, table.c.param == key.param.key).scalar_subquery()
    return best.desc().nulls_last() if key.descending else best.asc().nulls_last()
