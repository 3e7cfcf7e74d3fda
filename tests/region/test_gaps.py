"""What a folder without holes could say and does not: told with the rule that would be served by it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping

import pytest

from mappings.region.catalogue import HSA_ID
from mappings.region.catalogue_columns import OF_SOURCE
from mappings.region.catalogue_files import load
from mappings.region.catalogue_gaps import Gap, gaps
from mappings.region.catalogue_wants import SOME, TABLES
from mappings.rules.statements import STATEMENTS
from tests.region.sample import texts

Rows = list[dict[str, str]]

NEED_NOT = {
    "fictitious-staff": "a source without fictitious care givers has none to name (OR-4)",
    "care-areas": "only visit types that are made of parts have one (EV-9)",
    "visit-kinds": "only visit types that are made of parts have one (EV-9)",
    "outcome-reasons": "a source that has it is asked for the outcome of its visits; another is not (EV-6)",
}
"""Tables that a complete source may be without, and why."""


def found(files: Mapping[str, str]) -> list[Gap]:
    return list(gaps(load(files), files))


def new(files: Mapping[str, str]) -> list[Gap]:
    """The gaps that the made-up region as it stands does not have."""
    before = found(texts())
    return [gap for gap in found(files) if gap not in before]


def edited(name: str, change: Callable[[Rows], object]) -> dict[str, str]:
    """The made-up region with the lines of one file changed in place."""
    rows = list(csv.DictReader(io.StringIO(texts()[name]), delimiter=";"))
    header = list(rows[0])
    change(rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, header, delimiter=";", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return {**texts(), name: text.getvalue()}


def setting(column: str, value: str, *rows: int) -> Callable[[Rows], object]:
    """Changes a column of these lines (0 is the first after the head); of all where none is named."""

    def change(found: Rows) -> None:
        for number, row in enumerate(found):
            if number in rows or not rows:
                row[column] = value

    return change


def test_every_table_is_wanted_or_says_why_a_source_may_be_without_it() -> None:
    assert set(TABLES) & set(NEED_NOT) == set()
    assert set(TABLES) | set(NEED_NOT) == set(OF_SOURCE)


def resting_on(table: str) -> set[str]:
    """The tables whose codes would be known nowhere without this one."""
    direct = {name for name, columns in OF_SOURCE.items() if table in columns.refers.values()}
    return direct | {name for one in direct for name in resting_on(one)}


@pytest.mark.parametrize("table", TABLES)
def test_a_table_without_a_row_is_told_with_what_cannot_be_said(table: str) -> None:
    folder = "COSMIC" if f"COSMIC/{table}.csv" in texts() else "MILLENNIUM"
    files = dict(texts())
    for name in (table, *resting_on(table)):
        if f"{folder}/{name}.csv" in files:
            files[f"{folder}/{name}.csv"] = files[f"{folder}/{name}.csv"].splitlines()[0] + "\n"
    told = [gap for gap in new(files) if gap.file == f"{folder}/{table}.csv"]
    assert [(gap.line, gap.rule) for gap in told] == [(0, TABLES[table].rule)]
    assert TABLES[table].en in told[0].en
    assert TABLES[table].sv in told[0].sv


def test_an_optional_table_that_is_missing_is_told_as_an_empty_one_is() -> None:
    without = {name: text for name, text in texts().items() if name != "COSMIC/rebook-reasons.csv"}
    [gap] = new(without)
    assert (gap.file, gap.line, gap.rule) == ("COSMIC/rebook-reasons.csv", 0, "RB-1")
    assert gap.en == "the table is missing or empty, so that nothing can be rebooked: add what the source has"
    assert gap.sv == "tabellen saknas eller är tom, så ingenting kan bokas om: lägg till det som källan har"


@pytest.mark.parametrize(("table", "column", "value"), SOME)
def test_a_value_that_no_row_has_is_told(table: str, column: str, value: str) -> None:
    def take_away(rows: Rows) -> None:
        other = "special" if table == "deviation-reasons" else ""
        for row in rows:
            if not value or row[column] == value:
                row[column] = other

    told = new(edited(f"COSMIC/{table}.csv", take_away))
    assert [(gap.file, gap.rule) for gap in told] == [(f"COSMIC/{table}.csv", SOME[table, column, value].rule)]


def test_a_value_that_one_row_has_is_enough() -> None:
    one = edited("COSMIC/care-services.csv", lambda rows: [row.update(demands_basis="") for row in rows[1:]])
    assert [gap.rule for gap in new(one)] == ["OC-1"]
    one = edited("COSMIC/care-services.csv", setting("demands_basis", "yes", 0))
    assert new(one) == []


UNIT = "SE2321000115-E000000000100"


@pytest.mark.parametrize("column", ["street", "town", "public_phone", "care_to_care_phone"])
def test_FK_5_a_unit_that_lacks_what_its_named_contacts_need_is_told_at_its_line(column: str) -> None:
    [gap] = new(edited("units.csv", setting(column, "", 0)))
    assert (gap.file, gap.line, gap.rule) == ("units.csv", 2, "FK-5")


def test_FK_5_a_unit_without_e_services_is_told_at_its_line() -> None:
    told = new(edited("e-services.csv", lambda rows: rows.remove(rows[0])))
    assert [(gap.file, gap.line, gap.rule) for gap in told] == [("units.csv", 2, "FK-5")]
    assert told[0].en.startswith("e-services missing")


def test_FK_7_a_unit_of_home_care_needs_less() -> None:
    assert new(edited("units.csv", setting("street", "", 4))) == []


def test_TE_10_a_unit_whose_form_of_care_is_not_said_is_told_unless_it_is_the_institution_of_others() -> None:
    told = new(edited("units.csv", setting("care_form", "", 0)))
    assert [(gap.file, gap.line, gap.rule) for gap in told] == [("units.csv", 2, "TE-10")]
    header, first, *rest = texts()["units.csv"].splitlines()
    named = [f"{header};institution", f"{first.replace(';outpatient;', ';;')};", *(f"{row};{UNIT}" for row in rest)]
    assert new({**texts(), "units.csv": "\n".join(named)}) == []


def test_BO_22_and_SU_1_what_no_unit_is_stands_in_no_line() -> None:
    told = new(edited("units.csv", setting("care_form", "outpatient", 7)))
    assert [(gap.file, gap.line, gap.rule) for gap in told] == [("units.csv", 0, "BO-22")]
    told = new(edited("units.csv", setting("web_time_book", "no")))
    assert [(gap.file, gap.line, gap.rule) for gap in told] == [("units.csv", 0, "SU-1")]


def test_BO_21_and_BO_7_what_units_may_and_no_table_has_is_told() -> None:
    told = new(edited("COSMIC/contact-types.csv", setting("self_check_in", "no")))
    assert [(gap.file, gap.rule) for gap in told] == [("units.csv", "BO-21")]
    told = new(edited("COSMIC/deviation-reasons.csv", lambda rows: rows.remove(rows[2])))
    assert [(gap.file, gap.rule) for gap in told] == [("units.csv", "BO-7")]


def test_ID_6_an_administration_without_an_agreement_is_told_once_at_its_first_unit() -> None:
    lacking = [gap for gap in found(texts()) if gap.file == "units.csv" and gap.rule == "ID-6"]
    assert [gap.line for gap in lacking] == [6, 11, 13]
    told = new(edited("COSMIC/agreements.csv", lambda rows: rows.remove(rows[0])))
    assert [(gap.file, gap.line, gap.rule) for gap in told] == [("units.csv", 2, "ID-6")]


def test_ID_6_a_region_of_registration_without_a_customer_is_told() -> None:
    told = new(edited("COSMIC/customers.csv", lambda rows: rows.remove(rows[3])))
    assert [(gap.file, gap.line, gap.rule) for gap in told] == [("COSMIC/customers.csv", 0, "ID-6")]
    assert "region 01 " in told[0].en


def test_OR_3_a_source_without_a_unit_of_its_own_is_told_at_its_line() -> None:
    head = texts()["region.toml"].replace('default_unit = "SE2321000115-E000000000201"\n', "")
    told = new({**texts(), "region.toml": head})
    assert [(gap.file, gap.line, gap.rule) for gap in told] == [("region.toml", 23, "OR-3")]
    assert head.splitlines()[22] == 'id = "SE2321000115-PASIS"'


def test_DK_1_a_part_of_1177_direkt_that_no_contact_type_plays_is_told_where_others_are_played() -> None:
    told = new(edited("PMO/contact-types.csv", setting("direct", "", 1)))
    assert [(gap.file, gap.rule) for gap in told] == [("PMO/contact-types.csv", "DK-1")]
    assert "direct text," in told[0].en
    assert new(edited("PMO/contact-types.csv", setting("direct", ""))) == []


def test_DK_6_1177_direkt_without_a_nurse_is_told() -> None:
    told = new(edited("PMO/professions.csv", setting("care_staff", "licensed", 1)))
    assert [(gap.file, gap.rule) for gap in told] == [("PMO/professions.csv", "DK-6")]


def test_EV_9_one_part_of_the_visit_types_without_the_other_is_told() -> None:
    without = {name: text for name, text in texts().items() if name != "MILLENNIUM/visit-kinds.csv"}
    assert [(gap.file, gap.rule) for gap in new(without)] == [("MILLENNIUM/visit-kinds.csv", "EV-9")]


def test_EV_2_a_care_area_that_does_not_say_what_a_visit_becomes_is_told_at_its_line() -> None:
    told = [gap for gap in found(texts()) if gap.rule == "EV-2"]
    assert [(gap.file, gap.line) for gap in told] == [("MILLENNIUM/care-areas.csv", 6)]


def everything() -> list[Gap]:
    """Every text that there is, from a region that lacks nearly all."""
    poor = {
        name: text.splitlines()[0] + "\n"
        if name.startswith(("COSMIC/", "PASIS/")) or name == "e-services.csv"
        else text
        for name, text in texts().items()
    }
    return found(poor) + found(edited("units.csv", setting("care_form", "")))


def test_every_gap_says_what_is_lost_and_what_to_do_in_both_languages_by_a_rule_that_there_is() -> None:
    told = everything() + found(texts())
    assert len({gap.en for gap in told}) > 30
    for gap in told:
        assert gap.rule in STATEMENTS
        assert re.search(r": (add|fill) ", gap.en), gap.en
        assert re.search(r": (lägg till|fyll i) ", gap.sv), gap.sv
        assert not gap.en.endswith(".")
        assert not HSA_ID.search(gap.en + gap.sv)
