"""What the gateway is started with: options of `vardbro serve`, or the environment (`VARDBRO_…`)."""

from __future__ import annotations

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Every setting has a default that runs on one machine; secrets are read from files, never from options."""

    model_config = SettingsConfigDict(env_prefix="VARDBRO_", frozen=True, extra="forbid")

    region: Path | None = None
    """Folder of the region's catalogue; the made-up sample region where none is given."""
    data: Path = Path("vardbro-data")
    """Where databases and keys are kept."""
    database: str | None = None
    """SQLAlchemy URL of the ledger; a SQLite file in `data` where none is given."""
    fhir_server: str | None = None
    """Base URL of the FHIR server; the embedded one where none is given."""
    fhir_token_file: Path | None = None
    """File with the whole `Authorization` header for the FHIR server."""
    keys: Path | None = None
    """File with the region's keys; made once in `data` where database and server are the embedded ones."""
    tokens: Path | None = None
    """TOML file with the callers' hashed tokens; without one the gateway serves loopback only, as operator."""
    tls_cert: Path | None = None
    """PEM file with the gateway's certificate, and those between it and its root; without one it serves plain HTTP."""
    tls_key: Path | None = None
    """PEM file with that certificate's key."""
    client_ca: Path | None = None
    """PEM file with the roots of callers' certificates: who shows one is held to it by certificate-bound tokens."""
    host: str = "127.0.0.1"
    port: int = 8080
    max_body: int = 1_000_000
    """Bytes of one message."""
    longest_wait: float = 30.0
    """Seconds that `Prefer: wait` is honoured at most."""
    parallel: int = 16
    """Parcels on their way to the FHIR server at once."""
    deliver: bool = True
    """Off: messages are taken in and kept, and nothing is sent."""
    public_base: str | None = None
    """The gateway's own URL as its callers see it; from host and port where not given."""

    def folder(self) -> Path:
        """Where databases and keys are kept, made for its owner alone."""
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self.data
