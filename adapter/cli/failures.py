"""What an operator can do wrong, as one text each that says what to do. Everything else is an error of ours."""

from __future__ import annotations

import errno
import sqlite3

from sqlalchemy.exc import DatabaseError as SqlError

from adapter.cli.exits import Code, Stop
from adapter.delivery import DatabaseError
from adapter.keys import KeysMissing
from adapter.sandbox.outcome import Refusal
from adapter.security.token_file import TokensUnreadable
from adapter.serving import OpenToAll, TlsUnusable
from mappings.region.catalogue_files import CatalogueHasHoles


def told(error: Exception) -> Stop:
    """The text and exit code for whatever a command failed at."""
    match error:
        case CatalogueHasHoles(holes=holes):
            return Stop("the region's catalogue has holes:\n" + "\n".join(f"  {hole}" for hole in holes))
        case KeysMissing() | TokensUnreadable() | DatabaseError() | OpenToAll() | TlsUnusable():
            return Stop(str(error))
        case Refusal(issues=issues):
            return Stop("the seed is refused: " + "; ".join(f"{one.expression}: {one.text}" for one in issues))
        case SqlError() | sqlite3.DatabaseError():
            return Stop("the database file cannot be opened: see that its folder can be written to, and that it is one")
        case OSError():
            return _of_the_machine(error)
        case _:
            return Stop(f"an error of ours, not yours: {type(error).__name__} at {_where(error)}", Code.OURS)


def _of_the_machine(error: OSError) -> Stop:
    name = error.filename or "a file"
    match error.errno:
        case errno.ENOENT:
            return Stop(f"{name}: there is no such file or folder")
        case errno.EISDIR:
            return Stop(f"{name}: this is a folder, not a file")
        case errno.ENOTDIR | errno.EEXIST:
            return Stop(f"{name}: a file stands where a folder is needed")
        case errno.EACCES | errno.EPERM:
            return Stop(f"{name}: not allowed; see who owns it, or choose another (ports below 1024 need rights)")
        case errno.EADDRINUSE:
            return Stop("the port is taken by another program: choose another with --port, or 0 for any free one")
        case errno.EADDRNOTAVAIL:
            return Stop("this machine does not have that address: see --host")
        case errno.ENOSPC:
            return Stop("the disk is full")
        case _:
            return Stop(f"{error.filename or 'this machine says'}: {error.strerror or error}")


def _where(error: Exception) -> str:
    """File and line of our code; never the error's own text, which may hold a value."""
    trace, where = error.__traceback__, "?"
    while trace:
        code = trace.tb_frame.f_code
        if "adapter" in code.co_filename or "mappings" in code.co_filename:
            where = f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return where
