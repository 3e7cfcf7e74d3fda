"""What a patient asks for over an e-service, what the journal answers, and what each of them is shown (Decided 14)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapter.region import fixtures
from mappings.problem import Json
from mappings.rules.life import STEPS
from mappings.shape.codec import STOCKHOLM
from tests.benchmarks.people import SOURCE
from tests.doors.conftest import TOLVAN, Region, found, patient, pushed, single, starting

TODAY = datetime.now(STOCKHOLM).replace(hour=8, minute=0, second=0, microsecond=0)
ASKED = (TODAY - timedelta(days=1)).isoformat()
START, WISHED, OTHER = ((TODAY + timedelta(days=days)).isoformat() for days in (20, 25, 27))
STRANGER = patient("198112189876")


def booked(number: str, **changes: Any) -> Json:
    message = single(number, **changes)
    message["lines"][0]["start"] = START
    return message


def url(number: str, step: str) -> str:
    return f"/v1/bookings/{SOURCE}/{number}/{step}"


def asked(region: Region, number: str, step: str = "cancel", **said: Any) -> httpx.Response:
    """Asked for by the patient herself."""
    return region.tolvan.post(url(number, step), json={"at": ASKED, **said})


def wish(region: Region, number: str, step: str = "cancel", **said: Any) -> Json:
    """The request, kept."""
    answer = asked(region, number, step, **said)
    assert answer.status_code == 202, answer.text
    request: Json = answer.json()["request"]
    return request


def stepped(region: Region, number: str, step: str, version: int, **said: Any) -> Json:
    """A step of the journal's, delivered."""
    answer = region.cosmic.post(url(number, step), json={"version": version, **said}, headers={"Prefer": "wait=20"})
    assert answer.status_code == 200, answer.text
    receipt: Json = answer.json()
    return receipt


def shown(region: Region, number: str) -> Json:
    """As the patient sees it, by search and by its number alike."""
    (one,) = [one for one in found(region.portal, "bookings", TOLVAN) if one["number"] == number]
    assert region.tolvan.get(url(number, "")[:-1]).json()["booking"] == one
    return one


def feed(region: Region, number: str) -> list[Json]:
    """The lines of a booking's requests, as its source reads them."""
    lines: list[Json] = []
    after = 0
    while (page := region.cosmic.get("/v1/changes", params={"after": after}).json())["changes"]:
        lines, after = lines + page["changes"], page["after"]
    return [one for one in lines if one["what"] == "request" and one["number"] == number]


def rules(answer: httpx.Response) -> list[tuple[str, str]]:
    return [(problem["rule"], problem["path"]) for problem in answer.json()["problems"]]


# -- the way there and back ------------------------------------------------------------------------------------------


def test_CA_1_a_patients_cancelling_is_a_request_that_the_journal_answers_by_cancelling(
    region: Region, number: str
) -> None:
    pushed(region.cosmic, "bookings", booked(number))
    request = wish(region, number)
    assert (request["step"], request["state"], request["at"]) == ("cancel", "requested", ASKED)
    assert {"reason", "backToWaitingList"}.isdisjoint(request), "what is between e-service and care"
    seen = shown(region, number)
    assert (seen["status"], seen["actions"], seen["request"]) == ("booked", ["see"], request)

    (line,) = feed(region, number)
    told = line["request"]
    assert (line["kind"], line["source"], told["id"]) == ("booking", SOURCE, request["id"])
    assert told["reason"] == "avbokas-via-e-tjanst", "COSMIC, Avbokning: förvald, inte ändringsbar"
    assert told["backToWaitingList"] is True, "aterbesok-lakare is configured for it"
    assert (told["at"], told["was"]) == (ASKED, START)

    stepped(region, number, "cancel", 2, by="patient", **{name: told[name] for name in ("reason", "at")})
    seen = shown(region, number)
    assert (seen["status"], seen["actions"], seen["request"]["state"]) == ("cancelled", ["see"], "granted")
    assert seen["cancellation"]["at"] == ASKED, "RB-3: the time when the patient cancelled is kept"
    assert [one["request"]["state"] for one in feed(region, number)] == ["requested", "granted"]


def test_RB_1_a_patients_rebooking_is_a_request_with_the_wished_time(region: Region, number: str) -> None:
    pushed(region.cosmic, "bookings", booked(number))
    request = wish(region, number, "rebook", start=WISHED)
    assert (request["start"], request["was"]) == (WISHED, START)
    seen = shown(region, number)
    assert (seen["lines"][0]["start"], seen["actions"]) == (START, ["see", "cancel"])
    (line,) = feed(region, number)
    assert line["request"]["reason"] == "ombokad-via-e-tjanst"
    assert "backToWaitingList" not in line["request"]
    told = {name: line["request"][name] for name in ("start", "reason", "at")}
    stepped(region, number, "rebook", 2, by="patient", **told)
    seen = shown(region, number)
    assert (seen["lines"][0]["start"], seen["request"]["state"]) == (WISHED, "granted")
    assert (seen["rebookings"][0]["by"], seen["actions"]) == ("patient", ["see", "cancel", "rebook"])


def test_a_patient_picks_the_time_of_an_open_summons(region: Region, number: str) -> None:
    message = booked(number, status="openSummons", form="single")
    message["basis"] |= {"kind": "full", "number": f"BU-{number}"}
    message["lines"][0] = {"number": "1", "owner": True, "careService": "aterbesok-valbar-tid"}
    pushed(region.cosmic, "bookings", message)
    assert shown(region, number)["actions"] == ["see", "book"]
    request = wish(region, number, "book", start=WISHED)
    assert "was" not in request
    assert shown(region, number)["actions"] == ["see"]
    stepped(region, number, "book", 2, start=WISHED)
    assert shown(region, number)["request"]["state"] == "granted"


def test_a_new_version_that_says_nothing_of_it_leaves_the_request_unanswered(region: Region, number: str) -> None:
    pushed(region.cosmic, "bookings", booked(number))
    wish(region, number)
    pushed(region.cosmic, "bookings", booked(number, version=2, summons={"way": "letter", "freeText": "Välkommen."}))
    assert shown(region, number)["request"]["state"] == "requested"


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("rebook", {"start": OTHER, "reason": "enheten-ombokar", "at": ASKED}),
        ("cancel", {"reason": "enheten-avbokar", "at": ASKED}),
        ("arrive", {"at": ASKED, "payment": True}),
    ],
    ids=["another time", "cancelled", "she came"],
)
def test_a_request_is_overtaken_by_what_the_booking_becomes_instead(
    region: Region, number: str, step: str, said: Json
) -> None:
    pushed(region.cosmic, "bookings", booked(number))
    wish(region, number, "rebook", start=WISHED)
    stepped(region, number, step, 2, **said)
    assert shown(region, number)["request"]["state"] == "overtaken"


def test_who_wished_another_time_may_still_cancel_which_overtakes_the_wish(region: Region, number: str) -> None:
    pushed(region.cosmic, "bookings", booked(number))
    first = wish(region, number, "rebook", start=WISHED)
    second = wish(region, number, "cancel")
    assert shown(region, number)["request"]["id"] == second["id"]
    told = [(one["request"]["id"], one["request"]["state"]) for one in feed(region, number)]
    assert told == [(first["id"], "requested"), (first["id"], "overtaken"), (second["id"], "requested")]


def test_BO_9_another_care_service_at_the_wished_time_is_a_cancellation_and_a_new_booking(
    region: Region, number: str
) -> None:
    """CA-3: the patient sees the cancellation, then the new booking, linked; what she asked for is granted."""
    pushed(region.cosmic, "bookings", booked(number))
    request = wish(region, number, "rebook", start=WISHED)
    stepped(region, number, "cancel", 2, reason="enheten-avbokar", at=ASKED)
    assert shown(region, number)["request"]["state"] == "overtaken"
    new = booked(f"{number}-B", replaces=number)
    new["lines"][0] |= {"careService": "videobesok-lakare", "start": WISHED}
    pushed(region.cosmic, "bookings", new)
    seen = shown(region, number)
    assert (seen["status"], seen["request"]["state"]) == ("cancelled", "granted")
    assert shown(region, f"{number}-B")["replaces"] == number
    assert [(one["request"]["id"], one["request"]["state"]) for one in feed(region, number)][-1] == (
        request["id"],
        "granted",
    )


# -- no --------------------------------------------------------------------------------------------------------------


def test_the_source_may_say_no_which_the_patient_reads(region: Region, number: str) -> None:
    pushed(region.cosmic, "bookings", booked(number))
    request = wish(region, number, "rebook", start=WISHED)
    text = "Tiden är inte ledig längre.\nRing oss."
    answers = [region.cosmic.post(url(number, "decline"), json={"request": request["id"], "text": text})] * 2
    assert [one.status_code for one in answers] == [200, 200]
    seen = shown(region, number)
    assert (seen["request"]["state"], seen["request"]["text"]) == ("declined", text)
    assert seen["request"]["answeredAt"]
    assert seen["actions"] == ["see", "cancel", "rebook"], "she may ask for something else"
    assert [one["request"]["state"] for one in feed(region, number)] == ["requested", "declined"]
    assert wish(region, number, "rebook", start=OTHER)["id"] != request["id"]


def test_what_has_been_answered_is_not_declined(region: Region, number: str) -> None:
    pushed(region.cosmic, "bookings", booked(number))
    request = wish(region, number)
    stepped(region, number, "cancel", 2, reason="avbokas-via-e-tjanst", at=ASKED, by="patient")
    answer = region.cosmic.post(url(number, "decline"), json={"request": request["id"]})
    assert (answer.status_code, rules(answer)) == (409, [("IN-19", "/request")])
    assert shown(region, number)["request"]["state"] == "granted"


def test_only_the_source_declines_and_only_what_was_asked(region: Region, number: str) -> None:
    pushed(region.cosmic, "bookings", booked(number))
    request = wish(region, number)
    for client in (region.pasis, region.nurse, region.tolvan, region.portal):
        assert client.post(url(number, "decline"), json={"request": request["id"]}).status_code == 403
    assert region.cosmic.post(url("none", "decline"), json={"request": request["id"]}).status_code == 404
    answer = region.cosmic.post(url(number, "decline"), json={"request": "another"})
    assert (answer.status_code, rules(answer)) == (422, [("IN-15", "/request")])
    for said, problem in (({}, ("IN-8", "/request")), ({"request": "x", "text": 1}, ("IN-2", "/text"))):
        answer = region.cosmic.post(url(number, "decline"), json=said)
        assert (answer.status_code, rules(answer)) == (422, [problem])


# -- what may not be asked for ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", sorted({one.name for one in STEPS} - {"cancel", "rebook"}))
def test_PO_1_a_step_that_actions_do_not_show_is_refused_with_those_that_they_do(
    region: Region, number: str, step: str
) -> None:
    pushed(region.cosmic, "bookings", booked(number))
    answer = asked(region, number, step, **({"start": WISHED} if step in ("book", "hold") else {}))
    assert (answer.status_code, rules(answer)) == (409, [("PO-1", "")])
    (problem,) = answer.json()["problems"]
    assert all(word in problem["sv"] for word in ("se bokningen", "avboka", "omboka")), problem["sv"]
    assert all(word in problem["en"] for word in ("see the booking", "cancel", "rebook", "ask the unit")), problem["en"]
    assert feed(region, number) == []


def test_PO_1_nobody_rebooks_what_the_care_service_does_not_let_her(region: Region, number: str) -> None:
    message = booked(number)
    message["lines"][0] |= {"careService": "hembesok-sjukskoterska"}
    pushed(region.cosmic, "bookings", message)
    answer = asked(region, number, "rebook", start=WISHED)
    assert (answer.status_code, rules(answer)) == (409, [("PO-1", "")])
    assert "avboka" not in answer.json()["problems"][0]["sv"]


def test_while_a_request_waits_for_its_answer_another_of_its_kind_is_refused(region: Region, number: str) -> None:
    pushed(region.cosmic, "bookings", booked(number))
    wish(region, number, "rebook", start=WISHED)
    answer = asked(region, number, "rebook", start=OTHER)
    assert (answer.status_code, rules(answer)) == (409, [("PO-1", "")])
    assert "vänta på svaret" in answer.json()["problems"][0]["sv"]
    wish(region, number, "cancel")
    assert asked(region, number, "rebook", start=OTHER).status_code == 409
    assert len(feed(region, number)) == 3


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({}, ("IN-8", "/start")),
        ({"start": "2026-12-05T08:00:00"}, ("IN-5", "/start")),
        ({"start": "på tisdag"}, ("IN-9", "/start")),
        ({"start": 7}, ("IN-2", "/start")),
        ({"start": ASKED}, ("IN-9", "/start")),
        ({"start": START}, ("IN-9", "/start")),
        ({"start": WISHED, "at": None}, ("IN-2", "/at")),
        ({"start": WISHED, "at": OTHER}, ("IN-9", "/at")),
        ({"start": WISHED, "careService": "videobesok-lakare"}, ("IN-3", "/careService")),
        ({"start": WISHED, "version": 2}, ("IN-3", "/version")),
    ],
)
def test_what_is_wrong_with_a_wish_is_told_at_its_place(
    region: Region, number: str, said: Json, problem: tuple[str, str]
) -> None:
    pushed(region.cosmic, "bookings", booked(number))
    answer = asked(region, number, "rebook", **said)
    assert (answer.status_code, rules(answer)) == (422, [problem])
    assert feed(region, number) == []


def test_a_wish_for_a_booking_that_has_changed_meanwhile_is_refused_where_if_match_says_so(
    region: Region, number: str
) -> None:
    pushed(region.cosmic, "bookings", booked(number))
    tag = region.tolvan.get(url(number, "")[:-1]).headers["ETag"]
    stepped(region, number, "rebook", 2, start=OTHER, reason="enheten-ombokar", at=ASKED)
    said: Json = {"json": {"at": ASKED}, "headers": {"If-Match": tag}}
    answer = region.tolvan.post(url(number, "cancel"), **said)
    assert (answer.status_code, rules(answer), feed(region, number)) == (412, [("IN-11", "")], [])
    assert region.tolvan.post(url("none", "cancel"), **said).status_code == 404
    now = region.tolvan.get(url(number, "")[:-1]).headers["ETag"]
    said["headers"] = {"If-Match": now}
    assert region.tolvan.post(url(number, "cancel"), **said).status_code == 202


# -- whose -----------------------------------------------------------------------------------------------------------


def test_a_portal_says_in_the_body_for_whom_it_acts(region: Region, number: str) -> None:
    pushed(region.cosmic, "bookings", booked(number))
    answer = region.portal.post(url(number, "cancel"), json={"at": ASKED})
    assert (answer.status_code, rules(answer)) == (422, [("IN-8", "/patient")])
    said = {"at": ASKED, "patient": TOLVAN["identity"]}
    answer = region.portal.post(url(number, "cancel"), json=said)
    assert answer.status_code == 202, answer.text
    assert region.tolvan.post(url(number, "cancel"), json=said).json() == answer.json()
    other = {"at": ASKED, "patient": STRANGER["identity"]}
    assert region.tolvan.post(url(number, "cancel"), json=other).status_code == 403


@pytest.mark.parametrize("step", ["cancel", "rebook", "confirm"])
def test_a_booking_that_the_patient_may_not_see_is_as_one_that_is_not_there(
    region: Region, number: str, step: str
) -> None:
    waiting = booked(f"{number}-W", status="waiting")
    waiting["basis"] |= {"kind": "full", "number": f"BU-{number}"}
    del waiting["lines"][0]["start"]
    pushed(region.cosmic, "bookings", waiting)
    held = waiting | {"number": f"{number}-P", "version": 1, "basis": waiting["basis"] | {"number": f"BP-{number}"}}
    pushed(region.cosmic, "bookings", held)
    stepped(region, f"{number}-P", "hold", 2, start=START)
    pushed(region.cosmic, "bookings", booked(f"{number}-S", patient=STRANGER))
    said = {"start": WISHED} if step == "rebook" else {}
    answers = [asked(region, f"{number}-{one}", step, **said) for one in ("W", "P", "S", "none")]
    assert [one.status_code for one in answers] == [404] * 4
    assert len({one.text for one in answers}) == 1
    assert len({tuple(sorted(one.headers.keys())) for one in answers}) == 1
    unknown = region.tolvan.post(f"/v1/bookings/nobody/{number}/{step}", json={"at": ASKED, **said})
    assert unknown.status_code == 404


def test_staff_and_other_sources_take_no_steps(region: Region, number: str) -> None:
    pushed(region.cosmic, "bookings", booked(number))
    for client in (region.nurse, region.pasis):
        assert client.post(url(number, "cancel"), json={"at": ASKED}).status_code == 403


def test_other_readers_are_not_shown_requests_beside_the_booking(region: Region, number: str) -> None:
    pushed(region.cosmic, "bookings", booked(number))
    wish(region, number)
    for client in (region.nurse, region.cosmic):
        assert "request" not in client.get(url(number, "")[:-1]).json()["booking"]
        (told,) = client.get(url(number, "timeline")).json()["requests"]
        assert (told["step"], told["state"], told["reason"]) == ("cancel", "requested", "avbokas-via-e-tjanst")
    assert feed_of(region.pasis, number) == []


def feed_of(client: httpx.Client, number: str) -> list[Json]:
    lines = client.get("/v1/changes").json()["changes"]
    return [one for one in lines if one["number"] == number]


# -- once ------------------------------------------------------------------------------------------------------------


def test_a_request_that_is_sent_again_does_not_double(region: Region, number: str) -> None:
    pushed(region.cosmic, "bookings", booked(number))
    first = wish(region, number)
    assert wish(region, number) == first
    later = (TODAY - timedelta(hours=1)).isoformat()
    assert wish(region, number, at=later) == first, "she asked once more while it waits"
    assert len(feed(region, number)) == 1
    stepped(region, number, "cancel", 2, reason="avbokas-via-e-tjanst", at=ASKED, by="patient")
    again = asked(region, number)
    assert (again.status_code, again.json()["request"]["id"]) == (200, first["id"])
    assert again.json()["request"]["state"] == "granted"


# -- taken at once ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory, fhir: str) -> Iterator[Region]:
    folder: Path = tmp_path_factory.mktemp("quick")
    with starting(folder, fhir, region=accepting(folder)) as base, closing(Region(base, fhir)) as at:
        yield at


def accepting(folder: Path) -> Path:
    """A region whose source lets patients cancel and rebook without being asked first."""
    copied = folder / "region"
    shutil.copytree(fixtures() / "region" / "exempel", copied)
    head = copied / "region.toml"
    entry = f'id = "{SOURCE}"\n'
    head.write_text(head.read_text().replace(entry, f'{entry}accepts_at_once = ["cancel", "rebook"]\n'))
    return copied


def test_a_source_may_let_the_gateway_accept_at_once(quick: Region, number: str) -> None:
    pushed(quick.cosmic, "bookings", booked(f"Q{number}"))
    answer = asked(quick, f"Q{number}", "rebook", start=WISHED)
    assert (answer.status_code, answer.json()["request"]["state"]) == (200, "granted")
    seen = shown(quick, f"Q{number}")
    assert (seen["lines"][0]["start"], seen["actions"]) == (WISHED, ["see", "cancel", "rebook"])
    answer = asked(quick, f"Q{number}")
    assert answer.json()["request"]["state"] == "granted"
    seen = shown(quick, f"Q{number}")
    assert (seen["status"], seen["actions"], seen["cancellation"]["by"]) == ("cancelled", ["see"], "patient")
    held = quick.cosmic.get(url(f"Q{number}", "")[:-1]).json()
    assert (held["booking"]["version"], held["revision"]) == (1, 3), "the source's version stands"
    assert held["booking"]["cancellation"]["backToWaitingList"] is True
    told = [(one["request"]["step"], one["request"]["state"]) for one in feed(quick, f"Q{number}")]
    assert told == [("rebook", "granted"), ("cancel", "granted")]
    steps = quick.cosmic.get(url(f"Q{number}", "timeline")).json()["steps"]
    assert [(one["step"], one.get("by"), one["caller"]) for one in steps[1:]] == [
        ("rebook", "patient", "tolvan"),
        ("cancel", "patient", "tolvan"),
    ]
    own = held["booking"] | {"version": 2}
    pushed(quick.cosmic, "bookings", own)


def test_what_is_accepted_at_once_is_shown_before_the_server_has_it(
    tmp_path: Path, fhir: str, quick: Region, number: str
) -> None:
    """Decided 10: a read is never more permissive than the last accepted state."""
    pushed(quick.cosmic, "bookings", booked(f"Q{number}"))
    slow = starting(tmp_path, fhir, region=accepting(tmp_path), deliver=False)
    with slow as base, closing(Region(base, fhir)) as at:
        at.cosmic.post("/v1/bookings", json=booked(f"Q{number}")).raise_for_status()
        assert shown(at, f"Q{number}")["status"] == "booked"
        assert asked(at, f"Q{number}").status_code == 200
        assert shown(at, f"Q{number}")["status"] == "cancelled"


def test_PS_6_a_visit_of_a_chain_is_left_to_its_source_which_may_move_them_all(quick: Region, number: str) -> None:
    for order, hour in ((1, 8), (2, 10)):
        message = booked(f"Q{number}-{order}")
        primary = {} if order == 2 else {"primary": f"Q{number}-2"}
        message["chain"] = {"id": f"K{number}", "order": order, "depends": True, **primary}
        message["lines"][0]["start"] = (TODAY + timedelta(days=20, hours=hour - 8)).isoformat()
        answer = quick.cosmic.post("/v1/bookings", json=message, headers={"Prefer": "wait=20"})
        assert answer.status_code == 201, answer.text
    answer = asked(quick, f"Q{number}-1", "rebook", start=(TODAY + timedelta(days=20, hours=2)).isoformat())
    assert (answer.status_code, answer.json()["request"]["state"]) == (202, "requested"), answer.text


def test_what_a_rule_does_not_let_the_gateway_take_is_left_to_the_source(
    tmp_path: Path, fhir: str, number: str
) -> None:
    """OR-4: since the booking was taken in, the region has told that its care giver is nobody."""
    region = accepting(tmp_path)
    with starting(tmp_path, fhir, region=region) as base, closing(Region(base, fhir)) as at:
        pushed(at.cosmic, "bookings", booked(f"Q{number}"))
    (region / "COSMIC" / "fictitious-staff.csv").write_text("code;display\nSE2321000115-P0001;Ingen\n")
    with starting(tmp_path, fhir, region=region) as base, closing(Region(base, fhir)) as at:
        assert wish(at, f"Q{number}")["state"] == "requested"
        assert shown(at, f"Q{number}")["status"] == "booked"


# -- at the same time ------------------------------------------------------------------------------------------------


def test_a_request_while_the_journal_cancels_is_answered_or_refused_and_never_left(region: Region, number: str) -> None:
    with ThreadPoolExecutor(2) as both:
        for turn in range(12):
            one = f"{number}-{turn}"
            pushed(region.cosmic, "bookings", booked(one))
            cancels = {"version": 2, "reason": "enheten-avbokar", "at": ASKED}
            answers = [
                both.submit(region.cosmic.post, url(one, "cancel"), json=cancels, headers={"Prefer": "wait=20"}),
                both.submit(region.tolvan.post, url(one, "cancel"), json={"at": ASKED}),
            ]
            cancelled, asked_for = (answer.result() for answer in answers)
            assert cancelled.status_code == 200, cancelled.text
            assert asked_for.status_code in (202, 409), asked_for.text
            states = [line["request"]["state"] for line in feed(region, one)]
            assert states == (["requested", "granted"] if asked_for.status_code == 202 else [])
            assert shown(region, one)["status"] == "cancelled"


def test_a_request_that_is_sent_twice_at_once_is_one(region: Region, number: str) -> None:
    pushed(region.cosmic, "bookings", booked(number))
    with ThreadPoolExecutor(4) as many:
        answers = list(many.map(lambda _: asked(region, number, "rebook", start=WISHED), range(8)))
    assert {one.status_code for one in answers} == {202}
    assert len({one.json()["request"]["id"] for one in answers}) == len(feed(region, number)) == 1
