"""References are keys inside, and what the server wants outside (Decided 3)."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from adapter.server.ids import Ids
from adapter.server.references import literal, rendered, resolved
from mappings.problem import Json
from mappings.shape.key import Key

IDS = Ids("region", b"k" * 32)
PATIENT = Key("Patient", "http://electronichealth.se/identifier/personnummer", "191212121212")
ROLE = Key("PractitionerRole", "urn:oid:1.2.752.29.4.19", "SE2321000115-P0001|åäö")
TO = literal(IDS)

LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
REFERENCES = st.sampled_from([PATIENT, ROLE]).map(lambda key: {"reference": key.text, "display": "x"})
NAMES = st.sampled_from(["extension", "actor", "reference", "valueReference", "contained"])
NODES: st.SearchStrategy[Any] = st.recursive(
    LEAVES | REFERENCES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3)
)


def key_of(kind: str, resource_id: str) -> Key | None:
    return next((key for key in (PATIENT, ROLE) if (key.kind, IDS.of(key)) == (kind, resource_id)), None)


def test_a_key_becomes_type_and_id_wherever_it_stands() -> None:
    nested = {"url": "u", "valueReference": {"reference": PATIENT.text}}
    resource = {
        "resourceType": "CareTeam",
        "subject": {
            "reference": PATIENT.text,
            "display": "Tolvan",
            "identifier": {"assigner": {"reference": ROLE.text}},
        },
        "contained": [{"resourceType": "Basic", "extension": [{"url": "v", "extension": [nested]}]}],
    }
    patient, role = f"Patient/{IDS.of(PATIENT)}", f"PractitionerRole/{IDS.of(ROLE)}"

    assert rendered(resource, TO) == {
        "resourceType": "CareTeam",
        "subject": {"reference": patient, "display": "Tolvan", "identifier": {"assigner": {"reference": role}}},
        "contained": [
            {
                "resourceType": "Basic",
                "extension": [{"url": "v", "extension": [{**nested, "valueReference": {"reference": patient}}]}],
            }
        ],
    }


def test_what_is_said_instead_of_a_reference_takes_its_place() -> None:
    identifier = {"system": PATIENT.system, "value": PATIENT.value}

    out = rendered({"subject": {"reference": PATIENT.text, "display": "T"}}, lambda _: {"identifier": identifier})

    assert out == {"subject": {"display": "T", "identifier": identifier}}


def test_a_resource_without_a_key_is_handed_back_itself() -> None:
    resource: Json = {"reference": "Patient/1", "a": [{"reference": "#x"}, {"reference": 7}, [None]]}

    assert rendered(resource, TO) is resource
    assert resolved(resource, lambda *_: None) is resource


@given(st.dictionaries(NAMES, NODES, max_size=4))
def test_nothing_is_changed_in_place_and_what_was_rendered_resolves_to_what_it_was(resource: Json) -> None:
    before = copy.deepcopy(resource)

    out = rendered(resource, TO)

    assert resource == before
    assert resolved(out, key_of) == before
    assert PATIENT.text not in str(out)


def test_absolute_and_versioned_references_to_what_is_known_become_keys() -> None:
    bases = ("http://server/fhir", "http://alias/fhir/")
    literal_text = f"Patient/{IDS.of(PATIENT)}"
    known = [
        literal_text,
        f"{literal_text}/_history/3",
        f"http://server/fhir/{literal_text}",
        f"http://alias/fhir/{literal_text}/_history/abc-1",
    ]

    out = resolved({"all": [{"reference": text} for text in known]}, key_of, bases)

    assert out == {"all": [{"reference": PATIENT.text}] * 4}


def test_a_reference_to_what_is_unknown_or_elsewhere_stays() -> None:
    here = f"Patient/{IDS.of(PATIENT)}"
    others = [
        f"http://other/fhir/{here}",
        f"http://server/fhirx/{here}",
        f"{here}/_history/",
        f"{here}?x=1",
        f"x{here}",
        "#contained",
        "urn:uuid:0f0e6b2a-0000-8000-8000-000000000000",
        "Patient/unknown",
        f"Practitioner/{IDS.of(PATIENT)}",
        "",
    ]
    resource = {"all": [{"reference": text} for text in others]}

    assert resolved(resource, key_of, ("http://server/fhir",)) is resource
