"""The table of what answers mean: one row, one case at least, as servers were seen to answer (`fhir.md` 5)."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from adapter.server.answer import Answer, Trouble
from adapter.server.client import FhirClient
from adapter.server.outcome import NOT_UNDERSTOOD, TABLE, UNCHANGED, Outcome, verdict
from adapter.server.settings import ServerSettings
from mappings.problem import Json

from .sockets import Answering, Request, http, listening, resource, says

pytestmark = pytest.mark.anyio

PATIENT: Json = {"resourceType": "Patient", "id": "p-1"}


def said(status: int, code: str = "processing", text: str = "", severity: str = "error", **headers: str) -> Answering:
    issue = {"severity": severity, "code": code, "diagnostics": text}
    return says(resource(status, {"resourceType": "OperationOutcome", "issue": [issue]}, **headers))


def kept(status: int, etag: str = 'W/"2"') -> Answering:
    return says(resource(status, PATIENT, ETag=etag))


def html(status: int, **headers: str) -> Answering:
    return says(http(status, b"<html>Something in between</html>", "text/html", **headers))


async def hangs(_: Request, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def closes(_: Request, writer: asyncio.StreamWriter) -> None:
    writer.close()


STALE_HAPI = (
    "HAPI-0550: HAPI-0550: HAPI-0989: Trying to update Patient/p-1/_history/1 but this is not the current version"
)
RACE_HAPI = "HAPI-0550: HAPI-0823: The operation has failed with a version constraint failure."
CREATED_TWICE = "HAPI-0550: HAPI-0825: The operation has failed with a client-assigned ID constraint failure."
DANGLING_HAPI = "HAPI-1094: Resource Patient/x not found, specified in path: Appointment.participant.actor"
STALE_HELIOS = "Transaction failed at entry 2: Entry failed with status 412"

CASES: list[tuple[str, Answering, str, Outcome]] = [
    ("created", kept(201), "done", Outcome.DONE),
    ("updated", kept(200), "done", Outcome.DONE),
    ("nothing said", says(http(204)), "done", Outcome.DONE),
    ("kept its version", kept(200, 'W/"1"'), "unchanged", Outcome.UNCHANGED),
    ("created with the known etag is no unchanged", kept(201, 'W/"1"'), "done", Outcome.DONE),
    ("no token", said(401, "login"), "not-let-in", Outcome.UNAUTHORISED),
    ("no right", said(403, "forbidden"), "not-let-in", Outcome.UNAUTHORISED),
    ("a login page", html(401), "not-let-in", Outcome.UNAUTHORISED),
    ("a proxy that takes no large body", html(413), "too-big-to-send", Outcome.REFUSED),
    ("throttled until", said(429, "throttled", Retry_After="7"), "told-to-wait", Outcome.RETRY_AFTER),
    ("maintenance page until", html(503, Retry_After="7"), "told-to-wait", Outcome.RETRY_AFTER),
    ("throttled", said(429, "throttled"), "busy", Outcome.RETRY_SOON),
    ("no server behind the proxy", html(502), "down", Outcome.RETRY_SOON),
    ("starting", said(503, "transient"), "down", Outcome.RETRY_SOON),
    ("proxy timeout", html(504), "down", Outcome.RETRY_SOON),
    ("no time", hangs, "no-whole-answer", Outcome.RETRY_SOON),
    ("broken connection", closes, "no-whole-answer", Outcome.RETRY_SOON),
    ("another's page", html(200), "not-fhir", Outcome.RETRY_SOON),
    ("another's 404", html(404), "not-fhir", Outcome.RETRY_SOON),
    ("empty", says(http(200)), "not-fhir", Outcome.RETRY_SOON),
    ("redirect to a login", says(http(302, Location="/login")), "wrong-server", Outcome.UNAUTHORISED),
    ("HAPI, stale If-Match", said(409, "processing", STALE_HAPI), "changed-meanwhile", Outcome.REREAD),
    ("R4, stale If-Match", said(412, "conflict"), "changed-meanwhile", Outcome.REREAD),
    ("helios, race", said(409, "conflict"), "changed-meanwhile", Outcome.REREAD),
    ("helios, stale in a transaction", said(400, "processing", STALE_HELIOS), "changed-meanwhile", Outcome.REREAD),
    ("deleted", said(410, "deleted"), "changed-meanwhile", Outcome.REREAD),
    ("HAPI, race of updates", said(409, "processing", RACE_HAPI), "race", Outcome.RETRY_SOON),
    ("HAPI, race of creates", said(409, "processing", CREATED_TWICE), "race", Outcome.RETRY_SOON),
    ("HAPI, race by condition", said(409, "processing", "HAPI-2745: x"), "race", Outcome.RETRY_SOON),
    (
        "HAPI, race and no more",
        said(409, "processing", "HAPI-0550: could not execute batch"),
        "race",
        Outcome.RETRY_SOON,
    ),
    (
        "HAPI, referred to",
        said(409, "processing", "HAPI-0550: HAPI-0515: Unable"),
        "still-referred-to",
        Outcome.REFUSED,
    ),
    (
        "HAPI, unique",
        said(409, "processing", "HAPI-0550: HAPI-0824: x"),
        "same-identifier-elsewhere",
        Outcome.RETRY_FEW,
    ),
    ("HAPI, dangling", said(400, "processing", DANGLING_HAPI), "missing-target", Outcome.RETRY_FEW),
    (
        "HAPI, none by condition",
        said(404, "processing", "HAPI-1091: Invalid match"),
        "missing-target",
        Outcome.RETRY_FEW,
    ),
    ("R4, dangling", said(400, "not-found"), "missing-target", Outcome.RETRY_FEW),
    ("HAPI, many by condition", said(412, "processing", "HAPI-2207: Invalid match"), "ambiguous", Outcome.REFUSED),
    ("R4, many by condition", said(412, "multiple-matches"), "ambiguous", Outcome.REFUSED),
    ("no such type", said(404, "not-supported"), "not-here", Outcome.REFUSED),
    ("no updates", said(405, "not-supported"), "not-here", Outcome.REFUSED),
    ("HAPI's parser", said(400, "structure", "HAPI-1821: unknown code"), "refused", Outcome.REFUSED),
    ("HAPI, numeric id", said(400, "processing", "HAPI-0960: x"), "refused", Outcome.REFUSED),
    ("validation", said(422, "invariant"), "refused", Outcome.REFUSED),
    ("media type", said(415, "not-supported"), "refused", Outcome.REFUSED),
    ("a warning beside the error", said(422, "not-found", severity="warning"), "refused", Outcome.REFUSED),
    ("rolled back for now", said(500, "transient"), "down", Outcome.RETRY_SOON),
    ("a bug of the server", said(500, "exception"), "server-error", Outcome.RETRY_FEW),
    ("accepted, to be done later", kept(202), "not-understood", Outcome.RETRY_FEW),
]


@pytest.mark.parametrize(("answering", "row", "outcome"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
async def test_an_answer_means_what_the_table_says(answering: Answering, row: str, outcome: Outcome) -> None:
    async with (
        listening(answering) as server,
        FhirClient(ServerSettings(base=server.base, read_timeout=0.3)) as client,
    ):
        answer = await client.put("Patient", "p-1", PATIENT)

    told = verdict(answer, known_etag='W/"1"')

    assert (told.row, told.outcome) == (row, outcome)
    assert (told.wait == 7.0) == (outcome is Outcome.RETRY_AFTER)


async def test_where_nothing_listens_is_a_row_of_its_own() -> None:
    async with listening(closes) as server:
        settings = ServerSettings(base=server.base)
    async with FhirClient(settings) as client:
        told = verdict(await client.put("Patient", "p-1", PATIENT))

    assert (told.row, told.outcome) == ("unreachable", Outcome.RETRY_SOON)


def test_every_row_of_the_table_is_held_by_a_case() -> None:
    reached = {row for _, _, row, _ in CASES} | {"unreachable", "gone-meanwhile", "answer-too-large"}

    assert {row.name for row in (*TABLE, UNCHANGED, NOT_UNDERSTOOD)} == reached


def test_a_409_to_a_delete_is_no_stale_version() -> None:
    """HAPI says so without a code of its own."""
    body = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "processing"}]}

    assert verdict(Answer(status=409, body=body), deleting=True).row == "still-referred-to"
    assert verdict(Answer(status=409, body=body)).row == "changed-meanwhile"


def test_a_404_under_if_match_means_that_it_was_taken_away() -> None:
    body = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "not-found"}]}
    answer = Answer(status=404, body=body)

    assert verdict(answer, guarded=True).outcome is Outcome.REREAD
    assert verdict(answer).outcome is Outcome.RETRY_FEW


TROUBLES = {
    Trouble.UNREACHABLE: "unreachable",
    Trouble.UNTRUSTED: "wrong-server",
    Trouble.TIMED_OUT: "no-whole-answer",
    Trouble.INTERRUPTED: "no-whole-answer",
    Trouble.NOT_FHIR: "not-fhir",
    Trouble.TOO_LARGE: "answer-too-large",
    Trouble.REDIRECTED: "wrong-server",
    Trouble.WRONG_VERSION: "wrong-server",
    Trouble.OTHER_THAN_ASKED: "not-understood",
    Trouble.ELSEWHERE: "not-understood",
    Trouble.ENDLESS: "not-understood",
}


@pytest.mark.parametrize("trouble", Trouble)
def test_every_trouble_has_its_row_with_a_status_or_without(trouble: Trouble) -> None:
    assert verdict(Answer(trouble=trouble)).row == TROUBLES[trouble]
    assert verdict(Answer(status=200, trouble=trouble)).row == TROUBLES[trouble]


@pytest.mark.parametrize("status", [*range(100, 600), None])
def test_no_answer_is_without_a_verdict_and_only_success_is_done(status: int | None) -> None:
    told = verdict(Answer(status=status))

    assert told.sv
    assert told.en
    assert (told.outcome is Outcome.DONE) == (status in {200, 201, 204})


def test_each_row_says_the_same_wherever_its_name_stands() -> None:
    said: dict[str, set[tuple[str, str, Outcome]]] = {}
    for row in TABLE:
        said.setdefault(row.name, set()).add((row.sv, row.en, row.outcome))

    assert all(len(texts) == 1 for texts in said.values())


def test_a_transport_error_that_nobody_knows_is_an_interrupted_request() -> None:
    from adapter.server.client import _trouble  # noqa: PLC0415

    assert _trouble(aiohttp.ClientError()) is Trouble.INTERRUPTED
