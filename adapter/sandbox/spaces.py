"""The default space and the isolated ones, each made when it is first asked for."""

from __future__ import annotations

from pathlib import Path

from adapter.sandbox.outcome import refusal
from adapter.sandbox.seed import plant
from adapter.sandbox.settings import SandboxSettings
from adapter.sandbox.space import Space


class Spaces:
    """By name; the default one has none. What is deleted is made anew, with its seed, when it is asked for again."""

    def __init__(self, settings: SandboxSettings) -> None:
        self.settings = settings
        self._open: dict[str, Space] = {}

    def get(self, name: str) -> Space:
        """Refuses with 400 when there are as many as there may be."""
        if name not in self._open:
            if len(self._open) > self.settings.space_limit:
                raise refusal(400, "too-costly", "There are as many spaces as there may be: delete one")
            self._open[name] = self._made(Space(self.settings, self._file(name)))
        return self._open[name]

    def reset(self, name: str) -> None:
        """Its seed and nothing else."""
        space = self.get(name)
        space.empty()
        plant(space, self.settings.seed)

    def delete(self, name: str) -> None:
        if space := self._open.pop(name, None):
            space.close()
        file = self._file(name)
        for path in (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm"))) if file else ():
            path.unlink(missing_ok=True)

    def names(self) -> list[str]:
        return sorted(filter(None, self._open))

    def close(self) -> None:
        for space in self._open.values():
            space.close()
        self._open.clear()

    def _made(self, space: Space) -> Space:
        """With its seed. A file that holds something already goes on as it is."""
        try:
            if self.settings.seed and space.is_empty():
                plant(space, self.settings.seed)
        except BaseException:
            space.close()
            raise
        return space

    def _file(self, name: str) -> Path | None:
        """A space of its own file, beside that of the default one."""
        file = self.settings.database
        return file.with_name(f"{file.stem}.{name}{file.suffix}") if file and name else file
