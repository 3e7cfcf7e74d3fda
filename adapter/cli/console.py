"""What people see: tables and colours on standard output, progress on standard error; both only as far as they are
terminals, and without colours where NO_COLOR is set (https://no-color.org)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import orjson
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

WIDE = 132
"""Columns where no terminal says how many it has."""


def console(*, stderr: bool = False) -> Console:
    """Knows neither markup nor emoji: what is printed is printed as it is."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else WIDE
    return Console(stderr=stderr, width=width, markup=False, emoji=False, highlight=False)


def table(*columns: str) -> Table:
    made = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in columns:
        made.add_column(column, overflow="fold")
    return made


def write_json(value: Any, *, pretty: bool = True) -> None:
    """One JSON value on standard output."""
    sys.stdout.flush()
    options = orjson.OPT_APPEND_NEWLINE | (orjson.OPT_INDENT_2 if pretty else 0)
    sys.stdout.buffer.write(orjson.dumps(value, option=options))
    sys.stdout.buffer.flush()


def write_line(raw: bytes) -> None:
    """A line of many on standard output; not flushed."""
    sys.stdout.buffer.write(raw + b"\n")


def tell(text: str) -> None:
    """A line on standard error."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


@contextmanager
def progress(total: int | None, doing: str) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal while something long goes on; call it with every further byte or piece that is done."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console(stderr=True), transient=True) as bar:
        task = bar.add_task(doing, total=total)
        yield lambda more: bar.advance(task, more)
