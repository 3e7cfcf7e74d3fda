"""The statements of the list: those that search it are made for what is asked, in what SQLite and PostgreSQL share.

SQLite keeps no statistics of its own accord, so it is told which index to walk: a condition that is only to be tested
is hidden from it behind `coalesce(…, NULL)`, which PostgreSQL sees through.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple, TypeAlias

import sqlalchemy as sa

from adapter.delivery.schema import aggregate, listing, meta
from mappings.listing import Among, Between

REMEMBERED: Final = 256
"""How many statements are remembered."""


# Kept ---------------------------------------------------------------------------------------------------------------

_PLACE: Final = ("kind", "source", "number")
_ITS: Final = sa.and_(*(listing.c[name] == sa.bindparam(f"of_{name}") for name in _PLACE))
_SAID: Final = [column.name for column in listing.c if column.name not in ("id", *_PLACE)]

OF: Final = sa.select(listing).where(_ITS)
INSERT: Final = sa.insert(listing).values({name: sa.bindparam(name) for name in (*_PLACE, *_SAID)})
UPDATE: Final = sa.update(listing).where(_ITS).values({name: sa.bindparam(name) for name in _SAID})
DELETE: Final = sa.delete(listing).where(_ITS)
EMPTY: Final = sa.delete(listing)
FORGET_VERSION: Final = sa.delete(meta).where(meta.c.name == sa.bindparam("of"))
STATES: Final = (
    sa.select(aggregate)
    .where(sa.tuple_(*(aggregate.c[name] for name in _PLACE)) > sa.tuple_(*map(sa.bindparam, _PLACE)))
    .order_by(*(aggregate.c[name] for name in _PLACE))
    .limit(sa.bindparam("most"))
)
_SAME: Final = sa.and_(*(listing.c[name] == aggregate.c[name] for name in _PLACE))
LISTED: Final = (
    sa.select(aggregate, listing.c.id.label("listing_id"))
    .join(listing, _SAME)
    .where(listing.c.id.in_(sa.bindparam("ids", expanding=True)))
)

# Searched -----------------------------------------------------------------------------------------------------------


class Shape(NamedTuple):
    """A condition without its values."""

    column: str
    between: bool


Shapes: TypeAlias = tuple[Shape, ...]
From: TypeAlias = Any
"""The list, or the list under another name."""


def shape_of(condition: Among | Between) -> Shape:
    return Shape(condition.column, isinstance(condition, Between))


def values_of(conditions: Iterable[Among | Between]) -> dict[str, Any]:
    """What the statements below are given of each condition."""
    found: dict[str, Any] = {}
    for one in conditions:
        if isinstance(one, Between):
            found |= {f"{one.column}_first": one.first, f"{one.column}_last": one.last}
        else:
            found[f"{one.column}_any"] = list(one.values)
    return found


@cache
def _bind(name: str, *, expanding: bool = False) -> sa.BindParameter[Any]:
    """One and the same wherever it stands."""
    return sa.bindparam(name, expanding=expanding)


def _hidden(column: Any) -> Any:
    return sa.func.coalesce(column, sa.null())


def _holds(column: Any, test: Shape) -> Any:
    if test.between:
        return column.between(_bind(f"{test.column}_first"), _bind(f"{test.column}_last"))
    return column.in_(_bind(f"{test.column}_any", expanding=True))


def _all(of: From, tests: Shapes) -> Any:
    """Every test holds; none of them leads to an index."""
    return sa.and_(sa.true(), *(_holds(_hidden(of.c[one.column]), one) for one in tests))


def _page(chosen: sa.Select[Any], *, onward: bool) -> sa.Select[Any]:
    """The next in the order of the list: from its beginning, or behind a place."""
    if onward:
        later = sa.or_(_hidden(listing.c.rank) > _bind("after_rank"), _hidden(listing.c.id) > _bind("after_id"))
        chosen = chosen.where(_hidden(listing.c.rank) >= _bind("after_rank"), later)
    return chosen.order_by(listing.c.rank, listing.c.id).limit(_bind("most"))


_SPOTS: Final = sa.select(listing.c.rank, listing.c.id)
STANDING: Final = Shape("standing", between=False)


@lru_cache(REMEMBERED)
def walk(column: str | None, tests: Shapes, *, onward: bool) -> sa.Select[Any]:
    """The next places of one standing, and of one value of a column, along an index in the order of the list."""
    own = [listing.c.standing == _bind("standing"), listing.c.rank.between(_bind("rank_first"), _bind("rank_last"))]
    if column is not None:
        own.append(listing.c[column] == _bind("value"))
    return _page(_SPOTS.where(*own, _all(listing, tests)), onward=onward)


@lru_cache(REMEMBERED)
def gathered(driver: Shape, tests: Shapes, *, onward: bool) -> sa.Select[Any]:
    """The next places that fit, found by one condition and then put in order."""
    return _page(_SPOTS.where(_led(driver), _all(listing, tests)), onward=onward)


def _led(driver: Shape) -> Any:
    return sa.and_(_holds(listing.c.standing, STANDING), _holds(listing.c[driver.column], driver))


@lru_cache(REMEMBERED)
def of_patient(tests: Shapes, *, together: bool) -> sa.Select[Any]:
    """All places of one patient that fit, in the order of the list."""
    fits = _FITS.join(aggregate, _SAME).where(aggregate.c.patient_hash == _bind("patient_hash"))
    return _whole(fits.where(_all(listing, (STANDING, *tests))), together=together)


@lru_cache(REMEMBERED)
def of_driver(driver: Shape, tests: Shapes, *, together: bool) -> sa.Select[Any]:
    """All places that fit, found by one condition, in the order of the list."""
    return _whole(_FITS.where(_led(driver), _all(listing, tests)), together=together)


_FITS = sa.select(listing.c.rank, listing.c.id, listing.c.source, listing.c.together)


def _whole(fitting: sa.Select[Any], *, together: bool) -> sa.Select[Any]:
    """With all that they are shown together with, where that is asked."""
    fits = fitting.cte("fits")
    own = sa.select(fits.c.rank, fits.c.id)
    mate = listing.alias("mate")
    theirs = sa.select(mate.c.rank, mate.c.id).where(mate.c.source == fits.c.source, mate.c.together == fits.c.together)
    found = (sa.union(own, theirs) if together else own).subquery("found")
    return sa.select(found.c.rank, found.c.id).order_by(found.c.rank, found.c.id)


@lru_cache(REMEMBERED)
def walk_together(tests: Shapes, *, onward: bool) -> sa.Select[Any]:
    """The next places of one standing that fit, or that are shown together with one that fits."""
    mate, all_tests = listing.alias("mate"), (STANDING, *tests)
    with_one = sa.exists().where(
        mate.c.source == listing.c.source, mate.c.together == listing.c.together, _all(mate, all_tests)
    )
    shown = sa.or_(_all(listing, all_tests), with_one)
    return _page(_SPOTS.where(listing.c.standing == _bind("on"), shown), onward=onward)


@lru_cache(REMEMBERED)
def peek(driver: Shape) -> sa.Select[Any]:
    """How many places a condition alone finds, counted no further than to `most`."""
    some: sa.Select[Any] = (
        sa.select(sa.literal_column("1")).select_from(listing).where(_led(driver)).limit(_bind("most"))
    )
    return sa.select(sa.func.count()).select_from(some.subquery("some"))


KEEPING: Final = {
    name: found for name, found in globals().items() if name.isupper() and isinstance(found, sa.Executable)
}
"""For the test that compiles them all."""
