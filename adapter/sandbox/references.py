"""What the text of a `Reference.reference` points at: https://hl7.org/fhir/R4/references.html#literal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from mappings.problem import Json

ID = re.compile(r"[A-Za-z0-9\-.]{1,64}", re.ASCII)

_LOCAL = re.compile(r"([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/[A-Za-z0-9\-.]{1,64})?", re.ASCII)
_CONDITIONAL = re.compile(r"([A-Z][A-Za-z]+)\?(.+)", re.ASCII)
_ABSOLUTE = re.compile(r"(?:https?|ftp)://\S+|urn:(?!uuid:)\S+")


@dataclass(frozen=True, slots=True)
class Local:
    """A resource of this space."""

    type: str
    id: str


@dataclass(frozen=True, slots=True)
class Conditional:
    """The one resource of this space that a search finds."""

    type: str
    query: str


@dataclass(frozen=True, slots=True)
class Contained:
    """A resource inside the one that refers."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A resource of another server."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """No reference that R4 knows; or a `urn:uuid:`, which means something only inside its Bundle."""


Pointer: TypeAlias = Local | Conditional | Contained | Elsewhere | Unreadable


def pointer(text: str, base: str | None) -> Pointer:
    """`base` is this server's own: an absolute reference to it is local. `None` where it is foreign like any other."""
    if text.startswith("#"):
        return Contained()
    own = text.removeprefix(f"{base}/") if base else text
    if match := _LOCAL.fullmatch(own):
        return Local(match[1], match[2])
    if match := _CONDITIONAL.fullmatch(own):
        return Conditional(match[1], match[2])
    return Elsewhere() if _ABSOLUTE.fullmatch(text) else Unreadable()


_URIS = frozenset({"reference", "url", "uri", "valueUri", "valueUrl", "valueUuid", "valueOid"})
"""The elements in which a transaction's `fullUrl` is replaced: https://hl7.org/fhir/R4/http.html#trules."""

_EXTENSIONS = ("extension", "modifierExtension")


@dataclass(frozen=True, slots=True)
class Link:
    """One element of a resource that may lead to another."""

    element: Json
    name: str
    path: str

    @property
    def is_reference(self) -> bool:
        return self.name == "reference"

    @property
    def text(self) -> str:
        return str(self.element[self.name])

    def point_at(self, text: str) -> None:
        self.element[self.name] = text


def links(resource: Json) -> Iterator[Link]:
    """Every link anywhere in it: in backbone elements, extensions and contained resources too."""
    stack: list[tuple[Any, str, bool]] = [(resource, resource.get("resourceType", ""), False)]
    while stack:
        value, path, is_extension = stack.pop()
        if type(value) is list:
            stack.extend((item, f"{path}[{n}]", is_extension) for n, item in enumerate(value))
        elif type(value) is dict:
            for name, inner in value.items():
                if type(inner) in (dict, list):
                    stack.append((inner, f"{path}.{name}", name in _EXTENSIONS))
                elif name in _URIS and type(inner) is str and not (is_extension and name == "url"):
                    yield Link(value, name, path)
