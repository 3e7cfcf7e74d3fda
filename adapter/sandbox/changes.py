"""A write as it is asked for, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from adapter.sandbox.outcome import Refusal, refusal
from adapter.sandbox.references import ID, Link
from adapter.sandbox.search import Pairs
from adapter.sandbox.stored import Stored
from mappings.problem import Json

Method = Literal["DELETE", "POST", "PUT"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    method: Method
    type: str
    id: str = ""
    """Empty for a create and for a conditional update."""
    content: Json = field(default_factory=dict)
    criteria: Pairs | None = None
    """Of a conditional create or update."""
    if_match: str = ""
    if_none_match: str = ""
    full_url: str = ""
    """What others in the same transaction call it."""
    place: str = ""
    """Where it stands in the request, as a FHIRPath; empty when it is the request."""

    def refused(self, status: int, code: str, text: str) -> Refusal:
        return refusal(status, code, text, self.place or self.type)


def asked(change: Change) -> Change:
    """The same change, once its form is right.

    Refuses an interaction that there is not (405), and a resource of another type or with another id (400).
    """
    if change.criteria is not None and change.id:
        raise change.refused(400, "not-supported", "A write of an id takes no parameters")
    if change.criteria is not None and change.method == "DELETE":
        raise _not_supported(change, "Conditional deletion is not supported")
    if (change.method == "POST") == bool(change.id) and change.criteria is None:
        raise _not_supported(change, "POST goes to a type, PUT and DELETE to an id")
    if change.id and not ID.fullmatch(change.id):
        raise change.refused(400, "value", "An id is 1 to 64 of A-Z a-z 0-9 - .")
    if change.method == "DELETE":
        return change
    if change.content.get("resourceType") != change.type:
        raise change.refused(400, "invalid", "The resource is not of the type that it is written to")
    if change.id and change.content.get("id") != change.id:
        raise change.refused(400, "invalid", "The resource does not have the id that it is written to")
    return change


def _not_supported(change: Change, text: str) -> Refusal:
    return change.refused(400 if change.place else 405, "not-supported", text)


@dataclass(slots=True)
class Item:
    """A change once it is known which resource it is about."""

    change: Change
    pk: int
    id: str
    there: Stored | None
    """The newest version before the change."""
    content: Json
    writes: bool = True
    """False where the change finds its end already reached."""
    indexed: bool = False
    """Its search values are in the index tables already."""
    links: tuple[Link, ...] = ()
    """All in `content`, once they were looked for."""

    @property
    def creates(self) -> bool:
        return self.there is None or self.there.deleted


@dataclass(frozen=True, slots=True)
class Done:
    """`stored` is the version that is the newest now; `None` where there never was one."""

    status: int
    stored: Stored | None
