"""Messages and resources out of files, one at a time, however large the file is."""

from __future__ import annotations

import codecs
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path
from typing import cast

STDIN = "-"
LARGEST = 32_000_000
"""Bytes of one message or Bundle."""
_CHUNK = 1 << 18
_NEAR_THE_END = 12
"""Characters: `fals`, `-1.5` or `\\ud83d\\ude0` may only be cut off."""
_SPACE, _COMMAS = re.compile(r"[ \t\r\n]*"), re.compile(r"[ \t\r\n,]*")


@dataclass(frozen=True, slots=True)
class Item:
    """One JSON text of a file."""

    file: str
    line: int
    """Where it begins; 1 is the first."""
    raw: bytes = field(repr=False)
    """Empty where the file holds no JSON there, or too much of it."""
    too_large: bool = False


def items(files: Iterable[str], passed: Callable[[int], None] = lambda _: None) -> Iterator[Item]:
    """Every item of the files, in order; `passed` is told of every byte that went by.

    A file holds one item, a list of items, or an item a line. A line that is no JSON is an item without any. In a list,
    or in an item over many lines, what follows such a place cannot be told apart from it: that item is the last.
    """
    for file in files:
        with _opened(file) as stream:
            yield from _of(file, stream, passed)


def size(files: Iterable[str]) -> int | None:
    """Bytes in all; None where that is not known."""
    names = list(files)
    return None if STDIN in names else sum(Path(name).stat().st_size for name in names)


@contextmanager
def _opened(file: str) -> Iterator[BufferedReader]:
    if file == STDIN:
        yield cast("BufferedReader", sys.stdin.buffer)
        return
    with Path(file).open("rb") as stream:
        yield stream


def _of(file: str, stream: BufferedReader, passed: Callable[[int], None]) -> Iterator[Item]:
    def told(data: bytes) -> bytes:
        passed(len(data))
        return data

    def line() -> bytes:
        return told(stream.readline(LARGEST + 1))

    def chunk() -> bytes:
        return told(stream.read(_CHUNK))

    if stream.peek(len(codecs.BOM_UTF8)).startswith(codecs.BOM_UTF8):
        stream.read(len(codecs.BOM_UTF8))
    if stream.peek(1).lstrip().startswith(b"["):
        yield from _Values(file, chunk, chunk()).all()
        return
    first = line()
    if _whole(first) or file.endswith((".ndjson", ".jsonl")):
        yield from _lines(file, first, line)
    else:
        yield from _Values(file, chunk, first).all()


def _whole(line: bytes) -> bool:
    try:
        json.loads(line)
    except RecursionError:
        return True
    except ValueError:
        return False
    return True


def _lines(file: str, data: bytes, line: Callable[[], bytes]) -> Iterator[Item]:
    number = 1
    while data:
        if len(data) > LARGEST:
            yield Item(file, number, b"", too_large=True)
            while data and not data.endswith(b"\n"):
                data = line()
        elif text := data.strip():
            yield Item(file, number, text)
        data, number = line(), number + 1


class _Values:
    """JSON over many lines: a list's items, or values one after the other, cut out of chunks of text."""

    def __init__(self, file: str, chunk: Callable[[], bytes], first: bytes) -> None:
        self._file, self._chunk, self._line = file, chunk, 1
        self._decode = codecs.getincrementaldecoder("utf-8")().decode
        self._scan = json.JSONDecoder().raw_decode
        self._text, self._at, self._ended = "", 0, False
        self._first: bytes | None = first

    def all(self) -> Iterator[Item]:
        try:
            listed = self._follows(_SPACE) and self._text.startswith("[", self._at)
            self._at += listed
            while self._follows(_COMMAS if listed else _SPACE):
                if listed and self._text.startswith("]", self._at):
                    self._at, listed = self._at + 1, False
                    break
                yield self._next()
            if listed or self._follows(_SPACE):
                raise _BrokenOff
        except UnicodeDecodeError:
            yield Item(self._file, self._line, b"")
        except _BrokenOff as broken:
            yield Item(self._file, self._line, b"", broken.too_large)

    def _next(self) -> Item:
        end = self._end()
        text, line = self._text[self._at : end], self._line
        self._at = end
        self._line += text.count("\n")
        return Item(self._file, line, text.encode("utf-8", "surrogatepass"))

    def _end(self) -> int:
        while True:
            try:
                _, end = self._scan(self._text, self._at)
            except RecursionError:
                raise _BrokenOff from None
            except json.JSONDecodeError as error:
                cut_off = error.msg.startswith("Unterminated") or error.pos >= len(self._text) - _NEAR_THE_END
                if self._ended or not cut_off:
                    raise _BrokenOff from None
            else:
                if end < len(self._text) or self._ended:
                    return end
            self._double()

    def _double(self) -> None:
        """Twice as much text as there is, so that what is read again stays in proportion."""
        there = len(self._text) - self._at
        if there > LARGEST:
            raise _BrokenOff(too_large=True)
        while not self._ended and len(self._text) - self._at < 2 * there:
            self._add()

    def _follows(self, between: re.Pattern[str]) -> bool:
        """Goes past these characters; False where the text ends there."""
        while True:
            found = between.match(self._text, self._at)
            end = found.end() if found else self._at
            self._line += self._text.count("\n", self._at, end)
            self._at = end
            if end < len(self._text):
                return True
            if self._ended:
                return False
            self._add()

    def _add(self) -> None:
        data, self._first = self._chunk() if self._first is None else self._first, None
        self._ended = not data
        self._text, self._at = self._text[self._at :] + self._decode(data, self._ended), 0


class _BrokenOff(Exception):
    """What follows cannot be read."""

    def __init__(self, *, too_large: bool = False) -> None:
        super().__init__()
        self.too_large = too_large
