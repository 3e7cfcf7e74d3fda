"""What is taken from a server's complaint holds nothing of the patient."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from adapter.server.answer import Answer
from adapter.server.issues import CODES, MOST, SEVERITIES, Issue, issues
from mappings.problem import Json

SQL = (
    "HAPI-0550: HAPI-0825: The operation has failed; ERROR: duplicate key (hash_identity, sp_value)=(12, 191212121212) "
    "[insert into HFJ_SPIDX_TOKEN ...] for Patient?identifier=http%3A%2F%2Fx%7C191212121212 HAPI-191212121212"
)


def outcome(*said: Any) -> Answer:
    return Answer(status=409, body={"resourceType": "OperationOutcome", "issue": list(said)})


def test_only_codes_and_places_are_taken() -> None:
    said: Json = {
        "severity": "error",
        "code": "conflict",
        "diagnostics": SQL,
        "details": {"text": "Tolvan Tolvansson"},
        "expression": [
            "Patient.identifier[0].value",
            "Patient.identifier.where(value = '191212121212')",
            "Bundle.entry[3].resource/*Patient/191212121212*/.name[0].family",
            "Tolvansson",
            "191212121212",
            "Patient.name['Tolvan']",
            7,
        ],
    }

    assert issues(outcome(said)) == (
        Issue(
            "error",
            "conflict",
            "HAPI-0550 HAPI-0825",
            ("Patient.identifier[0].value", "Bundle.entry[3].resource.name[0].family"),
        ),
    )


def test_the_status_that_helios_tells_in_words_is_taken() -> None:
    said = {
        "severity": "error",
        "code": "processing",
        "diagnostics": "Transaction failed at entry 3: Entry failed with status 412",
    }

    assert issues(outcome(said)) == (Issue("error", "processing", "entry-status-412"),)


def test_old_servers_say_the_place_in_location() -> None:
    said = {"severity": "fatal", "code": "required", "location": ["Appointment.participant[1].status"]}

    assert issues(outcome(said)) == (Issue("fatal", "required", "", ("Appointment.participant[1].status",)),)


def test_a_flood_of_issues_is_cut() -> None:
    assert len(issues(outcome(*[{"severity": "error", "code": "invalid"}] * 1000))) == MOST


def test_no_outcome_has_no_issues() -> None:
    assert issues(Answer(status=200)) == ()
    assert issues(Answer(status=200, body={"resourceType": "Patient", "issue": [{"severity": "error"}]})) == ()


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(["severity", "code", "diagnostics", "details", "expression", "location"])


@given(st.lists(JSON | st.dictionaries(NAMES, JSON), max_size=4) | JSON)
def test_whatever_a_server_says_gives_only_words_of_closed_tables(said: Any) -> None:
    for issue in issues(Answer(status=400, body={"resourceType": "OperationOutcome", "issue": said})):
        assert issue.severity in SEVERITIES
        assert issue.code in CODES
        assert issue.token == ""
        assert issue.expression == ()
