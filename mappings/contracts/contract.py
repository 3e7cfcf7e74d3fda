"""What another contract is: the same messages in a shape that others have agreed on, written and never read.

A contract is written from what its reader is shown of a message (`visibility.seen`), so that it can never say more
than regional JSON says to the same reader. Each says what it cannot say: every field of the model either reaches it or
stands in its list of losses, and a contract of which that is not so does not load.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from mappings.contracts.shown import shown
from mappings.problem import Json
from mappings.region.catalogue import Source
from mappings.region.field import Audience
from mappings.region.unit import Unit
from mappings.rules.visibility import PATIENTS
from mappings.shape.codec import plain
from mappings.shape.compiled import getter, resource_filler
from mappings.shape.graph import leaves
from mappings.shape.key import Key
from mappings.shape.shape import Place, places_of
from mappings.shape.template import Codec, Context, Echo


@dataclass(frozen=True, slots=True)
class Around:
    """What a contract is told beside the message."""

    source: Source
    units: Mapping[str, Unit]
    now: datetime
    audience: Audience
    registered: datetime | None = None
    """When this state of the message was taken in; None where the ledger does not know."""
    approved: bool = False
    """Whether the patient is shown it; what is not known is no."""
    actions: tuple[str, ...] = ()
    """What she may do with it on 1177 (PO-1)."""


@dataclass(frozen=True, slots=True)
class Of:
    """What is written from some fields at once: it is given their values, and no others."""

    fields: tuple[str, ...]
    write: Callable[..., Any]
    """(around, value of each field) -> what stands there; not asked where all are absent. Of a field of every line,
    the value is one of each."""
    where: str = ""
    """The part of the message without which nothing stands there."""

    def __call__(self, scope: Any, context: Context) -> Any:
        if self.where and getter(self.where)(scope) is None:
            return None
        values = [_value(scope, name) for name in self.fields]
        if self.fields and all(value is None or value == () for value in values):
            return None
        return self.write(context.root, *values)


def _value(scope: Any, name: str) -> Any:
    """What stands at a path of attributes; of a list, what stands there in each of its items."""
    first, _, rest = name.partition(".")
    inner = getattr(scope, first)
    if not rest or inner is None:
        return inner
    return tuple(_value(item, rest) for item in inner) if isinstance(inner, tuple) else _value(inner, rest)


def of(fields: str, write: Callable[..., Any], where: str = "") -> Echo:
    """A value made of these fields, set apart by spaces: `of("start duration", …)`."""
    return Echo(Of(tuple(fields.split()), write, where))


def fact(write: Callable[[Around], Any], where: str = "") -> Echo:
    """A value that no field of the message says."""
    return Echo(Of((), write, where))


def written(encode: Callable[[Any], Any]) -> Codec:
    """A codec for what is never read."""

    def unread(value: Any) -> Any:
        raise ValueError("written only")

    return plain(encode, unread)


@dataclass(frozen=True, slots=True)
class Said:
    """One resource or element that a contract says."""

    key: Key
    content: Json


class Part:
    """One resource or element of a contract, compiled."""

    def __init__(self, kind: str, template: Json, key: Callable[[Any], Key] | None = None, part: str = "") -> None:
        self.kind, self.part = kind, part
        self.key = key or (lambda message: Key(kind, message.source, ""))
        self.places = places_of(template, kind)
        self._fill = resource_filler(template)
        self._scope = getter(part)

    def said(self, message: Any, around: Around) -> Said | None:
        """What it says of a message; None where the message has no such part."""
        scope = self._scope(message)
        if scope is None:
            return None
        return Said(self.key(message), self._fill(scope, Context(around, around.source)))

    def reached(self) -> Iterator[tuple[str, str]]:
        """Every field that stands in it, with its place."""
        for place in self.places:
            for name in _named(place):
                yield ".".join(filter(None, (self.part, name))), place.path


def _named(place: Place) -> Iterable[str]:
    if isinstance(place.source, Echo):
        fields = place.source.write.fields if isinstance(place.source.write, Of) else ()
        return (".".join((*place.within, name)) for name in fields)
    conditions = [".".join((*place.within[: one.depth], one.field)) for one in place.conditions]
    return (place.field, *conditions)


@dataclass(frozen=True, slots=True)
class Assumed:
    """A thing about the contract that its published documents do not settle, and how it is done here."""

    what: str
    done: str


@dataclass(frozen=True)
class Contract:
    """A contract, and how messages of one kind are said in it.

    Raises TypeError where a field neither reaches it nor stands among its losses, or does both.
    """

    name: str
    title: str
    document: str
    """Where it is published, and in which version."""
    kind: str
    """Of message: `booking`."""
    model: type[BaseModel]
    media: str
    """The media type that it is asked for and answered by."""
    parts: tuple[Part, ...]
    loses: Mapping[str, str]
    """Field, or part of the message, that it cannot say -> why."""
    thins: Mapping[str, str] = field(default_factory=dict)
    """Field that it says less of than the message does -> what is left out."""
    decides: Mapping[str, str] = field(default_factory=dict)
    """Field that decides whether or how a message is said, and stands nowhere itself -> how."""
    carries: Callable[[Any, Around], bool] = lambda message, around: True
    """Whether it can say the message at all."""
    needs: tuple[str, ...] = ()
    """What must stand in its first part, or the message is left out: `period.start`."""
    wholes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Element that is left out unless these stand in it."""
    once: Callable[[Any], str | None] = lambda message: None
    """What a patient may have one of only; of several the one that began last is said."""
    seen_as: Audience | None = None
    """Whose view it is, whoever asks; None for the asker's own."""
    narrows: Callable[[Any], Any] = lambda message: message
    """Takes away, for others than patients, what the contract has no way to mark as not for her."""
    namespaces: tuple[str, str] | None = None
    """Of XML: of the response and its items, and of all that stands in these."""
    item: str = ""
    result: Callable[[str], Json] = lambda log_id: {}
    """Of XML: what stands after the items."""
    assumed: tuple[Assumed, ...] = ()

    def __post_init__(self) -> None:
        every, reached = set(leaves(self.model)), self.reached()
        lost = every - set(reached)
        strange = sorted(name for name in (*reached, *self.thins) if not _under(name, every))
        forgotten = sorted(leaf for leaf in lost if not any(_within(leaf, name) for name in self.loses))
        untrue = sorted(name for name in self.loses if not _under(name, every) or _under(name, every) - lost)
        if strange or forgotten or untrue:
            raise TypeError(f"{self.name}: no field {strange}, neither said nor lost {forgotten}, not lost {untrue}")

    def reached(self) -> dict[str, list[str]]:
        """Every field that it says or asks, with its places; none for one that only decides."""
        found: dict[str, list[str]] = {name: [] for name in self.decides}
        for part in self.parts:
            for name, path in part.reached():
                found.setdefault(_of_lines(name), []).append(path)
        return found

    def viewer(self, audience: Audience) -> Audience:
        """Through whose eyes a reader is shown it: never more than her own."""
        return self.seen_as if self.seen_as and audience not in PATIENTS else audience

    def said(self, told: Json, around: Around) -> tuple[Said, ...] | None:
        """What it says of a message of which this is what the reader is shown; None where it cannot say it."""
        return self.all_said([(told, around)])[0]

    def all_said(self, shown_to_reader: Iterable[tuple[Json, Around]]) -> list[tuple[Said, ...] | None]:
        """What it says of each of a patient's messages; None for one that it cannot say, or not beside another."""
        messages: list[tuple[Any, Around]] = [(self.message(told, around), around) for told, around in shown_to_reader]
        said = [None if message is None else self._said(message, around) for message, around in messages]
        rivals: dict[str, list[int]] = {}
        for number, (message, _) in enumerate(messages):
            if said[number] and (only := self.once(message)):
                rivals.setdefault(only, []).append(number)
        for numbers in rivals.values():
            latest = max(numbers, key=lambda number: messages[number][0].start)
            said = [None if number in numbers and number != latest else one for number, one in enumerate(said)]
        return said

    def message(self, told: Json, around: Around) -> Any:
        """What the reader is shown, as the model has it; None where the contract carries no such."""
        message = shown(self.model, told)
        message = message if around.audience in PATIENTS else self.narrows(message)
        return message if self.carries(message, around) else None

    def _said(self, message: Any, around: Around) -> tuple[Said, ...] | None:
        said = [one for part in self.parts if (one := part.said(message, around))]
        if not said or not all(_stands(said[0].content, path) for path in self.needs):
            return None
        for element, needed in self.wholes.items():
            if element in said[0].content and not all(_stands(said[0].content[element], path) for path in needed):
                del said[0].content[element]
        return tuple(said)


def _of_lines(name: str) -> str:
    """The owner's line is one of the lines."""
    return f"lines.{name.removeprefix('owner.')}" if name.startswith("owner.") else name


def _within(leaf: str, name: str) -> bool:
    return leaf == name or leaf.startswith(f"{name}.")


def _under(name: str, every: Iterable[str]) -> set[str]:
    return {leaf for leaf in every if _within(leaf, name)}


def _stands(content: Any, path: str) -> bool:
    for step in path.split("."):
        if not isinstance(content, dict) or step not in content:
            return False
        content = content[step]
    return True
