"""The Java programs that tests talk to, built with Maven once and kept in a cache folder outside the project.

A recipe is a Maven project in a folder beside this file. Its result is keyed by what it was built from, so fresh
clones of the same version share one build, and an edited recipe never meets an old result. The folder is
`$VARDBRO_CACHE`, or `~/.cache/vardbro`; the libraries themselves stay in Maven's own cache. `python -m tests.servers`
builds everything ahead.
"""

from __future__ import annotations

import fcntl
import hashlib
import inspect
import os
import select
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeAlias

HERE = Path(__file__).parent

# The C1 compiler and the serial collector halve start and memory on a small machine; texts are English wherever it runs
JVM = ("-Xmx1g", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Duser.language=en", "-Djava.awt.headless=true")
START_SECONDS = 180

Finish: TypeAlias = Callable[[Path, list[Path]], None]
"""What a recipe does after Maven: given the folder being built and the jars of the class path."""


@dataclass(frozen=True, slots=True)
class Program:
    """A built recipe: `folder` holds its compiled classes and whatever `finish` put there."""

    folder: Path
    jars: tuple[Path, ...]

    @property
    def class_path(self) -> str:
        return os.pathsep.join(map(str, (self.folder / "target" / "classes", *self.jars)))


def cache_folder() -> Path:
    return Path(os.environ.get("VARDBRO_CACHE") or Path.home() / ".cache" / "vardbro").absolute()


def built(name: str, finish: Finish | None = None) -> Program:
    """The program of the recipe `name`, built if this version of it never was. Processes that ask at once wait for one.

    Raises `RuntimeError` with the end of Maven's output where the build fails.
    """
    recipe = HERE / name
    folder = cache_folder() / f"{name}-{_fingerprint(recipe, finish)}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_whole(folder):
            _build(recipe, folder, finish)
    return Program(folder, tuple(_jars(folder)))


def _is_whole(folder: Path) -> bool:
    """Built, and its libraries still there: Maven's cache can have been emptied since."""
    jars = _jars(folder)
    return bool(jars) and all(jar.exists() for jar in jars)


def _fingerprint(recipe: Path, finish: Finish | None) -> str:
    """Of the recipe's sources and of the module that finishes it."""
    sources = [p for p in (recipe / "pom.xml", *sorted((recipe / "src").rglob("*"))) if p.is_file()]
    if finish:
        sources.append(Path(inspect.getfile(finish)))
    digest = hashlib.sha256()
    for source in sources:
        digest.update(source.relative_to(HERE).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(source.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _build(recipe: Path, folder: Path, finish: Finish | None) -> None:
    """Builds beside the final folder and moves it there whole: what broke off never looks done."""
    building = folder.with_suffix(".building")
    for leftover in (building, folder):
        shutil.rmtree(leftover, ignore_errors=True)
    building.mkdir()
    shutil.copy(recipe / "pom.xml", building)
    shutil.copytree(recipe / "src", building / "src")
    goals = ["compile", "dependency:build-classpath", "-Dmdep.outputFile=classpath.txt", "-Dmdep.includeScope=runtime"]
    maven = subprocess.run(
        ["mvn", "-q", "-B", "-Dstyle.color=never", *goals], cwd=building, capture_output=True, text=True, check=False
    )
    if maven.returncode:
        said = maven.stdout + maven.stderr
        raise RuntimeError(f"Maven could not build tests/servers/{recipe.name}:\n{said[-3000:]}")
    if finish:
        finish(building, _jars(building))
    building.rename(folder)


def _jars(folder: Path) -> list[Path]:
    try:
        return [Path(jar) for jar in (folder / "classpath.txt").read_text().strip().split(os.pathsep)]
    except FileNotFoundError:
        return []


@contextmanager
def running(program: Program, main: str, *arguments: str, **properties: str | int | bool) -> Iterator[str]:
    """The program as a child process on a free port of 127.0.0.1: yields what it says behind `READY`, its address.

    It ends with the block, and with this process however that ends. Raises `RuntimeError` with the end of its log where
    it ends, or says nothing for three minutes, before it is ready.
    """
    given = {"port": 0, "parent": os.getpid(), **properties}
    flags = [f"-D{name}={str(value).lower() if isinstance(value, bool) else value}" for name, value in given.items()]
    with tempfile.TemporaryFile() as log:
        child = subprocess.Popen(
            ["java", *JVM, *flags, main, *arguments],
            env={**os.environ, "CLASSPATH": program.class_path},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
        )
        with child:
            try:
                yield _ready(child, log)
            finally:
                _end(child)


def _ready(child: subprocess.Popen[bytes], log: IO[bytes]) -> str:
    assert child.stdout
    spoke, _, _ = select.select([child.stdout], [], [], START_SECONDS)
    line = child.stdout.readline().decode() if spoke else ""
    if not line.startswith("READY "):
        log.seek(0)
        raise RuntimeError(f"{child.args!r} did not start:\n{log.read().decode(errors='replace')[-3000:]}")
    return line.removeprefix("READY ").strip()


def _end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(20)
    except subprocess.TimeoutExpired:
        child.kill()
