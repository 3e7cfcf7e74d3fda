"""The scenarios of 1177 direkt, one decision table (DIREKT 3.1): heading, who registers what, and who closes.

Each scenario is a heading of the document; its rows are what stands under it. A row is for one of those who took part,
for what she did and whether it replaced a visit. Scenarios with `follows` have no heading of their own: the rules that
they name decide them, and nothing else is decided without a heading.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias

from mappings.region.direct_case import CareStaff, DirectAction, DirectContact, DirectDemand


class Who(StrEnum):
    """One who took part."""

    FIRST = "first"
    """Who handled the case first."""
    RECEIVER = "receiver"
    """To whom it was handed over in 1177 direkt."""
    VISITOR = "visitor"
    """Who met the patient physically."""


class Handover(StrEnum):
    """How the receiver was apart from the first; the complaint is always the same."""

    NONE = "none"
    SAME = "same day and unit"
    OTHER_DAY = "another day"
    OTHER_UNIT = "another unit"
    OTHER_DAY_AND_UNIT = "another day and unit"


class After(StrEnum):
    """What followed the digital handling."""

    NOTHING = "nothing"
    VISIT = "visit the same day"
    LATER_VISIT = "visit another day"
    REFERRED = "directed to a unit without 1177 direkt"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A registration: its contact type, and what it is to hold."""

    contact: DirectContact
    telephone: DirectContact | None
    """The contact type when the service is in trouble (DIREKT 4.3)."""
    direct: bool
    diagnosis: DirectDemand
    kva: DirectDemand
    note: bool


@dataclass(frozen=True, slots=True)
class Row:
    """What one who took part registers, for what she did. No outcome: she registers and documents nothing."""

    who: Who
    actions: frozenset[DirectAction | None]
    replaces: bool | None
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class Situation:
    """A case as the table looks at it."""

    first: CareStaff
    handover: Handover
    receiver: CareStaff | None
    after: After
    visitor: CareStaff | None


@dataclass(frozen=True, slots=True)
class When:
    """The situations of a scenario: each fact is one of these."""

    first: frozenset[CareStaff]
    handover: frozenset[Handover] = frozenset({Handover.NONE})
    receiver: frozenset[CareStaff | None] = frozenset({None})
    after: frozenset[After] = frozenset({After.NOTHING})
    visitor: frozenset[CareStaff | None] = frozenset({None})

    def holds(self, case: Situation) -> bool:
        return all(getattr(case, fact) in getattr(self, fact) for fact in self.__slots__)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A heading of the document, in its own words, with its rows."""

    section: str
    sv: str
    en: str
    when: When
    rows: tuple[Row, ...]
    closes: Who
    follows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """What one did, as the table looks at it."""

    who: Who
    staff: CareStaff
    action: DirectAction | None = None
    replaces: bool | None = None


Fit: TypeAlias = tuple[Scenario, Row]


def decided(case: Situation, parts: Iterable[Part]) -> tuple[Scenario, tuple[Row, ...]] | None:
    """The scenario, and the row of each who took part; None where the document does not decide the case.

    There is never more than one row for a part, and all of them are of one scenario: a test asks for every combination.
    """
    found = [[fit for fit in fits(case, part) if fit[1].replaces is part.replaces] for part in parts]
    if any(not one for one in found):
        return None
    return found[0][0][0], tuple(one[0][1] for one in found)


def fits(case: Situation, part: Part) -> tuple[Fit, ...]:
    """The rows for what the part did, whether it replaced a visit or not."""
    open_to = (fit for fit in of_situation(case, part.who) if part.action in fit[1].actions)
    return tuple(fit for fit in open_to if part.action is None or part.staff in ACTS[part.action])


def of_situation(case: Situation, who: Who) -> tuple[Fit, ...]:
    """The rows for one who took part in such a case, whatever she did."""
    return tuple((one, row) for one in SCENARIOS if one.when.holds(case) for row in one.rows if row.who is who)


# -- what is registered ----------------------------------------------------------------------------------------------

_D, _C = DirectDemand, DirectContact

TEXT: Final = Outcome(_C.TEXT, _C.TELEPHONE, direct=True, diagnosis=_D.NOT_ASKED, kva=_D.NOT_ASKED, note=True)
DISTANCE: Final = Outcome(
    _C.DISTANCE, _C.TELEPHONE_VISIT, direct=True, diagnosis=_D.REQUIRED, kva=_D.WHEN_RELEVANT, note=True
)
VISIT: Final = Outcome(_C.VISIT, None, direct=False, diagnosis=_D.REQUIRED, kva=_D.WHEN_RELEVANT, note=True)
OUTCOMES: Final = (TEXT, DISTANCE, VISIT)

TERMS: Final[Mapping[DirectContact, str]] = MappingProxyType(
    {
        _C.TEXT: "Text som inte ersätter besök",
        _C.DISTANCE: "Distanskontakt realtid bild/ljud/chatt",
        _C.TELEPHONE: "Telefonsamtal",
        _C.TELEPHONE_VISIT: "Telefonsamtal som ersätter besök",
        _C.VISIT: "Mottagningsbesök",
    }
)
"""The document's names (DK-1)."""

# -- who takes part, and what they do --------------------------------------------------------------------------------

_S, _A, _H, _F = CareStaff, DirectAction, Handover, After

NURSE: Final = frozenset({_S.NURSE})
PHYSICIAN_OR_OTHER: Final = frozenset({_S.PHYSICIAN, _S.LICENSED, _S.UNLICENSED})
"""*Läkare eller annan hälso- och sjukvårdspersonal*."""
ALONE: Final = frozenset({_S.PHYSICIAN, _S.LICENSED})
"""*Läkare eller annan legitimerad hälso- och sjukvårdspersonal* (3.1.4)."""

ACTS: Final[Mapping[DirectAction, frozenset[CareStaff]]] = MappingProxyType(
    {
        _A.SELF_CARE_ADVICE: frozenset(_S),
        _A.TREATMENT: frozenset(_S),
        _A.PRESCRIPTION_RENEWAL: frozenset({_S.PHYSICIAN}),
        _A.REFERRAL: ALONE,
    }
)
"""Whose action each is (3.1.1, 3.1.4)."""

_ANY: Final = frozenset({None, *_A})
_MAY: Final = frozenset({None, _A.SELF_CARE_ADVICE, _A.PRESCRIPTION_RENEWAL})
"""What does not of itself replace a visit."""
_APART: Final = frozenset({_H.OTHER_DAY, _H.OTHER_UNIT, _H.OTHER_DAY_AND_UNIT})
_VISITS: Final = frozenset({_F.VISIT, _F.LATER_VISIT})


def _only(action: DirectAction, *replacing: bool) -> tuple[Row, ...]:
    return tuple(Row(Who.FIRST, frozenset({action}), one, DISTANCE if one else TEXT) for one in replacing)


_HANDLES: Final = (Row(Who.FIRST, _MAY, False, TEXT), Row(Who.FIRST, _ANY, True, DISTANCE))
_PASSES_ON: Final = (Row(Who.FIRST, frozenset({None}), None, None),)
_RECEIVES: Final = (Row(Who.RECEIVER, _ANY, False, TEXT), Row(Who.RECEIVER, _ANY, True, DISTANCE))
_MEETS: Final = (Row(Who.VISITOR, frozenset({None}), None, VISIT),)

# -- the table -------------------------------------------------------------------------------------------------------

_DESCRIBED: Final = (
    Scenario(
        "3.1.1",
        "Sjuksköterska via 1177 direkt (egenvårdsråd)",
        "Nurse in 1177 direkt (self-care advice)",
        When(NURSE),
        _only(_A.SELF_CARE_ADVICE, False, True),
        Who.FIRST,
    ),
    Scenario(
        "3.1.1",
        "Sjuksköterska via 1177 direkt (Åtgärd/behandling)",
        "Nurse in 1177 direkt (action or treatment)",
        When(NURSE),
        _only(_A.TREATMENT, True),
        Who.FIRST,
    ),
    Scenario(
        "3.1.1",
        "Sjuksköterska via 1177 direkt → Sjuksköterska fysiskt, samma besvär/enhet/dag alternativt annan dag",
        "Nurse in 1177 direkt → nurse physically, same complaint and unit, same day or another",
        When(NURSE, after=_VISITS, visitor=NURSE),
        _HANDLES + _MEETS,
        Who.FIRST,
    ),
    Scenario(
        "3.1.2",
        "Sjuksköterska via 1177 direkt → Läkare eller annan hälso- och sjukvårdspersonal fysiskt, samma "
        "besvär/enhet/dag alternativt annan dag",
        "Nurse in 1177 direkt → physician or other care staff physically, same complaint and unit, same day or another",
        When(NURSE, after=_VISITS, visitor=PHYSICIAN_OR_OTHER),
        _HANDLES + _MEETS,
        Who.FIRST,
    ),
    Scenario(
        "3.1.2",
        "Sjuksköterska via 1177 direkt → Läkare eller annan hälso- och sjukvårdspersonal via 1177 direkt, samma "
        "dag/besvär/enhet",
        "Nurse in 1177 direkt → physician or other care staff in 1177 direkt, same day, complaint and unit",
        When(NURSE, frozenset({_H.SAME}), PHYSICIAN_OR_OTHER),
        _PASSES_ON + _RECEIVES,
        Who.RECEIVER,
    ),
    Scenario(
        "3.1.2",
        "Sjuksköterska via 1177 direkt → Läkare eller annan hälso- och sjukvårdspersonal via 1177 direkt, samma "
        "besvär/enhet, annan dag",
        "Nurse in 1177 direkt → physician or other care staff in 1177 direkt, same complaint and unit, another day",
        When(NURSE, frozenset({_H.OTHER_DAY}), PHYSICIAN_OR_OTHER),
        _HANDLES + _RECEIVES,
        Who.RECEIVER,
    ),
    Scenario(
        "3.1.2",
        "Sjuksköterska via 1177 direkt → Läkare eller annan hälso- och sjukvårdspersonal via 1177 direkt, samma "
        "dag/besvär/enhet → Läkare eller annan hälso- och sjukvårdspersonal fysiskt samma dag/besvär/enhet",
        "Nurse in 1177 direkt → physician or other care staff in 1177 direkt, same day, complaint and unit → physician "
        "or other care staff physically, same day, complaint and unit",
        When(NURSE, frozenset({_H.SAME}), PHYSICIAN_OR_OTHER, frozenset({_F.VISIT}), PHYSICIAN_OR_OTHER),
        _PASSES_ON + _RECEIVES + _MEETS,
        Who.RECEIVER,
    ),
    Scenario(
        "3.1.3",
        "Sjuksköterska via 1177 direkt → Läkare eller annan hälso- och sjukvårdspersonal via 1177 direkt, samma "
        "dag/besvär annan enhet",
        "Nurse in 1177 direkt → physician or other care staff in 1177 direkt, same day and complaint, another unit",
        When(NURSE, frozenset({_H.OTHER_UNIT}), PHYSICIAN_OR_OTHER),
        _HANDLES + _RECEIVES,
        Who.RECEIVER,
    ),
    Scenario(
        "3.1.3",
        "Sjuksköterska eller läkare via 1177 direkt → Hänvisar till annan enhet som inte har 1177 direkt",
        "Nurse or physician in 1177 direkt → directs to another unit that does not have 1177 direkt",
        When(frozenset({_S.NURSE, _S.PHYSICIAN}), after=frozenset({_F.REFERRED})),
        _HANDLES,
        Who.FIRST,
    ),
    Scenario(
        "3.1.4",
        "Läkare eller annan hälso- och sjukvårdspersonal via 1177 direkt (åtgärd/behandling)",
        "Physician or other care staff in 1177 direkt (action or treatment)",
        When(ALONE),
        _only(_A.TREATMENT, True),
        Who.FIRST,
    ),
    Scenario(
        "3.1.4",
        "Läkare via 1177 direkt (receptförnyelse)",
        "Physician in 1177 direkt (prescription renewal)",
        When(frozenset({_S.PHYSICIAN})),
        _only(_A.PRESCRIPTION_RENEWAL, False, True),
        Who.FIRST,
    ),
    Scenario(
        "3.1.4",
        "Läkare eller annan hälso- och sjukvårdspersonal (remiss, efter bedömning, till annan enhet)",
        "Physician or other care staff (referral to another unit after assessment)",
        When(ALONE),
        _only(_A.REFERRAL, True),
        Who.FIRST,
    ),
)

_FOLLOWING: Final = (
    Scenario(
        "3.1.3",
        "Överlämnat i 1177 direkt till annan enhet, annan dag",
        "Handed over in 1177 direkt to another unit, another day",
        When(NURSE, frozenset({_H.OTHER_DAY_AND_UNIT}), PHYSICIAN_OR_OTHER),
        _HANDLES + _RECEIVES,
        Who.RECEIVER,
        ("DK-3",),
    ),
    Scenario(
        "3.1.2",
        "Överlämnat i 1177 direkt samma dag och enhet → sjuksköterska fysiskt samma dag",
        "Handed over in 1177 direkt, same day and unit → nurse physically, same day",
        When(NURSE, frozenset({_H.SAME}), PHYSICIAN_OR_OTHER, frozenset({_F.VISIT}), NURSE),
        _PASSES_ON + _RECEIVES + _MEETS,
        Who.RECEIVER,
        ("DK-3", "DK-4"),
    ),
    Scenario(
        "3.1.2",
        "Överlämnat i 1177 direkt samma dag och enhet → fysiskt annan dag",
        "Handed over in 1177 direkt, same day and unit → physically another day",
        When(NURSE, frozenset({_H.SAME}), PHYSICIAN_OR_OTHER, frozenset({_F.LATER_VISIT}), frozenset(_S)),
        _PASSES_ON + _RECEIVES + _MEETS,
        Who.RECEIVER,
        ("DK-3", "DK-4"),
    ),
    Scenario(
        "3.1.2",
        "Överlämnat i 1177 direkt annan dag eller till annan enhet → fysiskt",
        "Handed over in 1177 direkt another day or to another unit → physically",
        When(NURSE, _APART, PHYSICIAN_OR_OTHER, _VISITS, frozenset(_S)),
        _HANDLES + _RECEIVES + _MEETS,
        Who.RECEIVER,
        ("DK-3", "DK-4"),
    ),
    Scenario(
        "3.1.3",
        "Överlämnat i 1177 direkt samma dag och enhet → hänvisad till enhet utan 1177 direkt",
        "Handed over in 1177 direkt, same day and unit → directed to a unit without 1177 direkt",
        When(NURSE, frozenset({_H.SAME}), PHYSICIAN_OR_OTHER, frozenset({_F.REFERRED})),
        _PASSES_ON + _RECEIVES,
        Who.RECEIVER,
        ("DK-3", "DK-5"),
    ),
    Scenario(
        "3.1.3",
        "Överlämnat i 1177 direkt annan dag eller till annan enhet → hänvisad till enhet utan 1177 direkt",
        "Handed over in 1177 direkt another day or to another unit → directed to a unit without 1177 direkt",
        When(NURSE, _APART, PHYSICIAN_OR_OTHER, frozenset({_F.REFERRED})),
        _HANDLES + _RECEIVES,
        Who.RECEIVER,
        ("DK-3", "DK-5"),
    ),
    Scenario(
        "3.1.4",
        "Läkare eller annan legitimerad hälso- och sjukvårdspersonal via 1177 direkt → fysiskt",
        "Physician or other licensed staff in 1177 direkt → physically",
        When(ALONE, after=_VISITS, visitor=frozenset(_S)),
        _HANDLES + _MEETS,
        Who.FIRST,
        ("DK-4", "DK-6"),
    ),
    Scenario(
        "3.1.3",
        "Annan legitimerad hälso- och sjukvårdspersonal via 1177 direkt → hänvisar till enhet utan 1177 direkt",
        "Other licensed staff in 1177 direkt → directs to a unit without 1177 direkt",
        When(frozenset({_S.LICENSED}), after=frozenset({_F.REFERRED})),
        _HANDLES,
        Who.FIRST,
        ("DK-5",),
    ),
)

SCENARIOS: Final = (*_DESCRIBED, *_FOLLOWING)
