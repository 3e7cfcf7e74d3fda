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
class Fault:
    """Why what stands in a file is no item: the error of form that it is, and the line and column of the file."""

    rule: str
    line: int
    column: int
    last: bool = False
    """What follows in the file cannot be told apart from it, and is not read."""


@dataclass(frozen=True, slots=True)
class Item:
    """One JSON text of a file."""

    file: str
    line: int
    """Where it begins; 1 is the first."""
    raw: bytes = field(repr=False)
    """Empty where the file holds no JSON there, or too much of it; of a line the whole, JSON or not."""
    column: int = 1
    """In characters, as editors count them; 1 is the first."""
    fault: Fault | None = None
    """Where `raw` is empty: why."""


def items(
    files: Iterable[str], passed: Callable[[int], None] = lambda _: None, hollow: list[str] | None = None
) -> Iterator[Item]:
    """Every item of the files, in order; `passed` is told of every byte that went by, `hollow` of files without any.

    A file holds one item, a list of items, or an item a line. A line that is no JSON is an item all the same, since the
    next line is none the worse (`fault_of` tells). In a list, or in an item over many lines, what follows such a place
    cannot be told apart from it: that item is the last.
    """
    for file in files:
        count = 0
        with _opened(file) as stream:
            for item in _of(file, stream, passed):
                count += 1
                yield item
        if count == 0 and hollow is not None:
            hollow.append(file)


def fault_of(item: Item) -> Fault | None:
    """Why an item is no JSON, and where in the file; None where it is."""
    if item.fault:
        return item.fault
    try:
        text = item.raw.decode("utf-8")
        json.loads(text)
    except RecursionError:
        return Fault("IN-7", item.line, item.column)
    except UnicodeDecodeError as error:
        return Fault("IN-1", *_moved(item.line, item.column, item.raw[: error.start].decode("utf-8")))
    except json.JSONDecodeError as error:
        return Fault("IN-1", *_moved(item.line, item.column, text[: error.pos]))
    return None


def _moved(line: int, column: int, text: str) -> tuple[int, int]:
    """Where one is after a text that began here."""
    lines = text.count("\n")
    return (line + lines, len(text) - text.rfind("\n")) if lines else (line, column + len(text))


def place(item: Item) -> str:
    """`bookings.ndjson:17`; where it is no JSON `bookings.ndjson:17:5`."""
    at = item.fault or item
    return f"{item.file}:{at.line}:{at.column}" if item.fault else f"{item.file}:{at.line}"


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
            yield Item(file, number, b"", fault=Fault("IN-6", number, 1))
            while data and not data.endswith(b"\n"):
                data = line()
        elif text := data.strip():
            yield Item(file, number, text, 1 + len(data) - len(data.lstrip()))
        data, number = line(), number + 1


class _Values:
    """JSON over many lines: a list's items, or values one after the other, cut out of chunks of text."""

    def __init__(self, file: str, chunk: Callable[[], bytes], first: bytes) -> None:
        self._file, self._chunk, self._line, self._column = file, chunk, 1, 1
        self._decode = codecs.getincrementaldecoder("utf-8")().decode
        self._scan = json.JSONDecoder().raw_decode
        self._text, self._at, self._ended = "", 0, False
        self._torn = False
        """Whether the text ends where something begins that is not UTF-8."""
        self._first: bytes | None = first

    def all(self) -> Iterator[Item]:
        try:
            listed = self._follows(_SPACE) and self._text.startswith("[", self._at)
            self._go(self._at + listed)
            while self._follows(_COMMAS if listed else _SPACE):
                if listed and self._text.startswith("]", self._at):
                    self._go(self._at + 1)
                    listed = False
                    break
                yield self._next()
            if listed or self._follows(_SPACE) or self._torn:
                raise _BrokenOff(self._at)
        except _BrokenOff as broken:
            place = _moved(self._line, self._column, self._text[self._at : broken.at])
            yield Item(self._file, self._line, b"", self._column, Fault(broken.rule, *place, last=True))

    def _next(self) -> Item:
        end = self._end()
        text, line, column = self._text[self._at : end], self._line, self._column
        self._go(end)
        return Item(self._file, line, text.encode("utf-8", "surrogatepass"), column)

    def _go(self, end: int) -> None:
        self._line, self._column = _moved(self._line, self._column, self._text[self._at : end])
        self._at = end

    def _end(self) -> int:
        while True:
            try:
                _, end = self._scan(self._text, self._at)
            except RecursionError:
                raise _BrokenOff(self._at, "IN-7") from None
            except json.JSONDecodeError as error:
                cut_off = error.msg.startswith("Unterminated") or error.pos >= len(self._text) - _NEAR_THE_END
                if self._ended or not cut_off:
                    raise _BrokenOff(len(self._text) if self._torn and cut_off else error.pos) from None
            else:
                if end < len(self._text) or self._ended:
                    return end
            self._double()

    def _double(self) -> None:
        """Twice as much text as there is, so that what is read again stays in proportion."""
        there = len(self._text) - self._at
        if there > LARGEST:
            raise _BrokenOff(self._at, "IN-6")
        while not self._ended and len(self._text) - self._at < 2 * there:
            self._add()

    def _follows(self, between: re.Pattern[str]) -> bool:
        """Goes past these characters; False where the text ends there."""
        while True:
            found = between.match(self._text, self._at)
            end = found.end() if found else self._at
            self._go(end)
            if end < len(self._text):
                return True
            if self._ended:
                return False
            self._add()

    def _add(self) -> None:
        data, self._first = self._chunk() if self._first is None else self._first, None
        self._ended = not data
        try:
            more = self._decode(data, self._ended)
        except UnicodeDecodeError as error:
            more = error.object[: error.start].decode("utf-8")
            self._ended = self._torn = True
        self._text, self._at = self._text[self._at :] + more, 0


class _BrokenOff(Exception):
    """What follows cannot be read, from this place in the text."""

    def __init__(self, at: int, rule: str = "IN-1") -> None:
        super().__init__()
        self.at, self.rule = at, rule
