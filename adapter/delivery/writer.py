"""One writer for a database: what waits is done in one transaction, so that one flush to the disk serves many
senders."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar

from adapter.delivery.events import Event, tell
from adapter.delivery.session import Session

T = TypeVar("T")
Job: TypeAlias = Callable[[Session], T]

MOST_TOGETHER: Final = 64
WIPE_AFTER: Final = 1.0
"""Seconds: what is wiped together, and how long what stands in the way is waited for."""
_TRIES: Final = 3


class _Waiting(NamedTuple):
    job: Job[Any]
    answer: asyncio.Future[Any]
    told: Callable[[Any], None] | None


class _Failed(NamedTuple):
    error: Exception


class Writer:
    """Does jobs on one connection, each whole or not at all, and answers once they are on the disk.

    Statements run in the event loop's own thread: they are short, and a second busy thread would cost both more than
    they take. What waits for the disk or for another process (BEGIN, COMMIT) runs in a thread of its own meanwhile.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")
        self._waiting: deque[_Waiting] = deque()
        self._working: asyncio.Task[None] | None = None
        self._to_wipe = False
        self._timer: asyncio.TimerHandle | None = None

    async def do(self, job: Job[T], told: Callable[[T], None] | None = None) -> T:
        """What the job gives, after it was committed. `told` is called then too, even when nobody waits any more.

        A job that raises leaves nothing behind, and what others do beside it stands. One that loses a race for a key
        is done again.
        """
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(job, answer, told))
        self._begin()
        return await answer

    def wipe(self) -> None:
        """What was written over or deleted leaves the files too: a little later, when those who wait now have been
        answered, and again until nobody's reading stands in the way."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(WIPE_AFTER, self._wipe_now)

    def _wipe_now(self) -> None:
        self._timer, self._to_wipe = None, True
        self._begin()

    def _begin(self) -> None:
        if self._working is None:
            self._working = asyncio.create_task(self._work())

    async def close(self) -> None:
        """Finishes what waits. What was to be wiped goes when the last connection to the database is closed."""
        if self._timer is not None:
            self._timer.cancel()
        if self._working is not None:
            await self._working
        self._session.close()
        self._thread.shutdown()

    async def _work(self) -> None:
        try:
            while self._waiting or self._to_wipe:
                await self._do_some()
                if self._to_wipe:
                    await self._wiped()
        finally:
            self._working = None

    async def _do_some(self) -> None:
        group = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_TOGETHER))]
        try:
            done = await self._together(group) if group else []
        except Exception as error:
            done = [_Failed(error)] * len(group)
        for waiting, result in zip(group, done, strict=True):
            _tell(waiting, result)

    async def _wiped(self) -> None:
        self._to_wipe = False
        try:
            done = await asyncio.get_running_loop().run_in_executor(self._thread, self._session.wipe)
        except sqlite3.Error as error:
            tell(Event.LEDGER_FAILED, error=type(error).__name__)
            done = False
        if not done:
            self.wipe()

    async def _together(self, group: list[_Waiting]) -> list[Any]:
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, self._session.text, "BEGIN IMMEDIATE")
        try:
            done = []
            for waiting in group:
                done.append(_alone(self._session, waiting.job))
                await asyncio.sleep(0)
            await loop.run_in_executor(self._thread, self._session.text, "COMMIT")
        except BaseException:
            self._session.rollback()
            raise
        return done


def _alone(session: Session, job: Job[Any]) -> Any:
    for left in reversed(range(_TRIES)):
        session.text("SAVEPOINT job")
        try:
            result = job(session)
        except Exception as error:
            session.text("ROLLBACK TO SAVEPOINT job")
            if left and isinstance(error, sqlite3.IntegrityError):
                continue
            result = _Failed(error)
        session.text("RELEASE SAVEPOINT job")
        return result
    raise AssertionError("unreachable")


def _tell(waiting: _Waiting, result: Any) -> None:
    if isinstance(result, _Failed):
        if not waiting.answer.done():
            waiting.answer.set_exception(result.error)
        return
    if waiting.told is not None:
        waiting.told(result)
    if not waiting.answer.done():
        waiting.answer.set_result(result)
