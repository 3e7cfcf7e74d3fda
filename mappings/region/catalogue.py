"""What a region says of itself: units, source systems and their code tables, in a folder that the region edits.

The folder's texts come in as strings; nothing here reads a file. `docs/catalogue.md` says how each file looks.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from mappings.codes.systems import BASE, LOCAL_PATIENT
from mappings.codes.tables import POSITIONS
from mappings.region.unit import EService, Unit

HSA_ID = re.compile(r"^SE\d{10}-[A-Za-z0-9]{1,18}$")
"""OR-1: `SE`, ten digits, `-`, letters and digits without å ä ö; 31 characters at most."""


@dataclass(frozen=True, slots=True)
class Hole:
    """Something wrong in the catalogue: which file, which line (1 is the first; 0 the whole file), what to do."""

    file: str
    line: int
    sv: str
    en: str

    def __str__(self) -> str:
        at = f"{self.file}:{self.line}" if self.line else self.file
        return f"{at}: {self.en} / {self.sv}"


class CatalogueHasHoles(Exception):
    """The catalogue cannot be used; every hole is told at once."""

    def __init__(self, holes: Iterable[Hole]) -> None:
        self.holes = tuple(holes)
        super().__init__("\n".join(str(hole) for hole in self.holes))


@dataclass(frozen=True, slots=True)
class Row:
    """One code of a table."""

    code: str
    display: str
    columns: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.columns.get(column, "")

    def says(self, column: str) -> bool:
        return self.columns.get(column) == "yes"


NO_ROW = Row("", "", MappingProxyType({}))

Table = Mapping[str, Row]

YES_OR_NO = frozenset({"", "yes", "no"})


@dataclass(frozen=True, slots=True)
class Columns:
    """What a table's file holds beside `code` and `display`."""

    names: tuple[str, ...] = ()
    refers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Columns whose values are codes of another table; empty is allowed."""
    allows: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    needs: frozenset[str] = frozenset()


OF_SOURCE: Mapping[str, Columns] = MappingProxyType(
    {
        "contact-types": Columns(("kva", "distance"), allows={"distance": YES_OR_NO}),
        "visit-types": Columns(("hl7", "new"), allows={"new": YES_OR_NO}),
        "professions": Columns(
            ("staff_category", "physician"),
            refers={"staff_category": "staff-categories"},
            allows={"physician": YES_OR_NO},
        ),
        "staff-categories": Columns(),
        "care-services": Columns(
            ("profession", "contact_type", "visit_type", "minutes", "adjustable", "team"),
            refers={"profession": "professions", "contact_type": "contact-types", "visit_type": "visit-types"},
            allows={"adjustable": YES_OR_NO, "team": frozenset({"", "owner", "participation"})},
            needs=frozenset({"minutes"}),
        ),
        "cancel-reasons": Columns(("hl7", "by"), allows={"by": frozenset({"", "care", "patient"})}),
        "customers": Columns(("region",), refers={"region": "regions"}),
        "agreements": Columns(("administration",)),
        "category1": Columns(),
        "contact-roles": Columns(),
    }
)
"""Tables that each source system has for itself."""

OF_REGION: Mapping[str, Columns] = MappingProxyType({"regions": Columns(), "positions": Columns()})
"""Tables that all sources of the region share."""

UNIT_COLUMNS = (
    "hsa_id",
    "name",
    "administration",
    "street",
    "postal_code",
    "town",
    "public_phone",
    "care_to_care_phone",
)


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

    def table(self, name: str) -> Table:
        return self.tables.get(name, MappingProxyType({}))

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


def load(files: Mapping[str, str]) -> Catalogue:
    """The catalogue in a folder's files (path inside the folder -> text). Raises `CatalogueHasHoles`, all at once."""
    holes: list[Hole] = []
    head = _head(files, holes)
    units, administrations = _units(files, holes)
    shared = {name: _table(f"{name}.csv", files, columns, holes) for name, columns in OF_REGION.items()}
    sources = {
        str(entry["id"]): _source(entry, str(head.get("id", "")), files, shared, set(units), holes)
        for entry in head.get("source", [])
        if isinstance(entry, dict) and entry.get("id")
    }
    holes += _strangers(files, sources)
    if holes:
        raise CatalogueHasHoles(holes)
    text = "\x00".join(f"{name}\x01{content}" for name, content in sorted(files.items()))
    switches = {str(key): bool(value) for key, value in head.get("rules", {}).items()}
    return Catalogue(
        str(head["id"]),
        str(head["name"]),
        sha256(text.encode()).hexdigest()[:12],
        sources,
        units,
        administrations,
        switches,
    )


def _head(files: Mapping[str, str], holes: list[Hole]) -> dict[str, Any]:
    if "region.toml" not in files:
        holes.append(
            Hole(
                "region.toml",
                0,
                "filen saknas: lägg till den med id, name och minst en [[source]]",
                "missing: add it with id, name and at least one [[source]]",
            )
        )
        return {}
    try:
        head = tomllib.loads(files["region.toml"])
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        holes.append(
            Hole(
                "region.toml",
                int(found[1]) if found else 0,
                "är inte giltig TOML här: rätta raden",
                "is not valid TOML here: mend the line",
            )
        )
        return {}
    for name in ("id", "name", "source"):
        if not head.get(name):
            holes.append(Hole("region.toml", 0, f"{name} saknas: ange det", f"{name} is missing: give it"))
    for entry in head.get("source", []):
        if not re.match(r"^[A-Za-z0-9._~-]{1,64}$", str(entry.get("id", ""))):
            line = _line_of(files["region.toml"], "[[source]]")
            holes.append(
                Hole(
                    "region.toml",
                    line,
                    "källans id är 1–64 tecken ur A–Z a–z 0–9 . _ ~ -",
                    "a source's id is 1-64 of A-Z a-z 0-9 . _ ~ -",
                )
            )
    return head


def _line_of(text: str, what: str) -> int:
    return next((number for number, line in enumerate(text.splitlines(), 1) if what in line), 0)


def _rows(
    name: str, files: Mapping[str, str], columns: tuple[str, ...], holes: list[Hole]
) -> Iterator[tuple[int, dict[str, str]]]:
    if name not in files:
        holes.append(
            Hole(
                name,
                0,
                f"filen saknas: lägg till den med kolumnerna {';'.join(columns)}",
                f"missing: add it with the columns {';'.join(columns)}",
            )
        )
        return
    reader = csv.reader(io.StringIO(files[name].removeprefix("\ufeff")), delimiter=";")
    header = [cell.strip() for cell in next(reader, [])]
    if missing := [column for column in columns if column not in header]:
        holes.append(
            Hole(
                name,
                1,
                f"kolumnen {missing[0]} saknas i första raden (semikolon skiljer kolumner)",
                f"the first line lacks the column {missing[0]} (columns are set apart by semicolons)",
            )
        )
        return
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            holes.append(
                Hole(
                    name,
                    reader.line_num,
                    f"raden har {len(cells)} kolumner, första raden {len(header)}: lägg till eller ta bort semikolon",
                    f"the line has {len(cells)} columns, the first line {len(header)}: add or take away semicolons",
                )
            )
            continue
        yield reader.line_num, dict(zip(header, (cell.strip() for cell in cells), strict=True))


def _table(name: str, files: Mapping[str, str], columns: Columns, holes: list[Hole]) -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for line, cells in _rows(name, files, ("code", "display", *columns.names), holes):
        code = cells.pop("code")
        if not re.match(r"^\S+( \S+)*$", code) or len(code) > 64:
            holes.append(
                Hole(
                    name,
                    line,
                    "code saknas eller är ingen kod: ange en på högst 64 tecken utan inledande blanksteg",
                    "code is missing or is no code: give one of 64 characters at most",
                )
            )
        elif code in rows:
            holes.append(
                Hole(
                    name,
                    line,
                    "koden står redan längre upp: ta bort en av raderna",
                    "the code stands further up already: take one of the lines away",
                )
            )
        else:
            holes += _cells(name, line, cells, columns)
            rows[code] = Row(
                code, cells.pop("display"), MappingProxyType({key: value for key, value in cells.items() if value})
            )
    return rows


def _cells(name: str, line: int, cells: Mapping[str, str], columns: Columns) -> Iterator[Hole]:
    for column in ("display", *columns.needs):
        if not cells.get(column):
            yield Hole(name, line, f"{column} saknas: fyll i kolumnen", f"{column} is missing: fill in the column")
    for column, allowed in columns.allows.items():
        if cells.get(column, "") not in allowed:
            words = ", ".join(sorted(allowed - {""}))
            yield Hole(
                name,
                line,
                f"{column} ska vara tom eller något av: {words}",
                f"{column} is to be empty or one of: {words}",
            )
    if "minutes" in columns.names and cells.get("minutes") and not re.match(r"^[1-9]\d{0,3}$", cells["minutes"]):
        yield Hole(name, line, "minutes ska vara hela minuter, 1–9999", "minutes is to be whole minutes, 1-9999")


def _source(
    entry: Mapping[str, Any],
    region: str,
    files: Mapping[str, str],
    shared: Mapping[str, Table],
    units: set[str],
    holes: list[Hole],
) -> Source:
    folder = str(entry.get("tables", entry["id"]))
    own: dict[str, Table] = {
        name: _table(f"{folder}/{name}.csv", files, columns, holes) for name, columns in OF_SOURCE.items()
    }
    tables = own | {
        "positions": {code: Row(code, term, MappingProxyType({})) for code, term in POSITIONS.items()}
        | dict(shared["positions"]),
        "regions": shared["regions"],
    }
    for name, columns in OF_SOURCE.items():
        holes += _dangling(f"{folder}/{name}.csv", files, tables[name], columns, tables)
    unit = entry.get("default_unit")
    if unit is not None and unit not in units:
        holes.append(
            Hole(
                "region.toml",
                _line_of(files["region.toml"], str(unit)),
                "default_unit finns inte i units.csv: lägg till enheten",
                "default_unit is not in units.csv: add the unit",
            )
        )
    return Source(
        id=str(entry["id"]),
        name=str(entry.get("name", entry["id"])),
        region=region,
        tables=MappingProxyType(tables),
        default_unit=str(unit) if unit else None,
        reserve_number_system=entry.get("reserve_number_system"),
        changed_at=entry.get("versions") == "changedAt",
    )


def _dangling(
    name: str, files: Mapping[str, str], table: Table, columns: Columns, tables: Mapping[str, Table]
) -> Iterator[Hole]:
    for row in table.values():
        for column, target in columns.refers.items():
            if row[column] and row[column] not in tables[target]:
                line = _line_of(files.get(name, ""), f"{row.code};")
                yield Hole(
                    name,
                    line,
                    f"{column} finns inte i {target}.csv: lägg till koden där eller rätta den här",
                    f"{column} is not in {target}.csv: add the code there or mend it here",
                )


def _units(files: Mapping[str, str], holes: list[Hole]) -> tuple[dict[str, Unit], dict[str, str]]:
    services: dict[str, list[EService]] = {}
    for _, cells in _rows("e-services.csv", files, ("unit", "name", "url"), holes):
        if cells["name"] and cells["url"]:
            services.setdefault(cells["unit"], []).append(EService(name=cells["name"], url=cells["url"]))
    units: dict[str, Unit] = {}
    administrations: dict[str, str] = {}
    for line, cells in _rows("units.csv", files, UNIT_COLUMNS, holes):
        hsa_id = cells["hsa_id"]
        if not HSA_ID.match(hsa_id):
            holes.append(
                Hole(
                    "units.csv",
                    line,
                    "hsa_id är inget HSA-id: SE, tio siffror, -, bokstäver och siffror",
                    "hsa_id is no HSA-id: SE, ten digits, -, letters and digits",
                )
            )
        elif not cells["name"] or not cells["administration"]:
            holes.append(
                Hole(
                    "units.csv",
                    line,
                    "name och administration ska fyllas i",
                    "name and administration are to be filled in",
                )
            )
        elif hsa_id in units:
            holes.append(
                Hole(
                    "units.csv",
                    line,
                    "enheten står redan längre upp: ta bort en av raderna",
                    "the unit stands further up already: take one of the lines away",
                )
            )
        else:
            told = {key: cells[key] or None for key in UNIT_COLUMNS if key != "administration"}
            units[hsa_id] = Unit(**told, e_services=tuple(services.pop(hsa_id, ())))
            administrations[hsa_id] = cells["administration"]
    for stranger in services:
        holes.append(
            Hole(
                "e-services.csv",
                _line_of(files["e-services.csv"], stranger),
                "enheten finns inte i units.csv: lägg till den där",
                "the unit is not in units.csv: add it there",
            )
        )
    return units, administrations


def _strangers(files: Mapping[str, str], sources: Mapping[str, Source]) -> Iterator[Hole]:
    """A file that nothing reads is a misspelt one."""
    known = {"region.toml", "units.csv", "e-services.csv", "README.md"} | {f"{name}.csv" for name in OF_REGION}
    for name in sorted(files):
        if name not in known and name.rpartition("/")[2].removesuffix(".csv") not in OF_SOURCE:
            yield Hole(
                name,
                0,
                "ingen läser den här filen: rätta namnet eller ta bort den",
                "nothing reads this file: mend its name or take it away",
            )
