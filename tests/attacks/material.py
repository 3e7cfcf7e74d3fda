"""What the attacks share: messages of the second source, and a look into the ledger's file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from mappings.problem import Json

COSMIC, PASIS = "SE2321000115-COSMIC", "SE2321000115-PASIS"


def pasis(number: str, minute: int, patient: Json, **changes: Any) -> Json:
    """A single booked visit in PASIS' own codes; `minute` of the hour at which the source changed it."""
    return {
        "source": PASIS,
        "number": number,
        "changedAt": f"2026-11-20T09:{minute:02}:00+01:00",
        "patient": patient,
        "form": "single",
        "status": "booked",
        "acute": False,
        "noMedicalConnection": True,
        "basis": {"kind": "quick", "targetDate": "2026-12-01", "customer": "SKÅNE", "agreement": "HAB"},
        "lines": [
            {
                "number": "1",
                "owner": True,
                "staff": "SE2321000115-P0201",
                "careService": "LÄKBESÖK",
                "start": "2026-12-01T08:00:00+01:00",
            }
        ],
    } | changes


def columns(folder: Path) -> Iterator[tuple[str, str, bytes]]:
    """(table, column, value) of all that a gateway's ledger holds."""
    with closing(sqlite3.connect(f"file:{folder / 'ledger.db'}?mode=ro", uri=True)) as ledger:
        tables = [name for (name,) in ledger.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        for table in tables:
            cursor = ledger.execute(f'SELECT * FROM "{table}"')
            names = [described[0] for described in cursor.description]
            for row in cursor:
                for name, value in zip(names, row, strict=True):
                    yield table, name, value if isinstance(value, bytes) else str(value).encode()
