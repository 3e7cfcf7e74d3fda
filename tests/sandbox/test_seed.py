"""What a sandbox may start with: all that `vardbro convert` writes, the golden files, and what suites write by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from adapter.region import fixtures
from adapter.sandbox import SandboxSettings, running_sandbox
from adapter.sandbox.outcome import Refusal
from adapter.sandbox.seed import _Seed
from mappings.problem import Json
from tests.sandbox.resources import appointment, connected, entry, found, patient, practitioner, transaction

GOLDEN = fixtures() / "golden"
P, A, D = "urn:uuid:94a60871-8f25-8ec1-8093-73005deb71b7", "urn:uuid:1", "urn:uuid:d"


@contextmanager
def seeded(*paths: Path) -> Iterator[httpx.Client]:
    with running_sandbox(SandboxSettings(seed=paths)) as base, connected(base) as client:
        yield client


def collection(*entries: tuple[str, Json]) -> Json:
    listed = [{"fullUrl": full_url, "resource": resource} for full_url, resource in entries]
    return {"resourceType": "Bundle", "type": "collection", "entry": listed}


def written(path: Path, *values: Any) -> Path:
    """A value a line."""
    path.write_bytes(b"\n".join(map(orjson.dumps, values)) + b"\n")
    return path


def references(resource: Any) -> Iterator[str]:
    if isinstance(resource, dict):
        yield from (value for name, value in resource.items() if name == "reference")
    for inner in resource.values() if isinstance(resource, dict) else resource if isinstance(resource, list) else ():
        yield from references(inner)


def test_the_golden_files_are_a_seed_and_every_reference_in_them_leads_to_a_resource() -> None:
    resources: dict[str, Json] = {}
    for file in sorted(GOLDEN.rglob("*.json")):
        for one in orjson.loads(file.read_bytes())["entry"]:
            resources[f"{one['resource']['resourceType']}/{one['resource']['id']}"] = one["resource"]
    with seeded(GOLDEN) as client:
        for place, was in resources.items():
            now = client.get(f"/{place}").json()
            led_to = list(references(now))
            assert len(led_to) == len(list(references(was)))
            assert set(led_to) <= set(resources), place
            assert "urn:uuid:" not in str(led_to)
        assert client.get("/Appointment?_count=0").json()["total"] > 15


def test_bundles_a_line_each_are_a_seed(tmp_path: Path) -> None:
    bundles = [orjson.loads(file.read_bytes()) for file in sorted((GOLDEN / "booking").glob("*.json"))]
    visits = {bundle["entry"][0]["resource"]["id"] for bundle in bundles}
    with seeded(written(tmp_path / "x.ndjson", *bundles)) as client:
        assert set(found(client, "Appointment?_count=500")) == visits


def test_entries_that_call_each_other_by_uuid_may_stand_in_any_order_and_in_any_file(tmp_path: Path) -> None:
    written(tmp_path / "a.jsonl", collection((A, appointment(P, D, id="a"))), practitioner(id="d"))
    (tmp_path / "b.json").write_bytes(orjson.dumps(collection((P, patient(id="p")), (D, practitioner(id="d")))))
    with seeded(tmp_path) as client:
        assert found(client, "Appointment?patient=Patient/p&practitioner=Practitioner/d") == ["a"]


def test_the_same_uuid_in_two_bundles_means_what_stands_in_its_own(tmp_path: Path) -> None:
    first = collection((P, patient(id="p")), (A, appointment(P, id="a")))
    second = collection((P, patient(id="q")), (A, appointment(P, id="b")))
    with seeded(written(tmp_path / "x.ndjson", first, second)) as client:
        assert found(client, "Appointment?patient=Patient/p") == ["a"]
        assert found(client, "Appointment?patient=Patient/q") == ["b"]


def test_a_resource_without_an_id_has_that_of_its_full_url(tmp_path: Path) -> None:
    away = "http://elsewhere/fhir/Patient/p"
    values = collection((P, patient()), (A, appointment(P))), collection((away, patient()), (D, appointment(away)))
    with seeded(written(tmp_path / "x.ndjson", *values)) as client:
        assert found(client, "Patient") == sorted([P.removeprefix("urn:uuid:"), "p"])
        assert found(client, f"Appointment?patient={P.removeprefix('urn:uuid:')}") == ["1"]
        assert found(client, "Appointment?patient=p") == ["d"]


def test_what_comes_again_with_other_content_is_a_new_version_and_the_same_is_none(tmp_path: Path) -> None:
    bundles = [
        collection((P, patient(id="p")), (A, appointment(P, id="a", minutesDuration=minutes)))
        for minutes in (10, 20, 20, 30)
    ]
    with seeded(written(tmp_path / "x.ndjson", *bundles)) as client:
        history = client.get("/Appointment/a/_history").json()["entry"]
        assert [one["resource"]["minutesDuration"] for one in history] == [30, 20, 10]
        assert client.get("/Patient/p").headers["etag"] == 'W/"1"'


def test_what_many_bundles_bring_along_is_put_in_once() -> None:
    seed = _Seed()
    for number in range(20):
        seed.add("x", collection((P, patient(id="p")), (A, appointment(P, id=f"a{number}"))))
    assert [len(changes) for changes in seed.rounds()] == [21]


def test_a_transaction_a_line_is_run_after_all_else(tmp_path: Path) -> None:
    both = transaction(
        entry("POST", "Practitioner", practitioner(), full_url=D),
        entry("POST", "Appointment", appointment("Patient/p", D)),
    )
    with seeded(written(tmp_path / "x.ndjson", both, patient(id="p"))) as client:
        [doctor] = found(client, "Practitioner")
        assert client.get(f"/Appointment?patient=p&practitioner={doctor}").json()["total"] == 1


def test_what_a_server_answered_to_a_search_is_a_seed(tmp_path: Path) -> None:
    with seeded(written(tmp_path / "x.ndjson", patient(id="p"), appointment("Patient/p", id="a"))) as client:
        page = client.get("/Appointment?_include=Appointment:patient").content
    (tmp_path / "page.json").write_bytes(page)
    with seeded(tmp_path / "page.json") as client:
        assert found(client, "Appointment?patient=p") == ["a"]


@pytest.mark.parametrize(
    ("values", "place", "text"),
    [
        ((patient(id="p"), 7), "x.ndjson:2", "not a JSON object"),
        ((patient(id="p"), patient()), "x.ndjson:2", "with an id"),
        ((patient(id="p"), collection((A, appointment(P, id="a")))), "x.ndjson:2: Appointment", "none of Type/id"),
        ((collection(("urn:oid:1.2", patient())),), "x.ndjson:1", "fullUrl"),
        ((patient(id="p"), transaction(entry("POST", "Patient", {}))), "x.ndjson:2", ""),
    ],
)
def test_what_does_not_fit_is_told_with_its_file_and_line(
    tmp_path: Path, values: tuple[Any, ...], place: str, text: str
) -> None:
    with pytest.raises(Refusal) as refused, seeded(written(tmp_path / "x.ndjson", *values)):
        pass
    assert refused.value.issues[0].expression.startswith(place)
    assert text in refused.value.issues[0].text
