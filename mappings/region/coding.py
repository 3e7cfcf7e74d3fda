"""How a care event is coded (*primärklassificering*, CO-3): diagnoses, external causes and procedures."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import StringConstraints

from mappings.region.field import EVERYONE, Regional, shown
from mappings.region.values import SourceKey

Icd10: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9]{2}(\.?[0-9][0-9A-Z]{0,2})?[A-Z]?$")]
"""A code of ICD-10-SE, with or without its point."""

Kva: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}([A-Z][0-9]{2}|[0-9]{3})$")]
"""A code of KVÅ: medical (`DT007`) or surgical (`NFJ51`)."""

Atc: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9]{2}([A-Z]([A-Z]([0-9]{2})?)?)?$")]
"""A code of ATC, of any level."""


class Diagnosis(Regional):
    """One diagnosis of the event; the first in order is the main one (*huvuddiagnos*)."""

    number: SourceKey = shown(EVERYONE)
    """The source's own number of it, within the event."""
    code: Icd10 = shown(EVERYONE, personal=True)
    line: SourceKey | None = shown(EVERYONE, default=None)
    """Number of the line whose member it is a secondary diagnosis of; absent where it is the whole visit's (TE-7)."""
    atc: tuple[Atc, ...] = shown(EVERYONE, personal=True, default=())
    """Complements the code, for adverse effects of medicines."""


class ExternalCause(Regional):
    """What an injury or poisoning came of (*yttre orsak*)."""

    number: SourceKey = shown(EVERYONE)
    code: Icd10 = shown(EVERYONE, personal=True)


class Procedure(Regional):
    """An action that was carried out (*KVÅ*)."""

    number: SourceKey = shown(EVERYONE)
    code: Kva = shown(EVERYONE, personal=True)
    line: SourceKey | None = shown(EVERYONE, default=None)
    """Number of the line whose member carried it out (TE-7)."""
    atc: tuple[Atc, ...] = shown(EVERYONE, personal=True, default=())
