"""What many parcels say (a unit, a person) is carried by one of them at a time; the next finds it delivered."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

from adapter.delivery.ledger import Known


class Alone:
    """Which parcel is carrying which shared resource, and what was delivered but is not on the disk yet.

    Were that forgotten in a crash, the server would hold it all the same, and the next to say it would find it there.
    """

    def __init__(self) -> None:
        self._by: dict[str, int] = {}
        self._fresh: dict[str, tuple[int, Known]] = {}
        self._freed = asyncio.Event()

    def take(self, parcel: int, ids: set[str]) -> bool:
        """All of them, or none where another has one."""
        if any(self._by.get(id_, parcel) != parcel for id_ in ids):
            return False
        self._by.update(dict.fromkeys(ids, parcel))
        return True

    def end(self, parcel: int, delivered: Mapping[str, Known]) -> None:
        """What the parcel had taken is free again; of it, this is there now."""
        taken = [id_ for id_, by in self._by.items() if by == parcel]
        for id_ in taken:
            del self._by[id_]
            if id_ in delivered:
                self._fresh[id_] = parcel, delivered[id_]
        if taken:
            self._freed.set()
            self._freed = asyncio.Event()

    def recorded(self, parcel: int) -> None:
        """The ledger knows by itself what the parcel delivered."""
        self._fresh = {id_: fresh for id_, fresh in self._fresh.items() if fresh[0] != parcel}

    def fresh(self, ids: Iterable[str]) -> dict[str, Known]:
        """Of these, what the ledger is about to know."""
        return {id_: self._fresh[id_][1] for id_ in ids if id_ in self._fresh} if self._fresh else {}

    async def freed(self) -> None:
        await self._freed.wait()
