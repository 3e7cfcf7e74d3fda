"""`vardbro waiting`: what is on the waiting list and would be refused today, from beside a gateway."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson
from rich.text import Text

from adapter import keys as region_keys
from adapter.beside import listing_of_state
from adapter.cli.check import print_problems
from adapter.cli.console import console, progress, tell, write_line
from adapter.cli.exits import Code
from adapter.cli.messages import Place, beside, settings_at
from adapter.delivery import Aggregate, Ledger
from adapter.delivery.listings import EVERYBODY, FIRST, Page
from adapter.intake import Intake
from adapter.keys import Keys
from adapter.outcomes import problem_json
from adapter.region import catalogue
from adapter.server.ids import Ids
from mappings.listing import Sought
from mappings.problem import Problem
from mappings.region.catalogue import Catalogue
from mappings.region.waiting_list import Filter
from mappings.rules.waiting_list import sought

PAGE = 200


@dataclass(frozen=True, slots=True)
class Judged:
    """A booking on the list, and what would refuse it."""

    held: Aggregate
    problems: tuple[Problem, ...]


def unlawful(place: Place, keys: Path | None, *, as_json: bool) -> Code:
    """Tells of every booking on the list that would be refused, by target date; none is changed."""
    settings = settings_at(place)
    region = catalogue(settings.region)
    write = _json if as_json else _text

    async def work(ledger: Ledger) -> tuple[int, int]:
        known = region_keys.read(keys or settings.keys or settings.data / "keys")
        intake = _intake(ledger, region, known)
        ledger.list_from_the_start(listing_of_state)
        total = refused = 0
        with progress(None, "judged") as passed:
            for one in _judged(intake):
                total += 1
                passed(1)
                if one.problems:
                    refused += 1
                    write(one)
        return total, refused

    total, refused = beside(place, work)
    sys.stdout.flush()
    if not as_json:
        tell(f"{total} on the waiting list, {refused} of them would be refused today; none was changed")
    return Code.REFUSED if refused else Code.GOOD


def _intake(ledger: Ledger, region: Catalogue, keys: Keys) -> Intake:
    return Intake(region, ledger, Ids(region.region, keys.of("ids")), keys, lambda: datetime.now(UTC))


def _judged(intake: Intake) -> Iterator[Judged]:
    for part in (Filter(), Filter(missed=True)):
        yield from (Judged(one, tuple(intake.lawful_today(one))) for one in _listed(intake.ledger, sought(part)))


def _listed(ledger: Ledger, part: Sought) -> Iterator[Aggregate]:
    page: Page | None = Page(FIRST.after, PAGE)
    while page:
        found = ledger.search(part, EVERYBODY, page)
        yield from found.rows
        page = Page(found.last, PAGE) if found.last else None


def _text(one: Judged) -> None:
    out = console()
    out.print(Text.assemble(f"{one.held.source}/{one.held.number}  ", ("would be refused", "red")), soft_wrap=True)
    print_problems(out, one.problems)


def _json(one: Judged) -> None:
    named = {"source": one.held.source, "number": one.held.number, "status": one.held.columns.status}
    named |= {"acceptedAt": one.held.accepted_at.isoformat(), "catalogueVersion": one.held.catalogue_version}
    write_line(orjson.dumps(named | {"problems": [problem_json(problem) for problem in one.problems]}))
