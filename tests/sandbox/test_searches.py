"""Search: https://hl7.org/fhir/R4/search.html."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from adapter.sandbox import SandboxSettings, running_sandbox
from tests.sandbox.resources import (
    PERSON,
    TOLVAN,
    Json,
    appointment,
    care_team,
    connected,
    found,
    ids,
    patient,
    practitioner,
    put,
    told,
)

HSA = "urn:oid:1.2.752.29.4.19"


def role(id_: str, **more: Any) -> Json:
    return {"resourceType": "PractitionerRole", "id": id_, **more}


def coded(code: str, system: str | None = None) -> list[Json]:
    return [{"coding": [{"code": code} | ({"system": system} if system else {})]}]


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """A space with a small clinic, which no test of this file writes to."""
    with running_sandbox(SandboxSettings()) as base, connected(base) as client:
        fill(client)
        yield client


def fill(client: httpx.Client) -> None:
    name = {"family": "Åkesson-Lind", "given": ["Tolvan", "Björn"]}
    put(
        client,
        {"resourceType": "Organization", "id": "unit", "name": "Mottagningen", "alias": ["Öppenvården"]},
        patient(id="tolvan", name=[name], birthDate="1912-12-12", gender="male", active=True),
        patient("198112189876", id="other", name=[{"text": "Andra Person"}], birthDate="1981-12", gender="female"),
        patient("1", id="bare", managingOrganization={"reference": "Organization/unit"}),
        practitioner(id="doctor", identifier=[{"system": HSA, "value": "SE1"}], name=[{"family": "Läkare"}]),
        role("r1", practitioner={"reference": "Practitioner/doctor"}, organization={"reference": "Organization/unit"}),
        role("r2", telecom=[{"system": "phone", "value": "0701"}, {"system": "email", "value": "a@b.example"}]),
        appointment("Patient/tolvan", "PractitionerRole/r1", id="first", serviceType=coded("a", "urn:oid:1.1")),
        appointment(
            "Patient/tolvan",
            "PractitionerRole/r2",
            id="second",
            status="cancelled",
            start="2026-12-24T00:30:00+01:00",
            end="2026-12-24T01:00:00+01:00",
            serviceType=coded("b", "urn:oid:1.1") + coded("a", "urn:oid:2.2"),
            meta={"tag": [{"system": "urn:oid:9", "code": "run-1"}], "profile": ["http://p.example/one"]},
        ),
        appointment(
            "Patient/other", "Practitioner/doctor", id="third", start="2027-01-01T08:00:00Z", serviceType=coded("a")
        ),
        care_team(id="open", subject={"reference": "Patient/tolvan"}, period={"start": "2026-03-01"}),
        care_team(id="closed", subject={"reference": "Patient/other"}, period={"start": "2026-01", "end": "2026-02"}),
        care_team(id="logical", subject={"identifier": {"system": PERSON, "value": TOLVAN}}),
        care_team(id="elsewhere", subject={"reference": "http://elsewhere.example/fhir/Patient/9"}),
        {
            "resourceType": "Encounter",
            "id": "visit",
            "status": "finished",
            "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
            "subject": {"reference": "Patient/tolvan"},
            "appointment": [{"reference": "Appointment/first"}],
        },
        {
            "resourceType": "ServiceRequest",
            "id": "basis",
            "status": "active",
            "intent": "order",
            "subject": {"reference": "Patient/tolvan"},
            "occurrenceTiming": {"repeat": {"boundsPeriod": {"start": "2026-05-01", "end": "2026-05-31"}}},
        },
    )


@pytest.mark.parametrize(
    ("search", "matches"),
    [
        # Tokens
        (f"Patient?identifier={PERSON}|{TOLVAN}", "tolvan"),
        (f"Patient?identifier={TOLVAN}", "tolvan"),
        (f"Patient?identifier={PERSON}|", "bare other tolvan"),
        (f"Patient?identifier=|{TOLVAN}", ""),
        (f"Patient?identifier={PERSON}|{TOLVAN},{PERSON}|1", "bare tolvan"),
        ("Patient?gender=male", "tolvan"),
        ("Patient?gender=http://hl7.org/fhir/administrative-gender|male", "tolvan"),
        ("Patient?gender:not=male", "bare other"),
        ("Patient?gender:missing=true", "bare"),
        ("Patient?gender:missing=false", "other tolvan"),
        ("Patient?active=true", "tolvan"),
        ("Appointment?service-type=a", "first second third"),
        ("Appointment?service-type=urn:oid:1.1|a", "first"),
        ("Appointment?service-type=|a", "third"),
        ("Appointment?service-type=urn:oid:1.1|", "first second"),
        ("Appointment?service-type=urn:oid:1.1|a&service-type=b", ""),
        ("Appointment?service-type=b&service-type=urn:oid:2.2|a", "second"),
        ("Appointment?status=booked", "first third"),
        ("Appointment?status=http://hl7.org/fhir/appointmentstatus|cancelled", "second"),
        ("Appointment?status:not=booked,cancelled", ""),
        ("PractitionerRole?phone=0701", "r2"),
        ("PractitionerRole?email=0701", ""),
        ("PractitionerRole?telecom=a@b.example", "r2"),
        ("Encounter?class=AMB", "visit"),
        ("Appointment?_tag=urn:oid:9|run-1", "second"),
        ("Appointment?_profile=http://p.example/one", "second"),
        ("Appointment?_id=first,third,none", "first third"),
        # References
        ("Appointment?patient=tolvan", "first second"),
        ("Appointment?patient=Patient/tolvan,Patient/other", "first second third"),
        ("Appointment?patient=@base/Patient/tolvan", "first second"),
        ("Appointment?patient:Patient=tolvan", "first second"),
        ("Appointment?patient=none", ""),
        ("Appointment?patient=Practitioner/doctor", ""),
        ("Appointment?actor=Practitioner/doctor", "third"),
        ("Appointment?actor=doctor", "third"),
        ("Appointment?actor:PractitionerRole=r1", "first"),
        ("Appointment?practitioner:missing=true", "first second"),
        ("CareTeam?subject:missing=true", ""),
        (f"CareTeam?subject:identifier={PERSON}|{TOLVAN}", "logical"),
        ("CareTeam?subject=http://elsewhere.example/fhir/Patient/9", "elsewhere"),
        # Chains
        (f"Appointment?patient.identifier={PERSON}|{TOLVAN}", "first second"),
        (f"Appointment?patient:Patient.identifier={TOLVAN}", "first second"),
        (f"Appointment?actor.identifier={HSA}|SE1", "third"),
        (f"Appointment?actor:PractitionerRole.practitioner.identifier={HSA}|SE1", "first"),
        ("Appointment?actor:PractitionerRole.organization:Organization.name=mott", "first"),
        (f"Encounter?appointment.patient.identifier={TOLVAN}", "visit"),
        ("Appointment?patient.gender:not=male", "third"),
        ("Appointment?patient.gender:missing=true", ""),
        ("Appointment?patient.birthdate=1981", "third"),
        ("Appointment?patient._id=other", "third"),
        (f"Appointment?patient.identifier={TOLVAN}&status=booked", "first"),
        # Dates; 2026-12-24T00:30+01:00 is the 23rd in UTC and the 24th in Stockholm
        ("Appointment?date=2026-12-24", "second"),
        ("Appointment?date=2026-12-23", ""),
        ("Appointment?date=2026-12", "second"),
        ("Appointment?date=2026", "first second"),
        ("Appointment?date=eq2026-11-24T12:00:00Z", "first"),
        ("Appointment?date=2026-11-24T13:00:00%2B01:00", "first"),
        ("Appointment?date=2026-11-24T13:00:00+01:00", "first"),
        ("Appointment?date=2026-11-24T13:00", "first"),
        ("Appointment?date=ne2026", "third"),
        ("Appointment?date=gt2026-12-24", "third"),
        ("Appointment?date=ge2026-12-24", "second third"),
        ("Appointment?date=lt2026-12-24", "first"),
        ("Appointment?date=le2026-12-24", "first second"),
        ("Appointment?date=sa2026-11-24", "second third"),
        ("Appointment?date=eb2026-12-24", "first"),
        ("Appointment?date=ge2026-12-01&date=lt2027", "second"),
        ("Appointment?date=2026-11-24,2027-01-01", "first third"),
        ("Patient?birthdate=1981", "other"),
        ("Patient?birthdate=1981-12-05", ""),
        ("Patient?birthdate=ge1981-12-05", "other"),
        ("CareTeam?date=2026-04-01", ""),
        ("CareTeam?date=ge2026-04-01", "open"),
        ("CareTeam?date=lt2026-03-01", "closed"),
        ("CareTeam?date=sa2026-02", "open"),
        ("CareTeam?date=eb2026-03", "closed"),
        ("CareTeam?date:missing=true", "elsewhere logical"),
        ("ServiceRequest?occurrence=2026-05", "basis"),
        # Strings
        ("Patient?family=akesson", "tolvan"),
        ("Patient?family=ÅKESSON", "tolvan"),
        ("Patient?family=lind", ""),
        ("Patient?family:contains=lind", "tolvan"),
        ("Patient?family:exact=Åkesson-Lind", "tolvan"),
        ("Patient?family:exact=Akesson-Lind", ""),
        ("Patient?name=bjorn", "tolvan"),
        ("Patient?name=andra,tolv", "other tolvan"),
        ("Organization?name=oppen", "unit"),
        # All of them
        ("Patient", "bare other tolvan"),
        ("Patient?_lastUpdated=ge2020", "bare other tolvan"),
        ("Patient?_lastUpdated=lt2020", ""),
    ],
)
def test_a_search_finds(client: httpx.Client, search: str, matches: str) -> None:
    address = search.replace("@base", str(client.base_url).rstrip("/"))
    assert sorted(found(client, address)) == matches.split()


def test_a_search_may_be_posted(client: httpx.Client) -> None:
    answer = client.post("/Appointment/_search", data={"patient.identifier": f"{PERSON}|{TOLVAN}", "status": "booked"})
    assert ids(answer.json()) == ["first"]
    mixed = client.post("/Appointment/_search?status=cancelled", data={"patient": "tolvan"})
    assert ids(mixed.json()) == ["second"]


def test_separators_that_are_escaped_are_part_of_the_value(base: str) -> None:
    with connected(base) as client:
        put(client, patient("a,b|c\\d", id="odd"), patient("a", id="plain"))
        assert found(client, r"Patient?identifier=a\,b\|c\\d") == ["odd"]
        assert sorted(found(client, r"Patient?identifier=a\,b\|c\\d,a")) == ["odd", "plain"]
        assert found(client, rf"Patient?identifier={PERSON}|a\,b\|c\\d") == ["odd"]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("date", "first second third"),
        ("-date", "third second first"),
        ("status,-date", "third first second"),
        ("status,date", "first third second"),
        ("_id", "first second third"),
        ("-_id", "third second first"),
        ("-_lastUpdated", "third second first"),
        ("service-category,-_id", "third second first"),
    ],
)
def test_matches_come_sorted(client: httpx.Client, sort: str, order: str) -> None:
    assert found(client, f"Appointment?_sort={sort}") == order.split()


def test_what_has_no_value_is_sorted_last_both_ways(client: httpx.Client) -> None:
    assert found(client, "Patient?_sort=birthdate")[-1] == found(client, "Patient?_sort=-birthdate")[-1] == "bare"


@pytest.mark.parametrize(
    ("search", "matches", "included"),
    [
        ("Appointment?_id=first&_include=Appointment:patient", "first", "tolvan"),
        ("Appointment?_id=first&_include=Appointment:actor", "first", "r1 tolvan"),
        ("Appointment?_id=first&_include=Appointment:actor:PractitionerRole", "first", "r1"),
        (
            "Appointment?_id=first&_include=Appointment:actor&_include:iterate=PractitionerRole:practitioner",
            "first",
            "doctor r1 tolvan",
        ),
        (
            "Appointment?_id=first&_include=Appointment:actor&_include:iterate=PractitionerRole:practitioner"
            "&_include:iterate=PractitionerRole:organization",
            "first",
            "doctor r1 tolvan unit",
        ),
        ("Appointment?patient=tolvan&_include=Appointment:patient", "first second", "tolvan"),
        ("Patient?_id=tolvan&_revinclude=Appointment:patient", "tolvan", "first second"),
        (
            "Patient?_id=tolvan&_revinclude=Appointment:patient&_revinclude:iterate=Encounter:appointment",
            "tolvan",
            "first second visit",
        ),
        ("Appointment?_id=first&_revinclude=Encounter:appointment", "first", "visit"),
        ("Appointment?_id=none&_include=Appointment:patient", "", ""),
        ("CareTeam?_id=elsewhere&_include=CareTeam:subject", "elsewhere", ""),
    ],
)
def test_includes_come_beside_the_matches(client: httpx.Client, search: str, matches: str, included: str) -> None:
    bundle = client.get(f"/{search}").json()
    assert sorted(ids(bundle)) == matches.split()
    assert sorted(ids(bundle, "include")) == included.split()
    assert bundle["total"] == len(matches.split())


def test_a_resource_in_a_bundle_is_the_one_that_is_read(client: httpx.Client) -> None:
    entry = client.get("/Patient?_id=tolvan").json()["entry"][0]
    assert entry["resource"] == client.get(entry["fullUrl"]).json()


def test_the_self_link_says_what_was_understood(
    client: httpx.Client,
) -> None:
    def own(search: str, **headers: str) -> str:
        links = client.get(f"/{search}", headers=headers).json()["link"]
        return str(next(link["url"] for link in links if link["relation"] == "self")).removeprefix(str(client.base_url))

    assert own("Patient?gender=male&_sort=-_id") == "Patient?gender=male&_sort=-_id"
    assert own("Patient?gender=male&nonsense=1", Prefer="handling=lenient") == "Patient?gender=male"
    assert client.get(own(f"Patient?identifier={PERSON}|{TOLVAN}")).json()["total"] == 1


@pytest.mark.parametrize(
    "search",
    [
        "Patient?nonsense=1",
        "Patient?patient.identifier=1",
        "Appointment?patient.nonsense=1",
        "Appointment?patient:Practitioner.identifier=1",
        "Appointment?status.nonsense=1",
        "Patient?identifier:nonsense=1",
        "Patient?identifier:text=1",
        "Patient?family:not=1",
        "Patient?birthdate:exact=2020",
        "Patient?birthdate=nonsense",
        "Patient?birthdate=2020-13",
        "Patient?birthdate=ap2020",
        "Patient?birthdate=2020-01-01T25:00:00Z",
        "Patient?gender:missing=maybe",
        "Patient?gender=",
        "Patient?identifier=|",
        "Patient?identifier=a|b|c",
        "Appointment?patient=a b",
        "Appointment?patient:Location=1",
        "Patient?_sort=nonsense",
        "Appointment?_sort=patient",
        "Patient?_count=many",
        "Patient?_count=-1",
        "Patient?_include=Patient",
        "Patient?_include=Patient:nonsense",
        "Patient?_include=Patient:gender",
        "Patient?_include=Appointment:patient",
        "Patient?_include=*",
        "Patient?_include:nonsense=Patient:organization",
        "Patient?_revinclude=Patient:gender",
        "Patient?_revinclude=Encounter:appointment",
        "Patient?_summary=nonsense",
        "Patient?_elements=nonsense",
        "Patient?_elements=name&_summary=text",
        "Patient?_total=maybe",
        "Patient?_has:Appointment:patient:status=booked",
        "Patient?_text=tolvan",
        "Patient?_filter=name eq x",
        "Patient?_id:not=1",
        "Patient?_page=nonsense&gender=male",
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused_and_never_ignored(client: httpx.Client, search: str) -> None:
    answer = client.get(f"/{search}")
    assert answer.status_code in (400, 410)
    assert told(answer)


def test_leniently_only_unknown_parameters_are_left_out(client: httpx.Client) -> None:
    lenient = {"Prefer": "handling=lenient"}
    assert client.get("/Patient?nonsense=1&gender=male", headers=lenient).json()["total"] == 1
    assert client.get("/Patient?gender:nonsense=male", headers=lenient).status_code == 400
    assert client.get("/Patient?birthdate=nonsense", headers=lenient).status_code == 400


def test_an_index_follows_every_change(base: str) -> None:
    with connected(base) as client:
        put(client, patient(id="a"), patient("2", id="b"), appointment("Patient/a", id="x"))
        assert found(client, "Appointment?patient=a") == ["x"]
        put(client, appointment("Patient/b", id="x", status="cancelled"))
        assert found(client, "Appointment?patient=a") == found(client, "Appointment?status=booked") == []
        assert found(client, "Appointment?patient.identifier=2&status=cancelled") == ["x"]


@pytest.mark.parametrize("many", [1_000, 30_000])
def test_a_list_of_very_many_values_is_answered_or_refused(client: httpx.Client, many: int) -> None:
    values = ",".join(f"v{n}" for n in range(many))
    for name in ("_id", "identifier", "name", "patient.identifier"):
        kind = "Appointment" if "patient" in name else "Patient"
        answer = client.post(f"/{kind}/_search", data={name: values})
        assert answer.status_code in (200, 400), answer.text


@pytest.mark.parametrize("beside", ["", "gender=male&"])
@pytest.mark.parametrize(
    ("name", "value", "many"),
    [
        ("_id", "v", 500),
        ("identifier", "urn:oid:1.@|v", 500),
        ("organization", "v", 500),
        ("birthdate", "ne2020-01-01T00:00:00Z", 100),
        ("name", "v", 100),
        ("name:contains", "v", 100),
        ("general-practitioner.name", "v", 100),
    ],
)
def test_as_many_values_as_are_allowed_are_answered(
    client: httpx.Client, beside: str, name: str, value: str, many: int
) -> None:
    values = ",".join(value.replace("@", str(n)) for n in range(many))
    assert client.get(f"/Patient?{beside}{name}={values}").status_code == 200
    assert told(client.get(f"/Patient?{beside}{name}={values},{value}")) == "400 too-costly"


def test_very_many_parameters_are_answered_or_refused(client: httpx.Client) -> None:
    form = "&".join("gender=male" for _ in range(5_000))
    content_type = {"Content-Type": "application/x-www-form-urlencoded"}
    assert client.post("/Patient/_search", content=form, headers=content_type).status_code in (200, 400)


def test_a_chain_of_any_length_is_answered_or_refused(client: httpx.Client) -> None:
    for links in (10, 2_000):
        assert client.get("/Organization?" + "partof." * links + "name=x").status_code in (200, 400)
