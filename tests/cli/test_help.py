"""What a newcomer reads."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from typing import Any

import pytest
import typer.main

from adapter.cli.commands import app
from adapter.sandbox import SandboxSettings
from adapter.settings import Settings

from .conftest import Vardbro

ROOT: Any = typer.main.get_command(app)
GROUPS = ("messages", "region")
COMMANDS = [
    *((name,) for name in ROOT.commands if name not in GROUPS),
    *((group, name) for group in GROUPS for name in ROOT.commands[group].commands),
]


def _options(name: str) -> set[str]:
    return {parameter.name for parameter in ROOT.commands[name].params}


def test_all_commands_are_there() -> None:
    assert set(ROOT.commands) == {
        *("demo", "serve", "sandbox", "send", "convert", "check", "explain", "rules", "schema", "waiting", "messages"),
        "region",
    }


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_an_example_that_begins_with_its_own_name(command: tuple[str, ...], vardbro: Vardbro) -> None:
    ended = vardbro(*command, "--help")
    assert ended.code == 0
    assert f"Example:\n    vardbro {' '.join(command)}" in ended.out


def test_exit_codes_stand_in_the_help(vardbro: Vardbro) -> None:
    said = vardbro("--help").out
    assert all(f"\n    {code}  " in said for code in range(5))


def test_without_a_command_the_help_is_shown(vardbro: Vardbro) -> None:
    ended = vardbro()
    assert "Begin here" in ended.out + ended.err


@pytest.mark.parametrize(
    "arguments", [("nothing",), ("serve", "--nothing"), ("convert", "x.json"), ("rules", "--state", "x")]
)
def test_a_wrong_command_is_wrong_usage(arguments: tuple[str, ...], vardbro: Vardbro) -> None:
    ended = vardbro(*arguments)
    assert ended.code == 2
    assert "Traceback" not in ended.err
    assert "Error" in ended.err


def test_serve_has_every_setting_as_an_option() -> None:
    assert _options("serve") - {"log_level", "help"} == set(Settings.model_fields)


def test_sandbox_has_every_setting_as_an_option() -> None:
    assert _options("sandbox") - {"log_level", "help", "parent"} == {
        one.name for one in dataclasses.fields(SandboxSettings)
    }


def test_help_loads_nothing_that_takes_long() -> None:
    heavy = "{'fastapi', 'sqlalchemy', 'pydantic', 'uvicorn', 'httpx', 'rich', 'mappings'}"
    script = f"""
import sys
sys.argv = ["vardbro", "--help"]
from adapter.cli import main
try:
    main()
except SystemExit:
    print("LOADED", sorted({heavy} & set(sys.modules)))
"""
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert said.endswith("LOADED []\n")


def test_the_version_is_told(vardbro: Vardbro) -> None:
    assert vardbro("--version").out.startswith("vardbro 0.")
