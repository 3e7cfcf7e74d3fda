"""The words a shape is written in: a FHIR resource as a literal, with holes where regional fields go.

A shape is plain data: dicts, lists, strings, numbers and booleans stand for themselves; the classes here stand for what
comes from the regional side. `compiled.py` turns the whole into functions once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

Scope: TypeAlias = Any
"""What field names are looked up in: a regional model, or one item of its lists."""


class Vocabulary(Protocol):
    """A source system's own code tables (Decided 12), as filling and matching see them."""

    def system(self, table: str) -> str:
        """The code system's URI; a table that the source does not have still has a name."""

    def display(self, table: str, code: str) -> str | None:
        """The term a person reads, None where the table does not hold the code."""

    def column(self, table: str, code: str, column: str) -> str | None:
        """A further column of the row, such as the HL7 code that it becomes."""


@dataclass(frozen=True, slots=True)
class Context:
    """What filling and matching may look at beside the scope."""

    root: Any
    """The aggregate being filled; None while one is being read."""
    vocabulary: Vocabulary
    at: tuple[str | int, ...] = ()
    """Where in the aggregate the scope is that is being read: names and indices."""
    seen: list[Seen] = field(default_factory=list)
    """Collected while reading: what stood where an echo was expected."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What stood where an echo was expected."""

    at: tuple[str | int, ...]
    """Where in the aggregate the echo's scope is."""
    echo: Echo
    value: Any


@dataclass(frozen=True, slots=True)
class Codec:
    """One value, both ways. Either side raises ValueError on what it cannot carry, and nothing else."""

    encode: Callable[[Any, Context], Any]
    decode: Callable[[Any, Context], Any]
    marks: Callable[[Any], bool] | None = None
    """True for JSON that this codec may have written: tells one list item from another."""


@dataclass(frozen=True, slots=True)
class Hole:
    """A regional field's place. The name is a path in the scope, `basis.target_date`; empty means the item itself."""

    field: str
    codec: Codec


@dataclass(frozen=True, slots=True)
class Coding:
    """A field with a code of a regional table, as a FHIR Coding: the source's own system, code and display."""

    field: str
    table: str


@dataclass(frozen=True, slots=True)
class Each:
    """A field of many values: every list item that fits the part, in order; the part's fixed values and key tell."""

    field: str
    part: Any
    key: tuple[str, ...] = ("",)
    by: Any = None
    """A literal of what every item surely carries. Where it is given, it alone tells the items from others."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list that only `by`, a literal of what it surely carries, tells from the others."""

    part: Any
    by: Any


@dataclass(frozen=True, slots=True)
class When:
    """A part that stands only in some states of an enumerated field; elsewhere its fields cannot be carried."""

    field: str
    values: frozenset[Any]
    part: Any


@dataclass(frozen=True, slots=True)
class Echo:
    """Written from what is said elsewhere; when read it is compared, and a difference is named.

    `moved`, where given, says what the whole becomes if others changed only this place (None: nothing sensible);
    `absent` says which fields it stands in for where their own place is empty, as in resources that others wrote.
    """

    write: Callable[[Scope, Context], Any]
    moved: Callable[[Any, Any], Any | None] | None = None
    absent: Callable[[Any], Mapping[str, Any]] | None = None
    kind: str = ""
    """For a reference: the resource type it points at, which tells one list item from another."""
    of: str = ""
    """The field that it is a view of, where it is one."""
    many: bool = False
    """As an item of a list: any number of them is written."""


@dataclass(frozen=True, slots=True)
class Usually:
    """Written, never asked for: what others put there instead is theirs and is named."""

    value: Any


def view(
    field: str, table: Mapping[Any, str], back: Mapping[str, Any], write: Callable[[Scope, Context], str] | None = None
) -> Echo:
    """A FHIR code that is a view of an exact regional code standing elsewhere.

    More regional than FHIR codes: when others moved only the view, its default regional code `back` wins (Decided 12).
    """
    return Echo(
        write or (lambda scope, _: table[getattr(scope, field)]),
        moved=lambda scope, code: scope.model_copy(update={field: back[code]}) if _known(code, back) else None,
        absent=lambda code: {field: back[code]} if _known(code, back) else {},
        of=field,
    )


def _known(code: Any, back: Mapping[str, Any]) -> bool:
    return isinstance(code, str) and code in back


def speaks(template: Any) -> bool:
    """True when the template says something of the region, so that it is left out where nothing was said."""
    match template:
        case Hole() | Coding() | Each() | Echo() | When() | Item():
            return True
        case dict():
            return any(speaks(child) for child in template.values())
        case list():
            return any(speaks(child) for child in template)
        case _:
            return False


def within(template: Any) -> Any:
    """The literal inside conditions and repetitions."""
    while isinstance(template, When | Each | Item):
        template = template.part
    return template
