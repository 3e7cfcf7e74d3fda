"""A Node program is installed once, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from . import node
from .needs import node_and_npm, skip_or_fail

PACKAGE = '{"name": "small", "private": true, "type": "module"}'
LOCK = '{"name": "small", "lockfileVersion": 3, "requires": true, "packages": {"": {"name": "small"}}}'


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The source of a program without libraries, with a cache of its own."""
    skip_or_fail(node_and_npm())
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "package.json").write_text(PACKAGE)
    (folder / "package-lock.json").write_text(LOCK)
    monkeypatch.setattr(node, "HERE", tmp_path)
    monkeypatch.setenv("VARDBRO_CACHE", str(tmp_path / "cache"))
    return folder


def test_a_program_is_installed_once_and_again_when_it_has_changed(small: Path) -> None:
    first = node.installed("small")
    installed_at = first.stat().st_ctime_ns
    assert node.installed("small") == first
    assert first.stat().st_ctime_ns == installed_at
    (small / "main.mjs").write_text("// changed")
    assert node.installed("small") != first


def test_an_installation_that_fails_says_why_and_leaves_nothing_that_looks_installed(small: Path) -> None:
    (small / "package-lock.json").unlink()
    for _ in range(2):
        with pytest.raises(RuntimeError, match="npm could not install small:"):
            node.installed("small")
