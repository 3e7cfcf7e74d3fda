"""The texts of a region's folder, line by line, and what is wrong in them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hole:
    """Something wrong in the catalogue: which file, which line (1 is the first; 0 the whole file), what to do."""

    file: str
    line: int
    sv: str
    en: str

    def __str__(self) -> str:
        at = f"{self.file}:{self.line}" if self.line else self.file
        return f"{at}: {self.en} / {self.sv}"


class CatalogueHasHoles(Exception):
    """The catalogue cannot be used; every hole is told at once."""

    def __init__(self, holes: Iterable[Hole]) -> None:
        self.holes = tuple(holes)
        super().__init__("\n".join(str(hole) for hole in self.holes))


@dataclass(frozen=True, slots=True)
class Folder:
    """The texts, and what has been found wrong in them so far."""

    files: Mapping[str, str]
    holes: list[Hole]

    def sound(self, file: str) -> bool:
        """Whether nothing wrong has been found in the file."""
        return not any(hole.file == file for hole in self.holes)

    def hole(self, file: str, line: int, sv: str, en: str) -> None:
        if (hole := Hole(file, line, sv, en)) not in self.holes:
            self.holes.append(hole)


def lines(
    folder: Folder, name: str, columns: tuple[str, ...], more: tuple[str, ...] = ()
) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, cells by column) of a file that has all these columns, and may have more."""
    if name not in folder.files:
        wanted = ";".join(columns)
        sv = f"filen saknas: lägg till den med kolumnerna {wanted}"
        folder.hole(name, 0, sv, f"missing: add it with the columns {wanted}")
        return
    reader = csv.reader(io.StringIO(folder.files[name], newline=""), delimiter=";", strict=True)
    header: list[str] | None = None
    ended = 0
    try:
        for cells in reader:
            line, ended = ended + 1, reader.line_num
            stripped = [cell.strip() for cell in cells]
            if header is None:
                header = stripped
                if not _fits(folder, name, header, columns):
                    return
            elif any(stripped) and _whole(folder, name, line, stripped, len(header)):
                yield line, dict.fromkeys(more, "") | dict(zip(header, stripped, strict=True))
    except csv.Error:
        sv = "raden går inte att läsa: kontrollera att varje citattecken har sitt slut"
        folder.hole(name, ended + 1, sv, "the line cannot be read: see that every quotation mark is closed")
    if header is None:
        _fits(folder, name, [], columns)


def _fits(folder: Folder, name: str, header: list[str], columns: tuple[str, ...]) -> bool:
    lacking = ", ".join(column for column in columns if column not in header)
    if lacking:
        sv = f"första raden saknar {lacking}: lägg till det (semikolon skiljer kolumner)"
        folder.hole(name, 1, sv, f"the first line lacks {lacking}: add it (semicolons set columns apart)")
    twice = len(set(header)) < len(header)
    if twice:
        sv = "två kolumner har samma namn i första raden: döp om den ena"
        folder.hole(name, 1, sv, "two columns have the same name in the first line: rename one")
    return not lacking and not twice


def _whole(folder: Folder, name: str, line: int, cells: list[str], width: int) -> bool:
    if len(cells) != width:
        sv = f"raden har {len(cells)} kolumner, första raden {width}: lägg till eller ta bort semikolon"
        en = f"the line has {len(cells)} columns, the first line {width}: add or take away semicolons"
        folder.hole(name, line, sv, en)
    elif any(len(cell) > 1000 or re.search(r"[\x00-\x1f\x7f]", cell) for cell in cells):
        sv = "en cell har radbrytning, styrtecken eller mer än 1000 tecken: skriv om den på en rad"
        folder.hole(name, line, sv, "a cell has a line break, control characters or over 1000 characters: rewrite it")
    else:
        return True
    return False
