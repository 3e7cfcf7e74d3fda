"""One server for all the processes of a test run."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path


@contextmanager
def shared(address: Path, start: Callable[[], AbstractContextManager[str]]) -> Iterator[str]:
    """What `start` yields, started once for all that give the same file `address`.

    Whoever comes first starts it and, when leaving, waits for all others before ending it. Who comes after that starts
    anew. The locks are the system's, so a process that dies leaves too.
    """
    with ExitStack() as stack:
        door = stack.enter_context(address.with_suffix(".door").open("w"))
        inside = stack.enter_context(address.with_suffix(".inside").open("w"))
        fcntl.flock(door, fcntl.LOCK_EX)
        first = not address.exists()
        if first:
            address.write_text(stack.enter_context(start()))
        found = address.read_text()
        fcntl.flock(inside, fcntl.LOCK_SH)
        fcntl.flock(door, fcntl.LOCK_UN)
        try:
            yield found
        finally:
            if first:
                fcntl.flock(door, fcntl.LOCK_EX)
                fcntl.flock(inside, fcntl.LOCK_EX)
                address.unlink()
