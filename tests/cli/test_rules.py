"""Every rule with its state."""

from __future__ import annotations

from adapter.validation import RULES as VALIDATION
from mappings.region.form import FORMS
from mappings.rules import State
from mappings.rules import rules as of_the_sources

from .conftest import Vardbro


def test_all_rules_are_listed_the_sources_first_and_our_own_last(vardbro: Vardbro) -> None:
    ids = [one["id"] for one in vardbro("rules", "--json").json]
    assert ids == [one.id for one in of_the_sources()] + [*FORMS] + [one.id for one in VALIDATION]
    assert len(set(ids)) == len(ids)


def test_each_says_what_it_is(vardbro: Vardbro) -> None:
    for one in vardbro("rules", "--json").json:
        assert set(one) == {"id", "state", "severity", "sv", "en", "source"}
        assert one["state"] in set(State)
        assert set(one["severity"]) <= set("EWDV")
        assert all(one[name] for name in ("sv", "en", "source"))


def test_a_rule_is_found_by_its_id_however_it_is_written(vardbro: Vardbro) -> None:
    assert [one["id"] for one in vardbro("rules", "te-3", "IN-5", "--json").json] == ["TE-3", "IN-5"]


def test_rules_are_found_by_state(vardbro: Vardbro) -> None:
    for asked, state in (("kept", "kept"), ("not-yet", "not yet"), ("not-a-check", "not a check")):
        assert {one["state"] for one in vardbro("rules", "--state", asked, "--json").json} == {state}


def test_an_unknown_id_is_wrong_usage(vardbro: Vardbro) -> None:
    ended = vardbro("rules", "TE-3", "XX-1")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == "vardbro: there is no rule XX-1: vardbro rules lists them all\n"


def test_people_read_both_languages_and_the_source(vardbro: Vardbro) -> None:
    said = vardbro("rules", "TE-3").out
    assert said.startswith("TE-3   kept")
    assert "one owner" in said
    assert "en ägare" in said
    assert "COSMIC: Teambesök" in said
    assert said.endswith("1 kept\n")


def test_the_rules_of_1177_direkt_are_told_as_their_table(vardbro: Vardbro) -> None:
    rows = vardbro("rules", "dk", "--json").json
    assert {row["section"] for row in rows} == {"3.1.1", "3.1.2", "3.1.3", "3.1.4"}
    [nothing] = [
        row for row in rows if row["registers"] is None and not row["follows"] and not row["when"]["visitor"][0]
    ]
    assert (nothing["who"], nothing["actions"], nothing["closes"]) == ("first", [None], False)
    treatment = next(row for row in rows if row["section"] == "3.1.4")
    assert treatment | {"when": None} == {
        "section": "3.1.4",
        "follows": [],
        "sv": "Läkare eller annan hälso- och sjukvårdspersonal via 1177 direkt (åtgärd/behandling)",
        "en": "Physician or other care staff in 1177 direkt (action or treatment)",
        "when": None,
        "who": "first",
        "actions": ["treatment"],
        "replacesVisit": True,
        "registers": {
            "contactType": "Distanskontakt realtid bild/ljud/chatt",
            "byTelephone": "Telefonsamtal som ersätter besök",
            "direct": True,
            "diagnosis": "required",
            "kva": "whenRelevant",
            "note": True,
        },
        "closes": True,
    }


def test_people_read_the_table_with_its_sections(vardbro: Vardbro) -> None:
    said = vardbro("rules", "DK").out
    assert said.count("DIREKT 3.1.2  ") == 4
    assert "DIREKT 3.1.3, by DK-5  " in said
    assert "Läkare via 1177 direkt (receptförnyelse)" in said
    assert said.endswith("Telefonsamtal som ersätter besök, in place of Distanskontakt realtid bild/ljud/chatt\n")


def test_one_rule_of_1177_direkt_is_told_as_any_other(vardbro: Vardbro) -> None:
    assert [one["id"] for one in vardbro("rules", "DK-3", "--json").json] == ["DK-3"]
    assert vardbro("rules", "DK", "TE-3").code == 2
