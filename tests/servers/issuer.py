"""A real issuer of access tokens as a child process: the certified `oidc-provider`, from `issuer/`."""

from __future__ import annotations

import json
import select
import ssl
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from .node import installed

SECRET = "a secret that the issuer shares with each of its clients"
START_SECONDS = 60


def build() -> Path:
    """The issuer, installed where it was not."""
    return installed("issuer")


@dataclass(frozen=True, slots=True)
class Given:
    """How the issuer is to be."""

    keys: Sequence[Mapping[str, Any]]
    """Private JWKs; the first signs."""
    algorithm: str
    audience: str
    scopes: Sequence[str]
    clients: Mapping[str, Mapping[str, Any]]
    """By id: the claims that its tokens have beside the usual ones."""
    bound: frozenset[str]
    """Clients whose tokens are bound to the certificate that they showed."""
    tls: Mapping[str, Path]
    """`key` and `cert` of its own, `ca` of its callers."""


@dataclass(frozen=True, slots=True)
class RunningIssuer:
    """An issuer that answers."""

    url: str
    """Its name; its keys are at `/jwks` below."""
    secure: str
    """The same over TLS, where clients show certificates."""
    child: subprocess.Popen[str]

    def token(self, client: str, scope: str = "", certificate: ssl.SSLContext | None = None) -> str:
        """An access token of this client, as it would fetch it (RFC 6749, 4.4)."""
        form = {"grant_type": "client_credentials", "client_id": client, "client_secret": SECRET, "scope": scope}
        place = self.url if certificate is None else self.secure
        answer = httpx.post(f"{place}/token", data=form, verify=certificate or True, timeout=30)
        assert answer.status_code == 200, answer.text
        token: str = answer.json()["access_token"]
        return token

    def rotate(self, keys: Sequence[Mapping[str, Any]]) -> None:
        """From now on it signs with the first of these keys, and knows no others."""
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        self.child.stdin.write(json.dumps({"keys": list(keys)}) + "\n")
        self.child.stdin.flush()
        assert self.child.stdout.readline() == "ROTATED\n"

    def stop(self) -> None:
        """It is down from now on."""
        self.child.terminate()
        self.child.wait(20)


@contextmanager
def running_issuer(given: Given, folder: Path) -> Iterator[RunningIssuer]:
    """The issuer as long as the block lasts, with what it is given in a file in the folder."""
    place = folder / "issuer.json"
    clients = [
        {"client_id": name, "client_secret": SECRET, "tls_client_certificate_bound_access_tokens": name in given.bound}
        for name in given.clients
    ]
    said = {
        "jwks": {"keys": list(given.keys)},
        "algorithm": given.algorithm,
        "audience": given.audience,
        "scopes": list(given.scopes),
        "clients": clients,
        "claims": dict(given.clients),
        "tls": {name: str(path) for name, path in given.tls.items()},
    }
    place.write_text(json.dumps(said))
    with tempfile.TemporaryFile() as log:
        child = subprocess.Popen(
            ["node", "main.mjs", str(place)],
            cwd=build(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        with child:
            try:
                assert child.stdout is not None
                spoke, _, _ = select.select([child.stdout], [], [], START_SECONDS)
                words = child.stdout.readline().split() if spoke else []
                if words[:1] != ["READY"]:
                    log.seek(0)
                    raise RuntimeError(f"the issuer did not start:\n{log.read().decode(errors='replace')[-3000:]}")
                yield RunningIssuer(words[1], words[2], child)
            finally:
                child.kill()
