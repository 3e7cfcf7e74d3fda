"""A shared server is started by the first that needs it and ended when the last has left."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from .shared import shared


class Counted:
    """Stands for a server: counts how often it was started and ended."""

    def __init__(self) -> None:
        self.started = 0
        self.ended = 0

    @contextmanager
    def start(self) -> Iterator[str]:
        self.started += 1
        yield f"address {self.started}"
        self.ended += 1


def test_all_that_come_while_it_runs_get_the_same(tmp_path: Path) -> None:
    server = Counted()
    with ThreadPoolExecutor(1) as pool:
        first = shared(tmp_path / "server", server.start)
        assert first.__enter__() == "address 1"
        with shared(tmp_path / "server", server.start) as address:
            leaving = pool.submit(first.__exit__, None, None, None)
            assert (address, server.ended) == ("address 1", 0)
        leaving.result()
    assert (server.started, server.ended) == (1, 1)


def test_who_comes_after_its_end_starts_anew(tmp_path: Path) -> None:
    server = Counted()
    for expected in ("address 1", "address 2"):
        with shared(tmp_path / "server", server.start) as address:
            assert address == expected
    assert server.ended == 2


def test_a_start_that_fails_is_tried_again_by_the_next(tmp_path: Path) -> None:
    @contextmanager
    def fail() -> Iterator[str]:
        raise RuntimeError("no luck")
        yield

    with pytest.raises(RuntimeError, match="no luck"), shared(tmp_path / "server", fail):
        pass
    with shared(tmp_path / "server", Counted().start) as address:
        assert address == "address 1"
