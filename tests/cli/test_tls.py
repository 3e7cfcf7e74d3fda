"""`serve` over TLS: what it says, what it refuses, and who is let in with which certificate."""

from __future__ import annotations

import socket
import ssl
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from tests.security.signing import claims, header, key, publishing, signed

from .conftest import Vardbro
from .running import running

ISSUER = """
[[issuer]]
url = "https://issuer.example"
jwks = "{jwks}"
aud = ["https://gateway.example"]
[[client]]
issuer = "https://issuer.example"
id = "watch"
name = "watch"
audience = "operator"
"""


@pytest.fixture
def region() -> trustme.CA:
    return trustme.CA()


def written(folder: Path, region: trustme.CA) -> tuple[str, ...]:
    """The options of a gateway whose certificate is of this root, as are its callers'."""
    own = region.issue_cert("127.0.0.1")
    (folder / "cert.pem").write_bytes(b"".join(one.bytes() for one in own.cert_chain_pems))
    (folder / "key.pem").write_bytes(own.private_key_pem.bytes())
    (folder / "ca.pem").write_bytes(region.cert_pem.bytes())
    return ("--tls-cert", "cert.pem", "--tls-key", "key.pem", "--client-ca", "ca.pem")


def trusting(region: trustme.CA, certificate: trustme.LeafCert | None = None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    region.configure_trust(context)
    if certificate is not None:
        certificate.configure_cert(context)
    return context


def test_serve_says_https_and_answers_whoever_trusts_its_root(tmp_path: Path, region: trustme.CA) -> None:
    with running("serve", "--port", "0", *written(tmp_path, region), cwd=tmp_path) as server:
        assert server.base.startswith("https://127.0.0.1:")
        for certificate in (None, region.issue_cert("caller.example")):
            with httpx.Client(verify=trusting(region, certificate)) as client:
                assert client.get(f"{server.base}/health/ready").status_code == 200
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{server.base}/health/ready")
        place = urlsplit(server.base)
        with socket.create_connection((str(place.hostname), int(place.port or 0)), timeout=10) as plain:
            plain.sendall(b"GET /health/ready HTTP/1.1\r\nHost: x\r\n\r\n")
            assert b"200" not in plain.recv(1000)
        assert server.stop() == 0


def test_an_older_tls_than_1_2_is_not_spoken(tmp_path: Path, region: trustme.CA) -> None:
    old = trusting(region)
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")
    with (
        running("serve", "--port", "0", *written(tmp_path, region), cwd=tmp_path) as server,
        pytest.raises(httpx.ConnectError),
    ):
        httpx.get(f"{server.base}/health/ready", verify=old)


def test_no_token_and_no_certificate_stands_in_the_log(tmp_path: Path, region: trustme.CA) -> None:
    now = int(time.time())
    good = signed(header(), claims(client_id="watch", scope="system/*.cruds", iat=now, exp=now + 300), key("ES256"))
    with publishing(key("ES256")) as published:
        (tmp_path / "tokens.toml").write_text(ISSUER.format(jwks=published.url))
        options = ("--tokens", "tokens.toml", "--log-level", "debug", *written(tmp_path, region))
        with running("serve", "--port", "0", *options, cwd=tmp_path) as server:
            certificate = region.issue_cert("caller.example")
            with httpx.Client(verify=trusting(region, certificate), base_url=server.base) as client:
                for token, status in ((good, 200), (good[:-6] + "AAAAAA", 401), ("x" * 40, 401)):
                    answer = client.get("/v1/changes", headers={"Authorization": f"Bearer {token}"})
                    assert answer.status_code == status
            published.status = 500
            assert server.stop() == 0
        assert published.fetches == 1
    log = server.log.read_text()
    assert not [word for word in (*good.split("."), "x" * 40, "caller.example", published.url) if word in log]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--tls-cert", "cert.pem"), "--tls-cert goes with --tls-key FILE"),
        (("--tls-key", "key.pem"), "--tls-key and --client-ca go with --tls-cert FILE"),
        (("--client-ca", "ca.pem"), "--tls-key and --client-ca go with --tls-cert FILE"),
        (("--tls-cert", "none.pem", "--tls-key", "key.pem"), "none.pem: there is no such file"),
        (("--tls-cert", "key.pem", "--tls-key", "key.pem"), "give PEM files"),
        (("--tls-cert", "cert.pem", "--tls-key", "other.pem"), "and the key of that certificate"),
        (("--tls-cert", "cert.pem", "--tls-key", "secret.pem"), "without a passphrase"),
        (("--tls-cert", "cert.pem", "--tls-key", "key.pem", "--client-ca", "empty.pem"), "give PEM files"),
    ],
)
def test_certificates_that_cannot_be_used_are_told_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, vardbro: Vardbro, options: tuple[str, ...], told: str
) -> None:
    region = trustme.CA()
    written(tmp_path, region)
    own = load_pem_private_key((tmp_path / "key.pem").read_bytes(), None)
    secret = own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"word"))
    (tmp_path / "secret.pem").write_bytes(secret)
    (tmp_path / "other.pem").write_bytes(region.issue_cert("other.example").private_key_pem.bytes())
    (tmp_path / "empty.pem").write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    ended = vardbro("serve", "--port", "0", *options)
    assert (ended.code, ended.out) == (2, "")
    assert told in ended.err
    assert not (tmp_path / "vardbro-data").exists()
