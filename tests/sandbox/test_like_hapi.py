"""What HAPI always answers, `--like hapi` answers too. One table: what R4 has the sandbox say, and what HAPI says.

Every row is asked of the sandbox in both dialects and of a real HAPI JPA 8.8.0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest

from adapter.sandbox import SandboxSettings, running_sandbox
from tests.sandbox.resources import Json, appointment, care_team, connected, entry, patient, practitioner, transaction

Holds = Callable[[Json], bool]


@dataclass(frozen=True)
class Step:
    """A request and the status it is answered with. `@a`, `@b` … stand for texts of this row that are nowhere else."""

    method: str
    url: str
    body: Json | None = None
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    holds: Holds | None = None
    hapi: int | None = None
    """HAPI's status, where it is another."""
    hapi_holds: Holds | None = None


@dataclass(frozen=True)
class Row:
    says: str
    steps: tuple[Step, ...]


def new(resource: Json) -> Step:
    return Step("PUT", f"{resource['resourceType']}/{resource['id']}", resource, 201)


def changed(resource: Json, status: int = 200, **more: Any) -> Step:
    return Step("PUT", f"{resource['resourceType']}/{resource['id']}", resource, status, **more)


def post(resource: Json, status: int = 201, **more: Any) -> Step:
    return Step("POST", resource["resourceType"], resource, status, **more)


def bundle(*entries: Json, status: int = 200, **more: Any) -> Step:
    return Step("POST", "", transaction(*entries), status, **more)


def get(url: str, status: int = 200, **more: Any) -> Step:
    return Step("GET", url, None, status, **more)


def version(number: int) -> Holds:
    return lambda resource: resource["meta"]["versionId"] == str(number)


def if_match(number: int) -> tuple[tuple[str, str], ...]:
    return (("If-Match", f'W/"{number}"'),)


A = patient("@x", id="@a")
MALE, FEMALE = A | {"gender": "male"}, A | {"gender": "female"}
TWINS = (new(A), new(patient("@x", id="@b")))
LABEL = [{"system": "urn:oid:1.2.3", "code": "label"}]
MISSING = {"reference": "Patient/@missing"}
BY_NUMBER = {"reference": "Patient?identifier=http://electronichealth.se/identifier/personnummer|@x"}
UNKNOWN_EXTENSION = {"url": "https://vardbro.example/fhir/StructureDefinition/@u"}
NUMBER = "identifier=http://electronichealth.se/identifier/personnummer|@x"
IF_NONE_EXIST = (("If-None-Exist", NUMBER),)

ROWS = (
    # Updates
    Row("a client may choose a UUID", (new(A), get("Patient/@a", holds=version(1)))),
    Row("a changed PUT is a new version", (new(MALE), changed(FEMALE, holds=version(2)))),
    Row("an unchanged PUT keeps its version", (new(MALE), changed(MALE, holds=version(1)))),
    Row("an id of digits only is the server's to give", (changed(patient(id="123"), 201, hapi=400),)),
    Row("an id with an underscore is none", (changed(patient(id="a_b"), 400),)),
    Row("an id of 65 characters is none", (changed(patient(id="a" * 65), 400),)),
    Row("an id must be in the body", (Step("PUT", "Patient/@a", patient(), 400),)),
    Row("the id in the body must be that of the URL", (Step("PUT", "Patient/@a", patient(id="@b"), 400),)),
    Row("another type than that of the URL is refused", (Step("POST", "Patient", practitioner(), 400),)),
    Row("a stale If-Match", (new(MALE), changed(FEMALE, 412, headers=if_match(7), hapi=409))),
    Row("a current If-Match", (new(MALE), changed(FEMALE, headers=if_match(1), holds=version(2)))),
    Row(
        "a stale ifMatch in a transaction",
        (new(MALE), bundle(entry("PUT", "Patient/@a", FEMALE, ifMatch='W/"7"'), status=412, hapi=409)),
    ),
    Row("If-Match on an id that is not there", (changed(A, 412, headers=if_match(1), hapi=201),)),
    Row(
        "If-None-Match: * on an id that is there",
        (new(MALE), changed(FEMALE, 412, headers=(("If-None-Match", "*"),), hapi=200)),
    ),
    Row(
        "a label that an update leaves out",
        (
            new(A | {"meta": {"tag": LABEL, "security": LABEL}}),
            changed(
                A,
                holds=lambda r: not {"tag", "security"} & set(r["meta"]),
                hapi_holds=lambda r: r["meta"]["tag"] == LABEL,
            ),
            get("Patient/@a", holds=version(2), hapi_holds=lambda r: r["meta"]["security"] == LABEL),
        ),
    ),
    # Deletions
    Row(
        "a deleted id is gone",
        (
            new(A),
            Step("DELETE", "Patient/@a", None, 204, hapi=200),
            get("Patient/@a", 410),
            get("Patient/@a/_history/2", 410),
        ),
    ),
    Row(
        "a version before the deletion is still there",
        (new(A), Step("DELETE", "Patient/@a", None, 204, hapi=200), get("Patient/@a/_history/1")),
    ),
    Row("what is not there may be deleted", (Step("DELETE", "Patient/@missing", None, 204, hapi=200),)),
    Row(
        "a deleted id can be written again, as a later version",
        (new(A), Step("DELETE", "Patient/@a", None, 204, hapi=200), changed(A, 201, holds=version(3))),
    ),
    Row(
        "a stale If-Match on DELETE",
        (new(A), Step("DELETE", "Patient/@a", None, 412, if_match(7), hapi=200), get("Patient/@a", 200, hapi=410)),
    ),
    Row(
        "what is referred to is not deleted",
        (new(A), post(care_team(subject={"reference": "Patient/@a"})), Step("DELETE", "Patient/@a", None, 409)),
    ),
    # References
    Row("a reference to what is not there", (post(care_team(subject=MISSING), 400),)),
    Row(
        "a reference to what was deleted",
        (
            new(A),
            Step("DELETE", "Patient/@a", None, 204, hapi=200),
            post(care_team(subject={"reference": "Patient/@a"}), 400),
        ),
    ),
    Row(
        "the same inside an unknown extension",
        (post(care_team(extension=[UNKNOWN_EXTENSION | {"valueReference": MISSING}]), 400, hapi=201),),
    ),
    Row(
        "the same in an element that cannot be searched by",
        (post(care_team(managingOrganization=[{"reference": "Organization/@missing"}]), 400, hapi=201),),
    ),
    Row(
        "a reference to a contained resource that is not there",
        (post(care_team(participant=[{"member": {"reference": "#no"}}]), 400, hapi=201),),
    ),
    Row(
        "an absolute reference to another server",
        (post(care_team(subject={"reference": "http://elsewhere.example/fhir/Patient/1"}), 201, hapi=400),),
    ),
    Row(
        "an absolute reference to this server",
        (new(A), post(care_team(subject={"reference": "@base/Patient/@a"}), 201, hapi=400)),
    ),
    Row(
        "a reference by identifier only",
        (post(care_team(subject={"identifier": {"system": "urn:oid:1.2.3", "value": "@x"}})),),
    ),
    Row(
        "a urn:uuid that is nothing in the Bundle",
        (bundle(entry("POST", "CareTeam", care_team(subject={"reference": f"urn:uuid:{uuid4()}"})), status=400),),
    ),
    Row(
        "a reference to a type that may not stand there",
        (new(practitioner(id="@a")), post(care_team(subject={"reference": "Practitioner/@a"}), 422)),
    ),
    # Conditional references
    Row(
        "a conditional reference that finds one",
        (
            new(A),
            bundle(entry("PUT", "CareTeam/@t", care_team(id="@t", subject=BY_NUMBER))),
            get(
                "CareTeam/@t",
                holds=lambda r: (
                    r["subject"]["reference"].startswith("Patient/") and "?" not in r["subject"]["reference"]
                ),
            ),
        ),
    ),
    Row(
        "a conditional reference that finds none, and rolls all back",
        (
            bundle(
                entry("PUT", "Patient/@b", patient("@y", id="@b")),
                entry("POST", "CareTeam", care_team(subject=BY_NUMBER)),
                status=400,
                hapi=404,
            ),
            get("Patient/@b", 404),
        ),
    ),
    Row(
        "a conditional reference that finds many, and rolls all back",
        (
            *TWINS,
            bundle(
                entry("PUT", "Patient/@c", patient("@y", id="@c")),
                entry("POST", "CareTeam", care_team(subject=BY_NUMBER)),
                status=412,
            ),
            get("Patient/@c", 404),
        ),
    ),
    Row(
        "a conditional reference outside of a transaction", (new(A), post(care_team(subject=BY_NUMBER), 400, hapi=201))
    ),
    # Conditional creates and updates
    Row("If-None-Exist that finds none", (post(patient("@x"), 201, headers=IF_NONE_EXIST),)),
    Row("If-None-Exist that finds one", (new(A), post(patient("@x"), 200, headers=IF_NONE_EXIST, holds=version(1)))),
    Row("If-None-Exist that finds many", (*TWINS, post(patient("@x"), 412, headers=IF_NONE_EXIST))),
    Row(
        "If-None-Exist that the resource itself does not meet",
        (post(patient("@y"), 201, headers=IF_NONE_EXIST, hapi=400),),
    ),
    Row(
        "ifNoneExist that finds one",
        (
            new(A),
            bundle(
                entry("POST", "Patient", patient("@x"), ifNoneExist=NUMBER),
                holds=lambda b: b["entry"][0]["response"]["status"].startswith("200"),
            ),
        ),
    ),
    Row("a conditional update that finds none", (Step("PUT", f"Patient?{NUMBER}", patient("@x"), 201),)),
    Row(
        "a conditional update that finds one",
        (new(A), Step("PUT", f"Patient?{NUMBER}", patient("@x", gender="male"), 200, holds=version(2))),
    ),
    Row("a conditional update that finds many", (*TWINS, Step("PUT", f"Patient?{NUMBER}", patient("@x"), 412))),
    # Transactions
    Row(
        "two entries that write one resource",
        (
            bundle(entry("PUT", "Patient/@a", MALE), entry("PUT", "Patient/@a", FEMALE), status=400),
            get("Patient/@a", 404),
        ),
    ),
    Row(
        "the tag of an entry's response",
        (
            bundle(
                entry("PUT", "Patient/@a", A),
                holds=lambda b: b["entry"][0]["response"]["etag"] == 'W/"1"',
                hapi_holds=lambda b: b["entry"][0]["response"]["etag"] == "1",
            ),
        ),
    ),
    # Searches
    Row("an unknown parameter", (get("Patient?nonsense=1", 400),)),
    Row(
        "an unknown parameter, leniently",
        (Step("GET", "Patient?nonsense=1", None, 200, (("Prefer", "handling=lenient"),), hapi=400),),
    ),
    Row("an unknown parameter as a condition", (post(patient(), 400, headers=(("If-None-Exist", "nonsense=1"),)),)),
    Row("an unknown type", (get("Nonsense", 404),)),
    Row(
        "patient.identifier",
        (
            new(A),
            post(care_team(subject={"reference": "Patient/@a"})),
            get(f"CareTeam?patient.{NUMBER}", holds=lambda b: b["total"] == 1),
        ),
    ),
    Row(
        "patient:Patient.identifier",
        (
            new(A),
            post(care_team(subject={"reference": "Patient/@a"})),
            get(f"CareTeam?patient:Patient.{NUMBER}", holds=lambda b: b["total"] == 1),
        ),
    ),
    Row("patient:identifier", (get("CareTeam?patient:identifier=urn:oid:1.2.3|1", 200, hapi=400),)),
    Row("a chain to an unknown parameter", (get("CareTeam?patient.nonsense=1", 400),)),
    Row("a date that is none", (get("Patient?birthdate=nonsense", 400),)),
    Row("sorting by nonsense", (get("Patient?_sort=nonsense", 400),)),
    Row("including nonsense", (get("Patient?_include=nonsense", 400),)),
    # Content
    Row("an unknown code where one is required", (post(patient(gender="nonsense"), 422, hapi=400),)),
    Row("a date that is none in a resource", (post(patient(birthDate="2020-13-45"), 422, hapi=400),)),
    Row(
        "an unknown element",
        (
            changed(A | {"nonsense": "x"}, 422, hapi=201),
            get("Patient/@a", 404, hapi=200, hapi_holds=lambda r: "nonsense" not in r),
        ),
    ),
    Row("a required element that is missing", (post({"resourceType": "Appointment"}, 422, hapi=201),)),
    Row(
        "numbers keep their digits",
        (
            new(appointment(id="@a", extension=[UNKNOWN_EXTENSION | {"valueDecimal": 1.5}])),
            get("Appointment/@a", holds=lambda r: r["extension"][0]["valueDecimal"] == 1.5),
        ),
    ),
)


def asked(client: httpx.Client, step: Step, names: Callable[[str], str]) -> httpx.Response:
    body = None if step.body is None else names(orjson.dumps(step.body).decode())
    return client.request(
        step.method,
        f"/{names(step.url)}" if step.url else "/",
        content=body,
        headers={"Content-Type": "application/fhir+json", **{key: names(value) for key, value in step.headers}},
    )


def run(base: str, row: Row, *, hapi: bool) -> None:
    unique: dict[str, str] = {"@base": base}

    def names(text: str) -> str:
        for mark in ("@base", "@missing", "@a", "@b", "@c", "@t", "@u", "@x", "@y"):
            text = text.replace(mark, unique.setdefault(mark, str(uuid4())))
        return text

    # HAPI may answer a search from up to a minute ago unless it is told not to
    with connected(base) as client:
        client.headers["Cache-Control"] = "no-cache"
        for number, step in enumerate(row.steps):
            answer = asked(client, step, names)
            status = step.hapi if hapi and step.hapi else step.status
            assert answer.status_code == status, f"step {number}: {answer.status_code} {answer.text}"
            holds = step.hapi_holds if hapi and step.hapi_holds else step.holds
            assert holds is None or holds(answer.json()), f"step {number}: {answer.text}"


@pytest.fixture(scope="session")
def sandbox_like_hapi() -> Iterator[str]:
    with running_sandbox(SandboxSettings(like="hapi")) as base:
        yield base


SAID = [pytest.param(row, id=row.says) for row in ROWS]


@pytest.mark.parametrize("row", SAID)
def test_the_sandbox_does_what_r4_says(base: str, row: Row) -> None:
    run(base, row, hapi=False)


@pytest.mark.parametrize("row", SAID)
def test_the_sandbox_does_what_hapi_does(sandbox_like_hapi: str, row: Row) -> None:
    run(sandbox_like_hapi, row, hapi=True)


@pytest.mark.parametrize("row", SAID)
def test_hapi_does_what_the_table_says(hapi_base: str, row: Row) -> None:
    run(hapi_base, row, hapi=True)
