"""Pages, counts and cut-down answers: https://hl7.org/fhir/R4/search.html#count."""

from __future__ import annotations

import httpx
import pytest

from tests.sandbox.resources import Json, appointment, ids, patient, put, told


@pytest.fixture
def filled(client: httpx.Client) -> httpx.Client:
    put(client, patient(id="p"), *(appointment("Patient/p", id=f"a{n}", priority=n) for n in range(7)))
    return client


def link(bundle: Json, relation: str) -> str | None:
    return next((one["url"] for one in bundle["link"] if one["relation"] == relation), None)


def pages(client: httpx.Client, url: str) -> list[Json]:
    """Every page, by its next links."""
    following: str | None = url
    read: list[Json] = []
    while following:
        answer = client.get(following)
        assert answer.status_code == 200, answer.text
        read.append(answer.json())
        following = link(read[-1], "next")
    return read


def test_the_next_links_lead_through_every_match_once(filled: httpx.Client) -> None:
    read = pages(filled, "/Appointment?_count=3&_sort=_id")
    assert [ids(page) for page in read] == [["a0", "a1", "a2"], ["a3", "a4", "a5"], ["a6"]]
    assert {page["total"] for page in read} == {7}


def test_a_link_leads_back_too(filled: httpx.Client) -> None:
    read = pages(filled, "/Appointment?_count=3&_sort=_id")
    back = filled.get(str(link(read[2], "previous"))).json()
    assert ids(back) == ids(read[1])
    assert filled.get(str(link(read[1], "self"))).json() == read[1]


def test_pages_stand_still_while_others_write(filled: httpx.Client) -> None:
    first = filled.get("/Appointment?_count=3&_sort=_id").json()
    put(filled, appointment("Patient/p", id="a00"), appointment("Patient/p", id="a4", priority=99))
    filled.delete("/Appointment/a5")
    rest = pages(filled, str(link(first, "next")))
    assert [id_ for page in rest for id_ in ids(page)] == ["a3", "a4", "a5", "a6"]
    assert rest[0]["entry"][1]["resource"]["priority"] == 4


def test_page_links_hold_nothing_of_the_search(filled: httpx.Client) -> None:
    answer = filled.post("/Appointment/_search", data={"patient.identifier": "191212121212", "_count": "2"}).json()
    assert "1912" not in str(link(answer, "next"))
    assert len(pages(filled, str(link(answer, "next")))) == 3


def test_includes_come_with_every_page(filled: httpx.Client) -> None:
    for page in pages(filled, "/Appointment?_count=3&_include=Appointment:patient"):
        assert ids(page, "include") == ["p"]


@pytest.mark.parametrize("search", ["Appointment?_count=0", "Appointment?_summary=count"])
def test_a_count_of_nothing_gives_the_total_only(filled: httpx.Client, search: str) -> None:
    bundle = filled.get(f"/{search}").json()
    assert bundle["total"] == 7
    assert "entry" not in bundle


def test_history_is_paged(client: httpx.Client) -> None:
    for n in range(5):
        put(client, patient(id="p", multipleBirthInteger=n))
    read = pages(client, "/Patient/p/_history?_count=2")
    births = [one["resource"]["multipleBirthInteger"] for page in read for one in page["entry"]]
    assert births == [4, 3, 2, 1, 0]
    assert len(read) == 3


@pytest.mark.parametrize("page", ["nonsense", "nonsense.3", "", "a.b.c"])
def test_a_page_that_is_not_kept_is_gone(client: httpx.Client, page: str) -> None:
    assert told(client.get("/Patient", params={"_page": page})) == "410 expired"


def test_a_page_belongs_to_what_was_searched_and_to_its_space(filled: httpx.Client, sandbox: str) -> None:
    next_page = str(link(filled.get("/Appointment?_count=3").json(), "next"))
    assert told(filled.get(next_page.replace("Appointment", "Patient"))) == "410 expired"
    token = next_page.partition("?")[2]
    assert told(httpx.get(f"{sandbox}/fhir/Appointment?{token}")) == "410 expired"


def test_elements_leaves_out_what_was_not_asked_for_but_what_r4_demands(filled: httpx.Client) -> None:
    whole = filled.get("/Appointment/a3").json()
    for cut in (
        filled.get("/Appointment?_id=a3&_elements=priority,start").json()["entry"][0]["resource"],
        filled.get("/Appointment/a3?_elements=priority,start").json(),
    ):
        assert set(cut) == {"resourceType", "id", "meta", "status", "participant", "priority", "start"}
        assert cut["meta"]["tag"][-1]["code"] == "SUBSETTED"
        assert cut["priority"] == whole["priority"]


def test_elements_does_not_cut_what_is_included(filled: httpx.Client) -> None:
    bundle = filled.get("/Appointment?_id=a3&_elements=priority&_include=Appointment:patient").json()
    assert bundle["entry"][1]["resource"] == filled.get("/Patient/p").json()


@pytest.mark.parametrize(
    ("summary", "kept"),
    [
        ("true", {"identifier", "name"}),
        ("text", {"text"}),
        ("data", {"identifier", "name", "photo"}),
        ("false", {"identifier", "name", "photo", "text"}),
    ],
)
def test_summary(client: httpx.Client, summary: str, kept: set[str]) -> None:
    text = {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">T</div>'}
    put(client, patient(id="p", name=[{"text": "T"}], photo=[{"title": "T"}], text=text))
    read = client.get("/Patient/p", params={"_summary": summary}).json()
    assert set(read) - {"resourceType", "id", "meta"} == kept


def test_a_subset_is_never_stored(client: httpx.Client) -> None:
    put(client, patient(id="p"))
    client.get("/Patient/p?_elements=name")
    assert "tag" not in client.get("/Patient/p").json()["meta"]
