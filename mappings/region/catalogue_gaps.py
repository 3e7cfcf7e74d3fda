"""What a region's folder could say and does not: nothing in it is wrong, and something cannot be said for want of it.

Holes are another matter (`catalogue_files`): a folder with one does not load.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mappings.region.catalogue import Catalogue, Source
from mappings.region.catalogue_columns import E_SERVICE_COLUMNS, UNIT_COLUMNS, UNIT_SAYS
from mappings.region.catalogue_folder import Folder, lines
from mappings.region.catalogue_head import head_and_sources, line_of
from mappings.region.catalogue_wants import SOME, TABLES
from mappings.region.direct_case import CareStaff, DirectContact

OF_A_UNIT = {
    "street": ("besöksadress", "visiting address"),
    "town": ("ort", "town"),
    "public_phone": ("publikt telefonnummer", "public phone"),
    "care_to_care_phone": ("telefon vård till vård", "care-to-care phone"),
}
"""What a named contact needs of its unit, beside e-services (FK-5): in Swedish and in English."""


@dataclass(frozen=True, slots=True)
class Gap:
    """What a folder does not say: where it would stand (line 0: anywhere in the file), the rule that would be served by
    it, what is lost and what to do."""

    file: str
    line: int
    rule: str
    sv: str
    en: str


def gaps(catalogue: Catalogue, files: Mapping[str, str]) -> tuple[Gap, ...]:
    """Every gap in a folder that loads, from its catalogue and the same texts."""
    folder = Folder({name: text.removeprefix("\ufeff") for name, text in files.items()}, [])
    found = [*_of_units(folder), *_of_administrations(folder, catalogue), *_of_all_units(catalogue)]
    _, entries = head_and_sources(folder)
    for number, entry in enumerate(entries, 1):
        source, where = catalogue.sources[entry.id], entry.tables or entry.id
        if entry.default_unit is None:
            line = line_of(folder.files["region.toml"], "id", number)
            sv = "källan har ingen egen enhet, så varje meddelande måste nämna sina: lägg till default_unit"
            en = "the source has no unit of its own, so that every message must name its units: add default_unit"
            found.append(Gap("region.toml", line, "OR-3", sv, en))
        found += _of_tables(source, where)
        found += _of_values(source, where)
        found += _of_customers(catalogue, source, where)
        found += _of_direct(source, where)
        found += _of_parts(folder, source, where)
    return tuple(found)


def _of_tables(source: Source, where: str) -> Iterator[Gap]:
    for table, lost in TABLES.items():
        if not source.table(table):
            sv = f"tabellen saknas eller är tom, så {lost.sv}: lägg till det som källan har"
            en = f"the table is missing or empty, so that {lost.en}: add what the source has"
            yield Gap(f"{where}/{table}.csv", 0, lost.rule, sv, en)


def _of_values(source: Source, where: str) -> Iterator[Gap]:
    """Of a table that has rows: what none of them says."""
    for (table, column, value), lost in SOME.items():
        said = {row[column] for row in source.table(table).values()}
        if said and not (value in said if value else any(said)):
            at = f"{column} {value}".strip()
            sv = f"ingen rad har {at}, så {lost.sv}: fyll i det på de rader som det gäller"
            en = f"no line has {at}, so that {lost.en}: fill it in where it is so"
            yield Gap(f"{where}/{table}.csv", 0, lost.rule, sv, en)


def _of_customers(catalogue: Catalogue, source: Source, where: str) -> Iterator[Gap]:
    known = {row["region"] for row in source.table("customers").values()}
    lacking = [code for code in source.table("regions") if code not in known]
    if source.table("customers") and lacking:
        named = ", ".join(lacking)
        sv = f"ingen kund för region {named} ur regions.csv, så den måste sändas: lägg till en rad för varje"
        en = f"no customer for region {named} of regions.csv, so that it must be sent: add a line for each"
        yield Gap(f"{where}/customers.csv", 0, "ID-6", sv, en)


def _of_direct(source: Source, where: str) -> Iterator[Gap]:
    """Of a source that has 1177 direkt."""
    played = {row["direct"] for row in source.table("contact-types").values()} - {""}
    if not played:
        return
    if lacking := ", ".join(sorted(set(DirectContact) - played)):
        sv = f"ingen rad har direct {lacking}, så vissa ärenden i 1177 direkt blir ingen registrering: fyll i det"
        en = f"no line has direct {lacking}, so that some cases of 1177 direkt become no registration: fill it in"
        yield Gap(f"{where}/contact-types.csv", 0, "DK-1", sv, en)
    if not any(row["care_staff"] == CareStaff.NURSE for row in source.table("professions").values()):
        sv = "ingen rad har care_staff nurse, så inget ärende i 1177 direkt kan börja hos en sjuksköterska: fyll i det"
        en = "no line has care_staff nurse, so that no case of 1177 direkt can begin with a nurse: fill it in"
        yield Gap(f"{where}/professions.csv", 0, "DK-6", sv, en)


def _of_parts(folder: Folder, source: Source, where: str) -> Iterator[Gap]:
    """Of a source whose visit types are made of parts."""
    tables = ("care-areas", "visit-kinds")
    have = [name for name in tables if source.table(name)]
    for table in set(tables) - set(have) if have else ():
        sv = "besökstyper sätts samman av vårdområde, yrkesroll och typ av besök, och här saknas en del: lägg till den"
        en = "visit types are made of care area, profession and kind of visit, and this part is missing: add it"
        yield Gap(f"{where}/{table}.csv", 0, "EV-9", sv, en)
    if source.table("care-areas"):
        for line, cells in lines(folder, f"{where}/care-areas.csv", ("code",)):
            if not cells.get("event_type"):
                sv = "event_type är tom, så ingen vet vad ett bokat besök här blir vid ankomst: fyll i det"
                en = "event_type is empty, so that nobody knows what a booked visit here becomes on arrival: fill it in"
                yield Gap(f"{where}/care-areas.csv", line, "EV-2", sv, en)


def _of_units(folder: Folder) -> Iterator[Gap]:
    served = {cells["unit"] for _, cells in lines(folder, "e-services.csv", E_SERVICE_COLUMNS)}
    units = list(lines(folder, "units.csv", UNIT_COLUMNS, (*UNIT_SAYS, "institution")))
    institutions = {cells["institution"] for _, cells in units}
    for line, cells in units:
        wanted = [(sv, en) for column, (sv, en) in OF_A_UNIT.items() if not cells[column]]
        wanted += [("e-tjänster", "e-services")] if cells["hsa_id"] not in served else []
        if wanted and cells["care_form"] != "homecare":
            sv = f"{', '.join(one for one, _ in wanted)} saknas, så fasta kontakter här blir ofullständiga: fyll i det"
            en = f"{', '.join(one for _, one in wanted)} missing, so that its named contacts are incomplete: fill it in"
            yield Gap("units.csv", line, "FK-5", sv, en)
        if not cells["care_form"] and cells["hsa_id"] not in institutions:
            sv = "care_form är tom, så ingen vet om här är öppen- eller slutenvård: fyll i det"
            en = "care_form is empty, so that nobody knows whether its care is outpatient or inpatient: fill it in"
            yield Gap("units.csv", line, "TE-10", sv, en)


def _of_administrations(folder: Folder, catalogue: Catalogue) -> Iterator[Gap]:
    """Told once, at the administration's first unit."""
    agreed = {row["administration"] for one in catalogue.sources.values() for row in one.table("agreements").values()}
    for line, cells in lines(folder, "units.csv", UNIT_COLUMNS):
        if cells["administration"] not in agreed:
            agreed.add(cells["administration"])
            sv = "ingen källa har ett avtal för enhetens förvaltning, så det måste sändas: lägg till det i agreements"
            en = "no source has an agreement of the administration, so that it must be sent: add it in agreements"
            yield Gap("units.csv", line, "ID-6", sv, en)


def _of_all_units(catalogue: Catalogue) -> Iterator[Gap]:
    """What no unit is, or one is in vain."""
    units, sources = catalogue.says.values(), catalogue.sources.values()
    if not any(unit["care_form"] == "inpatient" for unit in units):
        sv = "ingen enhet har care_form inpatient, så ingen kan skrivas in: fyll i det där det är så"
        en = "no unit has care_form inpatient, so that nobody can be admitted: fill it in where it is so"
        yield Gap("units.csv", 0, "BO-22", sv, en)
    if not any(unit.says("web_time_book") for unit in units):
        sv = "ingen enhet har web_time_book yes, så ingen digital kallelse kan skickas: fyll i det där det är så"
        en = "no unit has web_time_book yes, so that no digital summons can be sent: fill it in where it is so"
        yield Gap("units.csv", 0, "SU-1", sv, en)
    checks_in = any(row.says("self_check_in") for one in sources for row in one.table("contact-types").values())
    if any(unit.says("self_check_in") for unit in units) and not checks_in:
        sv = "enheter har självincheckning men ingen kontakttyp har det, så ingen kan checka in: fyll i contact-types"
        en = "units have self check-in and no contact type has, so that nobody can check in: fill in contact-types"
        yield Gap("units.csv", 0, "BO-21", sv, en)
    special = any(row["kind"] == "special" for one in sources for row in one.table("deviation-reasons").values())
    if any(unit.says("special_wait") for unit in units) and not special:
        sv = "enheter får använda särskild orsakad väntan men ingen orsak är det: lägg till en i deviation-reasons"
        en = "units may use special wait and no deviation reason is one: add it in deviation-reasons"
        yield Gap("units.csv", 0, "BO-7", sv, en)
