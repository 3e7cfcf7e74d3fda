"""What an operator can do wrong is one clear text on standard error, and no traceback."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapter.cli.exits import Code
from adapter.cli.failures import told
from adapter.delivery import Ledger

from .conftest import MESSAGES, Vardbro
from .running import running

SAMPLE = MESSAGES.parent / "region" / "exempel"


@pytest.fixture
def taken_port() -> Iterator[str]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield str(listening.getsockname()[1])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With files that are not what they should be."""
    (tmp_path / "junk").write_text("junk")
    (tmp_path / "keys").write_text("00" * 32)
    token = f"name = 'a'\nsha256 = '{'0' * 64}'\naudience = 'staff'"
    (tmp_path / "misspelt").write_text(f"[[token]]\n{token}\nsource = ['A']\n")
    (tmp_path / "holes").mkdir()
    for name in ("region.toml", "units.csv", "e-services.csv", "positions.csv", "regions.csv"):
        (tmp_path / "holes" / name).write_bytes((SAMPLE / name).read_bytes())
    return tmp_path


WRONG = [
    ("serve --region nowhere", "nowhere: there is no such folder"),
    ("serve --region holes", "COSMIC/"),
    ("serve --database postgresql://server/ledger --keys keys", "Databases of the kind postgresql are not taken yet"),
    ("serve --database nonsense --keys keys", "Give sqlite:///FILE"),
    ("serve --database sqlite:///ledger.db", "the region's keys must be given"),
    ("serve --database sqlite:///junk --keys keys", "--database: junk: this is no SQLite database"),
    ("serve --database sqlite:///nowhere/ledger.db --keys keys", "--database: nowhere: there is no such folder"),
    ("serve --fhir-server http://127.0.0.1:1/fhir", "the region's keys must be given"),
    ("serve --fhir-server ftp://server", "--fhir-server: give an http or https URL"),
    ("serve --keys nowhere", "nowhere: no file of 64 hexadecimal digits"),
    ("serve --keys junk", "junk: no file of 64 hexadecimal digits"),
    (
        "serve --tokens nowhere",
        "nowhere: no such file or directory: give a TOML file with [[token]], [[issuer]], [[client]] tables",
    ),
    ("serve --tokens holes", "holes: is a directory: give a TOML file with [[token]], [[issuer]], [[client]] tables"),
    ("serve --tokens junk", "junk:1: this is no TOML: give a TOML file with [[token]], [[issuer]], [[client]] tables"),
    ("serve --tokens misspelt", "misspelt:5: [[token]] number 1: a key here means nothing: mend its name or take it"),
    ("serve --data junk", "junk: a file stands where a folder is needed"),
    ("serve --fhir-server http://127.0.0.1:1 --keys keys --fhir-token-file nowhere", "nowhere: there is no such file"),
    ("sandbox --seed nowhere", "nowhere"),
    ("sandbox --seed junk", "the seed is refused: junk: "),
    ("sandbox --database junk", "the database file cannot be opened"),
    ("sandbox --zone Mars/Olympus", "there is no such time zone"),
    ("sandbox --host 192.0.2.1", "this machine does not have that address"),
    ("demo --fhir-server nonsense", "--fhir-server: give an http or https URL"),
    ("demo --region nowhere", "nowhere: there is no such folder"),
]


@pytest.mark.parametrize(("command", "text"), WRONG, ids=[command for command, _ in WRONG])
def test_a_wrong_setting_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch, vardbro: Vardbro, command: str, text: str
) -> None:
    monkeypatch.chdir(folder)
    name, *rest = command.split()
    ended = vardbro(name, *([] if name == "demo" else ["--port", "0"]), *rest)
    assert text in ended.err
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("vardbro: ")
    assert "Traceback" not in ended.err
    assert not (folder / "vardbro-data").exists(), "what could not be started must leave nothing behind"


@pytest.mark.parametrize("command", ["serve", "sandbox"])
def test_a_port_that_is_taken_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, vardbro: Vardbro, taken_port: str, command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = vardbro(command, "--port", taken_port)
    assert (ended.code, ended.out) == (2, "")
    assert "the port is taken by another program: choose another with --port" in ended.err
    assert list(tmp_path.iterdir()) == []


def test_a_ledger_that_another_gateway_serves_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, vardbro: Vardbro
) -> None:
    monkeypatch.chdir(tmp_path)
    with running("serve", "--port", "0", cwd=tmp_path):
        ended = vardbro("serve", "--port", "0")
    assert ended.code == 2
    assert "Another gateway serves ledger.db in this folder" in ended.err


def test_a_ledger_of_another_region_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, vardbro: Vardbro) -> None:
    monkeypatch.chdir(tmp_path)
    asyncio.run(Ledger.open("sqlite:///ledger.db", "exempel").close())
    for file in SAMPLE.rglob("*"):
        if file.is_file():
            copy = tmp_path / "other" / file.relative_to(SAMPLE)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(file.read_bytes())
    head = tmp_path / "other" / "region.toml"
    head.write_text(head.read_text("utf-8").replace('id = "exempel"', 'id = "annan"'), "utf-8")
    ended = vardbro("serve", "--port", "0", "--region", "other", "--data", ".")
    assert ended.code == 2
    assert "belongs to the region exempel" in ended.err


@pytest.mark.parametrize("command", ["convert --to fhir", "convert --to region", "check", "explain", "send"])
def test_a_file_that_is_not_there_is_told(command: str, vardbro: Vardbro) -> None:
    ended = vardbro(*command.split(), "nowhere.json")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == "vardbro: nowhere.json: there is no such file or folder\n"


def test_a_folder_is_no_file(tmp_path: Path, vardbro: Vardbro) -> None:
    assert vardbro("check", tmp_path).err == f"vardbro: {tmp_path}: this is a folder, not a file\n"


def test_an_error_of_ours_says_its_kind_and_place_and_never_what_it_held() -> None:
    try:
        raise ValueError("191212121212")
    except ValueError as error:
        ours = told(error)
    assert ours.code is Code.OURS
    assert str(ours).startswith("an error of ours, not yours: ValueError at ")
    assert "191212121212" not in str(ours)
