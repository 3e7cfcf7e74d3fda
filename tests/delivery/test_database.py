from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from adapter.delivery import DatabaseError, Ledger, MessageState
from tests.delivery.material import REGION, message, taken

pytestmark = pytest.mark.anyio

SERVES = f"""
import sys
from adapter.delivery import Ledger
ledger = Ledger.open(sys.argv[1], "{REGION}")
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:secret@db/vardbro",
        "mysql://db/x",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///a.db?mode=ro",
        "no",
    ],
)
async def test_other_databases_are_refused_with_what_to_give_instead(url: str) -> None:
    with pytest.raises(DatabaseError, match="Give sqlite:///FILE") as refused:
        Ledger.open(url, REGION)
    assert "secret" not in str(refused.value)


async def test_the_folder_of_a_database_is_made(tmp_path: Path) -> None:
    opened = Ledger.open(f"sqlite:///{tmp_path}/new/folder/ledger.db", REGION)
    await opened.close()
    assert (tmp_path / "new" / "folder" / "ledger.db").exists()


async def test_a_second_gateway_on_the_same_file_is_refused(ledger: Ledger, url: str) -> None:
    with pytest.raises(DatabaseError, match=r"Another gateway serves ledger\.db"):
        Ledger.open(url, REGION)


async def test_a_gateway_in_another_process_holds_the_file_until_it_dies(url: str) -> None:
    with subprocess.Popen([sys.executable, "-c", SERVES, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"ready\n"
        with pytest.raises(DatabaseError):
            Ledger.open(url, REGION)
        other.kill()
        other.wait()
        opened = Ledger.open(url, REGION)
        await opened.close()


async def test_an_operator_looks_beside_the_gateway(ledger: Ledger, url: str) -> None:
    receipt = await taken(ledger, message())
    beside = Ledger.beside(url, REGION)
    assert beside.receipt(receipt.id) == receipt
    parked = await beside.park(receipt.id)
    await beside.close()
    assert parked is not None
    assert parked.state is MessageState.PARKED
    assert ledger.receipt(receipt.id) == parked


async def test_the_database_of_another_region_is_refused(ledger: Ledger, url: str) -> None:
    await ledger.close()
    with pytest.raises(DatabaseError, match=f"belongs to the region {REGION}"):
        Ledger.open(url, "another")


async def test_a_ledger_that_was_closed_holds_what_it_held(ledger: Ledger, url: str) -> None:
    receipt = await taken(ledger, message())
    await ledger.close()
    again = Ledger.open(url, REGION)
    assert again.receipt(receipt.id) == receipt
    await again.close()


async def test_the_database_is_its_owners_alone_and_may_lie_anywhere(tmp_path: Path) -> None:
    odd = tmp_path / "a folder? with 100% odd #names" / "ledger.db"
    opened = Ledger.open(f"sqlite:///{odd}".replace("?", "%3F").replace("#", "%23"), REGION)
    await opened.close()
    assert [one.name for one in odd.parent.iterdir() if one.stat().st_mode & 0o077] == []
