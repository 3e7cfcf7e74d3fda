"""Page links: followed as given on the same server, never elsewhere, never with a patient in the URL (Decided 8)."""

from __future__ import annotations

import pytest

from adapter.server.links import Link, Server, next_url, search_link, urls

HERE = Server("http://server:8080/fhir", ("http://localhost:8080/fhir", "https://public/r4"))


@pytest.mark.parametrize(
    ("url", "link"),
    [
        (
            "http://server:8080/fhir?_getpages=a-1&_getpagesoffset=20&_count=20&_bundletype=searchset",
            Link("http://server:8080/fhir?_getpages=a-1&_getpagesoffset=20&_count=20&_bundletype=searchset"),
        ),
        ("http://server:8080/fhir/Patient?_page=t0ken", Link("http://server:8080/fhir/Patient?_page=t0ken")),
        ("Patient?_page=t0ken", Link("http://server:8080/fhir/Patient?_page=t0ken")),
        ("/fhir?_page=t0ken", Link("http://server:8080/fhir?_page=t0ken")),
        ("http://SERVER:8080/fhir?_page=1", Link("http://server:8080/fhir?_page=1")),
        ("https://public/r4?_page=1", Link("http://server:8080/fhir?_page=1")),
        ("http://localhost:8080/fhir/Patient?_page=1", Link("http://server:8080/fhir/Patient?_page=1")),
        (
            "http://server:8080/fhir/Patient?identifier=s%7C191212121212&_offset=20",
            Link("http://server:8080/fhir/Patient/_search", b"identifier=s%7C191212121212&_offset=20"),
        ),
        (
            "http://server:8080/fhir/Patient/_search?name=Tolvan+T%2B",
            Link("http://server:8080/fhir/Patient/_search", b"name=Tolvan+T%2B"),
        ),
        ("http://server:8080/fhir?_has:X:y:z=1912", Link("http://server:8080/fhir/_search", b"_has:X:y:z=1912")),
    ],
)
def test_a_link_of_the_server_is_followed(url: str, link: Link) -> None:
    assert HERE.link(url) == link


@pytest.mark.parametrize(
    "url",
    [
        "http://evil/fhir?_page=1",
        "https://server:8080/fhir?_page=1",
        "http://server/fhir?_page=1",
        "http://server:8081/fhir?_page=1",
        "//evil/fhir?_page=1",
        "http://server:8080@evil/fhir",
        "http://user:pass@server:8080/fhir?_page=1",
        "http://evil\\@server:8080/fhir",
        "http://server:8080\t.evil/fhir",
        "http://server:8080 /fhir",
        "https://public/r4x?_page=1",
        "file:///etc/passwd",
        "http://[::1",
        "http://server:99999/",
        "",
    ],
)
def test_a_link_that_leads_elsewhere_is_not_followed(url: str) -> None:
    assert HERE.link(url) is None


def test_a_search_is_always_posted() -> None:
    link = search_link("http://s/fhir/Patient", [("identifier", "http://x|191212121212"), ("_count", "5")])

    assert link == Link("http://s/fhir/Patient/_search", b"identifier=http%3A%2F%2Fx%7C191212121212&_count=5")


def test_links_that_are_none_are_passed_over() -> None:
    bundle = {"link": [None, {"relation": "next"}, {"relation": 1, "url": "x"}, {"relation": "next", "url": "y"}]}

    assert urls(bundle) == [("next", "y")]
    assert next_url(bundle) == "y"
    assert next_url({"link": {"relation": "next"}}) is None
    assert next_url({}) is None
