"""A list that is kept to be searched: what a place on it says, and what places are asked for. What the columns mean is
said by whoever keeps the list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

Value: TypeAlias = str | int
"""A code, a day as its ordinal, or 1 for what is so."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Where something stands on a list."""

    standing: str
    """On which part of the list."""
    rank: int
    """In which order: the lowest first."""
    together: str | None
    """What it is shown together with, in its source."""
    said: Mapping[str, Value]
    """By column, what it is searched on; what is not said is left out."""


@dataclass(frozen=True, slots=True)
class Among:
    """A column says one of these."""

    column: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """A column says something from the first to the last."""

    column: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Sought:
    """Which places are asked for: those for which every condition holds."""

    standings: tuple[str, ...]
    ranks: Between | None = None
    conditions: tuple[Among | Between, ...] = ()
    together_on: tuple[str, ...] = ()
    """With each that fits, all that it is shown together with on these parts; empty where that is not asked."""
