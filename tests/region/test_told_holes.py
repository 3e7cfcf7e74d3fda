"""What an editor of a region's folder reads: the cause and not what follows from it, the file as it was given, and
what to do."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from adapter.region import catalogue
from mappings.region.catalogue import OF_REGION
from mappings.region.catalogue_columns import OF_SOURCE
from mappings.region.catalogue_files import CatalogueHasHoles, Hole
from tests.region.sample import FOLDER, holes, replaced, texts

CLINIC = "SE2321000115-E000000000101"
REFERRED_TO = sorted({target for columns in OF_SOURCE.values() for target in columns.refers.values()})


def files_of(found: list[Hole]) -> set[str]:
    return {hole.file for hole in found}


@pytest.mark.parametrize("target", REFERRED_TO)
@pytest.mark.parametrize("text", ["code,display\n", "code;display\nA\n"], ids=["no columns", "a broken line"])
def test_what_refers_to_a_table_with_holes_is_not_blamed_for_them(target: str, text: str) -> None:
    name = f"{target}.csv" if target in OF_REGION else f"COSMIC/{target}.csv"
    assert files_of(holes({**texts(), name: text})) == {name}


def test_a_table_that_is_missing_is_told_once_and_not_at_every_line_that_refers_to_it() -> None:
    without = {name: text for name, text in texts().items() if name != "COSMIC/professions.csv"}
    [hole] = holes(without)
    assert (hole.file, hole.line) == ("COSMIC/professions.csv", 0)


@pytest.mark.parametrize(
    "text",
    [
        "hsa_id,name\n",
        texts()["units.csv"].replace(CLINIC, "x"),
        texts()["units.csv"].replace(";Hallands sjukhus;", ";;"),
    ],
    ids=["no columns", "no HSA-id", "no administration"],
)
def test_e_services_agreements_and_default_units_are_not_blamed_for_holes_in_the_units(text: str) -> None:
    assert files_of(holes({**texts(), "units.csv": text})) == {"units.csv"}


def test_a_code_that_stands_in_no_table_is_told_with_the_file_in_which_it_is_missing() -> None:
    [hole] = holes(replaced("COSMIC/professions.csv", "lakare;Läkare;10;yes", "lakare;Läkare;99;yes"))
    assert hole.en == "staff_category is not in COSMIC/staff-categories.csv: add it there or mend it here"
    [hole] = holes(replaced("COSMIC/customers.csv", "vgr;Västra Götalandsregionen;14", "vgr;Västra Götaland;99"))
    assert hole.en.startswith("region is not in regions.csv: ")


def test_a_table_with_a_hole_is_still_asked_what_it_refers_to_itself() -> None:
    files = replaced("COSMIC/professions.csv", "lakare;Läkare;10;yes", ";Läkare;10;yes\nfysio;Fysioterapeut;99;no")
    assert [hole.file for hole in holes(files)] == ["COSMIC/professions.csv"] * 2


def test_a_key_that_means_nothing_is_told_with_those_that_do() -> None:
    [hole] = holes(replaced("region.toml", f'default_unit = "{CLINIC}"', f'defaultUnit = "{CLINIC}"'))
    assert "id, name, tables, default_unit" in hole.en
    assert "id, name, tables, default_unit" in hole.sv
    [hole] = holes(replaced("region.toml", 'name = "Exempelregionen"', 'name = "Exempelregionen"\nkind = "region"'))
    assert "id, name, rules" in hole.en


# -- the folder as it was given --------------------------------------------------------------------------------------


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample region, as `regions/mine` in the working folder."""
    shutil.copytree(FOLDER, tmp_path / "regions" / "mine")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "regions" / "mine"


def told(folder: Path) -> list[Hole]:
    with pytest.raises(CatalogueHasHoles) as refused:
        catalogue(folder)
    return list(refused.value.holes)


@pytest.mark.parametrize("given", ["regions/mine", "./regions/mine/", "../{tmp}/regions/mine"])
def test_every_hole_is_told_with_its_file_as_the_folder_was_given_and_its_line(here: Path, given: str) -> None:
    (here / "COSMIC" / "category1.csv").write_text("code;display\nA\nB;\n", "utf-8")
    (here / "regions.csv").unlink()
    folder = Path(given.format(tmp=here.parents[1].name))
    found = told(folder)
    assert {(hole.file, hole.line) for hole in found} == {
        (str(folder / "COSMIC" / "category1.csv"), 2),
        (str(folder / "COSMIC" / "category1.csv"), 3),
        (str(folder / "regions.csv"), 0),
    }
    assert all(Path(hole.file).parent.is_dir() for hole in found)


def test_the_absolute_path_is_told_where_it_was_given(here: Path) -> None:
    (here / "units.csv").unlink()
    assert told(here)[0].file == f"{here}/units.csv"


def test_a_file_that_is_not_utf_8_is_told_at_its_line(here: Path) -> None:
    (here / "units.csv").write_bytes("hsa_id\nå\n".encode("latin-1"))
    (here / "regions.csv").write_bytes(b"\xff")
    assert [(hole.file, hole.line) for hole in told(Path("regions/mine"))] == [
        ("regions/mine/regions.csv", 1),
        ("regions/mine/units.csv", 2),
    ]


def test_a_folder_that_is_not_there_says_what_to_do() -> None:
    [hole] = told(Path("nowhere"))
    assert (hole.file, hole.line) == ("nowhere", 0)
    assert "--region" in hole.en
    assert "--region" in hole.sv


@pytest.mark.parametrize("name", sorted(texts()))
def test_every_hole_says_what_to_do_in_both_languages(name: str) -> None:
    orders = re.compile(r": (add|give|mend|rename|rewrite|save|see|take|write)\b|is to be|are to be", re.ASCII)
    uppmaningar = re.compile(r": (lägg till|ange|rätta|döp|skriv|spara|kontrollera|ta bort|ge)\b|ska ")
    for text in ("", "x\n", "= 7\n", texts()[name] + '"\n;;;;;;;;;;;;;;;;\n', texts()[name].replace(";", ";;")):
        for hole in holes({**texts(), name: text}):
            assert orders.search(hole.en), hole.en
            assert uppmaningar.search(hole.sv), hole.sv
