"""One mutant against the tests, in a fork of a process that has already imported what the mutant does not change."""

from __future__ import annotations

import gc
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType

import pytest
from hypothesis import settings

from tests.region.sample import sample

ROOT = Path(__file__).parents[2]
LONGEST = 120
"""Seconds until a mutant that does not end counts as killed."""

SHARED = ("personnummer.personnummer", "mappings.resources.outline")
"""What all tests of rules import, and no rule is imported by."""


class _Mutated(SourceFileLoader):
    def __init__(self, name: str, path: Path, code: str) -> None:
        super().__init__(name, str(path))
        self.mutated = code

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.mutated, f"{fullname} mutated", "exec")

    def get_source(self, fullname: str) -> str:
        """For tests that read the code of a rule: on disk it stands as it was."""
        return self.mutated


class _Finder:
    """Gives the mutated module instead of the one on disk, which stays untouched."""

    def __init__(self, name: str, path: Path, code: str) -> None:
        self.name, self.loader = name, _Mutated(name, path, code)

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        return spec_from_file_location(name, self.loader.path, loader=self.loader) if name == self.name else None


def prepare(module: str) -> None:
    """Imports what a mutant of the module does not change."""
    settings.register_profile("steady", derandomize=True)
    settings.load_profile("steady")
    for name in SHARED:
        importlib.import_module(name)
    if module in sys.modules:
        for name in [one for one in sys.modules if one.split(".")[0] in ("mappings", "tests", "adapter")]:
            if not name.startswith(__package__) and name != "tests":
                del sys.modules[name]
    else:
        sample()  # read once for all
    gc.disable()
    gc.freeze()


def passes(module: str, code: str | None, tests: Sequence[Path]) -> bool:
    """Whether all the tests pass with the module's code (None: as it stands on disk). Ends at the first that fails."""
    process = os.fork()
    if not process:
        signal.alarm(LONGEST)
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        if code is not None:
            path = ROOT / f"{module.replace('.', '/')}.py"
            sys.meta_path.insert(0, _Finder(module, path, code))
        options = ("-x", "-q", "--tb=no", "--assert=plain", "--noconftest", "--rootdir", str(ROOT))
        os._exit(pytest.main([*options, *map(str, tests)]))
    _, status = os.waitpid(process, 0)
    return status == 0
