"""The Node programs that tests talk to, installed with npm once and kept in the cache folder (`recipe`).

A program is a folder beside this file: its `package.json`, its lock, and `main.mjs`.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
from pathlib import Path

from .recipe import HERE, cache_folder


def installed(name: str) -> Path:
    """The folder of the program, with its libraries, installed if this version of it never was.

    Processes that ask at once wait for one. Raises `RuntimeError` with the end of npm's output where that fails.
    """
    sources = sorted(path for path in (HERE / name).iterdir() if path.is_file())
    digest = hashlib.sha256()
    for source in sources:
        digest.update(source.name.encode() + b"\0" + hashlib.sha256(source.read_bytes()).digest())
    folder = cache_folder() / f"{name}-{digest.hexdigest()[:16]}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _install(sources, folder)
    return folder


def _install(sources: list[Path], folder: Path) -> None:
    """Installs beside the final folder and moves it there whole: what broke off never looks done."""
    building = folder.with_suffix(".building")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir()
    for source in sources:
        shutil.copy(source, building)
    npm = subprocess.run(
        ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
        cwd=building,
        capture_output=True,
        text=True,
        check=False,
    )
    if npm.returncode:
        raise RuntimeError(f"npm could not install {sources[0].parent.name}:\n{(npm.stdout + npm.stderr)[-3000:]}")
    building.rename(folder)
