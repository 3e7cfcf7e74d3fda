"""Decided 10 and 22 from end to end: what a marking hides, for whom, where and when (PI-1)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapter.keys import DEMO_SECRET, Keys
from adapter.sandbox import running_sandbox
from adapter.server.ids import Ids
from mappings.problem import Json
from mappings.region.people import Identity
from mappings.resources.keys import patient_key
from tests.attacks.material import COSMIC, PASIS, columns, pasis
from tests.doors.conftest import Region, found, physician, pushed, single, starting

NUMBER = "191212121212"
IDENTITY = {"kind": "personnummer", "value": NUMBER}
ADDRESS = {"kind": "home", "street": "Gömställevägen 7", "postalCode": "302 91", "town": "Undanbo"}
KNOWN: Json = {
    "identity": IDENTITY,
    "identities": [{"kind": "reservidentitet", "value": "19121212R7K2"}],
    "name": {"given": ["Skyddsina"], "family": "Hemlindgren"},
    "phones": [{"kind": "mobile", "value": "070-174 99 01"}],
    "addresses": [ADDRESS],
    "regionOfRegistration": "01",
}
MARKED: Json = {"identity": IDENTITY, "protection": {"kind": "sekretessmarkering"}}
UNMARKED: Json = {"identity": IDENTITY, "name": {"given": ["Skyddsina"], "family": "Nyhemdotter"}}
UNIT = {"hsaId": "SE2321000115-E000000000120"}
"""Where she is listed; the catalogue knows its address and phones."""

GIVES_AWAY = ("Skyddsina", "Hemlindgren", "070-174 99 01", "Gömställevägen", "302 91", "Undanbo", "19121212R7K2")
LISTED_AT = ("Nyhemsgatan", "302 49", "035-12 35 00", "035-12 35 01")
DROPPED = {f"/patient/{name}" for name in ("identities", "name", "phones", "addresses", "regionOfRegistration")}
READERS = ("cosmic", "pasis", "nurse", "portal", "tolvan", "operator")


class World:
    """A FHIR server of its own, and the gateway in front of it, which can be stopped and started."""

    def __init__(self, folder: Path, fhir: str) -> None:
        self.folder, self.fhir = folder, fhir

    @contextmanager
    def gateway(self, **settings: Any) -> Iterator[Region]:
        with starting(self.folder, self.fhir, **settings) as base:
            region = Region(base, self.fhir)
            try:
                yield region
            finally:
                region.close()

    @property
    def patient(self) -> str:
        """Where the Patient is on the FHIR server."""
        key = patient_key(Identity.model_validate(IDENTITY))
        return f"{self.fhir}/Patient/{Ids('exempel', Keys(DEMO_SECRET).of('ids')).of(key)}"

    def history(self) -> list[Json]:
        """Every version of the Patient that the server ever held, newest first."""
        return [entry["resource"] for entry in httpx.get(f"{self.patient}/_history").json()["entry"]]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with running_sandbox() as fhir:
        yield World(tmp_path, fhir)


def _answers(region: Region) -> dict[str, str]:
    """All that every caller is told of her at /v1, by caller and door."""
    told: dict[str, str] = {}
    for caller in READERS:
        client: httpx.Client = getattr(region, caller)
        for door in ("bookings", "named-contacts"):
            body = {} if caller == "tolvan" else {"patient": IDENTITY}
            told[f"{caller} {door} search"] = client.post(f"/v1/{door}/search", json=body).text
        for path in (f"bookings/{COSMIC}/C-1", f"bookings/{PASIS}/P-1", f"named-contacts/{COSMIC}/F-1"):
            told[f"{caller} {path}"] = client.get(f"/v1/{path}").text
    return told


def _gives_away(told: dict[str, str], secrets: tuple[str, ...] = GIVES_AWAY + LISTED_AT) -> list[str]:
    return [f"{where}: {secret}" for where, text in told.items() for secret in secrets if secret in text]


def _stored(folder: Path, *, but: tuple[str, ...] = ()) -> list[str]:
    """Where the ledger holds what gives her away."""
    return sorted(
        {
            f"{table}.{column}"
            for table, column, value in columns(folder)
            if f"{table}.{column}" not in but and any(secret.encode() in value for secret in GIVES_AWAY)
        }
    )


def _known_by_cosmic(region: Region) -> None:
    pushed(region.cosmic, "bookings", single("C-1", patient=KNOWN))
    pushed(region.cosmic, "named-contacts", physician("F-1", KNOWN, unit=UNIT))


def test_what_is_asserted_here_can_fail(world: World) -> None:
    with world.gateway() as region:
        _known_by_cosmic(region)
        given_away = " ".join(_gives_away(_answers(region)))
        assert all(secret in given_away for secret in GIVES_AWAY + LISTED_AT)
        assert {"aggregate.state_body", "patient_word.word_body", "resource.said_body"} == set(_stored(world.folder))


def test_PI_1_a_marking_hides_at_once_in_every_answer_before_the_server_knows(world: World) -> None:
    with world.gateway() as region:
        _known_by_cosmic(region)
    with world.gateway(deliver=False) as region:
        taken = region.pasis.post("/v1/bookings", json=pasis("P-1", 0, MARKED))
        assert taken.status_code == 202, taken.text
        assert _gives_away(_answers(region)) == []
        for caller in ("nurse", "portal", "operator"):
            items = found(getattr(region, caller), "bookings", MARKED)
            assert [item["patient"] for item in items if item["number"] == "C-1"] == [
                {"identity": IDENTITY, "protection": {"kind": "sekretessmarkering"}}
                | ({} if caller == "portal" else {"protection": {"kind": "sekretessmarkering", "setBy": "register"}})
            ]
        # What the server still holds is kept for the merge that takes it away there.
        assert _stored(world.folder, but=("resource.said_body",)) == []


def test_PI_1_the_next_delivery_takes_it_away_on_the_server_and_in_the_ledger(world: World) -> None:
    with world.gateway() as region:
        _known_by_cosmic(region)
        assert httpx.get(world.patient).json()["telecom"]
        pushed(region.pasis, "bookings", pasis("P-1", 0, MARKED))
        patient = httpx.get(world.patient).json()
        assert [name["text"] for name in patient["name"]] == ["Sekretessmarkering"]
        assert {"telecom", "address", "extension"} & patient.keys() <= {"extension"}
        assert _gives_away({"Patient": httpx.get(world.patient).text}, GIVES_AWAY) == []
        assert {"DEMO", "sekretessmarkering"} <= {label["code"] for label in patient["meta"]["security"]}
        assert _gives_away(_answers(region)) == []
        assert _stored(world.folder) == []
        through = {path: region.nurse.get(f"/fhir/{path}").text for path in (f"Patient/{patient['id']}", "Patient")}
        assert _gives_away(through, GIVES_AWAY) == []


def test_PI_1_what_waits_when_the_marking_comes_never_reaches_the_server(world: World) -> None:
    with world.gateway(deliver=False) as region:
        assert region.cosmic.post("/v1/bookings", json=single("C-1", patient=KNOWN)).status_code == 202
        assert region.cosmic.post("/v1/named-contacts", json=physician("F-1", KNOWN)).status_code == 202
        assert "parcel_body.body_body" in _stored(world.folder)
        assert region.pasis.post("/v1/bookings", json=pasis("P-1", 0, MARKED)).status_code == 202
        assert _stored(world.folder) == []
    with world.gateway() as region:
        pushed(region.pasis, "bookings", pasis("P-2", 1, MARKED))
        pushed(region.cosmic, "bookings", single("C-1", 2, patient=MARKED))
        assert _gives_away({"history": str(world.history())}, GIVES_AWAY) == []
        assert _gives_away(_answers(region)) == []


def test_PI_1_versions_of_the_patient_from_before_are_not_read_through_the_gateway(world: World) -> None:
    with world.gateway() as region:
        _known_by_cosmic(region)
        pushed(region.pasis, "bookings", pasis("P-1", 0, MARKED))
        assert _gives_away({"history": str(world.history())}, GIVES_AWAY), "the server itself remembers"
        path = world.patient.removeprefix(world.fhir)
        for old in (f"{path}/_history/1", f"{path}/_history", f"{path}/_history/1?_format=json"):
            answer = region.nurse.get(f"/fhir{old}")
            assert answer.status_code == 404, old
            assert _gives_away({old: answer.text}, GIVES_AWAY) == []


def test_a_message_without_the_marking_is_taken_in_and_loses_what_gives_away(world: World) -> None:
    with world.gateway() as region:
        _known_by_cosmic(region)
        pushed(region.pasis, "bookings", pasis("P-1", 0, MARKED))
        receipt = pushed(region.cosmic, "bookings", single("C-1", 2, patient=KNOWN))
        derived = {one["path"] for one in receipt["derived"] if one["rule"] == "PI-1"}
        assert derived == DROPPED | {"/patient/protection"}
        contact = pushed(region.cosmic, "named-contacts", physician("F-1", KNOWN, 2, unit=UNIT))
        assert derived <= {one["path"] for one in contact["derived"] if one["rule"] == "PI-1"}
        assert _gives_away(_answers(region)) == []
        assert _stored(world.folder) == []
        assert _gives_away({"Patient": httpx.get(world.patient).text}, GIVES_AWAY) == []


def test_a_marking_holds_while_any_source_says_so_and_goes_when_the_last_takes_it_back(world: World) -> None:
    with world.gateway() as region:
        _known_by_cosmic(region)
        pushed(region.pasis, "bookings", pasis("P-1", 0, MARKED))
        pushed(region.cosmic, "bookings", single("C-1", 2, patient=KNOWN))
        pushed(region.cosmic, "named-contacts", physician("F-1", MARKED, 2, unit=UNIT))
        pushed(region.pasis, "bookings", pasis("P-1", 1, UNMARKED))
        assert _gives_away(_answers(region), (*GIVES_AWAY, "Nyhemdotter", *LISTED_AT)) == [], "COSMIC still marks her"
        pushed(region.cosmic, "named-contacts", physician("F-1", UNMARKED, 3, unit=UNIT))
        assert "protection" not in found(region.nurse, "bookings", UNMARKED)[0]["patient"]


def test_a_step_says_nothing_of_the_marking(world: World) -> None:
    """It is built on the last accepted state, in which the other source's marking stands."""
    with world.gateway() as region:
        _known_by_cosmic(region)
        pushed(region.pasis, "bookings", pasis("P-1", 0, MARKED))
        step = {"version": 2, "reason": "enheten-avbokar", "at": "2026-11-20T09:00:00+01:00"}
        assert region.cosmic.post(f"/v1/bookings/{COSMIC}/C-1/cancel", json=step).status_code == 202
        back = {"changedAt": "2026-11-20T09:05:00+01:00", "reason": "ENH", "at": "2026-11-20T09:05:00+01:00"}
        pushed(region.pasis, "bookings", pasis("P-1", 1, UNMARKED))
        answer = region.pasis.post(f"/v1/bookings/{PASIS}/P-1/cancel", json=back, headers={"Prefer": "wait=20"})
        assert answer.status_code == 200, answer.text
        items = found(region.nurse, "bookings", UNMARKED)
        assert {(item["number"], item["status"]) for item in items} == {("C-1", "cancelled"), ("P-1", "cancelled")}
        assert [item["patient"] for item in items] == [UNMARKED, UNMARKED]


def test_what_a_marking_took_comes_back_only_from_new_messages(world: World) -> None:
    with world.gateway() as region:
        _known_by_cosmic(region)
        pushed(region.pasis, "bookings", pasis("P-1", 0, MARKED))
        pushed(region.cosmic, "bookings", single("C-1", 2, patient=KNOWN))
        pushed(region.pasis, "bookings", pasis("P-1", 1, UNMARKED))
        told = _answers(region)
        assert _gives_away(told, tuple(one for one in GIVES_AWAY if one != "Skyddsina")) == []
        assert "Nyhemdotter" in told["nurse bookings search"]
        assert [where for where, text in told.items() if '"protection"' in text] == []
        patient = httpx.get(world.patient).json()
        assert [name.get("family") for name in patient["name"]] == ["Nyhemdotter"]
        assert not patient.get("meta", {}).get("security")
        pushed(region.cosmic, "bookings", single("C-1", 3, patient=KNOWN))
        assert "Hemlindgren" in _answers(region)["nurse bookings search"]
        assert httpx.get(world.patient).json()["telecom"][0]["value"] == "070-174 99 01"


def test_PI_2_a_marking_by_hand_protects_as_much(world: World) -> None:
    by_hand = MARKED | {"protection": {"kind": "skyddadFolkbokforing", "setBy": "hand"}}
    with world.gateway() as region:
        _known_by_cosmic(region)
        pushed(region.pasis, "named-contacts", _other("K-1", by_hand))
        assert _gives_away(_answers(region)) == []
        assert _stored(world.folder) == []


def _other(number: str, patient: Json) -> Json:
    """A contact nurse, in PASIS."""
    return {
        "source": PASIS,
        "id": number,
        "changedAt": "2026-11-20T09:30:00+01:00",
        "patient": patient,
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


def test_what_others_write_on_the_server_shows_no_more_than_the_last_message_allows(world: World) -> None:
    """Decided 10: an annulled booking and an ended contact stay so, whatever is written there afterwards."""
    with world.gateway() as region:
        _known_by_cosmic(region)
        pushed(region.cosmic, "bookings", single("C-1", 2, patient=KNOWN, status="annulled"))
        ended = physician("F-1", KNOWN, 2, unit=UNIT, status="ended", end="2026-01-02")
        pushed(region.cosmic, "named-contacts", ended)
        for kind in ("Appointment", "CareTeam"):
            for entry in httpx.get(f"{world.fhir}/{kind}").json()["entry"]:
                resource = entry["resource"]
                versions = httpx.get(f"{world.fhir}/{kind}/{resource['id']}/_history/1").json()
                mended = versions | {
                    "extension": [
                        {**one, "valueString": "9"} if one["url"].endswith("version") else one
                        for one in versions["extension"]
                    ]
                }
                assert httpx.put(f"{world.fhir}/{kind}/{resource['id']}", json=mended).status_code == 200
        for caller in ("portal", "tolvan"):
            body = {} if caller == "tolvan" else {"patient": IDENTITY}
            for door in ("bookings", "named-contacts"):
                assert getattr(region, caller).post(f"/v1/{door}/search", json=body).json()["items"] == []
        assert found(region.nurse, "bookings", KNOWN)[0]["status"] == "booked"
