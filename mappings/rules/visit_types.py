"""Millennium's visit types, `<care area> <profession> <kind of visit>`, parsed and written by the tables (EV-9).

A combination is known where the source's `visit-types` holds it; any other is nothing, never a guess.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mappings.region.catalogue import Source


class VisitType(NamedTuple):
    """The three that a visit type is made of, each a code of its table."""

    care_area: str
    profession: str
    kind: str


def parsed(source: Source, visit_type: str | None) -> VisitType | None:
    """What a visit type says; None where it is not known, or could be read in two ways."""
    if visit_type is None or visit_type not in source.table("visit-types"):
        return None
    found = list(_readings(source, visit_type))
    return found[0] if len(found) == 1 else None


def written(source: Source, parts: VisitType) -> str | None:
    """The visit type of three parts; None where there is none such."""
    text = " ".join(parts)
    return text if parsed(source, text) == parts else None


def _readings(source: Source, text: str) -> Iterator[VisitType]:
    for area in source.table("care-areas"):
        for profession in source.table("professions"):
            first, kind = f"{area} {profession} ", text.removeprefix(f"{area} {profession} ")
            if text.startswith(first) and kind in source.table("visit-kinds"):
                yield VisitType(area, profession, kind)
