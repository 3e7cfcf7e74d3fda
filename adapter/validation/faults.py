"""What can be wrong with a resource, in words: every text that `validate` can give, and the rules above them.

No text holds anything that came in. Names that appear in a text (types, elements, codes, invariants) are R4's own.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, TypeAlias

STRUCTURE: Final = "IN-20"
BINDING: Final = "IN-21"
INVARIANT: Final = "IN-22"
TARGET: Final = "IN-23"
MODIFIER: Final = "IN-24"


@dataclass(frozen=True, slots=True)
class Statement:
    """A rule of this room in one sentence, for `vardbro rules`."""

    id: str
    sv: str
    en: str
    source: str


RULES: Final = (
    Statement(
        STRUCTURE,
        "En resurs har bara de element som R4 beskriver, med rätt typ, antal och skrivsätt, och alla som är "
        "obligatoriska.",
        "A resource has only the elements that R4 describes, of the right type, number and syntax, and all that are "
        "mandatory.",
        "https://hl7.org/fhir/R4/json.html, https://hl7.org/fhir/R4/datatypes.html",
    ),
    Statement(
        BINDING,
        "En kod med bindningen ”required” är en av dem som R4 räknar upp.",
        "A code whose binding is “required” is one of those that R4 lists.",
        "https://hl7.org/fhir/R4/terminologies.html#required",
    ),
    Statement(
        INVARIANT,
        "En resurs uppfyller R4:s egna villkor (invarianter).",
        "A resource keeps R4's own constraints (invariants).",
        "https://hl7.org/fhir/R4/conformance-rules.html#constraints",
    ),
    Statement(
        TARGET,
        "En referens pekar på en resurs av en typ som R4 tillåter där, eller på en inbäddad resurs som finns.",
        "A reference points to a resource of a type that R4 allows there, or to a contained resource that is there.",
        "https://hl7.org/fhir/R4/references.html",
    ),
    Statement(
        MODIFIER,
        "En resurs med okänd modifierExtension eller med implicitRules tas inte emot, eftersom de kan vända på "
        "betydelsen.",
        "A resource with an unknown modifierExtension or with implicitRules is refused, since they can turn its "
        "meaning round.",
        "https://hl7.org/fhir/R4/extensibility.html#modifierExtension",
    ),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong at one place; the place is told beside it."""

    rule: str
    sv: str
    en: str


Faults: TypeAlias = list[tuple[str, Fault]]
"""What is wrong below one element: for each the rest of the FHIRPath (`.participant[1].actor`) and the fault."""

NOT_OBJECT: Final = Fault(STRUCTURE, "Här ska ett objekt stå.", "An object must stand here.")
NOT_LIST: Final = Fault(
    STRUCTURE, "Elementet kan upprepas och ska vara en lista.", "This repeats: a list must stand here."
)
NOT_REPEATING: Final = Fault(STRUCTURE, "Elementet upprepas inte.", "This does not repeat: no list may stand here.")
EMPTY: Final = Fault(STRUCTURE, "Elementet är tomt; då ska det utelämnas.", "This is empty; then it must be left out.")
NO_VALUE: Final = Fault(
    INVARIANT,
    "Elementet har varken värde eller innehåll (ele-1).",
    "This has neither a value nor any content (ele-1).",
)
UNPAIRED: Final = Fault(
    STRUCTURE,
    "På någon plats i listan finns varken värde eller tillägg.",
    "At some place in this list there is neither a value nor an extension.",
)
MANDATORY: Final = Fault(STRUCTURE, "Elementet är obligatoriskt.", "This is mandatory.")
ONE_TYPE_ONLY: Final = Fault(STRUCTURE, "Bara en typ av värde får anges.", "Only one type of value may be given.")
UNKNOWN: Final = Fault(
    STRUCTURE, "Här finns ett element som R4 inte har.", "There is an element here that R4 does not have."
)
NO_RESOURCE_TYPE: Final = Fault(
    STRUCTURE,
    "resourceType saknas eller är ingen resurstyp i R4.",
    "resourceType is missing or no resource type of R4.",
)
NOT_DESCRIBED: Final = Fault(
    STRUCTURE,
    "Resurstypen är inte en av dem som valideras här.",
    "This resource type is not one of those that are validated here.",
)
TOO_DEEP: Final = Fault(STRUCTURE, "Resursen är nästlad för djupt.", "The resource is nested too deeply.")
MODELS_REFUSE: Final = Fault(
    STRUCTURE,
    "fhir.resources modell (R4B) tillåter inte detta.",
    "The model of fhir.resources (R4B) does not allow this.",
)
NOT_BOUND: Final = Fault(
    BINDING,
    "Koden är inte en av dem som R4 kräver här.",
    "This code is not one of those that R4 requires here.",
)
NO_CODE: Final = Fault(
    BINDING,
    "Här krävs en kod; ett tillägg i dess ställe räcker inte.",
    "A code is required here; an extension in its place is not enough.",
)
NO_REFERENCE: Final = Fault(
    TARGET,
    "Referensen är varken Typ/id, en absolut adress eller #id.",
    "This reference is neither Type/id, nor an absolute address, nor #id.",
)
NOT_CONTAINED: Final = Fault(
    TARGET,
    "Referensen pekar på en inbäddad resurs som inte finns (ref-1).",
    "This reference points to a contained resource that is not there (ref-1).",
)
CONDITIONAL: Final = Fault(
    TARGET,
    "En villkorad referens får bara stå i en transaction.",
    "A conditional reference may only stand in a transaction.",
)
TYPE_DIFFERS: Final = Fault(
    TARGET,
    "Referensens type stämmer inte med det den pekar på.",
    "The type of this reference is not that of what it points to.",
)
IMPLICIT_RULES: Final = Fault(
    MODIFIER,
    "implicitRules kan vända på betydelsen och tas inte emot.",
    "implicitRules can turn the meaning round and is refused.",
)
UNKNOWN_MODIFIER: Final = Fault(
    MODIFIER,
    "Okänd modifierExtension: den kan vända på betydelsen och tas inte emot.",
    "Unknown modifierExtension: it can turn the meaning round and is refused.",
)

MANY_CODES: Final = 20
"""A text lists the allowed codes only of tables shorter than this."""


def not_of(kind: str) -> Fault:
    """The value is not written as the primitive type wants it."""
    return Fault(STRUCTURE, f"Värdet följer inte R4:s form för {kind}.", f"This is not a valid {kind} of R4.")


def did_you_mean(name: str) -> Fault:
    """An element that R4 does not have there, and the one it has whose name is much like it."""
    return Fault(STRUCTURE, f"{UNKNOWN.sv} Menades {name}?", f"{UNKNOWN.en} Was {name} meant?")


def not_among(codes: Collection[str]) -> Fault:
    """A code outside a closed table; short tables are told in the text."""
    if len(codes) >= MANY_CODES:
        return NOT_BOUND
    allowed = ", ".join(codes)
    return Fault(BINDING, f"{NOT_BOUND.sv} Tillåtna: {allowed}.", f"{NOT_BOUND.en} Allowed: {allowed}.")


def wrong_target(allowed: Collection[str]) -> Fault:
    """A reference to a type that may not stand there; short lists of those that may are told in the text."""
    sv, en = (
        "Referensen pekar på en resurstyp som inte får stå här.",
        "This reference points to a type that may not stand here.",
    )
    if len(allowed) < MANY_CODES:
        types = ", ".join(sorted(allowed))
        sv, en = f"{sv} Tillåtna: {types}.", f"{en} Allowed: {types}."
    return Fault(TARGET, sv, en)


def broken(key: str, sv: str, en: str) -> Fault:
    """An invariant that does not hold; its key stands in both texts."""
    return Fault(INVARIANT, f"{sv} ({key})", f"{en} ({key})")
