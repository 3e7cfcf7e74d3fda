"""The region's folder, read from disk."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from mappings.region.catalogue import Catalogue
from mappings.region.catalogue_files import CatalogueHasHoles, Hole, load

SAMPLE = "exempel"


def fixtures() -> Path:
    """What travels with the package: the sample region and the demo's messages."""
    inside = Path(__file__).parent / "fixtures"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "fixtures"


def catalogue(folder: Path | None = None) -> Catalogue:
    """The catalogue in a folder; the made-up sample region's where none is given.

    Raises `CatalogueHasHoles`, in which each file has the folder before it as it was given.
    """
    root = folder or fixtures() / "region" / SAMPLE
    if not root.is_dir():
        sv = "mappen finns inte: ange en regions mapp med --region, eller kopiera exempelregionens"
        en = "there is no such folder: give a region's with --region, or copy the sample region's"
        raise CatalogueHasHoles([Hole(str(root), 0, sv, en)])
    try:
        return load(_texts(root))
    except CatalogueHasHoles as found:
        raise CatalogueHasHoles(replace(hole, file=str(root / hole.file)) for hole in found.holes) from None


def _texts(root: Path) -> dict[str, str]:
    """Every text of the folder, by its path inside it; hidden files are nobody's."""
    files, holes = {}, []
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            name = path.relative_to(root).as_posix()
            raw = path.read_bytes()
            try:
                files[name] = raw.decode("utf-8")
            except UnicodeDecodeError as error:
                line = raw[: error.start].count(b"\n") + 1
                sv = "här står något som inte är UTF-8: spara filen som UTF-8"
                holes.append(Hole(name, line, sv, "what stands here is not UTF-8: save the file as UTF-8"))
    if holes:
        raise CatalogueHasHoles(holes)
    return files
