"""Files of any layout and size, item by item."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from adapter.cli import items as module
from adapter.cli.items import Fault, Item, fault_of, items

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


@pytest.mark.parametrize("chunk", [1, 7, 100_000])
@pytest.mark.parametrize(
    ("data", "lines", "fault"),
    [
        (b'[{"a":1},\n{"b":x}, {"c":3}]', [1, 2], ("IN-1", 2, 6)),
        ('[{"å":1}, {"ä":1,\n "ö" 3}]'.encode(), [1, 1], ("IN-1", 2, 6)),
        (b'[{"a":1},\n{"b":2}', [1, 2, 2], ("IN-1", 2, 8)),
        (b'[{"a":1}]\n }', [1, 2], ("IN-1", 2, 2)),
        (b'{"a":\n1}\n\xff', [1, 3], ("IN-1", 3, 1)),
        (b'[{"a":1},\n{"b": \xff}]', [1, 2], ("IN-1", 2, 7)),
        ('{\n"å": "ö'.encode() + b'\xff"\n}', [1], ("IN-1", 2, 8)),
        (b'{"a":\n' + b"[" * 100_000, [1], ("IN-7", 1, 1)),
    ],
    ids=[
        *("no JSON within", "no JSON within the second on a line", "no end", "something behind"),
        *("no UTF-8 behind", "no UTF-8 after an item", "no UTF-8 in a text", "nested without end"),
    ],
)
def test_what_cannot_be_read_is_an_item_without_text_and_the_last_with_its_place(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    data: bytes,
    lines: list[int],
    fault: tuple[str, int, int],
    chunk: int,
) -> None:
    monkeypatch.setattr(module, "_CHUNK", chunk)
    found = _read(tmp_path / "x.json", data)
    assert [item.line for item in found] == lines
    assert [bool(item.raw) for item in found] == [True] * (len(lines) - 1) + [False]
    assert fault_of(found[-1]) == Fault(*fault, last=True)
    assert not [item for item in found[:-1] if fault_of(item)]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b"not json", Fault("IN-1", 2, 1)),
        (b'  {"a": 1,, "b": 2}', Fault("IN-1", 2, 11)),
        ('{"å": å}'.encode(), Fault("IN-1", 2, 7)),
        ('{"å": "'.encode() + b'\xff"}', Fault("IN-1", 2, 8)),
        (b"[" * 100_000, Fault("IN-7", 2, 1)),
    ],
)
def test_a_line_that_is_no_json_says_where_and_the_next_is_none_the_worse(
    tmp_path: Path, line: bytes, fault: Fault
) -> None:
    found = _read(tmp_path / "x.ndjson", b'{"a":1}\n' + line + b'\n{"b":2}\n')
    assert [fault_of(item) for item in found] == [None, fault, None]


def test_where_an_item_begins_is_told_by_line_and_column(tmp_path: Path) -> None:
    found = _read(tmp_path / "x.json", '[{"å":1}, {"b":\n2},\n  {"c":3}]'.encode())
    assert [(item.line, item.column) for item in found] == [(1, 2), (1, 11), (3, 3)]
    assert [(item.line, item.column) for item in _read(tmp_path / "x.ndjson", b'{"a":1}\n  {"b":2}\n')] == [
        (1, 1),
        (2, 3),
    ]


def test_files_without_an_item_are_told(tmp_path: Path) -> None:
    files = {"empty.json": b"", "blank.ndjson": b"\n \n", "list.json": b"[ ]", "good.json": b"{}", "bad.json": b"x"}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    hollow: list[str] = []
    assert len(list(items([str(tmp_path / name) for name in files], hollow=hollow))) == 2
    assert [Path(file).name for file in hollow] == ["empty.json", "blank.ndjson", "list.json"]


def test_nothing_is_in_an_empty_file_or_list(tmp_path: Path) -> None:
    assert [_read(tmp_path / "x.json", data) for data in (b"", b" \n\n", b"[]", b"[ \n ]\n")] == [[], [], [], []]


def test_what_is_too_large_is_told_and_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST", 50)
    monkeypatch.setattr(module, "_CHUNK", 10)
    long: Any = json.dumps({"a": "x" * 500}).encode()
    by_line = _read(tmp_path / "x.ndjson", b'{"a":1}\n' + long + b'\n{"b":2}\n')
    assert [item.fault for item in by_line] == [None, Fault("IN-6", 2, 1), None]
    as_list = _read(tmp_path / "x.json", b'[{"a":1},\n ' + long + b"]")
    assert [item.fault for item in as_list] == [None, Fault("IN-6", 2, 2, last=True)]
