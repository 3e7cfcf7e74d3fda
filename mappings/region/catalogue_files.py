"""The texts of a region's folder -> the catalogue, or every hole in it: which file, which line, what to do.

Nothing here reads a disk. `docs/catalogue.md` says how each file looks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType

from mappings.codes.tables import POSITIONS
from mappings.region.catalogue import HSA_ID, OF_REGION, Catalogue, Row, Source, Table
from mappings.region.catalogue_columns import E_SERVICE_COLUMNS, OF_SOURCE, UNIT_COLUMNS, UNIT_NAMES, UNIT_SAYS, Columns
from mappings.region.catalogue_folder import CatalogueHasHoles, Folder, Hole, lines
from mappings.region.catalogue_head import Entry, head_and_sources
from mappings.region.unit import EService, Unit

__all__ = ["CatalogueHasHoles", "Hole", "load"]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A table as read, with the line of each code."""

    file: str
    columns: Columns
    rows: dict[str, Row]
    lines: dict[str, int]


def load(files: Mapping[str, str]) -> Catalogue:
    """The catalogue in a folder's files (path inside the folder -> text). Raises `CatalogueHasHoles`, all at once."""
    folder = Folder({name: text.removeprefix("\ufeff") for name, text in files.items()}, [])
    head, entries = head_and_sources(folder)
    units, administrations, rows = _units(folder)
    shared = {name: _sheet(folder, f"{name}.csv", Columns()) for name in sorted(OF_REGION)}
    region = head.id if head else ""
    sources = {entry.id: _source(folder, entry, region, shared, administrations) for entry in entries}
    if not any(hole.file == "region.toml" for hole in folder.holes):
        _strangers(folder, entries)
    if head is None or folder.holes:
        raise CatalogueHasHoles(folder.holes)
    text = "\x00".join(f"{name}\x01{content}" for name, content in sorted(files.items()))
    version = sha256(text.encode()).hexdigest()[:12]
    return Catalogue(region, head.name, version, sources, units, administrations, head.rules, rows, frozenset(head.off))


def _sheet(folder: Folder, name: str, columns: Columns) -> _Sheet:
    sheet = _Sheet(name, columns, {}, {})
    if not columns.demanded and name not in folder.files:
        return sheet
    for line, cells in lines(folder, name, ("code", "display", *columns.names), columns.more):
        code, display = cells.pop("code"), cells.pop("display")
        if not re.fullmatch(r"\S+( \S+)*", code) or len(code) > 64:
            sv = "code saknas eller är ingen kod: ange en på högst 64 tecken, utan dubbla blanksteg"
            en = "code is missing or is no code: give one of 64 characters at most, without double spaces"
            folder.hole(name, line, sv, en)
        elif code in sheet.rows:
            sv = "koden står redan längre upp: ta bort en av raderna"
            folder.hole(name, line, sv, "the code stands further up already: take one of the lines away")
        else:
            _check(folder, name, line, cells | {"display": display}, columns)
            _once(folder, sheet, line, cells, columns)
            filled = {key: value for key, value in cells.items() if value}
            sheet.rows[code], sheet.lines[code] = Row(code, display, MappingProxyType(filled)), line
    return sheet


def _check(folder: Folder, name: str, line: int, cells: Mapping[str, str], columns: Columns) -> None:
    if not cells["display"]:
        folder.hole(name, line, "display saknas: fyll i kolumnen", "display is missing: fill in the column")
    for column, allowed in columns.allows.items():
        if cells.get(column, "") not in allowed:
            words = ", ".join(sorted(allowed - {""}))
            sv = f"{column} ska vara tom eller något av: {words}"
            folder.hole(name, line, sv, f"{column} is to be empty or one of: {words}")
    for column, known in columns.words.items():
        if not known.issuperset(cells[column].split()):
            said = ", ".join(sorted(known))
            sv = f"{column} ska vara tom eller ord ur: {said}, med blanksteg emellan"
            folder.hole(name, line, sv, f"{column} is to be empty or words of: {said}, with spaces between")
    if "minutes" in columns.names and not re.fullmatch(r"[1-9][0-9]{0,3}", cells["minutes"]):
        folder.hole(name, line, "minutes ska vara hela minuter, 1–9999", "minutes is to be whole minutes, 1-9999")


def _once(folder: Folder, sheet: _Sheet, line: int, cells: Mapping[str, str], columns: Columns) -> None:
    for column in sorted(columns.once):
        if (value := cells.get(column)) and any(row[column] == value for row in sheet.rows.values()):
            sv = f"{column} står redan på en rad längre upp: bara en rad kan ha det"
            folder.hole(sheet.file, line, sv, f"{column} stands in a line further up already: only one can have it")


def _source(
    folder: Folder,
    entry: Entry,
    region: str,
    shared: Mapping[str, _Sheet],
    administrations: Mapping[str, str],
) -> Source:
    where = entry.tables or entry.id
    sheets = {name: _sheet(folder, f"{where}/{name}.csv", columns) for name, columns in OF_SOURCE.items()}
    known = {code: Row(code, term, MappingProxyType({})) for code, term in POSITIONS.items()}
    tables: dict[str, Table] = {name: sheet.rows for name, sheet in {**shared, **sheets}.items()}
    tables["positions"] = known | shared["positions"].rows
    for name, columns in OF_SOURCE.items():
        for column, target in columns.refers.items():
            at = f"{target}.csv" if target in OF_REGION else f"{where}/{target}.csv"
            _dangling(folder, sheets[name], column, set(tables[target]), at)
    _dangling(folder, sheets["agreements"], "administration", set(administrations.values()), "units.csv")
    if entry.default_unit and entry.default_unit not in administrations and folder.sound("units.csv"):
        line = _line_of_value(folder.files["region.toml"], entry.default_unit)
        sv = "default_unit finns inte i units.csv: lägg till enheten där eller rätta den här"
        folder.hole("region.toml", line, sv, "default_unit is not in units.csv: add the unit there or mend it here")
    return Source(
        id=entry.id,
        name=entry.name or entry.id,
        region=region,
        tables=MappingProxyType(tables),
        default_unit=entry.default_unit,
        reserve_number_system=entry.reserve_number_system,
        changed_at=entry.versions == "changedAt",
        accepts_at_once=frozenset(entry.accepts_at_once),
        care_giver=entry.care_giver,
    )


def _line_of_value(text: str, value: str) -> int:
    return next((number for number, line in enumerate(text.splitlines(), 1) if value in line), 0)


def _dangling(folder: Folder, sheet: _Sheet, column: str, known: set[str], target: str) -> None:
    """Codes that the target does not hold. What it lacks because of holes of its own is told there, once."""
    if not folder.sound(target):
        return
    several = column in sheet.columns.several
    for code, row in sheet.rows.items():
        if not known.issuperset(row.several(column) if several else filter(None, (row[column],))):
            sv = f"{column} finns inte i {target}: lägg till det där eller rätta det här"
            en = f"{column} is not in {target}: add it there or mend it here"
            folder.hole(sheet.file, sheet.lines[code], sv, en)


def _units(folder: Folder) -> tuple[dict[str, Unit], dict[str, str], dict[str, Row]]:
    """Units by HSA-id, the administration of each, and what the rules ask of it."""
    found: dict[str, dict[str, str]] = {}
    at: dict[str, int] = {}
    for line, cells in lines(folder, "units.csv", UNIT_COLUMNS, (*UNIT_SAYS, *UNIT_NAMES)):
        _check(folder, "units.csv", line, cells | {"display": "-"}, Columns(allows=UNIT_SAYS))
        hsa_id = cells["hsa_id"]
        if not HSA_ID.match(hsa_id):
            sv = "hsa_id är inget HSA-id: skriv SE, tio siffror, bindestreck, och 1–18 bokstäver och siffror"
            en = "hsa_id is no HSA-id: write SE, ten digits, a hyphen, and 1-18 letters and digits"
            folder.hole("units.csv", line, sv, en)
        elif hsa_id in found:
            sv = "enheten står redan längre upp: ta bort en av raderna"
            folder.hole("units.csv", line, sv, "the unit stands further up already: take one of the lines away")
        elif not cells["name"] or not cells["administration"]:
            sv = "name och administration ska fyllas i"
            folder.hole("units.csv", line, sv, "name and administration are to be filled in")
        found.setdefault(hsa_id, cells)
        at.setdefault(hsa_id, line)
    services = _e_services(folder, set(found))
    units = {} if folder.holes else {key: _unit(cells, services.get(key, ())) for key, cells in found.items()}
    administrations = {hsa_id: cells["administration"] for hsa_id, cells in found.items()}
    said = {hsa_id: {name: cells[name] for name in (*UNIT_SAYS, *UNIT_NAMES)} for hsa_id, cells in found.items()}
    rows = {hsa_id: Row(hsa_id, found[hsa_id]["name"], MappingProxyType(one)) for hsa_id, one in said.items()}
    for column in UNIT_NAMES:
        _dangling(folder, _Sheet("units.csv", Columns(), rows, at), column, set(found), "units.csv")
    return units, administrations, rows


def _unit(cells: Mapping[str, str], services: Iterable[EService]) -> Unit:
    said = {column: cells[column] or None for column in (*UNIT_COLUMNS, "care_provider") if column != "administration"}
    return Unit(**said, e_services=tuple(services))


def _e_services(folder: Folder, units: set[str]) -> dict[str, list[EService]]:
    name = "e-services.csv"
    services: dict[str, list[EService]] = {}
    for line, cells in lines(folder, name, E_SERVICE_COLUMNS):
        if cells["unit"] not in units and folder.sound("units.csv"):
            sv = "enheten finns inte i units.csv: lägg till den där eller rätta den här"
            folder.hole(name, line, sv, "the unit is not in units.csv: add it there or mend it here")
        elif not cells["name"] or not re.fullmatch(r"https?://\S+", cells["url"]):
            sv = "name ska fyllas i, och url ska vara en adress som börjar med https://"
            folder.hole(
                name, line, sv, "name is to be filled in, and url is to be an address that begins with https://"
            )
        else:
            services.setdefault(cells["unit"], []).append(EService(name=cells["name"], url=cells["url"]))
    return services


def _strangers(folder: Folder, entries: Iterable[Entry]) -> None:
    """A file that nothing reads is a misspelt one."""
    known = {"region.toml", "units.csv", "e-services.csv", "README.md"} | {f"{name}.csv" for name in OF_REGION}
    known |= {f"{entry.tables or entry.id}/{name}.csv" for entry in entries for name in OF_SOURCE}
    for name in sorted(folder.files.keys() - known):
        sv = "ingen läser den här filen: rätta namnet eller ta bort den"
        folder.hole(name, 0, sv, "nothing reads this file: mend its name or take it away")
