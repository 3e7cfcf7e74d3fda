"""The region's folder, read from disk."""

from __future__ import annotations

from pathlib import Path

from mappings.region.catalogue import Catalogue
from mappings.region.catalogue_files import CatalogueHasHoles, Hole, load

SAMPLE = "exempel"


def fixtures() -> Path:
    """What travels with the package: the sample region and the demo's messages."""
    inside = Path(__file__).parent / "fixtures"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "fixtures"


def catalogue(folder: Path | None = None) -> Catalogue:
    """The catalogue in a folder; the made-up sample region's where none is given. Raises `CatalogueHasHoles`."""
    root = folder or fixtures() / "region" / SAMPLE
    if not root.is_dir():
        raise CatalogueHasHoles([Hole(str(root), 0, "mappen finns inte", "there is no such folder")])
    files, holes = {}, []
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            name = path.relative_to(root).as_posix()
            try:
                files[name] = path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                sv = "filen är inte UTF-8: spara den som UTF-8"
                holes.append(Hole(name, 0, sv, "the file is not UTF-8: save it as UTF-8"))
    if holes:
        raise CatalogueHasHoles(holes)
    return load(files)
