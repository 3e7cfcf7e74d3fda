"""What a resource is known by, wherever it lies."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, unquote


class Key(NamedTuple):
    """A business identifier with its resource type (Decided 3).

    Inside `mappings` a reference holds nothing else: `{"reference": key.text}`, written as FHIR writes a conditional
    reference (https://hl7.org/fhir/R4/http.html#trules). Only `adapter.server` turns it into what a server wants.
    """

    kind: str
    """Resource type, `Patient`."""
    system: str
    value: str

    @property
    def text(self) -> str:
        """`Patient?identifier=SYSTEM|VALUE`, both percent-encoded; the inverse of `parse`."""
        return _text(self.kind, self.system, self.value)

    @staticmethod
    def parse(text: object) -> Key | None:
        """The key in a reference, or None where it holds something else."""
        return _parsed(text) if isinstance(text, str) else None


@lru_cache(maxsize=4096)
def _text(kind: str, system: str, value: str) -> str:
    return f"{kind}?identifier={quote(system, safe=':/')}|{quote(value, safe='')}"


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Key | None:
    kind, found, rest = text.partition("?identifier=")
    system, bar, value = rest.partition("|")
    return Key(kind, unquote(system), unquote(value)) if found and bar else None
