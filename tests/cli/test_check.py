"""Every problem of a message or a resource, told without a gateway."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import orjson
import pytest

from .conftest import GOLDEN, MESSAGES, Vardbro, message, ndjson

INDEX = tomllib.loads((MESSAGES / "index.toml").read_text("utf-8"))
KNOWN_TO_A_GATEWAY = {
    "refused/BO-9-care-service-of-a-booked-visit.json",
    "refused/BO-16-arrived-before-it-was-confirmed.json",
    "refused/FK-2-second-physician.json",
    "refused/FK-3-second-coordinator.json",
    "refused/IN-15-booking-that-nobody-has-sent.json",
    "refused/RB-1-another-time-and-nobody-says-why.json",
    "refused/BO-9-replaces-a-visit-that-is-still-booked.json",
    "refused/IN-19-rebooked-after-she-has-come.json",
    "refused/IN-19-discharged-and-then-arrived.json",
}
"""Refused for what was taken in before, which a check without a gateway cannot know."""
REST_ON_ANOTHER = {
    "booking/preliminary-after-the-waiting-list.json",
    "booking/booked-anew-on-another-care-service.json",
    "named-contact/successor-of-the-physician.json",
    *(f"booking/{form}-preliminary.json" for form in ("team", "group", "group-team", "co-planned")),
}
"""Accepted for what was taken in before, likewise."""
TEAM = "booking/team-of-physician-and-dietitian.json"


@pytest.mark.parametrize("row", INDEX["refused"], ids=lambda row: row["file"])
def test_a_message_is_refused_by_its_rule_and_at_its_place(row: dict[str, Any], vardbro: Vardbro) -> None:
    ended = vardbro("check", MESSAGES / row["file"], "--kind", row["kind"], "--json")
    told = [(one["rule"], one["path"]) for one in ended.json["problems"] if one["severity"] == "error"]
    if row["file"] in KNOWN_TO_A_GATEWAY:
        assert (row["rule"], row["path"]) not in told
    else:
        assert (ended.code, ended.json["accepted"]) == (1, False)
        assert (row["rule"], row["path"]) in told


def test_messages_that_are_accepted_are_good(vardbro: Vardbro) -> None:
    files = [MESSAGES / row["file"] for row in INDEX["accepted"] if row["file"] not in REST_ON_ANOTHER]
    ended = vardbro("check", *files, "--json")
    assert {line["file"]: line["problems"] for line in ended.lines if not line["accepted"]} == {}
    assert ended.code == 0


def test_text_has_rule_place_fhirpath_and_both_languages_and_says_what_is_unknown(vardbro: Vardbro) -> None:
    ended = vardbro("check", MESSAGES / "refused/TE-3-two-owners.json")
    assert ended.code == 1
    assert re.search(r"two-owners\.json:1  refused\n  TE-3  error  /lines\n      Appointment\.participant\n", ended.out)
    assert "The visit has one owner" in ended.out
    assert "Besöket har" in ended.out
    assert "1 checked, 1 refused" in ended.err
    assert "without a gateway, earlier versions" in ended.err


def test_fhir_is_told_in_an_operation_outcome_each(vardbro: Vardbro) -> None:
    ended = vardbro("check", MESSAGES / "refused/TE-3-two-owners.json", MESSAGES / TEAM, "--format", "fhir")
    refused, good = ended.lines
    assert refused["issue"][0]["details"]["coding"][0]["code"] == "TE-3"
    assert refused["issue"][0]["expression"] == ["Appointment.participant"]
    assert [issue["severity"] for issue in good["issue"]] == ["information"]


@pytest.mark.parametrize("name", ["booking", "care-event", "named-contact"])
def test_golden_files_are_good_fhir(name: str, vardbro: Vardbro) -> None:
    ended = vardbro("check", *sorted((GOLDEN / name).glob("*.json")), "--json")
    assert (ended.code, [line["problems"] for line in ended.lines if line["problems"]]) == (0, [])
    assert {line["kind"] for line in ended.lines} == {"Bundle"}


def test_a_resource_is_refused_with_its_fhirpath(tmp_path: Path, vardbro: Vardbro) -> None:
    wrong = {"resourceType": "Appointment", "status": "191212121212", "participant": [{"status": "accepted"}]}
    ended = vardbro("check", ndjson(tmp_path / "x.ndjson", [wrong]), "--json")
    assert ended.code == 1
    assert "Appointment.status" in {one["fhirpath"] for one in ended.json["problems"]}
    assert "191212121212" not in ended.out


def test_what_is_no_json_is_refused_and_the_rest_is_checked(tmp_path: Path, vardbro: Vardbro) -> None:
    path = ndjson(tmp_path / "x.ndjson", [b"nothing", [], 7, message(TEAM)])
    ended = vardbro("check", path, "--json")
    assert [(line["line"], line["accepted"]) for line in ended.lines] == [(1, False), (2, False), (3, False), (4, True)]
    assert ended.code == 1


def test_a_message_whose_kind_cannot_be_told_is_refused_and_says_how_to_say_it(
    tmp_path: Path, vardbro: Vardbro
) -> None:
    ended = vardbro("check", ndjson(tmp_path / "x.ndjson", [{"strange": True}]))
    assert ended.code == 1
    assert "--kind" in ended.out


@pytest.mark.parametrize(
    ("name", "data", "line", "column"),
    [
        ("x.json", b'{\n  "source": "a",\n  "number" "b"\n}', 3, 12),
        ("x.json", b'[{"a": 1},\n {"b": 2,}]', 2, 10),
        ("x.ndjson", b'{"resourceType": "Patient"}\n{"a" 1}\n', 2, 6),
    ],
)
def test_bad_json_is_told_with_file_line_and_column(
    tmp_path: Path, vardbro: Vardbro, *, name: str, data: bytes, line: int, column: int
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    text, as_json, fhir = (vardbro("check", path, "--format", form) for form in ("text", "json", "fhir"))
    assert {ended.code for ended in (text, as_json, fhir)} == {1}
    assert f"{path}:{line}:{column}  refused\n  IN-1  error  /\n" in text.out
    assert f"(line {line}, character {column}" in text.out
    assert f"(rad {line}, tecken {column}" in text.out
    assert ("rest of the file was not read" in text.out) == (name == "x.json")
    told = as_json.lines[-1]
    assert (told["file"], told["line"], told["column"]) == (str(path), line, column)
    assert fhir.lines[-1]["issue"][0]["diagnostics"].startswith(f"{path}:{line}:{column}: ")


def test_a_file_in_which_there_is_nothing_is_wrong_usage_and_the_others_are_checked(
    tmp_path: Path, vardbro: Vardbro
) -> None:
    (tmp_path / "x.json").write_bytes(b"")
    ended = vardbro("check", tmp_path / "x.json", MESSAGES / TEAM)
    assert ended.code == 2
    assert f"vardbro: {tmp_path / 'x.json'}: there is nothing in it; give a message" in ended.err
    assert "1 checked, 0 refused" in ended.err


def test_colours_are_for_terminals(vardbro: Vardbro) -> None:
    assert "\x1b" not in vardbro("check", MESSAGES / TEAM).out


def test_a_region_of_ones_own_is_asked(tmp_path: Path, vardbro: Vardbro) -> None:
    source = MESSAGES.parent / "region" / "exempel"
    for file in source.rglob("*"):
        if file.is_file():
            copy = tmp_path / "region" / file.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(file.read_bytes())
    services = tmp_path / "region" / "COSMIC" / "care-services.csv"
    kept = [line for line in services.read_text("utf-8").splitlines() if not line.startswith("medverkande-dietist;")]
    services.write_text("\n".join(kept) + "\n", "utf-8")
    ended = vardbro("check", MESSAGES / TEAM, "--region", tmp_path / "region", "--json")
    assert ("IN-13", "/lines/1/careService") in {(one["rule"], one["path"]) for one in ended.json["problems"]}
    assert orjson.loads(vardbro("check", MESSAGES / TEAM, "--json").out)["accepted"]
