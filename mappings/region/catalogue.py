"""What a region says of itself: units, source systems and their code tables (`catalogue_files.py` reads them)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from mappings.codes.systems import BASE, LOCAL_PATIENT
from mappings.region.unit import Unit

HSA_ID = re.compile(r"SE[0-9]{10}-[A-Za-z0-9]{1,18}\Z")
"""OR-1: `SE`, ten digits, `-`, letters and digits without å ä ö; 31 characters at most."""

OF_REGION = frozenset({"regions", "positions"})
"""Tables that all sources of a region share; the others each source has for itself."""


@dataclass(frozen=True, slots=True)
class Row:
    """One code of a table."""

    code: str
    display: str
    columns: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.columns.get(column, "")

    def several(self, column: str) -> tuple[str, ...]:
        """The codes of a column that may hold many."""
        return tuple(one.strip() for one in self[column].split("|") if one.strip())

    def says(self, column: str) -> bool:
        return self.columns.get(column) == "yes"


Table = Mapping[str, Row]

NO_ROW = Row("", "", MappingProxyType({}))
NO_TABLE: Table = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Source:
    """A source system with its own tables; the vocabulary of its messages (Decided 12)."""

    id: str
    name: str
    region: str
    tables: Mapping[str, Table]
    default_unit: str | None
    """The sender's own unit (OR-3)."""
    reserve_number_system: str | None
    changed_at: bool
    """True for a source without version numbers, which sends `changedAt` (Decided 6)."""
    accepts_at_once: frozenset[str] = frozenset()
    """What a patient may do over an e-service without the source being asked first (Decided 14)."""
    care_giver: str | None = None
    """HSA-id of the care giver (*vårdgivare*) that answers for what the source keeps: contracts of RIV-TA demand it."""

    def table(self, name: str) -> Table:
        return self.tables.get(name, NO_TABLE)

    def row(self, table: str, code: str | None) -> Row:
        """The row of a code; an empty one where the table does not hold it."""
        return self.table(table).get(code or "", NO_ROW)

    def system(self, table: str) -> str:
        if table == "reservnummer":
            return self.reserve_number_system or f"{LOCAL_PATIENT}{self.id}"
        owner = self.region if table in OF_REGION else self.id
        return f"{BASE}/CodeSystem/{owner}-{table}"

    def display(self, table: str, code: str) -> str | None:
        return self.row(table, code).display or None

    def column(self, table: str, code: str, column: str) -> str | None:
        return self.row(table, code)[column] or None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A region, checked."""

    region: str
    name: str
    version: str
    """Of the folder's content: the ledger keeps it with every row (Decided 6)."""
    sources: Mapping[str, Source]
    units: Mapping[str, Unit]
    administrations: Mapping[str, str]
    """HSA-id of a unit -> its administration (*förvaltning*)."""
    switches: Mapping[str, bool]
    """Rules that the region has switched off or on (PI-2)."""
    says: Mapping[str, Row] = field(default_factory=lambda: NO_TABLE)
    """HSA-id of a unit -> what the rules ask of it: form of care, web time book …"""
    off: frozenset[str] = frozenset()
    """Fields of the booking that the region has switched off (BO-12)."""

    def unit(self, hsa_id: str | None) -> Row:
        """What is said of a unit; an empty row where it is unknown."""
        return self.says.get(hsa_id or "", NO_ROW)
