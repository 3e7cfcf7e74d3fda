"""`vardbro region check`, and a fourth region that begins as a copy of one."""

from __future__ import annotations

import shutil
from pathlib import Path

import orjson
import pytest

from adapter.region import SAMPLES, fixtures

from .conftest import Vardbro, process

HALLAND = fixtures() / "region" / "halland"


@pytest.fixture
def fourth(tmp_path: Path) -> Path:
    """Halland's folder copied, and made another region's."""
    folder = tmp_path / "fjarde"
    shutil.copytree(HALLAND, folder)
    for path in folder.rglob("*.*"):
        text = path.read_text("utf-8").replace("SE0000000013", "SE0000000099")
        path.write_text(text.replace('id = "halland"', 'id = "fjarde"'), "utf-8")
    return folder


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_region_is_found_by_its_name_and_can_be_used(name: str, vardbro: Vardbro) -> None:
    ended = vardbro("region", "check", name, "--json")
    assert (ended.code, ended.json["good"], ended.json["holes"]) == (0, True, [])
    assert Path(ended.json["folder"]) == fixtures() / "region" / name


def test_what_halland_lacks_is_what_its_document_says_nothing_of(vardbro: Vardbro) -> None:
    """The tables of coding and of care events, as the folder's README says."""
    missing = vardbro("region", "check", "halland", "--json").json["missing"]
    assert {one["rule"] for one in missing} == {"CO-1", "CO-2", "EV-8", "EV-10", "EV-19"}


def test_every_error_is_told_at_once_with_file_line_and_what_to_do(fourth: Path, vardbro: Vardbro) -> None:
    (fourth / "regions.csv").unlink()
    services = fourth / "COSMIC" / "care-services.csv"
    services.write_text(services.read_text("utf-8").replace("ekg;EKG;sjukskoterska", "ekg;EKG;barnmorska"), "utf-8")
    ended = vardbro("region", "check", fourth)
    assert ended.code == 1
    assert f"{services}:8  error\n      profession is not in COSMIC/professions.csv: add it there" in ended.out
    assert f"{fourth / 'regions.csv'}  error\n      missing: add it with the columns code;display" in ended.out
    assert "warning" not in ended.out
    assert ended.out.endswith("cannot be used\n")
    assert ended.err == "2 errors, 0 warnings\n"
    told = vardbro("region", "check", fourth, "--json")
    assert (told.code, told.json["good"]) == (1, False)
    assert {(one["file"], one["line"]) for one in told.json["holes"]} == {
        ("regions.csv", 0),
        ("COSMIC/care-services.csv", 8),
    }
    assert all(one["sv"] and one["en"] for one in told.json["holes"])


def test_what_is_missing_is_a_warning_and_good_all_the_same(fourth: Path, vardbro: Vardbro) -> None:
    (fourth / "COSMIC" / "rebook-reasons.csv").unlink()
    ended = vardbro("region", "check", fourth)
    assert ended.code == 0
    assert f"{fourth / 'COSMIC' / 'rebook-reasons.csv'}  warning  RB-1\n" in ended.out
    assert "so that nothing can be rebooked" in ended.out
    assert "så ingenting kan bokas om" in ended.out
    assert ended.out.endswith("can be used\n")
    assert "0 errors" in ended.err


def test_a_file_that_is_no_text_is_an_error_of_the_folder(fourth: Path, vardbro: Vardbro) -> None:
    (fourth / "units.csv").write_bytes("hsa_id\nå\n".encode("latin-1"))
    ended = vardbro("region", "check", fourth, "--json")
    assert (ended.code, [(one["file"], one["line"]) for one in ended.json["holes"]]) == (1, [("units.csv", 2)])


def test_a_folder_that_is_not_there_is_wrong_usage(vardbro: Vardbro) -> None:
    ended = vardbro("region", "check", "nowhere")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(
        "vardbro: nowhere: there is no such folder, nor a sample region of that name (exempel, "
    )


def test_a_folder_goes_before_a_sample_region_of_its_name(
    fourth: Path, vardbro: Vardbro, monkeypatch: pytest.MonkeyPatch
) -> None:
    fourth.rename(fourth.parent / "skane")
    monkeypatch.chdir(fourth.parent)
    assert vardbro("region", "check", "skane", "--json").json["folder"] == "skane"


def test_a_fourth_region_is_added_by_copying_a_folder(fourth: Path, vardbro: Vardbro, tmp_path: Path) -> None:
    assert vardbro("region", "check", fourth).code == 0
    message = fixtures() / "halland" / "messages" / "booking" / "team-new-visit.json"
    theirs = tmp_path / "team.json"
    theirs.write_text(message.read_text("utf-8").replace("SE0000000013", "SE0000000099"), "utf-8")
    assert vardbro("check", theirs, "--region", fourth).code == 0
    assert vardbro("check", theirs, "--region", "halland").code == 1
    ours = vardbro("convert", "--to", "fhir", message, "--region", "halland").json
    made = vardbro("convert", "--to", "fhir", theirs, "--region", fourth)
    assert made.code == 0
    ids = {entry["resource"]["id"] for entry in ours["entry"]}
    assert ids.isdisjoint(entry["resource"]["id"] for entry in made.json["entry"])
    (tmp_path / "bundle.json").write_bytes(orjson.dumps(made.json))
    back = vardbro("convert", "--to", "region", tmp_path / "bundle.json", "--region", fourth)
    assert (back.code, back.json["source"]) == (0, "SE0000000099-COSMIC")


def test_the_demo_runs_a_fourth_region_with_the_messages_of_the_one_it_was_copied_from(tmp_path: Path) -> None:
    shutil.copytree(HALLAND, tmp_path / "fjarde")
    head = tmp_path / "fjarde" / "region.toml"
    head.write_text(head.read_text("utf-8").replace('id = "halland"', 'id = "fjarde"'), "utf-8")
    ended = process("demo", "--region", "fjarde", "--json", cwd=tmp_path)
    assert ended.code == 0
    [account] = ended.json["regions"]
    assert (account["region"], account["good"]) == ("fjarde", True)
    assert "booking/team-new-visit" in {row["name"] for row in account["accepted"]}
