"""`POST /v1/patients/merge`: a reserve number becomes a *personnummer*, and back (SDV 4.6.1, PI-4)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from mappings.problem import Json
from tests.benchmarks.people import SOURCE
from tests.doors.conftest import Region, found, patient, physician, pushed, single

PAYING = {"memberships": [{"kind": "selfPaying"}]}
_reserves = iter(range(10, 99))


def reserve() -> Json:
    return {"kind": "reservidentitet", "value": f"982403{next(_reserves)}AA06"}


def number_of(number: str) -> Json:
    return {"kind": "personnummer", "value": number}


def merge(number: str, left: Json, stays: Json, version: int = 1) -> Json:
    return {"source": SOURCE, "id": f"M-{number}", "version": version, "from": left, "to": stays}


def merged(region: Region, body: Json) -> Json:
    return pushed(region.cosmic, "patients/merge", body)


def on_server(region: Region, identity: Json) -> Json:
    system = {
        "personnummer": "http://electronichealth.se/identifier/personnummer",
        "reservidentitet": "http://electronichealth.se/identifier/nationelltReservnummer",
    }[identity["kind"]]
    told = httpx.post(f"{region.fhir}/Patient/_search", data={"identifier": f"{system}|{identity['value']}"}).json()
    return next(
        one["resource"] for one in told["entry"] if one["resource"]["identifier"][0].get("value") == identity["value"]
    )


def test_PI_4_all_that_the_reserve_number_has_moves_to_the_personnummer_in_one_commit(
    region: Region, number: str
) -> None:
    left, stays = reserve(), number_of("201412062380")
    arrived = {"identity": left, "name": {"given": ["Ny"], "family": "Anländ"}, **PAYING}
    pushed(region.cosmic, "bookings", single(f"{number}-A", patient=arrived))
    pushed(region.cosmic, "bookings", single(f"{number}-B", patient={"identity": stays}))
    receipt = merged(region, merge(number, left, stays))
    assert (receipt["kind"], receipt["state"]) == ("patient-merge", "delivered")

    for asked in ({"identity": left}, {"identity": stays}):
        items = found(region.nurse, "bookings", asked)
        assert {one["number"] for one in items} == {f"{number}-A", f"{number}-B"}
        assert {one["patient"]["identity"]["value"] for one in items} == {stays["value"]}
    gone, hers = on_server(region, left), on_server(region, stays)
    assert (gone["active"], "name" in gone) == (False, False)
    assert gone["link"] == [{"other": {"reference": f"Patient/{hers['id']}"}, "type": "replaced-by"}]
    assert [one["family"] for one in hers["name"]] == ["Anländ"]
    assert left["value"] in [one["value"] for one in hers["identifier"]]


def test_what_ties_a_booking_to_others_of_the_patient_moves_along(region: Region, number: str) -> None:
    """BO-26 looks at the patient's other new visits of the day."""
    left, stays = reserve(), number_of("198112189876")
    pushed(region.cosmic, "bookings", _new_visit(f"{number}-A", "08", {"identity": left, **PAYING}))
    merged(region, merge(number, left, stays))
    later = pushed(region.cosmic, "bookings", _new_visit(f"{number}-B", "10", {"identity": stays}))
    assert "BO-26" in [one["rule"] for one in later["warnings"]]


def _new_visit(number: str, hour: str, patient: Json) -> Json:
    message = single(number, patient=patient, noMedicalConnection=True)
    message["lines"][0] |= {"careService": "mottagningsbesok-lakare", "start": f"2026-12-01T{hour}:00:00+01:00"}
    return message


def test_a_later_message_that_uses_the_old_identity_is_filed_with_the_new(region: Region, number: str) -> None:
    left, stays = reserve(), number_of("190910199827")
    first = single(f"{number}-A", patient={"identity": left, **PAYING})
    pushed(region.cosmic, "bookings", first)
    merged(region, merge(number, left, stays))
    second = single(f"{number}-C", patient={"identity": left, **PAYING})
    pushed(region.cosmic, "bookings", second)
    assert {one["number"] for one in found(region.nurse, "bookings", {"identity": stays})} == {
        f"{number}-A",
        f"{number}-C",
    }
    again = region.cosmic.post("/v1/bookings", json=first)
    assert again.status_code in (200, 202), "the same version with the same content, as sent"


def test_undone_what_was_moved_goes_back_and_what_came_since_stays(region: Region, number: str) -> None:
    left, stays = reserve(), number_of("191006089807")
    pushed(region.cosmic, "bookings", single(f"{number}-A", patient={"identity": left, **PAYING}))
    pushed(region.pasis, "named-contacts", _nurse_contact(f"{number}-N", stays))
    merged(region, merge(number, left, stays))
    pushed(region.cosmic, "bookings", single(f"{number}-B", patient={"identity": stays}))
    undoing = {"source": SOURCE, "id": f"M-{number}", "version": 2}
    pushed(region.cosmic, "patients/unmerge", undoing)

    assert [one["number"] for one in found(region.nurse, "bookings", {"identity": left})] == [f"{number}-A"]
    assert [one["number"] for one in found(region.nurse, "bookings", {"identity": stays})] == [f"{number}-B"]
    back, hers = on_server(region, left), on_server(region, stays)
    assert not {"link", "active"} & back.keys()
    assert [one["value"] for one in hers["identifier"]] == [stays["value"]]
    assert region.cosmic.post("/v1/patients/unmerge", json=undoing).status_code in (200, 202)
    assert region.cosmic.post("/v1/patients/unmerge", json=undoing | {"version": 3}).status_code == 422


def _nurse_contact(identifier: str, identity: Json) -> Json:
    return {
        "source": "SE2321000115-PASIS",
        "id": identifier,
        "changedAt": "2026-11-20T09:30:00+01:00",
        "patient": {"identity": identity},
        "kind": "other",
        "status": "active",
        "role": "KSSK",
        "about": "Frågor om behandlingen",
        "start": "2026-01-01",
        "person": {
            "name": {"given": ["Kerstin"], "family": "Kontakt"},
            "contactWays": [{"way": "phone", "value": "040-1"}],
        },
        "unit": {"hsaId": "SE2321000115-E000000000201"},
    }


def test_FK_2_two_who_both_have_a_physician_are_not_merged_and_are_told_what_to_do(region: Region, number: str) -> None:
    left, stays = reserve(), number_of("189102279800")
    pushed(region.cosmic, "named-contacts", physician(f"{number}-1", {"identity": left}))
    pushed(region.cosmic, "named-contacts", physician(f"{number}-2", {"identity": stays}))
    answer = region.cosmic.post("/v1/patients/merge", json=merge(number, left, stays))
    assert answer.status_code == 422
    assert [(one["rule"], one["path"]) for one in answer.json()["problems"]] == [("FK-2", "/from")]
    assert [one["id"] for one in found(region.nurse, "named-contacts", {"identity": left})] == [f"{number}-1"]

    ended = physician(f"{number}-1", {"identity": left}, 2, status="ended", end="2026-01-01")
    later = physician(f"{number}-2", {"identity": stays}, 2, start="2026-01-02")
    for contact in (ended, later):
        pushed(region.cosmic, "named-contacts", contact)
    merged(region, merge(number, left, stays))
    both = found(region.nurse, "named-contacts", {"identity": stays})
    assert {one["id"] for one in both} == {f"{number}-1", f"{number}-2"}
    third = region.cosmic.post("/v1/named-contacts", json=physician(f"{number}-3", {"identity": left}))
    assert [one["rule"] for one in third.json()["problems"]] == ["FK-2"]


def test_PI_1_whoever_is_merged_with_a_protected_patient_is_protected(region: Region, number: str) -> None:
    left, stays = reserve(), number_of("189912299816")
    told: Json = {"identity": left, "name": {"text": "Röjd Person"}, **PAYING}
    pushed(region.cosmic, "bookings", single(f"{number}-A", patient=told))
    pushed(region.pasis, "patients", _marked(number, stays))
    merged(region, merge(number, left, stays))
    items = found(region.nurse, "bookings", {"identity": stays})
    assert [one["patient"].keys() for one in items] == [{"identity", "protection"}]
    assert "Röjd" not in str(on_server(region, stays)) + str(on_server(region, left))


def _marked(number: str, identity: Json) -> Json:
    return {
        "source": "SE2321000115-PASIS",
        "id": f"P-{number}",
        "changedAt": "2026-11-20T08:00:00+01:00",
        "patient": {"identity": identity, "protection": {"kind": "sekretessmarkering"}},
    }


A, B = number_of("198112189876"), {"kind": "reservidentitet", "value": "98240301AA06"}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (merge("x", A, A), [("ID-1", "/to")]),
        (merge("x", A, B), [("ID-8", "/to/kind")]),
        (merge("x", {"kind": "reservnummer", "value": "R1"}, A), [("ID-1", "/from/kind")]),
        (merge("x", {"kind": "reservidentitet", "value": "98240301AA99"}, A), [("IN-15", "/from")]),
        ({"source": SOURCE, "id": "x", "version": 1}, [("IN-8", "/from"), ("IN-8", "/to")]),
        (merge("x", B, A) | {"version": -1}, [("IN-9", "/version")]),
        (merge("x", B, A) | {"id": "a/b"}, [("IN-9", "/id")]),
    ],
)
def test_a_merge_that_says_nothing_lawful_is_refused(region: Region, body: Json, told: list[Any]) -> None:
    answer = region.cosmic.post("/v1/patients/merge", json=body)
    assert answer.status_code == 422
    assert [(one["rule"], one["path"]) for one in answer.json()["problems"]] == told


def test_only_who_may_write_for_the_source_merges(region: Region, number: str) -> None:
    body = merge(number, B, A)
    assert region.pasis.post("/v1/patients/merge", json=body).status_code == 403
    assert region.portal.post("/v1/patients/merge", json=body).status_code == 403
    assert patient("198112189876")["identity"] == A
