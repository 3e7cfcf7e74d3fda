"""Sixteen senders with sixteen versions of one booking, all at once (Decided 6, 21)."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from adapter.keys import DEMO_SECRET, Keys
from adapter.sandbox import running_sandbox
from adapter.server.ids import Ids
from mappings.problem import Json
from mappings.resources.keys import booking_key
from mappings.resources.parts import VERSION
from tests.benchmarks.people import SOURCE
from tests.doors.conftest import Region, single, starting

SENDERS = 16
DEADLINE = 60


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Region]:
    folder: Path = tmp_path_factory.mktemp("gateway")
    with running_sandbox() as fhir, starting(folder, fhir) as base, closing(Region(base, fhir)) as region:
        yield region


def _all_at_once(region: Region, messages: list[Json]) -> list[httpx.Response]:
    """The answers, in the messages' order."""
    together = threading.Barrier(len(messages))

    def sent(message: Json) -> httpx.Response:
        with httpx.Client(base_url=region.base, headers={"Authorization": "Bearer cosmiccosmic"}, timeout=60) as own:
            together.wait()
            return own.post("/v1/bookings", json=message)

    with ThreadPoolExecutor(len(messages)) as senders:
        return list(senders.map(sent, messages))


def _history(region: Region, number: str, length: int) -> list[int]:
    """The source's versions that the server has held, oldest first, once there are so many."""
    place = f"{region.fhir}/Appointment/{Ids('exempel', Keys(DEMO_SECRET).of('ids')).of(booking_key(SOURCE, number))}"
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        answer = httpx.get(f"{place}/_history", params={"_count": 100})
        held = [entry["resource"] for entry in answer.json()["entry"]] if answer.status_code == 200 else []
        if len(held) >= length:
            held.sort(key=lambda resource: int(resource["meta"]["versionId"]))
            return [_version(resource) for resource in held]
        time.sleep(0.05)
    raise AssertionError("not all was delivered")


def _version(resource: Json) -> int:
    return int(next(one["valueString"] for one in resource["extension"] if one["url"] == VERSION["url"]))


@pytest.mark.parametrize("round_", range(8))
def test_the_last_version_stands_and_each_that_was_accepted_is_delivered_once_in_order(
    region: Region, round_: int
) -> None:
    number = f"V-{round_}"
    messages = [single(number, version) for version in range(1, SENDERS + 1)]
    random.shuffle(messages)
    answers = dict(zip((one["version"] for one in messages), _all_at_once(region, messages), strict=True))
    accepted = sorted(version for version, answer in answers.items() if answer.status_code == 202)
    assert accepted[-1] == SENDERS
    for version, answer in answers.items():
        if version not in accepted:
            assert answer.status_code == 409
            assert [problem["rule"] for problem in answer.json()["problems"]] == ["IN-11"]
            assert int(answer.headers["Vardbro-Known-Version"]) > version
    assert [answers[version].json()["revision"] for version in accepted] == list(range(1, len(accepted) + 1))
    assert region.cosmic.get(f"/v1/bookings/{SOURCE}/{number}").json()["booking"]["version"] == SENDERS
    assert _history(region, number, len(accepted)) == accepted


@pytest.mark.parametrize("round_", range(3))
def test_versions_that_come_in_order_in_one_moment_are_not_refused_for_each_other(region: Region, round_: int) -> None:
    async def sent(versions: range) -> list[int]:
        headers = {"Authorization": "Bearer cosmiccosmic"}
        async with httpx.AsyncClient(base_url=region.base, headers=headers, timeout=60) as client:
            asked = (client.post("/v1/bookings", json=single(f"O-{round_}", version)) for version in versions)
            return [answer.status_code for answer in await asyncio.gather(*asked)]

    statuses = asyncio.run(sent(range(1, 41)))
    assert set(statuses) <= {202, 409}
    assert statuses[-1] == 202
    assert region.cosmic.get(f"/v1/bookings/{SOURCE}/O-{round_}").json()["booking"]["version"] == 40


def test_one_version_with_sixteen_contents_is_accepted_once(region: Region) -> None:
    contents = [single("W-1", basis=_basis(number)) for number in range(SENDERS)]
    answers = _all_at_once(region, contents)
    assert sorted(answer.status_code for answer in answers) == [202] + [409] * (SENDERS - 1)
    told = {problem["rule"] for answer in answers if answer.status_code == 409 for problem in answer.json()["problems"]}
    assert told == {"IN-10"}


def _basis(number: int) -> Json:
    return {"kind": "quick", "targetDate": f"2026-12-{number + 1:02}", "customer": "region-halland"}
