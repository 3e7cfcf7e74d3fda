"""The mapping alone: there, back, and however many."""

from __future__ import annotations

import re
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import orjson
import pytest

from mappings.problem import Json

from .conftest import GOLDEN, MESSAGES, Vardbro, message, ndjson, process

KINDS = ("booking", "care-event", "named-contact")
TEAM = "booking/team-of-physician-and-dietitian.json"
ACCEPTED = sorted(path.relative_to(MESSAGES).as_posix() for kind in KINDS for path in (MESSAGES / kind).glob("*.json"))
NEED_ANOTHER = {
    "booking/patient-whom-another-source-protects.json",
    "care-event/missed-when-cancelled-late.json",
    "care-event/pre-registered-and-then-arrived.json",
}
"""What only a gateway knows is in their golden files."""


@pytest.mark.parametrize("name", [name for name in ACCEPTED if name not in NEED_ANOTHER])
def test_a_message_becomes_its_golden_file(name: str, vardbro: Vardbro) -> None:
    ended = vardbro("convert", "--to", "fhir", MESSAGES / name)
    assert (ended.code, ended.err) == (0, "")
    golden = orjson.loads((GOLDEN / name).read_bytes())
    assert ended.json == golden


@pytest.mark.parametrize("name", ACCEPTED)
def test_there_and_back_and_there_again_is_the_same(name: str, tmp_path: Path, vardbro: Vardbro) -> None:
    bundle, back = tmp_path / "bundle.json", tmp_path / "message.json"
    bundle.write_text(vardbro("convert", "--to", "fhir", MESSAGES / name).out)
    ended = vardbro("convert", "--to", "region", bundle)
    assert (ended.code, ended.err) == (0, "")
    back.write_text(ended.out)
    assert vardbro("convert", "--to", "fhir", back, "--kind", name.partition("/")[0]).out == bundle.read_text()
    sent = message(name)
    assert ended.json["version"] == sent.get("version", ended.json["version"])
    assert ended.json["patient"]["identity"]["kind"] == sent["patient"]["identity"]["kind"]


def test_what_is_read_back_from_its_own_bundle_is_what_was_sent(vardbro: Vardbro) -> None:
    assert vardbro("convert", "--to", "region", GOLDEN / TEAM).json == message(TEAM)


def test_each_line_becomes_a_line(tmp_path: Path, vardbro: Vardbro) -> None:
    path = ndjson(tmp_path / "all.ndjson", [message(name) for name in ACCEPTED])
    lines = vardbro("convert", "--to", "fhir", path).lines
    assert [len(bundle["entry"]) > 0 for bundle in lines] == [True] * len(ACCEPTED)
    assert {bundle["type"] for bundle in lines} == {"collection"}


def test_a_line_that_cannot_be_read_is_told_and_the_rest_goes_on(tmp_path: Path, vardbro: Vardbro) -> None:
    wrong = {**message(TEAM), "colour": "191212121212"}
    path = ndjson(tmp_path / "some.ndjson", [message(TEAM), b"{nothing", wrong, {"x": 1}, message(TEAM)])
    ended = vardbro("convert", "--to", "fhir", path)
    assert ended.code == 1
    assert len(ended.lines) == 2
    told = [line.split(": ")[0:2] for line in ended.err.splitlines()]
    assert told == [[f"{path}:2:2", "error IN-1 /"], [f"{path}:3", "error IN-3 /colour"], [f"{path}:4", "error IN-3 /"]]
    assert "191212121212" not in ended.err


def test_standard_input_is_a_file_too(tmp_path: Path) -> None:
    ended = process("convert", "--to", "fhir", "-", cwd=tmp_path, given=orjson.dumps([message(TEAM), message(TEAM)]))
    assert (ended.code, len(ended.lines)) == (0, 2)


def _searchset(*names: str) -> Json:
    """Several messages' resources in one searchset, as a server answers: literal references, one entry each."""
    entries: dict[str, Json] = {}
    for name in names:
        bundle = orjson.loads((GOLDEN / name).read_bytes())
        places = {
            one["fullUrl"]: f"{one['resource']['resourceType']}/{one['resource']['id']}" for one in bundle["entry"]
        }
        text = orjson.dumps(bundle).decode()
        for url, place in places.items():
            text = text.replace(f'"reference":"{url}"', f'"reference":"{place}"')
        for number, entry in enumerate(orjson.loads(text)["entry"]):
            place = places[entry["fullUrl"]]
            mode = "include" if number else "match"
            entries[place] = {
                "fullUrl": f"https://server/{place}",
                "resource": entry["resource"],
                "search": {"mode": mode},
            }
    return {"resourceType": "Bundle", "type": "searchset", "entry": list(entries.values())}


def test_a_searchset_becomes_the_messages_that_were_searched_for(tmp_path: Path, vardbro: Vardbro) -> None:
    other = "booking/video-visit.json"
    (tmp_path / "found.json").write_bytes(orjson.dumps(_searchset(TEAM, other)))
    ended = vardbro("convert", "--to", "region", tmp_path / "found.json")
    assert (ended.code, ended.err) == (0, "")
    assert [line["number"] for line in ended.lines] == [message(TEAM)["number"], message(other)["number"]]


def _told(vardbro: Vardbro, tmp_path: Path, value: Any) -> tuple[int, str]:
    (tmp_path / "x.json").write_bytes(orjson.dumps(value))
    ended = vardbro("convert", "--to", "region", tmp_path / "x.json")
    return ended.code, ended.err


def test_what_no_message_can_say_is_named_and_not_lost_in_silence(tmp_path: Path, vardbro: Vardbro) -> None:
    bundle = orjson.loads((GOLDEN / TEAM).read_bytes())
    bundle["entry"][0]["resource"]["description"] = "Tolvan"
    code, told = _told(vardbro, tmp_path, bundle)
    assert code == 1
    assert "warning IN-17 Appointment.description (extra)" in told
    assert "Tolvan" not in told


@pytest.mark.parametrize(
    "value",
    [7, {}, {"resourceType": "Patient"}, {"resourceType": "Bundle"}, [{"resourceType": "Bundle", "entry": [1]}]],
)
def test_what_is_no_such_bundle_is_told(tmp_path: Path, vardbro: Vardbro, value: Any) -> None:
    code, told = _told(vardbro, tmp_path, value)
    assert code == 1
    assert "IN-2" in told


@pytest.mark.parametrize("to", ["fhir", "region"])
def test_bad_json_is_told_with_file_line_and_column(tmp_path: Path, to: str, vardbro: Vardbro) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(b'{\n  "a": 1\n  "b": 2\n}')
    ended = vardbro("convert", "--to", to, path)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith(f"{path}:3:3: error IN-1 /: ")
    assert "(line 3, character 3; the rest of the file was not read)" in ended.err


@pytest.mark.parametrize("to", ["fhir", "region"])
@pytest.mark.parametrize("data", [b"", b"\n", b"[]"])
def test_a_file_in_which_there_is_nothing_is_told(tmp_path: Path, to: str, data: bytes, vardbro: Vardbro) -> None:
    (tmp_path / "x.json").write_bytes(data)
    ended = vardbro("convert", "--to", to, tmp_path / "x.json")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"vardbro: {tmp_path / 'x.json'}: there is nothing in it; give a message")


def test_standard_input_in_which_there_is_nothing_is_told(tmp_path: Path) -> None:
    ended = process("convert", "--to", "fhir", "-", cwd=tmp_path)
    assert ended.code == 2
    assert "standard input: there is nothing in it" in ended.err


def test_a_bundle_of_others_holds_no_message(tmp_path: Path, vardbro: Vardbro) -> None:
    patient = {"resource": {"resourceType": "Patient", "id": "1"}}
    code, told = _told(vardbro, tmp_path, {"resourceType": "Bundle", "type": "searchset", "entry": [patient]})
    assert code == 1
    assert "IN-14" in told


def test_ids_are_the_regions_own_where_its_keys_are_given(tmp_path: Path, vardbro: Vardbro) -> None:
    (tmp_path / "keys").write_text("ab" * 32)
    ours = vardbro("convert", "--to", "fhir", MESSAGES / TEAM, "--keys", tmp_path / "keys").json
    demo = vardbro("convert", "--to", "fhir", MESSAGES / TEAM).json
    ids = [{entry["resource"]["id"] for entry in bundle["entry"]} for bundle in (ours, demo)]
    assert len(ids[0]) == len(ids[1])
    assert not ids[0] & ids[1]


def _peak(path: Path) -> int:
    """Most memory, in KiB, that converting the file took."""
    script = """
import resource, sys
from adapter.cli import main
try:
    main(["convert", "--to", "fhir", sys.argv[1]])
except SystemExit as ended:
    sys.stderr.write(f"{ended.code} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}")
"""
    ran = subprocess.run(
        [sys.executable, "-c", script, path], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True
    )
    found = re.fullmatch(rb"0 (\d+)", ran.stderr)
    assert found, ran.stderr
    return int(found[1])


@pytest.mark.parametrize("as_list", [False, True], ids=["a line each", "a list"])
def test_ten_times_the_bookings_take_no_more_memory(tmp_path: Path, as_list: bool) -> None:
    def written(many: int) -> Path:
        one = message(TEAM)
        values = [deepcopy(one) | {"number": f"N-{number}"} for number in range(many)]
        if not as_list:
            return ndjson(tmp_path / f"{many}.ndjson", values)
        path = tmp_path / f"{many}.json"
        path.write_bytes(orjson.dumps(values))
        return path

    assert _peak(written(3000)) <= 1.2 * _peak(written(300))
