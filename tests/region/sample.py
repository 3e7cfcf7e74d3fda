"""The texts of the sample region, to be changed in one place and loaded again."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from mappings.region.catalogue import Catalogue
from mappings.region.catalogue_files import CatalogueHasHoles, Hole, load

FOLDER = Path(__file__).parents[2] / "fixtures" / "region" / "exempel"


@cache
def texts(region: str = "exempel") -> Mapping[str, str]:
    """Path inside the folder -> text."""
    folder = FOLDER.parent / region
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*.*")}


@cache
def sample() -> Catalogue:
    return load(texts())


def replaced(name: str, old: str, new: str) -> Mapping[str, str]:
    """The texts with one passage of one file changed. Raises AssertionError where it does not stand there once."""
    assert texts()[name].count(old) == 1, f"{name}: {old!r}"
    return {**texts(), name: texts()[name].replace(old, new)}


def holes(files: Mapping[str, str]) -> list[Hole]:
    """What is wrong in a folder; nothing where it loads."""
    try:
        load(files)
    except CatalogueHasHoles as found:
        return list(found.holes)
    return []
