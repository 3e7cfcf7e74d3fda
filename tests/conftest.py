"""Fixtures that every folder of tests may use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mappings.guide import guide
from mappings.resources.outline import GRAPHS
from tests.golden.corpus import CATALOGUE

pytest_plugins = ["tests.servers.fixtures"]


@pytest.fixture(scope="session")
def own_conformance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the project's own definitions, as the shapes and the sample region make them."""
    folder = tmp_path_factory.mktemp("own-conformance")
    for definition in guide(GRAPHS.values(), CATALOGUE):
        name = f"{definition['resourceType']}-{definition['id']}.json"
        (folder / name).write_text(json.dumps(definition), "utf-8")
    return folder
