"""Many clients at once: sixteen of them over real sockets, from threads of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http.client import HTTPConnection
from threading import Barrier
from urllib.parse import quote

import httpx
import pytest

from tests.sandbox.on_its_way import answered, sent
from tests.sandbox.resources import PERSON, TOLVAN, appointment, connected, entry, found, patient, put, transaction

MANY = 16
BY_NUMBER = f"identifier={PERSON}|{TOLVAN}"

Call = Callable[[httpx.Client, int], httpx.Response]


def at_once(base: str, call: Call, first: Callable[[], None] | None = None) -> list[httpx.Response]:
    """`first` is done once all are connected, before any of them asks."""
    start = Barrier(MANY, first)

    def run(number: int) -> httpx.Response:
        with connected(base) as client:
            client.get("/metadata")  # the connection is there before the race begins
            start.wait()
            return call(client, number)

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(run, range(MANY)))


@pytest.mark.parametrize(
    "create",
    [
        lambda client, _: client.post("/Patient", json=patient(), headers={"If-None-Exist": BY_NUMBER}),
        lambda client, _: client.post(
            "/", json=transaction(entry("POST", "Patient", patient(), ifNoneExist=BY_NUMBER))
        ),
        lambda client, _: client.put(f"/Patient?{BY_NUMBER}", json=patient()),
        lambda client, _: client.post("/", json=transaction(entry("PUT", f"Patient?{BY_NUMBER}", patient()))),
    ],
    ids=["If-None-Exist", "ifNoneExist", "conditional update", "conditional update in a transaction"],
)
@pytest.mark.parametrize("attempt", range(3))
def test_sixteen_creates_of_one_business_identifier_make_one_resource(
    client: httpx.Client, base: str, create: Call, attempt: int
) -> None:
    answers = at_once(base, create)
    assert {answer.status_code for answer in answers} <= {200, 201}
    assert client.get(f"/Patient?{BY_NUMBER}").json()["total"] == 1
    assert client.get(f"/Patient/{found(client, 'Patient')[0]}/_history").json()["total"] == 1


def test_of_sixteen_updates_under_one_if_match_one_wins(client: httpx.Client, base: str) -> None:
    put(client, patient(id="a"))
    answers = at_once(
        base,
        lambda client, number: client.put(
            "/Patient/a", json=patient(id="a", multipleBirthInteger=number), headers={"If-Match": 'W/"1"'}
        ),
    )
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: MANY - 1}
    assert client.get("/Patient/a").headers["etag"] == 'W/"2"'


def test_sixteen_updates_of_one_id_are_sixteen_versions_in_a_row(client: httpx.Client, base: str) -> None:
    at_once(base, lambda client, number: client.put("/Patient/a", json=patient(id="a", multipleBirthInteger=number)))
    history = client.get("/Patient/a/_history").json()
    assert [one["response"]["etag"] for one in history["entry"]] == [f'W/"{n}"' for n in range(MANY, 0, -1)]
    assert {one["resource"]["multipleBirthInteger"] for one in history["entry"]} == set(range(MANY))


def test_readers_never_see_half_a_transaction(client: httpx.Client, base: str) -> None:
    """Half of the clients write a booking and its patient together, half look for a booking without its patient."""

    def call(client: httpx.Client, number: int) -> httpx.Response:
        for n in range(10):
            if number % 2:
                answer = client.get("/Appointment?_include=Appointment:patient&_count=1000")
                modes = Counter(one["search"]["mode"] for one in answer.json().get("entry", []))
                assert modes["match"] == modes["include"]
            else:
                id_ = f"{number}-{n}"
                both = (entry("PUT", f"Patient/{id_}", patient(id_, id=id_)),)
                booking = entry("PUT", f"Appointment/{id_}", appointment(f"Patient/{id_}", id=id_))
                answer = client.post("/", json=transaction(booking, *both))
            assert answer.status_code == 200, answer.text
        return answer

    at_once(base, call)
    assert client.get("/Appointment").json()["total"] == MANY // 2 * 10


def test_a_slow_request_holds_up_no_other(base: str) -> None:
    """Sixteen are sent after it and answered before it."""
    slow = quote("https://vardbro.example/fhir/sandbox/trigger|slow-3000")
    with ExitStack() as stack:
        waiting: list[HTTPConnection] = []

        def first() -> None:
            waiting.append(stack.enter_context(sent(base, "GET", f"/Patient?identifier={slow}")))

        answers = at_once(base, lambda client, _: client.get("/Patient"), first)
        assert {answer.status_code for answer in answers} == {200}
        assert not answered(waiting[0])
        assert waiting[0].getresponse().status == 200
