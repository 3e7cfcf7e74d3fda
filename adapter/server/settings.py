"""Which FHIR server, and how long and how much it may take."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from adapter.server.links import Server, read_url


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """Refuses, with ValueError, a base that is no plain http(s) URL: a user name in it would end up in logs."""

    base: str
    """`http://127.0.0.1:8080/fhir`; a slash at its end is dropped."""
    aliases: tuple[str, ...] = ()
    """Other bases that the server writes into its answers, as one behind a proxy does."""
    authorization: str | None = field(default=None, repr=False)
    """The `Authorization` header, whole."""
    ca_file: Path | None = None
    """Certificates to trust instead of the public ones."""
    connections: int = 64
    """At once, for the whole process; further requests wait their turn."""
    connect_timeout: float = 5.0
    read_timeout: float = 30.0
    """Seconds without a byte."""
    total_timeout: float = 120.0
    """Seconds for one request and its whole answer, waiting for a connection included."""
    body_limit: int = 50_000_000
    """Bytes of one answer, decompressed."""
    page_limit: int = 200
    entry_limit: int = 20_000
    """Entries of one search, all pages together."""

    def __post_init__(self) -> None:
        for name, bases in (("base", (self.base,)), ("aliases", self.aliases)):
            if not all(_plain(base) for base in bases):
                raise ValueError(f"{name}: an http or https URL without user name, query and fragment")
        object.__setattr__(self, "base", self.base.rstrip("/"))
        object.__setattr__(self, "aliases", tuple(alias.rstrip("/") for alias in self.aliases))

    @property
    def server(self) -> Server:
        return Server(self.base, self.aliases)


def _plain(base: str) -> bool:
    url = read_url(base)
    return url is not None and url.scheme in {"http", "https"} and bool(url.host) and not (url.query or url.fragment)
