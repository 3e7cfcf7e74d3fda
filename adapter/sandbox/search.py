"""A search as it is asked for, and its answer: https://hl7.org/fhir/R4/search.html."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import parse_qsl, urlencode

from adapter.sandbox.criteria import Condition, UnknownParameterError, condition
from adapter.sandbox.outcome import Refusal, refusal
from adapter.sandbox.resource_types import SEARCH_PARAMS, SearchParam
from adapter.sandbox.search_sql import SortKey, matches, number_of_matches, referred, referring
from adapter.sandbox.space import Session

Pairs = list[tuple[str, str]]
"""Names and values of a query, decoded, in order."""

MOST_PARAMETERS = 100

Summary = Literal["false", "text", "data", "count", "true"]


@dataclass(frozen=True, slots=True)
class Include:
    param: SearchParam
    targets: tuple[str, ...]
    reverse: bool
    iterate: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    type: str
    conditions: tuple[Condition, ...] = ()
    sort: tuple[SortKey, ...] = ()
    count: int
    includes: tuple[Include, ...] = ()
    elements: tuple[str, ...] = ()
    summary: Summary = "false"
    used: str = ""
    """The query as it was understood, for the self link."""


def pairs(query: str) -> Pairs:
    """The names and values of a query, with or without its `?`."""
    return parse_qsl(query.removeprefix("?"), keep_blank_values=True)


def read_search(session: Session, type_: str, query: Pairs, *, lenient: bool = False) -> Search:
    """Refuses with 400 what is not understood; if `lenient`, unknown parameters are left out instead."""
    if len(query) > MOST_PARAMETERS:
        raise refusal(400, "too-costly", f"A search has {MOST_PARAMETERS} parameters at most")
    search = Search(type=type_, count=session.space.settings.page_size)
    used: Pairs = []
    for name, value in query:
        try:
            search = _with(search, session, name, value)
            used.append((name, value))
        except UnknownParameterError:
            if not lenient:
                raise
    return replace(search, used=urlencode(used))


def matching(session: Session, type_: str, query: Pairs) -> list[int]:
    """pks of what a conditional interaction goes by, two at most: none, one or many is all that it asks.

    Refuses with 400 a query without a condition, and in it what is none.
    """
    if not 0 < len(query) <= MOST_PARAMETERS:
        raise refusal(400, "required", f"A conditional interaction needs 1 to {MOST_PARAMETERS} search parameters")
    conditions = [condition(session, type_, name, value) for name, value in query]
    return [row.pk for row in session.connection.execute(matches(type_, conditions, limit=2))]


def found(session: Session, search: Search) -> list[tuple[int, int]]:
    """pk and version of every match, in order."""
    rows = session.connection.execute(matches(search.type, search.conditions, search.sort))
    return [(pk, version) for pk, version in rows]


def total(session: Session, search: Search) -> int:
    return session.connection.execute(number_of_matches(search.type, search.conditions)).scalar_one()


def included(session: Session, search: Search, matched: Iterable[int]) -> list[int]:
    """The versions that `_include` and `_revinclude` add to these matches, each once, and never a match of the page."""
    seen = set(matched)
    added: list[int] = []
    fresh, rules = sorted(seen), search.includes
    while fresh and rules:
        reached = {pk: version for rule in rules for pk, version in _follow(session, rule, fresh)}
        fresh = [pk for pk in reached if pk not in seen]
        seen.update(fresh)
        added.extend(reached[pk] for pk in fresh)
        rules = tuple(rule for rule in rules if rule.iterate)
    return added


def _follow(session: Session, rule: Include, pks: Sequence[int]) -> Iterator[tuple[int, int]]:
    query = referring(rule.param) if rule.reverse else referred(rule.param, rule.targets)
    yield from ((pk, version) for pk, version in session.connection.execute(query, {"pks": pks}))


def _with(search: Search, session: Session, name: str, value: str) -> Search:
    control, _, modifier = name.partition(":")
    match control:
        case "_sort":
            return replace(search, sort=search.sort + tuple(_sort(search.type, value)))
        case "_count":
            return replace(search, count=read_count(value, session.space.settings.page_limit))
        case "_include" | "_revinclude" if modifier in ("", "iterate"):
            one = _include(search.type, value, reverse=control == "_revinclude", iterate=modifier == "iterate")
            return replace(search, includes=(*search.includes, one))
        case "_elements":
            return replace(search, elements=search.elements + tuple(value.split(",")))
        case "_summary":
            return replace(search, summary=read_summary(value))
        case "_total" if value in ("none", "estimate", "accurate"):
            return search  # it is always told, and always accurate
        case _:
            found = condition(session, search.type, name, value)
            return replace(search, conditions=(*search.conditions, found))


def _sort(type_: str, value: str) -> Iterator[SortKey]:
    for key in value.split(","):
        name = key.removeprefix("-")
        param = SEARCH_PARAMS[type_].get(name)
        if name != "_id" and param is None:
            raise refusal(400, "not-supported", "A _sort parameter is not known")
        if param and param.kind == "reference":
            raise refusal(400, "not-supported", "References cannot be sorted by")
        yield SortKey(param, key.startswith("-"))


def read_count(value: str, limit: int) -> int:
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise refusal(400, "value", "_count is a whole number")
    return min(int(value), limit)


def read_summary(value: str) -> Summary:
    match value:
        case "true" | "false" | "text" | "data" | "count":
            return value
    raise refusal(400, "value", "_summary is true, false, text, data or count")


def _include(type_: str, value: str, *, reverse: bool, iterate: bool) -> Include:
    source, name, target = [*value.split(":"), "", ""][:3]
    param = SEARCH_PARAMS[source].get(name) if source in SEARCH_PARAMS else None
    if param is None or param.kind != "reference" or value.count(":") > 2 or (target and target not in param.targets):
        raise _unknown_include()
    targets = (target,) if target else param.targets
    if not iterate and type_ not in (targets if reverse else (source,)):
        raise _unknown_include()
    return Include(param, targets, reverse, iterate)


def _unknown_include() -> Refusal:
    return refusal(
        400, "not-supported", "An _include or _revinclude is Type:parameter or Type:parameter:Target, of references"
    )
