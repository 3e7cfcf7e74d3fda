"""Pages of a search: everything once, whatever comes and goes between them, and only for whoever searched."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.doors import paging
from adapter.doors.paging import BEGINNING, LIFETIME, Place, Searched, page, place_of, sealed, unsealed
from adapter.keys import Keys
from mappings.problem import Json
from tests.benchmarks.people import SOURCE
from tests.doors.conftest import Region, patient, physician, pushed, single, starting

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
KEYS, OTHERS = Keys(bytes(32)), Keys(bytes(31) + b"1")
THIS = Searched("portal", "booking", "9f86d0")
HERE: Place = ("2026-12-01T08:00:00+01:00", SOURCE, "4711-0142")

QUICK = settings(max_examples=200, deadline=None, database=None)
WORDS = st.text(max_size=12)
PLACES = st.tuples(WORDS, WORDS, WORDS)


@QUICK
@given(place=PLACES, searched=st.builds(Searched, WORDS, WORDS, WORDS), secret=st.binary(min_size=32, max_size=32))
def test_a_token_leads_back_to_its_place(place: Place, searched: Searched, secret: bytes) -> None:
    keys = Keys(secret)
    assert unsealed(keys, searched, sealed(keys, searched, place, NOW), NOW) == place


@QUICK
@given(token=st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_a_token_that_was_made_up_leads_nowhere(token: str) -> None:
    assert unsealed(KEYS, THIS, token, NOW) is None


@QUICK
@given(at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_a_token_that_was_changed_in_one_bit_leads_nowhere(at: int, bit: int) -> None:
    token = sealed(KEYS, THIS, HERE, NOW)
    raw = bytearray(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    raw[at % len(raw)] ^= 1 << bit
    assert unsealed(KEYS, THIS, base64.urlsafe_b64encode(raw).decode(), NOW) is None


@pytest.mark.parametrize(
    "other",
    [
        Searched("nurse", "booking", "9f86d0"),
        Searched("portal", "named-contact", "9f86d0"),
        Searched("portal", "booking", "9f86d1"),
        Searched("portalbooking", "", "9f86d0"),
    ],
)
def test_a_token_is_good_for_one_search_alone(other: Searched) -> None:
    assert unsealed(KEYS, other, sealed(KEYS, THIS, HERE, NOW), NOW) is None


def test_a_token_of_another_region_leads_nowhere_and_has_nothing_in_common_with_ours() -> None:
    theirs, ours = sealed(OTHERS, THIS, HERE, NOW), sealed(KEYS, THIS, HERE, NOW)
    assert unsealed(KEYS, THIS, theirs, NOW) is None
    assert theirs[:20] != ours[:20]
    assert theirs[-20:] != ours[-20:]


def test_a_token_is_good_for_a_while() -> None:
    token = sealed(KEYS, THIS, HERE, NOW)
    assert unsealed(KEYS, THIS, token, NOW + LIFETIME - timedelta(seconds=1)) == HERE
    assert unsealed(KEYS, THIS, token, NOW + LIFETIME) is None


def test_a_token_tells_nothing_to_whoever_knows_how_it_is_made_but_not_the_keys() -> None:
    token = sealed(KEYS, THIS, HERE, NOW)
    raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    unmasked = paging._masked(OTHERS, raw[:16], raw[16:])
    for word in (*HERE, THIS.about, "2026", "4711"):
        assert word not in token
        assert word.encode() not in raw + unmasked


# -- pages -----------------------------------------------------------------------------------------------------------


def _item(number: int, start: int) -> Json:
    return {"source": SOURCE, "number": f"B-{number}", "lines": [{"start": f"2026-12-{start + 1:02}T08:00:00+01:00"}]}


ITEMS = st.dictionaries(st.integers(0, 30), st.integers(0, 6), max_size=12).map(
    lambda drawn: [_item(number, start) for number, start in drawn.items()]
)


@QUICK
@given(stays=ITEMS, others=st.lists(ITEMS, min_size=1, max_size=8), count=st.integers(1, 4))
def test_what_stays_is_shown_once_and_in_order_whatever_comes_and_goes(
    stays: list[Json], others: list[list[Json]], count: int
) -> None:
    seen: list[Json] = []
    after: Place | None = BEGINNING
    turn = 0
    while after is not None:
        visiting = [one for one in others[turn % len(others)] if one["number"] not in {it["number"] for it in stays}]
        items, after = page([*visiting, *stays], after, count)
        assert len(items) <= count
        seen += items
        turn += 1
    assert [one for one in seen if one in stays] == sorted(stays, key=place_of)
    assert [place_of(one) for one in seen] == sorted(map(place_of, seen))


def test_what_the_server_holds_twice_is_shown_twice() -> None:
    twice = [_item(1, 1), _item(2, 2) | {"version": 1}, _item(2, 2) | {"version": 2}, _item(3, 3)]
    first, after = page(twice, BEGINNING, 2)
    assert after is not None
    assert (first, page(twice, after, 2)) == (twice[:3], (twice[3:], None))
    assert page(twice[:3], BEGINNING, 2) == (twice[:3], None)


def test_what_has_no_start_comes_first() -> None:
    contact = {"source": SOURCE, "id": "F-1"}
    assert page([_item(1, 1), contact], BEGINNING, 1) == ([contact], place_of(contact))


# -- at the door -----------------------------------------------------------------------------------------------------


def _asked(client: httpx.Client, person: Json, token: str | None = None, door: str = "bookings") -> httpx.Response:
    body = {"patient": person["identity"], "count": 2} | ({"page": token} if token else {})
    return client.post(f"/v1/{door}/search", json=body)


def _pushed(region: Region, person: Json, number: str, day: int, version: int = 1, **changes: str) -> None:
    booking = single(number, version, person, **changes)
    booking["lines"][0]["start"] = f"2026-12-{day:02}T08:00:00+01:00"
    pushed(region.cosmic, "bookings", booking)


def test_rows_that_come_and_go_between_pages_hide_and_double_nothing(region: Region, number: str) -> None:
    person = patient("189010019801")
    for day in (2, 4, 6, 8, 10):
        _pushed(region, person, f"{number}-{day}", day)
    first = _asked(region.portal, person).json()
    _pushed(region, person, f"{number}-1", 1)
    _pushed(region, person, f"{number}-4", 4, 2, status="annulled")
    _pushed(region, person, f"{number}-7", 7)
    second = _asked(region.portal, person, first["next"]).json()
    _pushed(region, person, f"{number}-2", 2, 2, status="annulled")
    third = _asked(region.portal, person, second["next"]).json()
    days = [[int(item["number"].rpartition("-")[2]) for item in one["items"]] for one in (first, second, third)]
    assert days == [[2, 4], [6, 7], [8, 10]]
    assert "next" not in third


def test_a_page_of_another_search_is_refused_in_both_languages(region: Region, number: str) -> None:
    person, other = patient("189011019800"), patient("189012019809")
    for day in range(1, 4):
        _pushed(region, person, f"{number}-{day}", day)
        _pushed(region, other, f"{number}-other-{day}", day)
    pushed(region.cosmic, "named-contacts", physician(number, person))
    token = _asked(region.portal, person).json()["next"]
    changed = ("B" if token[0] == "A" else "A") + token[1:]
    assert _asked(region.portal, person, token).status_code == 200
    for refused in (
        _asked(region.nurse, person, token),
        _asked(region.portal, other, token),
        _asked(region.portal, person, token, "named-contacts"),
        _asked(region.portal, person, changed),
        _asked(region.portal, person, "djE6Mg"),
    ):
        assert refused.status_code == 400
        [problem] = refused.json()["problems"]
        assert (problem["rule"], problem["path"]) == ("IN-9", "/page")
        assert "sök igen" in problem["sv"]
        assert "search again" in problem["en"]


def test_a_search_is_gone_on_with_after_a_restart_and_for_a_while(
    tmp_path: Path, fhir: str, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = patient("189101019801")
    with starting(tmp_path, fhir) as base:
        at = Region(base, fhir)
        for day in range(1, 4):
            _pushed(at, person, f"{number}-{day}", day)
        token = _asked(at.portal, person).json()["next"]
        at.close()
    monkeypatch.setattr(paging, "LIFETIME", timedelta(0))
    with starting(tmp_path, fhir) as base:
        at = Region(base, fhir)
        rest = _asked(at.portal, person, token).json()
        assert [item["number"] for item in rest["items"]] == [f"{number}-3"]
        outdated = _asked(at.portal, person).json()["next"]
        assert _asked(at.portal, person, outdated).status_code == 400
        at.close()
