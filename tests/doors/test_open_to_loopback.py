"""Without a token file loopback is the operator; a page that a browser on the machine shows is not."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from adapter.keys import DEMO_SECRET, Keys
from adapter.serving import running_gateway
from adapter.settings import Settings
from tests.doors.conftest import single


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    settings = Settings(data=tmp_path_factory.mktemp("open"), port=0, deliver=False)
    with running_gateway(settings, "http://127.0.0.1:1/fhir", Keys(DEMO_SECRET)) as base:
        yield base


def test_a_program_on_the_machine_is_the_operator(base: str, number: str) -> None:
    assert httpx.post(f"{base}/v1/bookings", json=single(number)).status_code == 202
    for host in ("localhost", "localhost:8080", "127.0.0.1", "127.0.0.2:1", "[::1]:8080"):
        assert httpx.get(f"{base}/v1/changes", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["attacker.example", "attacker.example:8080", "127.0.0.1.attacker.example", "[::1", "x y"]
)
def test_a_page_whose_name_leads_to_this_machine_gets_nothing(base: str, number: str, host: str) -> None:
    assert httpx.get(f"{base}/v1/changes", headers={"Host": host}).status_code == 401
    assert httpx.post(f"{base}/v1/bookings", json=single(number), headers={"Host": host}).status_code == 401


@pytest.mark.parametrize(
    ("site", "status"), [("cross-site", 401), ("same-site", 401), ("same-origin", 200), ("none", 200)]
)
def test_a_page_of_another_site_sends_nothing(base: str, site: str, status: int) -> None:
    assert httpx.get(f"{base}/v1/changes", headers={"Sec-Fetch-Site": site}).status_code == status
