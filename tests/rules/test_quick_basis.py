"""What a quick basis is for (BO-2)."""

from __future__ import annotations

import pytest

from mappings.problem import Json
from tests.rules.messages import GONE, booking, changed, judging, lawful, refusals, team, waiting


def quick(message: Json) -> Json:
    for name in {"medicalPriority", "team", "number"} & set(message["basis"]):
        message = changed(message, f"/basis/{name}", GONE)
    return changed(message, "/basis/kind", "quick")


def test_BO_2_a_quick_basis_serves_one_single_contact() -> None:
    assert lawful(quick(booking()))
    assert refusals(quick(team())) == [("BO-2", "/form")]


@pytest.mark.parametrize(
    ("pointer", "value"),
    [("/basis/medicalPriority", "low"), ("/basis/team", "Team 1"), ("/basis/shortNotice", True)],
)
def test_BO_2_a_quick_basis_has_no_priority_no_team_and_no_short_notice(pointer: str, value: object) -> None:
    assert refusals(changed(quick(booking()), pointer, value)) == [("BO-2", pointer)]
    assert lawful(changed(booking(), pointer, value))


def test_BO_2_a_quick_basis_has_no_series() -> None:
    series = {"series": {"id": "S-1", "interval": "P14D"}}
    assert ("BO-2", "/series") in [(one.rule, one.path) for one in judging(quick(booking()) | series).problems]
    assert "BO-2" not in [one.rule for one in judging(booking() | series).problems]


def test_BO_2_a_quick_basis_is_not_put_on_the_waiting_list_unbooked() -> None:
    assert refusals(quick(waiting())) == [("BO-2", "/status")]
