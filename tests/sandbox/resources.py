"""Small valid resources, and what tests do with them again and again."""

from __future__ import annotations

from typing import Any

import httpx

PERSON = "http://electronichealth.se/identifier/personnummer"
BOOKING = "https://vardbro.example/fhir/sid/booking"
TOLVAN = "191212121212"

Json = dict[str, Any]


def patient(value: str = TOLVAN, **more: Any) -> Json:
    return {"resourceType": "Patient", "identifier": [{"system": PERSON, "value": value}], **more}


def practitioner(**more: Any) -> Json:
    return {"resourceType": "Practitioner", **more}


def appointment(*actors: str, **more: Any) -> Json:
    """Booked for an hour, with these participants."""
    participants = [{"actor": {"reference": actor}, "status": "accepted"} for actor in actors]
    hour = {"start": "2026-11-24T13:00:00+01:00", "end": "2026-11-24T14:00:00+01:00"}
    told = {"resourceType": "Appointment", "status": "booked", **hour, **more}
    return {**told, "participant": participants or [{"status": "accepted"}]}


def care_team(**more: Any) -> Json:
    return {"resourceType": "CareTeam", "status": "active", **more}


def entry(method: str, url: str, resource: Json | None = None, full_url: str = "", **request: str) -> Json:
    told: Json = {"request": {"method": method, "url": url, **request}}
    if resource is not None:
        told["resource"] = resource
    return told | ({"fullUrl": full_url} if full_url else {})


def transaction(*entries: Json) -> Json:
    return {"resourceType": "Bundle", "type": "transaction", "entry": list(entries)}


def connected(base: str) -> httpx.Client:
    """A client of this server. Nothing here is encrypted, and loading certificates takes 50 ms a client."""
    return httpx.Client(base_url=base, timeout=60, verify=False)


def put(client: httpx.Client, *resources: Json) -> None:
    """Each under its own id, in this order."""
    for resource in resources:
        client.put(f"/{resource['resourceType']}/{resource['id']}", json=resource).raise_for_status()


def ids(bundle: Json, mode: str = "match") -> list[str]:
    return [one["resource"]["id"] for one in bundle.get("entry", []) if one["search"]["mode"] == mode]


def found(client: httpx.Client, search: str) -> list[str]:
    """The ids of the matches, in order."""
    answer = client.get(f"/{search}")
    assert answer.status_code == 200, answer.text
    return ids(answer.json())


def told(answer: httpx.Response) -> str:
    """Status and issue codes of an OperationOutcome, as in `412 conflict`."""
    outcome = answer.json()
    assert outcome["resourceType"] == "OperationOutcome"
    return f"{answer.status_code} {' '.join(issue['code'] for issue in outcome['issue'])}"
