"""A region's folder: every hole is told with its file, its line and what to do; the sample region has none."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.codes.systems import BASE
from mappings.region.catalogue import HSA_ID, OF_REGION
from mappings.region.catalogue_columns import OF_SOURCE
from mappings.region.catalogue_files import CatalogueHasHoles, Hole, load
from tests.region.sample import holes, replaced, sample, texts

CLINIC = "SE2321000115-E000000000101"
COSMIC, PASIS = "SE2321000115-COSMIC", "SE2321000115-PASIS"


def line_of(name: str, beginning: str) -> int:
    [line] = [n for n, text in enumerate(texts()[name].splitlines(), 1) if text.startswith(beginning)]
    return line


def one_hole(files: Mapping[str, str]) -> tuple[str, int]:
    """(file, line) of the only hole. Raises ValueError where there are others."""
    [hole] = holes(files)
    well_told(hole)
    return hole.file, hole.line


def well_told(hole: Hole) -> None:
    """Both languages, and what to do: an order, or how it is to be."""
    for text in (hole.sv, hole.en):
        assert text
        assert not text.endswith(".")
    assert hole.sv != hole.en
    assert re.search(r": |ska ", hole.sv), hole.sv
    assert str(hole).startswith(f"{hole.file}:{hole.line}: " if hole.line else f"{hole.file}: ")


def edited(name: str, text: str) -> dict[str, str]:
    return {**texts(), name: text}


def of_table(name: str) -> str:
    return name.partition("/")[2].removesuffix(".csv")


DEMANDED = {name for name, columns in OF_SOURCE.items() if columns.demanded}


def without(name: str) -> dict[str, str]:
    return {other: text for other, text in texts().items() if other != name}


# -- the sample region -----------------------------------------------------------------------------------------------


def test_the_sample_region_loads() -> None:
    catalogue = sample()
    assert (catalogue.region, catalogue.name) == ("exempel", "Exempelregionen")
    assert set(catalogue.sources) == {COSMIC, PASIS}
    assert set(catalogue.units) == set(catalogue.administrations)
    assert catalogue.switches == {"PI-2": True}


@pytest.mark.parametrize("source", [COSMIC, PASIS])
def test_a_source_has_every_table_of_its_own_and_those_of_the_region(source: str) -> None:
    assert set(sample().sources[source].tables) == set(OF_SOURCE) | OF_REGION
    assert all(sample().sources[source].table(name) for name in DEMANDED)


def test_a_source_without_an_optional_table_knows_none_of_its_codes() -> None:
    assert sample().sources[PASIS].table("rooms") == {}
    assert holes(without("COSMIC/rooms.csv")) == []


def test_a_source_has_tables_settings_and_systems_of_its_own() -> None:
    cosmic, pasis = sample().sources[COSMIC], sample().sources[PASIS]
    assert (cosmic.changed_at, pasis.changed_at) == (False, True)
    assert cosmic.default_unit == CLINIC
    assert cosmic.display("contact-types", "mottagningsbesok") == "Mottagningsbesök"
    assert pasis.display("contact-types", "mottagningsbesok") is None
    assert cosmic.system("contact-types") == f"{BASE}/CodeSystem/{COSMIC}-contact-types"
    assert cosmic.system("regions") == pasis.system("regions") == f"{BASE}/CodeSystem/exempel-regions"
    assert pasis.system("reservnummer") == "urn:oid:1.2.752.219.1.10.10.1"
    assert cosmic.system("reservnummer").endswith(COSMIC)


def test_a_unit_knows_its_address_phones_and_e_services() -> None:
    unit = sample().units[CLINIC]
    assert (unit.name, unit.town) == ("Diabetesmottagningen Exempelsjukhuset", "Halmstad")
    assert [service.name for service in unit.e_services] == ["Kontakta mottagningen", "Av- eller omboka tid"]
    assert sample().administrations[CLINIC] == "Hallands sjukhus"


def test_the_version_is_of_the_content() -> None:
    assert load(texts()).version == sample().version
    assert load(dict(reversed(list(texts().items())))).version == sample().version
    assert load(replaced("region.toml", "PI-2 = true", "PI-2 = false")).version != sample().version


def test_a_rule_can_be_switched_off() -> None:
    assert load(replaced("region.toml", "PI-2 = true", "PI-2 = false")).switches == {"PI-2": False}


# -- how a spreadsheet writes ----------------------------------------------------------------------------------------


def in_every_file(change: object) -> dict[str, str]:
    assert callable(change)
    return {name: change(text) if name.endswith(".csv") else text for name, text in texts().items()}


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: text.rstrip("\n"),
        lambda text: text + "\n\n;;\n".replace(";;", ""),
        lambda text: text.replace(";", " ; "),
    ],
    ids=["byte order mark", "CRLF", "CR", "no last line end", "empty lines", "spaces"],
)
def test_files_load_however_a_spreadsheet_ends_and_marks_them(change: object) -> None:
    loaded = load(in_every_file(change))
    assert (loaded.sources, loaded.units) == (sample().sources, sample().units)


def test_files_load_with_every_cell_quoted() -> None:
    def quoted(text: str) -> str:
        out = io.StringIO()
        writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL)
        writer.writerows(csv.reader(io.StringIO(text), delimiter=";"))
        return out.getvalue()

    loaded = load(in_every_file(quoted))
    assert (loaded.sources, loaded.units) == (sample().sources, sample().units)


def test_region_toml_loads_with_a_byte_order_mark_and_crlf() -> None:
    assert load(edited("region.toml", "\ufeff" + texts()["region.toml"].replace("\n", "\r\n"))).region == "exempel"


def test_a_quoted_cell_may_hold_semicolons_and_quotation_marks() -> None:
    files = replaced("COSMIC/category1.csv", "Astma;Astma", 'Astma;"Astma; ""svår"""')
    assert load(files).sources[COSMIC].display("category1", "Astma") == 'Astma; "svår"'


def test_columns_may_stand_in_any_order_and_beside_others() -> None:
    files = edited("COSMIC/category1.csv", "note;display;code\nx;Astma;A-1\n")
    assert load(files).sources[COSMIC].display("category1", "A-1") == "Astma"


def test_a_table_may_be_empty() -> None:
    assert load(edited("COSMIC/category1.csv", "code;display\n")).sources[COSMIC].table("category1") == {}


def test_hidden_columns_of_the_table_are_kept() -> None:
    row = sample().sources[COSMIC].row("care-services", "diabetesteam-nybesok")
    assert (row["minutes"], row["team"], row.says("adjustable")) == ("60", "owner", False)
    assert sample().sources[COSMIC].row("care-services", "no-such").code == ""


# -- holes in tables -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(name for name in texts() if "/" not in name or of_table(name) in DEMANDED))
def test_a_file_that_is_missing_is_told(name: str) -> None:
    found = holes(without(name))
    assert (name, 0) in [(hole.file, hole.line) for hole in found]
    for hole in found:
        well_told(hole)


@pytest.mark.parametrize("name", sorted(name for name in texts() if name.endswith(".csv")))
@pytest.mark.parametrize("text", ["", "code,display\nA,B\n", "kod;visning\n"])
def test_a_file_without_its_columns_is_told_at_its_first_line(name: str, text: str) -> None:
    assert (name, 1) in [(hole.file, hole.line) for hole in holes(edited(name, text))]


@pytest.mark.parametrize(
    ("name", "row", "written"),
    [
        ("COSMIC/category1.csv", "Astma;Astma", "Astma"),
        ("COSMIC/category1.csv", "Astma;Astma", "Astma;Astma;"),
        ("COSMIC/category1.csv", "Astma;Astma", ";Astma"),
        ("COSMIC/category1.csv", "Astma;Astma", "Astma;"),
        ("COSMIC/category1.csv", "Astma;Astma", "Astma  bronkiale;Astma"),
        ("COSMIC/category1.csv", "Astma;Astma", "A" * 65 + ";Astma"),
        ("COSMIC/category1.csv", "Astma;Astma", "Diabetes;Astma"),
        ("COSMIC/category1.csv", "Astma;Astma", 'Astma;"Astma\nsvår"'),
        ("COSMIC/category1.csv", "Astma;Astma", "Astma;Astma\u0007"),
        ("COSMIC/category1.csv", "Astma;Astma", "Astma;" + "x" * 1001),
        ("COSMIC/category1.csv", "Astma;Astma", 'Astma;"Astma'),
        ("COSMIC/category1.csv", "Astma;Astma", 'Astma;"Astma"svår'),
        ("COSMIC/contact-types.csv", "hembesok;Hembesök;visit", "hembesok;Hembesök;XS900"),
        ("COSMIC/contact-types.csv", "hembesok;Hembesök;visit", "hembesok;Hembesök;XS0I4"),
        ("COSMIC/visit-types.csv", "nybesok;Nybesök;;yes", "nybesok;Nybesök;NEW;yes"),
        ("COSMIC/visit-types.csv", "nybesok;Nybesök;;yes", "nybesok;Nybesök;;ja"),
        ("COSMIC/professions.csv", "lakare;Läkare;10;yes", "lakare;Läkare;99;yes"),
        ("COSMIC/professions.csv", "lakare;Läkare;10;yes", "lakare;Läkare;10;true"),
        ("COSMIC/cancel-reasons.csv", "sen-avbokning;Sen avbokning;pat;care", "sen-avbokning;Sen avbokning;late;care"),
        ("COSMIC/cancel-reasons.csv", "sen-avbokning;Sen avbokning;pat;care", "sen-avbokning;Sen avbokning;pat;vård"),
        ("COSMIC/customers.csv", "vgr;Västra Götalandsregionen;14", "vgr;Västra Götalandsregionen;99"),
        ("COSMIC/agreements.csv", "oppenvard;Öppenvård sjukhus;Hallands sjukhus", "oppenvard;Öppenvård;Sjukhuset"),
        ("regions.csv", "01;Region Stockholm", "01;"),
    ],
)
def test_a_hole_in_a_table_is_told_at_its_line(name: str, row: str, written: str) -> None:
    assert one_hole(replaced(name, row, written)) == (name, line_of(name, row))


SERVICE = "aterbesok-lakare;Återbesök läkare;lakare;mottagningsbesok;aterbesok;20;no;"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (";20;", ";;"),
        (";20;", ";0;"),
        (";20;", ";20 min;"),
        (";20;", ";12345;"),
        (";lakare;", ";doktor;"),
        (";mottagningsbesok;", ";besok;"),
        (";aterbesok;", ";nytt;"),
        (";no;", ";maybe;"),
        (";no;", ";no;leader"),
    ],
)
def test_a_hole_in_a_care_service_is_told_at_its_line(old: str, new: str) -> None:
    name = "COSMIC/care-services.csv"
    assert one_hole(replaced(name, SERVICE, SERVICE.replace(old, new))) == (name, line_of(name, SERVICE))


def test_a_column_that_is_there_twice_is_told() -> None:
    assert one_hole(edited("COSMIC/category1.csv", "code;display;display\nA;B;C\n")) == ("COSMIC/category1.csv", 1)


def test_a_hole_after_a_cell_of_two_lines_is_told_at_its_own_line() -> None:
    found = holes(edited("COSMIC/category1.csv", 'code;display\nA;"två\nrader"\nB\n'))
    assert [hole.line for hole in found] == [2, 4]


def test_a_code_that_stands_further_up_in_other_words_is_told_where_it_is_repeated() -> None:
    assert one_hole(edited("COSMIC/category1.csv", "code;display\nA;ett\nAB;två\nA;tre\n")) == (
        "COSMIC/category1.csv",
        4,
    )


# -- holes in units --------------------------------------------------------------------------------------------------

UNIT = (
    "SE2321000115-E000000000130;Hemtjänsten Söder;Vård och omsorg;Söderled 7;302 60;Halmstad;035-12 36 00;035-12 36 01"
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("SE2321000115-E000000000130", "hemtjansten"),
        ("SE2321000115-E000000000130", "SE2321000115-E00000000013Å"),
        ("SE2321000115-E000000000130", ""),
        ("SE2321000115-E000000000130", "SE2321000115-E000000000120"),
        ("Hemtjänsten Söder", ""),
        ("Vård och omsorg", ""),
        (";035-12 36 01", ""),
    ],
)
def test_a_hole_in_a_unit_is_told_at_its_line(old: str, new: str) -> None:
    files = replaced("units.csv", UNIT, UNIT.replace(old, new))
    assert ("units.csv", line_of("units.csv", UNIT)) in [(hole.file, hole.line) for hole in holes(files)]


def test_a_unit_needs_no_address() -> None:
    bare = "SE2321000115-E000000000130;Hemtjänsten Söder;Vård och omsorg;;;;;"
    assert load(replaced("units.csv", UNIT, bare)).units["SE2321000115-E000000000130"].street is None


E_SERVICE = texts()["e-services.csv"].splitlines()[-1]


@pytest.mark.parametrize(
    ("column", "written"),
    [
        (0, "SE2321000115-E000000000999"),
        (1, ""),
        (2, ""),
        (2, "e-tjanster.example.org"),
        (2, "https://e-tjanster.example.org/boka tid"),
    ],
)
def test_a_hole_in_an_e_service_is_told_at_its_line(column: int, written: str) -> None:
    cells = E_SERVICE.split(";")
    cells[column] = written
    files = replaced("e-services.csv", E_SERVICE, ";".join(cells))
    assert one_hole(files) == ("e-services.csv", line_of("e-services.csv", E_SERVICE))


# -- holes in region.toml --------------------------------------------------------------------------------------------


def toml_line(beginning: str, nth: int = 1) -> int:
    lines = [n for n, text in enumerate(texts()["region.toml"].splitlines(), 1) if text.startswith(beginning)]
    return lines[nth - 1]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('id = "exempel"', 'id = "exempel', toml_line("id")),
        ('id = "exempel"', 'id = "exem pel"', toml_line("id")),
        ('id = "exempel"', "id = 7", toml_line("id")),
        ('id = "exempel"\n', "", 1),
        ('name = "Exempelregionen"', 'name = ""', toml_line("name")),
        ('name = "Exempelregionen"\n', "", 1),
        ("PI-2 = true", "PI-9 = true", toml_line("PI-2")),
        ("PI-2 = true", "BO-4 = false", toml_line("PI-2")),
        ("PI-2 = true", 'PI-2 = "false"', toml_line("PI-2")),
        ("PI-2 = true", "PI-2 = 0", toml_line("PI-2")),
        ("[rules]", "[rulse]", toml_line("[rules]")),
        (f'id = "{PASIS}"', 'id = "PA SIS"', toml_line("id", 3)),
        (f'id = "{PASIS}"\n', "", toml_line("[[source]]", 2)),
        (f'id = "{PASIS}"', f'id = "{COSMIC}"', toml_line("id", 3)),
        ('versions = "changedAt"', 'versions = "changedat"', toml_line("versions")),
        ('versions = "changedAt"', "versions = 3", toml_line("versions")),
        (f'default_unit = "{CLINIC}"', 'default_unit = "SE2321000115-E000000000999"', toml_line("default_unit")),
        (f'default_unit = "{CLINIC}"', 'default_unit = ["a"]', toml_line("default_unit")),
        (f'default_unit = "{CLINIC}"', f'defaultUnit = "{CLINIC}"', toml_line("default_unit")),
        ('reserve_number_system = "urn:oid:', 'reserve_number_system = "oid ', toml_line("reserve_number_system")),
        ('tables = "PASIS"', 'tables = "../PASIS"', toml_line("tables", 2)),
    ],
)
def test_a_hole_in_region_toml_is_told_at_its_line(old: str, new: str, line: int) -> None:
    assert one_hole(replaced("region.toml", old, new)) == ("region.toml", line)


@pytest.mark.parametrize(
    "text",
    [
        "",
        'id = "x"\nname = "X"\n',
        'id = "x"\nname = "X"\nsource = []\n',
        'id = "x"\nname = "X"\nsource = "COSMIC"\n',
        'id = "x"\nname = "X"\nsource = ["COSMIC"]\n',
        'id = "x"\nname = "X"\nsource = {id = "A"}\n',
        'id = "x"\nname = "X"\nrules = 7\nsource = []\n',
        "[[source]]\n",
        "= 7",
    ],
)
def test_a_region_without_sources_is_told(text: str) -> None:
    found = holes(edited("region.toml", text))
    assert [hole for hole in found if hole.file == "region.toml"]
    for hole in found:
        well_told(hole)


def test_a_folder_that_is_not_there_is_told_at_each_missing_file() -> None:
    files = replaced("region.toml", 'tables = "PASIS"', 'tables = "PASSIS"')
    found = {(hole.file, hole.line) for hole in holes(files)}
    left = {name for name in texts() if name.startswith("PASIS/")}
    assert found == {(f"PASSIS/{name}.csv", 0) for name in DEMANDED} | {(name, 0) for name in left}


def test_a_source_without_a_folder_of_its_own_has_one_by_its_id() -> None:
    moved = {name.replace("PASIS/", f"{PASIS}/"): text for name, text in texts().items()}
    moved["region.toml"] = texts()["region.toml"].replace('tables = "PASIS"\n', "")
    assert set(load(moved).sources) == {COSMIC, PASIS}


@pytest.mark.parametrize(
    "name",
    ["unit.csv", "COSMIC/contact_types.csv", "cosmic/professions.csv", "COSMIC/old/professions.csv", "notes.txt"],
)
def test_a_file_that_nothing_reads_is_told(name: str) -> None:
    assert one_hole(edited(name, "code;display\n")) == (name, 0)


def test_a_readme_may_lie_beside_them() -> None:
    assert load(edited("README.md", "Om regionen")).region == "exempel"


# -- all at once -----------------------------------------------------------------------------------------------------


def test_every_hole_is_told_at_once() -> None:
    files = {
        **texts(),
        "region.toml": texts()["region.toml"].replace("PI-2 = true", "PI-9 = true"),
        "units.csv": texts()["units.csv"].replace("SE2321000115-E000000000130", "x"),
        "COSMIC/category1.csv": "code;display\nA\nB;\n",
        "PASIS/customers.csv": "kod\n",
        "e-services.csv": f"unit;name;url\n{CLINIC};Boka;nowhere\n",
    }
    found = {(hole.file, hole.line) for hole in holes(files)}
    assert found >= {
        ("region.toml", toml_line("PI-2")),
        ("units.csv", line_of("units.csv", UNIT)),
        ("COSMIC/category1.csv", 2),
        ("COSMIC/category1.csv", 3),
        ("PASIS/customers.csv", 1),
        ("e-services.csv", 2),
    }


def test_the_refusal_names_every_hole_in_a_line_of_its_own() -> None:
    with pytest.raises(CatalogueHasHoles) as refused:
        load(edited("COSMIC/category1.csv", "code;display\nA\nB;\n"))
    lines = str(refused.value).splitlines()
    assert [line.partition(": ")[0] for line in lines] == ["COSMIC/category1.csv:2", "COSMIC/category1.csv:3"]


def test_no_hole_is_told_twice() -> None:
    shared = texts()["region.toml"].replace('tables = "PASIS"', 'tables = "COSMIC"')
    found = holes({**without("COSMIC/category1.csv"), "region.toml": shared})
    assert len(found) == len(set(found))


@given(st.sampled_from(sorted(texts())), st.text(max_size=40) | st.text(";\n\"' ab=[]{}\r\x00#", max_size=40))
def test_any_text_in_any_file_loads_or_is_told(name: str, text: str) -> None:
    for hole in holes(edited(name, text)):
        well_told(hole)


@given(st.data())
def test_a_file_with_any_character_changed_loads_or_is_told(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(texts())))
    text = texts()[name]
    at = data.draw(st.integers(0, len(text)))
    holes(edited(name, text[:at] + data.draw(st.text(max_size=3)) + text[at + data.draw(st.integers(0, 3)) :]))


def test_an_empty_folder_is_told() -> None:
    found = {hole.file for hole in holes({})}
    assert found == {"region.toml", "units.csv", "e-services.csv", "regions.csv", "positions.csv"}


@pytest.mark.parametrize("hsa_id", ["SE2321000115-E1", "SE2321000115-" + "x" * 18])
def test_an_hsa_id_is_known_by_how_it_is_made(hsa_id: str) -> None:
    assert HSA_ID.match(hsa_id)
    for wrong in (hsa_id + "\n", hsa_id + "å", "x" + hsa_id, hsa_id[2:], hsa_id + "x" * 18):
        assert not HSA_ID.match(wrong)
