"""What these tests need of the machine, and what happens where it is not there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import pytest

OLDEST_JAVA, OLDEST_NODE = 17, 20


def java_and_maven() -> str | None:
    """Why the Java programs cannot be built and run here; None where they can."""
    missing = [command for command in ("java", "javac", "mvn") if not shutil.which(command)]
    if missing:
        return f"{', '.join(missing)} not found; on Debian: apt-get install default-jdk-headless maven"
    said = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', said)
    if version is None or int(version[1]) < OLDEST_JAVA:
        return f"Java {OLDEST_JAVA} or later is needed, this is: {said.splitlines()[:1]}"
    return None


def node_and_npm() -> str | None:
    """Why the Node programs cannot be installed and run here; None where they can."""
    missing = [command for command in ("node", "npm") if not shutil.which(command)]
    if missing:
        return f"{', '.join(missing)} not found; on Debian: apt-get install nodejs npm"
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout.strip()
    version = re.match(r"v(\d+)", said)
    if version is None or int(version[1]) < OLDEST_NODE:
        return f"Node {OLDEST_NODE} or later is needed, this is: {said}"
    return None


def skip_or_fail(reason: str | None) -> None:
    """Where there is a reason: skips with it, but fails where `CI` is set, so that nothing goes unchecked unnoticed."""
    if reason is None:
        return
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
