"""The mutants of one module: every change that an operator can make, each once, that is still other code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import ndiff
from pathlib import Path
from random import Random

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code

from tests.mutation.operators import operators


@dataclass(frozen=True)
class Mutant:
    """A module with one thing changed."""

    operator: str
    line: int
    code: str
    change: str
    """The changed lines, before and after."""


def mutants(path: Path, most: int | None = None) -> tuple[list[Mutant], int]:
    """A module's mutants, or `most` of them, drawn the same each time; and how many places there were to change.

    What stands in annotations, in `__all__` and in the options of `dataclass` and of caches is not changed: no rule
    reads it when it runs.
    """
    source = path.read_text("utf-8")
    places = list(_places(source))
    drawn = Random(path.stem).sample(places, len(places))
    seen = {ast.dump(ast.parse(source))}
    found: list[Mutant] = []
    everything = dict(operators())
    for name, occurrence, line in drawn:
        if most is not None and len(found) == most:
            break
        code = mutate_code(source, everything[name], occurrence)
        shape = _shape(code)
        if shape is not None and shape not in seen:
            seen.add(shape)
            found.append(Mutant(name, line, code, _change(source, code)))
    return sorted(found, key=lambda one: (one.line, one.operator)), len(places)


def _places(source: str) -> Iterator[tuple[str, int, int]]:
    """(operator, occurrence, line)."""
    skipped = list(_unread(source))
    nodes = list(ast_nodes(get_ast(source)))
    for name, operator in operators():
        spans = [span for node in nodes for span in operator.mutation_positions(node)]
        for occurrence, (start, _) in enumerate(spans):
            if not any(first <= start < last for first, last in skipped):
                yield name, occurrence, start[0]


_OPTIONS = re.compile(r"(dataclass|lru_cache|cache)\b")


def _unread(source: str) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    for node in ast.walk(ast.parse(source)):
        exports = node.value if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__" else None
        options = [one for one in getattr(node, "decorator_list", ()) if _OPTIONS.match(ast.unparse(one))]
        for one in (exports, *options, getattr(node, "annotation", None), getattr(node, "returns", None)):
            if isinstance(one, ast.expr):
                yield (one.lineno, max(one.col_offset - 1, 0)), (one.end_lineno or 0, one.end_col_offset or 0)


def _shape(code: str | None) -> str | None:
    """What the compiler sees; None where it is no Python."""
    try:
        return None if code is None else ast.dump(ast.parse(code))
    except SyntaxError:
        return None


def _change(before: str, after: str) -> str:
    lines = [line for line in ndiff(before.splitlines(), after.splitlines()) if line[:2] in ("- ", "+ ")]
    was = " ".join(line[2:].strip() for line in lines if line.startswith("-"))
    now = " ".join(line[2:].strip() for line in lines if line.startswith("+"))
    return f"`{was}` → `{now}`"
