"""Keys, tokens signed with them, and the server where an issuer publishes the keys: what an attacker may vary."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from adapter.security.caller import Caller
from adapter.security.issuer import Client, Issuer
from adapter.security.recognition import Recognition
from adapter.security.token_file import Tokens
from mappings.problem import Json
from mappings.region.field import Audience

AUDIENCE = "https://gateway.example"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
COSMIC = "SE2321000115-COSMIC"


@cache
def key(algorithm: str, name: str = "first") -> Any:
    """A private key of this name for this algorithm; the same whenever it is asked for."""
    said: Any = {"kid": f"{algorithm}-{name}", "use": "sig", "alg": algorithm}
    if algorithm in ("RS256", "PS256"):
        return RSAKey.generate_key(2048, said)
    return ECKey.generate_key("P-256", said) if algorithm == "ES256" else OKPKey.generate_key("Ed25519", said)


def public(*keys: Any) -> Json:
    return {"keys": [one.as_dict(private=False) for one in keys]}


def text(part: bytes) -> bytes:
    return base64.urlsafe_b64encode(part).rstrip(b"=")


def signed(header: Json, claims: Json | bytes, with_key: Any, algorithm: str | None = None) -> str:
    """A token with exactly this header and these claims; signed as `algorithm`, if the header is to lie."""
    body = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    head = text(json.dumps(header).encode()) + b"." + text(body)
    return (head + b"." + text(JWSRegistry.algorithms[algorithm or header["alg"]].sign(head, with_key))).decode()


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        published: Published = self.server.published  # type: ignore[attr-defined]
        published.fetches += 1
        published.gate.wait(10)
        body = published.body
        self.send_response(published.status)
        for name, value in published.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@dataclass
class Published:
    """What an issuer answers at the address of its keys, and how often it was asked."""

    url: str = ""
    body: bytes = b"{}"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    fetches: int = 0
    gate: threading.Event = field(default_factory=threading.Event)
    """Shut, whoever asks waits."""

    def keys(self, *keys: Any) -> None:
        self.body = orjson.dumps(public(*keys))


@contextmanager
def publishing(*keys: Any) -> Iterator[Published]:
    """A server on this machine with these keys."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answers) as server:
        published = Published(f"http://127.0.0.1:{server.server_port}/jwks")
        published.keys(*keys)
        published.gate.set()
        server.published = published  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield published
        finally:
            published.gate.set()
            server.shutdown()
            thread.join()


@dataclass
class Time:
    """A clock that is moved by hand."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def ticks(self) -> float:
        return (self.now - NOW).total_seconds()

    def passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


ISSUER = "https://issuer.example"
SYSTEM: Json = {
    "issuer": ISSUER,
    "id": "cosmic-backend",
    "name": "cosmic",
    "audience": Audience.SOURCE,
    "sources": [COSMIC],
}


def claims(**changes: Any) -> Json:
    """Of a token that is good now, with changes; None takes one away."""
    at = int(NOW.timestamp())
    said = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "client_id": "cosmic-backend",
        "sub": "cosmic-backend",
        "iat": at,
        "exp": at + 300,
        "scope": "system/Appointment.cud",
    } | changes
    return {name: value for name, value in said.items() if value is not None}


def header(algorithm: str = "ES256", **changes: Any) -> Json:
    said = {"alg": algorithm, "typ": "at+jwt", "kid": f"{algorithm}-first"} | changes
    return {name: value for name, value in said.items() if value is not None}


def token(algorithm: str = "ES256", **changes: Any) -> str:
    """A good token, with changes to its claims."""
    return signed(header(algorithm), claims(**changes), key(algorithm))


@dataclass
class Asked:
    """A gateway's recognition, and its time."""

    recognition: Recognition
    time: Time

    async def who(self, *tokens: str, certificate: str | None = None) -> Caller:
        headers = [f"Bearer {one}" for one in tokens]
        return await self.recognition.caller(headers, "192.0.2.1", certificate)


def recognising(published: Published, time: Time, client: Json | None = None, **of_issuer: Any) -> Recognition:
    """One issuer with one client."""
    issuer = Issuer.model_validate({"url": ISSUER, "jwks": published.url, "aud": [AUDIENCE]} | of_issuer)
    tokens = Tokens((), issuers=(issuer,), clients=(Client.model_validate(SYSTEM | (client or {})),))
    return Recognition(tokens, lambda _: None, time, time.ticks)
