"""Pytest plugin: the servers, started when the first test asks and ended with the run.

`pytest_plugins = ["tests.servers.fixtures"]` in the outermost conftest. The workers of pytest-xdist share them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from . import national
from .hapi import running_hapi
from .needs import java_and_maven, skip_or_fail
from .shared import shared
from .validator import Validator, asking, running_validator


@pytest.fixture(scope="session")
def folder_of_the_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for the whole run, where every worker of pytest-xdist has one of its own below it."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def hapi_base(folder_of_the_run: Path) -> Iterator[str]:
    """The base URL of a HAPI server that the whole run shares: tests use business identifiers of their own."""
    skip_or_fail(java_and_maven())
    with shared(folder_of_the_run / "hapi", running_hapi) as base:
        yield base


@pytest.fixture(scope="session")
def own_conformance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of our own StructureDefinitions, CodeSystems and ValueSets: empty, until a conftest says otherwise."""
    return tmp_path_factory.mktemp("own-conformance")


@pytest.fixture(scope="session")
def hl7_validator(
    folder_of_the_run: Path, own_conformance: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Validator]:
    """The official validator, knowing `own_conformance` and the national code and identifier systems."""
    skip_or_fail(java_and_maven())
    theirs = national.write(tmp_path_factory.mktemp("national"))
    where = shared(folder_of_the_run / "hl7-validator", lambda: running_validator(own_conformance, theirs))
    with where as address, asking(address) as validator:
        yield validator
