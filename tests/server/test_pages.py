"""Page links live here, for a while, and only for whoever got them (Decided 8)."""

from __future__ import annotations

from adapter.server.links import Link
from adapter.server.pages import Pages

LINK = Link("http://server/fhir?_page=1")


def test_a_token_leads_back_to_its_link_as_often_as_it_is_asked() -> None:
    pages = Pages()
    token = pages.seal(LINK, "portal")

    assert [pages.unseal(token, "portal"), pages.unseal(token, "portal")] == [LINK, LINK]


def test_a_token_tells_nothing_and_is_never_the_same() -> None:
    pages = Pages()
    link = Link("http://server/fhir/Patient/_search", b"identifier=191212121212")
    tokens = {pages.seal(link, "portal") for _ in range(100)}

    assert len(tokens) == 100
    assert {len(token) for token in tokens} == {32}
    assert not any("1912" in token for token in tokens)
    assert "191212121212" not in repr(pages)


def test_a_token_is_no_good_for_another() -> None:
    pages = Pages()
    token = pages.seal(LINK, "portal")

    assert pages.unseal(token, "other") is None
    assert pages.unseal("unknown", "") is None


def test_a_token_grows_old() -> None:
    now = [0.0]
    pages = Pages(lifetime=10, clock=lambda: now[0])
    token = pages.seal(LINK, "portal")
    now[0] = 9.9
    before = pages.unseal(token, "portal")
    now[0] = 10.0

    assert (before, pages.unseal(token, "portal")) == (LINK, None)


def test_the_oldest_are_forgotten_first_when_there_are_too_many() -> None:
    pages = Pages(limit=3)
    tokens = [pages.seal(LINK, "portal") for _ in range(5)]

    assert [pages.unseal(token, "portal") for token in tokens] == [None, None, LINK, LINK, LINK]
