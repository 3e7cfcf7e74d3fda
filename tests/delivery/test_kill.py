"""A real process, killed with SIGKILL: nothing that was accepted is lost, nothing is there twice, all is in order."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from adapter.delivery import Ledger
from adapter.server.client import FhirClient
from tests.delivery.gateway import LAST
from tests.delivery.material import REGION, versions

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2]
SENDERS = 6


def gateway(url: str, base: str, senders: int, die: str) -> subprocess.Popen[str]:
    program = [sys.executable, "-m", "tests.delivery.gateway", url, base, str(senders), die]
    return subprocess.Popen(program, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def told(output: str) -> set[str]:
    """What the senders were told is accepted; a line that was cut off was not told."""
    return set(output.split("\n")[:-1]) & {f"B-{n} {version}" for n in range(SENDERS) for version in range(1, LAST + 1)}


async def all_there_once_in_order(client: FhirClient, senders: int) -> None:
    expected = [f"version {version}" for version in range(1, LAST + 1)]
    for n in range(senders):
        assert [one["comment"] for one in await versions(client, "Appointment", f"B-{n}")] == expected
        assert [one["name"] for one in await versions(client, "CareTeam", f"B-{n}")] == expected
    assert len(await versions(client, "Organization", "U")) == 1
    assert len(await versions(client, "Patient", "p")) == 1


async def test_twenty_kills_at_random_moments_lose_and_double_nothing(url: str, base: str, client: FhirClient) -> None:
    chance = random.Random(20261124)
    accepted: set[str] = set()
    for _ in range(20):
        child = gateway(url, base, SENDERS, "never")
        assert child.stdout is not None
        first = child.stdout.readline()
        time.sleep(chance.uniform(0.0, 0.6))
        child.kill()
        rest, complaints = child.communicate()
        assert "Traceback" not in complaints
        accepted |= told(first + rest)
    child = gateway(url, base, SENDERS, "never")
    rest, complaints = child.communicate(timeout=120)
    assert child.returncode == 0, complaints
    ledger = Ledger.open(url, REGION)
    for line in accepted:
        number, version = line.split()
        held = ledger.aggregate("booking", "S", number)
        assert held is not None
        assert held.version >= int(version)
    assert ledger.broken_audit() is None
    await ledger.close()
    await all_there_once_in_order(client, SENDERS)


@pytest.mark.parametrize("when", ["sent", "answered"])
async def test_a_death_right_before_and_right_after_a_write_reached_the_server_loses_and_doubles_nothing(
    url: str, base: str, client: FhirClient, when: str
) -> None:
    """Every write of one booking is the last one before a death, in turn."""
    deaths = 0
    for at in (1, 2, 3, 1, 1, 2, 5, 8):
        child = gateway(url, base, 1, f"{when}:{at}")
        child.communicate(timeout=60)
        deaths += child.returncode == -9
    child = gateway(url, base, 1, "never")
    _, complaints = child.communicate(timeout=60)
    assert child.returncode == 0, complaints
    assert deaths == 8
    await all_there_once_in_order(client, 1)
