"""Files of any layout and size, item by item."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from adapter.cli import items as module
from adapter.cli.items import Item, items

ITEMS = [{"n": n, "å": ["åäö", {"z": None}, "\U0001f600", '"\\'] * n} for n in range(40)]


def _read(path: Path, data: bytes) -> list[Item]:
    path.write_bytes(data)
    return list(items([str(path)]))


@pytest.mark.parametrize("indent", [None, 2], ids=["on one line", "on many"])
@pytest.mark.parametrize("chunk", [1, 7, 100_000])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_a_list_gives_its_items(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int, indent: int | None, ascii_only: bool
) -> None:
    monkeypatch.setattr(module, "_CHUNK", chunk)
    text = json.dumps(ITEMS, indent=indent, ensure_ascii=ascii_only)
    found = _read(tmp_path / "list.json", text.encode())
    assert [json.loads(item.raw) for item in found] == ITEMS
    assert all(text.splitlines()[item.line - 1].lstrip().startswith(("{", "[")) for item in found)


def test_a_line_each_gives_an_item_each_and_counts_lines(tmp_path: Path) -> None:
    found = _read(tmp_path / "lines.ndjson", b'\xef\xbb\xbf{"a":1}\r\n\n not json\n{"b":2}')
    assert [(item.line, item.raw) for item in found] == [(1, b'{"a":1}'), (3, b"not json"), (4, b'{"b":2}')]


def test_a_file_by_lines_may_begin_with_a_broken_one(tmp_path: Path) -> None:
    found = _read(tmp_path / "lines.ndjson", b'{"a":\n{"b":2}\n')
    assert [item.raw for item in found] == [b'{"a":', b'{"b":2}']


def test_a_message_over_many_lines_is_one_item_as_it_was_written(tmp_path: Path) -> None:
    text = json.dumps({"a": {"b": [1, 2]}}, indent=4).encode()
    assert _read(tmp_path / "one.json", text + b"\n") == [Item(str(tmp_path / "one.json"), 1, text)]


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b'[{"a":1},\n{"b":x}, {"c":3}]', [1, 2]),
        (b'[{"a":1},\n{"b":2}', [1, 2, 2]),
        (b'[{"a":1}]\n}', [1, 2]),
        (b'{\n"a": "\xff"\n}', [1]),
        (b'{"a":\n' + b"[" * 100_000, [1]),
    ],
    ids=["no JSON within", "no end", "something behind", "not UTF-8", "nested without end"],
)
def test_what_cannot_be_read_is_an_item_without_text_and_the_last(
    tmp_path: Path, data: bytes, lines: list[int]
) -> None:
    found = _read(tmp_path / "x.json", data)
    assert [item.line for item in found] == lines
    assert [bool(item.raw) for item in found] == [True] * (len(lines) - 1) + [False]


def test_nothing_is_in_an_empty_file_or_list(tmp_path: Path) -> None:
    assert [_read(tmp_path / "x.json", data) for data in (b"", b" \n\n", b"[]", b"[ \n ]\n")] == [[], [], [], []]


def test_what_is_too_large_is_told_and_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST", 50)
    monkeypatch.setattr(module, "_CHUNK", 10)
    long: Any = json.dumps({"a": "x" * 500}).encode()
    by_line = _read(tmp_path / "x.ndjson", b'{"a":1}\n' + long + b'\n{"b":2}\n')
    assert [(item.line, item.too_large) for item in by_line] == [(1, False), (2, True), (3, False)]
    assert [item.too_large for item in _read(tmp_path / "x.json", b"[" + long + b"]")] == [True]
