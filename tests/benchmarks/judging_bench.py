"""Judging one booking of a series or of a group of 500, beside a single one: with what the ledger knows of the others.

python -m tests.benchmarks.judging_bench
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from adapter.delivery.ledger import Ledger
from adapter.intake import Intake
from adapter.keys import Keys
from adapter.outcomes import Checked, Kept
from adapter.region import catalogue
from adapter.security.caller import OPERATOR
from adapter.server.ids import Ids
from mappings.problem import Json
from mappings.resources import BOOKING
from mappings.rules.rulebook import judge
from tests.benchmarks.mapping_bench import milliseconds
from tests.benchmarks.people import numbers, team_booking, understood

MANY = 500
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
ROUNDS = 500


def visit(number: str, person: str, start: datetime, **more: Any) -> Json:
    """A return visit to one who is met alone."""
    whole = team_booking(number, 1, person, start)
    line = {**whole["lines"][0], "profession": "sjukskoterska", "staff": "SE2321000115-P0004", "careService": "ekg"}
    whole.pop("jointAssessment")
    whole.pop("noMedicalConnection")
    line |= {"duration": "PT15M"}
    line.pop("ownTreatmentResponsibility")
    return {**whole, "form": "single", "visitType": "aterbesok", "lines": [line], "summons": {"way": "letter"}, **more}


def of_a_series(first: datetime) -> Iterator[Json]:
    person = numbers(1)[0]
    for index in range(MANY):
        start = first + timedelta(weeks=index)
        yield visit(f"S{index}", person, start, series={"id": "SERIE", "interval": "P7D"})


def of_a_group(first: datetime) -> Iterator[Json]:
    for index, person in enumerate(numbers(MANY)):
        yield visit(f"G{index}", person, first, form="group", group={"id": "GRUPP", "patients": MANY})


async def figures(folder: Path) -> None:
    home, keys = catalogue(), Keys(bytes(32))
    ledger = Ledger.open(f"sqlite:///{folder / 'ledger.db'}", home.region)
    intake = Intake(home, ledger, Ids(home.region, keys.of("ids")), keys, lambda: NOW)
    first = datetime(2026, 12, 1, 9, tzinfo=UTC)
    rows: dict[str, list[Json]] = {
        "single": [visit("A1", numbers(501)[-1], first)],
        f"of a series of {MANY}": list(of_a_series(first)),
        f"of a group of {MANY}": list(of_a_group(first)),
    }
    print(f"{'':26} look up, judge, map, validate      judge alone")
    floor = (0.0, 0.0)
    for name, messages in rows.items():
        for message in messages:
            taken = await intake.take("booking", orjson.dumps(message), OPERATOR)
            if not isinstance(taken, Kept):
                raise SystemExit(f"a message of the benchmark is refused: {taken}")
        body = orjson.dumps({**messages[len(messages) // 2], "version": 2})
        if not isinstance(checked := intake.check("booking", body, OPERATOR), Checked):
            raise SystemExit(f"a message of the benchmark is refused: {checked}")
        facts = intake._looked(understood(body, home)).facts
        whole = milliseconds(partial(intake.check, "booking", body, OPERATOR), ROUNDS)
        alone = milliseconds(partial(judge, facts, BOOKING.fhirpath), ROUNDS)
        floor = floor if all(floor) else (whole, alone)
        print(
            f"  {name:24} {whole:7.3f} ms  {whole / floor[0]:4.1f} x single      "
            f"{alone:7.3f} ms  {alone / floor[1]:4.1f} x single"
        )
    await ledger.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(figures(Path(folder)))


if __name__ == "__main__":
    main()
