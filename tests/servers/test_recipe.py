"""A recipe is built once, whole or not at all, and again when it has changed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from . import recipe
from .needs import java_and_maven, skip_or_fail

POM = """<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>vardbro.tests</groupId><artifactId>small</artifactId><version>1</version>
<properties><maven.compiler.release>17</maven.compiler.release>
<project.build.sourceEncoding>UTF-8</project.build.sourceEncoding></properties>
<dependencies><dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>2.0.16</version>
</dependency></dependencies>
<build><plugins>
<plugin><artifactId>maven-resources-plugin</artifactId><version>3.3.1</version></plugin>
<plugin><artifactId>maven-compiler-plugin</artifactId><version>3.14.1</version></plugin>
<plugin><artifactId>maven-dependency-plugin</artifactId><version>3.8.1</version></plugin>
</plugins></build></project>
"""
PROGRAM = """public class Main {
  public static void main(String[] arguments) throws Exception {
    System.out.println("READY %s " + ProcessHandle.current().pid());
    Thread.currentThread().join();
  }
}
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The source of a program of one class, in a recipe folder and with a cache of its own."""
    skip_or_fail(java_and_maven())
    folder = tmp_path_factory.mktemp("recipes")
    source = folder / "small" / "src" / "main" / "java" / "Main.java"
    source.parent.mkdir(parents=True)
    source.write_text(PROGRAM % "hello")
    (folder / "small" / "pom.xml").write_text(POM)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recipe, "HERE", folder)
        patch.setenv("VARDBRO_CACHE", str(folder / "cache"))
        yield source


def test_a_recipe_is_built_once(small: Path) -> None:
    first = recipe.built("small")
    built_at = first.folder.stat().st_ctime_ns
    assert recipe.built("small") == first
    assert first.folder.stat().st_ctime_ns == built_at


def test_a_build_writes_nothing_beside_its_sources(small: Path) -> None:
    recipe.built("small")
    assert {p.name for p in (recipe.HERE / "small").rglob("*") if p.is_file()} == {"pom.xml", "Main.java"}


def test_a_program_ends_with_the_block_that_runs_it(small: Path) -> None:
    with recipe.running(recipe.built("small"), "Main") as ready:
        process = int(ready.removeprefix("hello "))
        os.kill(process, 0)
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_a_program_that_does_not_start_is_refused_with_its_log(small: Path) -> None:
    program = recipe.built("small")
    with pytest.raises(RuntimeError, match="Could not find or load main class Other"), recipe.running(program, "Other"):
        pass


def test_a_changed_recipe_is_another_program_and_leaves_the_first_as_it_was(small: Path) -> None:
    first = recipe.built("small")
    small.write_text(PROGRAM % "good day")
    with recipe.running(recipe.built("small"), "Main") as ready:
        assert ready.startswith("good day ")
    with recipe.running(first, "Main") as ready:
        assert ready.startswith("hello ")


def test_a_program_whose_libraries_are_gone_is_built_again(small: Path) -> None:
    program = recipe.built("small")
    (program.folder / "classpath.txt").write_text("/nowhere/library.jar")
    assert recipe.built("small") == program


def test_a_broken_build_says_what_maven_said_and_leaves_nothing_that_looks_built(small: Path) -> None:
    small.write_text("public class Main {")
    for _ in range(2):
        with pytest.raises(RuntimeError, match="reached end of file while parsing"):
            recipe.built("small")
