"""Fixtures that every folder of tests may use."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import settings

from mappings.guide import guide
from mappings.resources.outline import GRAPHS
from tests.golden.corpus import of_all_regions

settings.register_profile("steady", derandomize=True)
if "VARDBRO_EXPLORE" not in os.environ:
    # The same examples in every run; with VARDBRO_EXPLORE set, new ones each time.
    settings.load_profile("steady")

pytest_plugins = ["tests.servers.fixtures"]


@pytest.fixture(scope="session")
def own_conformance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the project's own definitions, as the shapes and the sample regions make them."""
    folder = tmp_path_factory.mktemp("own-conformance")
    for definition in guide(GRAPHS.values(), of_all_regions()):
        # HL7's validator reads no file whose name ends in "template.json"
        name = f"{definition['id']}-{definition['resourceType']}.json"
        (folder / name).write_text(json.dumps(definition), "utf-8")
    return folder
