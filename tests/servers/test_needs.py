"""A test that cannot run here says so, and in CI that is a failure."""

from __future__ import annotations

from pathlib import Path

import pytest

from .needs import java_and_maven, node_and_npm, skip_or_fail


def test_what_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert (java_and_maven() or "").startswith("java, javac, mvn not found")


def test_a_java_that_is_too_old_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for command in ("java", "javac", "mvn"):
        (tmp_path / command).write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019-01-15' >&2\n")
        (tmp_path / command).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert (java_and_maven() or "").startswith("Java 17 or later is needed")


def test_a_node_that_is_missing_or_too_old_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert (node_and_npm() or "").startswith("node, npm not found")
    for command in ("node", "npm"):
        (tmp_path / command).write_text("#!/bin/sh\necho v12.22.9\n")
        (tmp_path / command).chmod(0o755)
    assert node_and_npm() == "Node 20 or later is needed, this is: v12.22.9"


def test_without_what_it_needs_a_test_is_skipped_here_and_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no Java"):
        skip_or_fail("no Java")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no Java"):
        skip_or_fail("no Java")
    skip_or_fail(None)
