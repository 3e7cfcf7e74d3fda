"""Why a value is where it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from .conftest import GOLDEN, MESSAGES, Vardbro, ndjson

DERIVED = MESSAGES / "booking/most-left-out-and-derived.json"


def _leaves(node: Any, path: str) -> dict[str, Any]:
    if isinstance(node, dict):
        return {
            place: value for name, inner in node.items() for place, value in _leaves(inner, f"{path}.{name}").items()
        }
    if isinstance(node, list):
        return {place: value for n, inner in enumerate(node) for place, value in _leaves(inner, f"{path}[{n}]").items()}
    return {path: node}


def test_every_value_in_the_fhir_is_explained(vardbro: Vardbro) -> None:
    steps = vardbro("explain", DERIVED, "--json").json
    golden = orjson.loads((GOLDEN / "booking/most-left-out-and-derived.json").read_bytes())
    for entry in golden["entry"]:
        resource = {name: value for name, value in entry["resource"].items() if name != "id"}
        wanted = _leaves(resource, resource["resourceType"])
        mine = [step for step in steps if step["path"] in wanted]
        assert wanted.keys() <= {step["path"] for step in mine}


def test_field_table_and_rule_are_told(vardbro: Vardbro) -> None:
    steps = vardbro("explain", DERIVED, "--fhir", "Appointment.appointmentType.coding[0].code", "--json").json
    assert [(step["value"], step["field"], step["table"], step["rule"]) for step in steps] == [
        ("aterbesok", "/visitType", "visit-types", "BO-29")
    ]


def test_what_the_sender_said_has_no_rule(vardbro: Vardbro) -> None:
    steps = vardbro("explain", DERIVED, "--fhir", "Appointment.status", "--json").json
    assert [(step["field"], step["rule"]) for step in steps] == [("/status", "")]


@pytest.mark.parametrize("path", ["/lines/0/start", "lines.0.start", "lines[0].start"])
def test_the_other_way_a_field_is_followed_to_all_it_became(path: str, vardbro: Vardbro) -> None:
    paths = {step["path"] for step in vardbro("explain", DERIVED, "--field", path, "--json").json}
    assert {"Appointment.start", "Appointment.end", "Appointment.participant[2].period.start"} <= paths
    assert "Appointment.status" not in paths


def test_a_path_without_indices_means_any(vardbro: Vardbro) -> None:
    steps = vardbro("explain", DERIVED, "--fhir", "Appointment.participant.actor", "--json").json
    assert [step["path"] for step in steps] == [f"Appointment.participant[{n}].actor.reference" for n in (0, 1)]


def test_a_bundle_is_explained_by_the_message_that_it_carries(vardbro: Vardbro) -> None:
    bundle = GOLDEN / "named-contact/contact-nurse.json"
    own = vardbro("explain", MESSAGES / "named-contact/contact-nurse.json", "--json").json
    assert {(one["path"], one["field"]) for one in vardbro("explain", bundle, "--json").json} == {
        (one["path"], one["field"]) for one in own
    }


def test_people_read_resource_value_and_origin(vardbro: Vardbro) -> None:
    said = vardbro("explain", DERIVED, "--field", "/visitType").out
    assert said.startswith("booking.visit\n")
    assert (
        'Appointment.appointmentType.coding[0].code = "aterbesok"\n      from /visitType; table visit-types; ' in said
    )
    assert "derived by BO-29" in said


@pytest.mark.parametrize("option", [("--field", "/nothing"), ("--fhir", "Appointment.nothing")])
def test_what_stands_nowhere_is_wrong_usage(option: tuple[str, str], vardbro: Vardbro) -> None:
    ended = vardbro("explain", DERIVED, *option)
    assert (ended.code, ended.out) == (2, "")
    assert "without --field and --fhir" in ended.err


def test_a_message_that_cannot_be_read_is_refused(tmp_path: Path, vardbro: Vardbro) -> None:
    ended = vardbro("explain", ndjson(tmp_path / "x.ndjson", [orjson.loads(DERIVED.read_bytes()), b' {"a" 1}']))
    assert ended.code == 1
    assert "x.ndjson:2:7: error IN-1 /: " in ended.err


def test_a_file_in_which_there_is_nothing_is_told(tmp_path: Path, vardbro: Vardbro) -> None:
    ended = vardbro("explain", ndjson(tmp_path / "x.ndjson", []))
    assert (ended.code, ended.out) == (2, "")
    assert "x.ndjson: there is nothing in it" in ended.err


def test_a_bundle_that_is_none_is_told(tmp_path: Path, vardbro: Vardbro) -> None:
    ended = vardbro("explain", ndjson(tmp_path / "x.ndjson", [{"resourceType": "Bundle"}]))
    assert ended.code == 2
    assert "no Bundle" in ended.err
