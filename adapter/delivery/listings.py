"""The list that is kept to be searched: written with the acceptance, searched by what leads to the fewest rows."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeAlias

import sqlalchemy as sa

from adapter.delivery import list_statements as sql
from adapter.delivery import statements
from adapter.delivery.bodies import Bodies
from adapter.delivery.claims import Holder
from adapter.delivery.receipts import aggregate_of
from adapter.delivery.schema import listing as table
from adapter.delivery.session import Session
from adapter.delivery.values import Aggregate
from mappings.listing import Among, Between, Listing, Sought
from mappings.problem import Json

FEW: Final = 20_000
"""So many rows may be looked at, to find those of them that fit."""
COUNTED: Final = 5_000
"""So many rows are looked at to say how many fit in all."""
SORTED: Final = 300_000
"""So many rows of an index may be put in order."""
TOGETHER: Final = 500
"""Rows that are read at once where all are read."""

KEPT, VERSION = "listing", "1"
"""In the database: by which version of what a place says its list was made. Another makes it anew."""

ListingOf: TypeAlias = Callable[[str, Json], Listing | None]
"""(kind of aggregate, its state) -> where it stands on the list."""

_SAID: Final = tuple(
    column.name
    for column in table.c
    if column.name not in ("id", "kind", "source", "number", "standing", "rank", "together")
)


class Spot(NamedTuple):
    """A place in the order of the list."""

    rank: int
    id: int


@dataclass(frozen=True, slots=True)
class Page:
    """So many places, behind one."""

    after: Spot
    most: int


FIRST: Final = Page(Spot(-1, -1), 50)


@dataclass(frozen=True, slots=True)
class Who:
    """Whose places may be found."""

    sources: tuple[str, ...] | None = None
    """Of these sources; of all for None."""
    patient_hash: str | None = None
    """Of this patient; of all for None."""


EVERYBODY: Final = Who()
EVERY_RANK: Final = Between("rank", -1, 2**62)


@dataclass(frozen=True, slots=True)
class Found:
    """A page of the list."""

    rows: tuple[Aggregate, ...]
    last: Spot | None
    """Where the next page begins; None for the last one."""
    total: int | None
    """How many fit in all; None where they are too many to be counted at once."""


# -- kept ------------------------------------------------------------------------------------------------------------


def keep(session: Session, holder: Holder, listing: Listing | None, *, new: bool) -> None:
    """The place on the list as an acceptance tells it; one that stays as it was is not written."""
    place = holder._asdict()
    of = {f"of_{name}": part for name, part in place.items()}
    held = None if new else session.row(sql.OF, of)
    if listing is None:
        if held:
            session.run(sql.DELETE, of)
        return
    row = _row(listing)
    if held is None:
        session.run(sql.INSERT, {**place, **row})
    elif any(getattr(held, name) != part for name, part in row.items()):
        session.run(sql.UPDATE, {**of, **row})


def _row(listing: Listing) -> dict[str, Any]:
    own = {"standing": listing.standing, "rank": listing.rank, "together": listing.together}
    return own | {name: listing.said.get(name) for name in _SAID}


def kept_from_the_start(session: Session, bodies: Bodies, listing_of: ListingOf) -> None:
    """The list holds also what was taken in before it was kept: made once for a database, from the states it holds."""
    if session.value(statements.META, {"name": KEPT}) == VERSION:
        return
    session.text("BEGIN IMMEDIATE")
    try:
        session.run(sql.EMPTY)
        for page in _pages(session):
            told = ((row, listing_of(row.kind, bodies.opened(row.state_key, row.state_body))) for row in page)
            rows = [{**_place(row), **_row(one)} for row, one in told if one is not None]
            session.many(sql.INSERT, rows)
        session.run(sql.FORGET_VERSION, {"of": KEPT})
        session.run(statements.INSERT_META, {"name": KEPT, "value": VERSION})
        session.text("COMMIT")
    except BaseException:
        session.rollback()
        raise


def _place(row: Any) -> dict[str, Any]:
    return {"kind": row.kind, "source": row.source, "number": row.number}


def _pages(session: Session) -> Iterator[list[Any]]:
    at = {"kind": "", "source": "", "number": "", "most": TOGETHER}
    while rows := session.rows(sql.STATES, at):
        yield rows
        at |= _place(rows[-1])


# -- searched --------------------------------------------------------------------------------------------------------


def search(session: Session, bodies: Bodies, sought: Sought, who: Who, page: Page) -> Found:
    """The next places that fit, in the order of the list: the lowest rank first, then who came first."""
    if not sought.standings or who.sources == ():
        return Found((), None, 0)
    spots, total = _found(_Asked(session, sought, who, page))
    last = spots[page.most - 1] if len(spots) > page.most else None
    return Found(tuple(_aggregates(session, bodies, spots[: page.most])), last, total)


@dataclass(frozen=True, slots=True)
class _Asked:
    session: Session
    sought: Sought
    who: Who
    page: Page

    @property
    def tests(self) -> tuple[Among | Between, ...]:
        ranks = () if self.sought.ranks is None else (self.sought.ranks,)
        own = () if self.who.sources is None else (Among("source", self.who.sources),)
        return (*self.sought.conditions, *ranks, *own)

    def shapes(self, *but: str) -> sql.Shapes:
        """The conditions without those on these columns, which something else sees to."""
        return tuple(sorted(sql.shape_of(one) for one in self.tests if one.column not in but))

    @property
    def onward(self) -> bool:
        return self.page.after != FIRST.after

    def spots(self, statement: sa.Select[Any], **values: Any) -> list[Spot]:
        asked = sql.values_of((Among("standing", self.sought.standings), *self.tests))
        after = {"after_rank": self.page.after.rank, "after_id": self.page.after.id, "most": self.page.most + 1}
        return [Spot(row.rank, row.id) for row in self.session.rows(statement, {**asked, **after, **values})]


def _found(asked: _Asked) -> tuple[list[Spot], int | None]:
    """The next places, by what leads to the fewest rows; how many fit in all, where so few are looked at."""
    together = bool(asked.sought.together_on)
    if asked.who.patient_hash is not None:
        statement = sql.of_patient(asked.shapes(), together=together)
        return _of_few(asked, statement, patient_hash=asked.who.patient_hash)
    counts = {one: _peek(asked, one, FEW) for one in asked.sought.conditions}
    driver = min(counts, key=lambda one: counts[one], default=None)
    if driver is not None and counts[driver] < COUNTED:
        return _of_few(asked, sql.of_driver(sql.shape_of(driver), asked.shapes(driver.column), together=together))
    if together:
        return _walked_together(asked), None
    ranges = any(isinstance(one, Between) for one in counts)
    if isinstance(driver, Among) and (counts[driver] < FEW or not ranges):
        return _walked(asked, driver), None
    few = driver is not None and (counts[driver] < FEW or (len(counts) == 1 and _peek(asked, driver, SORTED) < SORTED))
    if driver is not None and few:
        return asked.spots(sql.gathered(sql.shape_of(driver), asked.shapes(driver.column), onward=asked.onward)), None
    return _walked(asked, None), None


def _peek(asked: _Asked, condition: Among | Between, most: int) -> int:
    """How many rows a condition alone leads to, counted no further than that."""
    standing = Among("standing", asked.sought.standings)
    return int(
        asked.session.value(sql.peek(sql.shape_of(condition)), {**sql.values_of((standing, condition)), "most": most})
    )


def _of_few(asked: _Asked, statement: sa.Select[Any], **values: Any) -> tuple[list[Spot], int]:
    spots = asked.spots(statement, **values)
    return spots[bisect_right(spots, asked.page.after) :], len(spots)


def _walked(asked: _Asked, driver: Among | None) -> list[Spot]:
    """Each value in each standing is a walk of its own along an index that is in the order of the list already."""
    column = driver.column if driver else None
    statement = sql.walk(column, asked.shapes("rank", *([column] if column else [])), onward=asked.onward)
    ranks = asked.sought.ranks or EVERY_RANK
    between = {"rank_first": max(ranks.first, asked.page.after.rank), "rank_last": ranks.last}
    walks = (
        asked.spots(statement, standing=standing, value=value, **between)
        for standing in asked.sought.standings
        for value in (driver.values if driver else (None,))
    )
    return sorted(spot for walk in walks for spot in walk)[: asked.page.most + 1]


def _walked_together(asked: _Asked) -> list[Spot]:
    statement = sql.walk_together(asked.shapes(), onward=asked.onward)
    walks = (asked.spots(statement, on=standing) for standing in asked.sought.together_on)
    return sorted(spot for walk in walks for spot in walk)[: asked.page.most + 1]


def _aggregates(session: Session, bodies: Bodies, spots: Sequence[Spot]) -> Iterator[Aggregate]:
    rows = session.rows(sql.LISTED, {"ids": [one.id for one in spots]}) if spots else []
    found = {row.listing_id: aggregate_of(row, bodies) for row in rows}
    yield from (found[one.id] for one in spots if one.id in found)
