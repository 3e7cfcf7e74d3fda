"""Every stored body: which key it lies under, and its bytes (Decided 7)."""

from __future__ import annotations

from typing import Final, NamedTuple, Protocol

PLAIN: Final = ""
"""The key id of a body that lies open."""


class Sealed(NamedTuple):
    """A stored body, two columns wide."""

    key_id: str
    body: bytes


class Seal(Protocol):
    """What closes and opens bodies; another one with a cipher takes the place of `Open` without a change of the
    schema."""

    def close(self, body: bytes) -> Sealed: ...

    def open(self, sealed: Sealed) -> bytes:
        """The bytes that were closed; `UnknownKeyError` where the key is not here."""
        ...


class UnknownKeyError(Exception):
    """A stored body lies under a key that this gateway does not have. Give it the keys that the database was written
    with."""


class Open:
    """No cipher: bodies lie as they are."""

    def close(self, body: bytes) -> Sealed:
        return Sealed(PLAIN, body)

    def open(self, sealed: Sealed) -> bytes:
        if sealed.key_id != PLAIN:
            raise UnknownKeyError
        return sealed.body


OPEN: Final[Seal] = Open()
