"""The region's folder, read from disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from mappings.region.catalogue import Catalogue
from mappings.region.catalogue_files import CatalogueHasHoles, Hole, load

SAMPLE = "exempel"
SAMPLES = (SAMPLE, "halland", "skane", "vastra-gotaland")
"""The sample regions that travel with the package, by the names of their folders: the made-up one, then those that are
taken from the source documents."""


def fixtures() -> Path:
    """What travels with the package: the sample regions and the demo's messages."""
    inside = Path(__file__).parent / "fixtures"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "fixtures"


def folder_of(region: Path | None = None) -> Path:
    """A region's folder: the one given, or a sample region's by its name alone; the made-up one's where none is given.

    A folder that is there goes before a sample region of the same name.
    """
    if region is None:
        return fixtures() / "region" / SAMPLE
    return fixtures() / "region" / region if str(region) in SAMPLES and not region.is_dir() else region


def catalogue(region: Path | None = None) -> Catalogue:
    """The catalogue in a region's folder, found as `folder_of` says.

    Raises `CatalogueHasHoles`, in which each file has the folder before it as it was given.
    """
    root = folder_of(region)
    try:
        return load(texts(root))
    except CatalogueHasHoles as found:
        raise CatalogueHasHoles(replace(hole, file=str(root / hole.file)) for hole in found.holes) from None


def texts(root: Path) -> Mapping[str, str]:
    """Every text of a folder, by its path inside it; hidden files are nobody's. Raises `CatalogueHasHoles` where the
    folder is not there, or a file is no text."""
    if not root.is_dir():
        names = ", ".join(SAMPLES)
        sv = f"mappen finns inte: ange en regions mapp med --region, eller en exempelregions namn ({names})"
        en = f"there is no such folder: give a region's with --region, or the name of a sample region ({names})"
        raise CatalogueHasHoles([Hole("", 0, sv, en)])
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
