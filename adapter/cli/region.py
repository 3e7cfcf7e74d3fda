"""`vardbro region check`: what is wrong in a region's folder, and what a complete one would say besides."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from rich.text import Text

from adapter.cli.console import console, tell, write_json
from adapter.cli.exits import Code, Stop
from adapter.region import SAMPLES, folder_of, texts
from mappings.region.catalogue_files import CatalogueHasHoles, Hole, load
from mappings.region.catalogue_gaps import Gap, gaps


def check(given: Path, *, as_json: bool) -> Code:
    """Tells every hole at once; of a folder without any, what cannot be said for want of something."""
    folder = folder_of(given)
    if not folder.is_dir():
        raise Stop(f"{given}: there is no such folder, nor a sample region of that name ({', '.join(SAMPLES)})")
    holes: tuple[Hole, ...] = ()
    missing: tuple[Gap, ...] = ()
    try:
        files = texts(folder)
        missing = gaps(load(files), files)
    except CatalogueHasHoles as found:
        holes = found.holes
    if as_json:
        told = {"folder": str(folder), "good": not holes}
        write_json(told | {"holes": [asdict(one) for one in holes], "missing": [asdict(one) for one in missing]})
    else:
        _show(folder, holes, missing)
    return Code.REFUSED if holes else Code.GOOD


def _show(folder: Path, holes: tuple[Hole, ...], missing: tuple[Gap, ...]) -> None:
    out = console()
    for hole in holes:
        _print(folder, hole, Text("error", "red"))
    for gap in missing:
        _print(folder, gap, Text.assemble(("warning", "yellow"), "  ", (gap.rule, "bold")))
    word, colour = ("cannot be used", "red") if holes else ("can be used", "green")
    out.print(Text.assemble(f"{folder}  ", (word, colour)), soft_wrap=True)
    tell(f"{len(holes)} errors, {len(missing)} warnings")


def _print(folder: Path, one: Hole | Gap, word: Text) -> None:
    at = f"{folder / one.file}:{one.line}" if one.line else f"{folder / one.file}"
    out = console()
    out.print(Text.assemble(f"{at}  ", word), soft_wrap=True)
    for text in (one.en, one.sv):
        out.print(Text(f"      {text}"), soft_wrap=True)
