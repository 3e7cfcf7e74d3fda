"""A message's resources as one Bundle, and back."""

from __future__ import annotations

import json
from typing import Any

from adapter.server.bundle import collection, opened
from adapter.server.ids import Ids
from adapter.server.references import literal, rendered
from mappings.shape.filled import Filled
from mappings.shape.key import Key

from .corpus import IDS, accepted

PATIENT = Key("Patient", "http://electronichealth.se/identifier/personnummer", "191212121212")
VISIT = Key("Appointment", "https://vardbro.example/fhir/sid/booking/A", "1")
EVENT = Key("Encounter", "https://vardbro.example/fhir/sid/care-event/A", "1")


def filled(key: Key, **content: Any) -> Filled:
    identifier = [{"system": key.system, "value": key.value}]
    return Filled("a.node", key, {"resourceType": key.kind, "identifier": identifier, **content}, owned=True)


TWO = (filled(EVENT, subject={"reference": PATIENT.text}, appointment=[{"reference": VISIT.text}]), filled(PATIENT))


def test_each_resource_stands_under_the_urn_of_its_derived_id() -> None:
    bundle = collection(TWO, IDS)
    assert bundle["type"] == "collection"
    assert [entry["fullUrl"] for entry in bundle["entry"]] == [f"urn:uuid:{IDS.of(key)}" for key in (EVENT, PATIENT)]
    assert [entry["resource"]["id"] for entry in bundle["entry"]] == [IDS.of(key) for key in (EVENT, PATIENT)]


def test_what_is_in_the_bundle_is_referred_to_by_urn_and_what_is_not_by_identifier() -> None:
    event = collection(TWO, IDS)["entry"][0]["resource"]
    assert event["subject"] == {"reference": f"urn:uuid:{IDS.of(PATIENT)}"}
    named = {"system": VISIT.system, "value": VISIT.value}
    assert event["appointment"] == [{"type": "Appointment", "identifier": named}]


def test_opened_again_every_resource_has_its_key_and_its_references_are_keys() -> None:
    resources = opened(json.loads(json.dumps(collection(TWO, IDS))))
    assert list(resources) == [EVENT, PATIENT]
    assert resources[EVENT]["subject"] == {"reference": PATIENT.text}
    assert resources[EVENT]["appointment"] == [{"reference": VISIT.text}]


def test_every_message_comes_back_from_its_bundle_as_it_was_filled() -> None:
    """But for who is answerable, whom R4 gives no identifier and nothing reads."""
    for taken in accepted():
        resources = opened(collection(taken.filled, IDS))
        said = [one for one in taken.filled if one.key.kind != "Provenance"]
        assert resources == {one.key: one.resource | {"id": IDS.of(one.key)} for one in said}


def test_another_regions_bundle_opens_to_the_same_keys() -> None:
    theirs = collection(TWO, Ids("another", bytes(32)))
    assert opened(theirs).keys() == opened(collection(TWO, IDS)).keys()


def test_a_searchset_with_relative_references_opens_too() -> None:
    entries = [{"resource": rendered(one.resource, literal(IDS)) | {"id": IDS.of(one.key)}} for one in TWO]
    resources = opened({"resourceType": "Bundle", "type": "searchset", "entry": entries})
    assert resources[EVENT]["subject"] == {"reference": PATIENT.text}


def test_a_resource_without_a_business_identifier_is_left_out() -> None:
    entry = {"fullUrl": "urn:uuid:1", "resource": {"resourceType": "Patient", "id": "1"}}
    assert opened({"resourceType": "Bundle", "type": "collection", "entry": [entry]}) == {}
