"""The demo's servers and callers, all on this machine, all gone when the block ends."""

from __future__ import annotations

import hashlib
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from adapter.cli.demo.inputs import running_clock
from adapter.cli.exits import Code, Stop
from adapter.cli.serve import plain
from adapter.keys import DEMO_SECRET, Keys
from adapter.region import catalogue
from adapter.server.ids import Ids
from adapter.serving import fhir_base, running_gateway
from adapter.settings import Settings
from mappings.region.catalogue import Catalogue

WAIT = 30.0
"""Seconds that the gateway is asked to wait for a delivery."""
FHIR = "application/fhir+json"


@dataclass(frozen=True, slots=True)
class Stage:
    """All that the demo talks to. Every client speaks HTTP to a server on a socket."""

    region: Catalogue
    ids: Ids
    fhir: str
    gateway: str
    sources: Mapping[str, httpx.Client]
    """As each source system, to the gateway."""
    staff: httpx.Client
    portal: httpx.Client
    reader: httpx.Client
    """As staff, to a second gateway whose ledger is empty: all that it says comes from the FHIR server."""
    server: httpx.Client
    """To the FHIR server itself."""
    staff_token: str
    external: bool

    def source(self, name: str) -> httpx.Client:
        """As this source; as any where the region does not know it."""
        return self.sources.get(name) or next(iter(self.sources.values()))


@contextmanager
def stage(fhir_server: str | None, region: Path | None, data: Path | None) -> Iterator[Stage]:
    """Starts all of it; of `data` the region has a folder. Stops where the FHIR server does not answer, or is none of
    R4."""
    plain(fhir_server)
    known = catalogue(region)
    keys = Keys(DEMO_SECRET)
    with ExitStack() as stack:
        folder = (
            data / known.region
            if data
            else Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vardbro-demo-")))
        )
        tokens = _tokens(known)
        settings = _settings(folder, region, fhir_server, _written(folder, known, tokens))
        behind = stack.enter_context(fhir_base(settings))
        server = stack.enter_context(_client(behind))
        _is_r4(server, behind)
        gateway = stack.enter_context(running_gateway(settings, behind, keys, running_clock))
        empty = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vardbro-demo-")))
        apart = settings.model_copy(update={"data": empty, "deliver": False})
        reader = stack.enter_context(running_gateway(apart, behind, keys, running_clock))

        def caller(name: str, base: str = gateway) -> httpx.Client:
            return stack.enter_context(_client(base, tokens[name]))

        yield Stage(
            region=known,
            ids=Ids(known.region, keys.of("ids")),
            fhir=behind,
            gateway=gateway,
            sources={name: caller(name) for name in known.sources},
            staff=caller("staff"),
            portal=caller("portal"),
            reader=caller("staff", reader),
            server=server,
            staff_token=tokens["staff"],
            external=fhir_server is not None,
        )


def _settings(data: Path, region: Path | None, fhir_server: str | None, tokens: Path) -> Settings:
    """Built without the environment: what VARDBRO_DATABASE names is no place for a demo."""
    return Settings.model_construct(data=data, region=region, fhir_server=fhir_server, tokens=tokens, port=0)


def _tokens(region: Catalogue) -> dict[str, str]:
    return {name: secrets.token_urlsafe(24) for name in (*region.sources, "staff", "portal")}


def _written(folder: Path, region: Catalogue, tokens: Mapping[str, str]) -> Path:
    """The file of tokens as an operator writes it."""
    more = {name: f'audience = "source"\nsources = ["{name}"]' for name in region.sources}
    more |= {"staff": 'audience = "staff"', "portal": 'audience = "patient"\npatient = "any"'}
    entries = (
        f'[[token]]\nname = "{name}"\nsha256 = "{hashlib.sha256(tokens[name].encode()).hexdigest()}"\n{rest}\n'
        for name, rest in more.items()
    )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "tokens.toml"
    path.write_text("\n".join(entries), encoding="utf-8")
    return path


def _client(base: str, token: str = "") -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}"} if token else {"Accept": FHIR, "Cache-Control": "no-cache"}
    return httpx.Client(base_url=base, headers=headers, timeout=WAIT + 30, trust_env=False)


def _is_r4(server: httpx.Client, base: str) -> None:
    try:
        answer = server.get("/metadata")
        version = answer.json().get("fhirVersion", "") if answer.is_success else ""
    except httpx.HTTPError:
        raise Stop(f"the FHIR server at {base} does not answer", Code.UNAVAILABLE) from None
    except (ValueError, AttributeError):
        version = ""
    if not version.startswith("4.0"):
        raise Stop(f"what answers at {base} is no FHIR R4 server", Code.UNAVAILABLE)
