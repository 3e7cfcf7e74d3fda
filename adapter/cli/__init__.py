"""`vardbro`, the command line. `commands` has every command with its options; what one does is a module of its own."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import NoReturn

from adapter.cli.commands import app
from adapter.cli.exits import Stop


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Runs a command and ends the process. Whatever goes wrong is one clear text on standard error, no traceback."""
    try:
        app(args=arguments, prog_name="vardbro")
    except Exception as error:
        told = error if isinstance(error, Stop) else _told(error)
        sys.stderr.write(f"vardbro: {told}\n")
        sys.exit(told.code)
    sys.exit(0)


def _told(error: Exception) -> Stop:
    from adapter.cli.failures import told  # noqa: PLC0415  loads what failed, only when something has

    return told(error)


__all__ = ["main"]
