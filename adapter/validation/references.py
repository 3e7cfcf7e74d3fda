"""Where a reference points, and whether R4 allows that there (IN-23).

https://hl7.org/fhir/R4/references.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final

from mappings.problem import Json

from .faults import CONDITIONAL, NO_REFERENCE, NOT_CONTAINED, TYPE_DIFFERS, Fault, wrong_target
from .primitives import ABSOLUTE

TYPE_AND_ID: Final = re.compile(r"([A-Z][A-Za-z]*)/[A-Za-z0-9\-.]{1,64}(/_history/[A-Za-z0-9\-.]{1,64})?")
END_OF_ADDRESS: Final = re.compile(r"https?://.*/([A-Z][A-Za-z]*)/[^/?#]+(/_history/[^/?#]+)?")


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a reference and can be meant by it."""

    kinds: Mapping[str, str]
    """Resource types by what a reference calls them: `#id` of what is contained, `#`, the `fullUrl` of an entry."""
    in_transaction: bool = False


NOTHING_AROUND: Final = Around({})


def target_fault(allowed: Collection[str], resource_types: Collection[str]) -> Callable[[Json, Around], Fault | None]:
    """A function that gives what is wrong with a sound `Reference` to one of the types `allowed`, or None.

    A type that cannot be known is accepted: `urn:uuid:` outside its Bundle, an address that ends in no `Type/id`,
    an identifier or a display alone. `Reference.type` is then what counts, if it is given.
    """
    wrong = wrong_target(allowed)

    def fault(reference: Json, around: Around) -> Fault | None:
        said, text = reference.get("type"), reference.get("reference")
        if said is not None and said not in allowed:
            return wrong
        kind = None if text is None else pointed_at(text, around, resource_types)
        if kind is None or isinstance(kind, Fault):
            return kind
        if kind not in allowed:
            return wrong
        return TYPE_DIFFERS if said is not None and said != kind else None

    return fault


def pointed_at(text: str, around: Around, resource_types: Collection[str]) -> str | Fault | None:
    """The resource type that a literal reference points to; None where that cannot be known."""
    if kind := around.kinds.get(text):
        return kind
    if found := TYPE_AND_ID.fullmatch(text):
        return found[1]
    if text.startswith("#"):
        return NOT_CONTAINED
    if ABSOLUTE.fullmatch(text):
        found = END_OF_ADDRESS.fullmatch(text)
        return found[1] if found and found[1] in resource_types else None
    kind, question, _ = text.partition("?")
    if question and kind in resource_types:
        return kind if around.in_transaction else CONDITIONAL
    return NO_REFERENCE
