"""Who may lean on whom, and what `mappings` may not touch: read off the code itself."""

from __future__ import annotations

import ast
import copy
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.golden import corpus

ROOT = Path(__file__).parents[2]
MAPPINGS = sorted((ROOT / "mappings").rglob("*.py"))
ADAPTER = sorted((ROOT / "adapter").rglob("*.py"))

TOUCHING = frozenset(
    {"adapter", "tests", "os", "pathlib", "socket", "ssl", "asyncio", "threading", "multiprocessing", "subprocess"}
    | {"concurrent", "signal", "logging", "structlog", "warnings", "httpx", "aiohttp", "requests", "sqlalchemy"}
    | {"sqlite3", "alembic", "fastapi", "starlette", "uvicorn", "typer", "rich", "prometheus_client", "respx"}
    | {"pydantic_settings", "random", "secrets", "uuid", "time", "tempfile", "shutil", "glob", "fileinput"}
    | {"importlib", "ctypes", "pickle", "atexit", "getpass", "platform", "sys"}
)
"""Modules by which code reaches the world, the clock, chance or settings."""
READING_THE_WORLD = frozenset({"now", "utcnow", "today", "read_text", "read_bytes", "write_text", "write_bytes"})
"""Methods: of `datetime` and `date`, of paths."""
BUILT_IN = frozenset({"open", "input", "print", "eval", "exec", "__import__", "breakpoint", "globals"})

CHANGING = frozenset(
    {"append", "extend", "insert", "remove", "pop", "popitem", "clear", "sort", "reverse", "add", "discard"}
    | {"update", "setdefault", "appendleft"}
)
REGISTRIES = {
    "rules/rulebook.py:RULES": "filled by the decorator `rule` while the modules of the rules load, then read",
    "rules/rulebook.py:DERIVATIONS": "filled by the decorator `derives`, likewise",
    "rules/rulebook.py:VIEWS": "filled by the decorator `shows`, likewise",
    "rules/rulebook.py:COMPUTED": "filled by the decorator `computes`, likewise",
}
"""Module-level containers that code of `mappings` changes, and why it may."""


def _name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level < 2:
            yield node.module or ""


def _leaning(files: list[Path], on: frozenset[str]) -> dict[str, set[str]]:
    """By file, which of these modules it imports."""
    found = {_name(file): {name.partition(".")[0] for name in _imports(_tree(file))} & on for file in files}
    return {file: names for file, names in found.items() if names}


def test_mappings_imports_nothing_that_touches_the_world() -> None:
    assert len(MAPPINGS) > 50
    assert _leaning(MAPPINGS, TOUCHING) == {}


def test_mappings_reads_no_file_no_clock_and_no_chance() -> None:
    for file in MAPPINGS:
        called = [node.func for node in ast.walk(_tree(file)) if isinstance(node, ast.Call)]
        assert {one.attr for one in called if isinstance(one, ast.Attribute)} & READING_THE_WORLD == set(), file
        assert {one.id for one in called if isinstance(one, ast.Name)} & BUILT_IN == set(), file


def _changed_globals(tree: ast.Module) -> Iterator[str]:
    """Names of the module's own that a function of it changes or binds anew."""
    own = {target.id for node in tree.body for target in _bound(node)}
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.Lambda)):
        local = {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and _is_stored(node)}
        local |= {argument.arg for argument in ast.walk(function) if isinstance(argument, ast.arg)}
        for node in ast.walk(function):
            if isinstance(node, ast.Global):
                yield from node.names
            yield from ({_changed(node)} & own) - local


def _bound(node: ast.stmt) -> list[ast.Name]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target for target in targets if isinstance(target, ast.Name)]


def _is_stored(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


def _changed(node: ast.AST) -> str:
    """The name whose value is changed in place here; empty for none."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) if method in CHANGING:
            return name
        case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
            return name
        case ast.Attribute(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
            return name
        case _:
            return ""


def test_mappings_has_no_state_but_the_registries() -> None:
    changed = {
        f"{file.relative_to(ROOT / 'mappings').as_posix()}:{name}"
        for file in MAPPINGS
        for name in _changed_globals(_tree(file))
    }
    assert changed == set(REGISTRIES)


def test_state_would_be_seen() -> None:
    code = """
SEEN, OWN = [], []
LAST = None
SEEN = []
def f(x):
    global LAST
    LAST = x
    SEEN.append(x)
    OWN = []
    OWN.append(x)
"""
    assert set(_changed_globals(ast.parse(code))) == {"SEEN", "LAST"}


def _modules() -> Iterator[ModuleType]:
    yield from (module for name, module in sorted(sys.modules.items()) if name.partition(".")[0] == "mappings")


def _containers() -> dict[str, Any]:
    return {
        f"{module.__name__}.{name}": value
        for module in _modules()
        for name, value in vars(module).items()
        if isinstance(value, list | dict | set) and not name.startswith("__")
    }


def test_no_table_of_mappings_moves_when_messages_go_through() -> None:
    before = {name: copy.copy(value) for name, value in _containers().items()}
    corpus.accepted.cache_clear()
    for taken in corpus.accepted():
        assert taken.filled
    for entry in corpus.index()[1]:
        assert corpus.problems(entry)
    assert len(before) > 20
    assert _containers() == before


def test_nothing_that_is_delivered_leans_on_the_tests() -> None:
    assert _leaning([*ADAPTER, *MAPPINGS], frozenset({"tests", "pytest", "hypothesis", "schemathesis", "respx"})) == {}


def test_adapter_leans_on_mappings_and_not_the_other_way() -> None:
    assert _leaning(ADAPTER, frozenset({"mappings"}))
    assert _leaning(MAPPINGS, frozenset({"adapter"})) == {}
