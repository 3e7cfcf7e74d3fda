"""The region's secrets: one for ids, one for finding patients. Made once, or given."""

from __future__ import annotations

import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from mappings.region.people import Identity

DEMO_SECRET = bytes(range(32))
"""Public, so that a second demo on the same server updates and does not double (Decided 23)."""

SECRET_BYTES = 32


class KeysMissing(Exception):
    """There are no keys where there must be. Give a file of 64 hexadecimal digits with `--keys`."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Derived from one secret, so that a file of one line is all that must be kept."""

    secret: bytes = field(repr=False)

    def of(self, purpose: str) -> bytes:
        """A key for one purpose."""
        return hmac.digest(self.secret, purpose.encode(), "sha256")

    def patient(self, identity: Identity) -> str:
        """What a patient is found by, in place of the number (Decided 7)."""
        told = f"{identity.kind.value}\x00{identity.value}".encode()
        return hmac.digest(self.of("patient"), told, "sha256").hex()


def read(path: Path) -> Keys:
    """The keys in a file. Raises `KeysMissing` where it is missing or holds something else."""
    try:
        secret = bytes.fromhex(path.read_text().strip())
    except (OSError, ValueError) as error:
        raise KeysMissing(f"{path}: no file of {2 * SECRET_BYTES} hexadecimal digits") from error
    if len(secret) != SECRET_BYTES:
        raise KeysMissing(f"{path}: not {2 * SECRET_BYTES} hexadecimal digits")
    return Keys(secret)


def made_once(path: Path) -> Keys:
    """The keys in a file that is made, for its owner alone, where there is none."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(SECRET_BYTES) + "\n")
    return read(path)
