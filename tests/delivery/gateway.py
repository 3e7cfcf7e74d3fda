"""A gateway in small, as a process to be killed: senders that accept versions, and a courier that carries them.

`python -m tests.delivery.gateway URL BASE SENDERS DIE`. Each sender takes the next version of its own booking up to
`LAST`, on from where the ledger stands, and says so on standard output once it is committed. `DIE` is `never`, or
`sent:N` or `answered:N`: the process kills itself right before its Nth write goes out, or right after the server
answered it and before that is recorded. Ends when all is accepted and delivered.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import Any

from adapter.delivery import Accepted, Ledger, Packed, Word
from adapter.server.client import FhirClient
from adapter.server.settings import ServerSettings
from tests.delivery.material import REGION, carried, filled, id_of, message, reference, taken, visit

LAST = 120


class Dying(FhirClient):
    """The client of a process that dies at a write."""

    def __init__(self, settings: ServerSettings, when: str, at: int) -> None:
        super().__init__(settings)
        self._when, self._left = when, at

    async def ask(self, method: str, url: str, *headers: tuple[str, str], content: bytes | None = None) -> Any:
        writes = method == "PUT" or (method == "POST" and not url.endswith("_search"))
        self._left -= writes
        if writes and self._when == "sent" and self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = await super().ask(method, url, *headers, content=content)
        if writes and self._when == "answered" and self._left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer


def booking(number: str, version: int) -> Accepted:
    """Three kinds of resource: the patient's in its lane, two of the booking's own, one that all bookings share."""
    parts = (
        visit(number, f"version {version}", supportingInformation=[reference("CareTeam", number)]),
        filled("CareTeam", number, name=f"version {version}", managingOrganization=[reference("Organization", "U")]),
        filled("Organization", "U", owned=False, name="Mottagning"),
    )
    patient = Packed(("patient/p",), (filled("Patient", "p"),))
    own = Packed((f"booking/{number}",), parts, needs=(id_of("Patient", "p"),))
    return message(number, version, patient, own, patient_hash="p", word=Word("S", {"name": "Tolvan"}))


async def send(ledger: Ledger, number: str) -> None:
    held = ledger.aggregate("booking", "S", number)
    for version in range(held.version + 1 if held else 1, LAST + 1):
        await taken(ledger, booking(number, version))
        sys.stdout.write(f"{number} {version}\n")
        sys.stdout.flush()


async def main(url: str, base: str, senders: int, die: str) -> None:
    when, _, at = die.partition(":")
    ledger = Ledger.open(url, REGION)
    async with Dying(ServerSettings(base=base), when, int(at or 0)) as client, carried(ledger, client):
        await asyncio.gather(*(send(ledger, f"B-{n}") for n in range(senders)))
        while any(ledger.counts().parcels.values()):
            await asyncio.sleep(0.01)
    await ledger.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]))
