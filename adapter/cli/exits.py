"""How a command ends: its exit codes, and the one exception that says so with a text."""

from __future__ import annotations

from enum import IntEnum


class Code(IntEnum):
    """Exit codes that scripts can use; the command's help names them."""

    GOOD = 0
    REFUSED = 1
    """Something was refused, or is not as it should be."""
    USAGE = 2
    """The command, a file or a setting is wrong."""
    UNAVAILABLE = 3
    """A server does not answer."""
    OURS = 4
    """Vardbro itself failed."""


class Stop(Exception):
    """Ends the command with a text for whoever typed it. The text holds nothing of a message."""

    def __init__(self, text: str, code: Code = Code.USAGE) -> None:
        super().__init__(text)
        self.code = code
