"""What every file of the project keeps: no machine's own paths, nothing left for later, sizes that one can hold."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
THIS = Path(__file__)

LONGEST_MODULE, LONGEST_FUNCTION = 450, 60
LONG_MODULES = {
    "mappings/rules/statements/booking.py": "a table: every rule of bookings in two languages, with its source",
    "adapter/cli/commands.py": "a table: every command with its options and its help",
}
LONG_FUNCTIONS = {
    "adapter/delivery/migrations/versions/0001_first.py:upgrade": "a table: the columns of the first schema",
}
"""What may be longer, and why."""

PATHS = re.compile(r"(?<![\w.:/}>-])/(?:work|home|root|Users|tmp|farm|mnt|opt|private)/\w")
HOSTS = re.compile(
    r"pypi\.org|pythonhosted|registry\.npmjs|repo1?\.maven|artifactory|nexus|index-url|packages\.fhir\.org",
    re.IGNORECASE,
)
LATER = re.compile("|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")))


@cache
def tracked() -> dict[str, str]:
    """The texts of the files that are, or would be, in the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    names = [name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]
    return {name: (ROOT / name).read_text("utf-8", errors="replace") for name in names}


def _lines(pattern: re.Pattern[str], *, but: tuple[str, ...] = ()) -> list[str]:
    """Where a pattern stands."""
    own = THIS.relative_to(ROOT).as_posix()
    return [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, text in tracked().items()
        if name != own and name not in but
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_the_repository_was_read() -> None:
    assert {"README.md", "pyproject.toml", "adapter/app.py", "mappings/problem.py"} <= tracked().keys()


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    assert _lines(PATHS) == []


def test_no_file_names_a_host_to_download_from() -> None:
    assert _lines(HOSTS) == []


def test_nothing_is_left_for_later_in_a_comment() -> None:
    assert _lines(LATER, but=("LICENSE",)) == []


def test_one_list_of_locked_dependencies_and_no_other() -> None:
    names = {Path(name).name for name in tracked()}
    assert not names & {"uv.lock", "poetry.lock", "Pipfile.lock", "pdm.lock", "setup.py", "setup.cfg"}


def test_little_stands_at_the_top() -> None:
    top = {name.partition("/")[0] for name in tracked()}
    assert top == {
        *(
            ".ci",
            ".gitignore",
            "LICENSE",
            "README.md",
            "SECURITY.md",
            "adapter",
            "docs",
            "fixtures",
            "mappings",
            "pyproject.toml",
        ),
        *("requirements.txt", "requirements-test.txt", "tests"),
    }


CODE = [name for name in tracked() if name.startswith(("adapter/", "mappings/")) and name.endswith(".py")]
TESTS = [name for name in tracked() if name.startswith("tests/") and name.endswith(".py")]


def test_a_module_is_no_longer_than_a_reader_can_hold() -> None:
    assert {name for name in CODE if len(tracked()[name].splitlines()) > LONGEST_MODULE} == set(LONG_MODULES)


def test_a_function_is_no_longer_than_a_page() -> None:
    long = {
        f"{name}:{node.name}"
        for name in CODE
        for node in ast.walk(ast.parse(tracked()[name]))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    }
    assert long == set(LONG_FUNCTIONS)


def test_nothing_is_named_for_what_it_might_hold() -> None:
    vague = {"utils", "util", "helpers", "helper", "manager", "managers", "base", "common", "misc"}
    assert [name for name in CODE if vague & {*Path(name).with_suffix("").parts}] == []


# -- tests -----------------------------------------------------------------------------------------------------------

CLOCKS = frozenset({"monotonic", "perf_counter", "process_time", "time", "time_ns", "perf_counter_ns", "elapsed"})


def _timed(tree: ast.Module) -> Iterator[int]:
    """Lines of assertions that compare what a clock said."""
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)):
        times = {
            target.id
            for node in ast.walk(function)
            if isinstance(node, ast.Assign) and _asks_a_clock(node.value)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(function):
            if isinstance(node, ast.Assert) and (_asks_a_clock(node.test) or _names(node.test) & times):
                yield node.lineno


def _asks_a_clock(node: ast.AST) -> bool:
    attributes = (one for one in ast.walk(node) if isinstance(one, ast.Attribute))
    return any(one.attr == "elapsed" or (one.attr in CLOCKS and _is_time(one.value)) for one in attributes)


def _is_time(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "time"


def _names(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def test_no_test_asserts_how_long_something_took() -> None:
    timed = {name: list(_timed(ast.parse(tracked()[name]))) for name in TESTS}
    assert {name: lines for name, lines in timed.items() if lines} == {}


def test_an_assertion_on_a_clock_would_be_seen() -> None:
    code = "def test_a():\n    start = time.monotonic()\n    took = time.monotonic() - start\n    assert took < 1\n"
    assert list(_timed(ast.parse(code))) == [4]


def test_no_test_is_skipped_in_silence() -> None:
    """What needs Java or the like fails in CI (`tests/servers/needs.py`)."""
    marks = re.compile(r"pytest\.(?:mark\.)?(?:skip|skipif|xfail|importorskip)\b")
    skipping = {name for name in TESTS if marks.search(tracked()[name])} - {THIS.relative_to(ROOT).as_posix()}
    assert skipping == {"tests/servers/needs.py", "tests/servers/test_needs.py"}
