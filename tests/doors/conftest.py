"""A real gateway on a real socket in front of a real embedded server, and callers of every kind."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapter.keys import DEMO_SECRET, Keys
from adapter.sandbox import running_sandbox
from adapter.serving import running_gateway
from adapter.settings import Settings
from mappings.problem import Json
from tests.benchmarks.people import SOURCE

TOKENS = """
[[token]]
name = "cosmic"
sha256 = "{cosmic}"
audience = "source"
sources = ["SE2321000115-COSMIC"]

[[token]]
name = "pasis"
sha256 = "{pasis}"
audience = "source"
sources = ["SE2321000115-PASIS"]

[[token]]
name = "nurse"
sha256 = "{nurse}"
audience = "staff"

[[token]]
name = "portal"
sha256 = "{portal}"
audience = "patient"
patient = "any"

[[token]]
name = "tolvan"
sha256 = "{tolvan}"
audience = "patient"
patient = {{ kind = "personnummer", value = "191212121212" }}

[[token]]
name = "operator"
sha256 = "{operator}"
audience = "operator"
"""

CALLERS = ("cosmic", "pasis", "nurse", "portal", "tolvan", "operator")


def tokens_file(folder: Path) -> Path:
    """A token file in which every caller's token is its name, said twice."""
    path = folder / "tokens.toml"
    path.write_text(TOKENS.format(**{name: hashlib.sha256((name * 2).encode()).hexdigest() for name in CALLERS}))
    return path


@dataclass
class Region:
    """A gateway and its callers."""

    base: str
    fhir: str
    clients: dict[str, httpx.Client] = field(default_factory=dict)

    def __getattr__(self, name: str) -> httpx.Client:
        if name not in CALLERS:
            raise AttributeError(name)
        if name not in self.clients:
            headers = {"Authorization": f"Bearer {name * 2}"}
            self.clients[name] = httpx.Client(base_url=self.base, headers=headers, timeout=30)
        return self.clients[name]

    def close(self) -> None:
        for client in self.clients.values():
            client.close()


def starting(folder: Path, fhir: str, **settings: Any) -> Any:
    """A gateway in a thread, in front of a FHIR server."""
    return running_gateway(
        Settings(data=folder, port=0, tokens=tokens_file(folder), **settings), fhir, Keys(DEMO_SECRET)
    )


@pytest.fixture(scope="module")
def fhir() -> Iterator[str]:
    with running_sandbox() as base:
        yield base


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory, fhir: str) -> Iterator[Region]:
    with starting(tmp_path_factory.mktemp("gateway"), fhir) as base:
        at = Region(base, fhir)
        yield at
        at.close()


@pytest.fixture
def paused(tmp_path: Path, fhir: str) -> Iterator[Region]:
    """A gateway that takes in and delivers nothing."""
    with starting(tmp_path, fhir, deliver=False) as base:
        at = Region(base, fhir)
        yield at
        at.close()


_numbers = iter(range(10**6))


@pytest.fixture
def number() -> str:
    """A booking or contact number that no other test uses."""
    return f"N{next(_numbers)}"


TOLVAN: Json = {
    "identity": {"kind": "personnummer", "value": "191212121212"},
    "name": {"given": ["Tolvan"], "family": "Tolvansson"},
}


def single(number: str, version: int = 1, patient: Json = TOLVAN, **changes: Any) -> Json:
    """A single booked visit, lawful, with changes."""
    return {
        "source": SOURCE,
        "number": number,
        "version": version,
        "patient": patient,
        "form": "single",
        "status": "booked",
        "acute": False,
        "basis": {"kind": "quick", "targetDate": "2026-12-01", "customer": "region-halland"},
        "lines": [
            {
                "number": "1",
                "owner": True,
                "staff": "SE2321000115-P0001",
                "careService": "aterbesok-lakare",
                "start": "2026-12-01T08:00:00+01:00",
            }
        ],
    } | changes


def physician(number: str, patient: Json, version: int = 1, **changes: Any) -> Json:
    """A fixed physician in primary care, lawful and complete, with changes."""
    return {
        "source": SOURCE,
        "id": number,
        "version": version,
        "patient": patient,
        "kind": "physician",
        "status": "active",
        "start": "2026-01-01",
        "person": {
            "name": {"given": ["Anna"], "family": "Läkarsson"},
            "hsaId": "SE2321000115-P0009",
            "position": "201011",
            "contactWays": [{"way": "phone", "value": "035-11 11 11"}],
        },
        "unit": {"hsaId": "SE2321000115-E000000000120"},
        "attested": {"competence": "generalMedicine", "listedAtUnit": True, "regionallyFunded": True},
    } | changes


def patient(number: str, **more: Any) -> Json:
    return {"identity": {"kind": "personnummer", "value": number}} | more


Push = Callable[[Json], httpx.Response]


def pushed(client: httpx.Client, door: str, message: Json) -> Json:
    """The receipt of a message that was delivered while we waited."""
    answer = client.post(f"/v1/{door}", json=message, headers={"Prefer": "wait=20"})
    assert answer.status_code in (200, 201), answer.text
    receipt: Json = answer.json()
    return receipt


def found(client: httpx.Client, door: str, person: Json | None = None) -> list[Json]:
    """What a caller is shown of a patient."""
    body = {} if person is None else {"patient": person["identity"]}
    answer = client.post(f"/v1/{door}/search", json=body)
    assert answer.status_code == 200, answer.text
    items: list[Json] = answer.json()["items"]
    return items
