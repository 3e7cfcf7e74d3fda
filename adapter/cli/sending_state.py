"""How far a sending has come: counted in the file's own order, kept beside the file, so that it can go on there."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

import orjson

from adapter.cli.console import tell
from adapter.cli.exits import Stop
from adapter.cli.items import STDIN
from mappings.problem import Json

EVERY = 1.0
"""Seconds between two writings of the state."""
PLACES = 5
"""Places that are named for each rule."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one message: why it was refused, or nothing."""

    line: int
    problems: tuple[Json, ...]
    column: int | None = None
    """Where the file holds no JSON there."""


@dataclass(slots=True)
class Broken:
    """How often a rule refused, in both languages, and where first."""

    sv: str
    en: str
    times: int = 0
    places: list[str] = field(default_factory=list)

    def add(self, times: int, places: list[str]) -> None:
        self.times += times
        self.places = (self.places + places)[:PLACES]


@dataclass(slots=True)
class Sent:
    """The tally."""

    accepted: int = 0
    refused: int = 0
    rules: dict[str, Broken] = field(default_factory=dict)

    def add(self, outcome: Outcome, place: str) -> None:
        self.accepted += not outcome.problems
        self.refused += bool(outcome.problems)
        for rule, problem in {one["rule"]: one for one in outcome.problems}.items():
            self._broken(rule, problem).add(1, [place])

    def with_all(self, other: Sent) -> Sent:
        """Both together."""
        both = Sent(self.accepted + other.accepted, self.refused + other.refused, dict(self.rules))
        for rule, found in other.rules.items():
            both._broken(rule, asdict(found)).add(found.times, found.places)
        return both

    def _broken(self, rule: str, words: Mapping[str, str]) -> Broken:
        return self.rules.setdefault(rule, Broken(words.get("sv", ""), words.get("en", "")))

    def json(self) -> Json:
        rules = [{"rule": rule, **asdict(found)} for rule, found in self.rules.items()]
        return {
            "sent": self.accepted + self.refused,
            "accepted": self.accepted,
            "refused": self.refused,
            "rules": rules,
        }


class State:
    """One file's sending. Messages are settled in any order, and counted once all before them are."""

    def __init__(self, file: str, kept: Path | None, refused: Path | None) -> None:
        self.sent = Sent()
        self._file, self._kept, self._refused = file, kept, refused
        self._count, self._skip = 0, 0
        self._digest, self._wanted = b"", ""
        self._digests: dict[int, bytes] = {}
        self._waiting: dict[int, Outcome] = {}
        self._written = time.monotonic()

    @classmethod
    def of(cls, file: str, *, resume: bool, refused: Path | None) -> Self:
        """The file's state, from where an earlier sending broke off if it is to be resumed."""
        kept = None if file == STDIN else Path(f"{file}.sending")
        state = cls(file, kept, refused)
        if kept and kept.is_file():
            if resume:
                state._begin_from(orjson.loads(kept.read_bytes()))
            else:
                tell(f"{file}: an earlier send broke off; --resume goes on there. Sending it all: that is harmless")
        elif resume:
            tell(f"{file}: nothing to resume; sending it all")
        return state

    def _begin_from(self, kept: Json) -> None:
        self._skip, self._wanted = kept["messages"], kept["digest"]
        rules = {one.pop("rule"): Broken(**one) for one in kept["sent"]["rules"]}
        self.sent = Sent(kept["sent"]["accepted"], kept["sent"]["refused"], rules)

    def known(self, number: int, raw: bytes) -> bool:
        """Whether this message was settled before. Stops where the file is no longer the one that was sent."""
        self._digest = hashlib.sha256(self._digest + raw).digest()
        if number >= self._skip:
            self._digests[number] = self._digest
            return False
        self._count = number + 1
        if self._count == self._skip and self._digest.hex() != self._wanted:
            raise Stop(f"{self._file}: not the file whose sending broke off; send it all, without --resume")
        return True

    def settled(self, number: int, outcome: Outcome) -> None:
        """What became of a message."""
        self._waiting[number] = outcome
        while (found := self._waiting.pop(self._count, None)) is not None:
            at = found.line if found.column is None else f"{found.line}:{found.column}"
            self.sent.add(found, f"{Path(self._file).name}:{at}")
            self._report(found)
            self._wanted = self._digests.pop(self._count).hex()
            self._count += 1
        if time.monotonic() - self._written > EVERY:
            self.keep()

    def _report(self, outcome: Outcome) -> None:
        if self._refused and outcome.problems:
            with self._refused.open("ab") as lines:
                at = {"line": outcome.line} | ({} if outcome.column is None else {"column": outcome.column})
                told = {"file": self._file, **at, "problems": outcome.problems}
                lines.write(orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE))

    def keep(self) -> None:
        """Writes how far it has come, whole or not at all."""
        self._written = time.monotonic()
        if self._kept is None or not self._count or self._count < self._skip:
            return
        state = {"messages": self._count, "digest": self._wanted, "sent": self.sent.json()}
        with suppress(PermissionError):
            beside = self._kept.with_suffix(".sending-new")
            beside.write_bytes(orjson.dumps(state))
            beside.replace(self._kept)

    def done(self) -> None:
        """All of the file is through."""
        if self._count < self._skip:
            raise Stop(f"{self._file}: shorter than when its sending broke off; send it all, without --resume")
        if self._kept:
            self._kept.unlink(missing_ok=True)

    def advice(self) -> str:
        return "" if self._kept is None else "; once it does, go on with --resume"
