"""Dependencies: each locked with its hashes, as pyproject.toml asks for it, and with a reason in the README."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from mappings.problem import Json

ROOT = Path(__file__).parents[2]
PROJECT: Json = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
RUN = [Requirement(line) for line in PROJECT["dependencies"]]
TEST = [Requirement(line) for line in PROJECT["optional-dependencies"]["test"]]

LOCKED = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^\s;\\]+)(?: ;[^\\]*)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")


def locked(file: str) -> dict[str, str]:
    """Version by name; every line of the file is a version with a hash after it, one more hash, or a comment."""
    found: dict[str, str] = {}
    hashes: dict[str, int] = {}
    name = ""
    for line in (ROOT / file).read_text("utf-8").splitlines():
        if match := LOCKED.match(line):
            name = canonicalize_name(match[1])
            found[name], hashes[name] = match[2], 0
        elif HASH.match(line):
            hashes[name] += 1
        else:
            assert re.match(r"^\s*#", line), f"{file}: {line}"
    assert all(hashes.values()), f"{file}: without a hash: {[one for one, many in hashes.items() if not many]}"
    return found


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-test.txt"])
def test_every_locked_version_has_its_hashes(file: str) -> None:
    assert len(locked(file)) >= len(RUN)


@pytest.mark.parametrize(
    ("file", "requirement"),
    [("requirements.txt", one) for one in RUN] + [("requirements-test.txt", one) for one in (*RUN, *TEST)],
    ids=str,
)
def test_what_the_project_asks_for_is_locked(file: str, requirement: Requirement) -> None:
    version = locked(file)[canonicalize_name(requirement.name)]
    assert requirement.specifier.contains(version, prereleases=True)


def test_what_is_tested_is_what_is_run() -> None:
    run, test = locked("requirements.txt"), locked("requirements-test.txt")
    assert {name: test.get(name) for name in run} == run


def _row(readme: str) -> dict[str, str]:
    """What each library is for, by name."""
    section = readme.partition("## Dependencies")[2].partition("\n## ")[0]
    rows: dict[str, str] = {}
    for line in section.splitlines():
        if line.startswith("| `"):
            names, _, reason = line.strip("| ").partition(" | ")
            rows |= {canonicalize_name(name): reason for name in re.findall(r"`([^`]+)`", names)}
        else:
            rows |= {canonicalize_name(name): line for name in re.findall(r"`([a-z][a-z.-]+)`", line)}
    return rows


@pytest.mark.parametrize("requirement", [*RUN, *TEST], ids=lambda one: one.name)
def test_every_dependency_has_a_line_in_the_readme_that_says_what_it_is_for(requirement: Requirement) -> None:
    reason = _row((ROOT / "README.md").read_text("utf-8")).get(canonicalize_name(requirement.name), "")
    assert len(reason) > 10


def test_the_readme_tells_of_no_library_that_is_not_used() -> None:
    told = set(_row((ROOT / "README.md").read_text("utf-8")))
    assert told <= {canonicalize_name(one.name) for one in (*RUN, *TEST)}
