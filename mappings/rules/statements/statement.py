"""One rule of docs/domain.md, said in a sentence."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Statement:
    """What a rule says, so that a nurse and an integrator each understand it without the table it comes from."""

    id: str
    """`TE-3`; the same id names the rule in code, tests, messages and docs/domain.md."""
    severity: tuple[str, ...]
    """Of E (refused), W (warned about), D (derived), V (visibility); empty where the rule only says what is carried."""
    sv: str
    en: str
    source: str
    """Short name of the source document with section or heading (`SDV 4.5`, `COSMIC: Teambesök`), or `national`."""
