"""What the demo found: told to people as tables, to programs as JSON. Holds rules, paths and counts, never a value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Final

from rich.text import Text

from adapter.cli.console import console, table
from mappings.problem import Json

MOST: Final = 200
"""Differences that are named; the rest are counted."""


@dataclass(slots=True)
class Row:
    """One accepted message."""

    name: str
    version: int
    derived: tuple[str, ...]
    warned: tuple[str, ...]
    state: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """One message that was to be refused."""

    name: str
    status: int
    rule: str
    path: str
    expected: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """One comparison that was made: how many things, and how many of them were as they should be."""

    what: str
    count: int
    right: int


@dataclass(slots=True)
class Account:
    """Of one region; filled step by step."""

    region: str
    name: str
    servers: dict[str, str]
    rows: list[Row] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    compared: list[Compared] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def good(self) -> bool:
        return not self.differences

    def compare(self, what: str, found: Iterable[tuple[str, Iterable[str]]]) -> None:
        """Notes a comparison of many things: each by name, with the paths at which it is not as it should be."""
        count = right = 0
        for name, paths in found:
            wrong = [f"{name}: {path}" for path in paths]
            self.differences += wrong
            count, right = count + 1, right + (not wrong)
        self.compared.append(Compared(what, count, right))
        if not count:
            self.differences.append(f"{what}: nothing was there to compare")

    def json(self) -> Json:
        return {
            "region": self.region,
            "good": self.good,
            "seconds": round(self.seconds, 1),
            "servers": self.servers,
            "accepted": [asdict(row) for row in self.rows],
            "refused": [asdict(one) for one in self.refusals],
            "compared": [asdict(one) for one in self.compared],
            "differences": self.differences,
            "notes": self.notes,
        }

    def show(self) -> None:
        """The account for people, on standard output."""
        out = console()
        out.print(Text(f"{self.name} ({self.region})", "bold"))
        out.print()
        self._show_messages()
        for one in self.compared:
            right = one.count == one.right > 0
            mark = Text("✓ ", "green") if right else Text("✗ ", "red")
            out.print(mark + Text(f"{one.right} of {one.count} {one.what}"))
        for note in self.notes:
            out.print(Text(f"  {note}", "dim"))
        out.print()
        for name, where in self.servers.items():
            out.print(f"{name:<13} {where}", soft_wrap=True)
        out.print()
        for difference in self.differences[:MOST]:
            out.print(Text(difference, "red"), soft_wrap=True)
        if len(self.differences) > MOST:
            out.print(f"and {len(self.differences) - MOST} more")
        if self.good:
            out.print(Text(f"All of it is as it should be ({self.seconds:.1f} s).", "bold green"))
        else:
            out.print(Text(f"{len(self.differences)} differences ({self.seconds:.1f} s).", "bold red"))

    def _show_messages(self) -> None:
        out = console()
        accepted = table("pushed and accepted", "version", "derived by", "warned by", "became")
        for row in self.rows:
            became = Text(row.state, "green" if row.state == "delivered" else "red")
            if row.reason:
                became += Text(f" {row.reason}")
            accepted.add_row(row.name, str(row.version), " ".join(row.derived), " ".join(row.warned), became)
        out.print(accepted)
        out.print()
        refused = table("pushed and refused", "status", "rule", "path")
        for one in self.refusals:
            style = "" if one.expected else "red"
            refused.add_row(Text(one.name, style), str(one.status), one.rule, one.path)
        out.print(refused)
        out.print()


def told(accounts: Sequence[Account]) -> Json:
    """The accounts of all regions, for programs."""
    seconds = round(sum(account.seconds for account in accounts), 1)
    good = all(account.good for account in accounts)
    return {"good": good, "seconds": seconds, "regions": [account.json() for account in accounts]}
