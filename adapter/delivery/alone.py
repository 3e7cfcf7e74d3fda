"""What many parcels say (a unit, a person) is carried by one of them at a time; the next finds it delivered."""

from __future__ import annotations

import asyncio


class Alone:
    """Which parcel is carrying which shared resource."""

    def __init__(self) -> None:
        self._by: dict[str, int] = {}
        self._freed = asyncio.Event()

    def take(self, parcel: int, ids: set[str]) -> bool:
        """All of them, or none where another has one."""
        if any(self._by.get(id_, parcel) != parcel for id_ in ids):
            return False
        self._by.update(dict.fromkeys(ids, parcel))
        return True

    def free(self, parcel: int) -> None:
        """Once what became of it is on the disk."""
        left = {id_: by for id_, by in self._by.items() if by != parcel}
        if len(left) < len(self._by):
            self._by = left
            self._freed.set()
            self._freed = asyncio.Event()

    async def freed(self) -> None:
        await self._freed.wait()
