"""Work that goes on beside a block, and is asked to stop at its end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager


@asynccontextmanager
async def working(run: Callable[[], Coroutine[None, None, None]], stop: Callable[[], None]) -> AsyncIterator[None]:
    """`run` beside the block; at its end `stop` is called, and `run` is waited for."""
    task = asyncio.create_task(run())
    try:
        yield
    finally:
        stop()
        await task
